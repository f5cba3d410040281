// SPDX-License-Identifier: Apache-2.0
/* content/live.h: live blogs. An article becomes one by live_start and has
 * posts from then on: short texts with a time of their own, the newest first.
 * The article itself is the summary on top of them; readers see posts when, and
 * as long as, they see the article.
 *
 * Every write to a blog takes the next number of it (seq). A post carries the
 * number of its last change, so that who has read up to a number can be told
 * what came since, and nothing else.
 *
 * What readers see emits live:<article>; starting and ending also article:<id>
 * and the lists it stands in, because these show the word "Live". Of an article
 * that readers do not see, draft:<id>. */
#ifndef CONTENT_LIVE_H
#define CONTENT_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "content/article.h"
#include "content/article_list.h"

struct picture_ids;

enum {
    LIVE_POSTS_MAX = 900, /* of one blog; a longer story begins another */
    LIVE_POST_JSON_BYTES_MAX = 256 * 1024,
    LIVE_HEADLINE_BYTES_MAX = 500,
    LIVE_CORRECTION_BYTES_MAX = 4000,
    LIVE_REASON_BYTES_MAX = 1000,
};

enum live_state { LIVE_RUNNING, LIVE_ENDED };

struct live_blog {
    struct id article;
    enum live_state state;
    int64_t seq; /* of its last change; 1 when it started */
    int64_t started_us;
    int64_t ended_us;   /* 0 while it runs */
    int64_t changed_us; /* when it changed last */
    int64_t post_count; /* removed ones included */
};

struct live_post {
    struct id id;
    struct id article;
    int64_t time_us;
    struct str headline;                  /* may be "" */
    struct str body;                      /* document JSON */
    const struct document_node *document; /* of body */
    struct article_byline *bylines;       /* names filled in */
    size_t byline_count;
    bool key;    /* in the list of key events */
    bool pinned; /* stays on top; one of a blog at most */
    struct str correction;
    int64_t corrected_us; /* 0: there is none */
    struct str removed_reason;
    int64_t removed_us; /* 0: it stands; else only time and reason are shown */
    int64_t revision;
    int64_t edited_us; /* 0: never */
    int64_t seq;       /* of the blog, when it changed last */
    int64_t first_seq; /* when it came */
};

struct live_posts {
    struct live_post *posts;
    size_t count;
    bool more;                  /* there are others behind them */
    struct article_cursor next; /* where these begin, for LIVE_BEFORE */
};

/* A post's own address, of the article's: "/en/article/…?post=62f9f7d471fdc".
 */
struct str live_post_path(struct arena *arena, struct str article,
                          const struct id *post);

const char *live_state_name(enum live_state state); /* "live", "ended" */

/* ---- Reading ---------------------------------------------------------------
 */

/* ERR_NOT_FOUND when the article is no live blog, or there is none. */
MUST_USE enum err live_load(struct db *db, const struct id *article,
                            struct live_blog *ret_blog);

enum live_which {
    LIVE_BEFORE, /* newest first, behind the cursor; a zeroed one: the newest */
    LIVE_FROM,   /* the same, the cursor's own post included */
    LIVE_SINCE,  /* those changed after a number, oldest change first */
    LIVE_KEYS,   /* key events, newest first */
    LIVE_PINNED, /* the one on top, if there is one */
};

struct live_query {
    enum live_which which;
    struct article_cursor cursor; /* time and id of a post */
    int64_t since;
    size_t limit;
};

/* Removed posts are among the first three kinds, without text. language: whose
 * names people have. */
MUST_USE enum err live_posts(struct db *db, const struct id *article,
                             struct str language,
                             const struct live_query *query,
                             struct arena *arena, struct live_posts *ret_posts);

/* The newest that were started, at most limit; running ones first. */
MUST_USE enum err live_blogs(struct db *db, size_t limit, struct arena *arena,
                             struct live_blog **ret_blogs, size_t *ret_count);

/* ERR_NOT_FOUND when there is none. The text of a removed one is still there.
 */
MUST_USE enum err live_post_load(struct db *db, const struct id *post,
                                 struct arena *arena,
                                 struct live_post *ret_post);

/* ---- Writing ----------------------------------------------------------------
 * time_us 0 is now; it may not lie ahead. Nothing is written when nothing would
 * change. */

/* Makes the article a live blog, or goes on with one that has ended. */
MUST_USE enum err live_start(struct edit *edit, const struct id *article,
                             int64_t time_us);

/* It stays as it is, without the word "Live". Posts can still be corrected. */
MUST_USE enum err live_end(struct edit *edit, const struct id *article,
                           int64_t time_us);

struct live_post_input {
    struct id id; /* none, or one that is not taken: a new post */
    struct id article;
    int64_t base_revision; /* ERR_CONFLICT when there is a newer one; 0: any */
    int64_t time_us;       /* of a new post; else 0 leaves it as it is */
    struct str headline;
    struct str body; /* document JSON, or: */
    struct document_node *document;
    struct article_byline *bylines;
    size_t byline_count;
    bool key; /* of a new post, as is: */
    bool pinned;

    /* Not NULL: as in struct publish_options, of a blog that readers see. */
    struct picture_ids *waiting;
    struct arena *arena;
};

/* A new post, or what a post says from now on; what it said is kept as a
 * revision. Errors name the field: "headline", "body: content[3]". A blog that
 * ended takes no new posts. ERR_AGAIN: pictures of it are to be made first. */
MUST_USE enum err live_post_save(struct edit *edit,
                                 const struct live_post_input *input,
                                 struct id *ret_id);

MUST_USE enum err live_post_key(struct edit *edit, const struct id *post,
                                bool key);

/* Unpins the one that was pinned before. */
MUST_USE enum err live_post_pin(struct edit *edit, const struct id *post,
                                bool pinned);

/* A note of what was wrong, shown with the post; "" takes it away. */
MUST_USE enum err live_post_correct(struct edit *edit, const struct id *post,
                                    struct str note, int64_t time_us);

/* Its place tells that it was removed, and why (required). For good. */
MUST_USE enum err live_post_remove(struct edit *edit, const struct id *post,
                                   struct str reason, int64_t time_us);

#endif
