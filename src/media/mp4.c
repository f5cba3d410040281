// SPDX-License-Identifier: Apache-2.0
#include "media/mp4.h"

#include <assert.h>

#include "media/box_internal.h"
#include "media/bytes.h"

/* ---- The order in the file --------------------------------------------------
 */

struct order {
    const struct mp4_track *tracks;
    size_t count;
    unsigned track; /* whose turn it is */
    int64_t halves; /* seconds that have been */
    size_t next[FMP4_TRACKS_MAX];
    int64_t time[FMP4_TRACKS_MAX];
};

struct chunk {
    unsigned track;
    size_t first, count;
};

/* Of a track's turn what is decoded in this half second. */
static size_t take_half(struct order *order, unsigned track)
{
    const struct mp4_track *of = &order->tracks[track];
    int64_t end = (order->halves + 1) * of->about.timescale / 2;
    size_t count = 0;
    while (order->next[track] < of->count && order->time[track] < end) {
        order->time[track] += of->samples[order->next[track]++].duration;
        count++;
    }
    return count;
}

static bool is_over(const struct order *order)
{
    for (size_t i = 0; i < order->count; i++)
        if (order->next[i] < order->tracks[i].count)
            return false;
    return true;
}

static bool next_chunk(struct order *order, struct chunk *chunk)
{
    while (!is_over(order)) {
        unsigned track = order->track;
        chunk->track = track;
        chunk->first = order->next[track];
        chunk->count = take_half(order, track);
        order->track = (track + 1) % (unsigned)order->count;
        order->halves += order->track == 0;
        if (chunk->count)
            return true;
    }
    return false;
}

bool mp4_each_sample(const struct mp4_track *tracks, size_t count, mp4_put *put,
                     void *context)
{
    struct order order = {.tracks = tracks, .count = count};
    struct chunk chunk;
    while (next_chunk(&order, &chunk))
        for (size_t i = 0; i < chunk.count; i++)
            if (!put(context,
                     tracks[chunk.track].samples[chunk.first + i].bytes))
                return false;
    return true;
}

/* ---- What is told of the samples (§8.6, §8.7) -------------------------------
 */

struct telling {
    const struct mp4_track *tracks;
    size_t count;
    unsigned track;
    size_t media; /* where the samples begin in the file */
};

/* Runs of the same value, each told once. */
static void put_runs(struct buf *out, const char *type, unsigned version,
                     const struct mp4_track *track,
                     uint32_t (*value_of)(const struct fmp4_sample *))
{
    size_t box = box_begin_full(out, type, version, 0);
    size_t count_at = out->len, runs = 0;
    bytes_put_u32(out, 0);
    for (size_t i = 0; i < track->count;) {
        uint32_t value = value_of(&track->samples[i]);
        size_t end = i + 1;
        while (end < track->count && value_of(&track->samples[end]) == value)
            end++;
        bytes_put_u32(out, (uint32_t)(end - i));
        bytes_put_u32(out, value);
        runs++;
        i = end;
    }
    box_patch_u32(out, count_at, runs);
    box_end(out, box);
}

static uint32_t duration_of(const struct fmp4_sample *sample)
{
    return sample->duration;
}

static uint32_t shown_after(const struct fmp4_sample *sample)
{
    return (uint32_t)sample->shown_after;
}

static bool is_reordered(const struct mp4_track *track)
{
    for (size_t i = 0; i < track->count; i++)
        if (track->samples[i].shown_after)
            return true;
    return false;
}

static void put_keys(struct buf *out, const struct mp4_track *track)
{
    size_t box = box_begin_full(out, "stss", 0, 0);
    size_t count_at = out->len, count = 0;
    bytes_put_u32(out, 0);
    for (size_t i = 0; i < track->count; i++)
        if (track->samples[i].is_key) {
            bytes_put_u32(out, (uint32_t)i + 1);
            count++;
        }
    box_patch_u32(out, count_at, count);
    box_end(out, box);
}

static void put_sizes(struct buf *out, const struct mp4_track *track)
{
    size_t box = box_begin_full(out, "stsz", 0, 0);
    bytes_put_u32(out, 0); /* each has its own */
    bytes_put_u32(out, (uint32_t)track->count);
    for (size_t i = 0; i < track->count; i++)
        bytes_put_u32(out, (uint32_t)track->samples[i].bytes.len);
    box_end(out, box);
}

