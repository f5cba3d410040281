// SPDX-License-Identifier: Apache-2.0
#include "ingest_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time.h"
#include "media/bytes.h"
#include "media/h264.h"

enum { MEDIA_BYTES_MAX = 256 << 20, RTMP_FD = 4, LISTENERS = 8 };

static const char channel_id[] = "62f9f7d471fdc";
static char program[RIG_PATH_BYTES + 64];
static char folder[] = "/tmp/broadsheet-ingest-XXXXXX";

bool rig_find(const char *self)
{
    char copy[RIG_PATH_BYTES];
    snprintf(copy, sizeof copy, "%s", self);
    snprintf(program, sizeof program, "%s/../../bin/broadsheet-ingest",
             dirname(copy));
    return access(program, X_OK) == 0 && mkdtemp(folder);
}

struct str rig_probe(struct arena *arena)
{
    const char *const arguments[] = {program, "probe", NULL};
    const char *path = rig_path("probe");
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
        execv(program, (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    assert_int_equal(rig_join(pid), 0);
    return rig_read(path, arena);
}

const char *rig_path(const char *name)
{
    static char paths[8][64];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

void rig_remove(void)
{
    const char *const arguments[] = {"rm", "-rf", folder, NULL};
    assert_int_equal(rig_run(arguments), 0);
}

struct str rig_read(const char *path, struct arena *arena)
{
    struct str bytes;
    struct fault fault = {0};
    if (file_read(path, MEDIA_BYTES_MAX, arena, &bytes, &fault))
        fail_msg("%s", fault.message);
    return bytes;
}

/* ---- Processes -------------------------------------------------------------
 */

pid_t rig_spawn(const char *const *arguments, const char *errors)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int fd = open(errors ? errors : "/dev/null",
                      O_WRONLY | O_CREAT | O_TRUNC, 0600);
        int none = open("/dev/null", O_RDWR);
        dup2(none, STDIN_FILENO);
        dup2(errors ? none : fd, STDOUT_FILENO);
        dup2(fd, STDERR_FILENO);
        execvp(arguments[0], (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    return pid;
}

int rig_join(pid_t pid)
{
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int rig_run(const char *const *arguments)
{
    return rig_join(rig_spawn(arguments, rig_path("run.log")));
}

static int bind_port(int type, int *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t bytes = sizeof address;
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, bytes), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &bytes), 0);
    *ret_port = ntohs(address.sin_port);
    return fd;
}

static void make_certificate(void)
{
    const char *const arguments[] = {"openssl",  "req",
                                     "-x509",    "-newkey",
                                     "rsa:2048", "-nodes",
                                     "-days",    "2",
                                     "-subj",    "/CN=127.0.0.1",
                                     "-keyout",  rig_path("key.pem"),
                                     "-out",     rig_path("cert.pem"),
                                     NULL};
    if (access(rig_path("cert.pem"), R_OK) != 0)
        assert_int_equal(rig_run(arguments), 0);
}

static bool is_listened_on(int port)
{
    enum { LISTENS = 0x0A };
    char line[256];
    bool is_found = false;
    FILE *sockets = fopen("/proc/net/tcp", "r");
    assert_non_null(sockets);
    while (!is_found && fgets(line, sizeof line, sockets)) {
        unsigned local, state;
        is_found =
            sscanf(line, " %*d: %*x:%x %*x:%*x %x", &local, &state) == 2 &&
            local == (unsigned)port && state == LISTENS;
    }
    fclose(sockets);
    return is_found;
}

/* It opens all other addresses before this one. */
static void wait_for_listener(int port)
{
    enum { PAUSE_US = 5000 };
    int64_t until_us = clock_now_us() + RIG_WAIT_MS * 1000;
    while (!is_listened_on(port)) {
        if (clock_now_us() > until_us)
            fail_msg("the ingest does not listen on port %d", port);
        usleep(PAUSE_US);
    }
}

void rig_start(struct rig *rig)
{
    int pair[2];
    *rig = (struct rig){.media = {.fd = -1}};
    arena_init(&rig->arena, 0);
    assert_int_equal(
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    int rtmp = bind_port(SOCK_STREAM, &rig->rtmp_port);
    assert_int_equal(listen(rtmp, LISTENERS), 0);
    close(bind_port(SOCK_DGRAM, &rig->srt_port)); /* to be free a moment */
    close(bind_port(SOCK_STREAM, &rig->rtmps_port));
    make_certificate();
    rig->pid = fork();
    assert_true(rig->pid >= 0);
    if (rig->pid == 0) {
        int log =
            open(rig_path("ingest.log"), O_WRONLY | O_CREAT | O_APPEND, 0600);
        char number[16], srt[32], rtmps[32];
        snprintf(number, sizeof number, "%d", RTMP_FD);
        snprintf(srt, sizeof srt, "127.0.0.1:%d", rig->srt_port);
        snprintf(rtmps, sizeof rtmps, "127.0.0.1:%d", rig->rtmps_port);
        int control = fcntl(pair[1], F_DUPFD, 16); /* out of the way */
        int listener = fcntl(rtmp, F_DUPFD, 16);
        dup2(log, STDERR_FILENO);
        dup2(control, INGEST_CONTROL_FD);
        dup2(listener, RTMP_FD);
        close(control);
        close(listener);
        execl(program, program, "--rtmp", number, "--srt", srt, "--rtmps",
              rtmps, "--certificate", rig_path("cert.pem"), "--certificate-key",
              rig_path("key.pem"), (char *)NULL);
        _exit(127);
    }
    close(pair[1]);
    close(rtmp);
    rig->control = pair[0];
    wait_for_listener(rig->rtmps_port);
}

void rig_stop(struct rig *rig)
{
    rig_close_media(rig);
    close(rig->control);
    assert_int_equal(rig_join(rig->pid), 0);
    arena_finish(&rig->arena);
}

/* ---- What is told ----------------------------------------------------------
 */

static void put(struct rig *rig, const struct ingest_message *message, int fd)
{
    DEFER(buf_finish) struct buf json;
    buf_init(&json, INGEST_MESSAGE_BYTES_MAX);
    ingest_message_write(&json, message);
    char space[CMSG_SPACE(sizeof fd)] = {0};
    struct iovec part = {json.ptr, json.len};
    struct msghdr head = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd >= 0) {
        head.msg_control = space;
        head.msg_controllen = sizeof space;
        struct cmsghdr *c = CMSG_FIRSTHDR(&head);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(c), &fd, sizeof fd);
    }
    assert_int_equal(sendmsg(rig->control, &head, MSG_NOSIGNAL), json.len);
}

void rig_tell(struct rig *rig, const struct rig_key *keys, size_t count)
{
    struct ingest_key told[INGEST_KEYS_MAX];
    struct ingest_channel channel = {
        .name = STR("news"), .keys = told, .key_count = count};
    assert_int_equal(id_parse(str_from_c(channel_id), &channel.id), 0);
    for (size_t i = 0; i < count; i++) {
        char text[32];
        told[i] = (struct ingest_key){
            .priority = keys[i].priority,
            .from_us = INT64_MIN,
            .until_us = keys[i].until_us ? keys[i].until_us : INT64_MAX,
            .passphrase = str_from_c(keys[i].passphrase),
        };
        snprintf(text, sizeof text, "62f9f7d471f%02x",
                 (unsigned char)keys[i].text[0]);
        assert_int_equal(id_parse(str_from_c(text), &told[i].id), 0);
        digest_hex(str_from_c(keys[i].text), told[i].sha256);
    }
    put(rig,
        &(struct ingest_message){
            .kind = INGEST_CHANNELS, .channels = &channel, .channel_count = 1},
        -1);
}

void rig_close_media(struct rig *rig)
{
    if (rig->media.fd >= 0)
        close(rig->media.fd);
    buf_finish(&rig->media.bytes);
    buf_finish(&rig->media.video);
    buf_finish(&rig->media.audio);
    rig->media = (struct rig_media){.fd = -1};
}

void rig_open_media(struct rig *rig)
{
    int pair[2];
    struct ingest_message told = {.kind = INGEST_MEDIA};
    rig_close_media(rig);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair),
                     0);
    assert_int_equal(id_parse(str_from_c(channel_id), &told.channel), 0);
    put(rig, &told, pair[1]);
    close(pair[1]);
    rig->media.fd = pair[0];
    rig->media.first_tick = rig->media.last_video = rig->media.last_audio = -1;
    buf_init(&rig->media.bytes, MEDIA_BYTES_MAX);
    buf_init(&rig->media.video, MEDIA_BYTES_MAX);
    buf_init(&rig->media.audio, MEDIA_BYTES_MAX);
}

