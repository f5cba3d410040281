// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/time.h"
#include "content/content.h"
#include "link/page.h"
#include "link/wire.h"
#include "render/compress.h"
#include "site/press_internal.h"
#include "site/printer.h"
#include "site/site.h"

enum {
    COMPRESS_BYTES_MIN = 256, /* below it, a coding's name costs as much */
    ENCODED_BYTES_MAX = PAGE_BYTES_MAX,
};

/* ---- jobs ---- */

static void push(struct print_list *list, struct print_job *job)
{
    job->next = NULL;
    *(list->last ? &list->last->next : &list->first) = job;
    list->last = job;
}

static void take_out(struct print_list *list, struct print_job *job)
{
    struct print_job *previous = NULL;
    for (struct print_job *at = list->first; at != job; at = at->next)
        previous = at;
    *(previous ? &previous->next : &list->first) = job->next;
    if (list->last == job)
        list->last = previous;
}

static void count_open(struct press *press, enum print_cause cause, int change)
{
    if (cause == PRINT_FOR_CHANGE)
        press->changes_open += (size_t)change;
}

static struct print_job *make_job(struct press *press, struct str page_key,
                                  enum print_cause cause)
{
    struct print_job *job = malloc(sizeof *job + page_key.len);
    if (!job)
        return NULL;
    char *key = (char *)(job + 1);
    memcpy(key, page_key.ptr, page_key.len);
    *job = (struct print_job){
        .page_key = str_of(key, page_key.len),
        .cause = cause,
    };
    if (map_set(&press->jobs, job->page_key, job, NULL)) {
        free(job);
        return NULL;
    }
    push(&press->lists[cause], job);
    press->searches_waiting += cause == PRINT_FOR_SEARCH;
    count_open(press, cause, 1);
    return job;
}

static void raise_cause(struct press *press, struct print_job *job,
                        enum print_cause cause)
{
    if (job->cause <= cause)
        return;
    count_open(press, job->cause, -1);
    count_open(press, cause, 1);
    if (!job->running) {
        take_out(&press->lists[job->cause], job);
        press->searches_waiting -= job->cause == PRINT_FOR_SEARCH;
        push(&press->lists[cause], job);
    }
    job->cause = cause;
}

void press_order(struct press *press, struct str page_key,
                 enum print_cause cause, bool pinned, uint64_t wanted_by)
{
    assert(press);
    struct print_job *job = map_get(&press->jobs, page_key);
    if (job)
        raise_cause(press, job, cause);
    else
        job = make_job(press, page_key, cause);
    if (!job) {
        log_error("no memory for a page to print", LOG_STR("page", page_key));
        return;
    }
    job->pinned |= pinned;
    job->wanted_by |= wanted_by;
    pthread_cond_signal(&press->work);
}

static bool is_for_readers(const struct print_job *job)
{
    return job->cause == PRINT_FOR_READER || job->cause == PRINT_FOR_SEARCH;
}

void press_cancel(struct press *press, struct str page_key, uint64_t edges)
{
    struct print_job *job = map_get(&press->jobs, page_key);
    if (!job || job->running)
        return; /* who is printed for gets it, and it may be asked for again */
    job->wanted_by &= ~edges;
    if (job->wanted_by || job->pinned || !is_for_readers(job))
        return;
    take_out(&press->lists[job->cause], job);
    press->searches_waiting -= job->cause == PRINT_FOR_SEARCH;
    map_remove(&press->jobs, job->page_key);
    free(job);
}

static const bool one_at_a_time[PRINT_CAUSES] = {
    [PRINT_FOR_SEARCH] = true,
    [PRINT_IN_BULK] = true,
};

/* The most urgent job, or NULL at the end. Lock held. */
static struct print_job *next_job(struct press *press)
{
    while (!press->stopping) {
        for (int i = 0; i < PRINT_CAUSES; i++) {
            struct print_job *job = press->lists[i].first;
            if (!job || (one_at_a_time[i] && press->is_alone[i]))
                continue;
            take_out(&press->lists[i], job);
            press->searches_waiting -= i == PRINT_FOR_SEARCH;
            job->running = true;
            job->began_as = (enum print_cause)i;
            press->is_alone[i] = true;
            return job;
        }
        pthread_cond_wait(&press->work, &press->lock);
    }
    return NULL;
}

static void finish_job(struct press *press, struct print_job *job)
{
    map_remove(&press->jobs, job->page_key);
    count_open(press, job->cause, -1);
    press->is_alone[job->began_as] = false;
    if (one_at_a_time[job->began_as])
        pthread_cond_signal(&press->work);
    press->prints++;
    free(job);
    pthread_cond_broadcast(&press->done);
}

/* ---- one page ---- */

/* What a print thread keeps from page to page. */
struct printer {
    struct press *press;
    unsigned index;
    struct arena arena;
    enum compress_effort effort; /* for what is printed now */
    struct buf codings[PAGE_CODINGS];
    struct buf encoded;
};

