// SPDX-License-Identifier: Apache-2.0
/* content/calendar.h: time as a change: at midnight in the newspaper's zone
 * every page that shows or depends on today's date is no longer true, and with
 * each hour what counts in hours (the sitemap of news). */
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

/* The same for "hour": of UTC, so at the half hour in some zones. */
MUST_USE enum err calendar_turn_hour(struct content *content, int64_t now_us,
                                     int64_t *ret_next_us, struct fault *fault);

#endif
