// SPDX-License-Identifier: Apache-2.0
/* The edge process: takes over the sockets that the supervisor holds open. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "cli/edge_words.h"
#include "cli/process.h"
#include "cli/serve.h"
#include "edge/edge.h"

/* A hundred thousand readers need as many descriptors. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* Whoever takes the edge over may not find the command line's socket in it. */
static void drop_what_is_the_desks(const struct process_arguments *arguments)
{
    close((int)arguments->desk_fd);
    if (arguments->rtmp_fd)
        close((int)arguments->rtmp_fd);
    if (arguments->metrics_fd)
        close((int)arguments->metrics_fd);
    close((int)arguments->ready_fd);
}

static enum err read_proxies(const struct process_arguments *arguments,
                             struct proxies *ret_proxies, struct fault *fault)
{
    struct str rest = str_from_c(arguments->proxies), text;
    enum err err = ERR_OK;
    while (!err && rest.len && str_split_next(&rest, ',', &text))
        err = proxies_add(ret_proxies, text, fault);
    return err;
}

int edge_main(int argc, char **argv)
{
    struct process_arguments arguments;
    struct fault fault = {0};
    enum err err = process_begin("edge", argc, argv, &arguments, &fault);
    if (!err) {
        drop_what_is_the_desks(&arguments);
        raise_descriptor_limit();
        struct edge_config config = {
            .threads = (unsigned)arguments.threads,
            .listen_fds = arguments.listen_fds,
            .listen_count = arguments.listen_count,
            .link_fd = (int)arguments.link_fd,
            .media_fd = (int)arguments.media_fd,
            .live_fd = (int)arguments.live_fd,
            .page_memory =
                (size_t)arguments.page_memory, /* the desk says more */
        };
        static struct arena words; /* as long as the process */
        arena_init(&words, 0);
        err = edge_words_load(arguments.directory, &words, &config, &fault);
        if (!err)
            err = read_proxies(&arguments, &config.proxies, &fault);
        if (!err)
            err = edge_run(&config, &fault);
    }
    if (err)
        log_error("edge ends", LOG_C("cause", fault_text(&fault)));
    /* Nothing is left to flush, and what checks for leaks at exit cannot work
     * inside the sandbox. */
    _exit(err_exit_code(err));
}
