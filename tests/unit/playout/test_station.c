// SPDX-License-Identifier: Apache-2.0
/* A channel's numbers and its recordings: they go on where they ended, whoever
 * died and whatever is left of a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/time.h"
#include "link/message.h"
#include "playout/station.h"

enum { PATH_BYTES = 512, SOURCE = 0, AUDIO = 3, PART_TICKS = 45000 };

/* 2025-11-27T20:00:00Z, on the hour. */
#define START (INT64_C(1764273600) * LIVE_HZ)

struct scene {
    char folder[64];
    struct station_config config;
    struct station station;
    struct buf out;
    int64_t at[PART_RENDITIONS_MAX]; /* the next part's tick */
};

static void open_station(struct scene *scene)
{
    struct fault fault = {0};
    assert_int_equal(
        station_open(&scene->station, scene->folder, &scene->config, &fault),
        ERR_OK);
}

static struct scene *begin(void)
{
    static struct scene scene;
    scene = (struct scene){
        .folder = "/tmp/broadsheet-station-XXXXXX",
        .config = {.name = STR("news"),
                   .dvr_seconds = 3600,
                   .ladder = 1 << SOURCE | 1 << AUDIO},
        .at = {START, START, START, START},
    };
    assert_non_null(mkdtemp(scene.folder));
    assert_int_equal(id_parse(STR("62f9f7d471fdc"), &scene.config.id), ERR_OK);
    buf_init(&scene.out, 1 << 24);
    open_station(&scene);
    return &scene;
}

static void end(struct scene *scene)
{
    char command[PATH_BYTES];
    station_close(&scene->station);
    buf_finish(&scene->out);
    snprintf(command, sizeof command, "rm -r %s", scene->folder);
    assert_int_equal(system(command), 0);
}

/* The playout is another one. */
static void restart(struct scene *scene)
{
    station_close(&scene->station);
    open_station(scene);
    buf_reset(&scene->out);
}

static void take(struct scene *scene, enum part_kind kind, uint8_t rendition,
                 const char *payload)
{
    const struct part part = {.kind = (uint8_t)kind,
                              .rendition = rendition,
                              .payload = str_from_c(payload)};
    assert_int_equal(station_take(&scene->station, &part, &scene->out), ERR_OK);
}

static void introduce(struct scene *scene)
{
    station_begin_maker(&scene->station);
    take(scene, PART_RENDITION, 0,
         "{\"name\":\"source\",\"codecs\":\"avc1.64001f,mp4a.40.2\","
         "\"width\":1280,\"height\":720,\"frames\":25.0,\"peak_bits\":4000000,"
         "\"mean_bits\":3000000}");
    take(scene, PART_INIT, 0, "ftyp moov of pictures");
    take(scene, PART_RENDITION, 1,
         "{\"name\":\"audio\",\"codecs\":\"mp4a.40.2\",\"peak_bits\":128000,"
         "\"mean_bits\":128000}");
    take(scene, PART_INIT, 1, "ftyp moov of sound");
}

static void make(struct scene *scene, uint8_t rendition, uint8_t flags)
{
    char bytes[64];
    snprintf(bytes, sizeof bytes, "moof of %d at %lld", rendition,
             (long long)scene->at[rendition]);
    const struct part part = {
        .kind = PART_PART,
        .rendition = rendition,
        .flags = flags,
        .duration = PART_TICKS,
        .tick = scene->at[rendition],
        .payload = str_from_c(bytes),
    };
    assert_int_equal(station_take(&scene->station, &part, &scene->out), ERR_OK);
    scene->at[rendition] += PART_TICKS;
}

/* So many parts of both, sound first and a few samples away. */
static void make_both(struct scene *scene, int count)
{
    for (int i = 0; i < count; i++) {
        bool first = (scene->at[0] - START) % STATION_SEGMENT_TICKS == 0;
        uint8_t flags = first ? PART_SEGMENT_START | PART_INDEPENDENT : 0;
        scene->at[1] = scene->at[0] + 900;
        make(scene, 1, flags | PART_INDEPENDENT);
        make(scene, 0, flags);
    }
}

