// SPDX-License-Identifier: Apache-2.0
/* broadsheet-media, between an ingest and a playout that are played here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"
#include "tv_feed.h"

enum { SOURCE = 0, SMALL = 2, SOUND_ONLY = 3, HZ = PART_CLOCK_HZ };
enum { FIRST = 7 * HZ + 123 }; /* where feeds begin */

/* However slow the machine is: no slate. */
#define LADDER "[\"source\",\"720p\",\"audio\"],\"slate_after_ms\":60000"

#define PICTURES(size, rate) \
    "-f lavfi -i testsrc2=size=" size ":rate=" rate ":duration=7 "
#define TONE(rate) \
    "-f lavfi -i sine=frequency=440:sample_rate=" rate ":duration=7 "
#define H264 "-c:v libx264 -preset ultrafast -threads 1 -pix_fmt yuv420p "
#define AAC "-c:a aac -ac 2 -shortest "

static const struct shape {
    const char *name, *words;
    bool pictures, sound;
    unsigned rate;      /* of sound */
    double segment;     /* seconds, the longest */
    const char *codecs; /* begin so */
} shapes[] = {
    {"plain", PICTURES("320x180", "25") TONE("48000") H264 "-g 25 " AAC, true,
     true, 48000, 2.0, "avc1.42c0"},
    {"b-frames",
     PICTURES("320x180", "25")
         TONE("44100") "-c:v libx264 -preset veryfast -threads 1 -pix_fmt "
                       "yuv420p -bf 3 -g 50 "
                       "-sc_threshold 0 " AAC,
     true, true, 44100, 2.0, "avc1.6400"},
    {"59.94", PICTURES("320x180", "60000/1001") TONE("48000") H264 "-g 60 " AAC,
     true, true, 48000, 2.1, "avc1.42c0"},
    {"29.97", PICTURES("320x180", "30000/1001") TONE("32000") H264 "-g 45 " AAC,
     true, true, 32000, 1.6, "avc1.42c0"},
    {"vfr",
     PICTURES("320x180", "30") TONE(
         "48000") "-vf select='not(mod(n\\,3))+lt(mod(n\\,90)\\,45)' -vsync "
                  "vfr " H264 "-force_key_frames 'expr:gte(t,n_forced*2)' " AAC,
     true, true, 48000, 2.2, "avc1.42c0"},
    {"silent", PICTURES("320x180", "25") H264 "-g 50 ", true, false, 0, 2.0,
     "avc1.42c0"},
    {"radio", TONE("44100") "-c:a aac -ac 1 ", false, true, 44100, 2.0,
     "avc1.64"},
};

static int64_t last_tick(const struct feed *feed)
{
    int64_t last = 0;
    for (size_t i = 0; i < feed->count; i++)
        if (feed->packets[i].tick > last)
            last = feed->packets[i].tick;
    return last;
}

/* Every frame of the feed, from its first to the last that came, once. */
static void compare(const struct tv_samples *samples, const struct feed *feed,
                    bool sound, unsigned rate)
{
    size_t at = 0;
    int64_t next = -1;
    for (size_t i = 0; i < feed->count && at < samples->count; i++) {
        const struct packet *packet = &feed->packets[i];
        const struct tv_sample *sample = &samples->samples[at];
        if (packet->kind != PACKET_FRAME ||
            (packet->track == PACKET_AUDIO) != sound)
            continue;
        if (at == 0 && !str_eq(sample->bytes, packet->payload))
            continue; /* sound of before the pictures */
        if (!str_eq(sample->bytes, packet->payload))
            fail_msg("%s %zu of %zu, at %lld, is not the one sent at %lld",
                     sound ? "sound" : "picture", at, samples->count,
                     (long long)sample->time, (long long)packet->tick);
        int64_t scaled = sound ? packet->tick * rate / HZ : packet->tick;
        assert_in_range(sample->time - scaled + 100, sound ? 97 : 100,
                        sound ? 103 : 100);
        assert_int_equal(sample->shown_after, packet->shown_after);
        assert_int_equal(sample->is_key, sound || packet->is_key);
        if (next >= 0)
            assert_in_range(sample->time - next + 100, sound ? 99 : 100,
                            sound ? 101 : 100);
        next = sample->time + sample->duration;
        at++;
    }
    assert_int_equal(at, samples->count);
    assert_true(at > 0);
}

