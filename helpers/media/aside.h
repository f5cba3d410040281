// SPDX-License-Identifier: Apache-2.0
/* helpers/media/aside.h: a thread that does what it is given, one after the
 * other, and is never waited for: what there is no room for is left out. */
#ifndef HELPERS_MEDIA_ASIDE_H
#define HELPERS_MEDIA_ASIDE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* The head of a task, which is memory of malloc. */
struct aside_task {
    struct aside_task *next;
    size_t bytes; /* that it takes, as its giver counts them */
};

typedef void aside_work(void *context, struct aside_task *task);

struct aside {
    pthread_mutex_t mutex; /* also for what the thread has made */
    pthread_cond_t wanted;
    pthread_t thread;
    aside_work *work;
    void *context;
    struct aside_task *first, *last;
    size_t bytes; /* of those that wait */
    bool is_ending;
};

/* Tasks are freed after work. ERR_NO_MEMORY: no thread; nothing is to be ended.
 */
MUST_USE enum err aside_start(struct aside *aside, aside_work *work,
                              void *context);

/* After the task it is at; the others are freed. */
void aside_end(struct aside *aside);

/* Takes the task over. False, and it is freed: with it more than bytes_max
 * would wait. */
bool aside_give(struct aside *aside, struct aside_task *task, size_t bytes_max);

#endif
