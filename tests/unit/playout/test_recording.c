// SPDX-License-Identifier: Apache-2.0
/* Recordings: whole under their names, or not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "playout/dvr.h"
#include "playout/recording.h"

enum { PATH_BYTES = 512, ADDRESS_BYTES = 64, SEGMENT_TICKS = 2 * LIVE_HZ };

/* 2025-11-27T20:59:50Z: an hour begins soon. */
#define START_US INT64_C(1764277190000000)
#define START_TICK (START_US * 9 / 100)

struct scene {
    char folder[64];
    struct dvr dvr;
    struct recording_order order;
    struct fault fault;
    struct arena arena;
};

static struct scene *begin(void)
{
    static struct scene scene;
    char folder[PATH_BYTES];
    scene = (struct scene){
        .folder = "/tmp/broadsheet-recording-XXXXXX",
        .order = {.start_us = START_US, .end_us = START_US + 20000000},
    };
    arena_init(&scene.arena, 0);
    assert_non_null(mkdtemp(scene.folder));
    scene.order.live_folder = scene.folder;
    assert_int_equal(id_parse(STR("62f9f7d471fdc"), &scene.order.id), ERR_OK);
    assert_int_equal(id_parse(STR("62f9f7d471fdd"), &scene.order.channel),
                     ERR_OK);
    snprintf(folder, sizeof folder, "%s/62f9f7d471fdd", scene.folder);
    assert_int_equal(folder_make(folder, &scene.fault), ERR_OK);
    snprintf(folder, sizeof folder, "%s/62f9f7d471fdd/source", scene.folder);
    assert_int_equal(dvr_open(&scene.dvr, folder, &scene.fault), ERR_OK);
    return &scene;
}

static void end(struct scene *scene)
{
    char command[PATH_BYTES];
    dvr_close(&scene->dvr);
    arena_finish(&scene->arena);
    snprintf(command, sizeof command, "rm -r %s", scene->folder);
    assert_int_equal(system(command), 0);
}

/* Segments of two seconds, each of one part, numbered from first on. */
static void put(struct scene *scene, int first, int count, const char *init)
{
    uint32_t number = dvr_put_init(&scene->dvr, str_from_c(init));
    for (int i = first; i < first + count; i++) {
        struct live_segment_info segment = {
            .sequence = 100 + (uint64_t)i,
            .tick = START_TICK + (int64_t)i * SEGMENT_TICKS,
            .start_us = START_US + i * INT64_C(2000000),
            .init = number,
        };
        struct dvr_part part = {
            .sequence = segment.sequence,
            .independent = true,
            .tick = segment.tick,
            .duration = SEGMENT_TICKS,
        };
        char bytes[32];
        snprintf(bytes, sizeof bytes, "<%d>", i);
        dvr_begin(&scene->dvr, &segment);
        dvr_add(&scene->dvr, &part, str_from_c(bytes));
        dvr_end(&scene->dvr);
    }
}

static const char *read_file(struct scene *scene, const char *name)
{
    char path[PATH_BYTES];
    struct str text;
    snprintf(path, sizeof path, "%s/recordings/62f9f7d471fdc/%s", scene->folder,
             name);
    assert_int_equal(
        file_read(path, 1 << 20, &scene->arena, &text, &scene->fault), ERR_OK);
    return arena_printf(&scene->arena, "%" PRI_STR, ARG_STR(text)).ptr;
}

/* The playlist, and how it names the file. */
static const char *read_playlist(struct scene *scene,
                                 char address[ADDRESS_BYTES])
{
    const char *list = read_file(scene, "source.m3u8");
    const char *uri = strstr(list, "URI=\"source.mp4?");
    assert_non_null(uri);
    assert_int_equal(sscanf(uri, "URI=\"%63[^\"]\"", address), 1);
    return list;
}

static int count_of(const char *text, const char *word)
{
    int count = 0;
    for (; (text = strstr(text, word)); text++)
        count++;
    return count;
}

