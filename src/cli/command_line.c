// SPDX-License-Identifier: Apache-2.0
/* From argv to a command, its options and its arguments. */
#include <assert.h>

#include "base/arena.h"
#include "base/suggest.h"
#include "cli/command.h"

enum { COMMAND_NAME_BYTES_MAX = 64, NAME_WORDS_MAX = 3 };

/* Walks over argv; words that are the command's name are passed over. */
struct scan {
    char **argv;
    int argc;
    int at;
    int name_at[NAME_WORDS_MAX]; /* where the words of the name stand; 0: none
                                  */
    struct command_line *line;
    struct fault *fault;
};

static const char *first_example(const struct command *command)
{
    return command->examples[0].line;
}

/* ---- Which command ---------------------------------------------------------
 */

/* Also the first words of commands of several, such as "article". */
static const char *nearest_command(const char *name, struct arena *arena)
{
    struct suggestion suggestion = suggestion_for(name);
    for (size_t i = 0; i < command_count; i++) {
        struct str full = str_from_c(command_table[i]->name);
        ptrdiff_t space = str_find_char(full, ' ');
        if (space > 0)
            suggestion_offer(
                &suggestion,
                arena_c_string(arena, str_slice(full, 0, (size_t)space)));
        suggestion_offer(&suggestion, full.ptr);
    }
    return suggestion.best;
}

static enum err refuse_command(const char *name, struct arena *arena,
                               struct fault *fault)
{
    const char *best = nearest_command(name, arena);
    if (best)
        return fault_set(fault, ERR_USAGE, "command",
                         "there is no command '%s'; did you mean 'broadsheet "
                         "%s'?",
                         name, best);
    return fault_set(fault, ERR_USAGE, "command",
                     "there is no command '%s'; 'broadsheet help' lists them",
                     name);
}

static enum err refuse_group(const char *group, const char *word,
                             struct arena *arena, struct fault *fault)
{
    if (word) {
        struct str name = arena_printf(arena, "%s %s", group, word);
        return refuse_command(name.ptr, arena, fault);
    }
    DEFER(buf_finish) struct buf names;
    buf_init(&names, FAULT_MESSAGE_BYTES_MAX);
    size_t len = strlen(group);
    for (size_t i = 0; i < command_count; i++) {
        const char *name = command_table[i]->name;
        if (strncmp(name, group, len) == 0 && name[len] == ' ')
            buf_printf(&names, "%s%s", names.len ? ", " : "", name + len + 1);
    }
    return fault_set(fault, ERR_USAGE, "command",
                     "'%s' wants to know what to do: %.*s; 'broadsheet help %s "
                     "…' tells more",
                     group, ARG_STR(buf_str(&names)), group);
}

/* The next word that is neither an option nor the value of --data, which may
 * stand in front of the command; 0 when there is none. */
static int next_word(const struct scan *scan, int from)
{
    for (int i = from; i < scan->argc; i++) {
        const char *word = scan->argv[i];
        if (strcmp(word, "--") == 0)
            return 0;
        if (strcmp(word, "--data") == 0 || strcmp(word, "-d") == 0)
            i++;
        else if (word[0] != '-' || !word[1])
            return i;
    }
    return 0;
}

/* The name is as many words as a command has: "serve", "article show",
 * "channel key add". */
static enum err find_command(struct scan *scan)
{
    struct command_line *line = scan->line;
    const char *group = NULL, *word = NULL, *name = NULL;
    int from = 1;
    for (size_t i = 0; i < NAME_WORDS_MAX; i++) {
        int at = next_word(scan, from);
        if (!at)
            break;
        word = scan->argv[at];
        name =
            group ? arena_printf(line->arena, "%s %s", group, word).ptr : word;
        scan->name_at[i] = at;
        from = at + 1;
        line->command = command_find(name);
        if (line->command)
            return ERR_OK;
        if (!command_is_group(name))
            return group ? refuse_group(group, word, line->arena, scan->fault)
                         : refuse_command(name, line->arena, scan->fault);
        group = name;
    }
    if (!group)
        return fault_set(scan->fault, ERR_USAGE, "command",
                         "a command is missing; 'broadsheet help' lists them");
    return refuse_group(group, NULL, line->arena, scan->fault);
}

/* ---- Options ---------------------------------------------------------------
 */

static enum err refuse_option(const struct scan *scan, const char *name)
{
    const struct command *command = scan->line->command;
    struct suggestion suggestion = suggestion_for(name);
    const struct command_option *option;
    for (size_t i = 0; (option = command_option_at(command, i)); i++)
        suggestion_offer(&suggestion, option->name);
    if (suggestion.best)
        return fault_set(scan->fault, ERR_USAGE, name,
                         "'%s' has no option --%s; did you mean --%s?",
                         command->name, name, suggestion.best);
    return fault_set(scan->fault, ERR_USAGE, name,
                     "'%s' has no option --%s; 'broadsheet help %s' lists them",
                     command->name, name, command->name);
}

