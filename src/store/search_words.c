// SPDX-License-Identifier: Apache-2.0
#include "store/search_words.h"

#include <assert.h>
#include <stdlib.h>
#include <unicode/uchar.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "store/search_fold.h"
#include "store/search_letter_internal.h"
#include "store/search_stem.h"

enum {
    GRAM_LETTERS_MAX = 3,
    WORD_BYTES_MAX = 128, /* of one word; what is longer is found by these */
    MARK_CHARACTER = 0xE000,
    KEPT_STEMS = 16384, /* a power of two */
    KEPT_BYTES = 46,    /* fifteen letters of Georgian */
    KEPT_WORTH_MAX = 15,
};

enum kind {
    OTHER,
    LETTER,
    DIGIT,
    INSIDE, /* marks and joiners: part of a word that has begun */
    APOSTROPHE,
    STOP,
    GRAM2,
    GRAM3,
    MARK,
};

/* Stems of words met before: the same few thousand words make most of all
 * texts. Each has one place, from which a word that is met often is not driven
 * by those that are met once. */
struct kept_stem {
    uint8_t word_len, term_len;
    uint8_t worth; /* grows as it is met, shrinks as others want the place */
    char word[KEPT_BYTES], term[KEPT_BYTES];
};

struct search_words {
    struct search_stemmer *stemmer;
    bool turkic;
    bool elides;
    struct kept_stem kept[KEPT_STEMS];
};

static bool is_language(struct str language, struct str codes)
{
    struct str main_code = str_slice(language, 0, 2), code;
    if (language.len > 2 && language.ptr[2] != '-')
        return false;
    while (str_split_next(&codes, ' ', &code))
        if (str_eq(code, main_code))
            return true;
    return false;
}

enum err search_words_create(struct str language,
                             struct search_words **ret_words)
{
    struct search_words *words = calloc(1, sizeof *words);
    if (!words)
        return ERR_NO_MEMORY;
    enum err err = search_stemmer_create(language, &words->stemmer);
    if (err) {
        free(words);
        return err;
    }
    words->turkic = is_language(language, STR("tr az"));
    words->elides = is_language(language, STR("fr it ca oc"));
    *ret_words = words;
    return ERR_OK;
}

void search_words_destroy(struct search_words *words)
{
    if (!words)
        return;
    search_stemmer_destroy(words->stemmer);
    free(words);
}

/* ---- Letters ---------------------------------------------------------------
 */

static enum kind kind_of_ascii(unsigned char c)
{
    unsigned char lower = c | 0x20;
    if (lower >= 'a' && lower <= 'z')
        return LETTER;
    if (c >= '0' && c <= '9')
        return DIGIT;
    if (c == '\'')
        return APOSTROPHE;
    return c == '.' ? STOP : OTHER;
}

/* Blocks of scripts without spaces between words. */
static const struct {
    uint32_t first, last;
    enum kind kind;
} gram_blocks[] = {
    {0x0E00, 0x0EFF, GRAM3},   /* Thai, Lao */
    {0x1000, 0x109F, GRAM3},   /* Myanmar */
    {0x1100, 0x11FF, GRAM2},   /* Hangul jamo */
    {0x1780, 0x17FF, GRAM3},   /* Khmer */
    {0x3005, 0x3007, GRAM2},   /* 々〆〇 */
    {0x3041, 0x30FF, GRAM2},   /* kana */
    {0x3105, 0x312F, GRAM2},   /* bopomofo */
    {0x31F0, 0x31FF, GRAM2},   /* kana */
    {0x3400, 0x4DBF, GRAM2},   /* Han */
    {0x4E00, 0x9FFF, GRAM2},   /* Han */
    {0xAC00, 0xD7A3, GRAM2},   /* Hangul */
    {0xF900, 0xFAFF, GRAM2},   /* Han */
    {0xFF66, 0xFF9D, GRAM2},   /* kana, half the width */
    {0x20000, 0x3FFFF, GRAM2}, /* Han */
};

static enum kind kind_of_gram(uint32_t c)
{
    if (c == 0x30FB) /* the dot between names in kana */
        return OTHER;
    for (size_t i = 0; i < sizeof gram_blocks / sizeof *gram_blocks; i++)
        if (c >= gram_blocks[i].first && c <= gram_blocks[i].last)
            return u_isalnum((UChar32)c) ||
                           u_charType((UChar32)c) == U_NON_SPACING_MARK ||
                           u_charType((UChar32)c) == U_COMBINING_SPACING_MARK
                       ? gram_blocks[i].kind
                       : OTHER;
    return LETTER;
}

