// SPDX-License-Identifier: Apache-2.0
/* base/time.h: points in time as microseconds since 1970 UTC, and the machine
 * forms of them. What a reader sees (zones, patterns) is render/locale.h. */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include <stdint.h>

#include "base/str.h"

enum {
    TIME_RFC3339_BYTES = 32, /* "2022-08-15T11:00:00.466908Z" and a NUL */
    TIME_HTTP_BYTES = 30,    /* "Mon, 15 Aug 2022 11:00:00 GMT" and a NUL */
    TIME_RFC822_BYTES = 32,  /* "Mon, 15 Aug 2022 11:00:00 +0000" and a NUL */
};

#define TIME_US_PER_SECOND INT64_C(1000000)

/* The wall clock; it can jump. */
int64_t time_now_us(void);

/* A clock that only goes forward, for time-outs and durations. */
int64_t clock_now_us(void);

/* RFC 3339 in UTC with microseconds only when there are any. */
void time_format_rfc3339(int64_t time_us, char target[TIME_RFC3339_BYTES]);

/* RFC 9110 §5.6.7 IMF-fixdate. */
void time_format_http(int64_t time_us, char target[TIME_HTTP_BYTES]);

/* RFC 822 with a numeric zone, as RSS wants it. */
void time_format_rfc822(int64_t time_us, char target[TIME_RFC822_BYTES]);

/* RFC 3339, offset required, up to microseconds ("2022-08-15T15:00:00+04:00").
 * ERR_INVALID on anything else, also on 30 February. */
MUST_USE enum err time_parse_rfc3339(struct str text, int64_t *ret_time_us);

#endif
