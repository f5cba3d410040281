// SPDX-License-Identifier: Apache-2.0
/* What search finds, and when. */
#include "newsroom.h"

#include "content/content_check.h"
#include "content/language.h"
#include "content/schedule.h"
#include "content/search.h"
#include "content/search_asking_internal.h"
#include "content/tag.h"
#include "store/search_words.h"

enum { MINUTE = 60 * 1000 * 1000 };
#define NOON INT64_C(1660564800000000)

static struct search_result run(struct newsroom *room,
                                const struct search_query *query)
{
    struct search_result result;
    enum err err = search_run(room->db, query, &room->arena, &result);
    if (err)
        fail_msg("search: %s", err_name(err));
    return result;
}

/* "one|two": headlines of what is found. */
static const char *headlines(struct newsroom *room,
                             const struct search_result *result)
{
    struct str text = STR("");
    for (size_t i = 0; i < result->count; i++) {
        if (i)
            text = arena_concat(&room->arena, text, STR("|"));
        text = arena_concat(&room->arena, text, result->hits[i].card.headline);
    }
    return arena_c_string(&room->arena, text);
}

static void finds(struct newsroom *room, const char *text, const char *expected)
{
    struct search_query query = {.language = STR("en"),
                                 .text = str_from_c(text)};
    struct search_result result = run(room, &query);
    assert_string_equal(headlines(room, &result), expected);
}

static struct id write_body(struct newsroom *room, const char *headline,
                            const char *body, int64_t published_us)
{
    struct article_content content = newsroom_content(room, headline);
    content.body = arena_printf(
        &room->arena,
        "{\"type\":\"doc\",\"content\":[{\"type\":\"paragraph\",\"content\":[{"
        "\"type\":\"text\",\"text\":\"%s\"}]}]}",
        body);
    return newsroom_write(room, &content, published_us);
}

static void change(struct newsroom *room, const struct id *id,
                   enum err (*write)(struct edit *edit, const struct id *id))
{
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, write(&edit, id));
    newsroom_commit(room, &edit);
}

static enum err withdraw(struct edit *edit, const struct id *id)
{
    return article_withdraw(edit, id, STR("It was wrong."), STR(""), 0);
}

static enum err publish(struct edit *edit, const struct id *id)
{
    return article_publish(edit, id, NULL);
}

static void on_finding(void *context, const struct finding *finding)
{
    const char **first = context;
    if (!*first)
        *first = finding->remedy;
}

/* The remedy of what is found first, or NULL. */
static const char *check(struct newsroom *room)
{
    const char *first = NULL;
    struct content_check_options options = {.found = on_finding,
                                            .context = &first};
    int64_t count;
    assert_ok(room,
              content_check(room->content, &options, &count, &room->fault));
    return first;
}

static void is_sound(struct newsroom *room)
{
    assert_null(check(room));
}

/* ---- Who is found ----------------------------------------------------------
 */

/* So many that their words are found by a second thread. */
static void test_what_is_published_at_once_is_found(void **state)
{
    enum { MANY = 80 };
    struct newsroom *room = *state;
    {
        DEFER(edit_end) struct edit edit = {0};
        newsroom_begin(room, &edit);
        for (int i = 0; i < MANY; i++) {
            struct article_input input = {
                .content = newsroom_content(
                    room, arena_printf(&room->arena, "Story %d", i).ptr)};
            input.content.body = arena_printf(
                &room->arena,
                "{\"type\":\"doc\",\"content\":[{\"type\":\"paragraph\","
                "\"content\":[{\"type\":\"text\",\"text\":\"The bridges of"
                " valley%d\"}]}]}",
                i);
            struct publish_options options = {.published_us = NOON + i};
            struct id id;
            int64_t revision;
            assert_ok(room, article_save(&edit, &input, &id, &revision));
            assert_ok(room, article_publish(&edit, &id, &options));
        }
        newsroom_commit(room, &edit);
    }
    for (int i = 0; i < MANY; i++)
        finds(room, arena_printf(&room->arena, "\"bridge of valley%d\"", i).ptr,
              arena_printf(&room->arena, "Story %d", i).ptr);
    is_sound(room);
}

