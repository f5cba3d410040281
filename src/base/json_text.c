// SPDX-License-Identifier: Apache-2.0
#include "base/json_text.h"

#include <assert.h>
#include <math.h>

#include "base/bytes.h"
#include "base/utf8.h"

struct reader {
    const char *at;
    const char *end;
    int depth;
    bool is_cut;
    const char *cause;  /* NULL while all is well */
    struct buf decoded; /* a string with escapes, a number */
};

/* Always false; the first cause stays. */
static bool refuse(struct reader *reader, const char *cause)
{
    if (!reader->cause)
        reader->cause = cause;
    return false;
}

static bool at_end(const struct reader *reader)
{
    return reader->at == reader->end;
}

/* A new value, or NULL and the cause. */
static json_t *made(struct reader *reader, json_t *value)
{
    if (!value)
        refuse(reader, "out of memory");
    return value;
}

/* What should stand here is told as missing, and at the end as cut off. */
static bool expect(struct reader *reader, const char *cause)
{
    if (!reader->cause)
        reader->is_cut = at_end(reader);
    return refuse(reader, cause);
}

static void skip_space(struct reader *reader)
{
    while (!at_end(reader) && (*reader->at == ' ' || *reader->at == '\n' ||
                               *reader->at == '\r' || *reader->at == '\t'))
        reader->at++;
}

/* Whether the byte stood here; then it is taken. */
static bool take(struct reader *reader, char byte)
{
    bool is_here = !at_end(reader) && *reader->at == byte;
    reader->at += is_here;
    return is_here;
}

/* ---- Strings ---------------------------------------------------------------
 */

/* Behind what stands for itself in a string. */
static const char *plain_end(const char *at, const char *end)
{
    for (; end - at >= BYTES_WORD; at += BYTES_WORD) {
        uint64_t word = bytes_load(at);
        if (bytes_have(word, '"') || bytes_have(word, '\\') ||
            bytes_have_below(word, 0x20))
            break;
    }
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20)
        at++;
    return at;
}

/* Takes what stands for itself; false when there is a fault, or no end. */
static bool take_plain(struct reader *reader, struct str *ret_run)
{
    const char *end = plain_end(reader->at, reader->end);
    *ret_run = str_of(reader->at, (size_t)(end - reader->at));
    bool is_ended = end < reader->end;
    if (is_ended && !utf8_is_valid(*ret_run))
        return refuse(reader, "a string is not UTF-8");
    reader->at = end;
    if (is_ended && (unsigned char)*end < 0x20)
        return refuse(reader, "a control character in a string");
    return is_ended || expect(reader, "'\"' expected");
}

/* The four digits of \u. */
static bool take_unit(struct reader *reader, uint32_t *ret_unit)
{
    uint32_t unit = 0;
    for (int i = 0; i < 4; i++, reader->at++) {
        char c = at_end(reader) ? 0 : *reader->at;
        char lower = (char)(c | 0x20);
        if (c >= '0' && c <= '9')
            unit = unit << 4 | (uint32_t)(c - '0');
        else if (lower >= 'a' && lower <= 'f')
            unit = unit << 4 | (uint32_t)(lower - 'a' + 10);
        else
            return expect(reader, "four hexadecimal digits expected");
    }
    *ret_unit = unit;
    return true;
}

/* A character beyond U+FFFF is a pair of them (RFC 8259 §7). */
static bool take_character(struct reader *reader)
{
    uint32_t high, low = 0;
    char bytes[UTF8_BYTES_MAX];
    if (!take_unit(reader, &high))
        return false;
    if (high == 0)
        return refuse(reader, "U+0000 in a string");
    if (high >= 0xDC00 && high <= 0xDFFF)
        return refuse(reader, "half of a surrogate pair");
    if (high >= 0xD800 && high <= 0xDBFF) {
        if (!take(reader, '\\') || !take(reader, 'u'))
            return expect(reader,
                          "the other half of a surrogate pair expected");
        if (!take_unit(reader, &low))
            return false;
        if (low < 0xDC00 || low > 0xDFFF)
            return refuse(reader, "half of a surrogate pair");
        high = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    }
    buf_add_bytes(&reader->decoded, bytes, utf8_encode(high, bytes));
    return true;
}

static bool take_escape(struct reader *reader)
{
    static const char meaning[128] = {
        ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
        ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
    };
    unsigned char c = at_end(reader) ? 0 : (unsigned char)*reader->at;
    if (c == 'u') {
        reader->at++;
        return take_character(reader);
    }
    if (c >= sizeof meaning || !meaning[c])
        return expect(reader, "a character that may follow \\ expected");
    buf_add_char(&reader->decoded, meaning[c]);
    reader->at++;
    return true;
}

