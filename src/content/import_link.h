// SPDX-License-Identifier: Apache-2.0
/* content/import_link.h: links in imported articles to stories of their old
 * site that had not come yet. They wait until one comes that had the address;
 * then their articles are due: to be saved anew, with links that lead there.
 *
 * All of it is written in the transactions of the import, so that one that was
 * killed knows. What never comes waits for good, and costs nothing but its
 * row. */
#ifndef CONTENT_IMPORT_LINK_H
#define CONTENT_IMPORT_LINK_H

#include <stddef.h>
#include <stdint.h>

#include "base/id.h"
#include "base/str.h"
#include "content/import_item.h"
#include "store/db.h"

struct arena;
struct edit;

/* Whose body has links that wait. */
struct import_linking {
    struct id article;
    struct import_key key; /* the story that it was */
};

/* A link to path waits. host is whose path that is: "old.example", or "" when
 * the link is a path alone. Waiting twice is once. */
MUST_USE enum err import_link_wait(struct edit *edit,
                                   const struct import_linking *linking,
                                   struct str path, struct str host);

/* Something is at path now: who waited for it is due. */
MUST_USE enum err import_link_arrive(struct edit *edit, struct str path);

/* How many articles are due. */
MUST_USE enum err import_link_count_due(struct db *db, int64_t *ret_count);

/* The first one, by its id, and the hosts of the links that are to lead
 * somewhere; all in arena. ERR_NOT_FOUND when none is due. */
struct import_due {
    struct import_linking linking;
    struct str *hosts;
    size_t host_count;
};
MUST_USE enum err import_link_next_due(struct db *db, struct arena *arena,
                                       struct import_due *ret_due);

/* It is due no more. */
MUST_USE enum err import_link_settle(struct edit *edit,
                                     const struct id *article);

#endif
