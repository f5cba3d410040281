// SPDX-License-Identifier: Apache-2.0
/* net/lookup.h: which addresses a host has, by its name, without waiting for
 * them: the system's resolver blocks, so each lookup has a thread of its own,
 * which goes on alone when nobody wants its answer any more. */
#ifndef NET_LOOKUP_H
#define NET_LOOKUP_H

#include "net/address.h"
#include "net/loop.h"

enum {
    LOOKUP_HOST_BYTES_MAX = 253, /* RFC 1035 §2.3.4, without the last dot */
    LOOKUP_ADDRESSES_MAX = 8,
    LOOKUP_REASON_BYTES = 512,
};

struct lookup;

struct lookup_answer {
    /* "192.0.2.7", "2001:db8::7", as they are to be tried (RFC 6724). */
    char addresses[LOOKUP_ADDRESSES_MAX][ADDRESS_TEXT_BYTES];
    size_t count;
    char reason[LOOKUP_REASON_BYTES]; /* of none: a sentence, with a remedy */
};

/* On the loop's thread. on_answer is called once, on it as well, and the lookup
 * is gone then; the answer lives until it returns. A loop that is destroyed
 * cancels its lookups. NULL: the name is too long, or there is no thread to be
 * had. */
struct lookup *lookup_begin(
    struct loop *loop, struct str host,
    void (*on_answer)(void *context, const struct lookup_answer *answer),
    void *context);

/* The answer does not come. On the loop's thread. Accepts NULL. */
void lookup_cancel(struct lookup *lookup);

#endif
