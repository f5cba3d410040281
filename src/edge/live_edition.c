// SPDX-License-Identifier: Apache-2.0
#include "edge/live_edition.h"

#include <assert.h>
#include <inttypes.h>
#include <libdeflate.h>
#include <stdlib.h>

#include "base/log.h"
#include "edge/live_viewers.h"

enum {
    GZIP_LEVEL = 4,
    GZIP_LEVEL_LONG = 1, /* hours of segments, written anew with each part */
    LONG_BYTES = 128 * 1024,
    TEXT_BYTES_MAX = 64 << 20, /* two weeks of segments */
};

static void *take(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);
    if (!memory)
        log_panic("no memory for television");
    return memory;
}

/* True for whoever lets go last. */
static bool is_last(atomic_uint *references)
{
    return atomic_fetch_sub(references, 1) == 1;
}

/* ---- Bytes ------------------------------------------------------------------
 */

struct live_blob *live_blob_create(size_t len)
{
    struct live_blob *blob = malloc(sizeof *blob + len);
    if (!blob)
        log_panic("no memory for television");
    atomic_init(&blob->references, 1);
    blob->len = len;
    return blob;
}

struct live_blob *live_blob_hold(struct live_blob *blob)
{
    if (blob)
        atomic_fetch_add(&blob->references, 1);
    return blob;
}

void live_blob_release(void *owner)
{
    struct live_blob *blob = owner;
    if (blob && is_last(&blob->references))
        free(blob);
}

/* ---- A channel --------------------------------------------------------------
 */

static struct str copy_text(char **at, struct str text)
{
    char *start = *at;
    if (text.len)
        memcpy(start, text.ptr, text.len);
    *at += text.len;
    return str_of(start, text.len);
}

static void copy_info(struct live_station *station,
                      const struct live_channel_info *info)
{
    char *at = station->texts =
        take(1, LIVE_NAME_BYTES_MAX +
                    LIVE_RENDITIONS_MAX *
                        (LIVE_NAME_BYTES_MAX + LIVE_CODECS_BYTES_MAX) +
                    LIVE_CAPTION_TRACKS * (LIVE_LANGUAGE_BYTES_MAX +
                                           LIVE_LANGUAGE_NAME_BYTES_MAX));
    station->info = *info;
    station->info.name = copy_text(&at, info->name);
    for (size_t i = 0; i < info->rendition_count; i++) {
        struct live_rendition_info *rendition = &station->info.renditions[i];
        rendition->name = copy_text(&at, info->renditions[i].name);
        rendition->codecs = copy_text(&at, info->renditions[i].codecs);
    }
    for (size_t i = 0; i < LIVE_CAPTION_TRACKS; i++) {
        struct live_language *language = &station->info.languages[i];
        language->tag = copy_text(&at, info->languages[i].tag);
        language->name = copy_text(&at, info->languages[i].name);
    }
}

struct live_picture live_picture_make(const struct live_thumbnail *told)
{
    struct live_blob *blob = live_blob_create(told->jpeg.len);
    memcpy(blob->bytes, told->jpeg.ptr, told->jpeg.len);
    return (struct live_picture){told->sequence, told->start_us, blob};
}

struct live_station *live_station_create(const struct live_channel_info *info,
                                         struct live_viewers_table *viewers,
                                         const struct live_picture *pictures,
                                         size_t picture_count,
                                         const struct live_picture *poster)
{
    struct live_station *station = take(1, sizeof *station);
    atomic_init(&station->references, 1);
    copy_info(station, info);
    station->viewers = live_viewers_hold(viewers);
    station->pictures = take(picture_count, sizeof *pictures);
    station->picture_count = picture_count;
    for (size_t i = 0; i < picture_count; i++) {
        station->pictures[i] = pictures[i];
        live_blob_hold(pictures[i].jpeg);
    }
    station->poster = *poster;
    if (poster->jpeg)
        live_blob_hold(poster->jpeg);
    return station;
}

struct live_station *live_station_hold(struct live_station *station)
{
    atomic_fetch_add(&station->references, 1);
    return station;
}

void live_station_release(struct live_station *station)
{
    if (!station || !is_last(&station->references))
        return;
    for (size_t i = 0; i < station->picture_count; i++)
        live_blob_release(station->pictures[i].jpeg);
    live_blob_release(station->poster.jpeg);
    live_viewers_release(station->viewers);
    free(station->pictures);
    free(station->texts);
    free(station);
}

