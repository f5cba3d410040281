// SPDX-License-Identifier: Apache-2.0
/* What goes out: nothing to private addresses however they are spelled, and
 * within its limits. Against a server of this process on the loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "net/fetch.h"
#include "net/own_address.h"
#include "net/public_address.h"

/* ---- Addresses
 * ---------------------------------------------------------------------- */

static struct address_peer peer_of(const char *text)
{
    struct address_peer peer = {0};
    struct in_addr ip4;
    if (inet_pton(AF_INET, text, &ip4) == 1) {
        peer.ip[10] = peer.ip[11] = 0xff;
        memcpy(peer.ip + 12, &ip4, 4);
    } else {
        assert_int_equal(inet_pton(AF_INET6, text, peer.ip), 1);
    }
    return peer;
}

/* clang-format off */
static const char *const special[] = {
    "0.0.0.0", "0.255.255.255", "10.0.0.1", "10.255.255.255", "100.64.0.1",
    "100.127.255.255", "127.0.0.1", "127.255.255.255", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1",
    "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7",
    "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1",
    "::ffff:10.1.2.3", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
    "100::1", "2001::1", "2001:2::1", "2001:10::1", "2001:db8::1",
    "2002:7f00:1::", "3fff::1", "5f00::1", "fc00::1", "fdff::1", "fe80::1",
    "febf::1", "fec0::1", "ff02::1", "1::1", "4000::1", "8000::1",
};

static const char *const public[] = {
    "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255",
    "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255",
    "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0",
    "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1",
    "2a00:1450::1", "2001:4860::8888", "64:ff9b::808:808", "::ffff:1.1.1.1",
    "2003::1", "3ffe::1",
};
/* clang-format on */

static void test_special_addresses_are_told_from_public_ones(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        struct address_peer peer = peer_of(special[i]);
        if (!public_address_objection(&peer))
            fail_msg("%s is taken for public", special[i]);
    }
    for (size_t i = 0; i < sizeof public / sizeof *public; i++) {
        struct address_peer peer = peer_of(public[i]);
        const char *objection = public_address_objection(&peer);
        if (objection)
            fail_msg("%s is taken for %s", public[i], objection);
    }
}

/* ---- A server
 * ----------------------------------------------------------------------- */

struct server {
    int fd;  /* 127.0.0.1 */
    int fd6; /* ::1 with the same port, or -1 */
    unsigned port;
    unsigned other_port; /* where /elsewhere leads */
    atomic_bool ends;
    atomic_uint connections;
    pthread_t thread;
    struct buf heard; /* of the last request */
};

static void say(int fd, const char *text)
{
    (void)!send(fd, text, strlen(text), MSG_NOSIGNAL);
}

