// SPDX-License-Identifier: Apache-2.0
#include "link/live.h"

#include <assert.h>

#include "base/utf8.h"
#include "link/message.h"
#include "link/wire.h"

enum { FLAG_INDEPENDENT = 1, FLAG_GAP = 2, FLAG_DEPENDENT = 4 };

/* ---- What is allowed --------------------------------------------------------
 */

static bool is_between(char c, char first, char last)
{
    return c >= first && c <= last;
}

bool live_name_is_valid(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!is_between(c, 'a', 'z') && !is_between(c, '0', '9') && c != '-')
            return false;
    }
    return text.len > 0 && text.len <= LIVE_NAME_BYTES_MAX;
}

/* They stand in quotes in a playlist. */
bool live_codecs_is_valid(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!is_between(c, 'a', 'z') && !is_between(c, 'A', 'Z') &&
            !is_between(c, '0', '9') && c != '.' && c != ',' && c != '-')
            return false;
    }
    return text.len <= LIVE_CODECS_BYTES_MAX;
}

bool live_language_is_valid(const struct live_language *language)
{
    struct str tag = language->tag, name = language->name;
    for (size_t i = 0; i < tag.len; i++) {
        char c = tag.ptr[i];
        if (!is_between(c, 'a', 'z') && !is_between(c, 'A', 'Z') &&
            !is_between(c, '0', '9') && c != '-')
            return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '"' || utf8_control(str_from(name, i)) > 0)
            return false;
    }
    return !tag.len == !name.len && tag.len <= LIVE_LANGUAGE_BYTES_MAX &&
           name.len <= LIVE_LANGUAGE_NAME_BYTES_MAX && utf8_is_valid(name);
}

bool live_caption_is_valid(struct str text)
{
    bool is_empty = true; /* the line so far */
    if (!text.len || text.len > LIVE_CAPTION_BYTES_MAX || !utf8_is_valid(text))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        bool ends = text.ptr[i] == '\n';
        if (ends ? is_empty : utf8_control(str_from(text, i)) > 0)
            return false;
        is_empty = ends;
    }
    return !is_empty;
}

static bool is_duration(int64_t ticks)
{
    return ticks >= 0 && ticks <= LIVE_DURATION_MAX;
}

static bool is_segment(const struct live_segment_info *segment)
{
    return segment->sequence < LIVE_SEQUENCE_MAX &&
           is_duration(segment->duration) && segment->start_us >= 0;
}

/* ---- Pieces -----------------------------------------------------------------
 */

static void put_i64(struct buf *out, int64_t value)
{
    wire_put_u64(out, (uint64_t)value);
}

static int64_t get_i64(struct wire_reader *reader)
{
    return (int64_t)wire_get_u64(reader);
}

static void put_segment_info(struct buf *out,
                             const struct live_segment_info *segment)
{
    assert(is_segment(segment));
    wire_put_u64(out, segment->sequence);
    put_i64(out, segment->tick);
    wire_put_u32(out, (uint32_t)segment->duration);
    put_i64(out, segment->start_us);
    wire_put_u32(out, segment->init);
    wire_put_u32(out, segment->timeline);
    wire_put_u32(out, segment->place.hour);
    wire_put_u32(out, segment->place.len);
    wire_put_u64(out, segment->place.offset);
    wire_put_u32(out, (segment->is_gap ? FLAG_GAP : 0) |
                          (segment->is_dependent ? FLAG_DEPENDENT : 0));
}

static struct live_segment_info get_segment_info(struct wire_reader *reader)
{
    struct live_segment_info segment = {.sequence = wire_get_u64(reader)};
    segment.tick = get_i64(reader);
    segment.duration = wire_get_u32(reader);
    segment.start_us = get_i64(reader);
    segment.init = wire_get_u32(reader);
    segment.timeline = wire_get_u32(reader);
    segment.place.hour = wire_get_u32(reader);
    segment.place.len = wire_get_u32(reader);
    segment.place.offset = wire_get_u64(reader);
    uint32_t flags = wire_get_u32(reader);
    segment.is_gap = flags & FLAG_GAP;
    segment.is_dependent = flags & FLAG_DEPENDENT;
    if ((flags & ~(uint32_t)(FLAG_GAP | FLAG_DEPENDENT)) ||
        !is_segment(&segment))
        reader->bad = true;
    return segment;
}

static size_t begin(struct buf *out, enum message_kind kind, uint64_t channel)
{
    size_t start = message_begin(out, kind, 0);
    wire_put_u64(out, channel);
    return start;
}

static size_t begin_rendition(struct buf *out, enum message_kind kind,
                              uint64_t channel, uint32_t rendition)
{
    assert(rendition < LIVE_RENDITIONS_MAX);
    size_t start = begin(out, kind, channel);
    wire_put_u8(out, (uint8_t)rendition);
    return start;
}

