// SPDX-License-Identifier: Apache-2.0
/* site/press_internal.h: what the press's files share.
 *
 *   press.c         life-cycle, the press thread, waiting
 *   press_round.c   from changes in the log to pages to print and to drop
 *   press_print.c   the print threads: one page, printed, framed, sent
 *   press_edges.c   what the edges say: what they hold, what they want
 *   press_views.c   views: counted, kept, told
 *   press_touch.c   the pages that show what is not in the log: views, above
 * all press_events.c  what open pages are told of changes press_sheets.c  which
 * pages are out and what each was made from */
#ifndef SITE_PRESS_INTERNAL_H
#define SITE_PRESS_INTERNAL_H

#include <pthread.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/map.h"
#include "content/change.h"
#include "link/feed.h"
#include "site/press.h"
#include "site/press_sheets.h"

enum {
    PRESS_PRINTERS_MAX = 64,
    PRESS_POLL_MS = 200, /* how long a change by another process may wait when
                            nobody says that it is there */
    PRESS_ACK_TIMEOUT_MS = 5000,
    PRESS_SEARCHES_MAX = 100, /* that wait: about a second's work */
};

/* Why a page is printed; the first in the list go first. */
enum print_cause {
    PRINT_FOR_CHANGE, /* a publish call waits for it */
    PRINT_FOR_READER, /* a reader waits for it */
    PRINT_FOR_SEARCH, /* the same, but it costs more than a page: one at a time,
                         so that nobody else waits for who searches */
    PRINT_AHEAD,      /* so that nobody will have to wait */
    PRINT_IN_BULK,    /* the same, one at a time, so that a start leaves the
                         processors to those who read */
    PRINT_CAUSES
};

/* A page to be printed. There is one job a page at most. */
struct print_job {
    struct print_job *next;
    struct str page_key; /* owned */
    enum print_cause cause;
    bool pinned;
    bool running;
    enum print_cause began_as; /* the cause when it began to run */
    uint64_t wanted_by;        /* edges on which readers wait */
};

struct print_list {
    struct print_job *first, *last;
};

/* A change that prints under way may have missed. */
struct recent_change {
    int64_t seq;
    struct str key; /* owned */
};

struct press_events;
struct press_views;

struct press {
    struct press_config config;
    struct feed *feed;
    struct press_views *views;
    struct press_events *events;
    uint64_t edition;
    pthread_t follower;
    pthread_t printers[PRESS_PRINTERS_MAX];
    unsigned printers_running;
    bool follower_running;

    struct press_figures figures;

    pthread_mutex_t lock; /* guards all below; taken before the feed's */
    pthread_cond_t news;  /* for the follower: changes, edges, the end */
    pthread_cond_t work;  /* for the printers: jobs, the end */
    pthread_cond_t done;  /* for those who wait: a round or a job is over */
    bool stopping;

    struct sheets sheets;
    struct map jobs; /* page key → struct print_job, running ones included */
    struct print_list lists[PRINT_CAUSES];
    size_t changes_open;         /* jobs for changes, waiting or running */
    size_t searches_waiting;     /* not running yet */
    bool is_alone[PRINT_CAUSES]; /* the one of its kind that may run does */
    uint64_t prints;

    int64_t wanted_seq;  /* somebody waits for this one */
    int64_t applied_seq; /* changes up to it are being printed, or are */
    int64_t printed_seq; /* changes up to it are with the edges */
    struct recent_change *recent;
    size_t recent_count, recent_capacity;
    int64_t running_since[PRESS_PRINTERS_MAX]; /* applied_seq when the print
                                                  began; INT64_MAX: idle */
    struct map touches;                        /* change key → struct touch */
    uint64_t edges_new; /* bit set: connected, not yet looked after */
    uint64_t edges_known;
    uint64_t streams[FEED_EDGES_MAX]; /* open on each edge */
    struct edge_figures told[FEED_EDGES_MAX];
    uint64_t edges_told;   /* bit set: it has told its figures */
    uint64_t edges_untold; /* bit set: not told yet what was told before */
    struct feed_welcome welcomes[FEED_EDGES_MAX];
    size_t pinned_since;             /* articles, since the pins were listed */
    uint64_t marked_edition;         /* the edges were told of */
    uint64_t pins_wanted, pins_done; /* unequal: the set of pinned pages may
                                        have changed and must be listed */
};

/* ---- press_print.c ---- */

/* Adds a job for page_key or raises the one that is there. Lock held. */
void press_order(struct press *press, struct str page_key,
                 enum print_cause cause, bool pinned, uint64_t wanted_by);

/* Who wanted the page on these edges gave up: a job that is for nobody else,
 * and has not begun, is not done. Lock held. */
void press_cancel(struct press *press, struct str page_key, uint64_t edges);

void *press_run_printer(void *press);

/* ---- press_round.c ---- */

/* Reads what is new in the log and has it printed; waits for that. */
void press_round(struct press *press, struct arena *arena);

/* The next changes after seq, in arena; none at the end of the log. */
MUST_USE enum err press_read_changes(struct press *press, int64_t seq,
                                     struct arena *arena,
                                     struct change_list *ret_changes,
                                     struct fault *fault);

/* The theme is another one: pinned pages are printed ahead, the others
 * dropped. Lock held. */
void press_reprint_all(struct press *press);

/* Orders every page that should be pinned and is not ready, and lets go of
 * those that should not be any more. */
void press_pin(struct press *press, struct arena *arena);

/* ---- press_edges.c ---- */

struct feed_events press_feed_events(struct press *press);

/* Brings edges that have just come to the present. Lock held. */
void press_welcome_edges(struct press *press, struct arena *arena);

/* Tells the edges (bit set; all: UINT64_MAX) to drop the page and forgets it.
 * Lock held. */
void press_drop(struct press *press, struct sheet *sheet);

/* Tells all edges how far they are. Lock held. */
void press_mark(struct press *press);

/* ---- press_views.c ---- */

MUST_USE enum err press_views_create(struct press *press,
                                     struct press_views **ret_views);
MUST_USE enum err press_views_start(struct press_views *views);
void press_views_stop(struct press_views *views);    /* accepts NULL */
void press_views_destroy(struct press_views *views); /* accepts NULL */

/* What an edge has counted. Copies. On a thread of the feed. */
void press_views_take(struct press_views *views, unsigned edge,
                      const struct feed_viewed *viewed);

/* The edges are to be told the total of this article. */
void press_views_ask(struct press_views *views, struct str id_text);

/* ---- press_events.c ---- */

MUST_USE enum err press_events_create(struct press *press,
                                      struct press_events **ret_events);
MUST_USE enum err press_events_start(struct press_events *events);
/* When the press is stopping. Accepts NULL. */
void press_events_destroy(struct press_events *events);

/* ---- press_touch.c ---- */

void press_touches_finish(struct press *press);

/* What hangs on key changed, past the log: pages made from it are printed again
 * soon, and not too often. Lock held, as for all that follow. */
void press_touch(struct press *press, struct str key);

/* When key is that of breaking news: what shows it a moment longer. */
void press_touch_bar(struct press *press, struct str key);

/* Acts on the keys whose time has come. */
void press_act_on_touches(struct press *press);

/* A page made from key was printed, beginning at began_us: it may have missed
 * what was touched since. */
void press_touch_printed(struct press *press, struct str key, int64_t began_us);

/* An edge has come that may hold what was true a while ago. */
void press_touch_all_again(struct press *press);

#endif
