// SPDX-License-Identifier: Apache-2.0
/* Letter case, order and romanisation. */
#include <assert.h>
#include <unicode/utrans.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/utf8.h"
#include "render/locale_internal.h"

enum {
    MTAVRULI_FIRST = 0x1C90, /* Georgian capitals and their small letters */
    MTAVRULI_LAST = 0x1CBF,
    MKHEDRULI_FIRST = 0x10D0,
    GROWTH = 3, /* a letter never becomes more than three in another case */
    ROMAN_GROWTH = 16,
    ROMAN_BYTES_MAX = 4096,
};

UChar *locale_to_utf16(struct arena *arena, struct str text, int32_t *ret_len)
{
    text = utf8_cut(text, LOCALE_TEXT_BYTES_MAX);
    UChar *units = arena_array(arena, UChar, text.len + 1);
    UErrorCode status = U_ZERO_ERROR;
    int32_t len = 0;
    u_strFromUTF8WithSub(units, (int32_t)text.len + 1, &len,
                         text.ptr ? text.ptr : "", (int32_t)text.len,
                         UTF8_REPLACEMENT, NULL, &status);
    assert(U_SUCCESS(status)); /* never more units than bytes */
    *ret_len = len;
    return units;
}

struct str locale_to_utf8(struct arena *arena, const UChar *text, int32_t len)
{
    size_t capacity = (size_t)len * 3 + 1;
    char *bytes = arena_array(arena, char, capacity);
    UErrorCode status = U_ZERO_ERROR;
    int32_t bytes_len = 0;
    u_strToUTF8WithSub(bytes, (int32_t)capacity, &bytes_len, text, len,
                       UTF8_REPLACEMENT, NULL, &status);
    assert(U_SUCCESS(status)); /* never more than three bytes a unit */
    return str_of(bytes, (size_t)bytes_len);
}

static struct str change_case(const struct locale *locale, struct str text,
                              bool upper, struct arena *arena)
{
    int32_t len;
    UChar *units = locale_to_utf16(arena, text, &len);
    int32_t capacity = len * GROWTH + 1;
    UChar *target = arena_array(arena, UChar, (size_t)capacity);
    UErrorCode status = U_ZERO_ERROR;
    int32_t target_len =
        upper
            ? u_strToUpper(target, capacity, units, len, locale->icu, &status)
            : u_strToLower(target, capacity, units, len, locale->icu, &status);
    if (U_FAILURE(status))
        return arena_copy(arena, text);
    for (int32_t i = 0; upper && i < target_len; i++)
        if (target[i] >= MTAVRULI_FIRST && target[i] <= MTAVRULI_LAST)
            target[i] = (UChar)(target[i] - MTAVRULI_FIRST + MKHEDRULI_FIRST);
    return locale_to_utf8(arena, target, target_len);
}

struct str locale_lower(const struct locale *locale, struct str text,
                        struct arena *arena)
{
    return change_case(locale, text, false, arena);
}

struct str locale_upper(const struct locale *locale, struct str text,
                        struct arena *arena)
{
    return change_case(locale, text, true, arena);
}

/* ---- Order
 * ---------------------------------------------------------------------- */

/* With the lock held. NULL when ICU has none. */
static UCollator *collator_of(struct locale *locale)
{
    if (!locale->collator) {
        UErrorCode status = U_ZERO_ERROR;
        locale->collator = ucol_open(locale->icu, &status);
        if (U_FAILURE(status))
            log_panic("ICU has no collation", LOG_C("locale", locale->icu));
    }
    return locale->collator;
}

int locale_compare(const struct locale *locale, struct str a, struct str b)
{
    assert(locale);
    a = utf8_cut(a, LOCALE_TEXT_BYTES_MAX);
    b = utf8_cut(b, LOCALE_TEXT_BYTES_MAX);
    UErrorCode status = U_ZERO_ERROR;
    struct locale *mine = locale_locked(locale);
    UCollationResult result =
        ucol_strcollUTF8(collator_of(mine), a.ptr ? a.ptr : "", (int32_t)a.len,
                         b.ptr ? b.ptr : "", (int32_t)b.len, &status);
    locale_unlock(mine);
    if (U_FAILURE(status))
        return str_compare(a, b);
    return result == UCOL_LESS ? -1 : result == UCOL_GREATER;
}

struct str locale_sort_key(const struct locale *locale, struct str text,
                           struct arena *arena)
{
    assert(locale);
    int32_t len;
    UChar *units = locale_to_utf16(arena, text, &len);
    struct locale *mine = locale_locked(locale);
    UCollator *collator = collator_of(mine);
    int32_t needed = ucol_getSortKey(collator, units, len, NULL, 0);
    uint8_t *key = arena_array(arena, uint8_t, (size_t)needed + 1);
    ucol_getSortKey(collator, units, len, key, needed);
    locale_unlock(mine);
    /* The NUL that ends it is not part of the order. */
    return str_of((const char *)key, needed > 0 ? (size_t)needed - 1 : 0);
}

/* ---- Romanisation
 * --------------------------------------------------------------- */

/* Opening a transliterator takes some 30 ms, so there is one, for all. */
static pthread_mutex_t transliterator_lock = PTHREAD_MUTEX_INITIALIZER;
static UTransliterator *transliterator;

__attribute__((destructor)) static void close_transliterator(void)
{
    utrans_close(transliterator);
}

static bool open_transliterator(void)
{
    static const char id[] = "Any-Latin; Latin-ASCII";
    if (transliterator)
        return true;
    UChar units[sizeof id];
    u_charsToUChars(id, units, sizeof id);
    UErrorCode status = U_ZERO_ERROR;
    transliterator =
        utrans_openU(units, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    return U_SUCCESS(status);
}

struct str locale_romanise(struct str text, struct arena *arena)
{
    int32_t len;
    UChar *source =
        locale_to_utf16(arena, utf8_cut(text, ROMAN_BYTES_MAX), &len);
    int32_t capacity = len * ROMAN_GROWTH + 1;
    UChar *units = arena_array(arena, UChar, (size_t)capacity);
    memcpy(units, source, (size_t)len * sizeof *units);
    int32_t limit = len;
    UErrorCode status = U_ZERO_ERROR;
    pthread_mutex_lock(&transliterator_lock);
    if (open_transliterator())
        utrans_transUChars(transliterator, units, &len, capacity, 0, &limit,
                           &status);
    pthread_mutex_unlock(&transliterator_lock);
    if (U_FAILURE(status))
        return STR("");
    return locale_to_utf8(arena, units, len);
}
