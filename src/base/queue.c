// SPDX-License-Identifier: Apache-2.0
#include "base/queue.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/time.h"

enum err queue_init(struct queue *queue, size_t capacity)
{
    assert(queue);
    assert(capacity > 0);
    *queue = (struct queue){.capacity = capacity};
    queue->items = calloc(capacity, sizeof *queue->items);
    if (!queue->items)
        return ERR_NO_MEMORY;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->not_empty, &monotonic);
    pthread_cond_init(&queue->not_full, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return ERR_OK;
}

void queue_finish(struct queue *queue)
{
    if (!queue || !queue->items)
        return;
    pthread_mutex_destroy(&queue->lock);
    pthread_cond_destroy(&queue->not_empty);
    pthread_cond_destroy(&queue->not_full);
    free(queue->items);
    *queue = (struct queue){0};
}

static enum err push(struct queue *queue, void *item, bool wait)
{
    assert(queue);
    enum err err = ERR_OK;
    pthread_mutex_lock(&queue->lock);
    while (wait && !queue->closed && queue->count == queue->capacity)
        pthread_cond_wait(&queue->not_full, &queue->lock);
    if (queue->closed) {
        err = ERR_CLOSED;
    } else if (queue->count == queue->capacity) {
        err = ERR_BUSY;
    } else {
        queue->items[(queue->first + queue->count++) % queue->capacity] = item;
        pthread_cond_signal(&queue->not_empty);
    }
    pthread_mutex_unlock(&queue->lock);
    return err;
}

enum err queue_try_push(struct queue *queue, void *item)
{
    return push(queue, item, false);
}

enum err queue_push(struct queue *queue, void *item)
{
    return push(queue, item, true);
}

static void wait_for_item(struct queue *queue, int64_t timeout_us)
{
    if (timeout_us < 0) {
        while (queue->count == 0 && !queue->closed)
            pthread_cond_wait(&queue->not_empty, &queue->lock);
        return;
    }
    int64_t until = clock_now_us() + timeout_us;
    struct timespec at = {
        .tv_sec = until / TIME_US_PER_SECOND,
        .tv_nsec = until % TIME_US_PER_SECOND * 1000,
    };
    while (queue->count == 0 && !queue->closed) {
        if (pthread_cond_timedwait(&queue->not_empty, &queue->lock, &at) ==
            ETIMEDOUT)
            return;
    }
}

enum err queue_pop(struct queue *queue, int64_t timeout_us, void **ret_item)
{
    assert(queue);
    assert(ret_item);
    enum err err = ERR_OK;
    pthread_mutex_lock(&queue->lock);
    wait_for_item(queue, timeout_us);
    if (queue->count) {
        *ret_item = queue->items[queue->first];
        queue->first = (queue->first + 1) % queue->capacity;
        queue->count--;
        pthread_cond_signal(&queue->not_full);
    } else {
        err = queue->closed ? ERR_CLOSED : ERR_TIMEOUT;
    }
    pthread_mutex_unlock(&queue->lock);
    return err;
}

void queue_close(struct queue *queue)
{
    assert(queue);
    pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    pthread_cond_broadcast(&queue->not_empty);
    pthread_cond_broadcast(&queue->not_full);
    pthread_mutex_unlock(&queue->lock);
}
