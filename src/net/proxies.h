// SPDX-License-Identifier: Apache-2.0
/* net/proxies.h: whose word is taken for where a request comes from.
 *
 * A request on a Unix socket or from this machine itself came through a proxy
 * here, which says in X-Forwarded-For who asked it; so did one from an address
 * that the operator named. Everybody else may write into that field what they
 * like: it is not read. Of its addresses, the last one that is no trusted
 * proxy's is the reader: what stands before it is hearsay. */
#ifndef NET_PROXIES_H
#define NET_PROXIES_H

#include <stddef.h>

#include "net/address.h"
#include "net/http_head.h"

enum { PROXIES_MAX = 64 };

/* Zeroed: only what comes from this machine is a proxy's. */
struct proxies {
    struct proxy_net {
        unsigned char ip[ADDRESS_IP_BYTES]; /* as address_peer has it */
        unsigned bits;                      /* 0 … 128 of them count */
    } nets[PROXIES_MAX];
    size_t count;
};

/* "192.0.2.7", "10.0.0.0/8", "2001:db8::/32". ERR_INVALID with an example in
 * fault; ERR_TOO_LONG beyond PROXIES_MAX. */
MUST_USE enum err proxies_add(struct proxies *proxies, struct str text,
                              struct fault *fault);

bool proxies_trust(const struct proxies *proxies,
                   const struct address_peer *peer);

/* Who sent the request that came from peer with these fields. Takes no
 * memory. */
struct address_peer proxies_reader(const struct proxies *proxies,
                                   const struct address_peer *peer,
                                   const struct http_fields *fields);

#endif
