// SPDX-License-Identifier: Apache-2.0
/* Recordings of programmes, as files:
 *
 *   /recording/62f9f7d471fdc/master.m3u8    which renditions there are
 *   /recording/62f9f7d471fdc/720p.m3u8      byte ranges of the file beside it
 *   /recording/62f9f7d471fdc/720p.mp4
 *
 * A file never changes while it is there. */
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/id.h"
#include "edge/edge_live_internal.h"

enum { NAME_BYTES_MAX = 24, PATH_BYTES = 128 };

static const struct {
    struct str ending;
    struct str content_type;
} kinds[] = {
    {STR_INIT(".m3u8"), STR_INIT("application/vnd.apple.mpegurl")},
    {STR_INIT(".mp4"), STR_INIT("video/mp4")},
};

/* Small letters and digits before a known ending; "" for other names. */
static struct str content_type_of(struct str name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!str_ends_with(name, kinds[i].ending))
            continue;
        struct str stem = str_slice(name, 0, name.len - kinds[i].ending.len);
        return live_name_is_valid(stem) && name.len <= NAME_BYTES_MAX
                   ? kinds[i].content_type
                   : STR("");
    }
    return STR("");
}

static int open_file(int live_fd, const struct id *id, struct str name,
                     uint64_t *ret_size)
{
    char path[PATH_BYTES];
    struct stat info;
    snprintf(path, sizeof path, "recordings/%s/%" PRI_STR, id->text,
             ARG_STR(name));
    struct open_how how = {
        .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
    };
    int fd = (int)syscall(SYS_openat2, live_fd, path, &how, sizeof how);
    if (fd < 0)
        return -1;
    if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode)) {
        close(fd);
        return -1;
    }
    *ret_size = (uint64_t)info.st_size;
    return fd;
}

static void answer_file(struct http_exchange *exchange, int fd, uint64_t size,
                        struct str content_type)
{
    char fields[LIVE_FIELDS_BYTES];
    int status;
    struct byte_range range = edge_live_range(exchange, size, &status, fields);
    struct http_answer answer = {
        .status = status,
        .content_type = content_type,
        .fields = str_from_c(fields),
    };
    if (status == 416) {
        close(fd);
        http_answer(exchange, &answer);
        return;
    }
    http_answer_file(exchange, &answer, fd, range.start, range.len);
}

void edge_answer_recording(struct edge_thread *thread,
                           struct http_exchange *exchange, struct str rest)
{
    struct str text = STR("");
    struct id id;
    uint64_t size = 0;
    enum http_method method = exchange->request.method;
    if (method == HTTP_OPTIONS) {
        edge_live_answer_options(exchange);
        return;
    }
    if (method != HTTP_GET && method != HTTP_HEAD) {
        edge_live_answer_words(exchange, 405, STR("recordings are only read"));
        return;
    }
    bool has_name = str_split_next(&rest, '/', &text) && rest.ptr;
    struct str type = has_name ? content_type_of(rest) : STR("");
    int fd =
        type.len && !id_parse(text, &id) && thread->edge->config.live_fd >= 0
            ? open_file(thread->edge->config.live_fd, &id, rest, &size)
            : -1;
    if (fd < 0)
        edge_live_answer_words(exchange, 404,
                               STR("there is no such recording, or it is no "
                                   "longer kept"));
    else
        answer_file(exchange, fd, size, type);
}
