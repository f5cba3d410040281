// SPDX-License-Identifier: Apache-2.0
#include "edge/live_rendition.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/log.h"

enum { PAST_MAX = 1 << 18 }; /* segments in files; six days of the shortest */

struct recent_part {
    int64_t duration;
    bool independent;
    bool is_gap;
    struct live_blob *blob; /* one reference; NULL of a gap */
    struct str bytes;
};

struct live_recent {
    struct live_segment_info info;
    bool is_complete;
    struct live_blob *blob; /* all of it, once it is complete */
    size_t part_count;
    struct recent_part parts[LIVE_PARTS_MAX];
};

/* ---- Forgetting -------------------------------------------------------------
 */

static void free_segment(struct live_recent *segment)
{
    for (size_t i = 0; i < segment->part_count; i++)
        live_blob_release(segment->parts[i].blob);
    live_blob_release(segment->blob);
    free(segment);
}

static void forget_past(struct live_rendition *rendition)
{
    live_past_release(rendition->past_shared);
    rendition->past_shared = NULL;
    rendition->past_count = 0;
}

static void forget_media(struct live_rendition *rendition)
{
    for (size_t i = 0; i < rendition->recent_count; i++)
        free_segment(rendition->recent[i]);
    rendition->recent_count = 0;
    forget_past(rendition);
    rendition->is_dirty = true;
}

void live_rendition_clear(struct live_rendition *rendition)
{
    forget_media(rendition);
    for (size_t i = 0; i < rendition->init_count; i++)
        live_blob_release(rendition->inits[i].blob);
    rendition->init_count = 0;
}

void live_rendition_finish(struct live_rendition *rendition)
{
    live_rendition_clear(rendition);
    free(rendition->past);
    rendition->past = NULL;
}

static void add_past(struct live_rendition *rendition,
                     const struct live_segment_info *info)
{
    if (rendition->past_count == rendition->past_capacity) {
        size_t capacity =
            rendition->past_capacity ? rendition->past_capacity * 2 : 64;
        struct live_segment_info *grown =
            realloc(rendition->past, capacity * sizeof *grown);
        if (!grown)
            log_panic("no memory for television");
        rendition->past = grown;
        rendition->past_capacity = capacity;
    }
    rendition->past[rendition->past_count++] = *info;
    live_past_release(rendition->past_shared);
    rendition->past_shared = NULL;
}

static void drop_past(struct live_rendition *rendition, size_t count)
{
    if (!count)
        return;
    rendition->past_count -= count;
    memmove(rendition->past, rendition->past + count,
            rendition->past_count * sizeof *rendition->past);
    live_past_release(rendition->past_shared);
    rendition->past_shared = NULL;
    rendition->is_dirty = true;
}

/* What is older than the window, counted back from the end. */
static void cut_past(struct live_rendition *rendition, int64_t ticks)
{
    size_t at = rendition->past_count;
    size_t least = at > PAST_MAX ? at - PAST_MAX : 0;
    while (at > least && ticks > 0)
        ticks -= rendition->past[--at].duration;
    drop_past(rendition, at);
}

static size_t bytes_of(const struct live_recent *segment)
{
    size_t len = 0;
    for (size_t i = 0; i < segment->part_count; i++)
        len += segment->parts[i].bytes.len;
    return len;
}

/* The oldest in memory goes to those that only a file has; when no file has it,
 * the ones before it cannot be told of any more either: a playlist has no gaps.
 */
static void retire_first(struct live_rendition *rendition)
{
    struct live_recent *first = rendition->recent[0];
    if (first->info.place.hour)
        add_past(rendition, &first->info);
    else
        forget_past(rendition);
    free_segment(first);
    rendition->recent_count--;
    memmove(rendition->recent, rendition->recent + 1,
            rendition->recent_count * sizeof *rendition->recent);
}

static void retire(struct live_rendition *rendition, uint32_t dvr_seconds)
{
    int64_t newer = 0;
    size_t keep = 0, bytes = 0;
    while (keep < rendition->recent_count && newer < LIVE_MEMORY_TICKS &&
           bytes < LIVE_MEMORY_BYTES) {
        keep++;
        const struct live_recent *segment =
            rendition->recent[rendition->recent_count - keep];
        newer += segment->info.duration;
        bytes += bytes_of(segment);
    }
    while (rendition->recent_count > keep)
        retire_first(rendition);
    if (rendition->recent_count == LIVE_RECENT_MAX)
        retire_first(rendition);
    cut_past(rendition, (int64_t)dvr_seconds * LIVE_HZ - newer);
}

