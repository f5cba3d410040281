// SPDX-License-Identifier: Apache-2.0
/* The program broadsheet-ingest, with real encoders: what they send arrives,
 * who may send, who takes over, what is refused and how it is told. */
#include "ingest_rig.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/time.h"
#include "media/timeline.h"

enum { CLIP_PICTURES = 120, CLIP_SOUNDS_MIN = 80 };

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

/* ---- Clips -----------------------------------------------------------------
 */

/* 2 s as OBS sends it: 59.94 frames a second, B-frames, 44.1 kHz. */
static const char *clip(void)
{
    const char *path = rig_path("obs.flv");
    if (access(path, R_OK) == 0)
        return path;
    const char *const arguments[] = {"ffmpeg",
                                     "-v",
                                     "error",
                                     "-f",
                                     "lavfi",
                                     "-i",
                                     "testsrc2=size=320x180:rate=60000/1001",
                                     "-f",
                                     "lavfi",
                                     "-i",
                                     "sine=frequency=440:sample_rate=44100",
                                     "-t",
                                     "2.002",
                                     "-c:v",
                                     "libx264",
                                     "-preset",
                                     "veryfast",
                                     "-bf",
                                     "2",
                                     "-g",
                                     "60",
                                     "-pix_fmt",
                                     "yuv420p",
                                     "-b:v",
                                     "800k",
                                     "-c:a",
                                     "aac",
                                     "-b:a",
                                     "96k",
                                     "-f",
                                     "flv",
                                     path,
                                     NULL};
    assert_int_equal(rig_run(arguments), 0);
    return path;
}

static const char *address(const char *key)
{
    static char addresses[4][128];
    static unsigned next;
    char *text = addresses[next++ % 4];
    snprintf(text, sizeof addresses[0], "rtmp://127.0.0.1:%d/live/%s",
             rig.rtmp_port, key);
    return text;
}

/* What is between: loops of the clip, or tracks to choose. */
static pid_t push(const char *key, const char *loops, const char *map)
{
    const char *const arguments[] = {
        "ffmpeg", "-v",   "error",      "-re", "-stream_loop", loops,
        "-i",     clip(), "-map",       map,   "-c",           "copy",
        "-f",     "flv",  address(key), NULL};
    return rig_spawn(arguments, rig_path("push.log"));
}

static bool push_said(const char *text)
{
    struct str log = rig_read(rig_path("push.log"), &rig.arena);
    return str_find(log, str_from_c(text)) >= 0;
}

static bool is_reason(struct str reason, const char *text)
{
    if (str_find(reason, str_from_c(text)) >= 0)
        return true;
    print_error("it said: %.*s\n", ARG_STR(reason));
    return false;
}

static const struct rig_key key_a = {.text = "a-key"};

static void open_channel(void)
{
    rig_tell(&rig, &key_a, 1);
    rig_open_media(&rig);
}