/* ---- What comes ------------------------------------------------------------
 */

static void add_unit(struct buf *out, struct str unit)
{
    buf_add(out, str_of("\0\0\0\1", 4));
    buf_add(out, unit);
}

static void take_video_config(struct rig_media *media, struct str config)
{
    struct bytes_reader bytes = {.rest = config};
    bytes_get(&bytes, 5);
    for (int set = 0; set < 2; set++) {
        unsigned count = bytes_get_u8(&bytes) & 0x1F;
        for (unsigned i = 0; i < count; i++)
            add_unit(&media->video, bytes_get(&bytes, bytes_get_u16(&bytes)));
    }
    assert_false(bytes.bad);
}

/* From AudioSpecificConfig to the head of ADTS, but for the length. */
static void take_audio_config(struct rig_media *media, struct str config)
{
    assert_true(config.len >= 2);
    unsigned bits = (unsigned)(unsigned char)config.ptr[0] << 8 |
                    (unsigned char)config.ptr[1];
    unsigned type = bits >> 11, rate = bits >> 7 & 15,
             channels = bits >> 3 & 15;
    if (type != 2) /* HE-AAC is signalled by what lies within */
        type = 2;
    const unsigned char head[7] = {
        0xFF,
        0xF1,
        (unsigned char)((type - 1) << 6 | rate << 2 | channels >> 2),
        (unsigned char)((channels & 3) << 6),
        0,
        0x1F,
        0xFC};
    memcpy(media->adts, head, sizeof head);
}