/* ---- A rendition ------------------------------------------------------------
 */

void live_past_release(struct live_past *past)
{
    if (past && is_last(&past->references))
        free(past);
}

struct live_edition *live_edition_create(size_t segments, size_t parts,
                                         size_t inits)
{
    struct live_edition *edition = take(1, sizeof *edition);
    atomic_init(&edition->references, 1);
    edition->segments = take(segments, sizeof *edition->segments);
    edition->parts = take(parts, sizeof *edition->parts);
    edition->inits = take(inits, sizeof *edition->inits);
    edition->segment_count = segments;
    edition->part_count = parts;
    edition->init_count = inits;
    return edition;
}

struct live_edition *live_edition_hold(struct live_edition *edition)
{
    atomic_fetch_add(&edition->references, 1);
    return edition;
}

void live_text_release(void *owner)
{
    struct live_text *text = owner;
    if (!text || !is_last(&text->references))
        return;
    free((char *)(uintptr_t)text->raw.ptr);
    free((char *)(uintptr_t)text->gzip.ptr);
    free(text);
}

void live_edition_release(void *owner)
{
    struct live_edition *edition = owner;
    if (!edition || !is_last(&edition->references))
        return;
    for (size_t i = 0; i < edition->segment_count; i++)
        live_blob_release(edition->segments[i].blob);
    for (size_t i = 0; i < edition->part_count; i++)
        live_blob_release(edition->parts[i].blob);
    for (size_t i = 0; i < edition->init_count; i++)
        live_blob_release(edition->inits[i].blob);
    for (size_t i = 0; i < LIVE_TEXT_KINDS; i++)
        live_text_release(atomic_load(&edition->texts[i]));
    live_past_release(edition->past);
    live_station_release(edition->station);
    free(edition->segments);
    free(edition->parts);
    free(edition->inits);
    free(edition);
}

/* ---- Finding ----------------------------------------------------------------
 */

void live_edition_next(const struct live_edition *edition,
                       uint64_t *ret_sequence, size_t *ret_part)
{
    const struct live_edition_segment *last =
        edition->segment_count ? &edition->segments[edition->segment_count - 1]
                               : NULL;
    bool goes_on = last && !last->is_complete;
    *ret_sequence = !last     ? 0
                    : goes_on ? last->info.sequence
                              : last->info.sequence + 1;
    *ret_part = goes_on ? last->part_count : 0;
}

enum hls_wait live_edition_look(const struct live_edition *edition,
                                uint64_t sequence, int64_t part)
{
    struct hls_segment last = {0};
    struct hls_window window = {.segments = &last};
    if (edition->segment_count) {
        const struct live_edition_segment *segment =
            &edition->segments[edition->segment_count - 1];
        last = (struct hls_segment){
            .sequence = segment->info.sequence,
            .is_complete = segment->is_complete,
            .part_count = segment->part_count,
        };
        window.count = 1;
    }
    return hls_look(&window, sequence, part);
}

const struct live_edition_segment *live_edition_segment(
    const struct live_edition *edition, uint64_t sequence)
{
    if (!edition->segment_count)
        return NULL;
    uint64_t first = edition->segments[0].info.sequence;
    if (sequence < first || sequence - first >= edition->segment_count)
        return NULL;
    return &edition->segments[sequence - first];
}

const struct live_segment_info *live_edition_past(
    const struct live_edition *edition, uint64_t sequence)
{
    const struct live_past *past = edition->past;
    if (!past || !past->count || sequence < past->segments[0].sequence ||
        sequence - past->segments[0].sequence >= past->count)
        return NULL;
    return &past->segments[sequence - past->segments[0].sequence];
}

struct live_blob *live_edition_init_blob(const struct live_edition *edition,
                                         uint32_t number)
{
    for (size_t i = 0; i < edition->init_count; i++) {
        if (edition->inits[i].number == number)
            return edition->inits[i].blob;
    }
    return NULL;
}

/* ---- Writing ----------------------------------------------------------------
 */

static void write_init(void *context, uint32_t init, struct buf *out)
{
    (void)context;
    buf_printf(out, "init-%" PRIu32 ".mp4", init);
}