static enum kind kind_of(uint32_t c)
{
    if (c < 128)
        return kind_of_ascii((unsigned char)c);
    if (c == 0x2019 || c == 0x02BC)
        return APOSTROPHE;
    if (c == MARK_CHARACTER)
        return MARK;
    if (c >= 0x0E00) {
        enum kind kind = kind_of_gram(c);
        if (kind != LETTER)
            return kind;
    }
    switch (u_charType((UChar32)c)) {
    case U_UPPERCASE_LETTER:
    case U_LOWERCASE_LETTER:
    case U_TITLECASE_LETTER:
    case U_MODIFIER_LETTER:
    case U_OTHER_LETTER:
    case U_LETTER_NUMBER:
        return LETTER;
    case U_DECIMAL_DIGIT_NUMBER:
        return DIGIT;
    case U_NON_SPACING_MARK:
    case U_COMBINING_SPACING_MARK:
    case U_ENCLOSING_MARK:
        return INSIDE;
    case U_FORMAT_CHAR:
        return c == 0x200B ? OTHER : INSIDE; /* a space of no width */
    default:
        return OTHER;
    }
}

/* ---- Walking ---------------------------------------------------------------
 */

struct walk {
    struct search_words *words;
    enum search_words_mode mode;
    struct str text;
    size_t at;   /* of the next character */
    size_t next; /* behind it */
    enum kind kind;
    int (*visit)(void *context, const struct search_word *word);
    void *context;
};

/* Looks at the character at walk->next. False at the end. */
static bool step(struct walk *walk)
{
    walk->at = walk->next;
    if (walk->at >= walk->text.len) {
        walk->kind = OTHER;
        return false;
    }
    unsigned char byte = (unsigned char)walk->text.ptr[walk->at];
    if (byte < 128) {
        walk->kind = kind_of_ascii(byte);
        walk->next = walk->at + 1;
        return true;
    }
    size_t len = search_is_russian(walk->text, walk->at)    ? 2
                 : search_is_georgian(walk->text, walk->at) ? 3
                                                            : 0;
    if (len) {
        walk->kind = LETTER;
        walk->next = walk->at + len;
        return true;
    }
    struct str rest = str_from(walk->text, walk->at);
    uint32_t c = 0;
    utf8_next(&rest, &c);
    walk->kind = kind_of(c);
    walk->next = walk->text.len - rest.len;
    return true;
}

/* What stands behind the current character. */
static enum kind peek(const struct walk *walk)
{
    struct walk ahead = *walk;
    step(&ahead);
    return ahead.kind;
}

static int tell(const struct walk *walk, struct str term, size_t start,
                size_t end)
{
    if (!term.len)
        return 0;
    return walk->visit(walk->context, &(struct search_word){
                                          .term = term,
                                          .start = start,
                                          .end = end,
                                      });
}

/* ---- Words -----------------------------------------------------------------
 */

static struct kept_stem *kept_of(struct search_words *words, struct str word)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < word.len; i++)
        hash = (hash ^ (unsigned char)word.ptr[i]) * 16777619u;
    return &words->kept[(hash ^ hash >> 15) % KEPT_STEMS];
}

static struct str make_term(struct search_words *words, struct str word,
                            char target[SEARCH_FOLD_BYTES])
{
    char folded[SEARCH_FOLD_BYTES];
    struct str lower = search_fold_case(word, words->turkic, folded);
    return search_fold_accents(search_stem(words->stemmer, lower), target);
}

static struct str stem_of(struct search_words *words, struct str word,
                          char target[SEARCH_FOLD_BYTES])
{
    if (word.len > KEPT_BYTES)
        return make_term(words, word, target);
    struct kept_stem *kept = kept_of(words, word);
    if (kept->word_len == word.len &&
        memcmp(kept->word, word.ptr, word.len) == 0) {
        if (kept->worth < KEPT_WORTH_MAX)
            kept->worth++;
        return str_of(kept->term, kept->term_len);
    }
    struct str term = make_term(words, word, target);
    if (kept->worth) {
        kept->worth--;
    } else if (term.len <= KEPT_BYTES) {
        memcpy(kept->word, word.ptr, word.len);
        memcpy(kept->term, term.ptr, term.len);
        kept->word_len = (uint8_t)word.len;
        kept->term_len = (uint8_t)term.len;
        kept->worth = 1;
    }
    return term;
}

static bool has_digit(struct str word)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.ptr[i] >= '0' && word.ptr[i] <= '9')
            return true;
    return false;
}

