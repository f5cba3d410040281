// SPDX-License-Identifier: Apache-2.0
/* What is read of a backup: the archive of any bytes, and what a backup says of
 * itself. The first byte chooses how many bytes come at a time. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "exchange/backup_archive.h"
#include "exchange/backup_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

struct supply {
    struct str rest;
    size_t at_once;
};

static enum err supply(void *context, void *target, size_t capacity,
                       size_t *ret_len, struct fault *fault)
{
    struct supply *from = context;
    (void)fault;
    size_t len = from->rest.len < capacity ? from->rest.len : capacity;
    len = len < from->at_once ? len : from->at_once;
    if (len)
        memcpy(target, from->rest.ptr, len);
    from->rest = str_from(from->rest, len);
    *ret_len = len;
    return ERR_OK;
}

/* Nothing that is given out may lead out of the folder. */
static void look_at(const struct archive_reader *reader)
{
    struct str name = str_from_c(reader->file.name), rest = name, part;
    assert(name.len && name.ptr[0] != '/' && reader->file.size >= 0);
    while (str_split_next(&rest, '/', &part))
        assert(part.len && part.ptr[0] != '.');
}

static enum err read_file(struct archive_reader *reader, struct buf *info,
                          struct fault *fault)
{
    for (size_t got = 1; got;) {
        char step[1000];
        enum err err = archive_read(reader, step, sizeof step, &got, fault);
        if (err)
            return err;
        if (reader->part == ARCHIVE_INFO)
            buf_add(info, str_of(step, got));
    }
    return ERR_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (len == 0)
        return 0;
    struct supply from = {str_of((const char *)bytes + 1, len - 1),
                          1 + bytes[0] * (size_t)7};
    struct fault fault = {0};
    struct backup_summary summary;
    DEFER(buf_finish) struct buf info;
    buf_init(&info, BACKUP_INFO_BYTES_MAX);
    DEFER(archive_reader_finish) struct archive_reader reader;
    archive_read_begin(&reader, (struct archive_input){supply, &from});
    enum err err;
    while (!(err = archive_next(&reader, &fault))) {
        look_at(&reader);
        err = read_file(&reader, &info, &fault);
        if (err)
            break;
    }
    assert(err == ERR_NOT_FOUND || (err && fault.message[0]));
    if (info.len && !backup_info_read(buf_str(&info), &summary, &fault))
        assert(summary.format == BACKUP_FORMAT && summary.blobs >= 0);
    return 0;
}
