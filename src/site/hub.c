// SPDX-License-Identifier: Apache-2.0
#include "site/hub.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "content/content.h"
#include "content/edit.h"
#include "site/hub_internal.h"
#include "site/site_path.h"

enum {
    LOOK_MS = 250,       /* how long a change may wait to be noticed */
    LOOK_IDLE_MS = 1000, /* the same while there is nobody to tell */
    EXPIRE_EVERY_S = 60,
};

bool hub_is_feed(struct str path)
{
    struct site_path parsed = site_path_parse(path);
    return parsed.page == SITE_PAGE_FEED && parsed.home != SITE_PAGE_SEARCH;
}

struct str hub_address(const struct settings *settings, struct arena *arena)
{
    if (!settings->address.len)
        return STR("");
    return settings->websub_hub.len
               ? settings->websub_hub
               : arena_concat(arena, settings->address, STR(HUB_PATH));
}

/* What is wrong, in the log once for as long as it is. */
static void tell(struct hub *hub, const char *what, const struct fault *fault)
{
    const char *cause = fault_text(fault);
    if (strcmp(hub->told, cause) == 0)
        return;
    snprintf(hub->told, sizeof hub->told, "%s", cause);
    log_error(what, LOG_C("cause", cause));
}

/* ---- What became of it
 * -------------------------------------------------------------- */

static struct str key_of(struct arena *arena, char kind, struct str callback,
                         struct str path)
{
    return arena_printf(arena, "%c%" PRI_STR " %" PRI_STR, kind, ARG_STR(path),
                        ARG_STR(callback));
}

static void log_dropped(const struct hub_job *job, const char *why)
{
    /* An address may be a secret of the subscriber's: only its host is told. */
    log_warn(why, LOG_STR("host", job->host),
             LOG_STR("feed", job->delivery.path),
             LOG_C("cause", fault_text(&job->fault)));
}

static enum err settle_ask(struct edit *edit, const struct hub_job *job)
{
    if (job->outcome == HUB_DONE)
        return websub_ask_confirm(edit, &job->ask);
    return job->outcome == HUB_REFUSED ? websub_ask_refuse(edit, &job->ask)
                                       : websub_ask_retry(edit, &job->ask);
}

static enum err settle_delivery(struct edit *edit, const struct hub_job *job)
{
    bool dropped = false;
    enum err err;
    if (job->outcome == HUB_DONE)
        return websub_delivered(edit, &job->delivery);
    if (job->outcome == HUB_REFUSED) {
        log_dropped(job, "a subscriber of a feed is gone");
        return websub_drop(edit, &job->delivery);
    }
    err = websub_failed(edit, &job->delivery, &dropped);
    if (!err && dropped)
        log_dropped(job, "a subscriber of a feed could not be reached for "
                         "hours and is forgotten");
    return err;
}

static enum err settle_one(struct hub *hub, struct edit *edit,
                           const struct hub_job *job)
{
    /* What was cut short at the end did not fail: it is done again. */
    if (hub->stopping && job->outcome == HUB_FAILED)
        return ERR_OK;
    switch (job->kind) {
    case HUB_VERIFY:
    case HUB_DENY:
        return settle_ask(edit, job);
    case HUB_DELIVER:
        return settle_delivery(edit, job);
    case HUB_PING:
        return hub_ping_settle(hub, edit, job);
    }
    return ERR_OK;
}

static bool is_ask(const struct hub_job *job)
{
    return job->kind == HUB_VERIFY || job->kind == HUB_DENY;
}

/* ---- Fairness --------------------------------------------------------------
 */

static size_t jobs_of(const struct map *hosts, struct str host)
{
    const struct hub_host *at = map_get(hosts, host);
    return at ? at->jobs : 0;
}

static void count_host(struct map *hosts, struct str name)
{
    struct hub_host *host = map_get(hosts, name);
    if (!host) {
        host = malloc(sizeof *host + name.len);
        if (!host)
            log_panic("out of memory", LOG_C("where", "hub"));
        memcpy((char *)(host + 1), name.ptr, name.len);
        *host = (struct hub_host){
            .name = str_of((const char *)(host + 1), name.len)};
        if (map_set(hosts, host->name, host, NULL))
            log_panic("out of memory", LOG_C("where", "hub"));
    }
    host->jobs++;
}

static void discount_host(struct map *hosts, struct str name)
{
    struct hub_host *host = map_get(hosts, name);
    if (!host || --host->jobs)
        return;
    map_remove(hosts, name);
    free(host);
}

static void forget_hosts(struct map *hosts)
{
    size_t position = 0;
    struct hub_host *host;
    while ((host = map_next(hosts, &position, NULL)))
        free(host);
    map_finish(hosts);
}