static int tell_word(const struct walk *walk, struct str word, size_t start,
                     size_t end)
{
    char target[SEARCH_FOLD_BYTES], folded[SEARCH_FOLD_BYTES];
    struct search_words *words = walk->words;
    word = utf8_cut(word, WORD_BYTES_MAX);
    if (walk->mode == SEARCH_WORDS_SPELLED) {
        struct str term = search_fold_case(word, words->turkic, target);
        return has_digit(term) ? 0 : tell(walk, term, start, end);
    }
    if (walk->mode == SEARCH_WORDS_UNSTEMMED) {
        struct str lower = search_fold_case(word, words->turkic, folded);
        return tell(walk, search_fold_accents(lower, target), start, end);
    }
    return tell(walk, stem_of(words, word, target), start, end);
}

static bool is_elided(struct str word)
{
    static const struct str articles[] = {
        STR_INIT("l"),      STR_INIT("d"),      STR_INIT("j"),
        STR_INIT("m"),      STR_INIT("t"),      STR_INIT("s"),
        STR_INIT("n"),      STR_INIT("c"),      STR_INIT("qu"),
        STR_INIT("jusqu"),  STR_INIT("lorsqu"), STR_INIT("puisqu"),
        STR_INIT("quoiqu"), STR_INIT("un"),     STR_INIT("dell"),
        STR_INIT("all"),    STR_INIT("dall"),   STR_INIT("nell"),
        STR_INIT("sull"),   STR_INIT("quell"),
    };
    for (size_t i = 0; i < sizeof articles / sizeof *articles; i++)
        if (str_eq_ascii_case(articles[i], word))
            return true;
    return false;
}

/* "U.S.", "т.е.": single letters with full stops between become one word.
 * False, and the walk where it was, when it is something else. */
static bool join_letters(struct walk *walk, char target[WORD_BYTES_MAX],
                         struct str *ret_word)
{
    struct walk ahead = *walk;
    size_t len = 0, letters = 0;
    while (ahead.kind == LETTER && len + UTF8_BYTES_MAX <= WORD_BYTES_MAX) {
        memcpy(target + len, ahead.text.ptr + ahead.at, ahead.next - ahead.at);
        len += ahead.next - ahead.at;
        letters++;
        step(&ahead);
        if (ahead.kind != STOP)
            break;
        step(&ahead);
    }
    if (letters < 2 || ahead.kind == LETTER || ahead.kind == DIGIT ||
        ahead.kind == INSIDE)
        return false;
    *walk = ahead;
    *ret_word = str_of(target, len);
    return true;
}

static struct str slice(const struct walk *walk, size_t start)
{
    return str_slice(walk->text, start, walk->at - start);
}

/* From the letter or digit the walk is at to behind the word. */
static int walk_word(struct walk *walk)
{
    size_t start = walk->at;
    char joined[WORD_BYTES_MAX];
    struct str word;
    if (walk->kind == LETTER && peek(walk) == STOP &&
        join_letters(walk, joined, &word))
        return tell_word(walk, word, start, walk->at);
    for (;;) {
        step(walk);
        if (walk->kind == LETTER || walk->kind == DIGIT || walk->kind == INSIDE)
            continue;
        if (walk->kind != APOSTROPHE || peek(walk) != LETTER)
            break;
        if (walk->words->elides && is_elided(slice(walk, start)))
            start = walk->next;
    }
    return tell_word(walk, slice(walk, start), start, walk->at);
}

/* ---- Scripts without spaces ------------------------------------------------
 */

struct grams {
    size_t starts[GRAM_LETTERS_MAX + 1];
    size_t count; /* letters held, of which a gram is made */
    size_t size;  /* letters in a gram */
    bool any;     /* a whole one was told */
};

static int tell_gram(const struct walk *walk, const struct grams *grams,
                     size_t letters)
{
    char target[SEARCH_FOLD_BYTES];
    size_t start = grams->starts[0], end = grams->starts[letters];
    if (walk->mode == SEARCH_WORDS_SPELLED)
        return 0;
    struct str term = search_fold_case(
        str_slice(walk->text, start, end - start), false, target);
    return walk->visit(walk->context, &(struct search_word){
                                          .term = term,
                                          .start = start,
                                          .end = end,
                                          .is_gram = true,
                                          .is_short = letters < grams->size,
                                      });
}

static void drop_first(struct grams *grams)
{
    memmove(grams->starts, grams->starts + 1,
            grams->count * sizeof *grams->starts);
    grams->count--;
}

/* The run ends at walk->at; what is left is told as the beginnings of grams,
 * so that asking for a beginning finds it. */
