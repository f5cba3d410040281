// SPDX-License-Identifier: Apache-2.0
/* How common the words of a query are: for their weights, and so that a search
 * that would read through all articles that hold common words, in order to find
 * the few that hold them side by side, stops in time.
 *
 * What a search costs is the number of entries it walks past in the index,
 * which for words that must occur together is at most that of all of them
 * together: of the order of 100 ns each. */
#include "content/row_internal.h"
#include "content/search_asking_internal.h"

enum {
    COUNTED_MAX = 1000, /* articles that are counted; beyond, it is estimated */
    WORDS_MAX = 16,     /* of one phrase */
    SQL_BYTES = 512,
};

static enum err read_range(struct asking *asking)
{
    DEFER(db_query_end)
    struct db_query query = db_query_begin(
        asking->db,
        "SELECT (SELECT COALESCE(MIN(document), 0)"
        "  FROM search_document),"
        " (SELECT COALESCE(MAX(document), 0) FROM search_document)");
    enum err err = db_query_row(&query);
    if (err)
        return err;
    asking->oldest = db_column_i64(&query, 0);
    asking->newest = db_column_i64(&query, 1);
    return ERR_OK;
}

/* How many articles hold the word: counted among the newest, and taken to be as
 * frequent in the others. */
static enum err estimate(const struct asking *asking, struct str word,
                         double *ret_count)
{
    char sql[SQL_BYTES];
    snprintf(
        sql, sizeof sql,
        "SELECT COUNT(*), COALESCE(MIN(rowid), 0) FROM (SELECT rowid"
        " FROM %s WHERE %s MATCH $1 ORDER BY rowid DESC LIMIT $2) AS found",
        asking->table, asking->table);
    DEFER(db_query_end)
    struct db_query query = db_query_begin_made(asking->db, sql);
    db_bind_str(&query,
                arena_printf(asking->arena, "\"%" PRI_STR "\"", ARG_STR(word)));
    db_bind_i64(&query, COUNTED_MAX);
    enum err err = db_query_row(&query);
    if (err)
        return err;
    double count = (double)db_column_i64(&query, 0);
    double span = (double)(asking->newest - db_column_i64(&query, 1) + 1);
    double all = (double)(asking->newest - asking->oldest + 1);
    *ret_count = count < COUNTED_MAX || span < 1 ? count : count * (all / span);
    return ERR_OK;
}

struct words {
    struct str text;
    struct str at[WORDS_MAX];
    size_t count;
};

static int keep_word(void *context, const struct search_word *word)
{
    struct words *words = context;
    words->at[words->count++] =
        str_slice(words->text, word->start, word->end - word->start);
    return words->count == WORDS_MAX;
}

/* A phrase is at most as frequent as its rarest word, and costs all of them. */
static enum err weigh_phrase(struct asking *asking, struct str phrase,
                             double *ret_count, double *walked)
{
    struct words words = {.text = phrase};
    double rarest = -1, count = 0;
    enum err err = ERR_OK;
    search_words_each(asking->words, SEARCH_WORDS_OF_QUERY, phrase, keep_word,
                      &words);
    for (size_t i = 0; !err && i < words.count; i++) {
        err = estimate(asking, words.at[i], &count);
        if (rarest < 0 || count < rarest)
            rarest = count;
        *walked += count;
    }
    *ret_count = rarest < 0 ? 0 : rarest;
    return err;
}

static enum err weigh_phrases(struct asking *asking, double *walked)
{
    const struct search_expression *expression = &asking->expression;
    enum err err = ERR_OK;
    DEFER(buf_finish) struct buf counts;
    buf_init(&counts, (size_t)SEARCH_PHRASES_MAX * 24);
    for (size_t i = 0;
         !err && i < expression->phrase_count && i < SEARCH_PHRASES_MAX; i++) {
        double count = 0;
        err = weigh_phrase(asking, expression->phrases[i], &count, walked);
        buf_printf(&counts, "%s%.0f", i ? " " : "", count);
    }
    asking->counts = arena_copy(asking->arena, buf_str(&counts));
    return err ? err : buf_err(&counts);
}

/* Of a lone word every entry is a match: the search stops when it has enough
 * of them. */
static bool is_lone_word(const struct asking *asking)
{
    const struct search_query *query = asking->query;
    return asking->terms.count == 1 &&
           asking->terms.terms[0].kind != SEARCH_PHRASE &&
           !id_is_set(&query->category) && !id_is_set(&query->person);
}

/* So much of the time that is asked for as may be walked through. */
static void bound(struct asking *asking, double walked)
{
    int64_t last =
        asking->last < asking->newest ? asking->last : asking->newest;
    int64_t first =
        asking->first > asking->oldest ? asking->first : asking->oldest;
    double all = (double)(asking->newest - asking->oldest + 1);
    double asked = (double)(last - first + 1);
    if (asked <= 0 || walked * asked / all <= asking->walked_max)
        return;
    asking->first = last - (int64_t)(all * (asking->walked_max / walked));
    asking->bounded = true;
}

enum err search_weigh(struct asking *asking)
{
    double walked = 0;
    enum err err = read_range(asking);
    asking->counts = STR("1");
    if (err || is_lone_word(asking))
        return err;
    err = weigh_phrases(asking, &walked);
    if (!err)
        bound(asking, walked);
    return err;
}
