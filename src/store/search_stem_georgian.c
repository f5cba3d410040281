// SPDX-License-Identifier: Apache-2.0
/* A light stemmer for Georgian, which Snowball lacks.
 *
 * A Georgian noun is stem + (ებ, plural) + case + (postposition) + (ც, "also"):
 * ქალაქ-ი, ქალაქ-ს, ქალაქ-ებ-ის, ქალაქ-ებ-ში, ქალაქ-ებ-იდან-აც. What stands
 * before a postposition is fixed by it (ში and ზე have the dative, whose ს they
 * swallow; თვის, გან and კენ the genitive; დან the instrumental), so both go in
 * one step. Then:
 *
 *   - stems in a vowel lose it, since ა and ე fall before ის and ით: კატ-ა,
 *     კატ-ის;
 *   - a vowel before a last ლ რ ნ მ goes, since it falls in many stems: წყალ-ი,
 *     წყლ-ის; ქვეყან-ა, ქვეყნ-ის. All forms of a word pass here, so those
 *     that keep it meet as well.
 *
 * The rules are those of the declensions in Aronson, Georgian: A Reading
 * Grammar, and Hewitt, Georgian: A Structural Reference Grammar. Verbs are left
 * to what of this happens to fit them. */
#include <stdbool.h>

#include "store/search_stem.h"

enum {
    LETTER_BYTES = 3, /* every letter of the modern alphabet, in UTF-8 */
    STEM_LETTERS_MIN = 2,
};

struct ending {
    struct str text;
    enum { ALWAYS, AFTER_CONSONANT, AFTER_VOWEL } after;
};

#define ENDING(text_, after_) \
    { \
        STR_INIT(text_), after_ \
    }

/* Longest first where one ends another. */
static const struct ending postpositions[] = {
    ENDING("ისთვის", ALWAYS),
    ENDING("სთვის", AFTER_VOWEL),
    ENDING("ისგან", ALWAYS),
    ENDING("სგან", AFTER_VOWEL),
    ENDING("ისკენ", ALWAYS),
    ENDING("სკენ", AFTER_VOWEL),
    ENDING("ისას", AFTER_CONSONANT),
    ENDING("იდან", ALWAYS),
    ENDING("დან", AFTER_VOWEL),
    ENDING("ამდე", AFTER_CONSONANT),
    ENDING("მდე", AFTER_VOWEL),
    ENDING("ასავით", AFTER_CONSONANT),
    ENDING("სავით", AFTER_VOWEL),
    ENDING("ივით", ALWAYS),
    ENDING("სთან", AFTER_VOWEL),
    ENDING("თან", AFTER_CONSONANT),
    ENDING("ში", ALWAYS),
    ENDING("ზე", ALWAYS),
};

static const struct ending cases[] = {
    ENDING("ისა", AFTER_CONSONANT),
    ENDING("ის", ALWAYS),
    ENDING("ითა", AFTER_CONSONANT),
    ENDING("ით", ALWAYS),
    ENDING("მა", AFTER_CONSONANT),
    ENDING("ად", AFTER_CONSONANT),
    ENDING("თა", AFTER_CONSONANT),
    ENDING("მ", AFTER_VOWEL),
    ENDING("ს", ALWAYS),
    ENDING("ი", AFTER_CONSONANT),
};

/* Words whose own end looks like the ergative's მა. */
static const struct str not_ergative[] = {
    STR_INIT("ფორმა"),
    STR_INIT("ნორმა"),
    STR_INIT("ფირმა"),
};

static struct str last_letter(struct str word)
{
    return word.len < LETTER_BYTES ? STR("")
                                   : str_from(word, word.len - LETTER_BYTES);
}

static bool is_one_of(struct str letter, struct str letters)
{
    for (size_t at = 0; letter.len && at < letters.len; at += LETTER_BYTES)
        if (str_eq(str_slice(letters, at, LETTER_BYTES), letter))
            return true;
    return false;
}

