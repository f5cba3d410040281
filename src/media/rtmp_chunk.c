// SPDX-License-Identifier: Apache-2.0
#include "media/rtmp_chunk.h"

#include <assert.h>

#include "media/bytes.h"

enum {
    LONG_TIME = 0xFFFFFF, /* the time follows in four bytes */
    CHUNK_BYTES_MAX = 0x7FFFFFFF,
    ONE_BYTE_IDS = 64,
};

/* How much of a head there is, by its first two bits (§5.3.1.2). */
enum format {
    WHOLE,     /* time, length, type, stream */
    NO_STREAM, /* difference of time, length, type */
    ONLY_TIME,
    NOTHING,
};

void rtmp_chunk_reader_init(struct rtmp_chunk_reader *reader)
{
    *reader = (struct rtmp_chunk_reader){.chunk_bytes = RTMP_CHUNK_BYTES_START};
    for (int i = 0; i < RTMP_CHUNK_STREAMS_MAX; i++)
        buf_init(&reader->streams[i].payload, RTMP_MESSAGE_BYTES_MAX);
}

void rtmp_chunk_reader_finish(struct rtmp_chunk_reader *reader)
{
    for (int i = 0; i < RTMP_CHUNK_STREAMS_MAX; i++)
        buf_finish(&reader->streams[i].payload);
}

/* ---- Heads -----------------------------------------------------------------
 */

/* One that is known, or a free one; NULL when all are taken. */
static struct rtmp_chunk_stream *find_stream(struct rtmp_chunk_reader *reader,
                                             uint32_t id)
{
    struct rtmp_chunk_stream *free_one = NULL;
    for (int i = 0; i < RTMP_CHUNK_STREAMS_MAX; i++) {
        struct rtmp_chunk_stream *stream = &reader->streams[i];
        if (stream->is_open && stream->id == id)
            return stream;
        if (!stream->is_open && !free_one)
            free_one = stream;
    }
    return free_one;
}

/* §5.3.1.1: one, two or three bytes. */
static uint32_t read_id(struct bytes_reader *bytes, uint8_t low)
{
    if (low == 0)
        return 64u + bytes_get_u8(bytes);
    if (low > 1)
        return low;
    uint32_t first = bytes_get_u8(bytes);
    return 64u + first + 256u * bytes_get_u8(bytes);
}

/* What a head says, put together from it and from those before. */
struct head {
    enum format format;
    struct rtmp_chunk_stream *stream;
    struct rtmp_chunk_stream next; /* the stream with this head */
};

static void read_time(struct bytes_reader *bytes, struct head *head,
                      uint32_t time)
{
    struct rtmp_chunk_stream *next = &head->next;
    next->has_long_time = time == LONG_TIME;
    if (next->has_long_time)
        time = bytes_get_u32(bytes);
    next->delta_ms = head->format == WHOLE ? 0 : time;
    next->time_ms = head->format == WHOLE ? time : next->time_ms + time;
}

/* A chunk without a head goes on with a message, or begins one that is as far
 * from the last one as that was from the one before. Its four bytes of time,
 * where there are any, say again what is known; encoders that leave them out
 * are recognised by that. */
static void read_nothing(struct bytes_reader *bytes, struct head *head)
{
    struct rtmp_chunk_stream *next = &head->next;
    if (next->has_long_time) {
        struct bytes_reader ahead = *bytes;
        uint32_t time = bytes_get_u32(&ahead);
        uint32_t known = next->delta_ms ? next->delta_ms : next->time_ms;
        if (ahead.bad)
            bytes->bad = true;
        else if (time == known || time == next->time_ms)
            *bytes = ahead;
    }
    if (!next->payload.len)
        next->time_ms += next->delta_ms;
}

static enum err read_head(struct rtmp_chunk_reader *reader,
                          struct bytes_reader *bytes, struct head *head)
{
    uint8_t first = bytes_get_u8(bytes);
    head->format = first >> 6;
    uint32_t id = read_id(bytes, first & 0x3F);
    if (bytes->bad)
        return ERR_AGAIN;
    head->stream = find_stream(reader, id);
    if (!head->stream)
        return ERR_TOO_LONG;
    if (!head->stream->is_open && head->format != WHOLE)
        return ERR_INVALID; /* refers to a head that never came */
    /* A message that is under way is gone on with, not begun anew. */
    if (head->stream->payload.len && head->format != NOTHING)
        return ERR_INVALID;
    struct rtmp_chunk_stream *next = &head->next;
    *next = *head->stream;
    next->id = id;
    if (head->format == NOTHING) {
        read_nothing(bytes, head);
        return bytes->bad ? ERR_AGAIN : ERR_OK;
    }
    uint32_t time = bytes_get_u24(bytes);
    if (head->format != ONLY_TIME) {
        next->len = bytes_get_u24(bytes);
        next->type = bytes_get_u8(bytes);
    }
    if (head->format == WHOLE)
        next->stream = bytes_get_u32_little(bytes);
    read_time(bytes, head, time);
    if (bytes->bad)
        return ERR_AGAIN;
    return next->len > RTMP_MESSAGE_BYTES_MAX ? ERR_TOO_LONG : ERR_OK;
}