static void test_an_article_is_found_from_its_publication_to_its_withdrawal(
    void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Harvest festival", 0);
    finds(room, "harvest", "");
    change(room, &id, publish);
    finds(room, "harvest", "Harvest festival");
    finds(room, "harvests", "Harvest festival");
    is_sound(room);
    change(room, &id, withdraw);
    finds(room, "harvest", "");
    is_sound(room);
    change(room, &id, publish);
    finds(room, "festivals", "Harvest festival");
    is_sound(room);
}

static enum err schedule(struct edit *edit, const struct id *id)
{
    return article_schedule(edit, id, edit->time_us + 3600 * INT64_C(1000000));
}

static void test_a_scheduled_article_is_not_found(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Secret embargo", 0);
    change(room, &id, schedule);
    finds(room, "embargo", "");
    is_sound(room);
}

static void test_an_edit_is_found_when_it_is_published(void **state)
{
    struct newsroom *room = *state;
    struct id id = write_body(room, "Bridge", "It is made of timber.", NOON);
    struct article_content content = newsroom_content(room, "Viaduct");
    struct article_input input = {.id = id, .content = content};
    {
        DEFER(edit_end) struct edit edit = {0};
        newsroom_begin(room, &edit);
        assert_ok(room, article_save(&edit, &input, NULL, NULL));
        newsroom_commit(room, &edit);
    }
    finds(room, "timber", "Bridge");
    finds(room, "viaduct", "");
    change(room, &id, publish);
    finds(room, "timber", "");
    finds(room, "bridge", "");
    finds(room, "viaduct", "Viaduct");
    is_sound(room);
}

static void test_what_is_not_committed_is_not_found(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Rolled back", 0);
    {
        DEFER(edit_end) struct edit edit = {0};
        newsroom_begin(room, &edit);
        assert_ok(room, article_publish(&edit, &id, NULL));
    }
    finds(room, "rolled", "");
    is_sound(room);
}

static void test_a_failed_step_leaves_the_index_of_the_others(void **state)
{
    struct newsroom *room = *state;
    struct id good = newsroom_article(room, "Good one", 0);
    struct id other = newsroom_article(room, "Other one", 0);
    struct publish_options future = {.published_us = INT64_MAX};
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, article_publish(&edit, &good, NULL));
    assert_int_equal(article_publish(&edit, &other, &future), ERR_INVALID);
    newsroom_commit(room, &edit);
    finds(room, "one", "Good one");
    is_sound(room);
}

static void test_many_in_one_edit_in_any_order(void **state)
{
    struct newsroom *room = *state;
    struct id ids[6];
    for (int i = 0; i < 6; i++)
        ids[i] = newsroom_article(room, "Same word", 0);
    {
        DEFER(edit_end) struct edit edit = {0};
        newsroom_begin(room, &edit);
        for (int i = 0; i < 6; i++) {
            struct publish_options options = {.published_us =
                                                  NOON - i % 3 * MINUTE};
            assert_ok(room, article_publish(&edit, &ids[i], &options));
        }
        for (int i = 0; i < 6; i += 2)
            assert_ok(room, withdraw(&edit, &ids[i]));
        for (int i = 0; i < 6; i += 4)
            assert_ok(room, publish(&edit, &ids[i]));
        newsroom_commit(room, &edit);
    }
    struct search_query query = {.language = STR("en"), .text = STR("same")};
    assert_int_equal(run(room, &query).total, 5);
    is_sound(room);
}

