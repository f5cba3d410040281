// SPDX-License-Identifier: Apache-2.0
#include "clip_internal.h"
#include "media/part.h"
#include "thumbnail.h"

enum { HZ = PART_CLOCK_HZ };

static enum err no_memory(struct fault *fault)
{
    return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
}

/* ---- Pictures ---------------------------------------------------------------
 */

/* What is encoded here is decoded as long before it is shown as the rest; the
 * first picture may have been seen for a while when the clip begins. */
static void set_times(struct clip *clip)
{
    struct clip_picture *all = clip->cut.all;
    if (all[0].shown < clip->start)
        all[0].shown = clip->start;
    clip->start = all[0].shown;
    for (size_t i = 0; i < clip->cut.count; i++) {
        if (all[i].is_new)
            all[i].time = all[i].shown - clip->delay;
        if (i > 0 && all[i].time <= all[i - 1].time)
            all[i].time = all[i - 1].time + 1;
    }
}

static enum err choose_config(struct clip *clip, struct fault *fault)
{
    struct str came = clip->tracks[clip->picture_track - 1].config;
    size_t encoded = clip->facts.encoded;
    if (!encoded)
        buf_add(&clip->config, came);
    else if (encoded == clip->cut.count)
        buf_add(&clip->config, encoder_config(clip->encoder));
    else if (avc_join_configs(&clip->config, came,
                              encoder_config(clip->encoder)))
        return fault_set(fault, ERR_INVALID, NULL,
                         "what describes the pictures is damaged");
    return buf_err(&clip->config) ? no_memory(fault) : ERR_OK;
}

static enum err add_pictures(struct clip *clip, struct fault *fault)
{
    const struct clip_picture *all = clip->cut.all;
    size_t count = clip->cut.count;
    struct fmp4_sample *samples =
        arena_array(&clip->arena, struct fmp4_sample, count);
    for (size_t i = 0; i < count; i++) {
        int64_t next = i + 1 < count ? all[i + 1].time
                                     : all[i].time + clip->end - all[i].shown;
        samples[i] = (struct fmp4_sample){
            .duration = (uint32_t)(next > all[i].time ? next - all[i].time : 1),
            .shown_after = (int32_t)(all[i].shown - all[i].time),
            .is_key = all[i].is_key,
            .bytes = all[i].bytes,
        };
        clip->facts.encoded += all[i].is_new;
    }
    enum err err = choose_config(clip, fault);
    struct mp4_track *file = &clip->files[clip->file_count++];
    *file = (struct mp4_track){
        .about = clip->tracks[clip->picture_track - 1],
        .samples = samples,
        .count = count,
        .shown_from = clip->start - all[0].time,
        .shown = clip->end - clip->start,
    };
    file->about.config = buf_str(&clip->config);
    return err;
}

/* ---- Sound ------------------------------------------------------------------
 */

static int64_t in_samples(int64_t tick, int64_t rate)
{
    return tick / HZ * rate + tick % HZ * rate / HZ;
}

/* Frames of sound have a length: the file has those that reach into the clip,
 * and says from where on they are heard. */
static enum err add_sound(struct clip *clip, struct fault *fault)
{
    const struct clip_pictures *sound = &clip->sound;
    const struct fmp4_track *about = &clip->tracks[clip->sound_track - 1];
    int64_t from = in_samples(clip->start, about->timescale);
    int64_t to = in_samples(clip->end, about->timescale);
    size_t first = 0, end;
    while (first < sound->count &&
           sound->all[first].time + sound->all[first].duration <= from)
        first++;
    for (end = first; end < sound->count && sound->all[end].time < to;)
        end++;
    if (first == end)
        return ERR_OK;
    struct fmp4_sample *samples =
        arena_array(&clip->arena, struct fmp4_sample, end - first);
    for (size_t i = first; i < end; i++) {
        const struct clip_picture *frame = &sound->all[i];
        int64_t length = i + 1 < end ? sound->all[i + 1].time - frame->time
                                     : frame->duration;
        if (length <= 0 || length > UINT32_MAX)
            return fault_set(fault, ERR_INVALID, NULL,
                             "the sound of that time is damaged");
        samples[i - first] = (struct fmp4_sample){
            .duration = (uint32_t)length,
            .is_key = true,
            .bytes = frame->bytes,
        };
    }
    int64_t time = sound->all[first].time;
    int64_t last = sound->all[end - 1].time + sound->all[end - 1].duration;
    clip->files[clip->file_count++] = (struct mp4_track){
        .about = *about,
        .samples = samples,
        .count = end - first,
        .shown_from = from > time ? from - time : 0,
        .late = time > from ? time - from : 0,
        .shown = (last < to ? last : to) - (time > from ? time : from),
    };
    return ERR_OK;
}

/* ---- The rest ---------------------------------------------------------------
 */

static enum err make_poster(struct clip *clip, struct fault *fault)
{
    const struct fmp4_track *track = &clip->tracks[clip->picture_track - 1];
    int width = (int)track->width / 2 * 2;
    if (clip->poster.len) /* the first picture was encoded */
        return ERR_OK;
    enum err err = thumbnail_make(
        track->config, clip->cut.all[0].bytes,
        width < CLIP_POSTER_WIDTH_MAX ? width : CLIP_POSTER_WIDTH_MAX,
        &clip->poster);
    return err ? fault_set(fault, err, NULL,
                           "the first picture cannot be written")
               : ERR_OK;
}

enum err clip_arrange(struct clip *clip, struct fault *fault)
{
    const struct fmp4_track *track = &clip->tracks[clip->picture_track - 1];
    if (!clip->cut.count)
        return fault_set(fault, ERR_NOT_FOUND, "from",
                         "there are no pictures between start and end");
    enum err err = make_poster(clip, fault);
    set_times(clip);
    if (!err)
        err = add_pictures(clip, fault);
    if (!err && clip->sound_track)
        err = add_sound(clip, fault);
    if (!err && mp4_write_head(&clip->head, clip->files, clip->file_count))
        err = fault_set(fault, ERR_TOO_LONG, NULL,
                        "the clip is too long for one file");
    clip->facts.width =
        track->width * track->aspect_width / track->aspect_height;
    clip->facts.height = track->height;
    clip->facts.pictures = clip->cut.count;
    clip->facts.duration_us = (clip->end - clip->start) * 100 / 9;
    return err;
}
