// SPDX-License-Identifier: Apache-2.0
#include "media/ingest_wire.h"

#include <assert.h>
#include <jansson.h>

#include "base/arena.h"
#include "base/json_text.h"
#include "base/utf8.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const char *const kinds[] = {
    [INGEST_CHANNELS] = "channels", [INGEST_MEDIA] = "media",
    [INGEST_FEED] = "feed",         [INGEST_REFUSED] = "refused",
    [INGEST_STATUS] = "status",     [INGEST_LOOKUP] = "lookup",
    [INGEST_FOUND] = "found",
};

static const char *const protocols[] = {
    [INGEST_RTMP] = "rtmp",
    [INGEST_RTMPS] = "rtmps",
    [INGEST_SRT] = "srt",
};

static const char *const states[] = {
    [INGEST_BEGAN] = "began",
    [INGEST_ENDED] = "ended",
    [INGEST_TAKEN_OVER] = "taken-over",
};

const char *ingest_protocol_name(enum ingest_protocol protocol)
{
    return protocols[protocol];
}

bool ingest_key_matches(const struct ingest_key *key,
                        const char digest[DIGEST_HEX_BYTES])
{
    volatile unsigned char difference = 0;
    for (size_t i = 0; i < DIGEST_HEX_BYTES; i++)
        difference |= (unsigned char)(key->sha256[i] ^ digest[i]);
    return difference == 0;
}

/* ---- Writing ---------------------------------------------------------------
 */

/* What an encoder calls itself need not be UTF-8; then it is left out. */
static json_t *text(struct str value)
{
    struct str cut = utf8_cut(value, INGEST_TEXT_BYTES_MAX);
    return utf8_is_valid(cut) ? json_stringn(cut.ptr ? cut.ptr : "", cut.len)
                              : json_string("");
}

static json_t *text_or_null(struct str value)
{
    return value.len ? text(value) : json_null();
}

static json_t *time_or_null(int64_t time_us)
{
    return time_us == INT64_MIN || time_us == INT64_MAX ? json_null()
                                                        : json_integer(time_us);
}

static json_t *key_json(const struct ingest_key *key)
{
    return json_pack(
        "{so ss sI so so so}", "id", text(id_str(&key->id)), "sha256",
        key->sha256, "priority", (json_int_t)key->priority, "from",
        time_or_null(key->from_us), "until", time_or_null(key->until_us),
        "passphrase", text_or_null(key->passphrase));
}

static json_t *channel_json(const struct ingest_channel *channel)
{
    json_t *keys = json_array();
    for (size_t i = 0; i < channel->key_count; i++)
        json_array_append_new(keys, key_json(&channel->keys[i]));
    return json_pack("{so so sI so so}", "id", text(id_str(&channel->id)),
                     "name", text(channel->name), "tick",
                     (json_int_t)channel->tick, "pull",
                     text_or_null(channel->pull), "keys", keys);
}

static void add_channels(json_t *object, const struct ingest_message *message)
{
    json_t *channels = json_array();
    for (size_t i = 0; i < message->channel_count; i++)
        json_array_append_new(channels, channel_json(&message->channels[i]));
    json_object_set_new(object, "channels", channels);
}

static void add_peer(json_t *object, const struct ingest_message *message)
{
    json_object_set_new(object, "protocol",
                        json_string(protocols[message->protocol]));
    json_object_set_new(object, "address", text(message->address));
    json_object_set_new(object, "encoder", text(message->encoder));
    json_object_set_new(object, "reason", text(message->reason));
}

static json_t *video_json(const struct ingest_video *video)
{
    if (!video->codec.len)
        return json_null();
    return json_pack("{so sI sI sf sI}", "codec", text(video->codec), "width",
                     (json_int_t)video->width, "height",
                     (json_int_t)video->height, "frames_a_second",
                     video->frames, "key_interval_ms",
                     (json_int_t)video->key_interval_ms);
}

static json_t *audio_json(const struct ingest_audio *audio)
{
    if (!audio->codec.len)
        return json_null();
    return json_pack("{so sI sI}", "codec", text(audio->codec), "rate",
                     (json_int_t)audio->rate, "channels",
                     (json_int_t)audio->channels);
}

static void add_status(json_t *object, const struct ingest_message *message)
{
    const struct {
        const char *name;
        int64_t value;
    } numbers[] = {
        {"bits_a_second", message->bits_a_second},
        {"jumps", message->jumps},
        {"gaps", message->gaps},
        {"dropped", message->dropped},
        {"lost", message->lost},
        {"late_ms", message->late_ms},
    };
    for (size_t i = 0; i < COUNT(numbers); i++)
        json_object_set_new(object, numbers[i].name,
                            json_integer(numbers[i].value));
    json_object_set_new(object, "video", video_json(&message->video));
    json_object_set_new(object, "audio", audio_json(&message->audio));
}

static void add_found(json_t *object, const struct ingest_message *message)
{
    json_t *addresses = json_array();
    for (size_t i = 0; i < message->address_count; i++)
        json_array_append_new(addresses, text(message->addresses[i]));
    json_object_set_new(object, "addresses", addresses);
    json_object_set_new(object, "reason", text(message->reason));
}

