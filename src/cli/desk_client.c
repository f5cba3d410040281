// SPDX-License-Identifier: Apache-2.0
#include "cli/desk_client.h"

#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/time.h"
#include "net/http_client.h"

enum {
    PATH_BYTES = 4096,
    SYNC_TIMEOUT_S = 60,
    CONNECT_TIMEOUT_S = 5,
    GET_TIMEOUT_S = 10
};

/* The address of the desk by way of its open folder: a socket's name may have
 * 107 bytes, the path of a newspaper more. ERR_NOT_FOUND: no such socket. */
static enum err find_desk(const char *directory, int *ret_folder,
                          struct address *ret_address, struct fault *fault)
{
    char path[PATH_BYTES];
    if ((size_t)snprintf(path, sizeof path, "%s/run", directory) >= sizeof path)
        return ERR_NOT_FOUND;
    *ret_folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*ret_folder < 0 || faccessat(*ret_folder, "desk.sock", F_OK, 0) < 0)
        return ERR_NOT_FOUND;
    char name[ADDRESS_TEXT_BYTES];
    snprintf(name, sizeof name, "unix:/proc/self/fd/%d/desk.sock", *ret_folder);
    return address_parse(str_from_c(name), ret_address, fault);
}

bool desk_is_running(const char *directory)
{
    DEFER(fd_close) int folder = -1;
    DEFER(fd_close) int socket = -1;
    struct address address;
    return !find_desk(directory, &folder, &address, NULL) &&
           !http_client_connect(
               &address, CONNECT_TIMEOUT_S * TIME_US_PER_SECOND, &socket, NULL);
}

enum err desk_sync(const char *directory, int64_t seq, struct arena *arena,
                   bool *ret_running, struct fault *fault)
{
    DEFER(fd_close) int folder = -1;
    struct address address;
    *ret_running = false;
    enum err err = find_desk(directory, &folder, &address, fault);
    if (err == ERR_NOT_FOUND || !seq)
        return ERR_OK;
    if (err)
        return err;
    struct http_client_request request = {
        .method = HTTP_POST,
        .target = arena_printf(arena, "/sync?seq=%" PRId64, seq),
        .timeout_us = SYNC_TIMEOUT_S * TIME_US_PER_SECOND,
    };
    struct http_client_answer answer;
    struct fault cause = {0};
    err = http_client_send(&address, &request, arena, &answer, &cause);
    if (err == ERR_CLOSED) /* a socket that a desk left behind */
        return ERR_OK;
    *ret_running = true;
    if (err)
        return fault_set(fault, err, NULL,
                         "it is stored, but the running server did not say "
                         "that readers see it: %s",
                         fault_text(&cause));
    if (answer.head.status != 200)
        return fault_set(fault, ERR_BUSY, NULL,
                         "it is stored, but not printed yet: the running "
                         "server answered %d; its log tells why",
                         answer.head.status);
    return ERR_OK;
}

enum err desk_get(const char *directory, const char *target,
                  struct arena *arena, struct str *ret_body,
                  struct fault *fault)
{
    DEFER(fd_close) int folder = -1;
    struct address address;
    struct http_client_answer answer;
    struct http_client_request request = {
        .method = HTTP_GET,
        .target = str_from_c(target),
        .timeout_us = GET_TIMEOUT_S * TIME_US_PER_SECOND,
    };
    struct fault cause = {0};
    enum err err = find_desk(directory, &folder, &address, fault);
    if (!err)
        err = http_client_send(&address, &request, arena, &answer, &cause);
    if (err == ERR_CLOSED || err == ERR_NOT_FOUND)
        return fault_set(fault, ERR_NOT_FOUND, NULL,
                         "no server runs in %s; start it with 'broadsheet "
                         "serve'",
                         directory);
    if (err)
        return fault_set(fault, err, NULL, "the running server: %s",
                         fault_text(&cause));
    if (answer.head.status != 200)
        return fault_set(fault, ERR_BUSY, NULL,
                         "the running server answered %d; its log tells why",
                         answer.head.status);
    *ret_body = answer.body;
    return ERR_OK;
}
