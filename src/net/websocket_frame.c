// SPDX-License-Identifier: Apache-2.0
#include "net/websocket_frame.h"

#include <assert.h>

#include "base/utf8.h"

/* ---- Handshake ----------------------------------------------------------- */

enum { KEY_BYTES = 24 }; /* 16 bytes in base64 */

/* Added to the client's key (§1.3). */
#define ACCEPT_SUFFIX "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

/* In any field of the name: a proxy may have added one of its own. */
static bool names_token(const struct http_fields *fields, struct str name,
                        struct str token)
{
    for (unsigned i = 0; i < fields->count; i++) {
        const struct http_field *field = &fields->all[i];
        if (str_eq_ascii_case(field->name, name) &&
            http_list_has(field->value, token))
            return true;
    }
    return false;
}

bool websocket_is_asked_for(const struct http_request *request)
{
    return http_request_field(request, HTTP_FIELD_UPGRADE).ptr &&
           names_token(&request->fields, STR("connection"), STR("upgrade"));
}

/* 22 digits, of which the last one has four bits to spare, and "==". */
static bool is_key(struct str key)
{
    if (key.len != KEY_BYTES || !str_ends_with(key, STR("==")))
        return false;
    for (size_t i = 0; i < KEY_BYTES - 2; i++) {
        char c = key.ptr[i], lower = (char)(c | 0x20);
        if (!(lower >= 'a' && lower <= 'z') && !(c >= '0' && c <= '9') &&
            c != '+' && c != '/')
            return false;
    }
    return true;
}

enum err websocket_check(const struct http_request *request,
                         char ret_accept[WEBSOCKET_ACCEPT_BYTES],
                         struct http_refusal *ret_refusal)
{
    const struct http_fields *fields = &request->fields;
    struct str key = http_fields_find(fields, STR("sec-websocket-key"));
    struct str version = http_fields_find(fields, STR("sec-websocket-version"));
    if (request->method != HTTP_GET || request->minor_version == 0 ||
        http_request_has_body(request)) {
        *ret_refusal = (struct http_refusal){
            400, "a WebSocket begins with GET, in HTTP/1.1, without a body"};
    } else if (!names_token(fields, STR("upgrade"), STR("websocket"))) {
        *ret_refusal = (struct http_refusal){
            400, "the only protocol to change to is websocket"};
    } else if (!str_eq(version, STR("13"))) {
        *ret_refusal = (struct http_refusal){
            426, "the WebSockets here are those of RFC 6455: send "
                 "'Sec-WebSocket-Version: 13'"};
    } else if (!is_key(key)) {
        *ret_refusal = (struct http_refusal){
            400, "Sec-WebSocket-Key is 16 bytes in base64"};
    } else {
        char text[KEY_BYTES + sizeof ACCEPT_SUFFIX];
        memcpy(text, key.ptr, KEY_BYTES);
        memcpy(text + KEY_BYTES, ACCEPT_SUFFIX, sizeof ACCEPT_SUFFIX);
        sha1_base64(str_of(text, sizeof text - 1), ret_accept);
        return ERR_OK;
    }
    return ERR_INVALID;
}

/* ---- The head of a frame (§5.2) ------------------------------------------ */

enum {
    FINAL = 0x80,
    RESERVED = 0x70,
    OPCODE = 0x0f,
    CONTROL = 0x08, /* set in the opcodes of control frames */
    MASKED = 0x80,
    LENGTH = 0x7f,
    LENGTH_16 = 126,
    LENGTH_64 = 127,
    MASK_BYTES = 4,
};

static bool fail(struct websocket_reader *reader, enum websocket_code code,
                 const char *reason)
{
    reader->code = code;
    reader->reason = reason;
    return false;
}

static size_t length_bytes(const struct websocket_reader *reader)
{
    unsigned length = reader->head[1] & LENGTH;
    return length == LENGTH_64 ? 8 : length == LENGTH_16 ? 2 : 0;
}

static uint64_t payload_bytes(const struct websocket_reader *reader)
{
    size_t count = length_bytes(reader);
    uint64_t bytes = 0;
    if (!count)
        return reader->head[1] & LENGTH;
    for (size_t i = 0; i < count; i++)
        bytes = bytes << 8 | reader->head[2 + i];
    return bytes;
}

static unsigned opcode_of(const struct websocket_reader *reader)
{
    return reader->head[0] & OPCODE;
}

static bool is_control(const struct websocket_reader *reader)
{
    return opcode_of(reader) & CONTROL;
}

