// SPDX-License-Identifier: Apache-2.0
/* Terms of texts, written "one two three". */
#include "folder.h"

#include "base/arena.h"
#include "store/search_words.h"

struct terms {
    struct buf text;
};

static int add(void *context, const struct search_word *word)
{
    struct buf *out = context;
    if (out->len)
        buf_add_char(out, ' ');
    buf_add(out, word->term);
    return 0;
}

static void check(const char *language, enum search_words_mode mode,
                  const char *text, const char *expected)
{
    struct search_words *words;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1 << 20);
    assert_int_equal(search_words_create(str_from_c(language), &words), ERR_OK);
    assert_int_equal(
        search_words_each(words, mode, str_from_c(text), add, &out), 0);
    search_words_destroy(words);
    buf_add_char(&out, '\0');
    assert_string_equal(out.ptr, expected);
}

static void of_text(const char *language, const char *text,
                    const char *expected)
{
    check(language, SEARCH_WORDS_OF_TEXT, text, expected);
}

static void test_english_words_lose_their_endings(void **state)
{
    (void)state;
    of_text("en", "The Elections; elected, election's",
            "the elect elect elect");
    of_text("en", "don’t DON'T", "dont dont");
    of_text("en", "Café café CAFE", "cafe cafe cafe");
    of_text("en-gb", "running", "run");
}

static void test_full_stops_part_words_but_not_letters(void **state)
{
    (void)state;
    of_text("en", "U.S. U.S.A, i.e. e.g", "us usa ie eg");
    of_text("en", "example.com J.Smith end.", "exampl com j smith end");
    of_text("en", "3.5 covid-19 F16", "3 5 covid 19 f16");
}

static void test_french_articles_are_left_out(void **state)
{
    (void)state;
    of_text("fr", "L’élection d'été qu'il aujourd'hui",
            "elect ete il aujourdhui");
    of_text("fr", "élevé élève", "elev elev");
    of_text("fr", "Œuvre cœur", "oeuvr coeur");
}

static void test_german_words_meet_without_umlauts(void **state)
{
    (void)state;
    of_text("de", "Häuser Haus STRASSE Straße", "haus haus strass strass");
}

static void test_russian_forms_meet(void **state)
{
    (void)state;
    of_text("ru", "Выборы выборов выборам", "выбор выбор выбор");
    of_text("ru", "за́мок ёлка елка Москве Москва", "замок елк елк москв москв");
    of_text("ru", "мой май", "мо ма");
}

static void test_georgian_cases_and_postpositions_meet(void **state)
{
    (void)state;
    of_text("ka",
            "ქალაქი ქალაქის ქალაქს ქალაქით ქალაქად ქალაქმა ქალაქში ქალაქზე "
            "ქალაქთან ქალაქისთვის ქალაქიდან ქალაქამდე ქალაქიდანაც ქალაქები "
            "ქალაქებში ქალაქების",
            "ქალაქ ქალაქ ქალაქ ქალაქ ქალაქ ქალაქ ქალაქ ქალაქ ქალაქ ქალაქ "
            "ქალაქ ქალაქ ქალაქ ქალაქ ქალაქ ქალაქ");
    of_text("ka", "თბილისი თბილისის თბილისში თბილისიდან თბილისს",
            "თბილის თბილის თბილის თბილის თბილის");
    of_text("ka",
            "საქართველო საქართველოს საქართველოში საქართველომ "
            "საქართველოსთვის საქართველოდან",
            "საქართვლ საქართვლ საქართვლ საქართვლ საქართვლ საქართვლ");
    of_text("ka", "ქვეყანა ქვეყნის ქვეყანაში ქვეყნებს",
            "ქვეყნ ქვეყნ ქვეყნ ქვეყნ");
    of_text("ka", "არჩევანი არჩევნები არჩევნების", "არჩევნ არჩევნ არჩევნ");
    of_text("ka", "დემოკრატია დემოკრატიის დემოკრატიაში დემოკრატიისთვის",
            "დემოკრატი დემოკრატი დემოკრატი დემოკრატი");
    of_text("ka", "რეფორმა რეფორმის რეფორმამ მინისტრმა მინისტრი",
            "რეფორმ რეფორმ რეფორმ მინისტრ მინისტრ");
    of_text("ka", "ომი ომის ომში და ის", "ომ ომ ომ და ის");
}

static void test_georgian_capitals_are_folded(void **state)
{
    (void)state;
    of_text("ka", "ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ", "საქართვლ");
}

static void test_arabic_loses_vowel_signs(void **state)
{
    (void)state;
    of_text("ar", "مُحَمَّد محمد", "محمد محمد");
    check("fa", SEARCH_WORDS_OF_TEXT, "کتاب ۱۲", "كتاب 12");
}

