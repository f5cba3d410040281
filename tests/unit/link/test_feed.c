// SPDX-License-Identifier: Apache-2.0
/* link/feed over a real Unix socket, against an edge that the test plays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "link/feed.h"
#include "link/wire.h"

enum {
    PATIENCE_MS = 120 * 1000, /* until a test gives up: a bug, not a pause */
    NOTES_BYTES_MAX = 4096,
};

/* The edge that the test plays, and a diary of the feed's events. */
struct stage {
    char folder[64];
    char path[96];
    int listening;
    struct feed *feed;
    int fd; /* the feed's connection */
    struct buf in;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct buf notes; /* "held 0 /en/ 1 front:en;" … */
    int work_fds[8];
    size_t work_count;
};

static void note(struct stage *stage, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void note(struct stage *stage, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    pthread_mutex_lock(&stage->lock);
    buf_add_c(&stage->notes, text);
    buf_add_char(&stage->notes, ';');
    pthread_cond_broadcast(&stage->changed);
    pthread_mutex_unlock(&stage->lock);
}

static void on_held(void *context, unsigned edge, struct str key,
                    unsigned flags, struct str depends)
{
    note(context, "held %u %" PRI_STR " %u %" PRI_STR, edge, ARG_STR(key),
         flags, ARG_STR(depends));
}

static void on_connect(void *context, const struct feed_welcome *welcome)
{
    note(context, "connect %u %llu %llu", welcome->edge,
         (unsigned long long)welcome->edition,
         (unsigned long long)welcome->log_number);
}

static void on_disconnect(void *context, unsigned edge)
{
    note(context, "disconnect %u", edge);
}

static void on_want(void *context, unsigned edge, struct str key)
{
    note(context, "want %u %" PRI_STR, edge, ARG_STR(key));
}

static void on_unwant(void *context, unsigned edge, struct str key)
{
    note(context, "unwant %u %" PRI_STR, edge, ARG_STR(key));
}

static void on_evicted(void *context, unsigned edge, struct str key)
{
    note(context, "evicted %u %" PRI_STR, edge, ARG_STR(key));
}

static void on_viewed(void *context, unsigned edge,
                      const struct feed_viewed *viewed)
{
    struct views_pair pair = views_pair_at(&viewed->pairs, 0);
    note(context, "viewed %u %llu %llu %zu %llx %lld", edge,
         (unsigned long long)viewed->edge, (unsigned long long)viewed->number,
         viewed->pairs.count, (unsigned long long)pair.article,
         (long long)pair.count);
}

static void on_work(void *context, unsigned edge, int fd)
{
    struct stage *stage = context;
    pthread_mutex_lock(&stage->lock);
    stage->work_fds[stage->work_count++] = fd;
    pthread_mutex_unlock(&stage->lock);
    note(stage, "work %u", edge);
}

/* Waits until the diary ends with text. */
static void expect_notes(struct stage *stage, const char *text)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_MS / 1000;
    struct str expected = str_from_c(text);
    int late = 0;
    pthread_mutex_lock(&stage->lock);
    while (!str_ends_with(buf_str(&stage->notes), expected) && !late)
        late = pthread_cond_timedwait(&stage->changed, &stage->lock, &until);
    bool found = str_ends_with(buf_str(&stage->notes), expected);
    pthread_mutex_unlock(&stage->lock);
    if (!found)
        fail_msg("\"%s\" is not the end of \"%" PRI_STR "\"", text,
                 ARG_STR(buf_str(&stage->notes)));
}

/* ---- the played edge ---- */

static void wait_readable(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&poll_fd, 1, PATIENCE_MS), 1);
}

/* The next connection, after its first line. */
static int accept_for(struct stage *stage, const char *greeting)
{
    char line[LINK_GREETING_BYTES];
    wait_readable(stage->listening);
    int fd = accept(stage->listening, NULL, NULL);
    assert_true(fd >= 0);
    wait_readable(fd);
    assert_int_equal(recv(fd, line, sizeof line, MSG_WAITALL), sizeof line);
    assert_memory_equal(line, greeting, sizeof line);
    return fd;
}

/* The next message of the desk; its payload is good until the next call. */
static struct message read_message(struct stage *stage)
{
    static char payload[NOTES_BYTES_MAX];
    struct message message;
    for (;;) {
        struct str bytes = buf_str(&stage->in);
        enum err err = message_next(&bytes, &message);
        if (!err) {
            assert_true(message.payload.len <= sizeof payload);
            if (message.payload.len)
                memcpy(payload, message.payload.ptr, message.payload.len);
            message.payload.ptr = payload;
            buf_drop_front(&stage->in, stage->in.len - bytes.len);
            return message;
        }
        assert_int_equal(err, ERR_AGAIN);
        wait_readable(stage->fd);
        char *room = buf_reserve(&stage->in, NOTES_BYTES_MAX);
        ssize_t got = recv(stage->fd, room, NOTES_BYTES_MAX, 0);
        assert_true(got > 0);
        buf_grown(&stage->in, (size_t)got);
    }
}