/* One picture as the other, without a hole; a key frame each two seconds, with
 * which segments begin. */
static void check_still(const struct tv_samples *samples)
{
    int64_t key = -1;
    assert_true(samples->count >= 10);
    for (size_t i = 0; i < samples->count; i++) {
        const struct tv_sample *sample = &samples->samples[i];
        if (i > 0)
            assert_int_equal(sample->time,
                             sample[-1].time + sample[-1].duration);
        if (sample->is_key && key >= 0)
            assert_int_equal(sample->time - key, 2 * HZ);
        if (sample->is_key)
            key = sample->time;
        assert_int_equal(sample->shown_after, 0);
        assert_in_range(sample->duration, 1, HZ / 4);
    }
    assert_true(samples->samples[0].is_key);
}

static void check_lengths(const struct tv *tv, unsigned rendition,
                          double segment_seconds)
{
    int64_t segment = 0, longest = 0;
    const struct part *before = NULL;
    for (size_t i = 0; i < tv->count; i++) {
        const struct part *part = &tv->parts[i].part;
        if (part->rendition != rendition)
            continue;
        assert_true(part->duration <= 48600 + 180);
        if (part->flags & PART_SEGMENT_START)
            segment = 0;
        else if (before)
            assert_true(before->duration * 100 >= 48600 * 85);
        segment += part->duration;
        if (segment > longest)
            longest = segment;
        before = part;
    }
    assert_true((double)longest <= segment_seconds * HZ + 180);
    assert_true((double)longest >= segment_seconds * HZ * 0.9);
}

static void check_all(const struct tv *tv, const struct feed *feed,
                      const struct shape *shape)
{
    struct tv_samples samples;
    if (shape->pictures) {
        tv_samples(tv, SOURCE, false, &samples);
        compare(&samples, feed, false, 0);
        free(samples.samples);
    }
    if (shape->sound) {
        tv_samples(tv, SOURCE, true, &samples);
        compare(&samples, feed, true, shape->rate);
        free(samples.samples);
        tv_samples(tv, SOUND_ONLY, true, &samples);
        compare(&samples, feed, true, shape->rate);
        free(samples.samples);
    }
    if (!shape->pictures) {
        tv_samples(tv, SOURCE, false, &samples);
        check_still(&samples);
        free(samples.samples);
    }
}

static void test_a_feed_is_passed_on_unchanged(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct feed feed;
        struct tv tv;
        print_message("# %s\n", shapes[i].name);
        feed_make(&feed, shapes[i].name, shapes[i].words, FIRST);
        tv_begin(&tv, LADDER);
        tv_send_some(&tv, &feed, 0, feed.count);
        tv_take_until(&tv, SOURCE, last_tick(&feed) - HZ * 6 / 10);
        check_all(&tv, &feed, &shapes[i]);
        check_lengths(&tv, SOURCE, shapes[i].segment);
        assert_non_null(strstr(tv.renditions[SOURCE], shapes[i].codecs));
        assert_string_equal(tv.trouble, "");
        tv_play(&tv, SOURCE);
        if (shapes[i].sound)
            tv_play(&tv, SOUND_ONLY);
        tv_end(&tv);
        feed_finish(&feed);
    }
}

/* Who begins anew gets the groups of pictures begun last, a second at least
 * (ten of sound alone): what is in none of them must have been made before. In
 * a broadcast that is so by itself; what is sent here is sent at once. */
static void keep_up(struct tv *tv, const struct shape *shape, int64_t sent)
{
    int64_t made = sent - HZ * 9 / 10;
    if (made <= FIRST || !shape->pictures)
        return;
    tv_take_until(tv, SOURCE, made);
    if (shape->sound)
        tv_take_until(tv, SOUND_ONLY, made);
}