/* ---- Segments ---------------------------------------------------------------
 */

static struct live_recent *last_of(const struct live_rendition *rendition)
{
    return rendition->recent_count
               ? rendition->recent[rendition->recent_count - 1]
               : NULL;
}

static int64_t duration_of(const struct live_recent *segment)
{
    int64_t duration = 0;
    if (segment->is_complete && segment->info.duration)
        return segment->info.duration;
    for (size_t i = 0; i < segment->part_count; i++)
        duration += segment->parts[i].duration;
    return duration;
}

/* All parts in one piece, in which the parts lie from now on. */
static void join_parts(struct live_recent *segment)
{
    size_t len = bytes_of(segment);
    if (!len)
        return;
    struct live_blob *blob = live_blob_create(len);
    char *at = blob->bytes;
    for (size_t i = 0; i < segment->part_count; i++) {
        struct recent_part *part = &segment->parts[i];
        if (part->is_gap)
            continue;
        memcpy(at, part->bytes.ptr, part->bytes.len);
        live_blob_release(part->blob);
        part->blob = live_blob_hold(blob);
        part->bytes = str_of(at, part->bytes.len);
        at += part->bytes.len;
    }
    segment->blob = blob;
}

static void complete(struct live_rendition *rendition,
                     struct live_recent *segment)
{
    if (!segment->info.duration)
        segment->info.duration = duration_of(segment);
    segment->is_complete = true;
    rendition->is_dirty = true;
    join_parts(segment);
}

static struct live_recent *add_segment(struct live_rendition *rendition,
                                       const struct live_segment_info *info)
{
    struct live_recent *segment = calloc(1, sizeof *segment);
    if (!segment)
        log_panic("no memory for television");
    segment->info = *info;
    const struct live_recent *last = last_of(rendition);
    if (last && last->info.timeline != info->timeline)
        rendition->longest = 0;
    if (rendition->longest < info->duration)
        rendition->longest = info->duration;
    assert(rendition->recent_count < LIVE_RECENT_MAX);
    rendition->recent[rendition->recent_count++] = segment;
    return segment;
}

/* The number that comes next; false when any may. */
static bool expected(const struct live_rendition *rendition,
                     uint64_t *ret_sequence)
{
    const struct live_recent *last = last_of(rendition);
    if (last)
        *ret_sequence = last->info.sequence + 1;
    else if (rendition->past_count)
        *ret_sequence = rendition->past[rendition->past_count - 1].sequence + 1;
    return last || rendition->past_count;
}

/* ---- What comes -------------------------------------------------------------
 */

void live_rendition_add_init(struct live_rendition *rendition,
                             const struct live_init *init)
{
    if (rendition->init_count == LIVE_INITS_MAX) {
        live_blob_release(rendition->inits[0].blob);
        rendition->init_count--;
        memmove(rendition->inits, rendition->inits + 1,
                rendition->init_count * sizeof *rendition->inits);
    }
    struct live_blob *blob = live_blob_create(init->bytes.len);
    memcpy(blob->bytes, init->bytes.ptr, init->bytes.len);
    rendition->inits[rendition->init_count++] =
        (struct live_edition_init){init->number, blob};
    rendition->is_dirty = true;
}

/* The segment that a part belongs to, which may be a new one; NULL when it is
 * not to be told (again). */
static struct live_recent *segment_for(struct live_rendition *rendition,
                                       const struct live_part *part,
                                       uint32_t dvr_seconds)
{
    struct live_recent *last = last_of(rendition);
    uint64_t sequence = part->segment.sequence, next = 0;
    if (last && sequence == last->info.sequence)
        return last->is_complete || part->part != last->part_count ? NULL
                                                                   : last;
    bool has_next = expected(rendition, &next);
    if (part->part != 0 || (has_next && sequence < next))
        return NULL;
    if (last && !last->is_complete)
        complete(rendition, last);
    if (has_next && sequence > next) {
        log_warn("segments are missing; the playlist begins anew",
                 LOG_INT("expected", next), LOG_INT("came", sequence));
        forget_media(rendition);
    }
    retire(rendition, dvr_seconds);
    return add_segment(rendition, &part->segment);
}

