// SPDX-License-Identifier: Apache-2.0
/* net/public_address.h: which addresses lie on the public internet. Requests
 * that the newspaper makes for the sake of somebody outside go nowhere else: a
 * server inside must not be spoken to in our name. */
#ifndef NET_PUBLIC_ADDRESS_H
#define NET_PUBLIC_ADDRESS_H

#include "net/address.h"

/* Why the address is none of the public internet ("loopback, RFC 1122"), or
 * NULL when it is one. An IPv4 address within an IPv6 one (mapped, NAT64) is
 * judged as itself. */
const char *public_address_objection(const struct address_peer *peer);

#endif
