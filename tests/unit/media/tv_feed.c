// SPDX-License-Identifier: Apache-2.0
#include "tv_feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "media/bytes.h"
#include "media/flv.h"
#include "media/timeline.h"

enum {
    FILE_BYTES_MAX = 64 << 20,
    FLV_HEAD = 13, /* with the length of the tag before the first */
    FLV_TAG_HEAD = 11,
};

/* build/<flavour> */
static void build_path(char target[PATH_MAX], const char *rest)
{
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(len > 0);
    self[len] = '\0';
    for (int i = 0; i < 3; i++)
        *strrchr(self, '/') = '\0';
    assert_true(snprintf(target, PATH_MAX, "%s/%s", self, rest) < PATH_MAX);
}

static void read_file(const char *path, struct buf *buf)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    for (;;) {
        char *target = buf_reserve(buf, 65536);
        assert_non_null(target);
        ssize_t got = read(fd, target, 65536);
        if (got <= 0)
            break;
        buf_grown(buf, (size_t)got);
    }
    close(fd);
}

static void place(struct feed *feed, struct timeline *timeline, bool sound,
                  uint32_t ms, const struct flv_tag *tag, int64_t duration)
{
    struct packet packet = {
        .kind = tag->kind == FLV_CONFIG ? PACKET_CONFIG : PACKET_FRAME,
        .track = sound ? PACKET_AUDIO : PACKET_VIDEO,
        .is_key = tag->is_key && !sound,
        .shown_after = tag->composition_ms * 90,
        .payload = tag->payload,
    };
    if (tag->kind != FLV_CONFIG && tag->kind != FLV_FRAME)
        return;
    if (tag->kind == FLV_FRAME &&
        timeline_place(timeline, sound ? TIMELINE_AUDIO : TIMELINE_VIDEO, ms,
                       32, 1000, duration, &packet.tick) == TIMELINE_DROP)
        return;
    feed->packets[feed->count++] = packet;
}

static void read_flv(struct feed *feed, int64_t first)
{
    struct bytes_reader reader = {
        .rest = str_from(buf_str(&feed->bytes), FLV_HEAD)};
    struct timeline timeline;
    struct flv_aac aac = {.sample_rate = 48000};
    int64_t sounds = 0;
    timeline_init(&timeline);
    timeline_begin(&timeline, first);
    feed->packets =
        calloc(feed->bytes.len / FLV_TAG_HEAD, sizeof(struct packet));
    while (reader.rest.len > FLV_TAG_HEAD) {
        uint8_t type = bytes_get_u8(&reader);
        uint32_t len = bytes_get_u24(&reader);
        uint32_t ms = bytes_get_u24(&reader);
        ms |= (uint32_t)bytes_get_u8(&reader) << 24;
        bytes_get_u24(&reader);
        struct str body = bytes_get(&reader, len);
        bytes_get_u32(&reader);
        struct flv_tag tag;
        if (type != 8 && type != 9)
            continue;
        assert_int_equal(type == 8 ? flv_read_audio(body, &tag)
                                   : flv_read_video(body, &tag),
                         ERR_OK);
        if (type == 8 && tag.kind == FLV_CONFIG)
            assert_int_equal(flv_read_aac(tag.payload, &aac), ERR_OK);
        int64_t begin = sounds * 1024 * 90000 / aac.sample_rate;
        sounds += type == 8 && tag.kind == FLV_FRAME;
        int64_t end = sounds * 1024 * 90000 / aac.sample_rate;
        place(feed, &timeline, type == 8, ms, &tag, end - begin);
    }
    assert_false(reader.bad);
}

void feed_make(struct feed *feed, const char *name, const char *words,
               int64_t first)
{
    char path[PATH_MAX], folder[PATH_MAX], command[2048];
    build_path(folder, "tests/media/feeds");
    (void)!mkdir(folder, 0755);
    assert_true(snprintf(path, sizeof path, "%s/%s.flv", folder, name) <
                (int)sizeof path);
    setenv("FEED", path, 1);
    snprintf(command, sizeof command,
             "test -s \"$FEED\" || { nice ffmpeg -v error -y %s -f flv "
             "\"$FEED.part\" </dev/null && mv \"$FEED.part\" \"$FEED\"; }",
             words);
    assert_int_equal(system(command), 0);
    *feed = (struct feed){0};
    buf_init(&feed->bytes, FILE_BYTES_MAX);
    read_file(path, &feed->bytes);
    read_flv(feed, first);
}

