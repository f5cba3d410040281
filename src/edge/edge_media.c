// SPDX-License-Identifier: Apache-2.0
#include "edge/edge_internal.h"

enum { NAME_DIGITS = 32, NAME_BYTES = 64 };

/* What may be in the folder. Nothing here is ever run by a browser. */
static const struct {
    struct str ending;
    struct str content_type;
} kinds[] = {
    {STR_INIT(".jpg"), STR_INIT("image/jpeg")},
    {STR_INIT(".png"), STR_INIT("image/png")},
    {STR_INIT(".webp"), STR_INIT("image/webp")},
    {STR_INIT(".avif"), STR_INIT("image/avif")},
    {STR_INIT(".gif"), STR_INIT("image/gif")},
    {STR_INIT(".mp3"), STR_INIT("audio/mpeg")},
    {STR_INIT(".m4a"), STR_INIT("audio/mp4")},
    {STR_INIT(".mp4"), STR_INIT("video/mp4")},
    {STR_INIT(".vtt"), STR_INIT("text/vtt; charset=utf-8")},
    {STR_INIT(".pdf"), STR_INIT("application/pdf")},
};

/* 32 hexadecimal digits and a known ending; "" for every other name. */
static struct str content_type_of(struct str name)
{
    for (size_t i = 0; i < name.len && i < NAME_DIGITS; i++) {
        char c = name.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return STR("");
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (str_eq(str_from(name, NAME_DIGITS), kinds[i].ending))
            return kinds[i].content_type;
    }
    return STR("");
}

void edge_answer_media(struct edge_thread *thread,
                       struct http_exchange *exchange, struct str name)
{
    char path[NAME_BYTES], tag[NAME_BYTES + 2], lines[EDGE_FIELDS_BYTES];
    struct edge_file file = {.fd = -1, .content_type = content_type_of(name)};
    if (file.content_type.len && !str_to_c(name, path, sizeof path))
        file.fd =
            edge_open_file(thread->edge->config.media_fd, path, &file.size);
    if (file.fd < 0) {
        edge_answer_error(exchange, 404);
        return;
    }
    /* The name is made from the content, so it never changes. */
    snprintf(tag, sizeof tag, "\"%" PRI_STR "\"", ARG_STR(name));
    snprintf(lines, sizeof lines,
             "ETag: %s\r\n"
             "Cache-Control: public, max-age=31536000, immutable\r\n"
             "X-Content-Type-Options: nosniff\r\n",
             tag);
    file.tag = str_from_c(tag);
    file.lines = str_from_c(lines);
    edge_answer_file(exchange, &file);
}
