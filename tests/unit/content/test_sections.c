// SPDX-License-Identifier: Apache-2.0
/* Settings, languages, sections, people, menus, redirects, and opening. */
#include "newsroom.h"

#include <unistd.h>

#include "content/category.h"
#include "content/language.h"
#include "content/menu.h"
#include "content/person.h"
#include "content/redirect.h"
#include "content/settings.h"

#define NOON INT64_C(1660564800000000)

static struct category find(struct newsroom *room, const char *path)
{
    struct category category;
    assert_ok(room, category_find(room->db, STR("en"), str_from_c(path),
                                  &room->arena, &category));
    return category;
}

/* Saves a category with one slug and name in both languages. */
static enum err save(struct newsroom *room, struct edit *edit,
                     const struct id *id, const struct id *parent,
                     const char *slug)
{
    struct category_name names[] = {
        {STR("en"), str_from_c(slug), str_from_c(slug), STR("")},
        {STR("ka"), str_from_c(slug), str_from_c(slug), STR("")},
    };
    struct category_input input = {.names = names, .name_count = 2};
    if (id)
        input.id = *id;
    if (parent)
        input.parent = *parent;
    room->fault = (struct fault){0};
    return category_save(edit, &input, NULL);
}

/* ---- Sections
 * ------------------------------------------------------------------ */

static void test_the_tree_lists_parents_before_children(void **state)
{
    struct newsroom *room = *state;
    struct category_list tree;
    assert_ok(room, category_tree(room->db, STR("en"), &room->arena, &tree));
    assert_int_equal(tree.count, 3);
    assert_true(str_eq(tree.categories[0].path, STR("politics")));
    assert_true(str_eq(tree.categories[1].path, STR("politics/elections")));
    assert_int_equal(tree.categories[1].depth, 1);
    assert_true(str_eq(tree.categories[2].path, STR("sport")));
    struct category_list trail;
    assert_ok(room, category_trail(room->db, STR("en"), &room->elections,
                                   &room->arena, &trail));
    assert_int_equal(trail.count, 2);
    assert_true(str_eq(trail.categories[0].slug, STR("politics")));
}

static void test_moving_a_section_moves_its_articles_and_addresses(void **state)
{
    struct newsroom *room = *state;
    struct article_content content = newsroom_content(room, "Vote");
    content.categories = &room->elections;
    newsroom_write(room, &content, NOON);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, save(room, &edit, &room->elections, &room->sport, "votes"));
    newsroom_commit(room, &edit);
    newsroom_assert_keys(room, "categories", "category:en/elections",
                         "category:ka/elections", "category:en/votes",
                         "category:ka/votes", "category:en/politics",
                         "category:ka/politics", "category:en/sport",
                         "category:ka/sport", "redirect:/en/politics/elections",
                         "redirect:/ka/politics/elections", NULL);
    assert_string_equal(find(room, "sport/votes").id.text,
                        room->elections.text);
    struct article_list list;
    assert_ok(room, article_list_category(room->db, STR("en"), &room->sport,
                                          NULL, 9, &room->arena, &list));
    assert_int_equal(list.count, 1);
    assert_ok(room, article_list_category(room->db, STR("en"), &room->politics,
                                          NULL, 9, &room->arena, &list));
    assert_int_equal(list.count, 0);
    struct str target;
    assert_ok(room, redirect_find(room->db, STR("/en/politics/elections"),
                                  &room->arena, &target));
    assert_true(str_eq(target, STR("/en/sport/votes")));
}

static void test_renaming_a_parent_renames_what_is_below(void **state)
{
    struct newsroom *room = *state;
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, save(room, &edit, &room->politics, NULL, "policy"));
    newsroom_commit(room, &edit);
    assert_string_equal(find(room, "policy/elections").id.text,
                        room->elections.text);
    struct str target;
    assert_ok(room, redirect_find(room->db, STR("/en/politics/elections"),
                                  &room->arena, &target));
    assert_true(str_eq(target, STR("/en/policy/elections")));
}

