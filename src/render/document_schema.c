// SPDX-License-Identifier: Apache-2.0
/* What may stand in a document. Parsing, checking and writing work from these
 * tables. */
#include "render/document_internal.h"

#include <assert.h>
#include <stdarg.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/utf8.h"

/* clang-format off */
#define KIND(k) DOCUMENT_BIT(DOCUMENT_##k)

#define INLINE (KIND(TEXT) | KIND(HARD_BREAK))
#define LISTS  (KIND(BULLET_LIST) | KIND(ORDERED_LIST))
#define PROSE  (KIND(PARAGRAPH) | LISTS)
#define BLOCKS (PROSE | KIND(HEADING) | KIND(BLOCKQUOTE) | KIND(PULL_QUOTE) | \
                KIND(IMAGE) | KIND(GALLERY) | KIND(VIDEO) | KIND(EMBED) | \
                KIND(CHANNEL) | KIND(TABLE) | KIND(RULE))

#define FIGURE_ATTRS (KIND(MEDIA) | KIND(CAPTION) | KIND(CREDIT))

const struct document_kind_rule DOCUMENT_KINDS[DOCUMENT_KIND_COUNT] = {
/*   kind                       name                     children             least  attributes                                    required */
    [DOCUMENT_DOC]          = { STR_INIT("doc"),          BLOCKS,              0, 0,                                               0 },
    [DOCUMENT_PARAGRAPH]    = { STR_INIT("paragraph"),    INLINE,              0, 0,                                               0 },
    [DOCUMENT_HEADING]      = { STR_INIT("heading"),      INLINE,              0, KIND(LEVEL),                                     KIND(LEVEL) },
    [DOCUMENT_BULLET_LIST]  = { STR_INIT("bullet_list"),  KIND(LIST_ITEM),     1, 0,                                               0 },
    [DOCUMENT_ORDERED_LIST] = { STR_INIT("ordered_list"), KIND(LIST_ITEM),     1, KIND(START),                                     0 },
    [DOCUMENT_LIST_ITEM]    = { STR_INIT("list_item"),    PROSE,               1, 0,                                               0 },
    [DOCUMENT_BLOCKQUOTE]   = { STR_INIT("blockquote"),   PROSE,               1, KIND(CITE),                                      0 },
    [DOCUMENT_PULL_QUOTE]   = { STR_INIT("pull_quote"),   INLINE,              1, KIND(CITE),                                      0 },
    [DOCUMENT_IMAGE]        = { STR_INIT("image"),        0,                   0, FIGURE_ATTRS | KIND(ALT),                        KIND(MEDIA) },
    [DOCUMENT_GALLERY]      = { STR_INIT("gallery"),      KIND(IMAGE),         1, KIND(CAPTION),                                   0 },
    [DOCUMENT_VIDEO]        = { STR_INIT("video"),        0,                   0, FIGURE_ATTRS | KIND(TITLE) | KIND(POSTER),       KIND(MEDIA) },
    [DOCUMENT_EMBED]        = { STR_INIT("embed"),        0,                   0, KIND(PROVIDER) | KIND(URL) | KIND(TITLE) | KIND(POSTER), KIND(URL) },
    [DOCUMENT_CHANNEL]      = { STR_INIT("channel"),      0,                   0, KIND(CAPTION) | KIND(NAME),                      KIND(NAME) },
    [DOCUMENT_TABLE]        = { STR_INIT("table"),        KIND(TABLE_ROW),     1, KIND(CAPTION),                                   0 },
    [DOCUMENT_TABLE_ROW]    = { STR_INIT("table_row"),    KIND(TABLE_CELL),    1, 0,                                               0 },
    [DOCUMENT_TABLE_CELL]   = { STR_INIT("table_cell"),   PROSE,               0, KIND(HEADER),                                    0 },
    [DOCUMENT_RULE]         = { STR_INIT("rule"),         0,                   0, 0,                                               0 },
    [DOCUMENT_TEXT]         = { STR_INIT("text"),         0,                   0, 0,                                               0 },
    [DOCUMENT_HARD_BREAK]   = { STR_INIT("hard_break"),   0,                   0, 0,                                               0 },
};

