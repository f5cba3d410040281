// SPDX-License-Identifier: Apache-2.0
/* Television's addresses:
 *
 *   /live/news/master.m3u8              which renditions there are
 *   /live/news/thumbs.vtt               pictures to scroll by
 *   /live/news/thumb-4711.jpg
 *   /live/news/poster.jpg               the newest, larger
 *   /live/news/captions/index.m3u8      what is said, cut as the pictures are
 *   /live/news/captions/4711.vtt
 *   /live/news/captions-3/index.m3u8    the same, of CC3
 *   /live/news/720p/index.m3u8          what there is of one
 *   /live/news/720p/init-3.mp4
 *   /live/news/720p/4711.m4s            a segment
 *   /live/news/720p/4711.2.m4s          a part of it
 *
 * A playlist's parameters: _HLS_msn, _HLS_part, _HLS_skip (RFC 8216bis
 * §6.2.5), dvr=1 for everything that can be watched again, plain=1 for players
 * that low latency confuses, and v, the token of one who watches. */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/id.h"
#include "base/log.h"
#include "base/time.h"
#include "edge/edge_live_internal.h"
#include "edge/live_viewers.h"
#include "net/accept.h"

enum {
    MASTER_BYTES_MAX = 16 << 10,
    PICTURES_BYTES_MAX = 1 << 20,
    CAPTIONS_BYTES_MAX = 1 << 20,
    PATH_BYTES = 128,
    TOKEN_RAW_BYTES = LIVE_TOKEN_BYTES / 2,
    QUERY_BYTES = 64,
    CAPTIONED_BYTES = 64 + LIVE_CAPTION_TRACKS * (LIVE_LANGUAGE_BYTES_MAX + 4),
};

#define CORS EDGE_LIVE_CORS
#define NOSNIFF EDGE_LIVE_NOSNIFF
/* A picture is made each ten seconds. */
#define POSTER_LASTING "Cache-Control: public, max-age=10\r\n"
#define POSTER_AGE_US (60 * TIME_US_PER_SECOND)
#define CHANGING "Cache-Control: no-cache\r\n"
#define PLAYLIST STR("application/vnd.apple.mpegurl")

/* ---- Answers ----------------------------------------------------------------
 */

void edge_live_answer_words(struct http_exchange *exchange, int status,
                            struct str words)
{
    char body[256];
    int len = snprintf(body, sizeof body, "%" PRI_STR "\n", ARG_STR(words));
    http_answer(exchange,
                &(struct http_answer){
                    .status = status,
                    .content_type = STR("text/plain; charset=utf-8"),
                    .fields = STR(CORS NOSNIFF "Cache-Control: no-store\r\n"),
                    .body = str_of(body, (size_t)len),
                });
}

void edge_live_answer_options(struct http_exchange *exchange)
{
    http_answer(
        exchange,
        &(struct http_answer){
            .status = 204,
            .fields = STR(CORS "Access-Control-Allow-Methods: GET, HEAD\r\n"
                               "Access-Control-Allow-Headers: *\r\n"
                               "Access-Control-Max-Age: 86400\r\n"),
        });
}

/* 1 << track of each: those there are, and those that somebody announced. */
static unsigned offered_captions(const struct live_seat *seat)
{
    const struct live_channel_info *info = &seat->station->info;
    unsigned offered = (info->has_captions ? 1u : 0) |
                       (seat->captions ? seat->captions->tracks : 0);
    for (unsigned i = 0; i < LIVE_CAPTION_TRACKS; i++)
        offered |= info->languages[i].tag.len ? 1u << i : 0;
    return offered;
}

/* Whoever watches does not read the list of renditions again when there are
 * captions, or others, or their language is told: this has our player do it, as
 * "Broadsheet-Captions: 1=en 3". */
static void write_captioned(const struct live_seat *seat,
                            char target[CAPTIONED_BYTES])
{
    const struct live_channel_info *info = &seat->station->info;
    unsigned offered = offered_captions(seat);
    size_t len = 0;
    target[0] = '\0';
    for (unsigned i = 0; i < LIVE_CAPTION_TRACKS; i++) {
        struct str tag = info->languages[i].tag;
        if (offered & 1u << i)
            len += (size_t)snprintf(target + len, CAPTIONED_BYTES - len,
                                    "%s %u%s%" PRI_STR,
                                    len ? "" : "Broadsheet-Captions:", i + 1,
                                    tag.len ? "=" : "", ARG_STR(tag));
    }
    if (len)
        snprintf(target + len, CAPTIONED_BYTES - len, "\r\n");
}

