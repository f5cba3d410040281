// SPDX-License-Identifier: Apache-2.0
/* site/list_model.h: a list of stories by day, and the way to older ones:
 * list {days [{iso, text, stories}], older, empty}. */
#ifndef SITE_LIST_MODEL_H
#define SITE_LIST_MODEL_H

#include "content/article_list.h"

struct printing;

/* The cursor that the page's address carries, or NULL when it has none. */
const struct article_cursor *list_cursor(const struct printing *p);

/* How many stories a list shows at a time. */
size_t list_length(const struct printing *p);

/* Sets data.list from list without its first skip cards. path is the list's
 * own address. */
void list_set(struct printing *p, const struct article_list *list, size_t skip,
              struct str path);

/* Sets data.latest and data.has_latest: the newest stories, for pages that have
 * nothing else to offer. */
MUST_USE enum err list_set_latest(struct printing *p, size_t count);

#endif
