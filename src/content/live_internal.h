// SPDX-License-Identifier: Apache-2.0
/* content/live_internal.h: what an article takes along of its posts. */
#ifndef CONTENT_LIVE_INTERNAL_H
#define CONTENT_LIVE_INTERNAL_H

#include "base/buf.h"
#include "base/id.h"
#include "content/edit_internal.h"

/* Adds the media of an article's posts to those of the article. */
MUST_USE enum err live_apply_media(struct edit *edit, const struct id *article);

/* Has the search index hold the posts as they are now: to be called when the
 * old words are out, before live_write_indexed tells the new ones. */
MUST_USE enum err live_set_indexed(struct edit *edit, const struct id *article);

/* Appends the texts of the posts that the search index holds, which may differ
 * from what they say now. Nothing for an article that is no live blog. */
MUST_USE enum err live_write_indexed(struct db *db, const struct id *article,
                                     struct arena *arena, struct buf *out);

#endif
