// SPDX-License-Identifier: Apache-2.0
/* The tables of an export, and what posts refer to. */
#include "exchange/ghost.h"

#include <stdlib.h>

#include "exchange/ghost_internal.h"
#include "exchange/json_rows.h"

/* ---- Members ---------------------------------------------------------------
 */

struct str ghost_text(const json_t *row, const char *name, struct arena *arena)
{
    const json_t *value = json_object_get(row, name);
    if (json_is_string(value))
        return str_of(json_string_value(value), json_string_length(value));
    if (json_is_integer(value))
        return arena_printf(arena, "%lld",
                            (long long)json_integer_value(value));
    return STR("");
}

static struct str kept(struct ghost_index *index, const json_t *row,
                       const char *name)
{
    return arena_copy(&index->arena, ghost_text(row, name, &index->arena));
}

/* ---- The index -------------------------------------------------------------
 */

static enum err add_tag(struct ghost_index *index, const json_t *row)
{
    struct ghost_tag *tag = arena_new(&index->arena, struct ghost_tag);
    tag->name = kept(index, row, "name");
    tag->slug = kept(index, row, "slug");
    tag->is_internal =
        str_eq(ghost_text(row, "visibility", &index->arena), STR("internal")) ||
        str_starts_with(tag->name, STR("#"));
    struct str id = kept(index, row, "id");
    return id.len ? map_set(&index->tags, id, tag, NULL) : ERR_OK;
}

static enum err add_person(struct ghost_index *index, const json_t *row)
{
    struct story_person *person = arena_new(&index->arena, struct story_person);
    struct str id = kept(index, row, "id");
    person->slug = kept(index, row, "slug");
    person->key = person->slug.len ? person->slug : id;
    person->name = kept(index, row, "name");
    person->bio = kept(index, row, "bio");
    person->picture = kept(index, row, "profile_image");
    return id.len ? map_set(&index->people, id, person, NULL) : ERR_OK;
}

/* Puts the link where it belongs by its order. */
static enum err add_link(struct ghost_index *index, struct map *map,
                         const json_t *row, const char *name)
{
    struct ghost_link *link = arena_new(&index->arena, struct ghost_link);
    struct str post = kept(index, row, "post_id");
    link->id = kept(index, row, name);
    link->order = json_integer_value(json_object_get(row, "sort_order"));
    struct ghost_link *first = map_get(map, post);
    if (!post.len || !link->id.len)
        return ERR_OK;
    if (!first || link->order < first->order) {
        link->next = first;
        return map_set(map, post, link, NULL);
    }
    size_t before = 1;
    for (; before < STORY_NAMES_MAX && first->next &&
           first->next->order <= link->order;
         before++)
        first = first->next;
    if (before >= STORY_NAMES_MAX)
        return ERR_OK; /* more than a story can have */
    link->next = first->next;
    first->next = link;
    return ERR_OK;
}

static enum err add_meta(struct ghost_index *index, const json_t *row)
{
    struct ghost_meta *meta = arena_new(&index->arena, struct ghost_meta);
    struct str post = kept(index, row, "post_id");
    meta->title = kept(index, row, "meta_title");
    meta->description = kept(index, row, "meta_description");
    meta->image_alt = kept(index, row, "feature_image_alt");
    meta->image_caption = kept(index, row, "feature_image_caption");
    return post.len ? map_set(&index->meta, post, meta, NULL) : ERR_OK;
}

static void add_setting(struct ghost_index *index, const json_t *row)
{
    struct str key = ghost_text(row, "key", &index->arena);
    if (str_eq(key, STR("locale")) || str_eq(key, STR("lang")) ||
        str_eq(key, STR("default_locale")))
        index->language = kept(index, row, "value");
}

static const char *const index_tables[] = {
    "posts",         "tags",       "users",   "posts_tags",
    "posts_authors", "posts_meta", "settings"};

static bool wants_index(void *context, struct str table)
{
    struct ghost_index *index = context;
    index->is_ghost |= str_eq(table, STR("posts"));
    for (size_t i = 0; i < sizeof index_tables / sizeof *index_tables; i++)
        if (str_eq(table, str_from_c(index_tables[i])))
            return true;
    return false;
}

/* A tag or a link of that size is none; a post is told when posts are read. */
static void refuse_index(void *context, struct str table, int64_t line,
                         const char *cause)
{
    (void)context, (void)table, (void)line, (void)cause;
}