static size_t chunk_bytes(const struct telling *telling,
                          const struct chunk *chunk)
{
    const struct mp4_track *track = &telling->tracks[chunk->track];
    size_t bytes = 0;
    for (size_t i = 0; i < chunk->count; i++)
        bytes += track->samples[chunk->first + i].bytes.len;
    return bytes;
}

/* How many samples each piece has, and where it lies. */
static void put_chunks(struct buf *out, const struct telling *telling)
{
    struct order order = {.tracks = telling->tracks, .count = telling->count};
    struct chunk chunk;
    size_t box = box_begin_full(out, "stsc", 0, 0);
    size_t count_at = out->len, count = 0;
    bytes_put_u32(out, 0);
    while (next_chunk(&order, &chunk)) {
        if (chunk.track != telling->track)
            continue;
        bytes_put_u32(out, (uint32_t)++count);
        bytes_put_u32(out, (uint32_t)chunk.count);
        bytes_put_u32(out, 1); /* the only description */
    }
    box_patch_u32(out, count_at, count);
    box_end(out, box);
    box = box_begin_full(out, "stco", 0, 0);
    bytes_put_u32(out, (uint32_t)count);
    size_t at = telling->media;
    order = (struct order){.tracks = telling->tracks, .count = telling->count};
    while (next_chunk(&order, &chunk)) {
        if (chunk.track == telling->track)
            bytes_put_u32(out, (uint32_t)at);
        at += chunk_bytes(telling, &chunk);
    }
    box_end(out, box);
}

static void put_tables(struct buf *out, const void *context)
{
    const struct telling *telling = context;
    const struct mp4_track *track = &telling->tracks[telling->track];
    put_runs(out, "stts", 0, track, duration_of);
    if (is_reordered(track))
        put_runs(out, "ctts", 0, track, shown_after);
    if (!track->about.is_sound)
        put_keys(out, track);
    put_sizes(out, track);
    put_chunks(out, telling);
}

/* ---- The head ---------------------------------------------------------------
 */

static uint32_t movie_time(const struct mp4_track *track, int64_t time)
{
    int64_t hz = track->about.timescale;
    return (uint32_t)((time * BOX_MOVIE_HZ + hz - 1) / hz);
}

static uint32_t longest(const struct mp4_track *tracks, size_t count)
{
    uint32_t most = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t time =
            movie_time(&tracks[i], tracks[i].late + tracks[i].shown);
        most = time > most ? time : most;
    }
    return most;
}

static size_t put_head(struct buf *out, const struct mp4_track *tracks,
                       size_t count, size_t media, size_t bytes)
{
    enum { MDAT_HEAD = 8 };
    size_t start = out->len, box = box_begin(out, "ftyp");
    buf_add(out, STR("isom"));
    bytes_put_u32(out, 512);
    buf_add(out, STR("isomavc1mp41"));
    box_end(out, box);
    size_t moov = box_begin(out, "moov");
    box_put_mvhd(out, count, longest(tracks, count));
    for (size_t i = 0; i < count; i++) {
        struct telling telling = {tracks, count, (unsigned)i, media};
        struct box_whole whole = {
            .shown = movie_time(&tracks[i], tracks[i].shown),
            .late = movie_time(&tracks[i], tracks[i].late),
            .shown_from = (uint32_t)tracks[i].shown_from,
            .put_tables = put_tables,
            .context = &telling,
        };
        for (size_t k = 0; k < tracks[i].count; k++)
            whole.duration += tracks[i].samples[k].duration;
        box_put_trak(out, &tracks[i].about, (unsigned)i + 1, &whole);
    }
    box_end(out, moov);
    bytes_put_u32(out, (uint32_t)(MDAT_HEAD + bytes));
    buf_add(out, STR("mdat"));
    return out->len - start;
}

/* How long the head is does not depend on where it says that samples lie. */
enum err mp4_write_head(struct buf *out, const struct mp4_track *tracks,
                        size_t count)
{
    assert(count > 0 && count <= FMP4_TRACKS_MAX);
    size_t start = out->len, bytes = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < tracks[i].count; k++)
            bytes += tracks[i].samples[k].bytes.len;
    size_t len = put_head(out, tracks, count, 0, bytes);
    if (bytes > UINT32_MAX - len - 64)
        return ERR_TOO_LONG;
    if (buf_err(out))
        return buf_err(out);
    out->len = start;
    put_head(out, tracks, count, len, bytes);
    return buf_err(out);
}
