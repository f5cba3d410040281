// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

#include <assert.h>

#include "base/bytes.h"

/* Length of the well-formed character at the start, 0 when it is malformed
 * (Unicode 15, table 3-7). */
static size_t character_len(struct str text, uint32_t *ret_character)
{
    const unsigned char *p = (const unsigned char *)text.ptr;
    unsigned char first = p[0];
    if (first < 0x80) {
        *ret_character = first;
        return 1;
    }
    size_t len = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.len < len)
        return 0;
    unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < low || p[1] > high)
        return 0;
    uint32_t character = first & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        character = character << 6 | (p[i] & 0x3Fu);
    }
    *ret_character = character;
    return len;
}

bool utf8_next(struct str *text, uint32_t *ret_character)
{
    assert(text);
    assert(ret_character);
    if (text->len == 0)
        return false;
    size_t len = character_len(*text, ret_character);
    if (len == 0) {
        *ret_character = UTF8_REPLACEMENT;
        len = 1;
    }
    *text = str_from(*text, len);
    return true;
}

/* The length of the ASCII text at the start, eight bytes at a time. */
static size_t ascii_len(struct str text)
{
    size_t len = 0;
    while (len + BYTES_WORD <= text.len &&
           !bytes_have_high(bytes_load(text.ptr + len)))
        len += BYTES_WORD;
    while (len < text.len && (unsigned char)text.ptr[len] < 0x80)
        len++;
    return len;
}

static bool goes_on(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* The bytes of a well-formed character of two or three bytes whose first says
 * all that is to be checked (most of what is written is), else 0. */
static size_t common_len(const unsigned char *p, size_t left)
{
    if (left < 3 || !goes_on(p[1]))
        return 0;
    if (p[0] >= 0xC2 && p[0] <= 0xDF)
        return 2;
    bool is_common = p[0] >= 0xE1 && p[0] <= 0xEF && p[0] != 0xED;
    return is_common && goes_on(p[2]) ? 3 : 0;
}

/* The length of the characters beyond ASCII at the start. False: one of them is
 * malformed. */
static bool others_len(struct str text, size_t *ret_len)
{
    const unsigned char *p = (const unsigned char *)text.ptr;
    size_t len = 0;
    while (len < text.len && p[len] >= 0x80) {
        uint32_t character;
        size_t step = common_len(p + len, text.len - len);
        if (step == 0)
            step = character_len(str_from(text, len), &character);
        if (step == 0)
            return false;
        len += step;
    }
    *ret_len = len;
    return true;
}

bool utf8_is_valid(struct str text)
{
    while (text.len) {
        size_t len;
        text = str_from(text, ascii_len(text));
        if (!others_len(text, &len))
            return false;
        text = str_from(text, len);
    }
    return true;
}

size_t utf8_count(struct str text)
{
    size_t count = 0;
    uint32_t character;
    while (utf8_next(&text, &character))
        count++;
    return count;
}

struct str utf8_cut(struct str text, size_t max_bytes)
{
    if (text.len <= max_bytes)
        return text;
    size_t len = max_bytes;
    while (len > 0 && ((unsigned char)text.ptr[len] & 0xC0) == 0x80)
        len--;
    return str_of(text.ptr, len);
}

size_t utf8_encode(uint32_t character, char target[UTF8_BYTES_MAX])
{
    assert(character <= 0x10FFFF);
    assert(character < 0xD800 || character > 0xDFFF);
    if (character < 0x80) {
        target[0] = (char)character;
        return 1;
    }
    size_t len = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--) {
        target[i] = (char)(0x80 | (character & 0x3F));
        character >>= 6;
    }
    target[0] = (char)((0xF00u >> len & 0xF0u) | character);
    return len;
}

size_t utf8_control(struct str text)
{
    if (text.len == 0)
        return 0;
    unsigned char c = (unsigned char)text.ptr[0];
    if (c < 0x20 || c == 0x7F)
        return 1;
    bool is_c1 = c == 0xC2 && text.len > 1 &&
                 (unsigned char)text.ptr[1] >= 0x80 &&
                 (unsigned char)text.ptr[1] <= 0x9F;
    return is_c1 ? 2 : 0;
}
