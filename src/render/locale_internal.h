// SPDX-License-Identifier: Apache-2.0
/* render/locale_internal.h: what the locale files share: ICU's handles and the
 * way between UTF-8 and UTF-16. Only locale*.c include ICU. */
#ifndef RENDER_LOCALE_INTERNAL_H
#define RENDER_LOCALE_INTERNAL_H

#include <pthread.h>
#include <unicode/ucol.h>
#include <unicode/udat.h>
#include <unicode/unum.h>
#include <unicode/upluralrules.h>
#include <unicode/ustring.h>

#include "render/locale.h"

enum { LOCALE_PATTERNS_KEPT = 4 };

/* A date format by a pattern, kept for the next call. */
struct locale_pattern {
    char pattern[LOCALE_PATTERN_BYTES_MAX + 1];
    UDateFormat *format;
};

struct locale {
    char language[LOCALE_TAG_BYTES_MAX + 1]; /* BCP 47 */
    char icu[LOCALE_TAG_BYTES_MAX + 32];     /* ICU's name of it */
    char zone[LOCALE_ZONE_BYTES_MAX + 1];
    char key[LOCALE_TAG_BYTES_MAX + LOCALE_ZONE_BYTES_MAX + 2];
    UChar zone_utf16[LOCALE_ZONE_BYTES_MAX + 1];

    /* ICU's formats may be used by one thread at a time. */
    pthread_mutex_t lock;
    UDateFormat *dates[LOCALE_DATE_COUNT];
    struct locale_pattern patterns[LOCALE_PATTERNS_KEPT];
    unsigned next_pattern; /* the one to be replaced next */
    UNumberFormat *numbers;
    UPluralRules *plurals;
    UCollator *collator;
};

/* UTF-16 with its length; malformed bytes become U+FFFD. In arena. */
UChar *locale_to_utf16(struct arena *arena, struct str text, int32_t *ret_len);
struct str locale_to_utf8(struct arena *arena, const UChar *text, int32_t len);

/* Closes the date formats (locale_date.c). */
void locale_close_dates(struct locale *locale);

static inline struct locale *locale_locked(const struct locale *locale)
{
    struct locale *mutable = (struct locale *)locale;
    pthread_mutex_lock(&mutable->lock);
    return mutable;
}

static inline void locale_unlock(struct locale *locale)
{
    pthread_mutex_unlock(&locale->lock);
}

#endif
