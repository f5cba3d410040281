// SPDX-License-Identifier: Apache-2.0
/* Dates by language and zone. */
#include <assert.h>
#include <unicode/ucal.h>
#include <unicode/udatpg.h>

#include "base/arena.h"
#include "base/log.h"
#include "render/locale_internal.h"

enum {
    ZONE_UNITS_MAX = 128,
    DATE_UNITS_MAX = 256,
    PATTERN_UNITS_MAX = 128,
    LETTERS_IN_A_ROW_MAX = 6
};

/* ICU counts milliseconds; microseconds go towards the past. */
static UDate to_udate(int64_t time_us)
{
    int64_t ms = time_us / 1000;
    if (time_us % 1000 < 0)
        ms--;
    return (UDate)ms;
}

void locale_close_dates(struct locale *locale)
{
    for (int i = 0; i < LOCALE_DATE_COUNT; i++)
        udat_close(locale->dates[i]);
    for (int i = 0; i < LOCALE_PATTERNS_KEPT; i++)
        udat_close(locale->patterns[i].format);
}

bool locale_zone_is_valid(struct str zone)
{
    char name[LOCALE_ZONE_BYTES_MAX + 1];
    if (zone.len == 0 || str_to_c(zone, name, sizeof name) != ERR_OK)
        return false;
    for (size_t i = 0; i < zone.len; i++)
        if (name[i] <= ' ' || name[i] > '~')
            return false;
    UChar units[LOCALE_ZONE_BYTES_MAX + 1];
    UChar canonical[ZONE_UNITS_MAX];
    u_charsToUChars(name, units, (int32_t)zone.len);
    UErrorCode status = U_ZERO_ERROR;
    UBool is_system = false;
    ucal_getCanonicalTimeZoneID(units, (int32_t)zone.len, canonical,
                                ZONE_UNITS_MAX, &is_system, &status);
    /* "GMT+4" is understood by ICU, and by nobody else. */
    return U_SUCCESS(status) && is_system;
}

/* ---- Patterns
 * ------------------------------------------------------------------ */

enum err locale_pattern_check(struct str pattern, struct fault *fault)
{
    static const char letters[] = "GyYuUrQqMLwWdDFgEecabBhHKkjJmsSAzZOvVXx";
    if (pattern.len == 0 || pattern.len > LOCALE_PATTERN_BYTES_MAX)
        return fault_set(fault, ERR_INVALID, "date_pattern",
                         "A date pattern has 1 to %d bytes, such as "
                         "dd.MM.yy HH:mm.",
                         LOCALE_PATTERN_BYTES_MAX);
    bool quoted = false;
    size_t row = 0;
    for (size_t i = 0; i < pattern.len; i++) {
        char c = pattern.ptr[i];
        if (c == '\'')
            quoted = !quoted;
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (quoted || !is_letter) {
            row = 0;
            continue;
        }
        row = i > 0 && pattern.ptr[i - 1] == c ? row + 1 : 1;
        if (!strchr(letters, c) || row > LETTERS_IN_A_ROW_MAX)
            return fault_set(fault, ERR_INVALID, "date_pattern",
                             "\"%c\" at position %zu means nothing in a date "
                             "pattern; put words between apostrophes: "
                             "d MMMM 'at' HH:mm.",
                             c, i + 1);
    }
    if (quoted)
        return fault_set(fault, ERR_INVALID, "date_pattern",
                         "An apostrophe in the date pattern is not closed.");
    return ERR_OK;
}

static UDateFormat *open_pattern(const struct locale *locale,
                                 const UChar *pattern, int32_t len)
{
    UErrorCode status = U_ZERO_ERROR;
    UDateFormat *format =
        udat_open(UDAT_PATTERN, UDAT_PATTERN, locale->icu, locale->zone_utf16,
                  -1, pattern, len, &status);
    return U_SUCCESS(status) ? format : NULL;
}

/* The format kept for pattern, made when there is none. */
static UDateFormat *pattern_format(struct locale *locale, struct str pattern)
{
    for (int i = 0; i < LOCALE_PATTERNS_KEPT; i++)
        if (locale->patterns[i].format &&
            str_eq(str_from_c(locale->patterns[i].pattern), pattern))
            return locale->patterns[i].format;
    UChar units[LOCALE_PATTERN_BYTES_MAX];
    int32_t len = 0;
    UErrorCode status = U_ZERO_ERROR;
    u_strFromUTF8(units, LOCALE_PATTERN_BYTES_MAX, &len, pattern.ptr,
                  (int32_t)pattern.len, &status);
    if (U_FAILURE(status))
        return NULL;
    UDateFormat *format = open_pattern(locale, units, len);
    if (!format)
        return NULL;
    struct locale_pattern *slot =
        &locale->patterns[locale->next_pattern++ % LOCALE_PATTERNS_KEPT];
    udat_close(slot->format);
    slot->format = format;
    memcpy(slot->pattern, pattern.ptr, pattern.len);
    slot->pattern[pattern.len] = '\0';
    return format;
}

static enum err format_date(UDateFormat *format, int64_t time_us,
                            struct arena *arena, struct str *ret_text)
{
    UChar units[DATE_UNITS_MAX];
    UErrorCode status = U_ZERO_ERROR;
    int32_t len = udat_format(format, to_udate(time_us), units, DATE_UNITS_MAX,
                              NULL, &status);
    if (U_FAILURE(status) || len > DATE_UNITS_MAX)
        return ERR_INVALID;
    *ret_text = locale_to_utf8(arena, units, len);
    return ERR_OK;
}

