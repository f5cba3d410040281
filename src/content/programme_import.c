// SPDX-License-Identifier: Apache-2.0
#include "content/programme_import.h"

#include <assert.h>

#include "base/time.h"
#include "content/channel.h"
#include "content/edit_internal.h"
#include "content/programme_internal.h"
#include "content/row_internal.h"

#define MOVED_US (PROGRAMME_MOVED_SECONDS * TIME_US_PER_SECOND)

/* One that is there. */
struct known {
    const struct programme *programme;
    bool is_taken; /* it is among those that come */
};

struct importing {
    struct edit *edit;
    struct id channel_id;
    struct programme *programmes;  /* that come */
    const struct programme **were; /* each of them until now, or NULL */
    size_t count;
    int64_t from_us, to_us;
    struct known *known; /* by start */
    size_t known_count;
    struct programme_import done;
};

/* ---- Checking ---------------------------------------------------------------
 */

static enum err refuse_clash(struct fault *fault, const struct programme *one,
                             const struct programme *next)
{
    char start[TIME_RFC3339_BYTES], end[TIME_RFC3339_BYTES];
    char begins[TIME_RFC3339_BYTES];
    time_format_rfc3339(one->start_us, start);
    time_format_rfc3339(one->end_us, end);
    time_format_rfc3339(next->start_us, begins);
    return fault_set(fault, ERR_CONFLICT, "start",
                     "'%" PRI_STR "' is on from %s to %s, so '%" PRI_STR
                     "' cannot begin at %s; on a channel one programme is on "
                     "at a time",
                     ARG_STR(one->title), start, end, ARG_STR(next->title),
                     begins);
}

static enum err check_all(const struct importing *importing, size_t *ret_wrong)
{
    const struct programme *all = importing->programmes;
    for (size_t i = 0; i < importing->count; i++) {
        enum err err = programme_check(&all[i], importing->edit->fault);
        if (!err && i && all[i].start_us < all[i - 1].end_us)
            err = refuse_clash(importing->edit->fault, &all[i - 1], &all[i]);
        if (err) {
            *ret_wrong = i;
            return err;
        }
    }
    return ERR_OK;
}

/* ---- Knowing them again -----------------------------------------------------
 */

static enum err load_known(struct importing *importing)
{
    struct edit *edit = importing->edit;
    struct programme_list list;
    enum err err =
        programme_during(edit->db, &importing->channel_id, importing->from_us,
                         importing->to_us, INT32_MAX, &edit->arena, &list);
    if (err)
        return edit_failed(edit, err);
    importing->known_count = list.count;
    importing->known = arena_array(&edit->arena, struct known, list.count);
    for (size_t i = 0; i < list.count; i++)
        importing->known[i] = (struct known){&list.programmes[i], false};
    return ERR_OK;
}