static void test_sections_that_cannot_be_are_refused(void **state)
{
    struct newsroom *room = *state;
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_int_equal(save(room, &edit, NULL, NULL, "tag"), ERR_INVALID);
    assert_string_equal(room->fault.field, "slug");
    assert_int_equal(save(room, &edit, NULL, NULL, "sport"), ERR_EXISTS);
    assert_int_equal(
        save(room, &edit, &room->politics, &room->elections, "politics"),
        ERR_INVALID);
    assert_string_equal(room->fault.field, "parent");
    struct category_name english = {.language = STR("en"),
                                    .name = STR("Politics")};
    struct category_input input = {
        .id = room->politics, .names = &english, .name_count = 1};
    assert_int_equal(category_save(&edit, &input, NULL), ERR_CONFLICT);
    assert_int_equal(category_remove(&edit, &room->politics), ERR_CONFLICT);
    assert_ok(room, category_remove(&edit, &room->sport));
}

/* ---- People
 * --------------------------------------------------------------------- */

static void test_a_renamed_author_changes_the_pages_of_their_articles(
    void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Hers", NOON);
    struct person_name names[] = {{STR(""), STR("Nino B."), STR(""), STR("")},
                                  {STR("ka"), STR("ნინო"), STR(""), STR("")}};
    struct person_input input = {.id = room->author,
                                 .slug = STR("nino-b"),
                                 .names = names,
                                 .name_count = 2};
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, person_save(&edit, &input, NULL));
    newsroom_commit(room, &edit);
    newsroom_assert_keys(room, "author:nino", "author:nino-b",
                         newsroom_key(room, "article:%s", id.text), "front:en",
                         "latest:en", "category:en/politics",
                         "redirect:/en/author/nino", "redirect:/ka/author/nino",
                         NULL);
    struct person person;
    assert_ok(room, person_find(room->db, STR("ka"), STR("nino-b"),
                                &room->arena, &person));
    assert_true(str_eq(person.name, STR("ნინო")));
    struct article_card card;
    assert_ok(room, article_card_load(room->db, &id, &room->arena, &card));
    assert_true(str_eq(card.byline, STR("Nino B.")));
}

static void test_slugs_of_people_are_unique(void **state)
{
    struct newsroom *room = *state;
    struct person_name name = {.name = STR("Nino")};
    struct person_input input = {.names = &name, .name_count = 1};
    struct person person;
    struct id id;
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, person_save(&edit, &input, &id));
    assert_ok(room,
              person_load(edit.db, STR("en"), &id, &room->arena, &person));
    assert_true(str_eq(person.slug, STR("nino-2")));
    input.slug = STR("nino");
    assert_int_equal(person_save(&edit, &input, NULL), ERR_EXISTS);
    newsroom_commit(room, &edit);
    newsroom_article(room, "Hers", 0);
    DEFER(edit_end) struct edit second = {0};
    newsroom_begin(room, &second);
    assert_int_equal(person_remove(&second, &room->author), ERR_CONFLICT);
    assert_ok(room, person_remove(&second, &id));
}

/* ---- Settings and languages
 * ------------------------------------------------------ */

static void set(struct newsroom *room, struct edit *edit, const char *name,
                const char *language, const char *value)
{
    assert_ok(room, setting_set(edit, str_from_c(name), str_from_c(language),
                                str_from_c(value)));
}

static void test_settings_have_defaults_and_languages(void **state)
{
    struct newsroom *room = *state;
    struct settings settings;
    assert_ok(room, settings_load(room->db, STR(""), &room->arena, &settings));
    assert_true(str_eq(settings.date_pattern, STR("dd.MM.yy HH:mm")));
    assert_int_equal(settings.page_memory, 256 << 20);
    assert_int_equal(settings.list_length, 20);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    set(room, &edit, "name", "", "BM.GE");
    set(room, &edit, "name", "ka", "ბიემჯი");
    set(room, &edit, "zone", "", "Asia/Tbilisi");
    set(room, &edit, "page-memory", "", "64 MiB");
    newsroom_commit(room, &edit);
    newsroom_assert_keys(room, "settings", NULL);
    assert_ok(room,
              settings_load(room->db, STR("en"), &room->arena, &settings));
    assert_true(str_eq(settings.name, STR("BM.GE")));
    assert_int_equal(settings.page_memory, 64 << 20);
    assert_ok(room,
              settings_load(room->db, STR("ka"), &room->arena, &settings));
    assert_true(str_eq(settings.name, STR("ბიემჯი")));
    assert_true(str_eq(settings.zone, STR("Asia/Tbilisi")));
}

