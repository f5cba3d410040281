// SPDX-License-Identifier: Apache-2.0
/* exchange/tar.h: the heads of files in a POSIX pax archive (IEEE Std 1003.1
 * "pax", ustar Interchange Format and its extended headers), as far as backups
 * need them: ordinary files, with long names and any size. No input, no output:
 * blocks in, blocks out. */
#ifndef EXCHANGE_TAR_H
#define EXCHANGE_TAR_H

#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/str.h"

enum {
    TAR_BLOCK_BYTES = 512,
    TAR_NAME_BYTES_MAX = 1024,
    TAR_EXTENDED_BYTES_MAX = 4096, /* of one extended header */
};

struct tar_file {
    char name[TAR_NAME_BYTES_MAX + 1];
    int64_t size;       /* bytes */
    int64_t modified_s; /* seconds since 1970 */
};

/* How many bytes of zeros follow the content, up to a whole block. */
static inline size_t tar_padding(int64_t size)
{
    return (size_t)(-(uint64_t)size % TAR_BLOCK_BYTES);
}

/* Adds the blocks that stand before the file's content: mode 0600, nobody's.
 * ERR_TOO_LONG for a name beyond TAR_NAME_BYTES_MAX. */
MUST_USE enum err tar_write_head(struct buf *out, const struct tar_file *file);

/* ---- Reading ---------------------------------------------------------------
 * A head is one block, or three and more when the first is an extended one. */

struct tar_reader {
    bool has_name, has_size; /* said by an extended header for the next file */
    struct tar_file extended;
};

enum tar_block {
    TAR_FILE,     /* *ret_file; its content follows */
    TAR_EXTENDED, /* so many bytes of extended header follow: ret_file->size */
    TAR_END,      /* a block of zeros */
};

/* Reads a block of TAR_BLOCK_BYTES. ERR_CORRUPT, and fault says why, for what
 * is no head, and for any kind of thing but a file. */
MUST_USE enum err tar_read_block(struct tar_reader *reader, struct str block,
                                 enum tar_block *ret_kind,
                                 struct tar_file *ret_file,
                                 struct fault *fault);

/* Reads the bytes of an extended header, for the file that follows. */
MUST_USE enum err tar_read_extended(struct tar_reader *reader, struct str bytes,
                                    struct fault *fault);

#endif
