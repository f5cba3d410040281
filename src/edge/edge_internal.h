// SPDX-License-Identifier: Apache-2.0
/* edge/edge_internal.h: what the edge's files share.
 *
 *   edge.c          threads, start and end
 *   edge_request.c  which kind of request it is; canonical keys
 *   edge_error.c    static pages for when there is nobody to print
 *   edge_page.c     page tables, answering with a page, waiting for one
 *   edge_feed.c     the desk's feed: pages, drops, acknowledgements
 *   edge_forward.c  requests that the desk itself answers
 *   edge_media.c    files of the public media folder
 *   edge_figures.c  what is counted for whoever watches
 *   edge_allowance.c what one address may ask of the desk
 *   edge_hub.c      what subscribers of feeds ask
 *   edge_views.c    beacons: who reads what, counted and sent to the desk
 *   edge_live.c     television; see edge_live_internal.h
 *   edge_events.c   who wants to be told what happens; what the desk tells
 *   streams.c       open streams of a thread, and how news reaches them all
 *   event_ring.c    the last events, for who comes back
 *   readers.c       one view a reader and article in half an hour
 *   robots.c        who is no reader
 *   live_origin.c   what the playout tells, in order
 *   live_rendition.c  what there is of a rendition, as it is told
 *   live_edition.c  what there is of a channel at a moment
 *   live_viewers.c  how many watch
 *   view_counts.c   counts of a thread, totals of the desk
 *   shelf.c         which pages stay in memory
 *   sandbox.c       what the process may do */
#ifndef EDGE_EDGE_INTERNAL_H
#define EDGE_EDGE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/map.h"
#include "edge/edge.h"
#include "edge/shelf.h"
#include "edge/streams.h"
#include "edge/view_counts.h"
#include "link/figures.h"
#include "link/message.h"
#include "link/page.h"
#include "net/accept.h"
#include "net/http_server.h"
#include "net/listener.h"
#include "net/loop.h"

enum {
    EDGE_WAITING_MAX = 4096,  /* parked requests of one thread */
    EDGE_WANTS_MAX = 2048,    /* pages that the desk is asked for at a time */
    EDGE_WAIT_MS = 10 * 1000, /* for a page to be printed */
    EDGE_FORWARD_WAITING_MAX = 1024,
    EDGE_FORWARD_MS = 30 * 1000,
    /* Of a request that is passed on. It is kept in memory before anybody asks
     * who sends it, so no more than what the desk takes from strangers. */
    EDGE_BODY_BYTES_MAX = 16 << 10,
    EDGE_HUB_BODY_BYTES_MAX = 8 << 10, /* of what the hub is asked */
    EDGE_DRAIN_MS = 8 * 1000,
    EDGE_VIEWS_KEEP_MS = 3 * 1000,
    EDGE_UNPACKED_BYTES_MAX = 256 << 20, /* on their way to readers */
};

struct edge_feed;
struct edge_forward;
struct edge_allowances;
struct edge_views;
struct edge_live;
struct edge_live_link;
struct edge_sayings;

struct edge_thread {
    struct edge *edge;
    unsigned index;
    pthread_t thread;
    struct loop *loop;
    struct http_server *server;
    struct listener *listeners;
    size_t listener_count;
    struct map pages; /* page key → struct page, one reference each */
    struct map waits; /* page key → struct page_wait */
    size_t waiting;   /* parked exchanges */
    struct loop_timeout_list wait_timeouts;
    struct view_counts views; /* not handed over yet */
    size_t views_strange;     /* of them, of articles nobody told us of */
    struct loop_timer views_timer;
    struct streams *streams;
    struct edge_live *live;
    struct edge_figures figures; /* what it counts itself; gauges are 0 */
    struct loop_timer figures_timer;
    atomic_uint_fast64_t shown[EDGE_FIGURE_COUNT]; /* to the first thread */
};

struct edge {
    struct edge_config config;
    struct edge_thread threads[EDGE_THREADS_MAX];
    pid_t pid;                    /* asked for before the sandbox */
    atomic_uint draining;         /* threads that still have connections */
    atomic_size_t unpacked_bytes; /* see EDGE_UNPACKED_BYTES_MAX */
    struct edge_allowances *allowances;
    atomic_bool drained;
    atomic_uint streams_open; /* of all threads */
    unsigned streams_told;    /* to the desk; UINT_MAX: nothing yet */
    struct loop_timer streams_timer;
    struct edge_figures told; /* to the desk; all bits set: nothing yet */
    struct loop_timer figures_timer;
    struct edge_views *views;
    struct edge_errors *errors; /* immutable */

    /* Of the first thread alone: */
    struct shelf shelf;
    struct edge_feed *feed;
    struct edge_forward *forward;
    struct edge_live_link *live_link;
    struct edge_sayings *sayings;
    struct listener link;
};

