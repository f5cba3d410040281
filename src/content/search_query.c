// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "base/utf8.h"
#include "content/row_internal.h"
#include "content/search_query_internal.h"

enum {
    EXPRESSION_BYTES_MAX = 64 * 1024,
    EXPANSIONS_MAX = 16,  /* words that stand for a prefix */
    SMALL_ARCHIVE = 5000, /* articles: FTS5 itself may look for a prefix */
};

/* ---- Parsing ---------------------------------------------------------------
 */

static bool is_space(uint32_t c)
{
    return c <= ' ' || c == 0x7F || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200B) || c == 0x2028 || c == 0x2029 ||
           c == 0x202F || c == 0x205F || c == 0x3000 || c == 0xFEFF;
}

/* Quotes of all the languages we know; any of them closes any other. */
static bool is_quote(uint32_t c)
{
    return c == '"' || c == 0xAB || c == 0xBB || (c >= 0x201C && c <= 0x201F) ||
           c == 0x300C || c == 0x300D || c == 0x300E || c == 0x300F ||
           c == 0xFF02;
}

struct reader {
    struct str rest;
    uint32_t c; /* the next character */
    bool more;
};

static void look(struct reader *reader)
{
    struct str ahead = reader->rest;
    reader->more = utf8_next(&ahead, &reader->c);
}

static void move_on(struct reader *reader)
{
    utf8_next(&reader->rest, &reader->c);
    look(reader);
}

static int has_word(void *context, const struct search_word *word)
{
    bool *is_short = context;
    *is_short = word->is_short;
    return 1;
}

static void add_term(struct search_terms *terms, struct search_words *words,
                     struct search_term term)
{
    bool is_short = false;
    if (terms->count == SEARCH_TERMS_MAX ||
        !search_words_each(words, SEARCH_WORDS_OF_QUERY, term.text, has_word,
                           &is_short))
        return;
    if (is_short && term.kind == SEARCH_WORD)
        term.kind = SEARCH_PREFIX; /* one letter of Han */
    terms->wanted += !term.excluded;
    terms->terms[terms->count++] = term;
}

/* Characters up to a space or quote (of a phrase: a quote alone). */
static struct str read_run(struct reader *reader, bool phrase)
{
    const char *start = reader->rest.ptr;
    while (reader->more && !is_quote(reader->c) &&
           (phrase || !is_space(reader->c)))
        move_on(reader);
    return str_of(start, (size_t)(reader->rest.ptr - start));
}

static void read_term(struct reader *reader, struct search_words *words,
                      struct search_terms *terms)
{
    struct search_term term = {.kind = SEARCH_WORD};
    if (reader->c == '-') {
        move_on(reader);
        term.excluded = true;
    }
    if (reader->more && is_quote(reader->c)) {
        move_on(reader);
        term.kind = SEARCH_PHRASE;
        term.text = read_run(reader, true);
        if (reader->more)
            move_on(reader);
    } else {
        term.text = read_run(reader, false);
    }
    while (term.kind != SEARCH_PHRASE && str_ends_with(term.text, STR("*"))) {
        term.text.len--;
        term.kind = SEARCH_PREFIX;
    }
    add_term(terms, words, term);
}

/* Valid UTF-8 without control characters and marks. */
static struct str clean(struct str text, struct arena *arena)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, (size_t)SEARCH_TEXT_BYTES_MAX * UTF8_BYTES_MAX);
    text = utf8_cut(text, SEARCH_TEXT_BYTES_MAX);
    for (uint32_t c; utf8_next(&text, &c);) {
        char bytes[UTF8_BYTES_MAX];
        buf_add_bytes(&out, bytes, utf8_encode(c < ' ' ? ' ' : c, bytes));
    }
    return search_words_strip_marks(arena_copy(arena, buf_str(&out)), arena);
}

void search_parse(struct str text, struct search_words *words,
                  struct arena *arena, struct search_terms *ret_terms)
{
    struct search_terms terms = {.count = 0};
    struct reader reader = {.rest = clean(text, arena)};
    look(&reader);
    while (reader.more) {
        if (is_space(reader.c))
            move_on(&reader);
        else
            read_term(&reader, words, &terms);
    }
    *ret_terms = terms;
}

/* ---- Expressions -----------------------------------------------------------
 */

struct writing {
    struct db *db;
    const struct search_query *query;
    struct arena *arena;
    struct buf out;
    struct search_expression expression;
};

static void add_quoted(struct writing *writing, struct str text)
{
    struct str part;
    buf_add_char(&writing->out, '"');
    for (bool first = true; str_split_next(&text, '"', &part); first = false) {
        if (!first)
            buf_add_c(&writing->out, "\"\"");
        buf_add(&writing->out, part);
    }
    buf_add_char(&writing->out, '"');
}

/* instead: of the phrase before, not beside it. */
static void add_phrase(struct writing *writing, struct str text, bool counts,
                       bool instead)
{
    struct search_expression *expression = &writing->expression;
    add_quoted(writing, text);
    if (!counts)
        return;
    ROW_ADD(writing->arena, expression->phrases, expression->phrase_count) =
        text;
    ROW_ADD(writing->arena, expression->matching, expression->matching_count) =
        (struct search_matching){text, instead};
}

