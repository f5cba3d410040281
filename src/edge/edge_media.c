// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "edge/edge_internal.h"
#include "net/accept.h"

enum { NAME_DIGITS = 32, NAME_BYTES = 64, FIELDS_BYTES = 512 };

/* What may be in the folder. Nothing here is ever run by a browser. */
static const struct {
    struct str ending;
    struct str content_type;
} kinds[] = {
    {STR_INIT(".jpg"), STR_INIT("image/jpeg")},
    {STR_INIT(".png"), STR_INIT("image/png")},
    {STR_INIT(".webp"), STR_INIT("image/webp")},
    {STR_INIT(".avif"), STR_INIT("image/avif")},
    {STR_INIT(".gif"), STR_INIT("image/gif")},
    {STR_INIT(".mp3"), STR_INIT("audio/mpeg")},
    {STR_INIT(".m4a"), STR_INIT("audio/mp4")},
    {STR_INIT(".mp4"), STR_INIT("video/mp4")},
    {STR_INIT(".vtt"), STR_INIT("text/vtt; charset=utf-8")},
    {STR_INIT(".pdf"), STR_INIT("application/pdf")},
};

/* 32 hexadecimal digits and a known ending; "" for every other name. */
static struct str content_type_of(struct str name)
{
    for (size_t i = 0; i < name.len && i < NAME_DIGITS; i++) {
        char c = name.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return STR("");
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (str_eq(str_from(name, NAME_DIGITS), kinds[i].ending))
            return kinds[i].content_type;
    }
    return STR("");
}

static int open_media(int folder, struct str name, uint64_t *ret_size)
{
    char path[NAME_BYTES];
    struct stat info;
    if (folder < 0 || str_to_c(name, path, sizeof path))
        return -1;
    struct open_how how = {
        .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
    };
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

/* Whole, or the part that Range asks for, or 416. */
static void answer_file(struct http_exchange *exchange, int fd, uint64_t size,
                        struct str name, struct str content_type)
{
    const struct http_fields *fields = &exchange->request.fields;
    char etag[NAME_BYTES + 2], text[FIELDS_BYTES];
    struct byte_range range = {0, size};
    enum accept_range wanted = ACCEPT_RANGE_NONE;
    snprintf(etag, sizeof etag, "\"%" PRI_STR "\"", ARG_STR(name));
    struct str tag = str_from_c(etag);
    if (accept_if_range(http_fields_known(fields, HTTP_FIELD_IF_RANGE), tag))
        wanted = accept_range(http_fields_known(fields, HTTP_FIELD_RANGE), size,
                              &range);
    struct http_answer answer = {.status = 200, .content_type = content_type};
    /* The name is made from the content, so it never changes. */
    int len = snprintf(text, sizeof text,
                       "ETag: %s\r\nAccept-Ranges: bytes\r\n"
                       "Cache-Control: public, max-age=31536000, immutable\r\n"
                       "X-Content-Type-Options: nosniff\r\n",
                       etag);
    char *end = text + len;
    size_t room = sizeof text - (size_t)len;
    if (accept_none_match(http_fields_known(fields, HTTP_FIELD_IF_NONE_MATCH),
                          tag)) {
        answer.status = 304;
        range.len = 0;
    } else if (wanted == ACCEPT_RANGE_UNSATISFIABLE) {
        answer.status = 416;
        range.len = 0;
        snprintf(end, room, "Content-Range: bytes */%llu\r\n",
                 (unsigned long long)size);
    } else if (wanted == ACCEPT_RANGE_PART) {
        answer.status = 206;
        snprintf(end, room, "Content-Range: bytes %llu-%llu/%llu\r\n",
                 (unsigned long long)range.start,
                 (unsigned long long)(range.start + range.len - 1),
                 (unsigned long long)size);
    }
    answer.fields = str_from_c(text);
    if (answer.status == 200 || answer.status == 206) {
        http_answer_file(exchange, &answer, fd, range.start, range.len);
    } else {
        close(fd);
        http_answer(exchange, &answer);
    }
}

void edge_answer_media(struct edge_thread *thread,
                       struct http_exchange *exchange, struct str name)
{
    struct str content_type = content_type_of(name);
    uint64_t size = 0;
    int fd = content_type.len
                 ? open_media(thread->edge->config.media_fd, name, &size)
                 : -1;
    if (fd < 0)
        edge_answer_error(exchange, 404);
    else
        answer_file(exchange, fd, size, name, content_type);
}
