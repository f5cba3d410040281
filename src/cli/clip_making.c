// SPDX-License-Identifier: Apache-2.0
#include "cli/clip_making.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/json_text.h"
#include "base/time.h"
#include "content/channel.h"
#include "content/content.h"
#include "content/edit.h"
#include "content/media.h"
#include "content/recording.h"
#include "exchange/image_size.h"
#include "media/clip_wire.h"
#include "playout/span.h"
#include "render/helper_process.h"

#define MAKING_US (120 * TIME_US_PER_SECOND)

enum { FACTS_BYTES_MAX = 4096, POSITION_BYTES = 40 };

struct clip_files {
    struct rendition video, poster;
    struct str name; /* without an ending */
    struct str caption, credit;
};

/* ---- Which ------------------------------------------------------------------
 */

struct found {
    struct span_source source;
    struct id id; /* of the channel, or the recording */
    struct str name;
};

static enum err find_source(const struct clip_work *work, struct str name,
                            struct found *found, struct fault *fault)
{
    DEFER(db_lease_end) struct db_lease lease = content_reader(work->content);
    struct recording recording;
    struct channel channel;
    enum err err = ERR_NOT_FOUND;
    found->source.live_folder =
        arena_printf(work->arena, "%s/live", work->directory).ptr;
    if (!id_parse(name, &found->id))
        err = recording_load(lease.db, &found->id, work->arena, &recording);
    if (!err && recording.state != RECORDING_READY)
        return fault_set(fault, ERR_AGAIN, "source",
                         "recording %s is still being made", found->id.text);
    if (!err) {
        found->source.recording = &found->id;
        found->name = recording.channel_name;
        return ERR_OK;
    }
    if (err == ERR_NOT_FOUND)
        err = channel_load(lease.db, name, work->arena, &channel);
    if (err == ERR_NOT_FOUND)
        return fault_set(fault, err, "source",
                         "there is no channel and no recording '%" PRI_STR
                         "'; 'broadsheet channel list' and 'broadsheet "
                         "recording list' tell those that there are",
                         ARG_STR(name));
    if (err)
        return db_fault(lease.db, err, fault);
    found->id = channel.id;
    found->source.channel = &found->id;
    found->name = channel.name;
    return ERR_OK;
}

/* "90", "1:30", "1:02:03.25" */
static bool parse_length(struct str text, int64_t *ret_us)
{
    char number[POSITION_BYTES];
    struct str part;
    double seconds = 0;
    int parts = 0;
    while (str_split_next(&text, ':', &part)) {
        char *end;
        if (++parts > 3 || !part.len || part.ptr[0] < '0' ||
            part.ptr[0] > '9' || str_to_c(part, number, sizeof number))
            return false;
        double value = strtod(number, &end);
        if (*end || !(value >= 0 && value < 1e7) || (parts > 1 && value >= 60))
            return false;
        seconds = seconds * 60 + value;
    }
    *ret_us = (int64_t)(seconds * 1e6 + 0.5);
    return parts > 0;
}

static enum err bad_position(const struct found *found, struct str text,
                             const char *field, struct fault *fault)
{
    return fault_set(
        fault, ERR_INVALID, field,
        "'%" PRI_STR "' is no moment: write it in UTC, as "
        "2030-01-01T20:15:07.480Z, or %s",
        ARG_STR(text),
        found->source.recording
            ? "as time since the recording began: +12:30"
            : "as time back from now: live-1:30, and live for now");
}

static enum err read_position(const struct clip_work *work,
                              const struct found *found, struct str text,
                              const char *field, int64_t *ret_time_us,
                              struct fault *fault)
{
    int64_t start_us, end_us, length_us = 0;
    if (!time_parse_rfc3339(text, ret_time_us))
        return ERR_OK;
    bool is_live =
        !found->source.recording && str_starts_with(text, STR("live"));
    bool is_after = found->source.recording && str_starts_with(text, STR("+"));
    struct str length = str_from(text, is_live ? STR("live").len : 1);
    if (is_live && str_starts_with(length, STR("-")))
        length = str_from(length, 1);
    else if (is_live && length.len)
        is_live = false;
    bool is_now = is_live && str_eq(text, STR("live"));
    if ((!is_live && !is_after) ||
        (!is_now && !parse_length(length, &length_us)))
        return bad_position(found, text, field, fault);
    enum err err =
        span_limits(&found->source, work->arena, &start_us, &end_us, fault);
    if (!err)
        *ret_time_us = is_live ? end_us - length_us : start_us + length_us;
    return err;
}

static enum err check_length(int64_t start_us, int64_t end_us,
                             struct fault *fault)
{
    if (end_us <= start_us)
        return fault_set(fault, ERR_INVALID, "to",
                         "a clip ends after it begins; these are %.3f s",
                         (double)(end_us - start_us) / TIME_US_PER_SECOND);
    if (end_us - start_us > CLIP_SECONDS_MAX * TIME_US_PER_SECOND)
        return fault_set(fault, ERR_TOO_LONG, "to",
                         "a clip is at most %d minutes long; 'broadsheet "
                         "recording download' gives all of a programme",
                         CLIP_SECONDS_MAX / 60);
    return ERR_OK;
}

