// SPDX-License-Identifier: Apache-2.0
/* The program broadsheet-ingest with encoders that speak SRT. */
#include "ingest_rig.h"

#include <signal.h>
#include <unistd.h>

#include "media/timeline.h"

enum { CLIP_PICTURES = 100, CLIP_SOUNDS_MIN = 60 };

static struct rig rig;

static int set_up(void **state)
{
    (void)state;
    rig_start(&rig);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_stop(&rig);
    return 0;
}

/* 2 s at 50 frames a second and 48 kHz, with B-frames. */
static const char *clip(void)
{
    const char *path = rig_path("feed.ts");
    if (access(path, R_OK) == 0)
        return path;
    const char *const arguments[] = {"ffmpeg",
                                     "-v",
                                     "error",
                                     "-f",
                                     "lavfi",
                                     "-i",
                                     "testsrc2=size=320x180:rate=50",
                                     "-f",
                                     "lavfi",
                                     "-i",
                                     "sine=frequency=440:sample_rate=48000",
                                     "-t",
                                     "2",
                                     "-c:v",
                                     "libx264",
                                     "-preset",
                                     "veryfast",
                                     "-bf",
                                     "2",
                                     "-g",
                                     "50",
                                     "-pix_fmt",
                                     "yuv420p",
                                     "-c:a",
                                     "aac",
                                     "-f",
                                     "mpegts",
                                     path,
                                     NULL};
    assert_int_equal(rig_run(arguments), 0);
    return path;
}

static pid_t push(const char *options, const char *loops)
{
    char address[256];
    snprintf(address, sizeof address, "srt://127.0.0.1:%d?%s", rig.srt_port,
             options);
    const char *const arguments[] = {
        "ffmpeg", "-v", "error", "-re", "-stream_loop", loops,   "-i",
        clip(),   "-c", "copy",  "-f",  "mpegts",       address, NULL};
    return rig_spawn(arguments, rig_path("push.log"));
}

static bool is_reason(struct str reason, const char *text)
{
    if (str_find(reason, str_from_c(text)) >= 0)
        return true;
    print_error("it said: %.*s\n", ARG_STR(reason));
    return false;
}

static void open_channel(const char *passphrase)
{
    const struct rig_key key = {.text = "a-key", .passphrase = passphrase};
    rig_tell(&rig, &key, 1);
    rig_open_media(&rig);
}

static void test_a_transport_stream_arrives_whole(void **state)
{
    (void)state;
    open_channel(NULL);
    pid_t encoder = push("streamid=a-key", "0");
    rig_wait(&rig, &rig.media.ends, 1);
    rig_wait(&rig, &rig.feeds, 2);
    assert_int_equal(rig_join(encoder), 0);
    assert_int_equal(rig.feed.protocol, INGEST_SRT);
    assert_true(str_starts_with(rig.feed.encoder, STR("SRT 1.")));
    assert_int_equal(rig.media.configs, 2);
    /* Nothing says where the last picture ends: it goes with the connection.
     * What is on its way when an encoder breaks off need not arrive. */
    assert_in_range(rig.media.pictures, CLIP_PICTURES - 15, CLIP_PICTURES);
    assert_int_equal(rig.media.keys, 2);
    assert_in_range(rig.media.sounds, CLIP_SOUNDS_MIN, 100);
    assert_int_equal(rig_decoded_pictures(&rig), rig.media.pictures);
    rig_decode_audio(&rig);
    int64_t span = rig.media.last_video - rig.media.first_tick;
    assert_int_equal(span / TIMELINE_HZ, 1);
}

static void test_the_key_may_be_written_by_the_rules_of_access_control(
    void **state)
{
    (void)state;
    open_channel(NULL);
    pid_t encoder = push("streamid=#!::u=me,r=a-key,m=publish", "9");
    rig_wait(&rig, &rig.media.keys, 1);
    rig_wait(&rig, &rig.statuses, 3);
    assert_int_equal(rig.status.video.width, 320);
    assert_true(rig.status.video.frames > 49.5 &&
                rig.status.video.frames < 50.5);
    assert_int_equal(rig.status.audio.rate, 48000);
    rig_tell(&rig, NULL, 0);
    rig_wait(&rig, &rig.feeds, 2);
    assert_true(is_reason(rig.feed.reason, "revoked"));
    assert_int_not_equal(rig_join(encoder), 0);
    rig_join(push("streamid=#!::r=a-key,m=request", "0"));
    rig_wait(&rig, &rig.refusals, 1);
    assert_true(is_reason(rig.refused.reason, "m=publish"));
}

