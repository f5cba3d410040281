// SPDX-License-Identifier: Apache-2.0
/* The helper program broadsheet-image: jobs, refusals, its death; and what is
 * said to it and by it. Formats are in tests/http/picture.mjs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <libdeflate.h>
#include <libgen.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "base/arena.h"
#include "render/image_helper.h"

enum { PATH_BYTES = 4096, PNG_BYTES_MAX = 1 << 22, MIB = 1 << 20 };

static struct arena arena;
static struct image_helper *helper;
static char program[PATH_BYTES];

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    helper = image_helper_create(program, false);
    return helper ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    image_helper_destroy(helper);
    arena_finish(&arena);
    return 0;
}

/* ---- Pictures --------------------------------------------------------------
 */

static void put_number(struct buf *out, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_add_char(out, (char)(value >> shift));
}

static void put_chunk(struct buf *out, const char *type, struct str data)
{
    put_number(out, (uint32_t)data.len);
    size_t start = out->len;
    buf_add_c(out, type);
    buf_add(out, data);
    put_number(out, libdeflate_crc32(0, out->ptr + start, out->len - start));
}

/* A grey PNG (ISO/IEC 15948) whose head says that it has that size; rows of it
 * are there. */
static struct str png(uint32_t width, uint32_t height, uint32_t rows)
{
    DEFER(buf_finish) struct buf out;
    DEFER(buf_finish) struct buf head;
    size_t len = ((size_t)width + 1) * rows;
    char *pixels = arena_array(&arena, char, len);
    memset(pixels, 0x80, len);
    for (size_t i = 0; i < rows; i++)
        pixels[i * ((size_t)width + 1)] = 0;
    char *packed = arena_array(&arena, char, PNG_BYTES_MAX);
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(1);
    size_t packed_len = libdeflate_zlib_compress(compressor, pixels, len,
                                                 packed, PNG_BYTES_MAX);
    libdeflate_free_compressor(compressor);
    buf_init(&out, PNG_BYTES_MAX);
    buf_init(&head, 64);
    put_number(&head, width);
    put_number(&head, height);
    buf_add(&head, STR("\x08\0\0\0\0"));
    buf_add(&out, STR("\x89PNG\r\n\x1a\n"));
    put_chunk(&out, "IHDR", buf_str(&head));
    put_chunk(&out, "IDAT", str_of(packed, packed_len));
    put_chunk(&out, "IEND", STR(""));
    return arena_copy(&arena, buf_str(&out));
}

static const struct image_output outputs[] = {
    {IMAGE_AVIF, 320, 3, 2}, {IMAGE_WEBP, 320, 3, 2}, {IMAGE_JPEG, 480, 0, 0}};
enum { OUTPUTS = sizeof outputs / sizeof *outputs };

static struct image_job job_of(struct str picture)
{
    return (struct image_job){picture, IMAGE_FOCUS_AUTO, IMAGE_FOCUS_AUTO,
                              outputs, OUTPUTS};
}

static enum err make(struct str picture, struct image_made *made,
                     struct fault *fault)
{
    const struct image_job job = job_of(picture);
    return image_helper_make(helper, &job, &arena, NULL, NULL, made, fault);
}

static void assert_works(void)
{
    struct image_made made;
    struct fault fault = {0};
    if (make(png(600, 300, 300), &made, &fault))
        fail_msg("%s", fault.message);
    assert_int_equal(made.rendition_count, OUTPUTS);
}

/* ---- Tests -----------------------------------------------------------------
 */

static void test_outputs_come_in_order_and_never_wider_than_the_source(
    void **state)
{
    (void)state;
    struct image_made made;
    struct fault fault = {0};
    assert_int_equal(make(png(600, 300, 300), &made, &fault), ERR_OK);
    assert_int_equal(made.info.format, IMAGE_PNG);
    assert_int_equal(made.info.width, 600);
    assert_int_equal(made.info.frames, 1);
    assert_int_equal(made.renditions[0].made.width, 320);
    assert_int_equal(made.renditions[0].height, 213);
    assert_int_equal(made.renditions[2].made.width, 480);
    assert_int_equal(made.renditions[2].height, 240);
    assert_int_equal(make(png(200, 100, 100), &made, &fault), ERR_OK);
    assert_int_equal(made.renditions[0].made.width, 150);
    assert_int_equal(made.renditions[2].made.width, 200);
}