static void answer_text(const struct live_ask *ask,
                        struct http_exchange *exchange,
                        struct live_edition *edition)
{
    struct live_text *text = live_edition_text(edition, ask->kind);
    if (!text) {
        edge_live_answer_words(exchange, 503,
                               STR("there is too much to be told at once"));
        return;
    }
    bool packed = text->gzip.len && ask->takes_gzip;
    char fields[EDGE_FIELDS_BYTES], captioned[CAPTIONED_BYTES];
    write_captioned(ask->seat, captioned);
    snprintf(fields, sizeof fields,
             CORS NOSNIFF CHANGING "Vary: Accept-Encoding\r\n%s%s",
             packed ? "Content-Encoding: gzip\r\n" : "", captioned);
    http_answer(exchange, &(struct http_answer){
                              .status = 200,
                              .content_type = PLAYLIST,
                              .fields = str_from_c(fields),
                              .body = packed ? text->gzip : text->raw,
                              .release = live_text_release,
                              .owner = text,
                          });
}

/* bytes lie within blob. */
static void answer_bytes(struct http_exchange *exchange, struct live_blob *blob,
                         struct str bytes, struct str content_type)
{
    char fields[EDGE_FIELDS_BYTES];
    int status;
    struct byte_range range = edge_range(
        exchange, bytes.len, STR(""), STR(EDGE_LIVE_LASTING), &status, fields);
    http_answer(exchange, &(struct http_answer){
                              .status = status,
                              .content_type = content_type,
                              .fields = str_from_c(fields),
                              .body = str_slice(bytes, range.start, range.len),
                              .release = live_blob_release,
                              .owner = live_blob_hold(blob),
                          });
}

static struct str content_type_of(const struct live_seat *seat,
                                  uint32_t rendition)
{
    return seat->station->info.renditions[rendition].height ? STR("video/mp4")
                                                            : STR("audio/mp4");
}

/* ---- Recordings -------------------------------------------------------------
 */

static int open_hour(struct edge_thread *thread, const struct live_seat *seat,
                     uint32_t rendition, uint32_t hour, uint64_t *ret_size)
{
    char path[PATH_BYTES];
    struct id id;
    if (id_from_number(seat->channel, &id))
        return -1;
    snprintf(path, sizeof path, "%s/%" PRI_STR "/%" PRIu32 ".mp4", id.text,
             ARG_STR(seat->station->info.renditions[rendition].name), hour);
    return edge_open_file(thread->edge->config.live_fd, path, ret_size);
}

static void answer_recorded(struct edge_thread *thread,
                            struct http_exchange *exchange,
                            const struct live_seat *seat, uint32_t rendition,
                            const struct live_place *place)
{
    uint64_t size = 0;
    struct edge_file file = {
        .fd = -1,
        .start = place->offset,
        .size = place->len,
        .content_type = content_type_of(seat, rendition),
        .lines = STR(EDGE_LIVE_LASTING),
    };
    if (place->hour)
        file.fd = open_hour(thread, seat, rendition, place->hour, &size);
    if (file.fd >= 0 && size >= place->offset + place->len) {
        edge_answer_file(exchange, &file);
        return;
    }
    if (file.fd >= 0)
        close(file.fd);
    edge_live_answer_words(exchange, 404,
                           STR("this segment is no longer kept"));
}

/* ---- Playlists and parts ----------------------------------------------------
 */

bool edge_live_has_to_wait(const struct live_ask *ask)
{
    const struct live_edition *edition = ask->seat->editions[ask->rendition];
    uint64_t sequence;
    size_t part;
    if (!edition || !edition->segment_count || !ask->has_sequence)
        return false;
    if (!ask->is_part)
        return live_edition_look(edition, ask->sequence, ask->part) == HLS_WAIT;
    /* Just what the playlist hints at. */
    live_edition_next(edition, &sequence, &part);
    return ask->sequence == sequence && ask->part == (int64_t)part;
}

static void answer_part(const struct live_ask *ask,
                        struct http_exchange *exchange)
{
    const struct live_edition *edition = ask->seat->editions[ask->rendition];
    const struct live_edition_segment *segment =
        live_edition_segment(edition, ask->sequence);
    if (!segment || (uint64_t)ask->part >= segment->part_count ||
        edition->parts[segment->part_first + (size_t)ask->part].is_gap) {
        edge_live_answer_words(exchange, 404, STR("there is no such part"));
        return;
    }
    const struct live_edition_part *part =
        &edition->parts[segment->part_first + (size_t)ask->part];
    answer_bytes(exchange, part->blob, part->bytes,
                 content_type_of(ask->seat, ask->rendition));
}

