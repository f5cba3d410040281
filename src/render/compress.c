// SPDX-License-Identifier: Apache-2.0
#include "render/compress.h"

#include <assert.h>
#include <brotli/encode.h>
#include <libdeflate.h>
#include <pthread.h>

enum {
    EFFORT_COUNT = COMPRESS_ASSET + 1,
    BROTLI_WINDOW_MIN = 16, /* what its bound of the result is told for */
    BROTLI_WINDOW_MAX = 22, /* what every browser accepts */
    SCRATCH_BYTES = 4 << 20,
    SCRATCH_ALIGN = 64,
};

static const int GZIP_LEVEL[EFFORT_COUNT] = {4, 6, 12};
static const int BROTLI_QUALITY[EFFORT_COUNT] = {3, 7, 11};

/* What an encoder of Brotli works in. It cannot be used twice; its memory can,
 * and fresh one from the system would cost more than the compressing. */
struct scratch {
    char *block;
    size_t used;
};

/* The compressors of one thread. */
struct compressors {
    struct libdeflate_compressor *gzip[EFFORT_COUNT];
    struct scratch brotli;
};

static pthread_key_t key;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static bool key_is_made;

static void compressors_destroy(void *pointer)
{
    struct compressors *all = pointer;
    for (size_t i = 0; i < EFFORT_COUNT; i++)
        libdeflate_free_compressor(all->gzip[i]);
    free(all->brotli.block);
    free(all);
}

static void make_key(void)
{
    key_is_made = pthread_key_create(&key, compressors_destroy) == 0;
}

/* The main thread's destructors do not run at exit. */
__attribute__((destructor)) static void finish_main_thread(void)
{
    if (!key_is_made)
        return;
    struct compressors *all = pthread_getspecific(key);
    if (!all)
        return;
    pthread_setspecific(key, NULL);
    compressors_destroy(all);
}

/* NULL when there is no memory. */
static struct compressors *mine(void)
{
    pthread_once(&key_once, make_key);
    if (!key_is_made)
        return NULL;
    struct compressors *all = pthread_getspecific(key);
    if (all)
        return all;
    all = calloc(1, sizeof *all);
    if (all && pthread_setspecific(key, all) != 0) {
        free(all);
        return NULL;
    }
    return all;
}

bool compress_pays(size_t len, size_t compressed_len)
{
    return compressed_len < len - len / 16;
}

/* Room for the worst case. The err of out is put back when there is none, so
 * that the caller may go on with another coding. */
static char *room(struct buf *out, size_t bound, enum err *ret_err)
{
    char *target = buf_reserve(out, bound);
    if (!target) {
        *ret_err = buf_err(out);
        out->err = ERR_OK;
    }
    return target;
}

enum err compress_gzip(struct str text, enum compress_effort effort,
                       struct buf *out)
{
    assert(out);
    struct compressors *all = mine();
    if (!all)
        return ERR_NO_MEMORY;
    if (!all->gzip[effort])
        all->gzip[effort] = libdeflate_alloc_compressor(GZIP_LEVEL[effort]);
    struct libdeflate_compressor *compressor = all->gzip[effort];
    if (!compressor)
        return ERR_NO_MEMORY;
    enum err err = buf_err(out);
    if (err)
        return err;
    size_t bound = libdeflate_gzip_compress_bound(compressor, text.len);
    char *target = room(out, bound, &err);
    if (!target)
        return err;
    size_t len =
        libdeflate_gzip_compress(compressor, text.ptr, text.len, target, bound);
    if (len == 0)
        return ERR_INTERNAL;
    buf_grown(out, len);
    return ERR_OK;
}

/* The smallest window that spans the text: less memory on both sides. */
static uint32_t brotli_window(size_t len)
{
    uint32_t bits = BROTLI_WINDOW_MIN;
    while (bits < BROTLI_WINDOW_MAX && (size_t)1 << bits < len + 16)
        bits++;
    return bits;
}

/* What does not fit comes from the heap: large texts, and those built once. */
static void *scratch_take(void *opaque, size_t bytes)
{
    struct scratch *scratch = opaque;
    size_t begin =
        (scratch->used + SCRATCH_ALIGN - 1) / SCRATCH_ALIGN * SCRATCH_ALIGN;
    if (bytes > SCRATCH_BYTES || begin > SCRATCH_BYTES - bytes)
        return malloc(bytes);
    scratch->used = begin + bytes;
    return scratch->block + begin;
}

static void scratch_give(void *opaque, void *pointer)
{
    const struct scratch *scratch = opaque;
    uintptr_t block = (uintptr_t)scratch->block, place = (uintptr_t)pointer;
    if (place < block || place >= block + SCRATCH_BYTES)
        free(pointer);
}

/* All of it, to a target that has room for the worst case; *ret_len is how long
 * it is. */
static enum err encode_brotli(struct scratch *scratch, struct str text,
                              int quality, uint8_t *target, size_t room,
                              size_t *ret_len)
{
    if (!scratch->block && !(scratch->block = malloc(SCRATCH_BYTES)))
        return ERR_NO_MEMORY;
    scratch->used = 0;
    BrotliEncoderState *encoder =
        BrotliEncoderCreateInstance(scratch_take, scratch_give, scratch);
    if (!encoder)
        return ERR_NO_MEMORY;
    BrotliEncoderSetParameter(encoder, BROTLI_PARAM_QUALITY, (uint32_t)quality);
    BrotliEncoderSetParameter(encoder, BROTLI_PARAM_MODE, BROTLI_MODE_TEXT);
    BrotliEncoderSetParameter(encoder, BROTLI_PARAM_LGWIN,
                              brotli_window(text.len));
    BrotliEncoderSetParameter(encoder, BROTLI_PARAM_SIZE_HINT,
                              (uint32_t)text.len);
    const uint8_t *next = (const uint8_t *)text.ptr;
    bool is_done =
        BrotliEncoderCompressStream(encoder, BROTLI_OPERATION_FINISH, &text.len,
                                    &next, &room, &target, ret_len) &&
        BrotliEncoderIsFinished(encoder);
    BrotliEncoderDestroyInstance(encoder);
    return is_done ? ERR_OK : ERR_NO_MEMORY;
}

enum err compress_brotli(struct str text, enum compress_effort effort,
                         struct buf *out)
{
    assert(out);
    struct compressors *all = mine();
    if (!all)
        return ERR_NO_MEMORY;
    enum err err = buf_err(out);
    if (err)
        return err;
    size_t bound = BrotliEncoderMaxCompressedSize(text.len), len = 0;
    if (bound == 0 || text.len > UINT32_MAX)
        return ERR_TOO_LONG;
    char *target = room(out, bound, &err);
    if (!target)
        return err;
    err = encode_brotli(&all->brotli, text, BROTLI_QUALITY[effort],
                        (uint8_t *)target, bound, &len);
    if (!err)
        buf_grown(out, len);
    return err;
}
