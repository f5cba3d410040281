// SPDX-License-Identifier: Apache-2.0
#include "site/event.h"

#include "base/log.h"
#include "render/value.h"
#include "render/value_json.h"

enum { TOLD_ONE_BY_ONE = 8 }; /* of a topic, at once */

/* The keys that are news to open pages. */
static const struct {
    struct str kind; /* what the key begins with */
    enum err (*make)(struct event_making *making);
} makers[] = {
    {STR_INIT("news:"), event_of_news},
    {STR_INIT("alert:"), event_of_alert},
    {STR_INIT("live:"), event_of_live},
    {STR_INIT("channel:"), event_of_channel},
};

static void add(struct event_list *list, struct arena *arena,
                const struct site_event *event)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 16;
        struct site_event *grown =
            arena_array(arena, struct site_event, capacity);
        if (list->count)
            memcpy(grown, list->at, list->count * sizeof *grown);
        list->at = grown;
        list->capacity = capacity;
    }
    list->at[list->count++] = *event;
}

static struct str json(struct arena *arena, const struct value *data)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, EVENT_DATA_BYTES_MAX);
    value_write_json(&out, data);
    return buf_err(&out) ? STR("") : arena_copy(arena, buf_str(&out));
}

void event_tell(struct event_making *making, struct str topic,
                const struct value *data, bool gathers)
{
    struct site_event event = {
        .event = {.number = (uint64_t)making->change->seq,
                  .topic = arena_copy(making->arena, topic),
                  .data = json(making->arena, data)},
        .gathers = gathers,
    };
    if (event.event.data.len && event_topic_is_valid(topic))
        add(making->list, making->arena, &event);
    else
        log_error("a change cannot be told to open pages",
                  LOG_STR("key", making->change->key));
}

/* ---- Many at once ----------------------------------------------------------
 */

static size_t count_gathering(const struct event_list *list, struct str topic)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += list->at[i].gathers && str_eq(list->at[i].event.topic, topic);
    return count;
}

static struct str count_json(struct arena *arena, size_t count)
{
    struct value *data = value_object(arena);
    value_set_c(data, "type", "many");
    value_set_int(data, "count", (int64_t)count);
    return json(arena, data);
}

/* The last one of the topic becomes the count of all, the others go. */
static void gather(struct event_list *list, struct str topic, size_t count,
                   struct arena *arena)
{
    size_t kept = 0, seen = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct site_event event = list->at[i];
        if (event.gathers && str_eq(event.event.topic, topic)) {
            if (++seen < count)
                continue;
            event.event.data = count_json(arena, count);
            event.gathers = false;
        }
        list->at[kept++] = event;
    }
    list->count = kept;
}

static void gather_all(struct event_list *list, struct arena *arena)
{
    for (size_t i = 0; i < list->count;) {
        struct str topic = list->at[i].event.topic;
        size_t count = list->at[i].gathers ? count_gathering(list, topic) : 0;
        if (count > TOLD_ONE_BY_ONE)
            gather(list, topic, count, arena);
        else
            i++;
    }
}

static enum err make(struct event_making *making)
{
    struct str key = making->change->key;
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
        if (!str_starts_with(key, makers[i].kind))
            continue;
        making->name = str_from(key, makers[i].kind.len);
        enum err err = makers[i].make(making);
        if (err)
            return err;
    }
    return ERR_OK;
}

enum err events_make(struct site *site, struct db *db,
                     const struct change_list *changes, struct arena *arena,
                     struct event_list *list)
{
    struct event_list made = {.count = 0};
    for (size_t i = 0; i < changes->count; i++) {
        struct event_making making = {
            .site = site,
            .db = db,
            .arena = arena,
            .change = &changes->changes[i],
            .list = &made,
        };
        enum err err = make(&making);
        if (err)
            return err;
    }
    gather_all(&made, arena);
    for (size_t i = 0; i < made.count; i++)
        add(list, arena, &made.at[i]);
    return ERR_OK;
}
