// SPDX-License-Identifier: Apache-2.0
#include "cli/process.h"

#include <assert.h>
#include <signal.h>

#include "base/arena.h"
#include "base/log.h"

static char *listen_text(struct arena *arena,
                         const struct process_arguments *arguments)
{
    struct str text = STR("listen_fds=");
    for (size_t i = 0; i < arguments->listen_count; i++)
        text = arena_printf(arena, "%" PRI_STR "%s%d", ARG_STR(text),
                            i ? "," : "", arguments->listen_fds[i]);
    return arena_c_string(arena, text);
}

static char *number_text(struct arena *arena, const char *name, int64_t number)
{
    struct str text = arena_printf(arena, "%s=%lld", name, (long long)number);
    return arena_c_string(arena, text);
}

char *const *process_arguments_write(struct arena *arena, const char *program,
                                     const char *process,
                                     const struct process_arguments *arguments)
{
    char **argv = arena_array(arena, char *, PROCESS_ARGUMENTS_MAX);
    size_t count = 0;
    argv[count++] = arena_c_string(arena, str_from_c(program));
    argv[count++] = arena_c_string(arena, str_from_c(process));
    argv[count++] = arena_c_string(
        arena, arena_printf(arena, "directory=%s", arguments->directory));
    argv[count++] = arena_c_string(
        arena, arena_printf(arena, "proxies=%s", arguments->proxies));
    argv[count++] =
        arena_c_string(arena, arena_printf(arena, "srt=%s", arguments->srt));
    argv[count++] = arena_c_string(
        arena, arena_printf(arena, "rtmps=%s", arguments->rtmps));
    argv[count++] = arena_c_string(
        arena, arena_printf(arena, "certificate=%s", arguments->certificate));
    argv[count++] =
        arena_c_string(arena, arena_printf(arena, "certificate_key=%s",
                                           arguments->certificate_key));
    argv[count++] = listen_text(arena, arguments);
#define X(name) argv[count++] = number_text(arena, #name, arguments->name);
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
    if (str_eq(name, STR("proxies"))) {
        arguments->proxies = value.ptr;
        return ERR_OK;
    }
    const struct {
        struct str name;
        const char **place;
    } texts[] = {
        {STR("srt"), &arguments->srt},
        {STR("rtmps"), &arguments->rtmps},
        {STR("certificate"), &arguments->certificate},
        {STR("certificate_key"), &arguments->certificate_key},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (str_eq(name, texts[i].name)) {
            *texts[i].place = value.ptr;
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
    struct process_arguments arguments = {.directory = "",
                                          .proxies = "",
                                          .srt = "",
                                          .rtmps = "",
                                          .certificate = "",
                                          .certificate_key = ""};
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

bool process_end_is_asked(void)
{
    sigset_t pending;
    return sigpending(&pending) == 0 && (sigismember(&pending, SIGTERM) == 1 ||
                                         sigismember(&pending, SIGINT) == 1);
}