/* In KiB, of the helper: what it had at most so far. */
static long peak_of_helper(void)
{
    char line[256], path[64];
    long peak = 0;
    snprintf(path, sizeof path, "/proc/%d/status",
             (int)image_helper_pid(helper));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        if (strncmp(line, "VmHWM:", 6) == 0)
            peak = strtol(line + 6, NULL, 10);
    fclose(file);
    assert_true(peak > 0);
    return peak;
}

static void test_a_bomb_is_refused_by_its_head(void **state)
{
    (void)state;
    struct image_made made;
    struct fault fault = {0};
    assert_works();
    pid_t before = image_helper_pid(helper);
    long peak = peak_of_helper();
    struct str bomb = png(32768, 32768, 16); /* 1 GiB of grey, 3 of colours */
    assert_int_equal(make(bomb, &made, &fault), ERR_TOO_LONG);
    assert_non_null(strstr(fault.message, "32768 × 32768"));
    assert_int_equal(image_helper_pid(helper), before);
    assert_true(peak_of_helper() - peak < 64 * 1024);
    assert_works();
}

static void test_half_a_picture_is_refused_and_the_next_one_works(void **state)
{
    (void)state;
    struct image_made made;
    struct fault fault = {0};
    assert_int_equal(make(png(600, 300, 100), &made, &fault), ERR_INVALID);
    assert_non_null(strstr(fault.message, "damaged or not complete"));
    assert_int_equal(make(STR("BM no picture"), &made, &fault),
                     ERR_UNSUPPORTED);
    assert_works();
}

/* Kills the helper so many times, each while it works. */
struct killing {
    int times;
    pid_t killed;
};

static void kill_it(void *context, size_t done, size_t total)
{
    struct killing *killing = context;
    (void)total;
    if (done != 0 || killing->times == 0)
        return;
    killing->times--;
    killing->killed = image_helper_pid(helper);
    kill(killing->killed, SIGKILL);
}

static void test_a_helper_that_is_killed_is_asked_once_more(void **state)
{
    (void)state;
    struct image_made made;
    struct fault fault = {0};
    struct killing killing = {.times = 1};
    const struct image_job job = job_of(png(600, 300, 300));
    assert_int_equal(image_helper_make(helper, &job, &arena, kill_it, &killing,
                                       &made, &fault),
                     ERR_OK);
    assert_int_equal(made.rendition_count, OUTPUTS);
    assert_int_not_equal(image_helper_pid(helper), killing.killed);
    killing.times = 2;
    assert_int_equal(image_helper_make(helper, &job, &arena, kill_it, &killing,
                                       &made, &fault),
                     ERR_CLOSED);
    assert_non_null(strstr(fault.message, "died of this picture, twice"));
    assert_works();
}

static void *cancel(void *argument)
{
    (void)argument;
    image_helper_cancel(helper);
    return NULL;
}

static void cancel_it(void *context, size_t done, size_t total)
{
    pthread_t thread;
    (void)context;
    (void)total;
    if (done == 0 && !pthread_create(&thread, NULL, cancel, NULL))
        pthread_join(thread, NULL);
}

static void test_what_is_made_can_be_ended_from_another_thread(void **state)
{
    (void)state;
    struct image_made made;
    struct fault fault = {0};
    const struct image_job job = job_of(png(600, 300, 300));
    assert_int_equal(
        image_helper_make(helper, &job, &arena, cancel_it, NULL, &made, &fault),
        ERR_AGAIN);
}

static void test_a_helper_that_is_not_there_is_told(void **state)
{
    (void)state;
    struct image_made made;
    struct fault fault = {0};
    struct image_helper *none = image_helper_create("/nonexistent", false);
    const struct image_job job = job_of(png(60, 30, 30));
    assert_int_equal(
        image_helper_make(none, &job, &arena, NULL, NULL, &made, &fault),
        ERR_IO);
    assert_non_null(strstr(fault.message, "/nonexistent cannot be started"));
    image_helper_destroy(none);
}