static void write_segment(void *context, uint64_t sequence, struct buf *out)
{
    (void)context;
    buf_printf(out, "%" PRIu64 ".m4s", sequence);
}

static void write_captions(void *context, uint64_t sequence, struct buf *out)
{
    (void)context;
    buf_printf(out, "%" PRIu64 ".vtt", sequence);
}

static void write_part(void *context, uint64_t sequence, size_t part,
                       struct buf *out)
{
    (void)context;
    buf_printf(out, "%" PRIu64 ".%zu.m4s", sequence, part);
}

static int64_t duration_of(const struct live_edition *edition,
                           const struct live_edition_segment *segment)
{
    int64_t duration = 0;
    if (segment->is_complete)
        return segment->info.duration;
    for (size_t i = 0; i < segment->part_count; i++)
        duration += edition->parts[segment->part_first + i].duration;
    return duration;
}

static void add_segment(struct hls_segment *segments, size_t at,
                        const struct live_segment_info *info,
                        uint32_t *timeline)
{
    segments[at] = (struct hls_segment){
        .sequence = info->sequence,
        .duration = info->duration,
        .start_us = info->start_us,
        .init = info->init,
        .discontinuity = at > 0 && info->timeline != *timeline,
        .is_complete = true,
        .gap = info->is_gap,
    };
    *timeline = info->timeline;
}

/* The arrays that hls.h wants; they are the caller's. */
struct listing {
    struct hls_segment *segments;
    size_t count;
    struct hls_part *parts;
    struct hls_report reports[LIVE_RENDITIONS_MAX];
    size_t report_count;
    char uris[LIVE_RENDITIONS_MAX][LIVE_NAME_BYTES_MAX + 16];
    uint32_t first_timeline;
};

static void list_segments(const struct live_edition *edition, bool all,
                          struct listing *listing)
{
    const struct live_past *past = all ? edition->past : NULL;
    size_t before = past ? past->count : 0;
    uint32_t timeline = 0;
    listing->count = before + edition->segment_count;
    listing->segments = take(listing->count, sizeof *listing->segments);
    listing->parts = take(edition->part_count, sizeof *listing->parts);
    for (size_t i = 0; i < edition->part_count; i++)
        listing->parts[i] = (struct hls_part){
            .duration = edition->parts[i].duration,
            .independent = edition->parts[i].independent,
            .gap = edition->parts[i].is_gap,
        };
    for (size_t i = 0; i < before; i++)
        add_segment(listing->segments, i, &past->segments[i], &timeline);
    for (size_t i = 0; i < edition->segment_count; i++) {
        const struct live_edition_segment *segment = &edition->segments[i];
        struct hls_segment *target = &listing->segments[before + i];
        add_segment(listing->segments, before + i, &segment->info, &timeline);
        target->duration = duration_of(edition, segment);
        target->is_complete = segment->is_complete;
        target->parts = listing->parts + segment->part_first;
        target->part_count = segment->part_count;
    }
    if (listing->count)
        listing->first_timeline = before ? past->segments[0].timeline
                                         : edition->segments[0].info.timeline;
}

static void list_reports(const struct live_edition *edition,
                         struct listing *listing)
{
    const struct live_channel_info *info = &edition->station->info;
    for (uint32_t i = 0; i < info->rendition_count; i++) {
        const struct live_report *report = &edition->reports[i];
        if (i == edition->rendition || !report->is_told)
            continue;
        char *uri = listing->uris[listing->report_count];
        snprintf(uri, sizeof listing->uris[0], "../%" PRI_STR "/index.m3u8",
                 ARG_STR(info->renditions[i].name));
        listing->reports[listing->report_count++] = (struct hls_report){
            .uri = str_from_c(uri),
            .sequence = report->sequence,
            .part = report->part,
        };
    }
}

/* A playlist may not promise less than what stands in it. */
static int64_t target_of(const struct live_edition *edition,
                         const struct listing *listing)
{
    int64_t target = edition->station->info.target;
    if (target < edition->longest)
        target = edition->longest;
    for (size_t i = 0; i < listing->count; i++) {
        if (listing->segments[i].duration > target)
            target = listing->segments[i].duration;
    }
    return target;
}

