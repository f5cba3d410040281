// SPDX-License-Identifier: Apache-2.0
/* What the sandbox forbids is tried, not believed. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox.h"

static pthread_mutex_t probe_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_t probe_thread;
static bool probe_begun;
static bool thread_opens;

static bool opens(void)
{
    return open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0;
}

static bool makes_a_file(void)
{
    return open("/tmp/broadsheet-probe", O_CREAT | O_WRONLY | O_CLOEXEC,
                0600) >= 0 ||
           memfd_create("probe", MFD_CLOEXEC) >= 0;
}

static bool removes_a_file(void)
{
    return unlink("/tmp/broadsheet-probe") == 0 ||
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
    probe_begun = true;
}

/* Those that were there before. */
static bool threads_open(void)
{
    pthread_mutex_unlock(&probe_lock);
    pthread_join(probe_thread, NULL);
    return thread_opens;
}

/* Nor may a socket that it has be turned into another one. */
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
    size_t count =
        sizeof probes / sizeof *probes - !probe_begun; /* without the last */
    for (size_t i = 0; i < count; i++) {
        printf("%s\"%s\": %s", before, probes[i].what,
               probes[i].works() ? "false" : "true");
        before = ", ";
    }
    puts("}");
    fflush(stdout);
}