static void test_languages_are_apart(void **state)
{
    struct newsroom *room = *state;
    struct article_content content = newsroom_content(room, "ახალი ხიდი");
    content.language = STR("ka");
    content.body = STR("");
    newsroom_write(room, &content, NOON);
    struct search_query query = {.language = STR("ka"), .text = STR("ხიდის")};
    struct search_result result = run(room, &query);
    assert_string_equal(headlines(room, &result), "ახალი ხიდი");
    finds(room, "ხიდი", "");
    query.language = STR("xx");
    assert_int_equal(search_run(room->db, &query, &room->arena, &result),
                     ERR_NOT_FOUND);
}

/* ---- What is asked ---------------------------------------------------------
 */

static void test_all_words_must_occur(void **state)
{
    struct newsroom *room = *state;
    write_body(room, "Council meets", "The budget for roads.", NOON);
    write_body(room, "Council rests", "Nothing happened.", NOON - MINUTE);
    finds(room, "council roads", "Council meets");
    finds(room, "council -roads", "Council rests");
    finds(room, "council -budget -nothing", "");
    finds(room, "council -\"the budget\"", "Council rests");
    finds(room, "-roads", "");
}

static void test_phrases_keep_their_order(void **state)
{
    struct newsroom *room = *state;
    write_body(room, "A", "the new bridge opened", NOON);
    write_body(room, "B", "a bridge, new and open", NOON - MINUTE);
    finds(room, "\"new bridge\"", "A");
    finds(room, "“new bridges”", "A");
    finds(room, "«bridge new»", "B");
    finds(room, "\"new bridge", "A");
}

static void test_a_beginning_finds_the_words_that_go_on(void **state)
{
    struct newsroom *room = *state;
    newsroom_article(room, "Electricity costs more", NOON);
    finds(room, "elect*", "Electricity costs more");
    finds(room, "xelect*", "");
    bool more = true;
    while (more)
        assert_ok(room,
                  search_count_words(room->content, 10, &more, &room->fault));
    finds(room, "electri*", "Electricity costs more");
}

static void test_names_are_found(void **state)
{
    struct newsroom *room = *state;
    struct str tags[] = {STR("Vintage")};
    struct article_content content = newsroom_content(room, "Grapes");
    content.tags = tags;
    content.tag_count = 1;
    newsroom_write(room, &content, NOON);
    finds(room, "vintage", "Grapes");
    finds(room, "nino", "Grapes");
    finds(room, "politics", "Grapes");
}

static void test_a_new_name_is_found_after_a_while(void **state)
{
    struct newsroom *room = *state;
    struct str tags[] = {STR("Vintage")};
    struct article_content content = newsroom_content(room, "Grapes");
    content.tags = tags;
    content.tag_count = 1;
    newsroom_write(room, &content, NOON);
    struct tag tag;
    assert_ok(room, tag_find_named(room->db, STR("en"), STR("Vintage"),
                                   &room->arena, &tag));
    {
        DEFER(edit_end) struct edit edit = {0};
        newsroom_begin(room, &edit);
        tag.name = STR("Winemaking");
        assert_ok(room, tag_save(&edit, &tag, NULL));
        newsroom_commit(room, &edit);
    }
    int64_t left = 1;
    assert_ok(room,
              search_index_pending(room->content, 10, &left, &room->fault));
    assert_int_equal(left, 0);
    finds(room, "winemaking", "Grapes");
    finds(room, "vintage", "");
    is_sound(room);
}

static void test_filters_narrow(void **state)
{
    struct newsroom *room = *state;
    struct article_content content = newsroom_content(room, "Vote at noon");
    content.categories = &room->elections;
    newsroom_write(room, &content, NOON);
    content.categories = &room->sport;
    content.headline = STR("Vote later");
    content.byline_count = 0;
    newsroom_write(room, &content, NOON + 60 * INT64_C(60000000));
    struct search_query query = {
        .language = STR("en"), .text = STR("vote"), .category = room->politics};
    struct search_result result = run(room, &query);
    assert_string_equal(headlines(room, &result), "Vote at noon");
    query.category = room->sport;
    result = run(room, &query);
    assert_string_equal(headlines(room, &result), "Vote later");
    query.category = (struct id){0};
    query.person = room->author;
    result = run(room, &query);
    assert_string_equal(headlines(room, &result), "Vote at noon");
    query.person = (struct id){0};
    query.from_us = NOON + MINUTE;
    result = run(room, &query);
    assert_string_equal(headlines(room, &result), "Vote later");
    query.from_us = 0;
    query.until_us = NOON + MINUTE;
    result = run(room, &query);
    assert_string_equal(headlines(room, &result), "Vote at noon");
    query.until_us = NOON;
    assert_int_equal(run(room, &query).total, 0);
}

