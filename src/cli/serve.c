// SPDX-License-Identifier: Apache-2.0
#include "cli/serve.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"
#include "base/time.h"
#include "cli/process.h"
#include "cli/supervisor.h"
#include "net/listener.h"

enum {
    EDGE_THREADS_LEAST = 1,
    LEFTOVER_MS = 3000, /* for what a killed server leaves behind */
    DYING_MS = 500,     /* for a killed supervisor to be gone itself */
    PAUSE_MS = 10,
};

struct serving {
    const struct serve_config *config;
    char program[PATH_MAX];
    char directory[PATH_MAX]; /* absolute */
    struct process_arguments arguments;
    struct address addresses[SERVE_LISTEN_MAX]; /* really bound */
    int lock_fd;
    int ready_pipe[2];
};

static enum err path_in(const struct serving *serving, const char *name,
                        char target[PATH_MAX], struct fault *fault)
{
    int len = snprintf(target, PATH_MAX, "%s/%s", serving->directory, name);
    return len < PATH_MAX ? ERR_OK
                          : fault_set(fault, ERR_TOO_LONG, NULL,
                                      "the path of the folder is too long");
}

static enum err find_paths(struct serving *serving, struct fault *fault)
{
    const char *directory = serving->config->directory;
    if (!realpath(directory, serving->directory))
        return fault_set(fault, err_from_errno(errno), directory,
                         "cannot use the folder %s: %s", directory,
                         strerror(errno));
    ssize_t len = readlink("/proc/self/exe", serving->program, PATH_MAX - 1);
    if (len < 0)
        return fault_set(fault, ERR_IO, NULL,
                         "cannot find the program itself: is /proc mounted?");
    serving->program[len] = '\0';
    return ERR_OK;
}

static void rest_a_little(void)
{
    nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000}, NULL);
}

static bool take_lock(int fd)
{
    int64_t until = clock_now_us() + DYING_MS * INT64_C(1000);
    while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (clock_now_us() >= until)
            return false;
        rest_a_little();
    }
    return true;
}

/* One server a site: two would print against each other. */
static enum err lock_site(struct serving *serving, struct fault *fault)
{
    char path[PATH_MAX];
    enum err err = path_in(serving, "run", path, fault);
    if (!err)
        err = folder_make(path, fault);
    if (!err)
        err = path_in(serving, "run/lock", path, fault);
    if (err)
        return err;
    serving->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (serving->lock_fd < 0)
        return fault_set(fault, err_from_errno(errno), path,
                         "cannot open %s: %s", path, strerror(errno));
    if (!take_lock(serving->lock_fd))
        return fault_set(fault, ERR_BUSY, NULL,
                         "%s is being served already; stop that server first, "
                         "or serve another folder",
                         serving->directory);
    return ERR_OK;
}

/* The children inherit it. */
static void keep_on_exec(int fd)
{
    fcntl(fd, F_SETFD, fcntl(fd, F_GETFD) & ~FD_CLOEXEC);
}

static enum err open_readers_sockets(struct serving *serving,
                                     struct fault *fault)
{
    struct process_arguments *arguments = &serving->arguments;
    unsigned threads = (unsigned)arguments->threads;
    for (size_t i = 0; i < serving->config->listen_count; i++) {
        struct address address;
        int *fds = arguments->listen_fds + arguments->listen_count;
        if (arguments->listen_count + threads > PROCESS_LISTEN_FDS_MAX)
            return fault_set(fault, ERR_TOO_LONG, "listen",
                             "too many addresses for so many threads");
        enum err err = address_parse(str_from_c(serving->config->listen[i]),
                                     &address, fault);
        if (!err)
            err = listener_open(&address, threads, fds, fault);
        if (!err)
            err = address_of_socket(fds[0], &serving->addresses[i]);
        if (err)
            return err;
        serving->addresses[i].any_host = address.any_host;
        arguments->listen_count += threads;
    }
    for (size_t i = 0; i < arguments->listen_count; i++)
        keep_on_exec(arguments->listen_fds[i]);
    return ERR_OK;
}

/* text: ADDRESS:PORT, or NULL: none is wanted. */
static enum err open_socket(const char *text, int64_t *ret_fd,
                            struct fault *fault)
{
    struct address address;
    int fd;
    if (!text)
        return ERR_OK;
    enum err err = address_parse(str_from_c(text), &address, fault);
    if (!err)
        err = listener_open(&address, 1, &fd, fault);
    if (err)
        return err;
    keep_on_exec(fd);
    *ret_fd = fd;
    return ERR_OK;
}

static enum err open_unix_socket(struct serving *serving, const char *name,
                                 int64_t *ret_fd, struct fault *fault)
{
    char path[PATH_MAX], text[PATH_MAX + 8];
    struct address address;
    int fd;
    enum err err = path_in(serving, name, path, fault);
    if (err)
        return err;
    snprintf(text, sizeof text, "unix:%s", path);
    err = address_parse(str_from_c(text), &address, fault);
    if (!err)
        err = listener_open(&address, 1, &fd, fault);
    if (err)
        return err;
    keep_on_exec(fd);
    *ret_fd = fd;
    return ERR_OK;
}

