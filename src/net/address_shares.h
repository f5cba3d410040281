// SPDX-License-Identifier: Apache-2.0
/* net/address_shares.h: how much each client has of what all share, connections
 * for instance, so that none takes all of it. Clients are told apart as
 * address_peer_client does. Not for two threads at once. */
#ifndef NET_ADDRESS_SHARES_H
#define NET_ADDRESS_SHARES_H

#include "base/map.h"
#include "net/address.h"

struct address_share;

struct address_shares {
    struct map clients; /* address_peer_client → struct address_share */
    unsigned most;      /* of one client */
};

void address_shares_init(struct address_shares *shares, unsigned most);

/* When all was given back. */
void address_shares_finish(struct address_shares *shares);

/* One more for this client, to be given back. ERR_RATE: it has its share
 * already; ERR_NO_MEMORY. */
MUST_USE enum err address_shares_take(struct address_shares *shares,
                                      const struct address_peer *client,
                                      struct address_share **ret_share);

/* Accepts NULL, for who is not limited. */
void address_shares_give_back(struct address_shares *shares,
                              struct address_share *share);

#endif