static void test_hostile_queries_find_nothing_and_break_nothing(void **state)
{
    static const char *const queries[] = {
        "",
        "\"",
        "\"\"\"",
        "-",
        "--",
        "-\"",
        "*",
        "**",
        "-*",
        "( ) AND OR NOT NEAR",
        "headline:secret",
        "{headline body} : x",
        "^zzz + zzz",
        "NEAR(zzz yyy, 2)",
        "zzz*\"yyy*\"*",
        "'; DROP TABLE article; --",
        "\xff\xfe\xc0\x80",
        SEARCH_MARK "c62f9f7d471fdc",
        "\x01\x02\x03",
        "zzz\"zzz\"zzz\"-zzz\"",
        "a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a zzz",
    };
    struct newsroom *room = *state;
    newsroom_article(room, "Plain", NOON);
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        finds(room, queries[i], "");
    struct search_query query = {
        .language = STR("en"),
        .text = str_of("plain\0\"x", 8),
    };
    assert_int_equal(run(room, &query).count, 0);
    finds(room, "plain", "Plain");
}

/* ---- Order and pages -------------------------------------------------------
 */

static void test_a_headline_counts_more_than_any_text_however_fresh(
    void **state)
{
    struct newsroom *room = *state;
    const int64_t day = 1440 * (int64_t)MINUTE;
    write_body(room, "Something else", "A flood came.", NOON);
    write_body(room, "Another", "A flood, a flood, a flood.", NOON - MINUTE);
    write_body(room, "Flood", "Water everywhere.", NOON - 30 * day);
    write_body(room, "Flood of old", "Water everywhere.", NOON - 4000 * day);
    finds(room, "flood", "Flood|Flood of old|Another|Something else");
}

static void test_of_what_matches_alike_the_fresher_comes_first(void **state)
{
    struct newsroom *room = *state;
    const int64_t day = 1440 * (int64_t)MINUTE;
    write_body(room, "Last year", "A flood came.", NOON - 365 * day);
    write_body(room, "Last week", "A flood came.", NOON - 7 * day);
    write_body(room, "Today", "A flood came.", NOON);
    write_body(room, "Ages ago", "A flood came.", NOON - 9000 * day);
    finds(room, "flood", "Today|Last week|Last year|Ages ago");
}

static void test_words_side_by_side_count_more_than_apart(void **state)
{
    struct newsroom *room = *state;
    const int64_t day = 1440 * (int64_t)MINUTE;
    write_body(room, "Apart", "A bridge for the town, not a new one.", NOON);
    write_body(room, "Side by side", "So a new bridge for the town, not one.",
               NOON - 30 * day);
    finds(room, "new bridge", "Side by side|Apart");
    write_body(room, "Bridge, old and new", "Nothing.", NOON);
    write_body(room, "Old town, new bridge", "Nothing.", NOON - 30 * day);
    finds(room, "new bridge",
          "Old town, new bridge|Bridge, old and new|Side by side|Apart");
}

static void test_a_headline_that_begins_so_comes_first(void **state)
{
    struct newsroom *room = *state;
    const int64_t day = 1440 * (int64_t)MINUTE;
    write_body(room, "Council votes on flood insurance at last", "Nothing.",
               NOON - 20 * day);
    write_body(room, "Flood", "Nothing.", NOON - 27 * day);
    finds(room, "flood", "Flood|Council votes on flood insurance at last");
}

