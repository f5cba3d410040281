// SPDX-License-Identifier: Apache-2.0
#include "cli/command.h"

#include <assert.h>
#include <inttypes.h>

#include "base/arena.h"

static const struct command_option data_option = {
    .name = "data",
    .letter = 'd',
    .value = "DIR",
    .summary = "the newspaper's folder (default: BROADSHEET_DATA, or this one)",
};
static const struct command_option json_option = {
    .name = "json",
    .letter = 'j',
    .summary = "answer in JSON",
};
static const struct command_option quiet_option = {
    .name = "quiet",
    .letter = 'q',
    .summary = "say nothing but errors",
};
static const struct command_option help_option = {
    .name = "help",
    .letter = 'h',
    .summary = "tell how the command is used",
};

const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < command_count; i++) {
        if (strcmp(command_table[i]->name, name) == 0)
            return command_table[i];
    }
    return NULL;
}

bool command_is_group(const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; len && i < command_count; i++) {
        const char *name = command_table[i]->name;
        if (strncmp(name, word, len) == 0 && name[len] == ' ')
            return true;
    }
    return false;
}

static size_t count_own(const struct command *command)
{
    size_t count = 0;
    while (command->options && command->options[count].name)
        count++;
    return count;
}

const struct command_option *command_option_at(const struct command *command,
                                               size_t index)
{
    size_t own = count_own(command);
    if (index < own)
        return &command->options[index];
    const struct command_option *shared[5] = {NULL};
    size_t count = 0;
    if (command->shared & COMMAND_DATA)
        shared[count++] = &data_option;
    if (command->shared & COMMAND_JSON)
        shared[count++] = &json_option;
    shared[count++] = &quiet_option;
    shared[count++] = &help_option;
    return index - own < count ? shared[index - own] : NULL;
}

const struct command_option *command_option_find(const struct command *command,
                                                 const char *name)
{
    const struct command_option *option;
    for (size_t i = 0; (option = command_option_at(command, i)); i++) {
        if (strcmp(option->name, name) == 0)
            return option;
    }
    return NULL;
}

const struct command_option *command_option_of_letter(
    const struct command *command, char letter)
{
    const struct command_option *option;
    for (size_t i = 0; (option = command_option_at(command, i)); i++) {
        if (letter && option->letter == letter)
            return option;
    }
    return NULL;
}

void command_write_arguments(const struct command *command, struct buf *out)
{
    const struct command_argument *argument = command->arguments;
    for (; argument && argument->name; argument++) {
        buf_printf(out, argument->optional ? " [%s]" : " %s", argument->name);
        if (argument->many)
            buf_add_c(out, "…");
    }
}

/* ---- What was given --------------------------------------------------------
 */

static const struct command_given *last_given(const struct command_line *line,
                                              const char *name)
{
    const struct command_given *last = NULL;
    assert(command_option_find(line->command, name));
    for (size_t i = 0; i < line->given_count; i++) {
        if (strcmp(line->given[i].option->name, name) == 0)
            last = &line->given[i];
    }
    return last;
}

const char *command_value(const struct command_line *line, const char *name)
{
    const struct command_given *given = last_given(line, name);
    return given ? given->value : NULL;
}

bool command_flag(const struct command_line *line, const char *name)
{
    return last_given(line, name) != NULL;
}

size_t command_values(const struct command_line *line, const char *name,
                      const char *const **ret_values)
{
    const char **values =
        arena_array(line->arena, const char *, line->given_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < line->given_count; i++) {
        if (strcmp(line->given[i].option->name, name) == 0)
            values[count++] = line->given[i].value;
    }
    *ret_values = values;
    return count;
}

enum err command_number(const struct command_line *line, const char *name,
                        int64_t least, int64_t most, int64_t otherwise,
                        int64_t *ret_number, struct fault *fault)
{
    const char *text = command_value(line, name);
    int64_t number = otherwise;
    if (text && (str_parse_i64(str_from_c(text), &number) || number < least ||
                 number > most))
        return fault_set(fault, ERR_USAGE, name,
                         "--%s has to be a number from %" PRId64 " to %" PRId64
                         ", not '%s'",
                         name, least, most, text);
    *ret_number = number;
    return ERR_OK;
}
