// SPDX-License-Identifier: Apache-2.0
#include "content/calendar.h"

#include <assert.h>

#include "base/time.h"
#include "content/change.h"
#include "content/content.h"
#include "content/edit.h"
#include "content/zone.h"
#include "render/locale.h"

static enum err find_midnight(struct db *db, int64_t now_us,
                              int64_t *ret_midnight_us, struct fault *fault)
{
    DEFER(zone_close) struct zone zone = {0};
    enum err err = zone_open(&zone, db, fault);
    if (!err)
        *ret_midnight_us = locale_next_midnight(zone.locale, now_us);
    return err;
}

/* The cursor of a follower that follows the days (or the hours): the end of the
 * last one that was noted. */
static enum err note_turn(struct edit *edit, const char *key, int64_t end_us)
{
    int64_t noted_us = 0;
    struct str follower = str_from_c(key);
    enum err err = follower_seq(edit->db, follower, &noted_us);
    if (err)
        return db_fault(edit->db, err, edit->fault);
    if (noted_us == end_us)
        return ERR_OK;
    change_note(edit, follower, key);
    err = follower_advance(edit, follower, end_us);
    return err ? err : edit_commit(edit);
}

enum err calendar_turn_day(struct content *content, int64_t now_us,
                           int64_t *ret_next_us, struct fault *fault)
{
    assert(content);
    assert(ret_next_us);
    DEFER(edit_end) struct edit edit = {0};
    int64_t midnight_us = 0;
    enum err err = edit_begin(&edit, content, STR("calendar"), fault);
    if (!err)
        err = find_midnight(edit.db, now_us, &midnight_us, fault);
    if (!err)
        err = note_turn(&edit, "day", midnight_us);
    if (!err)
        *ret_next_us = midnight_us;
    return err;
}

enum err calendar_turn_hour(struct content *content, int64_t now_us,
                            int64_t *ret_next_us, struct fault *fault)
{
    assert(content);
    assert(ret_next_us);
    DEFER(edit_end) struct edit edit = {0};
    int64_t hour_us = 3600 * TIME_US_PER_SECOND;
    int64_t next_us = now_us - now_us % hour_us + hour_us;
    enum err err = edit_begin(&edit, content, STR("calendar"), fault);
    if (!err)
        err = note_turn(&edit, "hour", next_us);
    if (!err)
        *ret_next_us = next_us;
    return err;
}
