// SPDX-License-Identifier: Apache-2.0
#include "start.h"
#include "base/json_text.h"

#include <jansson.h>

enum {
    HZ = PART_CLOCK_HZ,
    PART_DEFAULT = HZ / 2,
    SEGMENT_DEFAULT = 2 * HZ,
    SEGMENT_MAX = 60 * HZ,
    SLATE_SECONDS_DEFAULT = 600,
    SLATE_SECONDS_MAX = 24 * 3600,
    IDLE_MS_DEFAULT = 1000,
    IDLE_MS_MAX = 60000,
    SHED_MS_DEFAULT = 800,
};

static void drop_json(json_t **json)
{
    json_decref(*json);
}

/* The number, or what stands for a missing one; -1 when it is none of least to
 * most. */
static int64_t get_number(const json_t *object, const char *key, int64_t least,
                          int64_t most, int64_t missing)
{
    const json_t *value = json_object_get(object, key);
    if (!value)
        return missing;
    int64_t number = json_integer_value(value);
    return json_is_integer(value) && number >= least && number <= most ? number
                                                                       : -1;
}

static int find_rendition(const char *name)
{
    for (unsigned i = 0; name && i < PART_RENDITIONS_MAX; i++)
        if (strcmp(name, part_rendition_name(i)) == 0)
            return (int)i;
    return -1;
}

static bool read_limits(const json_t *json, struct start *start)
{
    struct cutter_limits *limits = &start->limits;
    limits->part =
        get_number(json, "part_ticks", HZ / 10, 5 * HZ, PART_DEFAULT);
    limits->part_max = get_number(json, "part_ticks_max", limits->part, 10 * HZ,
                                  limits->part * 108 / 100);
    limits->segment = get_number(json, "segment_ticks", limits->part,
                                 SEGMENT_MAX, SEGMENT_DEFAULT);
    limits->segment_max = get_number(json, "segment_ticks_max", limits->segment,
                                     SEGMENT_MAX, limits->segment * 3);
    int64_t seconds = get_number(json, "slate_seconds", 0, SLATE_SECONDS_MAX,
                                 SLATE_SECONDS_DEFAULT);
    int64_t idle_ms =
        get_number(json, "slate_after_ms", 100, IDLE_MS_MAX, IDLE_MS_DEFAULT);
    int64_t shed_ms =
        get_number(json, "shed_after_ms", 100, IDLE_MS_MAX, SHED_MS_DEFAULT);
    start->shed_us = shed_ms * 1000;
    start->slate_ticks = seconds * HZ;
    start->idle_us = idle_ms * 1000;
    return limits->part > 0 && limits->part_max > 0 && limits->segment > 0 &&
           limits->segment_max > 0 && seconds >= 0 && idle_ms > 0 &&
           shed_ms > 0;
}

static bool read_ladder(const json_t *json, struct start *start)
{
    const json_t *ladder = json_object_get(json, "ladder");
    for (size_t i = 0; i < json_array_size(ladder); i++) {
        int index =
            find_rendition(json_string_value(json_array_get(ladder, i)));
        if (index < 0)
            return false;
        start->renditions[index].is_wanted = true;
    }
    return json_array_size(ladder) > 0;
}

static bool read_from(json_t *from, struct start *start)
{
    const char *name;
    json_t *pair;
    json_object_foreach(from, name, pair)
    {
        int index = find_rendition(name);
        const json_t *tick = json_array_get(pair, 0);
        const json_t *segment = json_array_get(pair, 1);
        if (index < 0 || !json_is_integer(tick) || !json_is_integer(segment) ||
            json_integer_value(tick) < 0 || json_integer_value(segment) < 0)
            return false;
        start->renditions[index].has_from = true;
        start->renditions[index].from = json_integer_value(tick);
        start->renditions[index].segment = json_integer_value(segment);
    }
    return !from || json_is_object(from);
}

enum err start_read(struct str json, struct start *ret_start,
                    struct fault *fault)
{
    struct json_text_fault found;
    struct start start = {0};
    DEFER(drop_json)
    json_t *root = json_text_read(json, &found);
    if (!root)
        return fault_set(fault, ERR_INVALID, "start", "no JSON: %s",
                         found.cause);
    if (!read_limits(root, &start))
        return fault_set(fault, ERR_INVALID, "part_ticks",
                         "the lengths of parts and segments do not fit "
                         "together");
    if (!read_ladder(root, &start))
        return fault_set(fault, ERR_INVALID, "ladder",
                         "the ladder names no rendition, or one that is not "
                         "known");
    if (!read_from(json_object_get(root, "from"), &start))
        return fault_set(fault, ERR_INVALID, "from",
                         "where to go on is not a pair of ticks of each "
                         "rendition");
    *ret_start = start;
    return ERR_OK;
}
