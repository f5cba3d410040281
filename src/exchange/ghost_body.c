// SPDX-License-Identifier: Apache-2.0
#include "exchange/ghost_body.h"

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json_text.h"
#include "exchange/story.h"
#include "render/escape.h"

enum { HTML_BYTES_MAX = 4 * 1024 * 1024 };

struct writer {
    struct buf out;
    struct arena *arena;
    struct story *story;
};

static struct str text_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_string(value)
               ? str_of(json_string_value(value), json_string_length(value))
               : STR("");
}

static struct str item_of(const json_t *array, size_t index)
{
    const json_t *value = json_array_get(array, index);
    return json_is_string(value)
               ? str_of(json_string_value(value), json_string_length(value))
               : STR("");
}

static void add_attribute(struct writer *writer, const char *name,
                          struct str value)
{
    buf_printf(&writer->out, " %s=\"", name);
    escape_html(&writer->out, value);
    buf_add_char(&writer->out, '"');
}

/* ---- Cards, of both editors ------------------------------------------------
 */

/* Captions are HTML already. */
static void add_caption(struct writer *writer, struct str html)
{
    if (!html.len)
        return;
    buf_add_c(&writer->out, "<figcaption>");
    buf_add(&writer->out, html);
    buf_add_c(&writer->out, "</figcaption>");
}

static void add_image(struct writer *writer, const json_t *card)
{
    buf_add_c(&writer->out, "<figure><img");
    add_attribute(writer, "src", text_of(card, "src"));
    add_attribute(writer, "alt", text_of(card, "alt"));
    buf_add_char(&writer->out, '>');
    add_caption(writer, text_of(card, "caption"));
    buf_add_c(&writer->out, "</figure>");
}

static void add_gallery(struct writer *writer, const json_t *card)
{
    const json_t *images = json_object_get(card, "images");
    buf_add_c(&writer->out, "<figure class=\"gallery\">");
    for (size_t i = 0; i < json_array_size(images); i++)
        add_image(writer, json_array_get(images, i));
    add_caption(writer, text_of(card, "caption"));
    buf_add_c(&writer->out, "</figure>");
}

static void add_player(struct writer *writer, const json_t *card,
                       const char *element, const char *member)
{
    buf_printf(&writer->out, "<figure><%s", element);
    add_attribute(writer, "src", text_of(card, member));
    add_attribute(writer, "title", text_of(card, "title"));
    buf_printf(&writer->out, "></%s>", element);
    add_caption(writer, text_of(card, "caption"));
    buf_add_c(&writer->out, "</figure>");
}

static void add_bookmark(struct writer *writer, const json_t *card)
{
    const json_t *metadata = json_object_get(card, "metadata");
    struct str title = text_of(metadata, "title");
    buf_add_c(&writer->out, "<figure class=\"bookmark\"><a");
    add_attribute(writer, "href", text_of(card, "url"));
    buf_add_c(&writer->out, "><div class=\"title\">");
    escape_html(&writer->out, title);
    buf_add_c(&writer->out, "</div></a></figure>");
}

/* Markdown is shown as it was written: paragraphs of text. */
static void add_markdown(struct writer *writer, struct str markdown)
{
    struct str line;
    buf_add_c(&writer->out, "<p>");
    while (str_split_next(&markdown, '\n', &line)) {
        if (str_trim(line).len)
            escape_html(&writer->out, line);
        else
            buf_add_c(&writer->out, "</p><p>");
        buf_add_c(&writer->out, "\n");
    }
    buf_add_c(&writer->out, "</p>");
}

static void add_code(struct writer *writer, struct str code)
{
    buf_add_c(&writer->out, "<pre>");
    escape_html(&writer->out, code);
    buf_add_c(&writer->out, "</pre>");
}

/* False when there is no card of that name. */
static bool add_card(struct writer *writer, struct str name, const json_t *card)
{
    if (str_eq(name, STR("image")))
        add_image(writer, card);
    else if (str_eq(name, STR("gallery")))
        add_gallery(writer, card);
    else if (str_eq(name, STR("html")))
        buf_add(&writer->out, text_of(card, "html"));
    else if (str_eq(name, STR("markdown")) ||
             str_eq(name, STR("card-markdown")))
        add_markdown(writer, text_of(card, "markdown"));
    else if (str_eq(name, STR("embed")))
        add_player(writer, card, "iframe", "url");
    else if (str_eq(name, STR("video")) || str_eq(name, STR("audio")))
        add_player(writer, card, "video", "src");
    else if (str_eq(name, STR("bookmark")))
        add_bookmark(writer, card);
    else if (str_eq(name, STR("hr")) || str_eq(name, STR("horizontalrule")))
        buf_add_c(&writer->out, "<hr>");
    else if (str_eq(name, STR("code")) || str_eq(name, STR("codeblock")))
        add_code(writer, text_of(card, "code"));
    else
        return false;
    return true;
}

static void drop_card(struct writer *writer, struct str name)
{
    struct str what = arena_printf(writer->arena, "card %.*s",
                                   (int)(name.len > 40 ? 40 : name.len),
                                   name.ptr ? name.ptr : "");
    story_drop(writer->story, what, 1);
}

