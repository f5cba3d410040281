// SPDX-License-Identifier: Apache-2.0
/* Addresses, and sockets that listen on them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "net/http_client.h"
#include "net/listener.h"

static struct address address_of(const char *text)
{
    struct address address;
    struct fault fault;
    if (address_parse(str_from_c(text), &address, &fault))
        fail_msg("%s", fault.message);
    return address;
}

static void test_addresses_and_back(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"127.0.0.1:8080", "127.0.0.1:8080"},
        {"[::1]:80", "[::1]:80"},
        {":0", ":0"},
        {"unix:/a/b.sock", "unix:/a/b.sock"},
        {"localhost:1", "127.0.0.1:1"},
        {"[2001:DB8::1]:65535", "[2001:db8::1]:65535"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char back[ADDRESS_TEXT_BYTES];
        struct address address = address_of(texts[i][0]);
        address_format(&address, back);
        assert_string_equal(back, texts[i][1]);
    }
}

static void test_addresses_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "8080",
        "127.0.0.1",
        "127.0.0.1:",
        "a:80",
        "::1:80",
        "[::1]",
        "[::1:80",
        "[]:80",
        "1.2.3:80",
        "127.0.0.1:+80",
        "127.0.0.1:65536",
        "unix:",
        "[1.2.3.4]:80",
        "unix:/"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aa",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct address address;
        struct fault fault = {0};
        if (address_parse(str_from_c(texts[i]), &address, &fault) == ERR_OK)
            fail_msg("accepted: %s", texts[i]);
        assert_true(fault.message[0]);
    }
}

static void test_peers(void **state)
{
    (void)state;
    static const char *const texts[][2] = {{"203.0.113.7:9", "203.0.113.7"},
                                           {"[2001:db8::1]:9", "2001:db8::1"},
                                           {"[::ffff:1.2.3.4]:9", "1.2.3.4"},
                                           {"unix:/a", "local"}};
    for (size_t i = 0; i < 4; i++) {
        char text[ADDRESS_TEXT_BYTES];
        struct address address = address_of(texts[i][0]);
        struct address_peer peer;
        address_peer_from(&address.socket, &peer);
        address_peer_format(&peer, text);
        assert_string_equal(text, texts[i][1]);
    }
}

/* ---- Accepting ---------------------------------------------------------- */

struct accepted {
    struct listener listener;
    int fd;
    struct address_peer peer;
    int count;
};

static void on_accept(void *context, int fd, const struct address_peer *peer)
{
    struct accepted *accepted = context;
    if (accepted->count++)
        close(accepted->fd);
    accepted->fd = fd;
    accepted->peer = *peer;
}

static void test_every_thread_has_a_socket_of_its_own(void **state)
{
    (void)state;
    int fds[3], nodelay = 0;
    socklen_t bytes = sizeof nodelay;
    struct fault fault = {0};
    struct loop *loop;
    struct accepted accepted[3] = {0};
    struct address any = address_of("127.0.0.1:0"), bound, again;
    assert_int_equal(loop_create(&loop), ERR_OK);
    assert_int_equal(listener_open(&any, 3, fds, &fault), ERR_OK);
    assert_int_equal(address_of_socket(fds[0], &bound), ERR_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(address_of_socket(fds[i], &again), ERR_OK);
        assert_memory_equal(&again, &bound, sizeof bound);
        assert_true(fcntl(fds[i], F_GETFD) & FD_CLOEXEC);
        assert_int_equal(listener_adopt(fds[i], &fault), ERR_OK);
        assert_int_equal(listener_start(&accepted[i].listener, loop, fds[i],
                                        on_accept, &accepted[i]),
                         ERR_OK);
    }
    int client, total = 0, got = -1;
    assert_int_equal(http_client_connect(&bound, 5000000, &client, &fault),
                     ERR_OK);
    while (total == 0) {
        loop_run_once(loop, -1);
        for (int i = 0; i < 3; i++) {
            total += accepted[i].count;
            got = accepted[i].count ? i : got;
        }
    }
    assert_int_equal(total, 1);
    assert_true(address_peer_is_ip4(&accepted[got].peer));
    assert_int_equal(getsockopt(accepted[got].fd, IPPROTO_TCP, TCP_NODELAY,
                                &nodelay, &bytes),
                     0);
    assert_true(nodelay);
    assert_true(fcntl(accepted[got].fd, F_GETFL) & O_NONBLOCK);
    close(client);
    close(accepted[got].fd);
    for (int i = 0; i < 3; i++) {
        listener_stop(&accepted[i].listener);
        listener_stop(&accepted[i].listener); /* harmless */
        close(fds[i]);
    }
    loop_destroy(loop);
}