static const struct {
    enum hls_kind kind;
    bool all, is_captions;
} kinds[LIVE_TEXT_KINDS] = {
    [LIVE_TEXT_LOW_LATENCY] = {HLS_LOW_LATENCY, false, false},
    [LIVE_TEXT_DELTA] = {HLS_DELTA, false, false},
    [LIVE_TEXT_PLAIN] = {HLS_PLAIN, false, false},
    [LIVE_TEXT_DVR] = {HLS_LOW_LATENCY, true, false},
    [LIVE_TEXT_DVR_DELTA] = {HLS_DELTA, true, false},
    [LIVE_TEXT_DVR_PLAIN] = {HLS_PLAIN, true, false},
    [LIVE_TEXT_CAPTIONS] = {HLS_PLAIN, false, true},
    [LIVE_TEXT_DVR_CAPTIONS] = {HLS_PLAIN, true, true},
};

static void write_playlist(const struct live_edition *edition,
                           enum live_text_kind kind, struct buf *out)
{
    const struct live_channel_info *info = &edition->station->info;
    struct listing listing = {.count = 0};
    list_segments(edition, kinds[kind].all, &listing);
    list_reports(edition, &listing);
    bool is_captions = kinds[kind].is_captions;
    const struct hls_window window = {
        .target = target_of(edition, &listing),
        .part_target = info->part_target,
        .discontinuities = listing.first_timeline,
        .segments = listing.segments,
        .count = listing.count,
        .reports = listing.reports,
        .report_count = listing.report_count,
        .can_block = is_captions,
        .write_init = is_captions ? NULL : write_init,
        .write_segment = is_captions ? write_captions : write_segment,
        .write_part = write_part,
    };
    hls_write_playlist(out, &window, kinds[kind].kind);
    free(listing.segments);
    free(listing.parts);
}

/* Once a playlist, however many get it: the compressor is not worth keeping. */
static struct str gzip(struct str text)
{
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(
        text.len < LONG_BYTES ? GZIP_LEVEL : GZIP_LEVEL_LONG);
    char *packed = malloc(text.len);
    if (!compressor || !packed)
        log_panic("no memory for television");
    size_t len = libdeflate_gzip_compress(compressor, text.ptr, text.len,
                                          packed, text.len);
    libdeflate_free_compressor(compressor);
    if (!len) { /* it would be longer */
        free(packed);
        return str_of(NULL, 0);
    }
    char *fitting = realloc(packed, len);
    return str_of(fitting ? fitting : packed, len);
}

static struct live_text *make_text(const struct live_edition *edition,
                                   enum live_text_kind kind)
{
    struct buf out;
    buf_init(&out, TEXT_BYTES_MAX);
    write_playlist(edition, kind, &out);
    if (buf_err(&out)) {
        buf_finish(&out);
        return NULL;
    }
    struct live_text *text = take(1, sizeof *text);
    size_t len;
    char *raw = buf_take(&out, &len);
    atomic_init(&text->references, 1);
    text->raw = str_of(raw, len);
    text->gzip = gzip(text->raw);
    return text;
}

struct live_text *live_edition_text(struct live_edition *edition,
                                    enum live_text_kind kind)
{
    struct live_text *there = atomic_load(&edition->texts[kind]);
    struct live_text *text = there ? NULL : make_text(edition, kind);
    /* Another thread may have written it meanwhile: then theirs counts. */
    if (text &&
        atomic_compare_exchange_strong(&edition->texts[kind], &there, text))
        there = text;
    else
        live_text_release(text);
    if (there)
        atomic_fetch_add(&there->references, 1);
    return there;
}

/* By track. Nothing in a feed says which language they are: where nobody said
 * it, viewers are told the channels of line 21, as their television did. */
static const struct {
    const char *name, *told, *doubled;
} tracks[LIVE_CAPTION_TRACKS] = {
    {"captions", "Captions", " (CC1)"},
    {"captions-2", "CC2", " (CC2)"},
    {"captions-3", "CC3", " (CC3)"},
    {"captions-4", "CC4", " (CC4)"},
};

const char *live_captions_name(unsigned track)
{
    assert(track < LIVE_CAPTION_TRACKS);
    return tracks[track].name;
}

struct listed_captions {
    struct hls_captions captions[LIVE_CAPTION_TRACKS];
    char uris[LIVE_CAPTION_TRACKS][160];
    char names[LIVE_CAPTION_TRACKS][LIVE_LANGUAGE_NAME_BYTES_MAX + 16];
    size_t count;
};

