// SPDX-License-Identifier: Apache-2.0
/* The elements of RSS and Atom. Both are read into the same item: where they
 * mean the same, they are told apart by names only. */
#include "exchange/feed.h"

#include <assert.h>

#include "exchange/feed_internal.h"
#include "exchange/xml_reader.h"
#include "render/escape.h"

enum {
    FIELD_BYTES_MAX = 4 * 1024 * 1024,
    ITEM_BYTES_MAX = 16 * 1024 * 1024,
    HEAD_BYTES_MAX = 64 * 1024, /* of the feed's own facts, together */
};

enum form { FORM_UNKNOWN, FORM_RSS, FORM_RDF, FORM_ATOM };

struct reader {
    const struct story_sink *sink; /* NULL: only the head is read */
    struct fault *fault;
    bool redirects;
    enum form form;
    struct arena arena; /* of the item */
    struct arena *head_arena;
    struct feed_head head;
    struct str link, id, title; /* of the feed */
    struct feed_item *item;     /* NULL outside */
    int item_depth;

    /* The text that is being collected, or target NULL. */
    struct buf text;
    struct str *target;
    struct arena *target_arena;
    int target_depth;
    bool markup; /* elements within belong to the text: XHTML of Atom */

    struct str person; /* being read */
    struct feed_category category;
};

/* ---- Fields ----------------------------------------------------------------
 */

struct field {
    enum xml_space space;
    const char *local;
    size_t offset;
};

#define ITEM(space, local, member) \
    { \
        XML_SPACE_##space, local, offsetof(struct feed_item, member) \
    }

/* The first that is given counts: better ones stand in fields of their own. */
static const struct field item_fields[] = {
    /* clang-format off */
    ITEM(NONE,    "title",       title),
    ITEM(ATOM,    "title",       title),
    ITEM(NONE,    "link",        link),
    ITEM(NONE,    "guid",        id),
    ITEM(ATOM,    "id",          id),
    ITEM(NONE,    "description", summary),
    ITEM(ATOM,    "summary",     summary),
    ITEM(CONTENT, "encoded",     content),
    ITEM(ATOM,    "content",     content),
    ITEM(XHTML,   "body",        content),
    ITEM(NONE,    "pubDate",     published),
    ITEM(ATOM,    "published",   published),
    ITEM(DC,      "date",        date),
    ITEM(ATOM,    "updated",     updated),
    ITEM(DC,      "language",    language),
    ITEM(NONE,    "source",      source),
    ITEM(MEDIA,   "description", picture.caption),
    ITEM(MEDIA,   "title",       media_title),
    ITEM(MEDIA,   "credit",      picture.credit),
    ITEM(ITUNES,  "duration",    duration),
    /* clang-format on */
};

static void collect(struct reader *reader, const struct xml_element *element,
                    struct str *target, struct arena *arena)
{
    if (target->len)
        return;
    buf_reset(&reader->text);
    reader->target = target;
    reader->target_arena = arena;
    reader->target_depth = element->depth;
    reader->markup = false;
}

static void begin_text_field(struct reader *reader,
                             const struct xml_element *element)
{
    for (size_t i = 0; i < sizeof item_fields / sizeof *item_fields; i++) {
        const struct field *field = &item_fields[i];
        if (!xml_is(&element->name, field->space, field->local))
            continue;
        collect(reader, element,
                (struct str *)((char *)reader->item + field->offset),
                &reader->arena);
        struct str type = xml_attribute(element, "type");
        reader->markup = str_eq(type, STR("xhtml")) ||
                         element->name.space == XML_SPACE_XHTML;
        return;
    }
}

/* ---- What stands in attributes ---------------------------------------------
 */

static bool is_picture(struct str type, struct str url)
{
    static const char *const endings[] = {".jpg", ".jpeg", ".png", ".gif",
                                          ".webp"};
    if (type.len)
        return str_starts_with(type, STR("image"));
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t len = strlen(endings[i]);
        if (url.len > len && str_eq_ascii_case(str_from(url, url.len - len),
                                               str_from_c(endings[i])))
            return true;
    }
    return false;
}

