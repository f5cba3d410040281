// SPDX-License-Identifier: Apache-2.0
#include "content/calendar.h"

#include <assert.h>

#include "base/arena.h"
#include "content/change.h"
#include "content/content.h"
#include "content/edit.h"
#include "content/settings.h"
#include "render/locale.h"

/* The cursor of a follower that follows the days: the end of the last day that
 * was noted. */
#define FOLLOWER STR("day")

static enum err find_midnight(struct db *db, int64_t now_us,
                              int64_t *ret_midnight_us, struct fault *fault)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct settings settings;
    enum err err = settings_load(db, STR(""), &arena, &settings);
    if (err)
        return db_fault(db, err, fault);
    struct locales *locales = locales_create();
    const struct locale *locale;
    err = locales_get(locales, STR("en"), settings.zone, &locale, fault);
    if (!err)
        *ret_midnight_us = locale_next_midnight(locale, now_us);
    locales_destroy(locales);
    return err;
}

enum err calendar_turn_day(struct content *content, int64_t now_us,
                           int64_t *ret_next_us, struct fault *fault)
{
    assert(content);
    assert(ret_next_us);
    DEFER(edit_end) struct edit edit = {0};
    int64_t midnight_us = 0, noted_us = 0;
    enum err err = edit_begin(&edit, content, STR("calendar"), fault);
    if (!err)
        err = find_midnight(edit.db, now_us, &midnight_us, fault);
    if (!err && (err = follower_seq(edit.db, FOLLOWER, &noted_us)))
        db_fault(edit.db, err, fault);
    if (!err && noted_us != midnight_us) {
        change_note(&edit, STR("day"), "day");
        err = follower_advance(&edit, FOLLOWER, midnight_us);
        if (!err)
            err = edit_commit(&edit);
    }
    if (!err)
        *ret_next_us = midnight_us;
    return err;
}
