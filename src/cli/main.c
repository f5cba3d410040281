// SPDX-License-Identifier: Apache-2.0
/* broadsheet: hands the command line to the command it names. */
#include <signal.h>

#include "base/arena.h"
#include "cli/command.h"
#include "cli/help.h"
#include "cli/serve.h"

static enum err print_help(const struct command_line *line)
{
    DEFER(buf_finish) struct buf text;
    buf_init(&text, HELP_BYTES_MAX);
    help_write_command(line->command, &text, line->output->color_data);
    output_str(line->output, buf_str(&text));
    return buf_err(&text);
}

/* --version and --help alone are commands as well. */
static void accept_habits(int argc, char **argv)
{
    static char version[] = "version", help[] = "help";
    if (argc < 2)
        return;
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
        argv[1] = version;
    else if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        argv[1] = help;
}

/* Without any words somebody wants to know what this is. */
static enum err print_overview(struct output *output, struct fault *fault)
{
    DEFER(buf_finish) struct buf text;
    buf_init(&text, HELP_BYTES_MAX);
    help_write_overview(&text, output->color_words);
    fprintf(output->words, "%.*s\n", ARG_STR(buf_str(&text)));
    return fault_set(fault, ERR_USAGE, "command", "a command is missing");
}

static enum err run(int argc, char **argv, struct arena *arena,
                    struct output *output, struct fault *fault)
{
    if (argc < 2)
        return print_overview(output, fault);
    struct command_line line;
    enum err err = command_line_parse(argc, argv, arena, output, &line, fault);
    if (err)
        return err;
    err = line.wants_help ? print_help(&line) : line.command->run(&line, fault);
    return err ? err : output_finish(output, fault);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "_edge") == 0)
        return edge_main(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "_playout") == 0)
        return playout_main(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "_desk") == 0)
        return desk_main(argc - 1, argv + 1);
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of writing */
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct output output;
    output_init(&output, stdout, stderr);
    accept_habits(argc, argv);
    struct fault fault = {0};
    enum err err = run(argc, argv, &arena, &output, &fault);
    if (err) {
        if (!fault.code)
            fault.code = err;
        output_error(&output, &fault);
    }
    return err_exit_code(err);
}
