// SPDX-License-Identifier: Apache-2.0
#include "cli/desk_recordings.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/repeat.h"
#include "base/time.h"
#include "content/content.h"
#include "content/edit.h"
#include "content/recording.h"
#include "playout/recording.h"

enum {
    LOOK_EVERY_MS = 1000,
    AFTER_FAILURE_MS = 60 * 1000,
    AT_ONCE = 16,
    NICENESS = 10,
    CHECKED_AT_ONCE = 100000,
};

struct desk_recordings {
    struct content *content;
    char folder[PATH_MAX]; /* live/ */
    struct repeat repeat;
    bool is_checked; /* once, at the beginning */
};

static bool is_stopping(void *context)
{
    struct desk_recordings *recordings = context;
    return repeat_is_stopping(&recordings->repeat);
}

/* One change in a transaction of its own. */
static enum err change(struct desk_recordings *recordings,
                       enum err (*what)(struct edit *edit,
                                        const struct recording *recording),
                       const struct recording *recording, struct fault *fault)
{
    DEFER(edit_end) struct edit edit = {0};
    enum err err =
        edit_begin(&edit, recordings->content, STR("recordings"), fault);
    if (!err)
        err = what(&edit, recording);
    return err ? err : edit_commit(&edit);
}

static enum err set_made(struct edit *edit, const struct recording *recording)
{
    bool changed;
    enum err err = recording_made(edit, recording);
    /* It may be one too many for its channel. */
    return err ? err : recording_expire(edit, edit->time_us, &changed);
}

static enum err set_nothing(struct edit *edit,
                            const struct recording *recording)
{
    return recording_set_nothing(edit, &recording->of.id);
}

static enum err set_wanted(struct edit *edit, const struct recording *recording)
{
    return recording_set_wanted(edit, &recording->of.id);
}

static enum err set_erased(struct edit *edit, const struct recording *recording)
{
    return recording_erased(edit, &recording->of.id);
}

static enum err list(struct desk_recordings *recordings,
                     enum recording_state state, size_t limit,
                     struct arena *arena, struct recording_list *ret_list,
                     struct fault *fault)
{
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(recordings->content);
    enum err err =
        recording_list_state(lease.db, state, NULL, limit, arena, ret_list);
    return err ? db_fault(lease.db, err, fault) : ERR_OK;
}

/* ---- Making, erasing --------------------------------------------------------
 */

/* What cannot be made today can perhaps in a minute, while the DVR has it. */
static enum err give_up(struct desk_recordings *recordings,
                        const struct recording *recording, enum err err,
                        struct fault *fault)
{
    int64_t late_us = time_now_us() - recording->of.end_us;
    log_error("a programme cannot be recorded",
              LOG_C("id", recording->of.id.text),
              LOG_STR("title", recording->of.title),
              LOG_C("cause", fault_text(fault)));
    if (late_us < RECORDING_LATEST_SECONDS * TIME_US_PER_SECOND)
        return err;
    *fault = (struct fault){0};
    return change(recordings, set_nothing, recording, fault);
}

/* What was not on the air. */
struct missed {
    size_t count;
    struct str title; /* of the first */
};

static struct recording_order order_of(struct desk_recordings *recordings,
                                       const struct recording *recording,
                                       bool is_anew)
{
    return (struct recording_order){
        .live_folder = recordings->folder,
        .id = recording->of.id,
        .channel = recording->of.channel,
        .start_us = recording->of.start_us,
        .end_us = recording->of.end_us,
        .is_anew = is_anew,
        .is_cancelled = is_stopping,
        .context = recordings,
    };
}

static void take_facts(struct recording *made,
                       const struct recording_facts *facts)
{
    made->media_start_us = facts->start_us;
    made->duration_us = facts->duration_us;
    made->bytes = facts->bytes;
    made->width = facts->width;
    made->height = facts->height;
}

static enum err make_one(struct desk_recordings *recordings,
                         const struct recording *wanted, struct missed *missed,
                         struct fault *fault)
{
    int64_t began_us = clock_now_us();
    struct recording made = *wanted;
    struct recording_facts facts;
    const struct recording_order order = order_of(recordings, wanted, false);
    enum err err = recording_cut(&order, &facts, fault);
    if (err == ERR_CLOSED)
        return ERR_OK;
    if (err == ERR_NOT_FOUND) {
        if (!missed->count++)
            missed->title = wanted->of.title;
        return change(recordings, set_nothing, wanted, fault);
    }
    if (err)
        return give_up(recordings, wanted, err, fault);
    take_facts(&made, &facts);
    err = change(recordings, set_made, &made, fault);
    if (!err)
        log_info("a programme is recorded", LOG_C("id", wanted->of.id.text),
                 LOG_STR("title", wanted->of.title),
                 LOG_INT("seconds", facts.duration_us / TIME_US_PER_SECOND),
                 LOG_INT("bytes", facts.bytes),
                 LOG_INT("ms", (clock_now_us() - began_us) / 1000));
    return err;
}