/* The first two bytes are there. */
static bool check_kind(struct websocket_reader *reader)
{
    unsigned opcode = opcode_of(reader);
    bool is_final = reader->head[0] & FINAL;
    if (reader->head[0] & RESERVED)
        return fail(reader, WEBSOCKET_CODE_PROTOCOL,
                    "reserved bits, without an extension");
    if (!(reader->head[1] & MASKED))
        return fail(reader, WEBSOCKET_CODE_PROTOCOL,
                    "a frame that is not masked");
    if (is_control(reader)) {
        if (opcode > WEBSOCKET_OP_PONG)
            return fail(reader, WEBSOCKET_CODE_PROTOCOL,
                        "a kind of frame that is not known");
        if (!is_final || (reader->head[1] & LENGTH) > LENGTH_16 - 1)
            return fail(reader, WEBSOCKET_CODE_PROTOCOL,
                        "a control frame is whole, and at most 125 bytes");
        return true;
    }
    if (opcode > WEBSOCKET_OP_BINARY)
        return fail(reader, WEBSOCKET_CODE_PROTOCOL,
                    "a kind of frame that is not known");
    if ((opcode == WEBSOCKET_OP_CONTINUATION) != reader->is_message)
        return fail(reader, WEBSOCKET_CODE_PROTOCOL,
                    reader->is_message ? "a message within another one"
                                       : "the rest of no message");
    if (opcode == WEBSOCKET_OP_BINARY)
        return fail(reader, WEBSOCKET_CODE_NO_TEXT, "send text");
    return true;
}

/* All of the head is there. */
static bool check_length(struct websocket_reader *reader)
{
    uint64_t bytes = payload_bytes(reader);
    size_t count = length_bytes(reader);
    if ((count == 2 && bytes < LENGTH_16) ||
        (count == 8 && (bytes <= UINT16_MAX || bytes > INT64_MAX)))
        return fail(reader, WEBSOCKET_CODE_PROTOCOL,
                    "a length that has another form than it should");
    if (is_control(reader))
        return true;
    if (bytes > reader->text.max - reader->text.len)
        return fail(reader, WEBSOCKET_CODE_TOO_LONG, "the message is too long");
    if (++reader->fragments > WEBSOCKET_FRAGMENTS_MAX)
        return fail(reader, WEBSOCKET_CODE_TOO_LONG,
                    "the message has too many fragments");
    reader->is_message = true;
    return true;
}

/* Whether the head is whole; false as well when it failed. */
static bool read_head(struct websocket_reader *reader, struct str *bytes)
{
    for (;;) {
        size_t wanted =
            reader->head_bytes < 2 ? 2 : 2 + length_bytes(reader) + MASK_BYTES;
        if (reader->head_bytes == wanted)
            return check_length(reader);
        if (!bytes->len)
            return false;
        reader->head[reader->head_bytes++] = (unsigned char)bytes->ptr[0];
        *bytes = str_from(*bytes, 1);
        if (reader->head_bytes == 2 && !check_kind(reader))
            return false;
    }
}

/* ---- Payload (§5.3) ------------------------------------------------------ */

static void unmask(const struct websocket_reader *reader, char *target,
                   const char *bytes, size_t len)
{
    const unsigned char *mask = reader->head + reader->head_bytes - MASK_BYTES;
    for (size_t i = 0; i < len; i++)
        target[i] = (char)((unsigned char)bytes[i] ^
                           mask[(reader->taken + i) % MASK_BYTES]);
}

/* Whether the payload is whole; false as well when it failed. */
static bool read_payload(struct websocket_reader *reader, struct str *bytes)
{
    uint64_t left = payload_bytes(reader) - reader->taken;
    size_t len = left < bytes->len ? (size_t)left : bytes->len;
    if (is_control(reader)) {
        unmask(reader, reader->control + reader->control_bytes, bytes->ptr,
               len);
        reader->control_bytes = (uint8_t)(reader->control_bytes + len);
    } else if (len) {
        char *room = buf_reserve(&reader->text, len);
        if (!room)
            return fail(reader, WEBSOCKET_CODE_TOO_LONG, "out of memory");
        unmask(reader, room, bytes->ptr, len);
        buf_grown(&reader->text, len);
    }
    *bytes = str_from(*bytes, len);
    reader->taken += len;
    return len == left;
}

/* ---- What is whole ------------------------------------------------------- */

