// SPDX-License-Identifier: Apache-2.0
#include "render/image_wire.h"

#include <assert.h>

#include "base/utf8.h"

const struct image_format_facts image_formats[IMAGE_FORMAT_COUNT] = {
#define X(format, type, name, made) \
    [IMAGE_##format] = {STR_INIT(type), name, made},
    IMAGE_FORMATS(X)
#undef X
};

/* ---- Formats ---------------------------------------------------------------
 */

/* The major brand of a file of ISO/IEC 23008-12 (HEIF), else "". */
static struct str heif_brand(struct str bytes)
{
    return str_eq(str_slice(bytes, 4, 4), STR("ftyp")) ? str_slice(bytes, 8, 4)
                                                       : STR("");
}

/* A file may be of the brand "mif1" and name what it holds behind it. */
static bool has_brand(struct str bytes, struct str brand)
{
    if (str_eq(heif_brand(bytes), brand))
        return true;
    if (!heif_brand(bytes).len)
        return false;
    size_t end = (size_t)(unsigned char)bytes.ptr[3] |
                 (size_t)(unsigned char)bytes.ptr[2] << 8;
    for (size_t at = 16; at + 4 <= end && at + 4 <= bytes.len; at += 4)
        if (str_eq(str_slice(bytes, at, 4), brand))
            return true;
    return false;
}

enum image_format image_format_of(struct str bytes)
{
    static const struct {
        struct str start;
        enum image_format format;
    } starts[] = {
        {STR_INIT("\xff\xd8\xff"), IMAGE_JPEG},
        {STR_INIT("\x89PNG\r\n\x1a\n"), IMAGE_PNG},
        {STR_INIT("GIF87a"), IMAGE_GIF},
        {STR_INIT("GIF89a"), IMAGE_GIF},
    };
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (str_starts_with(bytes, starts[i].start))
            return starts[i].format;
    if (str_starts_with(bytes, STR("RIFF")) &&
        str_eq(str_slice(bytes, 8, 4), STR("WEBP")))
        return IMAGE_WEBP;
    if (has_brand(bytes, STR("avif")))
        return IMAGE_AVIF;
    if (has_brand(bytes, STR("heic")) || has_brand(bytes, STR("heix")))
        return IMAGE_HEIC;
    return IMAGE_FORMAT_COUNT;
}

enum image_format image_format_of_type(struct str type)
{
    int i = 0;
    while (i < IMAGE_FORMAT_COUNT && !str_eq(type, image_formats[i].type))
        i++;
    return (enum image_format)i;
}

/* ---- Writing ---------------------------------------------------------------
 */

static void put_number(struct buf *out, uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--)
        buf_add_char(out, (char)(value >> (8 * i)));
}

static void put_text(struct buf *out, struct str text)
{
    put_number(out, text.len, 4);
    buf_add(out, text);
}

static void put_head(struct buf *out, char kind, size_t len)
{
    buf_add_char(out, kind);
    put_number(out, len, 4);
}

static void put_output(struct buf *out, const struct image_output *output)
{
    put_number(out, output->format, 1);
    put_number(out, output->width, 2);
    put_number(out, output->ratio_x, 1);
    put_number(out, output->ratio_y, 1);
}

enum { OUTPUT_BYTES = 5, JOB_BYTES = 5, AUTO = 0xffff };

static uint64_t focus_on_wire(int64_t focus)
{
    return focus == IMAGE_FOCUS_AUTO ? AUTO : (uint64_t)focus;
}

void image_job_write(const struct image_job *job, struct buf *out)
{
    assert(job->output_count <= IMAGE_OUTPUTS_MAX);
    put_head(out, 'M',
             JOB_BYTES + job->output_count * OUTPUT_BYTES + job->picture.len);
    put_number(out, focus_on_wire(job->focus_x), 2);
    put_number(out, focus_on_wire(job->focus_y), 2);
    put_number(out, job->output_count, 1);
    for (size_t i = 0; i < job->output_count; i++)
        put_output(out, &job->outputs[i]);
    buf_add(out, job->picture);
}

enum { CARD_BYTES = 1 + 2 + 3 * 3 + 2 + 2 + 1 + 5 * 4, FACE_BYTES = 2 + 4 };