void ingest_message_write(struct buf *out, const struct ingest_message *message)
{
    json_t *object = json_object();
    json_object_set_new(object, "type", json_string(kinds[message->kind]));
    if (message->kind != INGEST_CHANNELS)
        json_object_set_new(object, "channel",
                            text_or_null(id_str(&message->channel)));
    if (message->kind == INGEST_CHANNELS)
        add_channels(object, message);
    if (message->kind == INGEST_FEED) {
        json_object_set_new(object, "key", text(id_str(&message->key)));
        json_object_set_new(object, "state",
                            json_string(states[message->state]));
    }
    if (message->kind == INGEST_FEED || message->kind == INGEST_REFUSED)
        add_peer(object, message);
    if (message->kind == INGEST_STATUS)
        add_status(object, message);
    if (message->kind == INGEST_LOOKUP || message->kind == INGEST_FOUND)
        json_object_set_new(object, "host", text(message->host));
    if (message->kind == INGEST_FOUND)
        add_found(object, message);
    json_text_write(object, out);
    json_decref(object);
}

/* ---- Reading ---------------------------------------------------------------
 */

struct reading {
    struct arena *arena;
    struct fault *fault;
};

static enum err wrong(struct reading *reading, const char *field,
                      const char *what)
{
    return fault_set(reading->fault, ERR_INVALID, field,
                     "a message of playout and ingest: \"%s\" %s", field, what);
}

static struct str get_text(struct reading *reading, const json_t *object,
                           const char *name)
{
    const json_t *value = json_object_get(object, name);
    return arena_copy(reading->arena, str_of(json_string_value(value),
                                             json_string_length(value)));
}

static int64_t get_number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static enum err get_id(struct reading *reading, const json_t *object,
                       const char *name, struct id *ret_id)
{
    if (id_parse(get_text(reading, object, name), ret_id))
        return wrong(reading, name, "is no id of 13 hexadecimal digits");
    return ERR_OK;
}

static enum err get_choice(struct reading *reading, const json_t *object,
                           const char *name, const char *const *choices,
                           size_t count, size_t *ret_choice)
{
    struct str value = get_text(reading, object, name);
    for (size_t i = 0; i < count; i++)
        if (str_eq(value, str_from_c(choices[i]))) {
            *ret_choice = i;
            return ERR_OK;
        }
    return wrong(reading, name, "is none of those that are known");
}

static int64_t get_time(const json_t *object, const char *name,
                        int64_t otherwise)
{
    const json_t *value = json_object_get(object, name);
    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

static bool is_hexadecimal(struct str value)
{
    for (size_t i = 0; i < value.len; i++)
        if (!strchr("0123456789abcdef", value.ptr[i]) || !value.ptr[i])
            return false;
    return true;
}

static enum err read_key(struct reading *reading, const json_t *object,
                         struct ingest_key *key)
{
    enum err err = get_id(reading, object, "id", &key->id);
    if (err)
        return err;
    struct str sha256 = get_text(reading, object, "sha256");
    if (sha256.len != DIGEST_HEX_BYTES - 1 || !is_hexadecimal(sha256) ||
        str_to_c(sha256, key->sha256, sizeof key->sha256))
        return wrong(reading, "sha256", "is not 64 hexadecimal digits");
    key->priority = get_number(object, "priority");
    key->from_us = get_time(object, "from", INT64_MIN);
    key->until_us = get_time(object, "until", INT64_MAX);
    key->passphrase = get_text(reading, object, "passphrase");
    if (key->passphrase.len &&
        (key->passphrase.len < INGEST_PASSPHRASE_BYTES_MIN ||
         key->passphrase.len > INGEST_PASSPHRASE_BYTES_MAX))
        return wrong(reading, "passphrase", "is not 10 to 79 bytes long");
    return ERR_OK;
}

static enum err read_channel(struct reading *reading, const json_t *object,
                             struct ingest_channel *channel)
{
    const json_t *list = json_object_get(object, "keys");
    size_t count = json_array_size(list);
    enum err err = get_id(reading, object, "id", &channel->id);
    channel->name = get_text(reading, object, "name");
    channel->tick = get_number(object, "tick");
    channel->pull = get_text(reading, object, "pull");
    if (!err &&
        (channel->name.len == 0 || channel->name.len > INGEST_NAME_BYTES_MAX))
        err = wrong(reading, "name", "is not 1 to 64 bytes long");
    if (!err && (channel->tick < 0 || channel->tick > INT64_MAX / 2))
        err = wrong(reading, "tick", "is not a point in time");
    if (!err && count > INGEST_KEYS_MAX)
        err = wrong(reading, "keys", "are more than 16");
    struct ingest_key *keys =
        arena_array(reading->arena, struct ingest_key, count + 1);
    for (size_t i = 0; !err && i < count; i++)
        err = read_key(reading, json_array_get(list, i), &keys[i]);
    channel->keys = keys;
    channel->key_count = count;
    return err;
}

static enum err read_channels(struct reading *reading, const json_t *object,
                              struct ingest_message *message)
{
    const json_t *list = json_object_get(object, "channels");
    size_t count = json_array_size(list);
    if (!json_is_array(list) || count > INGEST_CHANNELS_MAX)
        return wrong(reading, "channels", "is no list of at most 16");
    struct ingest_channel *channels =
        arena_array(reading->arena, struct ingest_channel, count + 1);
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < count; i++)
        err = read_channel(reading, json_array_get(list, i), &channels[i]);
    message->channels = channels;
    message->channel_count = count;
    return err;
}

