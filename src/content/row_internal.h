// SPDX-License-Identifier: Apache-2.0
/* content/row_internal.h: columns of our own types. */
#ifndef CONTENT_ROW_INTERNAL_H
#define CONTENT_ROW_INTERNAL_H

#include "base/arena.h"
#include "base/id.h"
#include "store/db.h"

/* None for NULL. */
static inline struct id row_id(const struct db_query *query, int column)
{
    struct id id = {0};
    if (id_parse(db_column_peek(query, column), &id))
        return (struct id){0};
    return id;
}

/* DB_ID(&id) binds an id, DB_ID_OR_NULL one that may be none. */
#define DB_ID(id_) DB_STR(id_str(id_))
#define DB_ID_OR_NULL(id_) DB_STR_OR_NULL(id_str(id_))

/* Rows of a list whose length is not known beforehand: room for one more in an
 * array of the arena, which doubles. count must be what the array holds. */
static inline void *row_more(struct arena *arena, void *rows, size_t count,
                             size_t bytes)
{
    if (count & (count - 1) || (count && count < 8))
        return rows;
    if (!count)
        return arena_alloc_array(arena, 8, bytes, alignof(max_align_t));
    void *more =
        arena_alloc_array(arena, count * 2, bytes, alignof(max_align_t));
    memcpy(more, rows, count * bytes);
    return more;
}

#define ROW_ADD(arena, rows, count) \
    (*((rows) = row_more(arena, rows, count, sizeof *(rows)), \
       &(rows)[(count)++]))

#endif
