// SPDX-License-Identifier: Apache-2.0
/* What desk and playout say to each other. */
#include <assert.h>
#include <jansson.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json_text.h"
#include "base/time.h"
#include "cli/channel_telling.h"
#include "cli/desk_television_internal.h"
#include "content/content.h"
#include "content/programme.h"
#include "content/recording.h"
#include "media/ingest_wire.h"
#include "render/locale.h"

static_assert((int)STREAM_KEYS_MAX == (int)INGEST_KEYS_MAX &&
                  (int)CHANNELS_MAX == (int)INGEST_CHANNELS_MAX,
              "whoever may have a key is let in with it");

enum {
    PROGRAMMES_TOLD = 48, /* of a channel */
    HOURS_TOLD = 24,
};

/* ---- To the playout ---------------------------------------------------------
 */

static json_t *time_or_null(int64_t time_us)
{
    return time_us ? json_integer(time_us) : json_null();
}

static json_t *keys_json(const struct stream_key_list *keys,
                         const struct id *channel, int64_t now_us)
{
    json_t *array = json_array();
    for (size_t i = 0; i < keys->count; i++) {
        const struct stream_key *key = &keys->keys[i];
        bool over =
            key->revoked_us || (key->until_us && key->until_us <= now_us);
        if (over || !str_eq(id_str(&key->channel), id_str(channel)))
            continue;
        json_t *passphrase =
            key->passphrase.len
                ? json_stringn(key->passphrase.ptr, key->passphrase.len)
                : json_null();
        json_array_append_new(
            array,
            json_pack("{s:s, s:s%, s:s%, s:I, s:o, s:o, s:o}", "id",
                      key->id.text, "sha256", key->sha256.ptr, key->sha256.len,
                      "for", stream_key_roles[key->role].ptr,
                      stream_key_roles[key->role].len, "priority",
                      (json_int_t)key->priority, "from",
                      time_or_null(key->from_us), "until",
                      time_or_null(key->until_us), "passphrase", passphrase));
    }
    return array;
}

static json_t *programmes_json(const struct programme_list *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++) {
        const struct programme *one = &list->programmes[i];
        json_array_append_new(
            array, json_pack("{s:s, s:s%, s:I, s:I}", "id", one->id.text,
                             "title", one->title.ptr, one->title.len, "start",
                             (json_int_t)one->start_us, "end",
                             (json_int_t)one->end_us));
    }
    return array;
}

/* As whoever serves them shows them: it knows no languages. */
static json_t *captions_json(const struct channel *channel, struct arena *arena)
{
    json_t *array = json_array();
    for (int i = 0; i < CHANNEL_CAPTIONS; i++) {
        struct str language = channel->captions[i];
        if (!language.len)
            continue;
        struct str name = language_own_name(language, arena);
        json_array_append_new(array,
                              json_pack("{s:i, s:s%, s:s%}", "track", i,
                                        "language", language.ptr, language.len,
                                        "name", name.ptr, name.len));
    }
    return array;
}

static json_t *told_json(const struct channel *channel,
                         const struct stream_key_list *keys, int64_t now_us,
                         struct arena *arena)
{
    json_t *object = channel_json(channel);
    json_object_del(object, "title");
    json_object_del(object, "on_air_since");
    json_object_del(object, "pulled_from");
    json_object_set_new(object, "captions", captions_json(channel, arena));
    if (channel->pull.len)
        json_object_set_new(object, "pull",
                            json_stringn(channel->pull.ptr, channel->pull.len));
    json_object_set_new(object, "keys", keys_json(keys, &channel->id, now_us));
    json_object_set_new(object, "programmes", json_array());
    return object;
}

static enum err add_programmes(struct db *db, json_t *array,
                               const struct channel_list *channels,
                               int64_t now_us, struct arena *arena)
{
    for (size_t i = 0; i < channels->count; i++) {
        const struct channel *channel = &channels->channels[i];
        struct programme_list list;
        enum err err =
            programme_during(db, &channel->id,
                             now_us - channel->dvr_seconds * TIME_US_PER_SECOND,
                             now_us + HOURS_TOLD * 3600 * TIME_US_PER_SECOND,
                             PROGRAMMES_TOLD, arena, &list);
        if (err)
            return err;
        json_object_set_new(json_array_get(array, i), "programmes",
                            programmes_json(&list));
    }
    return ERR_OK;
}

/* What the playout must not forget: recordings are still to be made of it. */
static enum err add_holds(struct db *db, json_t *array,
                          const struct channel_list *channels, int64_t now_us)
{
    for (size_t i = 0; i < channels->count; i++) {
        int64_t from_us;
        enum err err =
            recording_hold(db, &channels->channels[i].id, now_us, &from_us);
        if (err)
            return err;
        json_object_set_new(json_array_get(array, i), "hold",
                            from_us == INT64_MAX ? json_null()
                                                 : json_integer(from_us));
    }
    return ERR_OK;
}

static struct str dump(const json_t *message, struct arena *arena)
{
    char *text = json_dumps(message, JSON_COMPACT);
    struct str copy = arena_copy(arena, str_from_c(text));
    free(text);
    return copy;
}

