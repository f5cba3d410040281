// SPDX-License-Identifier: Apache-2.0
/* Links that wait for stories which have not come: who is due when they do. */
#include "newsroom.h"

#include "base/id.h"
#include "content/import_link.h"

static struct import_linking linking_of(const char *foreign, int64_t time_us)
{
    return (struct import_linking){
        .article = id_from_time(time_us),
        .key = {.source = STR("wxr https://old.example"),
                .kind = IMPORT_KIND_ARTICLE,
                .foreign = str_from_c(foreign)}};
}

static void assert_due(struct newsroom *room, struct edit *edit,
                       const struct import_linking *linking, size_t hosts)
{
    struct import_due due;
    assert_ok(room, import_link_next_due(edit->db, &room->arena, &due));
    assert_string_equal(due.linking.article.text, linking->article.text);
    assert_true(str_eq(due.linking.key.foreign, linking->key.foreign));
    assert_true(str_eq(due.linking.key.source, linking->key.source));
    assert_int_equal(due.host_count, hosts);
    assert_ok(room, import_link_settle(edit, &due.linking.article));
}

static void assert_none_due(struct newsroom *room, struct edit *edit)
{
    struct import_due due;
    int64_t count = -1;
    assert_int_equal(import_link_next_due(edit->db, &room->arena, &due),
                     ERR_NOT_FOUND);
    assert_ok(room, import_link_count_due(edit->db, &count));
    assert_int_equal(count, 0);
}

static void test_who_waits_is_due_when_it_comes_once_and_oldest_first(
    void **state)
{
    struct newsroom *room = *state;
    const struct import_linking late = linking_of("2", 2000000),
                                early = linking_of("1", 1000000);
    const struct str here = STR("/2020/boat"), never = STR("/2020/never");
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, import_link_wait(&edit, &late, here, STR("old.example")));
    assert_ok(room, import_link_wait(&edit, &late, never, STR("")));
    for (int i = 0; i < 2; i++)
        assert_ok(room, import_link_wait(&edit, &early, here, STR("")));
    assert_ok(room, import_link_wait(&edit, &early, here, STR("old.example")));
    assert_none_due(room, &edit);
    assert_ok(room, import_link_arrive(&edit, STR("/2020/other")));
    assert_none_due(room, &edit);

    int64_t count = 0;
    assert_ok(room, import_link_arrive(&edit, here));
    assert_ok(room, import_link_count_due(edit.db, &count));
    assert_int_equal(count, 2);
    assert_due(room, &edit, &early, 2);
    assert_due(room, &edit, &late, 1);
    assert_ok(room, import_link_arrive(&edit, here));
    assert_none_due(room, &edit);
}

static void test_who_waits_for_two_is_due_for_each(void **state)
{
    struct newsroom *room = *state;
    const struct import_linking linking = linking_of("1", 1000000);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, import_link_wait(&edit, &linking, STR("/a"), STR("")));
    assert_ok(room, import_link_wait(&edit, &linking, STR("/b"), STR("")));
    assert_ok(room, import_link_arrive(&edit, STR("/a")));
    assert_due(room, &edit, &linking, 1);
    assert_none_due(room, &edit);
    assert_ok(room, import_link_arrive(&edit, STR("/b")));
    assert_due(room, &edit, &linking, 1);
}

static void test_what_was_not_committed_waits_for_nothing(void **state)
{
    struct newsroom *room = *state;
    const struct import_linking linking = linking_of("1", 1000000);
    {
        DEFER(edit_end) struct edit edit = {0};
        newsroom_begin(room, &edit);
        assert_ok(room, import_link_wait(&edit, &linking, STR("/a"), STR("")));
    }
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, import_link_arrive(&edit, STR("/a")));
    assert_none_due(room, &edit);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, newsroom_open, newsroom_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_who_waits_is_due_when_it_comes_once_and_oldest_first),
        TEST(test_who_waits_for_two_is_due_for_each),
        TEST(test_what_was_not_committed_waits_for_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
