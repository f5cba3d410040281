// SPDX-License-Identifier: Apache-2.0
/* site/hub_internal.h: what the hub's files share.
 *
 *   hub.c         life-cycle; the hub's thread: who is to be told what, and
 *                 what became of it
 *   hub_follow.c  from the log of changes to feeds that changed
 *   hub_job.c     the threads that speak to subscribers
 *   hub_ping.c    which feeds another hub is pinged for */
#ifndef SITE_HUB_INTERNAL_H
#define SITE_HUB_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/hash.h"
#include "base/map.h"
#include "content/settings.h"
#include "content/websub.h"
#include "net/fetch.h"
#include "site/hub.h"

enum {
    HUB_WORKERS = 8,
    HUB_JOBS_MAX = 4 * HUB_WORKERS, /* waiting and under way */
    /* Of those, for subscribers that failed before, and to ask strangers back:
     * both may take the time they are given, and some workers are left. */
    HUB_SLOW_JOBS_MAX = 3,
    HUB_ASK_JOBS_MAX = 3,
    HUB_HOST_JOBS_MAX = 2, /* one host holds up no more workers than these,
                              however many of its addresses subscribe */
    HUB_PING_URLS = 50,    /* in one ping */
    HUB_BODY_BYTES_MAX = 64 << 20, /* of feeds that are kept for delivery */
};

/* A feed as it was printed; shared by those who deliver it. */
struct hub_body {
    atomic_uint references;
    char digest[DIGEST_HEX_BYTES]; /* of the feed */
    size_t type_len;               /* of the media type, in front of the feed */
    size_t len;
    char bytes[];
};

/* A feed that has subscribers. */
struct hub_topic {
    struct hub_topic *next;
    struct str path; /* these are malloc'd */
    struct str *keys;
    size_t key_count;
    char digest[DIGEST_HEX_BYTES]; /* "" when there is no such page now */
    int64_t seq;
    struct hub_body *body; /* NULL: is printed when it is needed */
    bool hit;              /* a change touched it */
    bool saved;            /* the database knows it so */
};

enum hub_job_kind {
    HUB_VERIFY,  /* asks the subscriber whether it is meant */
    HUB_DENY,    /* tells the subscriber that there is no such feed */
    HUB_DELIVER, /* sends a feed */
    HUB_PING,    /* tells another hub what changed */
};

enum hub_outcome {
    HUB_DONE,
    HUB_FAILED,  /* for now */
    HUB_REFUSED, /* for good */
};

/* Conversations with one host that are waiting or under way. */
struct hub_host {
    size_t jobs;
    struct str name; /* in memory that is the host's */
};

/* One conversation. */
struct hub_job {
    struct hub_job *next;
    struct arena arena; /* all texts */
    enum hub_job_kind kind;
    struct str key;  /* one at a time */
    struct str host; /* that is spoken to; "" for another hub */
    struct websub_ask ask;
    struct websub_delivery delivery;
    struct hub_body *body;
    struct str topic_url, hub_url;
    struct str *pings; /* bodies of requests */
    size_t ping_count;
    int64_t ping_seq;
    struct fetch_rules rules;

    enum hub_outcome outcome;
    struct fault fault;
};

struct hub {
    struct hub_config config;
    pthread_t thread;
    pthread_t workers[HUB_WORKERS];
    unsigned worker_count;

    pthread_mutex_t lock;
    pthread_cond_t work;     /* for the workers */
    pthread_cond_t news;     /* for the hub's thread */
    atomic_bool stopping;    /* fetches look at it too */
    bool woken;              /* these under the lock: */
    struct hub_job *waiting; /* oldest first */
    struct hub_job **last;   /* where the next one goes */
    struct hub_job *finished;

    /* Of the hub's thread alone: */
    struct hub_topic *topics;
    bool has_begun;   /* topics are those of the database */
    int64_t seq;      /* the log is followed up to here */
    struct map busy;  /* key → its job */
    struct map hosts; /* host → struct hub_host, of those jobs */
    size_t busy_count, slow_count, ask_count;
    size_t body_bytes;
    int64_t expire_us; /* of clock_now_us: when leases are looked at next */
    int64_t ping_seq;
    int64_t ping_retry_us; /* of clock_now_us */
    unsigned ping_failures;
    char told[FAULT_MESSAGE_BYTES_MAX]; /* in the log, so as not to repeat it */

    /* Of one round: */
    struct settings settings;
    struct fetch_rules rules;
};

/* ---- hub_follow.c ---- */

/* Follows the log: prints the feeds it touches, notes those that changed. */
MUST_USE enum err hub_follow(struct hub *hub, struct arena *arena,
                             struct fault *fault);

/* The feed of that path, known to the database too. ERR_NOT_FOUND when there
 * is no such feed. */
MUST_USE enum err hub_topic_need(struct hub *hub, struct str path,
                                 struct hub_topic **ret_topic,
                                 struct fault *fault);

/* Its body, printed anew when it was let go; a reference for the caller. */
MUST_USE enum err hub_topic_body(struct hub *hub, struct hub_topic *topic,
                                 struct hub_body **ret_body,
                                 struct fault *fault);

struct hub_topic *hub_topic_find(struct hub *hub, struct str path);

/* Lets all bodies go: nobody waits for one. */
void hub_topics_rest(struct hub *hub);
/* Forgets all feeds: they are read from the database again. */
void hub_topics_forget(struct hub *hub);

void hub_body_release(struct hub_body *body); /* accepts NULL */

/* ---- hub_job.c ---- */

struct hub_job *hub_job_new(struct hub *hub, enum hub_job_kind kind);
void hub_job_free(struct hub_job *job);

/* A worker's thread; argument is the hub. */
void *hub_work(void *argument);

/* ---- hub_ping.c ---- */

/* A job for what changed since the last ping, or NULL: nothing did. */
MUST_USE enum err hub_ping_make(struct hub *hub, struct arena *arena,
                                struct hub_job **ret_job, struct fault *fault);

/* Notes that the other hub was told, or when it is told again. */
MUST_USE enum err hub_ping_settle(struct hub *hub, struct edit *edit,
                                  const struct hub_job *job);

#endif