static void say_endless(int fd)
{
    char bytes[4096];
    memset(bytes, 'x', sizeof bytes);
    say(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    while (send(fd, bytes, sizeof bytes, MSG_NOSIGNAL) > 0)
        ;
}

static void say_redirect(int fd, const char *location)
{
    char head[256];
    snprintf(head, sizeof head,
             "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n"
             "Set-Cookie: a=b\r\nConnection: close\r\n\r\n",
             location);
    say(fd, head);
}

static void say_elsewhere(const struct server *server, int fd)
{
    char location[64];
    snprintf(location, sizeof location, "http://127.0.0.1:%u/",
             server->other_port);
    say_redirect(fd, location);
}

static void answer(struct server *server, int fd)
{
    struct str heard = buf_str(&server->heard);
    char byte;
    if (str_find(heard, STR(" /endless ")) >= 0)
        say_endless(fd);
    else if (str_find(heard, STR(" /silent ")) >= 0)
        while (read(fd, &byte, 1) > 0)
            ;
    else if (str_find(heard, STR(" /loop ")) >= 0)
        say_redirect(fd, "/loop");
    else if (str_find(heard, STR(" /once ")) >= 0)
        say_redirect(fd, "/");
    else if (str_find(heard, STR(" /elsewhere ")) >= 0)
        say_elsewhere(server, fd);
    else if (str_find(heard, STR(" /file ")) >= 0)
        say_redirect(fd, "file:///etc/hostname");
    else
        say(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                "Content-Length: 5\r\nConnection: close\r\n\r\nhello");
}

static void *serve(void *argument)
{
    struct server *server = argument;
    for (;;) {
        int fd = accept(server->fd, NULL, NULL);
        if (server->ends) {
            close(fd);
            return NULL;
        }
        server->connections++;
        buf_reset(&server->heard);
        char bytes[4096];
        ssize_t got;
        while (str_find(buf_str(&server->heard), STR("\r\n\r\n")) < 0 &&
               (got = read(fd, bytes, sizeof bytes)) > 0)
            buf_add_bytes(&server->heard, bytes, (size_t)got);
        answer(server, fd);
        close(fd);
    }
}

static int listen_on(const char *host, unsigned port)
{
    char text[64];
    struct address address;
    snprintf(text, sizeof text, "%s:%u", host, port);
    assert_int_equal(address_parse(str_from_c(text), &address, NULL), ERR_OK);
    int fd = socket(address.socket.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 ||
        bind(fd, (struct sockaddr *)&address.socket, address.socket_bytes) ||
        listen(fd, 100)) {
        close(fd);
        return -1;
    }
    return fd;
}

static unsigned port_of(int fd)
{
    struct address address;
    struct address_peer peer;
    assert_int_equal(address_of_socket(fd, &address), ERR_OK);
    address_peer_from(&address.socket, &peer);
    return peer.port;
}

static int set_up(void **state)
{
    struct server *server = calloc(1, sizeof *server);
    server->fd = listen_on("127.0.0.1", 0);
    assert_true(server->fd >= 0);
    server->port = port_of(server->fd);
    server->fd6 = listen_on("[::1]", server->port);
    buf_init(&server->heard, 1 << 20);
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
    *state = server;
    return 0;
}

static int tear_down(void **state)
{
    struct server *server = *state;
    struct address address;
    assert_int_equal(address_of_socket(server->fd, &address), ERR_OK);
    server->ends = true;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(
        connect(fd, (struct sockaddr *)&address.socket, address.socket_bytes),
        0);
    pthread_join(server->thread, NULL);
    close(fd);
    close(server->fd);
    if (server->fd6 >= 0)
        close(server->fd6);
    buf_finish(&server->heard);
    free(server);
    return 0;
}

/* ---- Asking
 * ------------------------------------------------------------------------- */

static struct arena arena;
static struct fault fault;

static enum err ask(const char *allowed, const struct fetch_request *request,
                    struct fetch_answer *ret_answer)
{
    struct fetch_rules rules;
    fault = (struct fault){0};
    assert_int_equal(fetch_rules_parse(str_from_c(allowed), &rules, &fault),
                     ERR_OK);
    return fetch(&rules, request, &arena, ret_answer, &fault);
}

static const char *url_of(const char *host, unsigned port, const char *path)
{
    struct str url = arena_printf(&arena, "http://%s:%u%s", host, port, path);
    return arena_c_string(&arena, url);
}

static enum err get(const char *allowed, const char *url,
                    struct fetch_answer *ret_answer)
{
    const struct fetch_request request = {.method = HTTP_GET,
                                          .url = str_from_c(url)};
    return ask(allowed, &request, ret_answer);
}

static bool is_untouched(const struct server *server)
{
    if (server->fd6 >= 0) {
        fcntl(server->fd6, F_SETFL, O_NONBLOCK);
        int fd = accept(server->fd6, NULL, NULL);
        if (fd >= 0)
            return false;
        assert_int_equal(errno, EAGAIN);
    }
    return server->connections == 0;
}

/* clang-format off */
static const char *const spellings[] = {
    "127.0.0.1", "127.1", "127.0.1", "127.00.00.01", "127.0.0.1.",
    "2130706433", "0x7f000001", "0x7F.0.0.1", "0x7f.1", "017700000001",
    "0177.0.0.1", "0177.1", "0x7f.0x0.0x0.0x1", "127.0x1", "0x7f.0.1",
    "127.255.255.254", "127.42.42.42", "127.0.0.2", "0", "0.0.0.0", "0x0",
    "00.0.0.0", "localhost", "LOCALHOST", "localhost.", "loc%61lhost",
    "a.localhost", "ip6-localhost", "[::1]", "[0:0:0:0:0:0:0:1]", "[::0001]",
    "[0000:0000:0000:0000:0000:0000:0000:0001]", "[::]", "[0::0]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::FFFF:7F00:0001]",
    "[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]", "[::7f00:1]",
    "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[fe80::1]", "[fe80::1%25lo]",
    "[::1%25lo]", "[fec0::1]", "[fd00::1]", "[ff02::1]", "[2001:db8::1]",
    "10.0.0.1", "10.1", "0xa.0.0.1", "167772161", "012.0.0.1", "172.16.0.1",
    "172.31.255.255", "192.168.0.1", "192.168.1", "3232235777", "0xc0a80101",
    "169.254.169.254", "2852039166", "0xa9fea9fe", "169.254.43518",
    "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "100.64.0.1",
    "100.127.255.255", "198.18.0.1", "192.0.0.1", "224.0.0.1", "239.1.1.1",
    "240.0.0.1", "255.255.255.255", "4294967295", "127%2e0%2e0%2e1",
    "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1", /* full-width digits */
    "127\xe3\x80\x82" "0\xe3\x80\x82" "0\xe3\x80\x82" "1", /* ideographic dots */
    "\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.\xe2\x93\xaa.\xe2\x93\xaa.\xe2\x91\xa0",
};
/* clang-format on */

static void test_no_spelling_of_a_private_address_is_connected_to(void **state)
{
    struct server *server = *state;
    size_t count = sizeof spellings / sizeof *spellings;
    assert_true(count >= 60);
    for (size_t i = 0; i < count; i++) {
        struct fetch_answer answer;
        const struct fetch_request request = {
            .method = HTTP_GET,
            .url = str_from_c(url_of(spellings[i], server->port, "/")),
            .timeout_us = 3000000,
        };
        enum err err = ask("", &request, &answer);
        if (err != ERR_DENIED && err != ERR_INVALID && err != ERR_NOT_FOUND)
            fail_msg("%s: %s: %s", spellings[i], err_name(err), fault.message);
    }
    assert_true(is_untouched(server));
    /* The control: the server is there, and is heard of when it is allowed. */
    struct fetch_answer answer;
    assert_int_equal(
        get("127.0.0.1", url_of("127.1", server->port, "/"), &answer), ERR_OK);
    assert_false(is_untouched(server));
}

/* No connection is made: it is refused before. */
static void test_ports_of_other_services_are_not_connected_to(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "http://1.1.1.1:25/", "https://1.1.1.1:587/", "http://1.1.1.1:22/",
        "http://[2606:4700:4700::1111]:6/"};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct fetch_answer answer;
        assert_int_equal(get("", urls[i], &answer), ERR_DENIED);
        assert_non_null(strstr(fault.message, "another service"));
    }
}

