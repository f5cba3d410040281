// SPDX-License-Identifier: Apache-2.0
#include "newsroom.h"

#include <stdlib.h>

#include "base/time.h"
#include "content/article_internal.h"
#include "content/live.h"
#include "content/schema_internal.h"
#include "content/sitemap_internal.h"
#include "render/document.h"

#define AUGUST INT64_C(1659312000000000) /* 2022-08-01 00:00 UTC */
#define DAY (86400 * TIME_US_PER_SECOND)

/* ---- What must always hold --------------------------------------------------
 */

/* Chunks as one text, such as "en/2022-08-1:3 ka/2022-08-1:1 ". */
static const char *chunks_text(struct newsroom *room)
{
    struct sitemap_chunks list;
    struct str text = STR("");
    assert_ok(room, sitemap_chunks(room->db, &room->arena, &list));
    for (size_t i = 0; i < list.count; i++) {
        const struct sitemap_chunk *chunk = &list.chunks[i];
        text = arena_concat(
            &room->arena, text,
            str_from_c(newsroom_key(
                room, "%.*s/%.*s-%lld:%lld ", ARG_STR(chunk->language),
                ARG_STR(chunk->month), (long long)chunk->part,
                (long long)chunk->articles)));
    }
    return arena_c_string(&room->arena, text);
}

static void assert_entry(const struct sitemap_chunk *chunk,
                         const struct sitemap_entry *entry)
{
    char text[TIME_RFC3339_BYTES];
    time_format_rfc3339(entry->published_us, text);
    assert_memory_equal(text, chunk->month.ptr, chunk->month.len);
}

/* Every published article stands in one chunk, in that of its month; no chunk
 * is too large and each knows how many it holds. */
static void assert_whole(struct newsroom *room, size_t articles)
{
    struct sitemap_chunks list;
    size_t seen = 0;
    assert_ok(room, sitemap_chunks(room->db, &room->arena, &list));
    for (size_t i = 0; i < list.count; i++) {
        const struct sitemap_chunk *chunk = &list.chunks[i];
        struct sitemap_entries entries;
        assert_true(chunk->articles <= SITEMAP_CHUNK_ARTICLES);
        assert_ok(room,
                  sitemap_chunk_read(room->db, chunk, &room->arena, &entries));
        assert_int_equal(entries.count, chunk->articles);
        for (size_t k = 0; k < entries.count; k++)
            assert_entry(chunk, &entries.entries[k]);
        seen += entries.count;
    }
    assert_int_equal(seen, articles);
}

static bool was_noted(struct newsroom *room, const char *key)
{
    struct change_list list;
    assert_ok(room,
              change_read(room->db, room->seq, 1000, &room->arena, &list));
    for (size_t i = 0; i < list.count; i++) {
        if (str_eq(list.changes[i].key, str_from_c(key)))
            return true;
    }
    return false;
}

static void withdraw(struct newsroom *room, const struct id *id)
{
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, article_withdraw(&edit, id, STR("wrong"), STR(""), 0));
    newsroom_commit(room, &edit);
}

/* ---- Tests ------------------------------------------------------------------
 */

static void test_a_month_is_a_chunk(void **state)
{
    struct newsroom *room = *state;
    newsroom_article(room, "One", AUGUST);
    newsroom_article(room, "Two", AUGUST + 31 * DAY - 1);
    newsroom_article(room, "Three", AUGUST + 31 * DAY);
    newsroom_article(room, "Four", AUGUST - 1);
    newsroom_article(room, "Draft", 0);
    assert_string_equal(chunks_text(room),
                        "en/2022-07-1:1 en/2022-08-1:2 en/2022-09-1:1 ");
    assert_whole(room, 4);
}

static void test_a_publication_changes_its_chunk_alone(void **state)
{
    struct newsroom *room = *state;
    newsroom_article(room, "Old", AUGUST);
    struct id id = newsroom_article(room, "New", AUGUST + 40 * DAY);
    assert_true(was_noted(room, "sitemap:en/2022-09-1"));
    assert_true(was_noted(room, "sitemaps"));
    assert_false(was_noted(room, "sitemap:en/2022-08-1"));
    withdraw(room, &id);
    assert_true(was_noted(room, "sitemap:en/2022-09-1"));
    assert_true(was_noted(room, "sitemaps"));
    assert_false(was_noted(room, "sitemap:en/2022-08-1"));
    assert_string_equal(chunks_text(room), "en/2022-08-1:1 ");
    assert_whole(room, 1);
}

static int64_t changed_of_only_entry(struct newsroom *room)
{
    struct sitemap_chunks list;
    struct sitemap_entries entries;
    assert_ok(room, sitemap_chunks(room->db, &room->arena, &list));
    assert_int_equal(list.count, 1);
    assert_ok(room, sitemap_chunk_read(room->db, &list.chunks[0], &room->arena,
                                       &entries));
    assert_int_equal(entries.count, 1);
    return entries.entries[0].changed_us;
}

