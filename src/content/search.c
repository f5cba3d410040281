// SPDX-License-Identifier: Apache-2.0
#include "content/search.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/time.h"
#include "content/language.h"
#include "content/row_internal.h"
#include "content/search_asking_internal.h"
#include "content/search_snippet_internal.h"
#include "store/search_words_pool.h"

enum {
    FEW = 3, /* matches: so few may be a typing error */
    SQL_BYTES = 512,
};

/* ---- Cursors ---------------------------------------------------------------
 */

void search_cursor_format(const struct search_cursor *cursor,
                          char target[SEARCH_CURSOR_BYTES])
{
    snprintf(target, SEARCH_CURSOR_BYTES, "%016llx-%04x",
             (unsigned long long)cursor->document & INT64_MAX,
             (unsigned)cursor->offset & 0xFFFF);
}

static bool parse_hex(struct str text, int64_t *ret_number)
{
    int64_t number = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) ||
            number > INT64_MAX >> 4)
            return false;
        number = number << 4 | (c <= '9' ? c - '0' : c - 'a' + 10);
    }
    *ret_number = number;
    return true;
}

enum err search_cursor_parse(struct str text, struct search_cursor *ret_cursor)
{
    struct search_cursor cursor;
    if (text.len != SEARCH_CURSOR_BYTES - 1 || text.ptr[16] != '-' ||
        !parse_hex(str_slice(text, 0, 16), &cursor.document) ||
        !parse_hex(str_from(text, 17), &cursor.offset) || cursor.document == 0)
        return ERR_INVALID;
    *ret_cursor = cursor;
    return ERR_OK;
}

/* ---- By relevance ----------------------------------------------------------
 */

struct candidate {
    int64_t document;
    double worth;
};

/* News ages, but what an article is about counts more than its age: one of
 * today is worth less than twice as much as one of years ago. */
static double freshness(int64_t age_us)
{
    double days = (double)age_us / (86400.0 * TIME_US_PER_SECOND);
    if (days < 0)
        days = 0;
    return 0.6 + 0.15 * exp2(-days / 7) + 0.25 * exp2(-days / 180);
}

static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *one = a, *other = b;
    if (one->worth != other->worth)
        return one->worth > other->worth ? -1 : 1;
    return (one->document < other->document) -
           (one->document > other->document);
}

