// SPDX-License-Identifier: Apache-2.0
/* The JSON form of documents, read and written by the schema's tables. */
#include "render/document.h"

#include <assert.h>
#include <jansson.h>

#include "base/arena.h"
#include "base/json_text.h"
#include "render/document_internal.h"
#include "render/escape.h"

struct parser {
    struct arena *arena;
    struct fault *fault;
    size_t nodes;
};

static struct str json_text(const json_t *json)
{
    return str_of(json_string_value(json), json_string_length(json));
}

static bool find_kind(struct str name, enum document_kind *ret_kind)
{
    for (int kind = 0; kind < DOCUMENT_KIND_COUNT; kind++)
        if (str_eq(DOCUMENT_KINDS[kind].name, name)) {
            *ret_kind = (enum document_kind)kind;
            return true;
        }
    return false;
}

static bool find_attr(struct str name, enum document_attr *ret_attr)
{
    for (int attr = 0; attr < DOCUMENT_ATTR_COUNT; attr++)
        if (str_eq(DOCUMENT_ATTRS[attr].name, name)) {
            *ret_attr = (enum document_attr)attr;
            return true;
        }
    return false;
}

/* ---- Attributes and marks
 * ----------------------------------------------------- */

static enum err parse_attr(struct parser *parser, struct document_node *node,
                           enum document_attr attr, const json_t *json,
                           const struct document_place *place)
{
    switch (DOCUMENT_ATTRS[attr].type) {
    case DOCUMENT_TYPE_INT:
        if (!json_is_integer(json))
            return document_fault(parser->fault, ERR_INVALID, place,
                                  "It must be a whole number.");
        document_set_int(parser->arena, node, attr, json_integer_value(json));
        return ERR_OK;
    case DOCUMENT_TYPE_BOOL:
        if (!json_is_boolean(json))
            return document_fault(parser->fault, ERR_INVALID, place,
                                  "It must be true or false.");
        document_set_int(parser->arena, node, attr, json_is_true(json));
        return ERR_OK;
    case DOCUMENT_TYPE_TEXT:
    case DOCUMENT_TYPE_URL:
    case DOCUMENT_TYPE_ID:
        break;
    }
    if (!json_is_string(json))
        return document_fault(parser->fault, ERR_INVALID, place,
                              "It must be a text.");
    document_set_str(parser->arena, node, attr,
                     arena_copy(parser->arena, json_text(json)));
    return ERR_OK;
}

/* An attribute that is null counts as not given: editors send those. */
static enum err parse_attrs(struct parser *parser, struct document_node *node,
                            json_t *json, const struct document_place *place)
{
    if (!json_is_object(json))
        return document_fault(parser->fault, ERR_INVALID, place,
                              "\"attrs\" must be an object.");
    const char *key;
    json_t *value;
    json_object_foreach(json, key, value)
    {
        struct document_place here = {place, "attrs", -1, str_from_c(key)};
        enum document_attr attr;
        if (!find_attr(here.name, &attr))
            return document_fault(parser->fault, ERR_INVALID, &here,
                                  "There is no such attribute.");
        if (json_is_null(value))
            continue;
        enum err err = parse_attr(parser, node, attr, value, &here);
        if (err)
            return err;
    }
    return ERR_OK;
}

static enum err parse_link(struct parser *parser, struct document_node *node,
                           const json_t *mark,
                           const struct document_place *place)
{
    json_t *attrs = json_object_get(mark, "attrs");
    json_t *href = json_object_get(attrs, "href");
    json_t *title = json_object_get(attrs, "title");
    if (!json_is_string(href))
        return document_fault(parser->fault, ERR_INVALID, place,
                              "A link needs attrs.href, a text.");
    if (title && !json_is_string(title) && !json_is_null(title))
        return document_fault(parser->fault, ERR_INVALID, place,
                              "A link's title must be a text.");
    if (node->link)
        return document_fault(parser->fault, ERR_INVALID, place,
                              "A text can have one link only.");
    struct document_link *link = arena_new(parser->arena, struct document_link);
    link->href = arena_copy(parser->arena, json_text(href));
    if (json_is_string(title))
        link->title = arena_copy(parser->arena, json_text(title));
    node->link = link;
    return ERR_OK;
}