static void test_a_refusal_names_the_address_and_the_rule(void **state)
{
    struct server *server = *state;
    struct fetch_answer answer;
    assert_int_equal(get("", url_of("localhost", server->port, "/"), &answer),
                     ERR_DENIED);
    assert_non_null(strstr(fault.message, "loopback, RFC "));
    assert_non_null(strstr(fault.message, "fetch_allow"));
    assert_true(is_untouched(server));
}

static void test_what_is_allowed_is_fetched(void **state)
{
    struct server *server = *state;
    struct fetch_answer answer;
    struct str rule =
        arena_printf(&arena, "10.9.8.7  127.0.0.1:%u", server->port);
    assert_int_equal(
        get(rule.ptr, url_of("127.0.0.1", server->port, "/once"), &answer),
        ERR_OK);
    assert_int_equal(answer.status, 200);
    assert_true(str_eq(answer.body, STR("hello")));
    assert_true(str_eq(answer.content_type, STR("text/plain")));
    struct str heard = buf_str(&server->heard);
    assert_true(str_find(heard, STR("GET / HTTP/1.1")) >= 0);
    assert_true(str_find(heard, STR("ookie")) < 0);
    /* Another port of the same host is not. */
    rule = arena_printf(&arena, "127.0.0.1:%u", server->port ^ 1);
    assert_int_equal(
        get(rule.ptr, url_of("127.0.0.1", server->port, "/"), &answer),
        ERR_DENIED);
}

