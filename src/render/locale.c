// SPDX-License-Identifier: Apache-2.0
#include "render/locale.h"

#include <assert.h>
#include <unicode/uldnames.h>
#include <unicode/uloc.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/map.h"
#include "base/utf8.h"
#include "render/locale_internal.h"

enum { NAME_UNITS_MAX = 128, KEYWORD_UNITS_MAX = 16, NUMBER_UNITS_MAX = 64 };

struct locales {
    pthread_mutex_t lock;
    struct map by_key; /* "ka|Asia/Tbilisi" */
};

struct locales *locales_create(void)
{
    struct locales *locales = calloc(1, sizeof *locales);
    if (!locales)
        log_panic("out of memory", LOG_C("for", "locales"));
    pthread_mutex_init(&locales->lock, NULL);
    map_init(&locales->by_key);
    return locales;
}

static void locale_destroy(struct locale *locale)
{
    locale_close_dates(locale);
    unum_close(locale->numbers);
    uplrules_close(locale->plurals);
    ucol_close(locale->collator);
    pthread_mutex_destroy(&locale->lock);
    free(locale);
}

void locales_destroy(struct locales *locales)
{
    if (!locales)
        return;
    size_t position = 0;
    struct locale *locale;
    while ((locale = map_next(&locales->by_key, &position, NULL)))
        locale_destroy(locale);
    map_finish(&locales->by_key);
    pthread_mutex_destroy(&locales->lock);
    free(locales);
}

/* ICU's name for a tag; false when the tag is not well-formed. */
static bool icu_name(struct str language, char *target, int32_t capacity)
{
    char tag[LOCALE_TAG_BYTES_MAX + 1];
    if (language.len == 0 || str_to_c(language, tag, sizeof tag) != ERR_OK)
        return false;
    UErrorCode status = U_ZERO_ERROR;
    int32_t parsed = 0;
    int32_t len =
        uloc_forLanguageTag(tag, target, capacity - 1, &parsed, &status);
    return U_SUCCESS(status) && len > 0 && len < capacity - 1 &&
           parsed == (int32_t)language.len;
}

static bool icu_knows(const char *icu)
{
    char language[ULOC_LANG_CAPACITY] = "";
    UErrorCode status = U_ZERO_ERROR;
    uloc_getLanguage(icu, language, sizeof language, &status);
    if (U_FAILURE(status) || !language[0])
        return false;
    UChar name[NAME_UNITS_MAX];
    uloc_getDisplayLanguage(icu, "en", name, NAME_UNITS_MAX, &status);
    /* What ICU has no name for comes with a warning. */
    return U_SUCCESS(status) && status != U_USING_DEFAULT_WARNING;
}

bool language_is_valid(struct str language)
{
    char icu[ULOC_FULLNAME_CAPACITY];
    return icu_name(language, icu, sizeof icu) && icu_knows(icu);
}

static enum err locale_create(struct str language, struct str zone,
                              struct locale **ret_locale, struct fault *fault)
{
    if (!locale_zone_is_valid(zone))
        return fault_set(fault, ERR_INVALID, "zone",
                         "\"%" PRI_STR "\" is not a time zone; write one such "
                         "as Asia/Tbilisi or UTC.",
                         ARG_STR(utf8_cut(zone, LOCALE_ZONE_BYTES_MAX)));
    struct locale *locale = calloc(1, sizeof *locale);
    if (!locale)
        return ERR_NO_MEMORY;
    if (!icu_name(language, locale->icu, sizeof locale->icu)) {
        free(locale);
        return fault_set(fault, ERR_INVALID, "language",
                         "\"%" PRI_STR "\" is not a language tag; write one "
                         "such as en, ka or pt-BR.",
                         ARG_STR(utf8_cut(language, LOCALE_TAG_BYTES_MAX)));
    }
    memcpy(locale->language, language.ptr, language.len);
    memcpy(locale->zone, zone.ptr, zone.len);
    u_charsToUChars(locale->zone, locale->zone_utf16, (int32_t)zone.len);
    pthread_mutex_init(&locale->lock, NULL);
    *ret_locale = locale;
    return ERR_OK;
}

static enum err get_locked(struct locales *locales, struct str key,
                           struct str language, struct str zone,
                           const struct locale **ret_locale,
                           struct fault *fault)
{
    struct locale *locale = map_get(&locales->by_key, key);
    if (!locale) {
        enum err err = locale_create(language, zone, &locale, fault);
        if (err)
            return err;
        memcpy(locale->key, key.ptr, key.len);
        err = map_set(&locales->by_key, str_of(locale->key, key.len), locale,
                      NULL);
        if (err) {
            locale_destroy(locale);
            return err;
        }
    }
    *ret_locale = locale;
    return ERR_OK;
}

enum err locales_get(struct locales *locales, struct str language,
                     struct str zone, const struct locale **ret_locale,
                     struct fault *fault)
{
    assert(locales);
    assert(ret_locale);
    if (language.len > LOCALE_TAG_BYTES_MAX || zone.len > LOCALE_ZONE_BYTES_MAX)
        return fault_set(fault, ERR_INVALID, "language",
                         "The language tag or the zone is too long.");
    char key[LOCALE_TAG_BYTES_MAX + LOCALE_ZONE_BYTES_MAX + 2];
    int len = snprintf(key, sizeof key, "%" PRI_STR "|%" PRI_STR,
                       ARG_STR(language), ARG_STR(zone));
    pthread_mutex_lock(&locales->lock);
    enum err err = get_locked(locales, str_of(key, (size_t)len), language, zone,
                              ret_locale, fault);
    pthread_mutex_unlock(&locales->lock);
    return err;
}