static enum err parse_mark(struct parser *parser, struct document_node *node,
                           const json_t *mark,
                           const struct document_place *place)
{
    json_t *type = json_object_get(mark, "type");
    if (!json_is_string(type))
        return document_fault(parser->fault, ERR_INVALID, place,
                              "A mark is an object with a \"type\".");
    struct str name = json_text(type);
    if (str_eq(name, STR("link")))
        return parse_link(parser, node, mark, place);
    for (size_t i = 0; i < DOCUMENT_MARK_COUNT; i++)
        if (str_eq(DOCUMENT_MARKS[i].name, name)) {
            node->marks |= DOCUMENT_MARKS[i].mark;
            return ERR_OK;
        }
    return document_fault(parser->fault, ERR_INVALID, place,
                          "There is no mark \"%.40s\".",
                          json_string_value(type));
}

static enum err parse_marks(struct parser *parser, struct document_node *node,
                            const json_t *json,
                            const struct document_place *place)
{
    if (!json_is_array(json))
        return document_fault(parser->fault, ERR_INVALID, place,
                              "\"marks\" must be a list.");
    struct document_place here = {place, "marks", 0, STR("")};
    for (; here.index < (ptrdiff_t)json_array_size(json); here.index++) {
        enum err err =
            parse_mark(parser, node, json_array_get(json, here.index), &here);
        if (err)
            return err;
    }
    return ERR_OK;
}

/* ---- Nodes
 * ---------------------------------------------------------------------- */

static enum err parse_node(struct parser *parser, struct document_node *parent,
                           json_t *json, size_t depth,
                           const struct document_place *place);

static enum err parse_content(struct parser *parser, struct document_node *node,
                              const json_t *json, size_t depth,
                              const struct document_place *place)
{
    if (!json_is_array(json))
        return document_fault(parser->fault, ERR_INVALID, place,
                              "\"content\" must be a list.");
    struct document_place here = {place, "content", 0, STR("")};
    for (; here.index < (ptrdiff_t)json_array_size(json); here.index++) {
        enum err err = parse_node(
            parser, node, json_array_get(json, here.index), depth + 1, &here);
        if (err)
            return err;
    }
    return ERR_OK;
}

static enum err parse_text(struct parser *parser, struct document_node *node,
                           const json_t *json,
                           const struct document_place *place)
{
    if (node->kind != DOCUMENT_TEXT || !json_is_string(json))
        return document_fault(parser->fault, ERR_INVALID, place,
                              "\"text\" is for nodes of type text, and must "
                              "be a text.");
    node->text = arena_copy(parser->arena, json_text(json));
    return ERR_OK;
}

static enum err parse_members(struct parser *parser, struct document_node *node,
                              json_t *json, size_t depth,
                              const struct document_place *place)
{
    const char *key;
    json_t *value;
    json_object_foreach(json, key, value)
    {
        struct str name = str_from_c(key);
        enum err err;
        if (str_eq(name, STR("type")))
            continue;
        if (str_eq(name, STR("content")))
            err = parse_content(parser, node, value, depth, place);
        else if (str_eq(name, STR("attrs")))
            err = parse_attrs(parser, node, value, place);
        else if (str_eq(name, STR("marks")) && node->kind == DOCUMENT_TEXT)
            err = parse_marks(parser, node, value, place);
        else if (str_eq(name, STR("text")))
            err = parse_text(parser, node, value, place);
        else
            err = document_fault(parser->fault, ERR_INVALID, place,
                                 "A %" PRI_STR " has no \"%.40s\".",
                                 ARG_STR(document_kind_name(node->kind)), key);
        if (err)
            return err;
    }
    return ERR_OK;
}

static enum err find_type(struct parser *parser, const json_t *json,
                          const struct document_place *place,
                          enum document_kind *ret_kind)
{
    json_t *type = json_object_get(json, "type");
    if (!json_is_string(type))
        return document_fault(parser->fault, ERR_INVALID, place,
                              "A part is an object with a \"type\".");
    if (!find_kind(json_text(type), ret_kind))
        return document_fault(parser->fault, ERR_INVALID, place,
                              "There is no type \"%.40s\".",
                              json_string_value(type));
    return ERR_OK;
}

