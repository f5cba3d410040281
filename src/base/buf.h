// SPDX-License-Identifier: Apache-2.0
/* base/buf.h: bytes that grow up to a named maximum. Appending never fails in
 * the caller's face: the first failure sticks in err, later appends do nothing,
 * and the one check is buf_err at the end. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdint.h>

#include "base/str.h"

struct buf {
    char *ptr;
    size_t len;
    size_t capacity;
    size_t max;   /* bytes; appending beyond is ERR_TOO_LONG */
    enum err err; /* ERR_OK, ERR_TOO_LONG or ERR_NO_MEMORY; sticks */
};

/* Nothing is allocated before the first append. */
void buf_init(struct buf *buf, size_t max_bytes);
void buf_finish(struct buf *buf); /* accepts NULL and a zeroed buf */

/* Empties it, forgets the error, keeps the memory. */
void buf_reset(struct buf *buf);

void buf_add(struct buf *buf, struct str text);
void buf_add_bytes(struct buf *buf, const void *bytes, size_t len);
void buf_add_char(struct buf *buf, char c);
void buf_add_c(struct buf *buf, const char *text);
void buf_add_i64(struct buf *buf, int64_t value);
void buf_printf(struct buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Room for len more bytes behind the end, to be filled and then counted with
 * buf_grown; NULL when the maximum or the memory forbids it. */
char *buf_reserve(struct buf *buf, size_t len);
void buf_grown(struct buf *buf, size_t len);

/* Takes the first len bytes away; the rest moves to the front. */
void buf_drop_front(struct buf *buf, size_t len);

static inline struct str buf_str(const struct buf *buf)
{
    return str_of(buf->ptr, buf->len);
}

MUST_USE static inline enum err buf_err(const struct buf *buf)
{
    return buf->err;
}

/* Hands the memory over to the caller, who frees it with free(); the buf is
 * empty afterwards. NULL when nothing was appended. */
char *buf_take(struct buf *buf, size_t *ret_len);

#endif