static void test_rare_words_say_more_than_common_ones(void **state)
{
    struct newsroom *room = *state;
    for (int i = 0; i < 20; i++)
        write_body(room, newsroom_key(room, "Filler %d", i), "The council.",
                   NOON - MINUTE);
    write_body(room, "Council", "An axolotl.", NOON);
    write_body(room, "Axolotl", "A council.",
               NOON - 7 * 1440 * (int64_t)MINUTE);
    finds(room, "council axolotl", "Axolotl|Council");
}

static void test_pages_neither_repeat_nor_hide(void **state)
{
    struct newsroom *room = *state;
    for (int sort = SEARCH_BY_RELEVANCE; sort <= SEARCH_BY_DATE; sort++) {
        for (int i = 0; i < 7; i++)
            newsroom_article(room, newsroom_key(room, "Paging %d%d", sort, i),
                             NOON + i * MINUTE);
        struct search_query query = {.language = STR("en"),
                                     .text =
                                         arena_printf(&room->arena, "paging"),
                                     .sort = (enum search_sort)sort,
                                     .limit = 3};
        struct search_result first = run(room, &query);
        int64_t total = first.total;
        assert_true(first.more);
        newsroom_article(room, "Paging of the newest", -1);
        size_t seen = first.count;
        struct search_result next = first;
        while (next.more) {
            char cursor[SEARCH_CURSOR_BYTES];
            search_cursor_format(&next.next, cursor);
            assert_int_equal(
                search_cursor_parse(str_from_c(cursor), &query.after), ERR_OK);
            next = run(room, &query);
            for (size_t i = 0; i < next.count; i++)
                assert_false(str_eq(next.hits[i].card.headline,
                                    STR("Paging of the newest")) &&
                             sort == SEARCH_BY_DATE);
            seen += next.count;
        }
        assert_int_equal(seen, total);
    }
}

static void test_by_date_the_newest_comes_first(void **state)
{
    struct newsroom *room = *state;
    write_body(room, "Flood", "flood flood flood", NOON - MINUTE);
    write_body(room, "Later", "a flood", NOON);
    struct search_query query = {
        .language = STR("en"), .text = STR("flood"), .sort = SEARCH_BY_DATE};
    struct search_result result = run(room, &query);
    assert_string_equal(headlines(room, &result), "Later|Flood");
}

static void test_cursors_are_read_strictly(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "1",
        "0000000000000000-0000",
        "000000000000000g-0000",
        "0000000000000001_0000",
        "0000000000000001-000",
        "ffffffffffffffff-0000",
        "0000000000000001-00000",
    };
    struct search_cursor cursor;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(search_cursor_parse(str_from_c(wrong[i]), &cursor),
                         ERR_INVALID);
}

/* One search that may walk past so many entries of the index. */
static struct search_result run_bounded(struct newsroom *room,
                                        const struct search_query *query,
                                        double walked_max)
{
    struct search_result result;
    struct asking asking = {
        .db = room->db,
        .query = query,
        .arena = &room->arena,
        .ranked_max = 100,
        .walked_max = walked_max,
    };
    assert_int_equal(search_words_create(query->language, &asking.words),
                     ERR_OK);
    assert_int_equal(search_ask(&asking, &result), ERR_OK);
    search_words_destroy(asking.words);
    return result;
}