void edge_live_answer(const struct live_ask *ask,
                      struct http_exchange *exchange)
{
    struct live_edition *edition = ask->seat->editions[ask->rendition];
    if (!edition || !edition->segment_count)
        edge_live_answer_words(exchange, 404,
                               STR("nothing of it has been on air yet"));
    else if (ask->is_part)
        answer_part(ask, exchange);
    else if (ask->has_sequence && live_edition_look(edition, ask->sequence,
                                                    ask->part) == HLS_TOO_FAR)
        edge_live_answer_words(exchange, 400, STR("_HLS_msn is too far ahead"));
    else
        answer_text(ask, exchange, edition);
}

static void answer_or_wait(struct edge_thread *thread,
                           const struct live_ask *ask,
                           struct http_exchange *exchange)
{
    if (exchange->request.method == HTTP_GET && edge_live_has_to_wait(ask))
        edge_live_wait(thread->live, ask, exchange);
    else
        edge_live_answer(ask, exchange);
}

/* ---- Parameters -------------------------------------------------------------
 */

struct parameters {
    bool wants_dvr, wants_plain, wants_delta;
    bool has_sequence, has_part;
    uint64_t sequence, part;
    struct str token; /* "" for none */
};

static bool read_parameter(struct str name, struct str value,
                           struct parameters *parameters)
{
    if (str_eq(name, STR("_HLS_msn"))) {
        parameters->has_sequence = true;
        return !str_parse_u64(value, &parameters->sequence) &&
               parameters->sequence < LIVE_SEQUENCE_MAX;
    }
    if (str_eq(name, STR("_HLS_part"))) {
        parameters->has_part = true;
        return !str_parse_u64(value, &parameters->part) &&
               parameters->part < LIVE_SEQUENCE_MAX;
    }
    if (str_eq(name, STR("_HLS_skip")))
        parameters->wants_delta =
            str_eq(value, STR("YES")) || str_eq(value, STR("v2"));
    else if (str_eq(name, STR("dvr")))
        parameters->wants_dvr = str_eq(value, STR("1"));
    else if (str_eq(name, STR("plain")))
        parameters->wants_plain = str_eq(value, STR("1"));
    else if (str_eq(name, STR("v")))
        parameters->token = value;
    return true;
}

/* False when a number is none, or a part is asked for without its segment. */
static bool read_parameters(struct str query, struct parameters *parameters)
{
    struct str rest = query, one;
    while (rest.len && str_split_next(&rest, '&', &one)) {
        ptrdiff_t equals = str_find_char(one, '=');
        size_t len = equals < 0 ? one.len : (size_t)equals;
        if (!read_parameter(str_slice(one, 0, len), str_from(one, len + 1),
                            parameters))
            return false;
    }
    return parameters->has_sequence || !parameters->has_part;
}

static enum live_text_kind kind_of(const struct parameters *parameters)
{
    enum live_text_kind kind = parameters->wants_plain ? LIVE_TEXT_PLAIN
                               : parameters->wants_delta
                                   ? LIVE_TEXT_DELTA
                                   : LIVE_TEXT_LOW_LATENCY;
    return parameters->wants_dvr
               ? kind + (LIVE_TEXT_DVR - LIVE_TEXT_LOW_LATENCY)
               : kind;
}

/* ---- Of a channel -----------------------------------------------------------
 */

static void make_token(char target[LIVE_TOKEN_BYTES + 1])
{
    unsigned char raw[TOKEN_RAW_BYTES];
    random_bytes(raw, sizeof raw);
    for (size_t i = 0; i < sizeof raw; i++)
        snprintf(target + 2 * i, 3, "%02x", raw[i]);
}

static bool are_independent(const struct live_seat *seat)
{
    for (size_t i = 0; i < LIVE_RENDITIONS_MAX; i++) {
        if (seat->editions[i] && seat->editions[i]->has_dependent)
            return false;
    }
    return true;
}

