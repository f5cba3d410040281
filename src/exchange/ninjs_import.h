// SPDX-License-Identifier: Apache-2.0
/* exchange/ninjs_import.h: articles made of ninjs items, many at a time.
 *
 * How an item becomes an article is told in docs/ninjs.md. The same item again
 * changes nothing, even when an editor has changed the article meanwhile; an
 * item that its supplier changed gives a new revision. */
#ifndef EXCHANGE_NINJS_IMPORT_H
#define EXCHANGE_NINJS_IMPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "exchange/import.h"

struct content;
struct html_helper;
struct ninjs_import;

enum {
    NINJS_BATCH_ITEMS = 2000,             /* committed together, or: */
    NINJS_BATCH_BYTES = 64 * 1024 * 1024, /* of memory, read and converted */
};

struct ninjs_import_options {
    struct content *content;
    struct html_helper *helper; /* for bodies in HTML, ahead of their time */
    struct html_helper *lines;  /* another one, for all other texts */
    struct str actor;           /* for the log */

    /* Subjects that are no category yet become tags instead of categories. */
    bool keep_categories;
    bool drafts; /* nothing is published */
    bool again;  /* also what was imported before and is the same */

    /* Files whose address begins with media_prefix lie in media_folder; both
     * NULL: only files beside the ninjs file are found. */
    const char *media_prefix;
    const char *media_folder;

    import_report *report; /* or NULL */
    void *context;
};

/* Copies options; what they point to must live as long as the import. */
MUST_USE enum err ninjs_import_create(
    const struct ninjs_import_options *options,
    struct ninjs_import **ret_import, struct fault *fault);

/* Imports every item of a file: now, or when what was given before it is done.
 * An item that cannot be imported, and a file that cannot be read, is reported
 * as refused and is ERR_OK here; an error is of the database, and the import is
 * over. */
MUST_USE enum err ninjs_import_file(struct ninjs_import *import,
                                    const char *path, struct fault *fault);

/* Imports and commits what is left. *ret_seq is the log's newest entry, 0 when
 * nothing changed. */
MUST_USE enum err ninjs_import_finish(struct ninjs_import *import,
                                      struct import_counts *ret_counts,
                                      int64_t *ret_seq, struct fault *fault);

/* Rolls back what was not committed. Accepts NULL. */
void ninjs_import_destroy(struct ninjs_import *import);

#endif
