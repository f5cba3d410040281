// SPDX-License-Identifier: Apache-2.0
#include "exchange/folder_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The path with its escapes decoded; NULL when one is broken or hides a NUL. */
static const char *decode(struct str href, struct arena *arena)
{
    char *path = arena_array(arena, char, href.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < href.len; i++) {
        char c = href.ptr[i];
        if (c == '%') {
            int high = i + 2 < href.len ? digit(href.ptr[i + 1]) : -1;
            int low = i + 2 < href.len ? digit(href.ptr[i + 2]) : -1;
            if (high < 0 || low < 0)
                return NULL;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (!c)
            return NULL;
        path[len++] = c;
    }
    path[len] = '\0';
    return path;
}

/* The system itself keeps the path beneath the folder. */
static int open_beneath(int folder, const char *path)
{
    struct open_how how = {
        .flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
        .resolve =
            RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

static enum err refuse(struct str href, int cause, struct fault *fault)
{
    if (cause == EXDEV || cause == ELOOP)
        return fault_set(fault, ERR_DENIED, "href",
                         "'%.*s' leads out of the folder", ARG_STR(href));
    return fault_set(fault, err_from_errno(cause), "href",
                     "cannot read '%.*s': %s", ARG_STR(href), strerror(cause));
}

static enum err read_all(int fd, size_t len, struct str href,
                         struct arena *arena, struct str *ret_bytes,
                         struct fault *fault)
{
    char *bytes = arena_array(arena, char, len + 1);
    size_t done = 0;
    while (done < len) {
        ssize_t n = read(fd, bytes + done, len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return refuse(href, errno, fault);
        if (n == 0)
            break;
        done += (size_t)n;
    }
    *ret_bytes = str_of(bytes, done);
    return ERR_OK;
}

enum err folder_file_read(const char *folder, struct str href, size_t max_bytes,
                          struct arena *arena, struct str *ret_bytes,
                          struct fault *fault)
{
    const char *path = decode(href, arena);
    if (!path || !*path)
        return fault_set(fault, ERR_INVALID, "href",
                         "'%.*s' is no path of a file", ARG_STR(href));
    DEFER(fd_close) int base = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (base < 0)
        return refuse(str_from_c(folder), errno, fault);
    DEFER(fd_close) int fd = open_beneath(base, path);
    if (fd < 0)
        return refuse(href, errno, fault);
    struct stat info;
    if (fstat(fd, &info) < 0)
        return refuse(href, errno, fault);
    if (!S_ISREG(info.st_mode))
        return fault_set(fault, ERR_INVALID, "href", "'%.*s' is no file",
                         ARG_STR(href));
    if (info.st_size < 0 || (uint64_t)info.st_size > max_bytes)
        return fault_set(fault, ERR_TOO_LONG, "href",
                         "'%.*s' is larger than %zu bytes", ARG_STR(href),
                         max_bytes);
    return read_all(fd, (size_t)info.st_size, href, arena, ret_bytes, fault);
}
