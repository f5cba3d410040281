// SPDX-License-Identifier: Apache-2.0
/* media/intake.h: what every way of sending a broadcast comes down to: H.264
 * and AAC with an encoder's times go in, packets with the times of the channel
 * come out (packet.h, ingest_wire.h), and what there is to tell about the feed.
 * It knows nothing of sockets; the present is told by the caller, in ticks of
 * the channel's clock. */
#ifndef MEDIA_INTAKE_H
#define MEDIA_INTAKE_H

#include "base/fault.h"
#include "media/ingest_wire.h"
#include "media/packet.h"
#include "media/timeline.h"

enum {
    INTAKE_CONFIG_BYTES_MAX = 64 * 1024,
    INTAKE_CODEC_BYTES = 24,
    INTAKE_KEY_TICKS_MAX = 20 * 90000, /* what encoders do at most, and more */
};

/* When a frame is to be decoded, by the encoder's clock. */
struct intake_time {
    uint64_t value; /* its lowest bits */
    int bits;
    int64_t hz;
};

/* Counted since it was asked for last. */
struct intake_counts {
    int64_t bytes;
    int64_t since; /* tick */
};

struct intake {
    /* Set by the caller; the packet is borrowed. */
    void (*on_packet)(void *context, const struct packet *packet);
    void *context;

    struct timeline timeline;
    struct buf configs[PACKET_AUDIO + 1]; /* of this feed */
    bool has_key;                         /* pictures may follow … */
    int64_t key_wanted;                   /* … or are waited for since */
    bool is_ahead;      /* frames are left out until the present is there */
    int64_t came;       /* when the last frame did */
    int64_t timely;     /* when one was last in time, pauses left out */
    int64_t late;       /* of the last frame, ticks */
    int64_t frame_step; /* of sound: samples a frame */
    int64_t remainder;  /* of sound: what is left of a tick, in 1/rate */

    char video_codec[INTAKE_CODEC_BYTES], audio_codec[INTAKE_CODEC_BYTES];
    struct ingest_video video;
    struct ingest_audio audio;
    int64_t jumps, gaps, dropped, lost; /* lost: counted by the caller */
    struct intake_counts counts;
    int64_t picture_first, picture_last, pictures; /* of a stretch */
    int64_t key_last;                              /* tick, or -1 */
};

void intake_init(struct intake *intake,
                 void (*on_packet)(void *context, const struct packet *packet),
                 void *context);
void intake_finish(struct intake *intake);

/* A feed begins; not before the tick least. */
void intake_begin(struct intake *intake, int64_t now, int64_t least);

/* It ended: PACKET_END, when anything came of it. */
void intake_end(struct intake *intake);

/* AVCDecoderConfigurationRecord, AudioSpecificConfig; given again it changes
 * nothing. Anything but ERR_OK refuses the feed with fault's sentence. */
MUST_USE enum err intake_video_config(struct intake *intake, struct str config,
                                      struct fault *fault);
MUST_USE enum err intake_audio_config(struct intake *intake, struct str config,
                                      struct fault *fault);

/* Frames in front of their configuration, and pictures in front of the first
 * key frame, are left out; ERR_UNSUPPORTED, with fault's sentence, when there
 * is none for INTAKE_KEY_TICKS_MAX. shown_after: ticks. */
MUST_USE enum err intake_video(struct intake *intake,
                               const struct intake_time *time,
                               int32_t shown_after, bool is_key,
                               struct str payload, int64_t now,
                               struct fault *fault);
/* Pictures are missing here: those that depend on them are of no use, up to the
 * next key frame. */
void intake_video_gap(struct intake *intake, int64_t now);

void intake_audio(struct intake *intake, const struct intake_time *time,
                  struct str payload, int64_t now);

/* How far what came is ahead of the present, in ticks; below 0: behind. Who
 * sends faster than time goes by can be made to wait. */
int64_t intake_ahead(const struct intake *intake);

/* Fills in what a status says of the feed and begins to count anew. Texts are
 * borrowed. */
void intake_status(struct intake *intake, int64_t now,
                   struct ingest_message *ret_status);

#endif
