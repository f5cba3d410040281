// SPDX-License-Identifier: Apache-2.0
/* What was said on a channel: kept, found again, forgotten; and what a
 * captioner says until it is shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "link/message.h"
#include "playout/captioner.h"
#include "playout/captions.h"

enum { PATH_BYTES = 256, CHANNEL = 7 };

/* On the hour. */
#define HOUR_TICKS (INT64_C(3600) * LIVE_HZ)
#define START (INT64_C(490076) * HOUR_TICKS)

struct scene {
    char folder[64];
    struct captions captions;
    struct buf out;
};

static void open_captions(struct scene *scene)
{
    struct fault fault = {0};
    assert_int_equal(captions_open(&scene->captions, scene->folder, &fault),
                     ERR_OK);
}

static int begin(void **state)
{
    static struct scene scene;
    scene = (struct scene){.folder = "/tmp/broadsheet-captions-XXXXXX"};
    assert_non_null(mkdtemp(scene.folder));
    buf_init(&scene.out, 1 << 20);
    open_captions(&scene);
    *state = &scene;
    return 0;
}

static int end(void **state)
{
    struct scene *scene = *state;
    char command[PATH_BYTES];
    captions_close(&scene->captions);
    buf_finish(&scene->out);
    snprintf(command, sizeof command, "rm -r %s", scene->folder);
    return system(command);
}

static const char *take(struct scene *scene, int64_t tick, int64_t duration,
                        const char *text)
{
    return captions_take(
        &scene->captions,
        &(struct live_caption){CHANNEL, tick, duration, str_from_c(text), 0},
        &scene->out);
}

static void reopen(struct scene *scene)
{
    captions_close(&scene->captions);
    open_captions(scene);
}

/* What an edge is told, as "TICKS+DURATION TEXT" lines after START. */
static void assert_told(struct scene *scene, const char *wanted)
{
    DEFER(buf_finish) struct buf told;
    struct str rest = buf_str(&scene->out);
    struct message message;
    struct live_caption caption;
    buf_init(&told, 1 << 16);
    while (!message_next(&rest, &message)) {
        assert_int_equal(message.kind, MESSAGE_LIVE_CAPTION);
        assert_int_equal(live_read_caption(message.payload, &caption), ERR_OK);
        assert_int_equal(caption.channel, CHANNEL);
        buf_printf(&told, "%lld+%lld %" PRI_STR "\n",
                   (long long)(caption.tick - START),
                   (long long)caption.duration, ARG_STR(caption.text));
    }
    assert_int_equal(rest.len, 0);
    buf_add_char(&told, '\0');
    assert_string_equal(told.ptr, wanted);
    buf_reset(&scene->out);
}

static void assert_kept(struct scene *scene, const char *wanted)
{
    buf_reset(&scene->out);
    captions_tell(&scene->captions, CHANNEL, &scene->out);
    assert_told(scene, wanted);
}

static void append(struct scene *scene, const char *name, const char *text)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", scene->folder, name);
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

/* ---- Kept -------------------------------------------------------------------
 */

static void test_a_second_language_is_told_and_kept_as_such(void **state)
{
    struct scene *scene = *state;
    struct live_caption caption = {CHANNEL, START, 900, STR("uno"), 2};
    assert_null(captions_take(&scene->captions, &caption, NULL));
    reopen(scene);
    captions_tell(&scene->captions, CHANNEL, &scene->out);
    struct str rest = buf_str(&scene->out);
    struct message message;
    assert_int_equal(message_next(&rest, &message), ERR_OK);
    assert_int_equal(live_read_caption(message.payload, &caption), ERR_OK);
    assert_int_equal(caption.track, 2);
    assert_true(str_eq(caption.text, STR("uno")));
}

static void test_a_track_that_is_none_is_passed_over(void **state)
{
    struct scene *scene = *state;
    assert_null(take(scene, START, 900, "one"));
    captions_close(&scene->captions);
    append(scene, "490076.jsonl",
           "[158784624000000,900,\"x\",4]\n"
           "[158784624000000,900,\"x\",-1]\n");
    open_captions(scene);
    assert_kept(scene, "0+900 one\n");
}

static void test_a_caption_is_told_and_kept_over_a_restart(void **state)
{
    struct scene *scene = *state;
    assert_null(take(scene, START, 900, "one\n\"two\" \\ \xE1\x83\x90"));
    assert_told(scene, "0+900 one\n\"two\" \\ \xE1\x83\x90\n");
    reopen(scene);
    assert_kept(scene, "0+900 one\n\"two\" \\ \xE1\x83\x90\n");
}

