// SPDX-License-Identifier: Apache-2.0
/* Only the bones are read here: brackets, commas, strings. What stands in a row
 * is for the JSON parser. */
#include "exchange/json_rows.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/json_text.h"

enum { CHUNK_BYTES = 64 * 1024 };

struct level {
    char bracket;                            /* '{' or '[' */
    char key[JSON_TABLE_NAME_BYTES_MAX + 1]; /* of the member that is read */
};

struct scanner {
    const struct json_rows_handler *handler;
    struct fault *fault;
    struct level levels[JSON_ROWS_DEPTH_MAX];
    int depth;
    bool has_begun;
    int64_t line;
    int64_t column;

    bool in_string;
    bool is_escaped;
    bool wants_key; /* the next string names a member */
    bool in_key;
    size_t key_len;

    /* The row that is collected; row_depth 0 when there is none. */
    struct buf row;
    int row_depth;
    int64_t row_line;
    size_t members;
    const char *spoiled; /* why it cannot be taken, or NULL */
};

static enum err refuse(const struct scanner *scanner, enum err err,
                       const char *cause)
{
    char place[FAULT_FIELD_BYTES_MAX];
    snprintf(place, sizeof place, "line %" PRId64 ", column %" PRId64,
             scanner->line, scanner->column);
    return fault_set(scanner->fault, err, place, "%s: %s", place, cause);
}

/* ---- Rows ------------------------------------------------------------------
 */

/* …, "data": {"posts": [ and now an element. */
static bool is_row_here(const struct scanner *scanner)
{
    int depth = scanner->depth;
    if (depth < 3 || scanner->levels[depth - 1].bracket != '[' ||
        scanner->levels[depth - 2].bracket != '{' ||
        scanner->levels[depth - 3].bracket != '{' ||
        strcmp(scanner->levels[depth - 3].key, "data") != 0)
        return false;
    return scanner->handler->wants(scanner->handler->context,
                                   str_from_c(scanner->levels[depth - 2].key));
}

static void begin_row(struct scanner *scanner)
{
    buf_reset(&scanner->row);
    scanner->row_depth = scanner->depth;
    scanner->row_line = scanner->line;
    scanner->members = 0;
    scanner->spoiled = NULL;
}

static enum err end_row(struct scanner *scanner)
{
    struct str table = str_from_c(scanner->levels[scanner->row_depth - 2].key);
    struct json_text_fault found;
    scanner->row_depth = 0;
    if (scanner->spoiled) {
        scanner->handler->refuse(scanner->handler->context, table,
                                 scanner->row_line, scanner->spoiled);
        return ERR_OK;
    }
    json_t *row = json_text_read(buf_str(&scanner->row), &found);
    if (!row)
        return fault_set(
            scanner->fault, ERR_INVALID, NULL,
            "line %" PRId64 ": a row of \"%" PRI_STR "\" is not JSON: %s",
            scanner->row_line + (found.line > 0 ? found.line - 1 : 0),
            ARG_STR(table), found.cause);
    enum err err = scanner->handler->take(scanner->handler->context, table, row,
                                          scanner->row_line, scanner->fault);
    json_decref(row);
    return err;
}

/* ---- Characters ------------------------------------------------------------
 */

static enum err enter(struct scanner *scanner, char bracket)
{
    if (scanner->depth == JSON_ROWS_DEPTH_MAX)
        return refuse(scanner, ERR_TOO_LONG, "nested deeper than 64");
    if (!scanner->row_depth && bracket == '{' && is_row_here(scanner))
        begin_row(scanner);
    struct level *level = &scanner->levels[scanner->depth++];
    level->bracket = bracket;
    level->key[0] = '\0';
    scanner->wants_key = bracket == '{';
    return ERR_OK;
}

static enum err leave(struct scanner *scanner, char bracket)
{
    char open = bracket == '}' ? '{' : '[';
    if (!scanner->depth || scanner->levels[scanner->depth - 1].bracket != open)
        return refuse(scanner, ERR_INVALID,
                      "not JSON: a bracket ends what did not begin");
    scanner->depth--;
    scanner->wants_key = false;
    return ERR_OK;
}

static void count_member(struct scanner *scanner)
{
    if (scanner->row_depth && ++scanner->members > JSON_ROW_MEMBERS_MAX)
        scanner->spoiled = "it has more than 10,000 members";
    if (scanner->depth)
        scanner->wants_key = scanner->levels[scanner->depth - 1].bracket == '{';
}

static void begin_string(struct scanner *scanner)
{
    scanner->in_string = true;
    scanner->in_key = scanner->wants_key && scanner->depth;
    scanner->key_len = 0;
    scanner->wants_key = false;
}

