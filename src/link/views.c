// SPDX-License-Identifier: Apache-2.0
#include "link/views.h"

#include <assert.h>

#include "base/id.h"
#include "link/wire.h"

void views_put_pair(struct buf *out, struct views_pair pair)
{
    wire_put_u64(out, pair.article);
    wire_put_u64(out, (uint64_t)pair.count);
}

struct views_pair views_pair_at(const struct views_pairs *pairs, size_t i)
{
    assert(i < pairs->count);
    struct wire_reader reader = {.rest = str_slice(pairs->bytes,
                                                   i * VIEWS_PAIR_BYTES,
                                                   (i + 1) * VIEWS_PAIR_BYTES)};
    struct views_pair pair = {.article = wire_get_u64(&reader)};
    pair.count = (int64_t)wire_get_u64(&reader);
    return pair;
}

enum err views_read_pairs(struct str bytes, struct views_pairs *ret_pairs)
{
    struct views_pairs pairs = {bytes, bytes.len / VIEWS_PAIR_BYTES};
    if (bytes.len % VIEWS_PAIR_BYTES || pairs.count > VIEWS_PAIRS_MAX)
        return ERR_INVALID;
    for (size_t i = 0; i < pairs.count; i++) {
        struct views_pair pair = views_pair_at(&pairs, i);
        struct id id;
        if (id_from_number(pair.article, &id) || pair.count < 0 ||
            pair.count > VIEWS_COUNT_MAX)
            return ERR_INVALID;
    }
    *ret_pairs = pairs;
    return ERR_OK;
}

enum err views_read_batch(struct str payload, uint64_t *ret_edge,
                          struct views_pairs *ret_pairs)
{
    struct wire_reader reader = {.rest = payload};
    uint64_t edge = wire_get_u64(&reader);
    if (reader.bad)
        return ERR_INVALID;
    enum err err = views_read_pairs(reader.rest, ret_pairs);
    if (!err)
        *ret_edge = edge;
    return err;
}
