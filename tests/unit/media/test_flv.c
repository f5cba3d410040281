// SPDX-License-Identifier: Apache-2.0
/* What stands in front of sound and pictures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/flv.h"

/* clang-format off */
static const struct {
    bool audio;
    struct str tag;
    enum flv_codec codec;
    enum flv_kind kind;
    bool key;
    int32_t composition_ms;
    const char *payload; /* NULL: malformed */
} tags[] = {
    {0, STR_INIT("\x17\0\0\0\0avcC"), FLV_H264, FLV_CONFIG, 1, 0, "avcC"},
    {0, STR_INIT("\x17\1\0\0\x50nal"), FLV_H264, FLV_FRAME, 1, 80, "nal"},
    {0, STR_INIT("\x27\1\xFF\xFF\xD8nal"), FLV_H264, FLV_FRAME, 0, -40, "nal"},
    {0, STR_INIT("\x17\2\0\0\0"), FLV_H264, FLV_END, 1, 0, ""},
    {0, STR_INIT("\x57\1\0\0\0"), FLV_H264, FLV_OTHER, 0, 0, ""},
    {0, STR_INIT("\x1C\1\0\0\0x"), FLV_HEVC, FLV_FRAME, 1, 0, "x"},
    {0, STR_INIT("\x12x"), FLV_VIDEO_OLD, FLV_FRAME, 1, 0, "x"},
    {0, STR_INIT("\x90hvc1x"), FLV_HEVC, FLV_CONFIG, 1, 0, "x"},
    {0, STR_INIT("\xA1hvc1\0\0\x28x"), FLV_HEVC, FLV_FRAME, 0, 40, "x"},
    {0, STR_INIT("\xA3hvc1x"), FLV_HEVC, FLV_FRAME, 0, 0, "x"},
    {0, STR_INIT("\x91" "av01x"), FLV_AV1, FLV_FRAME, 1, 0, "x"},
    {0, STR_INIT("\x91zzzzx"), FLV_CODEC_UNKNOWN, FLV_FRAME, 1, 0, "x"},
    {0, STR_INIT("\x94" "avc1x"), FLV_H264, FLV_OTHER, 1, 0, "x"},
    {0, STR_INIT("\x97\0z\1" "avc1\0\0\1x"), FLV_H264, FLV_FRAME, 1, 1, "x"},
    {0, STR_INIT("\x96\1" "avc1x"), FLV_H264, FLV_OTHER, 1, 0, "x"},
    {0, STR_INIT("\x17\1\0\0"), 0, 0, 0, 0, NULL},
    {0, STR_INIT("\x91" "avc"), 0, 0, 0, 0, NULL},
    {0, STR_INIT("\x97\7\7\7"), 0, 0, 0, 0, NULL},
    {0, STR_INIT(""), 0, 0, 0, 0, NULL},
    {1, STR_INIT("\xAF\0\x12\x10"), FLV_AAC, FLV_CONFIG, 0, 0, "\x12\x10"},
    {1, STR_INIT("\xAF\1x"), FLV_AAC, FLV_FRAME, 0, 0, "x"},
    {1, STR_INIT("\x2Fx"), FLV_MP3, FLV_FRAME, 0, 0, "x"},
    {1, STR_INIT("\xB2x"), FLV_AUDIO_OLD, FLV_FRAME, 0, 0, "x"},
    {1, STR_INIT("\x90Opusx"), FLV_OPUS, FLV_CONFIG, 0, 0, "x"},
    {1, STR_INIT("\x91mp4ax"), FLV_AAC, FLV_FRAME, 0, 0, "x"},
    {1, STR_INIT("\xAF"), 0, 0, 0, 0, NULL},
    {1, STR_INIT(""), 0, 0, 0, 0, NULL},
};
/* clang-format on */

static void test_tags_say_what_they_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        struct flv_tag tag;
        enum err err = tags[i].audio ? flv_read_audio(tags[i].tag, &tag)
                                     : flv_read_video(tags[i].tag, &tag);
        assert_int_equal(err, tags[i].payload ? ERR_OK : ERR_INVALID);
        if (err)
            continue;
        assert_int_equal(tag.codec, tags[i].codec);
        assert_int_equal(tag.kind, tags[i].kind);
        assert_int_equal(tag.is_key, tags[i].key);
        assert_int_equal(tag.composition_ms, tags[i].composition_ms);
        assert_true(str_eq(tag.payload, str_from_c(tags[i].payload)));
    }
}

/* clang-format off */
static const struct {
    struct str config;
    unsigned object_type, sample_rate, channels; /* 0: malformed */
} sounds[] = {
    {STR_INIT("\x12\x10"), 2, 44100, 2},
    {STR_INIT("\x11\x88"), 2, 48000, 1},
    {STR_INIT("\x11\xB8"), 2, 48000, 8},     /* 7.1 */
    {STR_INIT("\x2B\x11\x88"), 5, 48000, 2}, /* HE-AAC: 24 kHz doubled */
    {STR_INIT("\xEB\x09\x88"), 29, 48000, 2}, /* version 2: two out of one */
    /* the same, told behind AAC-LC; that it is none; cut */
    {STR_INIT("\x13\x10\x56\xE5\x98"), 5, 48000, 2},
    {STR_INIT("\x13\x08\x56\xE5\x9D\x48\x80"), 29, 48000, 2},
    {STR_INIT("\x12\x10\x56\xE5\x00"), 2, 44100, 2},
    {STR_INIT("\x13\x10\x56\xE5"), 2, 24000, 2},
    {STR_INIT("\x17\x80\x5D\xC0\x10"), 2, 48000, 2}, /* the rate itself */
    {STR_INIT("\x12"), 0, 0, 0},
    {STR_INIT("\x17\x00"), 0, 0, 0}, /* a rate that has no number */
    {STR_INIT(""), 0, 0, 0},
};
/* clang-format on */

static void test_sound_says_how_it_is_made(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sounds / sizeof *sounds; i++) {
        struct flv_aac aac = {0};
        enum err err = flv_read_aac(sounds[i].config, &aac);
        assert_int_equal(err, sounds[i].sample_rate ? ERR_OK : ERR_INVALID);
        assert_int_equal(aac.object_type, sounds[i].object_type);
        assert_int_equal(aac.sample_rate, sounds[i].sample_rate);
        assert_int_equal(aac.channels, sounds[i].channels);
    }
}

static void test_pictures_say_how_they_are_made(void **state)
{
    struct flv_avc avc = {0};
    (void)state;
    assert_int_equal(
        flv_read_avc(STR("\1\x64\0\x28\xFF\xE1\0\2sp\1\0\1p"), &avc), ERR_OK);
    assert_int_equal(avc.profile, 100);
    assert_int_equal(avc.level, 40);
    assert_int_equal(avc.length_bytes, 4);
    assert_int_equal(flv_read_avc(STR("\2\x64\0\x28\xFF\xE1\0\2sp"), &avc),
                     ERR_INVALID);
    assert_int_equal(flv_read_avc(STR("\1\x64\0\x28\xFF\xE1\0\3sp"), &avc),
                     ERR_INVALID);
    assert_int_equal(flv_read_avc(STR("\1\x64\0\x28\xFE\xE1\0\2sp"), &avc),
                     ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tags_say_what_they_hold),
        cmocka_unit_test(test_sound_says_how_it_is_made),
        cmocka_unit_test(test_pictures_say_how_they_are_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