static void take_picture(struct rig_media *media, const struct packet *packet)
{
    struct bytes_reader bytes = {.rest = packet->payload};
    assert_true(packet->tick > media->last_video);
    media->last_video = packet->tick;
    media->pictures++;
    media->keys += packet->is_key;
    while (bytes.rest.len)
        add_unit(&media->video, bytes_get(&bytes, bytes_get_u32(&bytes)));
    assert_false(bytes.bad);
}

static void take_sound(struct rig_media *media, const struct packet *packet)
{
    size_t len = packet->payload.len + sizeof media->adts;
    unsigned char head[sizeof media->adts];
    assert_true(packet->tick > media->last_audio);
    media->last_audio = packet->tick;
    media->sounds++;
    memcpy(head, media->adts, sizeof head);
    head[3] |= (unsigned char)(len >> 11);
    head[4] = (unsigned char)(len >> 3);
    head[5] |= (unsigned char)(len << 5);
    buf_add_bytes(&media->audio, head, sizeof head);
    buf_add(&media->audio, packet->payload);
}

static void take_packet(struct rig_media *media, const struct packet *packet)
{
    bool is_video = packet->track == PACKET_VIDEO;
    media->packets++;
    if (media->first_tick < 0)
        media->first_tick = packet->tick;
    if (packet->kind == PACKET_CONFIG) {
        media->configs++;
        (is_video ? take_video_config : take_audio_config)(media,
                                                           packet->payload);
    } else if (packet->kind == PACKET_FRAME) {
        media->gap_followed_by_key +=
            media->is_after_gap && is_video && packet->is_key;
        media->is_after_gap = false;
        (is_video ? take_picture : take_sound)(media, packet);
    } else if (packet->kind == PACKET_GAP) {
        media->gaps++;
        media->is_after_gap = true;
    } else {
        media->ends++;
    }
}