const struct document_attr_rule DOCUMENT_ATTRS[DOCUMENT_ATTR_COUNT] = {
    [DOCUMENT_LEVEL]    = { STR_INIT("level"),    DOCUMENT_TYPE_INT,  2, 4 },
    [DOCUMENT_START]    = { STR_INIT("start"),    DOCUMENT_TYPE_INT,  0, 1000000 },
    [DOCUMENT_CITE]     = { STR_INIT("cite"),     DOCUMENT_TYPE_TEXT, 0, 1000 },
    [DOCUMENT_MEDIA]    = { STR_INIT("media"),    DOCUMENT_TYPE_ID,   1, 64 },
    [DOCUMENT_ALT]      = { STR_INIT("alt"),      DOCUMENT_TYPE_TEXT, 0, 2000 },
    [DOCUMENT_CAPTION]  = { STR_INIT("caption"),  DOCUMENT_TYPE_TEXT, 0, 4000 },
    [DOCUMENT_CREDIT]   = { STR_INIT("credit"),   DOCUMENT_TYPE_TEXT, 0, 1000 },
    [DOCUMENT_PROVIDER] = { STR_INIT("provider"), DOCUMENT_TYPE_TEXT, 0, 100 },
    [DOCUMENT_URL]      = { STR_INIT("url"),      DOCUMENT_TYPE_URL,  1, DOCUMENT_URL_BYTES_MAX },
    [DOCUMENT_TITLE]    = { STR_INIT("title"),    DOCUMENT_TYPE_TEXT, 0, 1000 },
    [DOCUMENT_POSTER]   = { STR_INIT("poster"),   DOCUMENT_TYPE_ID,   1, 64 },
    [DOCUMENT_NAME]     = { STR_INIT("name"),     DOCUMENT_TYPE_ID,   1, 32 },
    [DOCUMENT_HEADER]   = { STR_INIT("header"),   DOCUMENT_TYPE_BOOL, 0, 1 },
};

const struct document_mark_rule DOCUMENT_MARKS[DOCUMENT_MARK_COUNT] = {
    { STR_INIT("strong"), STR_INIT("strong"), DOCUMENT_STRONG },
    { STR_INIT("em"),     STR_INIT("em"),     DOCUMENT_EM },
    { STR_INIT("strike"), STR_INIT("s"),      DOCUMENT_STRIKE },
    { STR_INIT("code"),   STR_INIT("code"),   DOCUMENT_CODE },
    { STR_INIT("sub"),    STR_INIT("sub"),    DOCUMENT_SUB },
    { STR_INIT("sup"),    STR_INIT("sup"),    DOCUMENT_SUP },
};
/* clang-format on */

struct str document_kind_name(enum document_kind kind)
{
    return DOCUMENT_KINDS[kind].name;
}

/* ---- Faults -----------------------------------------------------------------
 */

static void write_place(const struct document_place *place, struct buf *out)
{
    if (!place)
        return;
    write_place(place->up, out);
    if (!place->part)
        return;
    buf_printf(out, "%s%s", out->len ? "." : "", place->part);
    if (place->index >= 0)
        buf_printf(out, "[%td]", place->index);
    if (place->name.len)
        buf_printf(out, ".%" PRI_STR, ARG_STR(utf8_cut(place->name, 40)));
}

enum err document_fault(struct fault *fault, enum err code,
                        const struct document_place *place, const char *format,
                        ...)
{
    if (!fault)
        return code;
    char message[FAULT_MESSAGE_BYTES_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    DEFER(buf_finish) struct buf field;
    buf_init(&field, 2 * FAULT_FIELD_BYTES_MAX);
    write_place(place, &field);
    buf_add_char(&field, '\0');
    bool named = buf_err(&field) == ERR_OK;
    return fault_set(fault, code, named ? field.ptr : "", "%s", message);
}

/* ---- Checking
 * ---------------------------------------------------------------- */

/* Line ends and tabs are fine, other control characters are not. */
static bool has_control(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F)
            return true;
    }
    return false;
}

static bool text_is_clean(struct str text)
{
    struct str rest = text;
    while (rest.len >= BYTES_WORD) {
        uint64_t word = bytes_load(rest.ptr);
        if ((bytes_have_below(word, 0x20) || bytes_have(word, 0x7F)) &&
            has_control(str_slice(rest, 0, BYTES_WORD)))
            return false;
        rest = str_from(rest, BYTES_WORD);
    }
    return !has_control(rest) && utf8_is_valid(text);
}

