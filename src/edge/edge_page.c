// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/log.h"
#include "edge/edge_internal.h"
#include "link/page_key.h"
#include "net/accept.h"

enum {
    /* What does not fit into a socket's buffer is copied when it is small, and
     * the page held when it is large: so the usual answer, which goes out in
     * one piece, touches no count that threads share. */
    HOLD_BYTES_MIN = 128 * 1024,
};

/* The exchanges that wait for one page. */
struct page_wait {
    struct page_waiter *first;
    struct str key; /* owned */
};

struct page_waiter {
    struct page_waiter *previous, *next;
    struct page_wait *wait;
    struct edge_thread *thread;
    struct http_exchange *exchange;
    struct loop_timeout timeout;
};

static_assert((int)HTTP_CODING_GZIP == 1 << PAGE_GZIP &&
                  (int)HTTP_CODING_BR == 1 << PAGE_BR,
              "codings are numbered alike in net and link");

/* ---- answering ---- */

static enum page_coding best_coding(const struct page *page, struct str accept)
{
    static const enum page_coding by_size[] = {PAGE_BR, PAGE_GZIP};
    if (page->codings == 1 << PAGE_IDENTITY)
        return PAGE_IDENTITY;
    unsigned usable = accept_codings(accept) & page->codings;
    for (size_t i = 0; i < sizeof by_size / sizeof *by_size; i++) {
        if (usable & 1u << by_size[i])
            return by_size[i];
    }
    return PAGE_IDENTITY;
}

static void release_page(void *page)
{
    page_release(page);
}

/* A body that was unpacked for one reader, and the page that its head is in. */
struct unpacked {
    struct edge *edge;
    struct page *page;
    struct str body;
};

static void release_unpacked(void *owner)
{
    struct unpacked *unpacked = owner;
    atomic_fetch_sub(&unpacked->edge->unpacked_bytes, unpacked->body.len);
    page_release(unpacked->page);
    free((char *)(uintptr_t)unpacked->body.ptr);
    free(unpacked);
}

/* Who takes no coding and reads slowly keeps a copy of its own; all of them
 * together get so much memory. */
static enum err unpack(struct edge *edge, struct page *page,
                       struct http_ready *ready)
{
    if (atomic_load(&edge->unpacked_bytes) >= EDGE_UNPACKED_BYTES_MAX)
        return ERR_BUSY;
    struct unpacked *unpacked = malloc(sizeof *unpacked);
    if (!unpacked)
        return ERR_NO_MEMORY;
    enum err err = page_unpack(page, &ready->body);
    if (err) {
        free(unpacked);
        return err;
    }
    atomic_fetch_add(&edge->unpacked_bytes, ready->body.len);
    *unpacked = (struct unpacked){edge, page_hold(page), ready->body};
    ready->release = release_unpacked;
    ready->owner = unpacked;
    return ERR_OK;
}

/* The body of the variant, unless nobody wants to have it. */
static enum err add_body(struct edge *edge, struct page *page,
                         const struct page_variant *variant,
                         struct http_ready *ready)
{
    if (page_is_packed(page, variant))
        return unpack(edge, page, ready);
    ready->body = variant->body;
    if (variant->body.len >= HOLD_BYTES_MIN) {
        ready->release = release_page;
        ready->owner = page_hold(page);
    }
    return ERR_OK;
}

void edge_answer_page(struct edge_thread *thread,
                      struct http_exchange *exchange, struct page *page)
{
    const struct http_fields *fields = &exchange->request.fields;
    struct str accept = http_fields_known(fields, HTTP_FIELD_ACCEPT_ENCODING);
    struct str none_match = http_fields_known(fields, HTTP_FIELD_IF_NONE_MATCH);
    const struct page_variant *variant =
        &page->variants[best_coding(page, accept)];
    page_touch(page);
    struct http_ready ready = {.head = variant->head, .body = STR("")};
    bool has_it = none_match.ptr && page->status == 200 &&
                  accept_none_match(none_match, variant->etag);
    if (has_it)
        ready.head = variant->not_modified;
    enum err err = ERR_OK;
    if (!has_it && exchange->request.method != HTTP_HEAD)
        err = add_body(thread->edge, page, variant, &ready);
    if (err)
        edge_answer_error(exchange, err == ERR_CORRUPT ? 500 : 503);
    else
        http_answer_ready(exchange, &ready);
}

/* ---- waiting ---- */

struct want {
    struct edge_thread *thread;
    struct str key; /* owned */
};

static void post_want(void *argument)
{
    struct want *want = argument;
    edge_feed_want(want->thread->edge->feed, want->thread->index, want->key);
    free(want);
}

static void post_unwant(void *argument)
{
    struct want *want = argument;
    edge_feed_unwant(want->thread->edge->feed, want->thread->index, want->key);
    free(want);
}

/* Has the first thread do it, with a copy of key. */
static void tell_feed(struct edge_thread *thread, struct str key,
                      void (*post)(void *want))
{
    struct want *want = malloc(sizeof *want);
    char *copy = malloc(key.len + 1);
    if (!want || !copy)
        log_panic("no memory to wait for a page");
    memcpy(copy, key.ptr, key.len);
    *want = (struct want){thread, str_of(copy, key.len)};
    loop_post(edge_first(thread->edge)->loop, post, want);
}

