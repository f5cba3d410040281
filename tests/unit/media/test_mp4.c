// SPDX-License-Identifier: Apache-2.0
/* Television's fragments taken apart, and files in one piece. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "media/avc.h"
#include "media/bytes.h"
#include "media/fmp4_read.h"
#include "media/mp4.h"

enum { PICTURES = 30, SOUNDS = 60, ROOM = 1 << 20, PICTURE_TICKS = 3600 };

static const struct fmp4_track tracks[] = {
    {.timescale = 90000,
     .config = STR_INIT("avcC of pictures"),
     .width = 720,
     .height = 576,
     .aspect_width = 16,
     .aspect_height = 11},
    {.is_sound = true,
     .timescale = 48000,
     .config = STR_INIT("\x11\x90"),
     .rate = 48000,
     .channels = 2},
};

static struct fmp4_sample pictures[PICTURES], sounds[SOUNDS];
static char bytes[PICTURES + SOUNDS][16];

static int make_samples(void **state)
{
    (void)state;
    for (int i = 0; i < PICTURES + SOUNDS; i++) {
        bool is_sound = i >= PICTURES;
        int len = snprintf(bytes[i], sizeof bytes[i], "%s %d",
                           is_sound ? "sound" : "picture", i);
        *(is_sound ? &sounds[i - PICTURES] : &pictures[i]) =
            (struct fmp4_sample){
                .duration = is_sound ? 1024 : PICTURE_TICKS,
                .shown_after = is_sound ? 0 : i % 3 * PICTURE_TICKS,
                .is_key = is_sound || i % 10 == 0,
                .bytes = str_of(bytes[i], (size_t)len),
            };
    }
    return 0;
}

/* ---- Taken apart ------------------------------------------------------------
 */

static void test_what_describes_fragments_is_read_as_it_was_written(
    void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    struct fmp4_track read[FMP4_TRACKS_MAX];
    size_t count;
    buf_init(&out, ROOM);
    fmp4_write_init(&out, tracks, 2);
    assert_int_equal(fmp4_read_init(buf_str(&out), read, &count), ERR_OK);
    assert_int_equal(count, 2);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(read[i].is_sound, tracks[i].is_sound);
        assert_int_equal(read[i].timescale, tracks[i].timescale);
        assert_true(str_eq(read[i].config, tracks[i].config));
    }
    assert_int_equal(read[0].width, 720);
    assert_int_equal(read[0].height, 576);
    assert_int_equal(read[0].aspect_width, 16);
    assert_int_equal(read[0].aspect_height, 11);
    assert_int_equal(read[1].channels, 2);
}

struct taken {
    size_t pictures, sounds, most;
};

static bool take(void *context, unsigned track, int64_t time,
                 const struct fmp4_sample *sample)
{
    struct taken *taken = context;
    size_t *count = track == 1 ? &taken->pictures : &taken->sounds;
    const struct fmp4_sample *wanted =
        track == 1 ? &pictures[*count] : &sounds[*count];
    if (taken->pictures + taken->sounds == taken->most)
        return false;
    assert_int_equal(time, track == 1 ? 900000 + PICTURE_TICKS * (long)*count
                                      : 480000 + 1024 * (long)*count);
    assert_int_equal(sample->duration, wanted->duration);
    assert_int_equal(sample->shown_after, wanted->shown_after);
    assert_int_equal(sample->is_key, wanted->is_key);
    assert_true(str_eq(sample->bytes, wanted->bytes));
    ++*count;
    return true;
}

static void write_fragments(struct buf *out)
{
    buf_init(out, ROOM);
    for (unsigned i = 0; i < 3; i++) {
        const struct fmp4_run runs[] = {
            {1, 900000 + (int64_t)i * 10 * PICTURE_TICKS, &pictures[i * 10],
             10},
            {2, 480000 + (int64_t)i * 20 * 1024, &sounds[i * 20], 20},
        };
        fmp4_write_fragment(out, i + 1, runs, 2);
    }
}

static void test_each_sample_of_fragments_is_found(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    struct taken taken = {.most = SIZE_MAX};
    write_fragments(&out);
    assert_int_equal(fmp4_read_fragments(buf_str(&out), take, &taken), ERR_OK);
    assert_int_equal(taken.pictures, PICTURES);
    assert_int_equal(taken.sounds, SOUNDS);
    taken = (struct taken){.most = 7};
    assert_int_equal(fmp4_read_fragments(buf_str(&out), take, &taken),
                     ERR_INVALID);
}

static void test_half_a_fragment_is_none(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    write_fragments(&out);
    size_t whole = 0;
    for (size_t len = 1; len <= out.len; len++) {
        struct taken taken = {.most = SIZE_MAX};
        whole += !fmp4_read_fragments(str_of(out.ptr, len), take, &taken);
    }
    assert_int_equal(whole, 3);
}

/* ---- In one piece -----------------------------------------------------------
 */

static bool put(void *context, struct str sample)
{
    buf_add(context, sample);
    return true;
}

/* Where the box's contents begin, from a place on. */
static struct bytes_reader find(struct str file, const char *type, size_t from)
{
    ptrdiff_t at = str_find(str_from(file, from), str_of(type, 4));
    assert_true(at > 0);
    return (struct bytes_reader){.rest = str_from(file, from + (size_t)at + 4)};
}

static void write_file(struct buf *out)
{
    const struct mp4_track files[] = {
        {tracks[0], pictures, PICTURES, 7200, 100800, 0},
        {tracks[1], sounds, SOUNDS, 300, 53760, 0},
    };
    buf_init(out, ROOM);
    assert_int_equal(mp4_write_head(out, files, 2), ERR_OK);
    assert_true(mp4_each_sample(files, 2, put, out));
}

