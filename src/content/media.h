// SPDX-License-Identifier: Apache-2.0
/* content/media.h: pictures, clips and other files that articles show. A medium
 * has an original and any number of renditions; all are blobs. They become
 * public when an article that shows them is published.
 *
 * Renditions of pictures are made here (content/picture.h), without what a
 * camera writes into its files. Once they are, the original is not shown to
 * readers any more, unless they had it before. */
#ifndef CONTENT_MEDIA_H
#define CONTENT_MEDIA_H

#include <stddef.h>
#include <stdint.h>

#include "base/id.h"
#include "base/str.h"
#include "store/blob.h"
#include "store/db.h"

struct arena;
struct content;
struct edit;

enum {
    MEDIA_TEXT_BYTES_MAX = 2000,
    MEDIA_RENDITIONS_MAX = 64,
    MEDIA_FOCUS_MAX = 1000,
    MEDIA_FOCUS_AUTO = -1, /* of both: where it looks most interesting */
    /* Rises with every change of what is made of a picture (picture.c): those
     * made before are made anew, in the background. 0: the whole and 3:2. */
    MEDIA_PLAN = 1,
};

/* Where the renditions of a medium stand; the numbers are in the database. */
enum media_made {
    MEDIA_TO_MAKE = 0,    /* they are still what it came with */
    MEDIA_MADE = 1,       /* ours */
    MEDIA_UNMAKEABLE = 2, /* medium.problem says why */
    MEDIA_NO_PICTURE = 3, /* there is nothing to make */
};

/* "waiting", "made" and so on, as commands and the API tell it. */
const char *media_made_name(enum media_made made);

struct rendition {
    struct blob blob; /* blob_public_name: /media/<name> */
    struct str mime;  /* "image/webp" */
    struct str ratio; /* of picture_cuts: "3:2", "" of the whole */
    int64_t width;    /* pixels; 0 when it has none */
    int64_t height;
    int64_t size_bytes;
};

struct medium {
    struct id id;
    struct rendition original;
    int64_t focus_x; /* thousandths of the width, or MEDIA_FOCUS_AUTO */
    int64_t focus_y;
    struct str alt; /* used where an article gives none of its own */
    struct str caption;
    struct str credit;
    struct str filename; /* as it came */
    int64_t created_us;
    enum media_made made;
    bool original_shown; /* readers have had it: it stays public */
    struct str problem;
    struct rendition *renditions; /* by ratio and type, then from narrow to
                                   * wide: ours, else what it came with */
    size_t rendition_count;
};

/* Whether readers may have the original and what came with it, when an article
 * shows the medium. */
static inline bool media_original_is_public(const struct medium *medium)
{
    return medium->made != MEDIA_MADE || medium->original_shown;
}

struct media_list {
    struct medium *media;
    size_t count;
};

/* Stores bytes as a blob and returns the rendition made of it (to be put into
 * a struct medium). The type decides the extension: ERR_UNSUPPORTED for one
 * that is not in the table of types. */
MUST_USE enum err media_store(struct edit *edit, struct str bytes,
                              struct str mime, int64_t width, int64_t height,
                              struct rendition *ret_rendition);

/* The same without a write: for what takes its time. */
MUST_USE enum err media_put(struct content *content, struct str bytes,
                            struct str mime, int64_t width, int64_t height,
                            struct rendition *ret_rendition,
                            struct fault *fault);

/* Adds the medium (id none, or one that is not taken) or changes it, with all
 * its renditions; of a picture they are to be made anew. Published articles
 * that show it are emitted as changed and new renditions made public. */
MUST_USE enum err media_save(struct edit *edit, const struct medium *medium,
                             struct id *ret_id);

/* Puts made, problem, the sizes, the credit and the focal point of the medium
 * down, and renditions of ours in place of all that were made before. */
MUST_USE enum err media_save_made(struct edit *edit,
                                  const struct medium *medium);

MUST_USE enum err media_load(struct db *db, const struct id *id,
                             struct arena *arena, struct medium *ret_medium);

/* The medium whose original is this blob: for imports that come twice. */
MUST_USE enum err media_find_blob(struct db *db, const struct blob *blob,
                                  struct arena *arena,
                                  struct medium *ret_medium);

/* The one file of a medium for programs of every kind: the widest JPEG of a
 * picture whose renditions are made, else the original. */
const struct rendition *media_for_all(const struct medium *medium);

/* Newest first, before an id (or none). */
MUST_USE enum err media_list(struct db *db, const struct id *before,
                             size_t limit, struct arena *arena,
                             struct media_list *ret_list);

/* Every stored file that the database names, once: name and size, by name. */
extern const char media_blobs_sql[];

/* The names of those that readers may have: what published articles and people
 * show. */
#define MEDIA_SHOWN_SQL \
    "(SELECT medium_id FROM article_medium" \
    "  JOIN article ON article.id = article_id" \
    "  WHERE article.state = 'published'" \
    " UNION SELECT picture_id FROM person WHERE picture_id IS NOT NULL)"
/* … and of each of them: media_original_is_public, in SQL. */
#define MEDIA_CAME_IS_PUBLIC_SQL \
    "(medium.made <> 1 OR medium.original_shown = 1)"
#define MEDIA_PUBLIC_SQL \
    "SELECT blob FROM medium WHERE id IN " MEDIA_SHOWN_SQL \
    " AND " MEDIA_CAME_IS_PUBLIC_SQL \
    " UNION SELECT rendition.blob FROM rendition" \
    " JOIN medium ON medium.id = medium_id" \
    " WHERE medium_id IN " MEDIA_SHOWN_SQL \
    " AND (rendition.made = 1 OR " MEDIA_CAME_IS_PUBLIC_SQL ")"
extern const char media_public_sql[]; /* by name */

/* Its type by the ending of a file's name, "" when it is not known. */
struct str media_type_of_filename(struct str filename);

#endif
