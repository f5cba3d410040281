// SPDX-License-Identifier: Apache-2.0
/* What an article brings along for programs that play: its checks, and its form
 * in a revision. */
#include <jansson.h>

#include "content/article_internal.h"
#include "content/check_internal.h"

enum { ADDRESS_BYTES_MAX = 2048, TYPE_BYTES_MAX = 100 };

bool article_enclosure_is_set(const struct article_enclosure *enclosure)
{
    return id_is_set(&enclosure->medium) || enclosure->url.len > 0;
}

bool article_enclosure_type_is_fit(struct str mime)
{
    return str_starts_with(mime, STR("audio/")) ||
           str_starts_with(mime, STR("video/"));
}

/* ---- Checks -----------------------------------------------------------------
 */

static enum err check_type(struct str mime, struct fault *fault)
{
    enum err err = check_line("enclosure.type", mime, TYPE_BYTES_MAX, fault);
    if (err || article_enclosure_type_is_fit(mime))
        return err;
    return fault_set(fault, ERR_INVALID, "enclosure.type",
                     "enclosure: \"%" PRI_STR "\" is nothing to be played: use "
                     "the type of an audio or video file, such as audio/mpeg",
                     ARG_STR(mime));
}

static enum err check_numbers(const struct article_enclosure *enclosure,
                              struct fault *fault)
{
    if (enclosure->seconds < 0 || enclosure->seconds > ENCLOSURE_SECONDS_MAX)
        return fault_set(fault, ERR_INVALID, "enclosure.seconds",
                         "enclosure: nothing lasts %lld seconds: give 0, when "
                         "it is not known, to %d",
                         (long long)enclosure->seconds, ENCLOSURE_SECONDS_MAX);
    if (enclosure->size_bytes < 0)
        return fault_set(fault, ERR_INVALID, "enclosure.bytes",
                         "enclosure: no file has %lld bytes",
                         (long long)enclosure->size_bytes);
    return ERR_OK;
}

/* The medium's own type and size count. */
static enum err check_medium(struct edit *edit,
                             struct article_enclosure *enclosure)
{
    struct medium medium;
    enum err err =
        media_load(edit->db, &enclosure->medium, &edit->arena, &medium);
    if (err == ERR_NOT_FOUND)
        return fault_set(edit->fault, ERR_INVALID, "enclosure.medium",
                         "enclosure: there is no medium %s",
                         enclosure->medium.text);
    if (err)
        return edit_failed(edit, err);
    if (enclosure->url.len)
        return fault_set(edit->fault, ERR_INVALID, "enclosure.url",
                         "enclosure: it is either a file of ours or an address "
                         "elsewhere, not both");
    enclosure->mime = medium.original.mime;
    enclosure->size_bytes = medium.original.size_bytes;
    return check_type(enclosure->mime, edit->fault);
}

static enum err check_elsewhere(struct edit *edit,
                                const struct article_enclosure *enclosure)
{
    enum err err = check_line("enclosure.url", enclosure->url,
                              ADDRESS_BYTES_MAX, edit->fault);
    if (!err)
        err = check_address("enclosure.url", enclosure->url, edit->fault);
    return err ? err : check_type(enclosure->mime, edit->fault);
}

enum err article_check_enclosure(struct edit *edit,
                                 struct article_enclosure *enclosure)
{
    if (!article_enclosure_is_set(enclosure)) {
        *enclosure = (struct article_enclosure){0};
        return ERR_OK;
    }
    enum err err = id_is_set(&enclosure->medium)
                       ? check_medium(edit, enclosure)
                       : check_elsewhere(edit, enclosure);
    return err ? err : check_numbers(enclosure, edit->fault);
}

/* ---- JSON -------------------------------------------------------------------
 */

static void set_text(json_t *object, const char *key, struct str text)
{
    if (text.len)
        json_object_set_new(object, key, json_stringn(text.ptr, text.len));
}

static void set_number(json_t *object, const char *key, int64_t number)
{
    if (number)
        json_object_set_new(object, key, json_integer((json_int_t)number));
}

json_t *article_enclosure_json(const struct article_enclosure *enclosure)
{
    json_t *object = json_object();
    set_text(object, "medium", id_str(&enclosure->medium));
    set_text(object, "url", enclosure->url);
    set_text(object, "type", enclosure->mime);
    set_number(object, "bytes", enclosure->size_bytes);
    set_number(object, "seconds", enclosure->seconds);
    return object;
}

/* A member that is a text, or not there. */
static enum err get_text(const json_t *object, const char *key,
                         struct arena *arena, struct str *ret_text)
{
    const json_t *value = json_object_get(object, key);
    if (!value)
        return ERR_OK;
    if (!json_is_string(value))
        return ERR_INVALID;
    *ret_text = arena_copy(
        arena, str_of(json_string_value(value), json_string_length(value)));
    return ERR_OK;
}

static enum err get_number(const json_t *object, const char *key,
                           int64_t *ret_number)
{
    const json_t *value = json_object_get(object, key);
    if (!value)
        return ERR_OK;
    if (!json_is_integer(value))
        return ERR_INVALID;
    *ret_number = json_integer_value(value);
    return ERR_OK;
}

enum err article_enclosure_read(const json_t *object, struct arena *arena,
                                struct article_enclosure *ret_enclosure)
{
    struct article_enclosure enclosure = {0};
    struct str medium = STR("");
    if (!json_is_object(object))
        return ERR_INVALID;
    if (get_text(object, "medium", arena, &medium) ||
        get_text(object, "url", arena, &enclosure.url) ||
        get_text(object, "type", arena, &enclosure.mime) ||
        get_number(object, "bytes", &enclosure.size_bytes) ||
        get_number(object, "seconds", &enclosure.seconds) ||
        (medium.len && id_parse(medium, &enclosure.medium)))
        return ERR_INVALID;
    *ret_enclosure = enclosure;
    return ERR_OK;
}
