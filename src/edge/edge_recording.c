// SPDX-License-Identifier: Apache-2.0
/* Recordings of programmes, as files:
 *
 *   /recording/62f9f7d471fdc/master.m3u8    which renditions there are
 *   /recording/62f9f7d471fdc/720p.m3u8      byte ranges of the file beside it
 *   /recording/62f9f7d471fdc/720p.mp4
 *
 * A playlist changes when the programme becomes longer or shorter afterwards.
 * What it tells of in a file is never other bytes: it names the file with the
 * time when that was cut ("720p.mp4?1786827600000000"), which is not looked at.
 */
#include "base/id.h"
#include "edge/edge_live_internal.h"

enum { NAME_BYTES_MAX = 24, PATH_BYTES = 128 };

#define BRIEF \
    EDGE_LIVE_CORS EDGE_LIVE_NOSNIFF "Cache-Control: public, max-age=10\r\n"

struct kind {
    struct str ending;
    struct str content_type;
    const char *lines;
};

static const struct kind kinds[] = {
    {STR_INIT(".m3u8"), STR_INIT("application/vnd.apple.mpegurl"), BRIEF},
    {STR_INIT(".mp4"), STR_INIT("video/mp4"), EDGE_LIVE_LASTING},
};

/* Small letters and digits before a known ending; NULL for other names. */
static const struct kind *kind_of(struct str name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!str_ends_with(name, kinds[i].ending))
            continue;
        struct str stem = str_slice(name, 0, name.len - kinds[i].ending.len);
        return live_name_is_valid(stem) && name.len <= NAME_BYTES_MAX
                   ? &kinds[i]
                   : NULL;
    }
    return NULL;
}

static int open_recording(const struct edge_thread *thread, const struct id *id,
                          struct str name, uint64_t *ret_size)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "recordings/%s/%" PRI_STR, id->text,
             ARG_STR(name));
    return edge_open_file(thread->edge->config.live_fd, path, ret_size);
}

/* "?download": a browser keeps it under a name that tells what it is; all of
 * it, so the next one gets all that there is then. */
static void write_lines(const struct http_exchange *exchange,
                        const struct kind *kind, const struct id *id,
                        struct str name, char lines[EDGE_FIELDS_BYTES])
{
    bool is_download = str_eq(exchange->request.query, STR("download"));
    if (!is_download)
        snprintf(lines, EDGE_FIELDS_BYTES, "%s", kind->lines);
    else
        snprintf(lines, EDGE_FIELDS_BYTES,
                 BRIEF "Content-Disposition: attachment; "
                       "filename=\"%s-%" PRI_STR "\"\r\n",
                 id->text, ARG_STR(name));
}

void edge_answer_recording(struct edge_thread *thread,
                           struct http_exchange *exchange, struct str rest)
{
    char lines[EDGE_FIELDS_BYTES];
    struct edge_file file = {.fd = -1};
    struct str text = STR("");
    struct id id;
    enum http_method method = exchange->request.method;
    if (method == HTTP_OPTIONS) {
        edge_live_answer_options(exchange);
        return;
    }
    if (method != HTTP_GET && method != HTTP_HEAD) {
        edge_live_answer_words(exchange, 405, STR("recordings are only read"));
        return;
    }
    bool has_name = str_split_next(&rest, '/', &text) && rest.ptr;
    const struct kind *kind = has_name ? kind_of(rest) : NULL;
    if (kind && !id_parse(text, &id))
        file.fd = open_recording(thread, &id, rest, &file.size);
    if (file.fd < 0) {
        edge_live_answer_words(exchange, 404,
                               STR("there is no such recording, or it is no "
                                   "longer kept"));
        return;
    }
    write_lines(exchange, kind, &id, rest, lines);
    file.content_type = kind->content_type;
    file.lines = str_from_c(lines);
    edge_answer_file(exchange, &file);
}
