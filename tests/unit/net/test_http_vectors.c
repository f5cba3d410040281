// SPDX-License-Identifier: Apache-2.0
/* Other people's vectors: what llhttp's strict parser makes of requests. We
 * must take no message that it does not take, nor take one differently; where
 * we refuse what it takes, the table below says why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/file.h"
#include "net/http_body.h"

#define FOLDER "../shared/testdata/http1/"

enum { MESSAGES_MAX = 8, INPUT_BYTES_MAX = 65536 };

/* clang-format off */
/* Where we are stricter, beside a missing Host: a vector that has none is run
 * with one, because all of them would fail for that alone. */
static const struct {
    const char *file;
    const char *title;
    const char *reason; /* how ours begins, to see that it is that one */
    const char *why;
} stricter[] = {
    {"method.md", "REPORT request", "a method",
     "no resource here has it: 501"},
    {"method.md", "CONNECT request", "a method",
     "no resource here has it: 501"},
    {"method.md", "CONNECT request with CAPS", "a method",
     "no resource here has it: 501"},
    {"method.md", "CONNECT with body", "a method",
     "no resource here has it: 501"},
    {"method.md", "M-SEARCH request", "a method",
     "no resource here has it: 501"},
    {"method.md", "PURGE request", "a method",
     "no resource here has it: 501"},
    {"method.md", "SEARCH request", "a method",
     "no resource here has it: 501"},
    {"method.md", "LINK request", "a method",
     "no resource here has it: 501"},
    {"method.md", "SOURCE request", "a method",
     "no resource here has it: 501"},
    {"method.md", "SOURCE request with ICE", "a method",
     "no resource here has it: 501"},
    {"method.md", "ANNOUNCE request with RTSP", "a method",
     "no resource here has it: 501"},
    {"method.md", "QUERY request", "a method",
     "no resource here has it: 501"},
    {"method.md", "OPTIONS request with RTSP", "the request line has no version",
     "we speak HTTP only"},
    {"sample.md", "curl GET", "a Host",
     "= is no part of a host name that exists"},
    {"sample.md", "Firefox GET", "a Host",
     "= is no part of a host name that exists"},
    {"sample.md", "No HTTP version", "the request line has no target",
     "HTTP/0.9"},
    {"transfer-encoding.md", "POST with `chunked` as last transfer-encoding", "a fragment",
     "RFC 9112 §3.2: a target has none"},
    {"transfer-encoding.md", "POST with `chunked` as last transfer-encoding (multiple headers)", "a field twice",
     "only chunked alone is understood"},
    {"uri.md", "Fragment in URI", "a fragment",
     "RFC 9112 §3.2: a target has none"},
    {"uri.md", "Underscore in hostname", "a method",
     "CONNECT: 501"},
    {"uri.md", "`host:port` and basic auth", "a target",
     "RFC 9110 §4.2.4: user names are refused"},
};
/* clang-format on */

static const char *const files[] = {
    "connection.md", "content-length.md", "finish.md", "invalid.md",
    "method.md",     "pipelining.md",     "sample.md", "transfer-encoding.md",
    "uri.md",
};

/* One message: its target and the length of its body. */
struct message {
    char target[256];
    size_t body_bytes;
};

struct verdict {
    struct message messages[MESSAGES_MAX];
    unsigned count;     /* complete ones */
    bool ended;         /* the rest is not looked at any more */
    const char *reason; /* why it was refused, or NULL */
};

struct vector {
    struct str title;
    struct str meta;
    struct str input; /* as it stands in the file */
    struct str log;
};

/* ---- Reading the files -------------------------------------------------- */

/* Takes what stands between two marks off the front of *rest. */
static bool take_between(struct str *rest, struct str from, struct str to,
                         struct str *ret_inside)
{
    ptrdiff_t start = str_find(*rest, from);
    if (start < 0)
        return false;
    struct str behind = str_from(*rest, (size_t)start + from.len);
    ptrdiff_t end = str_find(behind, to);
    if (end < 0)
        return false;
    *ret_inside = str_slice(behind, 0, (size_t)end);
    *rest = str_from(behind, (size_t)end + to.len);
    return true;
}

/* The last heading in text. */
static struct str last_title(struct str text)
{
    struct str line, title = {0};
    while (str_split_next(&text, '\n', &line)) {
        if (str_starts_with(line, STR("##"))) {
            while (str_starts_with(line, STR("#")))
                line = str_from(line, 1);
            title = str_trim(line);
        }
    }
    return title;
}