static void unlink_waiter(struct page_waiter *waiter)
{
    struct page_wait *wait = waiter->wait;
    *(waiter->previous ? &waiter->previous->next : &wait->first) = waiter->next;
    if (waiter->next)
        waiter->next->previous = waiter->previous;
    loop_timeout_cancel(&waiter->timeout);
    waiter->thread->waiting--;
    if (!wait->first) {
        map_remove(&waiter->thread->waits, wait->key);
        free(wait);
    }
    free(waiter);
}

/* Who waited does not any more, though the page has not come. */
static void give_up(struct page_waiter *waiter)
{
    if (waiter->wait->first == waiter && !waiter->next)
        tell_feed(waiter->thread, waiter->wait->key, post_unwant);
}

static void on_abandon(struct http_exchange *exchange)
{
    give_up(exchange->handler_data);
    unlink_waiter(exchange->handler_data);
}

static struct http_exchange *take_exchange(struct page_waiter *waiter)
{
    struct http_exchange *exchange = waiter->exchange;
    exchange->on_abandon = NULL;
    unlink_waiter(waiter);
    return exchange;
}

static void on_wait_timeout(void *context, struct loop_timeout *timeout)
{
    (void)context;
    struct page_waiter *waiter =
        (struct page_waiter *)((char *)timeout -
                               offsetof(struct page_waiter, timeout));
    give_up(waiter);
    edge_answer_error(take_exchange(waiter), 503);
}

static struct page_wait *find_wait(struct edge_thread *thread, struct str key)
{
    struct page_wait *wait = map_get(&thread->waits, key);
    if (wait)
        return wait;
    wait = malloc(sizeof *wait + key.len);
    if (!wait)
        log_panic("no memory to wait for a page");
    memcpy((char *)(wait + 1), key.ptr, key.len);
    *wait = (struct page_wait){.key = str_of((char *)(wait + 1), key.len)};
    if (map_set(&thread->waits, wait->key, wait, NULL))
        log_panic("no memory to wait for a page");
    tell_feed(thread, wait->key, post_want);
    return wait;
}

void edge_wait_for_page(struct edge_thread *thread,
                        struct http_exchange *exchange, struct str key)
{
    if (thread->waiting >= EDGE_WAITING_MAX) {
        edge_answer_error(exchange, 503);
        return;
    }
    struct page_waiter *waiter = calloc(1, sizeof *waiter);
    if (!waiter)
        log_panic("no memory to wait for a page");
    struct page_wait *wait = find_wait(thread, key);
    waiter->thread = thread;
    waiter->exchange = exchange;
    waiter->wait = wait;
    waiter->next = wait->first;
    if (waiter->next)
        waiter->next->previous = waiter;
    wait->first = waiter;
    thread->waiting++;
    exchange->handler_data = waiter;
    exchange->on_abandon = on_abandon;
    exchange->ended_is_gone = page_key_is_search(key);
    loop_timeout_arm(thread->loop, &thread->wait_timeouts, &waiter->timeout);
}

/* ---- what the feed brings ---- */

/* Answers all who wait for key: with page, or with the error when it is NULL.
 * What they ask next may add waiters again, for the next page. */
static void wake(struct edge_thread *thread, struct str key, struct page *page,
                 int status)
{
    struct page_wait *wait = map_get(&thread->waits, key);
    for (bool last = !wait; !last;) {
        last = !wait->first->next;
        struct http_exchange *exchange = take_exchange(wait->first);
        if (page)
            edge_answer_page(thread, exchange, page);
        else
            edge_answer_error(exchange, status);
    }
}

void edge_apply_page(struct edge_thread *thread, struct page *page)
{
    if (page->flags & PAGE_TRANSIENT) {
        wake(thread, page->key, page, 200);
        page_release(page);
        return;
    }
    void *old = NULL;
    if (map_set(&thread->pages, page->key, page, &old))
        log_panic("no memory for the page table");
    page_release(old);
    wake(thread, page->key, page, 200);
}

void edge_apply_drop(struct edge_thread *thread, struct str key)
{
    page_release(map_remove(&thread->pages, key));
}

void edge_apply_clear(struct edge_thread *thread)
{
    size_t position = 0;
    struct page *page;
    while ((page = map_next(&thread->pages, &position, NULL)))
        page_release(page);
    map_finish(&thread->pages);
    map_init(&thread->pages);
}

void edge_apply_refuse(struct edge_thread *thread, struct str key, int status)
{
    wake(thread, key, NULL, status);
}

enum err edge_pages_init(struct edge_thread *thread)
{
    map_init(&thread->pages);
    map_init(&thread->waits);
    loop_timeouts_add(thread->loop, &thread->wait_timeouts,
                      EDGE_WAIT_MS * INT64_C(1000), on_wait_timeout, thread);
    return ERR_OK;
}

void edge_pages_finish(struct edge_thread *thread)
{
    edge_apply_clear(thread);
    map_finish(&thread->pages);
    map_finish(&thread->waits);
}