static void test_turkish_keeps_its_dotless_i_apart_until_it_is_folded(
    void **state)
{
    (void)state;
    check("tr", SEARCH_WORDS_UNSTEMMED, "DİYARBAKIR", "diyarbakir");
    check("tr", SEARCH_WORDS_SPELLED, "DİYARBAKIR", "diyarbakır");
}

static void test_scripts_without_spaces_become_grams(void **state)
{
    (void)state;
    of_text("zh", "北京市，税", "北京 京市 市 税");
    of_text("ja", "東京タワー", "東京 京タ タワ ワー ー");
    of_text("th", "ไทย", "ไทย ทย ย");
    of_text("zh", "ABC公司2024年", "abc 公司 司 2024 年");
    check("zh", SEARCH_WORDS_OF_QUERY, "北京市 税", "北京 京市 税");
    check("zh", SEARCH_WORDS_SPELLED, "北京 word 12", "word");
}

static void test_marks_stay_as_they_are(void **state)
{
    (void)state;
    of_text("en", SEARCH_MARK "c62f9f7d471fdc running",
            SEARCH_MARK "c62f9f7d471fdc run");
    struct arena arena;
    arena_init(&arena, 0);
    struct str stripped = search_words_strip_marks(
        STR(SEARCH_TERMS "a" SEARCH_MARK "b\xEE\x80\x82" SEARCH_MARK), &arena);
    assert_true(str_eq(stripped, STR("ab\xEE\x80\x82")));
    arena_finish(&arena);
}

static void test_terms_made_already_are_the_terms(void **state)
{
    static const struct {
        const char *language, *text;
    } texts[] = {
        {"en", "The Elections; U.S. don’t covid-19"},
        {"zh", "北京市 税"},
        {"en", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct search_words *words;
        DEFER(buf_finish) struct buf terms, expected;
        buf_init(&terms, 1000);
        buf_init(&expected, 1000);
        assert_int_equal(
            search_words_create(str_from_c(texts[i].language), &words), ERR_OK);
        search_words_write_terms(words, str_from_c(texts[i].text), &terms);
        search_words_each(words, SEARCH_WORDS_OF_TEXT,
                          str_from_c(texts[i].text), add, &expected);
        search_words_destroy(words);
        buf_add_char(&terms, '\0');
        buf_add_char(&expected, '\0');
        of_text(texts[i].language, terms.ptr, expected.ptr);
    }
}

static void test_places_are_those_of_the_text(void **state)
{
    (void)state;
    of_text("en", "", "");
    of_text("en", "\xff\xfe ok \xc3", "ok");
    of_text("en", "soft\u00ADhyphen", "softhyphen");
}

struct place {
    size_t start, end;
};

static int keep_place(void *context, const struct search_word *word)
{
    struct place *place = context;
    *place = (struct place){word->start, word->end};
    return 1;
}

static void test_an_elided_article_is_no_part_of_the_place(void **state)
{
    (void)state;
    struct search_words *words;
    struct place place = {0};
    assert_int_equal(search_words_create(STR("fr"), &words), ERR_OK);
    assert_int_equal(search_words_each(words, SEARCH_WORDS_OF_TEXT,
                                       STR("l'eau."), keep_place, &place),
                     1);
    search_words_destroy(words);
    assert_int_equal(place.start, 2);
    assert_int_equal(place.end, 5);
}

static void test_words_of_any_length_end(void **state)
{
    (void)state;
    struct search_words *words;
    DEFER(buf_finish) struct buf out;
    static char text[100000];
    memset(text, 'a', sizeof text);
    buf_init(&out, 1 << 20);
    assert_int_equal(search_words_create(STR("en"), &words), ERR_OK);
    search_words_each(words, SEARCH_WORDS_OF_TEXT, str_of(text, sizeof text),
                      add, &out);
    search_words_destroy(words);
    assert_true(out.len > 0 && out.len <= 128);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_english_words_lose_their_endings),
        cmocka_unit_test(test_full_stops_part_words_but_not_letters),
        cmocka_unit_test(test_french_articles_are_left_out),
        cmocka_unit_test(test_german_words_meet_without_umlauts),
        cmocka_unit_test(test_russian_forms_meet),
        cmocka_unit_test(test_georgian_cases_and_postpositions_meet),
        cmocka_unit_test(test_georgian_capitals_are_folded),
        cmocka_unit_test(test_arabic_loses_vowel_signs),
        cmocka_unit_test(
            test_turkish_keeps_its_dotless_i_apart_until_it_is_folded),
        cmocka_unit_test(test_scripts_without_spaces_become_grams),
        cmocka_unit_test(test_marks_stay_as_they_are),
        cmocka_unit_test(test_terms_made_already_are_the_terms),
        cmocka_unit_test(test_places_are_those_of_the_text),
        cmocka_unit_test(test_an_elided_article_is_no_part_of_the_place),
        cmocka_unit_test(test_words_of_any_length_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