/* ---- Lexical ---------------------------------------------------------------
 */

static void add_lexical_text(struct writer *writer, const json_t *node)
{
    static const char *const elements[] = {"b",    "i",   "s",  NULL,
                                           "code", "sub", "sup"};
    json_int_t format = json_integer_value(json_object_get(node, "format"));
    size_t count = sizeof elements / sizeof *elements;
    for (size_t i = 0; i < count; i++)
        if (elements[i] && (format >> i & 1))
            buf_printf(&writer->out, "<%s>", elements[i]);
    escape_html(&writer->out, text_of(node, "text"));
    for (size_t i = count; i-- > 0;)
        if (elements[i] && (format >> i & 1))
            buf_printf(&writer->out, "</%s>", elements[i]);
}

/* The element that a node with children is; NULL when it is none. */
static const char *lexical_element(const json_t *node, struct str type)
{
    struct str tag = text_of(node, "tag");
    if (str_eq(type, STR("paragraph")))
        return "p";
    if (str_eq(type, STR("listitem")))
        return "li";
    if (str_eq(type, STR("list")))
        return str_eq(text_of(node, "listType"), STR("number")) ? "ol" : "ul";
    if (str_ends_with(type, STR("quote")) || str_eq(type, STR("aside")))
        return "blockquote";
    if (!str_ends_with(type, STR("heading")))
        return NULL;
    return str_eq(tag, STR("h3")) ? "h3" : str_eq(tag, STR("h4")) ? "h4" : "h2";
}

static void add_lexical(struct writer *writer, const json_t *node, int depth);

static void add_lexical_children(struct writer *writer, const json_t *node,
                                 int depth)
{
    const json_t *children = json_object_get(node, "children");
    for (size_t i = 0; i < json_array_size(children); i++)
        add_lexical(writer, json_array_get(children, i), depth + 1);
}

static void add_lexical(struct writer *writer, const json_t *node, int depth)
{
    struct str type = text_of(node, "type");
    const char *element = lexical_element(node, type);
    if (depth > GHOST_BODY_DEPTH_MAX)
        return;
    if (str_ends_with(type, STR("text"))) {
        add_lexical_text(writer, node);
    } else if (str_eq(type, STR("linebreak"))) {
        buf_add_c(&writer->out, "<br>");
    } else if (str_eq(type, STR("link")) || str_eq(type, STR("autolink"))) {
        buf_add_c(&writer->out, "<a");
        add_attribute(writer, "href", text_of(node, "url"));
        buf_add_char(&writer->out, '>');
        add_lexical_children(writer, node, depth);
        buf_add_c(&writer->out, "</a>");
    } else if (element) {
        buf_printf(&writer->out, "<%s>", element);
        add_lexical_children(writer, node, depth);
        buf_printf(&writer->out, "</%s>\n", element);
    } else if (json_object_get(node, "children")) {
        add_lexical_children(writer, node, depth);
    } else if (!add_card(writer, type, node)) {
        drop_card(writer, type);
    }
}

/* ---- Mobiledoc -------------------------------------------------------------
 */

struct mobiledoc {
    struct writer *writer;
    const json_t *markups;
    const json_t *cards;
    const json_t *atoms;
    struct str open[GHOST_BODY_DEPTH_MAX]; /* elements, outermost first */
    size_t open_count;
};

static bool is_mark(struct str tag)
{
    static const char *const tags[] = {"strong", "b",   "em", "i", "code",
                                       "sub",    "sup", "s",  "a", "u"};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (str_eq(tag, str_from_c(tags[i])))
            return true;
    return false;
}

/* ["a", ["href", "https://…"]] */
static void open_markup(struct mobiledoc *doc, const json_t *markup)
{
    struct str tag = item_of(markup, 0);
    if (doc->open_count == GHOST_BODY_DEPTH_MAX)
        return;
    doc->open[doc->open_count++] = is_mark(tag) ? tag : STR("span");
    buf_printf(&doc->writer->out, "<%" PRI_STR,
               ARG_STR(doc->open[doc->open_count - 1]));
    const json_t *attributes = json_array_get(markup, 1);
    for (size_t i = 0; i + 1 < json_array_size(attributes); i += 2)
        if (str_eq(item_of(attributes, i), STR("href")))
            add_attribute(doc->writer, "href", item_of(attributes, i + 1));
    buf_add_char(&doc->writer->out, '>');
}

static void close_markups(struct mobiledoc *doc, json_int_t count)
{
    for (; count > 0 && doc->open_count; count--) {
        struct str tag = doc->open[--doc->open_count];
        buf_printf(&doc->writer->out, "</%" PRI_STR ">", ARG_STR(tag));
    }
}