static void test_a_post_of_a_live_blog_is_a_change_of_its_article(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Storm", AUGUST);
    int64_t before = changed_of_only_entry(room);
    for (size_t i = 0; i < 2; i++) {
        DEFER(edit_end) struct edit edit = {0};
        struct live_post_input input = {
            .article = id,
            .document = document_from_text(&room->arena, STR("Rain")),
        };
        newsroom_begin(room, &edit);
        if (i == 0)
            assert_ok(room, live_start(&edit, &id, AUGUST));
        assert_ok(room, live_post_save(&edit, &input, NULL));
        newsroom_commit(room, &edit);
        assert_true(was_noted(room, "sitemap:en/2022-08-1"));
        assert_true(changed_of_only_entry(room) > before);
        before = changed_of_only_entry(room);
    }
}

static void test_a_chunk_that_was_empty_keeps_its_name(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Old", AUGUST);
    withdraw(room, &id);
    struct sitemap_chunk chunk;
    assert_int_equal(sitemap_chunk_find(room->db, STR("en"), STR("2022-08"), 1,
                                        &room->arena, &chunk),
                     ERR_NOT_FOUND);
    newsroom_article(room, "Another", AUGUST + DAY);
    assert_string_equal(chunks_text(room), "en/2022-08-1:1 ");
    assert_whole(room, 1);
}

static void test_a_correction_changes_when_the_article_changed(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Old", AUGUST);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, correction_add(&edit, &id, STR("Not so."), AUGUST + 5));
    newsroom_commit(room, &edit);
    assert_true(was_noted(room, "sitemap:en/2022-08-1"));
    struct sitemap_chunk chunk;
    struct sitemap_entries entries;
    assert_ok(room, sitemap_chunk_find(room->db, STR("en"), STR("2022-08"), 1,
                                       &room->arena, &chunk));
    assert_true(chunk.changed_us == edit.time_us);
    assert_ok(room,
              sitemap_chunk_read(room->db, &chunk, &room->arena, &entries));
    assert_true(entries.entries[0].changed_us == AUGUST + 5);
}

static struct id translate(struct newsroom *room, const struct id *story,
                           const char *headline, int64_t published_us)
{
    DEFER(edit_end) struct edit edit = {0};
    struct article_input input = {.story = *story,
                                  .content = newsroom_content(room, headline)};
    struct publish_options options = {.published_us = published_us};
    struct id id;
    input.content.language = STR("ka");
    newsroom_begin(room, &edit);
    assert_ok(room, article_save(&edit, &input, &id, NULL));
    assert_ok(room, article_publish(&edit, &id, &options));
    newsroom_commit(room, &edit);
    return id;
}

static void test_translations_know_one_another(void **state)
{
    struct newsroom *room = *state;
    newsroom_article(room, "Alone", AUGUST - 1);
    struct id id = newsroom_article(room, "Story", AUGUST);
    struct id other = translate(room, &id, "Ambavi", AUGUST + 60 * DAY);
    assert_true(was_noted(room, "sitemap:ka/2022-09-1"));
    assert_true(was_noted(room, "sitemap:en/2022-08-1"));
    struct sitemap_chunk chunk;
    struct sitemap_entries entries;
    assert_ok(room, sitemap_chunk_find(room->db, STR("en"), STR("2022-08"), 1,
                                       &room->arena, &chunk));
    assert_ok(room,
              sitemap_chunk_read(room->db, &chunk, &room->arena, &entries));
    assert_int_equal(entries.entries[0].translation_count, 1);
    assert_true(str_eq(entries.entries[0].translations[0].language, STR("ka")));
    withdraw(room, &other);
    assert_true(was_noted(room, "sitemap:en/2022-08-1"));
    assert_string_equal(chunks_text(room), "en/2022-07-1:1 en/2022-08-1:1 ");
}

/* ---- Full chunks ------------------------------------------------------------
 */

/* count articles, a second apart, in one edit. */
static void publish_many(struct newsroom *room, int64_t from_us, int count)
{
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    for (int i = 0; i < count; i++) {
        struct article_input input = {.content = newsroom_content(room, "N")};
        struct publish_options options = {.published_us =
                                              from_us + i * TIME_US_PER_SECOND};
        struct id id;
        assert_ok(room, article_save(&edit, &input, &id, NULL));
        assert_ok(room, article_publish(&edit, &id, &options));
    }
    newsroom_commit(room, &edit);
}

static void test_a_full_chunk_is_followed_by_another(void **state)
{
    struct newsroom *room = *state;
    publish_many(room, AUGUST + DAY, SITEMAP_CHUNK_ARTICLES);
    newsroom_article(room, "One more", AUGUST + 2 * DAY);
    assert_string_equal(chunks_text(room), "en/2022-08-1:2000 en/2022-08-2:1 ");
    assert_true(was_noted(room, "sitemap:en/2022-08-2"));
    assert_false(was_noted(room, "sitemap:en/2022-08-1"));
    /* Into the middle of the full one: halved, both are others now. */
    newsroom_article(room, "Late", AUGUST + DAY + 5 * TIME_US_PER_SECOND + 1);
    assert_string_equal(chunks_text(room),
                        "en/2022-08-1:1001 en/2022-08-3:1000 en/2022-08-2:1 ");
    assert_true(was_noted(room, "sitemap:en/2022-08-1"));
    assert_true(was_noted(room, "sitemap:en/2022-08-3"));
    assert_false(was_noted(room, "sitemap:en/2022-08-2"));
    assert_whole(room, SITEMAP_CHUNK_ARTICLES + 2);
    /* All at the very same time: nothing but their ids tells them apart. */
    for (int i = 0; i < 30; i++)
        newsroom_article(room, "Same", AUGUST + 3 * DAY);
    assert_whole(room, SITEMAP_CHUNK_ARTICLES + 32);
}

