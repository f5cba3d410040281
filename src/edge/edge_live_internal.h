// SPDX-License-Identifier: Apache-2.0
/* edge/edge_live_internal.h: what a thread of the edge knows of television:
 *   edge_live.c       addresses, answers
 *   edge_live_wait.c  who waits for what comes next
 *   edge_recording.c  programmes that were kept
 *   edge_live_link.c  what the playout tells, and how all threads get it
 *   edge_live_say.c   what captioners say, on its way to the playout
 *   edge_captioner.c  what captioners ask
 *   edge_captioner_socket.c  captioners who stay, on a WebSocket */
#ifndef EDGE_EDGE_LIVE_INTERNAL_H
#define EDGE_EDGE_LIVE_INTERNAL_H

#include "base/map.h"
#include "edge/edge_internal.h"
#include "edge/live_edition.h"
#include "edge/live_origin.h"
#include "net/accept.h"
#include "net/address_shares.h"
#include "net/http_websocket.h"

enum {
    LIVE_WAIT_TARGETS = 3,        /* target durations; then 503 (§6.2.5.2) */
    LIVE_WAIT_STEP_MS = 2 * 1000, /* how often that is looked at */
    LIVE_RELEASES_A_TURN = 256,   /* then other requests get their turn */
    LIVE_SOCKETS_PER_ADDRESS_MAX = 16, /* of captioners */
};

struct live_seat;

/* What somebody asks for that may have to be waited for. */
struct live_ask {
    struct live_seat *seat;
    uint32_t rendition;
    bool is_part; /* a part itself, else the playlist that tells of it */
    enum live_text_kind kind;
    bool has_sequence;
    uint64_t sequence;
    int64_t part; /* -1: the whole segment */
    bool takes_gzip;
};

struct live_waiter {
    struct live_waiter *previous, *next; /* a ring */
    struct live_ask ask;
    struct edge_live *live;
    struct http_exchange *exchange;
    struct loop_timeout timeout;
    int64_t since_us;
};

/* Which waiters a new part concerns. */
enum live_wait_list {
    LIVE_WAIT_PART,    /* the next one */
    LIVE_WAIT_SEGMENT, /* the end of the one that grows */
    LIVE_WAIT_LATER,
    LIVE_WAIT_LISTS
};

/* A channel on this thread. */
struct live_seat {
    uint64_t channel;
    struct live_station *station;   /* NULL until it was told */
    struct live_captions *captions; /* or NULL */
    struct live_edition *editions[LIVE_RENDITIONS_MAX]; /* or NULL */
    struct live_waiter waiting[LIVE_RENDITIONS_MAX][LIVE_WAIT_LISTS];
    struct live_seat *next;
};

/* Of one thread. */
struct edge_live {
    struct edge_thread *thread;
    struct map names; /* of channels → struct live_seat */
    struct live_seat *seats;
    bool is_told;           /* the playout has said which channels there are */
    struct live_waiter due; /* a ring: to be looked at in one of these turns */
    bool is_posted;
    size_t waiting;
    struct loop_timeout_list timeouts;
    size_t socket_count; /* of captioners */
    struct address_shares socket_shares;
};

/* ---- edge_live.c ---- */

/* Whether it is not there yet, but will be. */
bool edge_live_has_to_wait(const struct live_ask *ask);

/* What of the request matters is in ask. With what there is, or with what is
 * wrong about asking for it. */
void edge_live_answer(const struct live_ask *ask,
                      struct http_exchange *exchange);

/* The field lines of what never changes, and any page may ask for. */
#define EDGE_LIVE_CORS "Access-Control-Allow-Origin: *\r\n"
#define EDGE_LIVE_NOSNIFF "X-Content-Type-Options: nosniff\r\n"
/* A number names the same bytes for ever; and nobody wants them next week. */
#define EDGE_LIVE_LASTING \
    EDGE_LIVE_CORS EDGE_LIVE_NOSNIFF \
        "Cache-Control: public, max-age=86400, immutable\r\n"

/* A page on another site may ask, whatever its player sends along. */
void edge_live_answer_options(struct http_exchange *exchange);

/* Plain words. */
void edge_live_answer_words(struct http_exchange *exchange, int status,
                            struct str words);

/* ---- edge_captioner.c ---- */

#define EDGE_CAPTIONS_NAME STR("captions")

void edge_answer_captioner(struct edge_thread *thread, uint64_t channel,
                           struct http_exchange *exchange);

enum { EDGE_CAPTIONER_KEY_BYTES_MAX = 128 };

#define EDGE_CAPTIONER_TOO_FAST \
    STR("more than four captions a second came from this address")

/* The loopback is not limited: it is the operator's, or a proxy's that does not
 * tell who asks. */
bool edge_captioner_is_limited(const struct address_peer *captioner);

/* Whether this address may send one more just now. */
bool edge_captioner_may_say(struct edge *edge,
                            const struct address_peer *captioner);

/* ---- edge_captioner_socket.c ---- */

/* Begins a WebSocket, with a key that nobody has looked at, or "". When
 * *ret_refusal got a status, the exchange is the caller's still, to be answered
 * with that. */
void edge_captioner_connect(struct edge_thread *thread, uint64_t channel,
                            struct str key,
                            const struct address_peer *captioner,
                            struct http_exchange *exchange,
                            struct http_refusal *ret_refusal);

/* ---- edge_live_say.c ---- */

/* Asks the playout, with a key that nobody has looked at, to have text shown.
 * done is called exactly once, on the same thread: what became of it. */
void edge_live_say(struct edge_thread *thread, uint64_t channel, struct str key,
                   struct str text,
                   void (*done)(void *context, int status, struct str words),
                   void *context);

/* On the first thread: the playout answers (false: it makes no sense); it is
 * gone. */
bool edge_live_on_said(struct edge_sayings *sayings,
                       const struct message *message);
void edge_live_fail_sayings(struct edge_sayings *sayings);

/* ---- edge_live_link.c ---- */

/* On the first thread: where the playout is told something, or NULL when it is
 * not there; and that it was. */
struct buf *edge_live_link_out(struct edge_live_link *link);
void edge_live_link_flush(struct edge_live_link *link);

/* ---- edge_live_wait.c ---- */

void edge_live_ring_init(struct live_waiter *ring);
void edge_live_wait(struct edge_live *live, const struct live_ask *ask,
                    struct http_exchange *exchange);

/* The rendition has a new edition: who may have waited for it is looked at. */
void edge_live_wake(struct edge_live *live, struct live_seat *seat,
                    uint32_t rendition, bool segment_ended);

/* The channel is gone: so is what was waited for. */
void edge_live_turn_away(struct edge_live *live, struct live_seat *seat);

void edge_live_on_timeout(void *live, struct loop_timeout *timeout);

#endif
