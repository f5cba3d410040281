// SPDX-License-Identifier: Apache-2.0
#include "tv_feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/bytes.h"

struct box {
    struct str type, body;
};

static bool next_box(struct str *rest, struct box *ret_box)
{
    struct bytes_reader reader = {.rest = *rest};
    if (rest->len == 0)
        return false;
    uint32_t len = bytes_get_u32(&reader);
    assert_true(len >= 8 && len <= rest->len);
    ret_box->type = bytes_get(&reader, 4);
    ret_box->body = str_slice(*rest, 8, len - 8);
    *rest = str_from(*rest, len);
    return true;
}

static struct box need_box(struct str *rest, const char *type)
{
    struct box box;
    assert_true(next_box(rest, &box));
    assert_true(str_eq(box.type, str_from_c(type)));
    return box;
}

/* Which tracks of the initialisation are sound: a bit for each number. */
static unsigned sound_tracks(struct str init)
{
    unsigned tracks = 0, number = 0;
    need_box(&init, "ftyp");
    struct str moov = need_box(&init, "moov").body;
    struct box trak, part;
    assert_int_equal(init.len, 0);
    while (next_box(&moov, &trak)) {
        if (!str_eq(trak.type, STR("trak")))
            continue;
        number++;
        while (next_box(&trak.body, &part))
            if (str_eq(part.type, STR("mdia")) &&
                str_find(part.body, STR("soun")) >= 0)
                tracks |= 1u << number;
    }
    return tracks;
}

static void add_run(struct str fragment, struct str traf, unsigned sounds,
                    bool sound, struct tv_samples *out)
{
    struct bytes_reader head = {.rest = need_box(&traf, "tfhd").body};
    bytes_get_u32(&head);
    bool is_sound = sounds >> bytes_get_u32(&head) & 1;
    struct bytes_reader time = {.rest = need_box(&traf, "tfdt").body};
    bytes_get_u32(&time);
    int64_t at = (int64_t)bytes_get_u32(&time) << 32;
    at |= bytes_get_u32(&time);
    struct bytes_reader run = {.rest = need_box(&traf, "trun").body};
    bytes_get_u32(&run);
    uint32_t count = bytes_get_u32(&run), offset = bytes_get_u32(&run);
    assert_true(count > 0);
    while (count-- > 0) {
        struct tv_sample sample = {.is_sound = is_sound, .time = at};
        sample.duration = bytes_get_u32(&run);
        uint32_t len = bytes_get_u32(&run);
        sample.is_key = bytes_get_u32(&run) == 0x02000000;
        sample.shown_after = (int32_t)bytes_get_u32(&run);
        sample.bytes = str_slice(fragment, offset, len);
        assert_int_equal(sample.bytes.len, len);
        offset += len;
        at += sample.duration;
        if (is_sound == sound)
            out->samples[out->count++] = sample;
    }
    assert_false(run.bad || time.bad || head.bad);
    assert_int_equal(run.rest.len, 0);
}

static void check_next(const struct part *before, const struct part *part)
{
    if (before && !(part->flags & PART_DISCONTINUITY))
        assert_int_equal(part->tick, before->tick + before->duration);
    if (!before || part->flags & PART_DISCONTINUITY)
        assert_true(part->flags & PART_SEGMENT_START);
    assert_true(part->duration > 0);
}

void tv_samples(const struct tv *tv, unsigned rendition, bool sound,
                struct tv_samples *ret_samples)
{
    const struct part *before = NULL;
    ret_samples->count = 0;
    ret_samples->samples = calloc(100000, sizeof(struct tv_sample));
    for (size_t i = 0; i < tv->count; i++) {
        const struct part *part = &tv->parts[i].part;
        if (part->rendition != rendition)
            continue;
        check_next(before, part);
        before = part;
        size_t first = ret_samples->count;
        struct str rest = part->payload;
        struct str moof = need_box(&rest, "moof").body;
        need_box(&rest, "mdat");
        assert_int_equal(rest.len, 0);
        unsigned sounds = sound_tracks(tv->inits[tv->parts[i].init].payload);
        need_box(&moof, "mfhd");
        while (moof.len)
            add_run(part->payload, need_box(&moof, "traf").body, sounds, sound,
                    ret_samples);
        if (!sound && ret_samples->count > first) /* to the very tick */
            assert_int_equal(ret_samples->samples[first].time, part->tick);
        if (!sound && ret_samples->count > first)
            assert_int_equal(!!(part->flags & PART_INDEPENDENT),
                             ret_samples->samples[first].is_key);
    }
}

/* Says nothing and ends well; its words are told and end the test. */
static void play(const struct part *init, const struct tv_part *parts,
                 size_t count, unsigned rendition)
{
    FILE *pipe = popen("ffmpeg -v error -xerror -i pipe:0 -f null - 2>&1 | "
                       "{ ! grep .; }",
                       "w");
    assert_non_null(pipe);
    fwrite(init->payload.ptr, 1, init->payload.len, pipe);
    for (size_t i = 0; i < count; i++)
        if (parts[i].part.rendition == rendition)
            fwrite(parts[i].part.payload.ptr, 1, parts[i].part.payload.len,
                   pipe);
    assert_int_equal(pclose(pipe), 0);
}

/* Up to the next part that the condition is true of. */
static size_t next_part(const struct tv *tv, size_t from, unsigned rendition,
                        bool any_init, unsigned flags)
{
    size_t at = from + 1;
    while (at < tv->count &&
           (tv->parts[at].part.rendition != rendition ||
            (!(tv->parts[at].part.flags & flags) &&
             (any_init || tv->parts[at].init == tv->parts[from].init))))
        at++;
    return at;
}

enum { GROUPS_MAX = 4 }; /* that are played alone: it takes its time */

void tv_play(const struct tv *tv, unsigned rendition)
{
    size_t at = 0, next;
    while (at < tv->count && tv->parts[at].part.rendition != rendition)
        at++;
    int groups = 0;
    for (size_t i = at; i < tv->count && groups++ < GROUPS_MAX; i = next) {
        next = next_part(tv, i, rendition, true, PART_INDEPENDENT);
        play(&tv->inits[tv->parts[i].init], tv->parts + i, next - i, rendition);
    }
    for (size_t i = at; i < tv->count; i = next) {
        next = next_part(tv, i, rendition, false, PART_DISCONTINUITY);
        play(&tv->inits[tv->parts[i].init], tv->parts + i, next - i, rendition);
    }
}
