// SPDX-License-Identifier: Apache-2.0
/* Dates, numbers, plurals, order, slugs and message catalogues. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/time.h"
#include "render/catalogue.h"
#include "render/locale.h"
#include "render/slug.h"
#include "render/value.h"

static struct arena arena;
static struct locales *locales;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    locales = locales_create();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_finish(&arena);
    locales_destroy(locales);
    return 0;
}

static const struct locale *locale_of(const char *language, const char *zone)
{
    const struct locale *locale = NULL;
    struct fault fault = {0};
    if (locales_get(locales, str_from_c(language), str_from_c(zone), &locale,
                    &fault))
        fail_msg("%s", fault.message);
    return locale;
}

static int64_t time_of(const char *text)
{
    int64_t time_us = 0;
    assert_int_equal(time_parse_rfc3339(str_from_c(text), &time_us), ERR_OK);
    return time_us;
}

static void assert_text(struct str text, const char *expected)
{
    assert_string_equal(arena_c_string(&arena, text), expected);
}

/* ---- Dates
 * ------------------------------------------------------------------------- */

static void assert_pattern(const char *language, const char *zone,
                           const char *pattern, const char *time,
                           const char *expected)
{
    struct str text;
    assert_int_equal(locale_format_pattern(locale_of(language, zone),
                                           time_of(time), str_from_c(pattern),
                                           &arena, &text),
                     ERR_OK);
    assert_text(text, expected);
}

static void test_dates_by_pattern(void **state)
{
    (void)state;
    assert_pattern("ka", "Asia/Tbilisi", "dd.MM.yy HH:mm",
                   "2022-08-15T11:00:00Z", "15.08.22 15:00");
    assert_pattern("en", "UTC", "d MMMM y 'at' HH:mm", "2022-08-15T11:00:00Z",
                   "15 August 2022 at 11:00");
    assert_pattern("ru", "Europe/Moscow", "d MMMM", "2022-08-15T22:00:00Z",
                   "16 августа");
    assert_pattern("ar-EG", "UTC", "dd.MM.yy", "2022-08-15T11:00:00Z",
                   "١٥.٠٨.٢٢");
    assert_pattern("en", "UTC", "yyyy", "1969-12-31T23:59:59.999999Z", "1969");
}

static void test_bad_patterns_and_zones_are_refused(void **state)
{
    (void)state;
    static const char *const patterns[] = {"", "dd.MM 'x", "foo", "ddddddd",
                                           "d MMMM at HH"};
    static const char *const zones[] = {"", "Tbilisi", "GMT+4", "../etc",
                                        "Asia/Tbilisi\n"};
    const struct locale *locale = NULL;
    struct fault fault = {0};
    struct str text;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        assert_int_equal(locale_pattern_check(str_from_c(patterns[i]), &fault),
                         ERR_INVALID);
        assert_int_equal(locale_format_pattern(locale_of("en", "UTC"), 0,
                                               str_from_c(patterns[i]), &arena,
                                               &text),
                         ERR_INVALID);
    }
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
        assert_int_equal(locales_get(locales, STR("en"), str_from_c(zones[i]),
                                     &locale, &fault),
                         ERR_INVALID);
    assert_int_equal(
        locales_get(locales, STR("e!"), STR("UTC"), &locale, &fault),
        ERR_INVALID);
    assert_null(locale);
    assert_true(locale_zone_is_valid(STR("Asia/Tbilisi")));
}

static void test_dates_by_style(void **state)
{
    (void)state;
    int64_t time_us = time_of("2026-10-29T08:05:00Z");
    const struct locale *en = locale_of("en", "UTC");
    assert_text(locale_format_date(en, time_us, LOCALE_DATE_FULL, &arena),
                "Thursday 29 October 2026");
    assert_text(locale_format_date(en, time_us, LOCALE_DATE_LONG, &arena),
                "29 October 2026");
    assert_text(locale_format_date(en, time_us, LOCALE_TIME_SHORT, &arena),
                "08:05");
    const struct locale *ka = locale_of("ka", "Asia/Tbilisi");
    assert_text(locale_format_date(ka, time_us, LOCALE_DATE_FULL, &arena),
                "ხუთშაბათი, 29 ოქტომბერი, 2026");
    assert_text(locale_format_date(ka, time_us, LOCALE_TIME_SHORT, &arena),
                "12:05");
    const struct locale *ru = locale_of("ru", "Asia/Tbilisi");
    assert_text(locale_format_date(ru, time_us, LOCALE_DATE_LONG, &arena),
                "29 октября 2026\u202Fг.");
    assert_text(locale_format_date(ru, time_us, LOCALE_DATE_MONTH, &arena),
                "октябрь 2026\u202Fг.");
}

