// SPDX-License-Identifier: Apache-2.0
/* What captioners say on its way to the playout, and what that makes of it. The
 * link is the first thread's; whoever says something waits on their own. */
#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/hash.h"
#include "edge/edge_live_internal.h"

enum {
    WAITING_MAX = 256,
    WAIT_MS = 5 * 1000, /* the playout answers at once, or never */
};

#define NOBODY STR("there is nobody to take captions at the moment; try again")

struct live_saying {
    struct live_saying *next;
    struct loop_timeout timeout;
    struct edge_thread *thread;
    uint64_t number; /* on the link */
    uint64_t channel;
    char digest[DIGEST_HEX_BYTES];
    struct buf text;
    void (*done)(void *context, int status, struct str words);
    void *context;
    int status;
    char words[LIVE_SAID_BYTES_MAX];
    size_t words_len;
};

struct edge_sayings {
    struct edge *edge;
    struct live_saying *waiting;
    size_t count;
    uint64_t last_number;
    struct loop_timeout_list timeouts;
};

/* On the thread of whoever said it. */
static void deliver(void *argument)
{
    struct live_saying *saying = argument;
    saying->done(saying->context, saying->status,
                 str_of(saying->words, saying->words_len));
    buf_finish(&saying->text);
    free(saying);
}

static void finish(struct live_saying *saying, int status, struct str words)
{
    saying->status = status;
    saying->words_len = words.len;
    memcpy(saying->words, words.ptr, words.len);
    loop_post(saying->thread->loop, deliver, saying);
}

static void take_off(struct edge_sayings *sayings, struct live_saying *saying)
{
    struct live_saying **at = &sayings->waiting;
    while (*at != saying)
        at = &(*at)->next;
    *at = saying->next;
    sayings->count--;
    loop_timeout_cancel(&saying->timeout);
}

static void on_timeout(void *context, struct loop_timeout *timeout)
{
    struct live_saying *saying =
        (struct live_saying *)((char *)timeout -
                               offsetof(struct live_saying, timeout));
    take_off(context, saying);
    finish(saying, 504,
           STR("no answer came: the caption may be shown, or may not"));
}

/* On the first thread. */
static void take(void *argument)
{
    struct live_saying *saying = argument;
    struct edge *edge = saying->thread->edge;
    struct edge_sayings *sayings = edge->sayings;
    struct buf *out = edge_live_link_out(edge->live_link);
    if (!out || sayings->count == WAITING_MAX) {
        finish(saying, 503, NOBODY);
        return;
    }
    saying->number = ++sayings->last_number;
    live_put_say(out, saying->number,
                 &(struct live_say){saying->channel, str_from_c(saying->digest),
                                    buf_str(&saying->text)});
    saying->next = sayings->waiting;
    sayings->waiting = saying;
    sayings->count++;
    loop_timeout_arm(edge_first(edge)->loop, &sayings->timeouts,
                     &saying->timeout);
    edge_live_link_flush(edge->live_link);
}

void edge_live_say(struct edge_thread *thread, uint64_t channel, struct str key,
                   struct str text,
                   void (*done)(void *context, int status, struct str words),
                   void *context)
{
    struct live_saying *saying = calloc(1, sizeof *saying);
    if (!saying) {
        done(context, 503, NOBODY);
        return;
    }
    saying->thread = thread;
    saying->channel = channel;
    saying->done = done;
    saying->context = context;
    digest_hex(key, saying->digest);
    buf_init(&saying->text, LIVE_SAY_BYTES_MAX);
    buf_add(&saying->text, text);
    if (buf_err(&saying->text))
        finish(saying, 413, STR("at most 8 KiB are sent at once"));
    else
        loop_post(edge_first(thread->edge)->loop, take, saying);
}

bool edge_live_on_said(struct edge_sayings *sayings,
                       const struct message *message)
{
    struct live_said said;
    if (live_read_said(message->payload, &said))
        return false;
    struct live_saying *saying = sayings->waiting;
    while (saying && saying->number != message->number)
        saying = saying->next;
    if (!saying) /* it came too late */
        return true;
    take_off(sayings, saying);
    finish(saying, said.status, said.words);
    return true;
}

void edge_live_fail_sayings(struct edge_sayings *sayings)
{
    while (sayings->waiting) {
        struct live_saying *saying = sayings->waiting;
        take_off(sayings, saying);
        finish(saying, 503, NOBODY);
    }
}

enum err edge_sayings_create(struct edge *edge,
                             struct edge_sayings **ret_sayings)
{
    struct edge_sayings *sayings = calloc(1, sizeof *sayings);
    if (!sayings)
        return ERR_NO_MEMORY;
    sayings->edge = edge;
    loop_timeouts_add(edge_first(edge)->loop, &sayings->timeouts,
                      WAIT_MS * INT64_C(1000), on_timeout, sayings);
    *ret_sayings = sayings;
    return ERR_OK;
}

void edge_sayings_destroy(struct edge_sayings *sayings)
{
    assert(!sayings || !sayings->waiting);
    free(sayings);
}