static void test_a_program_that_is_killed_loses_and_repeats_nothing(
    void **state)
{
    (void)state;
    unsigned random = 1;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct feed feed;
        struct tv tv, whole;
        size_t sent = 0;
        print_message("# %s\n", shapes[i].name);
        feed_make(&feed, shapes[i].name, shapes[i].words, FIRST);
        tv_begin(&whole, LADDER);
        tv_send_some(&whole, &feed, 0, feed.count);
        tv_take_until(&whole, SOURCE, last_tick(&feed) - HZ * 6 / 10);
        tv_begin(&tv, LADDER);
        for (int kills = 0; kills < 20; kills++) {
            random = random * 1103515245u + 12345u;
            size_t from = sent;
            sent += feed.count / 21 + (random >> 16) % 7;
            if (sent > feed.count)
                sent = feed.count;
            tv_send_some(&tv, &feed, from, sent);
            tv_take(&tv, (int)(random >> 20) % 30);
            keep_up(&tv, &shapes[i], feed.packets[sent - 1].tick);
            tv_kill(&tv);
            tv_start(&tv);
        }
        tv_send_some(&tv, &feed, sent, feed.count);
        tv_take_until(&tv, SOURCE, last_tick(&feed) - HZ * 6 / 10);
        check_all(&tv, &feed, &shapes[i]);
        check_lengths(&tv, SOURCE, shapes[i].segment);
        for (size_t k = 0, m = 0; k < tv.count; k++) /* the same, everywhere */
            if (tv.parts[k].part.rendition == SOURCE) {
                while (m < whole.count &&
                       whole.parts[m].part.rendition != SOURCE)
                    m++;
                if (m == whole.count)
                    break;
                assert_int_equal(tv.parts[k].part.tick,
                                 whole.parts[m].part.tick);
                assert_int_equal(tv.parts[k].part.flags,
                                 whole.parts[m].part.flags);
                m++;
            }
        for (size_t k = 1; k < tv.init_count; k++) /* each process tells it */
            if (tv.inits[k].rendition == tv.inits[0].rendition)
                assert_true(str_eq(tv.inits[k].payload, tv.inits[0].payload));
        tv_end(&whole);
        tv_end(&tv);
        feed_finish(&feed);
    }
}

/* How many parts of a rendition say so. */
static size_t count_flag(const struct tv *tv, unsigned rendition, unsigned flag)
{
    size_t count = 0;
    for (size_t i = 0; i < tv->count; i++)
        count += tv->parts[i].part.rendition == rendition &&
                 (tv->parts[i].part.flags & flag);
    return count;
}

/* Beside a slate, whose clock goes on, a slow machine gets there before what
 * was sent is made: it is waited for as well. */
static size_t count_breaks(struct tv *tv, size_t expected)
{
    int64_t until_us = clock_now_us() + TV_PATIENCE_US;
    while (count_flag(tv, SOURCE, PART_DISCONTINUITY) < expected &&
           clock_now_us() < until_us)
        tv_take(tv, 100);
    return count_flag(tv, SOURCE, PART_DISCONTINUITY);
}

/* Ticks count on, wherever the feed began: what comes later. */
static void send_later(struct tv *tv, const struct feed *feed, size_t from,
                       size_t to, int64_t later)
{
    for (size_t i = from; i < to && i < feed->count; i++) {
        struct packet packet = feed->packets[i];
        packet.tick += later;
        tv_send(tv, &packet);
    }
}

static void test_another_feed_is_one_discontinuity(void **state)
{
    (void)state;
    static const struct {
        const char *name, *words;
        size_t breaks;
        int64_t hole; /* between the two */
    } others[] = {
        {"plain", "", 0, HZ / 25},
        {"plain", "", 1, HZ * 7 / 10}, /* the last picture cannot wait */
        {"size", PICTURES("640x360", "25") TONE("48000") H264 "-g 25 " AAC, 1,
         HZ / 5},
        {"rate", PICTURES("320x180", "50") TONE("48000") H264 "-g 50 " AAC, 1,
         HZ / 5},
        {"sample-rate",
         PICTURES("320x180", "25") TONE("44100") H264 "-g 25 " AAC, 1, HZ / 5},
        {"silent", PICTURES("320x180", "25") H264 "-g 50 ", 1, HZ / 5},
        {"radio", TONE("44100") "-c:a aac -ac 1 ", 1, HZ / 5},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct feed first, second;
        struct tv tv;
        struct tv_samples samples;
        print_message("# %s\n", others[i].name);
        feed_make(&first, "plain", "", HZ);
        tv_begin(&tv, LADDER);
        tv_send_some(&tv, &first, 0, first.count / 2);
        int64_t later =
            first.packets[first.count / 2].tick - HZ + others[i].hole;
        feed_make(&second, others[i].name, others[i].words, HZ);
        tv_send(&tv, &(struct packet){.kind = PACKET_END});
        send_later(&tv, &second, 0, second.count, later);
        tv_take_until(&tv, SOURCE, last_tick(&second) + later - HZ * 6 / 10);
        assert_int_equal(count_flag(&tv, SOURCE, PART_DISCONTINUITY),
                         others[i].breaks);
        for (size_t k = 0; k < tv.count; k++)
            assert_true(tv.parts[k].part.duration <= 48600 + 180);
        tv_samples(&tv, SOURCE, false, &samples);
        free(samples.samples);
        tv_play(&tv, SOURCE);
        tv_end(&tv);
        feed_finish(&first);
        feed_finish(&second);
    }
}

