// SPDX-License-Identifier: Apache-2.0
#include "net/http_status.h"

#include <assert.h>

#include "base/buf.h"

/* clang-format off */
/* RFC 9110 §15, and what RFC 4918, 6585 and 7725 add. */
#define STATUS_TABLE(X) \
    X(100, "Continue") X(101, "Switching Protocols") \
    X(200, "OK") X(201, "Created") X(202, "Accepted") \
    X(203, "Non-Authoritative Information") X(204, "No Content") \
    X(205, "Reset Content") X(206, "Partial Content") \
    X(300, "Multiple Choices") X(301, "Moved Permanently") X(302, "Found") \
    X(303, "See Other") X(304, "Not Modified") X(307, "Temporary Redirect") \
    X(308, "Permanent Redirect") \
    X(400, "Bad Request") X(401, "Unauthorized") X(402, "Payment Required") \
    X(403, "Forbidden") X(404, "Not Found") X(405, "Method Not Allowed") \
    X(406, "Not Acceptable") X(408, "Request Timeout") X(409, "Conflict") \
    X(410, "Gone") X(411, "Length Required") X(412, "Precondition Failed") \
    X(413, "Content Too Large") X(414, "URI Too Long") \
    X(415, "Unsupported Media Type") X(416, "Range Not Satisfiable") \
    X(417, "Expectation Failed") X(421, "Misdirected Request") \
    X(422, "Unprocessable Content") X(423, "Locked") \
    X(426, "Upgrade Required") X(428, "Precondition Required") \
    X(429, "Too Many Requests") X(431, "Request Header Fields Too Large") \
    X(451, "Unavailable For Legal Reasons") \
    X(500, "Internal Server Error") X(501, "Not Implemented") \
    X(502, "Bad Gateway") X(503, "Service Unavailable") \
    X(504, "Gateway Timeout") X(505, "HTTP Version Not Supported") \
    X(507, "Insufficient Storage")
/* clang-format on */

enum {
    STATUS_LINE_START_BYTES = 13, /* "HTTP/1.1 404 " */
    STATUS_LINE_END_BYTES = 2,
};

struct str http_status_line(int status)
{
    switch (status) {
#define X(code, phrase) \
    case code: \
        return STR("HTTP/1.1 " #code " " phrase "\r\n");
        STATUS_TABLE(X)
#undef X
    default:
        return str_of("", 0);
    }
}

struct str http_status_phrase(int status)
{
    struct str line = http_status_line(status);
    if (line.len == 0)
        return line;
    return str_slice(line, STATUS_LINE_START_BYTES,
                     line.len - STATUS_LINE_START_BYTES -
                         STATUS_LINE_END_BYTES);
}

bool http_status_is_bodiless(int status)
{
    return status < 200 || status == 204 || status == 304;
}

/* RFC 8259 §7. */
static void add_json_string(struct buf *out, struct str text)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"' || c == '\\') {
            buf_add_char(out, '\\');
            buf_add_char(out, c);
        } else if ((unsigned char)c < 0x20) {
            buf_printf(out, "\\u%04x", (unsigned)c);
        } else {
            buf_add_char(out, c);
        }
    }
    buf_add_char(out, '"');
}

void http_error_json(struct buf *out, const struct fault *fault)
{
    assert(fault);
    buf_add(out, STR("{\"error\":{\"code\":"));
    add_json_string(out, str_from_c(err_name(fault->code)));
    if (fault->field[0]) {
        buf_add(out, STR(",\"field\":"));
        add_json_string(out, str_from_c(fault->field));
    }
    buf_add(out, STR(",\"message\":"));
    add_json_string(out, str_from_c(fault_text(fault)));
    buf_add(out, STR("}}\n"));
}

void http_status_json(struct buf *out, int status, struct str message)
{
    buf_printf(out, "{\"status\":%d,\"message\":", status);
    add_json_string(out, message);
    buf_add_char(out, '}');
}

void http_error_text(struct buf *out, int status, struct str message)
{
    buf_printf(out, "%d %" PRI_STR "\n", status,
               ARG_STR(http_status_phrase(status)));
    if (message.len) {
        buf_add_char(out, '\n');
        buf_add(out, message);
        buf_add_char(out, '\n');
    }
}
