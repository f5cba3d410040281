// SPDX-License-Identifier: Apache-2.0
/* exchange/seal.h: bytes on their way into a file and out of it, sealed when
 * there is a key: nobody without the key can read them, and none can be
 * changed, left out, added or put elsewhere without being found out.
 *
 * Sealed, a file is a head of SEAL_HEAD_BYTES and then pieces of
 * SEAL_PIECE_BYTES (the last one is shorter and marked as the last), each with
 * the 17 bytes that XChaCha20-Poly1305 of libsodium's secretstream adds:
 *
 *     16  "BROADSHEET-SEAL1"
 *      8  1: key file, 2: passphrase; then zeros
 *      8  argon2id: passes (little endian), 0 for a key file
 *      8  argon2id: bytes of memory (little endian), 0 for a key file
 *     16  argon2id: salt
 *     16  what tells a wrong key from a damaged file: BLAKE2b of a constant
 *         under the key
 *     24  secretstream's own head
 *
 * The head is bound to the first piece as additional data. */
#ifndef EXCHANGE_SEAL_H
#define EXCHANGE_SEAL_H

#include <stdbool.h>
#include <stdint.h>

#include <sodium.h>

#include "base/fault.h"
#include "base/str.h"

struct arena;

enum {
    SEAL_KEY_BYTES = crypto_secretstream_xchacha20poly1305_KEYBYTES,
    SEAL_HEAD_BYTES = 96,
    SEAL_PIECE_BYTES = 64 * 1024,
    SEAL_PIECE_SEALED_BYTES =
        SEAL_PIECE_BYTES + crypto_secretstream_xchacha20poly1305_ABYTES,
    SEAL_PASSPHRASE_BYTES_MAX = 1024,
};

enum seal_kind { SEAL_NONE, SEAL_KEY_FILE, SEAL_PASSPHRASE };

struct seal_key {
    enum seal_kind kind;
    unsigned char key[SEAL_KEY_BYTES];              /* of a key file */
    char passphrase[SEAL_PASSPHRASE_BYTES_MAX + 1]; /* or this */
};

/* Makes a new key: a line of text that only the user may read. ERR_EXISTS. */
MUST_USE enum err seal_key_make(const char *path, struct fault *fault);

/* Reads a file that seal_key_make made. ERR_INVALID for any other. */
MUST_USE enum err seal_key_load(const char *path, struct seal_key *ret_key,
                                struct fault *fault);

/* Reads a passphrase: the first line of the file. */
MUST_USE enum err seal_passphrase_load(const char *path,
                                       struct seal_key *ret_key,
                                       struct fault *fault);

/* Wipes it; for DEFER. */
void seal_key_forget(struct seal_key *key);

/* ---- Writing ---------------------------------------------------------------
 */

struct seal_writer {
    int fd;
    bool sealed;
    crypto_secretstream_xchacha20poly1305_state state;
    unsigned char head[SEAL_HEAD_BYTES]; /* waits for the first piece */
    size_t head_len;
    unsigned char piece[SEAL_PIECE_BYTES];
    size_t piece_len;
};

/* Without a key (or of kind SEAL_NONE) bytes pass as they are. fd is the
 * caller's. A passphrase takes a second and 128 MiB. */
MUST_USE enum err seal_write_begin(struct seal_writer *writer, int fd,
                                   const struct seal_key *key,
                                   struct fault *fault);
MUST_USE enum err seal_write(struct seal_writer *writer, struct str bytes,
                             struct fault *fault);

/* Writes what is left. A file that lacks it counts as cut off. */
MUST_USE enum err seal_write_end(struct seal_writer *writer,
                                 struct fault *fault);

/* ---- Reading ---------------------------------------------------------------
 */

struct seal_reader {
    int fd;
    bool sealed;
    bool ended; /* the last piece was opened */
    crypto_secretstream_xchacha20poly1305_state state;
    unsigned char head[SEAL_HEAD_BYTES]; /* or the first bytes, unsealed */
    size_t head_len, head_at;
    unsigned char piece[SEAL_PIECE_BYTES];
    size_t piece_len, piece_at;
    unsigned char cipher[SEAL_PIECE_SEALED_BYTES];
    bool first; /* no piece was opened yet */
};

/* Finds out by itself whether the file is sealed. ERR_DENIED when it is and
 * there is no key, or not the right one: fault says which. ERR_CORRUPT. */
MUST_USE enum err seal_read_begin(struct seal_reader *reader, int fd,
                                  const struct seal_key *key,
                                  struct fault *fault);

/* Up to capacity bytes; *ret_len 0 is the end. ERR_CORRUPT when something was
 * changed or cut off. */
MUST_USE enum err seal_read(struct seal_reader *reader, void *target,
                            size_t capacity, size_t *ret_len,
                            struct fault *fault);

#endif
