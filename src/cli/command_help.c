// SPDX-License-Identifier: Apache-2.0
/* help, version, completion: what the program says about itself. */
#include <jansson.h>

#include "base/arena.h"
#include "base/suggest.h"
#include "cli/command_table.h"
#include "cli/help.h"

static enum err print(const struct command_line *line, const struct buf *text)
{
    output_str(line->output, buf_str(text));
    return buf_err(text);
}

/* ---- help ------------------------------------------------------------------
 */

static struct str asked_name(const struct command_line *line)
{
    struct str name = STR("");
    for (size_t i = 0; i < line->argument_count; i++)
        name = arena_printf(line->arena, "%.*s%s%s", ARG_STR(name),
                            i ? " " : "", line->arguments[i]);
    return name;
}

/* Every command of the group; false when there is no such group. */
static bool write_group(const char *group, struct buf *text, bool color)
{
    if (!command_is_group(group))
        return false;
    size_t len = strlen(group);
    for (size_t i = 0; i < command_count; i++) {
        const char *name = command_table[i]->name;
        if (strncmp(name, group, len) != 0 || name[len] != ' ')
            continue;
        if (text->len)
            buf_add_char(text, '\n');
        help_write_command(command_table[i], text, color);
    }
    return true;
}

static enum err refuse_name(const char *name, struct fault *fault)
{
    struct suggestion suggestion = suggestion_for(name);
    for (size_t i = 0; i < command_count; i++)
        suggestion_offer(&suggestion, command_table[i]->name);
    return fault_set(
        fault, ERR_USAGE, "command", "there is no command '%s'; %s%s%s", name,
        suggestion.best ? "did you mean 'broadsheet help " : "",
        suggestion.best ? suggestion.best : "'broadsheet help' lists them",
        suggestion.best ? "'?" : "");
}

static enum err run_help(const struct command_line *line, struct fault *fault)
{
    DEFER(buf_finish) struct buf text;
    buf_init(&text, HELP_BYTES_MAX);
    bool color = line->output->color_data;
    struct str name = asked_name(line);
    const struct command *command = name.len ? command_find(name.ptr) : NULL;
    if (command_flag(line, "manual"))
        help_write_manual(&text);
    else if (!name.len)
        help_write_overview(&text, color);
    else if (command)
        help_write_command(command, &text, color);
    else if (!write_group(name.ptr, &text, color))
        return refuse_name(name.ptr, fault);
    return print(line, &text);
}

const struct command command_help = {
    .name = "help",
    .summary = "tell what the commands do",
    .arguments =
        (const struct command_argument[]){{.name = "COMMAND",
                                           .summary = "what to tell about",
                                           .optional = true,
                                           .many = true},
                                          {0}},
    .options =
        (const struct command_option[]){
            {"manual", 0, false, NULL, "write the manual page, for man(1)"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"help", "What there is"},
            {"help import ninjs", "More about one command"},
            {"help --manual | man -l -", "The whole manual"},
            {0}},
    .run = run_help,
};

/* ---- version ---------------------------------------------------------------
 */

static enum err run_version(const struct command_line *line,
                            struct fault *fault)
{
    (void)fault;
    if (command_flag(line, "json"))
        return output_json(line->output,
                           json_pack("{s:s}", "version", BROADSHEET_VERSION));
    output_printf(line->output, "broadsheet %s\n", BROADSHEET_VERSION);
    return ERR_OK;
}

const struct command command_version = {
    .name = "version",
    .summary = "tell which version this is",
    .shared = COMMAND_JSON,
    .examples =
        (const struct command_example[]){{"version", "The version"}, {0}},
    .run = run_version,
};

/* ---- completion ------------------------------------------------------------
 */

static enum err run_completion(const struct command_line *line,
                               struct fault *fault)
{
    DEFER(buf_finish) struct buf text;
    buf_init(&text, HELP_BYTES_MAX);
    const char *shell = line->arguments[0];
    if (help_write_completion(str_from_c(shell), &text))
        return fault_set(fault, ERR_USAGE, "SHELL",
                         "there is no completion for '%s', only for bash, zsh "
                         "and fish",
                         shell);
    return print(line, &text);
}

const struct command command_completion = {
    .name = "completion",
    .summary = "write a script that completes commands in a shell",
    .arguments =
        (const struct command_argument[]){
            {.name = "SHELL", .summary = "bash, zsh or fish"}, {0}},
    .examples =
        (const struct command_example[]){
            {"completion bash > ~/.local/share/bash-completion/completions/"
             "broadsheet",
             "For bash"},
            {"completion fish > ~/.config/fish/completions/broadsheet.fish",
             "For fish"},
            {0}},
    .run = run_completion,
};