static uint32_t get_rendition(struct wire_reader *reader)
{
    uint32_t rendition = wire_get_u8(reader);
    if (rendition >= LIVE_RENDITIONS_MAX)
        reader->bad = true;
    return rendition;
}

/* Everything has to be used up. */
static enum err result(const struct wire_reader *reader)
{
    return reader->bad || reader->rest.len ? ERR_INVALID : ERR_OK;
}

/* ---- Channels ---------------------------------------------------------------
 */

void live_put_channel(struct buf *out, const struct live_channel_info *info)
{
    assert(live_name_is_valid(info->name));
    assert(info->rendition_count <= LIVE_RENDITIONS_MAX);
    size_t start = begin(out, MESSAGE_LIVE_CHANNEL, info->channel);
    wire_put_str(out, info->name);
    put_i64(out, info->target);
    put_i64(out, info->part_target);
    wire_put_u32(out, info->dvr_seconds);
    wire_put_u8(out, info->has_captions);
    for (size_t i = 0; i < LIVE_CAPTION_TRACKS; i++) {
        assert(live_language_is_valid(&info->languages[i]));
        wire_put_str(out, info->languages[i].tag);
        wire_put_str(out, info->languages[i].name);
    }
    wire_put_u8(out, (uint8_t)info->rendition_count);
    for (size_t i = 0; i < info->rendition_count; i++) {
        const struct live_rendition_info *rendition = &info->renditions[i];
        assert(live_name_is_valid(rendition->name));
        assert(live_codecs_is_valid(rendition->codecs));
        wire_put_str(out, rendition->name);
        wire_put_str(out, rendition->codecs);
        wire_put_u32(out, rendition->width);
        wire_put_u32(out, rendition->height);
        wire_put_u32(out, rendition->frames_milli);
        wire_put_u32(out, rendition->peak_bits);
        wire_put_u32(out, rendition->mean_bits);
    }
    message_end(out, start);
}

static struct live_rendition_info get_rendition_info(struct wire_reader *reader)
{
    struct live_rendition_info info = {.name = wire_get_str(reader)};
    info.codecs = wire_get_str(reader);
    info.width = wire_get_u32(reader);
    info.height = wire_get_u32(reader);
    info.frames_milli = wire_get_u32(reader);
    info.peak_bits = wire_get_u32(reader);
    info.mean_bits = wire_get_u32(reader);
    if (!live_name_is_valid(info.name) || !live_codecs_is_valid(info.codecs))
        reader->bad = true;
    return info;
}

enum err live_read_channel(struct str payload,
                           struct live_channel_info *ret_info)
{
    struct wire_reader reader = {.rest = payload};
    struct live_channel_info info = {.channel = wire_get_u64(&reader)};
    info.name = wire_get_str(&reader);
    info.target = get_i64(&reader);
    info.part_target = get_i64(&reader);
    info.dvr_seconds = wire_get_u32(&reader);
    uint8_t captions = wire_get_u8(&reader);
    info.has_captions = captions == 1;
    for (size_t i = 0; i < LIVE_CAPTION_TRACKS; i++) {
        info.languages[i].tag = wire_get_str(&reader);
        info.languages[i].name = wire_get_str(&reader);
        if (!live_language_is_valid(&info.languages[i]))
            reader.bad = true;
    }
    info.rendition_count = wire_get_u8(&reader);
    if (info.rendition_count > LIVE_RENDITIONS_MAX)
        return ERR_INVALID;
    for (size_t i = 0; i < info.rendition_count; i++)
        info.renditions[i] = get_rendition_info(&reader);
    if (!live_name_is_valid(info.name) || info.target <= 0 ||
        !is_duration(info.target) || info.part_target <= 0 ||
        info.part_target > info.target || captions > 1 ||
        info.dvr_seconds > LIVE_DVR_SECONDS_MAX)
        reader.bad = true;
    *ret_info = info;
    return result(&reader);
}

void live_put_gone(struct buf *out, uint64_t channel)
{
    message_end(out, begin(out, MESSAGE_LIVE_GONE, channel));
}

enum err live_read_gone(struct str payload, uint64_t *ret_channel)
{
    struct wire_reader reader = {.rest = payload};
    *ret_channel = wire_get_u64(&reader);
    return result(&reader);
}

/* ---- Media ------------------------------------------------------------------
 */

void live_put_init(struct buf *out, const struct live_init *init)
{
    size_t start =
        begin_rendition(out, MESSAGE_LIVE_INIT, init->channel, init->rendition);
    wire_put_u32(out, init->number);
    buf_add(out, init->bytes);
    message_end(out, start);
}