static void test_what_cannot_be_shown_is_refused_and_not_kept(void **state)
{
    struct scene *scene = *state;
    assert_non_null(take(scene, START, 0, "x"));
    assert_non_null(take(scene, START, LIVE_DURATION_MAX + 1, "x"));
    assert_non_null(take(scene, START, 900, ""));
    assert_non_null(take(scene, START, 900, "a\n\nb"));
    assert_non_null(take(scene, START, 900, "a\x1B"));
    assert_non_null(take(scene, START, 900, "a\xFF"));
    assert_told(scene, "");
    reopen(scene);
    assert_kept(scene, "");
}

static void test_a_line_half_written_is_passed_over(void **state)
{
    struct scene *scene = *state;
    assert_null(take(scene, START, 900, "whole"));
    captions_close(&scene->captions);
    append(scene, "490076.jsonl", "[441068");
    open_captions(scene);
    assert_null(take(scene, START + 900, 900, "behind it"));
    reopen(scene);
    assert_kept(scene, "0+900 whole\n900+900 behind it\n");
}

static void test_lines_that_mean_nothing_are_passed_over(void **state)
{
    struct scene *scene = *state;
    captions_close(&scene->captions);
    append(
        scene, "490076.jsonl",
        "\n{}\n[1]\n[-1,5,\"a\"]\n[5,0,\"a\"]\n[5,5,\"a\\n\\nb\"]\n[5,5,7]\n");
    append(scene, "x.jsonl", "[5,5,\"other\"]\n");
    append(scene, "490076.txt", "[5,5,\"other\"]\n");
    open_captions(scene);
    assert_kept(scene, "");
}

static void test_hours_are_read_in_their_order(void **state)
{
    struct scene *scene = *state;
    assert_null(take(scene, START + HOUR_TICKS, 900, "later"));
    assert_null(take(scene, START, 900, "earlier"));
    reopen(scene);
    assert_kept(scene, "0+900 earlier\n324000000+900 later\n");
}

static void test_old_hours_go_as_a_whole(void **state)
{
    struct scene *scene = *state;
    char path[PATH_BYTES];
    struct stat found;
    assert_null(take(scene, START, 900, "old"));
    assert_null(take(scene, START + HOUR_TICKS, 900, "new"));
    captions_prune(&scene->captions, START + 900);
    assert_kept(scene, "324000000+900 new\n");
    snprintf(path, sizeof path, "%s/490076.jsonl", scene->folder);
    assert_int_equal(stat(path, &found), 0);
    captions_prune(&scene->captions, START + HOUR_TICKS + 1);
    assert_int_not_equal(stat(path, &found), 0);
    assert_kept(scene, "");
    /* The file that was open may be the one that went. */
    captions_prune(&scene->captions, START + 3 * HOUR_TICKS);
    assert_null(take(scene, START + 3 * HOUR_TICKS, 900, "newer"));
    reopen(scene);
    assert_kept(scene, "972000000+900 newer\n");
}

static void test_the_newest_stay_when_there_are_too_many(void **state)
{
    struct scene *scene = *state;
    for (int64_t i = 0; i <= LIVE_CAPTIONS_MAX; i++) {
        assert_null(take(scene, START + i, 1, "x"));
        buf_reset(&scene->out);
    }
    assert_true(scene->captions.count < LIVE_CAPTIONS_MAX);
    assert_true(scene->captions.count > LIVE_CAPTIONS_MAX / 2);
    const struct caption_line *last =
        &scene->captions.lines[scene->captions.count - 1];
    assert_int_equal(last->tick, START + LIVE_CAPTIONS_MAX);
}

static void test_without_a_disk_they_are_still_told(void **state)
{
    struct scene *scene = *state;
    char command[PATH_BYTES];
    snprintf(command, sizeof command, "rm -r %s", scene->folder);
    assert_int_equal(system(command), 0);
    assert_null(take(scene, START, 900, "x"));
    assert_told(scene, "0+900 x\n");
    assert_true(scene->captions.has_failed);
    assert_int_equal(mkdir(scene->folder, 0700), 0);
    assert_null(take(scene, START, 900, "y"));
    assert_false(scene->captions.has_failed);
}

/* ---- A captioner ------------------------------------------------------------
 */

static struct captioner captioner;

static void say(int64_t tick, int64_t duration, const char *text)
{
    assert_int_equal(
        captioner_say(&captioner, tick, duration, str_from_c(text)), ERR_OK);
}

