// SPDX-License-Identifier: Apache-2.0
#include "net/listener.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    PAUSE_US = 100000,
    ACCEPTS_A_TURN_MAX = 64, /* so that those who are connected get a turn */
    SOCKET_FLAGS = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
};

/* ---- Opening ------------------------------------------------------------ */

static enum err system_fault(struct fault *fault, const struct address *address,
                             int number)
{
    char text[ADDRESS_TEXT_BYTES];
    address_format(address, text);
    const char *cause = strerrordesc_np(number);
    const char *remedy = "choose another with --listen";
    if (number == EADDRINUSE)
        cause = "it is in use by another program";
    else if (number == EACCES)
        cause = "the system does not allow this user to";
    else if (number == EADDRNOTAVAIL)
        cause = "this machine has no such address";
    else
        remedy = "see the system's documentation of bind(2)";
    return fault_set(fault, number == EADDRINUSE ? ERR_BUSY : ERR_IO, "listen",
                     "cannot listen on %s: %s; %s", text,
                     cause ? cause : "unknown error", remedy);
}

static int fail_closing(int fd)
{
    int number = errno;
    close(fd);
    errno = number;
    return -1;
}

/* A bound socket, not listening yet; -1 with errno. */
static int open_bound(const struct address *address, bool shared)
{
    int family = address->socket.ss_family;
    int fd = socket(family, SOCKET_FLAGS, 0);
    const int on = 1, off = 0;
    if (fd < 0)
        return -1;
    if (family != AF_UNIX)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (shared && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) < 0)
        return fail_closing(fd);
    if (family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY,
                   address->any_host ? &off : &on, sizeof on);
    if (bind(fd, (const struct sockaddr *)&address->socket,
             address->socket_bytes) < 0)
        return fail_closing(fd);
    return fd;
}

static void set_port(struct address *address, const struct address *from)
{
    if (address->socket.ss_family == AF_INET)
        ((struct sockaddr_in *)&address->socket)->sin_port =
            ((const struct sockaddr_in *)&from->socket)->sin_port;
    else
        ((struct sockaddr_in6 *)&address->socket)->sin6_port =
            ((const struct sockaddr_in6 *)&from->socket)->sin6_port;
}

/* On a machine without IPv6 ":8080" means every IPv4 address. */
static void fall_back_to_ip4(struct address *address)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    in.sin_port = ((struct sockaddr_in6 *)&address->socket)->sin6_port;
    address->socket = (struct sockaddr_storage){0};
    memcpy(&address->socket, &in, sizeof in);
    address->socket_bytes = sizeof in;
    address->any_host = false;
}

/* Fails when anybody listens there already, even somebody who shares: with
 * SO_REUSEPORT alone two newspapers would get every other reader. Fixes the
 * port when the system is to choose it. */
static int probe(struct address *address)
{
    struct address bound;
    int fd = open_bound(address, false);
    if (fd < 0 && errno == EAFNOSUPPORT && address->any_host) {
        fall_back_to_ip4(address);
        fd = open_bound(address, false);
    }
    if (fd < 0)
        return -1;
    if (address_of_socket(fd, &bound) == ERR_OK)
        set_port(address, &bound);
    close(fd);
    return 0;
}

static enum err open_ip(struct address address, unsigned count, int *ret_fds,
                        struct fault *fault)
{
    if (probe(&address) < 0)
        return system_fault(fault, &address, errno);
    for (unsigned i = 0; i < count; i++) {
        int fd = open_bound(&address, true);
        if (fd >= 0 && listen(fd, LISTENER_BACKLOG) < 0)
            fd = fail_closing(fd);
        if (fd < 0) {
            enum err err = system_fault(fault, &address, errno);
            while (i > 0)
                close(ret_fds[--i]);
            return err;
        }
        ret_fds[i] = fd;
    }
    return ERR_OK;
}

/* Takes away the name of a socket that nobody listens on. */
static void remove_stale(const struct address *address)
{
    const struct sockaddr_un *un = (const struct sockaddr_un *)&address->socket;
    struct stat status;
    if (lstat(un->sun_path, &status) < 0 || !S_ISSOCK(status.st_mode))
        return;
    int fd = socket(AF_UNIX, SOCKET_FLAGS, 0);
    if (fd < 0)
        return;
    if (connect(fd, (const struct sockaddr *)un, sizeof *un) < 0 &&
        errno == ECONNREFUSED)
        unlink(un->sun_path);
    close(fd);
}

