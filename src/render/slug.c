// SPDX-License-Identifier: Apache-2.0
#include "render/slug.h"

#include <assert.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "render/locale.h"

enum { SOURCE_BYTES_MAX = 1024 }; /* far more than the slug can hold */

/* clang-format off */

/* National romanisation (2002); its apostrophes have no place in an address. */
static const char *const GEORGIAN[] = { /* from U+10D0 */
    "a", "b", "g", "d", "e", "v", "z", "t", "i", "k", "l", "m", "n", "o", "p",
    "zh", "r", "s", "t", "u", "p", "k", "gh", "q", "sh", "ch", "ts", "dz",
    "ts", "ch", "kh", "j", "h", "e", "y", "w", "kh", "o", "f",
};

static const char *const CYRILLIC[] = { /* from U+0430 */
    "a", "b", "v", "g", "d", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o",
    "p", "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "", "y", "",
    "e", "yu", "ya",
    "e", "yo", "dj", "g", "ye", "dz", "i", "yi", "j", "lj", "nj", "c", "k",
    "i", "u", "dz",
};

static const char *const GREEK[] = { /* from U+03AC */
    "a", "e", "i", "i", "y", "a", "v", "g", "d", "e", "z", "i", "th", "i", "k",
    "l", "m", "n", "x", "o", "p", "r", "s", "s", "t", "y", "f", "ch", "ps",
    "o", "i", "y", "o", "y", "o",
};

static const char *const ARABIC[] = { /* from U+0621 */
    "", "a", "a", "w", "i", "y", "a", "b", "a", "t", "th", "j", "h", "kh", "d",
    "dh", "r", "z", "s", "sh", "s", "d", "t", "z", "", "gh",
    "", "", "", "", "", "", "f", "q", "k", "l", "m", "n", "h", "w", "a", "y",
    "", "", "", "", "", "", "", "", /* vowel marks */
};

struct letters {
    uint32_t first;
    uint32_t last;
    const char *const *roman;
};

#define LETTERS(first, table) \
    { (first), (first) + sizeof(table) / sizeof *(table) - 1, (table) }

static const struct letters LETTERS[] = {
    LETTERS(0x10D0, GEORGIAN),
    LETTERS(0x0430, CYRILLIC),
    LETTERS(0x03AC, GREEK),
    LETTERS(0x0621, ARABIC),
};

/* Capitals, by how far their small letters are. */
static const struct {
    uint32_t first;
    uint32_t last;
    int32_t to_small;
} CAPITALS[] = {
    { 0x1C90, 0x1CB8, 0x10D0 - 0x1C90 },
    { 0x0410, 0x042F, 0x20 },
    { 0x0400, 0x040F, 0x50 },
    { 0x0391, 0x03AB, 0x20 },
    { 0x0386, 0x0386, 0x26 },
    { 0x0388, 0x038A, 0x25 },
    { 0x038C, 0x038C, 0x40 },
    { 0x038E, 0x038F, 0x3F },
};

/* Single letters; with a language, for that language only. */
static const struct {
    const char *language;
    uint32_t letter;
    const char *roman;
} SINGLE[] = {
    { "uk", 0x0433, "h" },  { "uk", 0x0438, "y" },    { "uk", 0x0439, "i" },
    { "uk", 0x0457, "i" },  { "uk", 0x0454, "ie" },   { "be", 0x0433, "h" },
    { "bg", 0x0449, "sht" }, { "bg", 0x044A, "a" },   { "bg", 0x0445, "h" },
    { "mk", 0x0445, "h" },  { "sr", 0x0445, "h" },    { "sr", 0x0446, "c" },
    { "sr", 0x0458, "j" },  { "mk", 0x0446, "c" },
    { "de", 0x00E4, "ae" }, { "de", 0x00F6, "oe" },   { "de", 0x00FC, "ue" },
    { "de", 0x00C4, "ae" }, { "de", 0x00D6, "oe" },   { "de", 0x00DC, "ue" },
    { NULL, 0x0491, "g" },  { NULL, 0x0490, "g" },    { NULL, 0x0390, "i" },
    { NULL, 0x067E, "p" },  { NULL, 0x0686, "ch" },   { NULL, 0x0698, "zh" },
    { NULL, 0x06A9, "k" },  { NULL, 0x06AF, "g" },    { NULL, 0x06CC, "i" },
    { NULL, 0x06C0, "e" },  { NULL, 0x0670, "a" },
    { NULL, 0x0671, "a" },  { NULL, 0x0679, "t" },    { NULL, 0x0688, "d" },
    { NULL, 0x0691, "r" },  { NULL, 0x06C1, "h" },    { NULL, 0x06D2, "e" },
    /* What is written inside words and is not a letter. */
    { NULL, '\'', "" },     { NULL, 0x2019, "" },     { NULL, 0x02BC, "" },
    { NULL, 0x00AD, "" },   { NULL, 0x200D, "" },     { NULL, 0x0640, "" },
};
/* Greek υ behind another vowel (ELOT 743). */
static const struct {
    uint32_t before;
    uint32_t letter;
    const char *roman;
} PAIRS[] = {
    { 0x03B1, 0x03C5, "v" }, { 0x03B1, 0x03CD, "v" },
    { 0x03B5, 0x03C5, "v" }, { 0x03B5, 0x03CD, "v" },
    { 0x03BF, 0x03C5, "u" }, { 0x03BF, 0x03CD, "u" },
};
/* clang-format on */

