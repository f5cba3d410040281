// SPDX-License-Identifier: Apache-2.0
/* A publisher's connection: a real encoder's, and prepared ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "media/amf.h"
#include "media/bytes.h"
#include "media/flv.h"
#include "media/rtmp_session.h"

/* What came of a connection. */
struct heard {
    bool refuse;
    char application[64], stream[64], encoder[64];
    int video, keys, audio, data, ended;
    int32_t composition_ms_max;
    uint32_t last_video_ms;
    struct flv_avc avc;
    struct flv_aac aac;
};

static enum err on_publish(void *context, const struct rtmp_publish *publish,
                           struct fault *fault)
{
    struct heard *heard = context;
    assert_int_equal(str_to_c(publish->application, heard->application, 64), 0);
    assert_int_equal(str_to_c(publish->stream, heard->stream, 64), 0);
    assert_int_equal(str_to_c(publish->encoder, heard->encoder, 64), 0);
    return heard->refuse ? fault_set(fault, ERR_DENIED, "key",
                                     "the stream key is not known")
                         : ERR_OK;
}

static void hear_video(struct heard *heard, const struct rtmp_message *message)
{
    struct flv_tag tag;
    assert_int_equal(flv_read_video(message->payload, &tag), ERR_OK);
    assert_int_equal(tag.codec, FLV_H264);
    if (tag.kind == FLV_CONFIG)
        assert_int_equal(flv_read_avc(tag.payload, &heard->avc), ERR_OK);
    if (tag.kind != FLV_FRAME)
        return;
    heard->video++;
    heard->keys += tag.is_key;
    heard->last_video_ms = message->time_ms;
    if (tag.composition_ms > heard->composition_ms_max)
        heard->composition_ms_max = tag.composition_ms;
}

static enum err on_media(void *context, const struct rtmp_message *message,
                         struct fault *fault)
{
    struct heard *heard = context;
    struct flv_tag tag;
    (void)fault;
    if (message->type == RTMP_VIDEO) {
        hear_video(heard, message);
    } else if (message->type == RTMP_AUDIO) {
        assert_int_equal(flv_read_audio(message->payload, &tag), ERR_OK);
        if (tag.kind == FLV_CONFIG)
            assert_int_equal(flv_read_aac(tag.payload, &heard->aac), ERR_OK);
        heard->audio += tag.kind == FLV_FRAME;
    } else {
        heard->data++;
    }
    return ERR_OK;
}

static void on_end(void *context)
{
    ((struct heard *)context)->ended++;
}

static struct rtmp_session *make(struct heard *heard)
{
    struct rtmp_events events = {heard, on_publish, on_media, on_end};
    struct rtmp_session *session;
    assert_int_equal(rtmp_session_create(&events, &session), ERR_OK);
    return session;
}

/* ---- A real encoder --------------------------------------------------------
 */

static int listen_anywhere(unsigned *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    *ret_port = ntohs(address.sin_port);
    return fd;
}

static void send_all(int fd, struct buf *out)
{
    struct str rest = buf_str(out);
    while (rest.len) {
        ssize_t sent = send(fd, rest.ptr, rest.len, MSG_NOSIGNAL);
        if (sent <= 0)
            break;
        rest = str_from(rest, (size_t)sent);
    }
    buf_reset(out);
}

/* Serves one connection to its end. */
static enum err serve(int listener, struct heard *heard, struct fault *fault)
{
    struct rtmp_session *session = make(heard);
    DEFER(buf_finish) struct buf in, out;
    enum err err = ERR_OK;
    ssize_t got = 0;
    int fd = accept(listener, NULL, NULL);
    buf_init(&in, 1 << 20);
    buf_init(&out, RTMP_ANSWER_BYTES_MAX);
    do {
        char *room = buf_reserve(&in, 4096);
        assert_non_null(room);
        got = recv(fd, room, 4096, 0);
        buf_grown(&in, got > 0 ? (size_t)got : 0);
        struct str rest = buf_str(&in);
        err = rtmp_session_receive(session, &rest, &out, fault);
        buf_drop_front(&in, in.len - rest.len);
        send_all(fd, &out);
    } while (!err && got > 0);
    shutdown(fd, SHUT_RDWR);
    close(fd);
    rtmp_session_destroy(session);
    return err;
}

static pid_t start_encoder(unsigned port)
{
    char url[128];
    snprintf(url, sizeof url, "rtmp://127.0.0.1:%u/live/secret?x=1", port);
    pid_t pid = fork();
    if (pid)
        return pid;
    if (!freopen("/dev/null", "w", stderr))
        _exit(1);
    execlp("ffmpeg", "ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi",
           "-i", "testsrc2=size=320x180:rate=25:duration=3", "-f", "lavfi",
           "-i", "sine=sample_rate=44100:duration=3", "-c:v", "libx264", "-bf",
           "2", "-g", "25", "-threads", "1", "-c:a", "aac", "-ac", "2", "-f",
           "flv", url, (char *)NULL);
    _exit(127);
}

