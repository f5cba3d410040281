// SPDX-License-Identifier: Apache-2.0
/* store/blob.h: files named by their content. A private folder holds every
 * blob as ab/cdef….ext by the SHA-256 of its bytes; the public folder holds
 * hard links to those that readers may have, under the digest's first 32
 * digits. What is stored is never written again. Any number of threads and
 * processes. */
#ifndef STORE_BLOB_H
#define STORE_BLOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/hash.h"
#include "base/str.h"

struct arena;
struct blob_store;

enum {
    BLOB_EXTENSION_BYTES_MAX = 8,
    /* 64 digits, a dot, the extension, a NUL */
    BLOB_NAME_BYTES = DIGEST_HEX_BYTES + 1 + BLOB_EXTENSION_BYTES_MAX,
    BLOB_PUBLIC_DIGITS = 32,
    BLOB_PUBLIC_BYTES = BLOB_PUBLIC_DIGITS + 2 + BLOB_EXTENSION_BYTES_MAX,
    BLOB_BYTES_MAX = 1 << 29,
};

/* "<64 digits>.<ext>", as the database keeps it. */
struct blob {
    char name[BLOB_NAME_BYTES]; /* name[0] == 0 means none */
};

/* Makes both folders when they are missing; they must be on one file system.
 * public_folder may be NULL for a store that publishes nothing. */
MUST_USE enum err blob_store_open(const char *private_folder,
                                  const char *public_folder,
                                  struct blob_store **ret_store,
                                  struct fault *fault);
void blob_store_close(struct blob_store *store); /* accepts NULL */

/* ERR_INVALID unless it is 64 lower-case hexadecimal digits, a dot and one to
 * eight lower-case letters or digits. */
MUST_USE enum err blob_parse(struct str text, struct blob *ret_blob);

static inline struct str blob_str(const struct blob *blob)
{
    return str_from_c(blob->name);
}

/* Its name in the public folder: "<32 digits>.<ext>". */
void blob_public_name(const struct blob *blob, char target[BLOB_PUBLIC_BYTES]);

/* Stores bytes, durably: when it answers ERR_OK they outlive a power cut.
 * Storing the same bytes again does nothing. ERR_FULL, ERR_IO, ERR_INVALID for
 * a bad extension ("webp", without the dot). */
MUST_USE enum err blob_put(struct blob_store *store, struct str bytes,
                           struct str extension, struct blob *ret_blob,
                           struct fault *fault);

/* Reads the whole blob into arena and checks that the digest fits:
 * ERR_NOT_FOUND, ERR_CORRUPT, ERR_TOO_LONG beyond max_bytes. */
MUST_USE enum err blob_read(struct blob_store *store, const struct blob *blob,
                            size_t max_bytes, struct arena *arena,
                            struct str *ret_bytes, struct fault *fault);

/* Opens it for reading; the caller closes *ret_fd. */
MUST_USE enum err blob_open(struct blob_store *store, const struct blob *blob,
                            int *ret_fd, int64_t *ret_size,
                            struct fault *fault);

/* Links it into the public folder; fine when it is there already, which
 * *ret_new (may be NULL) tells. Durable when blob_sync_public answered after
 * it. */
MUST_USE enum err blob_link_public(struct blob_store *store,
                                   const struct blob *blob, bool *ret_new,
                                   struct fault *fault);
MUST_USE enum err blob_sync_public(struct blob_store *store,
                                   struct fault *fault);

/* Takes it out of the public folder; fine when it is not there. */
MUST_USE enum err blob_unpublish(struct blob_store *store,
                                 const struct blob *blob, struct fault *fault);

bool blob_is_public(struct blob_store *store, const struct blob *blob);

/* Takes the blob itself away; fine when it is not there. */
MUST_USE enum err blob_remove(struct blob_store *store, const struct blob *blob,
                              struct fault *fault);

#endif
