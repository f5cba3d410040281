// SPDX-License-Identifier: Apache-2.0
/* render/image_wire.h: what broadsheet-image is asked and answers: frames of a
 * kind (1 byte), a length (4 bytes, big-endian) and so many bytes.
 *
 *   'M' a picture to be made smaller     → 'I' what it is, 'R' for each output,
 *                                          '.' at the end
 *   'C' a share card to be drawn         → 'R', '.'
 *   any                                  → '-' a code and the cause, in place
 *                                          of all that would have followed
 *
 * Both sides read with the same decoders and believe nothing. Numbers are
 * big-endian, texts have their length (4 bytes) before them. */
#ifndef RENDER_IMAGE_WIRE_H
#define RENDER_IMAGE_WIRE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
    IMAGE_BYTES_MAX = 64 * 1024 * 1024, /* a picture as it comes */
    IMAGE_SIDE_MAX = 65535,             /* pixels */
    IMAGE_PIXELS_MAX = 100 * 1000 * 1000,
    IMAGE_OUTPUTS_MAX = 96,
    IMAGE_TEXT_BYTES_MAX = 2000,
    IMAGE_FOCUS_MAX = 1000, /* thousandths of the width or the height */
    IMAGE_FOCUS_AUTO = -1,  /* where it looks most interesting */
    IMAGE_FRAME_BYTES_MAX = IMAGE_BYTES_MAX + (1 << 20),
    IMAGE_HEAD_BYTES = 5,

    IMAGE_CARD_WIDTH = 1200, /* Open Graph's usual size */
    IMAGE_CARD_HEIGHT = 630,
    IMAGE_CARD_BYTES_MAX = 100 * 1000,
    IMAGE_FACES_MAX = 10,
    IMAGE_LANGUAGE_BYTES = 36, /* BCP 47, with a NUL */
};

/* clang-format off */
/*    format  type          name    made by us */
#define IMAGE_FORMATS(X) \
    X(JPEG,  "image/jpeg", "JPEG",  true) \
    X(WEBP,  "image/webp", "WebP",  true) \
    X(AVIF,  "image/avif", "AVIF",  true) \
    X(PNG,   "image/png",  "PNG",   false) \
    X(GIF,   "image/gif",  "GIF",   false) \
    X(HEIC,  "image/heic", "HEIC",  false)
/* clang-format on */

enum image_format {
#define X(format, type, name, made) IMAGE_##format,
    IMAGE_FORMATS(X)
#undef X
        IMAGE_FORMAT_COUNT /* none of them */
};

struct image_format_facts {
    struct str type;
    const char *name;
    bool made;
};
extern const struct image_format_facts image_formats[IMAGE_FORMAT_COUNT];

/* By the first bytes; IMAGE_FORMAT_COUNT when it is none of the table. */
enum image_format image_format_of(struct str bytes);

/* By the media type, as the table has it. */
enum image_format image_format_of_type(struct str type);

/* One picture to be made: the whole when ratio_x is 0, else the largest part
 * of that ratio around the focal point. Never wider than the source is. */
struct image_output {
    enum image_format format;
    uint16_t width;
    uint8_t ratio_x;
    uint8_t ratio_y;
};

struct image_job {
    struct str picture;
    int64_t focus_x; /* 0 … IMAGE_FOCUS_MAX, or both IMAGE_FOCUS_AUTO */
    int64_t focus_y;
    const struct image_output *outputs;
    size_t output_count;
};

/* A font: TrueType, OpenType or WOFF2. */
struct image_face {
    struct str bytes;
    int weight; /* 600, of one that has several */
};

/* What stands where somebody shares an article. */
struct image_card {
    const struct image_face
        *faces; /* the first that has a character draws it */
    size_t face_count;
    struct str language; /* BCP 47 */
    bool rtl;
    int line_percent; /* of a headline: from line to line, of its size */
    uint32_t paper;   /* 0xRRGGBB */
    uint32_t ink;
    uint32_t signal;
    struct str masthead; /* lines of text; all but the headline may be "" */
    struct str kicker;
    struct str headline;
    struct str foot;
    int64_t focus_x; /* of the picture, as in a job */
    int64_t focus_y;
    struct str picture; /* "": none */
};

/* What the picture is; texts are UTF-8, one line each, "" when it says none. */
struct image_info {
    enum image_format format;
    uint32_t width; /* as it is looked at: turned the right way */
    uint32_t height;
    uint32_t frames; /* more than 1 when it moves */
    struct str credit;
    struct str copyright;
    struct str caption;
};

struct image_rendition {
    struct image_output made; /* its width is what it came to be */
    uint32_t height;
    struct str bytes;
};

/* A frame's head. False when the length is more than IMAGE_FRAME_BYTES_MAX. */
bool image_head_read(const char head[IMAGE_HEAD_BYTES], char *ret_kind,
                     size_t *ret_len);

/* Whole frames, with their heads. */
void image_job_write(const struct image_job *job, struct buf *out);
void image_card_write(const struct image_card *card, struct buf *out);
void image_info_write(const struct image_info *info, struct buf *out);
void image_rendition_write(const struct image_rendition *rendition,
                           struct buf *out);
void image_end_write(struct buf *out);
void image_refusal_write(enum err err, struct str message, struct buf *out);

/* Their bodies. ERR_INVALID for anything that the writers do not write.
 * Everything borrows from body, but for the outputs and faces: room for
 * IMAGE_OUTPUTS_MAX, or IMAGE_FACES_MAX, of them comes from the caller. */
MUST_USE enum err image_job_read(struct str body, struct image_output *outputs,
                                 struct image_job *ret_job);
MUST_USE enum err image_card_read(struct str body, struct image_face *faces,
                                  struct image_card *ret_card);
MUST_USE enum err image_info_read(struct str body, struct image_info *ret_info);
MUST_USE enum err image_rendition_read(struct str body,
                                       struct image_rendition *ret_rendition);
MUST_USE enum err image_refusal_read(struct str body, enum err *ret_err,
                                     struct str *ret_message);

#endif
