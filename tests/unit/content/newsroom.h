// SPDX-License-Identifier: Apache-2.0
/* tests/unit/content/newsroom.h: a newspaper in a temporary folder, for the
 * tests of content. Every function fails the test when it cannot do its
 * work. */
#ifndef TESTS_CONTENT_NEWSROOM_H
#define TESTS_CONTENT_NEWSROOM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "content/article.h"
#include "content/article_list.h"
#include "content/change.h"
#include "content/content.h"
#include "content/edit.h"
#include "content/workflow.h"

struct newsroom {
    char folder[64];
    struct content *content;
    struct arena arena;
    struct fault fault;
    struct db_lease lease;
    struct db *db; /* a reader */
    struct id politics, elections, sport;
    struct id author;
    int64_t seq; /* the log before the last newsroom_commit */
};

/* Languages en and ka; the sections politics, with elections below it, and
 * sport, in both; one author, Nino. For cmocka's setup and teardown. */
int newsroom_open(void **state);
int newsroom_close(void **state);

void newsroom_begin(struct newsroom *room, struct edit *edit);
void newsroom_commit(struct newsroom *room, struct edit *edit);

/* Files that nothing shows are hidden, as if nobody were served. */
void newsroom_hide(struct newsroom *room);

/* A medium with one rendition, its bytes made of text. */
struct id newsroom_picture(struct newsroom *room, struct edit *edit,
                           const char *text);

/* Content in politics by Nino, with a paragraph. */
struct article_content newsroom_content(struct newsroom *room,
                                        const char *headline);

/* Saves; publishes at the time (0: only saves; -1: now). */
struct id newsroom_article(struct newsroom *room, const char *headline,
                           int64_t published_us);
struct id newsroom_write(struct newsroom *room,
                         const struct article_content *content,
                         int64_t published_us);

/* The keys that the last commit noted must be exactly these. End with NULL. */
void newsroom_assert_keys(struct newsroom *room, ...) __attribute__((sentinel));

/* "one|two": headlines of a list. */
const char *newsroom_headlines(struct newsroom *room,
                               const struct article_list *list);

/* printf into the arena. */
const char *newsroom_key(struct newsroom *room, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define assert_ok(room, call) \
    do { \
        enum err err_ = (call); \
        if (err_) \
            fail_msg("%s: %s: %s", #call, err_name(err_), \
                     fault_text(&(room)->fault)); \
    } while (0)

#endif