/* A key that is too long is none of a table. */
static void add_to_key(struct scanner *scanner, char c)
{
    struct level *level = &scanner->levels[scanner->depth - 1];
    if (scanner->key_len < JSON_TABLE_NAME_BYTES_MAX)
        level->key[scanner->key_len++] = c;
    else
        scanner->key_len = JSON_TABLE_NAME_BYTES_MAX + 1;
}

static void end_string(struct scanner *scanner)
{
    scanner->in_string = false;
    if (!scanner->in_key)
        return;
    struct level *level = &scanner->levels[scanner->depth - 1];
    bool fits = scanner->key_len <= JSON_TABLE_NAME_BYTES_MAX;
    level->key[fits ? scanner->key_len : 0] = '\0';
    scanner->in_key = false;
}

static void take_in_string(struct scanner *scanner, char c)
{
    if (scanner->is_escaped)
        scanner->is_escaped = false;
    else if (c == '\\')
        scanner->is_escaped = true;
    else if (c == '"') {
        end_string(scanner);
        return;
    }
    if (scanner->in_key)
        add_to_key(scanner, c);
}

static enum err take_bone(struct scanner *scanner, char c)
{
    switch (c) {
    case '{':
    case '[':
        return enter(scanner, c);
    case '}':
    case ']':
        return leave(scanner, c);
    case ',':
        count_member(scanner);
        return ERR_OK;
    case '"':
        begin_string(scanner);
        return ERR_OK;
    default:
        return ERR_OK;
    }
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static enum err take_char(struct scanner *scanner, char c)
{
    if (c == '\n') {
        scanner->line++;
        scanner->column = 0;
    }
    scanner->column++;
    if ((unsigned char)c < 0x20 && (scanner->in_string || !is_space(c)))
        return refuse(scanner, ERR_INVALID,
                      "not JSON: a control character or a NUL");
    if (scanner->in_string) {
        take_in_string(scanner, c);
        return ERR_OK;
    }
    if (is_space(c))
        return ERR_OK;
    if (!scanner->depth && (scanner->has_begun || c != '{'))
        return refuse(scanner, ERR_INVALID,
                      scanner->has_begun ? "not JSON: something follows its end"
                                         : "not a JSON object");
    scanner->has_begun = true;
    return take_bone(scanner, c);
}

static enum err feed(struct scanner *scanner, struct str bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        int depth = scanner->depth;
        enum err err = take_char(scanner, bytes.ptr[i]);
        if (err)
            return err;
        if (!scanner->row_depth)
            continue;
        if (!scanner->spoiled)
            buf_add_char(&scanner->row, bytes.ptr[i]);
        if (buf_err(&scanner->row))
            scanner->spoiled = "it is longer than 16 MiB";
        if (scanner->depth == scanner->row_depth && depth > scanner->depth)
            err = end_row(scanner);
        if (err)
            return err;
    }
    return ERR_OK;
}

/* ---- Reading ---------------------------------------------------------------
 */

static void init(struct scanner *scanner,
                 const struct json_rows_handler *handler, struct fault *fault)
{
    *scanner = (struct scanner){.handler = handler, .fault = fault, .line = 1};
    buf_init(&scanner->row, JSON_ROW_BYTES_MAX);
}

static enum err finish(struct scanner *scanner, enum err err)
{
    if (!err && (scanner->depth || !scanner->has_begun))
        err = refuse(scanner, ERR_INVALID,
                     scanner->has_begun ? "the file ends too early"
                                        : "the file is empty");
    buf_finish(&scanner->row);
    return err;
}

enum err json_rows_read_file(const char *path,
                             const struct json_rows_handler *handler,
                             struct fault *fault)
{
    assert(path && handler && fault);
    static _Thread_local char chunk[CHUNK_BYTES];
    DEFER(fd_close) int fd;
    enum err err = file_open(path, &fd, fault);
    if (err)
        return err;
    struct scanner scanner;
    init(&scanner, handler, fault);
    for (size_t got = 1; !err && got;) {
        err = file_read_some(fd, path, chunk, sizeof chunk, &got, fault);
        if (err)
            break;
        struct str bytes = str_of(chunk, got);
        if (!scanner.has_begun && str_starts_with(bytes, STR("\xEF\xBB\xBF")))
            bytes = str_from(bytes, 3);
        err = feed(&scanner, bytes);
    }
    return finish(&scanner, err);
}

enum err json_rows_read_bytes(struct str bytes,
                              const struct json_rows_handler *handler,
                              struct fault *fault)
{
    assert(handler && fault);
    struct scanner scanner;
    init(&scanner, handler, fault);
    return finish(&scanner, feed(&scanner, bytes));
}
