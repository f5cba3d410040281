// SPDX-License-Identifier: Apache-2.0
/* link/page.h: a printed page: immutable, reference-counted, ready to be sent.
 * The desk frames it, the link carries it, the edge keeps it and writes it out
 * with one writev: [head][Date and end of the head][body]. */
#ifndef LINK_PAGE_H
#define LINK_PAGE_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct buf;

enum page_coding {
    PAGE_IDENTITY,
    PAGE_GZIP,
    PAGE_BR,
    PAGE_CODINGS /* how many there are */
};

/* The content coding's name in HTTP, "" for identity. */
struct str page_coding_name(enum page_coding coding);

enum page_flag {
    PAGE_PINNED = 1 << 0,    /* never evicted: fronts, feeds, newest articles */
    PAGE_TRANSIENT = 1 << 1, /* for those who wait for it, not to be kept */
    PAGE_PACKED = 1 << 2,    /* the identity body is left out: few ask for it,
                                and it is what gzip's unpacks to. Set by
                                page_encode */
    PAGE_BULK = 1 << 3,      /* the desk keeps no copy of it: sitemaps */
};

enum {
    PAGE_KEY_BYTES_MAX = 2048,
    PAGE_HITS_MAX = 7,         /* where the count of recent use stops */
    PAGE_BYTES_MAX = 32 << 20, /* an encoded page, all codings together */
};

struct page_variant {
    struct str head;         /* status line and fields, CRLF after each; without
                                Date, Connection and the empty line */
    struct str not_modified; /* the same for 304 (RFC 9110 §15.4.5) */
    struct str body;
    struct str etag; /* quoted, strong, different for each coding */
};

struct page {
    atomic_uint references;
    atomic_uchar hits; /* recent use, counted up to PAGE_HITS_MAX */
    uint16_t status;
    uint16_t flags;
    uint8_t codings;    /* bit set of 1 << enum page_coding */
    size_t bytes;       /* memory it takes, for the budget */
    struct str key;     /* canonical path and query */
    struct str depends; /* change keys it was made from, a space between */
    struct page_variant variants[PAGE_CODINGS];
    /* the encoded bytes follow; every str above points into them */
};

/* What the desk knows when it has printed a page. All borrowed. */
struct page_print {
    struct str key;
    int status;
    unsigned flags;
    struct str content_type; /* "" for none (redirects) */
    struct str location;     /* "" for none */
    struct str cache_control;
    struct str extra_fields; /* more header lines, each ended by CRLF, or "" */
    struct str depends;
    bool surrogate_keys;             /* send depends as Surrogate-Key as well */
    struct str bodies[PAGE_CODINGS]; /* identity always; others ptr NULL when
                                        that coding is not worth it */
};

/* Builds heads and entity tags and appends the page as the link carries it. */
MUST_USE enum err page_encode(const struct page_print *print, struct buf *out);

/* A page of its own memory with one reference. ERR_INVALID when the bytes are
 * not a whole page; ERR_NO_MEMORY. */
MUST_USE enum err page_decode(struct str encoded, struct page **ret_page);

/* Whether variant's body is not there but by page_unpack. */
static inline bool page_is_packed(const struct page *page,
                                  const struct page_variant *variant)
{
    return (page->flags & PAGE_PACKED) &&
           variant == &page->variants[PAGE_IDENTITY];
}

/* The identity body of a packed page in memory of its own, to be freed with
 * free(). ERR_CORRUPT, ERR_NO_MEMORY. */
MUST_USE enum err page_unpack(const struct page *page, struct str *ret_body);

/* Another reference to the same page. */
struct page *page_hold(struct page *page);

/* Gives a reference back; the last one frees. Accepts NULL. */
void page_release(struct page *page);

/* Notes that a reader got it. Writes nothing once the count is at its end, so
 * that a hot page is not fought over by the threads. */
static inline void page_touch(struct page *page)
{
    unsigned char hits =
        atomic_load_explicit(&page->hits, memory_order_relaxed);
    if (hits < PAGE_HITS_MAX)
        atomic_store_explicit(&page->hits, (unsigned char)(hits + 1),
                              memory_order_relaxed);
}

#endif
