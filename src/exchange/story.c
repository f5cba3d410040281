// SPDX-License-Identifier: Apache-2.0
#include "exchange/story.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "content/article.h"
#include "content/media.h"

void story_add_tag(struct story *story, struct story_tag tag)
{
    tag.name = str_trim(tag.name);
    for (size_t i = 0; i < story->tag_count; i++)
        if (str_eq(story->tags[i].name, tag.name))
            return;
    if (tag.name.len && story->tag_count < STORY_NAMES_MAX)
        story->tags[story->tag_count++] = tag;
    else if (tag.name.len)
        story_drop(story, STR("tag too many"), 1);
}

void story_add_address(struct story *story, struct str address)
{
    if (address.len && story->old_address_count < STORY_NAMES_MAX)
        story->old_addresses[story->old_address_count++] = address;
}

void story_drop(struct story *story, struct str what, int64_t count)
{
    if (count <= 0)
        return;
    for (size_t i = 0; i < story->dropped_count; i++) {
        if (str_eq(story->dropped[i].what, what)) {
            story->dropped[i].count += count;
            return;
        }
    }
    if (story->dropped_count < STORY_DROPPED_MAX)
        story->dropped[story->dropped_count++] =
            (struct story_dropped){what, count};
}

/* ---- Recordings ------------------------------------------------------------
 */

enum { TYPE_BYTES_MAX = 100 };

static bool is_type(struct str mime)
{
    for (size_t i = 0; i < mime.len; i++)
        if ((unsigned char)mime.ptr[i] <= 0x20 || mime.ptr[i] == 0x7f)
            return false;
    return article_enclosure_type_is_fit(mime);
}

struct str story_recording_type(const struct story_recording *recording)
{
    struct str mime = str_trim(recording->mime), src = recording->src;
    ptrdiff_t parameters = str_find_char(mime, ';');
    if (parameters >= 0)
        mime = str_trim(str_slice(mime, 0, (size_t)parameters));
    size_t len = 0;
    while (len < src.len && src.ptr[len] != '?' && src.ptr[len] != '#')
        len++;
    if (!mime.len || mime.len > TYPE_BYTES_MAX)
        mime = media_type_of_filename(str_slice(src, 0, len));
    return is_type(mime) ? mime : STR("");
}

int64_t story_seconds(struct str text)
{
    struct str rest = str_trim(text), part;
    int64_t seconds = 0, number;
    for (int parts = 1; str_split_next(&rest, ':', &part); parts++) {
        if (parts > 3 || part.len > 6 || str_parse_i64(part, &number) ||
            number < 0)
            return 0;
        seconds = seconds * 60 + number;
    }
    return seconds <= ENCLOSURE_SECONDS_MAX ? seconds : 0;
}

/* ---- Copies ----------------------------------------------------------------
 */

enum { PARENTS_MAX = 64 };

static void copy_text(struct arena *arena, struct str *text)
{
    *text = arena_copy(arena, *text);
}

static const struct story_category *copy_category(
    const struct story_category *category, struct arena *arena, int depth)
{
    if (!category || depth == PARENTS_MAX)
        return NULL;
    struct story_category *copy = arena_new(arena, struct story_category);
    *copy = *category;
    copy->parent = copy_category(category->parent, arena, depth + 1);
    copy_text(arena, &copy->key);
    copy_text(arena, &copy->slug);
    copy_text(arena, &copy->name);
    copy_text(arena, &copy->description);
    return copy;
}

static void copy_person(struct story_person *person, struct arena *arena)
{
    copy_text(arena, &person->key);
    copy_text(arena, &person->name);
    copy_text(arena, &person->slug);
    copy_text(arena, &person->bio);
    copy_text(arena, &person->picture);
}

enum { TEXT_COUNT = 17 };

/* The texts that stand by themselves. */
static void texts_of(struct story *story, struct str *texts[TEXT_COUNT])
{
    struct str *const all[TEXT_COUNT] = {
        &story->id,
        &story->language,
        &story->translations,
        &story->title,
        &story->excerpt,
        &story->body,
        &story->slug,
        &story->source,
        &story->seo_title,
        &story->seo_description,
        &story->canonical,
        &story->picture.src,
        &story->picture.alt,
        &story->picture.caption,
        &story->picture.credit,
        &story->recording.src,
        &story->recording.mime,
    };
    memcpy(texts, all, sizeof all);
}

size_t story_bytes(const struct story *story)
{
    struct story copy = *story;
    struct str *texts[TEXT_COUNT];
    size_t bytes = 0;
    texts_of(&copy, texts);
    for (size_t i = 0; i < TEXT_COUNT; i++)
        bytes += texts[i]->len;
    for (size_t i = 0; i < story->person_count; i++)
        bytes += story->people[i].name.len + story->people[i].bio.len;
    for (size_t i = 0; i < story->category_count; i++)
        bytes += story->categories[i]->name.len;
    for (size_t i = 0; i < story->tag_count; i++)
        bytes += story->tags[i].name.len + story->tags[i].slug.len;
    for (size_t i = 0; i < story->old_address_count; i++)
        bytes += story->old_addresses[i].len;
    return bytes;
}

static void copy_tag(struct arena *arena, struct story_tag *tag)
{
    copy_text(arena, &tag->name);
    copy_text(arena, &tag->slug);
}