static void say(struct stage *stage, const struct buf *messages)
{
    assert_int_equal(buf_err(messages), ERR_OK);
    assert_int_equal(send(stage->fd, messages->ptr, messages->len, 0),
                     messages->len);
}

static void acknowledge(struct stage *stage, uint64_t number)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, MESSAGE_HEAD_BYTES);
    message_put(&out, MESSAGE_ACK, number);
    say(stage, &out);
}

static void expect_message(struct stage *stage, enum message_kind kind,
                           uint64_t number)
{
    struct message message = read_message(stage);
    assert_int_equal(message.kind, kind);
    assert_int_equal(message.number, number);
}

/* Who the edge is: a process id to be killed if it does not acknowledge. */
static void say_welcome(struct stage *stage, pid_t pid)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, NOTES_BYTES_MAX);
    size_t start = message_begin(&out, MESSAGE_WELCOME, 0);
    wire_put_u32(&out, (uint32_t)pid);
    wire_put_u64(&out, 5);
    wire_put_u64(&out, 77);
    message_end(&out, start);
    start = message_begin(&out, MESSAGE_HELD, 0);
    wire_put_str(&out, STR("/en/"));
    wire_put_u16(&out, 1);
    wire_put_str(&out, STR("front:en theme"));
    wire_put_str(&out, STR("/en/tv"));
    wire_put_u16(&out, 0);
    wire_put_str(&out, STR("theme"));
    message_end(&out, start);
    message_put(&out, MESSAGE_HELD, 0);
    say(stage, &out);
}

static void meet(struct stage *stage, pid_t pid)
{
    buf_reset(&stage->in);
    stage->fd = accept_for(stage, LINK_GREETING_FEED);
    expect_message(stage, MESSAGE_HELLO, 0);
    say_welcome(stage, pid);
}

static void start_feed(struct stage *stage, unsigned work_connections)
{
    struct feed_events events = {
        .context = stage,
        .on_held = on_held,
        .on_connect = on_connect,
        .on_disconnect = on_disconnect,
        .on_want = on_want,
        .on_unwant = on_unwant,
        .on_evicted = on_evicted,
        .on_viewed = on_viewed,
        .on_work = on_work,
    };
    assert_int_equal(feed_create(&events, &stage->feed), ERR_OK);
    assert_int_equal(feed_add_edge(stage->feed, stage->path, work_connections),
                     ERR_OK);
    assert_int_equal(feed_start(stage->feed), ERR_OK);
}

static int set_up(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);
    snprintf(stage->folder, sizeof stage->folder, "/tmp/broadsheet-XXXXXX");
    assert_non_null(mkdtemp(stage->folder));
    snprintf(stage->path, sizeof stage->path, "%.60s/edge.sock", stage->folder);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    assert_int_equal(str_to_c(str_from_c(stage->path), address.sun_path,
                              sizeof address.sun_path),
                     ERR_OK);
    stage->listening = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(
        bind(stage->listening, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(stage->listening, 16), 0);
    stage->fd = -1;
    pthread_mutex_init(&stage->lock, NULL);
    pthread_cond_init(&stage->changed, NULL);
    buf_init(&stage->in, 1 << 20);
    buf_init(&stage->notes, NOTES_BYTES_MAX);
    *state = stage;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *stage = *state;
    feed_destroy(stage->feed);
    if (stage->fd >= 0)
        close(stage->fd);
    close(stage->listening);
    for (size_t i = 0; i < stage->work_count; i++)
        close(stage->work_fds[i]);
    unlink(stage->path);
    rmdir(stage->folder);
    buf_finish(&stage->in);
    buf_finish(&stage->notes);
    free(stage);
    return 0;
}

static struct feed_payload *drop_of(struct str key)
{
    DEFER(buf_finish) struct buf text;
    buf_init(&text, NOTES_BYTES_MAX);
    wire_put_str(&text, key);
    return feed_payload_create(MESSAGE_DROP, buf_str(&text));
}

/* ---- tests ---- */

static void test_an_edge_says_what_it_holds_before_it_is_there(void **state)
{
    struct stage *stage = *state;
    start_feed(stage, 0);
    meet(stage, 0);
    expect_notes(stage, "held 0 /en/ 1 front:en theme;held 0 /en/tv 0 theme;"
                        "connect 0 5 77;");
    assert_int_equal(feed_connected(stage->feed), 1);
}

