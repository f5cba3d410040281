// SPDX-License-Identifier: Apache-2.0
/* What playout and ingest say to each other: read is what was written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "media/ingest_wire.h"
#include "media/srt_pull.h"

static struct arena arena;
static struct buf out;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    buf_init(&out, INGEST_MESSAGE_BYTES_MAX);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buf_finish(&out);
    arena_finish(&arena);
    return 0;
}

static struct id id_of(const char *text)
{
    struct id id;
    assert_int_equal(id_parse(str_from_c(text), &id), ERR_OK);
    return id;
}

static struct ingest_message again(const struct ingest_message *message)
{
    struct ingest_message read;
    struct fault fault = {0};
    buf_reset(&out);
    ingest_message_write(&out, message);
    assert_int_equal(buf_err(&out), ERR_OK);
    if (ingest_message_read(buf_str(&out), &arena, &read, &fault))
        fail_msg("%s", fault.message);
    assert_int_equal(read.kind, message->kind);
    assert_string_equal(read.channel.text, message->channel.text);
    return read;
}

static void test_a_lookup_and_its_answer_are_read_as_written(void **state)
{
    (void)state;
    struct ingest_message message = {
        .kind = INGEST_LOOKUP,
        .channel = id_of("62f9f7d471fdc"),
        .host = STR("relay.example.org"),
    };
    assert_true(str_eq(again(&message).host, message.host));
    message.kind = INGEST_FOUND;
    message.addresses[0] = STR("192.0.2.7");
    message.addresses[1] = STR("2001:db8::7");
    message.address_count = 2;
    struct ingest_message read = again(&message);
    assert_int_equal(read.address_count, 2);
    assert_true(str_eq(read.addresses[1], message.addresses[1]));
    message.address_count = 0;
    message.reason = STR("no address is known");
    read = again(&message);
    assert_int_equal(read.address_count, 0);
    assert_true(str_eq(read.reason, message.reason));
}

static void test_channels_and_keys_are_read_as_written(void **state)
{
    (void)state;
    struct ingest_key keys[] = {
        {.id = id_of("62f9f8a06e1b2"),
         .priority = -3,
         .from_us = 5,
         .until_us = INT64_MAX,
         .passphrase = STR("a long passphrase")},
        {.id = id_of("62f9f8a06e1b3"),
         .from_us = INT64_MIN,
         .until_us = 1700000000000000},
    };
    digest_hex(STR("first"), keys[0].sha256);
    digest_hex(STR("second"), keys[1].sha256);
    const struct ingest_channel channel = {
        id_of("62f9f7d471fdc"),      STR("news"), INT64_C(151000000000000),
        STR("srt://192.0.2.7:9710"), keys,        2};
    struct ingest_message read = again(&(struct ingest_message){
        .kind = INGEST_CHANNELS, .channels = &channel, .channel_count = 1});
    assert_int_equal(read.channel_count, 1);
    assert_true(str_eq(read.channels->name, STR("news")));
    assert_int_equal(read.channels->tick, channel.tick);
    assert_true(str_eq(read.channels->pull, channel.pull));
    assert_int_equal(read.channels->key_count, 2);
    const struct ingest_key *got = read.channels->keys;
    assert_string_equal(got[0].sha256, keys[0].sha256);
    assert_int_equal(got[0].priority, -3);
    assert_int_equal(got[0].from_us, 5);
    assert_true(got[0].until_us == INT64_MAX);
    assert_true(str_eq(got[0].passphrase, STR("a long passphrase")));
    assert_true(got[1].from_us == INT64_MIN);
    assert_int_equal(got[1].until_us, 1700000000000000);
    assert_int_equal(got[1].passphrase.len, 0);
}

static void test_as_many_as_there_may_be_fit_into_one_message(void **state)
{
    (void)state;
    struct ingest_key keys[INGEST_KEYS_MAX];
    struct ingest_channel channels[INGEST_CHANNELS_MAX];
    char passphrase[INGEST_PASSPHRASE_BYTES_MAX];
    char pull[SRT_PULL_BYTES_MAX];
    memset(passphrase, 'p', sizeof passphrase);
    memset(pull, 'p', sizeof pull);
    for (int i = 0; i < INGEST_KEYS_MAX; i++) {
        keys[i] = (struct ingest_key){
            .id = id_of("62f9f8a06e1b2"),
            .priority = INT32_MIN,
            .from_us = 1700000000000000,
            .until_us = 1700000000000000,
            .passphrase =
                i < 4 ? str_of(passphrase, sizeof passphrase) : STR(""),
        };
        digest_hex(STR("key"), keys[i].sha256);
    }
    for (int i = 0; i < INGEST_CHANNELS_MAX; i++)
        channels[i] = (struct ingest_channel){id_of("62f9f7d471fdc"),
                                              str_of(passphrase, 64),
                                              INT64_C(151000000000000),
                                              str_of(pull, sizeof pull),
                                              keys,
                                              INGEST_KEYS_MAX};
    struct ingest_message read =
        again(&(struct ingest_message){.kind = INGEST_CHANNELS,
                                       .channels = channels,
                                       .channel_count = INGEST_CHANNELS_MAX});
    assert_int_equal(read.channel_count, INGEST_CHANNELS_MAX);
}

static void test_feeds_refusals_and_status_are_read_as_written(void **state)
{
    (void)state;
    struct id channel = id_of("62f9f7d471fdc");
    struct ingest_message read =
        again(&(struct ingest_message){.kind = INGEST_FEED,
                                       .channel = channel,
                                       .key = id_of("62f9f8a06e1b2"),
                                       .state = INGEST_TAKEN_OVER,
                                       .protocol = INGEST_SRT,
                                       .address = STR("2001:db8::7"),
                                       .encoder = STR("obs \"32\""),
                                       .reason = STR("another one took over")});
    assert_string_equal(read.key.text, "62f9f8a06e1b2");
    assert_int_equal(read.state, INGEST_TAKEN_OVER);
    assert_int_equal(read.protocol, INGEST_SRT);
    assert_true(str_eq(read.encoder, STR("obs \"32\"")));
    read = again(&(struct ingest_message){.kind = INGEST_REFUSED,
                                          .encoder = STR("\xff no UTF-8"),
                                          .reason = STR("no such key")});
    assert_int_equal(read.encoder.len, 0);
    assert_true(str_eq(read.reason, STR("no such key")));
    read = again(&(struct ingest_message){
        .kind = INGEST_STATUS,
        .channel = channel,
        .bits_a_second = 6000000,
        .video = {STR("avc1.64001f"), 1280, 720, 59.94, 2000},
        .jumps = 1,
        .gaps = 2,
        .dropped = 3,
        .lost = 4,
        .late_ms = -4});
    assert_int_equal(read.video.width, 1280);
    assert_true(read.video.frames > 59.9 && read.video.frames < 60);
    assert_int_equal(read.audio.codec.len, 0);
    assert_int_equal(read.jumps + read.gaps * 10 + read.dropped * 100 +
                         read.lost * 1000,
                     4321);
    assert_int_equal(read.late_ms, -4);
}

static void test_what_is_wrong_is_told(void **state)
{
    (void)state;
    const struct {
        const char *json, *field;
    } cases[] = {
        {"", "json"},
        {"[]", "type"},
        {"{\"type\":\"nothing\"}", "type"},
        {"{\"type\":\"channels\"}", "channels"},
        {"{\"type\":\"media\",\"channel\":\"news\"}", "channel"},
        {"{\"type\":\"channels\",\"channels\":[{\"id\":\"62f9f7d471fdc\"}]}",
         "name"},
        {"{\"type\":\"channels\",\"channels\":[{\"id\":\"62f9f7d471fdc\","
         "\"name\":\"n\",\"keys\":[{\"id\":\"62f9f7d471fdc\",\"sha256\":"
         "\"XYZ\"}]}]}",
         "sha256"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ingest_message read;
        struct fault fault = {0};
        assert_int_equal(ingest_message_read(str_from_c(cases[i].json), &arena,
                                             &read, &fault),
                         ERR_INVALID);
        assert_string_equal(fault.field, cases[i].field);
    }
}

static void test_a_key_matches_its_own_digest_only(void **state)
{
    (void)state;
    struct ingest_key key = {.priority = 0};
    char digest[DIGEST_HEX_BYTES];
    digest_hex(STR("secret"), key.sha256);
    digest_hex(STR("secret"), digest);
    assert_true(ingest_key_matches(&key, digest));
    for (size_t i = 0; i < DIGEST_HEX_BYTES - 1; i++) {
        digest[i] ^= 1;
        assert_false(ingest_key_matches(&key, digest));
        digest[i] ^= 1;
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_lookup_and_its_answer_are_read_as_written),
        TEST(test_channels_and_keys_are_read_as_written),
        TEST(test_as_many_as_there_may_be_fit_into_one_message),
        TEST(test_feeds_refusals_and_status_are_read_as_written),
        TEST(test_what_is_wrong_is_told),
        TEST(test_a_key_matches_its_own_digest_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
