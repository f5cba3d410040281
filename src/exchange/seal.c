// SPDX-License-Identifier: Apache-2.0
#include "exchange/seal.h"

#include <assert.h>
#include <errno.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/new_file.h"

enum {
    MAGIC_BYTES = 16,
    KIND_AT = 16,
    PASSES_AT = 24,
    MEMORY_AT = 32,
    SALT_AT = 40,
    PROOF_AT = 56,
    PROOF_BYTES = 16,
    STREAM_AT = 72,

    /* What a new passphrase costs. Readers take what the head says, within
     * bounds. */
    PASSES = 4,
    MEMORY_BYTES = 128 << 20,
    PASSES_MAX = 16,
    MEMORY_BYTES_MAX = 1 << 30,

    KEY_FILE_BYTES_MAX = 4096,
};

static const char magic[MAGIC_BYTES + 1] = "BROADSHEET-SEAL1";
static const char key_line[] = "broadsheet-backup-key-1:";

_Static_assert(STREAM_AT + crypto_secretstream_xchacha20poly1305_HEADERBYTES ==
                   SEAL_HEAD_BYTES,
               "the head's parts");
_Static_assert(PROOF_AT - SALT_AT == crypto_pwhash_SALTBYTES, "the salt");

static enum err start(struct fault *fault)
{
    if (sodium_init() >= 0)
        return ERR_OK;
    return fault_set(fault, ERR_INTERNAL, NULL, "libsodium does not start");
}

/* ---- Keys ------------------------------------------------------------------
 */

enum err seal_key_make(const char *path, struct fault *fault)
{
    enum err err = start(fault);
    if (err)
        return err;
    unsigned char key[SEAL_KEY_BYTES];
    char hex[2 * SEAL_KEY_BYTES + 1], text[128];
    crypto_secretstream_xchacha20poly1305_keygen(key);
    sodium_bin2hex(hex, sizeof hex, key, sizeof key);
    snprintf(text, sizeof text, "%s%s\n", key_line, hex);
    DEFER(new_file_end) struct new_file file = {.fd = -1};
    err = new_file_begin(&file, path, fault);
    if (!err && !write_whole(file.fd, str_from_c(text)))
        err = fault_set(fault, err_from_errno(errno), path,
                        "cannot write %s: %s", path, strerror(errno));
    if (!err)
        err = new_file_commit(&file, false, fault);
    sodium_memzero(key, sizeof key);
    sodium_memzero(hex, sizeof hex);
    sodium_memzero(text, sizeof text);
    if (err == ERR_EXISTS)
        return fault_set(fault, err, path,
                         "%s is there already, and whoever has backups under "
                         "it still needs it: name another file",
                         path);
    return err;
}

static enum err read_line(const char *path, struct arena *arena,
                          struct str *ret_line, struct fault *fault)
{
    struct str text;
    enum err err = file_read(path, KEY_FILE_BYTES_MAX, arena, &text, fault);
    if (err)
        return err;
    ptrdiff_t end = str_find_char(text, '\n');
    *ret_line = end < 0 ? text : str_slice(text, 0, (size_t)end);
    if (str_ends_with(*ret_line, STR("\r")))
        *ret_line = str_slice(*ret_line, 0, ret_line->len - 1);
    return ERR_OK;
}

enum err seal_key_load(const char *path, struct seal_key *ret_key,
                       struct fault *fault)
{
    struct str line, prefix = str_from_c(key_line);
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    enum err err = read_line(path, &arena, &line, fault);
    if (err)
        return err;
    struct seal_key key = {.kind = SEAL_KEY_FILE};
    size_t len = 0;
    struct str hex = str_from(line, prefix.len);
    if (!str_starts_with(line, prefix) ||
        sodium_hex2bin(key.key, sizeof key.key, hex.ptr, hex.len, NULL, &len,
                       NULL) != 0 ||
        len != sizeof key.key || hex.len != 2 * sizeof key.key)
        return fault_set(fault, ERR_INVALID, path,
                         "%s holds no key: 'broadsheet backup --make-key FILE' "
                         "makes one; a passphrase is given with "
                         "--passphrase-file",
                         path);
    *ret_key = key;
    seal_key_forget(&key);
    return ERR_OK;
}