static void test_next_midnight(void **state)
{
    (void)state;
    const struct locale *tbilisi = locale_of("ka", "Asia/Tbilisi");
    assert_int_equal(
        locale_next_midnight(tbilisi, time_of("2022-08-15T11:00:00Z")),
        time_of("2022-08-15T20:00:00Z"));
    assert_int_equal(
        locale_next_midnight(tbilisi, time_of("2022-08-15T20:00:00Z")),
        time_of("2022-08-16T20:00:00Z"));
    /* Days of 23 and 25 hours. */
    const struct locale *berlin = locale_of("de", "Europe/Berlin");
    assert_int_equal(
        locale_next_midnight(berlin, time_of("2026-03-28T23:00:00Z")),
        time_of("2026-03-29T22:00:00Z"));
    assert_int_equal(
        locale_next_midnight(berlin, time_of("2026-10-24T22:00:00Z")),
        time_of("2026-10-25T23:00:00Z"));
    /* Midnight itself is skipped; the calendar is not the Gregorian one. */
    const struct locale *beirut = locale_of("fa", "Asia/Beirut");
    assert_int_equal(
        locale_next_midnight(beirut, time_of("2022-03-26T12:00:00Z")),
        time_of("2022-03-26T22:00:00Z"));
}

static enum err typed(const char *text, const char *zone, int64_t *ret_us,
                      struct fault *fault)
{
    return locale_parse_time(locale_of("en", zone), str_from_c(text), "time",
                             ret_us, fault);
}

static void test_times_are_typed_in_the_zone_or_with_an_offset(void **state)
{
    (void)state;
    int64_t us = 0;
    struct fault fault = {0};
    const char *const same[] = {
        "2026-08-15 15:00",     "2026-08-15T15:00",
        "2026-08-15 15:00:00",  "2026-08-15T15:00:00+04:00",
        "2026-08-15T11:00:00Z", " 2026-08-15 15:00 ",
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        us = 0;
        assert_int_equal(typed(same[i], "Asia/Tbilisi", &us, &fault), ERR_OK);
        assert_int_equal(us, time_of("2026-08-15T11:00:00Z"));
    }
    assert_int_equal(typed("2026-01-15 12:00", "Europe/Berlin", &us, &fault),
                     ERR_OK);
    assert_int_equal(us, time_of("2026-01-15T11:00:00Z"));
    assert_int_equal(typed("2026-07-15 12:00", "Europe/Berlin", &us, &fault),
                     ERR_OK);
    assert_int_equal(us, time_of("2026-07-15T10:00:00Z"));
}

static void test_times_that_are_none_are_refused_with_a_remedy(void **state)
{
    (void)state;
    const char *const wrong[] = {
        "",
        "tomorrow",
        "2026-08-15",
        "15.08.26 15:00",
        "2026-02-30 12:00",
        "2026-08-15 24:30",
        "2026-08-15 15:0",
        "2026-08-15-15:00",
        "2026-08-15 15:00:0a",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int64_t us = 7;
        struct fault fault = {0};
        assert_int_equal(typed(wrong[i], "Asia/Tbilisi", &us, &fault),
                         ERR_INVALID);
        assert_int_equal(us, 7);
        assert_non_null(strstr(fault.message, "2026-08-15 15:00"));
        assert_non_null(strstr(fault.message, "Asia/Tbilisi"));
    }
}

