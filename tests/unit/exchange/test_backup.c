// SPDX-License-Identifier: Apache-2.0
/* What backups are made of: heads of files, packed and sealed bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "exchange/pack.h"
#include "exchange/seal.h"
#include "exchange/tar.h"

enum { LARGE = 300 * 1000, PIECES_AT = SEAL_HEAD_BYTES };

static const struct seal_key key = {.kind = SEAL_KEY_FILE, .key = "a key"};

static void assert_ok(enum err err, const struct fault *fault)
{
    if (err)
        fail_msg("%s: %s", err_name(err), fault_text(fault));
}

/* ---- Heads of files --------------------------------------------------------
 */

static void read_back(struct str blocks, struct tar_file *file)
{
    struct tar_reader reader = {.has_name = false};
    struct fault fault = {0};
    enum tar_block kind;
    assert_int_equal(blocks.len % TAR_BLOCK_BYTES, 0);
    assert_ok(tar_read_block(&reader, str_slice(blocks, 0, TAR_BLOCK_BYTES),
                             &kind, file, &fault),
              &fault);
    if (kind == TAR_EXTENDED) {
        size_t len = (size_t)file->size;
        assert_ok(tar_read_extended(
                      &reader, str_slice(blocks, TAR_BLOCK_BYTES, len), &fault),
                  &fault);
        size_t at = TAR_BLOCK_BYTES + len + tar_padding(file->size);
        assert_ok(tar_read_block(&reader,
                                 str_slice(blocks, at, TAR_BLOCK_BYTES), &kind,
                                 file, &fault),
                  &fault);
    }
    assert_int_equal(kind, TAR_FILE);
}

static void test_names_and_sizes_of_any_length_come_back(void **state)
{
    (void)state;
    static const int64_t sizes[] = {0,
                                    1,
                                    511,
                                    512,
                                    INT64_C(8589934591),
                                    INT64_C(8589934592),
                                    INT64_C(1) << 50};
    static const size_t names[] = {1, 99, 100, 101, 155, 300, 1024};
    for (size_t i = 0; i < 7; i++) {
        for (size_t k = 0; k < 7; k++) {
            struct tar_file file = {.size = sizes[i], .modified_s = 12345};
            struct tar_file back;
            memset(file.name, 'n', names[k]);
            DEFER(buf_finish) struct buf out;
            buf_init(&out, 1 << 16);
            assert_int_equal(tar_write_head(&out, &file), ERR_OK);
            read_back(buf_str(&out), &back);
            assert_string_equal(back.name, file.name);
            assert_int_equal(back.size, file.size);
            assert_int_equal(back.modified_s, 12345);
        }
    }
}

static void test_a_changed_head_is_found(void **state)
{
    (void)state;
    struct tar_file file = {.name = "blobs/ab/cd.png", .size = 77}, back;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1 << 16);
    assert_int_equal(tar_write_head(&out, &file), ERR_OK);
    for (size_t i = 0; i < out.len; i++) {
        struct tar_reader reader = {.has_name = false};
        struct fault fault = {0};
        enum tar_block kind;
        out.ptr[i] ^= 0x10;
        enum err err =
            tar_read_block(&reader, buf_str(&out), &kind, &back, &fault);
        /* A bit that ends the sum's own field is no part of it. */
        if (!err)
            assert_in_range(i, 148, 155);
        else
            assert_int_equal(err, ERR_CORRUPT);
        out.ptr[i] ^= 0x10;
    }
}

/* ---- Packed and sealed -----------------------------------------------------
 */

static char *pattern(void)
{
    char *bytes = malloc(LARGE);
    assert_non_null(bytes);
    uint32_t noise = 1;
    for (size_t i = 0; i < LARGE; i++) {
        noise = noise * 1664525 + 1013904223;
        bytes[i] = (char)(noise >> 24);
    }
    return bytes;
}

/* A file in memory with the pattern in it. */
static int packed(const struct seal_key *with)
{
    struct fault fault = {0};
    DEFER(pack_writer_free) struct pack_writer *writer = NULL;
    int fd = memfd_create("packed", MFD_CLOEXEC);
    char *bytes = pattern();
    assert_ok(pack_write_begin(fd, with, &writer, &fault), &fault);
    assert_ok(pack_write(writer, str_of(bytes, LARGE), &fault), &fault);
    assert_ok(pack_write_end(writer, &fault), &fault);
    free(bytes);
    return fd;
}