static struct dvr *dvr_of(struct scene *scene, int at)
{
    return &scene->station.rungs[at].dvr;
}

static void test_cuts_have_one_number_in_all_renditions(void **state)
{
    (void)state;
    struct scene *scene = begin();
    introduce(scene);
    make_both(scene, 21);
    const struct dvr *source = dvr_of(scene, SOURCE);
    const struct dvr *audio = dvr_of(scene, AUDIO);
    assert_int_equal(source->count, 6);
    assert_int_equal(audio->count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(source->segments[i].sequence,
                         source->segments[0].sequence + i);
        assert_int_equal(audio->segments[i].sequence,
                         source->segments[i].sequence);
        assert_int_equal(source->segments[i].start_us,
                         1764273600000000 + (int64_t)i * 2000000);
    }
    end(scene);
}

static void test_numbers_go_on_after_a_restart(void **state)
{
    (void)state;
    struct scene *scene = begin();
    introduce(scene);
    make_both(scene, 10);
    uint64_t last = dvr_last(dvr_of(scene, SOURCE))->sequence;
    int64_t until = station_end(&scene->station);
    restart(scene);
    assert_int_equal(dvr_of(scene, SOURCE)->count, 3);
    assert_int_equal(station_end(&scene->station), until);
    assert_string_equal(scene->station.rungs[SOURCE].codecs,
                        "avc1.64001f,mp4a.40.2");
    introduce(scene);
    assert_false(scene->station.breaks); /* the same initialisation */
    scene->at[0] += 5 * LIVE_HZ;         /* nobody was there */
    scene->at[1] = scene->at[0];
    make(scene, 1, PART_DISCONTINUITY | PART_SEGMENT_START);
    make(scene, 0, PART_DISCONTINUITY | PART_SEGMENT_START);
    for (int at = SOURCE; at <= AUDIO; at += AUDIO) {
        const struct live_segment_info *now = dvr_last(dvr_of(scene, at));
        assert_int_equal(now->sequence, last + 1);
        assert_int_equal(now->timeline, 1); /* once, for both */
    }
    end(scene);
}

static void test_a_maker_that_takes_over_repeats_nothing(void **state)
{
    (void)state;
    struct scene *scene = begin();
    introduce(scene);
    make_both(scene, 6); /* two parts into a segment */
    DEFER(buf_finish) struct buf start;
    buf_init(&start, 1 << 16);
    station_write_start(&scene->station, &start);
    char wanted[128];
    snprintf(wanted, sizeof wanted, "\"source\":[%lld,%lld]",
             (long long)(START + 6 * PART_TICKS),
             (long long)(START + 4 * PART_TICKS));
    assert_true(str_find(buf_str(&start), str_from_c(wanted)) > 0);
    introduce(scene);
    scene->at[0] -= PART_TICKS; /* it does all the same */
    make(scene, 0, 0);
    make(scene, 0, 0);
    const struct dvr *dvr = dvr_of(scene, SOURCE);
    assert_int_equal(dvr->count, 2);
    assert_int_equal(dvr->tail_count, 7);
    assert_int_equal(dvr->segments[1].timeline, 0);
    end(scene);
}

static void test_another_initialisation_breaks_once(void **state)
{
    (void)state;
    struct scene *scene = begin();
    introduce(scene);
    make_both(scene, 8);
    take(scene, PART_INIT, 0, "ftyp moov of larger pictures");
    make_both(scene, 8);
    const struct dvr *dvr = dvr_of(scene, SOURCE);
    assert_int_equal(dvr->count, 4);
    assert_int_equal(dvr->segments[1].timeline, 0);
    assert_int_equal(dvr->segments[2].timeline, 1);
    assert_int_equal(dvr->segments[3].timeline, 1);
    assert_int_equal(dvr->segments[1].init, 1);
    assert_int_equal(dvr->segments[2].init, 2);
    assert_int_equal(dvr_of(scene, AUDIO)->segments[3].timeline, 1);
    end(scene);
}