static void test_common_words_side_by_side_are_looked_for_in_the_newer_part(
    void **state)
{
    struct newsroom *room = *state;
    const int64_t day = 1440 * (int64_t)MINUTE;
    for (int i = 0; i < 60; i++)
        write_body(room, newsroom_key(room, "Day %d", i),
                   i % 20 ? "alpha or beta" : "alpha beta", NOON + i * day);
    struct search_query query = {.language = STR("en"),
                                 .text = STR("\"alpha beta\"")};
    struct search_result result = run_bounded(room, &query, 1000);
    assert_int_equal(result.total, 3);
    assert_int_equal(result.since_us, 0);
    result = run_bounded(room, &query, 60);
    assert_string_equal(headlines(room, &result), "Day 40");
    assert_true(result.since_us > NOON + 25 * day &&
                result.since_us < NOON + 35 * day);
    assert_false(result.more);
    query.sort = SEARCH_BY_DATE;
    const char *seen = "";
    for (int pages = 0; pages == 0 || result.more; pages++) {
        assert_true(pages < 5);
        result = run_bounded(room, &query, 60);
        seen = newsroom_key(room, "%s%s ", seen, headlines(room, &result));
        query.after = result.next;
    }
    assert_string_equal(seen, "Day 40 Day 20|Day 0 ");
    query = (struct search_query){.language = STR("en"), .text = STR("alpha")};
    result = run_bounded(room, &query, 60);
    assert_int_equal(result.total, 60);
}

/* ---- Snippets --------------------------------------------------------------
 */

/* "plain[match]plain" */
static const char *marked(struct newsroom *room, const struct search_runs *runs)
{
    struct str text = runs->cut_before ? STR("…") : STR("");
    for (size_t i = 0; i < runs->count; i++)
        text = arena_printf(&room->arena,
                            runs->runs[i].match ? "%" PRI_STR "[%" PRI_STR "]"
                                                : "%" PRI_STR "%" PRI_STR,
                            ARG_STR(text), ARG_STR(runs->runs[i].text));
    if (runs->cut_after)
        text = arena_concat(&room->arena, text, STR("…"));
    return arena_c_string(&room->arena, text);
}

static void test_snippets_show_the_place_that_matches_most(void **state)
{
    struct newsroom *room = *state;
    write_body(room, "Rivers rise",
               "One river is long. Nothing of note happens here for a good "
               "while, and then some more of nothing, which fills the lines "
               "until the end of them is near. At last the river floods the "
               "bridges, and people who live by it go to the hills where they "
               "stay until the water has gone, which takes a long time indeed.",
               NOON);
    struct search_query query = {.language = STR("en"),
                                 .text = STR("river flooding")};
    struct search_result result = run(room, &query);
    assert_int_equal(result.count, 1);
    assert_string_equal(marked(room, &result.hits[0].headline),
                        "[Rivers] rise");
    assert_string_equal(
        marked(room, &result.hits[0].snippet),
        "…lines until the end of them is near. At last the [river] [floods] "
        "the bridges, and people who live by it go to the hills where they "
        "stay until the water has gone, which takes a long…");
}

static void test_grams_that_touch_are_one_match(void **state)
{
    struct newsroom *room = *state;
    write_body(room, "京都", "我们去北京市政府开会", NOON);
    struct search_query query = {.language = STR("en"),
                                 .text = STR("北京市政府")};
    struct search_result result = run(room, &query);
    assert_int_equal(result.count, 1);
    assert_string_equal(marked(room, &result.hits[0].snippet),
                        "我们去[北京市政府]开会");
}

/* ---- Upkeep ----------------------------------------------------------------
 */

static int64_t reindex(struct newsroom *room, bool anew)
{
    int64_t total = 0, left = 1;
    assert_ok(room, search_reindex(room->content, anew, &total, &room->fault));
    while (left)
        assert_ok(room,
                  search_index_pending(room->content, 2, &left, &room->fault));
    return total;
}

static void test_reindexing_finds_the_same(void **state)
{
    struct newsroom *room = *state;
    for (int i = 0; i < 5; i++)
        newsroom_article(room, newsroom_key(room, "Again %d", i),
                         NOON + i * MINUTE);
    newsroom_article(room, "Again a draft", 0);
    struct search_query query = {
        .language = STR("en"), .text = STR("again"), .sort = SEARCH_BY_DATE};
    for (int anew = 0; anew < 2; anew++) {
        assert_int_equal(reindex(room, anew), 5);
        struct search_result result = run(room, &query);
        assert_string_equal(headlines(room, &result),
                            "Again 4|Again 3|Again 2|Again 1|Again 0");
        is_sound(room);
    }
}