static void test_times_when_the_clocks_change_need_an_offset(void **state)
{
    (void)state;
    int64_t us = 7;
    struct fault fault = {0};
    assert_int_equal(typed("2026-03-29 02:30", "Europe/Berlin", &us, &fault),
                     ERR_INVALID);
    assert_non_null(strstr(fault.message, "does not exist"));
    assert_int_equal(typed("2026-10-25 02:30", "Europe/Berlin", &us, &fault),
                     ERR_INVALID);
    assert_non_null(strstr(fault.message, "comes twice"));
    assert_non_null(strstr(fault.message, "+02:00 or +01:00"));
    assert_int_equal(
        typed("2026-10-25T02:30:00+01:00", "Europe/Berlin", &us, &fault),
        ERR_OK);
    assert_int_equal(typed("2026-03-29 03:30", "Europe/Berlin", &us, &fault),
                     ERR_OK);
    assert_int_equal(us, time_of("2026-03-29T01:30:00Z"));
}

/* ---- Numbers and text
 * ------------------------------------------------------------------ */

static void test_numbers_and_plurals(void **state)
{
    (void)state;
    assert_text(locale_format_number(locale_of("en", "UTC"), 1234567, &arena),
                "1,234,567");
    assert_text(locale_format_number(locale_of("fa", "UTC"), 461, &arena),
                "۴۶۱");
    assert_text(locale_plural(locale_of("en", "UTC"), 1), "one");
    assert_text(locale_plural(locale_of("en", "UTC"), 2), "other");
    assert_text(locale_plural(locale_of("ru", "UTC"), 3), "few");
    assert_text(locale_plural(locale_of("ru", "UTC"), 5), "many");
    assert_text(locale_plural(locale_of("ar", "UTC"), 0), "zero");
}

static void test_order_and_letter_case(void **state)
{
    (void)state;
    const struct locale *sv = locale_of("sv", "UTC");
    const struct locale *de = locale_of("de", "UTC");
    assert_true(locale_compare(sv, STR("ö"), STR("z")) > 0);
    assert_true(locale_compare(de, STR("ö"), STR("z")) < 0);
    assert_int_equal(locale_compare(de, STR("a"), STR("a")), 0);
    assert_true(str_compare(locale_sort_key(de, STR("Äpfel"), &arena),
                            locale_sort_key(de, STR("Birne"), &arena)) < 0);
    assert_text(locale_upper(de, STR("straße"), &arena), "STRASSE");
    assert_text(locale_lower(locale_of("tr", "UTC"), STR("ISI"), &arena),
                "ısı");
    assert_text(
        locale_upper(locale_of("ka", "UTC"), STR("საქართველო a"), &arena),
        "საქართველო A");
}

static void assert_script(const char *language, const char *expected)
{
    char script[LOCALE_SCRIPT_BYTES];
    language_script(str_from_c(language), script);
    assert_string_equal(script, expected);
}

static void test_languages(void **state)
{
    (void)state;
    assert_text(language_own_name(STR("en"), &arena), "English");
    assert_text(language_own_name(STR("ka"), &arena), "ქართული");
    assert_text(language_own_name(STR("ru"), &arena), "Русский");
    assert_text(language_own_name(STR("fa"), &arena), "فارسی");
    assert_true(language_is_rtl(STR("fa")));
    assert_true(language_is_rtl(STR("ar")));
    assert_false(language_is_rtl(STR("ka")));
    assert_script("kk", "Cyrl");
    assert_script("ka", "Geor");
    assert_script("ur", "Arab");
    assert_script("sr-latn", "Latn");
    assert_script("!", "");
    assert_text(language_comma(STR("ar")), "، ");
    assert_text(language_comma(STR("zh")), "、");
    assert_text(language_comma(STR("ka")), ", ");
    assert_true(language_is_valid(STR("pt-BR")));
    assert_false(language_is_valid(STR("xx")));
    assert_false(language_is_valid(STR("en_US!")));
    assert_false(language_is_valid(STR("")));
}

/* ---- Slugs
 * --------------------------------------------------------------------------------
 */