static void name_file(const struct scene *scene, const char *ending,
                      char target[PATH_BYTES])
{
    snprintf(target, PATH_BYTES, "%s/62f9f7d471fdc/source/490076.%s",
             scene->folder, ending);
}

static void test_what_a_crash_left_of_an_index_is_passed_over(void **state)
{
    (void)state;
    struct scene *scene = begin();
    introduce(scene);
    make_both(scene, 12);
    uint64_t sequence = dvr_last(dvr_of(scene, SOURCE))->sequence;
    char index[PATH_BYTES], data[PATH_BYTES];
    struct stat info;
    name_file(scene, "index", index);
    name_file(scene, "mp4", data);
    assert_int_equal(stat(index, &info), 0);
    assert_int_equal(info.st_size, 12 * DVR_RECORD_BYTES);
    /* The last record is cut. */
    assert_int_equal(truncate(index, info.st_size - 7), 0);
    restart(scene);
    assert_int_equal(dvr_of(scene, SOURCE)->tail_count, 11);
    introduce(scene);
    scene->at[0] = START + 16 * PART_TICKS;
    make(scene, 0, PART_SEGMENT_START | PART_DISCONTINUITY);
    assert_int_equal(dvr_last(dvr_of(scene, SOURCE))->sequence, sequence + 1);
    restart(scene);
    assert_int_equal(dvr_of(scene, SOURCE)->tail_count, 12);
    /* The last part's bytes did not reach the disk. */
    assert_int_equal(stat(data, &info), 0);
    assert_int_equal(truncate(data, info.st_size - 1), 0);
    restart(scene);
    assert_int_equal(dvr_of(scene, SOURCE)->tail_count, 11);
    /* A byte in the middle is wrong: what is behind it cannot be trusted. */
    int fd = open(index, O_WRONLY);
    assert_int_equal(pwrite(fd, "x", 1, 5 * DVR_RECORD_BYTES + 30), 1);
    close(fd);
    restart(scene);
    assert_int_equal(dvr_of(scene, SOURCE)->tail_count, 5);
    end(scene);
}

/* What an edge that knows nothing is told. */
static void test_everything_is_told_anew(void **state)
{
    (void)state;
    struct scene *scene = begin();
    introduce(scene);
    make_both(scene, 4 * 20 + 2);
    restart(scene);
    station_tell_all(&scene->station, &scene->out);
    struct str rest = buf_str(&scene->out);
    struct message message;
    size_t stored = 0, parts = 0, whole = 0, inits = 0, bytes = 0;
    while (!message_next(&rest, &message)) {
        struct live_stored told;
        struct live_segment_info segment;
        struct live_part part;
        inits += message.kind == MESSAGE_LIVE_INIT;
        whole += message.kind == MESSAGE_LIVE_SEGMENT;
        if (message.kind == MESSAGE_LIVE_STORED) {
            assert_int_equal(live_read_stored(message.payload, &told), ERR_OK);
            while (live_next_stored(&told, &segment))
                stored++;
        }
        if (message.kind == MESSAGE_LIVE_PART) {
            assert_int_equal(live_read_part(message.payload, &part), ERR_OK);
            assert_true(str_starts_with(part.bytes, STR("moof of ")));
            bytes += part.bytes.len;
            parts++;
        }
    }
    assert_int_equal(rest.len, 0);
    assert_int_equal(inits, 2);
    assert_int_equal(stored, 2 * 15);
    assert_int_equal(parts, 2 * (5 * 4 + 2));
    assert_int_equal(whole, 2 * 6); /* after a restart none grows */
    assert_true(bytes > 0);
    end(scene);
}

static void test_a_segment_is_complete_as_soon_as_the_maker_says_so(
    void **state)
{
    (void)state;
    struct scene *scene = begin();
    introduce(scene);
    make_both(scene, 3);
    make(scene, 0, PART_SEGMENT_END);
    assert_false(dvr_of(scene, SOURCE)->is_open);
    assert_true(dvr_of(scene, AUDIO)->is_open);
    make(scene, 0, PART_INDEPENDENT); /* and what comes begins one */
    assert_true(dvr_of(scene, SOURCE)->is_open);
    assert_int_equal(dvr_of(scene, SOURCE)->count, 2);
    end(scene);
}