/* Feeds name one file twice, and not both times all that it is. */
static void take_recording(struct reader *reader,
                           const struct story_recording *recording)
{
    struct story_recording *taken = &reader->item->recording;
    if (!taken->src.len) {
        *taken = *recording;
        taken->src = arena_copy(&reader->arena, recording->src);
        taken->mime = arena_copy(&reader->arena, recording->mime);
    } else if (!str_eq(taken->src, recording->src)) {
        reader->item->other_files++;
    } else {
        taken->size_bytes =
            taken->size_bytes ? taken->size_bytes : recording->size_bytes;
        taken->seconds = taken->seconds ? taken->seconds : recording->seconds;
    }
}

/* The first picture is the story's, the first recording is what is played; all
 * else is told. */
static void take_file(struct reader *reader, struct story_recording file)
{
    struct feed_item *item = reader->item;
    if (!file.src.len)
        return;
    if (story_recording_type(&file).len)
        take_recording(reader, &file);
    else if (!is_picture(file.mime, file.src))
        item->other_files++;
    else if (!item->picture.src.len)
        item->picture.src = arena_copy(&reader->arena, file.src);
}

static int64_t number_of(const struct xml_element *element, const char *name)
{
    int64_t number;
    return str_parse_i64(str_trim(xml_attribute(element, name)), &number) ||
                   number < 0
               ? 0
               : number;
}

static void take_link(struct reader *reader, const struct xml_element *element)
{
    struct str rel = xml_attribute(element, "rel");
    struct str href = xml_attribute(element, "href");
    if (str_eq(rel, STR("enclosure")))
        take_file(reader, (struct story_recording){
                              .src = href,
                              .mime = xml_attribute(element, "type"),
                              .size_bytes = number_of(element, "length"),
                          });
    else if ((!rel.len || str_eq(rel, STR("alternate"))) &&
             !reader->item->link.len)
        reader->item->link = arena_copy(&reader->arena, href);
}

static void take_enclosure(struct reader *reader,
                           const struct xml_element *element)
{
    take_file(reader, (struct story_recording){
                          .src = xml_attribute(element, "url"),
                          .mime = xml_attribute(element, "type"),
                          .size_bytes = number_of(element, "length"),
                      });
}

static void take_media(struct reader *reader, const struct xml_element *element)
{
    struct str medium = xml_attribute(element, "medium");
    struct str type = xml_attribute(element, "type");
    take_file(reader,
              (struct story_recording){
                  .src = xml_attribute(element, "url"),
                  .mime = str_eq(medium, STR("image")) ? medium : type,
                  .size_bytes = number_of(element, "fileSize"),
                  .seconds = story_seconds(xml_attribute(element, "duration")),
              });
}

static void take_thumbnail(struct reader *reader,
                           const struct xml_element *element)
{
    take_file(reader, (struct story_recording){
                          .src = xml_attribute(element, "url"),
                          .mime = STR("image"),
                      });
}

static void begin_category(struct reader *reader,
                           const struct xml_element *element)
{
    struct feed_item *item = reader->item;
    if (item->category_count == FEED_CATEGORIES_MAX)
        return;
    struct feed_category *category = &item->categories[item->category_count++];
    struct str term = xml_attribute(element, "term");
    struct str label = xml_attribute(element, "label");
    category->slug = arena_copy(&reader->arena, term);
    category->name = arena_copy(&reader->arena, label.len ? label : term);
    collect(reader, element, &category->name, &reader->arena);
}

/* "author" is a mail address with a name in RSS, an element with a name in
 * Atom. */
static void begin_person(struct reader *reader,
                         const struct xml_element *element)
{
    struct feed_item *item = reader->item;
    if (item->person_count < FEED_PEOPLE_MAX)
        collect(reader, element, &item->people[item->person_count++],
                &reader->arena);
}

static bool begin_special(struct reader *reader,
                          const struct xml_element *element)
{
    const struct xml_name *name = &element->name;
    if (xml_is(name, XML_SPACE_ATOM, "link"))
        take_link(reader, element);
    else if (xml_is(name, XML_SPACE_NONE, "enclosure"))
        take_enclosure(reader, element);
    else if (xml_is(name, XML_SPACE_MEDIA, "content"))
        take_media(reader, element);
    else if (xml_is(name, XML_SPACE_MEDIA, "thumbnail"))
        take_thumbnail(reader, element);
    else if (xml_is(name, XML_SPACE_NONE, "category") ||
             xml_is(name, XML_SPACE_ATOM, "category") ||
             xml_is(name, XML_SPACE_DC, "subject"))
        begin_category(reader, element);
    else if (xml_is(name, XML_SPACE_DC, "creator") ||
             xml_is(name, XML_SPACE_NONE, "author"))
        begin_person(reader, element);
    else
        return false;
    return true;
}

