// SPDX-License-Identifier: Apache-2.0
/* bench/probe: the least a server can do: one thread, epoll, and the same fixed
 * answer to whatever ends with an empty line, with one writev. What it costs is
 * what the kernel costs; `make bench` compares the edge with it.
 *
 *   probe PORT FILE      FILE holds the whole answer, head and body */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/file.h"

enum { ANSWER_BYTES_MAX = 16 << 20, EVENTS = 256, REQUEST_BYTES = 16 * 1024 };

static int listen_on(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int yes = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
        listen(fd, 1024) < 0) {
        perror("probe: listen");
        exit(1);
    }
    return fd;
}

static void watch(int epoll, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void accept_all(int epoll, int listener)
{
    int fd, yes = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >=
           0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        watch(epoll, fd);
    }
}

static void answer(int fd, struct str head, struct str body)
{
    static char request[REQUEST_BYTES];
    ssize_t got = recv(fd, request, sizeof request, 0);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN)
            close(fd);
        return;
    }
    struct iovec parts[] = {
        {(void *)(uintptr_t)head.ptr, head.len},
        {(void *)(uintptr_t)body.ptr, body.len},
    };
    if (got >= 4 && memcmp(request + got - 4, "\r\n\r\n", 4) == 0 &&
        writev(fd, parts, 2) != (ssize_t)(head.len + body.len))
        close(fd);
}

int main(int argc, char **argv)
{
    uint64_t port;
    struct arena arena;
    struct str bytes;
    struct fault fault;
    arena_init(&arena, 0);
    if (argc != 3 || str_parse_u64(str_from_c(argv[1]), &port) ||
        port > 65535) {
        fprintf(stderr, "usage: probe PORT FILE\n");
        return 2;
    }
    if (file_read(argv[2], ANSWER_BYTES_MAX, &arena, &bytes, &fault)) {
        fprintf(stderr, "probe: %s\n", fault_text(&fault));
        return 1;
    }
    ptrdiff_t end = str_find(bytes, STR("\r\n\r\n"));
    size_t head_len = end < 0 ? bytes.len : (size_t)end + 4;
    int listener = listen_on((uint16_t)port), epoll = epoll_create1(0);
    watch(epoll, listener);
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == listener)
                accept_all(epoll, listener);
            else
                answer(events[i].data.fd, str_slice(bytes, 0, head_len),
                       str_from(bytes, head_len));
        }
    }
}
