// SPDX-License-Identifier: Apache-2.0
/* GET /events/<lang>: what happens, as a stream of server-sent events (HTML,
 * §9.2): of the front, of alerts and of television; with ?article=<id> of that
 * article instead of the front. A browser that comes back says in Last-Event-ID
 * what it heard last; a page can say in ?since=<number> what it knows, and is
 * told the rest.
 *
 * The edge knows neither languages nor articles: topics of nothing are silent.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/id.h"
#include "base/log.h"
#include "edge/edge_internal.h"
#include "link/event.h"
#include "link/wire.h"

enum {
    LANGUAGE_BYTES_MAX = 35, /* RFC 5646 §4.4.1 */
    COUNT_EVERY_MS = 1000,
};

bool edge_is_stream_path(struct str path)
{
    if (!str_starts_with(path, EDGE_EVENTS_PREFIX))
        return false;
    struct str lang = str_from(path, EDGE_EVENTS_PREFIX.len);
    return lang.len > 0 && lang.len <= LANGUAGE_BYTES_MAX &&
           str_find_char(lang, '/') < 0 && str_find_char(lang, '.') < 0;
}

/* ---- Asking ----------------------------------------------------------------
 */

/* What the request says, and room for the topics' names. */
struct asking {
    struct stream_ask ask;
    struct id article;
    char names[STREAM_TOPICS_MAX][EVENT_TOPIC_BYTES_MAX];
};

/* Digits only, and not more than a number has; anything else is a number that
 * nobody ever told, whose owner is told that something was missed. */
static uint64_t parse_since(struct str text)
{
    int64_t number = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return EVENT_NUMBER_MAX;
    }
    bool fits = !str_parse_i64(text, &number) && number >= 0 &&
                (uint64_t)number < EVENT_NUMBER_MAX;
    return fits ? (uint64_t)number : EVENT_NUMBER_MAX;
}

static bool read_parameter(struct str parameter, struct asking *asking)
{
    ptrdiff_t equals = str_find_char(parameter, '=');
    struct str name = str_slice(parameter, 0, equals < 0 ? 0 : (size_t)equals);
    struct str value = str_from(parameter, (size_t)(equals + 1));
    if (str_eq(name, STR("article")) && !id_is_set(&asking->article))
        return !id_parse(value, &asking->article);
    if (str_eq(name, STR("since")) && !asking->ask.has_since) {
        asking->ask.has_since = true;
        asking->ask.since = parse_since(value);
        return true;
    }
    return false;
}

static bool read_query(struct str query, struct asking *asking)
{
    while (query.len) {
        ptrdiff_t end = str_find_char(query, '&');
        size_t len = end < 0 ? query.len : (size_t)end;
        if (!read_parameter(str_slice(query, 0, len), asking))
            return false;
        query = str_from(query, end < 0 ? len : len + 1);
    }
    return true;
}

static void add_topic(struct asking *asking, const char *kind, struct str name)
{
    struct stream_ask *ask = &asking->ask;
    char *target = asking->names[ask->topic_count];
    int len = snprintf(target, EVENT_TOPIC_BYTES_MAX, "%s:%" PRI_STR, kind,
                       ARG_STR(name));
    assert(len > 0 && len < EVENT_TOPIC_BYTES_MAX);
    ask->topics[ask->topic_count++] = str_of(target, (size_t)len);
}

/* False: it cannot be understood. */
static bool read_request(const struct http_request *request, struct str lang,
                         struct asking *asking)
{
    struct str last = http_request_field(request, HTTP_FIELD_LAST_EVENT_ID);
    if (!read_query(request->query, asking))
        return false;
    if (last.ptr && last.len) { /* newer than what the page knew */
        asking->ask.has_since = true;
        asking->ask.since = parse_since(last);
    }
    add_topic(asking, "alert", lang);
    add_topic(asking, "air", STR("all"));
    if (id_is_set(&asking->article))
        add_topic(asking, "article", id_str(&asking->article));
    else
        add_topic(asking, "front", lang);
    return event_topic_is_valid(asking->ask.topics[0]);
}

static void answer_head(struct http_exchange *exchange)
{
    http_answer(exchange, &(struct http_answer){
                              .status = 200,
                              .content_type = STR("text/event-stream"),
                              .fields = STR("Cache-Control: no-store\r\n"),
                          });
}

void edge_answer_stream(struct edge_thread *thread,
                        struct http_exchange *exchange, struct str path)
{
    struct asking asking = {.ask = {.topic_count = 0}};
    const struct http_request *request = &exchange->request;
    if (!read_request(request, str_from(path, EDGE_EVENTS_PREFIX.len),
                      &asking)) {
        edge_answer_error(exchange, 400);
        return;
    }
    if (request->method == HTTP_HEAD) {
        answer_head(exchange);
        return;
    }
    asking.ask.reader = proxies_reader(&thread->edge->config.proxies,
                                       &exchange->peer, &request->fields);
    enum err err = streams_open(thread->streams, exchange, &asking.ask);
    if (err) /* the script asks now and then instead */
        edge_answer_error(exchange, err == ERR_RATE ? 429 : 503);
}

/* ---- Counting --------------------------------------------------------------
 */

static void count_streams(void *argument)
{
    edge_count_streams(argument);
}

void edge_count_streams(struct edge *edge)
{
    struct loop *loop = edge_first(edge)->loop;
    unsigned open = atomic_load(&edge->streams_open);
    if (edge_feed_is_open(edge->feed) && open != edge->streams_told) {
        DEFER(buf_finish) struct buf message;
        buf_init(&message, MESSAGE_HEAD_BYTES + sizeof(uint64_t));
        size_t start = message_begin(&message, MESSAGE_STREAMS, 0);
        wire_put_u64(&message, open);
        message_end(&message, start);
        if (!buf_err(&message))
            edge_feed_send(edge->feed, buf_str(&message));
        edge_feed_flush(edge->feed);
        edge->streams_told = open;
    }
    edge->streams_timer.on_due = count_streams;
    edge->streams_timer.context = edge;
    loop_timer_arm(loop, &edge->streams_timer,
                   loop_now_us(loop) + COUNT_EVERY_MS * INT64_C(1000));
}

/* ---- Telling ---------------------------------------------------------------
 */

struct edge_telling {
    uint64_t after, upto;
    size_t count;
    struct edge_event *events[];
};

static size_t count_events(struct events events)
{
    struct event event;
    size_t count = 0;
    while (events_next(&events, &event))
        count++;
    return count;
}

struct edge_telling *edge_telling_create(struct str payload)
{
    struct events events;
    struct event event;
    if (events_read(payload, &events))
        return NULL;
    struct edge_telling *telling = malloc(
        sizeof *telling + count_events(events) * sizeof(struct edge_event *));
    if (!telling)
        log_panic("no memory for what the desk tells");
    telling->after = events.after;
    telling->upto = events.upto;
    telling->count = 0;
    while (events_next(&events, &event)) {
        struct edge_event *made = edge_event_create(&event);
        if (!made)
            log_panic("no memory for what the desk tells");
        telling->events[telling->count++] = made;
    }
    return telling;
}

void edge_telling_destroy(struct edge_telling *telling)
{
    for (size_t i = 0; telling && i < telling->count; i++)
        edge_event_release(telling->events[i]);
    free(telling);
}

void edge_apply_telling(struct edge_thread *thread,
                        const struct edge_telling *telling)
{
    streams_tell(thread->streams, telling->after, telling->upto,
                 telling->events, telling->count);
}
