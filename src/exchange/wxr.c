// SPDX-License-Identifier: Apache-2.0
/* The elements of an export. */
#include "exchange/wxr.h"

#include <assert.h>

#include "exchange/wxr_internal.h"

enum {
    FIELD_BYTES_MAX = 4 * 1024 * 1024,
    ITEM_BYTES_MAX = 16 * 1024 * 1024,
    META_BYTES_MAX = 64 * 1024,
    DEPTH_CHANNEL = 2,
    DEPTH_ITEM = 3,
    DEPTH_FIELD = 4,
    DEPTH_META = 5,
};

/* What the element around the present one is. */
enum part {
    PART_NONE,
    PART_ITEM,
    PART_AUTHOR,
    PART_CATEGORY,
};

struct reader {
    struct wxr_index *index;
    const struct story_sink *sink; /* NULL: only the index is made */
    struct fault *fault;
    struct arena arena; /* of the item */
    struct wxr_item *item;
    enum part part;
    int64_t number;
    bool is_export; /* something in it is WordPress' own */

    /* The text that is being collected, or target NULL. */
    struct buf text;
    struct str *target;
    struct arena *target_arena;
    size_t target_max; /* bytes; longer texts are none */

    struct arena meta_arena; /* of one postmeta: most are of no use */
    struct str meta_key, meta_value;
    struct story_person person;
    struct wxr_term term;
    struct str base_site, base_blog, channel_link, language;
};

/* ---- Fields ----------------------------------------------------------------
 */

struct field {
    enum xml_space space;
    const char *local;
    size_t offset;
    bool for_index; /* also when only the index is made */
};

#define ITEM(space, local, member, index) \
    { \
        XML_SPACE_##space, local, offsetof(struct wxr_item, member), index \
    }

static const struct field item_fields[] = {
    /* clang-format off */
    ITEM(NONE,    "title",             title,          false),
    ITEM(NONE,    "link",              link,           false),
    ITEM(NONE,    "pubDate",           pub_date,       false),
    ITEM(NONE,    "guid",              guid,           false),
    ITEM(DC,      "creator",           creator,        false),
    ITEM(CONTENT, "encoded",           content,        false),
    ITEM(EXCERPT, "encoded",           excerpt,        true),
    ITEM(WP,      "post_id",           id,             true),
    ITEM(WP,      "post_date",         date,           false),
    ITEM(WP,      "post_date_gmt",     date_gmt,       false),
    ITEM(WP,      "post_modified_gmt", modified_gmt,   false),
    ITEM(WP,      "post_name",         name,           false),
    ITEM(WP,      "status",            status,         false),
    ITEM(WP,      "post_parent",       parent,         true),
    ITEM(WP,      "post_type",         type,           true),
    ITEM(WP,      "post_password",     password,       false),
    ITEM(WP,      "is_sticky",         sticky,         false),
    ITEM(WP,      "attachment_url",    attachment_url, true),
    /* clang-format on */
};

#define READER(space, local, member) \
    { \
        XML_SPACE_##space, local, offsetof(struct reader, member), true \
    }

static const struct field channel_fields[] = {
    READER(WP, "base_site_url", base_site),
    READER(WP, "base_blog_url", base_blog),
    READER(NONE, "link", channel_link),
    READER(NONE, "language", language),
};

static const struct field author_fields[] = {
    READER(WP, "author_login", person.key),
    READER(WP, "author_display_name", person.name),
};

static const struct field category_fields[] = {
    READER(WP, "category_nicename", term.category.slug),
    READER(WP, "category_parent", term.parent),
    READER(WP, "cat_name", term.category.name),
    READER(WP, "category_description", term.category.description),
};

static const struct field meta_fields[] = {
    READER(WP, "meta_key", meta_key),
    READER(WP, "meta_value", meta_value),
};