static enum err make_some(struct desk_recordings *recordings,
                          struct arena *arena, struct fault *fault)
{
    struct recording_list wanted;
    struct missed missed = {.count = 0};
    enum err err =
        list(recordings, RECORDING_WANTED, AT_ONCE, arena, &wanted, fault);
    for (size_t i = 0; !err && i < wanted.count && !is_stopping(recordings);
         i++)
        err = make_one(recordings, &wanted.recordings[i], &missed, fault);
    if (missed.count)
        log_info("nothing was on the air: programmes have no recording",
                 LOG_INT("programmes", missed.count),
                 LOG_STR("first", missed.title));
    return err;
}

static enum err set_lengthened(struct edit *edit,
                               const struct recording *recording)
{
    bool changed;
    enum err err = recording_lengthened(edit, recording, true);
    return err ? err : recording_expire(edit, edit->time_us, &changed);
}

static enum err set_as_it_is(struct edit *edit,
                             const struct recording *recording)
{
    return recording_lengthened(edit, recording, false);
}

/* The one there is can be watched until another is in its place. */
static enum err lengthen_one(struct desk_recordings *recordings,
                             const struct recording *one, struct fault *fault)
{
    struct recording made = *one;
    struct recording_facts facts;
    const struct recording_order order = order_of(recordings, one, true);
    enum err err = recording_cut(&order, &facts, fault);
    if (err == ERR_CLOSED)
        return ERR_OK;
    if (err == ERR_NOT_FOUND || err == ERR_GONE) {
        log_warn("a programme became longer after it was recorded, and cannot "
                 "be recorded again",
                 LOG_C("id", one->of.id.text), LOG_STR("title", one->of.title),
                 LOG_C("cause", fault_text(fault)));
        *fault = (struct fault){0};
        return change(recordings, set_as_it_is, one, fault);
    }
    if (err)
        return err;
    take_facts(&made, &facts);
    err = change(recordings, set_lengthened, &made, fault);
    if (!err)
        log_info("a programme became longer and is recorded to its end",
                 LOG_C("id", one->of.id.text), LOG_STR("title", one->of.title),
                 LOG_INT("seconds", facts.duration_us / TIME_US_PER_SECOND));
    return err;
}

/* What it has of media stays in the DVR as long as everything there does: if
 * the programme becomes longer again meanwhile, so does its recording. */
static enum err shorten_one(struct desk_recordings *recordings,
                            const struct recording *one, struct fault *fault)
{
    struct recording made = *one;
    struct recording_facts facts = {0};
    enum err err = recording_trim(recordings->folder, &one->of.id,
                                  one->of.end_us, &facts, fault);
    bool is_nothing_left = err == ERR_NOT_FOUND;
    if (err == ERR_CORRUPT) {
        log_warn("a programme became shorter after it was recorded; its "
                 "recording cannot be cut",
                 LOG_C("id", one->of.id.text), LOG_STR("title", one->of.title),
                 LOG_C("cause", fault_text(fault)));
        *fault = (struct fault){0};
        return change(recordings, recording_shortened, one, fault); /* once */
    }
    if (is_nothing_left) {
        *fault = (struct fault){0};
        made.state = RECORDING_NOTHING;
        err = recording_erase(recordings->folder, &one->of.id, fault);
    }
    take_facts(&made, &facts);
    if (!err)
        err = change(recordings, recording_shortened, &made, fault);
    if (!err)
        log_info(is_nothing_left
                     ? "a programme became shorter: nothing of its recording "
                       "was on the air before its end"
                     : "a programme became shorter, and its recording with it",
                 LOG_C("id", one->of.id.text), LOG_STR("title", one->of.title),
                 LOG_INT("seconds", facts.duration_us / TIME_US_PER_SECOND));
    return err;
}

typedef enum err list_how(struct db *db, int64_t now_us, size_t limit,
                          struct arena *arena, struct recording_list *ret_list);
typedef enum err change_how(struct desk_recordings *recordings,
                            const struct recording *one, struct fault *fault);

static enum err change_some(struct desk_recordings *recordings,
                            list_how *list_them, change_how *change_one,
                            struct arena *arena, struct fault *fault)
{
    struct recording_list found;
    enum err err;
    {
        DEFER(db_lease_end)
        struct db_lease lease = content_reader(recordings->content);
        err = list_them(lease.db, time_now_us(), AT_ONCE, arena, &found);
        if (err)
            return db_fault(lease.db, err, fault);
    }
    for (size_t i = 0; !err && i < found.count && !is_stopping(recordings); i++)
        err = change_one(recordings, &found.recordings[i], fault);
    return err;
}