static void assert_slug(const char *language, const char *text,
                        const char *expected)
{
    struct str slug = slug_make(str_from_c(text), str_from_c(language), &arena);
    assert_text(slug, expected);
    assert_true(slug.len == 0 || slug_is_valid(slug));
}

static void test_slugs_in_five_scripts(void **state)
{
    (void)state;
    assert_slug("en", "Putin & Kim: \"Don't\" — it's 2022!",
                "putin-kim-dont-its-2022");
    assert_slug("ka", "საქართველოს ეკონომიკა წელს გაიზრდება",
                "sakartvelos-ekonomika-tsels-gaizrdeba");
    assert_slug("ka", "ჭყონდიდი, ძაღლი და ჟურნალი",
                "chqondidi-dzaghli-da-zhurnali");
    assert_slug("ru", "Жёлтый щенок объявил подъезд",
                "zhyoltyy-shchenok-obyavil-podezd");
    assert_slug("uk", "Київ: гроші й зміни", "kyiv-hroshi-i-zminy");
    assert_slug("el", "Η Ελλάδα στην Ευρώπη", "i-ellada-stin-evropi");
    assert_slug("ar", "الأخبار العاجلة", "alakhbar-alajla");
    assert_slug("fa", "خبر گرگان", "khbr-grgan");
    assert_slug("fr", "L’été à la Côte d’Azur, œuvre",
                "lete-a-la-cote-dazur-oeuvre");
    assert_slug("de", "Größe über Öl", "groesse-ueber-oel");
    assert_slug("zh", "新闻 today", "xin-wen-today");
}

static void test_slugs_are_cut_at_a_word(void **state)
{
    (void)state;
    assert_slug("en",
                "one two three four five six seven eight nine ten eleven "
                "twelve thirteen fourteenth fifteen",
                "one-two-three-four-five-six-seven-eight-nine-ten-eleven-"
                "twelve-thirteen");
    char longest[200];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(slug_make(str_from_c(longest), STR("en"), &arena).len,
                     SLUG_BYTES_MAX);
    assert_slug("en", " -- !? ", "");
    assert_slug("en", "\xFF\xFE", "");
    assert_false(slug_is_valid(STR("a--b")));
    assert_false(slug_is_valid(STR("-a")));
    assert_false(slug_is_valid(STR("a-")));
    assert_false(slug_is_valid(STR("A")));
    assert_false(slug_is_valid(STR("")));
}

/* ---- Catalogues
 * ------------------------------------------------------------------------------
 */

static const struct embedded_file MESSAGES[] = {
    {.path = "messages/en.properties",
     .bytes =
         STR_INIT("# words\n"
                  "list.more = Load more\n"
                  "list.loading=Loading data\\\n   …\n"
                  "\n"
                  "quote = It''s '{'here'}'\n"
                  "views = {count, plural, =0 {no views} one {# view} "
                  "other {# views}}\n"
                  "by = by {name}{place, select, none {} other {, {place}}}\n"
                  "only.english = English\n")},
    {.path = "ru.properties",
     .bytes =
         STR_INIT("list.more = Ещё\n"
                  "views = {count, plural, one {# просмотр} few {# просмотра} "
                  "other {# просмотров}}\n")},
};

static struct catalogues *load(void)
{
    struct catalogues *catalogues = NULL;
    struct fault fault = {0};
    if (catalogues_load((struct embedded_files){MESSAGES, 2}, NULL, &catalogues,
                        &fault))
        fail_msg("%s: %s", fault.field, fault.message);
    return catalogues;
}

