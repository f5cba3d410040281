// SPDX-License-Identifier: Apache-2.0
/* What a reader may have meant who found next to nothing: each word that the
 * dictionary lacks, replaced by the nearest one it has. */
#include "base/utf8.h"
#include "content/row_internal.h"
#include "content/search_asking_internal.h"

enum {
    WORD_CHARACTERS_MIN = 3,
    WORD_CHARACTERS_MAX = 32,
    SHORT_CHARACTERS = 5, /* up to here one mistake is enough */
    DISTANCE_MAX = 2,
    LOOKED_AT_MAX = 60 * 1000, /* words of one first letter */
    COMMONER = 10, /* times, for a word that is known to be doubted */
    LAST_CHARACTER = 0x10FFFF,
};

struct letters {
    uint32_t at[WORD_CHARACTERS_MAX];
    size_t count;
};

static bool read_letters(struct str word, struct letters *letters)
{
    uint32_t c;
    letters->count = 0;
    while (utf8_next(&word, &c)) {
        if (letters->count == WORD_CHARACTERS_MAX)
            return false;
        letters->at[letters->count++] = c;
    }
    return true;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Letters to put in, take out, replace, or swap with their neighbour (optimal
 * string alignment). */
static size_t distance(const struct letters *a, const struct letters *b)
{
    size_t rows[3][WORD_CHARACTERS_MAX + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t k = 0; k <= b->count; k++)
        last[k] = k;
    for (size_t i = 1; i <= a->count; i++) {
        row[0] = i;
        for (size_t k = 1; k <= b->count; k++) {
            bool same = a->at[i - 1] == b->at[k - 1];
            row[k] = least(least(last[k], row[k - 1]) + 1, last[k - 1] + !same);
            if (i > 1 && k > 1 && a->at[i - 1] == b->at[k - 2] &&
                a->at[i - 2] == b->at[k - 1])
                row[k] = least(row[k], before[k - 2] + 1);
        }
        size_t *free_row = before;
        before = last;
        last = row;
        row = free_row;
    }
    return last[b->count];
}

struct nearest {
    struct letters typed;
    size_t allowed;
    struct str word;
    size_t distance;
    int64_t documents;
    int64_t known; /* articles with the word as typed */
};

static void consider(struct nearest *nearest, struct str word,
                     int64_t documents, struct arena *arena)
{
    struct letters letters;
    if (!read_letters(word, &letters) ||
        letters.count + nearest->allowed < nearest->typed.count ||
        letters.count > nearest->typed.count + nearest->allowed)
        return;
    size_t far = distance(&nearest->typed, &letters);
    if (far == 0)
        nearest->known = documents;
    if (far == 0 || far > nearest->allowed || far > nearest->distance ||
        (far == nearest->distance && documents <= nearest->documents))
        return;
    nearest->word = arena_copy(arena, word);
    nearest->distance = far;
    nearest->documents = documents;
}

/* Words that begin with the letter. */
static enum err look_at(struct asking *asking, struct nearest *nearest,
                        uint32_t letter)
{
    char first[UTF8_BYTES_MAX], last[2 * UTF8_BYTES_MAX];
    size_t len = utf8_encode(letter, first);
    memcpy(last, first, len);
    size_t end = len + utf8_encode(LAST_CHARACTER, last + len);
    DEFER(db_query_end)
    struct db_query query =
        db_ask(asking->db,
               "SELECT word, documents FROM search_word WHERE language = $1"
               " AND word >= $2 AND word < $3 LIMIT $4",
               DB_STR(asking->query->language), DB_STR(str_of(first, len)),
               DB_STR(str_of(last, end)), DB_I64(LOOKED_AT_MAX));
    while (db_query_next(&query))
        consider(nearest, db_column_peek(&query, 0), db_column_i64(&query, 1),
                 asking->arena);
    return db_query_err(&query);
}

struct spelled {
    struct arena *arena;
    struct str word;
    size_t count;
};

static int keep_spelled(void *context, const struct search_word *word)
{
    struct spelled *spelled = context;
    spelled->word = arena_copy(spelled->arena, word->term);
    spelled->count++;
    return 0;
}

/* *ret_word: a better word, or "". */
static enum err correct(struct asking *asking, const struct search_term *term,
                        struct str *ret_word)
{
    struct spelled spelled = {.arena = asking->arena};
    struct nearest nearest = {.distance = DISTANCE_MAX + 1};
    *ret_word = STR("");
    search_words_each(asking->words, SEARCH_WORDS_SPELLED, term->text,
                      keep_spelled, &spelled);
    if (spelled.count != 1 || !read_letters(spelled.word, &nearest.typed) ||
        nearest.typed.count < WORD_CHARACTERS_MIN)
        return ERR_OK;
    nearest.allowed =
        nearest.typed.count <= SHORT_CHARACTERS ? 1 : DISTANCE_MAX;
    enum err err = look_at(asking, &nearest, nearest.typed.at[0]);
    if (!err && nearest.typed.at[1] != nearest.typed.at[0])
        err = look_at(asking, &nearest, nearest.typed.at[1]);
    if (!err && nearest.documents > nearest.known * COMMONER)
        *ret_word = nearest.word;
    return err;
}

static void write_term(struct buf *out, const struct search_term *term)
{
    const char *quote = term->kind == SEARCH_PHRASE ? "\"" : "";
    buf_printf(out, "%s%s%s%" PRI_STR "%s%s", out->len ? " " : "",
               term->excluded ? "-" : "", quote, ARG_STR(term->text), quote,
               term->kind == SEARCH_PREFIX ? "*" : "");
}

static struct str write_terms(const struct search_terms *terms,
                              struct arena *arena)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, (size_t)SEARCH_TEXT_BYTES_MAX * 4);
    for (size_t i = 0; i < terms->count; i++)
        write_term(&out, &terms->terms[i]);
    return arena_copy(arena, buf_str(&out));
}

/* Only what is found is offered. */
static enum err try_terms(struct asking *asking,
                          const struct search_terms *terms)
{
    struct asking other = *asking;
    struct search_expression expression;
    other.result = (struct search_result){0};
    enum err err = search_express(asking->db, asking->query, terms,
                                  asking->arena, &expression);
    if (err)
        return err;
    other.expression = expression;
    err = search_count_matches(&other);
    if (!err && other.result.total > asking->result.total)
        asking->result.offer = write_terms(terms, asking->arena);
    return err;
}

enum err search_offer(struct asking *asking)
{
    struct search_terms terms = asking->terms;
    bool any = false;
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < terms.count; i++) {
        struct search_term *term = &terms.terms[i];
        struct str word;
        if (term->excluded || term->kind != SEARCH_WORD)
            continue;
        err = correct(asking, term, &word);
        if (!err && word.len) {
            term->text = word;
            any = true;
        }
    }
    return !err && any ? try_terms(asking, &terms) : err;
}
