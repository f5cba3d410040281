// SPDX-License-Identifier: Apache-2.0
/* Whose word is taken for where a request comes from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/proxies.h"

static struct address_peer peer_of(const char *text)
{
    struct proxies one = {.count = 0};
    struct fault fault;
    struct address_peer peer = {.port = 5};
    assert_int_equal(proxies_add(&one, str_from_c(text), &fault), ERR_OK);
    memcpy(peer.ip, one.nets[0].ip, sizeof peer.ip);
    return peer;
}

static const char *reader_of(const struct proxies *proxies, const char *from,
                             const char *first, const char *second)
{
    static char text[ADDRESS_TEXT_BYTES];
    struct http_fields fields = {.count = 0};
    struct address_peer peer = peer_of(from);
    const char *values[] = {first, second};
    for (int i = 0; i < 2 && values[i]; i++)
        fields.all[fields.count++] =
            (struct http_field){STR("X-Forwarded-For"), str_from_c(values[i])};
    fields.all[fields.count++] =
        (struct http_field){STR("Accept"), STR("1.2.3.4")};
    if (first)
        fields.known[HTTP_FIELD_X_FORWARDED_FOR] = str_from_c(first);
    struct address_peer reader = proxies_reader(proxies, &peer, &fields);
    address_peer_format(&reader, text);
    return text;
}

static void test_only_a_proxy_is_believed(void **state)
{
    (void)state;
    struct proxies none = {.count = 0};
    assert_string_equal(reader_of(&none, "127.0.0.1", "203.0.113.7", NULL),
                        "203.0.113.7");
    assert_string_equal(reader_of(&none, "::1", "203.0.113.7", NULL),
                        "203.0.113.7");
    assert_string_equal(reader_of(&none, "198.51.100.1", "203.0.113.7", NULL),
                        "198.51.100.1");
    assert_string_equal(reader_of(&none, "127.0.0.1", NULL, NULL), "127.0.0.1");
}

static void test_what_stands_before_the_last_stranger_is_hearsay(void **state)
{
    (void)state;
    struct proxies none = {.count = 0};
    assert_string_equal(
        reader_of(&none, "127.0.0.1", "1.1.1.1, 203.0.113.7", NULL),
        "203.0.113.7");
    assert_string_equal(
        reader_of(&none, "127.0.0.1", "1.1.1.1, 203.0.113.7,127.0.0.1", NULL),
        "203.0.113.7");
    /* A second field is the list's end. */
    assert_string_equal(reader_of(&none, "127.0.0.1", "1.1.1.1", "203.0.113.7"),
                        "203.0.113.7");
    assert_string_equal(reader_of(&none, "127.0.0.1", "203.0.113.7", ", ,"),
                        "203.0.113.7");
    /* Nothing but proxies: the first of them asked. */
    assert_string_equal(reader_of(&none, "127.0.0.1", "127.0.0.9", NULL),
                        "127.0.0.9");
    /* What is no address ends the way back. */
    assert_string_equal(
        reader_of(&none, "127.0.0.1", "203.0.113.7, unknown, ::1", NULL),
        "::1");
}

static void test_proxies_that_were_named_are_believed(void **state)
{
    (void)state;
    struct proxies proxies = {.count = 0};
    struct fault fault;
    assert_int_equal(proxies_add(&proxies, STR("10.0.0.0/9"), &fault), ERR_OK);
    assert_int_equal(proxies_add(&proxies, STR("2001:db8::/33"), &fault),
                     ERR_OK);
    assert_int_equal(proxies_add(&proxies, STR("192.0.2.7"), &fault), ERR_OK);
    assert_string_equal(
        reader_of(&proxies, "10.127.255.255", "203.0.113.7, 192.0.2.7", NULL),
        "203.0.113.7");
    assert_string_equal(reader_of(&proxies, "10.128.0.0", "203.0.113.7", NULL),
                        "10.128.0.0");
    assert_string_equal(reader_of(&proxies, "192.0.2.8", "203.0.113.7", NULL),
                        "192.0.2.8");
    assert_string_equal(
        reader_of(&proxies, "2001:db8:7fff::1", "2001:db9::1", NULL),
        "2001:db9::1");
    assert_string_equal(
        reader_of(&proxies, "2001:db8:8000::1", "2001:db9::1", NULL),
        "2001:db8:8000::1");
}

static void test_addresses_as_proxies_write_them(void **state)
{
    (void)state;
    struct proxies none = {.count = 0};
    /* clang-format off */
    static const struct { const char *text, *reader; } cases[] = {
        {"203.0.113.7:4711", "203.0.113.7"},
        {"[2001:db8::1]:4711", "2001:db8::1"},
        {"[2001:db8::1]", "2001:db8::1"},
        {"2001:db8::1", "2001:db8::1"},
        {"::ffff:203.0.113.7", "203.0.113.7"},
        {"203.0.113.256", "127.0.0.1"},
        {"203.0.113", "127.0.0.1"},
        {"203.0.113.7.8", "127.0.0.1"},
        {"0203.0.113.7", "127.0.0.1"},
        {"[", "127.0.0.1"},
        {":", "127.0.0.1"},
        {"unknown", "127.0.0.1"},
        {"_hidden", "127.0.0.1"},
        {"", "127.0.0.1"},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(reader_of(&none, "127.0.0.1", cases[i].text, NULL),
                            cases[i].reader);
}

static void test_what_is_no_network_is_refused_with_an_example(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",         "10.0.0.0/33",    "10.0.0.0/-1", "10.0.0.0/",
        "10.0.0/8", "2001:db8::/129", "example.org", "10.0.0.0/8/8",
        "/8"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct proxies proxies = {.count = 0};
        struct fault fault = {0};
        assert_int_equal(proxies_add(&proxies, str_from_c(wrong[i]), &fault),
                         ERR_INVALID);
        assert_non_null(strstr(fault_text(&fault), "10.0.0.0/8"));
        assert_int_equal(proxies.count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_a_proxy_is_believed),
        cmocka_unit_test(test_what_stands_before_the_last_stranger_is_hearsay),
        cmocka_unit_test(test_proxies_that_were_named_are_believed),
        cmocka_unit_test(test_addresses_as_proxies_write_them),
        cmocka_unit_test(test_what_is_no_network_is_refused_with_an_example),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
