// SPDX-License-Identifier: Apache-2.0
/* site/alert_model.h: breaking news as pages and events show it. */
#ifndef SITE_ALERT_MODEL_H
#define SITE_ALERT_MODEL_H

#include "base/err.h"

struct alert;
struct arena;
struct printing;
struct value;

/* {id, label, text, url}; label and url "" when there is none. */
struct value *alert_value(struct arena *arena, const struct alert *alert);

/* Sets data.site.alert, or makes it false. Pages of articles are many: theirs
 * is printed again in the background, and a page that is open hears of it
 * anyway. */
MUST_USE enum err alert_show(struct printing *p);

#endif
