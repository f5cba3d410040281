// SPDX-License-Identifier: Apache-2.0
#include "base/err.h"

#include <assert.h>
#include <errno.h>

static const struct {
    const char *name;
    const char *sentence;
    int status;
    int exit_code;
} rows[ERR_COUNT] = {
#define X(name, status, exit, sentence) \
    [name] = {#name, sentence, status, exit},
    ERR_TABLE(X)
#undef X
};

const char *err_name(enum err err)
{
    assert(err < ERR_COUNT);
    return rows[err].name;
}

const char *err_sentence(enum err err)
{
    assert(err < ERR_COUNT);
    return rows[err].sentence;
}

int err_http_status(enum err err)
{
    assert(err < ERR_COUNT);
    return rows[err].status;
}

int err_exit_code(enum err err)
{
    assert(err < ERR_COUNT);
    return rows[err].exit_code;
}

enum err err_from_errno(int number)
{
    switch (number) {
    case 0:
        return ERR_OK;
    case ENOENT:
    case ENOTDIR:
        return ERR_NOT_FOUND;
    case EEXIST:
        return ERR_EXISTS;
    case EACCES:
    case EPERM:
    case EROFS:
        return ERR_DENIED;
    case ENOSPC:
    case EDQUOT:
        return ERR_FULL;
    case ENOMEM:
        return ERR_NO_MEMORY;
    case EAGAIN:
    case EINTR:
        return ERR_AGAIN;
    case EMFILE:
    case ENFILE:
    case EADDRINUSE:
        return ERR_BUSY;
    case ECONNRESET:
    case EPIPE:
    case ECONNREFUSED:
        return ERR_CLOSED;
    case ETIMEDOUT:
        return ERR_TIMEOUT;
    case ENAMETOOLONG:
    case EFBIG:
        return ERR_TOO_LONG;
    default:
        return ERR_IO;
    }
}
