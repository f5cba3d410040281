// SPDX-License-Identifier: Apache-2.0
/* exchange/feed_internal.h: what the files of the reader share. */
#ifndef EXCHANGE_FEED_INTERNAL_H
#define EXCHANGE_FEED_INTERNAL_H

#include "base/arena.h"
#include "base/buf.h"
#include "exchange/feed.h"

enum { FEED_CATEGORIES_MAX = 64, FEED_PEOPLE_MAX = 32 };

struct feed_category {
    struct str slug; /* "" unless Atom's term */
    struct str name;
};

/* An item of RSS or an entry of Atom, as it stands there. */
struct feed_item {
    struct str title, link, id, summary, content;
    struct str published, date, updated, language, source, media_title;
    struct str duration;
    struct story_picture picture;
    struct story_recording recording;
    struct feed_category categories[FEED_CATEGORIES_MAX];
    size_t category_count;
    struct str people[FEED_PEOPLE_MAX];
    size_t person_count;
    int64_t other_files; /* neither of these */
    int64_t number;
    int64_t line;
    struct str too_long; /* the field that is, or "" */
};

/* Gives the item to the sink as a story. */
MUST_USE enum err feed_give(const struct feed_item *item, bool redirects,
                            struct arena *arena, const struct story_sink *sink,
                            struct fault *fault);

#endif