/* ---- What is said ----------------------------------------------------------
 */

static struct str body_of(const struct buf *frame)
{
    return str_from(buf_str(frame), IMAGE_HEAD_BYTES);
}

static void test_what_is_written_is_read_and_cut_off_it_is_not(void **state)
{
    (void)state;
    struct image_output room[IMAGE_OUTPUTS_MAX];
    struct image_face faces[IMAGE_FACES_MAX];
    struct image_job job = job_of(STR("")), read_job;
    const struct image_face face = {STR("wOF2"), 600};
    const struct image_card card = {
        .faces = &face,
        .face_count = 1,
        .language = STR("ka"),
        .line_percent = 123,
        .paper = 0xfbf9f4,
        .headline = STR("სათაური"),
        .focus_x = 500,
        .focus_y = 1000,
    };
    struct image_card read_card;
    DEFER(buf_finish) struct buf frame;
    buf_init(&frame, MIB);
    image_job_write(&job, &frame);
    struct str body = body_of(&frame);
    assert_int_equal(image_job_read(body, room, &read_job), ERR_OK);
    assert_int_equal(read_job.output_count, OUTPUTS);
    assert_memory_equal(room, outputs, sizeof outputs);
    for (size_t len = 0; len < body.len; len++)
        assert_int_equal(image_job_read(str_slice(body, 0, len), room, &job),
                         ERR_INVALID);
    buf_reset(&frame);
    image_card_write(&card, &frame);
    body = body_of(&frame);
    assert_int_equal(image_card_read(body, faces, &read_card), ERR_OK);
    assert_true(str_eq(read_card.headline, card.headline));
    assert_int_equal(read_card.paper, card.paper);
    assert_int_equal(read_card.focus_y, 1000);
    for (size_t len = 0; len < body.len; len++)
        assert_int_equal(
            image_card_read(str_slice(body, 0, len), faces, &read_card),
            ERR_INVALID);
}

static void test_formats_are_known_by_their_first_bytes(void **state)
{
    (void)state;
    assert_int_equal(image_format_of(STR("")), IMAGE_FORMAT_COUNT);
    assert_int_equal(image_format_of(STR("RIFF....WEBPVP8 ")), IMAGE_WEBP);
    assert_int_equal(image_format_of(STR("\0\0\0\x1c"
                                         "ftypavif")),
                     IMAGE_AVIF);
    assert_int_equal(image_format_of(STR("\0\0\0\x18"
                                         "ftypmif1\0\0\0\0miafheic")),
                     IMAGE_HEIC);
    assert_int_equal(image_format_of(STR("\0\0\xff\xff"
                                         "ftypmif1\0\0\0\0mi")),
                     IMAGE_FORMAT_COUNT);
    assert_int_equal(image_format_of(STR("%PDF-1.7")), IMAGE_FORMAT_COUNT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(int argc, char **argv)
{
    (void)argc;
    char self[PATH_BYTES];
    snprintf(self, sizeof self, "%s", argv[0]);
    snprintf(program, sizeof program, "%s/../../bin/broadsheet-image",
             dirname(self));
    if (access(program, X_OK) != 0) {
        printf("1..1\nok 1 - picture helper # SKIP bin/broadsheet-image is "
               "not built; run make first\n");
        return 0;
    }
    const struct CMUnitTest tests[] = {
        TEST(test_outputs_come_in_order_and_never_wider_than_the_source),
        TEST(test_a_bomb_is_refused_by_its_head),
        TEST(test_half_a_picture_is_refused_and_the_next_one_works),
        TEST(test_a_helper_that_is_killed_is_asked_once_more),
        TEST(test_what_is_made_can_be_ended_from_another_thread),
        TEST(test_a_helper_that_is_not_there_is_told),
        TEST(test_what_is_written_is_read_and_cut_off_it_is_not),
        TEST(test_formats_are_known_by_their_first_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
