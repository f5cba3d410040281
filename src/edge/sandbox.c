// SPDX-License-Identifier: Apache-2.0
#include "edge/sandbox.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Debian 12's kernel headers know Landlock up to ABI 3; the rest is from the
 * kernel's documentation (Documentation/userspace-api/landlock.rst). */
enum {
    NET_BIND_TCP = 1 << 0,
    NET_CONNECT_TCP = 1 << 1,
    SCOPE_ABSTRACT_UNIX_SOCKET = 1 << 0,
    SCOPE_SIGNAL = 1 << 1,
    ABI_TRUNCATE = 3,
    ABI_NET = 4,
    ABI_IOCTL = 5,
    ABI_SCOPE = 6,
};

struct ruleset_attr {
    uint64_t handled_access_fs;
    uint64_t handled_access_net;
    uint64_t scoped;
};

#define ACCESS_FS_ALL_ABI_1 ((UINT64_C(1) << 13) - 1)
#define ACCESS_FS_REFER (UINT64_C(1) << 13)
#define ACCESS_FS_TRUNCATE (UINT64_C(1) << 14)
#define ACCESS_FS_IOCTL (UINT64_C(1) << 15)

static uint64_t handled_access(int abi)
{
    uint64_t access = ACCESS_FS_ALL_ABI_1;
    if (abi >= 2)
        access |= ACCESS_FS_REFER;
    if (abi >= ABI_TRUNCATE)
        access |= ACCESS_FS_TRUNCATE;
    if (abi >= ABI_IOCTL)
        access |= ACCESS_FS_IOCTL;
    return access;
}

static enum err system_fault(struct fault *fault, const char *what)
{
    return fault_set(fault, ERR_IO, "sandbox", "%s failed: %s", what,
                     strerror(errno));
}

/* Landlock is per thread and inherited by those started later, so it comes
 * before the threads; seccomp is spread to all of them. */
static enum err restrict_files(const int *folder_fds, size_t folder_count,
                               int abi, struct fault *fault)
{
    struct ruleset_attr attr = {
        .handled_access_fs = handled_access(abi),
        .handled_access_net =
            abi >= ABI_NET ? NET_BIND_TCP | NET_CONNECT_TCP : 0,
        .scoped =
            abi >= ABI_SCOPE ? SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL : 0,
    };
    size_t size = abi >= ABI_SCOPE ? sizeof attr
                  : abi >= ABI_NET
                      ? offsetof(struct ruleset_attr, scoped)
                      : offsetof(struct ruleset_attr, handled_access_net);
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
    if (ruleset < 0)
        return system_fault(fault, "landlock_create_ruleset");
    bool failed = false;
    for (size_t i = 0; i < folder_count && !failed; i++) {
        struct landlock_path_beneath_attr folder = {
            .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE,
            .parent_fd = folder_fds[i],
        };
        failed = folder_fds[i] >= 0 &&
                 syscall(SYS_landlock_add_rule, ruleset,
                         LANDLOCK_RULE_PATH_BENEATH, &folder, 0) < 0;
    }
    failed = failed || syscall(SYS_landlock_restrict_self, ruleset, 0) < 0;
    enum err err = failed ? system_fault(fault, "landlock") : ERR_OK;
    close(ruleset);
    return err;
}

enum err sandbox_restrict_files(const int *folder_fds, size_t folder_count,
                                int *ret_abi, struct fault *fault)
{
    assert(ret_abi);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return system_fault(fault, "no_new_privs");
    int abi = (int)syscall(SYS_landlock_create_ruleset, NULL, 0,
                           LANDLOCK_CREATE_RULESET_VERSION);
    if (abi <= 0) {
        *ret_abi = 0;
        return ERR_OK;
    }
    enum err err = restrict_files(folder_fds, folder_count, abi, fault);
    if (!err)
        *ret_abi = abi;
    return err;
}

/* What the edge's threads need between start and end, the C library's and the
 * sanitizers' own needs included. Everything else answers EPERM. */
static const int allowed_calls[] = {
    /* sockets it holds */
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg),
    SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(sendfile), SCMP_SYS(accept4),
    SCMP_SYS(shutdown), SCMP_SYS(close), SCMP_SYS(setsockopt),
    SCMP_SYS(getsockopt), SCMP_SYS(getpeername), SCMP_SYS(getsockname),
    SCMP_SYS(dup),
    /* waiting */
    SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2),
    SCMP_SYS(epoll_ctl), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(futex),
    SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep), SCMP_SYS(sched_yield),
    /* files of the media folder (Landlock says which) */
    SCMP_SYS(openat), SCMP_SYS(openat2), SCMP_SYS(fstat), SCMP_SYS(newfstatat),
    SCMP_SYS(statx), SCMP_SYS(lseek), SCMP_SYS(pread64), SCMP_SYS(fcntl),
    /* memory */
    SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
    SCMP_SYS(getrandom),
    /* time, identity, signals, the end */
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time),
    SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigtimedwait), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall),
    SCMP_SYS(sched_getaffinity), SCMP_SYS(getrusage), SCMP_SYS(sysinfo),
    SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rseq),
    SCMP_SYS(set_robust_list), SCMP_SYS(membarrier),
    SCMP_SYS(readlink), /* sanitizers, when they report */
};

/* Those that are allowed for one purpose only. A listening socket that is shut
 * down and sent to with MSG_FASTOPEN would connect, past Landlock too. */
static int allow_guarded_calls(scmp_filter_ctx filter)
{
    const scmp_datum_t self = (scmp_datum_t)getpid();
    const struct {
        int call;
        struct scmp_arg_cmp guard;
    } guarded[] = {
        {SCMP_SYS(sendto), SCMP_A3(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, 0)},
        {SCMP_SYS(sendmsg), SCMP_A2(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, 0)},
        {SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)},
        {SCMP_SYS(mprotect), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)},
        {SCMP_SYS(kill), SCMP_A0(SCMP_CMP_EQ, self, 0)},
        {SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_EQ, self, 0)},
    };
    int failed = 0;
    for (size_t i = 0; i < sizeof guarded / sizeof *guarded; i++)
        failed |= seccomp_rule_add_array(filter, SCMP_ACT_ALLOW,
                                         guarded[i].call, 1, &guarded[i].guard);
    return failed;
}

enum err sandbox_restrict_calls(bool *ret_entered, struct fault *fault)
{
    assert(ret_entered);
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter)
        return fault_set(fault, ERR_NO_MEMORY, "sandbox", "no seccomp filter");
    int failed = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    for (size_t i = 0; i < sizeof allowed_calls / sizeof *allowed_calls; i++)
        failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed_calls[i], 0);
    failed |= allow_guarded_calls(filter);
    int loaded = failed ? failed : seccomp_load(filter);
    seccomp_release(filter);
    if (loaded == -EINVAL || loaded == -ENOSYS) { /* a kernel without it */
        *ret_entered = false;
        return ERR_OK;
    }
    if (loaded)
        return fault_set(fault, ERR_IO, "sandbox", "seccomp failed: %s",
                         strerror(-loaded));
    *ret_entered = true;
    return ERR_OK;
}
