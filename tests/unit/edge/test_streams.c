// SPDX-License-Identifier: Apache-2.0
/* Open streams of a thread: who hears what, in which order, how often; who does
 * not read; how many one reader may have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/id.h"
#include "edge/streams.h"
#include "net/http_tail.h"

enum {
    CLIENTS = 600,
    RECEIVED_BYTES_MAX = 4 << 20,
    QUIET_TURNS = 20,
    ROUNDS = 60, /* more than a queue and a socket hold */
};

struct client {
    int fd; /* -1: closed */
    struct buf received;
    bool ended;
};

static struct {
    struct loop *loop;
    struct http_server *server;
    struct streams *streams;
    _Atomic unsigned open;
    struct stream_ask ask; /* of the next request */
    enum err opened;
    uint64_t told;
    struct client clients[CLIENTS];
} stage;

static void on_request(void *context, struct http_exchange *exchange)
{
    (void)context;
    stage.opened = streams_open(stage.streams, exchange, &stage.ask);
    if (stage.opened)
        http_answer_error(exchange, 503, STR("too many"));
}

static int start(void **state)
{
    (void)state;
    memset(&stage, 0, sizeof stage);
    for (size_t i = 0; i < CLIENTS; i++)
        stage.clients[i].fd = -1;
    assert_int_equal(loop_create(&stage.loop), ERR_OK);
    const struct http_server_config config = {.loop = stage.loop,
                                              .on_request = on_request};
    assert_int_equal(http_server_create(&config, &stage.server), ERR_OK);
    assert_int_equal(streams_create(stage.loop, &stage.open, &stage.streams),
                     ERR_OK);
    stage.ask = (struct stream_ask){
        .topics = {STR("alert:en"), STR("front:en")},
        .topic_count = 2,
        .reader = {.is_local = true},
    };
    return 0;
}

static int stop(void **state)
{
    (void)state;
    for (size_t i = 0; i < CLIENTS; i++) {
        if (stage.clients[i].fd >= 0)
            close(stage.clients[i].fd);
        buf_finish(&stage.clients[i].received);
    }
    http_server_destroy(stage.server);
    loop_destroy(stage.loop);
    streams_destroy(stage.streams);
    assert_int_equal(stage.open, 0);
    return 0;
}

/* Reads what has come. Whether anything has. */
static bool receive(struct client *client)
{
    bool got_some = false;
    while (client->fd >= 0 && !client->ended) {
        char *room = buf_reserve(&client->received, 4096);
        assert_non_null(room);
        ssize_t got = recv(client->fd, room, 4096, MSG_DONTWAIT);
        if (got < 0 && errno == EAGAIN)
            break;
        got_some = true;
        if (got > 0)
            buf_grown(&client->received, (size_t)got);
        else
            client->ended = true;
    }
    return got_some;
}

/* Turns the loop until nobody gets anything any more; the first client does not
 * read when it is deaf. */
static void settle(bool first_is_deaf)
{
    for (int quiet = 0; quiet < QUIET_TURNS; quiet++) {
        loop_run_once(stage.loop, 0);
        for (size_t i = first_is_deaf; i < CLIENTS; i++) {
            if (receive(&stage.clients[i]))
                quiet = 0;
        }
    }
}

/* Opens a stream as stage.ask says. */
static struct client *open_stream(size_t i)
{
    static const char request[] = "GET / HTTP/1.0\r\n\r\n"; /* no chunks */
    const struct address_peer peer = {.is_local = true};
    struct client *client = &stage.clients[i];
    int fds[2];
    assert_int_equal(
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds),
        0);
    client->fd = fds[0];
    client->ended = false;
    buf_init(&client->received, RECEIVED_BYTES_MAX);
    http_server_accept(stage.server, fds[1], &peer);
    assert_int_equal(send(client->fd, request, sizeof request - 1, 0),
                     sizeof request - 1);
    for (int i_turn = 0; i_turn < 4; i_turn++)
        loop_run_once(stage.loop, 0);
    receive(client);
    return client;
}

static void hang_up(struct client *client)
{
    close(client->fd);
    client->fd = -1;
}

