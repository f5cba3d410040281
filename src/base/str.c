// SPDX-License-Identifier: Apache-2.0
#include "base/str.h"

#include <assert.h>

static char fold(char c)
{
    return (c >= 'A' && c <= 'Z') ? (char)(c | 0x20) : c;
}

bool str_eq_ascii_case(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (fold(a.ptr[i]) != fold(b.ptr[i]))
            return false;
    }
    return true;
}

int str_compare(struct str a, struct str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared ? memcmp(a.ptr, b.ptr, shared) : 0;
    if (order)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool str_starts_with(struct str text, struct str prefix)
{
    return text.len >= prefix.len &&
           str_eq(str_of(text.ptr, prefix.len), prefix);
}

bool str_ends_with(struct str text, struct str suffix)
{
    return text.len >= suffix.len &&
           str_eq(str_from(text, text.len - suffix.len), suffix);
}

ptrdiff_t str_find(struct str text, struct str needle)
{
    if (needle.len == 0)
        return 0;
    if (text.len < needle.len)
        return -1;
    const char *found = memmem(text.ptr, text.len, needle.ptr, needle.len);
    return found ? found - text.ptr : -1;
}

ptrdiff_t str_find_char(struct str text, char c)
{
    const char *found = text.len ? memchr(text.ptr, c, text.len) : NULL;
    return found ? found - text.ptr : -1;
}

ptrdiff_t str_find_last_char(struct str text, char c)
{
    const char *found = text.len ? memrchr(text.ptr, c, text.len) : NULL;
    return found ? found - text.ptr : -1;
}

struct str str_from(struct str text, size_t start)
{
    if (start > text.len)
        start = text.len;
    return str_of(text.ptr ? text.ptr + start : NULL, text.len - start);
}

struct str str_slice(struct str text, size_t start, size_t len)
{
    struct str rest = str_from(text, start);
    return str_of(rest.ptr, len < rest.len ? len : rest.len);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str text)
{
    while (text.len && is_blank(text.ptr[0]))
        text = str_from(text, 1);
    while (text.len && is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

bool str_split_next(struct str *rest, char separator, struct str *ret_part)
{
    assert(rest);
    assert(ret_part);
    if (!rest->ptr)
        return false;
    ptrdiff_t at = str_find_char(*rest, separator);
    if (at < 0) {
        *ret_part = *rest;
        *rest = (struct str){NULL, 0};
    } else {
        *ret_part = str_of(rest->ptr, (size_t)at);
        *rest = str_from(*rest, (size_t)at + 1);
    }
    return true;
}

enum err str_parse_u64(struct str text, uint64_t *ret_value)
{
    assert(ret_value);
    uint64_t value = 0;
    if (text.len == 0)
        return ERR_INVALID;
    for (size_t i = 0; i < text.len; i++) {
        unsigned digit = (unsigned char)text.ptr[i] - (unsigned)'0';
        if (digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, digit, &value))
            return ERR_INVALID;
    }
    *ret_value = value;
    return ERR_OK;
}

enum err str_parse_i64(struct str text, int64_t *ret_value)
{
    assert(ret_value);
    bool negative = text.len && text.ptr[0] == '-';
    uint64_t magnitude = 0;
    enum err err =
        str_parse_u64(negative ? str_from(text, 1) : text, &magnitude);
    if (err)
        return err;
    if (magnitude > (uint64_t)INT64_MAX + (negative ? 1 : 0))
        return ERR_INVALID;
    *ret_value = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return ERR_OK;
}

enum err str_to_c(struct str text, char *target, size_t capacity)
{
    assert(target);
    assert(capacity > 0);
    target[0] = '\0';
    if (text.len >= capacity)
        return ERR_TOO_LONG;
    if (str_find_char(text, '\0') >= 0)
        return ERR_INVALID;
    if (text.len)
        memcpy(target, text.ptr, text.len);
    target[text.len] = '\0';
    return ERR_OK;
}
