// SPDX-License-Identifier: Apache-2.0
/* net/own_address.h: whether an address is one of this machine. What it says to
 * itself passes no firewall, whichever of its addresses it says it to. */
#ifndef NET_OWN_ADDRESS_H
#define NET_OWN_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* Of an interface here (all that the kernel would deliver to itself). False
 * also when it cannot be told. */
bool address_is_own(const struct sockaddr_storage *address);

#endif
