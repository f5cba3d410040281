// SPDX-License-Identifier: Apache-2.0
/* Which feeds changed. A feed is printed when the log holds one of the keys it
 * was made from, and has changed when it then says something else. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "content/change.h"
#include "content/content.h"
#include "content/edit.h"
#include "site/hub_internal.h"
#include "site/press.h"
#include "site/printer.h"

enum { CHANGES_AT_ONCE = 1000 };

/* The hub's cursor in the log. */
#define FOLLOWER STR("websub")

static void *must_alloc(size_t bytes)
{
    void *memory = calloc(1, bytes ? bytes : 1);
    if (!memory)
        log_panic("out of memory", LOG_C("where", "hub"));
    return memory;
}

static struct str keep(struct str text)
{
    char *copy = must_alloc(text.len);
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    return str_of(copy, text.len);
}

static void let_go(struct str text)
{
    free((char *)(uintptr_t)text.ptr);
}

/* ---- Feeds
 * -------------------------------------------------------------------------- */

void hub_body_release(struct hub_body *body)
{
    if (body && atomic_fetch_sub(&body->references, 1) == 1)
        free(body);
}

static struct hub_body *make_body(const struct site_print *print)
{
    size_t len = print->content_type.len + print->body.len;
    struct hub_body *body = must_alloc(sizeof *body + len);
    body->references = 1;
    digest_hex(print->body, body->digest);
    body->type_len = print->content_type.len;
    body->len = print->body.len;
    memcpy(body->bytes, print->content_type.ptr, print->content_type.len);
    memcpy(body->bytes + body->type_len, print->body.ptr, print->body.len);
    return body;
}

static void forget_keys(struct hub_topic *topic)
{
    for (size_t i = 0; i < topic->key_count; i++)
        let_go(topic->keys[i]);
    free(topic->keys);
    topic->keys = NULL;
    topic->key_count = 0;
}

static void keep_keys(struct hub_topic *topic, const struct site_print *print)
{
    forget_keys(topic);
    topic->keys = must_alloc(print->key_count * sizeof *topic->keys);
    for (size_t i = 0; i < print->key_count; i++)
        topic->keys[topic->key_count++] = keep(print->keys[i]);
}

static void free_topic(struct hub_topic *topic)
{
    forget_keys(topic);
    hub_body_release(topic->body);
    let_go(topic->path);
    free(topic);
}

struct hub_topic *hub_topic_find(struct hub *hub, struct str path)
{
    struct hub_topic *topic = hub->topics;
    while (topic && !str_eq(topic->path, path))
        topic = topic->next;
    return topic;
}

void hub_topics_rest(struct hub *hub)
{
    for (struct hub_topic *at = hub->topics; at; at = at->next) {
        hub_body_release(at->body);
        at->body = NULL;
    }
    hub->body_bytes = 0;
}

void hub_topics_forget(struct hub *hub)
{
    while (hub->topics) {
        struct hub_topic *topic = hub->topics;
        hub->topics = topic->next;
        free_topic(topic);
    }
    hub->has_begun = false;
}

static struct hub_topic *add_topic(struct hub *hub, struct str path)
{
    struct hub_topic *topic = must_alloc(sizeof *topic);
    topic->path = keep(path);
    topic->next = hub->topics;
    hub->topics = topic;
    return topic;
}

/* ---- Printing
 * ----------------------------------------------------------------------- */

/* Feeds may be many: only those are kept that are being delivered. */
static void keep_body(struct hub *hub, struct hub_topic *topic,
                      struct hub_body *body)
{
    if (hub->body_bytes + body->len > HUB_BODY_BYTES_MAX)
        hub_topics_rest(hub);
    hub->body_bytes += body->len;
    topic->body = body;
}

static enum err print_feed(struct hub *hub, const struct hub_topic *topic,
                           struct arena *arena, struct site_print *ret_print,
                           struct fault *fault)
{
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(hub->config.content);
    return site_print(hub->config.site, lease.db, topic->path, arena, ret_print,
                      fault);
}

