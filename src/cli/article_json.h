// SPDX-License-Identifier: Apache-2.0
/* cli/article_json.h: articles as the command line's JSON. What is written by
 * article_json can be read by article_json_read: the members that an editor
 * writes have the same names. */
#ifndef CLI_ARTICLE_JSON_H
#define CLI_ARTICLE_JSON_H

#include <jansson.h>

#include "base/fault.h"
#include "content/article.h"

struct arena;
struct locale;

/* How dates are shown beside their machine form. */
struct article_json_dates {
    const struct locale *locale;
    struct str pattern;
};

/* All about the article; NULL when memory is out. The caller owns it. */
json_t *article_json(const struct article *article,
                     const struct article_json_dates *dates,
                     struct arena *arena);

/* Puts the members of object into content, which holds what was there before
 * (or is zeroed); others stay as they are. "text" is plain text instead of
 * "body". Names of categories are paths in the article's language, which db
 * knows. ERR_INVALID names the member. Texts live in arena. */
MUST_USE enum err article_json_read(const json_t *object, struct db *db,
                                    struct arena *arena,
                                    struct article_content *content,
                                    struct fault *fault);

#endif