static enum err take_index(void *context, struct str table, const json_t *row,
                           int64_t line, struct fault *fault)
{
    struct ghost_index *index = context;
    enum err err = ERR_OK;
    if (index->arena.total_bytes >= GHOST_INDEX_BYTES_MAX)
        return fault_set(fault, ERR_TOO_LONG, NULL,
                         "line %lld: it has more tags and people than fit into "
                         "memory",
                         (long long)line);
    if (str_eq(table, STR("tags")))
        err = add_tag(index, row);
    else if (str_eq(table, STR("users")))
        err = add_person(index, row);
    else if (str_eq(table, STR("posts_tags")))
        err = add_link(index, &index->tagged, row, "tag_id");
    else if (str_eq(table, STR("posts_authors")))
        err = add_link(index, &index->written, row, "author_id");
    else if (str_eq(table, STR("posts_meta")))
        err = add_meta(index, row);
    else if (str_eq(table, STR("settings")))
        add_setting(index, row);
    return err ? fault_set(fault, err, NULL, "%s", err_sentence(err)) : ERR_OK;
}

void ghost_index_destroy(struct ghost_index *index)
{
    if (!index)
        return;
    map_finish(&index->tags);
    map_finish(&index->people);
    map_finish(&index->tagged);
    map_finish(&index->written);
    map_finish(&index->meta);
    arena_finish(&index->arena);
    free(index);
}

struct str ghost_language(const struct ghost_index *index)
{
    return index->language;
}

/* path NULL: bytes. */
static enum err make_index(const char *path, struct str bytes,
                           struct ghost_index **ret_index, struct fault *fault)
{
    struct ghost_index *index = calloc(1, sizeof *index);
    if (!index)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    arena_init(&index->arena, 0);
    map_init(&index->tags);
    map_init(&index->people);
    map_init(&index->tagged);
    map_init(&index->written);
    map_init(&index->meta);
    const struct json_rows_handler handler = {
        .context = index,
        .wants = wants_index,
        .take = take_index,
        .refuse = refuse_index,
    };
    enum err err = path ? json_rows_read_file(path, &handler, fault)
                        : json_rows_read_bytes(bytes, &handler, fault);
    if (!err && !index->is_ghost)
        err = fault_set(fault, ERR_INVALID, NULL,
                        "it has no posts: this is no export of Ghost "
                        "(Settings, Labs, Export your content)");
    if (err)
        ghost_index_destroy(index);
    else
        *ret_index = index;
    return err;
}

enum err ghost_index_file(const char *path, struct ghost_index **ret_index,
                          struct fault *fault)
{
    return make_index(path, STR(""), ret_index, fault);
}

enum err ghost_index_bytes(struct str bytes, struct ghost_index **ret_index,
                           struct fault *fault)
{
    return make_index(NULL, bytes, ret_index, fault);
}

/* ---- Posts -----------------------------------------------------------------
 */

struct reading {
    const struct ghost_index *index;
    const struct story_sink *sink;
    struct arena arena; /* of the post */
    int64_t number;
    bool pages;
};

static bool wants_posts(void *context, struct str table)
{
    (void)context;
    return str_eq(table, STR("posts"));
}

static enum err take_post(void *context, struct str table, const json_t *row,
                          int64_t line, struct fault *fault)
{
    struct reading *reading = context;
    (void)table;
    arena_reset(&reading->arena);
    return ghost_give(reading->index, row, ++reading->number, line,
                      reading->pages, &reading->arena, reading->sink, fault);
}

static void refuse_post(void *context, struct str table, int64_t line,
                        const char *cause)
{
    struct reading *reading = context;
    (void)table;
    struct str text =
        arena_printf(&reading->arena, "line %lld: %s", (long long)line, cause);
    reading->sink->refuse(reading->sink->context, ++reading->number,
                          arena_c_string(&reading->arena, text));
}

static enum err read_posts(const struct ghost_index *index, const char *path,
                           struct str bytes, bool pages,
                           const struct story_sink *sink, struct fault *fault)
{
    struct reading reading = {.index = index, .sink = sink, .pages = pages};
    const struct json_rows_handler handler = {
        .context = &reading,
        .wants = wants_posts,
        .take = take_post,
        .refuse = refuse_post,
    };
    arena_init(&reading.arena, 0);
    enum err err = path ? json_rows_read_file(path, &handler, fault)
                        : json_rows_read_bytes(bytes, &handler, fault);
    arena_finish(&reading.arena);
    return err;
}

enum err ghost_read_file(const struct ghost_index *index, const char *path,
                         bool pages, const struct story_sink *sink,
                         struct fault *fault)
{
    return read_posts(index, path, STR(""), pages, sink, fault);
}

enum err ghost_read_bytes(const struct ghost_index *index, struct str bytes,
                          bool pages, const struct story_sink *sink,
                          struct fault *fault)
{
    return read_posts(index, NULL, bytes, pages, sink, fault);
}
