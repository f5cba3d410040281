// SPDX-License-Identifier: Apache-2.0
/* net/address.h: where a socket is: an IP address and port, or a path. */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/fault.h"
#include "base/str.h"

enum {
    ADDRESS_PATH_BYTES_MAX = 107, /* what a Unix socket's name may take */
    ADDRESS_TEXT_BYTES = 128,     /* enough for every address as text */
    ADDRESS_IP_BYTES = 16,
};

/* Who is at the other end. IPv4 is kept as ::ffff:a.b.c.d, so that a client is
 * the same on every socket. */
struct address_peer {
    unsigned char ip[ADDRESS_IP_BYTES];
    uint16_t port;
    bool is_local; /* a Unix socket: the rest is zero */
};

/* An address to listen on or to connect to. */
struct address {
    struct sockaddr_storage socket;
    socklen_t socket_bytes;
    bool any_host; /* ":PORT": every address of the machine */
};

/* "127.0.0.1:8080", "[::1]:8080", ":8080", "unix:/run/desk.sock". A host name
 * is not looked up, except "localhost", which is 127.0.0.1. ERR_INVALID with
 * an example in fault. */
MUST_USE enum err address_parse(struct str text, struct address *ret_address,
                                struct fault *fault);

/* The same form back, with a NUL. */
void address_format(const struct address *address,
                    char target[ADDRESS_TEXT_BYTES]);

/* The address a bound socket really has (after port 0). */
MUST_USE enum err address_of_socket(int fd, struct address *ret_address);

void address_peer_from(const struct sockaddr_storage *socket,
                       struct address_peer *ret_peer);

bool address_peer_is_ip4(const struct address_peer *peer);

/* 127.0.0.0/8 or ::1. */
bool address_peer_is_loopback(const struct address_peer *peer);

/* The same, or by a Unix socket. */
bool address_peer_is_this_machine(const struct address_peer *peer);

/* The bytes, within peer, by which clients are told apart: of IPv6 the network
 * of 64 bits that a customer gets; the rest is the customer's to choose. */
struct str address_peer_client(const struct address_peer *peer);

/* "203.0.113.7", "2001:db8::1" or "local", with a NUL. */
void address_peer_format(const struct address_peer *peer,
                         char target[ADDRESS_TEXT_BYTES]);

#endif