/* Codes that an endpoint may send (§7.4.1 and its registry, §7.4.2). */
static bool may_be_sent(unsigned code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

static enum websocket_event failed(const struct websocket_reader *reader,
                                   struct str *ret_payload,
                                   enum websocket_code *ret_code)
{
    *ret_payload = str_from_c(reader->reason);
    *ret_code = reader->code;
    return WEBSOCKET_FAILED;
}

/* §5.5.1 */
static enum websocket_event closed(struct websocket_reader *reader,
                                   struct str *ret_payload,
                                   enum websocket_code *ret_code)
{
    struct str payload = str_of(reader->control, reader->control_bytes);
    *ret_code = WEBSOCKET_CODE_NONE;
    *ret_payload = str_from(payload, 2);
    if (!payload.len)
        return WEBSOCKET_CLOSE;
    unsigned code = payload.len < 2
                        ? 0
                        : (unsigned)(unsigned char)payload.ptr[0] << 8 |
                              (unsigned char)payload.ptr[1];
    if (!may_be_sent(code))
        fail(reader, WEBSOCKET_CODE_PROTOCOL,
             "a close with a code that is "
             "none");
    else if (!utf8_is_valid(*ret_payload))
        fail(reader, WEBSOCKET_CODE_NOT_UTF8, "a reason that is not UTF-8");
    if (reader->code)
        return failed(reader, ret_payload, ret_code);
    *ret_code = (enum websocket_code)code;
    return WEBSOCKET_CLOSE;
}

static enum websocket_event message(struct websocket_reader *reader,
                                    struct str *ret_payload,
                                    enum websocket_code *ret_code)
{
    if (!(reader->head[0] & FINAL))
        return WEBSOCKET_MORE;
    reader->is_message = false;
    reader->fragments = 0;
    if (!utf8_is_valid(buf_str(&reader->text))) {
        fail(reader, WEBSOCKET_CODE_NOT_UTF8, "the text is not UTF-8");
        return failed(reader, ret_payload, ret_code);
    }
    *ret_payload = buf_str(&reader->text);
    reader->is_text_old = true;
    return WEBSOCKET_TEXT;
}

/* The frame is whole. MORE: it was a part of a message. */
static enum websocket_event take_frame(struct websocket_reader *reader,
                                       struct str *ret_payload,
                                       enum websocket_code *ret_code)
{
    reader->is_within = false;
    switch (opcode_of(reader)) {
    case WEBSOCKET_OP_CLOSE:
        return closed(reader, ret_payload, ret_code);
    case WEBSOCKET_OP_PING:
        *ret_payload = str_of(reader->control, reader->control_bytes);
        return WEBSOCKET_PING;
    case WEBSOCKET_OP_PONG:
        *ret_payload = str_of(reader->control, reader->control_bytes);
        return WEBSOCKET_PONG;
    default:
        return message(reader, ret_payload, ret_code);
    }
}

enum websocket_event websocket_read(struct websocket_reader *reader,
                                    struct str *bytes, struct str *ret_payload,
                                    enum websocket_code *ret_code)
{
    if (reader->is_text_old)
        buf_reset(&reader->text);
    reader->is_text_old = false;
    while (!reader->code) {
        if (!reader->is_within) {
            if (!read_head(reader, bytes))
                break;
            reader->is_within = true;
            reader->taken = 0;
            reader->control_bytes = 0;
        }
        if (!read_payload(reader, bytes))
            break;
        enum websocket_event event = take_frame(reader, ret_payload, ret_code);
        reader->head_bytes = 0;
        if (event != WEBSOCKET_MORE)
            return event;
    }
    return reader->code ? failed(reader, ret_payload, ret_code)
                        : WEBSOCKET_MORE;
}

/* ---- The reader ---------------------------------------------------------- */

void websocket_reader_init(struct websocket_reader *reader,
                           size_t text_bytes_max)
{
    memset(reader, 0, sizeof *reader);
    buf_init(&reader->text, text_bytes_max);
}

void websocket_reader_finish(struct websocket_reader *reader)
{
    buf_finish(&reader->text);
}

/* ---- The server's frames ------------------------------------------------- */

size_t websocket_write_head(
    unsigned char target[WEBSOCKET_SERVER_HEAD_BYTES_MAX],
    enum websocket_opcode opcode, size_t payload_bytes)
{
    assert(payload_bytes <= WEBSOCKET_PAYLOAD_BYTES_MAX);
    target[0] = (unsigned char)(FINAL | opcode);
    if (payload_bytes < LENGTH_16) {
        target[1] = (unsigned char)payload_bytes;
        return 2;
    }
    target[1] = LENGTH_16;
    target[2] = (unsigned char)(payload_bytes >> 8);
    target[3] = (unsigned char)payload_bytes;
    return 4;
}