static void test_a_redirect_to_a_private_address_is_not_followed(void **state)
{
    struct server *server = *state;
    void *other_state;
    set_up(&other_state);
    struct server *other = other_state;
    server->other_port = other->port;
    struct fetch_answer answer;
    struct str rule = arena_printf(&arena, "127.0.0.1:%u", server->port);
    assert_int_equal(
        get(rule.ptr, url_of("127.0.0.1", server->port, "/elsewhere"), &answer),
        ERR_DENIED);
    assert_int_equal(server->connections, 1);
    assert_true(is_untouched(other));
    assert_int_equal(
        get(rule.ptr, url_of("127.0.0.1", server->port, "/file"), &answer),
        ERR_INVALID);
    tear_down(&other_state);
}

static void test_sizes_times_and_redirects_have_limits(void **state)
{
    struct server *server = *state;
    struct fetch_answer answer;
    assert_int_equal(get("127.0.0.1",
                         url_of("127.0.0.1", server->port, "/endless"),
                         &answer),
                     ERR_TOO_LONG);
    assert_int_equal(
        get("127.0.0.1", url_of("127.0.0.1", server->port, "/loop"), &answer),
        ERR_TOO_LONG);
    struct fetch_request slow = {
        .method = HTTP_GET,
        .url = str_from_c(url_of("127.0.0.1", server->port, "/silent")),
        .timeout_us = 200 * 1000,
    };
    assert_int_equal(ask("127.0.0.1", &slow, &answer), ERR_TIMEOUT);
}

static void test_a_post_carries_its_body_and_fields(void **state)
{
    struct server *server = *state;
    struct fetch_answer answer;
    const struct fetch_request request = {
        .method = HTTP_POST,
        .url = str_from_c(url_of("127.0.0.1", server->port, "/hook")),
        .fields = {STR("Content-Type: text/x-test"), STR("X-More: yes")},
        .body = STR("body\r\n\r\n"),
    };
    assert_int_equal(ask("127.0.0.1", &request, &answer), ERR_OK);
    struct str heard = buf_str(&server->heard);
    assert_true(str_starts_with(heard, STR("POST /hook HTTP/1.1\r\n")));
    assert_true(str_find(heard, STR("Content-Type: text/x-test\r\n")) >= 0);
    assert_true(str_find(heard, STR("X-More: yes\r\n")) >= 0);
    assert_true(str_find(heard, STR("Content-Length: 8\r\n")) >= 0);
    assert_true(str_find(heard, STR("Expect:")) < 0);
}

static void test_the_environment_names_no_proxy(void **state)
{
    struct server *server = *state;
    struct fetch_answer answer;
    setenv("http_proxy", url_of("127.0.0.1", server->port, "/"), 1);
    setenv("ALL_PROXY", url_of("127.0.0.1", server->port, "/"), 1);
    assert_int_equal(get("", "http://10.0.0.1/", &answer), ERR_DENIED);
    assert_int_equal(get("127.0.0.1", "http://10.0.0.1/", &answer), ERR_DENIED);
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
    assert_true(is_untouched(server));
}

static bool is_own(const char *text)
{
    struct sockaddr_storage address = {.ss_family = AF_INET};
    struct sockaddr_in *ip4 = (struct sockaddr_in *)&address;
    struct sockaddr_in6 *ip6 = (struct sockaddr_in6 *)&address;
    if (inet_pton(AF_INET, text, &ip4->sin_addr) != 1) {
        address.ss_family = AF_INET6;
        assert_int_equal(inet_pton(AF_INET6, text, &ip6->sin6_addr), 1);
    }
    return address_is_own(&address);
}

static void test_addresses_of_this_machine_are_known(void **state)
{
    (void)state;
    assert_true(is_own("127.0.0.1"));
    assert_false(is_own("192.0.2.1"));
    assert_false(is_own("2001:db8::1"));
}

