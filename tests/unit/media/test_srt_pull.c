// SPDX-License-Identifier: Apache-2.0
#include "media/srt_pull.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct srt_pull pull;
static struct fault fault;

static void an_address_may_stand_alone(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "srt://192.0.2.7:9710", "srt://192.0.2.7:9710/",
        "srt://192.0.2.7:9710?mode=caller", "srt://192.0.2.7:9710?"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(srt_pull_parse(str_from_c(texts[i]), &pull, &fault),
                         ERR_OK);
        assert_string_equal(pull.address, "192.0.2.7:9710");
        assert_string_equal(pull.stream_id, "");
        assert_string_equal(pull.passphrase, "");
        assert_int_equal(pull.latency_ms, 0);
    }
}

static void a_host_is_told_by_its_name_or_its_number(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host;
        bool is_name;
    } cases[] = {
        {"srt://192.0.2.7:9710", "192.0.2.7", false},
        {"srt://[2001:db8::7]:9710/", "2001:db8::7", false},
        {"srt://relay.example.org:9710?latency=200", "relay.example.org", true},
        {"srt://xn--e1aybc.example.:9710", "xn--e1aybc.example.", true},
        {"srt://studio_2:9710", "studio_2", true},
        {"srt://4.north.example:9710", "4.north.example", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(
            srt_pull_parse(str_from_c(cases[i].text), &pull, &fault), ERR_OK);
        assert_string_equal(pull.host, cases[i].host);
        assert_int_equal(pull.is_name, cases[i].is_name);
        assert_int_equal(pull.port, 9710);
    }
}

static void all_that_is_said_behind_it_is_read(void **state)
{
    (void)state;
    assert_int_equal(
        srt_pull_parse(STR("srt://[2001:db8::7]:9710?latency=200&passphrase="
                           "a%20b%26c%3Dd%25ef&streamid=%23!::r=van,m=request"),
                       &pull, &fault),
        ERR_OK);
    assert_string_equal(pull.address, "[2001:db8::7]:9710");
    assert_string_equal(pull.passphrase, "a b&c=d%ef");
    assert_string_equal(pull.stream_id, "#!::r=van,m=request");
    assert_int_equal(pull.latency_ms, 200);
}

static void limits_are_kept_to_the_byte(void **state)
{
    (void)state;
    enum { MOST = 79 };
    char text[SRT_PULL_BYTES_MAX + 1] = "srt://a:1?passphrase=";
    size_t head = strlen(text);
    memset(text + head, 'x', MOST + 1);
    assert_int_equal(srt_pull_parse(str_of(text, head + MOST), &pull, &fault),
                     ERR_OK);
    assert_int_equal(
        srt_pull_parse(str_of(text, head + MOST + 1), &pull, &fault),
        ERR_INVALID);
    memset(text, 'x', sizeof text);
    memcpy(text, "srt://a:1?streamid=", 19);
    assert_int_equal(
        srt_pull_parse(str_of(text, SRT_PULL_BYTES_MAX), &pull, &fault),
        ERR_OK);
    assert_int_equal(srt_pull_parse(str_of(text, sizeof text), &pull, &fault),
                     ERR_INVALID);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *text, *told;
    } cases[] = {
        {"", "srt://relay.example.org:9710"},
        {"srt://relay.example.org", "which address and port"},
        {"srt://:9710", "which address and port"},
        {"srt://a:0", "which address and port"},
        {"srt://a:65536", "which address and port"},
        {"srt://2001:db8::7:9710", "'2001:db8::7' is neither"},
        {"srt://[relay]:9710", "is neither"},
        {"srt://[192.0.2.7]:9710", "is neither"},
        {"srt://192.0.2.256:9710", "'192.0.2.256' is neither"},
        {"srt://relay..org:9710", "is neither"},
        {"srt://-relay.org:9710", "is neither"},
        {"srt://relay.org-:9710", "is neither"},
        {"srt://rel ay.org:9710", "is neither"},
        {"srt://user@relay.org:9710", "is neither"},
        {"srt://", "which address"},
        {"srt://?streamid=x", "which address"},
        {"srt://a:1?passphrase=123456789", "10 to 79"},
        {"srt://a:1?passphrase=1234567890%0a", "10 to 79"},
        {"srt://a:1?streamid=%4", "stream id"},
        {"srt://a:1?streamid=%4g", "stream id"},
        {"srt://a:1?streamid=%", "stream id"},
        {"srt://a:1?latency=0", "milliseconds"},
        {"srt://a:1?latency=8001", "milliseconds"},
        {"srt://a:1?latency", "milliseconds"},
        {"srt://a:1?mode=listener", "'mode' is not known"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fault = (struct fault){0};
        assert_int_equal(
            srt_pull_parse(str_from_c(cases[i].text), &pull, &fault),
            ERR_INVALID);
        if (!strstr(fault.message, cases[i].told))
            fail_msg("%s: %s", cases[i].text, fault.message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_may_stand_alone),
        cmocka_unit_test(a_host_is_told_by_its_name_or_its_number),
        cmocka_unit_test(all_that_is_said_behind_it_is_read),
        cmocka_unit_test(limits_are_kept_to_the_byte),
        cmocka_unit_test(what_is_wrong_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
