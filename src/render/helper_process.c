// SPDX-License-Identifier: Apache-2.0
#include "render/helper_process.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"

enum { LOOK_EVERY_MS = 200 }; /* whether it is cancelled */

enum err helper_process_init(struct helper_process *process, const char *name,
                             const char *program, const char *argument)
{
    assert(process && name && program);
    char *program_copy = strdup(program);
    char *argument_copy = argument ? strdup(argument) : NULL;
    *process = (struct helper_process){
        .name = name,
        .program = program_copy,
        .argument = argument_copy,
        .fd = -1,
    };
    if (program_copy && (argument_copy || !argument))
        return ERR_OK;
    helper_process_finish(process);
    return ERR_NO_MEMORY;
}

void helper_process_stop(struct helper_process *process)
{
    if (process->fd >= 0)
        close(process->fd);
    if (process->pid > 0) {
        kill(process->pid, SIGKILL);
        while (waitpid(process->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    process->fd = -1;
    process->pid = 0;
}

void helper_process_finish(struct helper_process *process)
{
    helper_process_stop(process);
    free((void *)process->program);
    free((void *)process->argument);
    process->program = process->argument = NULL;
}

/* ---- Starting --------------------------------------------------------------
 */

static int spawn(struct helper_process *process, int child_fd)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    sigset_t none;
    sigset_t all;
    char *const arguments[] = {(char *)process->program,
                               (char *)process->argument, NULL};
    char *const environment[] = {NULL};
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, child_fd, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, child_fd, STDOUT_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawnattr_setflags(&attr,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int failed = posix_spawn(&process->pid, process->program, &actions, &attr,
                             arguments, environment);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&actions);
    if (failed)
        process->pid = 0;
    return failed;
}

enum err helper_process_start(struct helper_process *process,
                              struct fault *fault)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return fault_set(fault, err_from_errno(errno), NULL,
                         "A socket for the %s helper cannot be made: %s.",
                         process->name, strerror(errno));
    int failed = spawn(process, ends[1]);
    close(ends[1]);
    if (failed) {
        close(ends[0]);
        return fault_set(fault, ERR_IO, NULL,
                         "The %s helper %s cannot be started: %s. It is "
                         "installed beside the program.",
                         process->name, process->program, strerror(failed));
    }
    process->fd = ends[0];
    (void)!fcntl(process->fd, F_SETFL, O_NONBLOCK);
    return ERR_OK;
}

bool helper_process_is_alive(const struct helper_process *process)
{
    if (process->fd < 0)
        return false;
    struct pollfd poll_fd = {.fd = process->fd, .events = POLLIN};
    return poll(&poll_fd, 1, 0) == 0;
}

/* ---- Sending and receiving -------------------------------------------------
 */

static bool is_cancelled(const struct helper_process *process)
{
    return process->cancelled || (process->ending && *process->ending);
}

static enum err wait_for(const struct helper_process *process, short events)
{
    for (;;) {
        int64_t left_us = process->deadline_us - clock_now_us();
        if (left_us <= 0)
            return ERR_TIMEOUT;
        if (is_cancelled(process))
            return ERR_AGAIN;
        struct pollfd poll_fd = {.fd = process->fd, .events = events};
        int wait_ms = (int)(left_us / 1000) + 1;
        int ready = poll(&poll_fd, 1,
                         wait_ms < LOOK_EVERY_MS ? wait_ms : LOOK_EVERY_MS);
        if (ready > 0)
            return ERR_OK;
        if (ready < 0 && errno != EINTR)
            return ERR_IO;
    }
}

enum err helper_process_send(struct helper_process *process, struct str bytes)
{
    while (bytes.len > 0) {
        ssize_t sent = send(process->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (sent > 0) {
            bytes = str_from(bytes, (size_t)sent);
            continue;
        }
        if (errno != EAGAIN && errno != EINTR)
            return ERR_CLOSED;
        enum err err = wait_for(process, POLLOUT);
        if (err)
            return err;
    }
    return ERR_OK;
}

enum err helper_process_receive(struct helper_process *process, char *target,
                                size_t len)
{
    while (len > 0) {
        ssize_t got = recv(process->fd, target, len, 0);
        if (got > 0) {
            target += got;
            len -= (size_t)got;
            continue;
        }
        if (got == 0 || (errno != EAGAIN && errno != EINTR))
            return ERR_CLOSED;
        enum err err = wait_for(process, POLLIN);
        if (err)
            return err;
    }
    return ERR_OK;
}

void helper_put_length(char target[HELPER_LENGTH_BYTES], size_t len)
{
    for (int i = 0; i < HELPER_LENGTH_BYTES; i++)
        target[i] = (char)(len >> (24 - 8 * i));
}

size_t helper_get_length(const char source[HELPER_LENGTH_BYTES])
{
    size_t len = 0;
    for (int i = 0; i < HELPER_LENGTH_BYTES; i++)
        len = len << 8 | (unsigned char)source[i];
    return len;
}
