// SPDX-License-Identifier: Apache-2.0
/* The dictionary of a language: the words of its published articles, case
 * folded, and how many articles hold each. Counting follows publication by
 * seconds and never goes back: a word of a withdrawn article stays known, so
 * what is offered is looked for first. */
#include <assert.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/utf8.h"
#include "content/content.h"
#include "content/row_internal.h"
#include "content/search_internal.h"
#include "content/search_query_internal.h"
#include "render/document.h"
#include "store/search_words_pool.h"

enum {
    WORD_CHARACTERS_MIN = 2,
    WORD_BYTES_MAX = 96,
    WRITTEN_AT_ONCE = 256, /* words in one transaction: who publishes waits for
                              no more than these */
    LAST_CHARACTER = 0x10FFFF, /* behind every continuation of a prefix */
    PREFIX_WORDS_MAX = 2000,   /* looked through for the commonest */
};

/* ---- Counting --------------------------------------------------------------
 */

struct word_count {
    struct word_count *next;
    struct str word;
    int64_t documents;
    int64_t last; /* the document that counted last */
};

/* Words of articles of one language. */
struct counting {
    size_t count;
    struct arena *arena;
    struct arena one; /* what one article needs */
    struct search_words *words;
    struct str language;
    struct map by_word;
    struct word_count *first;
    int64_t document;
};

static int count_word(void *context, const struct search_word *word)
{
    struct counting *counting = context;
    if (word->term.len > WORD_BYTES_MAX ||
        utf8_count(word->term) < WORD_CHARACTERS_MIN)
        return 0;
    struct word_count *count = map_get(&counting->by_word, word->term);
    if (!count) {
        count = arena_new(counting->arena, struct word_count);
        count->word = arena_copy(counting->arena, word->term);
        count->next = counting->first;
        if (map_set(&counting->by_word, count->word, count, NULL))
            return 0; /* one word less */
        counting->first = count;
        counting->count++;
    }
    if (count->last != counting->document)
        count->documents++;
    count->last = counting->document;
    return 0;
}

static enum err count_text(struct counting *counting, struct str headline,
                           struct str standfirst, struct str body)
{
    struct document_node *document;
    enum err err = ERR_OK;
    search_words_each(counting->words, SEARCH_WORDS_SPELLED, headline,
                      count_word, counting);
    search_words_each(counting->words, SEARCH_WORDS_SPELLED, standfirst,
                      count_word, counting);
    if (!body.len)
        return ERR_OK;
    arena_reset(&counting->one);
    err = document_parse_json(body, &counting->one, &document, NULL);
    if (err)
        return ERR_CORRUPT;
    DEFER(buf_finish) struct buf text;
    buf_init(&text, 2 * DOCUMENT_TEXT_BYTES_MAX);
    document_write_text(document, &text);
    search_words_each(counting->words, SEARCH_WORDS_SPELLED, buf_str(&text),
                      count_word, counting);
    return buf_err(&text);
}

/* Up to limit articles of the language of the first that is not counted. */
static const char uncounted_sql[] =
    "SELECT document, headline, standfirst, body FROM ("
    " SELECT document, article.headline AS headline,"
    "  article.standfirst AS standfirst, revision.body AS body,"
    "  search_document.language AS language"
    "  FROM search_document"
    "  JOIN article ON article.id = search_document.article_id"
    "  JOIN revision ON revision.article_id = search_document.article_id"
    "   AND revision.number = search_document.revision"
    "  WHERE search_document.counted = 0"
    "  ORDER BY document DESC LIMIT $2) AS waiting WHERE language = $1";

static enum err count_documents(struct db *db, struct counting *counting,
                                size_t limit, int64_t **ret_documents,
                                size_t *ret_count)
{
    int64_t *documents = arena_array(counting->arena, int64_t, limit);
    size_t count = 0;
    enum err err = ERR_OK;
    DEFER(db_query_end)
    struct db_query query = db_ask(
        db, uncounted_sql, DB_STR(counting->language), DB_I64((int64_t)limit));
    while (!err && db_query_next(&query)) {
        counting->document = documents[count++] = db_column_i64(&query, 0);
        err = count_text(counting, db_column_peek(&query, 1),
                         db_column_peek(&query, 2), db_column_peek(&query, 3));
    }
    *ret_documents = documents;
    *ret_count = count;
    return err ? err : db_query_err(&query);
}

static enum err next_language(struct db *db, struct arena *arena,
                              struct str *ret_language)
{
    DEFER(db_query_end)
    struct db_query query = db_query_begin(
        db, "SELECT language FROM search_document WHERE counted = 0"
            " ORDER BY document DESC LIMIT 1");
    enum err err = db_query_row(&query);
    if (!err)
        *ret_language = db_column_str(&query, 0, arena);
    return err;
}