/* What one round takes on. */
struct choosing {
    const struct hub *hub;
    char kind; /* of keys */
    struct map hosts;
};

static bool chooses(void *context, struct str callback, struct str path)
{
    struct choosing *choosing = context;
    const struct hub *hub = choosing->hub;
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, ARENA_BLOCK_BYTES_MIN);
    struct str host = fetch_host(callback, &arena);
    if (jobs_of(&hub->hosts, host) + jobs_of(&choosing->hosts, host) >=
        HUB_HOST_JOBS_MAX)
        return false;
    struct str key = key_of(&arena, choosing->kind, callback, path);
    if (map_get(&hub->busy, key))
        return false;
    count_host(&choosing->hosts, host);
    return true;
}

static void end_choosing(struct choosing *choosing)
{
    forget_hosts(&choosing->hosts);
}

static void release_job(struct hub *hub, struct hub_job *job)
{
    map_remove(&hub->busy, job->key);
    discount_host(&hub->hosts, job->host);
    hub->busy_count--;
    hub->slow_count -= job->delivery.tries > 0;
    hub->ask_count -= is_ask(job);
    hub_job_free(job);
}

/* Notes what became of the jobs and frees them. What cannot be noted is done
 * once more. */
static void settle(struct hub *hub, struct hub_job *finished)
{
    if (!finished)
        return;
    struct fault fault = {0};
    DEFER(edit_end) struct edit edit = {0};
    enum err err = edit_begin(&edit, hub->config.content, STR("hub"), &fault);
    for (struct hub_job *job = finished; !err && job; job = job->next)
        err = settle_one(hub, &edit, job);
    if (!err)
        err = edit_commit(&edit);
    if (err)
        tell(hub, "what was delivered to subscribers cannot be noted", &fault);
    while (finished) {
        struct hub_job *job = finished;
        finished = job->next;
        release_job(hub, job);
    }
}

/* ---- Who is told what
 * --------------------------------------------------------------- */

static void submit(struct hub *hub, struct hub_job *job)
{
    void *old;
    if (map_set(&hub->busy, job->key, job, &old))
        log_panic("out of memory", LOG_C("where", "hub"));
    if (job->host.len)
        count_host(&hub->hosts, job->host);
    hub->busy_count++;
    hub->slow_count += job->delivery.tries > 0;
    hub->ask_count += is_ask(job);
    pthread_mutex_lock(&hub->lock);
    job->next = NULL;
    *hub->last = job;
    hub->last = &job->next;
    pthread_cond_signal(&hub->work);
    pthread_mutex_unlock(&hub->lock);
}

static bool has_room(const struct hub *hub)
{
    return hub->busy_count < HUB_JOBS_MAX;
}

static enum err submit_ask(struct hub *hub, const struct websub_ask *ask,
                           struct arena *arena, struct fault *fault)
{
    struct hub_topic *topic;
    struct str key = key_of(arena, 'a', ask->callback, ask->path);
    if (map_get(&hub->busy, key))
        return ERR_OK;
    enum hub_job_kind kind = HUB_VERIFY;
    if (!ask->unsubscribe) {
        enum err err = hub_topic_need(hub, ask->path, &topic, fault);
        if (err && err != ERR_NOT_FOUND)
            return err;
        kind = err ? HUB_DENY : HUB_VERIFY;
    }
    struct hub_job *job = hub_job_new(hub, kind);
    job->key = arena_copy(&job->arena, key);
    job->ask = *ask;
    job->ask.callback = arena_copy(&job->arena, ask->callback);
    job->host = fetch_host(job->ask.callback, &job->arena);
    job->ask.path = arena_copy(&job->arena, ask->path);
    job->ask.secret = arena_copy(&job->arena, ask->secret);
    job->topic_url =
        arena_concat(&job->arena, hub->settings.address, ask->path);
    submit(hub, job);
    return ERR_OK;
}

static enum err submit_delivery(struct hub *hub,
                                const struct websub_delivery *delivery,
                                struct arena *arena, struct fault *fault)
{
    struct str key = key_of(arena, 'd', delivery->callback, delivery->path);
    struct hub_topic *topic = hub_topic_find(hub, delivery->path);
    struct hub_body *body;
    if (!topic || map_get(&hub->busy, key) ||
        (delivery->tries && hub->slow_count >= HUB_SLOW_JOBS_MAX))
        return ERR_OK;
    enum err err = hub_topic_body(hub, topic, &body, fault);
    if (err)
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    struct hub_job *job = hub_job_new(hub, HUB_DELIVER);
    job->key = arena_copy(&job->arena, key);
    job->body = body;
    job->delivery = *delivery;
    job->delivery.callback = arena_copy(&job->arena, delivery->callback);
    job->host = fetch_host(job->delivery.callback, &job->arena);
    job->delivery.path = arena_copy(&job->arena, delivery->path);
    job->delivery.secret = arena_copy(&job->arena, delivery->secret);
    job->topic_url =
        arena_concat(&job->arena, hub->settings.address, delivery->path);
    job->hub_url =
        arena_copy(&job->arena, hub_address(&hub->settings, &job->arena));
    submit(hub, job);
    return ERR_OK;
}