void image_card_write(const struct image_card *card, struct buf *out)
{
    const struct str texts[] = {card->language, card->masthead, card->kicker,
                                card->headline, card->foot};
    size_t len = CARD_BYTES + card->picture.len;
    assert(card->face_count <= IMAGE_FACES_MAX);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        len += texts[i].len;
    for (size_t i = 0; i < card->face_count; i++)
        len += FACE_BYTES + card->faces[i].bytes.len;
    put_head(out, 'C', len);
    put_number(out, card->rtl, 1);
    put_number(out, (uint64_t)card->line_percent, 2);
    put_number(out, card->paper, 3);
    put_number(out, card->ink, 3);
    put_number(out, card->signal, 3);
    put_number(out, focus_on_wire(card->focus_x), 2);
    put_number(out, focus_on_wire(card->focus_y), 2);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        put_text(out, texts[i]);
    put_number(out, card->face_count, 1);
    for (size_t i = 0; i < card->face_count; i++) {
        put_number(out, (uint64_t)card->faces[i].weight, 2);
        put_text(out, card->faces[i].bytes);
    }
    buf_add(out, card->picture);
}

enum { INFO_BYTES = 13 + 3 * 4 };

void image_info_write(const struct image_info *info, struct buf *out)
{
    put_head(out, 'I',
             INFO_BYTES + info->credit.len + info->copyright.len +
                 info->caption.len);
    put_number(out, info->format, 1);
    put_number(out, info->width, 4);
    put_number(out, info->height, 4);
    put_number(out, info->frames, 4);
    put_text(out, info->credit);
    put_text(out, info->copyright);
    put_text(out, info->caption);
}

void image_rendition_write(const struct image_rendition *rendition,
                           struct buf *out)
{
    put_head(out, 'R', OUTPUT_BYTES + 4 + rendition->bytes.len);
    put_output(out, &rendition->made);
    put_number(out, rendition->height, 4);
    buf_add(out, rendition->bytes);
}

void image_end_write(struct buf *out)
{
    put_head(out, '.', 0);
}

void image_refusal_write(enum err err, struct str message, struct buf *out)
{
    message = utf8_cut(message, IMAGE_TEXT_BYTES_MAX);
    put_head(out, '-', 1 + message.len);
    put_number(out, err, 1);
    buf_add(out, message);
}

/* ---- Reading ---------------------------------------------------------------
 */

bool image_head_read(const char head[IMAGE_HEAD_BYTES], char *ret_kind,
                     size_t *ret_len)
{
    size_t len = 0;
    for (int i = 1; i < IMAGE_HEAD_BYTES; i++)
        len = len << 8 | (unsigned char)head[i];
    *ret_kind = head[0];
    *ret_len = len;
    return len <= IMAGE_FRAME_BYTES_MAX;
}

/* Reads on from the front, a statement each: an initialiser may be evaluated in
 * any order; what is missing makes it bad, and stays so. */
struct reading {
    struct str rest;
    bool bad;
};

static uint32_t take_number(struct reading *reading, size_t bytes)
{
    uint32_t value = 0;
    if (reading->bad || reading->rest.len < bytes) {
        reading->bad = true;
        return 0;
    }
    for (size_t i = 0; i < bytes; i++)
        value = value << 8 | (unsigned char)reading->rest.ptr[i];
    reading->rest = str_from(reading->rest, bytes);
    return value;
}

/* A line that can be shown. */
static bool is_line(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
            return false;
    return utf8_is_valid(text);
}

static struct str take_text(struct reading *reading)
{
    size_t len = take_number(reading, 4);
    struct str text = str_slice(reading->rest, 0, len);
    if (text.len != len || len > IMAGE_TEXT_BYTES_MAX || !is_line(text))
        reading->bad = true;
    if (reading->bad)
        return STR("");
    reading->rest = str_from(reading->rest, len);
    return text;
}

static struct image_output take_output(struct reading *reading)
{
    uint32_t format = take_number(reading, 1);
    struct image_output output = {0};
    output.format = (enum image_format)format;
    output.width = (uint16_t)take_number(reading, 2);
    output.ratio_x = (uint8_t)take_number(reading, 1);
    output.ratio_y = (uint8_t)take_number(reading, 1);
    if (format >= IMAGE_FORMAT_COUNT || !image_formats[format].made ||
        output.width == 0 || !output.ratio_x != !output.ratio_y)
        reading->bad = true;
    return output;
}

static int64_t take_focus(struct reading *reading)
{
    uint32_t focus = take_number(reading, 2);
    if (focus == AUTO)
        return IMAGE_FOCUS_AUTO;
    if (focus > IMAGE_FOCUS_MAX)
        reading->bad = true;
    return focus;
}

