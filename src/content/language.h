// SPDX-License-Identifier: Apache-2.0
/* content/language.h: the languages the newspaper appears in. */
#ifndef CONTENT_LANGUAGE_H
#define CONTENT_LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "store/db.h"

struct arena;
struct edit;

struct language {
    struct str code; /* BCP 47 in lower case, as in addresses: "en", "ka" */
    struct str name; /* in itself: "ქართული"; "" is filled in by save */
    bool rtl;        /* written from right to left; set by save */
    int64_t position; /* the order they are offered in */
};

struct language_list {
    struct language *languages; /* in their order */
    size_t count;
};

/* Adds it or changes its name and position. Emits languages. ERR_INVALID for a
 * code that no language has. */
MUST_USE enum err language_save(struct edit *edit,
                                const struct language *language);

/* ERR_CONFLICT while articles are in it or it is the default. */
MUST_USE enum err language_remove(struct edit *edit, struct str code);

MUST_USE enum err language_list(struct db *db, struct arena *arena,
                                struct language_list *ret_list);
MUST_USE enum err language_find(struct db *db, struct str code,
                                struct arena *arena,
                                struct language *ret_language);

#endif
