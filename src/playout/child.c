// SPDX-License-Identifier: Apache-2.0
#include "playout/child.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"

enum {
    QUICK_DEATH_MS = 2000,
    PAUSE_FIRST_MS = 100,
    PAUSE_MAX_MS = 5000,
    LOOK_EVERY_MS = 5,
    EXIT_CANNOT_EXECUTE = 127,
};

/* Between fork and exec. First up, so that none is overwritten before it was
 * moved. */
static bool place_fds(const int *fds, size_t count)
{
    int moved[CHILD_FDS_MAX];
    int above = CHILD_FIRST_FD + CHILD_FDS_MAX;
    for (size_t i = 0; i < count; i++) {
        if ((moved[i] = fcntl(fds[i], F_DUPFD, above)) < 0)
            return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (dup2(moved[i], CHILD_FIRST_FD + (int)i) < 0)
            return false;
    }
    closefrom(CHILD_FIRST_FD + (int)count);
    return true;
}

static _Noreturn void become(const char *const *argv, const int *fds,
                             size_t fd_count, pid_t parent)
{
    char *const environment[] = {NULL};
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || !place_fds(fds, fd_count))
        _exit(EXIT_CANNOT_EXECUTE);
    execve(argv[0], (char *const *)(uintptr_t)argv, environment);
    _exit(EXIT_CANNOT_EXECUTE);
}

enum err child_start(struct child *child, const char *const *argv,
                     const int *fds, size_t fd_count, struct fault *fault)
{
    assert(!child->pid);
    assert(fd_count <= CHILD_FDS_MAX);
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        become(argv, fds, fd_count, parent);
    child->started_us = clock_now_us();
    if (pid < 0) {
        child->again_us = child->started_us + PAUSE_MAX_MS * INT64_C(1000);
        return fault_set(fault, err_from_errno(errno), NULL,
                         "%s cannot be started: %s", child->name,
                         strerror(errno));
    }
    child->pid = pid;
    child->starts++;
    return ERR_OK;
}

bool child_is_due(const struct child *child)
{
    return !child->pid && clock_now_us() >= child->again_us;
}

/* It is gone: when it may be started again. */
static void plan_again(struct child *child)
{
    int64_t now = clock_now_us(), pause_ms = 0;
    bool quick = now - child->started_us < QUICK_DEATH_MS * INT64_C(1000);
    for (unsigned i = 0; quick && i < child->quick_deaths; i++)
        pause_ms = pause_ms ? pause_ms * 2 : PAUSE_FIRST_MS;
    if (pause_ms > PAUSE_MAX_MS)
        pause_ms = PAUSE_MAX_MS;
    child->quick_deaths =
        quick && child->quick_deaths < 16 ? child->quick_deaths + 1 : quick;
    child->again_us = now + pause_ms * 1000;
    child->pid = 0;
}

void child_died(struct child *child, int status)
{
    bool killed = WIFSIGNALED(status);
    log_warn(killed ? "a maker of television was killed"
                    : "a maker of television ended",
             LOG_C("program", child->name), LOG_INT("pid", child->pid),
             killed ? LOG_C("signal", strsignal(WTERMSIG(status)))
                    : LOG_INT("code", WEXITSTATUS(status)));
    plan_again(child);
}

void child_kill(struct child *child)
{
    if (!child->pid)
        return;
    int status;
    if (waitpid(child->pid, &status, WNOHANG) == child->pid) {
        child_died(child, status); /* it was quicker */
        return;
    }
    kill(child->pid, SIGKILL);
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    plan_again(child);
}

void child_dismiss(struct child *child)
{
    child_kill(child);
    child->again_us = 0;
    child->quick_deaths = 0;
}

void child_end(struct child *child, int64_t patience_us)
{
    if (!child->pid)
        return;
    int64_t until = clock_now_us() + patience_us;
    kill(child->pid, SIGTERM);
    while (clock_now_us() < until) {
        if (waitpid(child->pid, NULL, WNOHANG) == child->pid) {
            child->pid = 0;
            return;
        }
        nanosleep(&(struct timespec){.tv_nsec = LOOK_EVERY_MS * 1000000}, NULL);
    }
    child_kill(child);
}
