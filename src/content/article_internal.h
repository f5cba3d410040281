// SPDX-License-Identifier: Apache-2.0
/* content/article_internal.h: what saving, loading and publishing share. */
#ifndef CONTENT_ARTICLE_INTERNAL_H
#define CONTENT_ARTICLE_INTERNAL_H

#include <jansson.h>

#include "content/article.h"
#include "content/edit_internal.h"

enum { ARTICLE_TEXT_COUNT = 13 };

/* The plain texts: their names, limits and places, from ARTICLE_TEXTS. */
struct article_text {
    const char *name;
    size_t bytes_max;
    size_t offset; /* in struct article_content */
};
extern const struct article_text article_texts[ARTICLE_TEXT_COUNT];

struct str *article_text_in(struct article_content *content,
                            const struct article_text *text);

/* Content whose references are known: what a revision keeps. */
struct article_checked {
    struct article_content content; /* body in canonical form */
    struct document_node *document; /* the body, parsed; NULL: not yet */
    struct id *tags;
    size_t tag_count;
    struct id *media; /* the main picture and those of the body, each once */
    size_t media_count;
};

/* A revision that was saved a moment ago, in the edit's arena. */
struct article_saved {
    struct id id;
    int64_t revision;
    struct article_checked checked;
};

/* Checks everything that was handed in, fills in the slug, makes the tags. */
MUST_USE enum err article_check(struct edit *edit,
                                const struct article_content *content,
                                struct article_checked *ret_checked);

/* Fills in what the medium says. Errors name the member: "enclosure.url". */
MUST_USE enum err article_check_enclosure(struct edit *edit,
                                          struct article_enclosure *enclosure);

/* Whether categories, people and media are (still) there. */
MUST_USE enum err article_check_references(
    struct edit *edit, const struct article_checked *checked);

/* The JSON of all but the body, and back (tags by id, names not filled in). */
MUST_USE enum err article_write_json(const struct article_checked *checked,
                                     struct arena *arena, struct str *ret_json);
MUST_USE enum err article_read_json(struct str json, struct str body,
                                    struct arena *arena,
                                    struct article_checked *ret_checked,
                                    struct fault *fault);

/* ERR_NOT_FOUND. */
MUST_USE enum err article_newest_revision(struct db *db, const struct id *id,
                                          int64_t *ret_revision);

/* A revision as it was checked when it was saved; its media filled in. */
MUST_USE enum err article_read_revision(struct db *db, const struct id *id,
                                        int64_t revision, struct arena *arena,
                                        struct article_checked *ret_checked,
                                        struct fault *fault);

/* Collects media ids of the picture and the body, which is parsed for that
 * unless it was already. */
MUST_USE enum err article_collect_media(struct article_checked *checked,
                                        struct arena *arena,
                                        struct fault *fault);

/* Makes the article's row, sections, tags, bylines and media say what checked
 * says. */
MUST_USE enum err article_apply(struct edit *edit, const struct id *id,
                                const struct article_checked *checked);

/* What decides about an article's next step. */
struct article_head {
    struct id id;
    struct id story;
    enum article_state state;
    int64_t revision;
    int64_t live_revision;
    int64_t published_us;
    int64_t updated_us;
    int64_t scheduled_us;
    int64_t embargo_us;
    int64_t expires_us;
};

/* ERR_NOT_FOUND leaves the fault to the caller; others fill it. */
MUST_USE enum err article_head_find(struct edit *edit, const struct id *id,
                                    struct article_head *ret_head);

/* The same; ERR_NOT_FOUND says so. */
MUST_USE enum err article_head_load(struct edit *edit, const struct id *id,
                                    struct article_head *ret_head);

/* Names of those in the list who count as authors, between them the comma that
 * the language writes. */
struct str article_byline_text(struct str language,
                               const struct article_byline *bylines,
                               size_t count, struct arena *arena);

/* Bylines as they stand in the row's table, names filled in. */
MUST_USE enum err article_read_bylines(struct db *db, const struct id *id,
                                       struct str language, struct arena *arena,
                                       struct article_byline **ret_bylines,
                                       size_t *ret_count);

#endif
