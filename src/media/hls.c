// SPDX-License-Identifier: Apache-2.0
#include "media/hls.h"

#include <assert.h>
#include <inttypes.h>

#include "base/time.h"

/* Seconds with five places, which is as exact as the clock. */
static void add_seconds(struct buf *out, int64_t ticks)
{
    int64_t parts = (ticks * 100000 + HLS_CLOCK_HZ / 2) / HLS_CLOCK_HZ;
    buf_printf(out, "%" PRId64 ".%05" PRId64, parts / 100000, parts % 100000);
}

/* §4.4.3.1: durations are compared when they are rounded. */
static int64_t rounded_seconds(int64_t ticks)
{
    return (ticks + HLS_CLOCK_HZ / 2) / HLS_CLOCK_HZ;
}

static void add_date(struct buf *out, int64_t time_us)
{
    char text[TIME_RFC3339_BYTES];
    time_format_rfc3339(time_us - time_us % 1000, text);
    buf_printf(out, "#EXT-X-PROGRAM-DATE-TIME:%s\n", text);
}

/* ---- Head ------------------------------------------------------------------
 */

struct writing {
    struct buf *out;
    const struct hls_window *window;
    enum hls_kind kind;
    size_t skipped;     /* segments that a delta leaves out */
    size_t parts_first; /* segments from here on show their parts */
};

static bool has_parts(const struct writing *writing)
{
    return writing->kind != HLS_PLAIN && writing->window->part_target > 0;
}

static void write_control(const struct writing *writing)
{
    const struct hls_window *window = writing->window;
    struct buf *out = writing->out;
    int64_t target = rounded_seconds(window->target) * HLS_CLOCK_HZ;
    buf_add_c(out, "#EXT-X-SERVER-CONTROL:");
    if (has_parts(writing)) {
        buf_add_c(out, "CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=");
        add_seconds(out, HLS_SKIP_BEFORE * target);
        buf_add_c(out, ",PART-HOLD-BACK=");
        add_seconds(out, HLS_PART_HOLD_BACK * window->part_target);
        buf_add_c(out, ",");
    } else if (window->can_block) {
        buf_add_c(out, "CAN-BLOCK-RELOAD=YES,");
    }
    buf_add_c(out, "HOLD-BACK=");
    add_seconds(out, HLS_HOLD_BACK * target);
    buf_add_c(out, "\n");
    if (!has_parts(writing))
        return;
    buf_add_c(out, "#EXT-X-PART-INF:PART-TARGET=");
    add_seconds(out, window->part_target);
    buf_add_c(out, "\n");
}

static void write_head(const struct writing *writing)
{
    const struct hls_window *window = writing->window;
    struct buf *out = writing->out;
    buf_printf(
        out, "#EXTM3U\n#EXT-X-VERSION:%d\n#EXT-X-TARGETDURATION:%" PRId64 "\n",
        HLS_VERSION, rounded_seconds(window->target));
    write_control(writing);
    buf_printf(out, "#EXT-X-MEDIA-SEQUENCE:%" PRIu64 "\n",
               window->count ? window->segments[0].sequence : 0);
    if (window->discontinuities)
        buf_printf(out, "#EXT-X-DISCONTINUITY-SEQUENCE:%" PRIu64 "\n",
                   window->discontinuities);
    if (writing->skipped)
        buf_printf(out, "#EXT-X-SKIP:SKIPPED-SEGMENTS=%zu\n", writing->skipped);
}

/* ---- Segments --------------------------------------------------------------
 */

static void write_parts(const struct writing *writing,
                        const struct hls_segment *segment)
{
    const struct hls_window *window = writing->window;
    for (size_t i = 0; i < segment->part_count; i++) {
        const struct hls_part *part = &segment->parts[i];
        buf_add_c(writing->out, "#EXT-X-PART:DURATION=");
        add_seconds(writing->out, part->duration);
        buf_add_c(writing->out, ",URI=\"");
        window->write_part(window->context, segment->sequence, i, writing->out);
        buf_add_c(writing->out,
                  part->independent ? "\",INDEPENDENT=YES" : "\"");
        buf_add_c(writing->out, part->gap ? ",GAP=YES\n" : "\n");
    }
}

