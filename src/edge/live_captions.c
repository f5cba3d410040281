// SPDX-License-Identifier: Apache-2.0
#include "edge/live_captions.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/log.h"

enum { HOUR_TICKS = 3600 * LIVE_HZ, TICKS_A_MS = LIVE_HZ / 1000 };

#define STAMP_MASK ((INT64_C(1) << 33) - 1) /* ISO/IEC 13818-1 */

/* ---- The list ---------------------------------------------------------------
 */

static void drop_front(struct live_caption_list *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        live_blob_release(list->lines[i].text);
    list->count -= count;
    memmove(list->lines, list->lines + count,
            list->count * sizeof *list->lines);
}

void live_caption_list_clear(struct live_caption_list *list)
{
    if (list->count)
        drop_front(list, list->count);
    list->is_new = true;
}

static void forget(struct live_caption_list *list, int64_t tick)
{
    size_t old = list->count == LIVE_CAPTIONS_MAX;
    while (old < list->count && list->lines[old].tick < tick)
        old++;
    if (old)
        drop_front(list, old);
}

void live_caption_list_add(struct live_caption_list *list,
                           const struct live_caption *caption,
                           uint32_t dvr_seconds)
{
    if (!list->lines)
        list->lines = calloc(LIVE_CAPTIONS_MAX, sizeof *list->lines);
    if (!list->lines)
        log_panic("no memory for television");
    forget(list, caption->tick -
                     ((int64_t)dvr_seconds * LIVE_HZ + LIVE_DURATION_MAX));
    struct live_blob *blob = live_blob_create(caption->text.len);
    memcpy(blob->bytes, caption->text.ptr, caption->text.len);
    size_t at = list->count++;
    for (; at > 0 && list->lines[at - 1].tick > caption->tick; at--)
        list->lines[at] = list->lines[at - 1];
    list->lines[at] = (struct live_caption_line){
        caption->tick, caption->duration, blob, caption->track};
    list->is_new = true;
}

/* ---- Sharing ----------------------------------------------------------------
 */

struct live_captions *live_captions_create(struct live_caption_list *list)
{
    struct live_captions *captions =
        malloc(sizeof *captions + list->count * sizeof *list->lines);
    if (!captions)
        log_panic("no memory for television");
    atomic_init(&captions->references, 1);
    captions->count = list->count;
    captions->tracks = 0;
    for (size_t i = 0; i < list->count; i++) {
        captions->lines[i] = list->lines[i];
        live_blob_hold(list->lines[i].text);
        captions->tracks |= 1u << list->lines[i].track;
    }
    list->is_new = false;
    return captions;
}

struct live_captions *live_captions_hold(struct live_captions *captions)
{
    atomic_fetch_add(&captions->references, 1);
    return captions;
}

void live_captions_release(struct live_captions *captions)
{
    if (!captions || atomic_fetch_sub(&captions->references, 1) != 1)
        return;
    for (size_t i = 0; i < captions->count; i++)
        live_blob_release(captions->lines[i].text);
    free(captions);
}

/* ---- Writing ----------------------------------------------------------------
 */

static void write_time(struct buf *out, int64_t ticks)
{
    int64_t ms = ticks > 0 ? ticks / TICKS_A_MS : 0;
    buf_printf(out, "%02" PRId64 ":%02" PRId64 ":%02" PRId64 ".%03" PRId64,
               ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
}

/* The three that mean something in a cue; "-->" is none any more then. */
static void write_text(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '&')
            buf_add_c(out, "&amp;");
        else if (c == '<')
            buf_add_c(out, "&lt;");
        else if (c == '>')
            buf_add_c(out, "&gt;");
        else
            buf_add_char(out, c);
    }
}

static size_t first_that_may_reach(const struct live_captions *captions,
                                   int64_t tick)
{
    size_t low = 0, high = captions ? captions->count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (captions->lines[middle].tick + LIVE_DURATION_MAX < tick)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void live_captions_write(const struct live_captions *captions, unsigned track,
                         int64_t tick, int64_t duration, struct buf *out)
{
    int64_t hour = tick - tick % HOUR_TICKS - HOUR_TICKS;
    if (hour < 0)
        hour = 0;
    buf_printf(out,
               "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:%" PRId64
               ",LOCAL:00:00:00.000\n\nNOTE begins %" PRId64 " ms after 1970\n",
               hour & STAMP_MASK, hour / TICKS_A_MS);
    for (size_t i = first_that_may_reach(captions, tick);
         captions && i < captions->count; i++) {
        const struct live_caption_line *line = &captions->lines[i];
        if (line->tick >= tick + duration)
            break;
        if (line->track != track || line->tick + line->duration <= tick)
            continue;
        buf_add_c(out, "\n");
        write_time(out, line->tick - hour);
        buf_add_c(out, " --> ");
        write_time(out, line->tick + line->duration - hour);
        buf_add_c(out, "\n");
        write_text(out, live_blob_str(line->text));
        buf_add_c(out, "\n");
    }
}
