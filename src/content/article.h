// SPDX-License-Identifier: Apache-2.0
/* content/article.h: articles, their revisions and their states.
 *
 * What an editor writes is a struct article_content. Each save keeps one as a
 * revision. What readers see is the revision that was published last: saving a
 * published article changes nothing for them until it is published again
 * (workflow.h). */
#ifndef CONTENT_ARTICLE_H
#define CONTENT_ARTICLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/id.h"
#include "base/str.h"
#include "content/category.h"
#include "content/media.h"
#include "content/person.h"
#include "content/tag.h"
#include "store/db.h"

struct arena;
struct document_node;
struct edit;

enum {
    ARTICLE_CATEGORIES_MAX = 16,
    ARTICLE_TAGS_MAX = 64,
    ARTICLE_BYLINES_MAX = 32,
    ARTICLE_NOTE_BYTES_MAX = 500,
};

/* clang-format off */
/*    state      name          readers see it */
#define ARTICLE_STATES(X) \
    X(DRAFT,     "draft",      false) \
    X(REVIEW,    "review",     false) \
    X(READY,     "ready",      false) \
    X(SCHEDULED, "scheduled",  false) \
    X(PUBLISHED, "published",  true) \
    X(WITHDRAWN, "withdrawn",  false)

/*    weight     name: how large a story it is on a front */
#define ARTICLE_WEIGHTS(X) \
    X(STANDARD,  "standard") \
    X(LEAD,      "lead") \
    X(MAJOR,     "major") \
    X(BRIEF,     "brief")

/*    text             bytes at most: the plain texts of an article */
#define ARTICLE_TEXTS(X) \
    X(slug,            80)   /* "" is made of the headline */ \
    X(headline,        500)  /* required */ \
    X(kicker,          200)  /* the word or two above it */ \
    X(standfirst,      4000) \
    X(byline,          500)  /* as printed; "" for the names of bylines */ \
    X(source,          200)  /* agency or paper: "BM.GE" */ \
    X(dateline,        200)  /* where it was written */ \
    X(picture_alt,     2000) /* of the main picture, in this use; "" for */ \
    X(picture_caption, 2000) /* the medium's own */ \
    X(picture_credit,  500)  \
    X(seo_title,       500)  /* "" for the headline */ \
    X(seo_description, 1000) /* "" for the standfirst */ \
    X(canonical,       2048) /* address of the original, when elsewhere */
/* clang-format on */

enum article_state {
#define X(state, name, visible) ARTICLE_##state,
    ARTICLE_STATES(X)
#undef X
        ARTICLE_STATE_COUNT
};

enum article_weight {
#define X(weight, name) ARTICLE_##weight,
    ARTICLE_WEIGHTS(X)
#undef X
        ARTICLE_WEIGHT_COUNT
};

const char *article_state_name(enum article_state state);
MUST_USE enum err article_state_parse(struct str name,
                                      enum article_state *ret_state);
const char *article_weight_name(enum article_weight weight);
MUST_USE enum err article_weight_parse(struct str name,
                                       enum article_weight *ret_weight);

/* Who made it: a person, or a name that is none of the staff's. */
struct article_byline {
    struct id person; /* none: name counts */
    struct str name;  /* "BM.GE"; filled in for a person when loaded */
    struct str role;  /* "", "photographer", "translator" … */
    struct str slug;  /* the person's; filled in when loaded */
};

/* Whether they wrote it, rather than drew or translated it. */
bool article_byline_is_author(const struct article_byline *byline);

/* What programs that play fetch beside the text: the article read aloud, the
 * broadcast that it is of. A file of ours, or one elsewhere. */
struct article_enclosure {
    struct id medium;   /* of ours, or none */
    struct str url;     /* elsewhere, or "" */
    struct str mime;    /* "audio/mpeg"; that of the medium when there is one */
    int64_t size_bytes; /* 0: not known; of the medium as well */
    int64_t seconds;    /* how long it lasts; 0: not known */
};

enum { ENCLOSURE_SECONDS_MAX = 7 * 24 * 3600 };

bool article_enclosure_is_set(const struct article_enclosure *enclosure);

/* Whether files of that type are played. */
bool article_enclosure_type_is_fit(struct str mime);

/* What an editor writes. */
struct article_content {
    struct str language;
#define X(name, bytes) struct str name;
    ARTICLE_TEXTS(X)
#undef X
    struct str body; /* document JSON (render/document.h); "" is empty */

    /* For article_save: the body as a tree, instead of as JSON, or NULL. */
    struct document_node *document;
    bool body_is_ready; /* see article_ready_body */
    bool opinion;
    bool live;      /* a live blog */
    bool sponsored; /* paid for */
    enum article_weight weight;
    struct id picture; /* the main picture's medium, or none */
    struct article_enclosure enclosure;
    struct id *categories; /* the first is the main one */
    size_t category_count;
    struct str *tags; /* names; those the language lacks are made */
    size_t tag_count;
    struct article_byline *bylines; /* in order */
    size_t byline_count;
};

struct article_correction {
    int64_t time_us;
    struct str text;
};

