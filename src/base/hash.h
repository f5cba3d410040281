// SPDX-License-Identifier: Apache-2.0
/* base/hash.h: two hashes: a keyed one for tables whose keys come from outside
 * (SipHash-1-3), and a digest for names and entity tags (SHA-256). */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

#include "base/str.h"

/* Keyed with random bytes chosen once per process. */
uint64_t hash_str(struct str text);

/* The same with a key of the caller's. */
uint64_t hash_keyed(const uint64_t hash_key[2], struct str text);

enum { DIGEST_BYTES = 32, DIGEST_HEX_BYTES = 65 };

/* SHA-256 as 64 lower-case hexadecimal digits and a NUL. */
void digest_hex(struct str bytes, char target[DIGEST_HEX_BYTES]);

/* HMAC-SHA-256 (RFC 2104) in the same form. */
void digest_hmac_hex(struct str key, struct str bytes,
                     char target[DIGEST_HEX_BYTES]);

enum { SHA1_BASE64_BYTES = 29 };

/* SHA-1 in base64 and a NUL: for protocols that want it as a name for bytes
 * (RFC 6455). It proves nothing. */
void sha1_base64(struct str bytes, char target[SHA1_BASE64_BYTES]);

/* SHA-256 of bytes that come piece by piece. Zeroed at first; digest_begin may
 * be called again for the next one. */
struct digest {
    void *context;
};
void digest_begin(struct digest *digest);
void digest_add(struct digest *digest, struct str bytes);
void digest_write_hex(struct digest *digest, char target[DIGEST_HEX_BYTES]);
void digest_end(struct digest *digest); /* for DEFER; accepts a zeroed one */

/* Fills target from the system's random source; aborts when there is none. */
void random_bytes(void *target, size_t len);

#endif
