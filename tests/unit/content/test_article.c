// SPDX-License-Identifier: Apache-2.0
/* What may be saved as an article, and what comes back. */
#include "newsroom.h"

#include "content/tag.h"

static enum err try_to_save(struct newsroom *room,
                            const struct article_content *content)
{
    DEFER(edit_end) struct edit edit = {0};
    struct article_input input = {.content = *content};
    newsroom_begin(room, &edit);
    room->fault = (struct fault){0};
    return article_save(&edit, &input, NULL, NULL);
}

static void test_everything_that_was_written_comes_back(void **state)
{
    struct newsroom *room = *state;
    struct article_content content = newsroom_content(room, "ნატო და Тбилиси");
    struct article_byline bylines[] = {
        {.person = room->author},
        {.name = STR("BM.GE")},
        {.name = STR("Luka"), .role = STR("translator")}};
    struct str tags[] = {STR("NATO"), STR("Black Sea"), STR("nato")};
    content.bylines = bylines;
    content.byline_count = 3;
    content.tags = tags;
    content.tag_count = 3;
    content.standfirst = STR("Two\nlines");
    content.dateline = STR("Batumi");
    content.sponsored = true;
    content.weight = ARTICLE_MAJOR;
    struct id id = newsroom_write(room, &content, -1);
    struct article article;
    assert_ok(room, article_load_public(room->db, &id, &room->arena, &article));
    assert_true(str_eq(article.content.headline, content.headline));
    assert_true(str_eq(article.content.standfirst, content.standfirst));
    assert_true(str_eq(article.content.dateline, content.dateline));
    assert_true(str_eq(article.content.body, content.body));
    assert_true(article.content.sponsored && !article.content.opinion);
    assert_int_equal(article.content.weight, ARTICLE_MAJOR);
    assert_true(str_eq(article.byline, STR("Nino Beridze, BM.GE")));
    assert_int_equal(article.content.byline_count, 3);
    assert_true(str_eq(article.content.bylines[0].slug, STR("nino")));
    assert_int_equal(article.tag_count, 2); /* one slug is one tag */
    assert_true(str_eq(article.tags[1].slug, STR("black-sea")));
    assert_int_equal(article.category_count, 1);
    assert_non_null(article.document);
    assert_true(article.content.slug.len > 0);
}

static void test_an_article_without_a_body_can_be_shown(void **state)
{
    struct newsroom *room = *state;
    struct article_content content = newsroom_content(room, "Brief");
    content.body = STR("");
    struct id id = newsroom_write(room, &content, -1);
    struct article article;
    assert_ok(room, article_load_public(room->db, &id, &room->arena, &article));
    assert_non_null(article.document);
}

static void test_readers_do_not_find_drafts(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Draft", 0);
    struct article article;
    assert_int_equal(article_load_public(room->db, &id, &room->arena, &article),
                     ERR_NOT_FOUND);
    assert_ok(room, article_load(room->db, &id, &room->arena, &article));
}

static void test_what_is_wrong_is_named(void **state)
{
    struct newsroom *room = *state;
    struct id unknown = {"62f9f7d471fdc"};
    struct article_content content = newsroom_content(room, "  ");
    assert_int_equal(try_to_save(room, &content), ERR_INVALID);
    assert_string_equal(room->fault.field, "headline");

    content = newsroom_content(room, "Head");
    content.slug = STR("Über--Slug");
    assert_int_equal(try_to_save(room, &content), ERR_INVALID);
    assert_string_equal(room->fault.field, "slug");
    assert_non_null(strstr(room->fault.message, "a slug may hold only"));

    content = newsroom_content(room, "Head");
    content.language = STR("fr");
    assert_int_equal(try_to_save(room, &content), ERR_INVALID);
    assert_string_equal(room->fault.field, "language");

    content = newsroom_content(room, "Head");
    content.categories = &unknown;
    assert_int_equal(try_to_save(room, &content), ERR_INVALID);
    assert_string_equal(room->fault.field, "categories[0]");

    content = newsroom_content(room, "Head");
    content.picture = unknown;
    assert_int_equal(try_to_save(room, &content), ERR_INVALID);
    assert_string_equal(room->fault.field, "media[0]");

    content = newsroom_content(room, "Head");
    content.body =
        STR("{\"type\":\"doc\",\"content\":[{\"type\":\"script\"}]}");
    assert_int_equal(try_to_save(room, &content), ERR_INVALID);
    assert_non_null(strstr(room->fault.field, "body"));
    assert_non_null(strstr(room->fault.field, "content[0]"));

    content = newsroom_content(room, "Head\x01");
    assert_int_equal(try_to_save(room, &content), ERR_INVALID);
    content = newsroom_content(room, "Head \xff");
    assert_int_equal(try_to_save(room, &content), ERR_INVALID);
    content = newsroom_content(room, "Head");
    content.canonical = STR("javascript:alert(1)");
    assert_int_equal(try_to_save(room, &content), ERR_INVALID);
    assert_string_equal(room->fault.field, "canonical");
}

