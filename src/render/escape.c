// SPDX-License-Identifier: Apache-2.0
#include "render/escape.h"

#include "base/bytes.h"
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

/* The bytes at i that may not stand in JSON as they are, or 0: besides those of
 * JSON itself what could end a script, or a line in it (U+2028 and U+2029). */
static size_t json_special_len(struct str text, size_t i)
{
    unsigned char c = (unsigned char)text.ptr[i];
    if (c < 0x20 || c == 0x7F || c == '"' || c == '\\' || c == '<' ||
        c == '>' || c == '&')
        return 1;
    struct str three = str_slice(text, i, 3);
    return str_eq(three, STR("\u2028")) || str_eq(three, STR("\u2029")) ? 3 : 0;
}

/* Whether none of eight bytes is special, nor begins what may be. */
static bool json_is_plain(uint64_t word)
{
    return !(bytes_have_below(word, 0x20) || bytes_have(word, 0x7F) ||
             bytes_have(word, '"') || bytes_have(word, '\\') ||
             bytes_have(word, '<') || bytes_have(word, '>') ||
             bytes_have(word, '&') || bytes_have(word, 0xE2));
}

static void escape_json_special(struct buf *out, struct str special)
{
    uint32_t c = 0;
    utf8_next(&special, &c);
    if (c == '"' || c == '\\') {
        buf_add_char(out, '\\');
        buf_add_char(out, (char)c);
    } else if (c == '\n') {
        buf_add_c(out, "\\n");
    } else {
        buf_printf(out, "\\u%04x", (unsigned)c);
    }
}

/* What needs nothing is copied in runs. */
static void escape_json_valid(struct buf *out, struct str text)
{
    size_t start = 0, i = 0;
    while (i < text.len) {
        if (i + BYTES_WORD <= text.len &&
            json_is_plain(bytes_load(text.ptr + i))) {
            i += BYTES_WORD;
            continue;
        }
        size_t len = json_special_len(text, i);
        if (len == 0) {
            i++;
            continue;
        }
        buf_add_bytes(out, text.ptr + start, i - start);
        escape_json_special(out, str_slice(text, i, len));
        start = i += len;
    }
    if (start < text.len)
        buf_add_bytes(out, text.ptr + start, text.len - start);
}

/* Malformed bytes become U+FFFD. */
static void repair(struct str text, struct buf *out)
{
    char bytes[UTF8_BYTES_MAX];
    uint32_t c;
    while (utf8_next(&text, &c))
        buf_add_bytes(out, bytes, utf8_encode(c, bytes));
}

void escape_json(struct buf *out, struct str text)
{
    DEFER(buf_finish) struct buf repaired;
    buf_init(&repaired, SIZE_MAX);
    if (!utf8_is_valid(text)) {
        repair(text, &repaired);
        text = buf_str(&repaired);
    }
    escape_json_valid(out, text);
    if (!out->err)
        out->err = buf_err(&repaired);
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
