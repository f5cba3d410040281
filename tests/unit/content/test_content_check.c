// SPDX-License-Identifier: Apache-2.0
/* The check of a newspaper: nothing is wrong with what this program writes;
 * what was spoilt on purpose is found, all of it, and repaired where it can be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "content/category.h"
#include "content/content_check.h"
#include "content/media.h"
#include "content/workflow.h"
#include "newsroom.h"

#define NOON INT64_C(1660550400000000)

struct heard {
    struct newsroom *room;
    struct str text; /* "area: what\n" … */
};

static void on_found(void *context, const struct finding *finding)
{
    struct heard *heard = context;
    assert_true(finding->remedy[0] != '\0');
    heard->text = arena_concat(&heard->room->arena, heard->text,
                               arena_printf(&heard->room->arena, "%s: %s\n",
                                            finding->area, finding->what));
}

/* What the check says. */
static const char *check(struct newsroom *room, bool deep)
{
    struct heard heard = {.room = room};
    int64_t findings = -1, lines = 0;
    const struct content_check_options options = {
        .deep = deep, .found = on_found, .context = &heard};
    assert_ok(room,
              content_check(room->content, &options, &findings, &room->fault));
    for (size_t i = 0; i < heard.text.len; i++)
        lines += heard.text.ptr[i] == '\n';
    assert_int_equal(lines, findings);
    return arena_c_string(&room->arena, heard.text);
}

static void assert_says(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not said: %s", part, text);
}

static void spoil(struct newsroom *room, const char *sql)
{
    DEFER(db_lease_end)
    struct db_lease lease = db_lease_writer(content_pool(room->content));
    assert_int_equal(db_run_script(lease.db, sql), ERR_OK);
}

/* Articles below sections, with people, tags and pictures, published, changed,
 * moved, withdrawn. */
static struct id fill(struct newsroom *room)
{
    struct id id = newsroom_article(room, "One", NOON);
    newsroom_article(room, "Two", NOON + 1);
    newsroom_article(room, "A draft", 0);
    struct article_content content = newsroom_content(room, "Three");
    struct id categories[] = {room->elections, room->sport};
    struct str tags[] = {STR("Harvest"), STR("Wine")};
    content.categories = categories;
    content.category_count = 2;
    content.tags = tags;
    content.tag_count = 2;
    {
        DEFER(edit_end) struct edit edit = {0};
        newsroom_begin(room, &edit);
        content.picture = newsroom_picture(room, &edit, "a picture");
        newsroom_commit(room, &edit);
    }
    newsroom_write(room, &content, NOON + 2);
    struct id gone = newsroom_article(room, "Gone", NOON + 3);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, article_withdraw(&edit, &gone, STR("Wrong"), STR(""), 0));
    newsroom_commit(room, &edit);
    return id;
}

static void test_nothing_is_wrong_with_what_was_written(void **state)
{
    struct newsroom *room = *state;
    assert_string_equal(check(room, true), "");
    fill(room);
    assert_string_equal(check(room, true), "");
}

static void test_all_that_is_wrong_is_told(void **state)
{
    struct newsroom *room = *state;
    struct id id = fill(room);
    spoil(room, "PRAGMA foreign_keys = OFF;"
                "DELETE FROM listing WHERE shelf LIKE 'c:%' AND article_id ="
                " (SELECT MIN(id) FROM article);"
                "UPDATE listing SET published_us = 7 WHERE shelf LIKE 't:%';"
                "DELETE FROM change WHERE seq = 3;"
                "INSERT INTO follower VALUES ('websub', 1000000, 0);"
                "DELETE FROM revision WHERE article_id ="
                " (SELECT id FROM article WHERE state = 'draft');"
                "UPDATE article_byline SET person_id = 'nobody' WHERE"
                " article_id = (SELECT MAX(id) FROM article);"
                "UPDATE medium SET size_bytes = size_bytes + 1;"
                "INSERT INTO medium SELECT 'x', 'no file', mime, 0, 0, 1, 0, 0,"
                " '', '', '', '', 0, 0, 0, '', 0 FROM medium LIMIT 1;"
                "PRAGMA foreign_keys = ON;");
    const char *said = check(room, false);
    assert_says(said, "database: row ");
    assert_says(said, "of table person that is not there");
    assert_says(said, "articles: the text of article ");
    assert_says(said, "is missing in the list c:");
    assert_says(said, "has no place in the list t:");
    assert_says(said, "log: the log of changes has a gap: 4 follows 2");
    assert_says(said, "log: the follower websub claims");
    assert_says(said, "bytes instead of");
    assert_says(said, "files: a medium names the file \"no file\"");
    assert_true(id_is_set(&id));
}

static const char *first_public(struct newsroom *room)
{
    DEFER(db_query_end)
    struct db_query query = db_query_begin(room->db, media_public_sql);
    assert_int_equal(db_query_row(&query), ERR_OK);
    return db_column_str(&query, 0, &room->arena).ptr;
}

static void test_files_are_told_that_are_missing_damaged_or_public(void **state)
{
    struct newsroom *room = *state;
    fill(room);
    struct blob blob;
    struct blob_store *blobs = content_blobs(room->content);
    const char *directory = content_directory(room->content);
    assert_int_equal(blob_parse(str_from_c(first_public(room)), &blob), ERR_OK);
    assert_int_equal(blob_unpublish(blobs, &blob, NULL), ERR_OK);
    const char *path = newsroom_key(room, "%s/blobs/%.2s/%s", directory,
                                    blob.name, blob.name + 2);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fputc('!', file);
    fclose(file);
    const char *secret = newsroom_key(
        room, "%s/media/0123456789abcdef0123456789abcdef.png", directory);
    fclose(fopen(secret, "wb"));
    assert_says(check(room, false), "public files: the file ");
    assert_says(check(room, true), "is damaged: its bytes are not those");
    assert_says(check(room, true),
                "media/0123456789abcdef0123456789abcdef.png is public");
    assert_int_equal(unlink(path), 0);
    assert_says(check(room, false), "is missing");
}

static void test_lists_and_public_files_are_repaired(void **state)
{
    struct newsroom *room = *state;
    fill(room);
    struct blob blob;
    struct blob_store *blobs = content_blobs(room->content);
    const char *secret =
        newsroom_key(room, "%s/media/0123456789abcdef0123456789abcdef.png",
                     content_directory(room->content));
    spoil(room, "DELETE FROM listing WHERE shelf LIKE 'c:%';"
                "INSERT INTO listing SELECT id, 'l:en', 1 FROM article"
                " WHERE state = 'draft';");
    assert_int_equal(blob_parse(str_from_c(first_public(room)), &blob), ERR_OK);
    assert_int_equal(blob_unpublish(blobs, &blob, NULL), ERR_OK);
    fclose(fopen(secret, "wb"));
    assert_string_not_equal(check(room, true), "");
    int64_t seq = 0;
    assert_ok(room, content_repair(room->content, &seq, &room->fault));
    assert_true(seq > 0);
    assert_string_equal(check(room, true), "");
    assert_true(blob_is_public(blobs, &blob));
    assert_int_not_equal(access(secret, F_OK), 0);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, newsroom_open, newsroom_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_nothing_is_wrong_with_what_was_written),
        TEST(test_all_that_is_wrong_is_told),
        TEST(test_files_are_told_that_are_missing_damaged_or_public),
        TEST(test_lists_and_public_files_are_repaired),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