struct str locale_language(const struct locale *locale)
{
    return str_from_c(locale->language);
}

struct str locale_zone(const struct locale *locale)
{
    return str_from_c(locale->zone);
}

/* ---- Numbers and plurals
 * -------------------------------------------------------- */

static UNumberFormat *numbers_of(struct locale *locale)
{
    if (!locale->numbers) {
        UErrorCode status = U_ZERO_ERROR;
        locale->numbers =
            unum_open(UNUM_DECIMAL, NULL, 0, locale->icu, NULL, &status);
        if (U_FAILURE(status))
            locale->numbers = NULL;
    }
    return locale->numbers;
}

struct str locale_format_number(const struct locale *locale, int64_t number,
                                struct arena *arena)
{
    UChar units[NUMBER_UNITS_MAX];
    UErrorCode status = U_ZERO_ERROR;
    struct locale *mine = locale_locked(locale);
    UNumberFormat *format = numbers_of(mine);
    int32_t len = format ? unum_formatInt64(format, number, units,
                                            NUMBER_UNITS_MAX, NULL, &status)
                         : 0;
    locale_unlock(mine);
    if (len <= 0 || len > NUMBER_UNITS_MAX || U_FAILURE(status))
        return arena_printf(arena, "%lld", (long long)number);
    return locale_to_utf8(arena, units, len);
}

/* The static text of a plural keyword. */
static struct str keyword(const UChar *units, int32_t len)
{
    static const struct str known[] = {
        STR_INIT("zero"), STR_INIT("one"),  STR_INIT("two"),
        STR_INIT("few"),  STR_INIT("many"),
    };
    char name[KEYWORD_UNITS_MAX];
    u_UCharsToChars(units, name, len);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(known[i], str_of(name, (size_t)len)))
            return known[i];
    return STR("other");
}

struct str locale_plural(const struct locale *locale, int64_t number)
{
    UChar units[KEYWORD_UNITS_MAX];
    UErrorCode status = U_ZERO_ERROR;
    struct locale *mine = locale_locked(locale);
    if (!mine->plurals)
        mine->plurals =
            uplrules_openForType(mine->icu, UPLURAL_TYPE_CARDINAL, &status);
    int32_t len = U_SUCCESS(status) && mine->plurals
                      ? uplrules_select(mine->plurals, (double)number, units,
                                        KEYWORD_UNITS_MAX, &status)
                      : 0;
    locale_unlock(mine);
    if (U_FAILURE(status) || len > KEYWORD_UNITS_MAX)
        return STR("other");
    return keyword(units, len);
}

/* ---- Languages
 * -------------------------------------------------------------------- */

bool language_is_rtl(struct str language)
{
    char icu[ULOC_FULLNAME_CAPACITY];
    return icu_name(language, icu, sizeof icu) && uloc_isRightToLeft(icu);
}

void language_script(struct str language, char ret_script[LOCALE_SCRIPT_BYTES])
{
    char icu[ULOC_FULLNAME_CAPACITY], full[ULOC_FULLNAME_CAPACITY];
    UErrorCode status = U_ZERO_ERROR;
    ret_script[0] = '\0';
    if (!icu_name(language, icu, sizeof icu))
        return;
    uloc_addLikelySubtags(icu, full, sizeof full, &status);
    uloc_getScript(full, ret_script, LOCALE_SCRIPT_BYTES, &status);
    if (U_FAILURE(status))
        ret_script[0] = '\0';
}

struct str language_comma(struct str language)
{
    char script[LOCALE_SCRIPT_BYTES];
    language_script(language, script);
    if (strcmp(script, "Arab") == 0)
        return STR("\u060C ");
    if (strcmp(script, "Hans") == 0 || strcmp(script, "Hant") == 0 ||
        strcmp(script, "Jpan") == 0)
        return STR("\u3001");
    return STR(", ");
}

struct str language_with_territory(struct str language, struct arena *arena)
{
    char icu[ULOC_FULLNAME_CAPACITY], full[ULOC_FULLNAME_CAPACITY];
    char code[ULOC_LANG_CAPACITY], territory[ULOC_COUNTRY_CAPACITY];
    UErrorCode status = U_ZERO_ERROR;
    if (!icu_name(language, icu, sizeof icu))
        return arena_copy(arena, language);
    uloc_addLikelySubtags(icu, full, sizeof full, &status);
    uloc_getLanguage(full, code, sizeof code, &status);
    uloc_getCountry(full, territory, sizeof territory, &status);
    if (U_FAILURE(status) || !code[0] || !territory[0])
        return arena_copy(arena, language);
    return arena_printf(arena, "%s_%s", code, territory);
}

struct str language_own_name(struct str language, struct arena *arena)
{
    char icu[ULOC_FULLNAME_CAPACITY];
    if (!icu_name(language, icu, sizeof icu))
        return arena_copy(arena, language);
    UDisplayContext contexts[] = {UDISPCTX_CAPITALIZATION_FOR_UI_LIST_OR_MENU};
    UErrorCode status = U_ZERO_ERROR;
    ULocaleDisplayNames *names = uldn_openForContext(icu, contexts, 1, &status);
    UChar units[NAME_UNITS_MAX];
    int32_t len =
        U_SUCCESS(status)
            ? uldn_localeDisplayName(names, icu, units, NAME_UNITS_MAX, &status)
            : 0;
    uldn_close(names);
    if (U_FAILURE(status) || len <= 0 || len > NAME_UNITS_MAX)
        return arena_copy(arena, language);
    return locale_to_utf8(arena, units, len);
}