/* ---- Chunks ----------------------------------------------------------------
 */

static enum err begin_chunk(struct rtmp_chunk_reader *reader, struct str *bytes)
{
    struct bytes_reader front = {.rest = *bytes};
    struct head head;
    enum err err = read_head(reader, &front, &head);
    if (err)
        return err;
    *head.stream = head.next;
    head.stream->is_open = true;
    size_t left = head.next.len - head.next.payload.len;
    reader->present = head.stream;
    reader->chunk_left =
        left < reader->chunk_bytes ? left : reader->chunk_bytes;
    *bytes = front.rest;
    return reader->under_way_bytes + left > RTMP_UNDER_WAY_BYTES_MAX
               ? ERR_TOO_LONG
               : ERR_OK;
}

/* What is there of a chunk. *ret_stream: the one whose message is whole now, or
 * NULL. */
static enum err read_chunk(struct rtmp_chunk_reader *reader, struct str *bytes,
                           struct rtmp_chunk_stream **ret_stream)
{
    enum err err = reader->present ? ERR_OK : begin_chunk(reader, bytes);
    if (err)
        return err;
    struct rtmp_chunk_stream *stream = reader->present;
    struct str piece = str_slice(*bytes, 0, reader->chunk_left);
    buf_add(&stream->payload, piece);
    if (buf_err(&stream->payload))
        return buf_err(&stream->payload);
    *bytes = str_from(*bytes, piece.len);
    reader->under_way_bytes += piece.len;
    reader->chunk_left -= piece.len;
    if (reader->chunk_left)
        return ERR_AGAIN;
    reader->present = NULL;
    *ret_stream = stream->payload.len == stream->len ? stream : NULL;
    return ERR_OK;
}

/* What was given out, or is not wanted, is let go; so is the memory of one
 * that was unusually long. */
static void forget(struct rtmp_chunk_reader *reader,
                   struct rtmp_chunk_stream *stream)
{
    enum { KEPT_BYTES_MAX = 1 << 20 };
    reader->under_way_bytes -= stream->payload.len;
    if (stream->payload.capacity <= KEPT_BYTES_MAX) {
        buf_reset(&stream->payload);
        return;
    }
    buf_finish(&stream->payload);
    buf_init(&stream->payload, RTMP_MESSAGE_BYTES_MAX);
}

static enum err obey(struct rtmp_chunk_reader *reader, uint8_t type,
                     struct str payload)
{
    struct bytes_reader bytes = {.rest = payload};
    uint32_t value = bytes_get_u32(&bytes);
    if (bytes.bad)
        return ERR_INVALID;
    if (type == RTMP_ABORT) {
        for (int i = 0; i < RTMP_CHUNK_STREAMS_MAX; i++)
            if (reader->streams[i].is_open && reader->streams[i].id == value)
                forget(reader, &reader->streams[i]);
        return ERR_OK;
    }
    if (value < 1 || value > CHUNK_BYTES_MAX)
        return ERR_INVALID;
    reader->chunk_bytes = value;
    return ERR_OK;
}

enum err rtmp_read_message(struct rtmp_chunk_reader *reader, struct str *bytes,
                           struct rtmp_message *ret_message)
{
    if (reader->told)
        forget(reader, reader->told);
    reader->told = NULL;
    for (;;) {
        struct rtmp_chunk_stream *stream;
        enum err err = read_chunk(reader, bytes, &stream);
        if (err)
            return err;
        if (!stream)
            continue;
        if (stream->type != RTMP_SET_CHUNK_SIZE && stream->type != RTMP_ABORT) {
            reader->told = stream;
            *ret_message = (struct rtmp_message){
                .type = stream->type,
                .stream = stream->stream,
                .time_ms = stream->time_ms,
                .payload = buf_str(&stream->payload),
            };
            return ERR_OK;
        }
        err = obey(reader, stream->type, buf_str(&stream->payload));
        forget(reader, stream);
        if (err)
            return err;
    }
}

/* ---- Writing ---------------------------------------------------------------
 */

void rtmp_write_message(struct buf *out, uint32_t chunk_bytes, uint8_t id,
                        const struct rtmp_message *message)
{
    assert(id >= 2 && id < ONE_BYTE_IDS);
    assert(chunk_bytes > 0);
    struct str rest = message->payload;
    bool long_time = message->time_ms >= LONG_TIME;
    bytes_put_u8(out, id);
    bytes_put_u24(out, long_time ? LONG_TIME : message->time_ms);
    bytes_put_u24(out, (uint32_t)rest.len);
    bytes_put_u8(out, message->type);
    bytes_put_u32_little(out, message->stream);
    if (long_time)
        bytes_put_u32(out, message->time_ms);
    for (;;) {
        buf_add(out, str_slice(rest, 0, chunk_bytes));
        rest = str_from(rest, chunk_bytes);
        if (!rest.len)
            return;
        bytes_put_u8(out, (uint8_t)(NOTHING << 6 | id));
        if (long_time)
            bytes_put_u32(out, message->time_ms);
    }
}