static inline struct edge_thread *edge_first(struct edge *edge)
{
    return &edge->threads[0];
}

/* ---- edge_request.c ---- */

void edge_on_request(void *thread, struct http_exchange *exchange);
uint64_t edge_body_max(void *thread, const struct http_request *request);

/* ---- edge_error.c ---- */

/* The pages of all languages of config->words. */
struct edge_errors *edge_errors_create(const struct edge_config *config);
void edge_errors_destroy(struct edge_errors *errors);

/* A static page for one of EDGE_ERRORS, in the reader's language. */
void edge_answer_error(struct http_exchange *exchange, int status);

/* ---- edge_page.c ---- */

MUST_USE enum err edge_pages_init(struct edge_thread *thread);
void edge_pages_finish(struct edge_thread *thread);

void edge_answer_page(struct edge_thread *thread,
                      struct http_exchange *exchange, struct page *page);

/* Keeps the exchange until the page comes; asks the desk for it. */
void edge_wait_for_page(struct edge_thread *thread,
                        struct http_exchange *exchange, struct str key);

/* On the thread itself: the page is the one of its key from now on; it takes
 * the caller's reference. Who waits for it gets it. */
void edge_apply_page(struct edge_thread *thread, struct page *page);
void edge_apply_drop(struct edge_thread *thread, struct str key);
void edge_apply_clear(struct edge_thread *thread);
/* Who waits for it is answered with the error: 500 or 503. */
void edge_apply_refuse(struct edge_thread *thread, struct str key, int status);

/* ---- edge_feed.c: on the first thread ---- */

MUST_USE enum err edge_feed_create(struct edge *edge,
                                   struct edge_feed **ret_feed);
void edge_feed_close(struct edge_feed *feed);
void edge_feed_destroy(struct edge_feed *feed); /* when it is closed */

/* A connection that introduced itself as the feed; fd is the callee's. */
void edge_feed_adopt(struct edge_feed *feed, int fd);

/* Somebody on the thread waits for key. Owns key.ptr (malloc). */
void edge_feed_want(struct edge_feed *feed, unsigned thread, struct str key);

/* Nobody on the thread does any more, though it did not come. Likewise. */
void edge_feed_unwant(struct edge_feed *feed, unsigned thread, struct str key);

/* Whether a desk is there that knows what we hold. */
bool edge_feed_is_open(const struct edge_feed *feed);

/* Whole messages, to be sent by the next flush; nothing when the feed is not
 * open. What is called with a message of the desk may not flush: that is done
 * when all messages are taken. */
void edge_feed_send(struct edge_feed *feed, struct str messages);
void edge_feed_flush(struct edge_feed *feed);

/* Has the desk's connections accepted on the link socket. */
MUST_USE enum err edge_link_start(struct edge *edge);

/* ---- edge_forward.c ---- */

MUST_USE enum err edge_forward_create(struct edge *edge,
                                      struct edge_forward **ret_forward);
void edge_forward_destroy(struct edge_forward *forward);

/* On the first thread, at the end: whoever waits is answered with 503, and so
 * is whoever still comes. */
void edge_forward_close(struct edge_forward *forward);

/* Another connection on which the desk answers; fd is the callee's. */
void edge_forward_adopt(struct edge_forward *forward, int fd);

/* Passes the request on; the answer comes later. Any thread. */
void edge_forward_request(struct edge_thread *thread,
                          struct http_exchange *exchange);

/* ---- edge_allowance.c ---- */

enum edge_allowance {
    EDGE_ALLOWANCE_HUB,      /* requests to the hub */
    EDGE_ALLOWANCE_SEARCH,   /* searches, their feeds, suggestions */
    EDGE_ALLOWANCE_CAPTIONS, /* what captioners send */
    EDGE_ALLOWANCE_COUNT
};

MUST_USE enum err edge_allowances_create(struct edge *edge);
void edge_allowances_destroy(struct edge *edge);

/* Whether whoever asks may have one more. Any thread. */
bool edge_admit(struct edge *edge, const struct http_exchange *exchange,
                enum edge_allowance kind);
bool edge_admit_reader(struct edge *edge, const struct address_peer *reader,
                       enum edge_allowance kind);

/* ---- edge_hub.c ---- */

void edge_answer_hub(struct edge_thread *thread,
                     struct http_exchange *exchange);

/* ---- edge_file.c ---- */

enum { EDGE_FIELDS_BYTES = 512 };

/* Opens a file below the folder for reading: nothing outside of it, and no
 * symbolic link. -1 when there is none, also when folder is. */
int edge_open_file(int folder, const char *path, uint64_t *ret_size);

/* What is sent of something that is size bytes long: all (200), a range (206),
 * or nothing (304, 416). fields gets the field lines: lines, then what belongs
 * to that. tag: its ETag, to be found in lines as well; "": it has none. */
