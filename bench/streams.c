// SPDX-License-Identifier: Apache-2.0
/* bench/streams: holds many streams of events, publishes stories one after the
 * other, and prints what a stream costs the edge and how long it takes until
 * the last one is told, while somebody else loads pages all the time.
 *
 *   streams ADDRESS:PORT DESK-SOCKET EDGE-PID COUNT ROUNDS
 *
 * The readers come from 127.0.0.2 and on, so that their ports suffice. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/time.h"
#include "net/http_client.h"

enum {
    STREAMS_MAX = 60000,
    STREAMS_AN_ADDRESS = 10000, /* ports of a source address */
    ROUNDS_MAX = 1000,
    VISITS_MAX = 1000000,
    EVENTS_AT_ONCE = 512,
    PATIENCE_MS = 20 * 1000,
    READ_BYTES = 4096,
};

static const char request[] = "GET /events/en HTTP/1.1\r\nHost: x\r\n"
                              "Accept: text/event-stream\r\n\r\n";

struct bench {
    struct address address;
    struct address desk;
    long edge;
    size_t count, rounds;
    int epoll;
    int fds[STREAMS_MAX];
    size_t told[STREAMS_MAX]; /* rounds it heard of */
    atomic_bool over;
    size_t visits;
    int64_t visit_us[VISITS_MAX];
};

static void die(const char *what)
{
    fprintf(stderr, "streams: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void check(enum err err, const struct fault *fault, const char *what)
{
    if (!err)
        return;
    fprintf(stderr, "streams: %s: %s\n", what, fault_text(fault));
    exit(1);
}

static void raise_limit(size_t count)
{
    struct rlimit limit = {count + 64, count + 64};
    struct rlimit now;
    if (getrlimit(RLIMIT_NOFILE, &now) == 0 && now.rlim_cur >= count + 64)
        return;
    if (now.rlim_max > limit.rlim_max)
        limit.rlim_max = now.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
        die("so many open files are not allowed");
}

/* Memory of the edge's own, in KiB. */
static long edge_memory(const struct bench *bench)
{
    char path[64], line[256];
    long anonymous = 0;
    snprintf(path, sizeof path, "/proc/%ld/status", bench->edge);
    FILE *file = fopen(path, "r");
    if (!file)
        die(path);
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "RssAnon:", 8) == 0)
            anonymous = strtol(line + 8, NULL, 10);
    }
    fclose(file);
    return anonymous;
}

/* Nanoseconds that the edge's threads have been on a processor. */
static int64_t edge_cpu_ns(const struct bench *bench)
{
    char folder[64], path[400], line[128];
    int64_t cpu_ns = 0;
    snprintf(folder, sizeof folder, "/proc/%ld/task", bench->edge);
    DIR *tasks = opendir(folder);
    if (!tasks)
        die(folder);
    for (struct dirent *task; (task = readdir(tasks));) {
        snprintf(path, sizeof path, "%s/%s/schedstat", folder, task->d_name);
        FILE *file = task->d_name[0] == '.' ? NULL : fopen(path, "r");
        if (file && fgets(line, sizeof line, file))
            cpu_ns += strtoll(line, NULL, 10);
        if (file)
            fclose(file);
    }
    closedir(tasks);
    return cpu_ns;
}

/* ---- Streams ---------------------------------------------------------------
 */

static int open_stream(const struct bench *bench, size_t i)
{
    struct sockaddr_in from = {
        .sin_family = AF_INET,
        .sin_addr.s_addr =
            htonl(0x7f000002u + (uint32_t)(i / STREAMS_AN_ADDRESS)),
    };
    int yes = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        die("no socket");
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)&from, sizeof from) < 0 ||
        connect(fd, (const struct sockaddr *)&bench->address.socket,
                bench->address.socket_bytes) < 0)
        die("no connection");
    if (send(fd, request, sizeof request - 1, MSG_NOSIGNAL) < 0)
        die("no request");
    return fd;
}

/* Reads what has come; how many stories were told in it. The rounds are so far
 * apart that no event comes in two pieces, or it is counted by its end. */
static size_t read_stream(int fd)
{
    char bytes[READ_BYTES];
    size_t stories = 0;
    for (;;) {
        ssize_t got = recv(fd, bytes, sizeof bytes - 1, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return stories;
        if (got <= 0)
            die("a stream ended");
        bytes[got] = '\0';
        for (char *at = bytes; (at = strstr(at, "event: front")); at++)
            stories++;
    }
}

static void open_all(struct bench *bench)
{
    char bytes[READ_BYTES];
    bench->epoll = epoll_create1(EPOLL_CLOEXEC);
    for (size_t i = 0; i < bench->count; i++) {
        bench->fds[i] = open_stream(bench, i);
        if (recv(bench->fds[i], bytes, sizeof bytes, 0) <= 0 ||
            memcmp(bytes, "HTTP/1.1 200", 12) != 0)
            die("a stream was refused");
        struct epoll_event event = {.events = EPOLLIN, .data.u64 = i};
        if (epoll_ctl(bench->epoll, EPOLL_CTL_ADD, bench->fds[i], &event) < 0)
            die("epoll");
    }
}

/* Until all have been told of round; when the last one was. */
static int64_t await_all(struct bench *bench, size_t round)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    size_t left = bench->count;
    while (left) {
        int ready =
            epoll_wait(bench->epoll, events, EVENTS_AT_ONCE, PATIENCE_MS);
        if (ready <= 0)
            die("some streams were never told");
        for (int i = 0; i < ready; i++) {
            size_t stream = (size_t)events[i].data.u64;
            size_t before = bench->told[stream];
            bench->told[stream] += read_stream(bench->fds[stream]);
            left -= before < round && bench->told[stream] >= round;
        }
    }
    return clock_now_us();
}

