// SPDX-License-Identifier: Apache-2.0
/* media/intake_flv.h: from the sound and pictures that RTMP carries to an
 * intake. */
#ifndef MEDIA_INTAKE_FLV_H
#define MEDIA_INTAKE_FLV_H

#include "media/flv.h"
#include "media/intake.h"
#include "media/rtmp_chunk.h"

/* RTMP_AUDIO, RTMP_VIDEO; others are passed over. Anything but ERR_OK refuses
 * the feed; what is not H.264 or AAC with a sentence that says what to change
 * at the encoder. */
MUST_USE enum err intake_flv(struct intake *intake,
                             const struct rtmp_message *message, int64_t now,
                             struct fault *fault);

/* The sentences, for whoever else meets such a codec. ERR_UNSUPPORTED. */
enum err intake_refuse_video(const char *codec, struct fault *fault);
enum err intake_refuse_audio(const char *codec, struct fault *fault);

#endif