static void test_old_hours_go(void **state)
{
    (void)state;
    struct scene *scene = begin();
    introduce(scene);
    make_both(scene, 8);
    int64_t hour_us = INT64_C(3600) * 1000000, start_us = START * 100 / 9;
    scene->at[0] += 3600 * LIVE_HZ;
    make_both(scene, 8);
    assert_int_equal(dvr_of(scene, SOURCE)->count, 4);
    station_prune(&scene->station, start_us + 2 * hour_us - 1000000,
                  &scene->out);
    assert_int_equal(dvr_of(scene, SOURCE)->count, 4);
    char data[PATH_BYTES];
    name_file(scene, "mp4", data);
    assert_int_equal(access(data, F_OK), 0);
    station_prune(&scene->station, start_us + 2 * hour_us + 1000000,
                  &scene->out);
    assert_int_equal(dvr_of(scene, SOURCE)->count, 2);
    assert_int_not_equal(access(data, F_OK), 0);
    end(scene);
}

static void test_without_a_disk_it_goes_on(void **state)
{
    (void)state;
    struct scene *scene = begin();
    introduce(scene);
    char folder[PATH_BYTES], elsewhere[PATH_BYTES + 8];
    snprintf(folder, sizeof folder, "%s/62f9f7d471fdc/source", scene->folder);
    snprintf(elsewhere, sizeof elsewhere, "%s.away", folder);
    assert_int_equal(rename(folder, elsewhere), 0);
    make_both(scene, 8);
    const struct dvr *dvr = dvr_of(scene, SOURCE);
    assert_int_equal(dvr->count, 2);
    assert_int_equal(dvr->segments[0].place.hour, 0);
    assert_true(dvr->has_failed);
    assert_int_equal(rename(elsewhere, folder), 0);
    make_both(scene, 8);
    assert_false(dvr->has_failed);
    assert_int_not_equal(dvr->segments[3].place.hour, 0);
    end(scene);
}

static void test_what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    struct scene *scene = begin();
    station_begin_maker(&scene->station);
    const struct part wrong[] = {
        {.kind = PART_PART, .duration = 1, .payload = STR("moof")},
        {.kind = PART_INIT, .payload = STR("moov")},
        {.kind = PART_RENDITION, .payload = STR("{}")},
        {.kind = PART_RENDITION, .payload = STR("{\"name\":\"8k\"}")},
        {.kind = PART_RENDITION, .payload = STR("{\"name\":\"source\"}")},
        {.kind = PART_START},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(station_take(&scene->station, &wrong[i], &scene->out),
                         ERR_INVALID);
    end(scene);
}

static enum err offer(struct scene *scene, const struct part *part)
{
    return station_take(&scene->station, part, &scene->out);
}

/* What it says of itself stands in quotes in playlists, now and after a
 * restart. */
static void test_codecs_that_no_playlist_can_carry_are_refused(void **state)
{
    (void)state;
    struct scene *scene = begin();
    introduce(scene);
    const char *const wrong[] = {
        "{\"name\":\"source\",\"codecs\":\"a b\"}",
        "{\"name\":\"source\",\"codecs\":\"a\\\"\\nb\"}",
    };
    for (size_t i = 0; i < 2; i++) {
        const struct part part = {.kind = PART_RENDITION,
                                  .payload = str_from_c(wrong[i])};
        assert_int_equal(offer(scene, &part), ERR_INVALID);
    }
    char path[PATH_BYTES];
    struct fault fault = {0};
    snprintf(path, sizeof path, "%s/62f9f7d471fdc/source/rendition.json",
             scene->folder);
    assert_int_equal(file_write_atomic(path, str_from_c(wrong[0]), &fault),
                     ERR_OK);
    restart(scene);
    station_tell_all(&scene->station, &scene->out);
    assert_string_equal(scene->station.rungs[SOURCE].codecs, "");
    end(scene);
}

