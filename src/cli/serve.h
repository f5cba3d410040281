// SPDX-License-Identifier: Apache-2.0
/* cli/serve.h: runs a site until it is told to stop: the supervisor with its
 * edge, playout and desk. `broadsheet serve` and `broadsheet demo` read their
 * options (command_serve.c, command_demo.c), make the site when the folder is
 * empty, and hand over to serve_site. */
#ifndef CLI_SERVE_H
#define CLI_SERVE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

enum { SERVE_LISTEN_MAX = 8 };

struct serve_config {
    const char *directory; /* of a site that is there */
    /* ADDRESS:PORT or [ADDRESS]:PORT each, checked for their form; at least
     * one. Port 0 takes a free one. */
    const char *listen[SERVE_LISTEN_MAX];
    size_t listen_count;
    const char *proxies; /* whose word is believed, checked for their form, a
                            comma between; "" for none */
    unsigned threads;    /* of the edge; 0: one a core */
    size_t page_memory_bytes; /* of each edge */
    const char *rtmp;  /* where broadcasts come in, or NULL: ADDRESS:PORT, */
    const char *srt;   /* checked for their form */
    const char *rtmps; /* …, with the files below */
    const char *certificate, *certificate_key;
    const char *metrics; /* where metrics are asked for, or NULL; likewise */
    /* A program that feeds television and is run beside, as execv wants it;
     * NULL for none. */
    char *const *feeder;
    bool log_json;
};

/* Answers when everything has ended. Tells on standard error, once all is up,
 * the addresses that readers use. */
MUST_USE enum err serve_site(const struct serve_config *config,
                             struct fault *fault);

/* The processes that the supervisor starts as `broadsheet _edge …`,
 * `broadsheet _playout …` and `broadsheet _desk …`; main hands over before it
 * looks at the table of commands. argv[0] is "_edge" and so on, the rest is
 * what serve_site gave. They answer the exit code. */
int edge_main(int argc, char **argv);
int playout_main(int argc, char **argv);
int desk_main(int argc, char **argv);

#endif