static enum err open_unix(const struct address *address, int *ret_fd,
                          struct fault *fault)
{
    const struct sockaddr_un *un = (const struct sockaddr_un *)&address->socket;
    remove_stale(address);
    int fd = open_bound(address, false);
    if (fd < 0)
        return system_fault(fault, address, errno);
    /* Nobody can connect before listen, so that the mode is in time. */
    if (chmod(un->sun_path, 0600) < 0 || listen(fd, LISTENER_BACKLOG) < 0) {
        int number = errno;
        close(fd);
        unlink(un->sun_path);
        return system_fault(fault, address, number);
    }
    *ret_fd = fd;
    return ERR_OK;
}

enum err listener_open(const struct address *address, unsigned count,
                       int *ret_fds, struct fault *fault)
{
    assert(address);
    assert(count > 0 && count <= LISTENER_SOCKETS_MAX);
    if (address->socket.ss_family != AF_UNIX)
        return open_ip(*address, count, ret_fds, fault);
    assert(count == 1);
    return open_unix(address, ret_fds, fault);
}

enum err listener_adopt(int fd, struct fault *fault)
{
    int listening = 0;
    socklen_t bytes = sizeof listening;
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &bytes) < 0 ||
        !listening)
        return fault_set(fault, ERR_INVALID, "listen",
                         "descriptor %d is not a listening socket; pass one "
                         "that is, or use --listen",
                         fd);
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
        fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
        return fault_set(fault, err_from_errno(errno), "listen",
                         "cannot set the flags of descriptor %d: %s", fd,
                         strerrordesc_np(errno));
    return ERR_OK;
}

/* ---- Accepting ---------------------------------------------------------- */

/* Whether accept4 failed for want of something that comes back by itself. */
static bool is_want(int number)
{
    return number == EMFILE || number == ENFILE || number == ENOBUFS ||
           number == ENOMEM;
}

static void pause_accepting(struct listener *listener)
{
    loop_watch(listener->loop, &listener->source, 0);
    loop_timer_arm(listener->loop, &listener->pause,
                   loop_now_us(listener->loop) + PAUSE_US);
}

static void on_pause_over(void *context)
{
    struct listener *listener = context;
    loop_watch(listener->loop, &listener->source, EPOLLIN);
}

static void on_readable(void *context, uint32_t events)
{
    struct listener *listener = context;
    (void)events;
    for (int i = 0; i < ACCEPTS_A_TURN_MAX; i++) {
        struct sockaddr_storage from = {0};
        socklen_t bytes = sizeof from;
        struct address_peer peer;
        const int on = 1;
        int fd = accept4(listener->source.fd, (struct sockaddr *)&from, &bytes,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (is_want(errno))
                pause_accepting(listener);
            if (errno == EAGAIN || is_want(errno))
                return;
            continue; /* that client is gone; there may be others */
        }
        address_peer_from(&from, &peer);
        if (!peer.is_local)
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        listener->on_accept(listener->context, fd, &peer);
        if (!listener->loop)
            return; /* stopped meanwhile */
    }
}

enum err listener_start(struct listener *listener, struct loop *loop, int fd,
                        void (*on_accept)(void *context, int fd,
                                          const struct address_peer *peer),
                        void *context)
{
    assert(on_accept);
    *listener = (struct listener){
        .loop = loop,
        .source = {.fd = fd, .on_events = on_readable, .context = listener},
        .pause = {.on_due = on_pause_over, .context = listener},
        .on_accept = on_accept,
        .context = context,
    };
    enum err err = loop_add(loop, &listener->source, EPOLLIN);
    if (err)
        listener->loop = NULL;
    return err;
}

void listener_stop(struct listener *listener)
{
    if (!listener->loop)
        return;
    loop_timer_cancel(listener->loop, &listener->pause);
    loop_remove(listener->loop, &listener->source);
    listener->loop = NULL;
}