static int dial(int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

/* ---- What arrives ----------------------------------------------------------
 */

static void test_what_an_encoder_sends_arrives_whole_and_in_time(void **state)
{
    (void)state;
    int64_t before = time_now_us() / 100 * 9;
    open_channel();
    pid_t encoder = push("a-key", "0", "0");
    rig_wait(&rig, &rig.statuses, 2);
    /* Of a second in which an encoder was held up there is less to tell. */
    for (int n = 3;
         rig.status.video.frames <= 58 || rig.status.bits_a_second <= 100000;
         n++)
        rig_wait(&rig, &rig.statuses, n);
    assert_true(str_starts_with(rig.status.video.codec, STR("avc1.64")));
    assert_int_equal(rig.status.video.width, 320);
    assert_int_equal(rig.status.video.height, 180);
    assert_true(rig.status.video.frames > 58 && rig.status.video.frames < 62);
    assert_true(str_eq(rig.status.audio.codec, STR("mp4a.40.2")));
    assert_int_equal(rig.status.audio.rate, 44100);
    assert_true(rig.status.bits_a_second > 100000);
    rig_wait(&rig, &rig.media.ends, 1);
    rig_wait(&rig, &rig.feeds, 2);
    assert_int_equal(rig_join(encoder), 0);
    assert_int_equal(rig.feed.state, INGEST_ENDED);
    assert_true(is_reason(rig.feed.reason, "its encoder ended it"));
    assert_true(str_eq(rig.feed.address, STR("127.0.0.1")));
    assert_int_equal(rig.media.configs, 2);
    assert_int_equal(rig.media.pictures, CLIP_PICTURES);
    assert_int_equal(rig.media.keys, 2);
    assert_true(rig.media.sounds > CLIP_SOUNDS_MIN);
    assert_int_equal(rig.media.gaps, 0);
    assert_int_equal(rig_decoded_pictures(&rig), CLIP_PICTURES);
    rig_decode_audio(&rig);
    int64_t span = rig.media.last_video - rig.media.first_tick;
    assert_true(span > 19 * TIMELINE_HZ / 10 && span < 21 * TIMELINE_HZ / 10);
    assert_true(rig.media.first_tick >= before);
    assert_true(rig.media.first_tick <=
                time_now_us() / 100 * 9 + INGEST_AHEAD_TICKS);
    assert_int_equal(rig.status.jumps, 0);
}

static void test_sound_alone_and_pictures_alone_arrive(void **state)
{
    (void)state;
    open_channel();
    pid_t encoder = push("a-key", "0", "0:a");
    rig_wait(&rig, &rig.media.ends, 1);
    rig_join(encoder);
    assert_int_equal(rig.media.pictures, 0);
    assert_true(rig.media.sounds > CLIP_SOUNDS_MIN);
    int sounds = rig.media.sounds;
    encoder = push("a-key", "0", "0:v");
    rig_wait(&rig, &rig.media.ends, 2);
    rig_join(encoder);
    assert_int_equal(rig.media.pictures, CLIP_PICTURES);
    assert_int_equal(rig.media.sounds, sounds);
}

static void test_who_reads_anew_begins_with_a_key_frame(void **state)
{
    (void)state;
    open_channel();
    pid_t encoder = push("a-key", "9", "0");
    rig_wait(&rig, &rig.media.keys, 2);
    rig_open_media(&rig); /* the one before died */
    rig_wait(&rig, &rig.media.packets, 3);
    assert_int_equal(rig.media.configs, 2);
    rig_wait(&rig, &rig.media.pictures, CLIP_PICTURES);
    assert_int_equal(rig_decoded_pictures(&rig), rig.media.pictures);
    kill(encoder, SIGKILL);
    rig_join(encoder);
    rig_wait(&rig, &rig.media.ends, 1);
    rig_wait(&rig, &rig.feeds, 2);
    assert_true(is_reason(rig.feed.reason, "broke off"));
}

static void test_a_broadcast_may_come_within_tls(void **state)
{
    (void)state;
    char to[128];
    open_channel();
    snprintf(to, sizeof to, "rtmps://127.0.0.1:%d/live/a-key", rig.rtmps_port);
    const char *const arguments[] = {"ffmpeg", "-v",   "error", "-re",
                                     "-i",     clip(), "-c",    "copy",
                                     "-f",     "flv",  to,      NULL};
    pid_t encoder = rig_spawn(arguments, rig_path("push.log"));
    rig_wait(&rig, &rig.media.ends, 1);
    rig_wait(&rig, &rig.feeds, 2);
    assert_int_equal(rig_join(encoder), 0);
    assert_int_equal(rig.feed.protocol, INGEST_RTMPS);
    assert_int_equal(rig.media.pictures, CLIP_PICTURES);
    assert_int_equal(rig_decoded_pictures(&rig), CLIP_PICTURES);
    int fd = dial(rig.rtmps_port); /* without TLS */
    assert_int_equal(write(fd, "\3 no TLS at all", 16), 16);
    rig_wait(&rig, &rig.refusals, 1);
    assert_true(is_reason(rig.refused.reason, "the TLS handshake failed"));
    close(fd);
    snprintf(to, sizeof to, "rtmps://127.0.0.1:%d/live/wrong", rig.rtmps_port);
    assert_int_not_equal(rig_join(rig_spawn(arguments, rig_path("push.log"))),
                         0);
    assert_true(push_said("the stream key is not known"));
}

static void test_the_clock_goes_on_between_broadcasts(void **state)
{
    (void)state;
    open_channel();
    rig_join(push("a-key", "0", "0:v"));
    rig_wait(&rig, &rig.media.ends, 1);
    int64_t end = rig.media.last_video;
    int pictures = rig.media.pictures;
    rig_join(push("a-key", "0", "0:v"));
    rig_wait(&rig, &rig.media.pictures, pictures + 1); /* and ticks grow */
    assert_true(rig.media.last_video > end);
    rig_wait(&rig, &rig.media.ends, 2);
}

static void test_a_reader_who_is_too_slow_misses_groups_and_is_told(
    void **state)
{
    (void)state;
    const char *path = rig_path("large.flv");
    const char *const make[] = {
        "ffmpeg",
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        "nullsrc=size=960x540:rate=25,noise=alls=100:allf=t",
        "-t",
        "3",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-qp",
        "4",
        "-g",
        "5",
        "-pix_fmt",
        "yuv420p",
        "-f",
        "flv",
        path,
        NULL};
    assert_int_equal(rig_run(make), 0);
    const char *const send[] = {
        "ffmpeg", "-v",  "error",          "-re", "-i", path, "-c", "copy",
        "-f",     "flv", address("a-key"), NULL};
    open_channel();
    int reader = rig.media.fd;
    rig.media.fd = -1; /* looks away */
    pid_t encoder = rig_spawn(send, rig_path("push.log"));
    rig_wait(&rig, &rig.statuses, 1);
    while (rig.status.dropped == 0)
        rig_wait(&rig, &rig.statuses, rig.statuses + 1);
    rig.media.fd = reader;
    rig_wait(&rig, &rig.media.ends, 1);
    rig_join(encoder);
    assert_true(rig.media.gaps >= 1); /* this machine may be slow again */
    assert_true(rig.media.pictures < 75);
    assert_int_equal(rig.media.gap_followed_by_key + rig.media.is_after_gap,
                     rig.media.gaps);
}

/* ---- Who may send ----------------------------------------------------------
 */

static void test_a_wrong_key_is_refused_and_nothing_of_it_arrives(void **state)
{
    (void)state;
    open_channel();
    pid_t encoder = push("another-key", "0", "0");
    rig_wait(&rig, &rig.refusals, 1);
    assert_int_not_equal(rig_join(encoder), 0);
    assert_true(push_said("the stream key is not known"));
    assert_true(is_reason(rig.refused.reason, "the stream key is not known"));
    assert_false(id_is_set(&rig.refused.channel));
    assert_int_equal(rig.feeds, 0);
    assert_int_equal(rig.media.packets, 0);
    struct str log = rig_read(rig_path("ingest.log"), &rig.arena);
    assert_true(str_find(log, STR("the stream key is not known")) >= 0);
    assert_true(str_find(log, STR("another-key")) < 0);
}

static void test_a_revoked_key_ends_the_broadcast(void **state)
{
    (void)state;
    open_channel();
    pid_t encoder = push("a-key", "9", "0");
    rig_wait(&rig, &rig.media.pictures, 1);
    rig_tell(&rig, NULL, 0);
    rig_wait(&rig, &rig.feeds, 2);
    assert_true(is_reason(rig.feed.reason, "the stream key was revoked"));
    assert_int_not_equal(rig_join(encoder), 0);
    rig_wait(&rig, &rig.media.ends, 1);
}

static void test_a_key_that_runs_out_ends_the_broadcast(void **state)
{
    (void)state;
    struct rig_key key = key_a;
    open_channel();
    pid_t encoder = push("a-key", "9", "0");
    rig_wait(&rig, &rig.media.pictures, 1);
    key.until_us = time_now_us() + 300 * 1000;
    rig_tell(&rig, &key, 1);
    rig_wait(&rig, &rig.feeds, 2);
    assert_true(is_reason(rig.feed.reason, "no longer valid"));
    assert_int_not_equal(rig_join(encoder), 0);
    rig_join(push("a-key", "0", "0"));
    rig_wait(&rig, &rig.refusals, 1);
    assert_true(is_reason(rig.refused.reason, "no longer valid"));
}

static void test_the_same_key_takes_over_from_one_that_went_silent(void **state)
{
    (void)state;
    open_channel();
    pid_t silent = push("a-key", "9", "0");
    rig_wait(&rig, &rig.media.pictures, 1);
    kill(silent, SIGSTOP); /* its connection stays, half open */
    pid_t encoder = push("a-key", "9", "0");
    rig_wait(&rig, &rig.feeds, 2);
    assert_int_equal(rig.feed.state, INGEST_TAKEN_OVER);
    assert_true(is_reason(rig.feed.reason, "with the same stream key"));
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

static void test_the_key_of_higher_priority_has_the_channel(void **state)
{
    (void)state;
    const struct rig_key keys[] = {{.text = "a-key", .priority = 0},
                                   {.text = "b-key", .priority = 1}};
    rig_tell(&rig, keys, 2);
    rig_open_media(&rig);
    pid_t low = push("a-key", "9", "0");
    rig_wait(&rig, &rig.media.pictures, 1);
    pid_t high = push("b-key", "9", "0");
    rig_wait(&rig, &rig.feeds, 3);
    assert_int_equal(rig.feed.state, INGEST_BEGAN);
    assert_string_equal(rig.feed.key.text, "62f9f7d471f62");
    assert_int_not_equal(rig_join(low), 0);
    low = push("a-key", "9", "0");
    rig_wait(&rig, &rig.refusals, 1);
    assert_true(is_reason(rig.refused.reason, "of higher priority"));
    assert_int_not_equal(rig_join(low), 0);
    assert_int_equal(rig.feeds, 3);
    kill(high, SIGKILL);
    rig_join(high);
}

/* ---- What is refused -------------------------------------------------------
 */

static void expect_refusal(const char *const *codecs, const char *sentence)
{
    const char *arguments[24] = {"ffmpeg", "-v", "error", "-re", "-i", clip()};
    int count = 6;
    while (*codecs)
        arguments[count++] = *codecs++;
    arguments[count++] = "-f";
    arguments[count++] = "flv";
    arguments[count++] = address("a-key");
    int feeds = rig.feeds;
    pid_t encoder = rig_spawn(arguments, rig_path("push.log"));
    rig_wait(&rig, &rig.feeds, feeds + 2);
    assert_true(is_reason(rig.feed.reason, sentence));
    assert_int_not_equal(rig_join(encoder), 0);
    assert_true(push_said(sentence));
}

static void test_other_codecs_are_refused_with_what_to_choose(void **state)
{
    (void)state;
    const char *const mp3[] = {"-c:v", "copy", "-c:a", "libmp3lame", NULL};
    const char *const flash[] = {"-c:v", "flv", "-an", NULL};
    open_channel();
    expect_refusal(mp3, "choose AAC as the audio encoder");
    expect_refusal(flash, "choose H.264 as the video encoder");
}

static void test_strangers_are_few_and_told(void **state)
{
    (void)state;
    enum { STRANGERS = 17 };
    int fds[STRANGERS];
    char byte;
    open_channel();
    fds[0] = dial(rig.rtmp_port);
    assert_int_equal(write(fds[0], "GET / HTTP/1.1\r\n\r\n", 18), 18);
    rig_wait(&rig, &rig.refusals, 1);
    assert_true(is_reason(rig.refused.reason, "this is not RTMP"));
    assert_int_equal(read(fds[0], &byte, 1), 0);
    close(fds[0]);
    for (int i = 0; i < STRANGERS; i++)
        fds[i] = dial(rig.rtmp_port);
    assert_true(read(fds[STRANGERS - 1], &byte, 1) <= 0);
    for (int i = 0; i < STRANGERS; i++)
        close(fds[i]);
    rig_join(push("a-key", "0", "0:v")); /* and all goes on */
    rig_wait(&rig, &rig.media.pictures, CLIP_PICTURES);
}

static void test_the_program_can_do_nothing_but_its_work(void **state)
{
    (void)state;
    struct str told = rig_probe(&rig.arena);
    assert_true(str_find(told, STR("\"open\": true")) >= 0);
    assert_true(str_find(told, STR("\"connect\": true")) >= 0);
    assert_true(str_find(told, STR("false")) < 0);
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
        TEST(test_what_an_encoder_sends_arrives_whole_and_in_time),
        TEST(test_sound_alone_and_pictures_alone_arrive),
        TEST(test_who_reads_anew_begins_with_a_key_frame),
        TEST(test_a_broadcast_may_come_within_tls),
        TEST(test_the_clock_goes_on_between_broadcasts),
        TEST(test_a_reader_who_is_too_slow_misses_groups_and_is_told),
        TEST(test_a_wrong_key_is_refused_and_nothing_of_it_arrives),
        TEST(test_a_revoked_key_ends_the_broadcast),
        TEST(test_a_key_that_runs_out_ends_the_broadcast),
        TEST(test_the_same_key_takes_over_from_one_that_went_silent),
        TEST(test_the_key_of_higher_priority_has_the_channel),
        TEST(test_other_codecs_are_refused_with_what_to_choose),
        TEST(test_strangers_are_few_and_told),
        TEST(test_the_program_can_do_nothing_but_its_work),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rig_remove();
    return failed;
}
