// SPDX-License-Identifier: Apache-2.0
#include "exchange/pack.h"

#include <assert.h>
#include <stdlib.h>

#include <zstd.h>

#include "exchange/seal.h"

enum {
    LEVEL = 3,           /* pictures are packed already; text halves and more */
    WINDOW_LOG_MAX = 23, /* 8 MiB: what a reader sets aside at most */
    STEP_BYTES = 128 * 1024,
};

static enum err no_memory(struct fault *fault)
{
    return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
}

/* ---- Writing ---------------------------------------------------------------
 */

struct pack_writer {
    struct seal_writer seal;
    ZSTD_CCtx *zstd;
    size_t frame_bytes; /* in the frame at hand */
    char step[STEP_BYTES];
};

enum err pack_write_begin(int fd, const struct seal_key *key,
                          struct pack_writer **ret_writer, struct fault *fault)
{
    struct pack_writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        return no_memory(fault);
    writer->zstd = ZSTD_createCCtx();
    enum err err = writer->zstd ? ERR_OK : no_memory(fault);
    if (!err && (ZSTD_isError(ZSTD_CCtx_setParameter(
                     writer->zstd, ZSTD_c_compressionLevel, LEVEL)) ||
                 ZSTD_isError(ZSTD_CCtx_setParameter(writer->zstd,
                                                     ZSTD_c_checksumFlag, 1))))
        err = fault_set(fault, ERR_INTERNAL, NULL, "libzstd does not start");
    if (!err)
        err = seal_write_begin(&writer->seal, fd, key, fault);
    if (err)
        pack_writer_free(&writer);
    else
        *ret_writer = writer;
    return err;
}

static enum err run(struct pack_writer *writer, struct str bytes,
                    ZSTD_EndDirective directive, struct fault *fault)
{
    ZSTD_inBuffer in = {bytes.ptr, bytes.len, 0};
    for (bool more = true; more;) {
        ZSTD_outBuffer out = {writer->step, sizeof writer->step, 0};
        size_t left = ZSTD_compressStream2(writer->zstd, &out, &in, directive);
        if (ZSTD_isError(left))
            return fault_set(fault, ERR_INTERNAL, NULL, "libzstd: %s",
                             ZSTD_getErrorName(left));
        enum err err =
            seal_write(&writer->seal, str_of(writer->step, out.pos), fault);
        if (err)
            return err;
        more = directive == ZSTD_e_end ? left > 0 : in.pos < in.size;
    }
    return ERR_OK;
}

enum err pack_write(struct pack_writer *writer, struct str bytes,
                    struct fault *fault)
{
    while (bytes.len) {
        size_t room = PACK_FRAME_BYTES - writer->frame_bytes;
        struct str part = str_slice(bytes, 0, room);
        writer->frame_bytes += part.len;
        bool full = writer->frame_bytes == PACK_FRAME_BYTES;
        enum err err =
            run(writer, part, full ? ZSTD_e_end : ZSTD_e_continue, fault);
        if (err)
            return err;
        if (full)
            writer->frame_bytes = 0;
        bytes = str_from(bytes, part.len);
    }
    return ERR_OK;
}

enum err pack_write_end(struct pack_writer *writer, struct fault *fault)
{
    enum err err = ERR_OK;
    if (writer->frame_bytes)
        err = run(writer, STR(""), ZSTD_e_end, fault);
    return err ? err : seal_write_end(&writer->seal, fault);
}

void pack_writer_free(struct pack_writer **writer)
{
    if (!*writer)
        return;
    ZSTD_freeCCtx((*writer)->zstd);
    sodium_memzero(&(*writer)->seal, sizeof(*writer)->seal);
    free(*writer);
    *writer = NULL;
}

/* ---- Reading ---------------------------------------------------------------
 */

struct pack_reader {
    struct seal_reader seal;
    ZSTD_DCtx *zstd;
    ZSTD_inBuffer in;
    bool in_frame; /* a frame was begun and not ended */
    int64_t bytes;
    char step[STEP_BYTES];
};

/* False at the end of the file. */
static enum err fill(struct pack_reader *reader, bool *ret_more,
                     struct fault *fault)
{
    size_t len;
    enum err err = seal_read(&reader->seal, reader->step, sizeof reader->step,
                             &len, fault);
    if (err)
        return err;
    reader->bytes += (int64_t)len;
    reader->in = (ZSTD_inBuffer){reader->step, len, 0};
    *ret_more = len > 0;
    return ERR_OK;
}

/* Whether what is in reader->in can be the beginning of a frame. */
static bool begins_frame(const struct pack_reader *reader)
{
    static const unsigned char zstd_magic[4] = {0x28, 0xb5, 0x2f, 0xfd};
    return reader->in.size >= sizeof zstd_magic &&
           memcmp(reader->in.src, zstd_magic, sizeof zstd_magic) == 0;
}

enum err pack_read_begin(int fd, const struct seal_key *key,
                         struct pack_reader **ret_reader, struct fault *fault)
{
    bool more = false;
    struct pack_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return no_memory(fault);
    reader->zstd = ZSTD_createDCtx();
    enum err err = reader->zstd ? ERR_OK : no_memory(fault);
    if (!err)
        err = seal_read_begin(&reader->seal, fd, key, fault);
    if (!err && ZSTD_isError(ZSTD_DCtx_setParameter(
                    reader->zstd, ZSTD_d_windowLogMax, WINDOW_LOG_MAX)))
        err = fault_set(fault, ERR_INTERNAL, NULL, "libzstd does not start");
    if (!err)
        err = fill(reader, &more, fault);
    if (!err && !begins_frame(reader))
        err = fault_set(fault, ERR_UNSUPPORTED, NULL,
                        "it is no backup: 'broadsheet backup FILE' makes them");
    if (err)
        pack_reader_free(&reader);
    else
        *ret_reader = reader;
    return err;
}

static enum err cut_off(struct fault *fault)
{
    return fault_set(fault, ERR_CORRUPT, NULL,
                     "it is cut off: its end is missing");
}

enum err pack_read(struct pack_reader *reader, void *target, size_t capacity,
                   size_t *ret_len, struct fault *fault)
{
    ZSTD_outBuffer out = {target, capacity, 0};
    assert(capacity);
    while (out.pos == 0) {
        bool more = true;
        if (reader->in.pos == reader->in.size) {
            enum err err = fill(reader, &more, fault);
            if (err)
                return err;
        }
        /* What is left inside may still come out at the end. */
        if (!more && !reader->in_frame)
            break;
        size_t before = reader->in.pos;
        size_t left = ZSTD_decompressStream(reader->zstd, &out, &reader->in);
        if (ZSTD_isError(left))
            return fault_set(fault, ERR_CORRUPT, NULL, "its bytes changed (%s)",
                             ZSTD_getErrorName(left));
        reader->in_frame = left != 0;
        if (!more && out.pos == 0 && reader->in.pos == before)
            return cut_off(fault);
    }
    *ret_len = out.pos;
    return ERR_OK;
}

int64_t pack_read_bytes(const struct pack_reader *reader)
{
    return reader->bytes;
}

void pack_reader_free(struct pack_reader **reader)
{
    if (!*reader)
        return;
    ZSTD_freeDCtx((*reader)->zstd);
    sodium_memzero(&(*reader)->seal, sizeof(*reader)->seal);
    free(*reader);
    *reader = NULL;
}