static void test_a_port_in_use_is_said_so(void **state)
{
    (void)state;
    int fds[2], second[2];
    struct fault fault = {0};
    struct address any = address_of("127.0.0.1:0"), bound;
    assert_int_equal(listener_open(&any, 2, fds, &fault), ERR_OK);
    assert_int_equal(address_of_socket(fds[0], &bound), ERR_OK);
    assert_int_equal(listener_open(&bound, 2, second, &fault), ERR_BUSY);
    assert_non_null(strstr(fault.message, "in use by another program"));
    assert_non_null(strstr(fault.message, "--listen"));
    close(fds[0]);
    close(fds[1]);
    /* An address that no machine has (TEST-NET-3). */
    struct address foreign = address_of("203.0.113.1:8080");
    assert_int_equal(listener_open(&foreign, 1, fds, &fault), ERR_IO);
    assert_non_null(strstr(fault.message, "no such address"));
}

static void test_any_host_takes_ip4_too(void **state)
{
    (void)state;
    int fd, client;
    char port_text[32];
    struct fault fault = {0};
    struct address any = address_of(":0"), bound;
    assert_int_equal(listener_open(&any, 1, &fd, &fault), ERR_OK);
    assert_int_equal(address_of_socket(fd, &bound), ERR_OK);
    unsigned port =
        bound.socket.ss_family == AF_INET
            ? ntohs(((struct sockaddr_in *)&bound.socket)->sin_port)
            : ntohs(((struct sockaddr_in6 *)&bound.socket)->sin6_port);
    snprintf(port_text, sizeof port_text, "127.0.0.1:%u", port);
    struct address ip4 = address_of(port_text);
    assert_int_equal(http_client_connect(&ip4, 5000000, &client, &fault),
                     ERR_OK);
    close(client);
    close(fd);
}

static void test_unix_sockets(void **state)
{
    (void)state;
    char folder[] = "/tmp/broadsheet-test-XXXXXX", text[128];
    int fd, second, client;
    struct fault fault = {0};
    struct stat status;
    assert_non_null(mkdtemp(folder));
    snprintf(text, sizeof text, "unix:%s/a.sock", folder);
    struct address address = address_of(text);
    assert_int_equal(http_client_connect(&address, 1000000, &client, &fault),
                     ERR_CLOSED);
    assert_non_null(strstr(fault.message, "is the server running?"));
    assert_int_equal(listener_open(&address, 1, &fd, &fault), ERR_OK);
    assert_int_equal(stat(text + 5, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(http_client_connect(&address, 5000000, &client, &fault),
                     ERR_OK);
    close(client);
    assert_int_equal(listener_open(&address, 1, &second, &fault), ERR_BUSY);
    close(fd); /* the name stays, nobody listens: replaced */
    assert_int_equal(listener_open(&address, 1, &second, &fault), ERR_OK);
    close(second);
    unlink(text + 5);
    rmdir(folder);
}

static void test_what_is_adopted_must_listen(void **state)
{
    (void)state;
    struct fault fault = {0};
    int pair[2];
    assert_int_equal(pipe(pair), 0);
    assert_int_equal(listener_adopt(pair[0], &fault), ERR_INVALID);
    assert_true(fault.message[0]);
    close(pair[0]);
    close(pair[1]);
}

static void test_no_descriptors_left_is_survived(void **state)
{
    (void)state;
    int fd, client;
    struct fault fault = {0};
    struct loop *loop;
    struct accepted accepted = {0};
    struct rlimit limit, none;
    struct address any = address_of("127.0.0.1:0"), bound;
    assert_int_equal(loop_create(&loop), ERR_OK);
    assert_int_equal(listener_open(&any, 1, &fd, &fault), ERR_OK);
    assert_int_equal(address_of_socket(fd, &bound), ERR_OK);
    assert_int_equal(
        listener_start(&accepted.listener, loop, fd, on_accept, &accepted),
        ERR_OK);
    assert_int_equal(http_client_connect(&bound, 5000000, &client, &fault),
                     ERR_OK);
    getrlimit(RLIMIT_NOFILE, &limit);
    none = limit;
    none.rlim_cur = 3;
    setrlimit(RLIMIT_NOFILE, &none);
    while (!loop_timer_is_armed(&accepted.listener.pause))
        loop_run_once(loop, -1);
    setrlimit(RLIMIT_NOFILE, &limit);
    assert_int_equal(accepted.count, 0);
    while (accepted.count == 0)
        loop_run_once(loop, -1);
    listener_stop(&accepted.listener);
    close(accepted.fd);
    close(client);
    close(fd);
    loop_destroy(loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses_and_back),
        cmocka_unit_test(test_addresses_refused),
        cmocka_unit_test(test_peers),
        cmocka_unit_test(test_every_thread_has_a_socket_of_its_own),
        cmocka_unit_test(test_a_port_in_use_is_said_so),
        cmocka_unit_test(test_any_host_takes_ip4_too),
        cmocka_unit_test(test_unix_sockets),
        cmocka_unit_test(test_what_is_adopted_must_listen),
        cmocka_unit_test(test_no_descriptors_left_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
