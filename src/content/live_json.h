// SPDX-License-Identifier: Apache-2.0
/* content/live_json.h: posts as JSON, for the command line and the newsroom's
 * API. What is written can be read again:
 *
 *     {"headline": "The bridge is closed",
 *      "text": "Plain text; an empty line parts paragraphs.",
 *      "time": "2026-08-15T08:41:00Z",
 *      "bylines": ["Reuters", {"slug": "nino-beridze"}],
 *      "key": true, "pinned": false}
 *
 * "body" in place of "text" is a document (render/document.h); a document alone
 * is a post without anything else. */
#ifndef CONTENT_LIVE_JSON_H
#define CONTENT_LIVE_JSON_H

#include "content/live.h"

struct json_t;

/* For json_members.h: what is read here, and what is told besides. */
extern const char *const live_post_members[];
extern const char *const live_post_members_told[];

/* Puts the members of value into input, which holds what was there before (or
 * is zeroed); others stay as they are. ERR_INVALID names the member; whether
 * value has others is for who knows what else it may have
 * (json_members_check). Texts live in arena. */
MUST_USE enum err live_json_read(const struct json_t *value, struct db *db,
                                 struct str language, struct arena *arena,
                                 struct live_post_input *input,
                                 struct fault *fault);

/* The same from text: JSON when it begins with "{", else plain text. Members
 * that a post does not have are refused. */
MUST_USE enum err live_json_read_text(struct str text, struct db *db,
                                      struct str language, struct arena *arena,
                                      struct live_post_input *input,
                                      struct fault *fault);

/* A post with all that is known of it. The caller owns it; NULL when memory is
 * out. */
struct json_t *live_json_post(const struct live_post *post);
struct json_t *live_json_blog(const struct live_blog *blog);

/* Takes over what a stored post says, so that a part of it can be changed. */
struct live_post_input live_post_input_of(const struct live_post *post);

#endif
