// SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <sys/random.h>

#include "base/log.h"

static uint64_t process_key[2];
static pthread_once_t key_once = PTHREAD_ONCE_INIT;

void random_bytes(void *target, size_t len)
{
    unsigned char *at = target;
    while (len) {
        ssize_t got = getrandom(at, len, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            log_panic("no random numbers", LOG_C("cause", strerror(errno)));
        at += got;
        len -= (size_t)got;
    }
}

static void make_key(void)
{
    random_bytes(process_key, sizeof process_key);
}

static inline uint64_t rotate(uint64_t x, int bits)
{
    return (x << bits) | (x >> (64 - bits));
}

static inline void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

/* SipHash-1-3: one round a word, three at the end (Aumasson, Bernstein). */
uint64_t hash_keyed(const uint64_t hash_key[2], struct str text)
{
    uint64_t v[4] = {
        hash_key[0] ^ UINT64_C(0x736f6d6570736575),
        hash_key[1] ^ UINT64_C(0x646f72616e646f6d),
        hash_key[0] ^ UINT64_C(0x6c7967656e657261),
        hash_key[1] ^ UINT64_C(0x7465646279746573),
    };
    size_t whole = text.len & ~(size_t)7;
    for (size_t i = 0; i < whole; i += 8) {
        uint64_t word;
        memcpy(&word, text.ptr + i, 8);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    uint64_t last = (uint64_t)text.len << 56;
    for (size_t i = whole; i < text.len; i++)
        last |= (uint64_t)(unsigned char)text.ptr[i] << (8 * (i - whole));
    v[3] ^= last;
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xFF;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t hash_str(struct str text)
{
    pthread_once(&key_once, make_key);
    return hash_keyed(process_key, text);
}

static void write_hex(const unsigned char digest[DIGEST_BYTES],
                      char target[DIGEST_HEX_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < DIGEST_BYTES; i++) {
        target[2 * i] = digits[digest[i] >> 4];
        target[2 * i + 1] = digits[digest[i] & 15];
    }
    target[DIGEST_HEX_BYTES - 1] = '\0';
}

void digest_hex(struct str bytes, char target[DIGEST_HEX_BYTES])
{
    unsigned char digest[DIGEST_BYTES];
    SHA256((const unsigned char *)(bytes.ptr ? bytes.ptr : ""), bytes.len,
           digest);
    write_hex(digest, target);
}

void sha1_base64(struct str bytes, char target[SHA1_BASE64_BYTES])
{
    unsigned char digest[SHA_DIGEST_LENGTH];
    SHA1((const unsigned char *)(bytes.ptr ? bytes.ptr : ""), bytes.len,
         digest);
    int len = EVP_EncodeBlock((unsigned char *)target, digest, sizeof digest);
    assert(len == SHA1_BASE64_BYTES - 1);
}

void digest_hmac_hex(struct str key, struct str bytes,
                     char target[DIGEST_HEX_BYTES])
{
    unsigned char digest[DIGEST_BYTES];
    unsigned len = sizeof digest;
    assert(key.len <= INT_MAX);
    if (!HMAC(EVP_sha256(), key.ptr ? key.ptr : "", (int)key.len,
              (const unsigned char *)(bytes.ptr ? bytes.ptr : ""), bytes.len,
              digest, &len))
        log_panic("a digest cannot be made");
    write_hex(digest, target);
}

void digest_begin(struct digest *digest)
{
    if (!digest->context)
        digest->context = EVP_MD_CTX_new();
    if (!digest->context ||
        !EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL))
        log_panic("out of memory", LOG_C("where", "digest"));
}

void digest_add(struct digest *digest, struct str bytes)
{
    if (bytes.len && !EVP_DigestUpdate(digest->context, bytes.ptr, bytes.len))
        log_panic("a digest cannot be made");
}

void digest_write_hex(struct digest *digest, char target[DIGEST_HEX_BYTES])
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    if (!EVP_DigestFinal_ex(digest->context, bytes, NULL))
        log_panic("a digest cannot be made");
    write_hex(bytes, target);
}

void digest_end(struct digest *digest)
{
    EVP_MD_CTX_free(digest->context);
    digest->context = NULL;
}