/* The same story in another language. */
struct article_translation {
    struct id id;
    struct str language;
    struct str slug;
    struct str headline;
};

/* An article with all that its page shows. */
struct article {
    struct id id;
    struct id story; /* shared by translations */
    enum article_state state;
    struct article_content content;       /* see article_load */
    const struct document_node *document; /* content.body, parsed */
    int64_t revision;                     /* the newest one */
    int64_t live_revision;                /* what readers see; 0: nothing */
    int64_t created_us;
    int64_t published_us; /* 0 when it never was */
    int64_t updated_us;   /* after publication; 0 when it never was */
    int64_t scheduled_us; /* 0 unless it is scheduled */
    int64_t embargo_us;   /* nothing of it appears before; 0: none */
    struct str embargo_reason;
    int64_t expires_us;     /* it is withdrawn then; 0: never */
    struct str due_problem; /* why it could not be published or withdrawn by
                             * itself, or "" */
    int64_t due_retry_us;   /* when that is tried again */
    int64_t withdrawn_us;   /* 0 unless it is withdrawn */
    bool expired;           /* withdrawn by its expiry time: no reason */
    struct str withdrawn_reason;
    struct str withdrawn_target; /* a path to go to instead, or "" */
    int64_t views;

    struct str byline; /* content.byline, or the names with ", " between */
    struct category *categories; /* content.categories in its language */
    size_t category_count;
    struct tag *tags;
    size_t tag_count;
    struct article_correction *corrections; /* newest first */
    size_t correction_count;
    struct article_translation *translations; /* published ones, others only */
    size_t translation_count;
    struct medium *media; /* the main picture, those in the body, what is
                             played */
    size_t media_count;
    const struct medium *picture;   /* into media, or NULL */
    const struct medium *enclosure; /* the same of content.enclosure */
};

/* The medium of that id among article->media, or NULL. */
const struct medium *article_medium(const struct article *article,
                                    struct str id);

/* Where its page is: "/en/article/some-words-62f9f7d471fdc"; without a slug the
 * id alone. */
struct str article_path(struct arena *arena, struct str language,
                        struct str slug, struct str id);

/* When what readers see of it changed last: its text or its corrections. 0 when
 * it was never published. */
int64_t article_changed_us(const struct article *article);

/* Any article: content is what readers see, or, when they see nothing, the
 * newest revision. For the newsroom and the command line. */
MUST_USE enum err article_load(struct db *db, const struct id *id,
                               struct arena *arena,
                               struct article *ret_article);

/* For readers: ERR_NOT_FOUND unless it is published or was withdrawn;
 * ERR_GONE when withdrawn: only id, content.language, content.slug,
 * content.headline and withdrawn_… are then filled in. */
MUST_USE enum err article_load_public(struct db *db, const struct id *id,
                                      struct arena *arena,
                                      struct article *ret_article);

/* ---- Writing ----------------------------------------------------------------
 */

struct article_input {
    /* None makes a new article. One that is not taken makes a new article of
     * that id (imports); one that is there gets a new revision. */
    struct id id;
    struct id story; /* none: its own, or as it was */

    /* The revision this one was made from: ERR_CONFLICT when there is a newer
     * one by now. 0 does not ask. */
    int64_t base_revision;
    struct str note;    /* why, for the list of revisions; mostly "" */
    int64_t created_us; /* of a new one; 0 is now */
    struct article_content content;
};

/* Checks the content and keeps it as a new revision; one that says the same as
 * the newest is not kept twice. Emits draft:<id>. Errors name the field:
 * "headline", "categories[1]", "body: content[3]". */
MUST_USE enum err article_save(struct edit *edit,
                               const struct article_input *input,
                               struct id *ret_id, int64_t *ret_revision);

/* Does ahead, in any thread, what article_save does with the body: checks it,
 * and sets both the tree and the JSON. Neither may be changed behind it. Errors
 * as those of article_save. */
MUST_USE enum err article_ready_body(struct article_content *content,
                                     struct arena *arena, struct fault *fault);

/* The enclosure as JSON: medium, url, type, bytes, seconds, as far as they are
 * set; the caller owns it. */
struct json_t;
struct json_t *article_enclosure_json(
    const struct article_enclosure *enclosure);

/* Back; ERR_INVALID when object is not such a one. Texts live in arena. */
MUST_USE enum err article_enclosure_read(
    const struct json_t *object, struct arena *arena,
    struct article_enclosure *ret_enclosure);

/* ---- Revisions --------------------------------------------------------------
 */

struct article_revision {
    int64_t number; /* from 1 */
    int64_t time_us;
    struct str actor;
    struct str note;
    struct str headline;
};

struct article_revision_list {
    struct article_revision *revisions; /* newest first */
    size_t count;
};

MUST_USE enum err article_revisions(struct db *db, const struct id *id,
                                    struct arena *arena,
                                    struct article_revision_list *ret_list);

/* What a revision says; 0 is the newest. */
MUST_USE enum err article_content_load(struct db *db, const struct id *id,
                                       int64_t revision, struct arena *arena,
                                       struct article_content *ret_content);

#endif