static void test_a_segment_never_gets_too_long(void **state)
{
    (void)state;
    struct scene *scene = begin();
    introduce(scene);
    struct part part = {.kind = PART_PART,
                        .tick = START,
                        .duration = 40 * LIVE_HZ,
                        .payload = STR("moof")};
    assert_int_equal(offer(scene, &part), ERR_INVALID);
    part.duration = 20 * LIVE_HZ;
    for (int i = 0; i < 4; i++, part.tick += part.duration)
        assert_int_equal(offer(scene, &part), ERR_OK);
    const struct dvr *dvr = dvr_of(scene, SOURCE);
    assert_int_equal(dvr->count, 2);
    assert_int_equal(dvr->segments[0].duration, LIVE_DURATION_MAX);
    restart(scene);
    station_tell_all(&scene->station, &scene->out);
    assert_int_equal(dvr->count, 2);
    end(scene);
}

static void test_what_is_beyond_the_present_or_too_much_is_refused(void **state)
{
    (void)state;
    struct scene *scene = begin();
    introduce(scene);
    make_both(scene, 1);
    static char much[STATION_PART_BYTES_MAX + 1];
    const struct str many = str_of(much, sizeof much);
    const int64_t tick = scene->at[0], far = INT64_MAX / 200;
    const int64_t soon = time_now_us() * 9 / 100 + INT64_C(61) * LIVE_HZ;
    const struct part wrong[] = {
        {.kind = PART_PART, .duration = 1, .tick = far, .payload = STR("m")},
        {.kind = PART_PART, .duration = 1, .tick = soon, .payload = STR("m")},
        {.kind = PART_PART, .duration = 0, .tick = tick, .payload = STR("m")},
        {.kind = PART_PART, .duration = 1, .tick = tick, .payload = many},
        {.kind = PART_THUMBNAIL, .tick = far, .payload = STR("jpeg")},
        {.kind = PART_THUMBNAIL, .tick = tick, .payload = many},
        {.kind = PART_POSTER, .tick = far, .payload = STR("jpeg")},
        {.kind = PART_POSTER, .tick = tick, .payload = many},
        {.kind = PART_INIT, .payload = many},
        {.kind = PART_RENDITION, .payload = many},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(offer(scene, &wrong[i]), ERR_INVALID);
    assert_int_equal(station_end(&scene->station), START + 900 + PART_TICKS);
    end(scene);
}

static void test_what_is_being_made_is_not_pruned(void **state)
{
    (void)state;
    struct scene *scene = begin();
    introduce(scene);
    make_both(scene, 2);
    char data[PATH_BYTES];
    name_file(scene, "mp4", data);
    station_prune(&scene->station,
                  START * 100 / 9 + INT64_C(100) * 3600 * 1000000, &scene->out);
    assert_int_equal(dvr_of(scene, SOURCE)->count, 1);
    assert_int_equal(access(data, F_OK), 0);
    make_both(scene, 2);
    assert_int_equal(dvr_of(scene, SOURCE)->count, 1);
    end(scene);
}

static void damage(const struct scene *scene, int record)
{
    char index[PATH_BYTES];
    name_file(scene, "index", index);
    int fd = open(index, O_WRONLY);
    assert_int_equal(pwrite(fd, "x", 1, record * DVR_RECORD_BYTES + 30), 1);
    close(fd);
}

static void test_what_follows_a_damaged_record_is_found_again(void **state)
{
    (void)state;
    struct scene *scene = begin();
    introduce(scene);
    make_both(scene, 12);
    uint64_t last = dvr_last(dvr_of(scene, SOURCE))->sequence;
    damage(scene, 5);
    restart(scene);
    introduce(scene);
    scene->at[0] = START + 16 * PART_TICKS;
    make(scene, 0, PART_SEGMENT_START | PART_DISCONTINUITY);
    make(scene, 0, 0);
    uint64_t now = dvr_last(dvr_of(scene, SOURCE))->sequence;
    assert_true(now > last); /* whatever numbers were lost */
    restart(scene);
    assert_int_equal(dvr_of(scene, SOURCE)->tail_count, 5 + 2);
    assert_int_equal(dvr_last(dvr_of(scene, SOURCE))->sequence, now);
    end(scene);
}

static void test_numbers_of_what_was_not_kept_are_not_used_again(void **state)
{
    (void)state;
    struct scene *scene = begin();
    introduce(scene);
    make_both(scene, 4);
    for (int at = SOURCE; at <= AUDIO; at += AUDIO) {
        struct dvr *dvr = dvr_of(scene, at);
        dvr->hour = 0;
        dvr->folder[1] = '.'; /* it is nowhere: as if the disk were full */
    }
    make_both(scene, 8);
    uint64_t last = dvr_last(dvr_of(scene, SOURCE))->sequence;
    restart(scene);
    assert_int_equal(dvr_last(dvr_of(scene, SOURCE))->sequence, last - 2);
    introduce(scene);
    make(scene, 0, PART_SEGMENT_START | PART_DISCONTINUITY);
    assert_int_equal(dvr_last(dvr_of(scene, SOURCE))->sequence, last + 1);
    end(scene);
}

static void test_initialisations_go_with_what_needed_them(void **state)
{
    (void)state;
    struct scene *scene = begin();
    introduce(scene);
    make_both(scene, 4);
    take(scene, PART_INIT, 0, "ftyp moov of larger pictures");
    scene->at[0] += 3600 * LIVE_HZ;
    make_both(scene, 4);
    char one[PATH_BYTES], two[PATH_BYTES];
    snprintf(one, sizeof one, "%s/62f9f7d471fdc/source/init-1.mp4",
             scene->folder);
    snprintf(two, sizeof two, "%s/62f9f7d471fdc/source/init-2.mp4",
             scene->folder);
    assert_int_equal(access(one, F_OK), 0);
    station_prune(&scene->station, START * 100 / 9 + INT64_C(9000) * 1000000,
                  &scene->out);
    assert_int_not_equal(access(one, F_OK), 0);
    assert_int_equal(access(two, F_OK), 0);
    end(scene);
}

static void test_an_hour_goes_at_a_time(void **state)
{
    (void)state;
    struct scene *scene = begin();
    introduce(scene);
    for (int i = 0; i < 3; i++) {
        make_both(scene, 4);
        scene->at[0] += 3600 * LIVE_HZ - 4 * PART_TICKS;
    }
    assert_int_equal(dvr_of(scene, SOURCE)->count, 3);
    const int64_t wrong = START * 100 / 9 + INT64_C(3600000) * 1000000;
    for (size_t left = 2; left > 0; left--) {
        station_prune(&scene->station, wrong, &scene->out);
        assert_int_equal(dvr_of(scene, SOURCE)->count, left);
    }
    end(scene);
}

enum { SMALL = 2 };

static void introduce_small(struct scene *scene)
{
    introduce(scene);
    take(scene, PART_RENDITION, SMALL,
         "{\"name\":\"360p\",\"codecs\":\"avc1.64001e,mp4a.40.2\","
         "\"width\":640,\"height\":360,\"frames\":25.0,\"peak_bits\":800000,"
         "\"mean_bits\":500000}");
    take(scene, PART_INIT, SMALL, "ftyp moov of small pictures");
}

static void make_part(struct scene *scene, uint8_t rendition, int64_t tick,
                      uint32_t duration, uint8_t flags)
{
    const struct part part = {
        .kind = PART_PART,
        .rendition = rendition,
        .flags = flags,
        .duration = duration,
        .tick = tick,
        .payload = flags & PART_GAP ? STR("") : STR("moof mdat"),
    };
    assert_int_equal(station_take(&scene->station, &part, &scene->out), ERR_OK);
}

static void test_what_is_missing_has_a_number(void **state)
{
    (void)state;
    struct scene *scene = begin();
    scene->config.ladder |= 1 << SMALL;
    station_change(&scene->station, &scene->config, NULL);
    introduce_small(scene);
    for (int i = 0; i < 4; i++) {
        int64_t tick = START + i * STATION_SEGMENT_TICKS;
        uint8_t gap = i == 1 || i == 2 ? PART_GAP : 0;
        make_part(scene, 0, tick, STATION_SEGMENT_TICKS, PART_SEGMENT_START);
        make_part(scene, SMALL, tick, STATION_SEGMENT_TICKS,
                  PART_SEGMENT_START | gap);
        assert_int_equal(scene->station.rungs[SMALL].is_absent, gap != 0);
        assert_false(scene->station.rungs[SOURCE].is_absent);
    }
    restart(scene);
    const struct dvr *small = dvr_of(scene, SMALL);
    assert_int_equal(small->count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(small->segments[i].is_gap, i == 1 || i == 2);
        assert_int_equal(small->segments[i].sequence,
                         dvr_of(scene, SOURCE)->segments[i].sequence);
        assert_int_equal(small->segments[i].timeline,
                         small->segments[0].timeline);
    }
    station_tell_all(&scene->station, &scene->out); /* its assertions hold */
    end(scene);
}

/* A feed ends just behind a cut, and something else begins: two cuts that are
 * closer together than one, seen by two renditions, may be. */
static void test_a_segment_without_a_key_frame_says_so(void **state)
{
    (void)state;
    struct scene *scene = begin();
    introduce(scene);
    make_both(scene, 4);
    make(scene, 1, PART_SEGMENT_START | PART_INDEPENDENT);
    make(scene, 0, PART_SEGMENT_START);
    make(scene, 0, PART_INDEPENDENT);
    const struct dvr *source = dvr_of(scene, SOURCE);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(source->count, 2);
        assert_false(source->segments[0].is_dependent);
        assert_true(source->segments[1].is_dependent);
        assert_false(dvr_last(dvr_of(scene, AUDIO))->is_dependent);
        restart(scene); /* it is in the index */
    }
    end(scene);
}