static enum err read_peer(struct reading *reading, const json_t *object,
                          struct ingest_message *message)
{
    size_t choice = 0;
    enum err err = get_choice(reading, object, "protocol", protocols,
                              COUNT(protocols), &choice);
    message->protocol = (enum ingest_protocol)choice;
    message->address = get_text(reading, object, "address");
    message->encoder = get_text(reading, object, "encoder");
    message->reason = get_text(reading, object, "reason");
    return err;
}

static enum err read_feed(struct reading *reading, const json_t *object,
                          struct ingest_message *message)
{
    size_t choice = 0;
    enum err err = get_id(reading, object, "key", &message->key);
    if (!err)
        err = get_choice(reading, object, "state", states, COUNT(states),
                         &choice);
    message->state = (enum ingest_state)choice;
    return err ? err : read_peer(reading, object, message);
}

static enum err read_status(struct reading *reading, const json_t *object,
                            struct ingest_message *message)
{
    const json_t *video = json_object_get(object, "video");
    const json_t *audio = json_object_get(object, "audio");
    message->bits_a_second = get_number(object, "bits_a_second");
    message->jumps = get_number(object, "jumps");
    message->gaps = get_number(object, "gaps");
    message->dropped = get_number(object, "dropped");
    message->lost = get_number(object, "lost");
    message->late_ms = get_number(object, "late_ms");
    message->video = (struct ingest_video){
        .codec = get_text(reading, video, "codec"),
        .width = get_number(video, "width"),
        .height = get_number(video, "height"),
        .frames = json_number_value(json_object_get(video, "frames_a_second")),
        .key_interval_ms = get_number(video, "key_interval_ms"),
    };
    message->audio = (struct ingest_audio){
        .codec = get_text(reading, audio, "codec"),
        .rate = get_number(audio, "rate"),
        .channels = get_number(audio, "channels"),
    };
    return ERR_OK;
}

static enum err read_found(struct reading *reading, const json_t *object,
                           struct ingest_message *message)
{
    const json_t *list = json_object_get(object, "addresses");
    size_t count = json_array_size(list);
    message->reason = get_text(reading, object, "reason");
    if (!json_is_array(list) || count > INGEST_ADDRESSES_MAX)
        return wrong(reading, "addresses", "is no list of at most 8");
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(list, i);
        if (!json_is_string(one))
            return wrong(reading, "addresses", "has what is none");
        message->addresses[i] =
            arena_copy(reading->arena,
                       str_of(json_string_value(one), json_string_length(one)));
    }
    message->address_count = count;
    return ERR_OK;
}

static enum err read_host(struct reading *reading, const json_t *object,
                          struct ingest_message *message)
{
    message->host = get_text(reading, object, "host");
    if (!message->host.len || message->host.len > INGEST_TEXT_BYTES_MAX)
        return wrong(reading, "host", "is not 1 to 1024 bytes long");
    return message->kind == INGEST_FOUND ? read_found(reading, object, message)
                                         : ERR_OK;
}

static enum err read_object(struct reading *reading, const json_t *object,
                            struct ingest_message *message)
{
    size_t kind = 0;
    enum err err =
        get_choice(reading, object, "type", kinds, COUNT(kinds), &kind);
    message->kind = (enum ingest_kind)kind;
    bool may_lack = message->kind == INGEST_REFUSED &&
                    json_is_null(json_object_get(object, "channel"));
    if (!err && message->kind != INGEST_CHANNELS && !may_lack)
        err = get_id(reading, object, "channel", &message->channel);
    if (err)
        return err;
    switch (message->kind) {
    case INGEST_CHANNELS:
        return read_channels(reading, object, message);
    case INGEST_FEED:
        return read_feed(reading, object, message);
    case INGEST_REFUSED:
        return read_peer(reading, object, message);
    case INGEST_STATUS:
        return read_status(reading, object, message);
    case INGEST_LOOKUP:
    case INGEST_FOUND:
        return read_host(reading, object, message);
    case INGEST_MEDIA:
        break;
    }
    return ERR_OK;
}

enum err ingest_message_read(struct str json, struct arena *arena,
                             struct ingest_message *ret_message,
                             struct fault *fault)
{
    struct reading reading = {arena, fault};
    struct json_text_fault found;
    *ret_message = (struct ingest_message){.kind = INGEST_CHANNELS};
    json_t *object = json_text_read(json, &found);
    if (!object)
        return fault_set(fault, ERR_INVALID, "json",
                         "a message of playout and ingest is no JSON: %s",
                         found.cause);
    enum err err = read_object(&reading, object, ret_message);
    json_decref(object);
    return err;
}