static void answer_master(const struct live_seat *seat,
                          struct http_exchange *exchange,
                          const struct parameters *parameters)
{
    char token[LIVE_TOKEN_BYTES + 1], query[QUERY_BYTES];
    make_token(token);
    snprintf(query, sizeof query, "?v=%s%s%s", token,
             parameters->wants_dvr ? "&dvr=1" : "",
             parameters->wants_plain ? "&plain=1" : "");
    DEFER(buf_finish) struct buf out;
    buf_init(&out, MASTER_BYTES_MAX);
    const struct live_offer offer = {
        .query = str_from_c(query),
        .captions = offered_captions(seat),
        .are_independent = are_independent(seat),
        .is_bare = !seat->captions || !seat->captions->tracks,
    };
    if (!live_station_write(seat->station, &offer, &out)) {
        edge_live_answer_words(exchange, 404,
                               STR("nothing of it has been on air yet"));
        return;
    }
    if (buf_err(&out)) {
        edge_live_answer_words(exchange, 503, STR("out of memory"));
        return;
    }
    http_answer(exchange,
                &(struct http_answer){
                    .status = 200,
                    .content_type = PLAYLIST,
                    .fields = STR(CORS NOSNIFF "Cache-Control: no-store\r\n"),
                    .body = buf_str(&out),
                });
}

static void answer_pictures(const struct live_seat *seat,
                            struct http_exchange *exchange)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, PICTURES_BYTES_MAX);
    live_station_write_pictures(seat->station, &out);
    if (buf_err(&out)) {
        edge_live_answer_words(exchange, 503, STR("out of memory"));
        return;
    }
    http_answer(exchange, &(struct http_answer){
                              .status = 200,
                              .content_type = STR("text/vtt; charset=utf-8"),
                              .fields = STR(CORS NOSNIFF CHANGING),
                              .body = buf_str(&out),
                          });
}

static void answer_picture(const struct live_seat *seat,
                           struct http_exchange *exchange, uint64_t sequence)
{
    const struct live_station *station = seat->station;
    for (size_t i = 0; i < station->picture_count; i++) {
        const struct live_picture *picture = &station->pictures[i];
        if (picture->sequence != sequence)
            continue;
        answer_bytes(exchange, picture->jpeg, live_blob_str(picture->jpeg),
                     STR("image/jpeg"));
        return;
    }
    edge_live_answer_words(exchange, 404, STR("there is no such picture"));
}

/* What is shown before somebody presses Play: of now, or nothing. */
static void answer_poster(const struct live_seat *seat,
                          struct http_exchange *exchange)
{
    const struct live_picture *poster = &seat->station->poster;
    if (!poster->jpeg || poster->start_us < time_now_us() - POSTER_AGE_US) {
        http_answer(exchange, &(struct http_answer){
                                  .status = 204,
                                  .fields = STR(CORS NOSNIFF CHANGING),
                              });
        return;
    }
    http_answer(exchange, &(struct http_answer){
                              .status = 200,
                              .content_type = STR("image/jpeg"),
                              .fields = STR(CORS NOSNIFF POSTER_LASTING),
                              .body = live_blob_str(poster->jpeg),
                              .release = live_blob_release,
                              .owner = live_blob_hold(poster->jpeg),
                          });
}

/* ---- Of a rendition ---------------------------------------------------------
 */

static void answer_init(const struct live_seat *seat, uint32_t rendition,
                        struct http_exchange *exchange, uint64_t number)
{
    const struct live_edition *edition = seat->editions[rendition];
    struct live_blob *blob =
        edition && number <= UINT32_MAX
            ? live_edition_init_blob(edition, (uint32_t)number)
            : NULL;
    if (blob)
        answer_bytes(exchange, blob, live_blob_str(blob),
                     content_type_of(seat, rendition));
    else
        edge_live_answer_words(exchange, 404,
                               STR("there is no such initialisation"));
}

static void answer_segment(struct edge_thread *thread,
                           const struct live_seat *seat, uint32_t rendition,
                           struct http_exchange *exchange, uint64_t sequence)
{
    const struct live_edition *edition = seat->editions[rendition];
    const struct live_edition_segment *segment =
        edition ? live_edition_segment(edition, sequence) : NULL;
    const struct live_segment_info *info =
        segment   ? &segment->info
        : edition ? live_edition_past(edition, sequence)
                  : NULL;
    if (info && info->is_gap)
        edge_live_answer_words(exchange, 404, STR("this segment is missing"));
    else if (segment && segment->is_complete && segment->blob)
        answer_bytes(exchange, segment->blob, live_blob_str(segment->blob),
                     content_type_of(seat, rendition));
    else if (info && (!segment || segment->is_complete))
        answer_recorded(thread, exchange, seat, rendition, &info->place);
    else
        edge_live_answer_words(exchange, 404, STR("there is no such segment"));
}

