// SPDX-License-Identifier: Apache-2.0
/* From an item of an export to a story. */
#include "exchange/feed_date.h"
#include "exchange/wxr_internal.h"

/* ---- State and time --------------------------------------------------------
 */

static void set_state(const struct wxr_item *item, struct story *story)
{
    bool shown = str_eq(item->status, STR("publish")) ||
                 str_eq(item->status, STR("future"));
    story->state = shown ? STORY_PUBLISHED : STORY_DRAFT;
    if (str_eq(item->status, STR("private")))
        story->why_draft = "it is private";
    if (item->password.len) {
        story->state = STORY_DRAFT;
        story->why_draft = "it asks for a password";
    }
}

/* In UTC where the export says so; drafts have no such time. */
static void set_times(const struct wxr_item *item, struct story *story)
{
    int64_t time_us;
    if (!feed_date_parse(item->date_gmt, &time_us) ||
        !feed_date_parse(item->pub_date, &time_us) ||
        !feed_date_parse(item->date, &time_us))
        story->published_us = story->created_us = time_us;
    if (!feed_date_parse(item->modified_gmt, &time_us))
        story->updated_us = time_us;
}

/* ---- Who and where ---------------------------------------------------------
 */

static void add_person(const struct wxr_index *index, struct str login,
                       struct str name, struct story *story)
{
    const struct story_person *known = map_get(&index->people, login);
    if (story->person_count == STORY_NAMES_MAX || !login.len)
        return;
    struct story_person person = {.key = login,
                                  .name = name.len ? name : login};
    story->people[story->person_count++] = known ? *known : person;
}

static const struct story_category *category_of(
    const struct wxr_index *index, const struct wxr_taxonomy *taxonomy,
    struct arena *arena)
{
    const struct wxr_term *term =
        map_get(&index->categories, taxonomy->nicename);
    if (term)
        return &term->category;
    struct story_category *category = arena_new(arena, struct story_category);
    category->key = category->slug = taxonomy->nicename;
    category->name = taxonomy->name.len ? taxonomy->name : taxonomy->nicename;
    return category;
}

static void add_taxonomy(const struct wxr_index *index,
                         const struct wxr_taxonomy *taxonomy,
                         struct arena *arena, struct story *story)
{
    struct str domain = taxonomy->domain;
    if (str_eq(domain, STR("category"))) {
        /* What WordPress puts where nobody chose anything. */
        if (!str_eq(taxonomy->nicename, STR("uncategorized")) &&
            story->category_count < STORY_NAMES_MAX)
            story->categories[story->category_count++] =
                category_of(index, taxonomy, arena);
    } else if (str_eq(domain, STR("post_tag")) || str_eq(domain, STR("tag"))) {
        story_add_tag(story,
                      (struct story_tag){taxonomy->name, taxonomy->nicename});
    } else if (str_eq(domain, STR("author"))) { /* Co-Authors Plus */
        struct str login = taxonomy->nicename;
        if (str_starts_with(login, STR("cap-")))
            login = str_from(login, 4);
        add_person(index, login, taxonomy->name, story);
    } else if (str_eq(domain, STR("language"))) { /* Polylang */
        story->language = taxonomy->nicename;
    } else if (str_eq(domain, STR("post_translations"))) {
        story->translations = taxonomy->nicename;
    } else if (!str_eq(domain, STR("post_format"))) {
        story_drop(story,
                   arena_concat(arena, STR("term of "), taxonomy->domain), 1);
    }
}

/* ---- Addresses -------------------------------------------------------------
 */

/* The address as it was while the story had another slug. */
static struct str with_slug(struct str link, struct str slug,
                            struct str old_slug, struct arena *arena)
{
    struct str path = link;
    bool slash = str_ends_with(path, STR("/"));
    if (slash)
        path = str_slice(path, 0, path.len - 1);
    if (!slug.len || !str_ends_with(path, slug))
        return STR("");
    return arena_concat(arena, str_slice(path, 0, path.len - slug.len),
                        old_slug);
}

static void add_addresses(const struct wxr_item *item, struct arena *arena,
                          struct story *story)
{
    if (str_find_char(item->link, '?') >= 0)
        return; /* ?p=12: no path of its own */
    story_add_address(story, item->link);
    for (size_t i = 0; i < item->old_slug_count; i++)
        story_add_address(story, with_slug(item->link, item->name,
                                           item->old_slugs[i], arena));
}

