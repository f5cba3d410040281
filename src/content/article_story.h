// SPDX-License-Identifier: Apache-2.0
/* content/article_story.h: which articles tell one story, each in a language of
 * its own: translations lead readers to one another. */
#ifndef CONTENT_ARTICLE_STORY_H
#define CONTENT_ARTICLE_STORY_H

#include "base/id.h"
#include "base/str.h"

struct edit;

/* The story of the article translates, for the article id (none: one that is
 * about to be) in that language. Errors name the field "translates":
 * ERR_NOT_FOUND when there is none to be translated, ERR_INVALID when it is
 * itself or in the same language, ERR_EXISTS when another tells the story in
 * that language already. */
MUST_USE enum err article_story_find(struct edit *edit, const struct id *id,
                                     struct str language,
                                     const struct id *translates,
                                     struct id *ret_story);

/* Puts the article into the story, or, with none, into one of its own.
 * ERR_NOT_FOUND. */
MUST_USE enum err article_story_set(struct edit *edit, const struct id *id,
                                    const struct id *story);

#endif