/* What has to stand before a segment that does not just go on. */
static void write_change(const struct writing *writing, size_t at)
{
    const struct hls_window *window = writing->window;
    const struct hls_segment *segment = &window->segments[at];
    bool first = at == 0;
    if (segment->discontinuity && !first)
        buf_add_c(writing->out, "#EXT-X-DISCONTINUITY\n");
    if (window->write_init &&
        (first || segment->init != window->segments[at - 1].init)) {
        buf_add_c(writing->out, "#EXT-X-MAP:URI=\"");
        window->write_init(window->context, segment->init, writing->out);
        buf_add_c(writing->out, "\"\n");
    }
    add_date(writing->out, segment->start_us);
}

static void write_segment(const struct writing *writing, size_t at)
{
    const struct hls_window *window = writing->window;
    const struct hls_segment *segment = &window->segments[at];
    bool shows_parts = has_parts(writing) && at >= writing->parts_first;
    if (!segment->is_complete && !shows_parts)
        return;
    write_change(writing, at);
    if (shows_parts)
        write_parts(writing, segment);
    if (!segment->is_complete)
        return;
    if (segment->gap) /* §4.4.4.7 */
        buf_add_c(writing->out, "#EXT-X-GAP\n");
    buf_add_c(writing->out, "#EXTINF:");
    add_seconds(writing->out, segment->duration);
    buf_add_c(writing->out, ",\n");
    window->write_segment(window->context, segment->sequence, writing->out);
    buf_add_c(writing->out, "\n");
}

/* The first of those segments that begin less than so long before the end. */
static size_t first_within(const struct hls_window *window, int64_t ticks)
{
    size_t at = window->count;
    while (at > 0 && (ticks -= window->segments[at - 1].duration) > 0)
        at--;
    return at;
}

/* How many of the oldest end at least so far from the end of the playlist
 * (§4.4.3.8: the skip boundary). */
static size_t count_before(const struct hls_window *window, int64_t ticks)
{
    int64_t behind = 0;
    size_t at = window->count;
    while (at > 0 && behind < ticks)
        behind += window->segments[--at].duration;
    return at;
}

/* ---- Tail ------------------------------------------------------------------
 */

/* What comes next: another part of the last segment, or the first of a new one.
 */
static void next_part(const struct hls_window *window, uint64_t *ret_sequence,
                      size_t *ret_part)
{
    const struct hls_segment *last =
        window->count ? &window->segments[window->count - 1] : NULL;
    bool goes_on = last && !last->is_complete;
    *ret_sequence = !last ? 0 : goes_on ? last->sequence : last->sequence + 1;
    *ret_part = goes_on ? last->part_count : 0;
}