enum err live_read_init(struct str payload, struct live_init *ret)
{
    struct wire_reader reader = {.rest = payload};
    struct live_init init = {.channel = wire_get_u64(&reader)};
    init.rendition = get_rendition(&reader);
    init.number = wire_get_u32(&reader);
    init.bytes = reader.rest;
    *ret = init;
    return reader.bad || init.bytes.len > LIVE_PART_BYTES_MAX ? ERR_INVALID
                                                              : ERR_OK;
}

void live_put_part(struct buf *out, const struct live_part *part)
{
    assert(part->part < LIVE_PARTS_MAX);
    assert(is_duration(part->duration));
    size_t start =
        begin_rendition(out, MESSAGE_LIVE_PART, part->channel, part->rendition);
    wire_put_u8(out, (uint8_t)part->part);
    assert(part->is_gap == (part->bytes.len == 0));
    wire_put_u8(out, (uint8_t)((part->independent ? FLAG_INDEPENDENT : 0) |
                               (part->is_gap ? FLAG_GAP : 0)));
    wire_put_u32(out, (uint32_t)part->duration);
    put_segment_info(out, &part->segment);
    buf_add(out, part->bytes);
    message_end(out, start);
}

enum err live_read_part(struct str payload, struct live_part *ret)
{
    struct wire_reader reader = {.rest = payload};
    struct live_part part = {.channel = wire_get_u64(&reader)};
    part.rendition = get_rendition(&reader);
    part.part = wire_get_u8(&reader);
    uint8_t flags = wire_get_u8(&reader);
    part.independent = flags & FLAG_INDEPENDENT;
    part.is_gap = flags & FLAG_GAP;
    part.duration = wire_get_u32(&reader);
    part.segment = get_segment_info(&reader);
    part.bytes = reader.rest;
    *ret = part;
    bool fine = !reader.bad && part.part < LIVE_PARTS_MAX &&
                is_duration(part.duration) &&
                part.is_gap == (part.bytes.len == 0) &&
                part.bytes.len <= LIVE_PART_BYTES_MAX;
    return fine ? ERR_OK : ERR_INVALID;
}

void live_put_segment(struct buf *out, const struct live_segment *segment)
{
    size_t start = begin_rendition(out, MESSAGE_LIVE_SEGMENT, segment->channel,
                                   segment->rendition);
    put_segment_info(out, &segment->segment);
    message_end(out, start);
}

enum err live_read_segment(struct str payload, struct live_segment *ret)
{
    struct wire_reader reader = {.rest = payload};
    struct live_segment segment = {.channel = wire_get_u64(&reader)};
    segment.rendition = get_rendition(&reader);
    segment.segment = get_segment_info(&reader);
    *ret = segment;
    return segment.segment.duration > 0 ? result(&reader) : ERR_INVALID;
}

size_t live_begin_stored(struct buf *out, uint64_t channel, uint32_t rendition)
{
    return begin_rendition(out, MESSAGE_LIVE_STORED, channel, rendition);
}

void live_put_stored(struct buf *out, const struct live_segment_info *segment)
{
    put_segment_info(out, segment);
}

bool live_next_stored(struct live_stored *stored,
                      struct live_segment_info *ret_segment)
{
    struct wire_reader reader = {.rest = stored->rest};
    struct live_segment_info segment = get_segment_info(&reader);
    if (reader.bad)
        return false;
    stored->rest = reader.rest;
    *ret_segment = segment;
    return true;
}

enum err live_read_stored(struct str payload, struct live_stored *ret)
{
    struct wire_reader reader = {.rest = payload};
    struct live_stored stored = {.channel = wire_get_u64(&reader)};
    stored.rendition = get_rendition(&reader);
    stored.rest = reader.rest;
    struct live_stored walk = stored;
    struct live_segment_info segment;
    uint64_t least = 0;
    while (!reader.bad && live_next_stored(&walk, &segment)) {
        if (segment.sequence < least || !segment.duration ||
            !segment.place.hour)
            return ERR_INVALID;
        least = segment.sequence + 1;
    }
    *ret = stored;
    return reader.bad || walk.rest.len ? ERR_INVALID : ERR_OK;
}

void live_put_pruned(struct buf *out, const struct live_pruned *pruned)
{
    size_t start = begin_rendition(out, MESSAGE_LIVE_PRUNED, pruned->channel,
                                   pruned->rendition);
    wire_put_u64(out, pruned->sequence);
    message_end(out, start);
}

enum err live_read_pruned(struct str payload, struct live_pruned *ret)
{
    struct wire_reader reader = {.rest = payload};
    struct live_pruned pruned = {.channel = wire_get_u64(&reader)};
    pruned.rendition = get_rendition(&reader);
    pruned.sequence = wire_get_u64(&reader);
    *ret = pruned;
    return result(&reader);
}

/* ---- What goes along with it ------------------------------------------------
 */