/* What is given out up to tick. */
static void assert_given(int64_t tick, const char *wanted)
{
    DEFER(buf_finish) struct buf given;
    struct live_caption piece;
    buf_init(&given, 1 << 16);
    while (captioner_next(&captioner, tick, &piece))
        buf_printf(&given, "%lld+%lld %" PRI_STR "\n", (long long)piece.tick,
                   (long long)piece.duration, ARG_STR(piece.text));
    buf_add_char(&given, '\0');
    assert_string_equal(given.ptr, wanted);
}

static int begin_captioner(void **state)
{
    (void)state;
    captioner = (struct captioner){.count = 0};
    return 0;
}

static int end_captioner(void **state)
{
    (void)state;
    captioner_finish(&captioner);
    return 0;
}

enum { SECOND = LIVE_HZ };

static void test_it_is_given_in_pieces_that_segments_end(void **state)
{
    (void)state;
    say(SECOND, 3 * SECOND, "x");
    assert_given(SECOND, "");
    assert_given(2 * SECOND, "90000+90000 x\n");
    assert_given(2 * SECOND, "");
    assert_given(10 * SECOND, "180000+180000 x\n");
    assert_given(20 * SECOND, "");
    assert_int_equal(captioner.count, 0);
}

static void test_the_next_one_takes_its_place(void **state)
{
    (void)state;
    say(0, 9 * SECOND, "x");
    say(2 * SECOND, SECOND, "y");
    assert_given(10 * SECOND, "0+180000 x\n180000+90000 y\n");
}

static void test_what_comes_faster_waits_and_is_not_lost(void **state)
{
    (void)state;
    say(0, 9 * SECOND, "x");
    say(0, SECOND / 2, "y");
    say(0, 9 * SECOND, "z");
    assert_given(2 * SECOND, "0+90000 x\n90000+45000 y\n135000+45000 z\n");
}

static void test_nothing_is_said_in_what_was_given_out(void **state)
{
    (void)state;
    assert_given(5 * SECOND, "");
    say(4 * SECOND, SECOND, "late");
    assert_given(9 * SECOND, "450000+90000 late\n");
}

static void test_too_much_is_told(void **state)
{
    (void)state;
    enum err err = ERR_OK;
    size_t taken = 0;
    while (!(err = captioner_say(&captioner, 0, 9 * SECOND, STR("x"))))
        taken++;
    assert_int_equal(err, ERR_BUSY);
    assert_int_equal(taken, 61);
    captioner_finish(&captioner);
    for (int64_t i = 0; i < CAPTIONER_WAITING_MAX; i++)
        say(i * SECOND, SECOND, "x");
    assert_int_equal(captioner_say(&captioner, 99 * SECOND, SECOND, STR("x")),
                     ERR_BUSY);
}

static void test_a_text_is_shown_as_long_as_it_takes_to_read(void **state)
{
    (void)state;
    assert_int_equal(captioner_ticks_of(STR("fifteen letters")), 3 * SECOND);
    assert_int_equal(captioner_ticks_of(STR("\xE1\x83\x90\xE1\x83\x90")),
                     2 * SECOND + 2 * SECOND / 15);
    char text[LIVE_CAPTION_BYTES_MAX];
    memset(text, 'x', sizeof text);
    assert_int_equal(captioner_ticks_of(str_of(text, sizeof text)),
                     10 * SECOND);
}

#define KEPT(name) cmocka_unit_test_setup_teardown(name, begin, end)
#define SAID(name) \
    cmocka_unit_test_setup_teardown(name, begin_captioner, end_captioner)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEPT(test_a_second_language_is_told_and_kept_as_such),
        KEPT(test_a_track_that_is_none_is_passed_over),
        KEPT(test_a_caption_is_told_and_kept_over_a_restart),
        KEPT(test_what_cannot_be_shown_is_refused_and_not_kept),
        KEPT(test_a_line_half_written_is_passed_over),
        KEPT(test_lines_that_mean_nothing_are_passed_over),
        KEPT(test_hours_are_read_in_their_order),
        KEPT(test_old_hours_go_as_a_whole),
        KEPT(test_the_newest_stay_when_there_are_too_many),
        KEPT(test_without_a_disk_they_are_still_told),
        SAID(test_it_is_given_in_pieces_that_segments_end),
        SAID(test_the_next_one_takes_its_place),
        SAID(test_what_comes_faster_waits_and_is_not_lost),
        SAID(test_nothing_is_said_in_what_was_given_out),
        SAID(test_too_much_is_told),
        SAID(test_a_text_is_shown_as_long_as_it_takes_to_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
