// SPDX-License-Identifier: Apache-2.0
/* edge/readers.h: whether somebody has read an article in the last half hour,
 * without keeping who.
 *
 * Of address, User-Agent and article a hash is made with a key that is random,
 * never leaves this process's memory, and is overwritten within a day. 36 bits
 * of the hash and a time are kept, in a table of a fixed size: nobody can say
 * of an entry whose it is, and not even, once the key is gone, whether a given
 * reader is in it. Of the address counts what address_peer_client gives.
 *
 * All threads of the edge share one table without a lock. Eight entries make a
 * bucket, which is a line of the processor's cache; when more readings than
 * that fall into one within half an hour, the oldest is forgotten, and who made
 * it counts once more when they read on: the table is too small for more than
 * about READERS_ENTRIES / 2 views in half an hour, and never counts too few. */
#ifndef EDGE_READERS_H
#define EDGE_READERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "net/address.h"

struct readers;

enum {
    READERS_ENTRIES = 1 << 21, /* of 8 bytes */
    READERS_WINDOW_S = 30 * 60,
    /* A key is used for new entries so long, and for half an hour more to know
     * those that were made with it: less than a day in all. */
    READERS_KEY_S = 23 * 3600,
};

/* now_us is of a clock that only goes forward, everywhere. ERR_NO_MEMORY. */
MUST_USE enum err readers_create(int64_t now_us, struct readers **ret_readers);
void readers_destroy(struct readers *readers); /* accepts NULL */

/* True once for a reader and an article (id_number) in half an hour, beginning
 * with the reading that counts. Any thread; takes no lock and no memory. */
bool readers_admit(struct readers *readers, const struct address_peer *reader,
                   struct str user_agent, uint64_t article, int64_t now_us);

/* Changes the key when it is time, and wipes the old one: for one thread, every
 * few minutes or more often. */
void readers_turn_key(struct readers *readers, int64_t now_us);

#endif
