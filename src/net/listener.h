// SPDX-License-Identifier: Apache-2.0
/* net/listener.h: sockets that wait for connections. */
#ifndef NET_LISTENER_H
#define NET_LISTENER_H

#include "base/fault.h"
#include "net/address.h"
#include "net/loop.h"

enum { LISTENER_BACKLOG = 4096, LISTENER_SOCKETS_MAX = 256 };

/* Opens count listening sockets on one address (SO_REUSEPORT), so that every
 * thread can have its own; a Unix path takes count 1, replaces a socket that
 * nobody listens on any more, and is made with mode 0600. They are
 * non-blocking and closed on exec. On failure none is open, and fault says
 * what to do ("port 8080 is in use by another program; …"). */
MUST_USE enum err listener_open(const struct address *address, unsigned count,
                                int *ret_fds, struct fault *fault);

/* Makes sure that an inherited descriptor is a listening stream socket, and
 * makes it non-blocking and closed on exec. ERR_INVALID. */
MUST_USE enum err listener_adopt(int fd, struct fault *fault);

struct listener {
    struct loop *loop;
    struct loop_source source;
    struct loop_timer pause; /* when descriptors are used up */
    /* fd is non-blocking, closed on exec, TCP_NODELAY, and now the callee's. */
    void (*on_accept)(void *context, int fd, const struct address_peer *peer);
    void *context;
};

/* Accepts on fd from now on. on_accept and context are copied. The descriptor
 * stays the caller's. When the process has no descriptor left it waits for
 * a tenth of a second and tries again. */
MUST_USE enum err listener_start(
    struct listener *listener, struct loop *loop, int fd,
    void (*on_accept)(void *context, int fd, const struct address_peer *peer),
    void *context);

/* Accepts no more. Does nothing on a zeroed one. */
void listener_stop(struct listener *listener);

#endif
