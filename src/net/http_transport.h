// SPDX-License-Identifier: Apache-2.0
/* net/http_transport.h: what carries a connection's bytes when it is not the
 * socket itself: TLS, or a test. Everything is non-blocking and answers like
 * the system call of the same name: bytes, 0 at the end, or -1 with errno. */
#ifndef NET_HTTP_TRANSPORT_H
#define NET_HTTP_TRANSPORT_H

#include <sys/types.h>
#include <sys/uio.h>

#include "base/err.h"

struct http_server;
struct address_peer;

struct http_transport {
    ssize_t (*recv)(void *state, int fd, void *bytes, size_t len);
    ssize_t (*writev)(void *state, int fd, const struct iovec *parts,
                      int count);
    /* The connection ends; fd is closed after it. */
    void (*close)(void *state, int fd);
};

/* As http_server_accept, over a transport; state is its own. On ERR_NO_MEMORY,
 * ERR_IO, ERR_BUSY and ERR_RATE (a limit) it was closed and so was fd. */
MUST_USE enum err http_server_accept_over(
    struct http_server *server, int fd, const struct address_peer *peer,
    const struct http_transport *transport, void *state);

#endif
