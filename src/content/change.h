// SPDX-License-Identifier: Apache-2.0
/* content/change.h: the log of changes, the only way anything learns that
 * something happened. Each follower (the press, the search index …) keeps a
 * cursor into it.
 *
 * Keys, which pages name as what they were made from:
 *
 *     article:<id>            the article, its related ones, its translations
 *     live:<id>               the posts of that article (live.h)
 *     front:<lang>            a published article of the language
 *     latest:<lang>           the same, for lists and feeds of all
 *     category:<lang>/<slug>  an article in it or below it; the category
 *     tag:<lang>/<slug>       an article that carries it; the tag
 *     author:<slug>           an article of theirs; the person
 *     menu:<lang>             a menu of the language
 *     settings  languages  theme  day  hour
 *     categories              the tree, its names and slugs: all that show a
 *                             category's name or path depend on it
 *     sitemap:<lang>/<month>-<part>  an article of that chunk (sitemap.h)
 *     sitemaps                the list of chunks
 *     tags:<lang>             which tags have articles; their names
 *     authors                 which people have articles; their names
 *     views:<id>              the count of views, when it was set; counting
 *                             goes past the log (views.h)
 *     most:<shelf>            a list of the most read (most_read.h); never in
 *                             the log
 *     redirect:<path>         where an old path goes
 *     channels                which channels there are and what they are called
 *     channel:<name>          whether it is on the air, its programmes, and
 *                             that one of them began or ended (programme.h)
 *     alert:<lang>            breaking news (alert.h); pages that may show it a
 *                             moment longer have bar:<lang>, which is never in
 *                             the log
 *
 * And what no page is made from, for those who tell of it (site/event.h):
 *
 *     news:<id>               the article itself was published, updated,
 *                             corrected or withdrawn, as the kind says
 *     draft:<id>              something readers do not see; for the audit
 */
#ifndef CONTENT_CHANGE_H
#define CONTENT_CHANGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "store/db.h"

struct arena;
struct edit;

struct change {
    int64_t seq; /* grows by one; never used twice */
    int64_t time_us;
    struct str actor;
    struct str key;
    struct str kind; /* "publish", "update", "withdraw", "save" … */
};

struct change_list {
    struct change *changes; /* oldest first */
    size_t count;
};

/* Notes that key changed; written by edit_commit, each key once (a later kind
 * replaces an earlier one). key is copied, kind is not. */
void change_note(struct edit *edit, struct str key, const char *kind);
void change_notef(struct edit *edit, const char *kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Those after after_seq, at most limit. */
MUST_USE enum err change_read(struct db *db, int64_t after_seq, size_t limit,
                              struct arena *arena,
                              struct change_list *ret_list);

/* The newest seq; 0 when nothing ever happened. */
MUST_USE enum err change_last_seq(struct db *db, int64_t *ret_seq);

/* How far a follower is; 0 when it is new. */
MUST_USE enum err follower_seq(struct db *db, struct str name,
                               int64_t *ret_seq);
MUST_USE enum err follower_advance(struct edit *edit, struct str name,
                                   int64_t seq);

#endif