static enum err read_candidates(struct asking *asking, int64_t last,
                                struct candidate *candidates, size_t *ret_count)
{
    char sql[SQL_BYTES];
    size_t count = 0;
    snprintf(sql, sizeof sql,
             "SELECT rowid, broadsheet_score(%s, $2) FROM %s WHERE %s MATCH $1"
             " AND rowid BETWEEN $3 AND $4 ORDER BY rowid DESC LIMIT $5",
             asking->table, asking->table, asking->table);
    DEFER(db_query_end)
    struct db_query query = db_query_begin_made(asking->db, sql);
    db_bind_str(&query, asking->expression.text);
    db_bind_str(&query, asking->counts);
    db_bind_i64(&query, asking->first);
    db_bind_i64(&query, last);
    db_bind_i64(&query, (int64_t)asking->ranked_max + 1);
    int64_t now_us = search_document_time(last);
    for (; db_query_next(&query); count++) {
        int64_t document = db_column_i64(&query, 0);
        candidates[count] = (struct candidate){
            .document = document,
            .worth = (double)db_column_i64(&query, 1) *
                     freshness(now_us - search_document_time(document)),
        };
    }
    *ret_count = count;
    return db_query_err(&query);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* What was published since the first page stays out of the next ones, and the
 * age of all is that of then: so pages neither repeat nor hide. */
static enum err rank(struct asking *asking, size_t limit,
                     int64_t **ret_documents, size_t *ret_count)
{
    const struct search_query *query = asking->query;
    struct search_result *result = &asking->result;
    struct candidate *candidates =
        arena_array(asking->arena, struct candidate, asking->ranked_max + 1);
    size_t found = 0;
    int64_t newest =
        query->after.document ? query->after.document : asking->newest;
    enum err err = read_candidates(asking, least(asking->last, newest),
                                   candidates, &found);
    if (err)
        return err;
    result->ranked_newest = result->total_is_more = found > asking->ranked_max;
    if (result->ranked_newest)
        found = asking->ranked_max;
    result->total = (int64_t)found;
    qsort(candidates, found, sizeof *candidates, compare_candidates);
    size_t from = query->after.document ? (size_t)query->after.offset : 0;
    size_t count = from >= found ? 0 : found - from;
    result->more = count > limit;
    if (count > limit)
        count = limit;
    int64_t *documents = arena_array(asking->arena, int64_t, limit);
    for (size_t i = 0; i < count; i++)
        documents[i] = candidates[from + i].document;
    result->next = (struct search_cursor){newest, (int64_t)(from + count)};
    *ret_documents = documents;
    *ret_count = count;
    return ERR_OK;
}

/* ---- By date ---------------------------------------------------------------
 */

static void set_total(struct asking *asking, int64_t count)
{
    struct search_result *result = &asking->result;
    result->total_is_more = count > SEARCH_RANKED_MAX;
    result->total = result->total_is_more ? SEARCH_RANKED_MAX : count;
}

enum err search_count_matches(struct asking *asking)
{
    char sql[SQL_BYTES];
    snprintf(sql, sizeof sql,
             "SELECT COUNT(*) FROM (SELECT 1 FROM %s WHERE %s MATCH $1"
             " AND rowid BETWEEN $2 AND $3 ORDER BY rowid DESC LIMIT $4)"
             " AS found",
             asking->table, asking->table);
    DEFER(db_query_end)
    struct db_query query = db_query_begin_made(asking->db, sql);
    db_bind_str(&query, asking->expression.text);
    db_bind_i64(&query, asking->first);
    db_bind_i64(&query, asking->counted_last);
    db_bind_i64(&query, SEARCH_RANKED_MAX + 1);
    enum err err = db_query_row(&query);
    if (!err)
        set_total(asking, db_column_i64(&query, 0));
    return err;
}

/* Counts them as well on the first page, where both begin at the same. */
static enum err read_newest(struct asking *asking, size_t limit, bool counts,
                            int64_t *documents, size_t *ret_count)
{
    size_t most =
        counts && limit < SEARCH_RANKED_MAX ? SEARCH_RANKED_MAX : limit;
    size_t count = 0, kept = 0;
    char sql[SQL_BYTES];
    snprintf(sql, sizeof sql,
             "SELECT rowid FROM %s WHERE %s MATCH $1 AND rowid BETWEEN $2"
             " AND $3 ORDER BY rowid DESC LIMIT $4",
             asking->table, asking->table);
    DEFER(db_query_end)
    struct db_query query = db_query_begin_made(asking->db, sql);
    db_bind_str(&query, asking->expression.text);
    db_bind_i64(&query, asking->first);
    db_bind_i64(&query, asking->last);
    db_bind_i64(&query, (int64_t)most + 1);
    for (; db_query_next(&query); count++) {
        if (kept <= limit)
            documents[kept++] = db_column_i64(&query, 0);
    }
    if (counts)
        set_total(asking, (int64_t)count);
    *ret_count = kept;
    return db_query_err(&query);
}

static enum err list_newest(struct asking *asking, size_t limit,
                            int64_t **ret_documents, size_t *ret_count)
{
    struct search_result *result = &asking->result;
    int64_t *documents = arena_array(asking->arena, int64_t, limit + 1);
    bool is_first = !asking->query->after.document;
    size_t count = 0;
    enum err err = read_newest(asking, limit, is_first, documents, &count);
    if (err)
        return err;
    result->more = count > limit || asking->bounded;
    result->next.document = asking->first; /* on from what was not looked at */
    if (count > limit)
        result->next.document = documents[(count = limit) - 1];
    *ret_documents = documents;
    *ret_count = count;
    if (is_first)
        return ERR_OK;
    if (!asking->bounded)
        return search_count_matches(asking);
    result->total = (int64_t)count; /* all of them would take too long */
    result->total_is_more = true;
    return ERR_OK;
}

/* ---- Results ---------------------------------------------------------------
 */

static enum err load_hit(struct asking *asking, int64_t document,
                         struct search_hit *hit)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(asking->db,
               "SELECT article_id, revision FROM search_document"
               " WHERE document = $1",
               DB_I64(document));
    enum err err = db_query_row(&query);
    if (err)
        return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
    struct id id = row_id(&query, 0);
    err = article_card_load(asking->db, &id, asking->arena, &hit->card);
    if (err)
        return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
    if (asking->bare) {
        search_highlight_headline(asking->words, &asking->expression,
                                  asking->arena, hit);
        return ERR_OK;
    }
    return search_highlight(asking->db, asking->words, &asking->expression,
                            db_column_i64(&query, 1), asking->arena, hit);
}