static bool id_is_clean(struct str id)
{
    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'))
            return false;
    }
    return true;
}

static bool starts_with_scheme(struct str url, struct str scheme)
{
    return url.len > scheme.len &&
           str_eq_ascii_case(str_slice(url, 0, scheme.len), scheme);
}

static bool is_web_address(struct str url)
{
    return starts_with_scheme(url, STR("http://")) ||
           starts_with_scheme(url, STR("https://"));
}

bool document_href_is_allowed(struct str href)
{
    if (href.len == 0 || href.len > DOCUMENT_URL_BYTES_MAX ||
        !utf8_is_valid(href))
        return false;
    for (size_t i = 0; i < href.len; i++)
        if ((unsigned char)href.ptr[i] <= 0x20 || href.ptr[i] == 0x7F ||
            href.ptr[i] == '\\')
            return false;
    if (href.ptr[0] == '?' || href.ptr[0] == '#')
        return true;
    if (href.ptr[0] == '/') /* "//host" would leave the site unseen */
        return href.len == 1 || href.ptr[1] != '/';
    return is_web_address(href) || starts_with_scheme(href, STR("mailto:"));
}

static enum err check_attr_text(const struct document_attr_value *value,
                                const struct document_place *place,
                                struct fault *fault)
{
    const struct document_attr_rule *rule = &DOCUMENT_ATTRS[value->attr];
    if (value->text.len > (size_t)rule->max)
        return document_fault(fault, ERR_TOO_LONG, place,
                              "The text has %zu bytes; at most %lld fit.",
                              value->text.len, (long long)rule->max);
    if (value->text.len < (size_t)rule->min)
        return document_fault(fault, ERR_INVALID, place,
                              "It is empty; leave it out or fill it.");
    if (!text_is_clean(value->text))
        return document_fault(fault, ERR_INVALID, place,
                              "It holds control characters or bytes that are "
                              "not UTF-8; take them out.");
    if (rule->type == DOCUMENT_TYPE_URL &&
        (!is_web_address(value->text) ||
         !document_href_is_allowed(value->text)))
        return document_fault(fault, ERR_INVALID, place,
                              "An address must begin with https:// or "
                              "http:// and hold no spaces.");
    if (rule->type == DOCUMENT_TYPE_ID && !id_is_clean(value->text))
        return document_fault(fault, ERR_INVALID, place,
                              "An id has letters, digits, '-', '_' and '.' "
                              "only.");
    return ERR_OK;
}

enum err document_check_attr(const struct document_attr_value *value,
                             const struct document_place *place,
                             struct fault *fault)
{
    const struct document_attr_rule *rule = &DOCUMENT_ATTRS[value->attr];
    if (rule->type != DOCUMENT_TYPE_INT && rule->type != DOCUMENT_TYPE_BOOL)
        return check_attr_text(value, place, fault);
    if (value->number < rule->min || value->number > rule->max)
        return document_fault(fault, ERR_INVALID, place,
                              "%lld is outside of %lld to %lld.",
                              (long long)value->number, (long long)rule->min,
                              (long long)rule->max);
    return ERR_OK;
}

struct totals {
    size_t nodes;
    size_t text_bytes;
};

static enum err check_attrs(const struct document_node *node,
                            const struct document_place *place,
                            struct fault *fault)
{
    const struct document_kind_rule *rule = &DOCUMENT_KINDS[node->kind];
    uint32_t seen = 0;
    for (const struct document_attr_value *value = node->attrs; value;
         value = value->next) {
        struct document_place here = {place, "attrs", -1,
                                      DOCUMENT_ATTRS[value->attr].name};
        uint32_t bit = DOCUMENT_BIT(value->attr);
        if (!(rule->attrs & bit))
            return document_fault(fault, ERR_INVALID, &here,
                                  "A %" PRI_STR " has no such attribute.",
                                  ARG_STR(rule->name));
        if (seen & bit)
            return document_fault(fault, ERR_INVALID, &here,
                                  "The attribute is given twice.");
        seen |= bit;
        enum err err = document_check_attr(value, &here, fault);
        if (err)
            return err;
    }
    for (int attr = 0; attr < DOCUMENT_ATTR_COUNT; attr++)
        if (rule->required & ~seen & DOCUMENT_BIT(attr))
            return document_fault(
                fault, ERR_INVALID, place,
                "A %" PRI_STR " needs the attribute \"%" PRI_STR "\".",
                ARG_STR(rule->name), ARG_STR(DOCUMENT_ATTRS[attr].name));
    return ERR_OK;
}