static enum err load_message(struct db *db, struct arena *arena,
                             struct str *ret_text)
{
    int64_t now_us = time_now_us();
    struct channel_list channels;
    struct stream_key_list keys;
    enum err err = channel_all(db, arena, &channels);
    if (!err)
        err = stream_key_all(db, NULL, arena, &keys);
    if (err)
        return err;
    json_t *array = json_array();
    for (size_t i = 0; i < channels.count; i++)
        json_array_append_new(
            array, told_json(&channels.channels[i], &keys, now_us, arena));
    json_t *message =
        json_pack("{s:s, s:o}", "type", "channels", "channels", array);
    err = add_holds(db, array, &channels, now_us);
    struct str without = dump(message, arena), with;
    if (!err)
        err = add_programmes(db, array, &channels, now_us, arena);
    with = dump(message, arena);
    json_decref(message);
    *ret_text = with.len <= TELEVISION_MESSAGE_BYTES_MAX ? with : without;
    return err;
}

enum err television_channels_text(struct content *content, struct arena *arena,
                                  struct str *ret_text, struct fault *fault)
{
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    DEFER(db_transaction_end) struct db_transaction transaction = {0};
    enum err err = db_begin_read(&transaction, lease.db);
    if (!err)
        err = load_message(lease.db, arena, ret_text);
    if (err)
        return db_fault(lease.db, err, fault);
    if (!ret_text->len || ret_text->len > TELEVISION_MESSAGE_BYTES_MAX)
        return fault_set(fault, ERR_TOO_LONG, NULL,
                         "the stream keys of all channels are too many for one "
                         "message; revoke some");
    return ERR_OK;
}

/* ---- From the playout -------------------------------------------------------
 */

/* A channel that is on the air since a time that was not told, is so from
 * now. */
static void read_air(const json_t *object, const char *id_name,
                     struct television_told *told)
{
    const char *id = json_string_value(json_object_get(object, id_name));
    const json_t *on = json_object_get(object, "on_air");
    struct television_air *air = &told->air[told->count];
    if (told->count == CHANNELS_MAX || !id || !json_is_boolean(on) ||
        id_parse(str_from_c(id), &air->channel))
        return;
    int64_t since_us = json_integer_value(json_object_get(object, "since"));
    air->since_us = !json_is_true(on) ? 0
                    : since_us > 0    ? since_us
                                      : time_now_us();
    air->past_us = json_integer_value(json_object_get(object, "past"));
    told->count++;
}

static char *copy_text(struct str text)
{
    char *copy = malloc(text.len + 1);
    if (copy) {
        memcpy(copy, text.ptr, text.len);
        copy[text.len] = '\0';
    }
    return copy;
}

enum err television_told_parse(struct str message,
                               struct television_told *ret_told)
{
    json_t *root = json_text_read(message, NULL);
    const char *type = json_string_value(json_object_get(root, "type"));
    struct str kind = str_from_c(type);
    struct television_told told = {.count = 0};
    enum err err = ERR_OK;
    size_t i;
    const json_t *channel;
    if (str_eq(kind, STR("air"))) {
        read_air(root, "channel", &told);
    } else if (str_eq(kind, STR("status"))) {
        json_array_foreach(json_object_get(root, "channels"), i, channel)
            read_air(channel, "id", &told);
        told.status = copy_text(message);
    } else {
        err = ERR_INVALID;
    }
    json_decref(root);
    if (!err)
        *ret_told = told;
    return err;
}

/* ---- To who asks ------------------------------------------------------------
 */

static json_t *find(const json_t *channels, const char *id)
{
    size_t i;
    json_t *channel;
    json_array_foreach(channels, i, channel)
    {
        const char *of = json_string_value(json_object_get(channel, "id"));
        if (of && str_eq(str_from_c(of), str_from_c(id)))
            return channel;
    }
    return NULL;
}

enum err television_status_write(const struct channel_list *channels,
                                 const char *status, struct buf *out)
{
    json_t *told = status ? json_text_read(str_from_c(status), NULL) : NULL;
    json_t *array = json_array();
    for (size_t i = 0; i < channels->count; i++) {
        const struct channel *channel = &channels->channels[i];
        json_t *object = channel_json(channel);
        json_t *more =
            find(json_object_get(told, "channels"), channel->id.text);
        if (!told)
            json_object_set_new(object, "on_air",
                                json_boolean(channel->air_us != 0));
        if (more)
            (void)!json_object_update(object, more);
        json_array_append_new(array, object);
    }
    json_t *root =
        json_pack("{s:b, s:o}", "playout", told != NULL, "channels", array);
    static const char *const passed_on[] = {"ingest", "disk_free_bytes"};
    for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++) {
        json_t *value = json_object_get(told, passed_on[i]);
        if (value)
            json_object_set(root, passed_on[i], value);
    }
    char *text = json_dumps(root, JSON_COMPACT);
    enum err err = text ? ERR_OK : ERR_NO_MEMORY;
    if (text)
        buf_add_c(out, text);
    free(text);
    json_decref(root);
    json_decref(told);
    return err ? err : buf_err(out);
}