static void write_tail(const struct writing *writing)
{
    const struct hls_window *window = writing->window;
    struct buf *out = writing->out;
    if (window->has_ended) {
        buf_add_c(out, "#EXT-X-ENDLIST\n");
        return;
    }
    if (!has_parts(writing))
        return;
    uint64_t sequence;
    size_t part;
    next_part(window, &sequence, &part);
    buf_add_c(out, "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"");
    window->write_part(window->context, sequence, part, out);
    buf_add_c(out, "\"\n");
    for (size_t i = 0; i < window->report_count; i++) {
        const struct hls_report *report = &window->reports[i];
        buf_printf(out,
                   "#EXT-X-RENDITION-REPORT:URI=\"%" PRI_STR
                   "\",LAST-MSN=%" PRIu64 ",LAST-PART=%zu\n",
                   ARG_STR(report->uri), report->sequence, report->part);
    }
}

void hls_write_playlist(struct buf *out, const struct hls_window *window,
                        enum hls_kind kind)
{
    assert(window->target > 0);
    int64_t target = rounded_seconds(window->target) * HLS_CLOCK_HZ;
    struct writing writing = {
        .out = out,
        .window = window,
        .kind = kind,
        .parts_first = first_within(window, HLS_PARTS_WITHIN * target),
    };
    if (kind == HLS_DELTA && has_parts(&writing))
        writing.skipped = count_before(window, HLS_SKIP_BEFORE * target);
    write_head(&writing);
    for (size_t i = writing.skipped; i < window->count; i++)
        write_segment(&writing, i);
    write_tail(&writing);
}

/* ---- Waiting ---------------------------------------------------------------
 */

enum hls_wait hls_look(const struct hls_window *window, uint64_t sequence,
                       int64_t part)
{
    uint64_t next_sequence;
    size_t next;
    next_part(window, &next_sequence, &next);
    if (sequence < next_sequence)
        return HLS_IS_THERE;
    if (sequence > next_sequence + 1) /* §6.2.5.2: two ahead of what is there */
        return HLS_TOO_FAR;
    if (sequence == next_sequence && part >= 0 && (size_t)part < next)
        return HLS_IS_THERE;
    return window->has_ended ? HLS_IS_THERE : HLS_WAIT;
}

/* ---- Renditions ------------------------------------------------------------
 */

static void write_captions(struct buf *out, const struct hls_captions *captions)
{
    bool embedded = captions->uri.len == 0;
    buf_printf(out,
               "#EXT-X-MEDIA:TYPE=%s,GROUP-ID=\"%" PRI_STR "\",NAME=\"%" PRI_STR
               "\"",
               embedded ? "CLOSED-CAPTIONS" : "SUBTITLES",
               ARG_STR(captions->group), ARG_STR(captions->name));
    if (captions->language.len)
        buf_printf(out, ",LANGUAGE=\"%" PRI_STR "\"",
                   ARG_STR(captions->language));
    buf_printf(out, ",DEFAULT=NO,AUTOSELECT=%s",
               captions->is_double ? "NO" : "YES");
    if (embedded)
        buf_printf(out, ",INSTREAM-ID=\"%" PRI_STR "\"\n",
                   ARG_STR(captions->channel));
    else
        buf_printf(out, ",URI=\"%" PRI_STR "\"\n", ARG_STR(captions->uri));
}

static const struct hls_captions *captions_of(
    const struct hls_rendition *rendition, const struct hls_captions *captions,
    size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rendition->captions.len &&
            str_eq(captions[i].group, rendition->captions))
            return &captions[i];
    return NULL;
}

static void write_rendition(struct buf *out, const struct hls_listing *listing,
                            const struct hls_rendition *rendition)
{
    const struct hls_captions *captions =
        captions_of(rendition, listing->captions, listing->captions_count);
    buf_printf(out,
               "#EXT-X-STREAM-INF:BANDWIDTH=%" PRId64
               ",AVERAGE-BANDWIDTH=%" PRId64 ",CODECS=\"%" PRI_STR "\"",
               rendition->peak_bits, rendition->mean_bits,
               ARG_STR(rendition->codecs));
    if (rendition->width)
        buf_printf(out, ",RESOLUTION=%dx%d", rendition->width,
                   rendition->height);
    if (rendition->frames > 0)
        buf_printf(out, ",FRAME-RATE=%.3f", rendition->frames);
    if (captions)
        buf_printf(out, ",%s=\"%" PRI_STR "\"",
                   captions->uri.len ? "SUBTITLES" : "CLOSED-CAPTIONS",
                   ARG_STR(rendition->captions));
    if (listing->is_bare)
        buf_add_c(out, ",CLOSED-CAPTIONS=NONE");
    buf_printf(out, "\n%" PRI_STR "\n", ARG_STR(rendition->uri));
}

void hls_write_multivariant(struct buf *out, const struct hls_listing *listing)
{
    buf_printf(out, "#EXTM3U\n#EXT-X-VERSION:%d\n", HLS_VERSION);
    if (listing->are_independent)
        buf_add_c(out, "#EXT-X-INDEPENDENT-SEGMENTS\n");
    for (size_t i = 0; i < listing->captions_count; i++)
        write_captions(out, &listing->captions[i]);
    for (size_t i = 0; i < listing->count; i++)
        write_rendition(out, listing, &listing->renditions[i]);
}