/* The camera is switched off, and on again. */
static void test_pictures_that_go_and_come_are_one_discontinuity_each(
    void **state)
{
    (void)state;
    struct feed pictures, sound;
    struct tv tv;
    struct tv_samples samples;
    int64_t later = 0;
    feed_make(&pictures, "plain", shapes[0].words, HZ);
    feed_make(&sound, "tone", TONE("48000") "-c:a aac -ac 2 ", HZ);
    tv_begin(&tv, LADDER);
    for (int i = 0; i < 3; i++) {
        const struct feed *feed = i % 2 ? &sound : &pictures;
        send_later(&tv, feed, 0, feed->count, later);
        later += last_tick(feed) - HZ + HZ / 25;
        tv_send(&tv, &(struct packet){.kind = PACKET_END});
    }
    tv_take_until(&tv, SOURCE, later + HZ * 4 / 10);
    assert_int_equal(count_flag(&tv, SOURCE, PART_DISCONTINUITY), 2);
    assert_int_equal(count_flag(&tv, SOURCE, PART_GAP), 0);
    tv_samples(&tv, SOURCE, false, &samples);
    free(samples.samples);
    tv_samples(&tv, SOUND_ONLY, true, &samples);
    free(samples.samples);
    check_lengths(&tv, SOURCE, 2.0);
    tv_play(&tv, SOURCE);
    tv_end(&tv);
    feed_finish(&pictures);
    feed_finish(&sound);
}

/* Up to the tick, of each track or of the sound alone. */
static size_t send_until(struct tv *tv, const struct feed *feed, size_t from,
                         int64_t tick, bool has_camera)
{
    size_t i = from;
    for (; i < feed->count && feed->packets[i].tick < tick; i++)
        if (has_camera || feed->packets[i].track == PACKET_AUDIO)
            tv_send(tv, &feed->packets[i]);
    return i;
}

/* It is connected all the time. */
static void test_a_camera_that_fails_takes_no_sound_along(void **state)
{
    (void)state;
    struct feed feed;
    struct tv tv;
    struct tv_samples samples;
    const int64_t off = 2 * HZ, on = 6 * HZ, ahead = on + HZ / 5;
    feed_make(&feed, "plain", shapes[0].words, HZ);
    tv_begin(&tv, "[\"source\",\"audio\"],\"slate_after_ms\":2000");
    size_t at = send_until(&tv, &feed, 0, off, true);
    /* Sound as fast as it is played; a slow machine sees the last of it late.
     */
    int64_t began_us = clock_now_us(), first = feed.packets[at].tick;
    while (count_flag(&tv, SOURCE, PART_DISCONTINUITY) == 0) {
        const struct packet *packet = &feed.packets[at];
        int64_t passed_us = clock_now_us() - began_us;
        assert_true(passed_us < TV_PATIENCE_US);
        if (packet->tick >= on - HZ / 2 ||
            packet->tick - first > passed_us * 9 / 100) {
            tv_take(&tv, 5);
            continue;
        }
        if (packet->track == PACKET_AUDIO)
            tv_send(&tv, packet);
        at++;
    }
    assert_non_null(strstr(tv.trouble, "camera"));
    at = send_until(&tv, &feed, at, on, false);
    send_until(&tv, &feed, at, ahead, false); /* sound is a little in front */
    for (; at < feed.count; at++)
        if (feed.packets[at].track != PACKET_AUDIO ||
            feed.packets[at].tick >= ahead)
            tv_send(&tv, &feed.packets[at]);
    tv_take_until(&tv, SOURCE, last_tick(&feed) - HZ * 6 / 10);
    assert_int_equal(count_flag(&tv, SOURCE, PART_DISCONTINUITY), 2);
    assert_int_equal(count_flag(&tv, SOURCE, PART_GAP), 0);
    assert_string_equal(tv.trouble, "");
    tv_samples(&tv, SOURCE, true, &samples);
    compare(&samples, &feed, true, 48000);
    free(samples.samples);
    tv_samples(&tv, SOUND_ONLY, true, &samples);
    compare(&samples, &feed, true, 48000);
    free(samples.samples);
    tv_samples(&tv, SOURCE, false, &samples);
    size_t shown = 0;
    for (size_t i = 0; i < samples.count; i++) {
        if (i > 0) /* something is shown all the time */
            assert_int_equal(samples.samples[i].time,
                             samples.samples[i - 1].time +
                                 samples.samples[i - 1].duration);
        shown += samples.samples[i].time >= off && samples.samples[i].time < on;
    }
    assert_in_range(shown, 40, 42); /* ten a second */
    free(samples.samples);
    tv_play(&tv, SOURCE);
    tv_end(&tv);
    feed_finish(&feed);
}