/* ---- Writing ---------------------------------------------------------------
 */

static enum err write_word(struct edit *edit, struct str language,
                           const struct word_count *count)
{
    return edit_run(edit,
                    "INSERT INTO search_word (language, word, documents)"
                    " VALUES ($1, $2, $3) ON CONFLICT (language, word)"
                    " DO UPDATE SET"
                    " documents = search_word.documents + excluded.documents",
                    DB_STR(language), DB_STR(count->word),
                    DB_I64(count->documents));
}

static int compare_words(const void *a, const void *b)
{
    const struct word_count *const *one = a, *const *other = b;
    return str_compare((*one)->word, (*other)->word);
}

/* In the order in which the table keeps them. */
static struct word_count **sort_words(const struct counting *counting)
{
    struct word_count **sorted =
        arena_array(counting->arena, struct word_count *, counting->count + 1);
    size_t at = 0;
    for (struct word_count *count = counting->first; count; count = count->next)
        sorted[at++] = count;
    qsort(sorted, at, sizeof *sorted, compare_words);
    return sorted;
}

/* The last transaction says of which articles all words are counted. */
static enum err write_counts(struct content *content,
                             const struct counting *counting,
                             const int64_t *documents, size_t document_count,
                             struct fault *fault)
{
    struct word_count **sorted = sort_words(counting);
    size_t at = 0;
    enum err err = ERR_OK;
    for (bool last = false; !err && !last;) {
        DEFER(edit_end) struct edit edit = {0};
        err = edit_begin(&edit, content, STR("search"), fault);
        for (size_t i = 0; !err && at < counting->count && i < WRITTEN_AT_ONCE;
             i++)
            err = write_word(&edit, counting->language, sorted[at++]);
        last = at == counting->count;
        for (size_t i = 0; !err && last && i < document_count; i++)
            err = edit_run(&edit,
                           "UPDATE search_document SET counted = 1"
                           " WHERE document = $1",
                           DB_I64(documents[i]));
        if (!err)
            err = edit_commit(&edit);
    }
    return err;
}

static enum err count_some(struct content *content, struct counting *counting,
                           size_t limit, bool *ret_left, struct fault *fault)
{
    int64_t *documents = NULL;
    size_t count = 0;
    {
        DEFER(db_lease_end) struct db_lease lease = content_reader(content);
        enum err err =
            next_language(lease.db, counting->arena, &counting->language);
        if (err == ERR_NOT_FOUND)
            return ERR_OK;
        if (!err)
            err = search_words_borrow(counting->language, &counting->words);
        if (!err)
            err =
                count_documents(lease.db, counting, limit, &documents, &count);
        if (err)
            return db_fault(lease.db, err, fault);
    }
    *ret_left = true;
    return write_counts(content, counting, documents, count, fault);
}

enum err search_count_words(struct content *content, size_t limit,
                            bool *ret_left, struct fault *fault)
{
    struct arena arena;
    struct counting counting = {.arena = &arena};
    arena_init(&arena, 256 * 1024);
    arena_init(&counting.one, 64 * 1024);
    map_init(&counting.by_word);
    *ret_left = false;
    enum err err = count_some(content, &counting, limit, ret_left, fault);
    search_words_give_back(counting.language, counting.words);
    map_finish(&counting.by_word);
    arena_finish(&counting.one);
    arena_finish(&arena);
    return err;
}

/* ---- Beginnings ------------------------------------------------------------
 */

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

enum err search_words_beginning(struct db *db, struct str language,
                                struct str prefix, size_t limit,
                                struct arena *arena, struct str **ret_words,
                                size_t *ret_count)
{
    struct search_words *words;
    struct spelled spelled = {.arena = arena};
    struct str *found = arena_array(arena, struct str, limit);
    size_t count = 0;
    enum err err = search_words_borrow(language, &words);
    if (err)
        return err;
    search_words_each(words, SEARCH_WORDS_SPELLED, prefix, keep_spelled,
                      &spelled);
    search_words_give_back(language, words);
    *ret_words = found;
    *ret_count = 0;
    if (spelled.count != 1)
        return ERR_OK;
    char last[UTF8_BYTES_MAX];
    size_t len = utf8_encode(LAST_CHARACTER, last);
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               "SELECT word FROM (SELECT word, documents FROM search_word"
               " WHERE language = $1 AND word >= $2 AND word < $3 LIMIT $4)"
               " AS found ORDER BY documents DESC, word LIMIT $5",
               DB_STR(language), DB_STR(spelled.word),
               DB_STR(arena_concat(arena, spelled.word, str_of(last, len))),
               DB_I64(PREFIX_WORDS_MAX), DB_I64((int64_t)limit));
    while (db_query_next(&query))
        found[count++] = db_column_str(&query, 0, arena);
    *ret_count = count;
    return db_query_err(&query);
}