/* Whether one that is listed is in this language: names in a group differ, and
 * players choose one of a language (§4.4.6.1). */
static bool is_listed(const struct listed_captions *listed, struct str tag)
{
    for (size_t i = 0; tag.len && i < listed->count; i++)
        if (str_eq(listed->captions[i].language, tag))
            return true;
    return false;
}

static void list_captions(const struct live_channel_info *info,
                          const struct live_offer *offer,
                          struct listed_captions *listed)
{
    listed->count = 0;
    for (unsigned i = 0; i < LIVE_CAPTION_TRACKS; i++) {
        if (!(offer->captions & 1u << i))
            continue;
        const struct live_language *language = &info->languages[i];
        bool is_double = is_listed(listed, language->tag);
        char *uri = listed->uris[listed->count];
        char *name = listed->names[listed->count];
        snprintf(uri, sizeof listed->uris[0], "%s/index.m3u8%" PRI_STR,
                 tracks[i].name, ARG_STR(offer->query));
        snprintf(name, sizeof listed->names[0], "%" PRI_STR "%s",
                 ARG_STR(language->tag.len ? language->name
                                           : str_from_c(tracks[i].told)),
                 is_double ? tracks[i].doubled : "");
        listed->captions[listed->count++] = (struct hls_captions){
            .group = STR("captions"),
            .name = str_from_c(name),
            .language = language->tag,
            .uri = str_from_c(uri),
            .is_double = is_double,
        };
    }
}

bool live_station_write(const struct live_station *station,
                        const struct live_offer *offer, struct buf *out)
{
    const struct live_channel_info *info = &station->info;
    struct hls_rendition renditions[LIVE_RENDITIONS_MAX];
    char uris[LIVE_RENDITIONS_MAX][LIVE_NAME_BYTES_MAX + 128];
    struct listed_captions listed;
    list_captions(info, offer, &listed);
    size_t count = 0;
    for (size_t i = 0; i < info->rendition_count; i++) {
        const struct live_rendition_info *told = &info->renditions[i];
        if (!told->codecs.len)
            continue; /* nothing of it was made yet */
        snprintf(uris[count], sizeof uris[0],
                 "%" PRI_STR "/index.m3u8%" PRI_STR, ARG_STR(told->name),
                 ARG_STR(offer->query));
        renditions[count] = (struct hls_rendition){
            .uri = str_from_c(uris[count]),
            .codecs = told->codecs,
            .peak_bits = told->peak_bits,
            .mean_bits = told->mean_bits,
            .width = (int)told->width,
            .height = (int)told->height,
            .frames = told->frames_milli / 1000.0,
            .captions = listed.count ? listed.captions[0].group : STR(""),
        };
        count++;
    }
    if (count)
        hls_write_multivariant(out,
                               &(struct hls_listing){
                                   .renditions = renditions,
                                   .count = count,
                                   .captions = listed.captions,
                                   .captions_count = listed.count,
                                   .are_independent = offer->are_independent,
                                   .is_bare = offer->is_bare,
                               });
    return count > 0;
}

static void write_time(struct buf *out, int64_t us)
{
    int64_t ms = us / 1000;
    buf_printf(out, "%02" PRId64 ":%02" PRId64 ":%02" PRId64 ".%03" PRId64,
               ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
}

/* Times count from the first picture; NOTE says when that was. */
void live_station_write_pictures(const struct live_station *station,
                                 struct buf *out)
{
    buf_add_c(out, "WEBVTT\n");
    if (!station->picture_count)
        return;
    int64_t first = station->pictures[0].start_us;
    buf_printf(out, "\nNOTE begins %" PRId64 " ms after 1970\n", first / 1000);
    for (size_t i = 0; i < station->picture_count; i++) {
        const struct live_picture *picture = &station->pictures[i];
        int64_t end = i + 1 < station->picture_count
                          ? station->pictures[i + 1].start_us
                          : picture->start_us + 10 * 1000000;
        buf_add_c(out, "\n");
        write_time(out, picture->start_us - first);
        buf_add_c(out, " --> ");
        write_time(out, end - first);
        buf_printf(out, "\nthumb-%" PRIu64 ".jpg\n", picture->sequence);
    }
}