static void test_what_is_played_comes_back(void **state)
{
    struct newsroom *room = *state;
    struct article_content content = newsroom_content(room, "Read aloud");
    content.enclosure =
        (struct article_enclosure){.url = STR("https://cdn.example/a.mp3"),
                                   .mime = STR("audio/mpeg"),
                                   .size_bytes = 5000000000,
                                   .seconds = 754};
    struct id id = newsroom_write(room, &content, -1);
    struct article article;
    assert_ok(room, article_load_public(room->db, &id, &room->arena, &article));
    const struct article_enclosure *back = &article.content.enclosure;
    assert_true(article_enclosure_is_set(back));
    assert_true(str_eq(back->url, content.enclosure.url));
    assert_true(str_eq(back->mime, STR("audio/mpeg")));
    assert_int_equal(back->size_bytes, 5000000000);
    assert_int_equal(back->seconds, 754);
    assert_null(article.enclosure);
    assert_int_equal(article.media_count, 0);
}

static void test_what_cannot_be_played_is_named(void **state)
{
    struct newsroom *room = *state;
    const struct article_enclosure good = {
        .url = STR("https://cdn.example/a.mp3"), .mime = STR("audio/mpeg")};
    struct article_enclosure bad[6];
    static const char *const fields[6] = {
        "enclosure.type",    "enclosure.type",  "enclosure.seconds",
        "enclosure.seconds", "enclosure.bytes", "enclosure.url"};
    for (size_t i = 0; i < 6; i++)
        bad[i] = good;
    bad[0].mime = STR("image/png");
    bad[1].mime = STR("");
    bad[2].seconds = -1;
    bad[3].seconds = ENCLOSURE_SECONDS_MAX + 1;
    bad[4].size_bytes = -1;
    bad[5].url = STR("javascript:alert(1)");
    for (size_t i = 0; i < 6; i++) {
        struct article_content content = newsroom_content(room, "Head");
        content.enclosure = bad[i];
        assert_int_equal(try_to_save(room, &content), ERR_INVALID);
        assert_string_equal(room->fault.field, fields[i]);
    }
    struct edit edit = {0};
    newsroom_begin(room, &edit);
    struct article_content content = newsroom_content(room, "Head");
    content.enclosure.medium = newsroom_picture(room, &edit, "a picture");
    newsroom_commit(room, &edit);
    assert_int_equal(try_to_save(room, &content), ERR_INVALID);
    assert_string_equal(room->fault.field, "enclosure.type");
    content.enclosure.medium = (struct id){"62f9f7d471fdc"};
    assert_int_equal(try_to_save(room, &content), ERR_INVALID);
    assert_string_equal(room->fault.field, "enclosure.medium");
}

