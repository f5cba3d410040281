// SPDX-License-Identifier: Apache-2.0
/* link/message_socket.h: the edge's end of a connection on which messages
 * (message.h) come and go: the desk's feed, the playout's television. One at a
 * time; who comes takes the place of who was there. */
#ifndef LINK_MESSAGE_SOCKET_H
#define LINK_MESSAGE_SOCKET_H

#include <stdbool.h>

#include "base/buf.h"
#include "link/message.h"
#include "net/loop.h"

struct message_socket {
    /* The owner's, set before anything else. */
    struct loop *loop;
    void *context;
    /* Takes whole messages off *bytes. False: they cannot be understood, and
     * the connection is of no more use. It may not flush. */
    bool (*on_bytes)(void *context, struct str *bytes);
    /* The other side is gone, or was lost; not called by message_socket_close.
     */
    void (*on_gone)(void *context);

    struct buf out; /* what is to be sent by the next flush */
    /* Its own: */
    struct loop_source source; /* fd -1: there is no connection */
    struct buf in;
};

/* So much may wait to be sent. */
void message_socket_init(struct message_socket *socket, size_t out_bytes_max);
void message_socket_finish(struct message_socket *socket); /* when closed */

static inline bool message_socket_is_open(const struct message_socket *socket)
{
    return socket->source.fd >= 0;
}

/* fd is the socket's from now on, and does not wait. */
void message_socket_adopt(struct message_socket *socket, int fd);

/* Sends what it takes now, the rest later. on_gone may be called. */
void message_socket_flush(struct message_socket *socket);

/* Hangs up, if it is open. What was not sent is not sent any more. */
void message_socket_close(struct message_socket *socket);

#endif