void feed_finish(struct feed *feed)
{
    free(feed->packets);
    buf_finish(&feed->bytes);
}

/* ---- The program -----------------------------------------------------------
 */

static void launch(int playout, int ingest)
{
    char path[PATH_MAX];
    build_path(path, "bin/broadsheet-media");
    int high[2] = {fcntl(playout, F_DUPFD, 20), fcntl(ingest, F_DUPFD, 20)};
    dup2(high[0], 3);
    dup2(high[1], 4);
    for (int fd = 5; fd < 64; fd++)
        close(fd);
    execl(path, path, (char *)NULL);
    _exit(127);
}

void tv_start(struct tv *tv)
{
    int playout[2], ingest[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, playout), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ingest), 0);
    tv->pid = fork();
    assert_true(tv->pid >= 0);
    if (tv->pid == 0)
        launch(playout[1], ingest[1]);
    close(playout[1]);
    close(ingest[1]);
    tv->playout = playout[0];
    tv->ingest = ingest[0];
    DEFER(buf_finish) struct buf json;
    DEFER(buf_finish) struct buf out;
    buf_init(&json, 4096);
    buf_init(&out, PACKET_RING_BYTES_MAX * 2);
    buf_printf(&json, "{\"ladder\":%s%s,\"from\":{", tv->ladder,
               tv->others ? tv->others : "");
    const char *before = "";
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++)
        if (tv->end[i] >= 0) {
            buf_printf(&json, "%s\"%s\":[%lld,%lld]", before,
                       part_rendition_name(i), (long long)tv->end[i],
                       (long long)tv->segment[i]);
            before = ",";
        }
    buf_add_c(&json, "}}");
    part_write(&out,
               &(struct part){.kind = PART_START, .payload = buf_str(&json)});
    assert_int_equal(write(tv->playout, out.ptr, out.len), out.len);
    buf_reset(&out);
    if (!packet_ring_write(tv->ring, &out))
        return;
    for (size_t at = 0; at < out.len;) {
        ssize_t sent = write(tv->ingest, out.ptr + at, out.len - at);
        assert_true(sent > 0);
        at += (size_t)sent;
    }
}

void tv_begin(struct tv *tv, const char *ladder)
{
    *tv = (struct tv){.ladder = ladder};
    (void)!signal(SIGPIPE, SIG_IGN);
    assert_int_equal(packet_ring_create(&tv->ring), ERR_OK);
    buf_init(&tv->received, 512u << 20);
    buf_init(&tv->thumbnail, 1 << 20);
    buf_init(&tv->poster, 1 << 20);
    assert_non_null(buf_reserve(&tv->received, 256u << 20)); /* stays there */
    tv->parts = calloc(65536, sizeof *tv->parts);
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++)
        tv->end[i] = -1;
    tv_start(tv);
}

static void on_part(struct tv *tv, const struct part *part)
{
    unsigned r = part->rendition;
    if (part->flags & PART_SEGMENT_START)
        tv->segment[r] = part->tick;
    tv->end[r] = part->tick + part->duration;
    assert_true(tv->init_count > 0);
    tv->parts[tv->count++] =
        (struct tv_part){.part = *part, .init = tv->init_of[r]};
}

static void keep_text(char target[512], struct str text)
{
    snprintf(target, 512, "%" PRI_STR, ARG_STR(text));
}

static void on_message(struct tv *tv, const struct part *part)
{
    switch ((enum part_kind)part->kind) {
    case PART_PART:
        on_part(tv, part);
        break;
    case PART_INIT:
        assert_true(tv->init_count < 64);
        tv->init_of[part->rendition] = tv->init_count;
        tv->inits[tv->init_count++] = *part;
        break;
    case PART_TROUBLE:
        keep_text(tv->trouble, part->payload);
        break;
    case PART_STATUS:
        keep_text(tv->status, part->payload);
        break;
    case PART_RENDITION:
        keep_text(tv->renditions[part->rendition], part->payload);
        break;
    case PART_THUMBNAIL:
        tv->thumbnails++;
        buf_reset(&tv->thumbnail);
        buf_add(&tv->thumbnail, part->payload);
        break;
    case PART_POSTER:
        tv->posters++;
        buf_reset(&tv->poster);
        buf_add(&tv->poster, part->payload);
        break;
    case PART_CAPTION:
        tv->captions++;
        keep_text(tv->caption, part->payload);
        break;
    case PART_START:
        fail();
    }
}