/* Behind its first quote. What it says is there until the next one is read. */
static bool take_string(struct reader *reader, struct str *ret_text)
{
    struct str run;
    if (!take_plain(reader, &run))
        return false;
    *ret_text = run;
    if (take(reader, '"'))
        return true;
    buf_reset(&reader->decoded);
    buf_add(&reader->decoded, run);
    while (take(reader, '\\')) {
        if (!take_escape(reader) || !take_plain(reader, &run))
            return false;
        buf_add(&reader->decoded, run);
    }
    reader->at++;
    if (buf_err(&reader->decoded))
        return refuse(reader, "out of memory");
    *ret_text = buf_str(&reader->decoded);
    return true;
}

static json_t *read_string(struct reader *reader)
{
    struct str text;
    if (!take_string(reader, &text))
        return NULL;
    return made(reader, json_stringn_nocheck(text.ptr, text.len));
}

/* ---- Numbers and words -----------------------------------------------------
 */

static bool is_digit(const struct reader *reader)
{
    return !at_end(reader) && *reader->at >= '0' && *reader->at <= '9';
}

static bool take_digits(struct reader *reader)
{
    if (!is_digit(reader))
        return expect(reader, "a digit expected");
    while (is_digit(reader))
        reader->at++;
    return true;
}

/* *ret_whole says that it has neither a fraction nor an exponent. */
static bool take_number(struct reader *reader, bool *ret_whole)
{
    take(reader, '-');
    if (!take(reader, '0') && !take_digits(reader))
        return false;
    *ret_whole = true;
    if (take(reader, '.')) {
        *ret_whole = false;
        if (!take_digits(reader))
            return false;
    }
    if (take(reader, 'e') || take(reader, 'E')) {
        *ret_whole = false;
        if (!take(reader, '-'))
            take(reader, '+');
        return take_digits(reader);
    }
    return true;
}

static json_t *read_real(struct reader *reader, struct str digits)
{
    buf_reset(&reader->decoded);
    buf_add(&reader->decoded, digits);
    buf_add_char(&reader->decoded, '\0');
    if (buf_err(&reader->decoded))
        return made(reader, NULL);
    double real = strtod(reader->decoded.ptr, NULL);
    if (isfinite(real))
        return made(reader, json_real(real));
    refuse(reader, "a number that is too large");
    return NULL;
}

static json_t *read_number(struct reader *reader)
{
    const char *begin = reader->at;
    bool is_whole;
    int64_t integer;
    if (!take_number(reader, &is_whole))
        return NULL;
    if (at_end(reader)) { /* more of it could follow */
        expect(reader, "',' or the end of what the number is in expected");
        return NULL;
    }
    struct str digits = str_of(begin, (size_t)(reader->at - begin));
    if (!is_whole)
        return read_real(reader, digits);
    if (!str_parse_i64(digits, &integer))
        return made(reader, json_integer(integer));
    refuse(reader, "an integer that does not fit in 64 bits");
    return NULL;
}

/* A word of which only a part is there may be cut off. */
static bool take_word(struct reader *reader, struct str word)
{
    struct str rest = str_of(reader->at, (size_t)(reader->end - reader->at));
    struct str part = str_slice(rest, 0, word.len);
    if (!str_starts_with(word, part))
        return refuse(reader, "a value expected");
    reader->at += part.len;
    return part.len == word.len || expect(reader, "a value expected");
}

/* ---- Objects and lists -----------------------------------------------------
 */

static json_t *read_value(struct reader *reader);

static bool add_item(struct reader *reader, json_t *list)
{
    json_t *item = read_value(reader);
    if (!item)
        return false;
    return !json_array_append_new(list, item) ||
           refuse(reader, "out of memory");
}

static bool fill_list(struct reader *reader, json_t *list)
{
    skip_space(reader);
    if (take(reader, ']'))
        return true;
    do {
        if (!add_item(reader, list))
            return false;
        skip_space(reader);
    } while (take(reader, ','));
    return take(reader, ']') || expect(reader, "',' or ']' expected");
}

/* A name that was decoded would be overwritten by what is read next. */
static bool hold(struct reader *reader, struct str *name, char **ret_held)
{
    *ret_held = NULL;
    if (name->ptr != reader->decoded.ptr)
        return true;
    *ret_held = strndup(name->ptr, name->len);
    name->ptr = *ret_held;
    return *ret_held || refuse(reader, "out of memory");
}

static bool set_member(struct reader *reader, json_t *object, struct str name)
{
    size_t count = json_object_size(object);
    json_t *value = read_value(reader);
    if (!value)
        return false;
    if (json_object_setn_new_nocheck(object, name.ptr, name.len, value))
        return refuse(reader, "out of memory");
    return json_object_size(object) > count ||
           refuse(reader, "a name that the object has already");
}

