// SPDX-License-Identifier: Apache-2.0
#include "cli/desk_hiding.h"

#include <assert.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/repeat.h"
#include "base/time.h"
#include "content/change.h"
#include "content/content.h"
#include "content/hiding.h"
#include "site/press.h"

enum { LOOK_EVERY_MS = 1000, AFTER_FAILURE_MS = 10 * 1000 };

struct desk_hiding {
    struct content *content;
    struct press *press;
    struct repeat repeat;
    enum hiding_extent extent; /* at first all that was left */
};

static enum err hide(struct content *content, int64_t seq,
                     enum hiding_extent extent)
{
    struct fault fault = {0};
    enum err err = hiding_run(content, seq, time_now_us(), extent, &fault);
    if (err)
        log_error("a file that nothing shows any more stays public for now",
                  LOG_C("cause", fault_text(&fault)));
    return err;
}

enum err desk_hiding_catch_up(struct content *content, struct press *press,
                              int64_t seq, struct fault *fault)
{
    enum err err = press_catch_up(press, seq, fault);
    if (!err)
        (void)!hide(content, seq, HIDING_DUE);
    return err;
}

/* Up to which entry of the log, when there is something to hide. */
static enum err look(struct desk_hiding *hiding, bool *ret_due,
                     int64_t *ret_seq)
{
    DEFER(db_lease_end) struct db_lease lease = content_reader(hiding->content);
    enum err err = hiding_is_due(lease.db, INT64_MAX, time_now_us(),
                                 hiding->extent, ret_due);
    return err || !*ret_due ? err : change_last_seq(lease.db, ret_seq);
}

/* Without an edge nothing is sure, and a desk that ends would wait in vain for
 * one: it is tried again. */
static bool has_edge(struct desk_hiding *hiding)
{
    struct press_status status;
    press_read_status(hiding->press, &status);
    return status.edges > 0;
}

static int64_t run(void *context)
{
    struct desk_hiding *hiding = context;
    struct fault fault = {0};
    int64_t seq = 0;
    bool due = false;
    enum err err = has_edge(hiding) ? look(hiding, &due, &seq) : ERR_AGAIN;
    if (err == ERR_AGAIN)
        return LOOK_EVERY_MS * INT64_C(1000);
    if (!err && due)
        err = press_catch_up(hiding->press, seq, &fault);
    if (!err && due)
        err = hide(hiding->content, seq, hiding->extent);
    if (!err)
        hiding->extent = HIDING_DUE;
    return (err ? AFTER_FAILURE_MS : LOOK_EVERY_MS) * INT64_C(1000);
}

enum err desk_hiding_start(struct content *content, struct press *press,
                           struct desk_hiding **ret_hiding)
{
    assert(content && press && ret_hiding);
    struct desk_hiding *hiding = calloc(1, sizeof *hiding);
    if (!hiding)
        return ERR_NO_MEMORY;
    hiding->content = content;
    hiding->press = press;
    hiding->extent = HIDING_ALL;
    enum err err = repeat_start(&hiding->repeat, run, hiding);
    if (err)
        free(hiding);
    else
        *ret_hiding = hiding;
    return err;
}

void desk_hiding_stop(struct desk_hiding *hiding)
{
    if (!hiding)
        return;
    repeat_stop(&hiding->repeat);
    free(hiding);
}
