// SPDX-License-Identifier: Apache-2.0
#include "net/http_response.h"

#include <assert.h>

#include "net/http_head_internal.h"
#include "net/http_status.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "HTTP/1.1 200 OK" (RFC 9112 §4); the space before an empty phrase may be
 * missing. */
static enum err take_status_line(struct http_cursor *cursor,
                                 struct http_response *response)
{
    enum { LINE_BYTES_MIN = 13 }; /* up to the first of phrase or CR */
    const char *at = cursor->at;
    if (cursor->end - at < LINE_BYTES_MIN)
        return ERR_AGAIN;
    if (memcmp(at, "HTTP/1.", 7) != 0 || (at[7] != '0' && at[7] != '1') ||
        at[8] != ' ')
        return http_refuse(cursor, 400, "no HTTP/1 status line");
    if (!is_digit(at[9]) || !is_digit(at[10]) || !is_digit(at[11]))
        return http_refuse(cursor, 400, "no status code");
    response->minor_version = (uint8_t)(at[7] - '0');
    response->status =
        (at[9] - '0') * 100 + (at[10] - '0') * 10 + (at[11] - '0');
    if (response->status < 100 || response->status > 599)
        return http_refuse(cursor, 400, "a status code that is none");
    if (at[12] != ' ' && at[12] != '\r')
        return http_refuse(cursor, 400, "no space behind the status code");
    const char *phrase = at[12] == ' ' ? at + 13 : at + 12;
    cursor->at = http_find_control(phrase, cursor->end);
    response->phrase = str_of(phrase, (size_t)(cursor->at - phrase));
    return http_take_line_end(cursor);
}

static void read_meaning(struct http_response *response,
                         const struct http_framing *framing,
                         enum http_method method)
{
    response->chunked = framing->chunked;
    response->has_content_length = framing->has_content_length;
    response->content_length = framing->content_length;
    response->is_bodiless =
        method == HTTP_HEAD || http_status_is_bodiless(response->status);
    bool has_end = response->is_bodiless || framing->chunked ||
                   framing->has_content_length;
    response->keep_alive =
        has_end && !response->fields.says_close &&
        (response->minor_version > 0 || response->fields.says_keep_alive);
}

enum err http_response_parse(struct str bytes, enum http_method method,
                             struct http_head_progress *progress,
                             struct http_response *response)
{
    assert(progress);
    assert(response);
    if (bytes.len == 0 || !http_head_is_decided(bytes, progress))
        return ERR_AGAIN;
    struct str head = str_slice(bytes, 0, HTTP_HEAD_BYTES_MAX);
    struct http_refusal refusal = {0};
    struct http_framing framing;
    struct http_cursor cursor = {head.ptr, head.ptr + head.len, &refusal};
    enum err err = take_status_line(&cursor, response);
    if (!err)
        err = http_take_fields(&cursor, &response->fields);
    if (!err)
        err = http_read_framing(&cursor, &response->fields,
                                response->minor_version, &framing);
    if (err == ERR_AGAIN && head.len == HTTP_HEAD_BYTES_MAX)
        err = http_refuse(&cursor, 431, "the head is too long");
    if (err) {
        response->reason = refusal.reason;
        return err;
    }
    read_meaning(response, &framing, method);
    response->head_bytes = (size_t)(cursor.at - bytes.ptr);
    return ERR_OK;
}