static enum err open_folder(struct serving *serving, const char *name,
                            int64_t *ret_fd, struct fault *fault)
{
    char path[PATH_MAX];
    enum err err = path_in(serving, name, path, fault);
    if (!err)
        err = folder_make(path, fault);
    if (err)
        return err;
    int fd = open(path, O_PATH | O_DIRECTORY);
    if (fd < 0)
        return fault_set(fault, err_from_errno(errno), path,
                         "cannot open %s: %s", path, strerror(errno));
    *ret_fd = fd;
    return ERR_OK;
}

/* The site is locked, so whoever still holds its socket is a process of a
 * server that was killed, and about to end: each of them holds this one. */
static enum err open_link_socket(struct serving *serving, struct fault *fault)
{
    int64_t until = clock_now_us() + LEFTOVER_MS * INT64_C(1000);
    for (;;) {
        enum err err = open_unix_socket(serving, "run/edge.sock",
                                        &serving->arguments.link_fd, fault);
        if (err != ERR_BUSY || clock_now_us() >= until)
            return err;
        rest_a_little();
    }
}

static enum err open_everything(struct serving *serving, struct fault *fault)
{
    struct process_arguments *arguments = &serving->arguments;
    enum err err = find_paths(serving, fault);
    if (!err)
        err = lock_site(serving, fault);
    if (!err)
        err = open_link_socket(serving, fault);
    if (!err)
        err = open_readers_sockets(serving, fault);
    if (!err)
        err = open_socket(serving->config->rtmp, &arguments->rtmp_fd, fault);
    if (!err)
        err = open_socket(serving->config->metrics, &arguments->metrics_fd,
                          fault);
    if (!err)
        err = open_unix_socket(serving, "run/desk.sock", &arguments->desk_fd,
                               fault);
    if (!err)
        err = open_folder(serving, "media", &arguments->media_fd, fault);
    if (!err)
        err = open_folder(serving, "live", &arguments->live_fd, fault);
    if (!err && pipe2(serving->ready_pipe, O_CLOEXEC) < 0)
        err = fault_set(fault, ERR_IO, NULL, "pipe: %s", strerror(errno));
    if (err)
        return err;
    keep_on_exec(serving->ready_pipe[1]);
    arguments->ready_fd = serving->ready_pipe[1];
    arguments->directory = serving->directory;
    return ERR_OK;
}

/* What to type into a browser. */
static void tell_addresses(void *context)
{
    struct serving *serving = context;
    for (size_t i = 0; i < serving->config->listen_count; i++) {
        char text[ADDRESS_TEXT_BYTES];
        address_format(&serving->addresses[i], text);
        struct str shown = str_from_c(text);
        ptrdiff_t colon = str_find_last_char(shown, ':');
        if (serving->addresses[i].any_host ||
            str_starts_with(shown, STR("127.0.0.1:")))
            fprintf(stderr, "Broadsheet is at http://localhost%s/\n",
                    text + colon);
        else
            fprintf(stderr, "Broadsheet is at http://%s/\n", text);
    }
}

static unsigned count_threads(const struct serve_config *config)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (config->threads)
        return config->threads;
    return cores < EDGE_THREADS_LEAST ? EDGE_THREADS_LEAST
           : cores > 64               ? 64
                                      : (unsigned)cores;
}

/* In front: the last child is the one that SIGHUP restarts. */
static void add_feeder(struct supervisor *supervisor, char *const *feeder)
{
    if (!feeder)
        return;
    memmove(supervisor->children + 1, supervisor->children,
            supervisor->count * sizeof *supervisor->children);
    supervisor->children[0] = (struct supervisor_child){
        .name = "feeder", .argv = feeder, .is_foreign = true};
    supervisor->count++;
}

enum err serve_site(const struct serve_config *config, struct fault *fault)
{
    assert(config);
    assert(config->listen_count > 0);
    struct serving *serving = calloc(1, sizeof *serving);
    if (!serving)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    serving->config = config;
    serving->arguments.threads = count_threads(config);
    serving->arguments.proxies = config->proxies;
    serving->arguments.srt = config->srt ? config->srt : "";
    serving->arguments.rtmps = config->rtmps ? config->rtmps : "";
    serving->arguments.certificate =
        config->certificate ? config->certificate : "";
    serving->arguments.certificate_key =
        config->certificate_key ? config->certificate_key : "";
    serving->arguments.log_json = config->log_json;
    serving->arguments.page_memory = (int64_t)config->page_memory_bytes;
    log_setup("supervisor", LOG_LEVEL_INFO, config->log_json);
    enum err err = open_everything(serving, fault);
    if (err) {
        free(serving);
        return err;
    }
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct supervisor supervisor = {
        .children =
            {
                {.name = "edge",
                 .argv = process_arguments_write(&arena, serving->program,
                                                 "_edge", &serving->arguments)},
                {.name = "playout",
                 .argv =
                     process_arguments_write(&arena, serving->program,
                                             "_playout", &serving->arguments)},
                {.name = "desk",
                 .argv = process_arguments_write(&arena, serving->program,
                                                 "_desk", &serving->arguments)},
            },
        .count = 3,
        .ready_fd = serving->ready_pipe[0],
        .on_ready = tell_addresses,
        .context = serving,
    };
    add_feeder(&supervisor, config->feeder);
    err = supervisor_run(&supervisor, fault);
    free(serving);
    return err;
}