struct story *story_copy(const struct story *story, struct arena *arena)
{
    struct story *copy = arena_new(arena, struct story);
    *copy = *story;
    struct str *texts[TEXT_COUNT];
    texts_of(copy, texts);
    for (size_t i = 0; i < TEXT_COUNT; i++)
        copy_text(arena, texts[i]);
    for (size_t i = 0; i < copy->person_count; i++)
        copy_person(&copy->people[i], arena);
    for (size_t i = 0; i < copy->category_count; i++)
        copy->categories[i] = copy_category(copy->categories[i], arena, 0);
    for (size_t i = 0; i < copy->tag_count; i++)
        copy_tag(arena, &copy->tags[i]);
    for (size_t i = 0; i < copy->old_address_count; i++)
        copy_text(arena, &copy->old_addresses[i]);
    for (size_t i = 0; i < copy->dropped_count; i++)
        copy_text(arena, &copy->dropped[i].what);
    return copy;
}

/* ---- Digest ----------------------------------------------------------------
 */

/* A new way to read what is the same makes every item look changed, so that it
 * is read again. */
enum { READING = 1, DIGEST_INPUT_BYTES_MAX = 64 * 1024 * 1024 };

static void add(struct buf *out, struct str text)
{
    buf_add_i64(out, (int64_t)text.len);
    buf_add_char(out, ':');
    buf_add(out, text);
}

static void add_number(struct buf *out, int64_t number)
{
    buf_add_i64(out, number);
    buf_add_char(out, ';');
}

static void add_lists(struct buf *out, const struct story *story)
{
    for (size_t i = 0; i < story->person_count; i++) {
        add(out, story->people[i].key);
        add(out, story->people[i].name);
    }
    for (size_t i = 0; i < story->category_count; i++) {
        const struct story_category *category = story->categories[i];
        for (; category; category = category->parent)
            add(out, category->key);
    }
    add_number(out, (int64_t)story->tag_count);
    for (size_t i = 0; i < story->tag_count; i++)
        add(out, story->tags[i].name);
    for (size_t i = 0; i < story->old_address_count; i++)
        add(out, story->old_addresses[i]);
}

static void add_recording(struct buf *out,
                          const struct story_recording *recording)
{
    add(out, recording->src);
    add(out, recording->mime);
    add_number(out, recording->size_bytes);
    add_number(out, recording->seconds);
}

void story_digest(const struct story *story, char target[STORY_DIGEST_BYTES])
{
    DEFER(buf_finish) struct buf text;
    buf_init(&text, DIGEST_INPUT_BYTES_MAX);
    const struct str texts[] = {
        story->language,        story->translations,   story->title,
        story->excerpt,         story->body,           story->slug,
        story->source,          story->seo_title,      story->seo_description,
        story->canonical,       story->picture.src,    story->picture.alt,
        story->picture.caption, story->picture.credit,
    };
    const int64_t numbers[] = {
        READING,
        story->state,
        story->published_us,
        story->updated_us,
        story->lead,
        story->body_is_plain,
        (int64_t)story->person_count,
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        add(&text, texts[i]);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        add_number(&text, numbers[i]);
    add_lists(&text, story);
    if (story->recording.src.len) /* so that others do not look changed */
        add_recording(&text, &story->recording);
    char digest[DIGEST_HEX_BYTES];
    digest_hex(buf_str(&text), digest);
    memcpy(target, digest, STORY_DIGEST_BYTES - 1);
    target[STORY_DIGEST_BYTES - 1] = '\0';
}

/* ---- Addresses -------------------------------------------------------------
 */

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static struct str decode(struct str path, struct arena *arena)
{
    char *bytes = arena_array(arena, char, path.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];
        int high = c == '%' && i + 2 < path.len ? digit(path.ptr[i + 1]) : -1;
        int low = high >= 0 ? digit(path.ptr[i + 2]) : -1;
        if (low >= 0) {
            c = (char)(high * 16 + low);
            i += 2;
        }
        bytes[len++] = c;
    }
    return str_of(bytes, len);
}

static bool is_path(struct str path)
{
    if (path.len < 2 || !utf8_is_valid(path) ||
        str_starts_with(path, STR("//")))
        return false;
    for (size_t i = 0; i < path.len; i++) {
        unsigned char c = (unsigned char)path.ptr[i];
        if (c <= 0x20 || c == 0x7f || strchr("?#\\", c))
            return false;
    }
    return true;
}

struct str story_path_of(struct str address, struct arena *arena)
{
    ptrdiff_t scheme = str_find(address, STR("://"));
    if (scheme >= 0) {
        address = str_from(address, (size_t)scheme + 3);
        ptrdiff_t slash = str_find_char(address, '/');
        address = str_from(address, slash < 0 ? address.len : (size_t)slash);
    }
    size_t len = 0;
    while (len < address.len && address.ptr[len] != '?' &&
           address.ptr[len] != '#')
        len++;
    struct str path = decode(str_slice(address, 0, len), arena);
    while (str_ends_with(path, STR("/")))
        path = str_slice(path, 0, path.len - 1);
    return path.len && path.ptr[0] == '/' && is_path(path) ? path : STR("");
}