enum err locale_format_pattern(const struct locale *locale, int64_t time_us,
                               struct str pattern, struct arena *arena,
                               struct str *ret_text)
{
    assert(locale);
    enum err err = locale_pattern_check(pattern, NULL);
    if (err)
        return err;
    struct locale *mine = locale_locked(locale);
    UDateFormat *format = pattern_format(mine, pattern);
    err = format ? format_date(format, time_us, arena, ret_text) : ERR_INVALID;
    locale_unlock(mine);
    return err;
}

/* ---- Styles
 * --------------------------------------------------------------------- */

/* English without a region is the international one: no comma, day first. */
static const char *const ENGLISH[LOCALE_DATE_COUNT] = {
    [LOCALE_DATE_FULL] = "EEEE d MMMM y", [LOCALE_DATE_LONG] = "d MMMM y",
    [LOCALE_DATE_MEDIUM] = "d MMM y",     [LOCALE_DATE_MONTH] = "MMMM y",
    [LOCALE_TIME_SHORT] = "HH:mm",
};

static UDateFormat *open_skeleton(const struct locale *locale,
                                  const char *skeleton)
{
    UChar units[PATTERN_UNITS_MAX];
    UChar pattern[PATTERN_UNITS_MAX];
    int32_t units_len = (int32_t)strlen(skeleton);
    u_charsToUChars(skeleton, units, units_len);
    UErrorCode status = U_ZERO_ERROR;
    UDateTimePatternGenerator *generator = udatpg_open(locale->icu, &status);
    int32_t len =
        U_SUCCESS(status)
            ? udatpg_getBestPattern(generator, units, units_len, pattern,
                                    PATTERN_UNITS_MAX, &status)
            : 0;
    udatpg_close(generator);
    return U_SUCCESS(status) ? open_pattern(locale, pattern, len) : NULL;
}

static UDateFormat *open_style(const struct locale *locale,
                               enum locale_date style)
{
    static const UDateFormatStyle styles[] = {
        [LOCALE_DATE_FULL] = UDAT_FULL,
        [LOCALE_DATE_LONG] = UDAT_LONG,
        [LOCALE_DATE_MEDIUM] = UDAT_MEDIUM,
    };
    if (strcmp(locale->language, "en") == 0) {
        UChar pattern[PATTERN_UNITS_MAX];
        int32_t len = (int32_t)strlen(ENGLISH[style]);
        u_charsToUChars(ENGLISH[style], pattern, len);
        return open_pattern(locale, pattern, len);
    }
    if (style == LOCALE_DATE_MONTH)
        return open_skeleton(locale, "yMMMM");
    if (style == LOCALE_TIME_SHORT)
        return open_skeleton(locale, "Hm");
    UErrorCode status = U_ZERO_ERROR;
    UDateFormat *format = udat_open(UDAT_NONE, styles[style], locale->icu,
                                    locale->zone_utf16, -1, NULL, 0, &status);
    return U_SUCCESS(status) ? format : NULL;
}

struct str locale_format_date(const struct locale *locale, int64_t time_us,
                              enum locale_date style, struct arena *arena)
{
    assert(locale);
    assert((unsigned)style < LOCALE_DATE_COUNT);
    struct str text = STR("");
    struct locale *mine = locale_locked(locale);
    if (!mine->dates[style])
        mine->dates[style] = open_style(mine, style);
    enum err err = mine->dates[style]
                       ? format_date(mine->dates[style], time_us, arena, &text)
                       : ERR_INTERNAL;
    locale_unlock(mine);
    /* ICU is broken when it cannot: its data is part of it. */
    if (err)
        log_panic("ICU cannot format a date", LOG_C("locale", mine->icu));
    return text;
}

int64_t locale_next_midnight(const struct locale *locale, int64_t time_us)
{
    assert(locale);
    UErrorCode status = U_ZERO_ERROR;
    UCalendar *calendar =
        ucal_open(locale->zone_utf16, -1, locale->icu, UCAL_GREGORIAN, &status);
    if (U_FAILURE(status))
        log_panic("ICU has no calendar", LOG_C("locale", locale->icu));
    /* Where midnight is skipped, the day begins with the next valid time. */
    ucal_setAttribute(calendar, UCAL_SKIPPED_WALL_TIME,
                      UCAL_WALLTIME_NEXT_VALID);
    ucal_setAttribute(calendar, UCAL_REPEATED_WALL_TIME, UCAL_WALLTIME_FIRST);
    ucal_setMillis(calendar, to_udate(time_us), &status);
    int32_t day = ucal_get(calendar, UCAL_DATE, &status);
    int32_t month = ucal_get(calendar, UCAL_MONTH, &status);
    int32_t year = ucal_get(calendar, UCAL_YEAR, &status);
    ucal_clear(calendar);
    ucal_setDateTime(calendar, year, month, day + 1, 0, 0, 0, &status);
    UDate midnight = ucal_getMillis(calendar, &status);
    ucal_close(calendar);
    if (U_FAILURE(status))
        log_panic("ICU cannot add a day", LOG_C("zone", locale->zone));
    return (int64_t)midnight * 1000;
}