/* Fills bodies with the codings that are worth their bytes. */
static enum err compress_all(struct printer *printer,
                             const struct site_print *print,
                             struct str bodies[PAGE_CODINGS])
{
    static enum err (*const functions[PAGE_CODINGS])(
        struct str, enum compress_effort, struct buf *) = {
        [PAGE_GZIP] = compress_gzip,
        [PAGE_BR] = compress_brotli,
    };
    enum compress_effort effort =
        print->asset ? COMPRESS_ASSET : printer->effort;
    bodies[PAGE_IDENTITY] = print->body.ptr ? print->body : STR("");
    bodies[PAGE_GZIP] = print->gzip;
    bodies[PAGE_BR] = print->br;
    if (print->packed)
        return ERR_OK;
    for (int i = 0; i < PAGE_CODINGS; i++) {
        if (bodies[i].len || !functions[i] ||
            print->body.len < COMPRESS_BYTES_MIN)
            continue;
        if (print->keeping != SITE_KEPT && i != PAGE_GZIP)
            continue; /* the one coding that all programs read */
        struct buf *out = &printer->codings[i];
        buf_reset(out);
        enum err err = functions[i](print->body, effort, out);
        if (err)
            return err;
        if (compress_pays(print->body.len, out->len))
            bodies[i] = buf_str(out);
    }
    return ERR_OK;
}

static struct str join_keys(struct arena *arena, const struct site_print *print)
{
    size_t len = 0;
    for (size_t i = 0; i < print->key_count; i++)
        len += print->keys[i].len + 1;
    char *text = arena_alloc(arena, len + 1, 1);
    size_t at = 0;
    for (size_t i = 0; i < print->key_count; i++) {
        memcpy(text + at, print->keys[i].ptr, print->keys[i].len);
        at += print->keys[i].len;
        text[at++] = ' ';
    }
    return str_of(text, at ? at - 1 : 0);
}

/* From what the site gave to what the link carries, in printer->encoded. */
static enum err frame(struct printer *printer, struct str page_key, bool pinned,
                      const struct site_print *print, struct str depends)
{
    static const unsigned flags[] = {
        [SITE_KEPT_IN_BULK] = PAGE_BULK,
        [SITE_NOT_KEPT] = PAGE_TRANSIENT,
    };
    struct page_print framed = {
        .key = page_key,
        .status = print->status,
        .flags = (pinned ? PAGE_PINNED : 0u) | flags[print->keeping],
        .content_type = print->content_type,
        .location = print->location,
        .cache_control = print->cache_control,
        .extra_fields = site_header_fields(printer->press->config.site, print),
        .depends = depends,
        .surrogate_keys = !print->asset,
    };
    enum err err = compress_all(printer, print, framed.bodies);
    if (err)
        return err;
    buf_reset(&printer->encoded);
    return page_encode(&framed, &printer->encoded);
}

/* Whether a change after since touches what the page was made from. */
static bool is_overtaken(const struct press *press, int64_t since,
                         const struct site_print *print)
{
    for (size_t i = press->recent_count; i-- > 0;) {
        const struct recent_change *change = &press->recent[i];
        if (change->seq <= since)
            return false;
        for (size_t k = 0; k < print->key_count; k++) {
            if (str_eq(print->keys[k], change->key))
                return true;
        }
    }
    return false;
}

static void send_to(struct press *press, uint64_t edges,
                    struct feed_payload *payload)
{
    for (unsigned edge = 0; edges; edge++, edges >>= 1) {
        if (edges & 1)
            feed_send_to(press->feed, edge, feed_payload_hold(payload));
    }
}

/* Nobody waits for the page of a withdrawn article, and there may be many. */
static bool may_stay_ready(const struct site_print *print)
{
    return print->status != 410;
}

/* What was counted while the page was printed is on the next print. */
static void look_for_touches(struct press *press,
                             const struct site_print *print, int64_t began_us)
{
    for (size_t i = 0; i < print->key_count; i++)
        press_touch_printed(press, print->keys[i], began_us);
}

/* To those who wait and those who hold an older one. Lock held. */
static void deliver(struct press *press, const struct print_job *job,
                    const struct site_print *print, struct str depends,
                    struct feed_payload *payload)
{
    struct sheet *sheet = sheets_find(&press->sheets, job->page_key);
    if (print->keeping == SITE_NOT_KEPT) {
        if (sheet)
            press_drop(press, sheet);
        send_to(press, job->wanted_by, payload);
        return;
    }
    if (sheets_put(&press->sheets, job->page_key, depends, &sheet)) {
        log_error("no memory for a page", LOG_STR("page", job->page_key));
        return; /* those who wait get their time-out; nothing is stale */
    }
    sheet->pinned = (sheet->pinned || job->pinned) && may_stay_ready(print);
    sheet->keeping = print->keeping;
    sheet->held_by |= job->wanted_by;
    if (sheet->pinned)
        sheet->held_by |= press->edges_known;
    bool copy = sheet->pinned && sheet->keeping != SITE_KEPT_IN_BULK;
    sheet_set_payload(sheet, copy ? feed_payload_hold(payload) : NULL);
    send_to(press, sheet->held_by, payload);
}

