// SPDX-License-Identifier: Apache-2.0
/* The live blogs of the sample newspaper: posts as content/live_json.h has
 * them, with an age in place of a time, and what happened to them later. */
#include "content/edit.h"
#include "content/live.h"
#include "content/live_json.h"
#include "exchange/demo_internal.h"

struct making {
    const struct demo_live *live;
    struct edit *edit;
    struct arena *arena;
};

static enum err read_age(const struct making *making, const json_t *object,
                         int64_t *ret_time_us)
{
    int64_t age_us;
    if (!demo_parse_age(demo_text(object, "age"), &age_us))
        return fault_set(making->edit->fault, ERR_INVALID, "demo.json",
                         "%.*s: an age has to be of the form P2DT3H15M",
                         ARG_STR(making->live->file));
    *ret_time_us = making->live->now_us - age_us;
    return ERR_OK;
}

static enum err add_history(const struct making *making, const json_t *object,
                            const struct id *post)
{
    const json_t *correction = json_object_get(object, "correction");
    const json_t *removed = json_object_get(object, "removed");
    int64_t time_us = 0;
    enum err err = ERR_OK;
    if (correction)
        err = read_age(making, correction, &time_us);
    if (!err && correction)
        err = live_post_correct(making->edit, post,
                                demo_text(correction, "text"), time_us);
    if (!err && removed)
        err = read_age(making, removed, &time_us);
    if (!err && removed)
        err = live_post_remove(making->edit, post, demo_text(removed, "reason"),
                               time_us);
    return err;
}

static enum err add_post(const struct making *making, const json_t *object)
{
    struct live_post_input input = {
        .article = making->live->article,
        .headline = STR(""),
        .body = STR(""),
    };
    struct edit *edit = making->edit;
    struct id post;
    enum err err = live_json_read(object, edit->db, making->live->language,
                                  making->arena, &input, edit->fault);
    if (!err)
        err = read_age(making, object, &input.time_us);
    if (!err)
        err = live_post_save(edit, &input, &post);
    return err ? err : add_history(making, object, &post);
}

enum err demo_make_live(struct edit *edit, const struct demo_live *live,
                        struct arena *arena)
{
    const struct making making = {live, edit, arena};
    const json_t *posts = json_object_get(live->json, "posts");
    enum err err = live_start(edit, &live->article, live->started_us);
    for (size_t i = 0; !err && i < json_array_size(posts); i++)
        err = add_post(&making, json_array_get(posts, i));
    if (!err && live->ended_us)
        err = live_end(edit, &live->article, live->ended_us);
    return err;
}
