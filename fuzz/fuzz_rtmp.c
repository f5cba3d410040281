// SPDX-License-Identifier: Apache-2.0
/* A publisher's connection behind its handshake: whole and in pieces, which
 * must come to the same; what it hands on is read as FLV. The first byte says
 * how long a piece is. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "media/flv.h"
#include "media/rtmp_session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HANDSHAKE_BYTES = 1 + 1536 + 1536, INPUT_BYTES_MAX = 1 << 18 };

struct seen {
    enum err err;
    size_t used;
    unsigned messages;
    unsigned long long sum; /* of what was handed on */
    unsigned ends;
};

static enum err on_publish(void *context, const struct rtmp_publish *publish,
                           struct fault *fault)
{
    struct seen *seen = context;
    (void)fault;
    seen->sum = seen->sum * 31 + publish->stream.len + publish->application.len;
    return ERR_OK;
}

static enum err on_media(void *context, const struct rtmp_message *message,
                         struct fault *fault)
{
    struct seen *seen = context;
    struct flv_tag tag = {.kind = FLV_OTHER};
    struct flv_avc avc;
    struct flv_aac aac;
    enum err err = ERR_OK;
    if (message->type == RTMP_VIDEO)
        err = flv_read_video(message->payload, &tag);
    else if (message->type == RTMP_AUDIO)
        err = flv_read_audio(message->payload, &tag);
    if (!err && tag.kind == FLV_CONFIG) {
        (void)!flv_read_avc(tag.payload, &avc);
        (void)!flv_read_aac(tag.payload, &aac);
    }
    assert(flv_codec_name(tag.codec));
    seen->messages++;
    for (size_t i = 0; i < message->payload.len; i++)
        seen->sum = seen->sum * 31 + (unsigned char)message->payload.ptr[i];
    seen->sum = seen->sum * 31 + message->time_ms;
    return err ? fault_set(fault, err, NULL, "malformed") : ERR_OK;
}

static void on_end(void *context)
{
    ((struct seen *)context)->ends++;
}

static void run(struct str input, size_t step, struct seen *seen)
{
    static const char handshake[HANDSHAKE_BYTES] = {3};
    struct rtmp_events events = {seen, on_publish, on_media, on_end};
    struct rtmp_session *session;
    struct fault fault;
    DEFER(buf_finish) struct buf in, out;
    buf_init(&in, INPUT_BYTES_MAX);
    buf_init(&out, RTMP_ANSWER_BYTES_MAX);
    *seen = (struct seen){.err = ERR_OK};
    if (rtmp_session_create(&events, &session))
        abort();
    struct str rest = str_of(handshake, sizeof handshake);
    if (rtmp_session_receive(session, &rest, &out, &fault) || rest.len)
        abort();
    for (size_t at = 0; !seen->err && at < input.len; at += step) {
        buf_add(&in, str_slice(input, at, step));
        rest = buf_str(&in);
        seen->err = rtmp_session_receive(session, &rest, &out, &fault);
        seen->used += in.len - rest.len;
        buf_drop_front(&in, in.len - rest.len);
    }
    rtmp_session_destroy(session);
    assert(seen->ends <= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct seen whole, pieces;
    if (size < 1 || size > INPUT_BYTES_MAX)
        return 0;
    struct str input = str_of((const char *)data + 1, size - 1);
    run(input, INPUT_BYTES_MAX, &whole);
    run(input, data[0] + 1u, &pieces);
    assert(whole.err == pieces.err);
    assert(whole.messages == pieces.messages);
    assert(whole.sum == pieces.sum);
    assert(whole.ends == pieces.ends);
    return 0;
}
