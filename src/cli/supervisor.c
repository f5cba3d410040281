// SPDX-License-Identifier: Apache-2.0
#include "cli/supervisor.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"

enum {
    QUICK_DEATH_MS = 2000, /* one that lived longer starts again at once */
    PAUSE_FIRST_MS = 50,
    PAUSE_MAX_MS = 5000,
    DRAIN_MS = 10 * 1000, /* from SIGTERM to SIGKILL */
    EXIT_CANNOT_EXECUTE = 127,
};

struct run {
    struct supervisor *supervisor;
    int signals; /* signalfd */
    bool ready;
    bool stopping;
    int64_t kill_us; /* when patience ends for the child that is ending */
    enum err err;
    struct fault *fault;
};

static void become_child(const struct supervisor_child *child, pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody is left to guide it */
    if (getppid() != parent)          /* it died between fork and prctl */
        _exit(EXIT_CANNOT_EXECUTE);
    execv(child->argv[0], child->argv);
    log_error("cannot execute", LOG_C("program", child->argv[0]),
              LOG_C("cause", strerror(errno)));
    _exit(EXIT_CANNOT_EXECUTE);
}

static void start(struct supervisor_child *child)
{
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        become_child(child, parent);
    child->started_us = clock_now_us();
    if (pid < 0) {
        log_error("cannot fork", LOG_C("child", child->name),
                  LOG_C("cause", strerror(errno)));
        child->restart_us = clock_now_us() + PAUSE_MAX_MS * 1000;
        return;
    }
    child->pid = pid;
    child->restart_us = 0;
}

static struct supervisor_child *child_of(struct supervisor *supervisor,
                                         pid_t pid)
{
    for (unsigned i = 0; i < supervisor->count; i++) {
        if (supervisor->children[i].pid == pid)
            return &supervisor->children[i];
    }
    return NULL;
}

static void log_death(const struct supervisor_child *child, pid_t pid,
                      int status, bool expected)
{
    if (expected && WIFEXITED(status) &&
        (WEXITSTATUS(status) == 0 || child->is_foreign))
        return;
    log_warn(WIFSIGNALED(status) ? "child was killed" : "child ended",
             LOG_C("child", child->name), LOG_INT("pid", pid),
             WIFSIGNALED(status) ? LOG_C("signal", strsignal(WTERMSIG(status)))
                                 : LOG_INT("code", WEXITSTATUS(status)));
}

/* A child that ends by itself, with an error, before everything was ever up
 * will not do better the next time. */
static bool is_hopeless(const struct run *run, int status)
{
    return !run->ready && WIFEXITED(status) && WEXITSTATUS(status) != 0;
}

static void plan_restart(struct supervisor_child *child)
{
    int64_t now = clock_now_us();
    bool quick = now - child->started_us < QUICK_DEATH_MS * INT64_C(1000);
    int64_t pause_ms = 0;
    if (quick) {
        pause_ms = PAUSE_FIRST_MS;
        for (unsigned i = 0; i < child->quick_deaths && pause_ms < PAUSE_MAX_MS;
             i++)
            pause_ms *= 2;
        if (pause_ms > PAUSE_MAX_MS)
            pause_ms = PAUSE_MAX_MS;
    }
    child->quick_deaths = quick ? child->quick_deaths + 1 : 0;
    child->restart_us = now + pause_ms * 1000;
}

static void begin_stop(struct run *run)
{
    if (run->stopping)
        return;
    run->stopping = true;
    run->kill_us = 0;
}

static void on_death(struct run *run, pid_t pid, int status)
{
    struct supervisor_child *child = child_of(run->supervisor, pid);
    if (!child)
        return;
    log_death(child, pid, status, run->stopping);
    child->pid = 0;
    if (run->stopping) {
        run->kill_us = 0;
        return;
    }
    if (is_hopeless(run, status)) {
        run->err = fault_set(run->fault, ERR_INTERNAL, child->name,
                             "the %s process could not start", child->name);
        begin_stop(run);
        return;
    }
    plan_restart(child);
}