/* ---- Items -----------------------------------------------------------------
 */

static struct str language_of(const struct xml_element *element)
{
    for (size_t i = 0; i < element->attribute_count; i++)
        if (xml_is(&element->attributes[i].name, XML_SPACE_XML, "lang"))
            return element->attributes[i].value;
    return STR("");
}

static void begin_item(struct reader *reader, struct xml_reader *xml,
                       const struct xml_element *element)
{
    arena_reset(&reader->arena);
    reader->item = arena_new(&reader->arena, struct feed_item);
    reader->item_depth = element->depth;
    reader->item->number = ++reader->head.items;
    reader->item->line = xml_reader_line(xml);
    reader->item->language = arena_copy(&reader->arena, language_of(element));
}

static void end_item(struct reader *reader, struct xml_reader *xml)
{
    enum err err = ERR_OK;
    if (reader->sink)
        err = feed_give(reader->item, reader->redirects, &reader->arena,
                        reader->sink, reader->fault);
    reader->item = NULL;
    if (err)
        xml_reader_stop(xml, err, "the import ended");
}

/* ---- Elements --------------------------------------------------------------
 */

static void begin_root(struct reader *reader, struct xml_reader *xml,
                       const struct xml_element *element)
{
    const struct xml_name *name = &element->name;
    if (xml_is(name, XML_SPACE_NONE, "rss"))
        reader->form = FORM_RSS;
    else if (xml_is(name, XML_SPACE_RDF, "RDF"))
        reader->form = FORM_RDF;
    else if (xml_is(name, XML_SPACE_ATOM, "feed"))
        reader->form = FORM_ATOM;
    else
        xml_reader_stop(xml, ERR_INVALID,
                        "the root element is neither <rss> nor <feed>: this is "
                        "no feed");
    reader->head.language =
        arena_copy(reader->head_arena, language_of(element));
}

/* The feed's own facts stand where items do, or, of RSS 1.0, one deeper. */
static void begin_head_field(struct reader *reader,
                             const struct xml_element *element)
{
    const struct xml_name *name = &element->name;
    struct arena *arena = reader->head_arena;
    if (xml_is(name, XML_SPACE_NONE, "link"))
        collect(reader, element, &reader->link, arena);
    else if (xml_is(name, XML_SPACE_ATOM, "id"))
        collect(reader, element, &reader->id, arena);
    else if (xml_is(name, XML_SPACE_NONE, "title") ||
             xml_is(name, XML_SPACE_ATOM, "title"))
        collect(reader, element, &reader->title, arena);
    else if (xml_is(name, XML_SPACE_NONE, "language") ||
             xml_is(name, XML_SPACE_DC, "language"))
        collect(reader, element, &reader->head.language, arena);
}

static bool is_item(const struct reader *reader,
                    const struct xml_element *element)
{
    const struct xml_name *name = &element->name;
    switch (reader->form) {
    case FORM_RSS:
        return element->depth == 3 && xml_is(name, XML_SPACE_NONE, "item");
    case FORM_RDF:
        return element->depth == 2 && xml_is(name, XML_SPACE_NONE, "item");
    case FORM_ATOM:
        return element->depth == 2 && xml_is(name, XML_SPACE_ATOM, "entry");
    case FORM_UNKNOWN:
        break;
    }
    return false;
}

static void write_tag(struct reader *reader, const struct xml_element *element)
{
    buf_printf(&reader->text, "<%" PRI_STR, ARG_STR(element->name.local));
    for (size_t i = 0; i < element->attribute_count; i++) {
        const struct xml_attribute *attribute = &element->attributes[i];
        buf_printf(&reader->text, " %" PRI_STR "=\"",
                   ARG_STR(attribute->name.local));
        escape_html(&reader->text, attribute->value);
        buf_add_char(&reader->text, '"');
    }
    buf_add_char(&reader->text, '>');
}

static void begin_in_item(struct reader *reader,
                          const struct xml_element *element)
{
    int level = element->depth - reader->item_depth;
    if (level == 2 && xml_is(&element->name, XML_SPACE_ATOM, "name"))
        begin_person(reader, element);
    else if (level > 1 && element->name.space != XML_SPACE_MEDIA)
        return;
    else if (!begin_special(reader, element))
        begin_text_field(reader, element);
}