static void test_messages_are_numbered_without_gaps(void **state)
{
    struct stage *stage = *state;
    start_feed(stage, 0);
    feed_send(stage->feed, drop_of(STR("/lost"))); /* nobody is there yet */
    meet(stage, 0);
    expect_notes(stage, "connect 0 5 77;");
    feed_send(stage->feed, drop_of(STR("/a")));
    feed_send_to(stage->feed, 0, drop_of(STR("/b")));
    feed_send(stage->feed, feed_payload_create(MESSAGE_CLEAR, STR("")));
    const char *const keys[] = {"/a", "/b"};
    for (uint64_t i = 0; i < 2; i++) {
        struct message message = read_message(stage);
        struct wire_reader reader = {.rest = message.payload};
        assert_int_equal(message.kind, MESSAGE_DROP);
        assert_int_equal(message.number, i + 1);
        assert_true(str_eq(wire_get_str(&reader), str_from_c(keys[i])));
    }
    expect_message(stage, MESSAGE_CLEAR, 3);
}

static void test_what_an_edge_counted_is_told(void **state)
{
    struct stage *stage = *state;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, NOTES_BYTES_MAX);
    start_feed(stage, 0);
    meet(stage, 0);
    size_t start = message_begin(&out, MESSAGE_VIEWED, 3);
    wire_put_u64(&out, 9);
    views_put_pair(&out, (struct views_pair){0xABC, 461});
    views_put_pair(&out, (struct views_pair){0xABD, 0});
    message_end(&out, start);
    say(stage, &out);
    expect_notes(stage, "viewed 0 9 3 2 abc 461;");
    /* What cannot be a count is the end of the connection. */
    buf_reset(&out);
    start = message_begin(&out, MESSAGE_VIEWED, 4);
    wire_put_u64(&out, 9);
    views_put_pair(&out, (struct views_pair){0xABC, -1});
    message_end(&out, start);
    say(stage, &out);
    expect_notes(stage, "disconnect 0;");
}

static void test_what_an_edge_asks_and_evicts_is_told(void **state)
{
    struct stage *stage = *state;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, NOTES_BYTES_MAX);
    start_feed(stage, 0);
    meet(stage, 0);
    message_put_str(&out, MESSAGE_WANT, 0, STR("/en/sport"));
    message_put_str(&out, MESSAGE_EVICTED, 0, STR("/en/tv"));
    message_put_str(&out, MESSAGE_UNWANT, 0, STR("/en/sport"));
    say(stage, &out);
    expect_notes(stage,
                 "want 0 /en/sport;evicted 0 /en/tv;unwant 0 /en/sport;");
}

struct answer {
    struct stage *stage;
    atomic_bool acknowledged;
};

static void *answer_two(void *argument)
{
    struct answer *answer = argument;
    expect_message(answer->stage, MESSAGE_CLEAR, 1);
    acknowledge(answer->stage, 1); /* not the one that is waited for */
    expect_message(answer->stage, MESSAGE_CLEAR, 2);
    atomic_store(&answer->acknowledged, true);
    acknowledge(answer->stage, 2);
    return NULL;
}

static void test_waiting_ends_with_the_acknowledgement(void **state)
{
    struct stage *stage = *state;
    struct answer answer = {.stage = stage};
    pthread_t thread;
    start_feed(stage, 0);
    meet(stage, 0);
    expect_notes(stage, "connect 0 5 77;");
    feed_send(stage->feed, feed_payload_create(MESSAGE_CLEAR, STR("")));
    feed_send(stage->feed, feed_payload_create(MESSAGE_CLEAR, STR("")));
    pthread_create(&thread, NULL, answer_two, &answer);
    feed_wait_acknowledged(stage->feed, PATIENCE_MS * INT64_C(1000));
    assert_true(atomic_load(&answer.acknowledged));
    pthread_join(thread, NULL);
    assert_int_equal(feed_connected(stage->feed), 1);
}

static pid_t start_bystander(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        for (;;)
            pause();
    }
    return pid;
}

/* It might go on showing what is no longer true. */
static void test_an_edge_that_does_not_acknowledge_is_killed(void **state)
{
    struct stage *stage = *state;
    pid_t edge = start_bystander();
    start_feed(stage, 0);
    meet(stage, edge);
    expect_notes(stage, "connect 0 5 77;");
    feed_send(stage->feed, feed_payload_create(MESSAGE_CLEAR, STR("")));
    feed_wait_acknowledged(stage->feed, 1000);
    int status = 0;
    assert_int_equal(waitpid(edge, &status, 0), edge);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
    expect_notes(stage, "disconnect 0;");
    close(stage->fd);
    meet(stage, 0); /* the next one is found */
    expect_notes(stage, "connect 0 5 77;");
}

