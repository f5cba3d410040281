// SPDX-License-Identifier: Apache-2.0
/* exchange/story_import_internal.h: what the files of the import share. */
#ifndef EXCHANGE_STORY_IMPORT_INTERNAL_H
#define EXCHANGE_STORY_IMPORT_INTERNAL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "content/article.h"
#include "content/edit.h"
#include "content/import_item.h"
#include "exchange/import_session.h"
#include "exchange/story_import.h"

struct document_node;
struct import_due;

/* A story whose turn has not come yet. */
struct story_ahead {
    struct arena arena;
    struct story *story;
    struct str digest; /* "" when nobody asked yet */
    uint64_t ticket;   /* of its body with the helper, or 0 */
};

struct story_import {
    struct import_session session;
    struct story_import_options options;
    const struct story_source *source;
    struct story_dropped *dropped;
    size_t dropped_count;

    /* Categories, people and media that are known to be there, by the key
     * known_key makes: forgotten when something is rolled back. */
    struct arena known_arena;
    struct map known;

    struct story_ahead ahead[STORIES_AHEAD]; /* a ring */
    size_t ahead_first;
    size_t ahead_count;

    int64_t turned; /* articles whose links were, when all had come */
};

/* One story on its way in. Everything lives in the session's arena. */
struct arriving {
    struct story_import *import;
    const struct story *story;
    uint64_t ticket; /* of its body with the helper, or 0 */
    struct article_input input;
    struct document_node *doc;
    struct str *tag_slugs; /* as they were, of input.content.tags */
    struct str digest;     /* "" until somebody asks */
    struct buf left_out;   /* kinds of things and how many */
    struct buf told;       /* what else its system had otherwise */
};

/* Says what happened: "picture a.jpg: …". */
void arriving_tell(struct arriving *arriving, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Something of a kind did not come along. */
void arriving_drop(struct arriving *arriving, struct str what, int64_t count);

struct import_key arriving_key(const struct arriving *arriving,
                               enum import_kind kind, struct str foreign);

/* What a foreign thing is here, if it is known without asking; kind is an enum
 * import_kind or: */
enum { KNOWN_TAG = 1000 };
bool known_find(const struct story_import *import, int kind, struct str foreign,
                struct id *ret_id);
void known_add(struct story_import *import, int kind, struct str foreign,
               const struct id *id);
void known_forget(struct story_import *import);

/* ---- story_save.c ---- */

/* Whether somebody here has had a hand in the article since it was imported;
 * revision and state are what it is now. */
bool story_is_changed_here(const struct import_item *item, int64_t revision,
                           enum article_state state);

/* Whether it came before and says the same. */
MUST_USE enum err story_is_known(struct arriving *arriving, bool *ret_known);

/* Brings the story into the newspaper, or finds that nothing is to do. */
MUST_USE enum err story_save(struct arriving *arriving,
                             enum import_outcome *ret_outcome);

/* ---- story_content.c ---- */

/* Whether the parser has to look at it. */
bool story_has_markup(struct str text);

/* Fills arriving->input.content. */
MUST_USE enum err story_read_content(struct arriving *arriving);

/* ---- story_links.c ---- */

/* Links in arriving->doc to what the same site had and is here already lead to
 * it at once; the others wait for it (import_link.h). */
MUST_USE enum err story_lead_links(struct arriving *arriving);

/* The same in the body of an article that is due; *ret_turned: some do. */
MUST_USE enum err story_turn_links(struct story_import *import,
                                   const struct import_due *due,
                                   struct document_node *doc, bool *ret_turned);

/* An old address, full or a path, leads to target from now on, and whose links
 * waited for it are due. Where that cannot be, an old address less is no harm.
 */
MUST_USE enum err story_redirect(struct story_import *import,
                                 struct str address, struct str target);

/* ---- story_due.c ---- */

/* Saves anew what is due, batch by batch. What was committed before is kept. */
MUST_USE enum err story_turn_due(struct story_import *import,
                                 struct fault *fault);

/* ---- story_names.c ---- */

/* Categories, tags, people. */
MUST_USE enum err story_read_names(struct arriving *arriving);

/* Where its tags were listed leads to where they are; they are saved. */
MUST_USE enum err story_redirect_tags(struct arriving *arriving);

/* ---- story_media.c ---- */

/* The medium of a picture, new or known already; none when its file is not
 * there, which is told. */
MUST_USE enum err story_find_medium(struct arriving *arriving, struct str src,
                                    struct id *ret_id);

/* What a path below the media folder is here already. ERR_NOT_FOUND. */
MUST_USE enum err story_known_medium(struct arriving *arriving, struct str path,
                                     struct id *ret_id);

/* From now on it is known by that path. */
MUST_USE enum err story_keep_known(struct arriving *arriving, struct str path,
                                   const struct id *id);

/* The path below the media folder that an address means. */
struct str story_media_path(const struct arriving *arriving, struct str src);

/* ---- story_recording.c ---- */

/* What is played: the file in the media folder, else where it is. */
MUST_USE enum err story_read_recording(struct arriving *arriving);

#endif