static void test_an_older_base_is_a_conflict(void **state)
{
    struct newsroom *room = *state;
    struct article_input input = {.content = newsroom_content(room, "One")};
    DEFER(edit_end) struct edit edit = {0};
    int64_t revision;
    newsroom_begin(room, &edit);
    assert_ok(room, article_save(&edit, &input, &input.id, &revision));
    assert_int_equal(revision, 1);
    input.base_revision = 1;
    input.content.headline = STR("Two");
    assert_ok(room, article_save(&edit, &input, NULL, &revision));
    assert_int_equal(revision, 2);
    input.content.headline = STR("Other");
    assert_int_equal(article_save(&edit, &input, NULL, NULL), ERR_CONFLICT);
    struct article_content content;
    assert_ok(room, article_content_load(edit.db, &input.id, 1, &room->arena,
                                         &content));
    assert_true(str_eq(content.headline, STR("One")));
    struct article_revision_list list;
    assert_ok(room, article_revisions(edit.db, &input.id, &room->arena, &list));
    assert_int_equal(list.count, 2);
    assert_true(str_eq(list.revisions[0].headline, STR("Two")));
}

static void test_an_import_brings_its_id(void **state)
{
    struct newsroom *room = *state;
    struct article_input input = {.id = {"62f9f7d471fdc"},
                                  .content = newsroom_content(room, "Old"),
                                  .created_us = INT64_C(1660549076466908)};
    struct id id;
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, article_save(&edit, &input, &id, NULL));
    assert_string_equal(id.text, "62f9f7d471fdc");
    struct article_input bad = input;
    bad.id = (struct id){"not an id    "};
    assert_int_equal(article_save(&edit, &bad, NULL, NULL), ERR_INVALID);
    assert_string_equal(room->fault.field, "id");
}

static void test_a_tag_is_found_by_its_name_whatever_its_slug(void **state)
{
    struct newsroom *room = *state;
    struct edit edit = {0};
    struct tag tag = {.language = STR("en"),
                      .slug = STR("arzna"),
                      .name = STR("River Arzna")};
    newsroom_begin(room, &edit);
    assert_ok(room, tag_save(&edit, &tag, NULL));
    newsroom_commit(room, &edit);
    struct str tags[] = {STR("River Arzna")};
    struct article_content content = newsroom_content(room, "High water");
    content.tags = tags;
    content.tag_count = 1;
    struct id id = newsroom_write(room, &content, -1);
    struct article article;
    assert_ok(room, article_load(room->db, &id, &room->arena, &article));
    assert_int_equal(article.tag_count, 1);
    assert_true(str_eq(article.tags[0].slug, STR("arzna")));
}

static void test_a_renamed_tag_keeps_its_articles(void **state)
{
    struct newsroom *room = *state;
    struct str tags[] = {STR("Nato")};
    struct article_content content = newsroom_content(room, "Tagged");
    content.tags = tags;
    content.tag_count = 1;
    struct id id = newsroom_write(room, &content, -1);
    DEFER(edit_end) struct edit edit = {0};
    struct tag tag;
    newsroom_begin(room, &edit);
    assert_ok(room,
              tag_find(edit.db, STR("en"), STR("nato"), &room->arena, &tag));
    tag.name = STR("Alliance");
    tag.slug = STR("alliance");
    assert_ok(room, tag_save(&edit, &tag, NULL));
    assert_ok(room, article_publish(&edit, &id, NULL));
    newsroom_commit(room, &edit);
    newsroom_assert_keys(
        room, "tag:en/nato", "tag:en/alliance", "redirect:/en/tag/nato",
        newsroom_key(room, "article:%s", id.text), "front:en", "latest:en",
        "category:en/politics", "author:nino", NULL);
    struct article article;
    assert_ok(room, article_load(room->db, &id, &room->arena, &article));
    assert_true(str_eq(article.tags[0].name, STR("Alliance")));
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, newsroom_open, newsroom_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_everything_that_was_written_comes_back),
        TEST(test_an_article_without_a_body_can_be_shown),
        TEST(test_readers_do_not_find_drafts),
        TEST(test_what_is_wrong_is_named),
        TEST(test_what_is_played_comes_back),
        TEST(test_what_cannot_be_played_is_named),
        TEST(test_an_older_base_is_a_conflict),
        TEST(test_an_import_brings_its_id),
        TEST(test_a_tag_is_found_by_its_name_whatever_its_slug),
        TEST(test_a_renamed_tag_keeps_its_articles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