/* Whole packets are all there is, until the other side hangs up. */
static void take_media(struct rig_media *media)
{
    enum { STEP = 1 << 16 };
    char *room = buf_reserve(&media->bytes, STEP);
    ssize_t got = read(media->fd, room, STEP);
    if (got <= 0) {
        close(media->fd);
        media->fd = -1;
        return;
    }
    buf_grown(&media->bytes, (size_t)got);
    struct str rest = str_from(buf_str(&media->bytes), media->taken);
    struct packet packet;
    enum err err;
    while ((err = packet_read(&rest, &packet)) == ERR_OK)
        take_packet(media, &packet);
    assert_int_equal(err, ERR_AGAIN);
    media->taken = media->bytes.len - rest.len;
}

static void take_message(struct rig *rig)
{
    char bytes[INGEST_MESSAGE_BYTES_MAX];
    struct ingest_message message;
    struct fault fault = {0};
    ssize_t got = read(rig->control, bytes, sizeof bytes);
    if (got <= 0)
        fail_msg("the ingest died");
    if (ingest_message_read(str_of(bytes, (size_t)got), &rig->arena, &message,
                            &fault))
        fail_msg("%s", fault.message);
    if (message.kind == INGEST_FEED) {
        rig->feed = message;
        rig->feeds++;
    } else if (message.kind == INGEST_REFUSED) {
        rig->refused = message;
        rig->refusals++;
    } else {
        assert_int_equal(message.kind, INGEST_STATUS);
        rig->status = message;
        rig->statuses++;
    }
}

void rig_wait(struct rig *rig, const int *count, int least)
{
    int64_t until_us = clock_now_us() + RIG_WAIT_MS * 1000;
    while (*count < least) {
        int64_t left_ms = (until_us - clock_now_us()) / 1000;
        struct pollfd fds[] = {{rig->control, POLLIN, 0},
                               {rig->media.fd, POLLIN, 0}};
        if (left_ms <= 0 || poll(fds, 2, (int)left_ms) <= 0)
            fail_msg("waited in vain: %d of %d; last said: %.*s", *count, least,
                     ARG_STR(rig->feed.reason));
        if (fds[0].revents)
            take_message(rig);
        if (fds[1].revents)
            take_media(&rig->media);
    }
}

/* ---- Decoding --------------------------------------------------------------
 */

static void save(const char *path, struct str bytes)
{
    struct fault fault = {0};
    if (file_write_atomic(path, bytes, &fault))
        fail_msg("%s", fault.message);
}

int rig_decoded_pictures(struct rig *rig)
{
    const char *path = rig_path("came.h264");
    const char *log = rig_path("decoded.log");
    save(path, buf_str(&rig->media.video));
    const char *const arguments[] = {"ffmpeg",    "-v",   "error", "-xerror",
                                     "-progress", log,    "-i",    path,
                                     "-f",        "null", "-",     NULL};
    assert_int_equal(rig_run(arguments), 0);
    struct str text = rig_read(log, &rig->arena);
    int frames = 0;
    for (struct str line; str_split_next(&text, '\n', &line);)
        if (str_starts_with(line, STR("frame="))) {
            int64_t number = 0;
            (void)!str_parse_i64(str_from(line, 6), &number);
            frames = (int)number;
        }
    return frames;
}

void rig_decode_audio(struct rig *rig)
{
    const char *path = rig_path("came.aac");
    save(path, buf_str(&rig->media.audio));
    const char *const arguments[] = {"ffmpeg", "-v", "error", "-xerror", "-i",
                                     path,     "-f", "null",  "-",       NULL};
    assert_int_equal(rig_run(arguments), 0);
}
