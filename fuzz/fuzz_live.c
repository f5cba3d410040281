// SPDX-License-Identifier: Apache-2.0
/* Television as the edge reads it from the playout. What is taken can be put
 * again and is the same bytes. */
#include <stdint.h>
#include <stdlib.h>

#include "link/live.h"
#include "link/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_same(struct str payload, const struct buf *out)
{
    struct str rest = buf_str(out);
    struct message message;
    if (message_next(&rest, &message) || rest.len ||
        !str_eq(message.payload, payload))
        abort();
}

static void read_segments(struct str payload, struct buf *out)
{
    struct live_segment segment;
    struct live_stored stored;
    struct live_segment_info info;
    if (!live_read_segment(payload, &segment)) {
        live_put_segment(out, &segment);
        check_same(payload, out);
    }
    buf_reset(out);
    if (live_read_stored(payload, &stored))
        return;
    size_t start = live_begin_stored(out, stored.channel, stored.rendition);
    while (live_next_stored(&stored, &info))
        live_put_stored(out, &info);
    message_end(out, start);
    check_same(payload, out);
}

static void read_media(struct str payload)
{
    struct live_init init;
    struct live_part part;
    struct live_thumbnail thumb;
    struct live_pruned pruned;
    if (!live_read_init(payload, &init) &&
        init.rendition >= LIVE_RENDITIONS_MAX)
        abort();
    if (!live_read_part(payload, &part) &&
        (part.rendition >= LIVE_RENDITIONS_MAX || part.part >= LIVE_PARTS_MAX ||
         part.duration < 0 || part.segment.sequence >= LIVE_SEQUENCE_MAX))
        abort();
    if (!live_read_thumbnail(payload, &thumb) && !thumb.jpeg.len)
        abort();
    if (!live_read_pruned(payload, &pruned) &&
        pruned.rendition >= LIVE_RENDITIONS_MAX)
        abort();
}

static void read_caption(struct str payload, struct buf *out)
{
    struct live_caption caption;
    buf_reset(out);
    if (live_read_caption(payload, &caption))
        return;
    live_put_caption(out, &caption);
    check_same(payload, out);
}

static void read_captioner(const struct message *message, struct buf *out)
{
    struct live_say say;
    struct live_said said;
    buf_reset(out);
    if (!live_read_say(message->payload, &say)) {
        live_put_say(out, message->number, &say);
        check_same(message->payload, out);
    }
    buf_reset(out);
    if (!live_read_said(message->payload, &said)) {
        live_put_said(out, message->number, &said);
        check_same(message->payload, out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str rest = str_of((const char *)bytes, len);
    struct message message;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1 << 20);
    while (!message_next(&rest, &message)) {
        struct live_channel_info info;
        buf_reset(&out);
        if (!live_read_channel(message.payload, &info)) {
            live_put_channel(&out, &info);
            check_same(message.payload, &out);
        }
        buf_reset(&out);
        read_segments(message.payload, &out);
        read_media(message.payload);
        read_caption(message.payload, &out);
        read_captioner(&message, &out);
    }
    return 0;
}