/* The first that begins at time_us or later. */
static size_t known_from(const struct importing *importing, int64_t time_us)
{
    size_t low = 0, high = importing->known_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (importing->known[middle].programme->start_us < time_us)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void take(struct importing *importing, size_t at, struct known *known)
{
    known->is_taken = true;
    importing->were[at] = known->programme;
}

static void match_start(struct importing *importing, bool by_title)
{
    for (size_t i = 0; i < importing->count; i++) {
        const struct programme *programme = &importing->programmes[i];
        size_t at = known_from(importing, programme->start_us);
        if (importing->were[i] || at == importing->known_count)
            continue;
        struct known *known = &importing->known[at];
        if (!known->is_taken &&
            known->programme->start_us == programme->start_us &&
            (!by_title || str_eq(known->programme->title, programme->title)))
            take(importing, i, known);
    }
}

static bool may_have_moved(const struct programme *from,
                           const struct programme *to, int64_t now_us)
{
    if (!str_eq(from->title, to->title))
        return false;
    if (from->end_us > now_us && to->end_us > now_us)
        return true;
    return from->start_us < to->end_us && to->start_us < from->end_us;
}

static void match_moved(struct importing *importing, size_t i)
{
    const struct programme *programme = &importing->programmes[i];
    int64_t now_us = importing->edit->time_us, nearest_us = INT64_MAX;
    struct known *nearest = NULL;
    size_t at = known_from(importing, programme->start_us - MOVED_US);
    for (; at < importing->known_count; at++) {
        struct known *known = &importing->known[at];
        int64_t by_us = known->programme->start_us - programme->start_us;
        if (by_us > MOVED_US)
            break;
        by_us = by_us < 0 ? -by_us : by_us;
        if (known->is_taken || by_us >= nearest_us ||
            !may_have_moved(known->programme, programme, now_us))
            continue;
        nearest = known;
        nearest_us = by_us;
    }
    if (nearest)
        take(importing, i, nearest);
}

static void match_all(struct importing *importing)
{
    match_start(importing, true);
    for (size_t i = 0; i < importing->count; i++)
        if (!importing->were[i])
            match_moved(importing, i);
    match_start(importing, false);
}

/* ---- Writing ----------------------------------------------------------------
 */

static bool is_same(const struct programme *a, const struct programme *b)
{
    return a->start_us == b->start_us && a->end_us == b->end_us &&
           str_eq(a->title, b->title) &&
           str_eq(a->description, b->description) &&
           str_eq(a->category, b->category) &&
           str_eq(a->language, b->language) && a->repeat == b->repeat;
}

static enum err delete_one(struct edit *edit, const struct id *id)
{
    return edit_run(edit, "DELETE FROM programme WHERE id = $1", DB_ID(id));
}

/* What was on when the first begins is shortened; the others go. */
static enum err put_away(struct importing *importing)
{
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < importing->known_count; i++) {
        const struct programme *one = importing->known[i].programme;
        if (importing->known[i].is_taken)
            continue;
        if (one->start_us < importing->from_us) {
            importing->done.changed++;
            err = edit_run(importing->edit,
                           "UPDATE programme SET end_us = $1 WHERE id = $2",
                           DB_I64(importing->from_us), DB_ID(&one->id));
        } else {
            importing->done.removed++;
            err = delete_one(importing->edit, &one->id);
        }
    }
    return err;
}

/* All that move leave their places before any is put into one. */
static enum err put_in_place(struct importing *importing)
{
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < importing->count; i++) {
        struct programme *programme = &importing->programmes[i];
        const struct programme *was = importing->were[i];
        programme->channel = importing->channel_id;
        programme->id = was ? was->id : id_make();
        if (!was)
            continue;
        programme->keep_days = was->keep_days;
        if (!is_same(was, programme))
            err = delete_one(importing->edit, &was->id);
    }
    for (size_t i = 0; !err && i < importing->count; i++) {
        const struct programme *was = importing->were[i];
        if (was && is_same(was, &importing->programmes[i])) {
            importing->done.same++;
            continue;
        }
        *(was ? &importing->done.changed : &importing->done.added) += 1;
        err = programme_insert(importing->edit, &importing->programmes[i]);
    }
    return err;
}

static enum err run(struct importing *importing)
{
    enum err err = load_known(importing);
    if (err)
        return err;
    match_all(importing);
    err = put_away(importing);
    return err ? err : put_in_place(importing);
}

enum err programme_import(struct edit *edit, struct str channel,
                          struct programme *programmes, size_t count,
                          struct programme_import *ret_done, size_t *ret_wrong)
{
    assert(count > 0);
    DEFER(edit_step_end) struct edit_step step = {0};
    struct channel of;
    struct importing importing = {
        .edit = edit,
        .programmes = programmes,
        .were = arena_array(&edit->arena, const struct programme *, count),
        .count = count,
        .from_us = programmes[0].start_us,
        .to_us = programmes[count - 1].end_us,
    };
    enum err err = check_all(&importing, ret_wrong);
    if (!err)
        err = edit_step_begin(&step, edit);
    if (!err)
        err = programme_channel(edit, channel, &of);
    if (err)
        return err;
    importing.channel_id = of.id;
    err = run(&importing);
    if (err)
        return err;
    const struct programme_import *done = &importing.done;
    if (done->added || done->changed || done->removed)
        programme_note(edit, channel, "programme");
    err = edit_step_commit(&step);
    if (!err)
        *ret_done = *done;
    return err;
}
