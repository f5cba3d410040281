// SPDX-License-Identifier: Apache-2.0
/* What an index costs is half finding words and half keeping them. Keeping has
 * to be done by the one who writes; the words of what is about to be written
 * can be found by somebody else meanwhile. */
#include <pthread.h>
#include <stdlib.h>

#include "content/search_internal.h"
#include "store/search_words_pool.h"

enum { FROM = 16 }; /* articles of an edit, from which a thread is worth it */

enum state {
    PLAIN,   /* texts as they are */
    WAITING, /* to be taken by either thread */
    TAKEN,
    MADE, /* terms */
};

struct stemming {
    struct stemming *next;
    struct str language;
    struct search_words *words;
};

struct search_ahead {
    pthread_t thread;
    pthread_mutex_t lock; /* guards the states and what follows */
    pthread_cond_t changed;
    struct search_write *first, *last;
    bool ending;

    /* The thread's own; the terms in it belong to whom they are MADE for. */
    struct arena arena;
    struct stemming *stemmings;
};

/* ---- The thread ------------------------------------------------------------
 */

/* NULL when there is no memory. */
static struct search_words *words_of(struct search_ahead *ahead,
                                     struct str language)
{
    struct stemming *stemming = ahead->stemmings;
    while (stemming && !str_eq(stemming->language, language))
        stemming = stemming->next;
    if (stemming)
        return stemming->words;
    struct search_words *words;
    if (search_words_borrow(language, &words))
        return NULL;
    stemming = arena_new(&ahead->arena, struct stemming);
    *stemming = (struct stemming){ahead->stemmings, language, words};
    ahead->stemmings = stemming;
    return words;
}

/* A column whose terms do not fit stays the text that it is. */
static void make_terms(struct search_ahead *ahead, struct search_write *write)
{
    struct search_words *words = words_of(ahead, write->language);
    DEFER(buf_finish) struct buf terms;
    buf_init(&terms, 4 * (size_t)SEARCH_BODY_BYTES_MAX);
    for (size_t i = 0; words && i < SEARCH_COLUMNS; i++) {
        buf_reset(&terms);
        search_words_write_terms(words, write->columns[i], &terms);
        if (!buf_err(&terms))
            write->columns[i] = arena_copy(&ahead->arena, buf_str(&terms));
    }
}

static struct search_write *take(struct search_ahead *ahead)
{
    struct search_write *write = ahead->first;
    ahead->first = write->next_ahead;
    if (write->ahead != WAITING)
        return NULL;
    write->ahead = TAKEN;
    return write;
}

static void *run(void *argument)
{
    struct search_ahead *ahead = argument;
    pthread_mutex_lock(&ahead->lock);
    while (!ahead->ending) {
        struct search_write *write = ahead->first ? take(ahead) : NULL;
        if (write) {
            pthread_mutex_unlock(&ahead->lock);
            make_terms(ahead, write);
            pthread_mutex_lock(&ahead->lock);
            write->ahead = MADE;
            pthread_cond_broadcast(&ahead->changed);
        } else if (!ahead->first) {
            pthread_cond_wait(&ahead->changed, &ahead->lock);
        }
    }
    pthread_mutex_unlock(&ahead->lock);
    return NULL;
}

/* ---- The edit --------------------------------------------------------------
 */

static void destroy(struct search_ahead *ahead)
{
    for (struct stemming *s = ahead->stemmings; s; s = s->next)
        search_words_give_back(s->language, s->words);
    arena_finish(&ahead->arena);
    pthread_cond_destroy(&ahead->changed);
    pthread_mutex_destroy(&ahead->lock);
    free(ahead);
}

/* Without a thread the index finds the words itself. */
static void start(struct edit *edit)
{
    struct search_ahead *ahead = calloc(1, sizeof *ahead);
    if (!ahead)
        return;
    pthread_mutex_init(&ahead->lock, NULL);
    pthread_cond_init(&ahead->changed, NULL);
    arena_init(&ahead->arena, 256 * 1024);
    if (pthread_create(&ahead->thread, NULL, run, ahead))
        destroy(ahead);
    else
        edit->search_ahead = ahead;
}

void search_ahead_note(struct edit *edit, struct search_write *write)
{
    write->ahead = PLAIN;
    if (write->order < FROM)
        return;
    if (!edit->search_ahead)
        start(edit);
    struct search_ahead *ahead = edit->search_ahead;
    if (!ahead)
        return;
    pthread_mutex_lock(&ahead->lock);
    write->ahead = WAITING;
    *(ahead->first ? &ahead->last->next_ahead : &ahead->first) = write;
    ahead->last = write;
    pthread_cond_broadcast(&ahead->changed);
    pthread_mutex_unlock(&ahead->lock);
}

void search_ahead_wait(struct edit *edit, struct search_write *write)
{
    struct search_ahead *ahead = edit->search_ahead;
    if (!ahead)
        return;
    pthread_mutex_lock(&ahead->lock);
    while (write->ahead == TAKEN)
        pthread_cond_wait(&ahead->changed, &ahead->lock);
    if (write->ahead == WAITING)
        write->ahead = PLAIN; /* sooner done here than waited for */
    pthread_mutex_unlock(&ahead->lock);
}

void search_ahead_end(struct edit *edit)
{
    struct search_ahead *ahead = edit->search_ahead;
    edit->search_ahead = NULL;
    if (!ahead)
        return;
    pthread_mutex_lock(&ahead->lock);
    ahead->ending = true;
    pthread_cond_broadcast(&ahead->changed);
    pthread_mutex_unlock(&ahead->lock);
    pthread_join(ahead->thread, NULL);
    destroy(ahead);
}
