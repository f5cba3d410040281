// SPDX-License-Identifier: Apache-2.0
#include "media/fmp4.h"

#include <assert.h>

#include "media/box_internal.h"
#include "media/bytes.h"

void fmp4_write_init(struct buf *out, const struct fmp4_track *tracks,
                     size_t count)
{
    assert(count > 0 && count <= FMP4_TRACKS_MAX);
    size_t box = box_begin(out, "ftyp");
    buf_add(out, STR("iso6"));
    bytes_put_u32(out, 1);
    buf_add(out, STR("iso6mp41"));
    box_end(out, box);
    size_t moov = box_begin(out, "moov");
    box_put_mvhd(out, count, 0);
    for (size_t i = 0; i < count; i++)
        box_put_trak(out, &tracks[i], (unsigned)i + 1, NULL);
    size_t mvex = box_begin(out, "mvex");
    for (size_t i = 0; i < count; i++) {
        box = box_begin_full(out, "trex", 0, 0);
        bytes_put_u32(out, (uint32_t)i + 1);
        bytes_put_u32(out, 1); /* the only sample description */
        box_put_zeros(out, 12);
        box_end(out, box);
    }
    box_end(out, mvex);
    box_end(out, moov);
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
    size_t traf = box_begin(out, "traf");
    size_t box = box_begin_full(out, "tfhd", 0, BASE_IS_MOOF);
    bytes_put_u32(out, run->track);
    box_end(out, box);
    box = box_begin_full(out, "tfdt", 1, 0);
    box_put_u64(out, (uint64_t)run->time);
    box_end(out, box);
    /* version 1: shown_after has a sign */
    box = box_begin_full(out, "trun", 1,
                         OFFSET | DURATION | SIZE | FLAGS | SHOWN_AFTER);
    bytes_put_u32(out, (uint32_t)run->count);
    size_t offset = out->len;
    bytes_put_u32(out, 0);
    for (size_t i = 0; i < run->count; i++)
        put_sample(out, &run->samples[i]);
    box_end(out, box);
    box_end(out, traf);
    return offset;
}

void fmp4_write_fragment(struct buf *out, uint32_t sequence,
                         const struct fmp4_run *runs, size_t count)
{
    size_t offsets[FMP4_TRACKS_MAX];
    assert(count > 0 && count <= FMP4_TRACKS_MAX);
    size_t moof = box_begin(out, "moof");
    size_t box = box_begin_full(out, "mfhd", 0, 0);
    bytes_put_u32(out, sequence);
    box_end(out, box);
    for (size_t i = 0; i < count; i++)
        offsets[i] = put_traf(out, &runs[i]);
    box_end(out, moof);
    size_t mdat = box_begin(out, "mdat");
    for (size_t i = 0; i < count; i++) {
        box_patch_u32(out, offsets[i], out->len - moof);
        for (size_t k = 0; k < runs[i].count; k++)
            buf_add(out, runs[i].samples[k].bytes);
    }
    box_end(out, mdat);
}
