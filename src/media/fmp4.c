// SPDX-License-Identifier: Apache-2.0
#include "media/fmp4.h"

#include <assert.h>

#include "media/bytes.h"

/* §4.2: a box begins with its length, which is known at its end. */
static size_t begin(struct buf *out, const char *type)
{
    size_t start = out->len;
    bytes_put_u32(out, 0);
    buf_add(out, str_of(type, 4));
    return start;
}

static size_t begin_full(struct buf *out, const char *type, unsigned version,
                         unsigned flags)
{
    size_t start = begin(out, type);
    bytes_put_u8(out, (uint8_t)version);
    bytes_put_u24(out, flags);
    return start;
}

static void patch_u32(struct buf *out, size_t at, size_t value)
{
    if (buf_err(out))
        return;
    for (unsigned i = 0; i < 4; i++)
        out->ptr[at + i] = (char)(value >> (24 - 8 * i));
}

static void end(struct buf *out, size_t start)
{
    patch_u32(out, start, out->len - start);
}

static void put_u64(struct buf *out, uint64_t value)
{
    bytes_put_u32(out, (uint32_t)(value >> 32));
    bytes_put_u32(out, (uint32_t)value);
}

static void put_zeros(struct buf *out, size_t count)
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

static void put_mvhd(struct buf *out, size_t tracks)
{
    size_t box = begin_full(out, "mvhd", 0, 0);
    put_zeros(out, 8); /* made and changed: not told, for the same bytes */
    bytes_put_u32(out, 1000);
    bytes_put_u32(out, 0);
    bytes_put_u32(out, 1u << 16); /* speed */
    bytes_put_u16(out, 1u << 8);  /* volume */
    put_zeros(out, 10);
    put_matrix(out);
    put_zeros(out, 24);
    bytes_put_u32(out, (uint32_t)tracks + 1);
    end(out, box);
}

static void put_tkhd(struct buf *out, const struct fmp4_track *track,
                     unsigned number)
{
    enum { ENABLED_IN_MOVIE = 3 };
    size_t box = begin_full(out, "tkhd", 0, ENABLED_IN_MOVIE);
    put_zeros(out, 8);
    bytes_put_u32(out, number);
    put_zeros(out, 8);
    put_zeros(out, 8);
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
    end(out, box);
}

static void put_mdhd(struct buf *out, const struct fmp4_track *track)
{
    enum { UNDETERMINED = 0x55C4 }; /* "und", five bits a letter */
    size_t box = begin_full(out, "mdhd", 0, 0);
    put_zeros(out, 8);
    bytes_put_u32(out, track->timescale);
    bytes_put_u32(out, 0);
    bytes_put_u16(out, UNDETERMINED);
    bytes_put_u16(out, 0);
    end(out, box);
}

static void put_hdlr(struct buf *out, const struct fmp4_track *track)
{
    size_t box = begin_full(out, "hdlr", 0, 0);
    bytes_put_u32(out, 0);
    buf_add(out, track->is_sound ? STR("soun") : STR("vide"));
    put_zeros(out, 12);
    buf_add(out, track->is_sound ? STR("Sound\0") : STR("Pictures\0"));
    end(out, box);
}

/* ISO/IEC 14496-15 §5.4.2 */
static void put_avc1(struct buf *out, const struct fmp4_track *track)
{
    size_t entry = begin(out, "avc1");
    put_zeros(out, 6);
    bytes_put_u16(out, 1);
    put_zeros(out, 16);
    bytes_put_u16(out, (uint16_t)track->width);
    bytes_put_u16(out, (uint16_t)track->height);
    bytes_put_u32(out, 72u << 16); /* dots an inch, as everybody writes */
    bytes_put_u32(out, 72u << 16);
    bytes_put_u32(out, 0);
    bytes_put_u16(out, 1); /* frames a sample */
    put_zeros(out, 32);
    bytes_put_u16(out, 24);     /* depth */
    bytes_put_u16(out, 0xFFFF); /* no colour table */
    size_t box = begin(out, "avcC");
    buf_add(out, track->config);
    end(out, box);
    if (track->aspect_width != track->aspect_height) {
        box = begin(out, "pasp");
        bytes_put_u32(out, track->aspect_width);
        bytes_put_u32(out, track->aspect_height);
        end(out, box);
    }
    end(out, entry);
}

/* ISO/IEC 14496-1 §7.2.6, ISO/IEC 14496-14 §5.6. Lengths below 128. */
static void put_esds(struct buf *out, const struct fmp4_track *track)
{
    enum { ES = 3, DECODER = 4, SPECIFIC = 5, SYNC = 6 };
    enum { AAC = 0x40, AUDIO_STREAM = 5 << 2 | 1 };
    uint8_t len = (uint8_t)track->config.len;
    size_t box = begin_full(out, "esds", 0, 0);
    bytes_put_u8(out, ES);
    bytes_put_u8(out, (uint8_t)(3 + 2 + 13 + 2 + len + 3));
    bytes_put_u24(out, 0);
    bytes_put_u8(out, DECODER);
    bytes_put_u8(out, (uint8_t)(13 + 2 + len));
    bytes_put_u8(out, AAC);
    bytes_put_u8(out, AUDIO_STREAM);
    put_zeros(out, 11); /* sizes and rates: not told */
    bytes_put_u8(out, SPECIFIC);
    bytes_put_u8(out, len);
    buf_add(out, track->config);
    bytes_put_u8(out, SYNC);
    bytes_put_u8(out, 1);
    bytes_put_u8(out, 2);
    end(out, box);
}

