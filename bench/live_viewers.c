// SPDX-License-Identifier: Apache-2.0
/* Viewers of low-latency television: thousands of connections, each of which
 * asks for the next part's playlist and waits. The playout is played here, so
 * that one clock says how long it takes from a part's arrival at the edge until
 * everybody has been told.
 *
 *     live_viewers RUN_FOLDER PORT EDGE_PID CLIENTS SLOW SECONDS
 *
 * SLOW more ask for a segment of ten megabytes and never read it. */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/time.h"
#include "link/live.h"
#include "link/message.h"

enum {
    CHANNEL = 7,
    PARTS = 4,
    PART_BYTES = 64 << 10,
    SEGMENT_BYTES = 10 << 20,
    PART_US = 500 * 1000,
    EVENTS = 512,
    READ_BYTES = 64 << 10,
    SEEN_MAX = 1 << 22,
};

struct client {
    int fd;
    bool is_waiting;
    size_t got, wanted; /* of an answer; wanted 0: its head is not there yet */
};

struct bench {
    int port, link, epoll;
    struct client *clients;
    size_t count;
    uint64_t parts; /* told */
    int64_t told_us;
    uint32_t *seen_us; /* how long each answer took */
    size_t seen_count, failed, open;
    struct buf out;
};

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "live_viewers: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* ---- The playout ------------------------------------------------------------
 */

static void send_out(struct bench *bench)
{
    for (size_t sent = 0; sent < bench->out.len;) {
        ssize_t n = send(bench->link, bench->out.ptr + sent,
                         bench->out.len - sent, MSG_NOSIGNAL);
        if (n < 0)
            give_up("the edge hung up");
        sent += (size_t)n;
    }
    buf_reset(&bench->out);
}

static struct live_segment_info segment_of(uint64_t part)
{
    return (struct live_segment_info){
        .sequence = part / PARTS,
        .start_us = 1764273600000000 + (int64_t)(part / PARTS) * 4 * PART_US,
    };
}

static void tell_part(struct bench *bench, size_t len)
{
    static char bytes[SEGMENT_BYTES];
    struct live_part part = {.channel = CHANNEL,
                             .part = (uint32_t)(bench->parts % PARTS),
                             .independent = bench->parts % 2 == 0,
                             .duration = LIVE_HZ / 2,
                             .segment = segment_of(bench->parts),
                             .bytes = str_of(bytes, len)};
    live_put_part(&bench->out, &part);
    if (part.part == PARTS - 1) {
        struct live_segment whole = {CHANNEL, 0, part.segment};
        whole.segment.duration = 2 * LIVE_HZ;
        live_put_segment(&bench->out, &whole);
    }
    bench->told_us = clock_now_us();
    bench->parts++;
    send_out(bench);
}

static void dial_edge(struct bench *bench, const char *run_folder)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/edge.sock",
             run_folder);
    bench->link = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(bench->link, (struct sockaddr *)&address, sizeof address) < 0)
        give_up(address.sun_path);
    const struct live_channel_info info = {
        .channel = CHANNEL,
        .name = STR("news"),
        .target = 2 * LIVE_HZ,
        .part_target = 48600,
        .dvr_seconds = 60,
        .rendition_count = 1,
        .renditions = {{STR("source"), STR("avc1.64001f"), 1280, 720, 25000,
                        2300000, 2300000}},
    };
    buf_init(&bench->out, 64 << 20);
    buf_add_c(&bench->out, LINK_GREETING_LIVE);
    message_put(&bench->out, MESSAGE_LIVE_BEGIN, 0);
    live_put_channel(&bench->out, &info);
    message_put(&bench->out, MESSAGE_LIVE_READY, 0);
    tell_part(bench, SEGMENT_BYTES);
    for (int i = 1; i < 30 * PARTS; i++)
        tell_part(bench, PART_BYTES);
}

/* ---- Viewers ----------------------------------------------------------------
 */

static int dial(const struct bench *bench)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)bench->port)};
    const int one = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        give_up("no connection");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static void ask(struct bench *bench, struct client *client)
{
    char text[256];
    int len = snprintf(text, sizeof text,
                       "GET /live/news/source/index.m3u8?_HLS_msn=%" PRIu64
                       "&_HLS_part=%" PRIu64 "&_HLS_skip=YES&v=%016x "
                       "HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n",
                       bench->parts / PARTS, bench->parts % PARTS,
                       (unsigned)(client - bench->clients));
    client->got = client->wanted = 0;
    client->is_waiting =
        send(client->fd, text, (size_t)len, MSG_NOSIGNAL) == len;
    if (!client->is_waiting)
        bench->failed++;
}

static void connect_clients(struct bench *bench)
{
    for (size_t i = 0; i < bench->count; i++) {
        struct client *client = &bench->clients[i];
        client->fd = dial(bench);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
        if (epoll_ctl(bench->epoll, EPOLL_CTL_ADD, client->fd, &event) < 0)
            give_up("epoll");
    }
}

static void connect_slow(const struct bench *bench, int slow)
{
    static const char text[] = "GET /live/news/source/0.m4s HTTP/1.1\r\n"
                               "Host: a\r\n\r\n";
    for (int i = 0; i < slow; i++) {
        if (send(dial(bench), text, sizeof text - 1, MSG_NOSIGNAL) < 0)
            give_up("no slow reader");
    }
}

