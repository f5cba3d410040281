// SPDX-License-Identifier: Apache-2.0
/* content/import_item.h: what was imported from where, so that an import can be
 * repeated: the foreign system's name for a thing, and what it is here. A row
 * is written in the transaction that writes the thing itself. */
#ifndef CONTENT_IMPORT_ITEM_H
#define CONTENT_IMPORT_ITEM_H

#include <stdint.h>

#include "base/id.h"
#include "base/str.h"
#include "store/db.h"

struct arena;
struct edit;

/* clang-format off */
#define IMPORT_KINDS(X) \
    X(ARTICLE,  "article") \
    X(STORY,    "story")    /* what translations share */ \
    X(MEDIUM,   "medium") \
    X(PERSON,   "person") \
    X(CATEGORY, "category")
/* clang-format on */

enum import_kind {
#define X(kind, name) IMPORT_KIND_##kind,
    IMPORT_KINDS(X)
#undef X
};

enum { IMPORT_FOREIGN_BYTES_MAX = 2048 };

/* Names a thing of another system. */
struct import_key {
    struct str source; /* "wxr https://old.example" */
    enum import_kind kind;
    struct str foreign; /* "1234" */
};

struct import_item {
    struct id id;      /* what it is here */
    struct str digest; /* of what was imported; "" where nobody asks */
    int64_t revision;  /* of an article: the one that the import made */
    struct str state;  /* of an article: as the import left it */
};

/* ERR_NOT_FOUND when it never came. */
MUST_USE enum err import_item_find(struct db *db, const struct import_key *key,
                                   struct arena *arena,
                                   struct import_item *ret_item);

/* Adds or replaces. ERR_TOO_LONG for a foreign name that does not fit. */
MUST_USE enum err import_item_save(struct edit *edit,
                                   const struct import_key *key,
                                   const struct import_item *item);

#endif
