// SPDX-License-Identifier: Apache-2.0
/* content/category.h: the sections of the newspaper: a tree, named and slugged
 * in each language. A category without a name in a language does not exist
 * there. */
#ifndef CONTENT_CATEGORY_H
#define CONTENT_CATEGORY_H

#include <stddef.h>
#include <stdint.h>

#include "base/id.h"
#include "base/str.h"
#include "store/db.h"

struct arena;
struct edit;

enum {
    CATEGORY_DEPTH_MAX = 4,
    CATEGORY_NAME_BYTES_MAX = 200,
    CATEGORY_DESCRIPTION_BYTES_MAX = 1000,
};

/* A category as one language sees it. */
struct category {
    struct id id;
    struct id parent; /* none: a section */
    int64_t position; /* among its siblings */
    int64_t depth;    /* 0: a section */
    struct str language;
    struct str slug;
    struct str path; /* slugs from the root: "economy/land"; unique */
    struct str name;
    struct str description;
};

struct category_list {
    struct category *categories;
    size_t count;
};

/* What one language calls it. */
struct category_name {
    struct str language;
    struct str slug; /* "" is made of the name */
    struct str name;
    struct str description;
};

struct category_input {
    struct id id;     /* none: a new one */
    struct id parent; /* none: a section */
    int64_t position;
    const struct category_name *names; /* at least one; those left out go */
    size_t name_count;
};

/* Adds or changes it, with all its names. Slugs are unique among siblings; a
 * child may have names only in the languages of its parent. Old paths redirect
 * to new ones. Emits categories and category:… of it, what is below it, and
 * its parents before and after. */
MUST_USE enum err category_save(struct edit *edit,
                                const struct category_input *input,
                                struct id *ret_id);

/* ERR_CONFLICT while it has articles or children. */
MUST_USE enum err category_remove(struct edit *edit, const struct id *id);

/* The whole tree: parents before their children, siblings by position. */
MUST_USE enum err category_tree(struct db *db, struct str language,
                                struct arena *arena,
                                struct category_list *ret_list);

/* By its path, "economy/land". */
MUST_USE enum err category_find(struct db *db, struct str language,
                                struct str path, struct arena *arena,
                                struct category *ret_category);
MUST_USE enum err category_load(struct db *db, struct str language,
                                const struct id *id, struct arena *arena,
                                struct category *ret_category);

/* From the section down to the category itself. */
MUST_USE enum err category_trail(struct db *db, struct str language,
                                 const struct id *id, struct arena *arena,
                                 struct category_list *ret_list);

/* The same category in every language it has a name in. */
MUST_USE enum err category_translations(struct db *db, const struct id *id,
                                        struct arena *arena,
                                        struct category_list *ret_list);

#endif
