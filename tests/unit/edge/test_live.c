// SPDX-License-Identifier: Apache-2.0
/* Television in the edge: what the playout tells becomes editions, which many
 * threads may read at once; who watches is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>

#include "edge/live_origin.h"
#include "edge/live_viewers.h"

enum { CHANNEL = 7, PARTS = 4, THREADS = 4, TOKENS = 1000 };

/* An origin and what all threads would hold of its only rendition. */
struct scene {
    struct live_origin *origin;
    struct live_station *station;
    struct live_edition *edition;
    unsigned editions;
    struct buf out;
};

static const struct live_channel_info news = {
    .channel = CHANNEL,
    .name = STR_INIT("news"),
    .target = 2 * LIVE_HZ,
    .part_target = 48600,
    .dvr_seconds = 600,
    .rendition_count = 1,
    .renditions = {{STR_INIT("source"), STR_INIT("avc1.64001f"), 1280, 720,
                    25000, 4000000, 3000000}},
};

static void take_changes(struct scene *scene)
{
    struct live_change change;
    while (live_origin_next(scene->origin, &change)) {
        live_captions_release(change.captions);
        if (change.station) {
            live_station_release(scene->station);
            scene->station = change.station;
        }
        if (change.edition) {
            live_edition_release(scene->edition);
            scene->edition = change.edition;
            scene->editions++;
        }
    }
}

static enum err take(struct scene *scene)
{
    struct str rest = buf_str(&scene->out);
    struct message message;
    enum err err = ERR_OK;
    while (!err && !message_next(&rest, &message))
        err = live_origin_take(scene->origin, &message);
    buf_reset(&scene->out);
    take_changes(scene);
    return err;
}

static void put(struct scene *scene, enum message_kind kind)
{
    message_put(&scene->out, kind, 0);
}

static struct live_segment_info info_of(uint64_t sequence, bool stored)
{
    struct live_segment_info info = {
        .sequence = sequence,
        .start_us = 1764273600000000 + (int64_t)sequence * 2000000,
    };
    if (stored)
        info.place = (struct live_place){490075, 100, sequence * 100};
    return info;
}

static void put_part(struct scene *scene, uint64_t sequence, uint32_t part)
{
    live_put_part(&scene->out,
                  &(struct live_part){.channel = CHANNEL,
                                      .part = part,
                                      .independent = part % 2 == 0,
                                      .duration = LIVE_HZ / 2,
                                      .segment = info_of(sequence, false),
                                      .bytes = STR("moof")});
}

static void put_whole(struct scene *scene, uint64_t sequence, bool stored)
{
    struct live_segment segment = {CHANNEL, 0, info_of(sequence, stored)};
    segment.segment.duration = 2 * LIVE_HZ;
    for (uint32_t i = 0; i < PARTS; i++)
        put_part(scene, sequence, i);
    live_put_segment(&scene->out, &segment);
}

static struct scene *begin(void)
{
    static struct scene scene;
    scene = (struct scene){.origin = live_origin_create()};
    buf_init(&scene.out, 1 << 24);
    put(&scene, MESSAGE_LIVE_BEGIN);
    live_put_channel(&scene.out, &news);
    put(&scene, MESSAGE_LIVE_READY);
    assert_int_equal(take(&scene), ERR_OK);
    return &scene;
}

static void end(struct scene *scene)
{
    live_station_release(scene->station);
    live_edition_release(scene->edition);
    live_origin_destroy(scene->origin);
    buf_finish(&scene->out);
}

static void test_captions_are_listed_by_their_language(void **state)
{
    (void)state;
    struct scene *scene = begin();
    struct live_channel_info named = news;
    named.languages[0] = named.languages[2] =
        (struct live_language){STR("es"), STR("Español")};
    live_put_channel(&scene->out, &named);
    assert_int_equal(take(scene), ERR_OK);
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1 << 16);
    const struct live_offer offer = {.query = STR("?v=1"), .captions = 7};
    assert_true(live_station_write(scene->station, &offer, &out));
    buf_add_char(&out, '\0');
    /* Of two in a language players choose the first; names differ. */
    assert_non_null(strstr(out.ptr,
                           "NAME=\"Español\",LANGUAGE=\"es\",DEFAULT=NO,"
                           "AUTOSELECT=YES,URI=\"captions/index.m3u8?v=1\""));
    assert_non_null(strstr(out.ptr, "NAME=\"CC2\",DEFAULT=NO,AUTOSELECT=YES,"
                                    "URI=\"captions-2/index.m3u8?v=1\""));
    assert_non_null(strstr(out.ptr,
                           "NAME=\"Español (CC3)\",LANGUAGE=\"es\",DEFAULT=NO,"
                           "AUTOSELECT=NO,URI=\"captions-3/index.m3u8?v=1\""));
    end(scene);
}