enum err image_job_read(struct str body, struct image_output *outputs,
                        struct image_job *ret_job)
{
    struct reading reading = {.rest = body};
    struct image_job job = {0};
    job.focus_x = take_focus(&reading);
    job.focus_y = take_focus(&reading);
    job.outputs = outputs;
    job.output_count = take_number(&reading, 1);
    if (job.output_count > IMAGE_OUTPUTS_MAX ||
        (job.focus_x == IMAGE_FOCUS_AUTO) != (job.focus_y == IMAGE_FOCUS_AUTO))
        return ERR_INVALID;
    for (size_t i = 0; i < job.output_count; i++)
        outputs[i] = take_output(&reading);
    job.picture = reading.rest;
    if (reading.bad || job.picture.len > IMAGE_BYTES_MAX)
        return ERR_INVALID;
    *ret_job = job;
    return ERR_OK;
}

static struct image_face take_face(struct reading *reading)
{
    struct image_face face = {.weight = (int)take_number(reading, 2)};
    size_t len = take_number(reading, 4);
    face.bytes = str_slice(reading->rest, 0, len);
    if (face.bytes.len != len || !len || face.weight < 1 || face.weight > 1000)
        reading->bad = true;
    else
        reading->rest = str_from(reading->rest, len);
    return face;
}

enum { LINE_PERCENT_MIN = 80, LINE_PERCENT_MAX = 250 };

enum err image_card_read(struct str body, struct image_face *faces,
                         struct image_card *ret_card)
{
    struct reading reading = {.rest = body};
    uint32_t rtl = take_number(&reading, 1);
    struct image_card card = {0};
    card.faces = faces;
    card.rtl = rtl == 1;
    card.line_percent = (int)take_number(&reading, 2);
    card.paper = take_number(&reading, 3);
    card.ink = take_number(&reading, 3);
    card.signal = take_number(&reading, 3);
    card.focus_x = take_focus(&reading);
    card.focus_y = take_focus(&reading);
    card.language = take_text(&reading);
    card.masthead = take_text(&reading);
    card.kicker = take_text(&reading);
    card.headline = take_text(&reading);
    card.foot = take_text(&reading);
    card.face_count = take_number(&reading, 1);
    if (rtl > 1 || card.face_count > IMAGE_FACES_MAX ||
        card.language.len >= IMAGE_LANGUAGE_BYTES ||
        card.line_percent < LINE_PERCENT_MIN ||
        card.line_percent > LINE_PERCENT_MAX ||
        (card.focus_x == IMAGE_FOCUS_AUTO) !=
            (card.focus_y == IMAGE_FOCUS_AUTO))
        return ERR_INVALID;
    for (size_t i = 0; i < card.face_count; i++)
        faces[i] = take_face(&reading);
    card.picture = reading.rest;
    if (reading.bad || card.picture.len > IMAGE_BYTES_MAX)
        return ERR_INVALID;
    *ret_card = card;
    return ERR_OK;
}

static bool is_side(uint32_t pixels)
{
    return pixels > 0 && pixels <= IMAGE_SIDE_MAX;
}

enum err image_info_read(struct str body, struct image_info *ret_info)
{
    struct reading reading = {.rest = body};
    uint32_t format = take_number(&reading, 1);
    struct image_info info = {0};
    info.format = (enum image_format)format;
    info.width = take_number(&reading, 4);
    info.height = take_number(&reading, 4);
    info.frames = take_number(&reading, 4);
    info.credit = take_text(&reading);
    info.copyright = take_text(&reading);
    info.caption = take_text(&reading);
    if (reading.bad || reading.rest.len || format >= IMAGE_FORMAT_COUNT ||
        !is_side(info.width) || !is_side(info.height) || !info.frames)
        return ERR_INVALID;
    *ret_info = info;
    return ERR_OK;
}

enum err image_rendition_read(struct str body,
                              struct image_rendition *ret_rendition)
{
    struct reading reading = {.rest = body};
    struct image_rendition rendition = {0};
    rendition.made = take_output(&reading);
    rendition.height = take_number(&reading, 4);
    rendition.bytes = reading.rest;
    if (reading.bad || !is_side(rendition.height) ||
        image_format_of(rendition.bytes) != rendition.made.format)
        return ERR_INVALID;
    *ret_rendition = rendition;
    return ERR_OK;
}

enum err image_refusal_read(struct str body, enum err *ret_err,
                            struct str *ret_message)
{
    struct reading reading = {.rest = body};
    uint32_t err = take_number(&reading, 1);
    if (reading.bad || err == ERR_OK || err >= ERR_COUNT ||
        reading.rest.len > IMAGE_TEXT_BYTES_MAX || !is_line(reading.rest))
        return ERR_INVALID;
    *ret_err = (enum err)err;
    *ret_message = reading.rest;
    return ERR_OK;
}
