// SPDX-License-Identifier: Apache-2.0
/* The desk's side of television, against a playout on a real socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ftw.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/time.h"
#include "cli/desk_television.h"
#include "cli/desk_television_internal.h"
#include "cli/newspaper.h"
#include "content/change.h"
#include "content/channel.h"
#include "content/programme.h"

enum { WAIT_MS = 120 * 1000 };

struct room {
    char folder[64];
    struct arena arena;
    struct content *content;
    struct desk_television *television;
    int listener;
    struct fault fault;
    char key[STREAM_KEY_BYTES];
    struct id key_id;
};

#define assert_ok(room, call) \
    do { \
        enum err err_ = (call); \
        if (err_) \
            fail_msg("%s: %s", #call, fault_text(&(room)->fault)); \
    } while (0)

/* ---- The playout ---- */

static int listen_there(const char *folder)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/run/playout.sock",
             folder);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 4), 0);
    return fd;
}

static int accept_desk(struct room *room)
{
    struct pollfd fd = {.fd = room->listener, .events = POLLIN};
    assert_int_equal(poll(&fd, 1, WAIT_MS), 1);
    return accept(room->listener, NULL, NULL);
}

/* The next message of that type. */
static json_t *hear(int desk, const char *type)
{
    char text[TELEVISION_MESSAGE_BYTES_MAX];
    for (;;) {
        struct pollfd fd = {.fd = desk, .events = POLLIN};
        assert_int_equal(poll(&fd, 1, WAIT_MS), 1);
        ssize_t len = recv(desk, text, sizeof text, 0);
        assert_true(len > 0);
        json_t *message = json_loadb(text, (size_t)len, 0, NULL);
        assert_non_null(message);
        if (str_eq(
                str_from_c(json_string_value(json_object_get(message, "type"))),
                str_from_c(type)))
            return message;
        json_decref(message);
    }
}

static void say(int desk, const char *text)
{
    assert_true(send(desk, text, strlen(text), 0) > 0);
}

/* ---- The newspaper ---- */

static void change(struct room *room,
                   enum err (*how)(struct room *room, struct edit *edit))
{
    DEFER(edit_end) struct edit edit = {0};
    assert_ok(room,
              edit_begin(&edit, room->content, STR("test"), &room->fault));
    assert_ok(room, how(room, &edit));
    assert_ok(room, edit_commit(&edit));
    desk_television_wake(room->television);
}

static enum err make_channel(struct room *room, struct edit *edit)
{
    struct channel channel = {.name = STR("news"),
                              .title = STR("First"),
                              .dvr_seconds = 3600,
                              .ladder = 1U << CHANNEL_AUDIO};
    (void)room;
    return channel_add(edit, &channel);
}

static enum err make_key(struct room *room, struct edit *edit)
{
    struct stream_key key = {.priority = 3};
    enum err err = stream_key_add(edit, STR("news"), &key, room->key);
    room->key_id = key.id;
    return err;
}

static enum err revoke_key(struct room *room, struct edit *edit)
{
    return stream_key_revoke(edit, &room->key_id);
}

static enum err make_programme(struct room *room, struct edit *edit)
{
    struct programme programme = {.title = STR("Now"),
                                  .start_us = time_now_us(),
                                  .end_us = time_now_us() + 3600000000};
    (void)room;
    return programme_add(edit, STR("news"), &programme, false);
}

static int open_room(void **state)
{
    struct room *room = calloc(1, sizeof *room);
    const struct newspaper_config config = {0};
    snprintf(room->folder, sizeof room->folder, "/tmp/television-XXXXXX");
    assert_non_null(mkdtemp(room->folder));
    arena_init(&room->arena, 0);
    assert_ok(room, newspaper_make(room->folder, &config, &room->arena,
                                   &room->fault));
    char run[80];
    snprintf(run, sizeof run, "%s/run", room->folder);
    (void)!mkdir(run, 0700);
    struct content_options options = {.readers = 4};
    assert_ok(room, content_open(room->folder, &options, &room->content,
                                 &room->fault));
    room->listener = listen_there(room->folder);
    assert_ok(room, desk_television_start(room->content, room->folder,
                                          &room->television));
    *state = room;
    return 0;
}

static int remove_one(const char *path, const struct stat *status, int type,
                      struct FTW *walk)
{
    (void)status, (void)type, (void)walk;
    return remove(path);
}

