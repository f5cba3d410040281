// SPDX-License-Identifier: Apache-2.0
/* site/site_internal.h: what the files of the site share. */
#ifndef SITE_SITE_INTERNAL_H
#define SITE_SITE_INTERNAL_H

#include <pthread.h>

#include "base/arena.h"
#include "site/look.h"
#include "site/site.h"

struct image_helper;
struct locales;

struct site {
    struct content *content;
    const char *folder; /* of the theme's overrides, or NULL */
    bool is_static;     /* see site_be_static */
    struct arena arena;
    struct locales *locales;

    struct image_helper *cards; /* NULL when nobody draws them */
    pthread_mutex_t cards_lock;

    pthread_mutex_t lock; /* what follows */
    struct look *look;
    uint64_t stamp; /* of the folder when look was loaded */
    uint64_t edition;
    struct fault theme_error; /* of the folder as it is; ERR_OK when none */
};

/* The look in use, to be released with look_release. */
struct look *site_hold_look(struct site *site);

#endif
