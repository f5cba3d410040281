// SPDX-License-Identifier: Apache-2.0
/* When the segments of the search index are merged. */
#include "newsroom.h"

#include "content/search.h"

enum { MINUTE = 60 * 1000 * 1000, ARTICLES = 20 };
#define NOON INT64_C(1660564800000000)

static void publish_articles(struct newsroom *room)
{
    for (int i = 0; i < ARTICLES; i++)
        newsroom_article(room, i % 2 ? "Bread" : "Wine", NOON + i * MINUTE);
}

static int64_t count_segments(struct newsroom *room)
{
    DEFER(db_lease_end) struct db_lease lease = content_reader(room->content);
    DEFER(db_query_end)
    struct db_query query = db_query_begin(
        lease.db, "SELECT COUNT(DISTINCT segid) FROM fulltext_en_idx");
    assert_int_equal(db_query_row(&query), ERR_OK);
    return db_column_i64(&query, 0);
}

static size_t count_found(struct newsroom *room, const char *text)
{
    struct search_query query = {
        .language = STR("en"), .text = str_from_c(text), .limit = ARTICLES};
    struct search_result result;
    assert_ok(room, search_run(room->db, &query, &room->arena, &result));
    return result.count;
}

static void test_publishing_leaves_the_merging_to_a_pause(void **state)
{
    struct newsroom *room = *state;
    publish_articles(room);
    assert_int_equal(count_segments(room), ARTICLES);
    bool more = true;
    int steps = 0;
    while (more && steps++ < 100)
        assert_ok(room, search_merge(room->content, 1, &more, &room->fault));
    assert_false(more);
    assert_in_range(count_segments(room), 1, 7);
    assert_int_equal(count_found(room, "bread"), ARTICLES / 2);
}

static void test_what_is_settled_leaves_nothing_to_be_merged(void **state)
{
    struct newsroom *room = *state;
    bool more = true;
    publish_articles(room);
    assert_ok(room, search_settle(room->content, &room->fault));
    assert_in_range(count_segments(room), 1, 7);
    assert_ok(room, search_merge(room->content, 1, &more, &room->fault));
    assert_false(more);
    assert_int_equal(count_found(room, "bread"), ARTICLES / 2);
}

/* FTS5 refuses all writing when it has 2000. */
static void test_what_nobody_merges_is_merged_by_those_who_publish(void **state)
{
    enum { PUBLISHED = 650, MERGED_IN_COMMITS = 600 };
    struct newsroom *room = *state;
    publish_articles(room);
    assert_ok(room, search_settle(room->content, &room->fault));
    for (int i = 0; i < PUBLISHED; i++)
        newsroom_article(room, "Bread", NOON + i);
    assert_in_range(count_segments(room), 1, MERGED_IN_COMMITS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            test_publishing_leaves_the_merging_to_a_pause, newsroom_open,
            newsroom_close),
        cmocka_unit_test_setup_teardown(
            test_what_is_settled_leaves_nothing_to_be_merged, newsroom_open,
            newsroom_close),
        cmocka_unit_test_setup_teardown(
            test_what_nobody_merges_is_merged_by_those_who_publish,
            newsroom_open, newsroom_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
