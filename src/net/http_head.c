// SPDX-License-Identifier: Apache-2.0
#include "net/http_head_internal.h"

#include <assert.h>
#include <endian.h>

/* clang-format off */
#define ROW_0 0,0,0,0, 0,0,0,0, 0,0,0,0, 0,0,0,0
const unsigned char http_token_table[256] = {
    ROW_0, ROW_0,
    0,1,0,1, 1,1,1,1, 0,0,1,1, 0,1,1,0, /*  !"#$%&'()*+,-./ */
    1,1,1,1, 1,1,1,1, 1,1,0,0, 0,0,0,0, /* 0123456789:;<=>? */
    0,1,1,1, 1,1,1,1, 1,1,1,1, 1,1,1,1, /* @ABCDEFGHIJKLMNO */
    1,1,1,1, 1,1,1,1, 1,1,1,0, 0,0,1,1, /* PQRSTUVWXYZ[\]^_ */
    1,1,1,1, 1,1,1,1, 1,1,1,1, 1,1,1,1, /* `abcdefghijklmno */
    1,1,1,1, 1,1,1,1, 1,1,1,0, 1,0,1,0, /* pqrstuvwxyz{|}~  */
    ROW_0, ROW_0, ROW_0, ROW_0, ROW_0, ROW_0, ROW_0, ROW_0,
};
#undef ROW_0
/* clang-format on */

enum err http_refuse(struct http_cursor *cursor, int status, const char *reason)
{
    *cursor->refusal = (struct http_refusal){status, reason};
    return ERR_INVALID;
}

/* ---- Known names -----------------------------------------------------------
 */

enum field_number { MANY, ONE };

static const struct {
    struct str name;
    enum field_number number;
} known_fields[HTTP_FIELD_COUNT] = {
#define X(id, name, first, last, number) \
    [HTTP_FIELD_##id] = {STR_INIT(name), number},
    HTTP_FIELD_TABLE(X)
#undef X
};

/* Both are tokens and b is lower case: then setting the bit that tells the
 * cases apart makes equal only what is equal. */
static bool name_eq(const char *a, const char *b, size_t len)
{
    const uint64_t lower = UINT64_C(0x2020202020202020);
    uint64_t x, y;
    for (; len >= sizeof x; len -= sizeof x, a += sizeof x, b += sizeof x) {
        memcpy(&x, a, sizeof x);
        memcpy(&y, b, sizeof y);
        if ((x | lower) != (y | lower))
            return false;
    }
    for (; len > 0; len--, a++, b++) {
        if ((*a | 0x20) != *b)
            return false;
    }
    return true;
}

/* A new name in the table that falls together with another one in these three
 * properties does not compile: choose a fourth. */
#define NAME_KEY(len, first, last) \
    ((unsigned)(len) << 16 | (unsigned)(first) << 8 | (unsigned)(last))

static enum http_field_id find_known(struct str name)
{
    enum http_field_id found;
    if (name.len >= 256)
        return HTTP_FIELD_COUNT;
    switch (
        NAME_KEY(name.len, name.ptr[0] | 0x20, name.ptr[name.len - 1] | 0x20)) {
#define X(id, text, first, last, number) \
    case NAME_KEY(sizeof(text) - 1, first, last): \
        found = HTTP_FIELD_##id; \
        break;
        HTTP_FIELD_TABLE(X)
#undef X
    default:
        return HTTP_FIELD_COUNT;
    }
    return name_eq(name.ptr, known_fields[found].name.ptr, name.len)
               ? found
               : HTTP_FIELD_COUNT;
}

/* ---- Lists -----------------------------------------------------------------
 */

bool http_list_next(struct str *rest, struct str *ret_element)
{
    struct str part;
    while (str_split_next(rest, ',', &part)) {
        part = str_trim(part);
        if (part.len) {
            *ret_element = part;
            return true;
        }
    }
    return false;
}

bool http_list_has(struct str list, struct str token)
{
    struct str element;
    while (http_list_next(&list, &element)) {
        if (str_eq_ascii_case(element, token))
            return true;
    }
    return false;
}

struct str http_fields_find(const struct http_fields *fields, struct str name)
{
    for (unsigned i = 0; i < fields->count; i++) {
        if (str_eq_ascii_case(fields->all[i].name, name))
            return fields->all[i].value;
    }
    return str_of(NULL, 0);
}

/* ---- Field lines -----------------------------------------------------------
 */

const char *http_find_control(const char *at, const char *end)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t word;
    for (; end - at >= (ptrdiff_t)sizeof word; at += sizeof word) {
        memcpy(&word, at, sizeof word);
        word = le64toh(word);
        uint64_t del = word ^ (ones * 0x7f);
        uint64_t hit = ((word - ones * 0x20) & ~word) | ((del - ones) & ~del);
        hit &= ones * 0x80;
        if (!hit)
            continue;
        at += __builtin_ctzll(hit) / 8;
        if (*at != '\t')
            return at;
        at -= sizeof word - 1; /* go on behind the tab */
    }
    while (at < end &&
           (((unsigned char)*at >= 0x20 && *at != 0x7f) || *at == '\t'))
        at++;
    return at;
}