static void test_settings_that_cannot_be_are_refused(void **state)
{
    struct newsroom *room = *state;
    static const struct {
        const char *name, *language, *value;
        enum err err;
    } cases[] = {
        {"zone", "", "Mars/Olympus", ERR_INVALID},
        {"zone", "ka", "Asia/Tbilisi", ERR_INVALID},
        {"page_memory", "", "much", ERR_INVALID},
        {"page_memory", "", "99999999999999999999", ERR_INVALID},
        {"list_length", "", "-1", ERR_INVALID},
        {"address", "", "https://a.example/path", ERR_INVALID},
        {"address", "", "ftp://a.example", ERR_INVALID},
        {"language", "", "fr", ERR_INVALID},
        {"name", "fr", "Nom", ERR_INVALID},
        {"nonsense", "", "1", ERR_NOT_FOUND},
    };
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(setting_set(&edit, str_from_c(cases[i].name),
                                     str_from_c(cases[i].language),
                                     str_from_c(cases[i].value)),
                         cases[i].err);
}

static void test_languages_know_themselves(void **state)
{
    struct newsroom *room = *state;
    struct language language = {.code = STR("ar"), .position = 2};
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, language_save(&edit, &language));
    language.code = STR("xx-nonsense!");
    assert_int_equal(language_save(&edit, &language), ERR_INVALID);
    assert_int_equal(language_remove(&edit, STR("en")), ERR_CONFLICT);
    struct language_list list;
    assert_ok(room, language_list(edit.db, &room->arena, &list));
    assert_int_equal(list.count, 3);
    assert_true(str_eq(list.languages[0].name, STR("English")));
    assert_true(str_eq(list.languages[1].name, STR("ქართული")));
    assert_true(list.languages[2].rtl);
    assert_ok(room, language_remove(&edit, STR("ar")));
}

/* ---- Menus and redirects
 * ----------------------------------------------------------- */

static void test_a_menu_is_replaced_as_a_whole(void **state)
{
    struct newsroom *room = *state;
    struct menu_item items[] = {
        {.category = room->elections},
        {.label = STR("About"), .target = STR("/en/about")},
    };
    struct menu_item bad = {.label = STR("x"),
                            .target = STR("javascript:alert(1)")};
    struct menu menu;
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, menu_save(&edit, STR("en"), STR("sections"), items, 2));
    assert_int_equal(menu_save(&edit, STR("en"), STR("sections"), &bad, 1),
                     ERR_INVALID);
    newsroom_commit(room, &edit);
    newsroom_assert_keys(room, "menu:en", NULL);
    assert_ok(room, menu_load(room->db, STR("en"), STR("sections"),
                              &room->arena, &menu));
    assert_int_equal(menu.count, 2);
    assert_true(str_eq(menu.items[0].label, STR("Elections")));
    assert_true(str_eq(menu.items[0].category_path, STR("politics/elections")));
    assert_ok(room, menu_load(room->db, STR("en"), STR("footer"), &room->arena,
                              &menu));
    assert_int_equal(menu.count, 0);
}

static void test_nobody_is_redirected_twice_or_in_a_circle(void **state)
{
    struct newsroom *room = *state;
    struct str target;
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, redirect_save(&edit, STR("/a"), STR("/b")));
    assert_ok(room, redirect_save(&edit, STR("/b"), STR("/c")));
    assert_ok(room, redirect_find(edit.db, STR("/a"), &room->arena, &target));
    assert_true(str_eq(target, STR("/c")));
    assert_ok(room, redirect_save(&edit, STR("/d"), STR("/a")));
    assert_ok(room, redirect_find(edit.db, STR("/d"), &room->arena, &target));
    assert_true(str_eq(target, STR("/c")));
    assert_int_equal(redirect_save(&edit, STR("/c"), STR("/a")), ERR_INVALID);
    assert_int_equal(redirect_save(&edit, STR("/e"), STR("/e")), ERR_INVALID);
    assert_int_equal(redirect_save(&edit, STR("e"), STR("/f")), ERR_INVALID);
    assert_int_equal(redirect_save(&edit, STR("/e"), STR("//evil.example")),
                     ERR_INVALID);
    assert_int_equal(redirect_save(&edit, STR("/e"), STR("data:x")),
                     ERR_INVALID);
}

