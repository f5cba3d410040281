// SPDX-License-Identifier: Apache-2.0
/* exchange/backup.h: a newspaper as one file, made while it is served, and
 * back. What is in the file: exchange/backup_archive.h. It begins with
 * broadsheet-backup.json:
 *
 *     {"format": 1, "program": "0.1.0", "schema": 4, "name": "The Courier",
 *      "created": "2026-11-27T03:00:00Z", "database_bytes": 4194304,
 *      "blobs": 1200, "blob_bytes": 83886080}
 *
 * The database is one state of it: all that was committed before backup_write
 * was called, and every file that this state names. */
#ifndef EXCHANGE_BACKUP_H
#define EXCHANGE_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "store/blob.h"

struct content;
struct seal_key;

enum {
    BACKUP_FORMAT = 1,
    BACKUP_NAME_BYTES = 256,
    BACKUP_PROGRAM_BYTES = 32,
};

struct backup_options {
    const struct seal_key *key; /* or NULL */
    const char *folder;         /* for what is needed meanwhile; it takes as
                                   much room as the database */
    bool needs_room;            /* the file lies there, too: first it is looked
                                   whether all of it can have room */

    /* Bytes of what total_bytes; may be NULL. */
    void (*progress)(void *context, const char *what, int64_t done,
                     int64_t total);
    void *context;
};

/* What is in a backup. */
struct backup_summary {
    int64_t format;
    int64_t schema;
    int64_t created_us;
    int64_t database_bytes;
    int64_t blobs;
    int64_t blob_bytes;
    int64_t theme_files;
    char name[BACKUP_NAME_BYTES];       /* the newspaper's */
    char program[BACKUP_PROGRAM_BYTES]; /* the version that made it */

    /* What was not whole in the newspaper already; the name of the first. */
    int64_t missing;
    int64_t damaged;
    char first_bad[BLOB_NAME_BYTES];
};

/* Writes a backup to fd. ERR_FULL before anything is written when there is no
 * room for it, the database taken to become a quarter of its size. A stored
 * file that is missing or damaged does not keep the rest from being backed up:
 * the summary counts them. ERR_FULL, ERR_IO … leave half a file in fd. */
MUST_USE enum err backup_write(struct content *content, int fd,
                               const struct backup_options *options,
                               struct backup_summary *ret_summary,
                               struct fault *fault);

/* Reads a backup from fd and checks all of it: every file against the sums, the
 * database by its own check, and that the files are those it names. ERR_CORRUPT
 * (fault says where), ERR_DENIED (the key), ERR_NEWER, ERR_UNSUPPORTED. */
MUST_USE enum err backup_verify(int fd, const struct backup_options *options,
                                struct backup_summary *ret_summary,
                                struct fault *fault);

/* The same, and what is in it goes into options->folder, which must be empty,
 * durably; public media are linked again and an older schema is brought to this
 * program's. On failure something may be left in the folder. */
MUST_USE enum err backup_restore(int fd, const struct backup_options *options,
                                 struct backup_summary *ret_summary,
                                 struct fault *fault);

#endif
