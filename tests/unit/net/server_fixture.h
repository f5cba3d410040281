// SPDX-License-Identifier: Apache-2.0
/* A server and its client in one thread: the test writes to one end of a
 * connection, turns the loop, and reads what came back. Nothing waits for the
 * clock: an answer is there when the loop has nothing more to do. */
#ifndef TESTS_UNIT_NET_SERVER_FIXTURE_H
#define TESTS_UNIT_NET_SERVER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "net/http_server.h"
#include "net/http_transport.h"

struct fixture {
    struct loop *loop;
    struct http_server *server;
    struct http_server_config config;
    int client; /* the test's end, non-blocking; -1 when closed */
    struct buf received;
    bool ended; /* the server hung up */
};

/* config needs on_request, and what the test is about. */
static inline void fixture_start(struct fixture *fixture,
                                 const struct http_server_config *config)
{
    *fixture = (struct fixture){.config = *config, .client = -1};
    buf_init(&fixture->received, 64 << 20);
    assert_int_equal(loop_create(&fixture->loop), ERR_OK);
    fixture->config.loop = fixture->loop;
    fixture->config.context = fixture;
    assert_int_equal(http_server_create(&fixture->config, &fixture->server),
                     ERR_OK);
}

static inline void fixture_hang_up(struct fixture *fixture)
{
    if (fixture->client >= 0)
        close(fixture->client);
    fixture->client = -1;
}

static inline void fixture_stop(struct fixture *fixture)
{
    fixture_hang_up(fixture);
    http_server_destroy(fixture->server);
    loop_destroy(fixture->loop);
    buf_finish(&fixture->received);
}

/* A connected pair; the server's end is returned. */
static inline int fixture_pair(struct fixture *fixture)
{
    int fds[2];
    assert_int_equal(
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds),
        0);
    fixture_hang_up(fixture);
    fixture->client = fds[0];
    fixture->ended = false;
    buf_reset(&fixture->received);
    return fds[1];
}

/* A new connection in place of the one before. */
static inline void fixture_connect(struct fixture *fixture)
{
    const struct address_peer peer = {.is_local = true};
    http_server_accept(fixture->server, fixture_pair(fixture), &peer);
}

/* Turns without a change after which nothing more is expected; the kernel
 * counts what was read only when a whole piece of up to 64 KiB was. */
enum { FIXTURE_QUIET_TURNS = 16 };

/* What the server did not read yet. */
static inline int fixture_unread(const struct fixture *fixture)
{
    int bytes = 0;
    if (fixture->client >= 0)
        ioctl(fixture->client, SIOCOUTQ, &bytes);
    return bytes;
}

/* Turns the loop and reads until neither brings anything new. */
static inline void fixture_settle(struct fixture *fixture)
{
    for (int quiet = 0; quiet < FIXTURE_QUIET_TURNS; quiet++) {
        int unread = fixture_unread(fixture);
        loop_run_once(fixture->loop, 0);
        if (fixture_unread(fixture) != unread)
            quiet = 0;
        while (fixture->client >= 0 && !fixture->ended) {
            char *room = buf_reserve(&fixture->received, 65536);
            assert_non_null(room);
            ssize_t got = recv(fixture->client, room, 65536, 0);
            if (got < 0 && errno == EAGAIN)
                break;
            quiet = 0;
            if (got > 0)
                buf_grown(&fixture->received, (size_t)got);
            else
                fixture->ended = true;
        }
    }
}

static inline void fixture_send(struct fixture *fixture, struct str bytes)
{
    while (bytes.len) {
        ssize_t sent =
            send(fixture->client, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) {
            loop_run_once(fixture->loop, 0);
            continue;
        }
        if (sent < 0)
            return; /* the server hung up */
        bytes = str_from(bytes, (size_t)sent);
    }
}

/* Sends on the present connection and gives everything that came back. */
static inline struct str fixture_ask(struct fixture *fixture, struct str bytes)
{
    buf_reset(&fixture->received);
    fixture_send(fixture, bytes);
    fixture_settle(fixture);
    return buf_str(&fixture->received);
}

static inline bool has(struct str text, const char *part)
{
    return str_find(text, str_from_c(part)) >= 0;
}

static inline size_t count_of(struct str text, const char *part)
{
    size_t count = 0;
    for (ptrdiff_t at; (at = str_find(text, str_from_c(part))) >= 0; count++)
        text = str_from(text, (size_t)at + 1);
    return count;
}

static inline void assert_status(struct str answer, int status)
{
    char start[32];
    snprintf(start, sizeof start, "HTTP/1.1 %d ", status);
    if (!str_starts_with(answer, str_from_c(start)))
        fail_msg("not %d: %" PRI_STR, status, ARG_STR(answer));
}

#endif