/* Ten pictures are lost on the way, and key frames are four seconds apart. */
static void test_a_lost_picture_breaks_nothing_off(void **state)
{
    (void)state;
    struct feed feed;
    struct tv tv;
    struct tv_samples samples;
    size_t stood = 0, keys = 0;
    bool is_lost = false, was_killed = false;
    const struct packet *key = NULL;
    feed_make(&feed, "rare",
              PICTURES("320x180", "25") TONE("48000") H264 "-g 100 " AAC, HZ);
    tv_begin(&tv, LADDER);
    for (size_t i = 0; i < feed.count; i++) {
        const struct packet *packet = &feed.packets[i];
        int64_t tick = packet->tick - HZ;
        bool is_picture =
            packet->kind == PACKET_FRAME && packet->track == PACKET_VIDEO;
        if (is_picture && !key)
            key = packet;
        if (!is_picture || tick < HZ * 6 / 5 || tick >= HZ * 8 / 5)
            tv_send(&tv, packet);
        else if (!is_lost)
            tv_send(&tv,
                    &(struct packet){.kind = PACKET_GAP, .tick = packet->tick});
        is_lost |= is_picture && tick >= HZ * 6 / 5;
        if (is_picture && tick >= 3 * HZ && !was_killed) { /* meanwhile */
            was_killed = true;
            tv_take_until(&tv, SOURCE, HZ * 7 / 2);
            tv_kill(&tv);
            tv_start(&tv);
        }
    }
    tv_take_until(&tv, SOURCE, last_tick(&feed) - HZ * 6 / 10);
    assert_int_equal(count_flag(&tv, SOURCE, PART_DISCONTINUITY | PART_GAP), 0);
    for (size_t i = 0; i < tv.count; i++)
        assert_true(tv.parts[i].part.duration <= 48600 + 180);
    tv_samples(&tv, SOURCE, false, &samples);
    for (size_t i = 0; i < samples.count; i++) {
        keys += samples.samples[i].is_key;
        stood += i > 0 && str_eq(samples.samples[i].bytes, key->payload);
    }
    assert_in_range(stood, 4, 6); /* one each part, up to the fourth second */
    assert_in_range(keys, stood + 2, stood + 2);
    free(samples.samples);
    tv_samples(&tv, SOURCE, true, &samples);
    compare(&samples, &feed, true, 48000);
    free(samples.samples);
    tv_play(&tv, SOURCE);
    tv_end(&tv);
    feed_finish(&feed);
}

/* The part that would have begun the segment is not there; the next begins it.
 */