static void test_messages_and_their_fallback(void **state)
{
    (void)state;
    struct catalogues *catalogues = load();
    const struct catalogue *en = catalogues_get(catalogues, STR("en"));
    const struct catalogue *ru = catalogues_get(catalogues, STR("ru-RU"));
    assert_ptr_equal(catalogues_get(catalogues, STR("RU")), ru);
    assert_text(catalogue_text(en, STR("list.more")), "Load more");
    assert_text(catalogue_text(en, STR("list.loading")), "Loading data…");
    assert_text(catalogue_text(en, STR("quote")), "It's {here}");
    assert_text(catalogue_text(ru, STR("list.more")), "Ещё");
    assert_text(catalogue_text(ru, STR("only.english")), "English");
    assert_text(catalogue_text(ru, STR("nowhere")), "nowhere");
    assert_true(catalogues_has(catalogues, STR("ru")));
    assert_false(catalogues_has(catalogues, STR("ka")));
    assert_ptr_equal(catalogues_get(catalogues, STR("ka")), en);
    const struct value *t = catalogue_value(ru);
    assert_text(value_text(value_path(t, STR("list.more"))), "Ещё");
    assert_text(value_text(value_path(t, STR("only.english"))), "English");
    assert_null(value_path(t, STR("views")));
    catalogues_destroy(catalogues);
}

static void assert_views(const struct catalogue *catalogue,
                         const char *language, int64_t count,
                         const char *expected)
{
    struct catalogue_arg args[] = {CATALOGUE_INT("count", count)};
    assert_text(catalogue_format(catalogue, locale_of(language, "UTC"),
                                 STR("views"), args, 1, &arena),
                expected);
}

static void test_messages_with_arguments(void **state)
{
    (void)state;
    struct catalogues *catalogues = load();
    const struct catalogue *en = catalogues_get(catalogues, STR("en"));
    const struct catalogue *ru = catalogues_get(catalogues, STR("ru"));
    assert_views(en, "en", 0, "no views");
    assert_views(en, "en", 1, "1 view");
    assert_views(en, "en", 12345, "12,345 views");
    assert_views(ru, "ru", 21, "21 просмотр");
    assert_views(ru, "ru", 22, "22 просмотра");
    assert_views(ru, "ru", 25, "25 просмотров");
    struct catalogue_arg by[] = {
        CATALOGUE_STR("name", STR("{Nino}")),
        CATALOGUE_STR("place", STR("Tbilisi")),
    };
    const struct locale *locale = locale_of("en", "UTC");
    assert_text(catalogue_format(en, locale, STR("by"), by, 2, &arena),
                "by {Nino}, Tbilisi");
    by[1].text = STR("none");
    assert_text(catalogue_format(en, locale, STR("by"), by, 2, &arena),
                "by {Nino}");
    assert_text(catalogue_format(en, locale, STR("by"), by, 0, &arena),
                "by {name}, {place}");
    catalogues_destroy(catalogues);
}

static void test_bad_catalogues_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "no equals sign",
        "Key = upper case",
        "a..b = x",
        "a = {open",
        "a = {}",
        "a = }",
        "a = {n, plural, one {x}}",
        "a = {n, date}",
        "a = {n, plural, other {{m, plural, other {{o, plural, other {{p, "
        "plural, other {{q, plural, other {{r, plural, other {{s, plural, "
        "other {{t, plural, other {x}}}}}}}}}}}}}}}}",
        "a = x\na.b = y",
        "a = \xFF",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct embedded_file file = {.path = "en.properties",
                                     .bytes = str_from_c(texts[i])};
        struct catalogues *catalogues = NULL;
        struct fault fault = {0};
        assert_int_equal(catalogues_load((struct embedded_files){&file, 1},
                                         NULL, &catalogues, &fault),
                         ERR_INVALID);
        assert_null(catalogues);
        assert_true(fault.field[0] != '\0');
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_dates_by_pattern),
        TEST(test_bad_patterns_and_zones_are_refused),
        TEST(test_dates_by_style),
        TEST(test_next_midnight),
        TEST(test_times_are_typed_in_the_zone_or_with_an_offset),
        TEST(test_times_that_are_none_are_refused_with_a_remedy),
        TEST(test_times_when_the_clocks_change_need_an_offset),
        TEST(test_numbers_and_plurals),
        TEST(test_order_and_letter_case),
        TEST(test_languages),
        TEST(test_slugs_in_five_scripts),
        TEST(test_slugs_are_cut_at_a_word),
        TEST(test_messages_and_their_fallback),
        TEST(test_messages_with_arguments),
        TEST(test_bad_catalogues_are_refused),
    };
    return cmocka_run_group_tests_name("locale", tests, NULL, NULL);
}
