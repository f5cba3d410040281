// SPDX-License-Identifier: Apache-2.0
/* exchange/pack.h: bytes compressed on their way into a file and out of it, by
 * Zstandard (RFC 8878), in frames of a few mebibytes, each with a checksum, and
 * sealed when there is a key (exchange/seal.h). Without a key `zstd -d` reads
 * it. Memory is bounded whatever the file says. */
#ifndef EXCHANGE_PACK_H
#define EXCHANGE_PACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/str.h"

struct seal_key;
struct pack_writer;
struct pack_reader;

enum {
    PACK_FRAME_BYTES = 4 << 20, /* of what goes in; damage stays within one */
};

/* fd stays the caller's. */
MUST_USE enum err pack_write_begin(int fd, const struct seal_key *key,
                                   struct pack_writer **ret_writer,
                                   struct fault *fault);
MUST_USE enum err pack_write(struct pack_writer *writer, struct str bytes,
                             struct fault *fault);

/* Writes what is left: without it the file counts as cut off. */
MUST_USE enum err pack_write_end(struct pack_writer *writer,
                                 struct fault *fault);
void pack_writer_free(struct pack_writer **writer); /* for DEFER */

/* ERR_UNSUPPORTED for what is no such file at all; and as seal_read_begin. */
MUST_USE enum err pack_read_begin(int fd, const struct seal_key *key,
                                  struct pack_reader **ret_reader,
                                  struct fault *fault);

/* Up to capacity bytes; *ret_len 0 is the end. ERR_CORRUPT. */
MUST_USE enum err pack_read(struct pack_reader *reader, void *target,
                            size_t capacity, size_t *ret_len,
                            struct fault *fault);

/* Bytes of the file read so far. */
int64_t pack_read_bytes(const struct pack_reader *reader);
void pack_reader_free(struct pack_reader **reader); /* for DEFER */

#endif
