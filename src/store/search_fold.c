// SPDX-License-Identifier: Apache-2.0
#include "store/search_fold.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#include "base/utf8.h"
#include "store/search_letter_internal.h"

enum {
    UNITS_MAX = 1024, /* UTF-16, of one word however it grows */
    RIGHT_QUOTE = 0x2019,
    MODIFIER_APOSTROPHE = 0x02BC,
    IO = 0x0451, /* ё */
    ALEF_MAKSURA = 0x0649,
    YEH = 0x064A,
    TEH_MARBUTA = 0x0629,
    HEH = 0x0647,
    TATWEEL = 0x0640,
};

/* Text that is written as long as there is room. */
struct output {
    char *at, *end;
};

static void put(struct output *output, uint32_t c)
{
    char bytes[UTF8_BYTES_MAX];
    size_t len = utf8_encode(c, bytes);
    if ((size_t)(output->end - output->at) < len) {
        output->end = output->at; /* nothing behind a gap */
        return;
    }
    memcpy(output->at, bytes, len);
    output->at += len;
}

static bool is_apostrophe(uint32_t c)
{
    return c == '\'' || c == RIGHT_QUOTE || c == MODIFIER_APOSTROPHE;
}

static bool in(uint32_t c, uint32_t first, uint32_t last)
{
    return c >= first && c <= last;
}

/* ---- Most words ------------------------------------------------------------
 * Nearly all are of a to z, а to я and ა to ჰ alone, with a capital in front at
 * most: they need no tables.
 */

/* А to Я are D0 90 to D0 AF; а to п follow them, р to я are D1 80 to D1 8F. */
static void lower_russian(const unsigned char *p, unsigned char *target)
{
    bool is_capital = p[0] == 0xD0 && p[1] < 0xB0;
    bool crosses = is_capital && p[1] >= 0xA0;
    target[0] = crosses ? 0xD1 : p[0];
    target[1] = (unsigned char)(!is_capital ? p[1]
                                : crosses   ? p[1] - 0x20
                                            : p[1] + 0x20);
}

/* word in lower case, of the same length; false when it has anything else. */
static bool fold_most(struct str word, char target[SEARCH_FOLD_BYTES])
{
    const unsigned char *p = (const unsigned char *)word.ptr;
    unsigned char *out = (unsigned char *)target;
    size_t i = 0;
    while (i < word.len) {
        if (p[i] < 0x80) {
            bool is_capital = p[i] >= 'A' && p[i] <= 'Z';
            out[i] = is_capital ? p[i] | 0x20 : p[i];
            i++;
        } else if (search_is_russian(word, i)) {
            lower_russian(p + i, out + i);
            i += 2;
        } else if (search_is_georgian(word, i)) {
            memcpy(out + i, p + i, 3);
            i += 3;
        } else {
            return false;
        }
    }
    return true;
}

/* Whether the word, folded, has letters of those scripts alone. */
static bool has_no_accents(struct str word)
{
    size_t i = 0;
    while (i < word.len) {
        if ((unsigned char)word.ptr[i] < 0x80 && word.ptr[i] != '\'')
            i++;
        else if (search_is_russian(word, i))
            i += 2;
        else if (search_is_georgian(word, i))
            i += 3;
        else
            return false;
    }
    return true;
}

/* ---- Case ------------------------------------------------------------------
 */

/* Letters that are composed already and fold one to one: the usual case, for
 * which ICU's normaliser need not be asked. */
static bool folds_alone(uint32_t c, bool turkic)
{
    return c < 0x80 || in(c, 0xC0, 0xD6) || in(c, 0xD8, 0xDE) ||
           in(c, 0xE0, 0xF6) || in(c, 0xF8, 0x12F) || in(c, 0x134, 0x13E) ||
           in(c, 0x141, 0x148) || in(c, 0x14A, 0x17E) ||
           (turkic && in(c, 0x130, 0x131)) || in(c, 0x400, 0x481) ||
           in(c, 0x48A, 0x52F) || in(c, 0x10D0, 0x10FA) ||
           in(c, 0x391, 0x3CE) || in(c, 0x621, 0x63F) || in(c, 0x641, 0x64A) ||
           in(c, 0x5D0, 0x5EA) || c == RIGHT_QUOTE;
}

static bool is_plain(struct str word, bool turkic)
{
    uint32_t c;
    while (utf8_next(&word, &c))
        if (!folds_alone(c, turkic))
            return false;
    return true;
}

/* Vowel signs that dictionaries and scripture write and newspapers do not. */
static bool is_left_out(uint32_t c)
{
    return in(c, 0x064B, 0x065F) || c == 0x0670 || c == TATWEEL ||
           in(c, 0x0591, 0x05C7);
}

static uint32_t settle(uint32_t c)
{
    if (is_apostrophe(c))
        return '\'';
    if (c == IO)
        return 0x0435; /* most print е for it */
    if (c >= 0x660 && u_charType((UChar32)c) == U_DECIMAL_DIGIT_NUMBER)
        return (uint32_t)('0' + u_charDigitValue((UChar32)c));
    return c;
}