/* A page that cannot be printed may not stay as it was. Lock held. */
static void give_up(struct press *press, const struct print_job *job)
{
    struct sheet *sheet = sheets_find(&press->sheets, job->page_key);
    if (sheet)
        press_drop(press, sheet);
    DEFER(buf_finish) struct buf text;
    buf_init(&text, PAGE_KEY_BYTES_MAX + 4);
    wire_put_str(&text, job->page_key);
    struct feed_payload *payload =
        buf_err(&text) ? NULL
                       : feed_payload_create(MESSAGE_REFUSE, buf_str(&text));
    if (!payload)
        return;
    send_to(press, job->wanted_by, payload);
    feed_payload_release(payload);
}

static bool is_pinned(struct press *press, const struct print_job *job)
{
    struct sheet *sheet = sheets_find(&press->sheets, job->page_key);
    return job->pinned || (sheet && sheet->pinned);
}

/* Prints once. False when a change overtook it. */
static bool print_once(struct printer *printer, struct print_job *job,
                       struct db *reader)
{
    struct press *press = printer->press;
    struct site_print print = {0};
    struct fault fault = {0};
    struct str depends = STR("");
    struct feed_payload *payload = NULL;
    int64_t began_us = clock_now_us();

    pthread_mutex_lock(&press->lock);
    int64_t since = press->running_since[printer->index] = press->applied_seq;
    bool pinned = is_pinned(press, job);
    /* What is asked for once is not worth the wait for the last tenth. */
    printer->effort = pinned || !job->wanted_by ? COMPRESS_PAGE : COMPRESS_NOW;
    pthread_mutex_unlock(&press->lock);
    uint64_t edition = site_edition(press->config.site);

    arena_reset(&printer->arena);
    enum err err = site_print(press->config.site, reader, job->page_key,
                              &printer->arena, &print, &fault);
    if (!err) {
        depends = join_keys(&printer->arena, &print);
        err = frame(printer, job->page_key, pinned && may_stay_ready(&print),
                    &print, depends);
    }
    if (!err) {
        payload = feed_payload_create(MESSAGE_PAGE, buf_str(&printer->encoded));
        err = payload ? ERR_OK : ERR_NO_MEMORY;
    }
    if (err)
        log_error("a page cannot be printed", LOG_STR("page", job->page_key),
                  LOG_C("cause",
                        fault.message[0] ? fault.message : err_sentence(err)));

    metric_observe(&press->figures.print_seconds, clock_now_us() - began_us);
    if (err)
        atomic_fetch_add(&press->figures.failures, 1);

    pthread_mutex_lock(&press->lock);
    bool overtaken = !err && (is_overtaken(press, since, &print) ||
                              edition != site_edition(press->config.site) ||
                              pinned != is_pinned(press, job));
    if (err)
        give_up(press, job);
    else if (!overtaken)
        deliver(press, job, &print, depends, payload);
    if (!err && !overtaken)
        look_for_touches(press, &print, began_us);
    if (!overtaken)
        finish_job(press, job);
    press->running_since[printer->index] = INT64_MAX;
    pthread_mutex_unlock(&press->lock);
    feed_payload_release(payload);
    return !overtaken;
}

static void print_page(struct printer *printer, struct print_job *job)
{
    struct press *press = printer->press;
    for (bool printed = false; !printed;) {
        DEFER(db_lease_end)
        struct db_lease lease = content_reader(press->config.content);
        printed = print_once(printer, job, lease.db);
    }
}

void *press_run_printer(void *argument)
{
    struct press *press = argument;
    struct printer printer = {.press = press};
    arena_init(&printer.arena, 256 * 1024);
    buf_init(&printer.encoded, ENCODED_BYTES_MAX);
    for (int i = 0; i < PAGE_CODINGS; i++)
        buf_init(&printer.codings[i], ENCODED_BYTES_MAX);

    pthread_mutex_lock(&press->lock);
    printer.index = press->printers_running++;
    struct print_job *job;
    while ((job = next_job(press))) {
        pthread_mutex_unlock(&press->lock);
        print_page(&printer, job);
        pthread_mutex_lock(&press->lock);
    }
    pthread_mutex_unlock(&press->lock);

    for (int i = 0; i < PAGE_CODINGS; i++)
        buf_finish(&printer.codings[i]);
    buf_finish(&printer.encoded);
    arena_finish(&printer.arena);
    return NULL;
}
