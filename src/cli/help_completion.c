// SPDX-License-Identifier: Apache-2.0
/* Completion for shells. */
#include "cli/command.h"
#include "cli/help.h"

static void add_options(const struct command *command, struct buf *out)
{
    const struct command_option *option;
    for (size_t i = 0; (option = command_option_at(command, i)); i++)
        buf_printf(out, "%s--%s", i ? " " : "", option->name);
}

/* The first word of a command's name, and whether it was seen before: names of
 * one group stand together in the table. */
static struct str first_word(const char *name)
{
    struct str text = str_from_c(name);
    ptrdiff_t space = str_find_char(text, ' ');
    return space < 0 ? text : str_slice(text, 0, (size_t)space);
}

/* The second word, "" when there is none. */
static struct str second_word(const char *name)
{
    struct str rest = str_from(str_from_c(name), first_word(name).len + 1);
    ptrdiff_t space = str_find_char(rest, ' ');
    return space < 0 ? rest : str_slice(rest, 0, (size_t)space);
}

/* Words behind the second: of "channel key add" it is "add". */
static struct str third_word(const char *name)
{
    size_t used = first_word(name).len + 1 + second_word(name).len + 1;
    return str_from(str_from_c(name), used);
}

static bool is_repeated(size_t index)
{
    return index > 0 && str_eq(first_word(command_table[index]->name),
                               first_word(command_table[index - 1]->name));
}

static void add_second_words(struct str group, struct buf *out)
{
    const char *separator = "";
    struct str before = STR("");
    for (size_t i = 0; i < command_count; i++) {
        struct str second = second_word(command_table[i]->name);
        if (!second.len || str_eq(second, before) ||
            !str_eq(first_word(command_table[i]->name), group))
            continue;
        buf_printf(out, "%s%.*s", separator, ARG_STR(second));
        before = second;
        separator = " ";
    }
}

/* A case for each command of three words. */
static void add_third_words(struct buf *out)
{
    for (size_t i = 0; i < command_count; i++) {
        const char *name = command_table[i]->name;
        struct str third = third_word(name);
        if (third.len)
            buf_printf(out,
                       "        \"%.*s %.*s\") words=\"$words %.*s\" ;;&\n",
                       ARG_STR(first_word(name)), ARG_STR(second_word(name)),
                       ARG_STR(third));
    }
}

static void add_first_words(struct buf *out)
{
    const char *separator = "";
    for (size_t i = 0; i < command_count; i++) {
        if (is_repeated(i))
            continue;
        buf_printf(out, "%s%.*s", separator,
                   ARG_STR(first_word(command_table[i]->name)));
        separator = " ";
    }
}

static void write_bash(struct buf *out)
{
    buf_add_c(out, "_broadsheet() {\n"
                   "    local word=${COMP_WORDS[COMP_CWORD]} words=\n"
                   "    local first=${COMP_WORDS[1]} second=${COMP_WORDS[2]}\n"
                   "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
                   "        words=\"");
    add_first_words(out);
    buf_add_c(out, "\"\n    elif [ \"$COMP_CWORD\" -eq 2 ]; then\n"
                   "        case $first in\n");
    for (size_t i = 0; i < command_count; i++) {
        struct str group = first_word(command_table[i]->name);
        if (is_repeated(i) || !command_table[i]->name[group.len])
            continue;
        buf_printf(out, "        %.*s) words=\"", ARG_STR(group));
        add_second_words(group, out);
        buf_add_c(out, "\" ;;\n");
    }
    buf_add_c(out, "        esac\n"
                   "    elif [ \"$COMP_CWORD\" -eq 3 ]; then\n"
                   "        case \"$first $second\" in\n");
    add_third_words(out);
    buf_add_c(out, "        esac\n    fi\n"
                   "    if [ \"${word#-}\" != \"$word\" ]; then\n"
                   "        case \"$first $second ${COMP_WORDS[3]}\" in\n");
    for (size_t i = 0; i < command_count; i++) {
        const char *name = command_table[i]->name;
        const char *rest = third_word(name).len ? "\"" : " \"*";
        buf_printf(out, "        \"%s%s) words=\"", name, rest);
        add_options(command_table[i], out);
        buf_add_c(out, "\" ;;\n");
    }
    buf_add_c(out, "        esac\n    fi\n"
                   "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
                   "}\n"
                   "complete -o default -F _broadsheet broadsheet\n");
}

/* In single quotes, as fish reads them. */
static void add_fish_text(struct buf *out, const char *text)
{
    buf_add_char(out, '\'');
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, *text);
    }
    buf_add_char(out, '\'');
}

static void write_fish_command(const struct command *command, struct buf *out)
{
    struct str group = first_word(command->name);
    struct str third = third_word(command->name);
    struct str second = third.len ? third : second_word(command->name);
    if (third.len) {
        buf_printf(out,
                   "complete -c broadsheet -f -n '__fish_seen_subcommand_from "
                   "%.*s' -a %.*s\n",
                   ARG_STR(group), ARG_STR(second_word(command->name)));
        group = second_word(command->name);
    }
    if (second.len)
        buf_printf(out,
                   "complete -c broadsheet -f -n '__fish_seen_subcommand_from "
                   "%.*s' -a %.*s -d ",
                   ARG_STR(group), ARG_STR(second));
    else
        buf_printf(out,
                   "complete -c broadsheet -f -n __fish_use_subcommand -a %s "
                   "-d ",
                   command->name);
    add_fish_text(out, command->summary);
    buf_add_char(out, '\n');
    const struct command_option *option;
    for (size_t i = 0; (option = command_option_at(command, i)); i++) {
        buf_printf(out,
                   "complete -c broadsheet -n '__fish_seen_subcommand_from "
                   "%.*s' -l %s%s -d ",
                   ARG_STR(second.len ? second : group), option->name,
                   option->value ? " -r" : "");
        add_fish_text(out, option->summary);
        buf_add_char(out, '\n');
    }
}

static void write_fish(struct buf *out)
{
    for (size_t i = 0; i < command_count; i++) {
        struct str group = first_word(command_table[i]->name);
        if (!is_repeated(i) && command_table[i]->name[group.len])
            buf_printf(out,
                       "complete -c broadsheet -f -n __fish_use_subcommand -a "
                       "%.*s\n",
                       ARG_STR(group));
        write_fish_command(command_table[i], out);
    }
}

enum err help_write_completion(struct str shell, struct buf *out)
{
    if (str_eq(shell, STR("fish"))) {
        write_fish(out);
        return ERR_OK;
    }
    bool zsh = str_eq(shell, STR("zsh"));
    if (!zsh && !str_eq(shell, STR("bash")))
        return ERR_INVALID;
    if (zsh)
        buf_add_c(out, "autoload -Uz bashcompinit && bashcompinit\n");
    write_bash(out);
    return ERR_OK;
}