static void put_mp4a(struct buf *out, const struct fmp4_track *track)
{
    size_t entry = begin(out, "mp4a");
    put_zeros(out, 6);
    bytes_put_u16(out, 1);
    put_zeros(out, 8);
    bytes_put_u16(out, (uint16_t)track->channels);
    bytes_put_u16(out, 16);
    bytes_put_u32(out, 0);
    bytes_put_u32(out, track->rate < 65536 ? track->rate << 16 : 0);
    put_esds(out, track);
    end(out, entry);
}

static void put_empty_tables(struct buf *out)
{
    static const char *const tables[] = {"stts", "stsc", "stsz", "stco"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        size_t box = begin_full(out, tables[i], 0, 0);
        put_zeros(out, i == 2 ? 8 : 4);
        end(out, box);
    }
}

static void put_minf(struct buf *out, const struct fmp4_track *track)
{
    size_t minf = begin(out, "minf");
    size_t box =
        begin_full(out, track->is_sound ? "smhd" : "vmhd", 0, !track->is_sound);
    put_zeros(out, track->is_sound ? 4 : 8);
    end(out, box);
    size_t dinf = begin(out, "dinf");
    size_t dref = begin_full(out, "dref", 0, 0);
    bytes_put_u32(out, 1);
    box = begin_full(out, "url ", 0, 1); /* in this file */
    end(out, box);
    end(out, dref);
    end(out, dinf);
    size_t stbl = begin(out, "stbl");
    size_t stsd = begin_full(out, "stsd", 0, 0);
    bytes_put_u32(out, 1);
    if (track->is_sound)
        put_mp4a(out, track);
    else
        put_avc1(out, track);
    end(out, stsd);
    put_empty_tables(out);
    end(out, stbl);
    end(out, minf);
}

static void put_trak(struct buf *out, const struct fmp4_track *track,
                     unsigned number)
{
    size_t trak = begin(out, "trak");
    put_tkhd(out, track, number);
    size_t mdia = begin(out, "mdia");
    put_mdhd(out, track);
    put_hdlr(out, track);
    put_minf(out, track);
    end(out, mdia);
    end(out, trak);
}

void fmp4_write_init(struct buf *out, const struct fmp4_track *tracks,
                     size_t count)
{
    assert(count > 0 && count <= FMP4_TRACKS_MAX);
    size_t box = begin(out, "ftyp");
    buf_add(out, STR("iso6"));
    bytes_put_u32(out, 1);
    buf_add(out, STR("iso6mp41"));
    end(out, box);
    size_t moov = begin(out, "moov");
    put_mvhd(out, count);
    for (size_t i = 0; i < count; i++)
        put_trak(out, &tracks[i], (unsigned)i + 1);
    size_t mvex = begin(out, "mvex");
    for (size_t i = 0; i < count; i++) {
        box = begin_full(out, "trex", 0, 0);
        bytes_put_u32(out, (uint32_t)i + 1);
        bytes_put_u32(out, 1); /* the only sample description */
        put_zeros(out, 12);
        end(out, box);
    }
    end(out, mvex);
    end(out, moov);
}

/* ---- Fragments -------------------------------------------------------------
 */

static void put_sample(struct buf *out, const struct fmp4_sample *sample)
{
    enum { NEEDS_NONE = 0x02000000, NEEDS_OTHERS = 0x01010000 }; /* §8.8.3.1 */
    bytes_put_u32(out, sample->duration);
    bytes_put_u32(out, (uint32_t)sample->bytes.len);
    bytes_put_u32(out, sample->is_key ? NEEDS_NONE : NEEDS_OTHERS);
    bytes_put_u32(out, (uint32_t)sample->shown_after);
}

/* Gives the place of the offset that is known at the end. */
static size_t put_traf(struct buf *out, const struct fmp4_run *run)
{
    enum { BASE_IS_MOOF = 0x020000 };
    enum { OFFSET = 1, DURATION = 0x100, SIZE = 0x200, FLAGS = 0x400 };
    enum { SHOWN_AFTER = 0x800 };
    assert(run->count > 0 && run->time >= 0);
    size_t traf = begin(out, "traf");
    size_t box = begin_full(out, "tfhd", 0, BASE_IS_MOOF);
    bytes_put_u32(out, run->track);
    end(out, box);
    box = begin_full(out, "tfdt", 1, 0);
    put_u64(out, (uint64_t)run->time);
    end(out, box);
    /* version 1: shown_after has a sign */
    box = begin_full(out, "trun", 1,
                     OFFSET | DURATION | SIZE | FLAGS | SHOWN_AFTER);
    bytes_put_u32(out, (uint32_t)run->count);
    size_t offset = out->len;
    bytes_put_u32(out, 0);
    for (size_t i = 0; i < run->count; i++)
        put_sample(out, &run->samples[i]);
    end(out, box);
    end(out, traf);
    return offset;
}

void fmp4_write_fragment(struct buf *out, uint32_t sequence,
                         const struct fmp4_run *runs, size_t count)
{
    size_t offsets[FMP4_TRACKS_MAX];
    assert(count > 0 && count <= FMP4_TRACKS_MAX);
    size_t moof = begin(out, "moof");
    size_t box = begin_full(out, "mfhd", 0, 0);
    bytes_put_u32(out, sequence);
    end(out, box);
    for (size_t i = 0; i < count; i++)
        offsets[i] = put_traf(out, &runs[i]);
    end(out, moof);
    size_t mdat = begin(out, "mdat");
    for (size_t i = 0; i < count; i++) {
        patch_u32(out, offsets[i], out->len - moof);
        for (size_t k = 0; k < runs[i].count; k++)
            buf_add(out, runs[i].samples[k].bytes);
    }
    end(out, mdat);
}