static void on_start(void *context, struct xml_reader *xml,
                     const struct xml_element *given)
{
    struct reader *reader = context;
    struct xml_element element = *given;
    if (reader->target && reader->markup) {
        write_tag(reader, &element);
        return;
    }
    if (reader->target)
        return; /* texts have no elements */
    if (element.name.space == XML_SPACE_RSS1)
        element.name.space = XML_SPACE_NONE;
    if (element.depth == 1)
        begin_root(reader, xml, &element);
    else if (reader->item)
        begin_in_item(reader, &element);
    else if (is_item(reader, &element))
        begin_item(reader, xml, &element);
    else if (element.depth <= 3)
        begin_head_field(reader, &element);
}

static void on_text(void *context, struct xml_reader *xml, struct str text)
{
    struct reader *reader = context;
    (void)xml;
    if (reader->target && reader->markup)
        escape_html(&reader->text, text);
    else if (reader->target)
        buf_add(&reader->text, text);
}

static void end_text(struct reader *reader, const struct xml_name *name)
{
    size_t max = reader->item ? ITEM_BYTES_MAX : HEAD_BYTES_MAX;
    size_t before = reader->item ? reader->arena.total_bytes : 0;
    if (!buf_err(&reader->text) && before + reader->text.len <= max)
        *reader->target =
            arena_copy(reader->target_arena, str_trim(buf_str(&reader->text)));
    else if (reader->item)
        reader->item->too_long = arena_copy(&reader->arena, name->local);
    reader->target = NULL;
}

static void on_end(void *context, struct xml_reader *xml,
                   const struct xml_name *name, int depth)
{
    struct reader *reader = context;
    if (reader->target && depth == reader->target_depth)
        end_text(reader, name);
    else if (reader->target && reader->markup)
        buf_printf(&reader->text, "</%" PRI_STR ">", ARG_STR(name->local));
    if (reader->item && depth == reader->item_depth)
        end_item(reader, xml);
}

/* ---- Files -----------------------------------------------------------------
 */

static enum err read_all(struct reader *reader, const char *path,
                         struct str bytes)
{
    const struct xml_handler handler = {
        .context = reader, .start = on_start, .end = on_end, .text = on_text};
    struct arena head;
    arena_init(&head, 0);
    arena_init(&reader->arena, 0);
    if (!reader->head_arena)
        reader->head_arena = &head;
    buf_init(&reader->text, FIELD_BYTES_MAX);
    enum err err = path ? xml_read_file(path, &handler, reader->fault)
                        : xml_read_bytes(bytes, &handler, reader->fault);
    buf_finish(&reader->text);
    arena_finish(&reader->arena);
    arena_finish(&head);
    return err;
}

static enum err read_head(const char *path, struct str bytes,
                          struct arena *arena, struct feed_head *ret_head,
                          struct fault *fault)
{
    struct reader reader = {.fault = fault, .head_arena = arena};
    enum err err = read_all(&reader, path, bytes);
    if (err)
        return err;
    *ret_head = reader.head;
    ret_head->id = reader.id.len     ? reader.id
                   : reader.link.len ? reader.link
                                     : reader.title;
    return ERR_OK;
}

enum err feed_head_file(const char *path, struct arena *arena,
                        struct feed_head *ret_head, struct fault *fault)
{
    assert(path);
    return read_head(path, STR(""), arena, ret_head, fault);
}

enum err feed_head_bytes(struct str bytes, struct arena *arena,
                         struct feed_head *ret_head, struct fault *fault)
{
    return read_head(NULL, bytes, arena, ret_head, fault);
}

enum err feed_read_file(const char *path, bool redirects,
                        const struct story_sink *sink, struct fault *fault)
{
    assert(path && sink);
    struct reader reader = {
        .fault = fault, .sink = sink, .redirects = redirects};
    return read_all(&reader, path, STR(""));
}

enum err feed_read_bytes(struct str bytes, bool redirects,
                         const struct story_sink *sink, struct fault *fault)
{
    assert(sink);
    struct reader reader = {
        .fault = fault, .sink = sink, .redirects = redirects};
    return read_all(&reader, NULL, bytes);
}
