// SPDX-License-Identifier: Apache-2.0
/* content/redirect.h: old paths of the site and where they went. Articles need
 * none: their id decides. */
#ifndef CONTENT_REDIRECT_H
#define CONTENT_REDIRECT_H

#include <stddef.h>

#include "base/str.h"
#include "store/db.h"

struct arena;
struct edit;

enum { REDIRECT_BYTES_MAX = 2048 };

struct redirect {
    struct str path;   /* "/en/politics" */
    struct str target; /* a path, or an address elsewhere */
};

struct redirect_list {
    struct redirect *redirects; /* by path */
    size_t count;
};

/* ERR_NOT_FOUND when path never moved. A path that ends with a slash is found
 * as the one without, too: other systems write theirs so. */
MUST_USE enum err redirect_find(struct db *db, struct str path,
                                struct arena *arena, struct str *ret_target);

/* Adds or replaces. What led to path now leads to target at once. ERR_INVALID
 * for a circle. Emits redirect:<path>. */
MUST_USE enum err redirect_save(struct edit *edit, struct str path,
                                struct str target);

/* Fine when there is none. */
MUST_USE enum err redirect_remove(struct edit *edit, struct str path);

MUST_USE enum err redirect_list(struct db *db, struct arena *arena,
                                struct redirect_list *ret_list);

#endif
