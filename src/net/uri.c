// SPDX-License-Identifier: Apache-2.0
#include "net/uri.h"

#include <assert.h>

#include "base/buf.h"
#include "base/utf8.h"

/* RFC 3986 §2.3, and which of the other characters may stand as they are in a
 * path and in the name or value of a query. */
enum { UNRESERVED = 1, IN_SEGMENT = 2, IN_QUERY = 4 };

static unsigned char_class(char c)
{
    char lower = (char)(c | 0x20);
    if ((lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9'))
        return UNRESERVED | IN_SEGMENT | IN_QUERY;
    switch (c) {
    case '-':
    case '.':
    case '_':
    case '~':
        return UNRESERVED | IN_SEGMENT | IN_QUERY;
    case '!':
    case '$':
    case '(':
    case ')':
    case '*':
    case ',':
    case ':':
    case ';':
    case '@':
        return IN_SEGMENT | IN_QUERY;
    case '+': /* a space in a query */
    case '&':
    case '=':
        return IN_SEGMENT;
    case '/':
    case '?':
        return IN_QUERY;
    default: /* among them ' which HTML does not like */
        return 0;
    }
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* The byte of the escape at the front of text, or -1. */
static int unescape(struct str text)
{
    if (text.len < 3)
        return -1;
    int high = hex_value(text.ptr[1]);
    int low = hex_value(text.ptr[2]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* ---- Writing ------------------------------------------------------------ */

static void write_escaped(struct buf *out, struct str text, unsigned allowed,
                          char kept)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if ((char_class(c) & allowed) || (kept && c == kept)) {
            buf_add_char(out, c);
        } else {
            unsigned char byte = (unsigned char)c;
            const char escape[3] = {'%', digits[byte >> 4], digits[byte & 15]};
            buf_add_bytes(out, escape, sizeof escape);
        }
    }
}

void uri_write_path(struct buf *out, struct str path)
{
    write_escaped(out, path, IN_SEGMENT, '/');
}

void uri_write_segment(struct buf *out, struct str segment)
{
    write_escaped(out, segment, IN_SEGMENT, 0);
}

void uri_write_query(struct buf *out, struct str value)
{
    write_escaped(out, value, IN_QUERY, 0);
}

/* ---- Paths -------------------------------------------------------------- */

/* Whether the path consists of segments of plain characters, so that there is
 * nothing to decode and nothing to refuse. */
static bool is_plain(struct str raw)
{
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.ptr[i];
        if (c == '/' || c == '.') {
            /* "//", and segments that begin with a dot, need a closer look. */
            if (i > 0 && raw.ptr[i - 1] == '/')
                return false;
        } else if (!(char_class(c) & IN_SEGMENT)) {
            return false;
        }
    }
    return true;
}

/* Whether uri_write_path would write the escape of byte just like this. */
static bool is_canonical_escape(struct str escape, unsigned char byte)
{
    bool upper = (escape.ptr[1] < 'a') && (escape.ptr[2] < 'a');
    return upper && !(char_class((char)byte) & IN_SEGMENT);
}

static bool is_forbidden(unsigned char byte)
{
    return byte < 0x20 || byte == 0x7f || byte == '\\';
}

static bool is_dots(struct str segment)
{
    return str_eq(segment, STR(".")) || str_eq(segment, STR(".."));
}

/* Decodes the escape or character at *at, steps behind it, and notes when it
 * was spelled otherwise than we would. -1 when it may not be there. */
static int next_byte(struct str raw, size_t *at, bool *is_canonical)
{
    char c = raw.ptr[*at];
    int byte = (unsigned char)c;
    if (c == '%') {
        struct str escape = str_slice(raw, *at, 3);
        byte = unescape(escape);
        if (byte < 0 || byte == '/')
            return -1;
        if (!is_canonical_escape(escape, (unsigned char)byte))
            *is_canonical = false;
        *at += 3;
    } else {
        if (c != '/' && !(char_class(c) & IN_SEGMENT))
            *is_canonical = false;
        *at += 1;
    }
    return is_forbidden((unsigned char)byte) ? -1 : byte;
}

static enum err decode_path(struct str raw, char *target, struct uri_path *path)
{
    size_t len = 0;
    size_t segment = 0; /* where the present one begins */
    path->is_canonical = true;
    for (size_t at = 0; at < raw.len;) {
        bool is_slash = raw.ptr[at] == '/';
        int byte = next_byte(raw, &at, &path->is_canonical);
        if (byte < 0)
            return ERR_INVALID;
        if (is_slash) {
            if (len > 0 && len == segment) {
                path->is_canonical = false;
                continue; /* an empty segment */
            }
            if (is_dots(str_of(target + segment, len - segment)))
                return ERR_INVALID;
            segment = len + 1;
        }
        target[len++] = (char)byte;
    }
    path->text = str_of(target, len);
    if (is_dots(str_from(path->text, segment)) || !utf8_is_valid(path->text))
        return ERR_INVALID;
    return ERR_OK;
}

enum err uri_path_decode(struct str raw, char scratch[URI_PATH_BYTES_MAX],
                         struct uri_path *ret_path)
{
    assert(ret_path);
    struct uri_path path = {.text = raw, .is_canonical = true};
    if (raw.len == 0 || raw.ptr[0] != '/')
        return ERR_INVALID;
    if (raw.len > URI_PATH_BYTES_MAX)
        return ERR_TOO_LONG;
    if (!is_plain(raw)) {
        enum err err = decode_path(raw, scratch, &path);
        if (err)
            return err;
    }
    *ret_path = path;
    return ERR_OK;
}

/* ---- Queries ------------------------------------------------------------ */

bool uri_query_next(struct str *rest, struct uri_parameter *ret_parameter)
{
    struct str part;
    while (str_split_next(rest, '&', &part)) {
        if (part.len == 0)
            continue;
        ptrdiff_t equals = str_find_char(part, '=');
        if (equals < 0)
            *ret_parameter = (struct uri_parameter){part, str_of("", 0)};
        else
            *ret_parameter =
                (struct uri_parameter){str_slice(part, 0, (size_t)equals),
                                       str_from(part, (size_t)equals + 1)};
        return true;
    }
    return false;
}

enum err uri_query_decode(struct str raw, char *target, size_t capacity,
                          struct str *ret_text)
{
    assert(ret_text);
    size_t len = 0;
    for (size_t at = 0; at < raw.len; at++) {
        int byte = (unsigned char)raw.ptr[at];
        if (byte == '%') {
            byte = unescape(str_from(raw, at));
            at += 2;
        } else if (byte == '+') {
            byte = ' ';
        }
        if (byte <= 0)
            return ERR_INVALID;
        if (len == capacity)
            return ERR_TOO_LONG;
        target[len++] = (char)byte;
    }
    if (!utf8_is_valid(str_of(target, len)))
        return ERR_INVALID;
    *ret_text = str_of(target, len);
    return ERR_OK;
}

enum err uri_query_get(struct str query, struct str name, char *target,
                       size_t capacity, struct str *ret_value)
{
    struct uri_parameter parameter;
    while (uri_query_next(&query, &parameter)) {
        if (str_eq(parameter.name, name))
            return uri_query_decode(parameter.value, target, capacity,
                                    ret_value);
    }
    return ERR_NOT_FOUND;
}