void live_rendition_add_part(struct live_rendition *rendition,
                             const struct live_part *part, uint32_t dvr_seconds)
{
    struct live_recent *segment = segment_for(rendition, part, dvr_seconds);
    if (!segment)
        return;
    struct recent_part *added = &segment->parts[segment->part_count++];
    *added = (struct recent_part){
        .duration = part->duration,
        .independent = part->independent,
        .is_gap = part->is_gap,
    };
    segment->info.is_gap = segment->info.is_gap || part->is_gap;
    if (!part->is_gap) {
        added->blob = live_blob_create(part->bytes.len);
        memcpy(added->blob->bytes, part->bytes.ptr, part->bytes.len);
        added->bytes = live_blob_str(added->blob);
    }
    rendition->is_dirty = true;
}

void live_rendition_end_segment(struct live_rendition *rendition,
                                const struct live_segment_info *info)
{
    for (size_t i = rendition->recent_count; i-- > 0;) {
        struct live_recent *segment = rendition->recent[i];
        if (segment->info.sequence != info->sequence)
            continue;
        segment->info = *info;
        if (!segment->is_complete)
            complete(rendition, segment);
        rendition->is_dirty = true;
        break;
    }
}

void live_rendition_add_stored(struct live_rendition *rendition,
                               const struct live_segment_info *info,
                               uint32_t dvr_seconds)
{
    uint64_t next;
    bool has_next = expected(rendition, &next);
    rendition->is_dirty = true;
    if (has_next && info->sequence < next)
        return;
    if (has_next && info->sequence > next)
        forget_media(rendition);
    retire(rendition, dvr_seconds);
    add_segment(rendition, info)->is_complete = true;
}

void live_rendition_prune(struct live_rendition *rendition, uint64_t sequence)
{
    size_t count = 0;
    while (count < rendition->past_count &&
           rendition->past[count].sequence < sequence)
        count++;
    drop_past(rendition, count);
}

/* ---- Handing on -------------------------------------------------------------
 */

static struct live_past *share_past(struct live_rendition *rendition)
{
    if (!rendition->past_count)
        return NULL;
    if (!rendition->past_shared) {
        struct live_past *past = malloc(
            sizeof *past + rendition->past_count * sizeof *past->segments);
        if (!past)
            log_panic("no memory for television");
        atomic_init(&past->references, 1);
        past->count = rendition->past_count;
        past->has_dependent = false;
        for (size_t i = 0; i < past->count; i++)
            past->has_dependent |= rendition->past[i].is_dependent;
        memcpy(past->segments, rendition->past,
               past->count * sizeof *past->segments);
        rendition->past_shared = past;
    }
    atomic_fetch_add(&rendition->past_shared->references, 1);
    return rendition->past_shared;
}

static void copy_segment(struct live_edition *edition, size_t at,
                         const struct live_recent *segment, size_t *part_at)
{
    edition->has_dependent |= segment->info.is_dependent;
    edition->segments[at] = (struct live_edition_segment){
        .info = segment->info,
        .is_complete = segment->is_complete,
        .blob = live_blob_hold(segment->blob),
        .part_first = *part_at,
        .part_count = segment->part_count,
    };
    for (size_t i = 0; i < segment->part_count; i++) {
        const struct recent_part *part = &segment->parts[i];
        edition->parts[(*part_at)++] = (struct live_edition_part){
            .duration = part->duration,
            .independent = part->independent,
            .is_gap = part->is_gap,
            .blob = live_blob_hold(part->blob),
            .bytes = part->bytes,
        };
    }
}

struct live_report live_rendition_report(const struct live_rendition *rendition)
{
    const struct live_recent *last = last_of(rendition);
    return last && last->part_count
               ? (struct live_report){last->info.sequence, last->part_count - 1,
                                      true}
               : (struct live_report){0};
}

struct live_edition *live_rendition_edition(struct live_rendition *rendition)
{
    size_t parts = 0, part_at = 0;
    for (size_t i = 0; i < rendition->recent_count; i++)
        parts += rendition->recent[i]->part_count;
    struct live_edition *edition = live_edition_create(
        rendition->recent_count, parts, rendition->init_count);
    edition->past = share_past(rendition);
    edition->has_dependent = edition->past && edition->past->has_dependent;
    for (size_t i = 0; i < rendition->recent_count; i++)
        copy_segment(edition, i, rendition->recent[i], &part_at);
    for (size_t i = 0; i < rendition->init_count; i++) {
        edition->inits[i] = rendition->inits[i];
        live_blob_hold(edition->inits[i].blob);
    }
    const struct live_recent *last = last_of(rendition);
    if (last && rendition->longest < duration_of(last))
        rendition->longest = duration_of(last);
    edition->longest = rendition->longest;
    return edition;
}
