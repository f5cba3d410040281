// SPDX-License-Identifier: Apache-2.0
/* store/search_score_internal.h: how well an article answers a query, for
 * search_sqlite.h. Of the text, as BM25 has it: how often each word occurs,
 * each further time counting less, rare words more than common ones. On top of
 * that, what BM25 does not know: a headline says what an article is about, so
 * to stand in it is worth more than to be repeated in the text; and words that
 * stand side by side as in the query mean what the reader meant. */
#ifndef STORE_SEARCH_SCORE_INTERNAL_H
#define STORE_SEARCH_SCORE_INTERNAL_H

#include <sqlite3.h>

/* broadsheet_score(table, counts), an fts5_extension_function. */
void search_score(const Fts5ExtensionApi *api, Fts5Context *fts,
                  sqlite3_context *context, int count,
                  sqlite3_value **arguments);

#endif
