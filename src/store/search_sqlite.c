// SPDX-License-Identifier: Apache-2.0
#include "store/search_sqlite.h"

#include <assert.h>
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "store/search_words.h"

/* ---- The tokenizer ---------------------------------------------------------
 */

static int create(void *context, const char **arguments, int count,
                  Fts5Tokenizer **ret_tokenizer)
{
    (void)context;
    struct search_words *words;
    struct str language = str_from_c(count > 0 ? arguments[0] : "");
    if (search_words_create(language, &words))
        return SQLITE_NOMEM;
    *ret_tokenizer = (Fts5Tokenizer *)words;
    return SQLITE_OK;
}

static void destroy(Fts5Tokenizer *tokenizer)
{
    search_words_destroy((struct search_words *)tokenizer);
}

typedef int (*token_function)(void *context, int flags, const char *token,
                              int len, int start, int end);

struct tokenizing {
    token_function token;
    void *context;
};

static int on_word(void *context, const struct search_word *word)
{
    struct tokenizing *tokenizing = context;
    return tokenizing->token(tokenizing->context, 0, word->term.ptr,
                             (int)word->term.len, (int)word->start,
                             (int)word->end);
}

static int tokenize(Fts5Tokenizer *tokenizer, void *context, int flags,
                    const char *text, int len, token_function token)
{
    struct tokenizing tokenizing = {token, context};
    enum search_words_mode mode = SEARCH_WORDS_OF_TEXT;
    if (flags & FTS5_TOKENIZE_PREFIX)
        mode = SEARCH_WORDS_UNSTEMMED;
    else if (flags & FTS5_TOKENIZE_QUERY)
        mode = SEARCH_WORDS_OF_QUERY;
    return search_words_each((struct search_words *)tokenizer, mode,
                             str_of(text, (size_t)len), on_word, &tokenizing);
}

/* ---- The score -------------------------------------------------------------
 */

enum { COLUMNS_MAX = 8, PHRASES_MAX = 64 };

/* What a word in a column counts, by the order of columns that
 * content/search_index.c makes: headline, standfirst, body, names, marks. */
static const double column_weights[COLUMNS_MAX] = {8, 3, 1, 4, 0};

/* BM25's usual constants. The length of an article says less about it than
 * that of a web page does: B is lower than the usual 0.75. */
static const double K1 = 1.2, B = 0.4;

struct weights {
    double of[PHRASES_MAX];
    double mean_length; /* terms in an article */
};

/* The rarer, the more it says. */
static double rarity(double held, double rows)
{
    return held < rows ? log(1 + (rows - held + 0.5) / (held + 0.5)) : 0.01;
}

static struct weights *make_weights(const Fts5ExtensionApi *api,
                                    Fts5Context *fts, const char *counts)
{
    struct weights *weights = calloc(1, sizeof *weights);
    sqlite3_int64 terms = 0, rows = 0;
    if (!weights)
        return NULL;
    if (api->xColumnTotalSize(fts, -1, &terms) || api->xRowCount(fts, &rows) ||
        rows <= 0 || terms <= 0)
        terms = rows = 1;
    weights->mean_length = (double)terms / (double)rows;
    for (int i = 0; i < PHRASES_MAX && counts && *counts; i++) {
        char *end;
        weights->of[i] =
            rarity((double)strtoll(counts, &end, 10), (double)rows);
        counts = *end ? end + 1 : end;
    }
    return weights;
}

static const struct weights *find_weights(const Fts5ExtensionApi *api,
                                          Fts5Context *fts,
                                          sqlite3_value *argument)
{
    struct weights *weights = api->xGetAuxdata(fts, 0);
    if (weights)
        return weights;
    weights =
        make_weights(api, fts, (const char *)sqlite3_value_text(argument));
    if (!weights || api->xSetAuxdata(fts, weights, free))
        return NULL; /* freed by FTS5 */
    return weights;
}

/* How often each phrase occurs, by the weight of where. */
static int count_phrases(const Fts5ExtensionApi *api, Fts5Context *fts,
                         double found[PHRASES_MAX])
{
    int count = 0;
    int result = api->xInstCount(fts, &count);
    for (int i = 0; !result && i < count; i++) {
        int phrase, column, offset;
        result = api->xInst(fts, i, &phrase, &column, &offset);
        if (!result && phrase < PHRASES_MAX && column < COLUMNS_MAX)
            found[phrase] += column_weights[column];
    }
    return result;
}

static void score(const Fts5ExtensionApi *api, Fts5Context *fts,
                  sqlite3_context *context, int count,
                  sqlite3_value **arguments)
{
    if (count != 1) {
        sqlite3_result_error(context, "broadsheet_score wants weights", -1);
        return;
    }
    double found[PHRASES_MAX] = {0}, sum = 0;
    int length = 0;
    const struct weights *weights = find_weights(api, fts, arguments[0]);
    int result = weights ? count_phrases(api, fts, found) : SQLITE_NOMEM;
    if (!result)
        result = api->xColumnSize(fts, -1, &length);
    if (result) {
        sqlite3_result_error_code(context, result);
        return;
    }
    double relative = length / weights->mean_length;
    for (int i = 0; i < PHRASES_MAX && i < api->xPhraseCount(fts); i++)
        sum += weights->of[i] * found[i] * (K1 + 1) /
               (found[i] + K1 * (1 - B + B * relative));
    sqlite3_result_int64(context, (sqlite3_int64)(sum * 1e6));
}

/* ---- Registration ----------------------------------------------------------
 */

static int find_api(sqlite3 *handle, fts5_api **ret_api)
{
    sqlite3_stmt *statement = NULL;
    int result =
        sqlite3_prepare_v2(handle, "SELECT fts5(?1)", -1, &statement, NULL);
    if (!result)
        result = sqlite3_bind_pointer(statement, 1, (void *)ret_api,
                                      "fts5_api_ptr", NULL);
    if (!result && sqlite3_step(statement) != SQLITE_ROW)
        result = SQLITE_ERROR;
    sqlite3_finalize(statement);
    return result;
}

int search_sqlite_register(sqlite3 *handle)
{
    static fts5_tokenizer tokenizer = {create, destroy, tokenize};
    fts5_api *api = NULL;
    assert(handle);
    int result = find_api(handle, &api);
    if (!result && !api)
        result = SQLITE_ERROR;
    if (!result)
        result =
            api->xCreateTokenizer(api, "broadsheet", NULL, &tokenizer, NULL);
    if (!result)
        result =
            api->xCreateFunction(api, "broadsheet_score", NULL, score, NULL);
    return result;
}