static bool add_member(struct reader *reader, json_t *object)
{
    struct str name;
    char *held;
    skip_space(reader);
    if (!take(reader, '"'))
        return expect(reader, "a name in quotes expected");
    if (!take_string(reader, &name) || !hold(reader, &name, &held))
        return false;
    skip_space(reader);
    bool added = take(reader, ':') ? set_member(reader, object, name)
                                   : expect(reader, "':' expected");
    free(held);
    return added;
}

static bool fill_object(struct reader *reader, json_t *object)
{
    skip_space(reader);
    if (take(reader, '}'))
        return true;
    do {
        if (!add_member(reader, object))
            return false;
        skip_space(reader);
    } while (take(reader, ','));
    return take(reader, '}') || expect(reader, "',' or '}' expected");
}

/* Behind its first bracket. */
static json_t *read_nested(struct reader *reader, json_t *value,
                           bool (*fill)(struct reader *, json_t *))
{
    if (!made(reader, value))
        return NULL;
    bool is_filled = reader->depth < JSON_TEXT_DEPTH_MAX ||
                     refuse(reader, "nested too deeply");
    reader->depth++;
    is_filled = is_filled && fill(reader, value);
    reader->depth--;
    if (is_filled)
        return value;
    json_decref(value);
    return NULL;
}

static json_t *read_plain(struct reader *reader)
{
    switch (*reader->at) {
    case 't':
        return take_word(reader, STR("true")) ? json_true() : NULL;
    case 'f':
        return take_word(reader, STR("false")) ? json_false() : NULL;
    case 'n':
        return take_word(reader, STR("null")) ? json_null() : NULL;
    default:
        if (*reader->at == '-' || is_digit(reader))
            return read_number(reader);
        refuse(reader, "a value expected");
        return NULL;
    }
}

static json_t *read_value(struct reader *reader)
{
    skip_space(reader);
    if (take(reader, '"'))
        return read_string(reader);
    if (take(reader, '{'))
        return read_nested(reader, json_object(), fill_object);
    if (take(reader, '['))
        return read_nested(reader, json_array(), fill_list);
    if (!at_end(reader))
        return read_plain(reader);
    expect(reader, "a value expected");
    return NULL;
}

/* ---- From outside ----------------------------------------------------------
 */

static json_t *read_root(struct reader *reader)
{
    skip_space(reader);
    if (!at_end(reader) && (*reader->at == '{' || *reader->at == '['))
        return read_value(reader);
    expect(reader, "'{' or '[' expected");
    return NULL;
}

static void tell(const struct reader *reader, struct str text,
                 struct json_text_fault *ret_fault)
{
    struct str read = str_of(text.ptr, (size_t)(reader->at - text.ptr));
    ptrdiff_t newline = str_find_last_char(read, '\n');
    *ret_fault = (struct json_text_fault){
        .line = 1,
        .column = 1 + (int)utf8_count(str_from(read, (size_t)(newline + 1))),
        .is_cut = reader->is_cut,
        .cause = reader->cause,
    };
    for (size_t i = 0; i < read.len; i++)
        ret_fault->line += read.ptr[i] == '\n';
}

/* Nothing may follow when ret_len is NULL. */
static json_t *read_text(struct str text, size_t *ret_len,
                         struct json_text_fault *ret_fault)
{
    text.ptr = text.ptr ? text.ptr : "";
    struct reader reader = {.at = text.ptr, .end = text.ptr + text.len};
    buf_init(&reader.decoded, SIZE_MAX);
    json_t *value = read_root(&reader);
    if (value && !ret_len) {
        skip_space(&reader);
        if (!at_end(&reader))
            refuse(&reader, "something follows the end");
    } else if (value) {
        *ret_len = (size_t)(reader.at - text.ptr);
    }
    buf_finish(&reader.decoded);
    if (!reader.cause)
        return value;
    json_decref(value);
    if (ret_fault)
        tell(&reader, text, ret_fault);
    return NULL;
}

json_t *json_text_read(struct str text, struct json_text_fault *ret_fault)
{
    return read_text(text, NULL, ret_fault);
}

json_t *json_text_read_first(struct str text, size_t *ret_len,
                             struct json_text_fault *ret_fault)
{
    assert(ret_len);
    return read_text(text, ret_len, ret_fault);
}

static int append(const char *bytes, size_t len, void *out)
{
    buf_add_bytes(out, bytes, len);
    return 0;
}

void json_text_write(const json_t *value, struct buf *out)
{
    if (json_dump_callback(value, append, out, JSON_COMPACT) && !out->err)
        out->err = ERR_NO_MEMORY;
}