static enum err check_text(const struct document_node *node,
                           const struct document_place *place,
                           struct totals *totals, struct fault *fault)
{
    if (node->text.len == 0)
        return document_fault(fault, ERR_INVALID, place,
                              "A text must not be empty; leave it out.");
    if (!text_is_clean(node->text))
        return document_fault(fault, ERR_INVALID, place,
                              "The text holds control characters or bytes "
                              "that are not UTF-8; take them out.");
    totals->text_bytes += node->text.len;
    if (totals->text_bytes > DOCUMENT_TEXT_BYTES_MAX)
        return document_fault(fault, ERR_TOO_LONG, place,
                              "The document has more than %d bytes of text; "
                              "part it.",
                              DOCUMENT_TEXT_BYTES_MAX);
    if (!node->link)
        return ERR_OK;
    struct document_place here = {place, "marks", -1, STR("href")};
    if (!document_href_is_allowed(node->link->href))
        return document_fault(fault, ERR_INVALID, &here,
                              "A link must begin with https://, http://, "
                              "mailto: or '/', '?' or '#', without spaces.");
    if (node->link->title.len > (size_t)DOCUMENT_ATTRS[DOCUMENT_TITLE].max ||
        !text_is_clean(node->link->title))
        return document_fault(fault, ERR_INVALID, &here,
                              "The link's title is too long or holds control "
                              "characters.");
    return ERR_OK;
}

static enum err check_node(const struct document_node *node, size_t depth,
                           const struct document_place *place,
                           struct totals *totals, struct fault *fault);

static enum err check_children(const struct document_node *node, size_t depth,
                               const struct document_place *place,
                               struct totals *totals, struct fault *fault)
{
    const struct document_kind_rule *rule = &DOCUMENT_KINDS[node->kind];
    if (rule->min_children && !node->first)
        return document_fault(fault, ERR_INVALID, place,
                              "A %" PRI_STR " must not be empty.",
                              ARG_STR(rule->name));
    struct document_place here = {place, "content", 0, STR("")};
    for (const struct document_node *child = node->first; child;
         child = child->next, here.index++) {
        if (!(rule->children & DOCUMENT_BIT(child->kind)))
            return document_fault(
                fault, ERR_INVALID, &here,
                "A %" PRI_STR " cannot stand in a %" PRI_STR ".",
                ARG_STR(DOCUMENT_KINDS[child->kind].name), ARG_STR(rule->name));
        enum err err = check_node(child, depth + 1, &here, totals, fault);
        if (err)
            return err;
    }
    return ERR_OK;
}

static enum err check_node(const struct document_node *node, size_t depth,
                           const struct document_place *place,
                           struct totals *totals, struct fault *fault)
{
    if (depth > DOCUMENT_DEPTH_MAX)
        return document_fault(fault, ERR_TOO_LONG, place,
                              "The document is nested deeper than %d.",
                              DOCUMENT_DEPTH_MAX);
    if (++totals->nodes > DOCUMENT_NODES_MAX)
        return document_fault(fault, ERR_TOO_LONG, place,
                              "The document has more than %d parts.",
                              DOCUMENT_NODES_MAX);
    if (node->kind == DOCUMENT_TEXT)
        return check_text(node, place, totals, fault);
    enum err err = check_attrs(node, place, fault);
    if (err)
        return err;
    return check_children(node, depth, place, totals, fault);
}

enum err document_check(const struct document_node *doc, struct fault *fault)
{
    assert(doc);
    if (doc->kind != DOCUMENT_DOC)
        return document_fault(fault, ERR_INVALID, NULL,
                              "The outermost part must be a \"doc\".");
    struct totals totals = {0};
    return check_node(doc, 1, NULL, &totals, fault);
}
