// SPDX-License-Identifier: Apache-2.0
/* content/article_list.h: lists of published articles, newest first, by cursor:
 * stories that arrive meanwhile neither repeat nor hide others. Each list is
 * one range of one index, whatever the size of the archive. */
#ifndef CONTENT_ARTICLE_LIST_H
#define CONTENT_ARTICLE_LIST_H

#include "content/article.h"

enum { ARTICLE_LIST_MAX = 1000 };

/* Where a list goes on: behind the article of this time and id. Zeroed: from
 * the newest. */
struct article_cursor {
    int64_t published_us;
    struct id id;
};

enum { ARTICLE_CURSOR_BYTES = 16 + 1 + ID_BYTES };

/* "<16 hexadecimal digits>-<id>", as ?before= carries it. */
void article_cursor_format(const struct article_cursor *cursor,
                           char target[ARTICLE_CURSOR_BYTES]);
MUST_USE enum err article_cursor_parse(struct str text,
                                       struct article_cursor *ret_cursor);

/* What a list shows of an article. */
struct article_card {
    struct id id;
    struct str language;
    struct str slug;
    struct str headline;
    struct str kicker;
    struct str standfirst;
    struct str byline;
    struct str source;
    int64_t published_us;
    int64_t updated_us; /* 0 when it never was */
    enum article_weight weight;
    bool opinion;
    bool live;
    bool sponsored;
    bool corrected;
    int64_t views;
    struct id category; /* the main one, or none */
    struct str category_name;
    struct str category_path;
    const struct medium *picture; /* NULL when it has none */
    struct str picture_alt;       /* in this use, or the medium's */
};

struct article_list {
    struct article_card *cards;
    size_t count;
    bool more;                  /* there are older ones */
    struct article_cursor next; /* where they begin, when there are */
    bool is_stray; /* before is no story of the list: nobody was sent there */
};

/* The one query behind the lists, so that a test can ask for its plan. */
extern const char article_list_sql[];

/* before may be NULL: from the newest. limit is clamped to ARTICLE_LIST_MAX. */
MUST_USE enum err article_list_latest(struct db *db, struct str language,
                                      const struct article_cursor *before,
                                      size_t limit, struct arena *arena,
                                      struct article_list *ret_list);

/* Articles of the category and of those below it. */
MUST_USE enum err article_list_category(struct db *db, struct str language,
                                        const struct id *category,
                                        const struct article_cursor *before,
                                        size_t limit, struct arena *arena,
                                        struct article_list *ret_list);
MUST_USE enum err article_list_tag(struct db *db, const struct id *tag,
                                   const struct article_cursor *before,
                                   size_t limit, struct arena *arena,
                                   struct article_list *ret_list);
MUST_USE enum err article_list_person(struct db *db, struct str language,
                                      const struct id *person,
                                      const struct article_cursor *before,
                                      size_t limit, struct arena *arena,
                                      struct article_list *ret_list);

/* The next older ones of the same main category and language. */
MUST_USE enum err article_list_related(struct db *db,
                                       const struct article *article,
                                       size_t limit, struct arena *arena,
                                       struct article_list *ret_list);
enum { ARTICLE_RELATED = 4 };

/* One card; ERR_NOT_FOUND unless it is published. */
MUST_USE enum err article_card_load(struct db *db, const struct id *id,
                                    struct arena *arena,
                                    struct article_card *ret_card);

/* ---- For the newsroom and the command line ----------------------------------
 */

struct article_row {
    struct id id;
    struct str language;
    enum article_state state;
    struct str slug;
    struct str headline;
    int64_t time_us; /* of its newest revision */
    int64_t published_us;
    int64_t scheduled_us; /* these as in struct article */
    int64_t embargo_us;
    int64_t expires_us;
    struct str due_problem;
};

struct article_rows {
    struct article_row *rows; /* newest id first */
    size_t count;
    bool more;
};

/* Articles of any state, or of one; before is an id or none. language ""
 * takes all. state ARTICLE_STATE_COUNT takes all. */
MUST_USE enum err article_list_all(struct db *db, struct str language,
                                   enum article_state state,
                                   const struct id *before, size_t limit,
                                   struct arena *arena,
                                   struct article_rows *ret_rows);

#endif