/* Of a track, by its own tables: each sample is where they say. */
static void check_samples(struct str file, size_t from,
                          const struct fmp4_sample *samples, size_t count)
{
    struct bytes_reader stsc = find(file, "stsc", from);
    struct bytes_reader stco = find(file, "stco", from);
    struct bytes_reader stsz = find(file, "stsz", from);
    bytes_get(&stsc, 8);
    bytes_get(&stsz, 8);
    bytes_get_u32(&stco);
    assert_int_equal(bytes_get_u32(&stsz), count);
    uint32_t chunks = bytes_get_u32(&stco);
    size_t n = 0;
    for (uint32_t i = 0; i < chunks; i++) {
        size_t at = bytes_get_u32(&stco);
        assert_int_equal(bytes_get_u32(&stsc), i + 1);
        uint32_t in_chunk = bytes_get_u32(&stsc);
        bytes_get_u32(&stsc);
        for (uint32_t k = 0; k < in_chunk; k++, n++) {
            uint32_t len = bytes_get_u32(&stsz);
            assert_true(str_eq(str_slice(file, at, len), samples[n].bytes));
            at += len;
        }
    }
    assert_int_equal(n, count);
}

static void test_a_file_says_where_its_samples_are(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    write_file(&out);
    struct str file = buf_str(&out);
    size_t second = (size_t)str_find(file, STR("soun"));
    check_samples(file, 0, pictures, PICTURES);
    check_samples(file, second, sounds, SOUNDS);
    assert_true(str_find(file, STR("moov")) < str_find(file, STR("mdat")));
}

static void test_a_file_says_what_is_shown_and_when(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    write_file(&out);
    struct bytes_reader elst = find(buf_str(&out), "elst", 0);
    bytes_get_u32(&elst);
    assert_int_equal(bytes_get_u32(&elst), 1);
    assert_int_equal(bytes_get_u32(&elst), 1120); /* milliseconds */
    assert_int_equal(bytes_get_u32(&elst), 7200);
    struct bytes_reader stss = find(buf_str(&out), "stss", 0);
    bytes_get_u32(&stss);
    assert_int_equal(bytes_get_u32(&stss), 3);
    assert_int_equal(bytes_get_u32(&stss), 1);
    assert_int_equal(bytes_get_u32(&stss), 11);
    struct bytes_reader ctts = find(buf_str(&out), "ctts", 0);
    bytes_get_u32(&ctts);
    assert_int_equal(bytes_get_u32(&ctts), PICTURES);
}

static void test_sound_that_comes_later_is_heard_later(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    const struct mp4_track late = {tracks[1], sounds, SOUNDS, 0, 48000, 24000};
    buf_init(&out, ROOM);
    assert_int_equal(mp4_write_head(&out, &late, 1), ERR_OK);
    struct bytes_reader elst = find(buf_str(&out), "elst", 0);
    bytes_get_u32(&elst);
    assert_int_equal(bytes_get_u32(&elst), 2);
    assert_int_equal(bytes_get_u32(&elst), 500);
    assert_int_equal(bytes_get_u32(&elst), UINT32_MAX); /* nothing */
}

/* ---- Two kinds of pictures --------------------------------------------------
 */

static struct str read_corpus(const char *name, char target[8192])
{
    char path[256];
    snprintf(path, sizeof path, "fuzz/corpus/avc/%s", name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(target, 1, 8192, file);
    fclose(file);
    return str_of(target, len);
}

static void test_two_configurations_are_one_for_the_better(void **state)
{
    (void)state;
    char a[8192], b[8192];
    struct str plain = read_corpus("config-plain", a);
    struct str high = read_corpus("config-b-frames", b);
    for (int turn = 0; turn < 2; turn++) {
        DEFER(buf_finish) struct buf out;
        struct avc_config config;
        buf_init(&out, ROOM);
        assert_int_equal(
            avc_join_configs(&out, turn ? plain : high, turn ? high : plain),
            ERR_OK);
        assert_int_equal((uint8_t)out.ptr[1], 100);
        assert_int_equal((uint8_t)out.ptr[5] & 31, 2);
        assert_int_equal(avc_read_config(buf_str(&out), &config), ERR_OK);
        assert_int_equal(config.sps.profile, turn ? 66 : 100);
    }
    DEFER(buf_finish) struct buf out;
    buf_init(&out, ROOM);
    assert_int_equal(avc_join_configs(&out, plain, STR("no")), ERR_INVALID);
}

static void test_a_number_that_is_free_is_not_taken(void **state)
{
    (void)state;
    char a[8192];
    assert_int_equal(avc_free_number(read_corpus("config-plain", a)), 1);
    assert_int_equal(avc_free_number(STR("nothing")), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_what_describes_fragments_is_read_as_it_was_written),
        cmocka_unit_test(test_each_sample_of_fragments_is_found),
        cmocka_unit_test(test_half_a_fragment_is_none),
        cmocka_unit_test(test_a_file_says_where_its_samples_are),
        cmocka_unit_test(test_a_file_says_what_is_shown_and_when),
        cmocka_unit_test(test_sound_that_comes_later_is_heard_later),
        cmocka_unit_test(test_two_configurations_are_one_for_the_better),
        cmocka_unit_test(test_a_number_that_is_free_is_not_taken),
    };
    return cmocka_run_group_tests(tests, make_samples, NULL);
}
