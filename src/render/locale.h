// SPDX-License-Identifier: Apache-2.0
/* render/locale.h: what differs by language and zone: dates, numbers, plurals,
 * order, letter case. Nobody else knows ICU.
 *
 * Languages are BCP 47 tags ("en", "ka", "zh-Hant"), zones are IANA names
 * ("Asia/Tbilisi"), times are microseconds since 1970 UTC. Everything here may
 * be called by many threads at once. */
#ifndef RENDER_LOCALE_H
#define RENDER_LOCALE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/str.h"

struct arena;
struct locale;
struct locales;

enum {
    LOCALE_PATTERN_BYTES_MAX = 64,
    LOCALE_TAG_BYTES_MAX = 32,
    LOCALE_SCRIPT_BYTES = 5, /* four letters and the end */
    LOCALE_ZONE_BYTES_MAX = 64,
    LOCALE_TEXT_BYTES_MAX = 1 << 20, /* of what is folded or compared */
};

/* ---- Opening ----------------------------------------------------------------
 */

/* Every locale that was asked for, kept. One for the process. */
struct locales *locales_create(void);
void locales_destroy(struct locales *locales);

/* The locale of a language in a zone; it lives as long as locales.
 * ERR_INVALID names the zone or tag that is not known. */
MUST_USE enum err locales_get(struct locales *locales, struct str language,
                              struct str zone, const struct locale **ret_locale,
                              struct fault *fault);

struct str locale_language(const struct locale *locale);
struct str locale_zone(const struct locale *locale);

/* ---- Dates ------------------------------------------------------------------
 */

/* By an ICU pattern such as "dd.MM.yy HH:mm", in the language's digits.
 * ERR_INVALID when the pattern is not one (see locale_pattern_check). */
MUST_USE enum err locale_format_pattern(const struct locale *locale,
                                        int64_t time_us, struct str pattern,
                                        struct arena *arena,
                                        struct str *ret_text);

enum locale_date {
    LOCALE_DATE_FULL,   /* Thursday, 29 October 2026, in the language's order */
    LOCALE_DATE_LONG,   /* 29 October 2026 */
    LOCALE_DATE_MEDIUM, /* 29 Oct 2026 */
    LOCALE_DATE_MONTH,  /* October 2026 */
    LOCALE_TIME_SHORT,  /* 15:00 */
    LOCALE_DATE_COUNT
};
struct str locale_format_date(const struct locale *locale, int64_t time_us,
                              enum locale_date style, struct arena *arena);

/* The first moment of the next day in the locale's zone. */
int64_t locale_next_midnight(const struct locale *locale, int64_t time_us);

/* A point in time as somebody types it: RFC 3339 with an offset, or a date and
 * a time of day ("2026-08-15 15:00", seconds if wanted) in the locale's zone.
 * ERR_INVALID says how to write it; also for a time that the zone skips, or has
 * twice, when the clocks change. field is the fault's. */
MUST_USE enum err locale_parse_time(const struct locale *locale,
                                    struct str text, const char *field,
                                    int64_t *ret_time_us, struct fault *fault);

bool locale_zone_is_valid(struct str zone);

/* ERR_INVALID names what in the pattern is wrong. */
MUST_USE enum err locale_pattern_check(struct str pattern, struct fault *fault);

/* ---- Numbers and plurals ----------------------------------------------------
 */

/* With grouping, in the language's digits: "12,345". */
struct str locale_format_number(const struct locale *locale, int64_t number,
                                struct arena *arena);

/* "zero", "one", "two", "few", "many" or "other"; static. */
struct str locale_plural(const struct locale *locale, int64_t number);

/* ---- Text
 * -------------------------------------------------------------------- */

/* The language's order: below, above or 0. */
int locale_compare(const struct locale *locale, struct str a, struct str b);

/* Bytes whose memcmp order is the language's order. */
struct str locale_sort_key(const struct locale *locale, struct str text,
                           struct arena *arena);

struct str locale_lower(const struct locale *locale, struct str text,
                        struct arena *arena);

/* Georgian stays Mkhedruli: a headline in Mtavruli is a typographer's choice,
 * and most fonts have no such letters. */
struct str locale_upper(const struct locale *locale, struct str text,
                        struct arena *arena);

/* To Latin letters and ASCII, as far as ICU knows how. The slow path of
 * slug_make. */
struct str locale_romanise(struct str text, struct arena *arena);

/* ---- Languages
 * --------------------------------------------------------------- */

/* Whether the tag is well-formed and names a language that ICU knows. */
bool language_is_valid(struct str language);

bool language_is_rtl(struct str language);

/* The script it is written in (ISO 15924): "Latn", "Cyrl", "Arab"; what the tag
 * says, else what is likely. "" when ICU knows none. */
void language_script(struct str language, char ret_script[LOCALE_SCRIPT_BYTES]);

/* What stands between the names of a list, with its space: "، " in languages
 * written with Arabic letters, "、" in Chinese and Japanese, else ", ". Static.
 */
struct str language_comma(struct str language);

/* "ka_GE": with the territory where it is at home (or the one that it names),
 * as Open Graph wants it; the tag as it is when ICU knows none. */
struct str language_with_territory(struct str language, struct arena *arena);

/* Its name in itself, as a menu shows it: "English", "ქართული", "Русский". */
struct str language_own_name(struct str language, struct arena *arena);

#endif