static void put_picture(struct buf *out, enum message_kind kind,
                        const struct live_thumbnail *thumb)
{
    size_t start = begin(out, kind, thumb->channel);
    wire_put_u64(out, thumb->sequence);
    put_i64(out, thumb->start_us);
    buf_add(out, thumb->jpeg);
    message_end(out, start);
}

void live_put_thumbnail(struct buf *out, const struct live_thumbnail *thumb)
{
    put_picture(out, MESSAGE_LIVE_THUMBNAIL, thumb);
}

void live_put_poster(struct buf *out, const struct live_thumbnail *poster)
{
    put_picture(out, MESSAGE_LIVE_POSTER, poster);
}

enum err live_read_thumbnail(struct str payload, struct live_thumbnail *ret)
{
    struct wire_reader reader = {.rest = payload};
    struct live_thumbnail thumb = {.channel = wire_get_u64(&reader)};
    thumb.sequence = wire_get_u64(&reader);
    thumb.start_us = get_i64(&reader);
    thumb.jpeg = reader.rest;
    *ret = thumb;
    bool fine = !reader.bad && thumb.sequence < LIVE_SEQUENCE_MAX &&
                thumb.start_us >= 0 && thumb.jpeg.len > 0 &&
                thumb.jpeg.len <= LIVE_PART_BYTES_MAX;
    return fine ? ERR_OK : ERR_INVALID;
}

void live_put_caption(struct buf *out, const struct live_caption *caption)
{
    size_t start = begin(out, MESSAGE_LIVE_CAPTION, caption->channel);
    put_i64(out, caption->tick);
    wire_put_u32(out, (uint32_t)caption->duration);
    wire_put_u8(out, caption->track);
    buf_add(out, caption->text);
    message_end(out, start);
}

enum err live_read_caption(struct str payload, struct live_caption *ret)
{
    struct wire_reader reader = {.rest = payload};
    struct live_caption caption = {.channel = wire_get_u64(&reader)};
    caption.tick = get_i64(&reader);
    caption.duration = wire_get_u32(&reader);
    caption.track = wire_get_u8(&reader);
    caption.text = reader.rest;
    *ret = caption;
    bool fine = !reader.bad && caption.tick >= 0 && caption.duration > 0 &&
                is_duration(caption.duration) &&
                caption.track < LIVE_CAPTION_TRACKS &&
                live_caption_is_valid(caption.text);
    return fine ? ERR_OK : ERR_INVALID;
}

void live_put_say(struct buf *out, uint64_t number, const struct live_say *say)
{
    size_t start = message_begin(out, MESSAGE_LIVE_SAY, number);
    wire_put_u64(out, say->channel);
    wire_put_str(out, say->digest);
    buf_add(out, say->text);
    message_end(out, start);
}

enum err live_read_say(struct str payload, struct live_say *ret)
{
    struct wire_reader reader = {.rest = payload};
    struct live_say say = {.channel = wire_get_u64(&reader)};
    say.digest = wire_get_str(&reader);
    say.text = reader.rest;
    *ret = say;
    bool fine = !reader.bad && say.digest.len == LIVE_DIGEST_DIGITS &&
                say.text.len <= LIVE_SAY_BYTES_MAX;
    return fine ? ERR_OK : ERR_INVALID;
}

void live_put_said(struct buf *out, uint64_t number,
                   const struct live_said *said)
{
    size_t start = message_begin(out, MESSAGE_LIVE_SAID, number);
    wire_put_u16(out, said->status);
    buf_add(out, said->words);
    message_end(out, start);
}

enum err live_read_said(struct str payload, struct live_said *ret)
{
    struct wire_reader reader = {.rest = payload};
    struct live_said said = {.status = wire_get_u16(&reader)};
    said.words = reader.rest;
    *ret = said;
    bool fine = !reader.bad && said.status >= 100 && said.status < 600 &&
                said.words.len <= LIVE_SAID_BYTES_MAX &&
                utf8_is_valid(said.words);
    return fine ? ERR_OK : ERR_INVALID;
}

void live_put_viewers(struct buf *out, const struct live_viewers *viewers,
                      size_t count)
{
    size_t start = message_begin(out, MESSAGE_LIVE_VIEWERS, 0);
    for (size_t i = 0; i < count; i++) {
        wire_put_u64(out, viewers[i].channel);
        wire_put_u32(out, viewers[i].viewers);
    }
    message_end(out, start);
}

bool live_next_viewers(struct str *rest, struct live_viewers *ret_viewers)
{
    struct wire_reader reader = {.rest = *rest};
    struct live_viewers viewers = {.channel = wire_get_u64(&reader)};
    viewers.viewers = wire_get_u32(&reader);
    if (reader.bad)
        return false;
    *rest = reader.rest;
    *ret_viewers = viewers;
    return true;
}