static void read_all(struct tv *tv)
{
    struct str all = str_from(buf_str(&tv->received), tv->read), rest = all;
    struct part part;
    enum err err;
    while ((err = part_read(&rest, &part)) == ERR_OK)
        on_message(tv, &part);
    assert_int_equal(err, ERR_AGAIN);
    tv->read += all.len - rest.len;
}

bool tv_take(struct tv *tv, int wait_ms)
{
    bool came = false;
    for (;;) {
        struct pollfd poll_fd = {.fd = tv->playout, .events = POLLIN};
        if (poll(&poll_fd, 1, came ? 0 : wait_ms) <= 0)
            break;
        assert_true(tv->received.len + 65536 < 256u << 20);
        ssize_t got =
            read(tv->playout, tv->received.ptr + tv->received.len, 65536);
        if (got <= 0)
            break;
        buf_grown(&tv->received, (size_t)got);
        came = true;
    }
    read_all(tv);
    return came;
}

void tv_take_until(struct tv *tv, unsigned rendition, int64_t tick)
{
    int64_t until_us = clock_now_us() + TV_PATIENCE_US;
    while (tv->end[rendition] < tick) {
        tv_take(tv, 100);
        if (clock_now_us() > until_us)
            fail_msg("rendition %u came to %lld, not to %lld", rendition,
                     (long long)tv->end[rendition], (long long)tick);
    }
}

void tv_kill(struct tv *tv)
{
    int status;
    kill(tv->pid, SIGKILL);
    assert_int_equal(waitpid(tv->pid, &status, 0), tv->pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    while (tv_take(tv, 0))
        continue;
    tv->received.len = tv->read; /* a half-written message is none */
    close(tv->playout);
    close(tv->ingest);
}

void tv_end(struct tv *tv)
{
    int status;
    close(tv->playout);
    close(tv->ingest);
    assert_int_equal(waitpid(tv->pid, &status, 0), tv->pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    packet_ring_destroy(tv->ring);
    buf_finish(&tv->received);
    buf_finish(&tv->thumbnail);
    buf_finish(&tv->poster);
    free(tv->parts);
}

void tv_probe(char *line, size_t capacity)
{
    char path[PATH_MAX], command[PATH_MAX + 16];
    build_path(path, "bin/broadsheet-media");
    snprintf(command, sizeof command, "%s probe", path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_non_null(fgets(line, (int)capacity, pipe));
    assert_int_equal(pclose(pipe), 0);
}

void tv_send(struct tv *tv, const struct packet *packet)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, PACKET_PAYLOAD_BYTES_MAX + PACKET_HEAD_BYTES);
    packet_write(&out, packet);
    if (packet->kind == PACKET_END)
        packet_ring_clear(tv->ring);
    else
        assert_int_equal(packet_ring_add(tv->ring, packet), ERR_OK);
    for (size_t at = 0; at < out.len;) {
        /* It takes none while nobody reads what it has made. */
        struct pollfd fds[] = {{.fd = tv->ingest, .events = POLLOUT},
                               {.fd = tv->playout, .events = POLLIN}};
        if (poll(fds, 2, TV_PATIENCE_US / 1000) <= 0)
            fail_msg("the program takes no packets");
        tv_take(tv, 0);
        ssize_t sent =
            send(tv->ingest, out.ptr + at, out.len - at, MSG_DONTWAIT);
        assert_true(sent > 0 || errno == EAGAIN);
        at += sent > 0 ? (size_t)sent : 0;
    }
}

void tv_send_some(struct tv *tv, const struct feed *feed, size_t from,
                  size_t to)
{
    for (size_t i = from; i < to && i < feed->count; i++)
        tv_send(tv, &feed->packets[i]);
}
