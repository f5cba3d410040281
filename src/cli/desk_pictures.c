// SPDX-License-Identifier: Apache-2.0
#include "cli/desk_pictures.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/time.h"
#include "content/content.h"
#include "content/picture.h"
#include "content/settings.h"

enum {
    LOOK_EVERY_MS = 1000,
    MADE_IN_A_ROW = 8, /* before it is asked again which are the newest */
    AFTER_FAILURE_MS = 60 * 1000,
    HURRIED_MAX = 256,
    WAITERS_MAX = 3, /* a few of the desk's workers: others have work to do */
};

struct desk_pictures {
    struct content *content;
    struct image_helper *helper;
    pthread_t thread;
    int64_t made; /* since there was nothing to do */

    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t wake;  /* of the thread: there is something for it */
    pthread_cond_t done;  /* of those who wait: a hurried one is */
    bool stopping;
    struct id hurried[HURRIED_MAX]; /* in order; the first may be making */
    size_t hurried_count;
    int waiters;
    struct id making; /* or none */
    size_t making_done, making_total;
};

static bool is_stopping(struct desk_pictures *pictures)
{
    pthread_mutex_lock(&pictures->lock);
    bool stopping = pictures->stopping;
    pthread_mutex_unlock(&pictures->lock);
    return stopping;
}

static void log_failure(const char *what, const struct id *id,
                        const struct fault *fault)
{
    log_error(what, LOG_C("picture", id ? id->text : ""),
              LOG_C("cause", fault_text(fault)));
}

static void on_progress(void *context, size_t done, size_t total)
{
    struct desk_pictures *pictures = context;
    pthread_mutex_lock(&pictures->lock);
    pictures->making_done = done;
    pictures->making_total = total;
    pthread_mutex_unlock(&pictures->lock);
}

static void set_making(struct desk_pictures *pictures, struct id id)
{
    pthread_mutex_lock(&pictures->lock);
    pictures->making = id;
    pictures->making_done = pictures->making_total = 0;
    pthread_mutex_unlock(&pictures->lock);
}

/* Errors of the picture are put down with it; others are of the newspaper. */
static enum err make_one(struct desk_pictures *pictures, const struct id *id)
{
    struct fault fault = {0};
    struct picture_work work = {
        .content = pictures->content,
        .helper = pictures->helper,
        .actor = STR("pictures"),
        .progress = on_progress,
        .context = pictures,
    };
    set_making(pictures, *id);
    enum err err = picture_make(&work, id, &fault);
    set_making(pictures, (struct id){0});
    if (is_stopping(pictures))
        return ERR_OK;
    if (!err)
        pictures->made++;
    else if (err != ERR_CONFLICT)
        log_failure("a picture is left as it came", id, &fault);
    bool of_newspaper = err == ERR_IO || err == ERR_FULL || err == ERR_BUSY ||
                        err == ERR_NO_MEMORY;
    return of_newspaper ? err : ERR_OK;
}

static enum err read_waiting(struct desk_pictures *pictures,
                             struct arena *arena, struct picture_ids *ret_ids)
{
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(pictures->content);
    struct fault fault = {0};
    struct settings settings;
    enum err err = settings_load(lease.db, STR(""), arena, &settings);
    if (!err && settings.make_pictures)
        err = picture_waiting(lease.db, MADE_IN_A_ROW, arena, ret_ids);
    if (err)
        log_failure("it cannot be read which pictures are to be made", NULL,
                    (db_fault(lease.db, err, &fault), &fault));
    return err;
}

static bool first_hurried(struct desk_pictures *pictures, struct id *ret_id)
{
    pthread_mutex_lock(&pictures->lock);
    bool found = pictures->hurried_count > 0;
    if (found)
        *ret_id = pictures->hurried[0];
    pthread_mutex_unlock(&pictures->lock);
    return found;
}

static void end_first_hurried(struct desk_pictures *pictures)
{
    pthread_mutex_lock(&pictures->lock);
    memmove(pictures->hurried, pictures->hurried + 1,
            --pictures->hurried_count * sizeof *pictures->hurried);
    pthread_cond_broadcast(&pictures->done);
    pthread_mutex_unlock(&pictures->lock);
}

/* Whoever waits for one hears that it was tried; its state tells the rest. */
static enum err make_hurried(struct desk_pictures *pictures)
{
    struct id id;
    enum err err = ERR_OK;
    while (!err && !is_stopping(pictures) && first_hurried(pictures, &id)) {
        err = make_one(pictures, &id);
        end_first_hurried(pictures);
    }
    return err;
}

/* *ret_more: there was something to do. */
static enum err make_some(struct desk_pictures *pictures, bool *ret_more)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct picture_ids ids = {0};
    enum err err = make_hurried(pictures);
    if (!err)
        err = read_waiting(pictures, &arena, &ids);
    *ret_more = ids.count > 0;
    for (size_t i = 0; !err && i < ids.count && !is_stopping(pictures); i++) {
        err = make_one(pictures, &ids.ids[i]);
        if (!err)
            err = make_hurried(pictures);
    }
    if (!ids.count && pictures->made) {
        log_info("pictures are made", LOG_INT("count", pictures->made));
        pictures->made = 0;
    }
    return err;
}

