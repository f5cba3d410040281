// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"
#include "cli/command_table.h"
#include "cli/newspaper.h"

static enum err run(const struct command_line *line, struct fault *fault)
{
    const char *directory = line->arguments[0];
    struct newspaper_config config = {
        .name = command_value(line, "name"),
        .zone = command_value(line, "zone"),
        .date_pattern = command_value(line, "date-pattern"),
        .address = command_value(line, "address"),
    };
    config.language_count = command_values(line, "language", &config.languages);
    enum err err = newspaper_make(directory, &config, line->arena, fault);
    if (!err)
        output_tell(line->output,
                    "Made a newspaper in %s. Put it on the web: broadsheet "
                    "serve %s",
                    directory, directory);
    return err;
}

const struct command command_init = {
    .name = "init",
    .summary = "make a new newspaper",
    .arguments =
        (const struct command_argument[]){
            {.name = "DIR", .summary = "its folder, empty or not there yet"},
            {0}},
    .options =
        (const struct command_option[]){
            {"name", 'n', false, "NAME", "its name (default: Broadsheet)"},
            {"zone", 'z', false, "ZONE",
             "time zone of its dates (default: this machine's)"},
            {"date-pattern", 'p', false, "PATTERN",
             "how dates are written (default: dd.MM.yy HH:mm)"},
            {"language", 'l', true, "CODE",
             "a language it appears in; the first is the default (en)"},
            {"address", 'a', false, "URL",
             "its public address, such as https://example.org"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"init paper", "A newspaper in the folder paper"},
            {"init paper --name 'The Courier' --zone Asia/Tbilisi --language "
             "en --language ka",
             "With a name, a zone and two languages"},
            {0}},
    .run = run,
};
