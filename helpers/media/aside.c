// SPDX-License-Identifier: Apache-2.0
#include "aside.h"

#include <stdlib.h>

static struct aside_task *next_task(struct aside *aside)
{
    pthread_mutex_lock(&aside->mutex);
    while (!aside->first && !aside->is_ending)
        pthread_cond_wait(&aside->wanted, &aside->mutex);
    struct aside_task *task = aside->is_ending ? NULL : aside->first;
    if (task) {
        aside->first = task->next;
        if (!aside->first)
            aside->last = NULL;
        aside->bytes -= task->bytes;
    }
    pthread_mutex_unlock(&aside->mutex);
    return task;
}

static void *run(void *context)
{
    struct aside *aside = context;
    struct aside_task *task;
    while ((task = next_task(aside))) {
        aside->work(aside->context, task);
        free(task);
    }
    return NULL;
}

enum err aside_start(struct aside *aside, aside_work *work, void *context)
{
    *aside = (struct aside){.work = work, .context = context};
    pthread_mutex_init(&aside->mutex, NULL);
    pthread_cond_init(&aside->wanted, NULL);
    if (pthread_create(&aside->thread, NULL, run, aside) == 0)
        return ERR_OK;
    pthread_mutex_destroy(&aside->mutex);
    pthread_cond_destroy(&aside->wanted);
    return ERR_NO_MEMORY;
}

void aside_end(struct aside *aside)
{
    pthread_mutex_lock(&aside->mutex);
    aside->is_ending = true;
    pthread_cond_signal(&aside->wanted);
    pthread_mutex_unlock(&aside->mutex);
    pthread_join(aside->thread, NULL);
    while (aside->first) {
        struct aside_task *task = aside->first;
        aside->first = task->next;
        free(task);
    }
    pthread_mutex_destroy(&aside->mutex);
    pthread_cond_destroy(&aside->wanted);
}

bool aside_give(struct aside *aside, struct aside_task *task, size_t bytes_max)
{
    task->next = NULL;
    pthread_mutex_lock(&aside->mutex);
    bool fits =
        task->bytes <= bytes_max && aside->bytes <= bytes_max - task->bytes;
    if (fits) {
        *(aside->last ? &aside->last->next : &aside->first) = task;
        aside->last = task;
        aside->bytes += task->bytes;
        pthread_cond_signal(&aside->wanted);
    }
    pthread_mutex_unlock(&aside->mutex);
    if (!fits)
        free(task);
    return fits;
}
