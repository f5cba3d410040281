// SPDX-License-Identifier: Apache-2.0
#include "link/event.h"

#include <assert.h>

#include "link/wire.h"

static bool is_between(char c, char first, char last)
{
    return c >= first && c <= last;
}

static bool is_name_character(char c)
{
    return is_between(c, 'a', 'z') || is_between(c, 'A', 'Z') ||
           is_between(c, '0', '9') || c == '-' || c == '_' || c == '/';
}

struct str event_topic_kind(struct str topic)
{
    ptrdiff_t colon = str_find_char(topic, ':');
    return str_slice(topic, 0, colon < 0 ? topic.len : (size_t)colon);
}

bool event_topic_is_valid(struct str text)
{
    struct str kind = event_topic_kind(text);
    if (text.len > EVENT_TOPIC_BYTES_MAX || kind.len == 0 ||
        kind.len + 1 >= text.len)
        return false;
    for (size_t i = 0; i < kind.len; i++) {
        if (!is_between(kind.ptr[i], 'a', 'z'))
            return false;
    }
    for (size_t i = kind.len + 1; i < text.len; i++) {
        if (!is_name_character(text.ptr[i]))
            return false;
    }
    return true;
}

/* A control character could end a line of the stream that it is written to. */
static bool is_data(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] < ' ')
            return false;
    }
    return text.len > 0 && text.len <= EVENT_DATA_BYTES_MAX;
}

void events_begin(struct buf *out, uint64_t after, uint64_t upto)
{
    wire_put_u64(out, after);
    wire_put_u64(out, upto);
}

void events_put(struct buf *out, const struct event *event)
{
    assert(event_topic_is_valid(event->topic));
    assert(is_data(event->data));
    wire_put_u64(out, event->number);
    wire_put_str(out, event->topic);
    wire_put_str(out, event->data);
}

bool events_next(struct events *events, struct event *ret_event)
{
    struct wire_reader reader = {.rest = events->rest};
    struct event event = {.number = wire_get_u64(&reader)};
    event.topic = wire_get_str(&reader);
    event.data = wire_get_str(&reader);
    if (reader.bad)
        return false;
    events->rest = reader.rest;
    *ret_event = event;
    return true;
}

enum err events_read(struct str payload, struct events *ret_events)
{
    struct wire_reader reader = {.rest = payload};
    struct events events = {.after = wire_get_u64(&reader)};
    events.upto = wire_get_u64(&reader);
    events.rest = reader.rest;
    if (reader.bad || events.after > events.upto ||
        events.upto >= EVENT_NUMBER_MAX)
        return ERR_INVALID;
    struct events walk = events;
    struct event event;
    uint64_t last = events.after + 1;
    while (events_next(&walk, &event)) {
        if (event.number < last || event.number > events.upto ||
            !event_topic_is_valid(event.topic) || !is_data(event.data))
            return ERR_INVALID;
        last = event.number;
    }
    if (walk.rest.len)
        return ERR_INVALID;
    *ret_events = events;
    return ERR_OK;
}