/* "4711.m4s", "4711.2.m4s". */
static void answer_media(struct edge_thread *thread,
                         const struct live_ask *asked, struct str name,
                         struct http_exchange *exchange)
{
    struct live_ask ask = *asked;
    uint64_t part = 0;
    struct str numbers = str_slice(name, 0, name.len - STR(".m4s").len);
    ptrdiff_t dot = str_find_char(numbers, '.');
    struct str first =
        str_slice(numbers, 0, dot < 0 ? numbers.len : (size_t)dot);
    bool fine = !str_parse_u64(first, &ask.sequence) &&
                ask.sequence < LIVE_SEQUENCE_MAX;
    if (fine && dot >= 0)
        fine = !str_parse_u64(str_from(numbers, (size_t)dot + 1), &part) &&
               part < LIVE_PARTS_MAX;
    if (!fine) {
        edge_live_answer_words(exchange, 404, STR("there is no such segment"));
    } else if (dot < 0) {
        answer_segment(thread, ask.seat, ask.rendition, exchange, ask.sequence);
    } else {
        ask.is_part = ask.has_sequence = true;
        ask.part = (int64_t)part;
        answer_or_wait(thread, &ask, exchange);
    }
}

static void answer_playlist(struct edge_thread *thread,
                            const struct live_ask *asked,
                            enum live_text_kind kind,
                            const struct parameters *parameters,
                            struct http_exchange *exchange)
{
    struct live_ask ask = *asked;
    struct str accept =
        http_request_field(&exchange->request, HTTP_FIELD_ACCEPT_ENCODING);
    ask.kind = kind;
    ask.takes_gzip = accept_codings(accept) & HTTP_CODING_GZIP;
    ask.has_sequence = parameters->has_sequence;
    ask.sequence = parameters->sequence;
    ask.part = parameters->has_part ? (int64_t)parameters->part : -1;
    live_viewers_see(ask.seat->station->viewers, parameters->token,
                     loop_now_us(thread->loop));
    answer_or_wait(thread, &ask, exchange);
}

/* The number in "init-3.mp4". */
static bool read_number(struct str name, struct str before, struct str behind,
                        uint64_t *ret_number)
{
    return str_starts_with(name, before) && str_ends_with(name, behind) &&
           name.len > before.len + behind.len &&
           !str_parse_u64(
               str_slice(name, before.len, name.len - before.len - behind.len),
               ret_number);
}

static void answer_rendition(struct edge_thread *thread,
                             const struct live_ask *ask, struct str name,
                             const struct parameters *parameters,
                             struct http_exchange *exchange)
{
    uint64_t number;
    if (str_eq(name, STR("index.m3u8")))
        answer_playlist(thread, ask, kind_of(parameters), parameters, exchange);
    else if (read_number(name, STR("init-"), STR(".mp4"), &number))
        answer_init(ask->seat, ask->rendition, exchange, number);
    else if (str_ends_with(name, STR(".m4s")))
        answer_media(thread, ask, name, exchange);
    else
        edge_live_answer_words(exchange, 404, STR("there is no such file"));
}

/* ---- Captions ---------------------------------------------------------------
 */

/* The rendition whose segments they are cut as: the best there is. */
static uint32_t rendition_of_captions(const struct live_seat *seat)
{
    for (uint32_t i = 0; i < LIVE_RENDITIONS_MAX; i++) {
        if (seat->editions[i] && seat->editions[i]->segment_count)
            return i;
    }
    return 0;
}

static void answer_captions_segment(const struct live_ask *ask, unsigned track,
                                    struct http_exchange *exchange)
{
    const struct live_edition *edition = ask->seat->editions[ask->rendition];
    const struct live_edition_segment *segment =
        edition ? live_edition_segment(edition, ask->sequence) : NULL;
    const struct live_segment_info *info =
        segment   ? segment->is_complete ? &segment->info : NULL
        : edition ? live_edition_past(edition, ask->sequence)
                  : NULL;
    if (!info) {
        edge_live_answer_words(exchange, 404, STR("there is no such segment"));
        return;
    }
    DEFER(buf_finish) struct buf out;
    buf_init(&out, CAPTIONS_BYTES_MAX);
    live_captions_write(ask->seat->captions, track, info->tick, info->duration,
                        &out);
    if (buf_err(&out)) {
        edge_live_answer_words(exchange, 503, STR("out of memory"));
        return;
    }
    http_answer(exchange, &(struct http_answer){
                              .status = 200,
                              .content_type = STR("text/vtt; charset=utf-8"),
                              .fields = STR(CORS NOSNIFF CHANGING),
                              .body = buf_str(&out),
                          });
}

