// SPDX-License-Identifier: Apache-2.0
#include "cli/process.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/log.h"

static char *number_text(const char *name, int64_t number)
{
    char text[64];
    snprintf(text, sizeof text, "%s=%lld", name, (long long)number);
    char *copy = strdup(text);
    if (!copy)
        log_panic("out of memory");
    return copy;
}

static char *listen_text(const struct process_arguments *arguments)
{
    struct buf text;
    buf_init(&text, 16 * PROCESS_LISTEN_FDS_MAX);
    buf_add_c(&text, "listen_fds=");
    for (size_t i = 0; i < arguments->listen_count; i++)
        buf_printf(&text, "%s%d", i ? "," : "", arguments->listen_fds[i]);
    buf_add_char(&text, '\0');
    if (buf_err(&text))
        log_panic("out of memory");
    return buf_take(&text, NULL);
}

static char *directory_text(const char *directory)
{
    struct buf text;
    buf_init(&text, 8192);
    buf_add_c(&text, "directory=");
    buf_add_c(&text, directory ? directory : "");
    buf_add_char(&text, '\0');
    if (buf_err(&text))
        log_panic("the directory's path is too long");
    return buf_take(&text, NULL);
}

char *const *process_arguments_write(const char *program, const char *process,
                                     const struct process_arguments *arguments)
{
    char **argv = calloc(PROCESS_ARGUMENTS_MAX, sizeof(char *));
    if (!argv)
        log_panic("out of memory");
    size_t count = 0;
    argv[count++] = strdup(program);
    argv[count++] = strdup(process);
    argv[count++] = directory_text(arguments->directory);
    argv[count++] = listen_text(arguments);
#define X(name) argv[count++] = number_text(#name, arguments->name);
    PROCESS_NUMBERS(X)
#undef X
    assert(count < PROCESS_ARGUMENTS_MAX);
    return argv;
}

static enum err read_listen_fds(struct str value,
                                struct process_arguments *arguments)
{
    struct str part;
    while (value.len && str_split_next(&value, ',', &part)) {
        int64_t fd;
        if (arguments->listen_count == PROCESS_LISTEN_FDS_MAX ||
            str_parse_i64(part, &fd))
            return ERR_INVALID;
        arguments->listen_fds[arguments->listen_count++] = (int)fd;
    }
    return ERR_OK;
}

static enum err read_argument(const char *text,
                              struct process_arguments *arguments)
{
    struct str value = str_from_c(text), name;
    if (!str_split_next(&value, '=', &name) || !value.ptr)
        return ERR_INVALID;
    if (str_eq(name, STR("directory"))) {
        arguments->directory = value.ptr;
        return ERR_OK;
    }
    if (str_eq(name, STR("listen_fds")))
        return read_listen_fds(value, arguments);
#define X(member) \
    if (str_eq(name, STR(#member))) \
        return str_parse_i64(value, &arguments->member);
    PROCESS_NUMBERS(X)
#undef X
    return ERR_INVALID;
}

static void watched_signals(sigset_t *ret_signals)
{
    sigemptyset(ret_signals);
    sigaddset(ret_signals, SIGTERM);
    sigaddset(ret_signals, SIGINT);
}

enum err process_begin(const char *name, int argc, char **argv,
                       struct process_arguments *ret_arguments,
                       struct fault *fault)
{
    struct process_arguments arguments = {.directory = ""};
    for (int i = 1; i < argc; i++) {
        if (read_argument(argv[i], &arguments))
            return fault_set(fault, ERR_USAGE, NULL,
                             "\"%s\" is started by `broadsheet serve`, not by "
                             "hand (%s)",
                             name, argv[i]);
    }
    if (argc < 2)
        return fault_set(fault, ERR_USAGE, NULL,
                         "\"%s\" is started by `broadsheet serve`, not by hand",
                         name);
    log_setup(name, LOG_LEVEL_INFO, arguments.log_json != 0);
    sigset_t signals;
    watched_signals(&signals);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    *ret_arguments = arguments;
    return ERR_OK;
}

void process_wait_for_end(void)
{
    sigset_t signals;
    int number;
    watched_signals(&signals);
    sigwait(&signals, &number);
}