static int close_room(void **state)
{
    struct room *room = *state;
    desk_television_stop(room->television);
    content_close(room->content);
    close(room->listener);
    arena_finish(&room->arena);
    nftw(room->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(room);
    return 0;
}

static json_t *first_channel(json_t *message)
{
    return json_array_get(json_object_get(message, "channels"), 0);
}

static size_t count(json_t *message, const char *name)
{
    return json_array_size(json_object_get(first_channel(message), name));
}

/* ---- The tests ---- */

static void test_the_playout_is_told_all_after_each_change(void **state)
{
    struct room *room = *state;
    int desk = accept_desk(room);
    json_t *message = hear(desk, "channels");
    assert_null(first_channel(message));
    json_decref(message);
    change(room, make_channel);
    message = hear(desk, "channels");
    assert_string_equal(
        json_string_value(json_object_get(first_channel(message), "name")),
        "news");
    assert_int_equal(count(message, "ladder"), 1);
    assert_int_equal(count(message, "keys"), 0);
    json_decref(message);
    change(room, make_key);
    message = hear(desk, "channels");
    assert_int_equal(count(message, "keys"), 1);
    char digest[DIGEST_HEX_BYTES];
    digest_hex(str_from_c(room->key), digest);
    json_t *key =
        json_array_get(json_object_get(first_channel(message), "keys"), 0);
    assert_string_equal(json_string_value(json_object_get(key, "sha256")),
                        digest);
    json_decref(message);
    change(room, make_programme);
    message = hear(desk, "channels");
    assert_int_equal(count(message, "programmes"), 1);
    json_decref(message);
    change(room, revoke_key);
    message = hear(desk, "channels");
    assert_int_equal(count(message, "keys"), 0);
    json_decref(message);
    close(desk);
}

static void test_a_new_playout_is_told_all_again(void **state)
{
    struct room *room = *state;
    int desk = accept_desk(room);
    change(room, make_channel);
    json_decref(hear(desk, "channels"));
    close(desk);
    desk = accept_desk(room);
    json_t *message = hear(desk, "channels");
    assert_non_null(first_channel(message));
    json_decref(message);
    close(desk);
}

/* Waits until the log has a newer change of the channel of that kind. */
static void wait_for_change(struct room *room, const char *kind)
{
    DEFER(db_lease_end) struct db_lease lease = content_reader(room->content);
    int64_t until_us = clock_now_us() + WAIT_MS * INT64_C(1000);
    while (clock_now_us() < until_us) {
        struct change_list list;
        assert_ok(room, change_read(lease.db, 0, 100, &room->arena, &list));
        for (size_t i = 0; i < list.count; i++)
            if (str_eq(list.changes[i].key, STR("channel:news")) &&
                str_eq(list.changes[i].kind, str_from_c(kind)))
                return;
        poll(NULL, 0, 5);
    }
    fail_msg("the log never said '%s'", kind);
}

static void test_going_on_the_air_is_in_the_log(void **state)
{
    struct room *room = *state;
    char text[256];
    int desk = accept_desk(room);
    change(room, make_channel);
    json_t *message = hear(desk, "channels");
    while (!first_channel(message)) {
        json_decref(message);
        message = hear(desk, "channels");
    }
    const char *id =
        json_string_value(json_object_get(first_channel(message), "id"));
    say(desk, "nonsense");
    snprintf(text, sizeof text,
             "{\"type\":\"air\",\"channel\":\"%s\",\"on_air\":true,"
             "\"since\":1000}",
             id);
    say(desk, text);
    wait_for_change(room, "air");
    snprintf(text, sizeof text,
             "{\"type\":\"air\",\"channel\":\"%s\",\"on_air\":false}", id);
    say(desk, text);
    wait_for_change(room, "off");
    json_decref(message);
    close(desk);
}

static void test_a_programme_that_begins_is_in_the_log(void **state)
{
    struct room *room = *state;
    change(room, make_channel);
    change(room, make_programme);
    wait_for_change(room, "turn");
}

static void test_without_an_answer_the_database_is_told(void **state)
{
    struct room *room = *state;
    close(accept_desk(room));
    change(room, make_channel);
    close(room->listener);
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1 << 16);
    assert_ok(room,
              desk_television_status(room->television, &out, &room->fault));
    json_t *root = json_loadb(out.ptr, out.len, 0, NULL);
    assert_true(json_is_false(json_object_get(root, "playout")));
    assert_int_equal(json_array_size(json_object_get(root, "channels")), 1);
    json_decref(root);
}

#define TEST(function) \
    cmocka_unit_test_setup_teardown(function, open_room, close_room)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_playout_is_told_all_after_each_change),
        TEST(test_a_new_playout_is_told_all_again),
        TEST(test_going_on_the_air_is_in_the_log),
        TEST(test_a_programme_that_begins_is_in_the_log),
        TEST(test_without_an_answer_the_database_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
