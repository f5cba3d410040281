// SPDX-License-Identifier: Apache-2.0
#include "render/escape.h"

#include "base/utf8.h"

/* What a byte becomes in HTML; NULL when it stays. */
static const char *const HTML_ENTITIES[256] = {
    ['&'] = "&amp;",  ['<'] = "&lt;",   ['>'] = "&gt;",
    ['"'] = "&quot;", ['\''] = "&#39;",
};

static const char *const MUSTACHE_ENTITIES[256] = {
    ['&'] = "&amp;",
    ['<'] = "&lt;",
    ['>'] = "&gt;",
    ['"'] = "&quot;",
};

static void escape_by_table(struct buf *out, struct str text,
                            const char *const table[256])
{
    size_t start = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *entity = table[(unsigned char)text.ptr[i]];
        if (!entity)
            continue;
        buf_add_bytes(out, text.ptr + start, i - start);
        buf_add_c(out, entity);
        start = i + 1;
    }
    if (start < text.len)
        buf_add_bytes(out, text.ptr + start, text.len - start);
}

void escape_html(struct buf *out, struct str text)
{
    escape_by_table(out, text, HTML_ENTITIES);
}

void escape_mustache(struct buf *out, struct str text)
{
    escape_by_table(out, text, MUSTACHE_ENTITIES);
}

static bool xml_allows(uint32_t c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xD7FF) ||
           (c >= 0xE000 && c <= 0xFFFD) || c >= 0x10000;
}

void escape_xml(struct buf *out, struct str text)
{
    const char *start = text.ptr;
    while (text.len > 0) {
        struct str rest = text;
        uint32_t c = 0;
        utf8_next(&rest, &c);
        size_t len = text.len - rest.len;
        bool malformed = c == UTF8_REPLACEMENT && len == 1;
        const char *entity =
            len == 1 ? HTML_ENTITIES[(unsigned char)*text.ptr] : NULL;
        if (malformed || entity || !xml_allows(c)) {
            buf_add_bytes(out, start, (size_t)(text.ptr - start));
            if (entity)
                buf_add_c(out, entity);
            start = rest.ptr;
        }
        text = rest;
    }
    if (start)
        buf_add_bytes(out, start, (size_t)(text.ptr - start));
}

/* Besides those of JSON itself, what could end a script or a line in it. */
static bool json_needs_escape(uint32_t c)
{
    return c < 0x20 || c == 0x7F || c == '"' || c == '\\' || c == '<' ||
           c == '>' || c == '&' || c == 0x2028 || c == 0x2029;
}

static void escape_json_character(struct buf *out, uint32_t c)
{
    switch (c) {
    case '"':
        buf_add_c(out, "\\\"");
        return;
    case '\\':
        buf_add_c(out, "\\\\");
        return;
    case '\n':
        buf_add_c(out, "\\n");
        return;
    default:
        buf_printf(out, "\\u%04x", (unsigned)c);
    }
}

/* The ASCII text at the start that needs nothing. */
static size_t json_plain_len(struct str text)
{
    static const bool escaped[0x80] = {
        ['"'] = true, ['\\'] = true, ['<'] = true,
        ['>'] = true, ['&'] = true,  [0x7F] = true,
    };
    size_t len = 0;
    while (len < text.len) {
        unsigned char c = (unsigned char)text.ptr[len];
        if (c < 0x20 || c >= 0x80 || escaped[c])
            break;
        len++;
    }
    return len;
}

/* What needs nothing is copied in runs. */
void escape_json(struct buf *out, struct str text)
{
    const char *start = text.ptr;
    for (uint32_t c;;) {
        text = str_from(text, json_plain_len(text));
        const char *at = text.ptr;
        if (!utf8_next(&text, &c))
            break;
        bool malformed = c == UTF8_REPLACEMENT && text.ptr - at == 1;
        if (!malformed && !json_needs_escape(c))
            continue;
        buf_add_bytes(out, start, (size_t)(at - start));
        start = text.ptr;
        if (malformed)
            buf_add_c(out, "\uFFFD");
        else
            escape_json_character(out, c);
    }
    buf_add_bytes(out, start, (size_t)(text.ptr - start));
}

static bool is_unreserved(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
           c == '~';
}

void escape_url_component(struct buf *out, struct str text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (is_unreserved(c)) {
            buf_add_char(out, (char)c);
            continue;
        }
        char encoded[3] = {'%', digits[c >> 4], digits[c & 15]};
        buf_add_bytes(out, encoded, sizeof encoded);
    }
}

static bool scheme_is_allowed(struct str scheme)
{
    static const struct str allowed[] = {
        STR_INIT("http"),
        STR_INIT("https"),
        STR_INIT("mailto"),
        STR_INIT("tel"),
    };
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (str_eq_ascii_case(scheme, allowed[i]))
            return true;
    return false;
}

bool escape_url_is_safe(struct str url)
{
    char scheme[8]; /* longer than any that is allowed */
    size_t len = 0;
    for (size_t i = 0; i < url.len; i++) {
        unsigned char c = (unsigned char)url.ptr[i];
        if (c <= 0x20 || c == 0x7F)
            continue;
        if (c == '/' || c == '?' || c == '#')
            return true;
        if (c == ':')
            return scheme_is_allowed(str_of(scheme, len));
        if (len < sizeof scheme)
            scheme[len++] = (char)c;
    }
    return true;
}

bool escape_srcset_is_safe(struct str srcset)
{
    struct str rest = srcset;
    struct str candidate;
    while (str_split_next(&rest, ',', &candidate))
        if (!escape_url_is_safe(candidate))
            return false;
    return true;
}