enum err seal_passphrase_load(const char *path, struct seal_key *ret_key,
                              struct fault *fault)
{
    struct str line;
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    enum err err = read_line(path, &arena, &line, fault);
    if (err)
        return err;
    struct seal_key key = {.kind = SEAL_PASSPHRASE};
    if (line.len == 0 || str_to_c(line, key.passphrase, sizeof key.passphrase))
        return fault_set(fault, ERR_INVALID, path,
                         "the first line of %s has to be a passphrase of at "
                         "most %d bytes",
                         path, SEAL_PASSPHRASE_BYTES_MAX);
    *ret_key = key;
    seal_key_forget(&key);
    return ERR_OK;
}

void seal_key_forget(struct seal_key *key)
{
    sodium_memzero(key, sizeof *key);
}

/* ---- The head --------------------------------------------------------------
 */

static void put_u64(unsigned char *target, uint64_t number)
{
    for (int i = 0; i < 8; i++)
        target[i] = (unsigned char)(number >> (8 * i));
}

static uint64_t get_u64(const unsigned char *bytes)
{
    uint64_t number = 0;
    for (int i = 0; i < 8; i++)
        number |= (uint64_t)bytes[i] << (8 * i);
    return number;
}

/* The key that the bytes are sealed with, by what the head says. */
static enum err derive(const struct seal_key *key, const unsigned char *head,
                       unsigned char target[SEAL_KEY_BYTES],
                       struct fault *fault)
{
    if (key->kind == SEAL_KEY_FILE) {
        memcpy(target, key->key, SEAL_KEY_BYTES);
        return ERR_OK;
    }
    uint64_t passes = get_u64(head + PASSES_AT);
    uint64_t memory = get_u64(head + MEMORY_AT);
    if (passes < 1 || passes > PASSES_MAX || memory > MEMORY_BYTES_MAX)
        return fault_set(fault, ERR_CORRUPT, NULL,
                         "its head asks for more than a passphrase may cost: "
                         "it is damaged");
    if (crypto_pwhash(target, SEAL_KEY_BYTES, key->passphrase,
                      strlen(key->passphrase), head + SALT_AT, passes,
                      (size_t)memory, crypto_pwhash_ALG_ARGON2ID13) == 0)
        return ERR_OK;
    return fault_set(fault, ERR_NO_MEMORY, NULL,
                     "making the key of a passphrase takes %llu MiB of memory, "
                     "which are not there",
                     (unsigned long long)(memory >> 20));
}

static void prove(const unsigned char key[SEAL_KEY_BYTES],
                  unsigned char target[PROOF_BYTES])
{
    static const char constant[] = "broadsheet backup: this is the key";
    crypto_generichash(target, PROOF_BYTES, (const unsigned char *)constant,
                       sizeof constant - 1, key, SEAL_KEY_BYTES);
}

/* ---- Writing ---------------------------------------------------------------
 */

enum err seal_write_begin(struct seal_writer *writer, int fd,
                          const struct seal_key *key, struct fault *fault)
{
    writer->fd = fd;
    writer->sealed = key && key->kind != SEAL_NONE;
    writer->piece_len = 0;
    writer->head_len = 0;
    if (!writer->sealed)
        return ERR_OK;
    enum err err = start(fault);
    if (err)
        return err;
    unsigned char *head = writer->head, stream_key[SEAL_KEY_BYTES];
    memset(head, 0, SEAL_HEAD_BYTES);
    memcpy(head, magic, MAGIC_BYTES);
    head[KIND_AT] = key->kind == SEAL_KEY_FILE ? 1 : 2;
    if (key->kind == SEAL_PASSPHRASE) {
        put_u64(head + PASSES_AT, PASSES);
        put_u64(head + MEMORY_AT, MEMORY_BYTES);
        randombytes_buf(head + SALT_AT, crypto_pwhash_SALTBYTES);
    }
    err = derive(key, head, stream_key, fault);
    if (err)
        return err;
    prove(stream_key, head + PROOF_AT);
    crypto_secretstream_xchacha20poly1305_init_push(
        &writer->state, head + STREAM_AT, stream_key);
    sodium_memzero(stream_key, sizeof stream_key);
    writer->head_len = SEAL_HEAD_BYTES;
    return ERR_OK;
}

