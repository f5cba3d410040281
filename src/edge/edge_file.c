// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "edge/edge_internal.h"

int edge_open_file(int folder, const char *path, uint64_t *ret_size)
{
    struct stat info;
    struct open_how how = {
        .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
    };
    if (folder < 0)
        return -1;
    int fd = (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
    if (fd < 0)
        return -1;
    if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode)) {
        close(fd);
        return -1;
    }
    *ret_size = (uint64_t)info.st_size;
    return fd;
}

/* Who waited for it gets all of it, whatever was asked. */
static struct str asked(const struct http_exchange *exchange,
                        enum http_field_id field)
{
    return exchange->is_slim
               ? str_of(NULL, 0)
               : http_fields_known(&exchange->request.fields, field);
}

struct byte_range edge_range(const struct http_exchange *exchange,
                             uint64_t size, struct str tag, struct str lines,
                             int *ret_status, char fields[EDGE_FIELDS_BYTES])
{
    struct byte_range range = {0, size};
    enum accept_range wanted = ACCEPT_RANGE_NONE;
    int len = snprintf(fields, EDGE_FIELDS_BYTES,
                       "%" PRI_STR "Accept-Ranges: bytes\r\n", ARG_STR(lines));
    char *end = fields + len;
    size_t room = EDGE_FIELDS_BYTES - (size_t)len;
    *ret_status = 200;
    if (tag.len &&
        accept_none_match(asked(exchange, HTTP_FIELD_IF_NONE_MATCH), tag)) {
        *ret_status = 304;
        return (struct byte_range){0, 0};
    }
    if (!tag.len || accept_if_range(asked(exchange, HTTP_FIELD_IF_RANGE), tag))
        wanted = accept_range(asked(exchange, HTTP_FIELD_RANGE), size, &range);
    if (wanted == ACCEPT_RANGE_PART) {
        *ret_status = 206;
        snprintf(end, room,
                 "Content-Range: bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64 "\r\n",
                 range.start, range.start + range.len - 1, size);
    } else if (wanted == ACCEPT_RANGE_UNSATISFIABLE) {
        *ret_status = 416;
        range = (struct byte_range){0, 0};
        snprintf(end, room, "Content-Range: bytes */%" PRIu64 "\r\n", size);
    }
    return range;
}

void edge_answer_file(struct http_exchange *exchange,
                      const struct edge_file *file)
{
    char fields[EDGE_FIELDS_BYTES];
    int status;
    struct byte_range range = edge_range(exchange, file->size, file->tag,
                                         file->lines, &status, fields);
    struct http_answer answer = {
        .status = status,
        .content_type = file->content_type,
        .fields = str_from_c(fields),
    };
    if (status == 200 || status == 206) {
        http_answer_file(exchange, &answer, file->fd, file->start + range.start,
                         range.len);
    } else {
        close(file->fd);
        http_answer(exchange, &answer);
    }
}