static void test_hosts_are_the_same_in_any_spelling(void **state)
{
    (void)state;
    static const struct {
        const char *url, *other;
        bool same;
    } cases[] = {
        {"https://news.example", "http://NEWS.example:8080/x?y", true},
        {"https://news.example", "https://news.example./", true},
        {"https://news.example", "https://news.example.evil.test/", false},
        {"https://news.example", "https://evil.test/news.example", false},
        {"https://news.example", "https://news.example@evil.test/", false},
        {"https://news.example", "nonsense", false},
        {"", "", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(fetch_same_host(str_from_c(cases[i].url),
                                         str_from_c(cases[i].other)),
                         cases[i].same);
}

static void test_a_host_has_one_spelling(void **state)
{
    (void)state;
    static const struct {
        const char *url, *host;
    } cases[] = {
        {"https://example.org/in?for=me", "example.org"},
        {"https://Example.ORG", "example.org"},
        {"https://example.org.:443/", "example.org"},
        {"https://example.org:80/", "example.org:80"},
        {"http://example.org:80/", "example.org"},
        {"http://example.org:8080?x", "example.org:8080"},
        {"http://ex%61mple.org/", "example.org"},
        {"http://127.0.0.1:8080/", "127.0.0.1:8080"},
        {"http://127.1:8080/", "127.0.0.1:8080"},
        {"http://2130706433:8080/", "127.0.0.1:8080"},
        {"http://0x7f.0.0.1:8080/", "127.0.0.1:8080"},
        {"http://017700000001:8080/", "127.0.0.1:8080"},
        {"http://[0:0:0:0:0:0:0:1]/", "[::1]"},
        {"http://[2001:DB8::0:1]:80/", "[2001:db8::1]"},
        {"https://XN--mnchen-3ya.example/", "xn--mnchen-3ya.example"},
        {"http://example.org:8080@evil.test/", "evil.test"},
        {"http://example.org:08080/", "example.org:8080"},
        {"http://example.org:443/", "example.org:443"},
        {"http://e.test?@x", "e.test"},
        {"nonsense", ""},
        {"", ""},
    };
    DEFER(arena_finish) struct arena room;
    arena_init(&room, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str host = fetch_host(str_from_c(cases[i].url), &room);
        if (!str_eq(host, str_from_c(cases[i].host)))
            fail_msg("%s is of %.*s, not of %s", cases[i].url, ARG_STR(host),
                     cases[i].host);
    }
}

static void test_addresses_that_are_none_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "nonsense://x/",
        "file:///etc/passwd",
        "gopher://x/",
        "ftp://x/",
        "dict://127.0.0.1/",
        "http://",
        "http://user:pw@host/",
        "https://user@host/",
        "http://exa mple/",
        "http://host:99999/",
        "javascript:alert(1)",
        "//host/",
        "http://[::1/",
        "/relative",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fault = (struct fault){0};
        if (fetch_check_url(str_from_c(wrong[i]), &fault) != ERR_INVALID)
            fail_msg("'%s' is taken", wrong[i]);
        assert_true(fault.message[0] != '\0');
    }
    assert_int_equal(fetch_check_url(STR("https://example.org/a?b=c"), NULL),
                     ERR_OK);
    static const char *const rules[] = {"nowhere", "127.0.0.1:x", ":80",
                                        "unix:/a", "1.2.3",       "[::1"};
    struct fetch_rules parsed;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (fetch_rules_parse(str_from_c(rules[i]), &parsed, &fault) !=
            ERR_INVALID)
            fail_msg("the rule '%s' is taken", rules[i]);
    assert_int_equal(fetch_rules_parse(STR("[::1] 10.0.0.1:80"), &parsed, NULL),
                     ERR_OK);
    assert_int_equal(parsed.allowed_count, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_special_addresses_are_told_from_public_ones),
        TEST(test_no_spelling_of_a_private_address_is_connected_to),
        cmocka_unit_test(test_ports_of_other_services_are_not_connected_to),
        TEST(test_a_refusal_names_the_address_and_the_rule),
        TEST(test_what_is_allowed_is_fetched),
        TEST(test_a_redirect_to_a_private_address_is_not_followed),
        TEST(test_sizes_times_and_redirects_have_limits),
        TEST(test_a_post_carries_its_body_and_fields),
        TEST(test_the_environment_names_no_proxy),
        cmocka_unit_test(test_addresses_of_this_machine_are_known),
        cmocka_unit_test(test_hosts_are_the_same_in_any_spelling),
        cmocka_unit_test(test_a_host_has_one_spelling),
        cmocka_unit_test(test_addresses_that_are_none_are_refused),
    };
    arena_init(&arena, 0);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_finish(&arena);
    return failed;
}
