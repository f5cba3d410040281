// SPDX-License-Identifier: Apache-2.0
/* site/event_cursor.h: the newest story of a list, as pages name it that ask
 * what came behind it (page_events.c). */
#ifndef SITE_EVENT_CURSOR_H
#define SITE_EVENT_CURSOR_H

#include "base/str.h"

struct article_list;
struct printing;

/* list begins with the newest; "" when it is empty. */
struct str events_cursor(struct printing *p, const struct article_list *list);

#endif