static void forget(struct newsroom *room, const char *sql)
{
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, db_run_script(edit.db, sql));
    newsroom_commit(room, &edit);
}

static void test_a_hole_in_the_index_is_noticed_and_mended(void **state)
{
    struct newsroom *room = *state;
    newsroom_article(room, "Lost and found", NOON);
    forget(room, "DELETE FROM search_document");
    assert_string_equal(check(room), "broadsheet reindex");
    reindex(room, true);
    is_sound(room);
    finds(room, "lost", "Lost and found");
}

static void test_more_of_one_second_than_there_are_numbers(void **state)
{
    struct newsroom *room = *state;
    enum { COUNT = 1030 };
    struct publish_options options = {.published_us = NOON};
    {
        DEFER(edit_end) struct edit edit = {0};
        newsroom_begin(room, &edit);
        struct article_content content = newsroom_content(room, "Burst");
        struct article_input input = {.content = content};
        for (int i = 0; i < COUNT; i++) {
            struct id id;
            assert_ok(room, article_save(&edit, &input, &id, NULL));
            assert_ok(room, article_publish(&edit, &id, &options));
        }
        newsroom_commit(room, &edit);
    }
    struct search_query query = {.language = STR("en"), .text = STR("burst")};
    assert_int_equal(run(room, &query).total, COUNT);
    is_sound(room);
}

static void test_a_language_can_go_and_come(void **state)
{
    struct newsroom *room = *state;
    for (int i = 0; i < 2; i++) {
        DEFER(edit_end) struct edit edit = {0};
        struct language french = {.code = STR("fr")};
        newsroom_begin(room, &edit);
        assert_ok(room, language_save(&edit, &french));
        if (i == 0)
            assert_ok(room, language_remove(&edit, STR("fr")));
        newsroom_commit(room, &edit);
    }
    struct search_query query = {.language = STR("fr"), .text = STR("mot")};
    assert_int_equal(run(room, &query).total, 0);
    is_sound(room);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, newsroom_open, newsroom_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_published_at_once_is_found),
        TEST(test_an_article_is_found_from_its_publication_to_its_withdrawal),
        TEST(test_a_scheduled_article_is_not_found),
        TEST(test_an_edit_is_found_when_it_is_published),
        TEST(test_what_is_not_committed_is_not_found),
        TEST(test_a_failed_step_leaves_the_index_of_the_others),
        TEST(test_many_in_one_edit_in_any_order),
        TEST(test_languages_are_apart),
        TEST(test_all_words_must_occur),
        TEST(test_phrases_keep_their_order),
        TEST(test_a_beginning_finds_the_words_that_go_on),
        TEST(test_names_are_found),
        TEST(test_a_new_name_is_found_after_a_while),
        TEST(test_filters_narrow),
        TEST(test_hostile_queries_find_nothing_and_break_nothing),
        TEST(test_a_headline_counts_more_than_any_text_however_fresh),
        TEST(test_of_what_matches_alike_the_fresher_comes_first),
        TEST(test_words_side_by_side_count_more_than_apart),
        TEST(test_a_headline_that_begins_so_comes_first),
        TEST(test_rare_words_say_more_than_common_ones),
        TEST(test_pages_neither_repeat_nor_hide),
        TEST(test_by_date_the_newest_comes_first),
        TEST(test_cursors_are_read_strictly),
        TEST(test_common_words_side_by_side_are_looked_for_in_the_newer_part),
        TEST(test_snippets_show_the_place_that_matches_most),
        TEST(test_grams_that_touch_are_one_match),
        TEST(test_reindexing_finds_the_same),
        TEST(test_a_hole_in_the_index_is_noticed_and_mended),
        TEST(test_more_of_one_second_than_there_are_numbers),
        TEST(test_a_language_can_go_and_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