static struct timespec in_us(int64_t wait_us)
{
    int64_t until_us = clock_now_us() + wait_us;
    return (struct timespec){
        .tv_sec = until_us / TIME_US_PER_SECOND,
        .tv_nsec = until_us % TIME_US_PER_SECOND * 1000,
    };
}

static bool wait_a_while(struct desk_pictures *pictures, int64_t wait_ms)
{
    struct timespec until = in_us(wait_ms * 1000);
    pthread_mutex_lock(&pictures->lock);
    while (!pictures->stopping && !pictures->hurried_count &&
           !pthread_cond_timedwait(&pictures->wake, &pictures->lock, &until))
        ;
    bool stopping = pictures->stopping;
    pthread_mutex_unlock(&pictures->lock);
    return !stopping;
}

static void *run(void *argument)
{
    struct desk_pictures *pictures = argument;
    bool more;
    int64_t wait_ms;
    do {
        enum err err = make_some(pictures, &more);
        wait_ms = err ? AFTER_FAILURE_MS : more ? 0 : LOOK_EVERY_MS;
    } while (wait_a_while(pictures, wait_ms));
    return NULL;
}

enum err desk_pictures_start(struct content *content, const char *program,
                             struct desk_pictures **ret_pictures)
{
    assert(content && ret_pictures);
    *ret_pictures = NULL;
    if (!program) {
        log_warn("broadsheet-image is not installed: pictures are shown as "
                 "they came");
        return ERR_OK;
    }
    struct desk_pictures *pictures = calloc(1, sizeof *pictures);
    if (!pictures)
        return ERR_NO_MEMORY;
    pictures->content = content;
    pictures->helper = image_helper_create(program, true);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&pictures->lock, NULL);
    pthread_cond_init(&pictures->wake, &monotonic);
    pthread_cond_init(&pictures->done, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (!pictures->helper ||
        pthread_create(&pictures->thread, NULL, run, pictures)) {
        image_helper_destroy(pictures->helper);
        free(pictures);
        return ERR_NO_MEMORY;
    }
    *ret_pictures = pictures;
    return ERR_OK;
}

/* ---- From other threads ----------------------------------------------------
 */

static bool is_hurried(const struct desk_pictures *pictures,
                       const struct id *id)
{
    for (size_t i = 0; i < pictures->hurried_count; i++)
        if (str_eq(id_str(&pictures->hurried[i]), id_str(id)))
            return true;
    return false;
}

static bool any_hurried(const struct desk_pictures *pictures,
                        const struct picture_ids *ids)
{
    for (size_t i = 0; i < ids->count; i++)
        if (is_hurried(pictures, &ids->ids[i]))
            return true;
    return false;
}

static void wait_for(struct desk_pictures *pictures,
                     const struct picture_ids *ids, int64_t wait_us)
{
    struct timespec until = in_us(wait_us);
    pictures->waiters++;
    while (!pictures->stopping && any_hurried(pictures, ids) &&
           !pthread_cond_timedwait(&pictures->done, &pictures->lock, &until))
        ;
    pictures->waiters--;
}

void desk_pictures_hurry(struct desk_pictures *pictures,
                         const struct picture_ids *ids, int64_t wait_us)
{
    assert(pictures && ids && wait_us >= 0);
    pthread_mutex_lock(&pictures->lock);
    for (size_t i = 0; i < ids->count && pictures->hurried_count < HURRIED_MAX;
         i++) {
        if (!is_hurried(pictures, &ids->ids[i]))
            pictures->hurried[pictures->hurried_count++] = ids->ids[i];
    }
    pthread_cond_signal(&pictures->wake);
    if (wait_us && pictures->waiters < WAITERS_MAX)
        wait_for(pictures, ids, wait_us);
    pthread_mutex_unlock(&pictures->lock);
}

bool desk_pictures_progress(struct desk_pictures *pictures, const struct id *id,
                            size_t *ret_done, size_t *ret_total)
{
    assert(pictures && id && ret_done && ret_total);
    pthread_mutex_lock(&pictures->lock);
    bool making = str_eq(id_str(&pictures->making), id_str(id));
    *ret_done = pictures->making_done;
    *ret_total = pictures->making_total;
    pthread_mutex_unlock(&pictures->lock);
    return making;
}

void desk_pictures_ask_end(struct desk_pictures *pictures)
{
    if (!pictures)
        return;
    pthread_mutex_lock(&pictures->lock);
    pictures->stopping = true;
    pthread_cond_signal(&pictures->wake);
    pthread_cond_broadcast(&pictures->done);
    pthread_mutex_unlock(&pictures->lock);
    image_helper_cancel(pictures->helper);
}

void desk_pictures_stop(struct desk_pictures *pictures)
{
    if (!pictures)
        return;
    desk_pictures_ask_end(pictures);
    pthread_join(pictures->thread, NULL);
    image_helper_destroy(pictures->helper);
    pthread_mutex_destroy(&pictures->lock);
    pthread_cond_destroy(&pictures->wake);
    pthread_cond_destroy(&pictures->done);
    free(pictures);
}
