// SPDX-License-Identifier: Apache-2.0
/* exchange/feed_date.h: dates as feeds and exports in the wild have them. Pure
 * functions. */
#ifndef EXCHANGE_FEED_DATE_H
#define EXCHANGE_FEED_DATE_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* RFC 822 as RSS has it ("Fri, 1 May 2020 10:00:00 +0400", "01 May 20 10:00
 * EST"; no zone is UTC), RFC 3339 also without an offset or a time, and what
 * databases write ("2020-05-01 10:00:00"), both then UTC. ERR_INVALID on
 * anything else, on 30 February, and on the year 0 of MySQL. */
MUST_USE enum err feed_date_parse(struct str text, int64_t *ret_time_us);

#endif
