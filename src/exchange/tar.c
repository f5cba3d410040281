// SPDX-License-Identifier: Apache-2.0
#include "exchange/tar.h"

#include <assert.h>
#include <inttypes.h>

/* Where the fields of a head are (ustar Interchange Format). */
enum {
    NAME_AT = 0,
    NAME_BYTES = 100,
    MODE_AT = 100,
    MODE_BYTES = 8,
    UID_AT = 108,
    GID_AT = 116,
    SIZE_AT = 124,
    SIZE_BYTES = 12,
    TIME_AT = 136,
    SUM_AT = 148,
    SUM_BYTES = 8,
    TYPE_AT = 156,
    MAGIC_AT = 257,
};
static const struct str magic = {"ustar\00000", 8};

/* The most that eleven octal digits say. */
#define SIZE_MAX_OCTAL INT64_C(077777777777)

/* ---- Writing ---------------------------------------------------------------
 */

static unsigned sum_of(const unsigned char *block)
{
    unsigned sum = 0;
    for (size_t i = 0; i < TAR_BLOCK_BYTES; i++) {
        bool in_sum = i >= SUM_AT && i < SUM_AT + SUM_BYTES;
        sum += in_sum ? ' ' : block[i];
    }
    return sum;
}

static void put_octal(unsigned char *block, size_t at, size_t bytes,
                      int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%0*" PRIo64, (int)bytes - 1, (uint64_t)number);
    assert(strlen(text) == bytes - 1);
    memcpy(block + at, text, bytes);
}

static void add_block(struct buf *out, struct str name, int64_t size,
                      int64_t modified_s, char type)
{
    unsigned char block[TAR_BLOCK_BYTES] = {0};
    assert(name.len <= NAME_BYTES);
    memcpy(block + NAME_AT, name.ptr, name.len);
    put_octal(block, MODE_AT, MODE_BYTES, 0600);
    put_octal(block, UID_AT, MODE_BYTES, 0);
    put_octal(block, GID_AT, MODE_BYTES, 0);
    put_octal(block, SIZE_AT, SIZE_BYTES, size);
    put_octal(block, TIME_AT, SIZE_BYTES, modified_s);
    block[TYPE_AT] = (unsigned char)type;
    memcpy(block + MAGIC_AT, magic.ptr, magic.len);
    snprintf((char *)block + SUM_AT, SUM_BYTES, "%06o", sum_of(block));
    block[SUM_AT + SUM_BYTES - 1] = ' ';
    buf_add_bytes(out, block, sizeof block);
}

/* "30 path=some/long/name\n": the number counts itself. */
static void add_record(struct buf *records, const char *key, struct str value)
{
    size_t rest = strlen(key) + value.len + 3; /* blank, "=", line feed */
    size_t len = rest + 1;
    for (size_t digits = 1, limit = 10; len >= limit; limit *= 10)
        len = rest + ++digits;
    buf_printf(records, "%zu %s=%" PRI_STR "\n", len, key, ARG_STR(value));
}

static void add_extended(struct buf *out, struct str name,
                         const struct tar_file *file)
{
    static const char zeros[TAR_BLOCK_BYTES];
    char number[24];
    DEFER(buf_finish) struct buf records;
    buf_init(&records, TAR_EXTENDED_BYTES_MAX);
    if (name.len > NAME_BYTES)
        add_record(&records, "path", name);
    if (file->size > SIZE_MAX_OCTAL) {
        snprintf(number, sizeof number, "%" PRId64, file->size);
        add_record(&records, "size", str_from_c(number));
    }
    add_block(out, STR("pax-header"), (int64_t)records.len, file->modified_s,
              'x');
    buf_add(out, buf_str(&records));
    buf_add_bytes(out, zeros, tar_padding((int64_t)records.len));
}

enum err tar_write_head(struct buf *out, const struct tar_file *file)
{
    struct str name = str_from_c(file->name);
    bool large = file->size > SIZE_MAX_OCTAL;
    assert(file->size >= 0);
    if (name.len > TAR_NAME_BYTES_MAX)
        return ERR_TOO_LONG;
    struct tar_file plain = *file;
    if (plain.modified_s < 0 || plain.modified_s > SIZE_MAX_OCTAL)
        plain.modified_s = 0;
    if (name.len > NAME_BYTES || large)
        add_extended(out, name, &plain);
    add_block(out, str_slice(name, 0, NAME_BYTES), large ? 0 : plain.size,
              plain.modified_s, '0');
    return buf_err(out);
}

/* ---- Reading ---------------------------------------------------------------
 */

static enum err damaged(struct fault *fault, const char *what)
{
    return fault_set(fault, ERR_CORRUPT, "archive", "%s", what);
}