static void test_what_was_on_is_copied_over_hours_and_gaps(void **state)
{
    (void)state;
    struct scene *scene = begin();
    struct recording_facts facts;
    put(scene, -2, 8, "(init)"); /* two before; the hour ends behind 4 */
    put(scene, 7, 5, "(other)"); /* 6 is missing; two behind */
    assert_int_equal(recording_cut(&scene->order, &facts, &scene->fault),
                     ERR_OK);
    assert_int_equal(facts.duration_us, 18000000);
    assert_true(facts.start_us == START_US);
    assert_string_equal(read_file(scene, "source.mp4"),
                        "(init)<0><1><2><3><4><5>(other)<7><8><9>");
    assert_int_equal(facts.bytes, 6 + 6 * 3 + 7 + 3 * 3);
    char address[ADDRESS_BYTES];
    const char *list = read_playlist(scene, address);
    assert_int_equal(count_of(list, "#EXTINF:2.00000,"), 9);
    assert_int_equal(count_of(list, "#EXT-X-DISCONTINUITY\n"), 1);
    assert_int_equal(count_of(list, "#EXT-X-ENDLIST\n"), 1);
    assert_int_equal(count_of(list, address), 11);
    assert_non_null(strstr(list, "#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\""));
    assert_non_null(strstr(list,
                           "\",BYTERANGE=\"7@24\"\n"
                           "#EXT-X-PROGRAM-DATE-TIME:2025-11-27T21:00:04Z\n"));
    assert_non_null(strstr(list, "#EXT-X-BYTERANGE:3@31\nsource.mp4?"));
    assert_non_null(strstr(read_file(scene, "master.m3u8"), "\nsource.m3u8\n"));
    end(scene);
}

static void test_one_that_is_there_is_found_when_the_dvr_is_gone(void **state)
{
    (void)state;
    struct scene *scene = begin();
    struct recording_facts facts, again;
    put(scene, 0, 3, "(init)");
    assert_int_equal(recording_cut(&scene->order, &facts, &scene->fault),
                     ERR_OK);
    scene->order.channel = scene->order.id;
    assert_int_equal(recording_cut(&scene->order, &again, &scene->fault),
                     ERR_OK);
    assert_memory_equal(&facts, &again, sizeof facts);
    assert_true(recording_exists(scene->folder, &scene->order.id));
    assert_int_equal(
        recording_erase(scene->folder, &scene->order.id, &scene->fault),
        ERR_OK);
    assert_int_equal(
        recording_erase(scene->folder, &scene->order.id, &scene->fault),
        ERR_OK);
    assert_false(recording_exists(scene->folder, &scene->order.id));
    assert_int_equal(recording_cut(&scene->order, &again, &scene->fault),
                     ERR_NOT_FOUND);
    end(scene);
}

static bool after_two(void *context)
{
    int *asked = context;
    return ++*asked > 2;
}

static void test_one_that_was_given_up_leaves_nothing(void **state)
{
    (void)state;
    struct scene *scene = begin();
    struct recording_facts facts;
    char path[PATH_BYTES];
    int asked = 0;
    put(scene, 0, 5, "(init)");
    scene->order.is_cancelled = after_two;
    scene->order.context = &asked;
    assert_int_equal(recording_cut(&scene->order, &facts, &scene->fault),
                     ERR_CLOSED);
    snprintf(path, sizeof path, "%s/recordings/62f9f7d471fdc.new",
             scene->folder);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_false(recording_exists(scene->folder, &scene->order.id));
    /* What a crash left is no recording, and goes. */
    assert_int_equal(folder_make(path, &scene->fault), ERR_OK);
    recording_clean(scene->folder);
    assert_int_not_equal(access(path, F_OK), 0);
    end(scene);
}

