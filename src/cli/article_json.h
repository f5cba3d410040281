// SPDX-License-Identifier: Apache-2.0
/* cli/article_json.h: articles as the command line tells them in JSON, which
 * content/article_members.h reads again. */
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

#endif