static bool ends_in_vowel(struct str word)
{
    return is_one_of(last_letter(word), STR("აეიოუ"));
}

static struct str shorten(struct str word, size_t bytes)
{
    return str_slice(word, 0, word.len - bytes);
}

static bool leaves_stem(struct str word, size_t bytes)
{
    return word.len >= bytes + (size_t)STEM_LETTERS_MIN * LETTER_BYTES;
}

/* False when word does not end so. */
static bool strip(struct str *word, const struct ending *ending)
{
    if (!str_ends_with(*word, ending->text) ||
        !leaves_stem(*word, ending->text.len))
        return false;
    struct str rest = shorten(*word, ending->text.len);
    if (ending->after != ALWAYS &&
        ends_in_vowel(rest) != (ending->after == AFTER_VOWEL))
        return false;
    *word = rest;
    return true;
}

static bool strip_one(struct str *word, const struct ending *endings,
                      size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strip(word, &endings[i]))
            return true;
    return false;
}

static void strip_case(struct str *word)
{
    for (size_t i = 0; i < sizeof not_ergative / sizeof *not_ergative; i++)
        if (str_ends_with(*word, not_ergative[i]))
            return;
    strip_one(word, cases, sizeof cases / sizeof *cases);
}

/* ქალაქებ-ი-ც, ქალაქმა-ც, ქალაქში-ც; behind a consonant an ა comes between:
 * ქალაქიდან-ა-ც. */
static void strip_also(struct str *word)
{
    static const struct ending between[] = {
        ENDING("დანა", ALWAYS),
        ENDING("განა", ALWAYS),
        ENDING("თანა", ALWAYS),
        ENDING("თვისა", ALWAYS),
    };
    struct ending also = ENDING("ც", AFTER_VOWEL);
    if (!leaves_stem(*word, 2 * LETTER_BYTES) || !strip(word, &also))
        return;
    for (size_t i = 0; i < sizeof between / sizeof *between; i++) {
        struct str stem = *word;
        if (strip(&stem, &between[i])) {
            *word = shorten(*word, LETTER_BYTES);
            return;
        }
    }
}

/* Not ი: behind consonants it was the nominative, and in დემოკრატი-ა it is the
 * stem's. */
static void strip_vowel(struct str *word)
{
    if (is_one_of(last_letter(*word), STR("აეოუ")) &&
        leaves_stem(*word, LETTER_BYTES))
        *word = shorten(*word, LETTER_BYTES);
}

static void strip_plural(struct str *word)
{
    struct ending plural = ENDING("ებ", ALWAYS);
    if (strip(word, &plural))
        strip_vowel(word);
}

static bool is_georgian(struct str word)
{
    if (word.len % LETTER_BYTES)
        return false;
    for (size_t at = 0; at < word.len; at += LETTER_BYTES)
        if (!str_starts_with(str_from(word, at), STR("\xE1\x83")))
            return false;
    return true;
}

struct str search_stem_georgian(struct str word, char *target)
{
    if (!is_georgian(word) || !leaves_stem(word, LETTER_BYTES))
        return word;
    strip_also(&word);
    if (!strip_one(&word, postpositions,
                   sizeof postpositions / sizeof *postpositions))
        strip_case(&word);
    strip_vowel(&word);
    strip_plural(&word);
    memcpy(target, word.ptr, word.len);
    struct str last = last_letter(word);
    struct str before = last_letter(shorten(word, last.len));
    if (leaves_stem(word, 2 * LETTER_BYTES) && is_one_of(last, STR("ლრნმ")) &&
        is_one_of(before, STR("აეო"))) {
        size_t at = word.len - 2 * LETTER_BYTES;
        memcpy(target + at, last.ptr, LETTER_BYTES);
        return str_of(target, at + LETTER_BYTES);
    }
    return str_of(target, word.len);
}
