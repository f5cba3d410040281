// SPDX-License-Identifier: Apache-2.0
#include "net/http_body.h"

#include <assert.h>

#include "net/http_head_internal.h"

/* The chunked grammar, a byte at a time but for the data itself:
 *   size [ext] CR LF  data CR LF  …  0 [ext] CR LF  (trailer CR LF)*  CR LF */
enum http_body_state {
    BODY_SIZED,
    BODY_UNTIL_CLOSE,
    CHUNK_SIZE_FIRST, /* the first digit */
    CHUNK_SIZE,
    CHUNK_EXTENSION_START, /* behind a semicolon */
    CHUNK_EXTENSION,
    CHUNK_QUOTED,  /* within a quoted value of an extension */
    CHUNK_ESCAPED, /* behind a backslash there */
    CHUNK_LINE_LF,
    CHUNK_DATA,
    CHUNK_DATA_CR,
    CHUNK_DATA_LF,
    TRAILER_START, /* of a line */
    TRAILER_NAME,
    TRAILER_VALUE,
    TRAILER_LINE_LF,
    END_LF,
    BODY_DONE,
};

static enum err begin(struct http_body *body, bool chunked, bool sized,
                      uint64_t length, uint64_t max_bytes)
{
    *body = (struct http_body){.max_bytes = max_bytes};
    if (chunked) {
        body->state = CHUNK_SIZE_FIRST;
    } else if (sized) {
        if (length > max_bytes)
            return ERR_TOO_LONG;
        body->state = length ? BODY_SIZED : BODY_DONE;
        body->left_bytes = length;
    } else {
        body->state = BODY_UNTIL_CLOSE;
        body->until_close = true;
    }
    return ERR_OK;
}

enum err http_body_init(struct http_body *body,
                        const struct http_request *request, uint64_t max_bytes)
{
    assert(body);
    return begin(body, request->chunked, true, request->content_length,
                 max_bytes);
}

enum err http_body_init_response(struct http_body *body,
                                 const struct http_response *response,
                                 uint64_t max_bytes)
{
    assert(body);
    if (response->is_bodiless)
        return begin(body, false, true, 0, max_bytes);
    return begin(body, response->chunked, response->has_content_length,
                 response->content_length, max_bytes);
}

/* ---- Chunk lines -------------------------------------------------------- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static enum err take_size_digit(struct http_body *body, char c)
{
    int digit = hex_value(c);
    if (digit < 0)
        return ERR_INVALID;
    if (body->left_bytes > UINT64_MAX >> 5)
        return ERR_INVALID; /* no such body exists */
    body->left_bytes = body->left_bytes << 4 | (unsigned)digit;
    body->state = CHUNK_SIZE;
    return ERR_OK;
}

static enum err end_size_line(struct http_body *body)
{
    body->line_bytes = 0;
    body->state = body->left_bytes ? CHUNK_DATA : TRAILER_START;
    if (body->left_bytes == 0)
        body->excess_bytes = 0; /* trailers have a count of their own */
    if (body->left_bytes > body->max_bytes - body->body_bytes)
        return ERR_TOO_LONG;
    return ERR_OK;
}

static bool is_text(char c)
{
    return c == '\t' || ((unsigned char)c >= 0x20 && c != 0x7f);
}

static enum err take_extension(struct http_body *body, char c)
{
    if (++body->excess_bytes > HTTP_CHUNK_EXTENSIONS_BYTES_MAX)
        return ERR_INVALID;
    if (body->state == CHUNK_EXTENSION && c == '\r') {
        body->state = CHUNK_LINE_LF;
        return ERR_OK;
    }
    if (!is_text(c))
        return ERR_INVALID;
    if (body->state == CHUNK_ESCAPED) {
        body->state = CHUNK_QUOTED;
    } else if (body->state == CHUNK_QUOTED) {
        if (c == '\\')
            body->state = CHUNK_ESCAPED;
        else if (c == '"')
            body->state = CHUNK_EXTENSION;
    } else if (http_is_token(c)) {
        body->state = CHUNK_EXTENSION;
    } else if (body->state == CHUNK_EXTENSION_START) {
        return ERR_INVALID; /* an extension has a name */
    } else if (c == '"') {
        body->state = CHUNK_QUOTED;
    } else if (c == ';') {
        body->state = CHUNK_EXTENSION_START;
    } else if (c != '=') {
        return ERR_INVALID;
    }
    return ERR_OK;
}

