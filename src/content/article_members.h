// SPDX-License-Identifier: Apache-2.0
/* content/article_members.h: an article as people write it in JSON, for the
 * command line and the newsroom's API. */
#ifndef CONTENT_ARTICLE_MEMBERS_H
#define CONTENT_ARTICLE_MEMBERS_H

#include <jansson.h>

#include "base/fault.h"
#include "content/article.h"

struct arena;

/* For json_members.h: what is read here, and what cli/article_json.h tells
 * besides. */
extern const char *const article_members[];
extern const char *const article_members_told[];

/* Puts the members of object into content, which holds what was there before
 * (or is zeroed); others stay as they are. "text" is plain text instead of
 * "body". Names of categories are paths in the article's language, which db
 * knows. ERR_INVALID names the member; whether object has others is for who
 * knows what else it may have (json_members_check). Texts live in arena. */
MUST_USE enum err article_members_read(const json_t *object, struct db *db,
                                       struct arena *arena,
                                       struct article_content *content,
                                       struct fault *fault);

#endif
