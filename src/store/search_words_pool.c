// SPDX-License-Identifier: Apache-2.0
#include "store/search_words_pool.h"

#include <pthread.h>

enum {
    KEPT_MAX = 16, /* of about 1.6 MiB each */
    LANGUAGE_BYTES = 36,
};

struct kept_words {
    char language[LANGUAGE_BYTES];
    struct search_words *words; /* NULL: the place is free */
};

static struct kept_words kept[KEPT_MAX];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

enum err search_words_borrow(struct str language,
                             struct search_words **ret_words)
{
    struct search_words *found = NULL;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; !found && i < KEPT_MAX; i++) {
        if (!kept[i].words || !str_eq(str_from_c(kept[i].language), language))
            continue;
        found = kept[i].words;
        kept[i].words = NULL;
    }
    pthread_mutex_unlock(&lock);
    if (!found)
        return search_words_create(language, ret_words);
    *ret_words = found;
    return ERR_OK;
}

void search_words_give_back(struct str language, struct search_words *words)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; words && i < KEPT_MAX; i++) {
        if (kept[i].words ||
            str_to_c(language, kept[i].language, LANGUAGE_BYTES))
            continue;
        kept[i].words = words;
        words = NULL;
    }
    pthread_mutex_unlock(&lock);
    search_words_destroy(words);
}