/* Tells one event of the next change; number 0 is no event. */
static void tell(const char *topic, const char *data)
{
    struct event event = {stage.told + 1, str_from_c(topic), str_from_c(data)};
    struct edge_event *made = edge_event_create(&event);
    assert_non_null(made);
    streams_tell(stage.streams, stage.told, stage.told + 1, &made, 1);
    edge_event_release(made);
    stage.told++;
}

static size_t count_of(const struct client *client, const char *part)
{
    struct str text = buf_str(&client->received);
    size_t count = 0;
    for (ptrdiff_t at; (at = str_find(text, str_from_c(part))) >= 0; count++)
        text = str_from(text, (size_t)at + 1);
    return count;
}

static void fill(void)
{
    streams_tell(stage.streams, 0, 0, NULL, 0);
}

static void test_everyone_hears_their_topics_once_and_in_order(void **state)
{
    (void)state;
    fill();
    for (size_t i = 0; i < CLIENTS; i++)
        open_stream(i);
    assert_int_equal(stage.open, CLIENTS);
    tell("front:en", "{\"n\":1}");
    tell("front:ka", "{\"n\":2}");
    tell("alert:en", "{\"n\":3}");
    tell("front:en", "{\"n\":4}");
    settle(false);
    for (size_t i = 0; i < CLIENTS; i++) {
        struct str text = buf_str(&stage.clients[i].received);
        assert_true(str_ends_with(
            text, STR("id: 1\nevent: front\ndata: {\"n\":1}\n\n"
                      "id: 3\nevent: alert\ndata: {\"n\":3}\n\n"
                      "id: 4\nevent: front\ndata: {\"n\":4}\n\n")));
        assert_int_equal(count_of(&stage.clients[i], "data: "), 3);
    }
}

static void test_streams_that_come_and_go_meanwhile_disturb_nobody(void **state)
{
    (void)state;
    fill();
    for (size_t i = 0; i < CLIENTS - 10; i++)
        open_stream(i);
    tell("front:en", "{\"n\":1}");
    loop_run_once(stage.loop, 0); /* some have been told, some not */
    for (size_t i = 0; i < CLIENTS - 10; i += 3)
        hang_up(&stage.clients[i]);
    for (size_t i = CLIENTS - 10; i < CLIENTS; i++)
        open_stream(i); /* after it happened: it is on their page */
    settle(false);
    for (size_t i = 0; i < CLIENTS; i++) {
        struct client *client = &stage.clients[i];
        if (client->fd >= 0)
            assert_int_equal(count_of(client, "{\"n\":1}"), i < CLIENTS - 10);
    }
}

static void test_who_does_not_read_is_cut_off_and_delays_nobody(void **state)
{
    (void)state;
    static char data[EVENT_DATA_BYTES_MAX - 1];
    memset(data, 'x', sizeof data - 1);
    fill();
    for (size_t i = 0; i < 50; i++)
        open_stream(i);
    for (size_t told = 1; told <= ROUNDS; told++) {
        for (size_t i = 1; i < 50; i++)
            buf_reset(&stage.clients[i].received);
        tell("front:en", data);
        settle(true);
        for (size_t i = 1; i < 50; i++)
            assert_int_equal(count_of(&stage.clients[i], "data: "), 1);
    }
    assert_int_equal(stage.open, 49);
    settle(false);
    assert_true(stage.clients[0].ended);
    assert_true(count_of(&stage.clients[0], "data: ") < ROUNDS);
}

static void test_who_comes_back_before_the_desk_is_told_when_it_is_there(
    void **state)
{
    (void)state;
    stage.ask.has_since = true;
    stage.ask.since = 1;
    struct client *waiting = open_stream(0);
    stage.ask.since = 0; /* before what anybody knows */
    struct client *late = open_stream(1);
    settle(false);
    assert_int_equal(count_of(waiting, "data: "), 0);
    struct edge_event *events[3];
    for (uint64_t i = 0; i < 3; i++) {
        struct event event = {i + 1, STR("front:en"), STR("{\"n\":0}")};
        events[i] = edge_event_create(&event);
    }
    streams_tell(stage.streams, 1, 3, events + 1, 2);
    stage.told = 3;
    tell("front:en", "{\"n\":4}");
    settle(false);
    assert_int_equal(count_of(waiting, "data: {\"n\":0}"), 2);
    assert_int_equal(count_of(waiting, "data: {\"n\":4}"), 1);
    assert_int_equal(count_of(waiting, "reload"), 0);
    assert_int_equal(count_of(late, "event: reload"), 1);
    assert_int_equal(count_of(late, "data: {\"n\":4}"), 1);
    for (size_t i = 0; i < 3; i++)
        edge_event_release(events[i]);
}

