// SPDX-License-Identifier: Apache-2.0
#include "clip.h"

#include <stdlib.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include <libavutil/frame.h>
#pragma GCC diagnostic pop

#include "base/arena.h"
#include "base/time.h"
#include "clip_internal.h"
#include "media/part.h"

enum {
    HZ = PART_CLOCK_HZ,
    NEAR = HZ / 1000,      /* ticks; times come in milliseconds */
    LATE_ENOUGH = HZ / 10, /* of the end, where there is no more */
};

/* ---- What was on the air ----------------------------------------------------
 */

static bool take_picture(struct clip *clip, int64_t time,
                         const struct fmp4_sample *sample)
{
    return clip_add(&clip->came, &(struct clip_picture){
                                     .time = time,
                                     .shown = time + sample->shown_after,
                                     .duration = sample->duration,
                                     .is_key = sample->is_key,
                                     .bytes = sample->bytes,
                                 });
}

static bool take(void *context, unsigned track, int64_t time,
                 const struct fmp4_sample *sample)
{
    struct clip *clip = context;
    if (track == clip->picture_track)
        return take_picture(clip, time, sample);
    if (track != clip->sound_track)
        return true;
    return clip_add(&clip->sound, &(struct clip_picture){
                                      .time = time,
                                      .duration = sample->duration,
                                      .is_key = true,
                                      .bytes = sample->bytes,
                                  });
}

static enum err read_tracks(struct clip *clip, struct str init,
                            struct fault *fault)
{
    size_t count;
    if (fmp4_read_init(init, clip->tracks, &count))
        return fault_set(fault, ERR_INVALID, NULL,
                         "what describes the recording is damaged");
    for (unsigned i = 0; i < count; i++)
        *(clip->tracks[i].is_sound ? &clip->sound_track
                                   : &clip->picture_track) = i + 1;
    if (!clip->picture_track)
        return fault_set(fault, ERR_UNSUPPORTED, NULL,
                         "there are no pictures, only sound: a clip is made of "
                         "both; 'recording download' gives the sound of a "
                         "programme");
    const struct fmp4_track *track = &clip->tracks[clip->picture_track - 1];
    struct avc_config config;
    if (avc_read_config(track->config, &config) || config.length_bytes != 4 ||
        track->timescale != HZ)
        return fault_set(fault, ERR_UNSUPPORTED, NULL,
                         "the pictures are coded in a way that clips are not "
                         "made of");
    return ERR_OK;
}

/* Of each picture, when the first of it and those decoded later is shown. */
static enum err look_ahead(struct clip *clip, struct fault *fault)
{
    size_t count = clip->came.count;
    clip->later = malloc((count + 1) * sizeof *clip->later);
    if (!clip->later)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    clip->later[count] = INT64_MAX;
    for (size_t i = count; i > 0; i--) {
        int64_t shown = clip->came.all[i - 1].shown;
        clip->later[i - 1] = shown < clip->later[i] ? shown : clip->later[i];
    }
    return ERR_OK;
}

/* Players take the first picture of a segment, a key frame, for what was on the
 * air when the segment began: by that it is shown, decoding took nothing. */
static bool set_times(struct clip *clip, int64_t start_us, int64_t end_us)
{
    for (size_t i = 0; i < clip->came.count; i++) {
        const struct clip_picture *picture = &clip->came.all[i];
        if (!picture->is_key)
            continue;
        clip->delay = picture->shown - picture->time;
        clip->start = start_us * 9 / 100 + clip->delay;
        clip->end = end_us * 9 / 100 + clip->delay;
        return true;
    }
    return false;
}

/* Where that is as far as it goes. */
static enum err check_end(struct clip *clip, struct fault *fault)
{
    int64_t most = INT64_MIN;
    char when[TIME_RFC3339_BYTES];
    for (size_t i = 0; i < clip->came.count; i++) {
        const struct clip_picture *picture = &clip->came.all[i];
        int64_t end = picture->shown + picture->duration;
        most = end > most ? end : most;
    }
    if (most + LATE_ENOUGH < clip->end) {
        time_format_rfc3339((most - clip->delay) * 100 / 9, when);
        return fault_set(fault, ERR_NOT_FOUND, "to",
                         "there are pictures up to %s only", when);
    }
    clip->end = most < clip->end ? most : clip->end;
    return ERR_OK;
}

static enum err read_all(struct clip *clip, struct str init,
                         struct str fragments, struct fault *fault)
{
    enum err err = read_tracks(clip, init, fault);
    if (!err && fmp4_read_fragments(fragments, take, clip))
        err = fault_set(fault, ERR_INVALID, NULL,
                        "what was recorded of that time is damaged");
    return err ? err : look_ahead(clip, fault);
}