static enum err open_span(const struct clip_work *work,
                          const struct found *found, int64_t start_us,
                          int64_t end_us, struct span *span,
                          struct fault *fault)
{
    enum err err =
        span_open(&found->source, start_us, end_us, work->arena, span, fault);
    if (err || span->bytes <= CLIP_BYTES_MAX)
        return err;
    return fault_set(fault, ERR_TOO_LONG, "to",
                     "that is %lld MB; a clip is made of at most %d MB: make "
                     "it shorter",
                     (long long)span->bytes >> 20, CLIP_BYTES_MAX >> 20);
}

/* ---- The helper -------------------------------------------------------------
 */

static enum err send_message(struct helper_process *process, struct str bytes)
{
    char head[HELPER_LENGTH_BYTES];
    helper_put_length(head, bytes.len);
    enum err err = helper_process_send(process, str_of(head, sizeof head));
    return err ? err : helper_process_send(process, bytes);
}

struct sending {
    struct helper_process *process;
    enum err err;
};

static bool give(void *context, struct str bytes)
{
    struct sending *sending = context;
    sending->err = send_message(sending->process, bytes);
    return !sending->err;
}

static enum err ask(struct helper_process *process, const struct span *span,
                    int64_t start_us, int64_t end_us, struct arena *arena,
                    struct fault *fault)
{
    struct sending sending = {.process = process};
    struct str json = arena_printf(arena, "{\"start_us\":%lld,\"end_us\":%lld}",
                                   (long long)start_us, (long long)end_us);
    enum err err = send_message(process, json);
    if (!err)
        err = send_message(process, span->init);
    if (!err)
        err = span_read(span, give, &sending, fault);
    if (err)
        return sending.err ? sending.err : err;
    return send_message(process, STR(""));
}

/* Appends the next message; an empty one is the end. */
static enum err receive(struct helper_process *process, struct buf *target,
                        size_t *ret_len)
{
    char head[HELPER_LENGTH_BYTES];
    enum err err = helper_process_receive(process, head, sizeof head);
    if (err)
        return err;
    size_t len = helper_get_length(head);
    *ret_len = len;
    if (!len)
        return ERR_OK;
    char *room =
        len <= CLIP_MESSAGE_BYTES_MAX ? buf_reserve(target, len) : NULL;
    if (!room)
        return ERR_TOO_LONG;
    err = helper_process_receive(process, room, len);
    if (!err)
        buf_grown(target, len);
    return err;
}

struct answer {
    struct buf facts, poster, video;
};

static void answer_finish(struct answer *answer)
{
    buf_finish(&answer->facts);
    buf_finish(&answer->poster);
    buf_finish(&answer->video);
}

static enum err read_facts(struct str text, struct clip_made *made,
                           struct fault *fault)
{
    json_t *json = json_text_read(text, NULL);
    const char *problem = json_string_value(json_object_get(json, "problem"));
    enum err err = ERR_OK;
    if (problem)
        err = fault_set(fault, ERR_INVALID, NULL, "no clip can be made: %s",
                        problem);
    else if (!json)
        err = ERR_CORRUPT;
    made->width = json_integer_value(json_object_get(json, "width"));
    made->height = json_integer_value(json_object_get(json, "height"));
    made->duration_us =
        json_integer_value(json_object_get(json, "duration_us"));
    made->pictures = json_integer_value(json_object_get(json, "pictures"));
    made->encoded = json_integer_value(json_object_get(json, "encoded"));
    json_decref(json);
    return err;
}

static enum err read_answer(struct helper_process *process,
                            struct answer *answer, struct clip_made *made,
                            struct fault *fault)
{
    size_t len = 0;
    enum err err = receive(process, &answer->facts, &len);
    if (!err)
        err = read_facts(buf_str(&answer->facts), made, fault);
    if (!err)
        err = receive(process, &answer->poster, &len);
    do
        err = err ? err : receive(process, &answer->video, &len);
    while (!err && len);
    return err;
}

static enum err run_helper(const struct clip_work *work,
                           const struct span *span, int64_t start_us,
                           int64_t end_us, struct answer *answer,
                           struct clip_made *made, struct fault *fault)
{
    struct helper_process process;
    enum err err =
        helper_process_init(&process, "media", work->program, "clip");
    if (err)
        return fault_set(fault, err, NULL, "out of memory");
    process.deadline_us = clock_now_us() + MAKING_US;
    process.ending = work->ending;
    err = helper_process_start(&process, fault);
    if (!err)
        err = ask(&process, span, start_us, end_us, work->arena, fault);
    if (!err)
        err = read_answer(&process, answer, made, fault);
    helper_process_finish(&process);
    if (!err || fault->code)
        return err;
    if (err == ERR_AGAIN)
        return fault_set(fault, err, NULL,
                         "the server ends before the clip is made; ask for it "
                         "again when it runs");
    return fault_set(fault, err, NULL,
                     err == ERR_TIMEOUT
                         ? "making the clip took too long: the machine has too "
                           "much to do, or the clip is too long"
                         : "the program that makes clips ended in the middle "
                           "of it; the clip may be too much for it: %s",
                     err_sentence(err));
}

