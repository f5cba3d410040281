// SPDX-License-Identifier: Apache-2.0
#include "studio.h"

#include <stdlib.h>

#include "aside.h"
#include "loudness.h"
#include "media/part.h"
#include "thumbnail.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include <libavutil/frame.h>
#pragma GCC diagnostic pop

enum {
    TRACKS = PACKET_AUDIO + 1,
    QUEUE_BYTES_MAX = 16 << 20,
    CONFIG_BYTES_MAX = 4096,
    OUT_BYTES_MAX = 4 << 20,
};

struct task {
    struct aside_task head;
    struct packet packet; /* its payload lies behind */
};

struct studio {
    struct aside aside;
    /* under its mutex */
    struct buf ready;
    double lufs;
    bool has_lufs;
    /* of the giver */
    int64_t next_thumbnail;
    bool has_thumbnail;
    /* of the thread */
    struct buf avcc;
    struct loudness *loudness;
};

static void show_as(struct studio *studio, const struct packet *packet,
                    const AVFrame *frame, enum part_kind kind, int width)
{
    enum { JPEG_BYTES_MAX = 256 << 10 };
    DEFER(buf_finish) struct buf jpeg;
    buf_init(&jpeg, JPEG_BYTES_MAX);
    if (thumbnail_write(frame, width, &jpeg))
        return;
    pthread_mutex_lock(&studio->aside.mutex);
    part_write(&studio->ready,
               &(struct part){.kind = (uint8_t)kind,
                              .tick = packet->tick + packet->shown_after,
                              .payload = buf_str(&jpeg)});
    pthread_mutex_unlock(&studio->aside.mutex);
}

static void show(struct studio *studio, const struct packet *packet)
{
    AVFrame *frame = thumbnail_decode(buf_str(&studio->avcc), packet->payload);
    if (!frame)
        return;
    int width = frame->width / 2 * 2;
    show_as(studio, packet, frame, PART_THUMBNAIL, STUDIO_THUMBNAIL_WIDTH);
    if (width >= STUDIO_THUMBNAIL_WIDTH)
        show_as(studio, packet, frame, PART_POSTER,
                width < STUDIO_POSTER_WIDTH_MAX ? width
                                                : STUDIO_POSTER_WIDTH_MAX);
    av_frame_free(&frame);
}

static void hear(struct studio *studio, const struct packet *packet)
{
    double lufs = 0;
    loudness_hear(studio->loudness, packet->payload);
    bool is_known = loudness_now(studio->loudness, &lufs);
    pthread_mutex_lock(&studio->aside.mutex);
    studio->has_lufs = is_known;
    studio->lufs = lufs;
    pthread_mutex_unlock(&studio->aside.mutex);
}

static void configure(struct studio *studio, const struct packet *packet)
{
    if (packet->track == PACKET_VIDEO) {
        buf_reset(&studio->avcc);
        buf_add(&studio->avcc, packet->payload);
        return;
    }
    loudness_destroy(studio->loudness);
    studio->loudness = NULL;
    if (loudness_create(packet->payload, &studio->loudness))
        studio->loudness = NULL;
}

static void work(void *context, struct aside_task *task)
{
    struct studio *studio = context;
    const struct packet *packet = &((struct task *)task)->packet;
    if (packet->kind == PACKET_CONFIG)
        configure(studio, packet);
    else if (packet->track == PACKET_VIDEO && studio->avcc.len > 0)
        show(studio, packet);
    else if (packet->track == PACKET_AUDIO && studio->loudness)
        hear(studio, packet);
}

enum err studio_create(struct studio **ret_studio)
{
    struct studio *studio = calloc(1, sizeof *studio);
    if (!studio)
        return ERR_NO_MEMORY;
    buf_init(&studio->ready, OUT_BYTES_MAX);
    buf_init(&studio->avcc, CONFIG_BYTES_MAX);
    if (aside_start(&studio->aside, work, studio)) {
        free(studio);
        return ERR_NO_MEMORY;
    }
    *ret_studio = studio;
    return ERR_OK;
}

void studio_destroy(struct studio *studio)
{
    if (!studio)
        return;
    aside_end(&studio->aside);
    loudness_destroy(studio->loudness);
    buf_finish(&studio->ready);
    buf_finish(&studio->avcc);
    free(studio);
}

static bool is_of_interest(struct studio *studio, const struct packet *packet)
{
    if (packet->kind == PACKET_CONFIG)
        return packet->payload.len <= CONFIG_BYTES_MAX;
    if (packet->track == PACKET_AUDIO)
        return true;
    if (!packet->is_key ||
        (studio->has_thumbnail && packet->tick < studio->next_thumbnail &&
         packet->tick >= studio->next_thumbnail - STUDIO_THUMBNAIL_TICKS))
        return false;
    studio->next_thumbnail = packet->tick + STUDIO_THUMBNAIL_TICKS;
    studio->has_thumbnail = true;
    return true;
}

/* What must not be left out, even when there is much to do. */
static size_t room_for(const struct packet *packet)
{
    return packet->kind == PACKET_CONFIG ? SIZE_MAX : QUEUE_BYTES_MAX;
}

void studio_give(struct studio *studio, const struct packet *packet)
{
    if (packet->kind > PACKET_FRAME || !is_of_interest(studio, packet))
        return;
    struct task *task = malloc(sizeof *task + packet->payload.len);
    if (!task)
        return;
    char *payload = (char *)(task + 1);
    if (packet->payload.len)
        memcpy(payload, packet->payload.ptr, packet->payload.len);
    *task = (struct task){.packet = *packet};
    task->packet.payload = str_of(payload, packet->payload.len);
    task->head.bytes = packet->payload.len;
    (void)!aside_give(&studio->aside, &task->head, room_for(packet));
}

void studio_take(struct studio *studio, struct buf *out)
{
    pthread_mutex_lock(&studio->aside.mutex);
    buf_add(out, buf_str(&studio->ready));
    buf_reset(&studio->ready);
    pthread_mutex_unlock(&studio->aside.mutex);
}

bool studio_loudness(struct studio *studio, double *ret_lufs)
{
    pthread_mutex_lock(&studio->aside.mutex);
    bool is_known = studio->has_lufs;
    *ret_lufs = studio->lufs;
    pthread_mutex_unlock(&studio->aside.mutex);
    return is_known;
}