static void test_an_edge_that_comes_back_starts_at_one(void **state)
{
    struct stage *stage = *state;
    start_feed(stage, 0);
    meet(stage, 0);
    expect_notes(stage, "connect 0 5 77;");
    feed_send(stage->feed, feed_payload_create(MESSAGE_CLEAR, STR("")));
    expect_message(stage, MESSAGE_CLEAR, 1);
    close(stage->fd);
    meet(stage, 0);
    expect_notes(stage, "disconnect 0;held 0 /en/ 1 front:en theme;"
                        "held 0 /en/tv 0 theme;connect 0 5 77;");
    /* What the lost one owed is nobody's debt. */
    feed_wait_acknowledged(stage->feed, PATIENCE_MS * INT64_C(1000));
    feed_send(stage->feed, feed_payload_create(MESSAGE_CLEAR, STR("")));
    expect_message(stage, MESSAGE_CLEAR, 1);
}

static void test_an_edge_that_talks_nonsense_is_left(void **state)
{
    static const enum message_kind nonsense[] = {
        MESSAGE_PAGE,    /* the desk's to say */
        MESSAGE_WELCOME, /* said already */
    };
    struct stage *stage = *state;
    start_feed(stage, 0);
    for (size_t i = 0; i < 2; i++) {
        DEFER(buf_finish) struct buf out;
        buf_init(&out, NOTES_BYTES_MAX);
        meet(stage, 0);
        expect_notes(stage, "connect 0 5 77;");
        message_put(&out, nonsense[i], 0);
        say(stage, &out);
        expect_notes(stage, "disconnect 0;");
        close(stage->fd);
    }
    stage->fd = accept_for(stage, LINK_GREETING_FEED);
    assert_int_equal(send(stage->fd, "HTTP/1.1 200 OK\r\n\r\n", 19, 0), 19);
    expect_notes(stage, "disconnect 0;disconnect 0;");
    close(stage->fd);
    meet(stage, 0);
    expect_notes(stage, "connect 0 5 77;");
}

/* As when it takes something the desk says for nonsense, which is said again.
 */
static void test_an_edge_that_leaves_at_once_is_not_asked_without_end(
    void **state)
{
    enum { WATCHED_MS = 1500, TIMES_MAX = 20 };
    struct stage *stage = *state;
    int64_t until_us = clock_now_us() + WATCHED_MS * INT64_C(1000);
    int times = 0;
    start_feed(stage, 0);
    for (; times <= TIMES_MAX && clock_now_us() < until_us; times++) {
        meet(stage, 0);
        close(stage->fd);
    }
    stage->fd = -1;
    assert_in_range(times, 2, TIMES_MAX);
}

static void test_work_connections_are_kept_open(void **state)
{
    struct stage *stage = *state;
    start_feed(stage, 2);
    meet(stage, 0);
    int first = accept_for(stage, LINK_GREETING_WORK);
    int second = accept_for(stage, LINK_GREETING_WORK);
    expect_notes(stage, "connect 0 5 77;work 0;work 0;");
    feed_work_closed(stage->feed, 0);
    int third = accept_for(stage, LINK_GREETING_WORK);
    expect_notes(stage, "work 0;work 0;work 0;");
    /* Bytes go from one end to the other. */
    char byte = 0;
    assert_int_equal(send(stage->work_fds[2], "?", 1, 0), 1);
    wait_readable(third);
    assert_int_equal(recv(third, &byte, 1, 0), 1);
    assert_int_equal(byte, '?');
    close(first);
    close(second);
    close(third);
}

/* The socket is held open by the supervisor, so an edge that is not there yet
 * is connected to, but does not answer. */
static void test_the_end_does_not_wait_for_an_edge_that_is_silent(void **state)
{
    struct stage *stage = *state;
    start_feed(stage, 0);
    stage->fd = accept_for(stage, LINK_GREETING_FEED);
    feed_destroy(stage->feed); /* comes back, or the test hangs */
    stage->feed = NULL;
    for (int i = 0; i < 200; i++) { /* wherever the threads are by then */
        start_feed(stage, 1);
        feed_destroy(stage->feed);
        stage->feed = NULL;
        tear_down(state);
        set_up(state);
        stage = *state;
    }
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        ON_STAGE(test_an_edge_says_what_it_holds_before_it_is_there),
        ON_STAGE(test_messages_are_numbered_without_gaps),
        ON_STAGE(test_what_an_edge_asks_and_evicts_is_told),
        ON_STAGE(test_what_an_edge_counted_is_told),
        ON_STAGE(test_waiting_ends_with_the_acknowledgement),
        ON_STAGE(test_an_edge_that_does_not_acknowledge_is_killed),
        ON_STAGE(test_an_edge_that_comes_back_starts_at_one),
        ON_STAGE(test_an_edge_that_talks_nonsense_is_left),
        ON_STAGE(test_an_edge_that_leaves_at_once_is_not_asked_without_end),
        ON_STAGE(test_work_connections_are_kept_open),
        ON_STAGE(test_the_end_does_not_wait_for_an_edge_that_is_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