/* [type, [markups that begin], how many end, text or atom] */
static void add_marker(struct mobiledoc *doc, const json_t *marker)
{
    const json_t *begins = json_array_get(marker, 1);
    const json_t *value = json_array_get(marker, 3);
    for (size_t i = 0; i < json_array_size(begins); i++) {
        json_int_t number = json_integer_value(json_array_get(begins, i));
        open_markup(doc, number >= 0
                             ? json_array_get(doc->markups, (size_t)number)
                             : NULL);
    }
    if (json_is_string(value)) {
        escape_html(&doc->writer->out, item_of(marker, 3));
    } else if (json_integer_value(value) >= 0) {
        const json_t *atom =
            json_array_get(doc->atoms, (size_t)json_integer_value(value));
        if (str_eq(item_of(atom, 0), STR("soft-return")))
            buf_add_c(&doc->writer->out, "<br>");
        else
            escape_html(&doc->writer->out, item_of(atom, 1));
    }
    close_markups(doc, json_integer_value(json_array_get(marker, 2)));
}

static void add_markers(struct mobiledoc *doc, const char *element,
                        const json_t *markers)
{
    buf_printf(&doc->writer->out, "<%s>", element);
    for (size_t i = 0; i < json_array_size(markers); i++)
        add_marker(doc, json_array_get(markers, i));
    close_markups(doc, GHOST_BODY_DEPTH_MAX);
    buf_printf(&doc->writer->out, "</%s>\n", element);
}

static const char *section_element(struct str tag)
{
    static const char *const tags[] = {"p",  "h1",         "h2",   "h3",
                                       "h4", "blockquote", "aside"};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (str_eq(tag, str_from_c(tags[i])))
            return tags[i];
    return "p";
}

static void add_section(struct mobiledoc *doc, const json_t *section)
{
    enum { TEXT = 1, IMAGE = 2, LIST = 3, CARD = 10 };
    const json_t *content = json_array_get(section, 2);
    struct str tag = item_of(section, 1);
    switch (json_integer_value(json_array_get(section, 0))) {
    case TEXT:
        add_markers(doc, section_element(tag), content);
        return;
    case IMAGE:
        buf_add_c(&doc->writer->out, "<img");
        add_attribute(doc->writer, "src", tag);
        buf_add_char(&doc->writer->out, '>');
        return;
    case LIST: {
        const char *list = str_eq(tag, STR("ol")) ? "ol" : "ul";
        buf_printf(&doc->writer->out, "<%s>", list);
        for (size_t i = 0; i < json_array_size(content); i++)
            add_markers(doc, "li", json_array_get(content, i));
        buf_printf(&doc->writer->out, "</%s>\n", list);
        return;
    }
    case CARD: {
        json_int_t number = json_integer_value(json_array_get(section, 1));
        const json_t *card =
            number >= 0 ? json_array_get(doc->cards, (size_t)number) : NULL;
        struct str name = item_of(card, 0);
        if (!add_card(doc->writer, name, json_array_get(card, 1)))
            drop_card(doc->writer, name);
        return;
    }
    default:
        drop_card(doc->writer, STR("of an unknown kind"));
    }
}

static void add_mobiledoc(struct writer *writer, const json_t *json)
{
    struct mobiledoc doc = {
        .writer = writer,
        .markups = json_object_get(json, "markups"),
        .cards = json_object_get(json, "cards"),
        .atoms = json_object_get(json, "atoms"),
    };
    const json_t *sections = json_object_get(json, "sections");
    for (size_t i = 0; i < json_array_size(sections); i++)
        add_section(&doc, json_array_get(sections, i));
}

/* ---- Both ------------------------------------------------------------------
 */

static void finish_json(json_t **json)
{
    json_decref(*json);
}

static json_t *parse(struct writer *writer, struct str text, const char *name)
{
    if (!text.len)
        return NULL;
    if (text.len > GHOST_BODY_BYTES_MAX) {
        story_drop(writer->story,
                   arena_printf(writer->arena, "%s of more than 2 MiB", name),
                   1);
        return NULL;
    }
    json_t *json = json_text_read(text, NULL);
    if (!json)
        story_drop(writer->story,
                   arena_printf(writer->arena, "%s that is no JSON", name), 1);
    return json;
}

static struct str finish(struct writer *writer)
{
    struct str html = buf_err(&writer->out)
                          ? STR("")
                          : arena_copy(writer->arena, buf_str(&writer->out));
    buf_finish(&writer->out);
    return html;
}

struct str ghost_body_of_lexical(struct str text, struct arena *arena,
                                 struct story *story)
{
    struct writer writer = {.arena = arena, .story = story};
    DEFER(finish_json) json_t *json = parse(&writer, text, "Lexical");
    if (!json)
        return STR("");
    buf_init(&writer.out, HTML_BYTES_MAX);
    add_lexical_children(&writer, json_object_get(json, "root"), 0);
    return finish(&writer);
}

struct str ghost_body_of_mobiledoc(struct str text, struct arena *arena,
                                   struct story *story)
{
    struct writer writer = {.arena = arena, .story = story};
    DEFER(finish_json) json_t *json = parse(&writer, text, "Mobiledoc");
    if (!json)
        return STR("");
    buf_init(&writer.out, HTML_BYTES_MAX);
    add_mobiledoc(&writer, json);
    return finish(&writer);
}