struct byte_range edge_range(const struct http_exchange *exchange,
                             uint64_t size, struct str tag, struct str lines,
                             int *ret_status, char fields[EDGE_FIELDS_BYTES]);

struct edge_file {
    int fd;         /* closed when it is answered */
    uint64_t start; /* what is served of it */
    uint64_t size;
    struct str content_type;
    struct str lines; /* more field lines, each ended by CR LF */
    struct str tag;
};

/* Answers with what edge_range says of it. */
void edge_answer_file(struct http_exchange *exchange,
                      const struct edge_file *file);

/* ---- edge_media.c ---- */

/* name: what follows "/media/". */
void edge_answer_media(struct edge_thread *thread,
                       struct http_exchange *exchange, struct str name);

/* ---- edge_live.c, edge_live_link.c ---- */

#define EDGE_LIVE_PREFIX STR("/live/")

/* How long a body a POST to the path, raw, may have. */
uint64_t edge_live_body_max(struct str path);

/* rest: what follows the prefix, decoded. */
void edge_answer_live(struct edge_thread *thread,
                      struct http_exchange *exchange, struct str rest);

/* ---- edge_recording.c ---- */

#define EDGE_RECORDING_PREFIX STR("/recording/")

/* The same. */
void edge_answer_recording(struct edge_thread *thread,
                           struct http_exchange *exchange, struct str rest);

/* ---- edge_live.c, edge_live_link.c ---- */

/* What a thread knows of television; without the loop's and the server's
 * things, which must be gone when it is destroyed. */
MUST_USE enum err edge_live_create(struct edge_thread *thread);
void edge_live_destroy(struct edge_thread *thread);

/* On the first thread: the playout's connection. */
MUST_USE enum err edge_live_link_create(struct edge *edge,
                                        struct edge_live_link **ret_link);
/* When it is closed, which fails what captioners say. */
void edge_live_link_destroy(struct edge_live_link *link);
void edge_live_link_close(struct edge_live_link *link);
void edge_live_adopt(struct edge_live_link *link, int fd);

/* Before it, and destroyed after it: what captioners say. */
MUST_USE enum err edge_sayings_create(struct edge *edge,
                                      struct edge_sayings **ret_sayings);
void edge_sayings_destroy(struct edge_sayings *sayings);

/* ---- edge_views.c ---- */

MUST_USE enum err edge_views_create(struct edge *edge,
                                    struct edge_views **ret_views);
void edge_views_destroy(struct edge_views *views); /* accepts NULL */

/* name: what follows "/views/". Any thread. */
void edge_answer_views(struct edge_thread *thread,
                       struct http_exchange *exchange, struct str name);

/* The thread's counts go to the first one now. */
void edge_views_hand_over(struct edge_thread *thread);

/* What the desk tells of totals, as it came: on every thread. */
void edge_apply_totals(struct edge_thread *thread, struct str payload);

/* On the first thread: a desk is there; the batch is durable; what the desk
 * tells of totals (false: it cannot be understood). */
void edge_views_resend(struct edge_views *views);
void edge_views_on_counted(struct edge_views *views, uint64_t name,
                           uint64_t number);
bool edge_views_on_totals(struct edge_views *views, struct str payload);

/* On the first thread, at the end: calls done when the desk has everything, or
 * does not say so within EDGE_VIEWS_KEEP_MS. */
void edge_views_finish(struct edge_views *views, void (*done)(void *context),
                       void *context);

/* ---- edge_figures.c ---- */

static inline void edge_count(struct edge_thread *thread,
                              enum edge_figure figure)
{
    thread->figures.values[figure]++;
}

/* Has the thread show what it counted each second. */
void edge_figures_start(struct edge_thread *thread);
/* Has the desk told the sums of all threads each second. */
void edge_figures_tell(struct edge *edge);
/* Another desk is there, which knows nothing. On the first thread. */
void edge_figures_tell_anew(struct edge *edge);

/* ---- edge_events.c ---- */

#define EDGE_EVENTS_PREFIX STR("/events/")

/* Whether path is that of a stream: "/events/en". */
bool edge_is_stream_path(struct str path);

void edge_answer_stream(struct edge_thread *thread,
                        struct http_exchange *exchange, struct str path);

/* Tells the desk now and then how many streams are open. */
void edge_count_streams(struct edge *edge);

/* What a MESSAGE_EVENTS tells, as the threads share it. */
struct edge_telling;

/* NULL when the payload cannot be understood. */
struct edge_telling *edge_telling_create(struct str payload);
void edge_telling_destroy(struct edge_telling *telling); /* accepts NULL */
void edge_apply_telling(struct edge_thread *thread,
                        const struct edge_telling *telling);

#endif