static void test_a_wrong_key_is_refused(void **state)
{
    (void)state;
    open_channel(NULL);
    assert_int_not_equal(rig_join(push("streamid=another", "0")), 0);
    rig_wait(&rig, &rig.refusals, 1);
    assert_true(is_reason(rig.refused.reason, "the stream key is not known"));
    assert_int_equal(rig.feeds, 0);
    assert_int_equal(rig.media.packets, 0);
}

static void test_a_passphrase_is_asked_for_and_holds(void **state)
{
    (void)state;
    open_channel("a passphrase of its own");
    assert_int_not_equal(rig_join(push("streamid=a-key", "0")), 0);
    assert_int_not_equal(
        rig_join(push("streamid=a-key&passphrase=another passphrase", "0")), 0);
    assert_int_equal(rig.media.packets, 0);
    pid_t encoder =
        push("streamid=a-key&passphrase=a passphrase of its own", "9");
    rig_wait(&rig, &rig.media.pictures, CLIP_PICTURES);
    assert_int_equal(rig_decoded_pictures(&rig), rig.media.pictures);
    assert_int_equal(rig.feeds, 1);
    kill(encoder, SIGKILL);
    rig_join(encoder);
}

static void test_the_same_key_takes_over_from_one_that_went_silent(void **state)
{
    (void)state;
    open_channel(NULL);
    pid_t silent = push("streamid=a-key", "9");
    rig_wait(&rig, &rig.media.pictures, 1);
    kill(silent, SIGSTOP);
    pid_t encoder = push("streamid=a-key", "9");
    rig_wait(&rig, &rig.feeds, 3);
    assert_int_equal(rig.feed.state, INGEST_BEGAN);
    int pictures = rig.media.pictures;
    rig_wait(&rig, &rig.media.pictures, pictures + CLIP_PICTURES);
    assert_int_equal(rig.media.ends, 1);
    kill(silent, SIGKILL);
    kill(encoder, SIGKILL);
    rig_join(silent);
    rig_join(encoder);
}

static void test_other_codecs_and_formats_are_refused(void **state)
{
    (void)state;
    char address[128];
    const struct {
        const char *codec, *format, *sentence;
    } cases[] = {
        {"mp2", "mpegts", "choose AAC as the audio encoder"},
        {"libopus", "mpegts", "the sound is Opus"},
        {"aac", "flv", "no MPEG transport stream"},
    };
    open_channel(NULL);
    snprintf(address, sizeof address, "srt://127.0.0.1:%d?streamid=a-key",
             rig.srt_port);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const arguments[] = {
            "ffmpeg", "-v",           "error", "-stream_loop",  "9",
            "-re",    "-i",           clip(),  "-c:v",          "copy",
            "-c:a",   cases[i].codec, "-f",    cases[i].format, address,
            NULL};
        int feeds = rig.feeds;
        pid_t encoder = rig_spawn(arguments, rig_path("push.log"));
        rig_wait(&rig, &rig.feeds, feeds + 2);
        assert_true(is_reason(rig.feed.reason, cases[i].sentence));
        rig_join(encoder);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(int argc, char **argv)
{
    (void)argc;
    if (!rig_find(argv[0])) {
        printf("1..1\nok 1 - ingest # SKIP bin/broadsheet-ingest is not built; "
               "run make first\n");
        return 0;
    }
    const struct CMUnitTest tests[] = {
        TEST(test_a_transport_stream_arrives_whole),
        TEST(test_the_key_may_be_written_by_the_rules_of_access_control),
        TEST(test_a_wrong_key_is_refused),
        TEST(test_a_passphrase_is_asked_for_and_holds),
        TEST(test_the_same_key_takes_over_from_one_that_went_silent),
        TEST(test_other_codecs_and_formats_are_refused),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rig_remove();
    return failed;
}