static bool is_cyrillic(uint32_t c)
{
    return in(c, 0x400, 0x52F);
}

/* Composed, folded text in UTF-16, to UTF-8 with our own rules. */
static void put_units(struct output *output, const UChar *units, int32_t count)
{
    uint32_t before = 0;
    for (int32_t i = 0; i < count;) {
        UChar32 c;
        U16_NEXT(units, i, count, c);
        bool stress = is_cyrillic(before) && (c == 0x300 || c == 0x301);
        if (!stress && !is_left_out((uint32_t)c) && !U_IS_SURROGATE(c))
            put(output, settle((uint32_t)c));
        before = (uint32_t)c;
    }
}

static void fold_any(struct str word, struct output *output)
{
    UChar units[UNITS_MAX], folded[UNITS_MAX];
    int32_t count = 0, folded_count;
    UErrorCode error = U_ZERO_ERROR;
    const UNormalizer2 *normalizer = unorm2_getNFKCCasefoldInstance(&error);
    u_strFromUTF8WithSub(units, UNITS_MAX, &count, word.ptr, (int32_t)word.len,
                         UTF8_REPLACEMENT, NULL, &error);
    folded_count =
        unorm2_normalize(normalizer, units, count, folded, UNITS_MAX, &error);
    if (U_SUCCESS(error))
        put_units(output, folded, folded_count);
}

struct str search_fold_case(struct str word, bool turkic,
                            char target[SEARCH_FOLD_BYTES])
{
    struct output output = {target, target + SEARCH_FOLD_BYTES};
    word = utf8_cut(word, SEARCH_FOLD_BYTES);
    if (!turkic && fold_most(word, target))
        return str_of(target, word.len);
    uint32_t options =
        turkic ? U_FOLD_CASE_EXCLUDE_SPECIAL_I : U_FOLD_CASE_DEFAULT;
    if (!is_plain(word, turkic)) {
        fold_any(word, &output);
        return str_of(target, (size_t)(output.at - target));
    }
    for (uint32_t c; utf8_next(&word, &c);)
        put(&output, settle((uint32_t)u_foldCase((UChar32)c, options)));
    return str_of(target, (size_t)(output.at - target));
}

/* ---- Accents ---------------------------------------------------------------
 */

/* Letters that Unicode does not take apart. */
static const struct {
    uint32_t letter;
    const char *as;
} spelled[] = {
    {0xDF, "ss"}, {0xE6, "ae"},  {0xF0, "d"},  {0xF8, "o"},  {0xFE, "th"},
    {0x111, "d"}, {0x127, "h"},  {0x131, "i"}, {0x138, "k"}, {0x142, "l"},
    {0x14B, "n"}, {0x153, "oe"}, {0x167, "t"}, {0x180, "b"}, {0x192, "f"},
    {0x1DD, "e"}, {0x259, "e"},
};

static bool put_spelled(struct output *output, uint32_t c)
{
    for (size_t i = 0; i < sizeof spelled / sizeof *spelled; i++) {
        if (spelled[i].letter != c)
            continue;
        for (const char *at = spelled[i].as; *at; at++)
            put(output, (uint32_t)*at);
        return true;
    }
    return false;
}

/* Scripts whose marks readers leave out. */
static bool has_accents(uint32_t c)
{
    return in(c, 0xC0, 0x24F) || in(c, 0x1E00, 0x1FFF) || in(c, 0x370, 0x3FF) ||
           in(c, 0x622, 0x626);
}

/* The letter that carries the marks. */
static uint32_t base_letter(uint32_t c)
{
    UErrorCode error = U_ZERO_ERROR;
    const UNormalizer2 *normalizer = unorm2_getNFDInstance(&error);
    UChar parts[8];
    int32_t count =
        unorm2_getDecomposition(normalizer, (UChar32)c, parts, 8, &error);
    return U_SUCCESS(error) && count > 0 ? parts[0] : c;
}

static uint32_t arabic_letter(uint32_t c)
{
    if (c == ALEF_MAKSURA || c == 0x06CC) /* Persian yeh */
        return YEH;
    if (c == TEH_MARBUTA)
        return HEH;
    return c == 0x06A9 ? 0x0643 : c; /* Persian kaf */
}

struct str search_fold_accents(struct str word, char target[SEARCH_FOLD_BYTES])
{
    struct output output = {target, target + SEARCH_FOLD_BYTES};
    uint32_t before = 0;
    if (word.len <= SEARCH_FOLD_BYTES && has_no_accents(word)) {
        memcpy(target, word.ptr, word.len);
        return str_of(target, word.len);
    }
    for (uint32_t c; utf8_next(&word, &c); before = c) {
        bool mark = in(c, 0x300, 0x36F) && !is_cyrillic(before);
        if (c == '\'' || mark || put_spelled(&output, c))
            continue;
        put(&output, has_accents(c) ? base_letter(c) : arabic_letter(c));
    }
    return str_of(target, (size_t)(output.at - target));
}