static enum err parse_node(struct parser *parser, struct document_node *parent,
                           json_t *json, size_t depth,
                           const struct document_place *place)
{
    if (depth > DOCUMENT_DEPTH_MAX)
        return document_fault(parser->fault, ERR_TOO_LONG, place,
                              "The document is nested deeper than %d.",
                              DOCUMENT_DEPTH_MAX);
    if (++parser->nodes > DOCUMENT_NODES_MAX)
        return document_fault(parser->fault, ERR_TOO_LONG, place,
                              "The document has more than %d parts.",
                              DOCUMENT_NODES_MAX);
    enum document_kind kind = DOCUMENT_DOC;
    enum err err = find_type(parser, json, place, &kind);
    if (err)
        return err;
    struct document_node *node = document_add(parser->arena, parent, kind);
    return parse_members(parser, node, json, depth, place);
}

enum err document_parse_json(struct str json, struct arena *arena,
                             struct document_node **ret_doc,
                             struct fault *fault)
{
    assert(arena);
    assert(ret_doc);
    if (json.len > DOCUMENT_JSON_BYTES_MAX)
        return fault_set(fault, ERR_TOO_LONG, "",
                         "The document has %zu bytes; at most %d fit.",
                         json.len, DOCUMENT_JSON_BYTES_MAX);
    struct json_text_fault found;
    json_t *root = json_text_read(json, &found);
    if (!root)
        return fault_set(fault, ERR_INVALID, "",
                         "The document is not JSON: line %d, column %d: %s.",
                         found.line, found.column, found.cause);
    struct parser parser = {.arena = arena, .fault = fault};
    struct document_node top = {.kind = DOCUMENT_DOC};
    enum err err = parse_node(&parser, &top, root, 1, NULL);
    json_decref(root);
    if (!err)
        err = document_check(top.first, fault);
    if (!err)
        *ret_doc = top.first;
    return err;
}

/* ---- Writing
 * -------------------------------------------------------------------- */

static void write_text(struct buf *out, struct str text)
{
    buf_add_char(out, '"');
    escape_json(out, text);
    buf_add_char(out, '"');
}

static void write_attrs(const struct document_node *node, struct buf *out)
{
    char before = '{';
    buf_add_c(out, ",\"attrs\":");
    for (const struct document_attr_value *value = node->attrs; value;
         value = value->next, before = ',') {
        const struct document_attr_rule *rule = &DOCUMENT_ATTRS[value->attr];
        buf_printf(out, "%c\"%" PRI_STR "\":", before, ARG_STR(rule->name));
        if (rule->type == DOCUMENT_TYPE_INT)
            buf_add_i64(out, value->number);
        else if (rule->type == DOCUMENT_TYPE_BOOL)
            buf_add_c(out, value->number ? "true" : "false");
        else
            write_text(out, value->text);
    }
    buf_add_char(out, '}');
}

static void write_link(const struct document_link *link, struct buf *out)
{
    buf_add_c(out, "{\"type\":\"link\",\"attrs\":{\"href\":");
    write_text(out, link->href);
    if (link->title.len) {
        buf_add_c(out, ",\"title\":");
        write_text(out, link->title);
    }
    buf_add_c(out, "}}");
}

static void write_marks(const struct document_node *node, struct buf *out)
{
    buf_add_c(out, ",\"marks\":");
    char before = '[';
    if (node->link) {
        buf_add_char(out, before);
        write_link(node->link, out);
        before = ',';
    }
    for (size_t i = 0; i < DOCUMENT_MARK_COUNT; i++)
        if (node->marks & DOCUMENT_MARKS[i].mark) {
            buf_printf(out, "%c{\"type\":\"%" PRI_STR "\"}", before,
                       ARG_STR(DOCUMENT_MARKS[i].name));
            before = ',';
        }
    buf_add_char(out, ']');
}

void document_write_json(const struct document_node *doc, struct buf *out)
{
    assert(doc);
    buf_printf(out, "{\"type\":\"%" PRI_STR "\"",
               ARG_STR(document_kind_name(doc->kind)));
    if (doc->attrs)
        write_attrs(doc, out);
    if (doc->first) {
        buf_add_c(out, ",\"content\":");
        char before = '[';
        for (const struct document_node *child = doc->first; child;
             child = child->next, before = ',') {
            buf_add_char(out, before);
            document_write_json(child, out);
        }
        buf_add_char(out, ']');
    }
    if (doc->kind == DOCUMENT_TEXT) {
        buf_add_c(out, ",\"text\":");
        write_text(out, doc->text);
        if (doc->marks || doc->link)
            write_marks(doc, out);
    }
    buf_add_char(out, '}');
}
