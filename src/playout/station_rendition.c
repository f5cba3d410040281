// SPDX-License-Identifier: Apache-2.0
/* What a maker says of a rendition; it is kept beside the recordings. */
#include <jansson.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/json_text.h"
#include "base/log.h"
#include "playout/station_internal.h"

static int rung_named(const char *name)
{
    for (unsigned i = 0; name && i < PART_RENDITIONS_MAX; i++) {
        const char *known = part_rendition_name(i);
        if (known && strcmp(known, name) == 0)
            return (int)i;
    }
    return -1;
}

static uint32_t number_of(const json_t *json, const char *key, double times)
{
    double value = json_number_value(json_object_get(json, key)) * times;
    return value <= 0                  ? 0
           : value > (double)INT32_MAX ? (uint32_t)INT32_MAX
                                       : (uint32_t)(value + 0.5);
}

static enum err read_info(struct rung *rung, const json_t *json)
{
    const char *codecs = json_string_value(json_object_get(json, "codecs"));
    if (!codecs || !live_codecs_is_valid(str_from_c(codecs)) ||
        str_to_c(str_from_c(codecs), rung->codecs, sizeof rung->codecs))
        return ERR_INVALID;
    rung->info.codecs = str_from_c(rung->codecs);
    rung->info.width = number_of(json, "width", 1);
    rung->info.height = number_of(json, "height", 1);
    rung->info.frames_milli = number_of(json, "frames", 1000);
    rung->info.peak_bits = number_of(json, "peak_bits", 1);
    rung->info.mean_bits = number_of(json, "mean_bits", 1);
    rung->has_info = true;
    return ERR_OK;
}

static void name_info(const struct station *station, int at,
                      char target[STATION_PATH_BYTES])
{
    snprintf(target, STATION_PATH_BYTES, "%s/%s/rendition.json",
             station->folder, part_rendition_name((unsigned)at));
}

void station_load_info(struct station *station, int at)
{
    char path[STATION_PATH_BYTES];
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct str text;
    struct fault fault = {0};
    name_info(station, at, path);
    if (file_read(path, STATION_INFO_BYTES_MAX, &arena, &text, &fault))
        return;
    json_t *json = json_text_read(text, NULL);
    if (read_info(&station->rungs[at], json))
        log_warn("what is recorded of a rendition cannot be read",
                 LOG_C("file", path));
    json_decref(json);
}

enum err station_on_rendition(struct station *station, const struct part *part,
                              struct buf *out)
{
    if (part->payload.len > STATION_INFO_BYTES_MAX)
        return station_refuse(station, part,
                              "a rendition is told in at most 4 KiB");
    json_t *json = json_text_read(part->payload, NULL);
    int at = rung_named(json_string_value(json_object_get(json, "name")));
    enum err err = at < 0 ? ERR_INVALID : read_info(&station->rungs[at], json);
    json_decref(json);
    if (err)
        return station_refuse(station, part,
                              "a rendition has a \"name\" of the ladder and "
                              "\"codecs\" as RFC 6381 writes them");
    station->rung_of[part->rendition] = (int8_t)at;
    char path[STATION_PATH_BYTES];
    struct fault fault = {0};
    name_info(station, at, path);
    if (file_write_atomic(path, part->payload, &fault))
        log_error("television cannot be kept", LOG_C("cause", fault.message));
    station_tell_channel(station, out);
    return ERR_OK;
}
