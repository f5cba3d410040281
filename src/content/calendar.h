// SPDX-License-Identifier: Apache-2.0
/* content/calendar.h: the date on the masthead: at midnight in the newspaper's
 * zone every page that shows or depends on today's date is no longer true. */
#ifndef CONTENT_CALENDAR_H
#define CONTENT_CALENDAR_H

#include <stdint.h>

#include "base/err.h"

struct content;
struct fault;

/* Notes the change "day" in the log, unless this day was noted already, by this
 * process or another. *ret_next_us is the next midnight. */
MUST_USE enum err calendar_turn_day(struct content *content, int64_t now_us,
                                    int64_t *ret_next_us, struct fault *fault);

#endif