static enum err erase_some(struct desk_recordings *recordings,
                           struct arena *arena, struct fault *fault)
{
    struct recording_list removed;
    enum err err =
        list(recordings, RECORDING_REMOVED, AT_ONCE, arena, &removed, fault);
    for (size_t i = 0; !err && i < removed.count; i++) {
        const struct recording *one = &removed.recordings[i];
        err = recording_erase(recordings->folder, &one->of.id, fault);
        if (!err)
            err = change(recordings, set_erased, one, fault);
        if (!err)
            log_info("a recording is erased", LOG_C("id", one->of.id.text),
                     LOG_STR("title", one->of.title));
    }
    return err;
}

static enum err plan(struct desk_recordings *recordings, struct fault *fault)
{
    int64_t now_us = time_now_us();
    bool due = false, changed;
    {
        DEFER(db_lease_end)
        struct db_lease lease = content_reader(recordings->content);
        enum err err = recording_is_due(lease.db, now_us, &due);
        if (err)
            return db_fault(lease.db, err, fault);
    }
    if (!due)
        return ERR_OK;
    DEFER(edit_end) struct edit edit = {0};
    enum err err =
        edit_begin(&edit, recordings->content, STR("recordings"), fault);
    if (!err)
        err = recording_plan(&edit, now_us, &changed);
    if (!err)
        err = recording_expire(&edit, now_us, &changed);
    return err ? err : edit_commit(&edit);
}

static enum err look(struct desk_recordings *recordings)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct fault fault = {0};
    enum err err = plan(recordings, &fault);
    if (!err) /* first, so that there is room */
        err = erase_some(recordings, &arena, &fault);
    if (!err)
        err = make_some(recordings, &arena, &fault);
    if (!err) /* of one that moved as a whole, this much is true already */
        err = change_some(recordings, recording_list_long, shorten_one, &arena,
                          &fault);
    if (!err)
        err = change_some(recordings, recording_list_short, lengthen_one,
                          &arena, &fault);
    if (err && err != ERR_FULL)
        log_error("recordings of programmes are not made for a minute",
                  LOG_C("cause", fault_text(&fault)));
    return err;
}

/* ---- What is there ----------------------------------------------------------
 */

static enum err check_state(struct desk_recordings *recordings,
                            enum recording_state state, bool is_there,
                            struct arena *arena, struct fault *fault)
{
    struct recording_list all;
    enum err err = list(recordings, state, CHECKED_AT_ONCE, arena, &all, fault);
    for (size_t i = 0; !err && i < all.count; i++) {
        const struct recording *one = &all.recordings[i];
        if (recording_exists(recordings->folder, &one->of.id) == is_there)
            continue;
        log_warn(is_there ? "the files of a recording are not there; its page "
                            "does not offer it any more"
                          : "the files of a recording are there after all",
                 LOG_C("id", one->of.id.text), LOG_STR("title", one->of.title));
        err =
            change(recordings, is_there ? set_nothing : set_wanted, one, fault);
    }
    return err;
}

/* A newspaper that was restored, or moved, may lack files that its database
 * tells of. */
static void check(struct desk_recordings *recordings)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct fault fault = {0};
    recording_clean(recordings->folder);
    enum err err =
        check_state(recordings, RECORDING_READY, true, &arena, &fault);
    if (!err)
        err = check_state(recordings, RECORDING_NOTHING, false, &arena, &fault);
    if (err)
        log_error("it cannot be looked which recordings are there",
                  LOG_C("cause", fault_text(&fault)));
}

/* ---- The thread -------------------------------------------------------------
 */

static int64_t run(void *context)
{
    struct desk_recordings *recordings = context;
    if (!recordings->is_checked) {
        setpriority(PRIO_PROCESS, (id_t)gettid(), NICENESS); /* this thread */
        check(recordings);
        recordings->is_checked = true;
    }
    return (look(recordings) ? AFTER_FAILURE_MS : LOOK_EVERY_MS) *
           INT64_C(1000);
}

enum err desk_recordings_start(struct content *content, const char *directory,
                               struct desk_recordings **ret)
{
    assert(content && ret);
    struct desk_recordings *recordings = calloc(1, sizeof *recordings);
    if (!recordings)
        return ERR_NO_MEMORY;
    recordings->content = content;
    snprintf(recordings->folder, sizeof recordings->folder, "%s/live",
             directory);
    enum err err = repeat_start(&recordings->repeat, run, recordings);
    if (err)
        free(recordings);
    else
        *ret = recordings;
    return err;
}

void desk_recordings_stop(struct desk_recordings *recordings)
{
    if (!recordings)
        return;
    repeat_stop(&recordings->repeat);
    free(recordings);
}
