// SPDX-License-Identifier: Apache-2.0
#include "content/article_times.h"

#include "content/article.h"
#include "content/edit.h"
#include "content/schedule.h"
#include "content/workflow.h"
#include "content/zone.h"
#include "render/locale.h"

/* ---- Typed -----------------------------------------------------------------
 */

enum err article_times_parse(struct db *db, const char *name, struct str text,
                             int64_t *ret_time_us, struct fault *fault)
{
    if (str_eq(text, STR("none"))) {
        *ret_time_us = 0;
        return ERR_OK;
    }
    DEFER(zone_close) struct zone zone = {0};
    enum err err = zone_open(&zone, db, fault);
    return err ? err
               : locale_parse_time(zone.locale, text, name, ret_time_us, fault);
}

const char *const article_times_members[] = {
    "scheduled", "embargoed", "embargoed_reason", "expires", NULL,
};

/* ---- In JSON ---------------------------------------------------------------
 */

struct times {
    struct edit *edit;
    const json_t *object;
    struct article article; /* as it is */
    struct fault *fault;
};

/* Leaves *time_us as it is when there is no such member. */
static enum err read_time(const struct times *times, const char *name,
                          int64_t *time_us)
{
    const json_t *value = json_object_get(times->object, name);
    if (!value)
        return ERR_OK;
    if (!json_is_null(value) && !json_is_string(value))
        return fault_set(times->fault, ERR_INVALID, name,
                         "%s has to be a time as text, or null", name);
    struct str text = json_is_null(value) ? STR("none")
                                          : str_of(json_string_value(value),
                                                   json_string_length(value));
    return article_times_parse(times->edit->db, name,
                               text.len ? text : STR("none"), time_us,
                               times->fault);
}

static enum err set_embargo(const struct times *times, int64_t embargo_us)
{
    struct str reason = times->article.embargo_reason;
    const json_t *value = json_object_get(times->object, "embargoed_reason");
    if (value && !json_is_string(value) && !json_is_null(value))
        return fault_set(times->fault, ERR_INVALID, "embargoed_reason",
                         "embargoed_reason has to be a text");
    if (value)
        reason = str_of(json_string_value(value), json_string_length(value));
    if (!embargo_us)
        reason = STR("");
    if (embargo_us == times->article.embargo_us &&
        str_eq(reason, times->article.embargo_reason))
        return ERR_OK;
    return article_set_embargo(times->edit, &times->article.id, embargo_us,
                               reason);
}

static enum err set_schedule(const struct times *times, int64_t scheduled_us)
{
    const struct id *id = &times->article.id;
    if (scheduled_us)
        return article_schedule(times->edit, id, scheduled_us);
    return times->article.state == ARTICLE_SCHEDULED
               ? article_set_state(times->edit, id, ARTICLE_READY)
               : ERR_OK;
}

/* Most articles have none, and are saved and published without being looked at
 * again. */
static bool has_times(const json_t *object)
{
    for (const char *const *name = article_times_members; *name; name++)
        if (json_object_get(object, *name))
            return true;
    return false;
}

enum err article_times_read(const json_t *object, struct edit *edit,
                            const struct id *id, struct fault *fault)
{
    struct times times = {.edit = edit, .object = object, .fault = fault};
    if (!has_times(object))
        return ERR_OK;
    enum err err = article_load(edit->db, id, &edit->arena, &times.article);
    if (err)
        return db_fault(edit->db, err, fault);
    const struct article *was = &times.article;
    int64_t embargo_us = was->embargo_us, expires_us = was->expires_us;
    int64_t scheduled_us = was->scheduled_us;
    err = read_time(&times, "embargoed", &embargo_us);
    if (!err)
        err = read_time(&times, "expires", &expires_us);
    if (!err)
        err = read_time(&times, "scheduled", &scheduled_us);
    /* They are checked against each other: the old expiry time must not stand
     * in the way of new times. */
    bool other_expiry = expires_us != was->expires_us;
    if (!err && other_expiry && was->expires_us)
        err = article_set_expiry(edit, id, 0);
    if (!err)
        err = set_embargo(&times, embargo_us);
    if (!err && scheduled_us != was->scheduled_us)
        err = set_schedule(&times, scheduled_us);
    if (!err && other_expiry && expires_us)
        err = article_set_expiry(edit, id, expires_us);
    return err;
}
