// SPDX-License-Identifier: Apache-2.0
#include "render/template_internal.h"

#include <stdarg.h>

enum { DELIMITER_BYTES_MAX = 8, FIRST_TOKENS = 64 };

struct scanner {
    struct str rest;
    const char *file;
    struct arena *arena;
    struct fault *fault;
    struct tokens tokens;
    size_t capacity;
    struct str open;
    struct str close;
    uint32_t line;
    uint32_t column;
    bool line_start;
    uint32_t nesting[TEMPLATE_NESTING_MAX]; /* tokens that are open */
    size_t depth;
};

enum err template_fault(struct fault *fault, const char *file, uint32_t line,
                        uint32_t column, const char *format, ...)
{
    char field[FAULT_FIELD_BYTES_MAX];
    char message[FAULT_MESSAGE_BYTES_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    snprintf(field, sizeof field, "%s:%u:%u", file, line, column);
    return fault_set(fault, ERR_INVALID, field, "%s", message);
}

#define FAIL(scanner, ...) \
    template_fault((scanner)->fault, (scanner)->file, (scanner)->line, \
                   (scanner)->column, __VA_ARGS__)

/* Takes len bytes off the source, counting lines and columns. */
static struct str take(struct scanner *scanner, size_t len)
{
    struct str taken = str_slice(scanner->rest, 0, len);
    for (size_t i = 0; i < taken.len; i++) {
        unsigned char c = (unsigned char)taken.ptr[i];
        if (c == '\n') {
            scanner->line++;
            scanner->column = 1;
        } else if ((c & 0xC0) != 0x80) {
            scanner->column++;
        }
    }
    scanner->rest = str_from(scanner->rest, taken.len);
    return taken;
}

static struct token *add_token(struct scanner *scanner, enum token_kind kind)
{
    struct tokens *tokens = &scanner->tokens;
    if (tokens->count == scanner->capacity) {
        size_t capacity =
            scanner->capacity ? scanner->capacity * 2 : FIRST_TOKENS;
        struct token *items =
            arena_array(scanner->arena, struct token, capacity);
        if (tokens->count)
            memcpy(items, tokens->items, tokens->count * sizeof *items);
        tokens->items = items;
        scanner->capacity = capacity;
    }
    struct token *token = &tokens->items[tokens->count++];
    *token = (struct token){
        .kind = kind,
        .line = scanner->line,
        .column = scanner->column,
    };
    return token;
}

static void scan_text(struct scanner *scanner, size_t len)
{
    while (len > 0) {
        struct str text = str_slice(scanner->rest, 0, len);
        ptrdiff_t end = str_find_char(text, '\n');
        if (end >= 0)
            text.len = (size_t)end + 1;
        struct token *token = add_token(scanner, TOKEN_TEXT);
        token->line_start = scanner->line_start;
        token->text = take(scanner, text.len);
        scanner->line_start = end >= 0;
        len -= text.len;
    }
}

/* ---- Tags
 * ------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static enum err set_delimiters(struct scanner *scanner, struct str text)
{
    text = str_trim(text);
    size_t split = 0;
    while (split < text.len && !is_blank(text.ptr[split]))
        split++;
    struct str open = str_slice(text, 0, split);
    struct str close = str_trim(str_from(text, split));
    if (open.len == 0 || open.len > DELIMITER_BYTES_MAX || close.len == 0 ||
        close.len > DELIMITER_BYTES_MAX)
        return FAIL(scanner, "New delimiters must read {{=<%% %%>=}}: two "
                             "marks of at most 8 bytes.");
    for (size_t i = 0; i < close.len; i++)
        if (is_blank(close.ptr[i]) || close.ptr[i] == '=')
            return FAIL(scanner, "A delimiter cannot hold blanks or '='.");
    scanner->open = open;
    scanner->close = close;
    return ERR_OK;
}

static enum err open_tag(struct scanner *scanner, uint32_t index)
{
    if (scanner->depth == TEMPLATE_NESTING_MAX)
        return FAIL(scanner, "Sections are nested deeper than %d.",
                    TEMPLATE_NESTING_MAX);
    scanner->nesting[scanner->depth++] = index;
    return ERR_OK;
}

static enum err close_tag(struct scanner *scanner, uint32_t index)
{
    struct token *items = scanner->tokens.items;
    struct token *token = &items[index];
    if (scanner->depth == 0)
        return FAIL(scanner, "{{/%" PRI_STR "}} closes nothing; take it out.",
                    ARG_STR(token->text));
    uint32_t opened = scanner->nesting[--scanner->depth];
    if (!str_eq(items[opened].text, token->text))
        return FAIL(scanner,
                    "{{/%" PRI_STR "}} stands where {{/%" PRI_STR
                    "}} must close line %u.",
                    ARG_STR(token->text), ARG_STR(items[opened].text),
                    items[opened].line);
    token->closes = items[opened].kind;
    token->match = opened;
    items[opened].match = index;
    return ERR_OK;
}

static enum err check_name(struct scanner *scanner, struct str name)
{
    if (name.len == 0)
        return FAIL(scanner, "The tag has no name.");
    for (size_t i = 0; i < name.len; i++)
        if (is_blank(name.ptr[i]))
            return FAIL(scanner, "A name cannot hold blanks: \"%" PRI_STR "\".",
                        ARG_STR(str_slice(name, 0, 60)));
    return ERR_OK;
}

static enum token_kind kind_of(char sigil)
{
    switch (sigil) {
    case '&':
    case '{':
        return TOKEN_RAW;
    case '#':
        return TOKEN_SECTION;
    case '^':
        return TOKEN_INVERTED;
    case '/':
        return TOKEN_CLOSE;
    case '>':
        return TOKEN_PARTIAL;
    case '<':
        return TOKEN_PARENT;
    case '$':
        return TOKEN_BLOCK;
    case '!':
    case '=':
        return TOKEN_NOTHING;
    default:
        return TOKEN_VALUE;
    }
}

/* Where the tag's inside ends; *ret_end is behind its closing mark. */
static bool find_end(const struct scanner *scanner, char sigil,
                     struct str *ret_inside, size_t *ret_end)
{
    char mark[DELIMITER_BYTES_MAX + 1];
    size_t len = 0;
    if (sigil == '{' || sigil == '=')
        mark[len++] = sigil == '{' ? '}' : '=';
    memcpy(mark + len, scanner->close.ptr, scanner->close.len);
    len += scanner->close.len;
    size_t start = scanner->open.len + (kind_of(sigil) != TOKEN_VALUE);
    struct str inside = str_from(scanner->rest, start);
    ptrdiff_t end = str_find(inside, str_of(mark, len));
    if (end < 0)
        return false;
    *ret_inside = str_slice(inside, 0, (size_t)end);
    *ret_end = start + (size_t)end + len;
    return true;
}

static enum err scan_tag(struct scanner *scanner)
{
    struct str after = str_from(scanner->rest, scanner->open.len);
    char sigil = after.len ? after.ptr[0] : '\0';
    struct str inside;
    size_t end;
    if (!find_end(scanner, sigil, &inside, &end))
        return FAIL(scanner, "The tag that begins here is not closed.");
    enum token_kind kind = kind_of(sigil);
    uint32_t index = (uint32_t)scanner->tokens.count;
    struct token *token = add_token(scanner, kind);
    token->text = str_trim(inside);
    if (kind == TOKEN_NOTHING) {
        enum err err = sigil == '=' ? set_delimiters(scanner, inside) : ERR_OK;
        take(scanner, end);
        scanner->line_start = false;
        return err;
    }
    enum err err = check_name(scanner, token->text);
    if (!err && kind == TOKEN_CLOSE)
        err = close_tag(scanner, index);
    if (!err && (kind == TOKEN_SECTION || kind == TOKEN_INVERTED ||
                 kind == TOKEN_PARENT || kind == TOKEN_BLOCK))
        err = open_tag(scanner, index);
    take(scanner, end);
    scanner->line_start = false;
    return err;
}

/* ---- Standalone lines
 * ---------------------------------------------------------------- */

static bool text_is_blank(struct str text)
{
    return str_trim(text).len == 0;
}

static bool is_inheritance(const struct token *token)
{
    return token->kind == TOKEN_PARENT || token->kind == TOKEN_BLOCK ||
           (token->kind == TOKEN_CLOSE &&
            (token->closes == TOKEN_PARENT || token->closes == TOKEN_BLOCK));
}

/* A line is standalone when it holds one tag that prints nothing itself, or
 * several of inheritance of which not all are blocks that begin and end here.
 * A parent that begins and ends on the line counts as one tag. */
static bool line_is_standalone(const struct tokens *tokens, size_t from,
                               size_t to)
{
    size_t tags = 0;
    bool all_inherit = true;
    bool crosses = false; /* a pair reaches beyond the line, or is a parent */
    for (size_t i = from; i < to; i++) {
        const struct token *token = &tokens->items[i];
        if (token->kind == TOKEN_TEXT && text_is_blank(token->text))
            continue;
        if (token->kind == TOKEN_TEXT || token->kind == TOKEN_VALUE ||
            token->kind == TOKEN_RAW)
            return false;
        tags++;
        all_inherit &= is_inheritance(token);
        if (token->kind == TOKEN_PARENT && token->match < to) {
            crosses = true;
            i = token->match;
        } else if (is_inheritance(token)) {
            crosses |= token->match < from || token->match >= to;
        }
    }
    return tags == 1 || (tags > 1 && all_inherit && crosses);
}

/* Takes the blanks of the line [from, to) out when it is standalone, and marks
 * its first tag. */
static void trim_line(struct tokens *tokens, size_t from, size_t to)
{
    bool standalone = line_is_standalone(tokens, from, to);
    struct str indent = STR("");
    bool first = true;
    for (size_t i = from; i < to; i++) {
        struct token *token = &tokens->items[i];
        if (token->kind == TOKEN_TEXT) {
            if (first && text_is_blank(token->text))
                indent = token->text;
            else
                first = false;
            continue;
        }
        token->first = first;
        token->indent = first ? indent : STR("");
        token->standalone = standalone;
        if (token->kind == TOKEN_PARENT && standalone && token->match < to)
            i = token->match; /* what is inside keeps its blanks */
        if (token->kind != TOKEN_PARENT)
            first = false;
    }
    for (size_t i = from; standalone && i < to; i++) {
        struct token *token = &tokens->items[i];
        if (token->kind == TOKEN_PARENT && token->match < to)
            i = token->match;
        else if (token->kind == TOKEN_TEXT)
            token->text.len = 0;
    }
}

static void trim_lines(struct tokens *tokens)
{
    size_t from = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        const struct token *token = &tokens->items[i];
        if (token->kind == TOKEN_TEXT &&
            str_ends_with(token->text, STR("\n"))) {
            trim_line(tokens, from, i + 1);
            from = i + 1;
        }
    }
    trim_line(tokens, from, tokens->count);
}

enum err template_scan(struct str source, const char *file, struct arena *arena,
                       struct tokens *ret_tokens, struct fault *fault)
{
    struct scanner scanner = {
        .rest = source,
        .file = file,
        .arena = arena,
        .fault = fault,
        .open = STR("{{"),
        .close = STR("}}"),
        .line = 1,
        .column = 1,
        .line_start = true,
    };
    while (scanner.rest.len > 0) {
        ptrdiff_t tag = str_find(scanner.rest, scanner.open);
        scan_text(&scanner, tag < 0 ? scanner.rest.len : (size_t)tag);
        enum err err = tag < 0 ? ERR_OK : scan_tag(&scanner);
        if (err)
            return err;
    }
    if (scanner.depth > 0) {
        const struct token *open =
            &scanner.tokens.items[scanner.nesting[scanner.depth - 1]];
        return template_fault(fault, file, open->line, open->column,
                              "The tag {{%" PRI_STR "}} is never closed; "
                              "write {{/%" PRI_STR "}}.",
                              ARG_STR(open->text), ARG_STR(open->text));
    }
    trim_lines(&scanner.tokens);
    *ret_tokens = scanner.tokens;
    return ERR_OK;
}
