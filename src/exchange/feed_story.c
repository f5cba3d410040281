// SPDX-License-Identifier: Apache-2.0
/* From an item of a feed to a story. */
#include "base/hash.h"
#include "exchange/feed_date.h"
#include "exchange/feed_internal.h"

static void set_times(const struct feed_item *item, struct story *story)
{
    int64_t time_us;
    story->state = STORY_PUBLISHED;
    if (!feed_date_parse(item->published, &time_us) ||
        !feed_date_parse(item->date, &time_us) ||
        !feed_date_parse(item->updated, &time_us))
        story->published_us = story->created_us = time_us;
    if (!feed_date_parse(item->updated, &time_us))
        story->updated_us = time_us;
}

/* "nino@paper.example (Nino Beridze)" → "Nino Beridze": RSS 2.0 wants it so. */
static struct str name_of(struct str author)
{
    ptrdiff_t open = str_find_char(author, '(');
    if (open > 0 && str_ends_with(author, STR(")")))
        return str_trim(
            str_slice(author, (size_t)open + 1, author.len - (size_t)open - 2));
    return str_find_char(author, '@') >= 0 ? STR("") : author;
}

static void add_people(const struct feed_item *item, struct story *story)
{
    for (size_t i = 0; i < item->person_count; i++) {
        struct str name = name_of(item->people[i]);
        if (name.len)
            story->people[story->person_count++] =
                (struct story_person){.key = name, .name = name};
    }
}

/* What the newspaper has a category for is that; all else is a tag. */
static void add_categories(const struct feed_item *item, struct arena *arena,
                           struct story *story)
{
    for (size_t i = 0; i < item->category_count; i++) {
        struct story_category *category =
            arena_new(arena, struct story_category);
        category->key = category->name = item->categories[i].name;
        category->slug = item->categories[i].slug;
        category->only_known = true;
        if (category->name.len)
            story->categories[story->category_count++] = category;
    }
}

/* By what it says, where it says nothing of who it is. */
static struct str id_of(const struct feed_item *item, struct arena *arena)
{
    if (item->id.len)
        return item->id;
    if (item->link.len)
        return item->link;
    char digest[DIGEST_HEX_BYTES];
    digest_hex(arena_printf(arena, "%" PRI_STR "\n%" PRI_STR,
                            ARG_STR(item->title), ARG_STR(item->published)),
               digest);
    return arena_copy(arena, str_from_c(digest));
}

static void fill(const struct feed_item *item, bool redirects,
                 struct arena *arena, struct story *story)
{
    story->id = id_of(item, arena);
    story->number = item->number;
    story->line = item->line;
    story->language = item->language;
    story->title = item->title;
    story->excerpt = item->content.len ? item->summary : STR("");
    story->body = item->content.len ? item->content : item->summary;
    story->source = item->source;
    story->picture = item->picture;
    story->picture.alt = item->media_title;
    story->recording = item->recording;
    if (!story->recording.seconds)
        story->recording.seconds = story_seconds(item->duration);
    set_times(item, story);
    add_people(item, story);
    add_categories(item, arena, story);
    story_drop(story,
               STR("file that is neither picture nor recording, or one more"),
               item->other_files);
    if (redirects)
        story_add_address(story, item->link);
}

enum err feed_give(const struct feed_item *item, bool redirects,
                   struct arena *arena, const struct story_sink *sink,
                   struct fault *fault)
{
    if (item->too_long.len) {
        struct str cause =
            arena_printf(arena,
                         "line %lld: with its <%.*s> it is too long: 4 MiB a "
                         "text and 16 MiB together are the most",
                         (long long)item->line, ARG_STR(item->too_long));
        sink->refuse(sink->context, item->number, arena_c_string(arena, cause));
        return ERR_OK;
    }
    struct story *story = arena_new(arena, struct story);
    fill(item, redirects, arena, story);
    return sink->story(sink->context, story, fault);
}
