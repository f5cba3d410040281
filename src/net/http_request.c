// SPDX-License-Identifier: Apache-2.0
#include "net/http_request.h"

#include <assert.h>

#include "net/http_head_internal.h"

/* RFC 9112 §2.2: a client may send an empty line too many after a body. */
enum { EMPTY_LINES_MAX = 2, METHOD_BYTES_MAX = 16, PORT_DIGITS_MAX = 5 };

static const struct str method_names[HTTP_METHOD_COUNT] = {
#define X(name) [HTTP_##name] = STR_INIT(#name),
    HTTP_METHOD_TABLE(X)
#undef X
};

struct str http_method_name(enum http_method method)
{
    assert(method < HTTP_METHOD_COUNT);
    return method_names[method];
}

/* ---- Request line ----------------------------------------------------------
 */

static enum err skip_empty_lines(struct http_cursor *cursor)
{
    for (int lines = 0; cursor->at < cursor->end && *cursor->at == '\r';
         lines++) {
        if (lines == EMPTY_LINES_MAX)
            return http_refuse(cursor, 400, "empty lines before the request");
        enum err err = http_take_line_end(cursor);
        if (err)
            return err;
    }
    return ERR_OK;
}

static enum err take_method(struct http_cursor *cursor,
                            struct http_request *request)
{
    const char *start = cursor->at;
    const char *at = start;
    while (at < cursor->end && http_is_token(*at))
        at++;
    struct str name = str_of(start, (size_t)(at - start));
    if (name.len > METHOD_BYTES_MAX)
        return http_refuse(cursor, 501, "a method that is not known here");
    if (at == cursor->end)
        return ERR_AGAIN;
    if (*at != ' ' || name.len == 0)
        return http_refuse(cursor, 400, "the request line has no method");
    cursor->at = at + 1;
    for (int i = 0; i < HTTP_METHOD_COUNT; i++) {
        if (str_eq(name, method_names[i])) {
            request->method = (enum http_method)i;
            return ERR_OK;
        }
    }
    return http_refuse(cursor, 501, "a method that is not known here");
}

