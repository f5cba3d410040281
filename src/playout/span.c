// SPDX-License-Identifier: Apache-2.0
#include "playout/span.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time.h"
#include "media/part.h"
#include "playout/dvr.h"
#include "playout/recording_internal.h"

enum {
    INIT_BYTES_MAX = 1 << 20,
    COPY_BYTES = 1 << 20,
    PIECES_FIRST = 256,
};

#define HOUR_US (3600 * TIME_US_PER_SECOND)
#define LOOK_BACK_US (2 * HOUR_US)
#define AROUND_US (90 * TIME_US_PER_SECOND) /* no segment is longer */

struct span_piece {
    int64_t start_us, end_us;
    uint32_t hour; /* its file; 0: the only one */
    uint32_t len;
    uint64_t offset;
    bool breaks;       /* it does not go on from the piece before */
    uint32_t init;     /* its number in the DVR … */
    uint32_t head_len; /* … or where it lies in the file */
    uint64_t head_offset;
};

static enum err nothing(struct fault *fault)
{
    return fault_set(fault, ERR_NOT_FOUND, "from",
                     "nothing of that time is kept: nothing was on the air "
                     "then, or it is longer ago than what is kept");
}

static void add_piece(struct span *span, size_t *capacity,
                      const struct span_piece *piece)
{
    if (span->count == *capacity) {
        size_t more = *capacity ? *capacity * 2 : PIECES_FIRST;
        struct span_piece *pieces =
            arena_array(span->arena, struct span_piece, more);
        for (size_t i = 0; i < span->count; i++)
            pieces[i] = span->pieces[i];
        span->pieces = pieces;
        *capacity = more;
    }
    span->pieces[span->count++] = *piece;
}

/* ---- Out of the DVR ---------------------------------------------------------
 */

static void take_segments(struct span *span, const struct dvr *dvr)
{
    size_t capacity = 0;
    const struct live_segment_info *before = NULL;
    for (size_t i = 0; i < dvr->count; i++) {
        const struct live_segment_info *segment = &dvr->segments[i];
        if (!segment->place.hour || segment->duration <= 0)
            continue;
        add_piece(span, &capacity,
                  &(struct span_piece){
                      .start_us = segment->start_us,
                      .end_us = segment->start_us + segment->duration * 100 / 9,
                      .hour = segment->place.hour,
                      .len = segment->place.len,
                      .offset = segment->place.offset,
                      .init = segment->init,
                      .breaks = !before ||
                                before->sequence + 1 != segment->sequence ||
                                before->timeline != segment->timeline ||
                                before->init != segment->init,
                  });
        before = segment;
    }
}

static enum err list_dvr(const struct span_source *source, int64_t from_us,
                         int64_t to_us, struct span *span, struct fault *fault)
{
    for (unsigned i = 0; i < PART_SOUND && !span->count; i++) {
        struct dvr dvr;
        struct fault unused = {0};
        span->name = part_rendition_name(i);
        span->folder =
            arena_printf(span->arena, "%s/%s/%s", source->live_folder,
                         source->channel->text, span->name)
                .ptr;
        if (!dvr_open_span(&dvr, span->folder, from_us * 9 / 100,
                           to_us * 9 / 100, &unused))
            take_segments(span, &dvr);
        dvr_close(&dvr);
    }
    return span->count ? ERR_OK : nothing(fault);
}

/* ---- Out of a recording -----------------------------------------------------
 */

static void take_lines(struct span *span, struct str text)
{
    size_t capacity = 0;
    struct recording_segment segment = {0};
    while (recording_next_segment(&text, &segment))
        add_piece(span, &capacity,
                  &(struct span_piece){
                      .start_us = segment.start_us,
                      .end_us = segment.start_us + segment.ticks * 100 / 9,
                      .len = segment.len,
                      .offset = segment.offset,
                      .breaks = segment.breaks,
                      .head_len = segment.head_len,
                      .head_offset = segment.head_offset,
                  });
}

