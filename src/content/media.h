// SPDX-License-Identifier: Apache-2.0
/* content/media.h: pictures, clips and other files that articles show. A medium
 * has an original and any number of renditions; all are blobs. They become
 * public when an article that shows them is published. */
#ifndef CONTENT_MEDIA_H
#define CONTENT_MEDIA_H

#include <stddef.h>
#include <stdint.h>

#include "base/id.h"
#include "base/str.h"
#include "store/blob.h"
#include "store/db.h"

struct arena;
struct edit;

enum {
    MEDIA_TEXT_BYTES_MAX = 2000,
    MEDIA_RENDITIONS_MAX = 64,
    MEDIA_FOCUS_MAX = 1000,
};

struct rendition {
    struct blob blob; /* blob_public_name: /media/<name> */
    struct str mime;  /* "image/webp" */
    int64_t width;    /* pixels; 0 when it has none */
    int64_t height;
    int64_t size_bytes;
};

struct medium {
    struct id id;
    struct rendition original;
    int64_t focus_x; /* thousandths of the width; 500 is the middle */
    int64_t focus_y;
    struct str alt; /* used where an article gives none of its own */
    struct str caption;
    struct str credit;
    struct str filename; /* as it came */
    int64_t created_us;
    struct rendition *renditions; /* by type, then from narrow to wide */
    size_t rendition_count;
};

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

/* Adds the medium (id none, or one that is not taken) or changes it, with all
 * its renditions. Published articles that show it are emitted as changed and
 * new renditions made public. */
MUST_USE enum err media_save(struct edit *edit, const struct medium *medium,
                             struct id *ret_id);

MUST_USE enum err media_load(struct db *db, const struct id *id,
                             struct arena *arena, struct medium *ret_medium);

/* The medium whose original is this blob: for imports that come twice. */
MUST_USE enum err media_find_blob(struct db *db, const struct blob *blob,
                                  struct arena *arena,
                                  struct medium *ret_medium);

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
#define MEDIA_PUBLIC_SQL \
    "SELECT blob FROM medium WHERE id IN " MEDIA_SHOWN_SQL \
    " UNION SELECT blob FROM rendition WHERE medium_id IN " MEDIA_SHOWN_SQL
extern const char media_public_sql[]; /* by name */

/* Its type by the ending of a file's name, "" when it is not known. */
struct str media_type_of_filename(struct str filename);

#endif