/* Octal digits up to a blank or a NUL. */
static enum err read_octal(struct str block, size_t at, size_t bytes,
                           int64_t *ret_number)
{
    int64_t number = 0;
    size_t i = at;
    for (; i < at + bytes && block.ptr[i] >= '0' && block.ptr[i] <= '7'; i++) {
        if (number > (INT64_MAX >> 3))
            return ERR_CORRUPT;
        number = number * 8 + (block.ptr[i] - '0');
    }
    bool ended = i == at + bytes || block.ptr[i] == ' ' || block.ptr[i] == '\0';
    if (i == at || !ended)
        return ERR_CORRUPT;
    *ret_number = number;
    return ERR_OK;
}

static bool is_zero(struct str block)
{
    for (size_t i = 0; i < block.len; i++) {
        if (block.ptr[i])
            return false;
    }
    return true;
}

static enum err read_head(struct str block, struct tar_file *ret_file,
                          struct fault *fault)
{
    int64_t sum;
    const unsigned char *bytes = (const unsigned char *)block.ptr;
    if (memcmp(block.ptr + MAGIC_AT, magic.ptr, magic.len) != 0)
        return damaged(fault, "what should be the head of a file is none");
    if (read_octal(block, SUM_AT, SUM_BYTES, &sum) || sum != sum_of(bytes))
        return damaged(fault, "the head of a file does not fit its checksum");
    struct tar_file file = {.size = 0};
    if (read_octal(block, SIZE_AT, SIZE_BYTES, &file.size) ||
        read_octal(block, TIME_AT, SIZE_BYTES, &file.modified_s))
        return damaged(fault, "the head of a file has a number that is none");
    memcpy(file.name, block.ptr + NAME_AT, NAME_BYTES);
    *ret_file = file;
    return ERR_OK;
}

/* What an extended header said before holds for this file only. */
static void apply_extended(struct tar_reader *reader, struct tar_file *file)
{
    if (reader->has_name)
        memcpy(file->name, reader->extended.name, sizeof file->name);
    if (reader->has_size)
        file->size = reader->extended.size;
    *reader = (struct tar_reader){.has_name = false};
}

enum err tar_read_block(struct tar_reader *reader, struct str block,
                        enum tar_block *ret_kind, struct tar_file *ret_file,
                        struct fault *fault)
{
    assert(block.len == TAR_BLOCK_BYTES);
    if (is_zero(block)) {
        *ret_kind = TAR_END;
        return ERR_OK;
    }
    struct tar_file file;
    enum err err = read_head(block, &file, fault);
    if (err)
        return err;
    char type = block.ptr[TYPE_AT];
    if (type == 'x' && file.size > TAR_EXTENDED_BYTES_MAX)
        return damaged(fault, "an extended header is too long");
    if (type != 'x' && type != '0')
        return damaged(fault, "it holds something that is no ordinary file");
    if (type == '0')
        apply_extended(reader, &file);
    *ret_kind = type == 'x' ? TAR_EXTENDED : TAR_FILE;
    *ret_file = file;
    return ERR_OK;
}

static enum err read_record(struct tar_reader *reader, struct str record,
                            struct fault *fault)
{
    ptrdiff_t equals = str_find_char(record, '=');
    if (equals < 0)
        return damaged(fault, "an extended header has a record without a name");
    struct str key = str_slice(record, 0, (size_t)equals);
    struct str value = str_from(record, (size_t)equals + 1);
    if (str_eq(key, STR("path"))) {
        reader->has_name = true;
        if (str_to_c(value, reader->extended.name,
                     sizeof reader->extended.name))
            return damaged(fault, "a file has a name that cannot be one");
    } else if (str_eq(key, STR("size"))) {
        reader->has_size = true;
        if (str_parse_i64(value, &reader->extended.size) ||
            reader->extended.size < 0)
            return damaged(fault, "a file has a size that cannot be one");
    }
    return ERR_OK; /* others say nothing that matters here */
}

enum err tar_read_extended(struct tar_reader *reader, struct str bytes,
                           struct fault *fault)
{
    while (bytes.len) {
        uint64_t len;
        ptrdiff_t blank = str_find_char(bytes, ' ');
        if (blank < 0 ||
            str_parse_u64(str_slice(bytes, 0, (size_t)blank), &len) ||
            len > bytes.len || len < (size_t)blank + 2 ||
            bytes.ptr[len - 1] != '\n')
            return damaged(fault, "an extended header has a record of the "
                                  "wrong length");
        size_t from = (size_t)blank + 1;
        enum err err = read_record(
            reader, str_slice(bytes, from, (size_t)len - from - 1), fault);
        if (err)
            return err;
        bytes = str_from(bytes, (size_t)len);
    }
    return ERR_OK;
}
