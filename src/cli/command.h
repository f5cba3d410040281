// SPDX-License-Identifier: Apache-2.0
/* cli/command.h: the commands: one table from which parsing, help, "did you
 * mean", shell completion and the manual are made.
 *
 * A command is a constant struct in command_<name>.c; command_table.c lists
 * them. Adding one is writing that struct and a line in the table. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "cli/output.h"

struct arena;
struct command_line;

/* Lists below end with an entry whose first member is NULL. */

struct command_argument {
    const char *name; /* "FILE" */
    const char *summary;
    bool optional;
    bool many; /* this one and all behind it; the last of the list */
};

struct command_option {
    const char *name;  /* "date-pattern", without the hyphens */
    char letter;       /* 'n' for -n, or 0 */
    bool many;         /* may be given several times */
    const char *value; /* "PATTERN"; NULL for one that takes none */
    const char *summary;
};

struct command_example {
    const char *line; /* without "broadsheet " in front */
    const char *what;
};

/* Options that many commands share. */
enum command_shared {
    COMMAND_DATA = 1 << 0, /* --data DIR */
    COMMAND_JSON = 1 << 1, /* --json */
};

struct command {
    const char *name;    /* "article show" */
    const char *summary; /* a phrase without a full stop */
    const char *details; /* paragraphs for help and manual, or NULL */
    unsigned shared;     /* enum command_shared */
    const struct command_argument *arguments; /* or NULL */
    const struct command_option *options;     /* or NULL */
    const struct command_example *examples;   /* at least one */

    /* What failed, and why, is in fault; main tells it. */
    enum err (*run)(const struct command_line *line, struct fault *fault);
};

extern const struct command *const command_table[];
extern const size_t command_count;

/* The command of that name, or NULL. */
const struct command *command_find(const char *name);

/* Whether names of commands begin with this word and go on ("article"). */
bool command_is_group(const char *word);

/* The option with that long name, shared ones included, or NULL. */
const struct command_option *command_option_find(const struct command *command,
                                                 const char *name);
const struct command_option *command_option_of_letter(
    const struct command *command, char letter);

/* All options of the command: its own, then the shared ones; NULL behind the
 * last. */
const struct command_option *command_option_at(const struct command *command,
                                               size_t index);

/* "FILE…", "[DIR]": how the arguments are written in a usage line. */
void command_write_arguments(const struct command *command, struct buf *out);

/* ---- What was asked for ----------------------------------------------------
 */

struct command_given {
    const struct command_option *option;
    const char *value; /* NULL for one that takes none */
};

struct command_line {
    const struct command *command;
    struct arena *arena;    /* for all that the command does */
    struct output *output;  /* where it says things */
    bool wants_help;        /* --help: the rest was not checked */
    const char **arguments; /* ends with NULL */
    size_t argument_count;
    struct command_given *given;
    size_t given_count;
};

/* Reads argv (argv[0] is the program). Everything lives in arena and argv.
 * ERR_USAGE: fault says what is wrong and what would be right. */
MUST_USE enum err command_line_parse(int argc, char **argv, struct arena *arena,
                                     struct output *output,
                                     struct command_line *ret_line,
                                     struct fault *fault);

/* The value given last, or NULL. name must be an option of the command. */
const char *command_value(const struct command_line *line, const char *name);
bool command_flag(const struct command_line *line, const char *name);

/* All values given, in order; *ret_values lives in the line's arena. */
size_t command_values(const struct command_line *line, const char *name,
                      const char *const **ret_values);

/* A whole number within bounds, or otherwise when it is not given. */
MUST_USE enum err command_number(const struct command_line *line,
                                 const char *name, int64_t least, int64_t most,
                                 int64_t otherwise, int64_t *ret_number,
                                 struct fault *fault);

#endif
