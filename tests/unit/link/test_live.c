// SPDX-License-Identifier: Apache-2.0
/* link/live: television from the playout to the edge, byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "link/live.h"
#include "link/message.h"

static const struct live_channel_info news = {
    .channel = 0x62f9f7d471fdc,
    .name = STR_INIT("news"),
    .target = 2 * LIVE_HZ,
    .part_target = 48600,
    .dvr_seconds = 4 * 3600,
    .languages = {[2] = {STR_INIT("ka"), STR_INIT("ქართული")}},
    .rendition_count = 2,
    .renditions = {{STR_INIT("source"), STR_INIT("avc1.64001f,mp4a.40.2"), 1280,
                    720, 25000, 4000000, 3000000},
                   {STR_INIT("audio"), STR_INIT("mp4a.40.2"), 0, 0, 0, 128000,
                    128000}},
};

static const struct live_segment_info segment = {
    .sequence = 4711,
    .tick = -90000,
    .duration = 180000,
    .start_us = 1764273600000000,
    .init = 3,
    .timeline = 2,
    .place = {490075, 123456, UINT64_C(5000000000)},
};

static struct str payload_of(const struct buf *out, enum message_kind kind)
{
    struct str rest = buf_str(out);
    struct message message;
    assert_int_equal(message_next(&rest, &message), ERR_OK);
    assert_int_equal(message.kind, kind);
    assert_int_equal(rest.len, 0);
    return message.payload;
}

static void assert_same(const struct live_segment_info *a,
                        const struct live_segment_info *b)
{
    assert_int_equal(a->sequence, b->sequence);
    assert_int_equal(a->tick, b->tick);
    assert_int_equal(a->duration, b->duration);
    assert_int_equal(a->start_us, b->start_us);
    assert_int_equal(a->init, b->init);
    assert_int_equal(a->timeline, b->timeline);
    assert_int_equal(a->place.hour, b->place.hour);
    assert_int_equal(a->place.len, b->place.len);
    assert_int_equal(a->place.offset, b->place.offset);
}

static void test_a_channel_arrives_as_it_was_told(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1 << 16);
    live_put_channel(&out, &news);
    struct live_channel_info got;
    struct str payload = payload_of(&out, MESSAGE_LIVE_CHANNEL);
    assert_int_equal(live_read_channel(payload, &got), ERR_OK);
    assert_int_equal(got.channel, news.channel);
    assert_true(str_eq(got.name, news.name));
    assert_int_equal(got.target, news.target);
    assert_int_equal(got.part_target, news.part_target);
    assert_int_equal(got.dvr_seconds, news.dvr_seconds);
    assert_int_equal(got.languages[0].tag.len, 0);
    assert_true(str_eq(got.languages[2].tag, STR("ka")));
    assert_true(str_eq(got.languages[2].name, STR("ქართული")));
    assert_int_equal(got.rendition_count, 2);
    assert_true(str_eq(got.renditions[0].codecs, news.renditions[0].codecs));
    assert_int_equal(got.renditions[0].frames_milli, 25000);
    assert_true(str_eq(got.renditions[1].name, STR("audio")));
}

static void test_names_of_languages_can_stand_in_a_playlist(void **state)
{
    static const struct {
        struct live_language language;
        bool is_valid;
    } all[] = {
        {{STR_INIT(""), STR_INIT("")}, true},
        {{STR_INIT("zh-Hant"), STR_INIT("繁體中文")}, true},
        {{STR_INIT("en"), STR_INIT("")}, false},
        {{STR_INIT(""), STR_INIT("English")}, false},
        {{STR_INIT("en"), STR_INIT("Eng\"lish")}, false},
        {{STR_INIT("en"), STR_INIT("Eng\nlish")}, false},
        {{STR_INIT("en"), STR_INIT("\xff")}, false},
        {{STR_INIT("e n"), STR_INIT("English")}, false},
        {{STR_INIT("en-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), STR_INIT("E")}, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        assert_int_equal(live_language_is_valid(&all[i].language),
                         all[i].is_valid);
}

static void test_a_cut_message_is_refused(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1 << 16);
    live_put_channel(&out, &news);
    struct str payload = payload_of(&out, MESSAGE_LIVE_CHANNEL);
    struct live_channel_info got;
    for (size_t len = 0; len < payload.len; len++)
        assert_int_equal(live_read_channel(str_slice(payload, 0, len), &got),
                         ERR_INVALID);
    buf_reset(&out);
    live_put_segment(&out, &(struct live_segment){7, 1, segment});
    payload = payload_of(&out, MESSAGE_LIVE_SEGMENT);
    struct live_segment got_segment;
    for (size_t len = 0; len < payload.len; len++)
        assert_int_equal(
            live_read_segment(str_slice(payload, 0, len), &got_segment),
            ERR_INVALID);
    assert_int_equal(live_read_segment(payload, &got_segment), ERR_OK);
    assert_same(&got_segment.segment, &segment);
}

static void test_parts_arrive_with_their_bytes(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1 << 16);
    struct live_part put = {.channel = 7,
                            .rendition = 1,
                            .part = 3,
                            .independent = true,
                            .duration = 45000,
                            .segment = segment,
                            .bytes = STR("moof mdat")};
    live_put_part(&out, &put);
    struct live_part got;
    assert_int_equal(live_read_part(payload_of(&out, MESSAGE_LIVE_PART), &got),
                     ERR_OK);
    assert_int_equal(got.channel, 7);
    assert_int_equal(got.rendition, 1);
    assert_int_equal(got.part, 3);
    assert_true(got.independent);
    assert_int_equal(got.duration, 45000);
    assert_same(&got.segment, &segment);
    assert_true(str_eq(got.bytes, put.bytes));
    assert_false(got.is_gap);
    put.is_gap = put.segment.is_gap = true;
    put.bytes = STR("");
    buf_reset(&out);
    live_put_part(&out, &put);
    assert_int_equal(live_read_part(payload_of(&out, MESSAGE_LIVE_PART), &got),
                     ERR_OK);
    assert_true(got.is_gap && got.segment.is_gap);
}

static void test_stored_segments_come_in_order_or_not_at_all(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1 << 16);
    struct live_segment_info next = segment;
    next.sequence++;
    size_t start = live_begin_stored(&out, 7, 0);
    live_put_stored(&out, &segment);
    live_put_stored(&out, &next);
    message_end(&out, start);
    struct live_stored stored;
    struct live_segment_info got;
    assert_int_equal(
        live_read_stored(payload_of(&out, MESSAGE_LIVE_STORED), &stored),
        ERR_OK);
    assert_true(live_next_stored(&stored, &got));
    assert_same(&got, &segment);
    assert_true(live_next_stored(&stored, &got));
    assert_same(&got, &next);
    assert_false(live_next_stored(&stored, &got));
    buf_reset(&out);
    start = live_begin_stored(&out, 7, 0);
    live_put_stored(&out, &next);
    live_put_stored(&out, &segment);
    message_end(&out, start);
    assert_int_equal(
        live_read_stored(payload_of(&out, MESSAGE_LIVE_STORED), &stored),
        ERR_INVALID);
}

static void test_the_rest_arrives_too(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1 << 16);
    live_put_thumbnail(&out, &(struct live_thumbnail){7, 12, 99, STR("jpeg")});
    struct live_thumbnail thumb;
    assert_int_equal(
        live_read_thumbnail(payload_of(&out, MESSAGE_LIVE_THUMBNAIL), &thumb),
        ERR_OK);
    assert_int_equal(thumb.sequence, 12);
    buf_reset(&out);
    live_put_poster(&out, &(struct live_thumbnail){7, 13, 99, STR("jpeg")});
    assert_int_equal(
        live_read_thumbnail(payload_of(&out, MESSAGE_LIVE_POSTER), &thumb),
        ERR_OK);
    assert_int_equal(thumb.sequence, 13);
    buf_reset(&out);
    live_put_pruned(&out, &(struct live_pruned){7, 2, 5});
    struct live_pruned pruned;
    assert_int_equal(
        live_read_pruned(payload_of(&out, MESSAGE_LIVE_PRUNED), &pruned),
        ERR_OK);
    assert_int_equal(pruned.sequence, 5);
    buf_reset(&out);
    live_put_viewers(&out, &(struct live_viewers){7, 200}, 1);
    struct str rest = payload_of(&out, MESSAGE_LIVE_VIEWERS);
    struct live_viewers viewers;
    assert_true(live_next_viewers(&rest, &viewers));
    assert_int_equal(viewers.viewers, 200);
    assert_false(live_next_viewers(&rest, &viewers));
}

static void test_what_a_captioner_says_arrives_and_its_answer(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    char digest[LIVE_DIGEST_DIGITS];
    struct live_say say;
    struct live_said said;
    memset(digest, 'a', sizeof digest);
    buf_init(&out, 1 << 16);
    live_put_say(
        &out, 7,
        &(struct live_say){9, str_of(digest, sizeof digest), STR("a\0b")});
    struct str payload = payload_of(&out, MESSAGE_LIVE_SAY);
    assert_int_equal(live_read_say(payload, &say), ERR_OK);
    assert_int_equal(say.channel, 9);
    assert_true(str_eq(say.digest, str_of(digest, sizeof digest)));
    assert_true(str_eq(say.text, STR("a\0b")));
    assert_int_equal(live_read_say(str_slice(payload, 0, 60), &say),
                     ERR_INVALID);
    buf_reset(&out);
    live_put_say(&out, 7, &(struct live_say){9, STR("short"), STR("x")});
    assert_int_equal(live_read_say(payload_of(&out, MESSAGE_LIVE_SAY), &say),
                     ERR_INVALID);
    buf_reset(&out);
    live_put_said(&out, 7, &(struct live_said){202, STR("taken")});
    assert_int_equal(live_read_said(payload_of(&out, MESSAGE_LIVE_SAID), &said),
                     ERR_OK);
    assert_int_equal(said.status, 202);
    assert_true(str_eq(said.words, STR("taken")));
    buf_reset(&out);
    live_put_said(&out, 7, &(struct live_said){99, STR("x")});
    assert_int_equal(live_read_said(payload_of(&out, MESSAGE_LIVE_SAID), &said),
                     ERR_INVALID);
}

static void test_names_are_what_addresses_can_carry(void **state)
{
    (void)state;
    assert_true(live_name_is_valid(STR("news-24")));
    assert_false(live_name_is_valid(STR("")));
    assert_false(live_name_is_valid(STR("News")));
    assert_false(live_name_is_valid(STR("a/b")));
    assert_false(live_name_is_valid(STR("..")));
    assert_false(live_name_is_valid(STR("a\"b")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_channel_arrives_as_it_was_told),
        cmocka_unit_test(test_names_of_languages_can_stand_in_a_playlist),
        cmocka_unit_test(test_a_cut_message_is_refused),
        cmocka_unit_test(test_parts_arrive_with_their_bytes),
        cmocka_unit_test(test_stored_segments_come_in_order_or_not_at_all),
        cmocka_unit_test(test_the_rest_arrives_too),
        cmocka_unit_test(test_what_a_captioner_says_arrives_and_its_answer),
        cmocka_unit_test(test_names_are_what_addresses_can_carry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
