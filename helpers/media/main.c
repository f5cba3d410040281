// SPDX-License-Identifier: Apache-2.0
/* broadsheet-media: makes the television of one channel. Packets of the feed
 * come on descriptor 4 (media/packet.h), from the ingest; with the playout it
 * speaks on descriptor 3 (media/part.h), until that is closed. The end of 4 is
 * the end of the feed.
 *
 * With "clip" as its argument it makes a clip instead, and ends
 * (media/clip_wire.h).
 *
 * It holds no secret and can do nothing but read, write and compute: see
 * ../sandbox.h. With "probe" as its argument it tries everything else,
 * and tells. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <libavutil/log.h>

#include "../sandbox.h"
#include "base/log.h"
#include "base/time.h"
#include "clip_serve.h"
#include "media/part.h"
#include "station.h"

enum {
    PLAYOUT = 3,
    FEED = 4,
    READ_BYTES = 256 << 10,
    IN_BYTES_MAX = PACKET_PAYLOAD_BYTES_MAX + (1 << 20),
    ASKED_BYTES_MAX = 64 << 10,  /* PART_START is small */
    OUT_BYTES_ENOUGH = 32 << 20, /* then the feed has to wait */
    OUT_BYTES_MAX = 256 << 20,
    TURN_MS = 100,
    CLIP_CPU_SECONDS = 300,
};

#define MEMORY_BYTES_MAX (UINT64_C(1536) * 1024 * 1024)

struct program {
    struct station *station;
    struct buf asked, packets, out;
    size_t sent; /* of out */
    bool feed_is_open;
};

enum got { GOT_SOME, GOT_NOTHING, GOT_END };

static enum got take(int fd, struct buf *buf)
{
    char *target = buf_reserve(buf, READ_BYTES);
    ssize_t got = target ? read(fd, target, READ_BYTES) : 0;
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return GOT_NOTHING;
    if (got <= 0)
        return GOT_END;
    buf_grown(buf, (size_t)got);
    return GOT_SOME;
}

/* False when there is nobody to work for any more. */
static bool on_asked(struct program *program)
{
    struct fault fault = {0};
    struct part part;
    if (take(PLAYOUT, &program->asked) == GOT_END)
        return false;
    struct str rest = buf_str(&program->asked);
    enum err err = ERR_OK;
    while (!err && (err = part_read(&rest, &part)) == ERR_OK)
        if (part.kind == PART_START)
            err = station_start(program->station, part.payload, &fault);
    buf_drop_front(&program->asked, program->asked.len - rest.len);
    if (!err || err == ERR_AGAIN)
        return true;
    log_error("the playout cannot be understood",
              LOG_C("reason", fault_text(&fault)));
    return false;
}

static void on_feed(struct program *program)
{
    struct packet packet;
    if (take(FEED, &program->packets) == GOT_END) {
        program->feed_is_open = false;
        return;
    }
    struct str rest = buf_str(&program->packets);
    int64_t now_us = clock_now_us();
    enum err err;
    while ((err = packet_read(&rest, &packet)) == ERR_OK)
        station_packet(program->station, &packet, now_us);
    buf_drop_front(&program->packets, program->packets.len - rest.len);
    if (err == ERR_AGAIN)
        return;
    log_error("the ingest cannot be understood; its packets are read no more");
    program->feed_is_open = false;
}

static bool send_out(struct program *program)
{
    struct str rest = str_from(buf_str(&program->out), program->sent);
    while (rest.len > 0) {
        ssize_t sent = write(PLAYOUT, rest.ptr, rest.len);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno == EAGAIN)
            break;
        if (sent <= 0)
            return false;
        rest = str_from(rest, (size_t)sent);
    }
    program->sent = program->out.len - rest.len;
    if (rest.len == 0) {
        buf_reset(&program->out);
        program->sent = 0;
    }
    return true;
}

static bool turn(struct program *program, bool is_started)
{
    size_t waiting = program->out.len - program->sent;
    struct pollfd fds[] = {
        {.fd = PLAYOUT, .events = (short)(POLLIN | (waiting ? POLLOUT : 0))},
        {.fd = FEED, .events = POLLIN},
    };
    bool reads =
        is_started && program->feed_is_open && waiting < OUT_BYTES_ENOUGH;
    if (poll(fds, reads ? 2 : 1, TURN_MS) < 0 && errno != EINTR)
        return false;
    if (fds[0].revents & ~POLLOUT && !on_asked(program))
        return false;
    if (reads && fds[1].revents)
        on_feed(program);
    if (is_started)
        station_clock(program->station, clock_now_us());
    if (buf_err(&program->out)) {
        log_error("the playout takes nothing; what waits for it is too much");
        return false;
    }
    return send_out(program);
}

static int serve(void)
{
    struct program program = {.feed_is_open = true};
    buf_init(&program.asked, ASKED_BYTES_MAX + READ_BYTES);
    buf_init(&program.packets, IN_BYTES_MAX);
    buf_init(&program.out, OUT_BYTES_MAX);
    if (station_create(&program.out, &program.station))
        return 71;
    while (turn(&program, station_is_started(program.station)))
        continue;
    station_destroy(program.station);
    buf_finish(&program.asked);
    buf_finish(&program.packets);
    buf_finish(&program.out);
    return 0;
}

static bool never_waits(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

/* Who asked for a clip waits for it, in the thread that began this: they die
 * together. Whoever died before that was said does not hold its socket. */
static bool follow_asker(void)
{
    struct pollfd asker = {.fd = STDOUT_FILENO};
    return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && poll(&asker, 1, 0) >= 0 &&
           !(asker.revents & (POLLHUP | POLLERR));
}

int main(int argc, char **argv)
{
    bool probes = argc > 1 && strcmp(argv[1], "probe") == 0;
    bool clips = argc > 1 && strcmp(argv[1], "clip") == 0;
    const struct sandbox_rules rules = {
        .memory_bytes = MEMORY_BYTES_MAX,
        .cpu_seconds = clips ? CLIP_CPU_SECONDS : 0,
        .waits = !clips,
    };
    log_setup("media", LOG_LEVEL_INFO, false);
    av_log_set_level(AV_LOG_QUIET); /* what matters is told in our words */
    (void)!signal(SIGPIPE, SIG_IGN);
    if (!probes && !clips && (!never_waits(PLAYOUT) || !never_waits(FEED))) {
        log_error("broadsheet _playout starts this program: it wants its "
                  "socket as descriptor 3 and that of the ingest as 4");
        return 64;
    }
    if (clips && !follow_asker())
        return 0;
    if (!sandbox_enter(&rules)) {
        log_error("the sandbox cannot be set up");
        return 71;
    }
    if (clips)
        return clip_serve();
    if (!probes)
        return serve();
    sandbox_probe();
    return 0;
}