static void test_one_that_is_made_anew_takes_the_place_of_the_first(
    void **state)
{
    (void)state;
    struct scene *scene = begin();
    struct recording_facts facts;
    char path[PATH_BYTES];
    put(scene, 0, 6, "(init)");
    scene->order.end_us = START_US + 4000000;
    assert_int_equal(recording_cut(&scene->order, &facts, &scene->fault),
                     ERR_OK);
    assert_int_equal(facts.duration_us, 4000000);
    scene->order.end_us = START_US + 12000000;
    scene->order.is_anew = true;
    assert_int_equal(recording_cut(&scene->order, &facts, &scene->fault),
                     ERR_OK);
    assert_int_equal(facts.duration_us, 12000000);
    assert_string_equal(read_file(scene, "source.mp4"),
                        "(init)<0><1><2><3><4><5>");
    snprintf(path, sizeof path, "%s/recordings/62f9f7d471fdc.new",
             scene->folder);
    assert_int_not_equal(access(path, F_OK), 0);
    end(scene);
}

static void test_a_beginning_that_is_forgotten_is_not_lost_by_a_new_one(
    void **state)
{
    (void)state;
    struct scene *scene = begin();
    struct recording_facts facts;
    put(scene, 0, 6, "(init)");
    scene->order.end_us = START_US + 8000000;
    assert_int_equal(recording_cut(&scene->order, &facts, &scene->fault),
                     ERR_OK);
    scene->order.is_anew = true;
    scene->order.end_us = START_US + 12000000;
    scene->order.channel = scene->order.id; /* of which less is kept */
    dvr_close(&scene->dvr);
    char folder[PATH_BYTES];
    snprintf(folder, sizeof folder, "%s/62f9f7d471fdc", scene->folder);
    assert_int_equal(folder_make(folder, &scene->fault), ERR_OK);
    snprintf(folder, sizeof folder, "%s/62f9f7d471fdc/source", scene->folder);
    assert_int_equal(dvr_open(&scene->dvr, folder, &scene->fault), ERR_OK);
    put(scene, 2, 4, "(init)");
    assert_int_equal(recording_cut(&scene->order, &facts, &scene->fault),
                     ERR_GONE);
    assert_string_equal(read_file(scene, "source.mp4"), "(init)<0><1><2><3>");
    end(scene);
}

static const char *without_address(struct scene *scene, const char *list,
                                   const char *address)
{
    char *copy = arena_c_string(&scene->arena, str_from_c(list));
    for (char *at = copy; (at = strstr(at, address));)
        memset(at, '*', strlen(address));
    return copy;
}

static int64_t size_of(struct scene *scene, const char *name)
{
    char path[PATH_BYTES];
    struct stat info;
    snprintf(path, sizeof path, "%s/recordings/62f9f7d471fdc/%s", scene->folder,
             name);
    return stat(path, &info) == 0 ? (int64_t)info.st_size : -1;
}