static enum err put(struct seal_writer *writer, const void *bytes, size_t len,
                    struct fault *fault)
{
    if (write_whole(writer->fd, str_of(bytes, len)))
        return ERR_OK;
    enum err err = err_from_errno(errno);
    return fault_set(fault, err, NULL,
                     err == ERR_FULL
                         ? "the backup cannot be written: the disk is full "
                           "(%s)"
                         : "the backup cannot be written: %s",
                     strerror(errno));
}

/* One piece; the first one carries the head. */
static enum err put_piece(struct seal_writer *writer, unsigned char tag,
                          struct fault *fault)
{
    if (!writer->sealed)
        return put(writer, writer->piece, writer->piece_len, fault);
    unsigned char cipher[SEAL_PIECE_SEALED_BYTES];
    unsigned long long len;
    crypto_secretstream_xchacha20poly1305_push(
        &writer->state, cipher, &len, writer->piece, writer->piece_len,
        writer->head, writer->head_len, tag);
    enum err err = ERR_OK;
    if (writer->head_len)
        err = put(writer, writer->head, writer->head_len, fault);
    writer->head_len = 0;
    return err ? err : put(writer, cipher, (size_t)len, fault);
}

enum err seal_write(struct seal_writer *writer, struct str bytes,
                    struct fault *fault)
{
    while (bytes.len) {
        if (writer->piece_len == SEAL_PIECE_BYTES) {
            enum err err = put_piece(writer, 0, fault);
            if (err)
                return err;
            writer->piece_len = 0;
        }
        size_t room = SEAL_PIECE_BYTES - writer->piece_len;
        size_t len = bytes.len < room ? bytes.len : room;
        memcpy(writer->piece + writer->piece_len, bytes.ptr, len);
        writer->piece_len += len;
        bytes = str_from(bytes, len);
    }
    return ERR_OK;
}

enum err seal_write_end(struct seal_writer *writer, struct fault *fault)
{
    return put_piece(writer, crypto_secretstream_xchacha20poly1305_TAG_FINAL,
                     fault);
}

/* ---- Reading ---------------------------------------------------------------
 */

