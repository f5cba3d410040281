// SPDX-License-Identifier: Apache-2.0
/* broadsheet.1, in the man macros. */
#include "base/utf8.h"
#include "cli/command.h"
#include "cli/help.h"

enum { EXIT_CODE_MAX = 127 };

/* One character, so that troff takes it for itself and needs no encoding. */
static void add_character(struct buf *out, uint32_t character)
{
    if (character == '\\')
        buf_add_c(out, "\\e");
    else if (character == '-')
        buf_add_c(out, "\\-");
    else if (character < 0x80)
        buf_add_char(out, (char)character);
    else
        buf_printf(out, "\\[u%04X]", (unsigned)character);
}

static void add_text(struct buf *out, const char *text)
{
    struct str rest = str_from_c(text);
    uint32_t character, before = '\n';
    while (utf8_next(&rest, &character)) {
        if (character == '\n' && rest.len && rest.ptr[0] == '\n') {
            rest = str_from(rest, 1);
            buf_add_c(out, "\n.PP");
        }
        if (before == '\n' && (character == '.' || character == '\''))
            buf_add_c(out, "\\&"); /* not a request of troff */
        add_character(out, character);
        before = character;
    }
}

static void write_synopsis(const struct command *command, struct buf *out)
{
    DEFER(buf_finish) struct buf arguments;
    buf_init(&arguments, HELP_BYTES_MAX);
    command_write_arguments(command, &arguments);
    buf_add_char(&arguments, '\0');
    buf_add_c(out, "\\fBbroadsheet ");
    add_text(out, command->name);
    buf_add_c(out, "\\fR");
    add_text(out, arguments.ptr ? arguments.ptr : "");
}

static void write_option(const struct command_option *option, struct buf *out)
{
    buf_add_c(out, ".TP\n");
    if (option->letter)
        buf_printf(out, "\\fB\\-%c\\fR, ", option->letter);
    buf_add_c(out, "\\fB\\-\\-");
    add_text(out, option->name);
    buf_add_c(out, "\\fR");
    if (option->value)
        buf_printf(out, " \\fI%s\\fR", option->value); /* plain letters */
    buf_add_char(out, '\n');
    add_text(out, option->summary);
    buf_add_c(out, option->many ? " (may be given several times)\n" : "\n");
}

static void write_examples(const struct command *command, struct buf *out)
{
    const struct command_example *example = command->examples;
    buf_add_c(out, ".PP\nExamples:\n");
    for (; example->line; example++) {
        buf_add_c(out, ".TP\n");
        buf_add_c(out, "broadsheet ");
        add_text(out, example->line);
        buf_add_char(out, '\n');
        add_text(out, example->what);
        buf_add_char(out, '\n');
    }
}

static void write_command(const struct command *command, struct buf *out)
{
    buf_add_c(out, ".SS ");
    write_synopsis(command, out);
    buf_add_char(out, '\n');
    add_text(out, command->summary);
    buf_add_c(out, ".\n");
    if (command->details) {
        buf_add_c(out, ".PP\n");
        add_text(out, command->details);
        buf_add_char(out, '\n');
    }
    const struct command_argument *argument = command->arguments;
    for (; argument && argument->name; argument++) {
        buf_printf(out, ".TP\n\\fI%s\\fR\n", argument->name);
        add_text(out, argument->summary);
        buf_add_char(out, '\n');
    }
    const struct command_option *option;
    for (size_t i = 0; (option = command_option_at(command, i)); i++)
        write_option(option, out);
    write_examples(command, out);
}

static void write_exit_code(struct buf *out, int code)
{
    bool any = false;
    for (int err = 0; err < ERR_COUNT; err++) {
        if (err_exit_code((enum err)err) != code)
            continue;
        if (any)
            buf_add_c(out, "; ");
        else
            buf_printf(out, ".TP\n\\fB%d\\fR\n", code);
        add_text(out, err_sentence((enum err)err));
        any = true;
    }
    if (any)
        buf_add_char(out, '\n');
}

static void write_exit_codes(struct buf *out)
{
    buf_add_c(out, ".SH EXIT STATUS\n");
    for (int code = 0; code <= EXIT_CODE_MAX; code++)
        write_exit_code(out, code);
}

void help_write_manual(struct buf *out)
{
    buf_add_c(out,
              ".\\\" Made by 'broadsheet help --manual'; do not edit.\n"
              ".TH BROADSHEET 1 \"\" \"Broadsheet " BROADSHEET_VERSION "\"\n"
              ".SH NAME\nbroadsheet \\- a newspaper in one program\n"
              ".SH SYNOPSIS\n.B broadsheet\n\\fICOMMAND\\fR [options]\n"
              ".SH DESCRIPTION\n"
              "A newspaper is a folder. It is made by "
              "\\fBbroadsheet init\\fR, put on the web by \\fBbroadsheet "
              "serve\\fR, and filled and looked after by the other "
              "commands, while it is served as well as while it is not.\n"
              ".SH COMMANDS\n");
    for (size_t i = 0; i < command_count; i++)
        write_command(command_table[i], out);
    buf_add_c(out, ".SH ENVIRONMENT\n.TP\n\\fBBROADSHEET_DATA\\fR\n"
                   "the newspaper's folder where \\fB\\-\\-data\\fR is not "
                   "given\n.TP\n\\fBNO_COLOR\\fR\n"
                   "when it is set and not empty, nothing is coloured\n");
    write_exit_codes(out);
}