enum { COMBINING_FIRST = 0x0300, COMBINING_LAST = 0x036F };

struct slugger {
    char bytes[SLUG_BYTES_MAX];
    size_t len;
    size_t word_start; /* of the newest word */
    bool parted;       /* the next letter begins a word */
    bool full;
};

static void add_letter(struct slugger *slug, char letter)
{
    bool begins = slug->parted && slug->len > 0;
    if (slug->full)
        return;
    if (slug->len + (begins ? 2 : 1) > SLUG_BYTES_MAX) {
        slug->full = true;
        if (!begins && slug->word_start > 0)
            slug->len = slug->word_start - 1; /* without the hyphen */
        return;
    }
    if (begins) {
        slug->bytes[slug->len++] = '-';
        slug->word_start = slug->len;
    }
    slug->parted = false;
    slug->bytes[slug->len++] = letter;
}

/* ASCII: letters and digits are taken, apostrophes skipped, all else parts. */
static void add_ascii(struct slugger *slug, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            add_letter(slug, c);
        else if (c != '\'')
            slug->parted = true;
    }
}

static uint32_t small_letter(uint32_t c)
{
    for (size_t i = 0; i < sizeof CAPITALS / sizeof *CAPITALS; i++)
        if (c >= CAPITALS[i].first && c <= CAPITALS[i].last)
            return c + (uint32_t)CAPITALS[i].to_small;
    return c;
}

/* NULL when no table has it. before is the letter before c. */
static const char *roman_letter(uint32_t before, uint32_t c,
                                struct str language)
{
    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++)
        if (PAIRS[i].letter == c && PAIRS[i].before == before)
            return PAIRS[i].roman;
    for (size_t i = 0; i < sizeof SINGLE / sizeof *SINGLE; i++)
        if (SINGLE[i].letter == c &&
            (!SINGLE[i].language ||
             str_eq(str_from_c(SINGLE[i].language), language)))
            return SINGLE[i].roman;
    if (c >= COMBINING_FIRST && c <= COMBINING_LAST)
        return "";
    for (size_t i = 0; i < sizeof LETTERS / sizeof *LETTERS; i++)
        if (c >= LETTERS[i].first && c <= LETTERS[i].last)
            return LETTERS[i].roman[c - LETTERS[i].first];
    return NULL;
}

/* Takes the run of characters that only ICU can read off *text. */
static struct str take_foreign(struct str *text, struct str language)
{
    struct str run = *text;
    uint32_t c;
    for (struct str rest = *text; utf8_next(&rest, &c); *text = rest)
        if (c < 0x80 || roman_letter(0, small_letter(c), language))
            break;
    run.len = (size_t)(text->ptr - run.ptr);
    return run;
}

static void add_all(struct slugger *slug, struct str text, struct str language,
                    struct arena *arena)
{
    uint32_t before = 0;
    while (text.len > 0 && !slug->full) {
        struct str rest = text;
        uint32_t c = 0;
        utf8_next(&rest, &c);
        c = small_letter(c);
        const char *roman = roman_letter(before, c, language);
        before = c;
        if (roman) {
            add_ascii(slug, str_from_c(roman));
        } else if (c < 0x80) {
            add_ascii(slug, str_slice(text, 0, 1));
        } else {
            struct str run = take_foreign(&text, language);
            add_ascii(slug, locale_romanise(run, arena));
            continue;
        }
        text = rest;
    }
}

struct str slug_make(struct str text, struct str language, struct arena *arena)
{
    assert(arena);
    struct slugger slug = {0};
    ptrdiff_t hyphen = str_find_char(language, '-');
    if (hyphen >= 0)
        language = str_slice(language, 0, (size_t)hyphen);
    add_all(&slug, utf8_cut(text, SOURCE_BYTES_MAX), language, arena);
    return arena_copy(arena, str_of(slug.bytes, slug.len));
}

bool slug_is_valid(struct str text)
{
    if (text.len == 0 || text.len > SLUG_BYTES_MAX)
        return false;
    bool after_hyphen = true;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!is_letter && (c != '-' || after_hyphen))
            return false;
        after_hyphen = c == '-';
    }
    return !after_hyphen;
}
