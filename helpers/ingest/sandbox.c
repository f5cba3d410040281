// SPDX-License-Identifier: Apache-2.0
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* Above what the program and its libraries map at the start: rings, queues and
 * connections, all of which have limits of their own far below, and the stacks
 * of threads. */
#define MEMORY_BYTES_MAX (UINT64_C(4) * 1024 * 1024 * 1024)

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

static bool limit_memory(void)
{
    return limit(RLIMIT_AS, mapped_bytes() + MEMORY_BYTES_MAX);
}
#else
static bool limit_memory(void)
{
    return true;
}

/* LeakSanitizer stops all threads by ptrace when the program ends, which is
 * forbidden here. Asked by the sanitizer. */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
    return 1;
}
#endif

static bool limit_all(void)
{
    return limit_memory() && limit(RLIMIT_CORE, 0);
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

static const int allowed_calls[] = {
    /* sockets that are open already, or that somebody connects to */
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),
    SCMP_SYS(accept4),
    SCMP_SYS(shutdown),
    SCMP_SYS(close),
    SCMP_SYS(setsockopt),
    SCMP_SYS(getsockopt),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_pwait2),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(poll),
    SCMP_SYS(select),
    SCMP_SYS(pselect6),
    SCMP_SYS(fstat),
    SCMP_SYS(lseek),
    /* memory */
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(getrandom),
    /* threads: SRT has several */
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
};

/* Threads, but no processes; no memory that can be executed; no signals but to
 * itself (abort). clone3 hides its flags: without it the C library uses clone.
 */
static int allow_guarded_calls(scmp_filter_ctx filter)
{
    const scmp_datum_t self = (scmp_datum_t)getpid();
    const struct {
        int call;
        struct scmp_arg_cmp guard;
    } guarded[] = {
        {SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)},
        {SCMP_SYS(mprotect), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)},
        {SCMP_SYS(clone),
         SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)},
        {SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_EQ, self, 0)},
    };
    int failed =
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    for (size_t i = 0; i < sizeof guarded / sizeof *guarded; i++)
        failed |= seccomp_rule_add_array(filter, SCMP_ACT_ALLOW,
                                         guarded[i].call, 1, &guarded[i].guard);
    return failed;
}

static bool forbid_calls(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter)
        return false;
    /* libsrt's threads are there already. */
    int failed = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    for (size_t i = 0; i < sizeof allowed_calls / sizeof *allowed_calls; i++)
        failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed_calls[i], 0);
    failed |= allow_guarded_calls(filter);
#ifdef SANITIZED
    /* They look at /proc when they report; Landlock still forbids files. */
    failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(readlink), 0);
#endif
    failed = failed ? failed : seccomp_load(filter);
    seccomp_release(filter);
    return failed == 0;
}

bool sandbox_enter(void)
{
    return limit_all() && forbid_calls();
}

/* ---- The probe -------------------------------------------------------------
 */

static pthread_mutex_t probe_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_t probe_thread;
static bool thread_opens;

static bool opens(void)
{
    return open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0;
}

static bool makes_a_file(void)
{
    return open("/tmp/broadsheet-ingest-probe", O_CREAT | O_WRONLY | O_CLOEXEC,
                0600) >= 0 ||
           memfd_create("probe", MFD_CLOEXEC) >= 0;
}

static bool removes_a_file(void)
{
    return unlink("/tmp/broadsheet-ingest-probe") == 0 ||
           errno == ENOENT; /* it looked */
}

static void *open_in_thread(void *argument)
{
    (void)argument;
    pthread_mutex_lock(&probe_lock); /* until the sandbox is entered */
    thread_opens = opens() || socket(AF_INET, SOCK_DGRAM, 0) >= 0;
    pthread_mutex_unlock(&probe_lock);
    return NULL;
}

void sandbox_probe_begin(void)
{
    pthread_mutex_lock(&probe_lock);
    if (pthread_create(&probe_thread, NULL, open_in_thread, NULL))
        abort();
}

static bool threads_open(void)
{
    pthread_mutex_unlock(&probe_lock);
    pthread_join(probe_thread, NULL);
    return thread_opens;
}

/* The playout's own socket must not be turned into another one either. */
static bool connects(void)
{
    const struct sockaddr_in nowhere = {.sin_family = AF_INET,
                                        .sin_port = htons(9)};
    if (connect(STDERR_FILENO, (const struct sockaddr *)&nowhere,
                sizeof nowhere) == 0 ||
        errno != EPERM ||
        bind(STDERR_FILENO, (const struct sockaddr *)&nowhere,
             sizeof nowhere) == 0 ||
        errno != EPERM)
        return true;
    return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0 ||
           socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0 ||
           socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0) >= 0;
}

static bool executes(void)
{
    char *const arguments[] = {"/bin/true", NULL};
    execv(arguments[0], arguments); /* ends here when it works */
    return errno != EPERM;
}

static bool forks(void)
{
    pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0)
        _exit(0);
    return child > 0;
}

static bool signals(void)
{
    return kill(getppid(), 0) == 0;
}

static bool traces(void)
{
    return ptrace(PTRACE_TRACEME, 0, 0, 0) == 0;
}

static bool makes_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

void sandbox_probe(void)
{
    static const struct {
        const char *what;
        bool (*works)(void);
    } probes[] = {
        {"open", opens},
        {"create", makes_a_file},
        {"remove", removes_a_file},
        {"connect", connects},
        {"execute", executes},
        {"fork", forks},
        {"signal", signals},
        {"trace", traces},
        {"code", makes_code},
        {"threads", threads_open},
    };
    const char *before = "{";
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++) {
        printf("%s\"%s\": %s", before, probes[i].what,
               probes[i].works() ? "false" : "true");
        before = ", ";
    }
    puts("}");
    fflush(stdout);
}
