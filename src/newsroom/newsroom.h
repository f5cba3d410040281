// SPDX-License-Identifier: Apache-2.0
/* newsroom/newsroom.h: what the desk answers itself: the newsroom's API, and
 * what the command line needs of a running desk. */
#ifndef NEWSROOM_NEWSROOM_H
#define NEWSROOM_NEWSROOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/str.h"
#include "net/router.h"

struct arena;
struct buf;
struct content;
struct id;
struct json_t;
struct picture_ids;

/* Who asks on the listener for metrics. */
enum { WHO_WATCHES = WHO_FIRST_FREE };

/* A clip as it is asked for; the texts are as typed. */
struct newsroom_clip {
    struct str source, from, to, caption, credit;
};

/* The context of every route's struct http_call. The functions are given by
 * who wires the desk together. */
struct newsroom {
    struct content *content;
    void *desk; /* what these functions are given: */
    /* Waits until the change seq is with every reader. */
    enum err (*catch_up)(void *desk, int64_t seq, struct fault *fault);
    /* Appends the members of a JSON object about the press. */
    void (*write_status)(void *desk, struct buf *out);
    /* Appends a JSON object: how the channels do. */
    enum err (*write_television)(void *desk, struct buf *out,
                                 struct fault *fault);
    /* Appends the metrics, as Prometheus or OpenMetrics has them. */
    enum err (*write_metrics)(void *desk, bool is_open_metrics, struct buf *out,
                              struct fault *fault);
    /* Has pictures that wait made before all others, and waits until they are,
     * but for so long at most; 0 only asks. ERR_UNSUPPORTED when there is
     * nobody to make them. */
    enum err (*hurry_pictures)(void *desk, const struct picture_ids *ids,
                               int64_t wait_us, struct fault *fault);
    /* False when the picture is not the one that is being made. */
    bool (*picture_progress)(void *desk, const struct id *id, size_t *ret_done,
                             size_t *ret_total);
    /* Makes a clip and tells what it is; the caller frees *ret_json. */
    enum err (*make_clip)(void *desk, const struct newsroom_clip *wish,
                          struct arena *arena, struct json_t **ret_json,
                          struct fault *fault);
    void *hub;
    /* Something was asked of the hub. */
    void (*hub_wake)(void *hub);
    /* Whether the path is one of a feed. */
    bool (*is_feed)(struct str path);
};

/* The one table of what may be called, by whom. */
extern const struct route newsroom_routes[];
extern const size_t newsroom_route_count;

#endif
