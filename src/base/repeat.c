// SPDX-License-Identifier: Apache-2.0
#include "base/repeat.h"

#include <assert.h>
#include <time.h>

#include "base/time.h"

/* False when it is to end. */
static bool wait_a_while(struct repeat *repeat, int64_t wait_us)
{
    int64_t until_us = clock_now_us() + wait_us;
    struct timespec until = {
        .tv_sec = until_us / TIME_US_PER_SECOND,
        .tv_nsec = until_us % TIME_US_PER_SECOND * 1000,
    };
    pthread_mutex_lock(&repeat->lock);
    while (!repeat->stopping &&
           !pthread_cond_timedwait(&repeat->end, &repeat->lock, &until))
        ;
    bool goes_on = !repeat->stopping;
    pthread_mutex_unlock(&repeat->lock);
    return goes_on;
}

static void *run(void *argument)
{
    struct repeat *repeat = argument;
    while (wait_a_while(repeat, repeat->work(repeat->context)))
        ;
    return NULL;
}

enum err repeat_start(struct repeat *repeat, repeat_work *work, void *context)
{
    assert(work);
    *repeat = (struct repeat){.work = work, .context = context};
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&repeat->lock, NULL);
    pthread_cond_init(&repeat->end, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (!pthread_create(&repeat->thread, NULL, run, repeat))
        return ERR_OK;
    pthread_cond_destroy(&repeat->end);
    pthread_mutex_destroy(&repeat->lock);
    return ERR_NO_MEMORY;
}

bool repeat_is_stopping(struct repeat *repeat)
{
    pthread_mutex_lock(&repeat->lock);
    bool stopping = repeat->stopping;
    pthread_mutex_unlock(&repeat->lock);
    return stopping;
}

void repeat_stop(struct repeat *repeat)
{
    pthread_mutex_lock(&repeat->lock);
    repeat->stopping = true;
    pthread_cond_signal(&repeat->end);
    pthread_mutex_unlock(&repeat->lock);
    pthread_join(repeat->thread, NULL);
    pthread_cond_destroy(&repeat->end);
    pthread_mutex_destroy(&repeat->lock);
}
