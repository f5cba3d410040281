// SPDX-License-Identifier: Apache-2.0
/* tests/unit/site/paper.h: a newspaper in a temporary folder, for the tests of
 * printing. Every function fails the test when it cannot do its work. */
#ifndef TESTS_SITE_PAPER_H
#define TESTS_SITE_PAPER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "content/article.h"
#include "content/content.h"
#include "content/edit.h"
#include "site/printer.h"
#include "site/site.h"

#define HOSTILE \
    "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{x}}&"

struct paper {
    char folder[64];
    char theme[96];
    struct content *content;
    struct site *site;
    struct arena arena;
    struct id politics, elections, author;
};

/* Languages en, ka, ru; the category politics with elections below it; one
 * author; named BM.GE in zone Asia/Tbilisi. For cmocka's setup and teardown. */
int paper_open(void **state);
int paper_close(void **state);

/* Begins and commits an edit. */
void paper_begin(struct paper *paper, struct edit *edit);
void paper_commit(struct edit *edit);

/* An article of politics with one paragraph, not saved yet. */
struct article_input paper_article(struct paper *paper, const char *language,
                                   const char *headline);

/* Saves and publishes it; published_us 0 is now. */
struct id paper_publish(struct paper *paper, const struct article_input *input,
                        int64_t published_us);

struct site_print paper_print(struct paper *paper, const char *page_key);

/* The page key of a published article, as a C string in the arena. */
const char *paper_address(struct paper *paper, const struct id *id);

bool print_has(const struct site_print *print, const char *text);
bool print_depends(const struct site_print *print, const char *key);

#endif