static void test_one_that_is_trimmed_ends_earlier_without_the_dvr(void **state)
{
    (void)state;
    struct scene *scene = begin();
    struct recording_facts facts, again;
    put(scene, 0, 4, "(init)");
    put(scene, 5, 5, "(other)"); /* 4 is missing */
    assert_int_equal(recording_cut(&scene->order, &facts, &scene->fault),
                     ERR_OK);
    assert_int_equal(facts.duration_us, 18000000);
    char before[ADDRESS_BYTES];
    read_playlist(scene, before);
    assert_int_equal(recording_trim(scene->folder, &scene->order.id,
                                    START_US + 13000000, &facts, &scene->fault),
                     ERR_OK);
    assert_string_equal(read_file(scene, "source.mp4"),
                        "(init)<0><1><2><3>(other)<5><6>");
    assert_int_equal(facts.duration_us, 12000000);
    assert_int_equal(facts.bytes, size_of(scene, "source.mp4"));
    char address[ADDRESS_BYTES];
    const char *list = read_playlist(scene, address);
    assert_string_equal(address, before);
    assert_int_equal(count_of(list, address), 8);
    assert_int_equal(count_of(list, "#EXTINF:2.00000,"), 6);
    assert_int_equal(count_of(list, "#EXT-X-DISCONTINUITY\n"), 1);
    assert_int_equal(count_of(list, "#EXT-X-INDEPENDENT-SEGMENTS\n"), 1);
    assert_non_null(strstr(list, "@28\nsource.mp4?"));
    /* As a crash before the media was cut left it: the next call does it. */
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/recordings/62f9f7d471fdc/source.mp4",
             scene->folder);
    assert_int_equal(truncate(path, 1000), 0);
    assert_int_equal(recording_trim(scene->folder, &scene->order.id,
                                    START_US + 13000000, &again, &scene->fault),
                     ERR_OK);
    assert_memory_equal(&facts, &again, sizeof facts);
    assert_int_equal(facts.bytes, size_of(scene, "source.mp4"));
    assert_string_equal(read_file(scene, "source.m3u8"), list);
    /* It is what would have been made of so much. */
    const char *master = read_file(scene, "master.m3u8");
    scene->order.is_anew = true;
    scene->order.end_us = START_US + 13000000;
    assert_int_equal(recording_cut(&scene->order, &again, &scene->fault),
                     ERR_OK);
    assert_memory_equal(&facts, &again, sizeof facts);
    assert_string_equal(read_file(scene, "master.m3u8"), master);
    const char *anew = read_playlist(scene, address);
    assert_string_not_equal(address, before);
    assert_string_equal(without_address(scene, anew, address),
                        without_address(scene, list, before));
    end(scene);
}

static void put_text(struct scene *scene, const char *name, const char *text)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/recordings/62f9f7d471fdc/%s", scene->folder,
             name);
    assert_int_equal(file_write_atomic(path, str_from_c(text), &scene->fault),
                     ERR_OK);
}

static void test_what_is_not_understood_is_not_trimmed(void **state)
{
    (void)state;
    struct scene *scene = begin();
    struct recording_facts facts;
    struct fault fault = {0};
    put(scene, 0, 5, "(init)");
    assert_int_equal(recording_trim(scene->folder, &scene->order.id,
                                    START_US + 4000000, &facts, &fault),
                     ERR_NOT_FOUND);
    assert_int_equal(recording_cut(&scene->order, &facts, &scene->fault),
                     ERR_OK);
    fault = (struct fault){0};
    assert_int_equal(recording_trim(scene->folder, &scene->order.id, START_US,
                                    &facts, &fault),
                     ERR_NOT_FOUND); /* nothing would be left */
    const char *list = read_file(scene, "source.m3u8");
    const char *third = strstr(list, "#EXT-X-BYTERANGE:3@12");
    assert_non_null(third);
    put_text(scene, "source.m3u8",
             arena_printf(&scene->arena, "%.*s#EXT-X-BYTERANGE:3#12%s",
                          (int)(third - list), list, third + 21)
                 .ptr);
    fault = (struct fault){0};
    assert_int_equal(recording_trim(scene->folder, &scene->order.id,
                                    START_US + 8000000, &facts, &fault),
                     ERR_CORRUPT);
    assert_string_equal(read_file(scene, "source.mp4"),
                        "(init)<0><1><2><3><4>");
    end(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_on_is_copied_over_hours_and_gaps),
        cmocka_unit_test(test_one_that_is_there_is_found_when_the_dvr_is_gone),
        cmocka_unit_test(test_one_that_was_given_up_leaves_nothing),
        cmocka_unit_test(
            test_one_that_is_made_anew_takes_the_place_of_the_first),
        cmocka_unit_test(
            test_a_beginning_that_is_forgotten_is_not_lost_by_a_new_one),
        cmocka_unit_test(test_one_that_is_trimmed_ends_earlier_without_the_dvr),
        cmocka_unit_test(test_what_is_not_understood_is_not_trimmed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