/* ---- The library ------------------------------------------------------------
 */

static enum err store(struct clip_work *work, const struct answer *answer,
                      struct clip_made *made, struct fault *fault)
{
    struct clip_files *files = work->files;
    struct image_size size;
    struct str jpeg = buf_str(&answer->poster);
    enum err err = image_size_read(jpeg, &size);
    if (err)
        return fault_set(fault, ERR_CORRUPT, NULL,
                         "the clip's first picture is none");
    err = media_put(work->content, buf_str(&answer->video), STR("video/mp4"),
                    made->width, made->height, &files->video, fault);
    if (!err)
        err = media_put(work->content, jpeg, size.mime, size.width, size.height,
                        &files->poster, fault);
    made->bytes = (int64_t)answer->video.len;
    return err;
}

/* "news-20300101T201507Z" */
static struct str file_name(struct arena *arena, struct str channel,
                            int64_t start_us)
{
    char when[TIME_RFC3339_BYTES];
    int64_t second_us = start_us - start_us % TIME_US_PER_SECOND;
    time_format_rfc3339(second_us, when);
    char *to = when;
    for (const char *from = when; *from; from++)
        if (*from != '-' && *from != ':')
            *to++ = *from;
    *to = '\0';
    return arena_printf(arena, "%" PRI_STR "-%s", ARG_STR(channel), when);
}

enum err clip_make(struct clip_work *work, const struct clip_wish *wish,
                   struct clip_made *ret_made, struct fault *fault)
{
    DEFER(answer_finish) struct answer answer = {0};
    struct clip_made made = {0};
    struct found found = {0};
    struct span span;
    int64_t end_us = 0;
    buf_init(&answer.facts, FACTS_BYTES_MAX);
    buf_init(&answer.poster, CLIP_MESSAGE_BYTES_MAX);
    buf_init(&answer.video, CLIP_BYTES_MAX);
    enum err err = find_source(work, wish->source, &found, fault);
    if (!err)
        err = read_position(work, &found, wish->from, "from", &made.start_us,
                            fault);
    if (!err)
        err = read_position(work, &found, wish->to, "to", &end_us, fault);
    if (!err)
        err = check_length(made.start_us, end_us, fault);
    if (!err)
        err = open_span(work, &found, made.start_us, end_us, &span, fault);
    if (!err)
        err = run_helper(work, &span, made.start_us, end_us, &answer, &made,
                         fault);
    if (err)
        return err;
    work->files = arena_new(work->arena, struct clip_files);
    work->files->caption = wish->caption;
    work->files->credit = wish->credit;
    work->files->name = file_name(work->arena, found.name, made.start_us);
    *ret_made = made;
    return store(work, &answer, ret_made, fault);
}

static enum err save(struct clip_work *work, struct edit *edit,
                     const struct rendition *file, const char *ending,
                     struct id *ret_id)
{
    const struct clip_files *files = work->files;
    struct medium medium = {
        .original = *file,
        .focus_x = MEDIA_FOCUS_AUTO,
        .focus_y = MEDIA_FOCUS_AUTO,
        .caption = files->caption,
        .credit = files->credit,
        .filename = arena_printf(work->arena, "%" PRI_STR "%s",
                                 ARG_STR(files->name), ending),
    };
    return media_save(edit, &medium, ret_id);
}

enum err clip_save(struct clip_work *work, struct edit *edit,
                   struct clip_made *made)
{
    enum err err = save(work, edit, &work->files->video, ".mp4", &made->medium);
    return err ? err
               : save(work, edit, &work->files->poster, ".jpg", &made->poster);
}

json_t *clip_json(const struct clip_made *made)
{
    char start[TIME_RFC3339_BYTES];
    time_format_rfc3339(made->start_us, start);
    return json_pack(
        "{s:s, s:s, s:s, s:f, s:I, s:I, s:I, s:I, s:I, s:{s:s, s:{s:s, s:s}}}",
        "id", made->medium.text, "poster", made->poster.text, "start", start,
        "seconds", (double)made->duration_us / TIME_US_PER_SECOND, "bytes",
        (json_int_t)made->bytes, "width", (json_int_t)made->width, "height",
        (json_int_t)made->height, "pictures", (json_int_t)made->pictures,
        "encoded", (json_int_t)made->encoded, "node", "type", "video", "attrs",
        "media", made->medium.text, "poster", made->poster.text);
}