static bool next_vector(struct str *rest, struct vector *vector)
{
    struct str before = *rest;
    if (!take_between(rest, STR("<!-- meta="), STR("-->"), &vector->meta))
        return false;
    before.len = (size_t)(vector->meta.ptr - before.ptr);
    struct str title = last_title(before);
    if (title.len)
        vector->title = title;
    assert_true(
        take_between(rest, STR("```http\n"), STR("\n```"), &vector->input));
    assert_true(take_between(rest, STR("```log\n"), STR("```"), &vector->log));
    return true;
}

/* What the file's spelling stands for: a backslash at the end of a line joins
 * it with the next, a line ends with CR LF, \r \n \t \f are themselves. */
static void add_input(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        char next = i + 1 < text.len ? text.ptr[i + 1] : 0;
        const char *escapes = "r\rn\nt\tf\f";
        const char *found = c == '\\' && next ? strchr(escapes, next) : NULL;
        if (c == '\n') {
            buf_add(out, STR("\r\n"));
        } else if (c == '\\' && next == '\n') {
            i++;
        } else if (c == '\\' && next == 'x' && i + 3 < text.len) {
            char digits[3] = {text.ptr[i + 2], text.ptr[i + 3], 0};
            buf_add_char(out, (char)strtol(digits, NULL, 16));
            i += 3;
        } else if (found && next >= 'a') {
            buf_add_char(out, found[1]);
            i++;
        } else {
            buf_add_char(out, c);
        }
    }
}

/* ---- Their verdict ------------------------------------------------------ */

static size_t number_behind(struct str line, struct str name)
{
    ptrdiff_t at = str_find(line, name);
    return at < 0
               ? 0
               : (size_t)strtoul(line.ptr + at + (ptrdiff_t)name.len, NULL, 10);
}

static void read_log(struct str log, struct verdict *verdict)
{
    struct str line;
    struct message message = {0};
    *verdict = (struct verdict){0};
    while (str_split_next(&log, '\n', &line)) {
        ptrdiff_t url = str_find(line, STR("span[url]=\""));
        if (str_find(line, STR("message begin")) >= 0)
            message = (struct message){0};
        if (url >= 0) {
            size_t have = strlen(message.target);
            struct str text = str_from(line, (size_t)url + 11);
            text.len--; /* the quote */
            assert_int_equal(str_to_c(text, message.target + have,
                                      sizeof message.target - have),
                             ERR_OK);
        }
        if (str_find(line, STR("span[body]")) >= 0)
            message.body_bytes += number_behind(line, STR("len="));
        if (str_find(line, STR("message complete")) >= 0) {
            assert_true(verdict->count < MESSAGES_MAX);
            verdict->messages[verdict->count++] = message;
        }
    }
}

/* ---- Our verdict -------------------------------------------------------- */

/* One message off the front of *rest. False when no more is to come. */
static bool take_message(struct buf *input, size_t *at, struct verdict *verdict)
{
    static struct http_request request;
    struct http_head_progress progress = {0};
    struct http_body body;
    size_t used = 0, data = 0;
    struct str rest = str_from(buf_str(input), *at);
    enum err err = http_request_parse(rest, &progress, &request);
    if (err == ERR_INVALID)
        verdict->reason = request.refusal.reason;
    if (err)
        return false;
    if (http_body_init(&body, &request, INPUT_BYTES_MAX)) {
        verdict->reason = "body too long";
        return false;
    }
    struct message *message = &verdict->messages[verdict->count];
    assert_int_equal(
        str_to_c(request.target, message->target, sizeof message->target),
        ERR_OK);
    *at += request.head_bytes;
    err = http_body_decode(&body, input->ptr + *at, input->len - *at, &used,
                           &data);
    if (err && err != ERR_AGAIN)
        verdict->reason = "malformed body";
    if (err)
        return false;
    *at += used;
    message->body_bytes = data;
    verdict->count++;
    verdict->ended = !request.keep_alive;
    return request.keep_alive;
}

/* Where the request line of the message at start ends, behind its CR LF. */
static size_t request_line_end(struct str input, size_t start)
{
    while (start + 1 < input.len && input.ptr[start] == '\r')
        start += 2;
    ptrdiff_t end = str_find(str_from(input, start), STR("\r\n"));
    assert_true(end >= 0);
    return start + (size_t)end + 2;
}