static bool has_encoder(void)
{
    return system("command -v ffmpeg >/dev/null") == 0;
}

static int push(struct heard *heard, enum err *ret_err, struct fault *fault)
{
    unsigned port;
    int status = 0, listener = listen_anywhere(&port);
    pid_t pid = start_encoder(port);
    *ret_err = serve(listener, heard, fault);
    close(listener);
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_an_encoder_publishes(void **state)
{
    struct heard heard = {0};
    struct fault fault = {0};
    enum err err;
    (void)state;
    if (!has_encoder())
        skip();
    assert_int_equal(push(&heard, &err, &fault), 0);
    assert_int_equal(err, ERR_CLOSED);
    assert_string_equal(heard.application, "live");
    assert_string_equal(heard.stream, "secret");
    assert_int_equal(heard.video, 75);
    assert_int_equal(heard.keys, 3);
    assert_true(heard.composition_ms_max >= 80); /* of its B-frames */
    assert_int_equal(heard.last_video_ms, 2960);
    assert_int_equal(heard.avc.length_bytes, 4);
    assert_int_equal(heard.aac.object_type, 2);
    assert_int_equal(heard.aac.sample_rate, 44100);
    assert_int_equal(heard.aac.channels, 2);
    assert_in_range(heard.audio, 128, 134);
    assert_true(heard.data > 0);
    assert_int_equal(heard.ended, 1);
}

static void test_an_encoder_is_told_why_not(void **state)
{
    struct heard heard = {.refuse = true};
    struct fault fault = {0};
    enum err err;
    (void)state;
    if (!has_encoder())
        skip();
    assert_int_not_equal(push(&heard, &err, &fault), 0);
    assert_int_equal(err, ERR_DENIED);
    assert_int_equal(heard.video + heard.audio + heard.ended, 0);
}

/* ---- Prepared connections --------------------------------------------------
 */

struct talk {
    struct heard heard;
    struct rtmp_session *session;
    struct buf out;
    struct fault fault;
};

static int set_up(void **state)
{
    static struct talk talk;
    talk = (struct talk){.session = NULL};
    talk.session = make(&talk.heard);
    buf_init(&talk.out, RTMP_ANSWER_BYTES_MAX);
    *state = &talk;
    return 0;
}

static int tear_down(void **state)
{
    struct talk *talk = *state;
    rtmp_session_destroy(talk->session);
    buf_finish(&talk->out);
    return 0;
}

static enum err say(struct talk *talk, struct str bytes)
{
    enum err err =
        rtmp_session_receive(talk->session, &bytes, &talk->out, &talk->fault);
    if (!err)
        assert_int_equal(bytes.len, 0);
    return err;
}

static enum err send_message(struct talk *talk, uint8_t type, uint32_t time_ms,
                             struct str payload)
{
    struct rtmp_message message = {
        .type = type, .stream = 1, .time_ms = time_ms, .payload = payload};
    DEFER(buf_finish) struct buf bytes;
    buf_init(&bytes, 1 << 20);
    rtmp_write_message(&bytes, RTMP_CHUNK_BYTES_START, 4, &message);
    return say(talk, buf_str(&bytes));
}

/* A command whose object is null, or names the application, and a text. */
static enum err command(struct talk *talk, const char *name, const char *app,
                        const char *text)
{
    DEFER(buf_finish) struct buf payload;
    buf_init(&payload, 1 << 16);
    amf_write_string(&payload, str_from_c(name));
    amf_write_number(&payload, 7);
    if (app) {
        amf_begin_object(&payload);
        amf_write_name(&payload, STR("app"));
        amf_write_string(&payload, str_from_c(app));
        amf_end_object(&payload);
    } else {
        amf_write_null(&payload);
    }
    if (text)
        amf_write_string(&payload, str_from_c(text));
    return send_message(talk, RTMP_COMMAND, 0, buf_str(&payload));
}

static void shake_hands(struct talk *talk)
{
    static char bytes[1 + 1536 + 1536] = {3, 'c'};
    assert_int_equal(say(talk, str_of(bytes, sizeof bytes)), ERR_OK);
    assert_int_equal(talk->out.len, 1 + 1536 + 1536);
    assert_int_equal(talk->out.ptr[0], 3);
    assert_int_equal(talk->out.ptr[1 + 1536], 'c');
    buf_reset(&talk->out);
}

static bool was_told(const struct talk *talk, const char *text)
{
    return str_find(buf_str(&talk->out), str_from_c(text)) >= 0;
}

static void test_a_browser_is_told_that_this_is_not_http(void **state)
{
    struct talk *talk = *state;
    assert_int_equal(say(talk, STR("GET / HTTP/1.1\r\n")), ERR_UNSUPPORTED);
    assert_int_equal(talk->out.len, 0);
}

static void test_who_publishes_without_a_key_is_told(void **state)
{
    struct talk *talk = *state;
    shake_hands(talk);
    assert_int_equal(command(talk, "connect", "live", NULL), ERR_OK);
    assert_int_equal(command(talk, "createStream", NULL, NULL), ERR_OK);
    assert_int_equal(command(talk, "publish", NULL, "?x"), ERR_INVALID);
    assert_true(was_told(talk, "NetStream.Publish.BadName"));
    assert_true(was_told(talk, "there is no stream key"));
}

static void test_who_wants_to_play_is_told_where(void **state)
{
    struct talk *talk = *state;
    shake_hands(talk);
    assert_int_equal(command(talk, "connect", "live", NULL), ERR_OK);
    assert_int_equal(command(talk, "play", NULL, "secret"), ERR_UNSUPPORTED);
    assert_true(was_told(talk, "TV Live"));
}

static void test_nothing_is_taken_before_publishing(void **state)
{
    struct talk *talk = *state;
    shake_hands(talk);
    assert_int_equal(send_message(talk, RTMP_VIDEO, 0, STR("\x17\1\0\0\0x")),
                     ERR_OK);
    assert_int_equal(command(talk, "publish", NULL, "secret"), ERR_INVALID);
    assert_int_equal(talk->heard.video, 0);
}

static void publish(struct talk *talk)
{
    shake_hands(talk);
    assert_int_equal(command(talk, "connect", "live", NULL), ERR_OK);
    assert_int_equal(command(talk, "createStream", NULL, NULL), ERR_OK);
    assert_int_equal(command(talk, "publish", NULL, "secret"), ERR_OK);
    assert_true(was_told(talk, "NetStream.Publish.Start"));
}

static void test_aggregates_are_unpacked(void **state)
{
    struct talk *talk = *state;
    publish(talk);
    struct str both = STR("\x09\0\0\6\0\0\x64\0\0\0\0\x17\1\0\0\0a\0\0\0\x11"
                          "\x09\0\0\6\0\0\x8C\0\0\0\0\x27\1\0\0\0b\0\0\0\x11");
    assert_int_equal(send_message(talk, RTMP_AGGREGATE, 5000, both), ERR_OK);
    assert_int_equal(talk->heard.video, 2);
    assert_int_equal(talk->heard.keys, 1);
    assert_int_equal(talk->heard.last_video_ms, 5040);
    assert_int_equal(send_message(talk, RTMP_AGGREGATE, 0, STR("\x09\0\0\6")),
                     ERR_INVALID);
    assert_int_equal(talk->heard.ended, 1);
}

static void test_a_ping_is_answered(void **state)
{
    struct talk *talk = *state;
    publish(talk);
    buf_reset(&talk->out);
    struct str ping = STR("\0\6\1\2\3\4");
    assert_int_equal(send_message(talk, RTMP_USER_CONTROL, 0, ping), ERR_OK);
    assert_true(str_find(buf_str(&talk->out), STR("\0\7\1\2\3\4")) >= 0);
}

static void test_what_was_received_is_acknowledged(void **state)
{
    static char frame[100 * 1000] = {0x27, 1};
    struct talk *talk = *state;
    publish(talk);
    assert_int_equal(
        send_message(talk, RTMP_WINDOW_SIZE, 0, STR("\0\1\x86\xA0")), ERR_OK);
    buf_reset(&talk->out);
    assert_int_equal(
        send_message(talk, RTMP_VIDEO, 40, str_of(frame, sizeof frame)),
        ERR_OK);
    assert_int_equal(talk->out.len, 16);
    assert_int_equal(talk->out.ptr[7], RTMP_ACKNOWLEDGEMENT);
}

static void test_the_end_is_told_once(void **state)
{
    struct talk *talk = *state;
    publish(talk);
    assert_int_equal(command(talk, "FCUnpublish", NULL, "secret"), ERR_CLOSED);
    assert_int_equal(talk->heard.ended, 1);
}

static void test_commands_that_nest_too_deep_are_refused(void **state)
{
    struct talk *talk = *state;
    shake_hands(talk);
    DEFER(buf_finish) struct buf payload;
    buf_init(&payload, 1 << 16);
    amf_write_string(&payload, STR("connect"));
    amf_write_number(&payload, 1);
    for (int i = 0; i < 1000; i++) {
        amf_begin_object(&payload);
        amf_write_name(&payload, STR("a"));
    }
    assert_int_equal(send_message(talk, RTMP_COMMAND, 0, buf_str(&payload)),
                     ERR_INVALID);
}

#define TALK(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_encoder_publishes),
        cmocka_unit_test(test_an_encoder_is_told_why_not),
        TALK(test_a_browser_is_told_that_this_is_not_http),
        TALK(test_who_publishes_without_a_key_is_told),
        TALK(test_who_wants_to_play_is_told_where),
        TALK(test_nothing_is_taken_before_publishing),
        TALK(test_aggregates_are_unpacked),
        TALK(test_a_ping_is_answered),
        TALK(test_what_was_received_is_acknowledged),
        TALK(test_the_end_is_told_once),
        TALK(test_commands_that_nest_too_deep_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
