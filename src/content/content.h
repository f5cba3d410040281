// SPDX-License-Identifier: Apache-2.0
/* content/content.h: a newspaper's directory, opened: its database, its blobs
 * and its public media.
 *
 *     DIR/broadsheet.db   everything but files
 *     DIR/blobs/          files by content, private
 *     DIR/media/          hard links to what readers may have
 *
 * Reading: lend a reader and call the functions that take a struct db. They
 * answer an enum err; db_fault says more of a failing database.
 * Writing: edit.h. */
#ifndef CONTENT_CONTENT_H
#define CONTENT_CONTENT_H

#include <stddef.h>

#include "base/fault.h"
#include "base/str.h"
#include "store/db_pool.h"

struct blob_store;
struct content;

struct content_options {
    bool create;    /* make what is missing, the directory included */
    bool read_only; /* open no writer; nothing is migrated */
    size_t readers; /* 0 is 1 */

    /* The language a new newspaper begins with; "" is "en". */
    struct str first_language;
};

/* Brings an older database to the newest schema. ERR_NOT_FOUND when there is no
 * newspaper and create is not set; ERR_NEWER when a newer version made it;
 * ERR_BUSY, ERR_CORRUPT, ERR_DENIED, ERR_FULL, ERR_IO. options NULL: opens what
 * is there. */
MUST_USE enum err content_open(const char *directory,
                               const struct content_options *options,
                               struct content **ret_content,
                               struct fault *fault);
void content_close(struct content *content); /* accepts NULL */

const char *content_directory(const struct content *content);
struct db_pool *content_pool(struct content *content);
struct blob_store *content_blobs(struct content *content);

/* What would make a commit wait now and then, done apart from it, by
 * cli/upkeep.h. */
MUST_USE enum err content_upkeep(struct content *content, struct fault *fault);

/* A connection to read from: DEFER(db_lease_end) struct db_lease lease = … */
struct db_lease content_reader(struct content *content);

/* The schema that the database has, and the newest that this program knows. */
MUST_USE enum err content_schema(struct db *db, int64_t *ret_version);
int64_t content_schema_newest(void);

/* Links every stored file that readers may have into the public folder, which
 * must be empty: for a newspaper that was restored. Missing ones are left out.
 * Durable when it answers. */
MUST_USE enum err content_link_media(struct content *content,
                                     struct fault *fault);

#endif