/* ---- Publishing and visiting -----------------------------------------------
 */

static void publish(struct bench *bench, size_t round)
{
    struct arena arena;
    struct fault fault = {0};
    struct http_client_answer answer;
    arena_init(&arena, 0);
    const struct http_client_request post = {
        .method = HTTP_POST,
        .target = STR("/newsroom/api/articles"),
        .content_type = STR("application/json"),
        .body = arena_printf(
            &arena,
            "{\"headline\":\"Story %zu\",\"language\":\"en\",\"publish\":true,"
            "\"body\":{\"type\":\"doc\",\"content\":[]}}",
            round),
    };
    enum err err =
        http_client_send(&bench->desk, &post, &arena, &answer, &fault);
    if (!err && answer.head.status != 201)
        err = fault_set(&fault, ERR_INTERNAL, NULL, "status %d",
                        answer.head.status);
    check(err, &fault, "a story could not be published");
    arena_finish(&arena);
}

/* Loads the front again and again, a connection each. */
static void *visit(void *argument)
{
    struct bench *bench = argument;
    struct arena arena;
    struct fault fault = {0};
    arena_init(&arena, 0);
    const struct http_client_request get = {
        .method = HTTP_GET,
        .target = STR("/en/"),
        .fields = STR("Accept-Encoding: br\r\n"),
    };
    while (!atomic_load(&bench->over) && bench->visits < VISITS_MAX) {
        struct http_client_answer answer;
        arena_reset(&arena);
        int64_t began_us = clock_now_us();
        check(http_client_send(&bench->address, &get, &arena, &answer, &fault),
              &fault, "the front could not be loaded");
        bench->visit_us[bench->visits++] = clock_now_us() - began_us;
        usleep(1000);
    }
    arena_finish(&arena);
    return NULL;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void print_times(const char *what, int64_t *times_us, size_t count)
{
    if (!count)
        return;
    qsort(times_us, count, sizeof *times_us, compare);
    printf("%s: p50 %.1f ms, p99 %.1f ms, longest %.1f ms (%zu)\n", what,
           (double)times_us[count / 2] / 1e3,
           (double)times_us[count * 99 / 100] / 1e3,
           (double)times_us[count - 1] / 1e3, count);
}

static void measure(struct bench *bench)
{
    static int64_t from_call_us[ROUNDS_MAX], from_answer_us[ROUNDS_MAX];
    pthread_t visitor;
    if (pthread_create(&visitor, NULL, visit, bench))
        die("no thread");
    int64_t cpu_ns = edge_cpu_ns(bench);
    for (size_t round = 1; round <= bench->rounds; round++) {
        int64_t began_us = clock_now_us();
        publish(bench, round);
        int64_t answered_us = clock_now_us();
        int64_t last_us = await_all(bench, round);
        from_call_us[round - 1] = last_us - began_us;
        from_answer_us[round - 1] = last_us - answered_us;
        usleep(200 * 1000);
    }
    cpu_ns = edge_cpu_ns(bench) - cpu_ns;
    atomic_store(&bench->over, true);
    pthread_join(visitor, NULL);
    print_times("last stream, from the publish call", from_call_us,
                bench->rounds);
    print_times("last stream, from its answer", from_answer_us, bench->rounds);
    printf("the edge's CPU: %.1f ms an update, front pages included\n",
           (double)cpu_ns / 1e6 / (double)bench->rounds);
    print_times("front page meanwhile", bench->visit_us, bench->visits);
}

int main(int argc, char **argv)
{
    static struct bench bench;
    struct fault fault = {0};
    if (argc != 6) {
        fprintf(stderr, "usage: streams ADDRESS:PORT DESK-SOCKET EDGE-PID "
                        "COUNT ROUNDS\n");
        return 2;
    }
    check(address_parse(str_from_c(argv[1]), &bench.address, &fault), &fault,
          argv[1]);
    check(address_parse(str_from_c(argv[2]), &bench.desk, &fault), &fault,
          argv[2]);
    bench.edge = strtol(argv[3], NULL, 10);
    bench.count = strtoul(argv[4], NULL, 10);
    bench.rounds = strtoul(argv[5], NULL, 10);
    if (!bench.count || bench.count > STREAMS_MAX || !bench.rounds ||
        bench.rounds > ROUNDS_MAX) {
        fprintf(stderr, "streams: at most %d streams and %d rounds\n",
                STREAMS_MAX, ROUNDS_MAX);
        return 2;
    }
    raise_limit(bench.count);
    long before_kib = edge_memory(&bench);
    open_all(&bench);
    long after_kib = edge_memory(&bench);
    printf("%zu streams: %.2f KiB of the edge's memory each\n", bench.count,
           (double)(after_kib - before_kib) / (double)bench.count);
    measure(&bench);
    return 0;
}