/* Notes an option. attached is the value that came with it, or NULL: the next
 * word is then taken. */
static enum err take_option(struct scan *scan,
                            const struct command_option *option,
                            const char *attached)
{
    const char *value = attached;
    if (!option->value && attached)
        return fault_set(scan->fault, ERR_USAGE, option->name,
                         "--%s takes no value", option->name);
    if (option->value && !value)
        value = scan->at + 1 < scan->argc ? scan->argv[++scan->at] : NULL;
    if (option->value && !value)
        return fault_set(scan->fault, ERR_USAGE, option->name,
                         "--%s wants a value: --%s %s", option->name,
                         option->name, option->value);
    struct command_line *line = scan->line;
    line->given[line->given_count++] =
        (struct command_given){.option = option, .value = value};
    if (strcmp(option->name, "help") == 0)
        line->wants_help = true;
    return ERR_OK;
}

static enum err take_long(struct scan *scan, const char *text)
{
    const struct command *command = scan->line->command;
    const char *equals = strchr(text, '=');
    size_t len = equals ? (size_t)(equals - text) : strlen(text);
    const char *name = arena_c_string(scan->line->arena, str_of(text, len));
    const struct command_option *option = command_option_find(command, name);
    if (!option)
        return refuse_option(scan, name);
    return take_option(scan, option, equals ? equals + 1 : NULL);
}

/* -q, -qj, -dDIR, -d DIR */
static enum err take_letters(struct scan *scan, const char *letters)
{
    const struct command *command = scan->line->command;
    for (const char *letter = letters; *letter; letter++) {
        const struct command_option *option =
            command_option_of_letter(command, *letter);
        if (!option)
            return fault_set(scan->fault, ERR_USAGE, NULL,
                             "'%s' has no option -%c; 'broadsheet help %s' "
                             "lists them",
                             command->name, *letter, command->name);
        bool rest_is_value = option->value && letter[1];
        enum err err =
            take_option(scan, option, rest_is_value ? letter + 1 : NULL);
        if (err || option->value)
            return err;
    }
    return ERR_OK;
}

static bool is_of_name(const struct scan *scan, int at)
{
    for (size_t i = 0; i < NAME_WORDS_MAX; i++)
        if (scan->name_at[i] == at)
            return true;
    return false;
}

static enum err take_words(struct scan *scan)
{
    struct command_line *line = scan->line;
    bool options_over = false;
    for (scan->at = 1; scan->at < scan->argc; scan->at++) {
        const char *word = scan->argv[scan->at];
        enum err err = ERR_OK;
        if (is_of_name(scan, scan->at))
            continue;
        if (options_over || word[0] != '-' || !word[1])
            line->arguments[line->argument_count++] = word;
        else if (strcmp(word, "--") == 0)
            options_over = true;
        else if (word[1] == '-')
            err = take_long(scan, word + 2);
        else
            err = take_letters(scan, word + 1);
        if (err)
            return err;
    }
    return ERR_OK;
}

/* ---- Arguments -------------------------------------------------------------
 */

static enum err check_arguments(const struct scan *scan)
{
    const struct command_line *line = scan->line;
    const struct command *command = line->command;
    const struct command_argument *argument = command->arguments;
    size_t index = 0;
    for (; argument && argument->name; argument++, index++) {
        if (index >= line->argument_count && !argument->optional)
            return fault_set(scan->fault, ERR_USAGE, argument->name,
                             "%s is missing (%s), as in: broadsheet %s",
                             argument->name, argument->summary,
                             first_example(command));
        if (argument->many)
            return ERR_OK;
    }
    if (line->argument_count > index)
        return fault_set(scan->fault, ERR_USAGE, NULL,
                         "'%s' is one argument too many, as in: broadsheet %s",
                         line->arguments[index], first_example(command));
    return ERR_OK;
}

enum err command_line_parse(int argc, char **argv, struct arena *arena,
                            struct output *output,
                            struct command_line *ret_line, struct fault *fault)
{
    assert(argc >= 1);
    assert(ret_line);
    size_t words = (size_t)argc;
    struct command_line line = {.arena = arena, .output = output};
    line.arguments = arena_array(arena, const char *, words + 1);
    /* A word of letters such as -qj gives several. */
    size_t letters = 0;
    for (int i = 1; i < argc; i++)
        letters += strlen(argv[i]) + 1;
    line.given = arena_array(arena, struct command_given, letters + 1);
    struct scan scan = {
        .argv = argv, .argc = argc, .line = &line, .fault = fault};
    enum err err = find_command(&scan);
    if (!err)
        err = take_words(&scan);
    if (!err && !line.wants_help)
        err = check_arguments(&scan);
    if (err)
        return err;
    output->quiet = command_flag(&line, "quiet");
    *ret_line = line;
    return ERR_OK;
}
