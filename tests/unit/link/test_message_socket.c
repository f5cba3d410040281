// SPDX-License-Identifier: Apache-2.0
/* A connection on which messages come and go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "link/message_socket.h"

enum { OUT_BYTES_MAX = 8 << 20, LONG_BYTES = 4 << 20 };

static struct {
    struct loop *loop;
    struct message_socket socket;
    int other; /* the other side */
    unsigned taken, gone;
    uint64_t last; /* number */
} stage;

static bool on_bytes(void *context, struct str *bytes)
{
    struct message message;
    enum err err;
    assert_ptr_equal(context, &stage);
    while (!(err = message_next(bytes, &message))) {
        stage.taken++;
        stage.last = message.number;
    }
    return err == ERR_AGAIN;
}

static void on_gone(void *context)
{
    assert_ptr_equal(context, &stage);
    assert_false(message_socket_is_open(&stage.socket));
    stage.gone++;
}

/* Another one connects. */
static void connect_one(void)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair),
                     0);
    message_socket_adopt(&stage.socket, pair[0]);
    stage.other = pair[1];
}

static int setup(void **state)
{
    (void)state;
    memset(&stage, 0, sizeof stage);
    assert_int_equal(loop_create(&stage.loop), ERR_OK);
    stage.socket = (struct message_socket){.loop = stage.loop,
                                           .context = &stage,
                                           .on_bytes = on_bytes,
                                           .on_gone = on_gone};
    message_socket_init(&stage.socket, OUT_BYTES_MAX);
    connect_one();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    message_socket_close(&stage.socket);
    message_socket_finish(&stage.socket);
    loop_destroy(stage.loop);
    close(stage.other);
    return 0;
}

static void say(const struct buf *bytes, size_t from, size_t to)
{
    assert_int_equal(send(stage.other, bytes->ptr + from, to - from, 0),
                     to - from);
}

static void test_messages_are_taken_when_they_are_whole(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf bytes;
    buf_init(&bytes, 4096);
    message_put_str(&bytes, MESSAGE_DROP, 1, STR("/en/"));
    size_t first = bytes.len;
    message_put(&bytes, MESSAGE_CLEAR, 2);
    say(&bytes, 0, first - 1);
    loop_run_once(stage.loop, -1);
    assert_int_equal(stage.taken, 0);
    say(&bytes, first - 1, bytes.len);
    loop_run_once(stage.loop, -1);
    assert_int_equal(stage.taken, 2);
    assert_int_equal(stage.last, 2);
}

static void test_what_was_said_last_is_taken_before_the_end(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf bytes;
    buf_init(&bytes, 4096);
    message_put(&bytes, MESSAGE_CLEAR, 7);
    say(&bytes, 0, bytes.len);
    shutdown(stage.other, SHUT_WR);
    loop_run_once(stage.loop, -1);
    assert_int_equal(stage.last, 7);
    assert_int_equal(stage.gone, 1);
}

static void test_who_makes_no_sense_is_hung_up_on(void **state)
{
    (void)state;
    char byte;
    static const char nonsense[MESSAGE_HEAD_BYTES] = {-1, -1, -1, -1};
    assert_int_equal(send(stage.other, nonsense, sizeof nonsense, 0),
                     sizeof nonsense);
    loop_run_once(stage.loop, -1);
    assert_int_equal(stage.gone, 1);
    assert_int_equal(recv(stage.other, &byte, 1, 0), 0);
}

/* Reads what there is; how much it was. */
static size_t listen_some(void)
{
    static char room[1 << 20];
    size_t total = 0;
    ssize_t got;
    while ((got = recv(stage.other, room, sizeof room, MSG_DONTWAIT)) > 0)
        total += (size_t)got;
    return total;
}

static void test_what_does_not_go_out_at_once_goes_later(void **state)
{
    (void)state;
    char *text = calloc(1, LONG_BYTES);
    assert_non_null(text);
    message_put_str(&stage.socket.out, MESSAGE_WANT, 0,
                    str_of(text, LONG_BYTES));
    free(text);
    size_t whole = stage.socket.out.len, heard = 0;
    message_socket_flush(&stage.socket);
    assert_true(stage.socket.out.len > 0);
    while (heard < whole) {
        heard += listen_some();
        loop_run_once(stage.loop, 0);
    }
    assert_int_equal(heard, whole);
    assert_int_equal(stage.socket.out.len, 0);
}

static void test_who_comes_takes_the_place_of_who_was_there(void **state)
{
    (void)state;
    char byte;
    int before = stage.other;
    message_put(&stage.socket.out, MESSAGE_HELD, 0);
    connect_one();
    assert_int_equal(stage.gone, 1);
    assert_int_equal(recv(before, &byte, 1, 0), 0);
    close(before);
    message_socket_flush(&stage.socket);
    assert_int_equal(listen_some(), 0); /* that was for the other one */
}

static void test_hanging_up_is_not_told(void **state)
{
    (void)state;
    message_socket_close(&stage.socket);
    message_socket_close(&stage.socket);
    assert_false(message_socket_is_open(&stage.socket));
    assert_int_equal(stage.gone, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_messages_are_taken_when_they_are_whole),
        TEST(test_what_was_said_last_is_taken_before_the_end),
        TEST(test_who_makes_no_sense_is_hung_up_on),
        TEST(test_what_does_not_go_out_at_once_goes_later),
        TEST(test_who_comes_takes_the_place_of_who_was_there),
        TEST(test_hanging_up_is_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