static enum err list_recording(const struct span_source *source,
                               struct span *span, struct fault *fault)
{
    struct fault unused = {0};
    span->is_recording = true;
    span->folder = arena_printf(span->arena, "%s/recordings/%s",
                                source->live_folder, source->recording->text)
                       .ptr;
    for (unsigned i = 0; i < PART_SOUND && !span->count; i++) {
        struct str text;
        span->name = part_rendition_name(i);
        const char *path =
            arena_printf(span->arena, "%s/%s.m3u8", span->folder, span->name)
                .ptr;
        if (!file_read(path, RECORDING_PLAYLIST_BYTES_MAX, span->arena, &text,
                       &unused))
            take_lines(span, text);
    }
    return span->count ? ERR_OK : nothing(fault);
}

/* ---- Finding ----------------------------------------------------------------
 */

static enum err list(const struct span_source *source, int64_t from_us,
                     int64_t to_us, struct arena *arena, struct span *span,
                     struct fault *fault)
{
    assert(!source->channel != !source->recording);
    *span = (struct span){.arena = arena};
    return source->recording ? list_recording(source, span, fault)
                             : list_dvr(source, from_us, to_us, span, fault);
}

enum err span_limits(const struct span_source *source, struct arena *arena,
                     int64_t *ret_start_us, int64_t *ret_end_us,
                     struct fault *fault)
{
    struct span span;
    int64_t now_us = time_now_us();
    enum err err = list(source, now_us - LOOK_BACK_US, now_us + HOUR_US, arena,
                        &span, fault);
    if (err)
        return err;
    *ret_start_us = span.pieces[0].start_us;
    *ret_end_us = span.pieces[span.count - 1].end_us;
    return ERR_OK;
}

static enum err tell_missing(const struct span *span, int64_t time_us,
                             const char *field, struct fault *fault)
{
    char when[TIME_RFC3339_BYTES], next[TIME_RFC3339_BYTES];
    size_t i = 0;
    while (i < span->count && span->pieces[i].start_us <= time_us)
        i++;
    bool is_end = i == span->count;
    int64_t near_us =
        is_end ? span->pieces[i - 1].end_us : span->pieces[i].start_us;
    time_format_rfc3339(time_us, when);
    time_format_rfc3339(near_us, next);
    return fault_set(
        fault, ERR_NOT_FOUND, field, "nothing is kept of %s; %s %s", when,
        is_end ? "there is something up to" : "there is something again from",
        next);
}

static enum err check_whole(const struct span *span, struct fault *fault)
{
    char when[TIME_RFC3339_BYTES];
    for (size_t i = span->first + 1; i < span->end; i++) {
        if (!span->pieces[i].breaks)
            continue;
        time_format_rfc3339(span->pieces[i].start_us, when);
        return fault_set(fault, ERR_CONFLICT, "from",
                         "television was interrupted or changed its form at "
                         "%s: make one clip up to then, and another one from "
                         "then on",
                         when);
    }
    return ERR_OK;
}

static enum err find(struct span *span, int64_t start_us, int64_t end_us,
                     struct fault *fault)
{
    const struct span_piece *pieces = span->pieces;
    while (span->first < span->count && pieces[span->first].end_us <= start_us)
        span->first++;
    if (span->first == span->count || pieces[span->first].start_us > start_us)
        return tell_missing(span, start_us, "from", fault);
    span->end = span->first;
    while (span->end < span->count && pieces[span->end].start_us < end_us)
        span->end++;
    enum err err = check_whole(span, fault);
    if (err)
        return err;
    if (pieces[span->end - 1].end_us + TIME_US_PER_SECOND / 10 < end_us)
        return tell_missing(span, end_us, "to", fault);
    /* Pictures that wait for others, sound that comes a little later. */
    if (span->end < span->count && !pieces[span->end].breaks)
        span->end++;
    if (span->first > 0 && !pieces[span->first].breaks)
        span->first--;
    for (size_t i = span->first; i < span->end; i++)
        span->bytes += pieces[i].len;
    return ERR_OK;
}

/* ---- Reading ----------------------------------------------------------------
 */

