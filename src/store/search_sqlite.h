// SPDX-License-Identifier: Apache-2.0
/* store/search_sqlite.h: what our full-text search adds to SQLite's FTS5, on
 * each connection:
 *
 *   tokenize = 'broadsheet ka'   the words of search_words.h in that language
 *   broadsheet_score(table, n)   how well a row matches, in millionths, as
 *                                search_score_internal.h says; without the
 *                                recency that a newspaper adds
 *
 * FTS5's own bm25() reads every row that holds a word before it answers for
 * the first one, to count them. Here the counts come in: n is how many rows
 * hold each phrase of the query, in the order of the query, with a space
 * between; phrases behind the last one count nothing. */
#ifndef STORE_SEARCH_SQLITE_H
#define STORE_SEARCH_SQLITE_H

struct sqlite3;

/* SQLITE_OK or what went wrong. */
int search_sqlite_register(struct sqlite3 *handle);

#endif