/* Prints the feed and learns what it is made from. *ret_changed: it says
 * something else than before. A page that is no more changes nothing. */
static enum err look_at_topic(struct hub *hub, struct hub_topic *topic,
                              bool *ret_changed, struct fault *fault)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct site_print print;
    char digest[DIGEST_HEX_BYTES];
    enum err err = print_feed(hub, topic, &arena, &print, fault);
    if (err)
        return err;
    keep_keys(topic, &print);
    *ret_changed = false;
    if (print.status != 200)
        return ERR_OK;
    digest_hex(print.body, digest);
    *ret_changed = strcmp(digest, topic->digest) != 0;
    if (!*ret_changed)
        return ERR_OK;
    memcpy(topic->digest, digest, sizeof digest);
    hub_body_release(topic->body);
    topic->body = NULL;
    return ERR_OK;
}

/* A body may say more than the digest knows, when a change came that the log
 * was not followed to yet: that one is delivered in its turn. */
enum err hub_topic_body(struct hub *hub, struct hub_topic *topic,
                        struct hub_body **ret_body, struct fault *fault)
{
    if (!topic->body) {
        DEFER(arena_finish) struct arena arena;
        arena_init(&arena, 0);
        struct site_print print;
        enum err err = print_feed(hub, topic, &arena, &print, fault);
        if (err)
            return err;
        if (print.status != 200)
            return fault_set(fault, ERR_NOT_FOUND, "topic",
                             "there is no feed %" PRI_STR " any more",
                             ARG_STR(topic->path));
        keep_body(hub, topic, make_body(&print));
    }
    atomic_fetch_add(&topic->body->references, 1);
    *ret_body = topic->body;
    return ERR_OK;
}

/* ---- The log
 * ------------------------------------------------------------------------ */

static enum err save_topics(struct hub *hub, int64_t seq, struct fault *fault)
{
    DEFER(edit_end) struct edit edit = {0};
    bool any = false;
    for (struct hub_topic *at = hub->topics; at; at = at->next)
        any |= !at->saved;
    if (!any)
        return ERR_OK;
    enum err err = edit_begin(&edit, hub->config.content, STR("hub"), fault);
    for (struct hub_topic *at = hub->topics; !err && at; at = at->next) {
        const struct websub_topic topic = {at->path, str_from_c(at->digest),
                                           at->seq};
        if (!at->saved)
            err = websub_topic_save(&edit, &topic);
    }
    if (!err)
        err = follower_advance(&edit, FOLLOWER, seq);
    if (!err)
        err = edit_commit(&edit);
    for (struct hub_topic *at = hub->topics; !err && at; at = at->next)
        at->saved = true;
    return err;
}

static enum err last_seq(struct hub *hub, int64_t *ret_seq, struct fault *fault)
{
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(hub->config.content);
    enum err err = change_last_seq(lease.db, ret_seq);
    return err ? db_fault(lease.db, err, fault) : ERR_OK;
}

/* Prints those that were touched; a change is one as of seq. What is printed
 * may hold changes that the log has not been followed to: it is newer than what
 * was delivered all the same, and the number says so. */
static enum err print_hit(struct hub *hub, int64_t seq, struct fault *fault)
{
    enum err first = ERR_OK;
    for (struct hub_topic *at = hub->topics; at; at = at->next) {
        bool changed;
        if (!at->hit)
            continue;
        enum err err = look_at_topic(hub, at, &changed, fault);
        if (err) { /* tried again in the next round; the others go on */
            first = first ? first : err;
            continue;
        }
        at->hit = false;
        if (changed) {
            at->seq = seq > at->seq ? seq : at->seq + 1;
            at->saved = false;
        }
    }
    return first;
}

