// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>

#include <jansson.h>

#include "cli/command_table.h"
#include "cli/newspaper.h"
#include "content/change.h"

static enum err run(const struct command_line *line, struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    enum err err = newspaper_open_reading(line, &content, fault);
    if (!err)
        err = content_check(content, fault);
    if (err)
        return err;
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    int64_t seq = 0;
    err = change_last_seq(lease.db, &seq);
    if (err)
        return db_fault(lease.db, err, fault);
    if (command_flag(line, "json"))
        return output_json(line->output, json_pack("{s:b, s:I}", "sound", true,
                                                   "changes", (json_int_t)seq));
    output_tell(line->output,
                "%sSound:%s the database, its %" PRId64
                " changes, and every file it names.",
                output_style(line->output->color_words, STYLE_GOOD),
                output_style(line->output->color_words, STYLE_PLAIN), seq);
    return ERR_OK;
}

const struct command command_check = {
    .name = "check",
    .summary = "verify the database, the log of changes and all files",
    .details =
        "Reads everything: the database's pages and references, the log of "
        "changes, and every picture that is named. It may run while the "
        "newspaper is being served.",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .examples =
        (const struct command_example[]){
            {"check --data paper", "Is everything there and sound?"}, {0}},
    .run = run,
};