static enum err submit_asks(struct hub *hub, struct arena *arena,
                            struct fault *fault)
{
    struct websub_ask *asks = NULL;
    size_t count = 0;
    {
        DEFER(db_lease_end)
        struct db_lease lease = content_reader(hub->config.content);
        DEFER(end_choosing)
        struct choosing choosing = {.hub = hub, .kind = 'a'};
        const struct websub_choice choice = {chooses, &choosing};
        enum err err =
            websub_asks_due(lease.db, time_now_us(), 2 * HUB_JOBS_MAX, &choice,
                            arena, &asks, &count);
        if (err)
            return db_fault(lease.db, err, fault);
    }
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < count && has_room(hub) &&
                       hub->ask_count < HUB_ASK_JOBS_MAX;
         i++)
        err = submit_ask(hub, &asks[i], arena, fault);
    return err;
}

static enum err submit_deliveries(struct hub *hub, struct arena *arena,
                                  struct fault *fault)
{
    struct websub_delivery *deliveries = NULL;
    size_t count = 0;
    {
        DEFER(db_lease_end)
        struct db_lease lease = content_reader(hub->config.content);
        DEFER(end_choosing)
        struct choosing choosing = {.hub = hub, .kind = 'd'};
        const struct websub_choice choice = {chooses, &choosing};
        enum err err =
            websub_deliveries_due(lease.db, time_now_us(), 2 * HUB_JOBS_MAX,
                                  &choice, arena, &deliveries, &count);
        if (err)
            return db_fault(lease.db, err, fault);
    }
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < count && has_room(hub); i++)
        err = submit_delivery(hub, &deliveries[i], arena, fault);
    if (!err && !count && !hub->busy_count)
        hub_topics_rest(hub);
    return err;
}

static enum err expire(struct hub *hub, struct fault *fault)
{
    int64_t now_us = clock_now_us(), forgotten = 0;
    if (now_us < hub->expire_us)
        return ERR_OK;
    hub->expire_us = now_us + EXPIRE_EVERY_S * TIME_US_PER_SECOND;
    DEFER(edit_end) struct edit edit = {0};
    enum err err = edit_begin(&edit, hub->config.content, STR("hub"), fault);
    if (!err)
        err = websub_expire(&edit, &forgotten);
    if (!err)
        err = edit_commit(&edit);
    if (!err && forgotten)
        hub_topics_forget(hub);
    return err;
}

static enum err ping(struct hub *hub, struct arena *arena, struct fault *fault)
{
    struct str key = STR("ping");
    struct hub_job *job = NULL;
    if (!hub->settings.websub_hub.len || map_get(&hub->busy, key) ||
        clock_now_us() < hub->ping_retry_us)
        return ERR_OK;
    enum err err = hub_ping_make(hub, arena, &job, fault);
    if (err || !job)
        return err;
    job->key = key;
    submit(hub, job);
    return ERR_OK;
}

/* ---- The hub's thread
 * --------------------------------------------------------------- */

static enum err read_settings(struct hub *hub, struct arena *arena,
                              bool *ret_used, struct fault *fault)
{
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(hub->config.content);
    enum err err = settings_load(lease.db, STR(""), arena, &hub->settings);
    if (!err)
        err = websub_is_used(lease.db, ret_used);
    if (err)
        return db_fault(lease.db, err, fault);
    return fetch_rules_parse(hub->settings.fetch_allow, &hub->rules, fault);
}

static enum err serve_subscribers(struct hub *hub, struct arena *arena,
                                  struct fault *fault)
{
    enum err err = expire(hub, fault);
    if (err)
        return err;
    /* A feed that cannot be printed holds up no other. */
    enum err followed = hub_follow(hub, arena, fault);
    struct fault *rest = followed ? &(struct fault){0} : fault;
    if (hub->has_begun)
        err = submit_asks(hub, arena, rest);
    if (!err && hub->has_begun)
        err = submit_deliveries(hub, arena, rest);
    return followed ? followed : err;
}