static void test_a_segment_is_its_parts(void **state)
{
    (void)state;
    struct scene *scene = begin();
    put_part(scene, 5, 0);
    put_part(scene, 5, 1);
    assert_int_equal(take(scene), ERR_OK);
    uint64_t sequence;
    size_t part;
    live_edition_next(scene->edition, &sequence, &part);
    assert_int_equal(sequence, 5);
    assert_int_equal(part, 2);
    assert_int_equal(live_edition_look(scene->edition, 5, 1), HLS_IS_THERE);
    assert_int_equal(live_edition_look(scene->edition, 5, 2), HLS_WAIT);
    assert_int_equal(live_edition_look(scene->edition, 8, 0), HLS_TOO_FAR);
    put_part(scene, 5, 2);
    put_part(scene, 6, 0); /* nobody said that 5 is complete: now it is */
    assert_int_equal(take(scene), ERR_OK);
    const struct live_edition_segment *five =
        live_edition_segment(scene->edition, 5);
    assert_true(five->is_complete);
    assert_int_equal(five->info.duration, 3 * LIVE_HZ / 2);
    assert_true(str_eq(live_blob_str(five->blob), STR("moofmoofmoof")));
    end(scene);
}

static void test_what_was_told_already_changes_nothing(void **state)
{
    (void)state;
    struct scene *scene = begin();
    put_whole(scene, 5, false);
    put_part(scene, 6, 0);
    assert_int_equal(take(scene), ERR_OK);
    unsigned before = scene->editions;
    put_part(scene, 6, 0);
    put_part(scene, 5, 0);
    put_part(scene, 6, 2); /* 1 is missing */
    assert_int_equal(take(scene), ERR_OK);
    assert_int_equal(scene->editions, before);
    end(scene);
}

static void test_a_hole_begins_the_playlist_anew(void **state)
{
    (void)state;
    struct scene *scene = begin();
    put_whole(scene, 5, true);
    put_whole(scene, 7, true);
    assert_int_equal(take(scene), ERR_OK);
    assert_int_equal(scene->edition->segment_count, 1);
    assert_null(live_edition_segment(scene->edition, 5));
    end(scene);
}

static void test_old_segments_stay_when_a_file_has_them(void **state)
{
    (void)state;
    struct scene *scene = begin();
    for (uint64_t i = 0; i < 100; i++)
        put_whole(scene, i, true);
    assert_int_equal(take(scene), ERR_OK);
    assert_in_range(scene->edition->segment_count, 30, 32);
    assert_null(live_edition_segment(scene->edition, 3));
    assert_int_equal(live_edition_past(scene->edition, 3)->place.offset, 300);
    for (uint64_t i = 100; i < 400; i++)
        put_whole(scene, i, true);
    assert_int_equal(take(scene), ERR_OK);
    size_t kept = scene->edition->past->count + scene->edition->segment_count;
    assert_in_range(kept, 299, 302); /* ten minutes */
    live_put_pruned(&scene->out, &(struct live_pruned){CHANNEL, 0, 200});
    assert_int_equal(take(scene), ERR_OK);
    assert_null(live_edition_past(scene->edition, 199));
    assert_non_null(live_edition_past(scene->edition, 200));
    end(scene);
}

static void test_segments_that_need_others_are_known(void **state)
{
    (void)state;
    struct scene *scene = begin();
    put_whole(scene, 5, true);
    assert_int_equal(take(scene), ERR_OK);
    assert_false(scene->edition->has_dependent);
    struct live_segment segment = {CHANNEL, 0, info_of(6, true)};
    segment.segment.is_dependent = true;
    segment.segment.duration = 2 * LIVE_HZ;
    live_put_part(&scene->out, &(struct live_part){.channel = CHANNEL,
                                                   .duration = 2 * LIVE_HZ,
                                                   .segment = segment.segment,
                                                   .bytes = STR("moof")});
    assert_int_equal(take(scene), ERR_OK);
    assert_true(scene->edition->has_dependent);
    live_put_segment(&scene->out, &segment);
    for (uint64_t i = 7; i < 60; i++)
        put_whole(scene, i, true);
    assert_int_equal(take(scene), ERR_OK);
    assert_true(scene->edition->past->has_dependent);
    assert_true(scene->edition->has_dependent);
    live_put_pruned(&scene->out, &(struct live_pruned){CHANNEL, 0, 7});
    put_part(scene, 60, 0);
    assert_int_equal(take(scene), ERR_OK);
    assert_false(scene->edition->has_dependent);
    end(scene);
}