/* ---- All of it -------------------------------------------------------------
 */

/* Plug-ins keep templates: "%%title%% %%sep%%". */
static struct str without_template(struct str text)
{
    return str_find_char(text, '%') >= 0 || str_starts_with(text, STR("#"))
               ? STR("")
               : text;
}

/* PowerPress, in PHP's own words: …s:8:"duration";s:8:"00:15:23";… */
static int64_t duration_in(struct str text)
{
    struct str name = STR("\"duration\";s:");
    ptrdiff_t at = str_find(text, name);
    if (at < 0)
        return 0;
    text = str_from(text, (size_t)at + name.len);
    ptrdiff_t begin = str_find_char(text, '"');
    text = str_from(text, begin < 0 ? text.len : (size_t)begin + 1);
    ptrdiff_t end = str_find_char(text, '"');
    return end < 0 ? 0 : story_seconds(str_slice(text, 0, (size_t)end));
}

static void set_recording(const struct wxr_item *item, struct story *story)
{
    struct str rest = item->enclosure, line = STR("");
    struct story_recording recording = {0};
    if (str_split_next(&rest, '\n', &line))
        recording.src = str_trim(line);
    if (str_split_next(&rest, '\n', &line) &&
        (str_parse_i64(str_trim(line), &recording.size_bytes) ||
         recording.size_bytes < 0))
        recording.size_bytes = 0;
    if (str_split_next(&rest, '\n', &line))
        recording.mime = str_trim(line);
    recording.seconds = duration_in(rest);
    bool fits = story_recording_type(&recording).len > 0;
    if (fits)
        story->recording = recording;
    story_drop(story, STR("enclosure"), item->enclosures - fits);
}

static void fill(const struct wxr_index *index, const struct wxr_item *item,
                 struct arena *arena, struct story *story)
{
    story->id = item->id;
    story->number = item->number;
    story->line = item->line;
    story->title = item->title;
    story->excerpt = item->excerpt;
    story->slug = item->name;
    story->lead = str_eq(item->sticky, STR("1"));
    story->seo_title = without_template(item->seo_title);
    story->seo_description = without_template(item->seo_description);
    story->canonical = item->canonical;
    set_state(item, story);
    set_times(item, story);
    for (size_t i = 0; i < item->taxonomy_count; i++)
        add_taxonomy(index, &item->taxonomies[i], arena, story);
    if (!story->person_count)
        add_person(index, item->creator, STR(""), story);
    const struct wxr_attachment *thumbnail =
        item->thumbnail.len ? map_get(&index->attachments, item->thumbnail)
                            : NULL;
    if (thumbnail)
        story->picture = thumbnail->picture;
    set_recording(item, story);
    add_addresses(item, arena, story);
    story_drop(story, STR("comment"), item->comments);
    story->body = wxr_body(index, item, arena, story);
}

/* What becomes no article, and under which name it is counted; "" when it
 * does. */
static struct str dropped_as(const struct wxr_index *index,
                             const struct wxr_item *item)
{
    struct str type = item->type;
    if (str_eq(type, STR("attachment")))
        return STR("attachment (taken where a story shows it)");
    if (!str_eq(type, STR("post")) &&
        !(index->pages && str_eq(type, STR("page"))))
        return type.len ? type : STR("item without a type");
    if (str_eq(item->status, STR("trash")))
        return STR("post in the trash");
    if (str_eq(item->status, STR("auto-draft")))
        return STR("post never saved");
    return STR("");
}

enum err wxr_give(struct wxr_index *index, const struct wxr_item *item,
                  struct arena *arena, const struct story_sink *sink,
                  struct fault *fault)
{
    struct str dropped = dropped_as(index, item);
    if (dropped.len) {
        sink->drop(sink->context, dropped, 1);
        return ERR_OK;
    }
    if (item->too_long.len || !item->id.len) {
        struct str cause =
            item->too_long.len
                ? arena_printf(arena,
                               "line %lld: with its <%.*s> it is too long: "
                               "4 MiB a text and 16 MiB together are the most",
                               (long long)item->line, ARG_STR(item->too_long))
                : arena_printf(arena, "line %lld: it has no <wp:post_id>",
                               (long long)item->line);
        sink->refuse(sink->context, item->number, arena_c_string(arena, cause));
        return ERR_OK;
    }
    struct story *story = arena_new(arena, struct story);
    fill(index, item, arena, story);
    return sink->story(sink->context, story, fault);
}
