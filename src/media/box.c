// SPDX-License-Identifier: Apache-2.0
#include "media/box_internal.h"

#include "media/bytes.h"

/* §4.2: a box begins with its length, which is known at its end. */
size_t box_begin(struct buf *out, const char *type)
{
    size_t start = out->len;
    bytes_put_u32(out, 0);
    buf_add(out, str_of(type, 4));
    return start;
}

size_t box_begin_full(struct buf *out, const char *type, unsigned version,
                      unsigned flags)
{
    size_t start = box_begin(out, type);
    bytes_put_u8(out, (uint8_t)version);
    bytes_put_u24(out, flags);
    return start;
}

void box_patch_u32(struct buf *out, size_t at, size_t value)
{
    if (buf_err(out))
        return;
    for (unsigned i = 0; i < 4; i++)
        out->ptr[at + i] = (char)(value >> (24 - 8 * i));
}

void box_end(struct buf *out, size_t start)
{
    box_patch_u32(out, start, out->len - start);
}

void box_put_u64(struct buf *out, uint64_t value)
{
    bytes_put_u32(out, (uint32_t)(value >> 32));
    bytes_put_u32(out, (uint32_t)value);
}

void box_put_zeros(struct buf *out, size_t count)
{
    while (count-- > 0)
        bytes_put_u8(out, 0);
}

/* No turning and no scaling (§8.2.2). */
static void put_matrix(struct buf *out)
{
    static const uint32_t matrix[9] = {1u << 16, 0, 0, 0,       1u << 16,
                                       0,        0, 0, 1u << 30};
    for (size_t i = 0; i < 9; i++)
        bytes_put_u32(out, matrix[i]);
}

void box_put_mvhd(struct buf *out, size_t tracks, uint32_t duration)
{
    size_t box = box_begin_full(out, "mvhd", 0, 0);
    box_put_zeros(out, 8); /* made and changed: not told, for the same bytes */
    bytes_put_u32(out, BOX_MOVIE_HZ);
    bytes_put_u32(out, duration);
    bytes_put_u32(out, 1u << 16); /* speed */
    bytes_put_u16(out, 1u << 8);  /* volume */
    box_put_zeros(out, 10);
    put_matrix(out);
    box_put_zeros(out, 24);
    bytes_put_u32(out, (uint32_t)tracks + 1);
    box_end(out, box);
}

static void put_tkhd(struct buf *out, const struct fmp4_track *track,
                     unsigned number, uint32_t duration)
{
    enum { ENABLED_IN_MOVIE = 3 };
    size_t box = box_begin_full(out, "tkhd", 0, ENABLED_IN_MOVIE);
    box_put_zeros(out, 8);
    bytes_put_u32(out, number);
    bytes_put_u32(out, 0);
    bytes_put_u32(out, duration);
    box_put_zeros(out, 8);
    bytes_put_u16(out, 0);
    bytes_put_u16(out, track->is_sound); /* those of a kind are alternatives */
    bytes_put_u16(out, track->is_sound ? 1u << 8 : 0);
    bytes_put_u16(out, 0);
    put_matrix(out);
    uint64_t width = 0;
    if (!track->is_sound)
        width = ((uint64_t)track->width << 16) * track->aspect_width /
                track->aspect_height;
    bytes_put_u32(out, (uint32_t)width);
    bytes_put_u32(out, track->is_sound ? 0 : track->height << 16);
    box_end(out, box);
}

static void put_mdhd(struct buf *out, const struct fmp4_track *track,
                     uint32_t duration)
{
    enum { UNDETERMINED = 0x55C4 }; /* "und", five bits a letter */
    size_t box = box_begin_full(out, "mdhd", 0, 0);
    box_put_zeros(out, 8);
    bytes_put_u32(out, track->timescale);
    bytes_put_u32(out, duration);
    bytes_put_u16(out, UNDETERMINED);
    bytes_put_u16(out, 0);
    box_end(out, box);
}

static void put_hdlr(struct buf *out, const struct fmp4_track *track)
{
    size_t box = box_begin_full(out, "hdlr", 0, 0);
    bytes_put_u32(out, 0);
    buf_add(out, track->is_sound ? STR("soun") : STR("vide"));
    box_put_zeros(out, 12);
    buf_add(out, track->is_sound ? STR("Sound\0") : STR("Pictures\0"));
    box_end(out, box);
}

/* ISO/IEC 14496-15 §5.4.2 */
static void put_avc1(struct buf *out, const struct fmp4_track *track)
{
    size_t entry = box_begin(out, "avc1");
    box_put_zeros(out, 6);
    bytes_put_u16(out, 1);
    box_put_zeros(out, 16);
    bytes_put_u16(out, (uint16_t)track->width);
    bytes_put_u16(out, (uint16_t)track->height);
    bytes_put_u32(out, 72u << 16); /* dots an inch, as everybody writes */
    bytes_put_u32(out, 72u << 16);
    bytes_put_u32(out, 0);
    bytes_put_u16(out, 1); /* frames a sample */
    box_put_zeros(out, 32);
    bytes_put_u16(out, 24);     /* depth */
    bytes_put_u16(out, 0xFFFF); /* no colour table */
    size_t box = box_begin(out, "avcC");
    buf_add(out, track->config);
    box_end(out, box);
    if (track->aspect_width != track->aspect_height) {
        box = box_begin(out, "pasp");
        bytes_put_u32(out, track->aspect_width);
        bytes_put_u32(out, track->aspect_height);
        box_end(out, box);
    }
    box_end(out, entry);
}