static void test_a_captioner_is_heard_before_a_segment_ends(void **state)
{
    (void)state;
    struct scene *scene = begin();
    struct message message, before = {.number = 0};
    introduce(scene);
    make_both(scene, 3);
    buf_reset(&scene->out);
    assert_int_equal(station_say(&scene->station, 0, LIVE_HZ, STR("x")),
                     ERR_OK);
    make_both(scene, 2);
    struct str rest = buf_str(&scene->out);
    struct live_caption caption = {.tick = 0};
    struct live_segment segment;
    while (!message_next(&rest, &message)) {
        if (message.kind == MESSAGE_LIVE_SEGMENT)
            break;
        before = message;
    }
    assert_int_equal(message.kind, MESSAGE_LIVE_SEGMENT);
    assert_int_equal(live_read_segment(message.payload, &segment), ERR_OK);
    assert_int_equal(before.kind, MESSAGE_LIVE_CAPTION);
    assert_int_equal(live_read_caption(before.payload, &caption), ERR_OK);
    assert_true(str_eq(caption.text, STR("x")));
    assert_true(caption.tick < segment.segment.tick + STATION_SEGMENT_TICKS);
    end(scene);
}

static void test_captions_are_offered_when_somebody_may_write_them(void **state)
{
    (void)state;
    struct scene *scene = begin();
    struct message message;
    struct live_channel_info info;
    for (int i = 1; i >= 0; i--) {
        buf_reset(&scene->out);
        station_expect_captions(&scene->station, i, &scene->out);
        struct str rest = buf_str(&scene->out);
        assert_int_equal(message_next(&rest, &message), ERR_OK);
        assert_int_equal(live_read_channel(message.payload, &info), ERR_OK);
        assert_int_equal(info.has_captions, i);
        buf_reset(&scene->out);
        station_expect_captions(&scene->station, i, &scene->out);
        assert_int_equal(scene->out.len, 0);
    }
    end(scene);
}