static void test_missing_sound_takes_no_segment_with_it(void **state)
{
    (void)state;
    struct feed feed;
    struct tv tv;
    feed_make(&feed, "plain", "", HZ);
    tv_begin(&tv, LADDER);
    for (size_t i = 0; i < feed.count; i++) {
        const struct packet *packet = &feed.packets[i];
        int64_t tick = packet->tick - HZ;
        if (packet->kind != PACKET_FRAME || packet->track != PACKET_AUDIO ||
            tick < HZ * 3 / 2 || tick > HZ * 11 / 5)
            tv_send(&tv, packet);
    }
    tv_take_until(&tv, SOURCE, last_tick(&feed) - HZ * 6 / 10);
    tv_take_until(&tv, SOUND_ONLY, last_tick(&feed) - HZ * 8 / 10);
    size_t segments = count_flag(&tv, SOURCE, PART_SEGMENT_START);
    assert_in_range(segments, 3, 4);
    assert_int_equal(count_flag(&tv, SOUND_ONLY, PART_SEGMENT_START), segments);
    tv_end(&tv);
    feed_finish(&feed);
}

static void test_a_slate_is_shown_while_nothing_comes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        if (shapes[i].pictures && shapes[i].sound && i > 1)
            continue; /* of a kind */
        struct feed feed;
        struct tv tv;
        struct tv_samples samples;
        print_message("# %s\n", shapes[i].name);
        feed_make(&feed, shapes[i].name, shapes[i].words, HZ);
        tv_begin(&tv, "[\"source\",\"audio\"]");
        tv_send_some(&tv, &feed, 0, feed.count / 2);
        tv_send(&tv, &(struct packet){.kind = PACKET_END});
        int64_t gone = feed.packets[feed.count / 2].tick;
        tv_take_until(&tv, SOURCE, gone + 2 * HZ); /* the clock goes on */
        size_t before = count_flag(&tv, SOURCE, PART_DISCONTINUITY);
        assert_in_range(before, 1, 2); /* 2: a slow machine began with one */
        tv_kill(&tv); /* and by another program, in the middle of it */
        tv_start(&tv);
        int64_t later = tv.end[SOURCE] + 3 * HZ / 2;
        tv_take_until(&tv, SOURCE, later - HZ);
        tv_send(&tv, &feed.packets[0]);
        send_later(&tv, &feed, 1, feed.count, later);
        tv_take_until(&tv, SOURCE, last_tick(&feed) + later - HZ * 6 / 10);
        size_t breaks = count_breaks(&tv, before + 2) - before;
        assert_true(breaks == 2 || breaks == 4);  /* 4: it was slow once more */
        tv_samples(&tv, SOURCE, false, &samples); /* without a hole */
        free(samples.samples);
        check_lengths(&tv, SOURCE, 2.2);
        tv_play(&tv, SOURCE);
        tv_end(&tv);
        feed_finish(&feed);
    }
}

/* It was early when it stopped, and is late when it comes back, so that the
 * slate is in front of it. */
static void test_a_slate_waits_for_a_feed_that_is_behind_it(void **state)
{
    (void)state;
    struct feed feed;
    struct tv tv;
    feed_make(&feed, "plain", shapes[0].words, HZ);
    tv_begin(&tv, "[\"source\",\"audio\"]");
    tv_send_some(&tv, &feed, 0, feed.count / 4);
    int64_t gone = feed.packets[feed.count / 4].tick;
    tv_take_until(&tv, SOURCE, gone + 4 * HZ);
    size_t before = count_flag(&tv, SOURCE, PART_DISCONTINUITY);
    int64_t first = tv.end[SOURCE] - 2 * HZ, began_us = clock_now_us();
    int64_t later = first - feed.packets[0].tick;
    int64_t span = last_tick(&feed) + HZ / 25 - feed.packets[0].tick;
    for (size_t i = 0; count_flag(&tv, SOURCE, PART_DISCONTINUITY) == before;
         i++) {
        if (i == feed.count) { /* once more, behind it */
            later += span;
            i = 0;
            assert_true(later < first + 60 * HZ);
        }
        int64_t due_us =
            began_us + (feed.packets[i].tick + later - first) * 100 / 9;
        while (clock_now_us() < due_us)
            tv_take(&tv, 5);
        send_later(&tv, &feed, i, i + 1, later);
    }
    tv_end(&tv);
    feed_finish(&feed);
}

