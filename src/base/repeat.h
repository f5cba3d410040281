// SPDX-License-Identifier: Apache-2.0
/* base/repeat.h: a thread that does a piece of work, waits, and does it again
 * until it is stopped. */
#ifndef BASE_REPEAT_H
#define BASE_REPEAT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* Returns how long to wait before the next time, in microseconds. */
typedef int64_t repeat_work(void *context);

struct repeat {
    repeat_work *work;
    void *context;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t end;
    bool stopping;
};

/* repeat stays where it is until repeat_stop. ERR_NO_MEMORY when the system
 * gives no thread; nothing is to be stopped then. */
MUST_USE enum err repeat_start(struct repeat *repeat, repeat_work *work,
                               void *context);

/* Whether work that takes long should come to an end. */
bool repeat_is_stopping(struct repeat *repeat);

/* Cuts the waiting short, and waits for the work. */
void repeat_stop(struct repeat *repeat);

#endif
