// SPDX-License-Identifier: Apache-2.0
#include "render/compress.h"

#include <assert.h>
#include <brotli/encode.h>
#include <libdeflate.h>
#include <pthread.h>

enum {
    EFFORT_COUNT = COMPRESS_ASSET + 1,
    BROTLI_WINDOW_MIN = BROTLI_MIN_WINDOW_BITS,
    BROTLI_WINDOW_MAX = 22, /* what every browser accepts */
};

static const int GZIP_LEVEL[EFFORT_COUNT] = {4, 6, 12};
static const int BROTLI_QUALITY[EFFORT_COUNT] = {3, 7, 11};

/* The compressors of one thread. Brotli's encoder cannot be used twice, and
 * costs little to make. */
struct compressors {
    struct libdeflate_compressor *gzip[EFFORT_COUNT];
};

static pthread_key_t key;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static bool key_is_made;

static void compressors_destroy(void *pointer)
{
    struct compressors *all = pointer;
    for (size_t i = 0; i < EFFORT_COUNT; i++)
        libdeflate_free_compressor(all->gzip[i]);
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
static int brotli_window(size_t len)
{
    int bits = BROTLI_WINDOW_MIN;
    while (bits < BROTLI_WINDOW_MAX && (size_t)1 << bits < len + 16)
        bits++;
    return bits;
}

enum err compress_brotli(struct str text, enum compress_effort effort,
                         struct buf *out)
{
    assert(out);
    enum err err = buf_err(out);
    if (err)
        return err;
    size_t len = BrotliEncoderMaxCompressedSize(text.len);
    if (len == 0)
        return ERR_TOO_LONG;
    char *target = room(out, len, &err);
    if (!target)
        return err;
    if (!BrotliEncoderCompress(
            BROTLI_QUALITY[effort], brotli_window(text.len), BROTLI_MODE_TEXT,
            text.len, (const uint8_t *)text.ptr, &len, (uint8_t *)target))
        return ERR_NO_MEMORY;
    buf_grown(out, len);
    return ERR_OK;
}
