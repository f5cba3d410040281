// SPDX-License-Identifier: Apache-2.0
/* exchange/backup_archive.h: what is in a backup and in which order:
 *
 *     broadsheet-backup.json   what it is a backup of (exchange/backup.h)
 *     broadsheet.db            the database
 *     blobs/ab/cdef….webp      stored files, sorted, named by their SHA-256
 *     theme/…                  the theme's overrides
 *     MISSING                  stored files that were missing already, a line
 *                              each; only when there are any
 *     SHA256SUMS               a line each for all of the above, as sha256sum
 *                              writes and checks them
 *
 * in a tar (exchange/tar.h), packed and perhaps sealed (exchange/pack.h). The
 * reader accepts nothing else: no other name, no other order, none twice. */
#ifndef EXCHANGE_BACKUP_ARCHIVE_H
#define EXCHANGE_BACKUP_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/hash.h"
#include "exchange/tar.h"

struct pack_writer;

enum archive_part {
    ARCHIVE_INFO,
    ARCHIVE_DATABASE,
    ARCHIVE_BLOB,
    ARCHIVE_THEME,
    ARCHIVE_MISSING,
    ARCHIVE_SUMS,
    ARCHIVE_PARTS,
};

#define ARCHIVE_NAME_INFO "broadsheet-backup.json"
#define ARCHIVE_NAME_DATABASE "broadsheet.db"
#define ARCHIVE_NAME_BLOBS "blobs/"
#define ARCHIVE_NAME_THEME "theme/"
#define ARCHIVE_NAME_MISSING "MISSING"
#define ARCHIVE_NAME_SUMS "SHA256SUMS"

/* ---- Writing ---------------------------------------------------------------
 */

struct archive_writer {
    struct pack_writer *pack;
    FILE *sums; /* what SHA256SUMS will be */
    struct digest digest;
};

/* folder is where a nameless file is kept meanwhile. */
MUST_USE enum err archive_write_begin(struct archive_writer *writer,
                                      struct pack_writer *pack,
                                      const char *folder, struct fault *fault);
MUST_USE enum err archive_write_bytes(struct archive_writer *writer,
                                      const char *name, struct str bytes,
                                      int64_t modified_s, struct fault *fault);

/* size bytes from where fd stands; their SHA-256 goes to digest. ERR_IO when
 * there are fewer. */
MUST_USE enum err archive_write_fd(struct archive_writer *writer,
                                   const struct tar_file *file, int fd,
                                   char digest[DIGEST_HEX_BYTES],
                                   struct fault *fault);

/* Writes SHA256SUMS and the end. */
MUST_USE enum err archive_write_end(struct archive_writer *writer,
                                    struct fault *fault);
void archive_writer_finish(struct archive_writer *writer); /* for DEFER */

/* ---- Reading ---------------------------------------------------------------
 */

/* Where the bytes come from: as pack_read. */
struct archive_input {
    enum err (*read)(void *context, void *target, size_t capacity,
                     size_t *ret_len, struct fault *fault);
    void *context;
};

struct archive_reader {
    struct archive_input input;
    struct tar_reader tar;
    struct digest digest;
    bool open; /* a file is being read */
    struct tar_file file;
    enum archive_part part;
    int64_t left; /* bytes of the file that were not read yet */
    char digest_hex[DIGEST_HEX_BYTES]; /* of the file read last */
    struct buf lines; /* what stands for each line of SHA256SUMS */
};

void archive_read_begin(struct archive_reader *reader,
                        struct archive_input input);

/* Goes to the next file; the one before must have been read to its end.
 * SHA256SUMS is read and compared in here: ERR_NOT_FOUND is the end, and all
 * files were as they were when the backup was made. ERR_CORRUPT: fault names
 * the file and what is wrong. */
MUST_USE enum err archive_next(struct archive_reader *reader,
                               struct fault *fault);

/* Bytes of the file; *ret_len 0 is its end, and digest_hex is set. */
MUST_USE enum err archive_read(struct archive_reader *reader, void *target,
                               size_t capacity, size_t *ret_len,
                               struct fault *fault);
void archive_reader_finish(struct archive_reader *reader); /* for DEFER */

#endif