static void test_languages_of_captions_are_told_once(void **state)
{
    (void)state;
    struct scene *scene = begin();
    struct message message;
    struct live_channel_info info;
    const struct live_language named[LIVE_CAPTION_TRACKS] = {
        [2] = {STR_INIT("es"), STR_INIT("Español")}};
    const struct live_language none[LIVE_CAPTION_TRACKS] = {{{NULL, 0}, {0}}};
    for (int i = 0; i < 2; i++) {
        buf_reset(&scene->out);
        station_name_captions(&scene->station, i ? none : named, &scene->out);
        struct str rest = buf_str(&scene->out);
        assert_int_equal(message_next(&rest, &message), ERR_OK);
        assert_int_equal(live_read_channel(message.payload, &info), ERR_OK);
        assert_true(
            str_eq(info.languages[2].name, i ? STR("") : STR("Español")));
        buf_reset(&scene->out);
        station_name_captions(&scene->station, i ? none : named, &scene->out);
        assert_int_equal(scene->out.len, 0);
    }
    end(scene);
}

static void test_who_comes_late_finds_the_right_cut(void **state)
{
    enum { SHORT = 14400 };
    (void)state;
    struct scene *scene = begin();
    scene->config.ladder |= 1 << SMALL;
    station_change(&scene->station, &scene->config, NULL);
    introduce_small(scene);
    const struct {
        int64_t tick;
        uint32_t duration;
        uint8_t flags;
    } parts[] = {
        {START, STATION_SEGMENT_TICKS, PART_SEGMENT_START},
        {START + STATION_SEGMENT_TICKS, SHORT, PART_SEGMENT_START},
        {START + STATION_SEGMENT_TICKS + SHORT, PART_TICKS,
         PART_SEGMENT_START | PART_DISCONTINUITY},
    };
    static const uint8_t order[] = {0, SMALL};
    for (size_t r = 0; r < 2; r++)
        for (size_t i = 0; i < 3; i++)
            make_part(scene, order[r], parts[i].tick, parts[i].duration,
                      parts[i].flags);
    const struct dvr *source = dvr_of(scene, SOURCE);
    const struct dvr *small = dvr_of(scene, SMALL);
    assert_int_equal(source->count, 3);
    assert_int_equal(small->count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(small->segments[i].sequence,
                         source->segments[i].sequence);
        assert_int_equal(small->segments[i].timeline,
                         source->segments[0].timeline + (i == 2));
        assert_int_equal(source->segments[i].timeline,
                         small->segments[i].timeline);
    }
    end(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cuts_have_one_number_in_all_renditions),
        cmocka_unit_test(test_numbers_go_on_after_a_restart),
        cmocka_unit_test(test_a_maker_that_takes_over_repeats_nothing),
        cmocka_unit_test(test_another_initialisation_breaks_once),
        cmocka_unit_test(test_what_a_crash_left_of_an_index_is_passed_over),
        cmocka_unit_test(test_everything_is_told_anew),
        cmocka_unit_test(
            test_a_segment_is_complete_as_soon_as_the_maker_says_so),
        cmocka_unit_test(test_old_hours_go),
        cmocka_unit_test(test_without_a_disk_it_goes_on),
        cmocka_unit_test(test_what_makes_no_sense_is_refused),
        cmocka_unit_test(test_codecs_that_no_playlist_can_carry_are_refused),
        cmocka_unit_test(test_a_segment_never_gets_too_long),
        cmocka_unit_test(
            test_what_is_beyond_the_present_or_too_much_is_refused),
        cmocka_unit_test(test_what_is_being_made_is_not_pruned),
        cmocka_unit_test(test_what_follows_a_damaged_record_is_found_again),
        cmocka_unit_test(test_numbers_of_what_was_not_kept_are_not_used_again),
        cmocka_unit_test(test_initialisations_go_with_what_needed_them),
        cmocka_unit_test(test_an_hour_goes_at_a_time),
        cmocka_unit_test(test_what_is_missing_has_a_number),
        cmocka_unit_test(test_a_segment_without_a_key_frame_says_so),
        cmocka_unit_test(test_a_captioner_is_heard_before_a_segment_ends),
        cmocka_unit_test(
            test_captions_are_offered_when_somebody_may_write_them),
        cmocka_unit_test(test_languages_of_captions_are_told_once),
        cmocka_unit_test(test_who_comes_late_finds_the_right_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