/* As many bytes as there are, up to len. */
static enum err get(int fd, unsigned char *target, size_t len, size_t *ret_len,
                    struct fault *fault)
{
    size_t done = 0;
    while (done < len) {
        ssize_t got = read(fd, target + done, len - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fault_set(fault, err_from_errno(errno), NULL,
                             "the backup cannot be read: %s", strerror(errno));
        if (got == 0)
            break;
        done += (size_t)got;
    }
    *ret_len = done;
    return ERR_OK;
}

static enum err check_kind(const struct seal_key *key,
                           const unsigned char *head, struct fault *fault)
{
    static const char *const wanted[] = {"", "--key-file", "--passphrase-file"};
    int kind = head[KIND_AT];
    if (kind != 1 && kind != 2)
        return fault_set(fault, ERR_CORRUPT, NULL,
                         "it is encrypted in a way that this program does not "
                         "know: it is damaged, or a newer version made it");
    bool fits =
        key && key->kind == (kind == 1 ? SEAL_KEY_FILE : SEAL_PASSPHRASE);
    if (fits)
        return ERR_OK;
    return fault_set(fault, ERR_DENIED, "key",
                     "it is encrypted under a %s: give it with %s FILE",
                     kind == 1 ? "key file" : "passphrase", wanted[kind]);
}

static enum err unlock(struct seal_reader *reader, const struct seal_key *key,
                       struct fault *fault)
{
    unsigned char stream_key[SEAL_KEY_BYTES], proof[PROOF_BYTES];
    enum err err = check_kind(key, reader->head, fault);
    if (!err)
        err = derive(key, reader->head, stream_key, fault);
    if (err)
        return err;
    prove(stream_key, proof);
    if (sodium_memcmp(proof, reader->head + PROOF_AT, PROOF_BYTES) != 0)
        err = fault_set(fault, ERR_DENIED, "key",
                        key->kind == SEAL_KEY_FILE
                            ? "this is not the key it was encrypted with"
                            : "this is not the passphrase it was encrypted "
                              "with");
    else if (crypto_secretstream_xchacha20poly1305_init_pull(
                 &reader->state, reader->head + STREAM_AT, stream_key) != 0)
        err = fault_set(fault, ERR_CORRUPT, NULL, "its head is damaged");
    sodium_memzero(stream_key, sizeof stream_key);
    return err;
}

enum err seal_read_begin(struct seal_reader *reader, int fd,
                         const struct seal_key *key, struct fault *fault)
{
    reader->fd = fd;
    reader->ended = false;
    reader->first = true;
    reader->head_at = 0;
    reader->piece_len = reader->piece_at = 0;
    enum err err =
        get(fd, reader->head, SEAL_HEAD_BYTES, &reader->head_len, fault);
    if (err)
        return err;
    reader->sealed = reader->head_len >= MAGIC_BYTES &&
                     memcmp(reader->head, magic, MAGIC_BYTES) == 0;
    if (!reader->sealed)
        return ERR_OK;
    if (reader->head_len < SEAL_HEAD_BYTES)
        return fault_set(fault, ERR_CORRUPT, NULL,
                         "it is cut off within its head");
    err = start(fault);
    return err ? err : unlock(reader, key, fault);
}

/* Nothing may stand behind the last piece. */
static enum err check_end(struct seal_reader *reader, struct fault *fault)
{
    size_t len;
    enum err err = get(reader->fd, reader->cipher, 1, &len, fault);
    if (!err && len)
        err = fault_set(fault, ERR_CORRUPT, NULL,
                        "something was added behind its end");
    return err;
}

static enum err open_piece(struct seal_reader *reader, struct fault *fault)
{
    size_t len;
    unsigned long long plain_len = 0;
    unsigned char tag = 0;
    if (reader->ended)
        return ERR_OK;
    enum err err =
        get(reader->fd, reader->cipher, sizeof reader->cipher, &len, fault);
    if (err)
        return err;
    if (len == 0)
        return fault_set(fault, ERR_CORRUPT, NULL,
                         "it is cut off: its end is missing");
    size_t head_len = reader->first ? SEAL_HEAD_BYTES : 0;
    if (crypto_secretstream_xchacha20poly1305_pull(
            &reader->state, reader->piece, &plain_len, &tag, reader->cipher,
            len, reader->head, head_len) != 0)
        return fault_set(fault, ERR_CORRUPT, NULL,
                         "it was changed, cut off or damaged since it was "
                         "made");
    reader->first = false;
    reader->piece_at = 0;
    reader->piece_len = (size_t)plain_len;
    reader->ended = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    return reader->ended ? check_end(reader, fault) : ERR_OK;
}

enum err seal_read(struct seal_reader *reader, void *target, size_t capacity,
                   size_t *ret_len, struct fault *fault)
{
    if (!reader->sealed && reader->head_at == reader->head_len)
        return get(reader->fd, target, capacity, ret_len, fault);
    if (reader->sealed && reader->piece_at == reader->piece_len) {
        reader->piece_at = reader->piece_len = 0;
        enum err err = open_piece(reader, fault);
        if (err)
            return err;
    }
    unsigned char *from = reader->sealed ? reader->piece : reader->head;
    size_t *at = reader->sealed ? &reader->piece_at : &reader->head_at;
    size_t rest = (reader->sealed ? reader->piece_len : reader->head_len) - *at;
    size_t len = rest < capacity ? rest : capacity;
    memcpy(target, from + *at, len);
    *at += len;
    *ret_len = len;
    return ERR_OK;
}