static enum err read_topics(struct hub *hub, struct arena *arena,
                            struct fault *fault)
{
    struct websub_topic *topics;
    size_t count;
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(hub->config.content);
    enum err err = websub_topics(lease.db, arena, &topics, &count);
    if (!err)
        err = follower_seq(lease.db, FOLLOWER, &hub->seq);
    if (err)
        return db_fault(lease.db, err, fault);
    for (size_t i = 0; i < count; i++) {
        struct hub_topic *topic = add_topic(hub, topics[i].path);
        snprintf(topic->digest, sizeof topic->digest, "%" PRI_STR,
                 ARG_STR(topics[i].digest));
        topic->seq = topics[i].seq;
        topic->saved = true;
    }
    return ERR_OK;
}

/* What the feeds are made from is not kept: at the start all are printed, which
 * also tells what changed meanwhile. */
static enum err begin(struct hub *hub, struct arena *arena, struct fault *fault)
{
    int64_t last;
    enum err err = read_topics(hub, arena, fault);
    if (!err)
        err = last_seq(hub, &last, fault);
    if (err)
        return err;
    for (struct hub_topic *at = hub->topics; at; at = at->next)
        at->hit = true;
    hub->seq = last;
    hub->has_begun = true;
    return ERR_OK;
}

static void mark_hit(struct hub *hub, const struct map *changed)
{
    for (struct hub_topic *at = hub->topics; at; at = at->next)
        for (size_t i = 0; !at->hit && i < at->key_count; i++)
            at->hit = map_get(changed, at->keys[i]) != NULL;
}

/* The next piece of the log; *ret_more when it may go on. */
static enum err follow_piece(struct hub *hub, struct arena *arena,
                             bool *ret_more, struct fault *fault)
{
    static char present;
    struct change_list list;
    void *old;
    {
        DEFER(db_lease_end)
        struct db_lease lease = content_reader(hub->config.content);
        enum err err =
            change_read(lease.db, hub->seq, CHANGES_AT_ONCE, arena, &list);
        if (err)
            return db_fault(lease.db, err, fault);
    }
    *ret_more = list.count == CHANGES_AT_ONCE;
    if (!list.count)
        return ERR_OK;
    DEFER(map_finish) struct map changed;
    map_init(&changed);
    for (size_t i = 0; i < list.count; i++)
        if (map_set(&changed, list.changes[i].key, &present, &old))
            log_panic("out of memory", LOG_C("where", "hub"));
    mark_hit(hub, &changed);
    hub->seq = list.changes[list.count - 1].seq;
    return ERR_OK;
}

static bool is_any_hit(const struct hub *hub)
{
    const struct hub_topic *topic = hub->topics;
    while (topic && !topic->hit)
        topic = topic->next;
    return topic != NULL;
}

enum err hub_follow(struct hub *hub, struct arena *arena, struct fault *fault)
{
    bool more = true;
    enum err err = hub->has_begun ? ERR_OK : begin(hub, arena, fault);
    while (!err && more)
        err = follow_piece(hub, arena, &more, fault);
    if (err)
        return err;
    enum err printed = ERR_OK;
    if (is_any_hit(hub)) {
        struct fault late = {0};
        /* Who is told will look. When no edge is there nobody can. */
        (void)!press_catch_up(hub->config.press, hub->seq, &late);
        printed = print_hit(hub, hub->seq, fault);
    }
    err = save_topics(hub, hub->seq, fault);
    return err ? err : printed;
}

enum err hub_topic_need(struct hub *hub, struct str path,
                        struct hub_topic **ret_topic, struct fault *fault)
{
    struct hub_topic *topic = hub_topic_find(hub, path);
    if (!topic) {
        bool changed;
        topic = add_topic(hub, path);
        topic->seq = hub->seq;
        enum err err = look_at_topic(hub, topic, &changed, fault);
        if (err || !topic->digest[0]) {
            hub->topics = topic->next;
            free_topic(topic);
            return err ? err : ERR_NOT_FOUND;
        }
    }
    *ret_topic = topic;
    return save_topics(hub, hub->seq, fault);
}