static enum err take_target(struct http_cursor *cursor,
                            struct http_request *request)
{
    const char *start = cursor->at;
    const char *limit = cursor->end;
    if (limit - start > HTTP_TARGET_BYTES_MAX)
        limit = start + HTTP_TARGET_BYTES_MAX;
    const char *at = start;
    while (at < limit && (unsigned char)(*at - 0x21) <= 0x7e - 0x21)
        at++;
    if (at == cursor->end)
        return ERR_AGAIN;
    if (at == limit && *at != ' ')
        return http_refuse(cursor, 414, "the target is too long");
    if (*at != ' ' || at == start)
        return http_refuse(cursor, 400, "the request line has no target");
    request->target = str_of(start, (size_t)(at - start));
    cursor->at = at + 1;
    return ERR_OK;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static enum err take_version(struct http_cursor *cursor,
                             struct http_request *request)
{
    const char *at = cursor->at;
    enum { VERSION_BYTES = 8 };
    if (cursor->end - at < VERSION_BYTES)
        return ERR_AGAIN;
    if (memcmp(at, "HTTP/", 5) != 0 || !is_digit(at[5]) || at[6] != '.' ||
        !is_digit(at[7]))
        return http_refuse(cursor, 400, "the request line has no version");
    if (at[5] != '1' || at[7] > '1')
        return http_refuse(cursor, 505, "use HTTP/1.1");
    request->minor_version = (uint8_t)(at[7] - '0');
    cursor->at += VERSION_BYTES;
    return http_take_line_end(cursor);
}

/* ---- Target and host ---------------------------------------------------- */

static bool is_host_character(char c)
{
    char lower = (char)(c | 0x20);
    return (lower >= 'a' && lower <= 'z') || is_digit(c) || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

static bool is_ip6_character(char c)
{
    char lower = (char)(c | 0x20);
    return (lower >= 'a' && lower <= 'f') || is_digit(c) || c == ':' ||
           c == '.';
}

/* Narrower than RFC 3986 §3.2.2: no escapes, no sub-delimiters, no user. */
static bool is_authority(struct str text)
{
    size_t at = 0;
    if (text.len && text.ptr[0] == '[') {
        for (at = 1; at < text.len && is_ip6_character(text.ptr[at]); at++)
            ;
        if (at < 3 || at == text.len || text.ptr[at++] != ']')
            return false;
    } else {
        while (at < text.len && is_host_character(text.ptr[at]))
            at++;
        if (at == 0)
            return false;
    }
    if (at == text.len)
        return true;
    struct str port = str_from(text, at + 1);
    uint64_t number;
    return text.ptr[at] == ':' && port.len <= PORT_DIGITS_MAX &&
           str_parse_u64(port, &number) == ERR_OK && number <= UINT16_MAX;
}

/* Splits "http://authority/path?query" (RFC 9112 §3.2.2) and gives what comes
 * after the authority, "" when nothing does. */
static bool split_absolute(struct http_request *request, struct str *ret_rest)
{
    struct str target = request->target;
    ptrdiff_t colon = str_find(target, STR("://"));
    if (colon < 0)
        return false;
    struct str scheme = str_slice(target, 0, (size_t)colon);
    if (!str_eq_ascii_case(scheme, STR("http")) &&
        !str_eq_ascii_case(scheme, STR("https")))
        return false;
    struct str rest = str_from(target, (size_t)colon + 3);
    size_t len = 0;
    while (len < rest.len && rest.ptr[len] != '/' && rest.ptr[len] != '?')
        len++;
    request->authority = str_slice(rest, 0, len);
    *ret_rest = str_from(rest, len);
    return is_authority(request->authority);
}

static enum err split_target(struct http_cursor *cursor,
                             struct http_request *request)
{
    struct str rest = request->target;
    request->authority = str_of(NULL, 0);
    request->query = str_of(NULL, 0);
    if (str_eq(rest, STR("*"))) {
        if (request->method != HTTP_OPTIONS)
            return http_refuse(cursor, 400, "the target * is for OPTIONS");
        request->path = rest;
        return ERR_OK;
    }
    if (rest.ptr[0] != '/' && !split_absolute(request, &rest))
        return http_refuse(cursor, 400, "a target that is no path");
    if (memchr(rest.ptr, '#', rest.len))
        return http_refuse(cursor, 400, "a fragment in the target");
    ptrdiff_t mark = str_find_char(rest, '?');
    request->path = mark < 0 ? rest : str_slice(rest, 0, (size_t)mark);
    if (mark >= 0)
        request->query = str_from(rest, (size_t)mark + 1);
    if (request->path.len == 0)
        request->path = STR("/");
    return ERR_OK;
}

static enum err read_host(struct http_cursor *cursor,
                          struct http_request *request)
{
    struct str host = request->fields.known[HTTP_FIELD_HOST];
    if (!host.ptr) {
        if (request->minor_version > 0)
            return http_refuse(cursor, 400, "no Host");
        host = str_of("", 0);
    } else if (!is_authority(host)) {
        return http_refuse(cursor, 400, "a Host that is none");
    }
    if (!request->authority.ptr)
        request->authority = host;
    return ERR_OK;
}

/* ---- The whole head ----------------------------------------------------- */

static enum err read_expect(struct http_cursor *cursor,
                            struct http_request *request)
{
    struct str expect = request->fields.known[HTTP_FIELD_EXPECT];
    request->expects_continue = false;
    if (!expect.ptr)
        return ERR_OK;
    if (!str_eq_ascii_case(expect, STR("100-continue")))
        return http_refuse(cursor, 417, "only 100-continue may be expected");
    /* RFC 9110 §10.1.1: ignored in HTTP/1.0. */
    request->expects_continue = request->minor_version > 0;
    return ERR_OK;
}

static enum err read_meaning(struct http_cursor *cursor,
                             struct http_request *request)
{
    struct http_framing framing;
    enum err err = split_target(cursor, request);
    if (!err)
        err = read_host(cursor, request);
    if (!err)
        err = read_expect(cursor, request);
    if (!err)
        err = http_read_framing(cursor, &request->fields,
                                request->minor_version, &framing);
    if (err)
        return err;
    request->chunked = framing.chunked;
    request->has_content_length = framing.has_content_length;
    request->content_length = framing.content_length;
    request->keep_alive =
        !request->fields.says_close &&
        (request->minor_version > 0 || request->fields.says_keep_alive);
    return ERR_OK;
}

static enum err parse_head(struct http_cursor *cursor,
                           struct http_request *request)
{
    enum err err = skip_empty_lines(cursor);
    if (!err)
        err = take_method(cursor, request);
    if (!err)
        err = take_target(cursor, request);
    if (!err)
        err = take_version(cursor, request);
    if (!err)
        err = http_take_fields(cursor, &request->fields);
    if (!err)
        err = read_meaning(cursor, request);
    return err;
}

enum err http_request_parse(struct str bytes,
                            struct http_head_progress *progress,
                            struct http_request *request)
{
    assert(progress);
    assert(request);
    if (bytes.len == 0 || !http_head_is_decided(bytes, progress))
        return ERR_AGAIN;
    struct str head = str_slice(bytes, 0, HTTP_HEAD_BYTES_MAX);
    struct http_cursor cursor = {head.ptr, head.ptr + head.len,
                                 &request->refusal};
    enum err err = parse_head(&cursor, request);
    if (err == ERR_AGAIN && head.len == HTTP_HEAD_BYTES_MAX)
        return http_refuse(&cursor, 431, "the request head is too long");
    if (err)
        return err;
    request->head_bytes = (size_t)(cursor.at - bytes.ptr);
    return ERR_OK;
}