/* Tells how long nothing is to do unless somebody wakes it. */
static int64_t do_round(struct hub *hub, struct hub_job *finished)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct fault fault = {0};
    bool used = false;
    settle(hub, finished);
    enum err err = read_settings(hub, &arena, &used, &fault);
    bool has_address = !err && hub->settings.address.len;
    if (!err && used && has_address)
        err = serve_subscribers(hub, &arena, &fault);
    if (!err && has_address)
        err = ping(hub, &arena, &fault);
    if (!err && !used)
        hub_topics_forget(hub);
    if (err)
        tell(hub, "the hub cannot tell of changes", &fault);
    else
        hub->told[0] = '\0';
    bool idle = err || !has_address || (!used && !hub->settings.websub_hub.len);
    return (idle ? LOOK_IDLE_MS : LOOK_MS) * INT64_C(1000);
}

static bool wait_for_news(struct hub *hub, int64_t wait_us,
                          struct hub_job **ret_finished)
{
    int64_t until_us = clock_now_us() + wait_us;
    struct timespec until = {
        .tv_sec = until_us / TIME_US_PER_SECOND,
        .tv_nsec = until_us % TIME_US_PER_SECOND * 1000,
    };
    pthread_mutex_lock(&hub->lock);
    while (!hub->stopping && !hub->woken && !hub->finished &&
           !pthread_cond_timedwait(&hub->news, &hub->lock, &until))
        ;
    *ret_finished = hub->finished;
    hub->finished = NULL;
    hub->woken = false;
    bool stopping = hub->stopping;
    pthread_mutex_unlock(&hub->lock);
    return !stopping;
}

static void *run(void *argument)
{
    struct hub *hub = argument;
    struct hub_job *finished = NULL;
    int64_t wait_us;
    do
        wait_us = do_round(hub, finished);
    while (wait_for_news(hub, wait_us, &finished));
    settle(hub, finished);
    return NULL;
}

/* ---- Start and end
 * ------------------------------------------------------------------ */

static void tell_state(struct hub *hub)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct fault fault = {0};
    bool used;
    if (read_settings(hub, &arena, &used, &fault))
        tell(hub, "the hub cannot be set up", &fault);
    else if (!hub->settings.address.len)
        log_info("the hub for feeds is off, and there are no sitemaps, cards "
                 "for other sites or whole addresses in feeds: they want the "
                 "newspaper's address, as in 'broadsheet settings set address "
                 "https://example.org'");
}

static void init_waits(struct hub *hub)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&hub->lock, NULL);
    pthread_cond_init(&hub->work, NULL);
    pthread_cond_init(&hub->news, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

static void free_hub(struct hub *hub)
{
    hub_topics_forget(hub);
    map_finish(&hub->busy);
    forget_hosts(&hub->hosts);
    pthread_mutex_destroy(&hub->lock);
    pthread_cond_destroy(&hub->work);
    pthread_cond_destroy(&hub->news);
    free(hub);
}

static void end_workers(struct hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    hub->stopping = true;
    pthread_cond_broadcast(&hub->work);
    pthread_cond_signal(&hub->news);
    pthread_mutex_unlock(&hub->lock);
    for (unsigned i = 0; i < hub->worker_count; i++)
        pthread_join(hub->workers[i], NULL);
}

enum err hub_start(const struct hub_config *config, struct hub **ret_hub)
{
    assert(config->content && config->site && config->press);
    struct hub *hub = calloc(1, sizeof *hub);
    if (!hub)
        return ERR_NO_MEMORY;
    hub->config = *config;
    hub->last = &hub->waiting;
    map_init(&hub->busy);
    map_init(&hub->hosts);
    init_waits(hub);
    tell_state(hub);
    bool failed = false;
    while (!failed && hub->worker_count < HUB_WORKERS) {
        failed = pthread_create(&hub->workers[hub->worker_count], NULL,
                                hub_work, hub) != 0;
        hub->worker_count += !failed;
    }
    if (failed || pthread_create(&hub->thread, NULL, run, hub)) {
        end_workers(hub);
        free_hub(hub);
        return ERR_NO_MEMORY;
    }
    *ret_hub = hub;
    return ERR_OK;
}

void hub_stop(struct hub *hub)
{
    if (!hub)
        return;
    end_workers(hub);
    pthread_join(hub->thread, NULL);
    settle(hub, hub->finished);
    while (hub->waiting) {
        struct hub_job *job = hub->waiting;
        hub->waiting = job->next;
        release_job(hub, job);
    }
    free_hub(hub);
}

void hub_wake(struct hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    hub->woken = true;
    pthread_cond_signal(&hub->news);
    pthread_mutex_unlock(&hub->lock);
}
