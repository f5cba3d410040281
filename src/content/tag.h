// SPDX-License-Identifier: Apache-2.0
/* content/tag.h: topics that articles carry. A tag belongs to one language;
 * tags of one slug are translations of one another. */
#ifndef CONTENT_TAG_H
#define CONTENT_TAG_H

#include <stddef.h>
#include <stdint.h>

#include "base/id.h"
#include "base/str.h"
#include "store/db.h"

struct arena;
struct edit;

enum { TAG_NAME_BYTES_MAX = 120 };

struct tag {
    struct id id;
    struct str language;
    struct str slug; /* unique in its language */
    struct str name;
};

struct tag_list {
    struct tag *tags; /* by name */
    size_t count;
};

/* Adds it or renames it (found by id, else by language and slug; slug "" is
 * made of the name). An old slug redirects. Emits tag:… before and after and,
 * when it was renamed, article:… of those that carry it. */
MUST_USE enum err tag_save(struct edit *edit, const struct tag *tag,
                           struct id *ret_id);

/* Takes it off all articles, too. */
MUST_USE enum err tag_remove(struct edit *edit, const struct id *id);

MUST_USE enum err tag_find(struct db *db, struct str language, struct str slug,
                           struct arena *arena, struct tag *ret_tag);

/* For readers: ERR_NOT_FOUND unless a published article carries it. A tag that
 * only an unpublished one carries would tell of that. */
MUST_USE enum err tag_find_public(struct db *db, struct str language,
                                  struct str slug, struct arena *arena,
                                  struct tag *ret_tag);

/* By its exact name; the oldest of several. */
MUST_USE enum err tag_find_named(struct db *db, struct str language,
                                 struct str name, struct arena *arena,
                                 struct tag *ret_tag);

/* All tags of the language. */
MUST_USE enum err tag_list(struct db *db, struct str language,
                           struct arena *arena, struct tag_list *ret_list);

#endif
