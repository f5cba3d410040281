// SPDX-License-Identifier: Apache-2.0
#include "store/search_sqlite.h"

#include <assert.h>
#include <sqlite3.h>

#include "store/search_score_internal.h"
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
        result = api->xCreateFunction(api, "broadsheet_score", NULL,
                                      search_score, NULL);
    return result;
}
