// SPDX-License-Identifier: Apache-2.0
#include "cli/channel_telling.h"

#include "base/arena.h"
#include "base/time.h"
#include "content/channel.h"
#include "content/programme.h"
#include "media/srt_pull.h"

struct str telling_time(struct arena *arena, int64_t time_us)
{
    char text[TIME_RFC3339_BYTES];
    if (!time_us)
        return STR("");
    time_format_rfc3339(time_us - time_us % TIME_US_PER_SECOND, text);
    return arena_copy(arena, str_from_c(text));
}

struct str channel_ladder(struct arena *arena, unsigned ladder)
{
    struct str text = STR("");
    for (int i = 0; i < CHANNEL_RENDITION_COUNT; i++)
        if (ladder & 1U << i)
            text = arena_printf(arena, "%.*s%s%.*s", ARG_STR(text),
                                text.len ? "," : "",
                                ARG_STR(channel_renditions[i]));
    return text;
}

static void set_time(json_t *object, const char *name, int64_t time_us)
{
    char text[TIME_RFC3339_BYTES];
    time_format_rfc3339(time_us, text);
    json_object_set_new(object, name,
                        time_us ? json_string(text) : json_null());
}

static json_t *text_json(struct str text)
{
    return json_stringn(text.len ? text.ptr : "", text.len);
}

/* Without what lets one in there. */
static json_t *pulled_from(const struct channel *channel)
{
    struct srt_pull pull;
    struct fault fault;
    return channel->pull.len && !srt_pull_parse(channel->pull, &pull, &fault)
               ? json_string(pull.address)
               : json_null();
}

/* {"cc1": "en"} */
static json_t *captions_json(const struct channel *channel)
{
    json_t *captions = json_object();
    char name[] = "cc1";
    for (int i = 0; i < CHANNEL_CAPTIONS; i++, name[2]++)
        if (channel->captions[i].len)
            json_object_set_new(captions, name,
                                text_json(channel->captions[i]));
    return captions;
}

json_t *channel_json(const struct channel *channel)
{
    json_t *ladder = json_array();
    for (int i = 0; i < CHANNEL_RENDITION_COUNT; i++)
        if (channel->ladder & 1U << i)
            json_array_append_new(ladder, text_json(channel_renditions[i]));
    json_t *object = json_pack(
        "{s:s, s:o, s:o, s:I, s:o, s:I, s:I}", "id", channel->id.text, "name",
        text_json(channel->name), "title", text_json(channel->title),
        "dvr_seconds", (json_int_t)channel->dvr_seconds, "ladder", ladder,
        "keep_days", (json_int_t)channel->keep_days, "keep_bytes",
        (json_int_t)channel->keep_bytes);
    json_object_set_new(object, "captions", captions_json(channel));
    set_time(object, "on_air_since", channel->air_us);
    json_object_set_new(object, "pulled_from", pulled_from(channel));
    return object;
}

json_t *stream_key_json(const struct stream_key *key)
{
    json_t *object = json_pack("{s:s, s:o, s:o, s:I, s:b}", "id", key->id.text,
                               "label", text_json(key->label), "for",
                               text_json(stream_key_roles[key->role]),
                               "priority", (json_int_t)key->priority,
                               "encrypted", key->passphrase.len > 0);
    set_time(object, "from", key->from_us);
    set_time(object, "until", key->until_us);
    set_time(object, "created", key->created_us);
    set_time(object, "revoked", key->revoked_us);
    return object;
}

json_t *programme_json(const struct programme *programme)
{
    json_t *object =
        json_pack("{s:s, s:o, s:o, s:o, s:o, s:b}", "id", programme->id.text,
                  "title", text_json(programme->title), "description",
                  text_json(programme->description), "category",
                  text_json(programme->category), "language",
                  text_json(programme->language), "repeat", programme->repeat);
    set_time(object, "start", programme->start_us);
    set_time(object, "end", programme->end_us);
    return object;
}