enum err http_take_line_end(struct http_cursor *cursor)
{
    const char *at = cursor->at;
    if (at == cursor->end)
        return ERR_AGAIN;
    if (*at == '\n')
        return http_refuse(cursor, 400, "a line ends with LF alone");
    if (*at != '\r')
        return http_refuse(cursor, 400, "a control character");
    if (at + 1 == cursor->end)
        return ERR_AGAIN;
    if (at[1] != '\n')
        return http_refuse(cursor, 400, "CR without LF");
    cursor->at += 2;
    return ERR_OK;
}

static enum err take_name(struct http_cursor *cursor, struct str *ret_name)
{
    const char *start = cursor->at;
    const char *at = start;
    while (at < cursor->end && http_is_token(*at))
        at++;
    if (at == cursor->end)
        return ERR_AGAIN;
    if (*at != ':')
        return http_refuse(cursor, 400,
                           at == start && (*at == ' ' || *at == '\t')
                               ? "a folded line, or space before a field"
                               : "a field name that is not a token");
    if (at == start)
        return http_refuse(cursor, 400, "an empty field name");
    *ret_name = str_of(start, (size_t)(at - start));
    cursor->at = at + 1;
    return ERR_OK;
}

static enum err take_value(struct http_cursor *cursor, struct str *ret_value)
{
    const char *start = cursor->at;
    while (start < cursor->end && (*start == ' ' || *start == '\t'))
        start++;
    const char *stop = http_find_control(start, cursor->end);
    cursor->at = stop;
    enum err err = http_take_line_end(cursor);
    if (err)
        return err;
    while (stop > start && (stop[-1] == ' ' || stop[-1] == '\t'))
        stop--;
    *ret_value = str_of(start, (size_t)(stop - start));
    return ERR_OK;
}

static void read_connection(struct http_fields *fields, struct str value)
{
    fields->says_close |= http_list_has(value, STR("close"));
    fields->says_keep_alive |= http_list_has(value, STR("keep-alive"));
}

static enum err note_field(struct http_cursor *cursor,
                           struct http_fields *fields,
                           const struct http_field *field)
{
    enum http_field_id id = find_known(field->name);
    if (id == HTTP_FIELD_COUNT)
        return ERR_OK;
    if (id == HTTP_FIELD_CONNECTION)
        read_connection(fields, field->value);
    if (!fields->known[id].ptr)
        fields->known[id] = field->value;
    else if (known_fields[id].number == ONE)
        return http_refuse(cursor, 400, "a field twice that may be there once");
    return ERR_OK;
}

enum err http_take_fields(struct http_cursor *cursor,
                          struct http_fields *fields)
{
    memset(fields->known, 0, sizeof fields->known);
    fields->count = 0;
    fields->says_close = fields->says_keep_alive = false;
    while (cursor->at < cursor->end && *cursor->at != '\r') {
        if (fields->count == HTTP_FIELDS_MAX)
            return http_refuse(cursor, 431, "too many fields");
        struct http_field *field = &fields->all[fields->count];
        enum err err = take_name(cursor, &field->name);
        if (!err)
            err = take_value(cursor, &field->value);
        if (!err)
            err = note_field(cursor, fields, field);
        if (err)
            return err;
        fields->count++;
    }
    return http_take_line_end(cursor);
}

/* ---- Framing ---------------------------------------------------------------
 */

enum err http_read_framing(struct http_cursor *cursor,
                           const struct http_fields *fields,
                           unsigned minor_version,
                           struct http_framing *ret_framing)
{
    struct http_framing framing = {0};
    struct str length = fields->known[HTTP_FIELD_CONTENT_LENGTH];
    struct str coding = fields->known[HTTP_FIELD_TRANSFER_ENCODING];
    if (length.ptr) {
        if (str_parse_u64(length, &framing.content_length) ||
            framing.content_length > INT64_MAX)
            return http_refuse(cursor, 400, "a Content-Length that is none");
        framing.has_content_length = true;
    }
    if (coding.ptr) {
        if (length.ptr)
            return http_refuse(
                cursor, 400, "Content-Length together with Transfer-Encoding");
        if (minor_version == 0)
            return http_refuse(cursor, 400, "Transfer-Encoding in HTTP/1.0");
        if (!str_eq_ascii_case(coding, STR("chunked")))
            return http_refuse(cursor, 400,
                               "a Transfer-Encoding other than chunked");
        framing.chunked = true;
    }
    *ret_framing = framing;
    return ERR_OK;
}

/* ---- Pieces ----------------------------------------------------------------
 */

bool http_head_is_decided(struct str bytes, struct http_head_progress *progress)
{
    size_t at = progress->seen_bytes;
    progress->seen_bytes = bytes.len;
    if (at == 0 || bytes.len >= HTTP_HEAD_BYTES_MAX)
        return true;
    while (at < bytes.len) {
        const char *line_end = memchr(bytes.ptr + at, '\n', bytes.len - at);
        if (!line_end)
            return false;
        at = (size_t)(line_end - bytes.ptr);
        if (at < 3 || line_end[-1] != '\r' ||
            (line_end[-2] == '\n' && line_end[-3] == '\r'))
            return true;
        at++;
    }
    return false;
}
