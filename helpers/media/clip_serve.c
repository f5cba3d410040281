// SPDX-License-Identifier: Apache-2.0
#include "clip_serve.h"

#include <jansson.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json_text.h"
#include "base/log.h"
#include "clip.h"
#include "media/clip_wire.h"

enum { ASKED_BYTES_MAX = 4096, INIT_BYTES_MAX = 1 << 20, OUT_BYTES = 1 << 20 };

/* ---- Messages ---------------------------------------------------------------
 */

/* Appends the next message; false: there is none, or too much of it. */
static bool read_message(struct buf *target, size_t *ret_len)
{
    unsigned char head[CLIP_LENGTH_BYTES];
    if (!fd_read_all(STDIN_FILENO, (char *)head, sizeof head))
        return false;
    size_t len = (size_t)head[0] << 24 | (size_t)head[1] << 16 |
                 (size_t)head[2] << 8 | head[3];
    *ret_len = len;
    if (!len)
        return true;
    char *room =
        len <= CLIP_MESSAGE_BYTES_MAX ? buf_reserve(target, len) : NULL;
    if (!room || !fd_read_all(STDIN_FILENO, room, len))
        return false;
    buf_grown(target, len);
    return true;
}

static bool write_message(struct str bytes)
{
    char head[CLIP_LENGTH_BYTES];
    for (int i = 0; i < CLIP_LENGTH_BYTES; i++)
        head[i] = (char)(bytes.len >> (24 - 8 * i));
    return fd_write_all(STDOUT_FILENO, str_of(head, sizeof head)) &&
           fd_write_all(STDOUT_FILENO, bytes);
}

static bool write_json(json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    bool sent = text && write_message(str_from_c(text));
    free(text);
    return sent;
}

/* ---- Asked and answered -----------------------------------------------------
 */

struct asked {
    struct buf json, init, fragments;
    int64_t start_us, end_us;
};

static bool read_asked(struct asked *asked)
{
    size_t len;
    if (!read_message(&asked->json, &len) || !len ||
        !read_message(&asked->init, &len) || !len)
        return false;
    while (read_message(&asked->fragments, &len))
        if (!len) {
            struct str json = buf_str(&asked->json);
            json_t *root = json_text_read(json, NULL);
            json_t *start = json_object_get(root, "start_us");
            json_t *end = json_object_get(root, "end_us");
            asked->start_us = json_integer_value(start);
            asked->end_us = json_integer_value(end);
            json_decref(root);
            return asked->start_us > 0 && asked->end_us > asked->start_us &&
                   asked->end_us < INT64_MAX / 9;
        }
    return false;
}

/* Samples are small: they go out together. */
static bool put(void *context, struct str bytes)
{
    struct buf *out = context;
    if (out->len + bytes.len > OUT_BYTES && out->len) {
        if (!write_message(buf_str(out)))
            return false;
        buf_reset(out);
    }
    if (bytes.len > OUT_BYTES) {
        for (; bytes.len > OUT_BYTES; bytes = str_from(bytes, OUT_BYTES))
            if (!write_message(str_slice(bytes, 0, OUT_BYTES)))
                return false;
    }
    buf_add(out, bytes);
    return !buf_err(out);
}

static bool answer(const struct clip *clip)
{
    const struct clip_facts *facts = clip_facts(clip);
    DEFER(buf_finish) struct buf out;
    buf_init(&out, OUT_BYTES);
    return write_json(json_pack("{s:i, s:i, s:I, s:I, s:I}", "width",
                                (int)facts->width, "height", (int)facts->height,
                                "duration_us", (json_int_t)facts->duration_us,
                                "pictures", (json_int_t)facts->pictures,
                                "encoded", (json_int_t)facts->encoded)) &&
           write_message(clip_poster(clip)) && clip_write(clip, put, &out) &&
           (!out.len || write_message(buf_str(&out))) && write_message(STR(""));
}

int clip_serve(void)
{
    struct asked asked = {0};
    struct fault fault = {0};
    struct clip *clip = NULL;
    buf_init(&asked.json, ASKED_BYTES_MAX);
    buf_init(&asked.init, INIT_BYTES_MAX);
    buf_init(&asked.fragments, CLIP_BYTES_MAX);
    int status = 0;
    if (!read_asked(&asked)) {
        log_error("who asks for a clip cannot be understood");
        status = 65;
    } else if (clip_make(buf_str(&asked.init), buf_str(&asked.fragments),
                         asked.start_us, asked.end_us, &clip, &fault)) {
        status = !write_json(json_pack("{s:s}", "problem", fault_text(&fault)));
    } else {
        status = !answer(clip);
    }
    clip_destroy(clip);
    buf_finish(&asked.json);
    buf_finish(&asked.init);
    buf_finish(&asked.fragments);
    return status;
}