static int tell_tail(const struct walk *walk, struct grams *grams)
{
    int result = 0;
    grams->starts[grams->count] = walk->at;
    bool all = walk->mode == SEARCH_WORDS_OF_TEXT, wanted = all || !grams->any;
    while (!result && wanted && grams->count) {
        result = tell_gram(walk, grams, grams->count);
        wanted = all;
        drop_first(grams);
    }
    return result;
}

static int walk_grams(struct walk *walk)
{
    enum kind kind = walk->kind;
    struct grams grams = {.size = kind == GRAM2 ? 2 : 3};
    int result = 0;
    while (!result && walk->kind == kind) {
        grams.starts[grams.count++] = walk->at;
        step(walk);
        if (grams.count < grams.size)
            continue;
        grams.starts[grams.count] = walk->at;
        result = tell_gram(walk, &grams, grams.size);
        grams.any = true;
        drop_first(&grams);
    }
    return result ? result : tell_tail(walk, &grams);
}

/* ---- Marks -----------------------------------------------------------------
 */

static int walk_mark(struct walk *walk)
{
    size_t start = walk->at;
    do
        step(walk);
    while (walk->kind == LETTER || walk->kind == DIGIT);
    if (walk->mode == SEARCH_WORDS_SPELLED)
        return 0;
    return tell(walk, slice(walk, start), start, walk->at);
}

/* ---- Terms that are made already -------------------------------------------
 */

static int walk_terms(const struct walk *walk, struct str terms)
{
    struct str term;
    int result = 0;
    while (!result && str_split_next(&terms, ' ', &term))
        result = tell(walk, term, (size_t)(term.ptr - walk->text.ptr),
                      (size_t)(term.ptr + term.len - walk->text.ptr));
    return result;
}

static int write_term(void *context, const struct search_word *word)
{
    struct buf *out = context;
    buf_add(out, word->term);
    buf_add_char(out, ' ');
    return 0;
}

void search_words_write_terms(struct search_words *words, struct str text,
                              struct buf *out)
{
    buf_add_c(out, SEARCH_TERMS);
    search_words_each(words, SEARCH_WORDS_OF_TEXT, text, write_term, out);
}

int search_words_each(
    struct search_words *words, enum search_words_mode mode, struct str text,
    int (*visit)(void *context, const struct search_word *word), void *context)
{
    assert(words);
    struct walk walk = {
        .words = words,
        .mode = mode,
        .text = text,
        .visit = visit,
        .context = context,
    };
    int result = 0;
    if (mode == SEARCH_WORDS_OF_TEXT &&
        str_starts_with(text, STR(SEARCH_TERMS)))
        return walk_terms(&walk, str_from(text, sizeof SEARCH_TERMS - 1));
    bool more = step(&walk);
    while (!result && more) {
        if (walk.kind == LETTER || walk.kind == DIGIT)
            result = walk_word(&walk);
        else if (walk.kind == GRAM2 || walk.kind == GRAM3)
            result = walk_grams(&walk);
        else if (walk.kind == MARK)
            result = walk_mark(&walk);
        else
            step(&walk);
        more = walk.at < text.len;
    }
    return result;
}

void search_words_first_letter(struct str text, struct arena *arena,
                               struct str *ret_lower, struct str *ret_upper)
{
    char bytes[UTF8_BYTES_MAX];
    struct str rest = text;
    uint32_t c = 0;
    *ret_lower = *ret_upper = text;
    if (!utf8_next(&rest, &c))
        return;
    size_t len = utf8_encode((uint32_t)u_tolower((UChar32)c), bytes);
    *ret_lower = arena_concat(arena, str_of(bytes, len), rest);
    len = utf8_encode((uint32_t)u_toupper((UChar32)c), bytes);
    *ret_upper = arena_concat(arena, str_of(bytes, len), rest);
}

struct str search_words_strip_marks(struct str text, struct arena *arena)
{
    static const struct str both = STR_INIT("\xEE\x80"); /* what they share */
    const size_t len = sizeof SEARCH_MARK - 1;
    if (str_find_char(text, both.ptr[0]) < 0)
        return text; /* nearly always */
    ptrdiff_t at = str_find(text, both);
    if (at < 0)
        return text;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, text.len);
    for (; at >= 0; at = str_find(text, both)) {
        struct str found = str_from(text, (size_t)at);
        bool drops = str_starts_with(found, STR(SEARCH_MARK)) ||
                     str_starts_with(found, STR(SEARCH_TERMS));
        buf_add(&out, str_slice(text, 0, (size_t)at + (drops ? 0 : both.len)));
        text = str_from(found, drops ? len : both.len);
    }
    buf_add(&out, text);
    return arena_copy(arena, buf_str(&out));
}