/* The length of head and body, or 0 when that is not known yet. */
static size_t length_of(struct str bytes)
{
    ptrdiff_t end = str_find(bytes, STR("\r\n\r\n"));
    ptrdiff_t at = str_find(bytes, STR("Content-Length: "));
    int64_t len = 0;
    if (end < 0 || at < 0)
        return 0;
    struct str digits = str_from(bytes, (size_t)at + 16);
    if (str_parse_i64(str_slice(digits, 0, (size_t)str_find_char(digits, '\r')),
                      &len))
        return 0;
    return (size_t)end + 4 + (size_t)len;
}

static void on_readable(struct bench *bench, struct client *client)
{
    static char bytes[READ_BYTES];
    ssize_t got = recv(client->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN) {
            bench->failed++;
            epoll_ctl(bench->epoll, EPOLL_CTL_DEL, client->fd, NULL);
        }
        return;
    }
    if (!client->wanted) {
        client->wanted = length_of(str_of(bytes, (size_t)got));
        if (!str_starts_with(str_of(bytes, (size_t)got), STR("HTTP/1.1 200 ")))
            bench->failed++;
    }
    client->got += (size_t)got;
    if (client->got < client->wanted || !client->is_waiting)
        return;
    client->is_waiting = false;
    if (bench->seen_count < SEEN_MAX)
        bench->seen_us[bench->seen_count++] =
            (uint32_t)(clock_now_us() - bench->told_us);
}

/* Everything that happens until then. */
static void watch(struct bench *bench, int64_t until_us)
{
    struct epoll_event events[EVENTS];
    int64_t left;
    while ((left = until_us - clock_now_us()) > 0) {
        int count =
            epoll_wait(bench->epoll, events, EVENTS, (int)(left / 1000) + 1);
        for (int i = 0; i < count; i++)
            on_readable(bench, events[i].data.ptr);
    }
}

/* ---- Figures ----------------------------------------------------------------
 */

static int64_t resident_kib(const char *pid)
{
    char path[64], line[256];
    int64_t kib = 0;
    snprintf(path, sizeof path, "/proc/%s/status", pid);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) {
        if (sscanf(line, "VmRSS: %" SCNd64, &kib) == 1)
            break;
    }
    if (file)
        fclose(file);
    return kib;
}

static int64_t processor_ms(const char *pid)
{
    char path[64];
    long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file || fscanf(file,
                        "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u "
                        "%*u %ld %ld",
                        &user, &system) != 2)
        user = system = 0;
    if (file)
        fclose(file);
    return (user + system) * 1000 / sysconf(_SC_CLK_TCK);
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static double percentile(const struct bench *bench, double share)
{
    size_t at = (size_t)(share * (double)(bench->seen_count - 1));
    return bench->seen_us[at] / 1000.0;
}

int main(int argc, char **argv)
{
    int64_t port = 0, count = 0, slow = 0, seconds = 0;
    if (argc != 7 || str_parse_i64(str_from_c(argv[2]), &port) ||
        str_parse_i64(str_from_c(argv[4]), &count) ||
        str_parse_i64(str_from_c(argv[5]), &slow) ||
        str_parse_i64(str_from_c(argv[6]), &seconds)) {
        fprintf(stderr, "live_viewers RUN_FOLDER PORT EDGE_PID CLIENTS SLOW "
                        "SECONDS\n");
        return 2;
    }
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    struct bench bench = {.port = (int)port, .count = (size_t)count};
    bench.clients = calloc(bench.count, sizeof *bench.clients);
    bench.seen_us = calloc(SEEN_MAX, sizeof *bench.seen_us);
    bench.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (!bench.clients || !bench.seen_us || bench.epoll < 0)
        give_up("no memory");
    dial_edge(&bench, argv[1]);
    watch(&bench, clock_now_us() + 2 * PART_US);
    int64_t before = resident_kib(argv[3]);
    connect_clients(&bench);
    connect_slow(&bench, (int)slow);
    for (size_t i = 0; i < bench.count; i++)
        ask(&bench, &bench.clients[i]);
    watch(&bench, clock_now_us() + 2 * PART_US);
    int64_t blocked = resident_kib(argv[3]);
    int64_t began = clock_now_us(), began_ms = processor_ms(argv[3]);
    size_t late = 0;
    while (clock_now_us() < began + seconds * TIME_US_PER_SECOND) {
        tell_part(&bench, PART_BYTES);
        watch(&bench, bench.told_us + PART_US);
        for (size_t i = 0; i < bench.count; i++) {
            late += bench.clients[i].is_waiting;
            ask(&bench, &bench.clients[i]);
        }
    }
    int64_t took = clock_now_us() - began;
    qsort(bench.seen_us, bench.seen_count, sizeof *bench.seen_us, compare);
    printf("%" PRId64 " blocked viewers, %" PRId64 " slow readers: %zu answers "
           "in %.1f s, p50 %.0f ms, p99 %.0f ms, last %.0f ms; %zu late, %zu "
           "failed\n",
           count, slow, bench.seen_count, (double)took / 1e6,
           percentile(&bench, 0.5), percentile(&bench, 0.99),
           percentile(&bench, 1), late, bench.failed);
    printf("edge: %+.1f MB with all of them blocked (%.0f bytes each), %.0f %% "
           "of a core\n",
           (double)(blocked - before) / 1024,
           (double)(blocked - before) * 1024 / (double)count,
           (double)(processor_ms(argv[3]) - began_ms) * 1e5 / (double)took);
    return 0;
}
