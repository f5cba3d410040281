// SPDX-License-Identifier: Apache-2.0
/* Recordings of television, and clips of it, over JSON. */
#include <jansson.h>

#include "base/time.h"
#include "content/content.h"
#include "content/recording.h"
#include "newsroom/newsroom_internal.h"

enum { LIST_MAX = 10000 };

/* ---- Clips ------------------------------------------------------------------
 */

static struct str member(struct http_call *call, const json_t *object,
                         const char *key, bool is_needed)
{
    const json_t *value = json_object_get(object, key);
    bool is_text = json_is_string(value);
    if ((value && !is_text) || (is_needed && !json_string_length(value)))
        fault_set(&call->fault, ERR_INVALID, key,
                  "\"%s\" is %s: a clip is asked for as {\"source\": a channel "
                  "or a recording's id, \"from\": a moment, \"to\": a moment}, "
                  "and may have a caption and a credit",
                  key, value ? "no text" : "missing");
    return is_text ? str_of(json_string_value(value), json_string_length(value))
                   : STR("");
}

/* POST clips: made, and in the library, when it answers. */
void clip_api_make(void *context, struct http_exchange *exchange,
                   const struct route_match *match)
{
    (void)exchange;
    (void)match;
    struct http_call *call = context;
    const struct newsroom *newsroom = call->context;
    struct json_t *made = NULL;
    DEFER(api_free_json) json_t *json = api_parse_body(call, API_CLIP);
    if (call->fault.code)
        return;
    const struct newsroom_clip wish = {
        .source = member(call, json, "source", true),
        .from = member(call, json, "from", true),
        .to = member(call, json, "to", true),
        .caption = member(call, json, "caption", false),
        .credit = member(call, json, "credit", false),
    };
    if (!call->fault.code &&
        !newsroom->make_clip(newsroom->desk, &wish, call->arena, &made,
                             &call->fault))
        api_answer(call, made);
}

/* ---- Recordings -------------------------------------------------------------
 */

static json_t *text_json(struct str text)
{
    return json_stringn(text.len ? text.ptr : "", text.len);
}

static json_t *time_json(int64_t time_us)
{
    char text[TIME_RFC3339_BYTES];
    time_format_rfc3339(time_us, text);
    return json_string(text);
}

/* The file is asked of the edge, which sends any range of it. */
static json_t *recording_json(const struct recording *recording)
{
    const char *id = recording->of.id.text;
    return json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:o, s:f, s:I, s:I, s:I, s:o, s:o}", "id",
        id, "channel", text_json(recording->channel_name), "title",
        text_json(recording->of.title), "start",
        time_json(recording->of.start_us), "end",
        time_json(recording->of.end_us), "kept_until",
        time_json(recording->until_us), "seconds",
        (double)recording->duration_us / TIME_US_PER_SECOND, "bytes",
        (json_int_t)recording->bytes, "width", (json_int_t)recording->width,
        "height", (json_int_t)recording->height, "playlist",
        json_sprintf("/recording/%s/master.m3u8", id), "download",
        json_sprintf("/recording/%s/source.mp4?download", id));
}

/* GET recordings: those that can be watched, the oldest first. */
void clip_api_recordings(void *context, struct http_exchange *exchange,
                         const struct route_match *match)
{
    (void)exchange;
    (void)match;
    struct http_call *call = context;
    const struct newsroom *newsroom = call->context;
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(newsroom->content);
    struct recording_list list = {0};
    enum err err = recording_list_state(lease.db, RECORDING_READY, NULL,
                                        LIST_MAX, call->arena, &list);
    if (err) {
        db_fault(lease.db, err, &call->fault);
        return;
    }
    json_t *array = json_array();
    for (size_t i = 0; i < list.count; i++)
        json_array_append_new(array, recording_json(&list.recordings[i]));
    api_answer(call, array);
}
