// SPDX-License-Identifier: Apache-2.0
/* Heads of requests and responses: whole, and in pieces, which must come to
 * the same. What is accepted lies within the bytes that were given. */
#include <assert.h>

#include "net/http_request.h"
#include "net/http_response.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_within(struct str text, struct str bytes)
{
    if (!text.ptr)
        return;
    assert(text.ptr >= bytes.ptr);
    assert(text.ptr + text.len <= bytes.ptr + bytes.len);
}

static void check_fields(const struct http_fields *fields, struct str bytes)
{
    assert(fields->count <= HTTP_FIELDS_MAX);
    for (unsigned i = 0; i < fields->count; i++) {
        check_within(fields->all[i].name, bytes);
        check_within(fields->all[i].value, bytes);
        assert(fields->all[i].name.len > 0);
        assert(
            !memchr(fields->all[i].value.ptr, '\n', fields->all[i].value.len));
        assert(
            !memchr(fields->all[i].value.ptr, '\0', fields->all[i].value.len));
    }
}

static void check_request(const struct http_request *request, struct str bytes)
{
    struct str head = str_slice(bytes, 0, request->head_bytes);
    assert(request->head_bytes <= HTTP_HEAD_BYTES_MAX);
    assert(str_ends_with(head, STR("\r\n\r\n")));
    assert(request->path.len > 0);
    assert(!(request->chunked && request->has_content_length));
    check_within(request->target, head);
    check_within(request->query, head);
    check_fields(&request->fields, head);
}

/* How the server reads: more and more of it, from the same place. */
static enum err parse_in_pieces(struct str bytes, size_t step,
                                struct http_request *request)
{
    struct http_head_progress progress = {0};
    enum err err = ERR_AGAIN;
    for (size_t len = step; err == ERR_AGAIN; len += step) {
        err = http_request_parse(str_slice(bytes, 0, len), &progress, request);
        if (len >= bytes.len)
            break;
    }
    return err;
}

static void parse_request(struct str bytes, size_t step)
{
    static struct http_request whole, pieces;
    struct http_head_progress progress = {0};
    enum err err = http_request_parse(bytes, &progress, &whole);
    enum err in_pieces = parse_in_pieces(bytes, step, &pieces);
    if (err == ERR_OK) {
        check_request(&whole, bytes);
        assert(in_pieces == ERR_OK);
        assert(pieces.head_bytes == whole.head_bytes);
    }
    if (in_pieces == ERR_INVALID) {
        assert(err == ERR_INVALID);
        assert(whole.refusal.status >= 400 && whole.refusal.reason);
    }
}

static void parse_response(struct str bytes)
{
    static struct http_response response;
    struct http_head_progress progress = {0};
    if (http_response_parse(bytes, HTTP_GET, &progress, &response))
        return;
    assert(response.status >= 100 && response.status <= 599);
    check_within(response.phrase, bytes);
    check_fields(&response.fields, bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct str bytes = str_of((const char *)data + 1, size - 1);
    parse_request(bytes, (size_t)data[0] + 1);
    parse_response(bytes);
    return 0;
}
