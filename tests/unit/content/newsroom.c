// SPDX-License-Identifier: Apache-2.0
#include "newsroom.h"

#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

#include "content/category.h"
#include "content/hiding.h"
#include "content/language.h"
#include "content/person.h"

static struct id add_category(struct newsroom *room, struct edit *edit,
                              const struct id *parent, const char *slug,
                              const char *name)
{
    struct category_name names[] = {
        {STR("en"), str_from_c(slug), str_from_c(name), STR("")},
        {STR("ka"), str_from_c(slug), str_from_c(name), STR("")},
    };
    struct category_input input = {.names = names, .name_count = 2};
    if (parent)
        input.parent = *parent;
    struct id id;
    assert_ok(room, category_save(edit, &input, &id));
    return id;
}

static void fill(struct newsroom *room)
{
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    struct language georgian = {.code = STR("ka"), .position = 1};
    assert_ok(room, language_save(&edit, &georgian));
    room->politics = add_category(room, &edit, NULL, "politics", "Politics");
    room->elections =
        add_category(room, &edit, &room->politics, "elections", "Elections");
    room->sport = add_category(room, &edit, NULL, "sport", "Sport");
    struct person_name name = {.name = STR("Nino Beridze")};
    struct person_input nino = {
        .slug = STR("nino"), .names = &name, .name_count = 1};
    assert_ok(room, person_save(&edit, &nino, &room->author));
    newsroom_commit(room, &edit);
}

int newsroom_open(void **state)
{
    struct newsroom *room = calloc(1, sizeof *room);
    assert_non_null(room);
    arena_init(&room->arena, 0);
    snprintf(room->folder, sizeof room->folder, "/tmp/broadsheet-test-XXXXXX");
    assert_non_null(mkdtemp(room->folder));
    struct content_options options = {.create = true, .readers = 2};
    assert_ok(room, content_open(room->folder, &options, &room->content,
                                 &room->fault));
    room->lease = content_reader(room->content);
    room->db = room->lease.db;
    fill(room);
    *state = room;
    return 0;
}

static int remove_one(const char *path, const struct stat *info, int kind,
                      struct FTW *place)
{
    (void)info, (void)kind, (void)place;
    return remove(path);
}

int newsroom_close(void **state)
{
    struct newsroom *room = *state;
    db_lease_end(&room->lease);
    content_close(room->content);
    nftw(room->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_finish(&room->arena);
    free(room);
    return 0;
}

void newsroom_begin(struct newsroom *room, struct edit *edit)
{
    assert_ok(room, edit_begin(edit, room->content, STR("test"), &room->fault));
    assert_ok(room, change_last_seq(edit->db, &room->seq));
}

void newsroom_commit(struct newsroom *room, struct edit *edit)
{
    assert_ok(room, edit_commit(edit));
}

void newsroom_hide(struct newsroom *room)
{
    assert_ok(room, hiding_run(room->content, INT64_MAX, 0, HIDING_ALL,
                               &room->fault));
}

struct id newsroom_picture(struct newsroom *room, struct edit *edit,
                           const char *text)
{
    struct medium medium = {.focus_x = 500, .focus_y = 500};
    struct rendition small;
    struct str bytes = str_from_c(text);
    assert_ok(room, media_store(edit, bytes, STR("image/webp"), 1280, 854,
                                &medium.original));
    bytes = str_from_c(newsroom_key(room, "%s small", text));
    assert_ok(room,
              media_store(edit, bytes, STR("image/webp"), 480, 320, &small));
    medium.alt = STR("A river");
    medium.renditions = &small;
    medium.rendition_count = 1;
    struct id id;
    assert_ok(room, media_save(edit, &medium, &id));
    return id;
}

struct article_content newsroom_content(struct newsroom *room,
                                        const char *headline)
{
    struct article_byline *byline =
        arena_new(&room->arena, struct article_byline);
    byline->person = room->author;
    struct id *category = arena_new(&room->arena, struct id);
    *category = room->politics;
    return (struct article_content){
        .language = STR("en"),
        .headline = str_from_c(headline),
        .body = STR("{\"type\":\"doc\",\"content\":[{\"type\":\"paragraph\","
                    "\"content\":[{\"type\":\"text\",\"text\":\"Text.\"}]}]}"),
        .categories = category,
        .category_count = 1,
        .bylines = byline,
        .byline_count = 1,
    };
}

struct id newsroom_write(struct newsroom *room,
                         const struct article_content *content,
                         int64_t published_us)
{
    DEFER(edit_end) struct edit edit = {0};
    struct article_input input = {.content = *content};
    struct publish_options options = {.published_us =
                                          published_us < 0 ? 0 : published_us};
    struct id id;
    newsroom_begin(room, &edit);
    assert_ok(room, article_save(&edit, &input, &id, NULL));
    if (published_us)
        assert_ok(room, article_publish(&edit, &id, &options));
    newsroom_commit(room, &edit);
    return id;
}

struct id newsroom_article(struct newsroom *room, const char *headline,
                           int64_t published_us)
{
    struct article_content content = newsroom_content(room, headline);
    return newsroom_write(room, &content, published_us);
}

/* ---- Keys -------------------------------------------------------------------
 */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *joined(struct newsroom *room, const char **keys,
                          size_t count)
{
    qsort(keys, count, sizeof *keys, by_text);
    struct str text = STR("");
    for (size_t i = 0; i < count; i++) {
        text = arena_concat(&room->arena, text, str_from_c(keys[i]));
        text = arena_concat(&room->arena, text, STR("\n"));
    }
    return arena_c_string(&room->arena, text);
}

/* Those of sitemaps are the business of test_sitemap.c, and what open pages are
 * told that of test_event.c. */
static bool is_elsewhere(struct str key)
{
    return str_starts_with(key, STR("sitemap")) ||
           str_starts_with(key, STR("tags:")) || str_eq(key, STR("authors")) ||
           str_starts_with(key, STR("news:"));
}

void newsroom_assert_keys(struct newsroom *room, ...)
{
    const char *expected[100], *found[1000];
    size_t expected_count = 0;
    va_list args;
    va_start(args, room);
    for (const char *key; (key = va_arg(args, const char *));)
        expected[expected_count++] = key;
    va_end(args);
    struct change_list list;
    assert_ok(room,
              change_read(room->db, room->seq, 1000, &room->arena, &list));
    size_t found_count = 0;
    for (size_t i = 0; i < list.count; i++) {
        if (!is_elsewhere(list.changes[i].key))
            found[found_count++] =
                arena_c_string(&room->arena, list.changes[i].key);
    }
    assert_string_equal(joined(room, found, found_count),
                        joined(room, expected, expected_count));
}

const char *newsroom_headlines(struct newsroom *room,
                               const struct article_list *list)
{
    struct str text = STR("");
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            text = arena_concat(&room->arena, text, STR("|"));
        text = arena_concat(&room->arena, text, list->cards[i].headline);
    }
    return arena_c_string(&room->arena, text);
}

const char *newsroom_key(struct newsroom *room, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return arena_c_string(&room->arena, str_from_c(text));
}