/* ---- The log
 * ------------------------------------------------------------------------ */

static void test_a_follower_goes_on_where_it_was(void **state)
{
    struct newsroom *room = *state;
    int64_t seq, last;
    assert_ok(room, follower_seq(room->db, STR("press"), &seq));
    assert_int_equal(seq, 0);
    assert_ok(room, change_last_seq(room->db, &last));
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, follower_advance(&edit, STR("press"), last));
    newsroom_commit(room, &edit);
    assert_int_equal(edit.seq, 0); /* a cursor is no change */
    newsroom_article(room, "New", NOON);
    assert_ok(room, follower_seq(room->db, STR("press"), &seq));
    struct change_list list;
    assert_ok(room, change_read(room->db, seq, 3, &room->arena, &list));
    assert_int_equal(list.count, 3);
    assert_int_equal(list.changes[0].seq, last + 1);
    assert_true(str_eq(list.changes[0].actor, STR("test")));
}

/* ---- Opening
 * ------------------------------------------------------------------------ */

static void test_there_must_be_a_newspaper(void **state)
{
    (void)state;
    char folder[] = "/tmp/broadsheet-test-XXXXXX";
    struct content *content = NULL;
    struct fault fault = {0};
    assert_non_null(mkdtemp(folder));
    assert_int_equal(content_open(folder, NULL, &content, &fault),
                     ERR_NOT_FOUND);
    assert_non_null(strstr(fault.message, "broadsheet init"));
    assert_null(content);
    rmdir(folder);
}

static void test_a_newer_newspaper_is_left_alone(void **state)
{
    struct newsroom *room = *state;
    struct content *content = NULL;
    {
        DEFER(edit_end) struct edit edit = {0};
        newsroom_begin(room, &edit);
        assert_int_equal(db_run_script(edit.db, "INSERT INTO schema_version"
                                                " (version, name, applied_us)"
                                                " VALUES (999, 'later', 0)"),
                         ERR_OK);
        newsroom_commit(room, &edit);
    }
    assert_int_equal(content_open(room->folder, NULL, &content, &room->fault),
                     ERR_NEWER);
    assert_non_null(strstr(room->fault.message, "newer version"));
    assert_null(content);
}

static void test_a_portrait_changes_its_authors_page(void **state)
{
    struct newsroom *room = *state;
    struct person_name name = {.name = STR("Nino")};
    struct person_input nino = {.id = room->author,
                                .slug = STR("nino"),
                                .names = &name,
                                .name_count = 1};
    struct medium medium;
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    nino.picture = newsroom_picture(room, &edit, "portrait");
    assert_ok(room, person_save(&edit, &nino, NULL));
    assert_ok(room, media_load(edit.db, &nino.picture, &room->arena, &medium));
    newsroom_commit(room, &edit);
    assert_true(
        blob_is_public(content_blobs(room->content), &medium.original.blob));
    DEFER(edit_end) struct edit second = {0};
    newsroom_begin(room, &second);
    medium.alt = STR("Nino at her desk");
    assert_ok(room, media_save(&second, &medium, NULL));
    newsroom_commit(room, &second);
    newsroom_assert_keys(room, "author:nino", NULL);
    assert_true(
        blob_is_public(content_blobs(room->content), &medium.original.blob));
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, newsroom_open, newsroom_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_tree_lists_parents_before_children),
        TEST(test_moving_a_section_moves_its_articles_and_addresses),
        TEST(test_renaming_a_parent_renames_what_is_below),
        TEST(test_sections_that_cannot_be_are_refused),
        TEST(test_a_renamed_author_changes_the_pages_of_their_articles),
        TEST(test_slugs_of_people_are_unique),
        TEST(test_settings_have_defaults_and_languages),
        TEST(test_settings_that_cannot_be_are_refused),
        TEST(test_languages_know_themselves),
        TEST(test_a_menu_is_replaced_as_a_whole),
        TEST(test_nobody_is_redirected_twice_or_in_a_circle),
        TEST(test_a_follower_goes_on_where_it_was),
        cmocka_unit_test(test_there_must_be_a_newspaper),
        TEST(test_a_newer_newspaper_is_left_alone),
        TEST(test_a_portrait_changes_its_authors_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
