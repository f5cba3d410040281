// SPDX-License-Identifier: Apache-2.0
/* What costs the desk more than a page, nobody may ask for again and again:
 * every address has some at once, and then one every while. Addresses share a
 * table of a fixed size, those that fall into one place its allowance; where
 * they fall is random, so that nobody can share another's on purpose. */
#include <stdlib.h>

#include "base/hash.h"
#include "base/time.h"
#include "edge/edge_internal.h"

enum { PLACES = 4096 };

static const struct {
    int64_t at_once;
    int64_t refill_us;
} allowances[EDGE_ALLOWANCE_COUNT] = {
    [EDGE_ALLOWANCE_HUB] = {20, 3 * TIME_US_PER_SECOND},
    /* Who types is offered something with every letter. */
    [EDGE_ALLOWANCE_CAPTIONS] = {40, TIME_US_PER_SECOND / 4},
    [EDGE_ALLOWANCE_SEARCH] = {60, TIME_US_PER_SECOND / 2},
};

/* Of each place: when its allowance is whole again. All threads share them. */
struct edge_allowances {
    _Atomic int64_t whole_us[EDGE_ALLOWANCE_COUNT][PLACES];
};

enum err edge_allowances_create(struct edge *edge)
{
    edge->allowances = calloc(1, sizeof *edge->allowances);
    return edge->allowances ? ERR_OK : ERR_NO_MEMORY;
}

void edge_allowances_destroy(struct edge *edge)
{
    free(edge->allowances);
    edge->allowances = NULL;
}

bool edge_admit(struct edge *edge, const struct http_exchange *exchange,
                enum edge_allowance kind)
{
    struct address_peer reader = proxies_reader(
        &edge->config.proxies, &exchange->peer, &exchange->request.fields);
    return edge_admit_reader(edge, &reader, kind);
}

/* The generic cell rate algorithm: one number an address. */
bool edge_admit_reader(struct edge *edge, const struct address_peer *reader,
                       enum edge_allowance kind)
{
    size_t place = hash_str(address_peer_client(reader)) % PLACES;
    _Atomic int64_t *whole_us = &edge->allowances->whole_us[kind][place];
    int64_t now_us = clock_now_us();
    int64_t refill_us = allowances[kind].refill_us;
    int64_t was_us = atomic_load(whole_us), from_us;
    do {
        from_us = was_us > now_us ? was_us : now_us;
        if (from_us - now_us > (allowances[kind].at_once - 1) * refill_us)
            return false;
    } while (
        !atomic_compare_exchange_weak(whole_us, &was_us, from_us + refill_us));
    return true;
}
