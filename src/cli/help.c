// SPDX-License-Identifier: Apache-2.0
#include "cli/help.h"

#include "base/utf8.h"
#include "cli/command.h"

enum { OPTION_WIDTH = 28, LINE_WIDTH = 78 };

static void write_head(struct buf *out, const char *text, bool color)
{
    buf_printf(out, "\n%s%s%s\n", output_style(color, STYLE_STRONG), text,
               output_style(color, STYLE_PLAIN));
}

/* text, then spaces up to the column, at least two. */
static void write_padded(struct buf *out, struct str text, size_t column)
{
    size_t width = utf8_count(text);
    buf_add(out, text);
    buf_printf(out, "%*s", width + 2 > column ? 2 : (int)(column - width), "");
}

static size_t longest_name(void)
{
    size_t longest = 0;
    for (size_t i = 0; i < command_count; i++) {
        size_t len = strlen(command_table[i]->name);
        longest = len > longest ? len : longest;
    }
    return longest;
}

void help_write_overview(struct buf *out, bool color)
{
    buf_add_c(out, "Broadsheet: a newspaper in one program.\n");
    write_head(out, "Begin", color);
    buf_add_c(out, "  broadsheet demo          look at a sample newspaper\n"
                   "  broadsheet init paper    make your own\n"
                   "  broadsheet serve paper   put it on the web\n");
    write_head(out, "Commands", color);
    size_t column = longest_name() + 2;
    for (size_t i = 0; i < command_count; i++) {
        buf_add_c(out, "  ");
        write_padded(out, str_from_c(command_table[i]->name), column);
        buf_printf(out, "%s\n", command_table[i]->summary);
    }
    buf_add_c(out, "\n'broadsheet help COMMAND' tells more about one.\n");
}

static void write_examples(const struct command *command, struct buf *out,
                           bool color)
{
    write_head(out, "Examples", color);
    const struct command_example *example = command->examples;
    for (; example->line; example++)
        buf_printf(out, "  %s:\n      broadsheet %s\n", example->what,
                   example->line);
}

static void write_usage(const struct command *command, struct buf *out,
                        bool color)
{
    write_head(out, "Usage", color);
    buf_printf(out, "  broadsheet %s", command->name);
    command_write_arguments(command, out);
    buf_add_c(out, " [options]\n");
    const struct command_argument *argument = command->arguments;
    if (argument && argument->name)
        buf_add_char(out, '\n');
    for (; argument && argument->name; argument++) {
        buf_add_c(out, "  ");
        write_padded(out, str_from_c(argument->name), OPTION_WIDTH);
        buf_printf(out, "%s\n", argument->summary);
    }
}

static void write_option(const struct command_option *option, struct buf *out)
{
    DEFER(buf_finish) struct buf left;
    buf_init(&left, HELP_BYTES_MAX);
    if (option->letter)
        buf_printf(&left, "-%c, ", option->letter);
    else
        buf_add_c(&left, "    ");
    buf_printf(&left, "--%s", option->name);
    if (option->value)
        buf_printf(&left, " %s", option->value);
    if (option->many)
        buf_add_c(&left, "…");
    buf_add_c(out, "  ");
    write_padded(out, buf_str(&left), OPTION_WIDTH);
    buf_printf(out, "%s\n", option->summary);
}

/* Words in lines of at most LINE_WIDTH columns; an empty line stays one. */
static void write_wrapped(struct buf *out, struct str text)
{
    struct str line, word;
    while (str_split_next(&text, '\n', &line)) {
        size_t column = 0;
        while (str_split_next(&line, ' ', &word)) {
            size_t width = utf8_count(word);
            if (column && column + 1 + width > LINE_WIDTH) {
                buf_add_char(out, '\n');
                column = 0;
            }
            buf_printf(out, "%s%.*s", column ? " " : "", ARG_STR(word));
            column += width + (column ? 1 : 0);
        }
        buf_add_char(out, '\n');
    }
}

void help_write_command(const struct command *command, struct buf *out,
                        bool color)
{
    buf_printf(out, "broadsheet %s: %s.\n", command->name, command->summary);
    write_examples(command, out, color);
    write_usage(command, out, color);
    write_head(out, "Options", color);
    const struct command_option *option;
    for (size_t i = 0; (option = command_option_at(command, i)); i++)
        write_option(option, out);
    if (!command->details)
        return;
    buf_add_char(out, '\n');
    write_wrapped(out, str_from_c(command->details));
}
