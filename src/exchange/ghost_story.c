// SPDX-License-Identifier: Apache-2.0
/* From a row of posts to a story. */
#include "base/buf.h"
#include "base/time.h"
#include "exchange/feed_date.h"
#include "exchange/ghost_body.h"
#include "exchange/ghost_internal.h"

enum { BODY_BYTES_MAX = 8 * 1024 * 1024 };

/* ---- State and time --------------------------------------------------------
 */

/* A date, or, before Ghost 1, milliseconds. */
static int64_t time_of(const json_t *row, const char *name)
{
    const json_t *value = json_object_get(row, name);
    int64_t time_us = 0;
    if (json_is_integer(value))
        return json_integer_value(value) > 0 &&
                       json_integer_value(value) < INT64_MAX / 1000
                   ? json_integer_value(value) * 1000
                   : 0;
    if (!json_is_string(value) ||
        feed_date_parse(str_from_c(json_string_value(value)), &time_us))
        return 0;
    return time_us;
}

static void set_state(const json_t *row, struct arena *arena,
                      struct story *story)
{
    struct str status = ghost_text(row, "status", arena);
    struct str visibility = ghost_text(row, "visibility", arena);
    bool shown =
        str_eq(status, STR("published")) || str_eq(status, STR("scheduled"));
    story->state = shown ? STORY_PUBLISHED : STORY_DRAFT;
    if (str_eq(status, STR("sent")))
        story->why_draft = "it went out as mail only";
    if (shown && visibility.len && !str_eq(visibility, STR("public"))) {
        story->state = STORY_DRAFT;
        story->why_draft = "it is for members only";
    }
    story->published_us = time_of(row, "published_at");
    story->created_us = time_of(row, "created_at");
    story->updated_us = time_of(row, "updated_at");
}

/* ---- Tags and people -------------------------------------------------------
 */

/* The first tag is what Ghost's sites use as a section: where the newspaper has
 * such a category, it is that. */
static void add_tags(const struct ghost_index *index, struct str post,
                     struct arena *arena, struct story *story)
{
    const struct ghost_link *link = map_get(&index->tagged, post);
    bool first = true;
    for (; link; link = link->next) {
        const struct ghost_tag *tag = map_get(&index->tags, link->id);
        if (!tag)
            continue;
        if (tag->is_internal) {
            story_drop(story, STR("internal tag"), 1);
            continue;
        }
        story_add_tag(story, (struct story_tag){tag->name, tag->slug});
        if (!first)
            continue;
        first = false;
        struct story_category *category =
            arena_new(arena, struct story_category);
        *category = (struct story_category){.key = tag->slug,
                                            .slug = tag->slug,
                                            .name = tag->name,
                                            .only_known = true};
        story->categories[story->category_count++] = category;
    }
}

static void add_person(const struct ghost_index *index, struct str id,
                       struct story *story)
{
    const struct story_person *person = map_get(&index->people, id);
    if (person && story->person_count < STORY_NAMES_MAX)
        story->people[story->person_count++] = *person;
}

static void add_people(const struct ghost_index *index, const json_t *row,
                       struct str post, struct arena *arena,
                       struct story *story)
{
    const struct ghost_link *link = map_get(&index->written, post);
    for (; link; link = link->next)
        add_person(index, link->id, story);
    if (!story->person_count) /* before Ghost 2 */
        add_person(index, ghost_text(row, "author_id", arena), story);
}

/* ---- The body --------------------------------------------------------------
 */

/* Addresses of the site itself stand there as a mark. */
static struct str without_mark(struct str html, struct arena *arena)
{
    static const struct str mark = STR_INIT("__GHOST_URL__");
    if (str_find(html, mark) < 0)
        return html;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, BODY_BYTES_MAX);
    ptrdiff_t at;
    while ((at = str_find(html, mark)) >= 0) {
        buf_add(&out, str_slice(html, 0, (size_t)at));
        html = str_from(html, (size_t)at + mark.len);
    }
    buf_add(&out, html);
    return buf_err(&out) ? html : arena_copy(arena, buf_str(&out));
}

/* What was printed is best; else what the editor keeps; else the bare text. */
static void set_body(const json_t *row, struct arena *arena,
                     struct story *story)
{
    story->body = ghost_text(row, "html", arena);
    if (!str_trim(story->body).len)
        story->body = ghost_body_of_lexical(ghost_text(row, "lexical", arena),
                                            arena, story);
    if (!str_trim(story->body).len)
        story->body = ghost_body_of_mobiledoc(
            ghost_text(row, "mobiledoc", arena), arena, story);
    if (!str_trim(story->body).len) {
        story->body = ghost_text(row, "plaintext", arena);
        story->body_is_plain = true;
    }
    story->body = without_mark(story->body, arena);
}

/* ---- All of it -------------------------------------------------------------
 */

static struct str first_of(struct str a, struct str b)
{
    return a.len ? a : b;
}

static void fill(const struct ghost_index *index, const json_t *row,
                 struct arena *arena, struct story *story)
{
    static const struct ghost_meta none;
    struct str post = ghost_text(row, "id", arena);
    const struct ghost_meta *meta = map_get(&index->meta, post);
    meta = meta ? meta : &none;
    story->id = first_of(ghost_text(row, "uuid", arena), post);
    story->title = ghost_text(row, "title", arena);
    story->slug = ghost_text(row, "slug", arena);
    story->excerpt = ghost_text(row, "custom_excerpt", arena);
    story->language = ghost_text(row, "locale", arena);
    story->lead = json_is_true(json_object_get(row, "featured")) ||
                  json_integer_value(json_object_get(row, "featured")) == 1;
    story->canonical = ghost_text(row, "canonical_url", arena);
    if (str_find(story->canonical, STR("__GHOST_URL__")) >= 0)
        story->canonical = STR("");
    story->seo_title =
        first_of(meta->title, ghost_text(row, "meta_title", arena));
    story->seo_description =
        first_of(meta->description, ghost_text(row, "meta_description", arena));
    story->picture = (struct story_picture){
        .src = first_of(ghost_text(row, "feature_image", arena),
                        ghost_text(row, "image", arena)),
        .alt = meta->image_alt,
        .caption = meta->image_caption,
    };
    set_state(row, arena, story);
    add_tags(index, post, arena, story);
    add_people(index, row, post, arena, story);
    set_body(row, arena, story);
    if (story->slug.len)
        story_add_address(story, arena_concat(arena, STR("/"), story->slug));
}

enum err ghost_give(const struct ghost_index *index, const json_t *row,
                    int64_t number, int64_t line, bool pages,
                    struct arena *arena, const struct story_sink *sink,
                    struct fault *fault)
{
    struct str type = ghost_text(row, "type", arena);
    bool is_page = str_eq(type, STR("page")) ||
                   json_is_true(json_object_get(row, "page")) ||
                   json_integer_value(json_object_get(row, "page")) == 1;
    if (is_page && !pages) {
        sink->drop(sink->context, STR("page"), 1);
        return ERR_OK;
    }
    struct story *story = arena_new(arena, struct story);
    story->number = number;
    story->line = line;
    fill(index, row, arena, story);
    if (!story->id.len) {
        struct str cause =
            arena_printf(arena, "line %lld: it has neither an id nor a uuid",
                         (long long)line);
        sink->refuse(sink->context, number, arena_c_string(arena, cause));
        return ERR_OK;
    }
    return sink->story(sink->context, story, fault);
}
