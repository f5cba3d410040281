// SPDX-License-Identifier: Apache-2.0
/* base/queue.h: a bounded first-in first-out queue of pointers between
 * threads, any number on either side. */
#ifndef BASE_QUEUE_H
#define BASE_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t not_empty;
    pthread_cond_t not_full;
    void **items; /* a ring */
    size_t capacity;
    size_t first;
    size_t count;
    bool closed;
};

MUST_USE enum err queue_init(struct queue *queue, size_t capacity);

/* No thread may be inside. Items left over are the caller's. */
void queue_finish(struct queue *queue);

/* Never waits: ERR_BUSY when it is full, ERR_CLOSED after queue_close. */
MUST_USE enum err queue_try_push(struct queue *queue, void *item);

/* Waits for room. ERR_CLOSED after queue_close. */
MUST_USE enum err queue_push(struct queue *queue, void *item);

/* Waits for an item, timeout_us < 0 for ever. ERR_TIMEOUT, or ERR_CLOSED when
 * it was closed and is empty. */
MUST_USE enum err queue_pop(struct queue *queue, int64_t timeout_us,
                            void **ret_item);

/* Nothing more goes in; what is inside can still be taken. */
void queue_close(struct queue *queue);

#endif