static void test_nothing_is_shown_until_all_was_told(void **state)
{
    (void)state;
    struct scene *scene = begin();
    put_whole(scene, 5, true);
    assert_int_equal(take(scene), ERR_OK);
    unsigned before = scene->editions;
    put(scene, MESSAGE_LIVE_BEGIN);
    live_put_channel(&scene->out, &news);
    put_part(scene, 9, 0);
    assert_int_equal(take(scene), ERR_OK);
    assert_int_equal(scene->editions, before);
    put(scene, MESSAGE_LIVE_READY);
    assert_int_equal(take(scene), ERR_OK);
    assert_null(live_edition_segment(scene->edition, 5));
    assert_non_null(live_edition_segment(scene->edition, 9));
    put(scene, MESSAGE_LIVE_BEGIN); /* and now there is no channel */
    put(scene, MESSAGE_LIVE_READY);
    message_put(&scene->out, MESSAGE_LIVE_BEGIN, 0);
    struct str rest = buf_str(&scene->out);
    struct message message;
    struct live_change change;
    for (int i = 0; i < 2 && !message_next(&rest, &message); i++)
        assert_int_equal(live_origin_take(scene->origin, &message), ERR_OK);
    assert_true(live_origin_next(scene->origin, &change));
    assert_true(change.is_gone);
    end(scene);
}

static void test_what_is_none_of_it_is_refused(void **state)
{
    (void)state;
    struct scene *scene = begin();
    put(scene, MESSAGE_HELLO);
    assert_int_equal(take(scene), ERR_INVALID);
    put(scene, MESSAGE_LIVE_PART);
    assert_int_equal(take(scene), ERR_INVALID);
    live_put_pruned(&scene->out, &(struct live_pruned){CHANNEL + 1, 0, 5});
    assert_int_equal(take(scene), ERR_INVALID);
    live_put_pruned(&scene->out, &(struct live_pruned){CHANNEL, 3, 5});
    assert_int_equal(take(scene), ERR_INVALID);
    end(scene);
}

static void *read_texts(void *argument)
{
    struct live_edition *edition = argument;
    struct live_text *first = live_edition_text(edition, LIVE_TEXT_LOW_LATENCY);
    for (int kind = 0; kind < LIVE_TEXT_KINDS; kind++) {
        struct live_text *text =
            live_edition_text(edition, (enum live_text_kind)kind);
        assert_true(text->raw.len > 0);
        live_text_release(text);
    }
    /* Whoever reads it slowly keeps it, and nothing else. */
    live_edition_release(edition);
    assert_true(str_starts_with(first->raw, STR("#EXTM3U")));
    live_text_release(first);
    return first;
}

static void test_all_threads_share_one_playlist(void **state)
{
    (void)state;
    struct scene *scene = begin();
    for (uint64_t i = 0; i < 100; i++)
        put_whole(scene, i, true);
    assert_int_equal(take(scene), ERR_OK);
    pthread_t threads[THREADS];
    void *texts[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_texts,
                                        live_edition_hold(scene->edition)),
                         0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], &texts[i]);
    for (int i = 1; i < THREADS; i++)
        assert_ptr_equal(texts[i], texts[0]);
    end(scene);
}

static void see(struct live_viewers_table *table, unsigned number, int64_t us)
{
    char token[LIVE_TOKEN_BYTES + 1];
    snprintf(token, sizeof token, "%016x", number);
    live_viewers_see(table, str_from_c(token), us);
}

static void *see_all(void *table)
{
    for (unsigned i = 0; i < TOKENS; i++)
        see(table, i, 1000000);
    return NULL;
}

static void test_viewers_are_those_of_the_last_ten_seconds(void **state)
{
    (void)state;
    struct live_viewers_table *table = live_viewers_create();
    const int64_t second = 1000000;
    for (unsigned i = 0; i < 200; i++)
        see(table, i, second);
    live_viewers_see(table, STR("someone"), second);
    live_viewers_see(table, STR("XXXXXXXXXXXXXXXX"), second);
    assert_int_equal(live_viewers_count(table, second), 200);
    for (unsigned i = 0; i < 50; i++)
        see(table, i, 9 * second);
    assert_int_equal(live_viewers_count(table, 10 * second), 200);
    assert_int_equal(live_viewers_count(table, 12 * second), 50);
    assert_int_equal(live_viewers_count(table, 20 * second), 0);
    live_viewers_release(table);
}

static void test_threads_count_one_viewer_once(void **state)
{
    (void)state;
    struct live_viewers_table *table = live_viewers_create();
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, see_all, table), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    see_all(table);
    /* Two may have been at the same one in the same moment. */
    assert_in_range(live_viewers_count(table, 2000000), TOKENS,
                    TOKENS + TOKENS / 50);
    live_viewers_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_captions_are_listed_by_their_language),
        cmocka_unit_test(test_a_segment_is_its_parts),
        cmocka_unit_test(test_what_was_told_already_changes_nothing),
        cmocka_unit_test(test_a_hole_begins_the_playlist_anew),
        cmocka_unit_test(test_old_segments_stay_when_a_file_has_them),
        cmocka_unit_test(test_segments_that_need_others_are_known),
        cmocka_unit_test(test_nothing_is_shown_until_all_was_told),
        cmocka_unit_test(test_what_is_none_of_it_is_refused),
        cmocka_unit_test(test_all_threads_share_one_playlist),
        cmocka_unit_test(test_viewers_are_those_of_the_last_ten_seconds),
        cmocka_unit_test(test_threads_count_one_viewer_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