/* All tracks are cut alike: their lists are the same. */
static void answer_captions(struct edge_thread *thread, struct live_ask *ask,
                            unsigned track, struct str name,
                            const struct parameters *parameters,
                            struct http_exchange *exchange)
{
    ask->rendition = rendition_of_captions(ask->seat);
    if (str_eq(name, STR("index.m3u8"))) {
        answer_playlist(thread, ask,
                        parameters->wants_dvr ? LIVE_TEXT_DVR_CAPTIONS
                                              : LIVE_TEXT_CAPTIONS,
                        parameters, exchange);
    } else if (read_number(name, STR(""), STR(".vtt"), &ask->sequence)) {
        answer_captions_segment(ask, track, exchange);
    } else {
        edge_live_answer_words(exchange, 404, STR("there is no such file"));
    }
}

/* ---- Which it is ------------------------------------------------------------
 */

static bool find_rendition(const struct live_seat *seat, struct str name,
                           uint32_t *ret_rendition)
{
    const struct live_channel_info *info = &seat->station->info;
    for (uint32_t i = 0; i < info->rendition_count; i++) {
        if (str_eq(info->renditions[i].name, name)) {
            *ret_rendition = i;
            return true;
        }
    }
    return false;
}

static bool find_captions(struct str name, unsigned *ret_track)
{
    unsigned track = 0;
    while (track < LIVE_CAPTION_TRACKS &&
           !str_eq(name, str_from_c(live_captions_name(track))))
        track++;
    *ret_track = track;
    return track < LIVE_CAPTION_TRACKS;
}

static void answer_channel(struct edge_thread *thread, struct live_seat *seat,
                           struct str rest, struct http_exchange *exchange)
{
    struct parameters parameters = {.token = STR("")};
    struct live_ask ask = {.seat = seat};
    uint64_t number;
    unsigned track;
    struct str name = STR("");
    if (!read_parameters(exchange->request.query, &parameters)) {
        edge_live_answer_words(
            exchange, 400,
            STR("_HLS_msn and _HLS_part are numbers, the second one only "
                "beside the first"));
    } else if (str_eq(rest, STR("master.m3u8"))) {
        answer_master(seat, exchange, &parameters);
    } else if (str_eq(rest, STR("thumbs.vtt"))) {
        answer_pictures(seat, exchange);
    } else if (str_eq(rest, STR("poster.jpg"))) {
        answer_poster(seat, exchange);
    } else if (read_number(rest, STR("thumb-"), STR(".jpg"), &number)) {
        answer_picture(seat, exchange, number);
    } else if (str_split_next(&rest, '/', &name) && rest.ptr &&
               find_captions(name, &track)) {
        answer_captions(thread, &ask, track, rest, &parameters, exchange);
    } else if (rest.ptr && find_rendition(seat, name, &ask.rendition)) {
        answer_rendition(thread, &ask, rest, &parameters, exchange);
    } else {
        edge_live_answer_words(exchange, 404,
                               STR("this channel has no such file"));
    }
}

uint64_t edge_live_body_max(struct str path)
{
    return str_ends_with(path, STR("/captions")) ? LIVE_SAY_BYTES_MAX : 0;
}

void edge_answer_live(struct edge_thread *thread,
                      struct http_exchange *exchange, struct str rest)
{
    struct str name = STR("");
    enum http_method method = exchange->request.method;
    edge_count(thread, EDGE_LIVE_REQUESTS);
    str_split_next(&rest, '/', &name);
    struct live_seat *seat = map_get(&thread->live->names, name);
    if (seat && str_eq(rest, EDGE_CAPTIONS_NAME))
        edge_answer_captioner(thread, seat->channel, exchange);
    else if (method == HTTP_OPTIONS)
        edge_live_answer_options(exchange);
    else if (method != HTTP_GET && method != HTTP_HEAD)
        edge_live_answer_words(exchange, 405, STR("television is only read"));
    else if (seat && rest.ptr)
        answer_channel(thread, seat, rest, exchange);
    else if (!thread->live->is_told) /* players ask again after 503 alone */
        edge_live_answer_words(exchange, 503,
                               STR("which channels there are is not known "
                                   "yet; ask again in a second"));
    else
        edge_live_answer_words(exchange, 404, STR("there is no such channel"));
}
