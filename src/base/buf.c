// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_BYTES = 256 };

void buf_init(struct buf *buf, size_t max_bytes)
{
    assert(buf);
    *buf = (struct buf){.max = max_bytes};
}

void buf_finish(struct buf *buf)
{
    if (!buf)
        return;
    free(buf->ptr);
    *buf = (struct buf){0};
}

void buf_reset(struct buf *buf)
{
    assert(buf);
    buf->len = 0;
    buf->err = ERR_OK;
}

static bool grow(struct buf *buf, size_t needed)
{
    size_t capacity = buf->capacity ? buf->capacity : FIRST_BYTES;
    while (capacity < needed)
        capacity *= 2;
    if (capacity > buf->max)
        capacity = buf->max;
    char *ptr = realloc(buf->ptr, capacity);
    if (!ptr) {
        buf->err = ERR_NO_MEMORY;
        return false;
    }
    buf->ptr = ptr;
    buf->capacity = capacity;
    return true;
}

char *buf_reserve(struct buf *buf, size_t len)
{
    assert(buf);
    if (buf->err)
        return NULL;
    if (len > buf->max || buf->len > buf->max - len) {
        buf->err = ERR_TOO_LONG;
        return NULL;
    }
    if ((!buf->ptr || len > buf->capacity - buf->len) &&
        !grow(buf, buf->len + (len ? len : 1)))
        return NULL;
    return buf->ptr + buf->len;
}

void buf_grown(struct buf *buf, size_t len)
{
    assert(buf);
    assert(len <= buf->capacity - buf->len);
    buf->len += len;
}

void buf_add_bytes(struct buf *buf, const void *bytes, size_t len)
{
    if (len == 0)
        return;
    char *room = buf_reserve(buf, len);
    if (!room)
        return;
    memcpy(room, bytes, len);
    buf->len += len;
}

void buf_add(struct buf *buf, struct str text)
{
    buf_add_bytes(buf, text.ptr, text.len);
}

void buf_add_char(struct buf *buf, char c)
{
    buf_add_bytes(buf, &c, 1);
}

void buf_add_c(struct buf *buf, const char *text)
{
    buf_add(buf, str_from_c(text));
}

void buf_add_i64(struct buf *buf, int64_t value)
{
    buf_printf(buf, "%lld", (long long)value);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    assert(format);
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(len >= 0);
    /* One more for the NUL that vsnprintf writes and nobody counts. */
    char *room = buf_reserve(buf, (size_t)len + 1);
    if (room) {
        vsnprintf(room, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
}

void buf_drop_front(struct buf *buf, size_t len)
{
    assert(buf);
    assert(len <= buf->len);
    if (len == 0)
        return;
    memmove(buf->ptr, buf->ptr + len, buf->len - len);
    buf->len -= len;
}

char *buf_take(struct buf *buf, size_t *ret_len)
{
    assert(buf);
    char *ptr = buf->ptr;
    if (ret_len)
        *ret_len = buf->len;
    *buf = (struct buf){.max = buf->max};
    return ptr;
}
