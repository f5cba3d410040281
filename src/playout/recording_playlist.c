// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/time.h"
#include "playout/recording_internal.h"

enum { FACTS_BYTES_MAX = 4096, LINE_BYTES = 256 };

/* ---- Tracks -----------------------------------------------------------------
 */

void recording_track_begin(struct recording_track *track)
{
    buf_init(&track->playlist, RECORDING_PLAYLIST_BYTES_MAX);
}

void recording_track_end(struct recording_track *track)
{
    buf_finish(&track->playlist);
}

void recording_track_describe(struct recording_track *track, struct str about)
{
    if (str_to_c(about, track->about, sizeof track->about))
        *track->about = '\0';
    const char *size = strstr(track->about, ",RESOLUTION=");
    if (!size ||
        sscanf(size, ",RESOLUTION=%9" SCNd64 "x%9" SCNd64, &track->width,
               &track->height) != 2 ||
        track->width < 0 || track->height < 0)
        track->width = track->height = 0;
}

void recording_track_count(struct recording_track *track,
                           const struct recording_segment *segment)
{
    double bits = 8.0 * segment->len * LIVE_HZ / (double)segment->ticks;
    if (!track->ticks)
        track->start_us = segment->start_us;
    track->ticks += segment->ticks;
    if (segment->ticks > track->longest_ticks)
        track->longest_ticks = segment->ticks;
    if (bits > track->peak_bits)
        track->peak_bits = bits;
}

/* ---- Writing ----------------------------------------------------------------
 */

static enum err write_file(const char *folder, const char *name,
                           const char *ending, struct str text,
                           struct fault *fault)
{
    char path[RECORDING_PATH_BYTES + 32];
    snprintf(path, sizeof path, "%s/%s%s", folder, name, ending);
    return file_write_atomic(path, text, fault);
}

static enum err write_playlist(const char *folder,
                               const struct recording_track *track,
                               struct fault *fault)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, RECORDING_PLAYLIST_BYTES_MAX);
    buf_printf(&out,
               "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:%" PRId64 "\n"
               "#EXT-X-PLAYLIST-TYPE:VOD\n",
               (track->longest_ticks + LIVE_HZ / 2) / LIVE_HZ);
    if (!track->has_dependent)
        buf_add(&out, STR("#EXT-X-INDEPENDENT-SEGMENTS\n"));
    buf_add(&out, buf_str(&track->playlist));
    buf_add(&out, RECORDING_END);
    if (buf_err(&track->playlist) || buf_err(&out))
        return fault_set(fault, ERR_TOO_LONG, NULL,
                         "the recording is too long for a playlist");
    return write_file(folder, track->name, ".m3u8", buf_str(&out), fault);
}

static void tell_variant(const struct recording_track *track, struct buf *out)
{
    double seconds = (double)track->ticks / LIVE_HZ;
    buf_printf(
        out,
        "#EXT-X-STREAM-INF:BANDWIDTH=%.0f,AVERAGE-BANDWIDTH=%.0f%s\n%s.m3u8\n",
        track->peak_bits + 1, 8 * (double)track->bytes / seconds + 1,
        track->about, track->name);
}

/* Pictures, when there are any, are what the page shows: sound alone comes
 * last. */
static enum err write_master(const char *folder,
                             const struct recording_track *const tracks[],
                             size_t count, struct fault *fault)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, RECORDING_MASTER_BYTES_MAX);
    bool has_dependent = false;
    for (size_t i = 0; i < count; i++)
        has_dependent |= tracks[i]->has_dependent;
    buf_add(&out, STR("#EXTM3U\n#EXT-X-VERSION:7\n"));
    if (!has_dependent)
        buf_add(&out, STR("#EXT-X-INDEPENDENT-SEGMENTS\n"));
    for (size_t i = 0; i < count; i++)
        tell_variant(tracks[i], &out);
    return write_file(folder, "master", ".m3u8", buf_str(&out), fault);
}

