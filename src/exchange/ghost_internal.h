// SPDX-License-Identifier: Apache-2.0
/* exchange/ghost_internal.h: what the files of the reader share. */
#ifndef EXCHANGE_GHOST_INTERNAL_H
#define EXCHANGE_GHOST_INTERNAL_H

#include <jansson.h>

#include "base/arena.h"
#include "base/map.h"
#include "exchange/ghost.h"

struct ghost_tag {
    struct str name;
    struct str slug;
    bool is_internal; /* "#newsletter": not for readers */
};

/* A tag or a person of a post, in order. */
struct ghost_link {
    struct str id;
    int64_t order;
    struct ghost_link *next;
};

struct ghost_meta {
    struct str title;
    struct str description;
    struct str image_alt;
    struct str image_caption;
};

struct ghost_index {
    struct arena arena;
    struct str language;
    bool is_ghost;      /* some of it is Ghost's own */
    struct map tags;    /* id → struct ghost_tag */
    struct map people;  /* id → struct story_person */
    struct map tagged;  /* id of a post → its first struct ghost_link */
    struct map written; /* likewise */
    struct map meta;    /* id of a post → struct ghost_meta */
};

/* A member as text: strings as they are, whole numbers by their digits; "" for
 * all else. Borrowed from the row, or in arena. */
struct str ghost_text(const json_t *row, const char *name, struct arena *arena);

/* A row of posts, as a story, to the sink; or what it is instead. */
MUST_USE enum err ghost_give(const struct ghost_index *index, const json_t *row,
                             int64_t number, int64_t line, bool pages,
                             struct arena *arena, const struct story_sink *sink,
                             struct fault *fault);

#endif