/* The first failure, or ERR_OK when the pattern came back, all of it. */
static enum err unpack(int fd, const struct seal_key *with)
{
    struct fault fault = {0};
    DEFER(pack_reader_free) struct pack_reader *reader = NULL;
    char *bytes = pattern(), *back = calloc(1, LARGE + 1);
    size_t done = 0, len = 1;
    assert_non_null(back);
    lseek(fd, 0, SEEK_SET);
    enum err err = pack_read_begin(fd, with, &reader, &fault);
    while (!err && len && done <= LARGE) {
        err = pack_read(reader, back + done, LARGE + 1 - done, &len, &fault);
        done += err ? 0 : len;
        if (done == LARGE + 1)
            break;
    }
    if (!err)
        assert_true(done == LARGE && memcmp(bytes, back, LARGE) == 0);
    else
        assert_true(fault.message[0] != '\0');
    free(bytes);
    free(back);
    return err;
}

static off_t size_of(int fd)
{
    return lseek(fd, 0, SEEK_END);
}

static void test_what_was_packed_comes_back(void **state)
{
    (void)state;
    int plain = packed(NULL), sealed = packed(&key);
    assert_int_equal(unpack(plain, NULL), ERR_OK);
    assert_int_equal(unpack(plain, &key), ERR_OK);
    assert_int_equal(unpack(sealed, &key), ERR_OK);
    close(plain);
    close(sealed);
}

static void test_only_the_key_opens_it(void **state)
{
    (void)state;
    struct seal_key other = key;
    other.key[31] ^= 1;
    struct seal_key passphrase = {.kind = SEAL_PASSPHRASE, .passphrase = "a"};
    int fd = packed(&key);
    assert_int_equal(unpack(fd, NULL), ERR_DENIED);
    assert_int_equal(unpack(fd, &other), ERR_DENIED);
    assert_int_equal(unpack(fd, &passphrase), ERR_DENIED);
    close(fd);
}

static void test_every_cut_is_found(void **state)
{
    (void)state;
    for (int sealed = 0; sealed < 2; sealed++) {
        int fd = packed(sealed ? &key : NULL);
        off_t size = size_of(fd);
        for (off_t len = size - 1; len > SEAL_HEAD_BYTES; len -= 9973) {
            assert_int_equal(ftruncate(fd, len), 0);
            assert_int_equal(unpack(fd, sealed ? &key : NULL), ERR_CORRUPT);
        }
        close(fd);
    }
}

static void test_every_changed_byte_of_a_sealed_file_is_found(void **state)
{
    (void)state;
    int fd = packed(&key);
    off_t size = size_of(fd);
    for (off_t at = 0; at < size; at += at < 120 ? 1 : 7919) {
        char byte;
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        byte ^= 4;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        assert_int_not_equal(unpack(fd, &key), ERR_OK);
        byte ^= 4;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    }
    assert_int_equal(unpack(fd, &key), ERR_OK);
    close(fd);
}

static void test_sealed_pieces_keep_their_order(void **state)
{
    (void)state;
    static char a[SEAL_PIECE_SEALED_BYTES], b[SEAL_PIECE_SEALED_BYTES];
    off_t first = PIECES_AT, second = PIECES_AT + SEAL_PIECE_SEALED_BYTES;
    int fd = packed(&key);
    assert_int_equal(pread(fd, a, sizeof a, first), sizeof a);
    assert_int_equal(pread(fd, b, sizeof b, second), sizeof b);
    assert_int_equal(pwrite(fd, b, sizeof b, first), sizeof b);
    assert_int_equal(pwrite(fd, a, sizeof a, second), sizeof a);
    assert_int_equal(unpack(fd, &key), ERR_CORRUPT);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_and_sizes_of_any_length_come_back),
        cmocka_unit_test(test_a_changed_head_is_found),
        cmocka_unit_test(test_what_was_packed_comes_back),
        cmocka_unit_test(test_only_the_key_opens_it),
        cmocka_unit_test(test_every_cut_is_found),
        cmocka_unit_test(test_every_changed_byte_of_a_sealed_file_is_found),
        cmocka_unit_test(test_sealed_pieces_keep_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