static enum err take_size_line(struct http_body *body, char c)
{
    if (++body->line_bytes > HTTP_CHUNK_LINE_BYTES_MAX)
        return ERR_INVALID;
    switch (body->state) {
    case CHUNK_SIZE_FIRST:
        return take_size_digit(body, c);
    case CHUNK_SIZE:
        if (c == '\r')
            body->state = CHUNK_LINE_LF;
        else if (c == ';')
            body->state = CHUNK_EXTENSION_START;
        else
            return take_size_digit(body, c);
        return ERR_OK;
    case CHUNK_LINE_LF:
        return c == '\n' ? end_size_line(body) : ERR_INVALID;
    default:
        return take_extension(body, c);
    }
}

/* ---- Trailers, which are checked and dropped ---------------------------- */

static enum err take_trailer(struct http_body *body, char c)
{
    if (++body->excess_bytes > HTTP_TRAILER_BYTES_MAX)
        return ERR_INVALID;
    switch (body->state) {
    case TRAILER_START:
        if (c == '\r')
            body->state = END_LF;
        else if (http_is_token(c))
            body->state = TRAILER_NAME;
        else
            return ERR_INVALID;
        return ERR_OK;
    case TRAILER_NAME:
        if (c == ':')
            body->state = TRAILER_VALUE;
        else if (!http_is_token(c))
            return ERR_INVALID;
        return ERR_OK;
    case TRAILER_VALUE:
        if (c == '\r')
            body->state = TRAILER_LINE_LF;
        else if (!is_text(c))
            return ERR_INVALID;
        return ERR_OK;
    case TRAILER_LINE_LF:
        body->state = TRAILER_START;
        return c == '\n' ? ERR_OK : ERR_INVALID;
    default: /* END_LF */
        body->state = BODY_DONE;
        return c == '\n' ? ERR_OK : ERR_INVALID;
    }
}

/* ---- All of it ---------------------------------------------------------- */

static enum err take_byte(struct http_body *body, char c)
{
    switch (body->state) {
    case CHUNK_DATA_CR:
        body->state = CHUNK_DATA_LF;
        return c == '\r' ? ERR_OK : ERR_INVALID;
    case CHUNK_DATA_LF:
        body->state = CHUNK_SIZE_FIRST;
        return c == '\n' ? ERR_OK : ERR_INVALID;
    case TRAILER_START:
    case TRAILER_NAME:
    case TRAILER_VALUE:
    case TRAILER_LINE_LF:
    case END_LF:
        return take_trailer(body, c);
    default:
        return take_size_line(body, c);
    }
}

static bool is_data(const struct http_body *body)
{
    return body->state == BODY_SIZED || body->state == BODY_UNTIL_CLOSE ||
           body->state == CHUNK_DATA;
}

/* Moves what is there of the data to *data; *at goes on behind it. */
static enum err take_data(struct http_body *body, char **data, char **at,
                          const char *end)
{
    size_t len = (size_t)(end - *at);
    if (!body->until_close && len > body->left_bytes)
        len = (size_t)body->left_bytes;
    if (len > body->max_bytes - body->body_bytes)
        return ERR_TOO_LONG;
    if (*data != *at)
        memmove(*data, *at, len);
    *data += len;
    *at += len;
    body->body_bytes += len;
    if (body->until_close)
        return ERR_OK;
    body->left_bytes -= len;
    if (body->left_bytes == 0)
        body->state = body->state == CHUNK_DATA ? CHUNK_DATA_CR : BODY_DONE;
    return ERR_OK;
}

enum err http_body_decode(struct http_body *body, char *bytes, size_t len,
                          size_t *ret_used, size_t *ret_data)
{
    assert(body);
    assert(ret_used);
    assert(ret_data);
    char *at = bytes;
    char *data = bytes;
    const char *end = bytes + len;
    while (at < end && body->state != BODY_DONE) {
        enum err err = is_data(body) ? take_data(body, &data, &at, end)
                                     : take_byte(body, *at++);
        if (err)
            return err;
    }
    *ret_used = (size_t)(at - bytes);
    *ret_data = (size_t)(data - bytes);
    return body->state == BODY_DONE ? ERR_OK : ERR_AGAIN;
}
