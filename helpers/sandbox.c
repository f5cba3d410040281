// SPDX-License-Identifier: Apache-2.0
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1 /* sanitizers reserve terabytes and read /proc */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

static bool limit(int resource, rlim_t value)
{
    struct rlimit limits = {value, value};
    return setrlimit((__rlimit_resource_t)resource, &limits) == 0;
}

#ifndef SANITIZED
/* Bytes of address space in use, by /proc/self/statm. */
static uint64_t mapped_bytes(void)
{
    char text[64] = "";
    unsigned long long pages = 0;
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && read(fd, text, sizeof text - 1) > 0)
        (void)!sscanf(text, "%llu", &pages);
    if (fd >= 0)
        close(fd);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static bool limit_memory(uint64_t bytes)
{
    return limit(RLIMIT_AS, mapped_bytes() + bytes);
}
#else
static bool limit_memory(uint64_t bytes)
{
    (void)bytes;
    return true;
}

/* LeakSanitizer stops all threads by ptrace when the program ends, which is
 * forbidden here; and libvips keeps what it loads. Asked by the sanitizer. */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
    return 1;
}
#endif

static bool limit_all(const struct sandbox_rules *rules)
{
    return limit_memory(rules->memory_bytes) &&
           (rules->cpu_seconds == 0 || limit(RLIMIT_CPU, rules->cpu_seconds)) &&
           limit(RLIMIT_CORE, 0);
}

/* ABI 1 knows all kinds of access that matter where nothing may be opened. */
bool sandbox_forbid_files(void)
{
    const struct landlock_ruleset_attr attr = {
        .handled_access_fs = (UINT64_C(1) << 13) - 1,
    };
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return false;
    int ruleset =
        (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    if (ruleset < 0)
        return errno == ENOSYS || errno == EOPNOTSUPP;
    bool done = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    close(ruleset);
    return done;
}

static const int computing[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(lseek),
    /* memory */
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(getrandom),
    /* threads */
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(gettid),
    SCMP_SYS(getpid),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(membarrier),
    /* time */
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(getrusage),
    SCMP_SYS(sysinfo),
};

static const int waiting[] = {
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
};

/* On sockets that are open already, or that somebody connects to. */
static const int serving[] = {
    SCMP_SYS(recvfrom),    SCMP_SYS(recvmsg),      SCMP_SYS(accept4),
    SCMP_SYS(shutdown),    SCMP_SYS(setsockopt),   SCMP_SYS(getsockopt),
    SCMP_SYS(getsockname), SCMP_SYS(getpeername),  SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2), SCMP_SYS(epoll_ctl),
    SCMP_SYS(select),      SCMP_SYS(pselect6),
};

#define COUNT(array_) (sizeof(array_) / sizeof *(array_))

static int allow(scmp_filter_ctx filter, const int *calls, size_t count)
{
    int failed = 0;
    for (size_t i = 0; i < count; i++)
        failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
    return failed;
}

struct guarded {
    int call;
    struct scmp_arg_cmp guard;
};

static int allow_guarded(scmp_filter_ctx filter, const struct guarded *guarded,
                         size_t count)
{
    int failed = 0;
    for (size_t i = 0; i < count; i++)
        failed |= seccomp_rule_add_array(filter, SCMP_ACT_ALLOW,
                                         guarded[i].call, 1, &guarded[i].guard);
    return failed;
}

/* Threads, but no processes; no memory that can be executed; no signals but to
 * itself (abort). clone3 hides its flags: without it the C library uses clone.
 */
static int allow_threads_and_memory(scmp_filter_ctx filter)
{
    const scmp_datum_t self = (scmp_datum_t)getpid();
    const struct guarded guarded[] = {
        {SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)},
        {SCMP_SYS(mprotect), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)},
        {SCMP_SYS(clone),
         SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)},
        {SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_EQ, self, 0)},
    };
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3),
                            0) |
           allow_guarded(filter, guarded, COUNT(guarded));
}

/* A listening socket that is shut down and sent to with MSG_FASTOPEN would
 * connect. */
static int allow_sending(scmp_filter_ctx filter)
{
    const struct guarded guarded[] = {
        {SCMP_SYS(sendto), SCMP_A3(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, 0)},
        {SCMP_SYS(sendmsg), SCMP_A2(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, 0)},
    };
    return allow_guarded(filter, guarded, COUNT(guarded));
}

static bool forbid_calls(const struct sandbox_rules *rules)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter)
        return false;
    /* Libraries may have started threads already. */
    int failed = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) |
                 allow(filter, computing, COUNT(computing)) |
                 allow_threads_and_memory(filter);
    if (rules->waits || rules->serves)
        failed |= allow(filter, waiting, COUNT(waiting));
    if (rules->serves)
        failed |=
            allow(filter, serving, COUNT(serving)) | allow_sending(filter);
#ifdef SANITIZED
    /* They look at /proc when they report; Landlock still forbids files. */
    failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(readlink), 0);
#endif
    failed = failed ? failed : seccomp_load(filter);
    seccomp_release(filter);
    return failed == 0;
}

bool sandbox_enter(const struct sandbox_rules *rules)
{
    return limit_all(rules) && sandbox_forbid_files() && forbid_calls(rules);
}