static void test_the_studio_sees_and_hears(void **state)
{
    (void)state;
    struct feed feed;
    struct tv tv;
    feed_make(&feed, "plain", shapes[0].words, FIRST);
    tv_begin(&tv, LADDER);
    tv_send_some(&tv, &feed, 0, feed.count);
    int64_t until_us = clock_now_us() + TV_PATIENCE_US;
    while ((tv.thumbnails == 0 || !strstr(tv.status, "lufs\":-")) &&
           clock_now_us() < until_us)
        tv_take(&tv, 100);
    assert_true(tv.thumbnails > 0);
    assert_non_null(strstr(tv.status, "lufs\":-"));
    assert_non_null(strstr(tv.status, "\"shed\":[]")); /* but left out */
    struct str jpeg = buf_str(&tv.thumbnail);
    assert_true(str_starts_with(jpeg, STR("\xFF\xD8")));
    assert_true(str_ends_with(jpeg, STR("\xFF\xD9")));
    assert_true(str_find(jpeg, STR("\xFF\xC0\0\x11\x08\0\x5A\0\xA0")) > 0);
    assert_int_equal(tv.posters, tv.thumbnails);
    jpeg = buf_str(&tv.poster); /* as large as the feed, 320 by 180 */
    assert_true(str_find(jpeg, STR("\xFF\xC0\0\x11\x08\0\xB4\x01\x40")) > 0);
    /* a sine of an eighth of full scale, -18 dBFS, on both channels */
    double lufs = strtod(strstr(tv.status, ":-") + 1, NULL);
    assert_true(lufs < -17 && lufs > -23);
    tv_end(&tv);
    feed_finish(&feed);
}

/* Larger than 360p, whose encoder has all the time there is. */
#define SMALL_LADDER \
    "[\"source\",\"360p\",\"audio\"],\"slate_after_ms\":60000," \
    "\"shed_after_ms\":60000"
#define LARGE \
    PICTURES("656x368", "12.5") \
    TONE("48000") \
    "-c:v libx264 -preset ultrafast -threads 1 -pix_fmt yuv420p -bf 2 " \
    "-g 25 -sc_threshold 0 " AAC

/* The next part of a rendition, from *at on; NULL: there is none. */
static const struct part *next_part(const struct tv *tv, unsigned rendition,
                                    size_t *at)
{
    while (*at < tv->count)
        if (tv->parts[(*at)++].part.rendition == rendition)
            return &tv->parts[*at - 1].part;
    return NULL;
}

static void check_same_cuts(const struct tv *tv)
{
    size_t source_at = 0, small_at = 0;
    const struct part *source, *small;
    int64_t end = -1;
    size_t count = 0;
    while ((source = next_part(tv, SOURCE, &source_at)) &&
           (small = next_part(tv, SMALL, &small_at))) {
        while (end < 0 && source && source->tick < small->tick)
            source = next_part(tv, SOURCE, &source_at);
        assert_non_null(source);
        assert_int_equal(small->tick, source->tick);
        assert_int_equal(small->duration, source->duration);
        assert_int_equal(small->flags & PART_SEGMENT_START,
                         source->flags & PART_SEGMENT_START);
        assert_true(!(small->flags & PART_SEGMENT_START) ||
                    small->flags & PART_INDEPENDENT);
        assert_false(small->flags & (PART_GAP | PART_DISCONTINUITY));
        assert_true(end < 0 || small->tick == end);
        end = small->tick + small->duration;
        count++;
    }
    assert_true(count >= 9);
}

static void test_what_is_encoded_is_cut_where_the_source_is(void **state)
{
    (void)state;
    struct feed feed;
    struct tv tv;
    feed_make(&feed, "large", LARGE, FIRST);
    tv_begin(&tv, SMALL_LADDER);
    tv_send_some(&tv, &feed, 0, feed.count);
    tv_take_until(&tv, SOURCE, last_tick(&feed) - HZ * 6 / 10);
    tv_take_until(&tv, SMALL, tv.end[SOURCE] - HZ);
    check_same_cuts(&tv);
    assert_non_null(strstr(tv.renditions[SMALL], "\"codecs\":\"avc1.64"));
    assert_non_null(
        strstr(tv.renditions[SMALL], "\"width\":642,\"height\":360,"));
    tv_play(&tv, SMALL);
    tv_end(&tv);
    feed_finish(&feed);
}