static enum err run(struct asking *asking)
{
    const struct search_query *query = asking->query;
    size_t limit = query->limit ? query->limit : SEARCH_PAGE;
    size_t count = 0;
    int64_t *documents = NULL;
    if (limit > ARTICLE_LIST_MAX)
        limit = ARTICLE_LIST_MAX;
    search_parse(query->text, asking->words, asking->arena, &asking->terms);
    enum err err = search_express(asking->db, query, &asking->terms,
                                  asking->arena, &asking->expression);
    if (!err && asking->expression.text.len)
        err = search_weigh(asking);
    if (err || !asking->expression.text.len)
        return err;
    err = query->sort == SEARCH_BY_DATE
              ? list_newest(asking, limit, &documents, &count)
              : rank(asking, limit, &documents, &count);
    if (err)
        return err;
    struct search_result *result = &asking->result;
    if (asking->bounded && !result->total_is_more)
        result->since_us = search_document_time(asking->first);
    result->hits = arena_array(asking->arena, struct search_hit, limit);
    for (; !err && result->count < count; result->count++)
        err = load_hit(asking, documents[result->count],
                       &result->hits[result->count]);
    if (!err && !asking->bare && !query->after.document && result->total < FEW)
        err = search_offer(asking);
    return err;
}

enum err search_ask(struct asking *asking, struct search_result *ret_result)
{
    const struct search_query *query = asking->query;
    asking->first = search_document_at(query->from_us);
    asking->last =
        query->until_us ? search_document_at(query->until_us) - 1 : INT64_MAX;
    asking->counted_last = asking->last;
    if (query->sort == SEARCH_BY_DATE && query->after.document)
        asking->last = least(asking->last, query->after.document - 1);
    search_table(query->language, asking->table);
    enum err err = run(asking);
    if (!err)
        *ret_result = asking->result;
    return err;
}

enum err search_run(struct db *db, const struct search_query *query,
                    struct arena *arena, struct search_result *ret_result)
{
    assert(db && query && ret_result);
    struct language language;
    struct asking asking = {
        .db = db,
        .query = query,
        .arena = arena,
        .ranked_max = SEARCH_RANKED_MAX,
        .walked_max = SEARCH_WALKED_MAX,
    };
    /* All that follows sees one state. */
    DEFER(db_transaction_end) struct db_transaction transaction = {0};
    enum err err = db_begin_read(&transaction, db);
    if (!err)
        err = language_find(db, query->language, arena, &language);
    if (!err)
        err = search_words_borrow(query->language, &asking.words);
    if (err)
        return err;
    err = search_ask(&asking, ret_result);
    search_words_give_back(query->language, asking.words);
    return err;
}
