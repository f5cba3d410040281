// SPDX-License-Identifier: Apache-2.0
#include "net/address_shares.h"

#include <assert.h>
#include <stdlib.h>

struct address_share {
    unsigned count;
    struct str client; /* the bytes follow */
};

void address_shares_init(struct address_shares *shares, unsigned most)
{
    assert(most > 0);
    map_init(&shares->clients);
    shares->most = most;
}

void address_shares_finish(struct address_shares *shares)
{
    assert(shares->clients.count == 0);
    map_finish(&shares->clients);
}

static enum err add_client(struct address_shares *shares, struct str client,
                           struct address_share **ret_share)
{
    struct address_share *share = calloc(1, sizeof *share + client.len);
    if (!share)
        return ERR_NO_MEMORY;
    memcpy(share + 1, client.ptr, client.len);
    share->client = str_of((char *)(share + 1), client.len);
    if (map_set(&shares->clients, share->client, share, NULL)) {
        free(share);
        return ERR_NO_MEMORY;
    }
    *ret_share = share;
    return ERR_OK;
}

enum err address_shares_take(struct address_shares *shares,
                             const struct address_peer *client,
                             struct address_share **ret_share)
{
    struct str key = address_peer_client(client);
    struct address_share *share = map_get(&shares->clients, key);
    enum err err = ERR_OK;
    if (!share)
        err = add_client(shares, key, &share);
    else if (share->count == shares->most)
        err = ERR_RATE;
    if (err)
        return err;
    share->count++;
    *ret_share = share;
    return ERR_OK;
}

void address_shares_give_back(struct address_shares *shares,
                              struct address_share *share)
{
    if (!share || --share->count > 0)
        return;
    map_remove(&shares->clients, share->client);
    free(share);
}
