// SPDX-License-Identifier: Apache-2.0
/* Another hub is told which feeds may have changed, and fetches them itself
 * (§6: by a POST with hub.mode and hub.url, as hubs have it in common). Keys of
 * the log name what changed; each stands for the feeds of its page. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/time.h"
#include "content/category.h"
#include "content/change.h"
#include "content/content.h"
#include "content/edit.h"
#include "content/language.h"
#include "net/uri.h"
#include "site/hub_internal.h"
#include "site/site_path.h"

enum {
    CHANGES_AT_ONCE = 1000,
    PING_BYTES_MAX = 1 << 20,
    RETRY_DOUBLINGS_MAX = 6, /* from ten seconds to ten minutes */
};
#define RETRY_US (10 * TIME_US_PER_SECOND)
#define FOLLOWER STR("websub_ping")

/* The pages whose feeds changed, each once. */
struct pages {
    struct arena *arena;
    struct db *db;
    struct map known;
    struct str *paths;
    size_t count, capacity;
};

static void add_page(struct pages *pages, struct str path)
{
    void *old;
    if (map_get(&pages->known, path) || pages->count == pages->capacity)
        return;
    pages->paths[pages->count] = path;
    if (map_set(&pages->known, path, &pages->paths[pages->count++], &old))
        log_panic("out of memory", LOG_C("where", "hub"));
}

/* "en/politics": the language and the slug of a category, wherever in the tree
 * it is. */
static enum err add_category(struct pages *pages, struct str name)
{
    struct str language;
    struct category_list tree;
    str_split_next(&name, '/', &language);
    enum err err = category_tree(pages->db, language, pages->arena, &tree);
    for (size_t i = 0; !err && i < tree.count; i++)
        if (str_eq(tree.categories[i].slug, name))
            add_page(pages,
                     arena_printf(pages->arena, "/%" PRI_STR "/%" PRI_STR,
                                  ARG_STR(language),
                                  ARG_STR(tree.categories[i].path)));
    return err;
}

static enum err add_author(struct pages *pages, struct str slug)
{
    struct language_list list;
    enum err err = language_list(pages->db, pages->arena, &list);
    for (size_t i = 0; !err && i < list.count; i++)
        add_page(pages,
                 arena_printf(pages->arena, "/%" PRI_STR "/author/%" PRI_STR,
                              ARG_STR(list.languages[i].code), ARG_STR(slug)));
    return err;
}

static enum err add_tag(struct pages *pages, struct str name)
{
    struct str language;
    str_split_next(&name, '/', &language);
    add_page(pages, arena_printf(pages->arena, "/%" PRI_STR "/tag/%" PRI_STR,
                                 ARG_STR(language), ARG_STR(name)));
    return ERR_OK;
}

static enum err add_front(struct pages *pages, struct str language)
{
    add_page(pages,
             arena_printf(pages->arena, "/%" PRI_STR "/", ARG_STR(language)));
    return ERR_OK;
}

static enum err add_key(struct pages *pages, struct str key)
{
    static const struct {
        struct str prefix;
        enum err (*add)(struct pages *pages, struct str rest);
    } kinds[] = {
        {STR_INIT("latest:"), add_front},
        {STR_INIT("category:"), add_category},
        {STR_INIT("tag:"), add_tag},
        {STR_INIT("author:"), add_author},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_starts_with(key, kinds[i].prefix))
            return kinds[i].add(pages, str_from(key, kinds[i].prefix.len));
    return ERR_OK;
}

static enum err collect(struct pages *pages, const struct change_list *list)
{
    enum err err = ERR_OK;
    /* An author's key stands for a page in each language. */
    pages->capacity = list->count * 64;
    pages->paths = arena_array(pages->arena, struct str, pages->capacity + 1);
    for (size_t i = 0; !err && i < list->count; i++)
        err = add_key(pages, list->changes[i].key);
    return err;
}

static struct str write_ping(struct hub *hub, struct hub_job *job,
                             const struct pages *pages, size_t first)
{
    DEFER(buf_finish) struct buf body;
    buf_init(&body, PING_BYTES_MAX);
    buf_add_c(&body, "hub.mode=publish");
    for (size_t i = 0; i < HUB_PING_URLS; i++) {
        size_t page = (first + i) / SITE_FEED_COUNT;
        if (page >= pages->count)
            break;
        struct str path =
            site_path_feed(&job->arena, pages->paths[page],
                           (enum site_feed)((first + i) % SITE_FEED_COUNT));
        buf_add_c(&body, "&hub.url=");
        uri_write_query(&body,
                        arena_concat(&job->arena, hub->settings.address, path));
    }
    return arena_copy(&job->arena, buf_str(&body));
}

static struct hub_job *make_job(struct hub *hub, const struct pages *pages,
                                int64_t seq)
{
    struct hub_job *job = hub_job_new(hub, HUB_PING);
    size_t urls = pages->count * SITE_FEED_COUNT;
    job->hub_url = arena_copy(&job->arena, hub->settings.websub_hub);
    job->ping_seq = seq;
    job->pings = arena_array(&job->arena, struct str, urls / HUB_PING_URLS + 1);
    for (size_t first = 0; first < urls; first += HUB_PING_URLS)
        job->pings[job->ping_count++] = write_ping(hub, job, pages, first);
    return job;
}

/* Who begins to ping has nothing to tell of the past. */
static enum err find_cursor(struct hub *hub, struct db *db)
{
    if (hub->ping_seq)
        return ERR_OK;
    enum err err = follower_seq(db, FOLLOWER, &hub->ping_seq);
    if (!err && !hub->ping_seq)
        err = change_last_seq(db, &hub->ping_seq);
    return err;
}

enum err hub_ping_make(struct hub *hub, struct arena *arena,
                       struct hub_job **ret_job, struct fault *fault)
{
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(hub->config.content);
    struct pages pages = {.arena = arena, .db = lease.db};
    struct change_list list = {0};
    map_init(&pages.known);
    enum err err = find_cursor(hub, lease.db);
    if (!err)
        err =
            change_read(lease.db, hub->ping_seq, CHANGES_AT_ONCE, arena, &list);
    if (!err)
        err = collect(&pages, &list);
    map_finish(&pages.known);
    if (err)
        return db_fault(lease.db, err, fault);
    if (!list.count)
        return ERR_OK;
    int64_t seq = list.changes[list.count - 1].seq;
    if (pages.count)
        *ret_job = make_job(hub, &pages, seq);
    else
        hub->ping_seq = seq;
    return ERR_OK;
}

enum err hub_ping_settle(struct hub *hub, struct edit *edit,
                         const struct hub_job *job)
{
    if (job->outcome == HUB_DONE) {
        hub->ping_seq = job->ping_seq;
        hub->ping_failures = 0;
        hub->ping_retry_us = 0;
        return follower_advance(edit, FOLLOWER, job->ping_seq);
    }
    if (!hub->ping_failures)
        log_warn("the hub that the setting websub_hub names does not take "
                 "what is told; it is told again",
                 LOG_C("cause", fault_text(&job->fault)));
    unsigned doublings = hub->ping_failures < RETRY_DOUBLINGS_MAX
                             ? hub->ping_failures
                             : RETRY_DOUBLINGS_MAX;
    hub->ping_failures++;
    hub->ping_retry_us = clock_now_us() + (RETRY_US << doublings);
    return ERR_OK;
}