static enum err write_facts(const char *folder,
                            const struct recording_facts *facts,
                            struct fault *fault)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, FACTS_BYTES_MAX);
    buf_printf(&out,
               "{\"start_us\":%" PRId64 ",\"duration_us\":%" PRId64
               ",\"bytes\":%" PRId64 ",\"width\":%" PRId64
               ",\"height\":%" PRId64 "}\n",
               facts->start_us, facts->duration_us, facts->bytes, facts->width,
               facts->height);
    return write_file(folder, "facts", ".json", buf_str(&out), fault);
}

enum err recording_write(const char *folder,
                         const struct recording_track *const tracks[],
                         size_t count, struct recording_facts *ret_facts,
                         struct fault *fault)
{
    const struct recording_track *best = tracks[0];
    struct recording_facts facts = {
        .start_us = best->start_us,
        .duration_us = best->ticks * 100 / 9,
        .width = best->width,
        .height = best->height,
    };
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < count; i++) {
        facts.bytes += tracks[i]->bytes;
        err = write_playlist(folder, tracks[i], fault);
    }
    if (!err)
        err = write_master(folder, tracks, count, fault);
    if (!err)
        err = write_facts(folder, &facts, fault);
    if (!err)
        *ret_facts = facts;
    return err;
}

/* ---- Reading ----------------------------------------------------------------
 */

/* "1234@5678", and whatever is behind it */
static bool read_range(struct str text, uint32_t *ret_len, uint64_t *ret_offset)
{
    char range[LINE_BYTES];
    int64_t len, offset;
    if (str_to_c(text, range, sizeof range) ||
        sscanf(range, "%10" SCNd64 "@%18" SCNd64, &len, &offset) != 2 ||
        len < 0 || len > UINT32_MAX || offset < 0)
        return false;
    *ret_len = (uint32_t)len;
    *ret_offset = (uint64_t)offset;
    return true;
}

static bool read_map(struct str line, struct recording_segment *segment)
{
    const struct str mark = STR("BYTERANGE=\"");
    ptrdiff_t at = str_find(line, mark);
    return at >= 0 && read_range(str_from(line, (size_t)at + mark.len),
                                 &segment->head_len, &segment->head_offset);
}

static bool read_duration(struct str text, int64_t *ret_ticks)
{
    char number[LINE_BYTES];
    if (str_to_c(text, number, sizeof number))
        return false;
    double seconds = strtod(number, NULL);
    if (!(seconds > 0 && seconds < 3600))
        return false;
    *ret_ticks = (int64_t)(seconds * LIVE_HZ + 0.5);
    return true;
}

static bool read_after(struct str line, struct str mark, struct str *ret_rest)
{
    *ret_rest = str_from(line, mark.len);
    return str_starts_with(line, mark);
}

/* The name of the file is the last of a segment's lines. */
bool recording_next_segment(struct str *text, struct recording_segment *segment)
{
    bool is_good = true, is_placed = false;
    struct str behind = *text, line, rest;
    segment->breaks = segment->ticks == 0; /* the first */
    while (is_good && str_split_next(&behind, '\n', &line)) {
        if (is_placed && (!segment->ticks || !segment->head_len))
            return false;
        if (is_placed) {
            *text = behind;
            return true;
        }
        if (read_after(line, STR("#EXT-X-MAP:"), &rest)) {
            is_good = read_map(rest, segment);
            segment->breaks = true;
        } else if (str_eq(line, STR("#EXT-X-DISCONTINUITY"))) {
            segment->breaks = true;
        } else if (read_after(line, STR("#EXT-X-PROGRAM-DATE-TIME:"), &rest)) {
            is_good = !time_parse_rfc3339(rest, &segment->start_us);
        } else if (read_after(line, STR("#EXTINF:"), &rest)) {
            is_good = read_duration(rest, &segment->ticks);
        } else if (read_after(line, STR("#EXT-X-BYTERANGE:"), &rest)) {
            is_good = read_range(rest, &segment->len, &segment->offset);
            is_placed = true;
        }
    }
    return false;
}
