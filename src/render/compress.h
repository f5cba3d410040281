// SPDX-License-Identifier: Apache-2.0
/* render/compress.h: whole bodies compressed for the wire. Each thread keeps
 * its compressors, so a call costs no set-up. */
#ifndef RENDER_COMPRESS_H
#define RENDER_COMPRESS_H

#include "base/buf.h"

enum compress_effort {
    COMPRESS_NOW,   /* somebody waits for it: gzip 4, brotli 3 */
    COMPRESS_PAGE,  /* printed often: gzip 6, brotli 7 */
    COMPRESS_ASSET, /* built once: gzip 12, brotli 11 */
};

/* Each appends the compressed text to out. ERR_NO_MEMORY, or ERR_TOO_LONG when
 * it does not fit below the maximum of out; out is then as it was. */
MUST_USE enum err compress_gzip(struct str text, enum compress_effort effort,
                                struct buf *out);
MUST_USE enum err compress_brotli(struct str text, enum compress_effort effort,
                                  struct buf *out);

/* Whether the compressed text is so much shorter that it is worth its header
 * field and the reader's work. */
bool compress_pays(size_t len, size_t compressed_len);

#endif