static const char *path_of(const struct span *span,
                           const struct span_piece *piece)
{
    return span->is_recording ? arena_printf(span->arena, "%s/%s.mp4",
                                             span->folder, span->name)
                                    .ptr
                              : arena_printf(span->arena, "%s/%" PRIu32 ".mp4",
                                             span->folder, piece->hour)
                                    .ptr;
}

static enum err read_failed(const struct span *span, bool is_short,
                            struct fault *fault)
{
    return fault_set(fault, is_short ? ERR_CORRUPT : err_from_errno(errno),
                     NULL, "what was recorded in %s cannot be read: %s",
                     span->folder,
                     is_short ? "it is shorter than it says" : strerror(errno));
}

static enum err read_range_of(const struct span *span, int fd, uint64_t offset,
                              uint64_t len, char *bytes, span_give *give,
                              void *context, struct fault *fault)
{
    while (len) {
        size_t some = len < COPY_BYTES ? (size_t)len : COPY_BYTES;
        ssize_t got = pread(fd, bytes, some, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return read_failed(span, got == 0, fault);
        if (!give(context, str_of(bytes, (size_t)got)))
            return ERR_CLOSED;
        offset += (uint64_t)got;
        len -= (uint64_t)got;
    }
    return ERR_OK;
}

static enum err read_piece(const struct span *span,
                           const struct span_piece *piece, char *bytes,
                           span_give *give, void *context, struct fault *fault)
{
    int fd = open(path_of(span, piece), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return read_failed(span, false, fault);
    enum err err = read_range_of(span, fd, piece->offset, piece->len, bytes,
                                 give, context, fault);
    close(fd);
    return err;
}

enum err span_read(const struct span *span, span_give *give, void *context,
                   struct fault *fault)
{
    char *bytes = malloc(COPY_BYTES);
    enum err err =
        bytes ? ERR_OK : fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    for (size_t i = span->first; !err && i < span->end; i++)
        err = read_piece(span, &span->pieces[i], bytes, give, context, fault);
    free(bytes);
    return err;
}

static bool keep_init(void *context, struct str bytes)
{
    buf_add(context, bytes);
    return true;
}

static enum err init_of_dvr(const struct span *span, uint32_t number,
                            struct buf *init)
{
    struct dvr dvr = {.data_fd = -1, .index_fd = -1};
    if (str_to_c(str_from_c(span->folder), dvr.folder, sizeof dvr.folder))
        return ERR_TOO_LONG;
    return dvr_read_init(&dvr, number, init);
}

static enum err init_of_recording(const struct span *span,
                                  const struct span_piece *piece,
                                  struct buf *init, struct fault *fault)
{
    const struct span_piece head = {.len = piece->head_len,
                                    .offset = piece->head_offset};
    if (!head.len || head.len > INIT_BYTES_MAX)
        return ERR_CORRUPT;
    char *bytes = arena_array(span->arena, char, COPY_BYTES);
    return read_piece(span, &head, bytes, keep_init, init, fault);
}

static enum err read_init(struct span *span, struct fault *fault)
{
    DEFER(buf_finish) struct buf init;
    const struct span_piece *piece = &span->pieces[span->first];
    buf_init(&init, INIT_BYTES_MAX);
    enum err err = span->is_recording
                       ? init_of_recording(span, piece, &init, fault)
                       : init_of_dvr(span, piece->init, &init);
    if (err)
        return fault_set(fault, ERR_CORRUPT, NULL,
                         "what players must know first is not in %s any more",
                         span->folder);
    span->init = arena_copy(span->arena, buf_str(&init));
    return ERR_OK;
}

enum err span_open(const struct span_source *source, int64_t start_us,
                   int64_t end_us, struct arena *arena, struct span *span,
                   struct fault *fault)
{
    assert(end_us > start_us);
    enum err err = list(source, start_us - AROUND_US, end_us + AROUND_US, arena,
                        span, fault);
    if (!err)
        err = find(span, start_us, end_us, fault);
    return err ? err : read_init(span, fault);
}
