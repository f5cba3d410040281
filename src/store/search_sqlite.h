// SPDX-License-Identifier: Apache-2.0
/* store/search_sqlite.h: what our full-text search adds to SQLite's FTS5, on
 * each connection:
 *
 *   tokenize = 'broadsheet ka'   the words of search_words.h in that language
 *   broadsheet_score(table, w)   how well a row matches, in millionths: BM25
 *                                over its columns, without the recency that a
 *                                newspaper adds
 *
 * FTS5's own bm25() reads every row that holds a word before it answers for
 * the first one, to count them; here the counts come in: w is one weight for
 * each phrase of the query, in hundredths, with spaces between. */
#ifndef STORE_SEARCH_SQLITE_H
#define STORE_SEARCH_SQLITE_H

struct sqlite3;

/* SQLITE_OK or what went wrong. */
int search_sqlite_register(struct sqlite3 *handle);

#endif