/* ISO/IEC 14496-1 §7.2.6, ISO/IEC 14496-14 §5.6. Lengths below 128. */
static void put_esds(struct buf *out, const struct fmp4_track *track)
{
    enum { ES = 3, DECODER = 4, SPECIFIC = 5, SYNC = 6 };
    enum { AAC = 0x40, AUDIO_STREAM = 5 << 2 | 1 };
    uint8_t len = (uint8_t)track->config.len;
    size_t box = box_begin_full(out, "esds", 0, 0);
    bytes_put_u8(out, ES);
    bytes_put_u8(out, (uint8_t)(3 + 2 + 13 + 2 + len + 3));
    bytes_put_u24(out, 0);
    bytes_put_u8(out, DECODER);
    bytes_put_u8(out, (uint8_t)(13 + 2 + len));
    bytes_put_u8(out, AAC);
    bytes_put_u8(out, AUDIO_STREAM);
    box_put_zeros(out, 11); /* sizes and rates: not told */
    bytes_put_u8(out, SPECIFIC);
    bytes_put_u8(out, len);
    buf_add(out, track->config);
    bytes_put_u8(out, SYNC);
    bytes_put_u8(out, 1);
    bytes_put_u8(out, 2);
    box_end(out, box);
}

static void put_mp4a(struct buf *out, const struct fmp4_track *track)
{
    size_t entry = box_begin(out, "mp4a");
    box_put_zeros(out, 6);
    bytes_put_u16(out, 1);
    box_put_zeros(out, 8);
    bytes_put_u16(out, (uint16_t)track->channels);
    bytes_put_u16(out, 16);
    bytes_put_u32(out, 0);
    bytes_put_u32(out, track->rate < 65536 ? track->rate << 16 : 0);
    put_esds(out, track);
    box_end(out, entry);
}

static void put_empty_tables(struct buf *out)
{
    static const char *const tables[] = {"stts", "stsc", "stsz", "stco"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        size_t box = box_begin_full(out, tables[i], 0, 0);
        box_put_zeros(out, i == 2 ? 8 : 4);
        box_end(out, box);
    }
}

static void put_minf(struct buf *out, const struct fmp4_track *track,
                     const struct box_whole *whole)
{
    size_t minf = box_begin(out, "minf");
    size_t box = box_begin_full(out, track->is_sound ? "smhd" : "vmhd", 0,
                                !track->is_sound);
    box_put_zeros(out, track->is_sound ? 4 : 8);
    box_end(out, box);
    size_t dinf = box_begin(out, "dinf");
    size_t dref = box_begin_full(out, "dref", 0, 0);
    bytes_put_u32(out, 1);
    box = box_begin_full(out, "url ", 0, 1); /* in this file */
    box_end(out, box);
    box_end(out, dref);
    box_end(out, dinf);
    size_t stbl = box_begin(out, "stbl");
    size_t stsd = box_begin_full(out, "stsd", 0, 0);
    bytes_put_u32(out, 1);
    if (track->is_sound)
        put_mp4a(out, track);
    else
        put_avc1(out, track);
    box_end(out, stsd);
    if (whole)
        whole->put_tables(out, whole->context);
    else
        put_empty_tables(out);
    box_end(out, stbl);
    box_end(out, minf);
}

static void put_edit(struct buf *out, uint32_t duration, uint32_t from)
{
    bytes_put_u32(out, duration);
    bytes_put_u32(out, from);
    bytes_put_u32(out, 1u << 16); /* speed */
}

/* §8.6.6: what is shown of the track. */
static void put_edts(struct buf *out, const struct box_whole *whole)
{
    size_t edts = box_begin(out, "edts");
    size_t box = box_begin_full(out, "elst", 0, 0);
    bytes_put_u32(out, whole->late ? 2 : 1);
    if (whole->late)
        put_edit(out, whole->late, UINT32_MAX); /* nothing */
    put_edit(out, whole->shown, whole->shown_from);
    box_end(out, box);
    box_end(out, edts);
}

void box_put_trak(struct buf *out, const struct fmp4_track *track,
                  unsigned number, const struct box_whole *whole)
{
    size_t trak = box_begin(out, "trak");
    put_tkhd(out, track, number, whole ? whole->late + whole->shown : 0);
    if (whole)
        put_edts(out, whole);
    size_t mdia = box_begin(out, "mdia");
    put_mdhd(out, track, whole ? whole->duration : 0);
    put_hdlr(out, track);
    put_minf(out, track, whole);
    box_end(out, mdia);
    box_end(out, trak);
}