static void reap(struct run *run)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        on_death(run, pid, status);
}

static void on_signal(struct run *run, uint32_t signal)
{
    struct supervisor *supervisor = run->supervisor;
    switch (signal) {
    case SIGTERM:
    case SIGINT:
        if (!run->stopping)
            log_info("stopping");
        begin_stop(run);
        break;
    case SIGHUP:
        if (!run->stopping && supervisor->children[supervisor->count - 1].pid)
            kill(supervisor->children[supervisor->count - 1].pid, SIGTERM);
        break;
    default:
        break; /* SIGCHLD: reap() looks in any case */
    }
}

static void read_signals(struct run *run)
{
    struct signalfd_siginfo info;
    while (read(run->signals, &info, sizeof info) == sizeof info)
        on_signal(run, info.ssi_signo);
}

static void read_ready(struct run *run)
{
    char byte;
    if (read(run->supervisor->ready_fd, &byte, 1) == 1 && !run->ready) {
        run->ready = true;
        if (run->supervisor->on_ready)
            run->supervisor->on_ready(run->supervisor->context);
    }
}

/* Starts what is due; gives the milliseconds until the next one is, or -1. */
static int restart_due(struct run *run)
{
    int64_t now = clock_now_us(), soonest = INT64_MAX;
    for (unsigned i = 0; i < run->supervisor->count; i++) {
        struct supervisor_child *child = &run->supervisor->children[i];
        if (child->pid)
            continue;
        if (child->restart_us <= now)
            start(child);
        if (!child->pid && child->restart_us < soonest)
            soonest = child->restart_us;
    }
    return soonest == INT64_MAX ? -1 : (int)((soonest - now) / 1000 + 1);
}

/* Tells the first one that still runs to end, later that it must; gives the
 * milliseconds to wait, or 0 when all are gone. */
static int stop_next(struct run *run)
{
    int64_t now = clock_now_us();
    for (unsigned i = 0; i < run->supervisor->count; i++) {
        struct supervisor_child *child = &run->supervisor->children[i];
        if (!child->pid)
            continue;
        if (!run->kill_us) {
            kill(child->pid, SIGTERM);
            run->kill_us = now + DRAIN_MS * INT64_C(1000);
        } else if (now >= run->kill_us) {
            log_warn("child does not end; killing it",
                     LOG_C("child", child->name));
            kill(child->pid, SIGKILL);
            run->kill_us = now + DRAIN_MS * INT64_C(1000);
        }
        return (int)((run->kill_us - now) / 1000 + 1);
    }
    return 0;
}

static void wait_for_something(struct run *run, int timeout_ms)
{
    struct pollfd fds[] = {
        {.fd = run->signals, .events = POLLIN},
        {.fd = run->ready ? -1 : run->supervisor->ready_fd, .events = POLLIN},
    };
    if (poll(fds, 2, timeout_ms) <= 0)
        return;
    if (fds[0].revents)
        read_signals(run);
    if (fds[1].revents & POLLIN)
        read_ready(run);
}

enum err supervisor_run(struct supervisor *supervisor, struct fault *fault)
{
    assert(supervisor);
    assert(supervisor->count > 0);
    sigset_t watched;
    sigemptyset(&watched);
    sigaddset(&watched, SIGTERM);
    sigaddset(&watched, SIGINT);
    sigaddset(&watched, SIGHUP);
    sigaddset(&watched, SIGCHLD);
    sigprocmask(SIG_BLOCK, &watched, NULL);
    struct run run = {.supervisor = supervisor, .fault = fault};
    run.signals = signalfd(-1, &watched, SFD_NONBLOCK | SFD_CLOEXEC);
    if (run.signals < 0)
        return fault_set(fault, ERR_IO, NULL, "signalfd: %s", strerror(errno));
    for (;;) {
        int timeout_ms = run.stopping ? stop_next(&run) : restart_due(&run);
        if (run.stopping && timeout_ms == 0)
            break;
        wait_for_something(&run, timeout_ms);
        reap(&run);
    }
    close(run.signals);
    return run.err;
}