static void test_what_is_encoded_goes_on_after_a_kill(void **state)
{
    enum { KILLS = 8 };
    (void)state;
    struct feed feed;
    struct tv tv;
    size_t sent;
    feed_make(&feed, "large", LARGE, FIRST);
    sent = feed.count * 2 / 5;
    tv_begin(&tv, SMALL_LADDER);
    tv_send_some(&tv, &feed, 0, sent);
    tv_take_until(&tv, SMALL, 8 * HZ);
    for (int kills = 0; kills < KILLS; kills++) {
        size_t count = feed.count * 3 / 5 / (KILLS + 1);
        tv_send_some(&tv, &feed, sent, sent + count);
        sent += count;
        if (kills % 2) /* sometimes far behind, sometimes not */
            tv_take_until(&tv, SMALL, tv.end[SOURCE] - HZ);
        else
            tv_take(&tv, 20);
        tv_kill(&tv);
        tv_start(&tv);
    }
    tv_send_some(&tv, &feed, sent, feed.count);
    tv_take_until(&tv, SOURCE, last_tick(&feed) - HZ * 6 / 10);
    tv_take_until(&tv, SMALL, tv.end[SOURCE] - HZ);
    check_same_cuts(&tv);
    for (size_t i = 1; i < tv.init_count; i++)
        for (size_t k = 0; k < i; k++)
            if (tv.inits[i].rendition == tv.inits[k].rendition)
                assert_true(str_eq(tv.inits[i].payload, tv.inits[k].payload));
    tv_play(&tv, SMALL);
    tv_end(&tv);
    feed_finish(&feed);
}

static void test_pictures_that_are_damaged_do_not_stop_the_source(void **state)
{
    (void)state;
    struct feed feed;
    struct tv tv;
    struct tv_samples samples;
    unsigned random = 7;
    feed_make(&feed, "large", LARGE, FIRST);
    for (size_t i = 0; i < feed.count; i++) {
        struct str bytes = feed.packets[i].payload;
        random = random * 1103515245u + 12345u;
        if (feed.packets[i].kind != PACKET_FRAME ||
            feed.packets[i].track != PACKET_VIDEO || bytes.len < 40 ||
            random >> 16 & 1)
            continue;
        for (size_t k = 12; k < bytes.len; k += 1 + (random >> 20) % 31)
            feed.bytes.ptr[bytes.ptr - feed.bytes.ptr + (ptrdiff_t)k] ^= 0x55;
    }
    tv_begin(&tv, SMALL_LADDER);
    tv_send_some(&tv, &feed, 0, feed.count);
    tv_take_until(&tv, SOURCE, last_tick(&feed) - HZ * 6 / 10);
    tv_samples(&tv, SOURCE, false, &samples);
    compare(&samples, &feed, false, 0);
    free(samples.samples);
    tv_end(&tv);
    feed_finish(&feed);
}

static void test_the_sandbox_holds(void **state)
{
    (void)state;
    char line[1024] = "";
    tv_probe(line, sizeof line);
    assert_non_null(strstr(line, "\"open\": true"));
    assert_non_null(strstr(line, "\"connect\": true"));
    assert_null(strstr(line, "false"));
}

/* With an argument only the tests of that name ("*slate*"). */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_feed_is_passed_on_unchanged),
        cmocka_unit_test(
            test_a_program_that_is_killed_loses_and_repeats_nothing),
        cmocka_unit_test(test_another_feed_is_one_discontinuity),
        cmocka_unit_test(
            test_pictures_that_go_and_come_are_one_discontinuity_each),
        cmocka_unit_test(test_a_lost_picture_breaks_nothing_off),
        cmocka_unit_test(test_missing_sound_takes_no_segment_with_it),
        cmocka_unit_test(test_a_camera_that_fails_takes_no_sound_along),
        cmocka_unit_test(test_a_slate_is_shown_while_nothing_comes),
        cmocka_unit_test(test_a_slate_waits_for_a_feed_that_is_behind_it),
        cmocka_unit_test(test_the_studio_sees_and_hears),
        cmocka_unit_test(test_what_is_encoded_is_cut_where_the_source_is),
        cmocka_unit_test(test_what_is_encoded_goes_on_after_a_kill),
        cmocka_unit_test(test_pictures_that_are_damaged_do_not_stop_the_source),
        cmocka_unit_test(test_the_sandbox_holds),
    };
    cmocka_set_test_filter(argc > 1 ? argv[1] : NULL);
    return cmocka_run_group_tests_name("media program", tests, NULL, NULL);
}