/* FTS5 reads all entries of all words with the prefix, which for a common one
 * takes seconds in a large archive: that is left to it only for what the
 * dictionary has not met yet, and not while there is none. */
static enum err may_ask_for_prefix(struct writing *writing, bool *ret_may)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(writing->db,
               "SELECT EXISTS (SELECT 1 FROM search_word WHERE language = $1),"
               " (SELECT COUNT(*) FROM (SELECT 1 FROM search_document LIMIT $2)"
               "  AS some)",
               DB_STR(writing->query->language), DB_I64(SMALL_ARCHIVE));
    enum err err = db_query_row(&query);
    if (!err)
        *ret_may = db_column_i64(&query, 0) ||
                   db_column_i64(&query, 1) < SMALL_ARCHIVE;
    return err;
}

/* ("electing" OR "election"): FTS5 would read every word of a beginning
 * whole; the commonest that the dictionary knows are enough. */
static enum err add_prefix(struct writing *writing,
                           const struct search_term *term)
{
    struct search_expression *expression = &writing->expression;
    struct str *words;
    size_t count;
    bool may = false;
    enum err err = search_words_beginning(writing->db, writing->query->language,
                                          term->text, EXPANSIONS_MAX,
                                          writing->arena, &words, &count);
    if (!err && !count)
        err = may_ask_for_prefix(writing, &may);
    if (err)
        return err;
    buf_add_char(&writing->out, '(');
    for (size_t i = 0; i < count; i++) {
        buf_add_c(&writing->out, i ? " OR " : "");
        add_phrase(writing, words[i], !term->excluded, i > 0);
    }
    if (!count) {
        add_phrase(writing, term->text, !term->excluded, false);
        buf_add_c(&writing->out, may ? " *" : "");
        ROW_ADD(writing->arena, expression->beginnings,
                expression->beginning_count) = term->text;
    }
    buf_add_char(&writing->out, ')');
    return ERR_OK;
}

static enum err add_term_text(struct writing *writing,
                              const struct search_term *term)
{
    if (term->kind == SEARCH_PREFIX)
        return add_prefix(writing, term);
    add_phrase(writing, term->text, !term->excluded, false);
    return ERR_OK;
}

static enum err add_terms(struct writing *writing,
                          const struct search_terms *terms, bool excluded,
                          const char *between)
{
    enum err err = ERR_OK;
    bool first = true;
    for (size_t i = 0; !err && i < terms->count; i++) {
        if (terms->terms[i].excluded != excluded)
            continue;
        buf_add_c(&writing->out, first ? "" : between);
        first = false;
        err = add_term_text(writing, &terms->terms[i]);
    }
    return err;
}

/* Articles are marked with the categories they are in; those in categories
 * below are found by their marks. */
static const char below_sql[] =
    "WITH RECURSIVE below (id) AS (SELECT id FROM category WHERE id = $1"
    " UNION SELECT category.id FROM category"
    " JOIN below ON category.parent_id = below.id) SELECT id FROM below";

static enum err add_category(struct writing *writing)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(writing->db, below_sql, DB_ID(&writing->query->category));
    bool first = true;
    buf_add_c(&writing->out, " AND (");
    for (; db_query_next(&query); first = false)
        buf_printf(&writing->out, "%s\"" SEARCH_MARK "c%s\"",
                   first ? "" : " OR ", row_id(&query, 0).text);
    if (first) /* there is none: nothing is in it */
        buf_add_c(&writing->out, "\"" SEARCH_MARK "c\"");
    buf_add_char(&writing->out, ')');
    return db_query_err(&query);
}

static enum err write_expression(struct writing *writing,
                                 const struct search_terms *terms)
{
    const struct search_query *query = writing->query;
    buf_add_char(&writing->out, '(');
    enum err err = add_terms(writing, terms, false, " AND ");
    if (!err && id_is_set(&query->category))
        err = add_category(writing);
    if (!err && id_is_set(&query->person))
        buf_printf(&writing->out, " AND \"" SEARCH_MARK "p%s\"",
                   query->person.text);
    buf_add_char(&writing->out, ')');
    if (!err && terms->wanted < terms->count) {
        buf_add_c(&writing->out, " NOT (");
        err = add_terms(writing, terms, true, " OR ");
        buf_add_char(&writing->out, ')');
    }
    return err ? err : buf_err(&writing->out);
}

enum err search_express(struct db *db, const struct search_query *query,
                        const struct search_terms *terms, struct arena *arena,
                        struct search_expression *ret_expression)
{
    struct writing writing = {.db = db, .query = query, .arena = arena};
    enum err err = ERR_OK;
    buf_init(&writing.out, EXPRESSION_BYTES_MAX);
    if (terms->wanted)
        err = write_expression(&writing, terms);
    writing.expression.text = arena_copy(arena, buf_str(&writing.out));
    buf_finish(&writing.out);
    if (!err)
        *ret_expression = writing.expression;
    return err;
}