static void test_who_missed_much_loads_the_page(void **state)
{
    (void)state;
    fill();
    for (int i = 0; i <= STREAM_REPLAY_MAX; i++)
        tell("front:en", "{}");
    stage.ask.has_since = true;
    stage.ask.since = 1;
    struct client *some = open_stream(0);
    stage.ask.since = 0;
    struct client *many = open_stream(1);
    settle(false);
    assert_int_equal(count_of(some, "data: {}"), STREAM_REPLAY_MAX);
    assert_int_equal(count_of(some, "event: reload"), 0);
    assert_int_equal(count_of(many, "event: front"), 0);
    assert_int_equal(count_of(many, "event: reload"), 1);
}

static void test_a_gap_is_told_to_all(void **state)
{
    (void)state;
    fill();
    struct client *client = open_stream(0);
    streams_tell(stage.streams, 7, 9, NULL, 0);
    settle(false);
    assert_int_equal(count_of(client, "id: 9\nevent: reload\n"), 1);
}

static void test_a_reader_has_so_many_the_others_theirs(void **state)
{
    (void)state;
    fill();
    stage.ask.reader = (struct address_peer){.ip = {0x20, 1, 0xd, 0xb8, 1}};
    for (size_t i = 0; i < STREAMS_PER_ADDRESS_MAX; i++) {
        stage.ask.reader.ip[15] = (unsigned char)i; /* of one network */
        open_stream(i);
        assert_int_equal(stage.opened, ERR_OK);
    }
    open_stream(STREAMS_PER_ADDRESS_MAX);
    assert_int_equal(stage.opened, ERR_RATE);
    stage.ask.reader.ip[5] = 1;
    open_stream(STREAMS_PER_ADDRESS_MAX + 1);
    assert_int_equal(stage.opened, ERR_OK);
    stage.ask.reader.ip[5] = 0;
    hang_up(&stage.clients[3]);
    settle(false);
    open_stream(STREAMS_PER_ADDRESS_MAX + 2);
    assert_int_equal(stage.opened, ERR_OK);
}

static void test_views_are_told_at_most_every_while(void **state)
{
    (void)state;
    struct id id;
    assert_int_equal(id_parse(STR("62f9f7d471fdc"), &id), ERR_OK);
    fill();
    stage.ask.topics[1] = STR("article:62f9f7d471fdc");
    struct client *client = open_stream(0);
    for (int64_t views = 1; views <= 100; views++)
        streams_tell_views(stage.streams, id_number(&id), views);
    streams_tell_views(stage.streams, id_number(&id) + 1, 7); /* nobody's */
    while (!count_of(client, "data: ")) {
        loop_run_once(stage.loop, 100 * 1000);
        receive(client);
    }
    settle(false);
    assert_int_equal(count_of(client,
                              "event: article\n"
                              "data: {\"type\":\"views\",\"views\":100}\n\n"),
                     1);
    assert_int_equal(count_of(client, "data: "), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_everyone_hears_their_topics_once_and_in_order),
        TEST(test_streams_that_come_and_go_meanwhile_disturb_nobody),
        TEST(test_who_does_not_read_is_cut_off_and_delays_nobody),
        TEST(test_who_comes_back_before_the_desk_is_told_when_it_is_there),
        TEST(test_who_missed_much_loads_the_page),
        TEST(test_a_gap_is_told_to_all),
        TEST(test_a_reader_has_so_many_the_others_theirs),
        TEST(test_views_are_told_at_most_every_while),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
