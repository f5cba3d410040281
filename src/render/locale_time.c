// SPDX-License-Identifier: Apache-2.0
/* Times as people type them. */
#include <assert.h>
#include <unicode/ucal.h>

#include "base/log.h"
#include "base/time.h"
#include "render/locale_internal.h"

enum { OFFSET_BYTES = 8 };

/* "2026-08-15 15:00" as if it were UTC. */
static enum err parse_wall_time(struct str text, int64_t *ret_wall_us)
{
    static const size_t minutes_len = sizeof "2026-08-15 15:00" - 1;
    static const size_t seconds_len = sizeof "2026-08-15 15:00:00" - 1;
    char zulu[TIME_RFC3339_BYTES];
    if (text.len != minutes_len && text.len != seconds_len)
        return ERR_INVALID;
    int len = snprintf(zulu, sizeof zulu, "%" PRI_STR "%sZ", ARG_STR(text),
                       text.len == minutes_len ? ":00" : "");
    if (zulu[10] == ' ')
        zulu[10] = 'T';
    return time_parse_rfc3339(str_of(zulu, (size_t)len), ret_wall_us);
}

/* The zone's offset at a wall time, as before a change of the clocks that is
 * near, or as after it. */
static int64_t offset_at(const struct locale *locale, int64_t wall_us,
                         UTimeZoneLocalOption side)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t raw_ms = 0, saving_ms = 0;
    UCalendar *calendar =
        ucal_open(locale->zone_utf16, -1, locale->icu, UCAL_GREGORIAN, &status);
    if (U_FAILURE(status))
        log_panic("ICU has no calendar", LOG_C("locale", locale->icu));
    ucal_setMillis(calendar, (UDate)(wall_us / 1000), &status);
    ucal_getTimeZoneOffsetFromLocal(calendar, side, side, &raw_ms, &saving_ms,
                                    &status);
    ucal_close(calendar);
    if (U_FAILURE(status))
        log_panic("ICU knows no offset", LOG_C("zone", locale->zone));
    return (raw_ms + saving_ms) * INT64_C(1000);
}

/* "+04:00" */
static void format_offset(int64_t offset_us, char target[OFFSET_BYTES])
{
    int64_t minutes = offset_us / (60 * TIME_US_PER_SECOND);
    int64_t size = minutes < 0 ? -minutes : minutes;
    snprintf(target, OFFSET_BYTES, "%c%02d:%02d", minutes < 0 ? '-' : '+',
             (int)(size / 60 % 100), (int)(size % 60));
}

static enum err refuse_change(const struct locale *locale, struct str text,
                              const char *field, int64_t before_us,
                              int64_t after_us, struct fault *fault)
{
    char before[OFFSET_BYTES], after[OFFSET_BYTES];
    format_offset(before_us, before);
    format_offset(after_us, after);
    return fault_set(
        fault, ERR_INVALID, field,
        "the clocks of %s are changed then, and the time '%" PRI_STR
        "' %s; add the offset, %s or %s, as in "
        "2026-08-15T15:00:00%s",
        locale->zone, ARG_STR(text),
        before_us < after_us ? "does not exist" : "comes twice", before, after,
        after);
}

enum err locale_parse_time(const struct locale *locale, struct str text,
                           const char *field, int64_t *ret_time_us,
                           struct fault *fault)
{
    assert(locale);
    int64_t wall_us;
    text = str_trim(text);
    if (!time_parse_rfc3339(text, ret_time_us))
        return ERR_OK;
    if (parse_wall_time(text, &wall_us))
        return fault_set(fault, ERR_INVALID, field,
                         "'%" PRI_STR "' is no point in time; write it as "
                         "'2026-08-15 15:00' (in %s) or "
                         "2026-08-15T15:00:00+04:00",
                         ARG_STR(text), locale->zone);
    int64_t before_us = offset_at(locale, wall_us, UCAL_TZ_LOCAL_FORMER);
    int64_t after_us = offset_at(locale, wall_us, UCAL_TZ_LOCAL_LATTER);
    if (before_us != after_us)
        return refuse_change(locale, text, field, before_us, after_us, fault);
    *ret_time_us = wall_us - before_us;
    return ERR_OK;
}