static void rebuild(struct newsroom *room)
{
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, sitemap_rebuild(&edit));
    newsroom_commit(room, &edit);
}

static void run_migration(struct newsroom *room)
{
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, db_run_script(edit.db, "DROP TABLE sitemap_chunk"));
    for (size_t i = 0; i < schema_migration_count; i++) {
        if (strstr(schema_migrations[i].name, "sitemap"))
            assert_ok(room, db_run_script(edit.db, schema_migrations[i].sql));
    }
    newsroom_commit(room, &edit);
}

static void test_an_archive_from_before_is_cut_alike(void **state)
{
    struct newsroom *room = *state;
    publish_many(room, AUGUST + DAY, SITEMAP_CHUNK_ARTICLES + 5);
    struct id id = newsroom_article(room, "July", AUGUST - 1);
    translate(room, &id, "Ivlisi", AUGUST - 1);
    const char *before = chunks_text(room);
    assert_string_equal(before, "en/2022-07-1:1 en/2022-08-1:2000 "
                                "en/2022-08-2:5 ka/2022-07-1:1 ");
    run_migration(room);
    assert_string_equal(chunks_text(room), before);
    rebuild(room);
    assert_string_equal(chunks_text(room), before);
    assert_true(was_noted(room, "sitemap:en/2022-08-2"));
    assert_true(was_noted(room, "sitemaps"));
    assert_whole(room, SITEMAP_CHUNK_ARTICLES + 7);
    newsroom_article(room, "Early", AUGUST);
    newsroom_article(room, "Very early", AUGUST - 31 * DAY);
    assert_whole(room, SITEMAP_CHUNK_ARTICLES + 9);
}

/* ---- Tags and people --------------------------------------------------------
 */

static const char *slugs_text(struct newsroom *room,
                              const struct sitemap_slugs *list)
{
    struct str text = STR("");
    for (size_t i = 0; i < list->count; i++)
        text =
            arena_concat(&room->arena, text,
                         arena_concat(&room->arena, list->slugs[i], STR(" ")));
    return arena_c_string(&room->arena, text);
}

static const char *tags_of(struct newsroom *room, int64_t number, int64_t size)
{
    struct sitemap_slugs list;
    struct sitemap_part part = {number, size, size};
    assert_ok(room,
              sitemap_tags(room->db, STR("en"), &part, &room->arena, &list));
    return slugs_text(room, &list);
}

static const char *authors_of(struct newsroom *room)
{
    struct sitemap_slugs list;
    struct sitemap_part part = {1, 10, 10};
    assert_ok(room,
              sitemap_authors(room->db, STR("en"), &part, &room->arena, &list));
    return slugs_text(room, &list);
}

static void test_only_tags_and_people_with_articles_are_listed(void **state)
{
    struct newsroom *room = *state;
    struct article_content content = newsroom_content(room, "Story");
    struct str tags[] = {STR("Vote"), STR("Count"), STR("Alliance")};
    content.tags = tags;
    content.tag_count = 3;
    newsroom_write(room, &content, 0);
    assert_string_equal(authors_of(room), "");
    assert_string_equal(tags_of(room, 1, 10), "");
    struct id id = newsroom_write(room, &content, AUGUST);
    assert_true(was_noted(room, "tags:en"));
    assert_true(was_noted(room, "authors"));
    assert_string_equal(authors_of(room), "nino ");
    assert_string_equal(tags_of(room, 1, 2), "alliance count ");
    assert_string_equal(tags_of(room, 2, 2), "vote ");
    assert_string_equal(tags_of(room, 3, 2), "");
    newsroom_write(room, &content, AUGUST + 1);
    assert_false(was_noted(room, "tags:en"));
    assert_false(was_noted(room, "authors"));
    withdraw(room, &id);
    assert_false(was_noted(room, "tags:en"));
    int64_t count = 0;
    assert_ok(room, sitemap_tag_count(room->db, STR("en"), &count));
    assert_int_equal(count, 3);
}

int main(void)
{
#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, newsroom_open, newsroom_close)
    const struct CMUnitTest tests[] = {
        TEST(test_a_month_is_a_chunk),
        TEST(test_a_publication_changes_its_chunk_alone),
        TEST(test_a_post_of_a_live_blog_is_a_change_of_its_article),
        TEST(test_a_chunk_that_was_empty_keeps_its_name),
        TEST(test_a_correction_changes_when_the_article_changed),
        TEST(test_translations_know_one_another),
        TEST(test_a_full_chunk_is_followed_by_another),
        TEST(test_an_archive_from_before_is_cut_alike),
        TEST(test_only_tags_and_people_with_articles_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