static void judge(struct str spelled, struct verdict *verdict)
{
    DEFER(buf_finish) struct buf input;
    DEFER(buf_finish) struct buf with_host;
    size_t at = 0;
    buf_init(&input, INPUT_BYTES_MAX);
    buf_init(&with_host, INPUT_BYTES_MAX);
    add_input(&input, spelled);
    *verdict = (struct verdict){0};
    while (verdict->count < MESSAGES_MAX && take_message(&input, &at, verdict))
        ;
    while (verdict->reason && strcmp(verdict->reason, "no Host") == 0) {
        size_t line_end = request_line_end(buf_str(&input), at);
        buf_reset(&with_host);
        buf_add(&with_host, str_slice(buf_str(&input), 0, line_end));
        buf_add(&with_host, STR("Host: vector\r\n"));
        buf_add(&with_host, str_from(buf_str(&input), line_end));
        buf_reset(&input);
        buf_add(&input, buf_str(&with_host));
        verdict->reason = NULL;
        while (verdict->count < MESSAGES_MAX &&
               take_message(&input, &at, verdict))
            ;
    }
}

/* ---- Comparing ---------------------------------------------------------- */

static bool is_listed(const char *file, struct str title, const char *reason,
                      bool *used)
{
    for (size_t i = 0; i < sizeof stricter / sizeof stricter[0]; i++) {
        if (strcmp(stricter[i].file, file) == 0 &&
            str_eq(title, str_from_c(stricter[i].title)) && reason &&
            str_starts_with(str_from_c(reason),
                            str_from_c(stricter[i].reason))) {
            used[i] = true;
            return true;
        }
    }
    return false;
}

/* The number of things that are wrong with our verdict, each printed. */
static int compare(const char *file, const struct vector *vector,
                   const struct verdict *ours, const struct verdict *theirs,
                   bool *used)
{
    int wrong = 0;
    const char *reason = ours->reason ? ours->reason : "incomplete";
    for (unsigned i = 0; i < ours->count; i++) {
        const struct message *a = &ours->messages[i];
        const struct message *b = &theirs->messages[i];
        if (i >= theirs->count || strcmp(a->target, b->target) != 0 ||
            a->body_bytes != b->body_bytes) {
            print_error("%s, %" PRI_STR ": message %u, %s with %zu bytes, is "
                        "not one of theirs\n",
                        file, ARG_STR(vector->title), i, a->target,
                        a->body_bytes);
            wrong++;
        }
    }
    if (ours->count < theirs->count && !ours->ended &&
        !is_listed(file, vector->title, reason, used)) {
        print_error("{\"%s\", \"%" PRI_STR "\", \"%s\", \"\"}, is not listed "
                    "(%u of %u)\n",
                    file, ARG_STR(vector->title), reason, ours->count,
                    theirs->count);
        wrong++;
    }
    return wrong;
}

static bool is_ours_to_judge(struct str meta)
{
    struct str type;
    bool skips_body = str_find(meta, STR("skipBody")) >= 0;
    return !skips_body &&
           take_between(&meta, STR("\"type\":"), STR("\""), &type) &&
           take_between(&meta, STR(""), STR("\""), &type) &&
           (str_eq(type, STR("request")) ||
            str_eq(type, STR("request-finish")));
}

static int run_file(const char *name, struct arena *arena, bool *used,
                    int *vectors)
{
    char path[128];
    struct str text;
    struct vector vector = {0};
    struct fault fault;
    int wrong = 0;
    snprintf(path, sizeof path, FOLDER "%s", name);
    if (file_read(path, 1 << 20, arena, &text, &fault))
        fail_msg("%s", fault.message);
    while (next_vector(&text, &vector)) {
        struct verdict ours, theirs;
        if (!is_ours_to_judge(vector.meta))
            continue;
        read_log(vector.log, &theirs);
        judge(vector.input, &ours);
        wrong += compare(name, &vector, &ours, &theirs, used);
        ++*vectors;
    }
    return wrong;
}

static void test_no_vector_is_taken_that_llhttp_refuses(void **state)
{
    (void)state;
    enum { ROWS = sizeof stricter / sizeof stricter[0] };
    bool used[ROWS] = {false};
    struct arena arena;
    int wrong = 0, vectors = 0;
    if (access(FOLDER, R_OK) < 0) {
        print_message("# ../shared is missing\n");
        skip();
    }
    arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        wrong += run_file(files[i], &arena, used, &vectors);
    arena_finish(&arena);
    for (size_t i = 0; i < ROWS; i++) {
        if (!used[i]) {
            print_error("%s, %s: is listed as stricter and is not\n",
                        stricter[i].file, stricter[i].title);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
    assert_true(vectors > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_vector_is_taken_that_llhttp_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