/* ---- Which pictures ---------------------------------------------------------
 */

/* The last key frame up to a picture; count when there is none. */
static size_t key_before(const struct clip *clip, size_t index)
{
    while (!clip->came.all[index].is_key)
        if (index-- == 0)
            return clip->came.count;
    return index;
}

/* The picture that is to be seen at the start; count: none. */
static size_t find_first(const struct clip *clip)
{
    const struct clip_pictures *came = &clip->came;
    size_t first = came->count;
    for (size_t i = 0; i < came->count; i++) {
        int64_t shown = came->all[i].shown;
        if (shown <= clip->start + NEAR &&
            (first == came->count || shown > came->all[first].shown))
            first = i;
    }
    return first;
}

static size_t next_key(const struct clip *clip, size_t index)
{
    while (index < clip->came.count && !clip->came.all[index].is_key)
        index++;
    return index;
}

/* Up to where pictures can stay as they are: none of those is to be seen after
 * one that does not, or after the end. */
static size_t copy_end(const struct clip *clip, size_t from)
{
    const struct clip_pictures *came = &clip->came;
    int64_t most = INT64_MIN;
    size_t end = from;
    for (size_t i = from; i < came->count; i++) {
        int64_t shown = came->all[i].shown;
        if (shown >= clip->end - NEAR)
            break;
        most = shown > most ? shown : most;
        if (clip->later[i + 1] > most)
            end = i + 1;
    }
    return end;
}

static enum err cut(struct clip *clip, struct fault *fault)
{
    const struct clip_pictures *came = &clip->came;
    size_t first = find_first(clip);
    size_t key = first < came->count ? key_before(clip, first) : came->count;
    if (key == came->count)
        return fault_set(fault, ERR_NOT_FOUND, "from",
                         "there is no picture of the start");
    int64_t from = came->all[first].shown, end = clip->end - NEAR;
    size_t copy = next_key(clip, first);
    int64_t until = copy < came->count ? came->all[copy].shown : INT64_MAX;
    enum err err = ERR_OK;
    if (from < until)
        err = clip_encode(clip, key, from, until < end ? until : end, fault);
    if (err || until >= end)
        return err;
    size_t rest = copy_end(clip, copy);
    for (size_t i = copy; i < rest; i++)
        if (!clip_add(&clip->cut, &came->all[i]))
            return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    if (clip->later[rest] >= end)
        return ERR_OK;
    key = key_before(clip, rest);
    return clip_encode(clip, key, clip->later[rest], end, fault);
}

/* ---- The whole --------------------------------------------------------------
 */

static enum err make(struct clip *clip, struct str init, struct str fragments,
                     int64_t start_us, int64_t end_us, struct fault *fault)
{
    enum err err = read_all(clip, init, fragments, fault);
    if (!err && !set_times(clip, start_us, end_us))
        err = fault_set(fault, ERR_NOT_FOUND, "from",
                        "there is no key frame to begin with");
    if (!err)
        err = check_end(clip, fault);
    if (!err)
        err = cut(clip, fault);
    return err ? err : clip_arrange(clip, fault);
}

enum err clip_make(struct str init, struct str fragments, int64_t start_us,
                   int64_t end_us, struct clip **ret_clip, struct fault *fault)
{
    struct clip *clip = calloc(1, sizeof *clip);
    if (!clip)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    arena_init(&clip->arena, 0);
    buf_init(&clip->config, CLIP_CONFIG_BYTES_MAX);
    buf_init(&clip->poster, CLIP_POSTER_BYTES_MAX);
    buf_init(&clip->head, CLIP_HEAD_BYTES_MAX);
    enum err err = make(clip, init, fragments, start_us, end_us, fault);
    if (err)
        clip_destroy(clip);
    else
        *ret_clip = clip;
    return err;
}

void clip_destroy(struct clip *clip)
{
    if (!clip)
        return;
    encoder_destroy(clip->encoder);
    buf_finish(&clip->config);
    buf_finish(&clip->poster);
    buf_finish(&clip->head);
    free(clip->came.all);
    free(clip->cut.all);
    free(clip->sound.all);
    free(clip->later);
    arena_finish(&clip->arena);
    free(clip);
}

const struct clip_facts *clip_facts(const struct clip *clip)
{
    return &clip->facts;
}

struct str clip_poster(const struct clip *clip)
{
    return buf_str(&clip->poster);
}

bool clip_write(const struct clip *clip, mp4_put *put, void *context)
{
    return put(context, buf_str(&clip->head)) &&
           mp4_each_sample(clip->files, clip->file_count, put, context);
}
