// SPDX-License-Identifier: Apache-2.0
/* The playout process: television, from broadcasts to parts that the edge
 * serves. */
#include <limits.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "cli/newspaper.h"
#include "cli/process.h"
#include "cli/serve.h"
#include "playout/playout.h"

static void drop_what_is_others(const struct process_arguments *arguments)
{
    close((int)arguments->desk_fd);
    close((int)arguments->link_fd);
    close((int)arguments->media_fd);
    close((int)arguments->live_fd);
    if (arguments->metrics_fd)
        close((int)arguments->metrics_fd);
    close((int)arguments->ready_fd);
    for (size_t i = 0; i < arguments->listen_count; i++)
        close(arguments->listen_fds[i]);
}

/* NULL when it is not installed. */
static const char *helper(const char *name, struct arena *arena)
{
    struct fault missing = {0};
    const char *program = NULL;
    return newspaper_helper(name, arena, &program, &missing) ? NULL : program;
}

int playout_main(int argc, char **argv)
{
    struct process_arguments arguments;
    struct fault fault = {0};
    enum err err = process_begin("playout", argc, argv, &arguments, &fault);
    if (!err) {
        DEFER(arena_finish) struct arena arena;
        arena_init(&arena, 0);
        drop_what_is_others(&arguments);
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); /* for its helpers as well */
        const char *folder = arguments.directory;
        struct playout_config config = {
            .live_folder = arena_printf(&arena, "%s/live", folder).ptr,
            .edge_path = arena_printf(&arena, "%s/run/edge.sock", folder).ptr,
            .desk_path =
                arena_printf(&arena, "%s/run/playout.sock", folder).ptr,
            .rtmp_fd = arguments.rtmp_fd ? (int)arguments.rtmp_fd : -1,
            .srt = arguments.srt,
            .rtmps = arguments.rtmps,
            .certificate = arguments.certificate,
            .certificate_key = arguments.certificate_key,
            .ingest = helper("ingest", &arena),
            .media = helper("media", &arena),
            .log_json = arguments.log_json != 0,
        };
        err = playout_run(&config, &fault);
    }
    if (err)
        log_error("playout ends", LOG_C("cause", fault_text(&fault)));
    return err_exit_code(err);
}
