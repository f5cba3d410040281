// SPDX-License-Identifier: Apache-2.0
/* link/views.h: how views travel. The edge counts, the desk keeps: an edge
 * sends what it counted as numbered batches and keeps each until the desk says
 * that it is durable, so that a connection or a desk may die between; the desk
 * remembers the number of the last batch of each edge, so that one that comes
 * again is known. An edge is known by a number that it makes up at its start.
 *
 * A batch, and the totals on the way back, are pairs of an article (id_number)
 * and a count, 64 bits each. A count of 0 in a batch asks for the total. */
#ifndef LINK_VIEWS_H
#define LINK_VIEWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
    VIEWS_PAIR_BYTES = 16,
    VIEWS_PAIRS_MAX = 1 << 17, /* of one message */
    /* Of a batch that an edge makes: a batch is written in one transaction, and
     * those who publish may wait for it. */
    VIEWS_BATCH_PAIRS = 64,
};

/* A number of views that no article reaches and no sum of a batch overflows. */
#define VIEWS_COUNT_MAX (INT64_C(1) << 40)

struct views_pair {
    uint64_t article;
    int64_t count; /* 0 … VIEWS_COUNT_MAX */
};

/* Pairs as they came over the link; borrowed. */
struct views_pairs {
    struct str bytes;
    size_t count;
};

void views_put_pair(struct buf *out, struct views_pair pair);

/* ERR_INVALID unless bytes are whole pairs of possible articles and counts, at
 * most VIEWS_PAIRS_MAX of them. */
MUST_USE enum err views_read_pairs(struct str bytes,
                                   struct views_pairs *ret_pairs);

/* Pair i < pairs->count. */
struct views_pair views_pair_at(const struct views_pairs *pairs, size_t i);

/* MESSAGE_VIEWED's payload begins with the number of the edge, MESSAGE_COUNTED
 * is that number and the batch's. */
MUST_USE enum err views_read_batch(struct str payload, uint64_t *ret_edge,
                                   struct views_pairs *ret_pairs);

#endif