static void collect(struct reader *reader, struct str *target)
{
    buf_reset(&reader->text);
    reader->target = target;
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void begin_field(struct reader *reader, const struct xml_name *name,
                        const struct field *fields, size_t count, void *base)
{
    for (size_t i = 0; i < count; i++) {
        const struct field *field = &fields[i];
        if (!xml_is(name, field->space, field->local))
            continue;
        if (reader->sink || field->for_index)
            collect(reader, (struct str *)((char *)base + field->offset));
        return;
    }
}

/* ---- Items -----------------------------------------------------------------
 */

static void begin_item(struct reader *reader, struct xml_reader *xml)
{
    arena_reset(&reader->arena);
    reader->item = arena_new(&reader->arena, struct wxr_item);
    reader->item->number = ++reader->number;
    reader->item->line = xml_reader_line(xml);
    reader->part = PART_ITEM;
}

static void begin_taxonomy(struct reader *reader,
                           const struct xml_element *element)
{
    struct wxr_item *item = reader->item;
    struct str domain = xml_attribute(element, "domain");
    struct str nicename = xml_attribute(element, "nicename");
    if (!reader->sink || !domain.len || !nicename.len ||
        item->taxonomy_count == WXR_TAXONOMIES_MAX)
        return;
    struct wxr_taxonomy *taxonomy = &item->taxonomies[item->taxonomy_count++];
    taxonomy->domain = arena_copy(&reader->arena, domain);
    taxonomy->nicename = arena_copy(&reader->arena, nicename);
    collect(reader, &taxonomy->name);
}

static void begin_item_field(struct reader *reader,
                             const struct xml_element *element)
{
    const struct xml_name *name = &element->name;
    if (xml_is(name, XML_SPACE_NONE, "category")) {
        begin_taxonomy(reader, element);
    } else if (xml_is(name, XML_SPACE_WP, "comment")) {
        reader->item->comments++;
    } else if (xml_is(name, XML_SPACE_WP, "postmeta")) {
        arena_reset(&reader->meta_arena);
        reader->meta_key = reader->meta_value = STR("");
    } else {
        begin_field(reader, name, item_fields, COUNT(item_fields),
                    reader->item);
    }
}

static void end_meta(struct reader *reader)
{
    static const struct {
        struct str key;
        size_t offset;
    } known[] = {
        /* clang-format off */
        {STR_INIT("_thumbnail_id"),            offsetof(struct wxr_item, thumbnail)},
        {STR_INIT("_wp_attachment_image_alt"), offsetof(struct wxr_item, alt)},
        {STR_INIT("_yoast_wpseo_title"),       offsetof(struct wxr_item, seo_title)},
        {STR_INIT("_yoast_wpseo_metadesc"),    offsetof(struct wxr_item, seo_description)},
        {STR_INIT("_yoast_wpseo_canonical"),   offsetof(struct wxr_item, canonical)},
        {STR_INIT("rank_math_title"),          offsetof(struct wxr_item, seo_title)},
        {STR_INIT("rank_math_description"),    offsetof(struct wxr_item, seo_description)},
        {STR_INIT("rank_math_canonical_url"),  offsetof(struct wxr_item, canonical)},
        /* clang-format on */
    };
    struct wxr_item *item = reader->item;
    for (size_t i = 0; i < COUNT(known); i++) {
        if (str_eq(reader->meta_key, known[i].key))
            *(struct str *)((char *)item + known[i].offset) =
                arena_copy(&reader->arena, reader->meta_value);
    }
    if (str_eq(reader->meta_key, STR("enclosure")) && !item->enclosures++)
        item->enclosure = arena_copy(&reader->arena, reader->meta_value);
    if (str_eq(reader->meta_key, STR("_wp_old_slug")) &&
        reader->meta_value.len && item->old_slug_count < WXR_OLD_SLUGS_MAX)
        item->old_slugs[item->old_slug_count++] =
            arena_copy(&reader->arena, reader->meta_value);
}

static void stop_full(struct xml_reader *xml, enum err err)
{
    xml_reader_stop(xml, err,
                    "there are more attachments, terms and people than fit "
                    "into memory: export the site in several parts");
}

static void end_channel_part(struct reader *reader, struct xml_reader *xml)
{
    enum err err = ERR_OK;
    if (reader->part == PART_AUTHOR)
        err = wxr_index_person(reader->index, &reader->person);
    else if (reader->part == PART_CATEGORY)
        err = wxr_index_term(reader->index, &reader->term);
    if (err)
        stop_full(xml, err);
}

static void end_item(struct reader *reader, struct xml_reader *xml)
{
    enum err err = ERR_OK;
    struct wxr_item *item = reader->item;
    reader->part = PART_NONE;
    if (!reader->sink) {
        if (str_eq(item->type, STR("attachment")))
            err = wxr_index_attachment(reader->index, item);
        if (err)
            stop_full(xml, err);
        return;
    }
    err = wxr_give(reader->index, item, &reader->arena, reader->sink,
                   reader->fault);
    if (err)
        xml_reader_stop(xml, err, "the import ended");
}

/* ---- Elements --------------------------------------------------------------
 */

static void begin_channel_part(struct reader *reader, struct xml_reader *xml,
                               const struct xml_element *element)
{
    const struct xml_name *name = &element->name;
    if (xml_is(name, XML_SPACE_NONE, "item")) {
        begin_item(reader, xml);
    } else if (xml_is(name, XML_SPACE_WP, "author")) {
        reader->part = PART_AUTHOR;
        reader->person = (struct story_person){0};
        arena_reset(&reader->arena);
    } else if (xml_is(name, XML_SPACE_WP, "category")) {
        reader->part = PART_CATEGORY;
        reader->term = (struct wxr_term){0};
        arena_reset(&reader->arena);
    } else {
        begin_field(reader, name, channel_fields, COUNT(channel_fields),
                    reader);
        reader->target_arena = &reader->index->arena;
        reader->target_max = WXR_NAME_BYTES_MAX;
        if (reader->target && reader->target->len)
            reader->target = NULL; /* the first counts */
    }
}

static void begin_part_field(struct reader *reader,
                             const struct xml_element *element)
{
    const struct xml_name *name = &element->name;
    if (reader->part == PART_ITEM)
        begin_item_field(reader, element);
    else if (reader->part == PART_AUTHOR)
        begin_field(reader, name, author_fields, COUNT(author_fields), reader);
    else if (reader->part == PART_CATEGORY)
        begin_field(reader, name, category_fields, COUNT(category_fields),
                    reader);
    if (reader->part != PART_ITEM)
        reader->target_max = WXR_NAME_BYTES_MAX;
}

static void on_start(void *context, struct xml_reader *xml,
                     const struct xml_element *element)
{
    struct reader *reader = context;
    const struct xml_name *name = &element->name;
    reader->target = NULL; /* fields have texts, no elements */
    reader->target_arena = &reader->arena;
    reader->target_max = FIELD_BYTES_MAX;
    reader->is_export |= name->space == XML_SPACE_WP;
    if (element->depth == 1 && !xml_is(name, XML_SPACE_NONE, "rss"))
        xml_reader_stop(xml, ERR_INVALID,
                        "the root element is not <rss>: this is no export of "
                        "WordPress (Tools, Export, All content)");
    else if (element->depth == DEPTH_ITEM)
        begin_channel_part(reader, xml, element);
    else if (element->depth == DEPTH_FIELD)
        begin_part_field(reader, element);
    else if (element->depth == DEPTH_META && reader->part == PART_ITEM) {
        begin_field(reader, name, meta_fields, COUNT(meta_fields), reader);
        reader->target_arena = &reader->meta_arena;
        reader->target_max = META_BYTES_MAX;
    }
}

static void on_text(void *context, struct xml_reader *xml, struct str text)
{
    struct reader *reader = context;
    (void)xml;
    if (reader->target)
        buf_add(&reader->text, text);
}

static void end_text(struct reader *reader, const struct xml_name *name)
{
    if (!reader->target)
        return;
    bool fits =
        !buf_err(&reader->text) && reader->text.len <= reader->target_max &&
        (reader->target_arena != &reader->arena ||
         reader->arena.total_bytes + reader->text.len <= ITEM_BYTES_MAX);
    if (fits)
        *reader->target =
            arena_copy(reader->target_arena, buf_str(&reader->text));
    else if (reader->part == PART_ITEM &&
             reader->target_arena == &reader->arena)
        reader->item->too_long = arena_copy(&reader->arena, name->local);
    reader->target = NULL;
}

static void on_end(void *context, struct xml_reader *xml,
                   const struct xml_name *name, int depth)
{
    struct reader *reader = context;
    end_text(reader, name);
    if (depth == DEPTH_FIELD && reader->part == PART_ITEM &&
        xml_is(name, XML_SPACE_WP, "postmeta"))
        end_meta(reader);
    if (depth != DEPTH_ITEM)
        return;
    if (reader->part == PART_ITEM)
        end_item(reader, xml);
    else if (!reader->sink)
        end_channel_part(reader, xml);
    reader->part = PART_NONE;
}

/* ---- Files -----------------------------------------------------------------
 */

static enum err finish_index(struct reader *reader, struct fault *fault)
{
    struct wxr_index *index = reader->index;
    if (!reader->is_export)
        return fault_set(fault, ERR_INVALID, NULL,
                         "it is RSS, but no export of WordPress: 'import rss' "
                         "reads feeds");
    index->site = reader->base_blog.len   ? reader->base_blog
                  : reader->base_site.len ? reader->base_site
                                          : reader->channel_link;
    index->language = reader->language;
    wxr_index_finish(index);
    return ERR_OK;
}

/* path NULL: bytes. */
static enum err read_all(struct wxr_index *index, const char *path,
                         struct str bytes, const struct story_sink *sink,
                         struct fault *fault)
{
    struct reader reader = {.index = index, .sink = sink, .fault = fault};
    const struct xml_handler handler = {
        .context = &reader,
        .start = on_start,
        .end = on_end,
        .text = on_text,
    };
    arena_init(&reader.arena, 0);
    arena_init(&reader.meta_arena, 0);
    buf_init(&reader.text, FIELD_BYTES_MAX);
    enum err err = path ? xml_read_file(path, &handler, fault)
                        : xml_read_bytes(bytes, &handler, fault);
    if (!err && !sink)
        err = finish_index(&reader, fault);
    buf_finish(&reader.text);
    arena_finish(&reader.meta_arena);
    arena_finish(&reader.arena);
    return err;
}

enum err wxr_index_file(struct wxr_index *index, const char *path,
                        struct fault *fault)
{
    assert(path);
    return read_all(index, path, STR(""), NULL, fault);
}

enum err wxr_index_bytes(struct wxr_index *index, struct str bytes,
                         struct fault *fault)
{
    return read_all(index, NULL, bytes, NULL, fault);
}

enum err wxr_read_file(struct wxr_index *index, const char *path,
                       const struct story_sink *sink, struct fault *fault)
{
    assert(path && sink);
    return read_all(index, path, STR(""), sink, fault);
}

enum err wxr_read_bytes(struct wxr_index *index, struct str bytes,
                        const struct story_sink *sink, struct fault *fault)
{
    assert(sink);
    return read_all(index, NULL, bytes, sink, fault);
}
