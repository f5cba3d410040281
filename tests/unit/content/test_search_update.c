// SPDX-License-Identifier: Apache-2.0
/* What an update of an article writes into the search index. */
#include "newsroom.h"

#include "content/content_check.h"
#include "content/search.h"

#define NOON INT64_C(1660564800000000)

static int64_t number(struct newsroom *room, const char *sql)
{
    DEFER(db_lease_end) struct db_lease lease = content_reader(room->content);
    DEFER(db_query_end) struct db_query query = db_query_begin(lease.db, sql);
    assert_ok(room, db_query_row(&query));
    return db_column_i64(&query, 0);
}

static int64_t segments(struct newsroom *room)
{
    return number(room, "SELECT COUNT(DISTINCT segid) FROM fulltext_en_idx");
}

static int64_t document(struct newsroom *room)
{
    return number(room, "SELECT MIN(document) FROM search_document");
}

static void finds(struct newsroom *room, const char *text, size_t count)
{
    struct search_query query = {
        .language = STR("en"), .text = str_from_c(text), .limit = 10};
    struct search_result result;
    assert_ok(room, search_run(room->db, &query, &room->arena, &result));
    assert_int_equal(result.count, count);
}

static void on_finding(void *context, const struct finding *finding)
{
    (void)context;
    fail_msg("%s", finding->what);
}

static void is_sound(struct newsroom *room)
{
    struct content_check_options options = {.found = on_finding};
    int64_t count;
    assert_ok(room,
              content_check(room->content, &options, &count, &room->fault));
}

static struct article_content linked(struct newsroom *room,
                                     const char *headline, const char *href)
{
    struct article_content content = newsroom_content(room, headline);
    content.body =
        arena_printf(&room->arena,
                     "{\"type\":\"doc\",\"content\":[{\"type\":\"paragraph\","
                     "\"content\":[{\"type\":\"text\",\"text\":\"timber\","
                     "\"marks\":[{\"type\":\"link\",\"attrs\":{\"href\":"
                     "\"%s\"}}]}]}]}",
                     href);
    return content;
}

static void update(struct newsroom *room, const struct id *id,
                   const struct article_content *content,
                   const struct publish_options *options)
{
    DEFER(edit_end) struct edit edit = {0};
    const struct article_input input = {.id = *id, .content = *content};
    newsroom_begin(room, &edit);
    assert_ok(room, article_save(&edit, &input, NULL, NULL));
    assert_ok(room, article_publish(&edit, id, options));
    newsroom_commit(room, &edit);
}

static void test_without_other_words_nothing_is_written(void **state)
{
    struct newsroom *room = *state;
    struct article_content content = linked(room, "Bridge", "/old");
    struct id id = newsroom_write(room, &content, NOON);
    newsroom_article(room, "Of the same second", NOON);
    int64_t segments_before = segments(room), document_before = document(room);
    content = linked(room, "Bridge", "/new");
    update(room, &id, &content, NULL);
    assert_int_equal(segments(room), segments_before);
    assert_int_equal(document(room), document_before);
    finds(room, "timber bridge", 1);
    is_sound(room);
}

static void test_with_other_words_or_at_another_time_it_is(void **state)
{
    struct newsroom *room = *state;
    struct article_content content = linked(room, "Bridge", "/old");
    struct id id = newsroom_write(room, &content, NOON);
    int64_t document_before = document(room);
    content = linked(room, "Viaduct", "/old");
    update(room, &id, &content, NULL);
    assert_int_not_equal(document(room), document_before);
    finds(room, "timber viaduct", 1);
    finds(room, "bridge", 0);
    is_sound(room);
    const struct publish_options earlier = {.published_us = NOON - 1000000,
                                            .updated_us = NOON - 1000000};
    document_before = document(room);
    content = linked(room, "Viaduct", "/new");
    update(room, &id, &content, &earlier);
    assert_in_range(document(room), 0, document_before - 1);
    finds(room, "timber viaduct", 1);
    is_sound(room);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, newsroom_open, newsroom_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_without_other_words_nothing_is_written),
        TEST(test_with_other_words_or_at_another_time_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
