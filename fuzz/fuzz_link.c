// SPDX-License-Identifier: Apache-2.0
/* The link's messages as the other side reads them: pages, views, events. */
#include <stdint.h>
#include <stdlib.h>

#include "base/id.h"
#include "link/event.h"
#include "link/message.h"
#include "link/page.h"
#include "link/views.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* What is taken is what an article can have. */
static void check_pairs(const struct views_pairs *pairs)
{
    for (size_t i = 0; i < pairs->count; i++) {
        struct views_pair pair = views_pair_at(pairs, i);
        struct id id;
        if (id_from_number(pair.article, &id) ||
            id_number(&id) != pair.article || pair.count < 0 ||
            pair.count > VIEWS_COUNT_MAX)
            abort();
    }
}

static void read_views(struct str payload)
{
    struct views_pairs pairs;
    uint64_t edge;
    if (!views_read_batch(payload, &edge, &pairs))
        check_pairs(&pairs);
    if (!views_read_pairs(payload, &pairs))
        check_pairs(&pairs);
}

/* What is taken can be written into a stream as one event. */
static void read_events(struct str payload)
{
    struct events events;
    struct event event;
    if (events_read(payload, &events))
        return;
    uint64_t last = events.after;
    while (events_next(&events, &event)) {
        if (event.number < last || event.number > events.upto ||
            str_find_char(event.data, '\n') >= 0 ||
            str_find_char(event.topic, ' ') >= 0)
            abort();
        last = event.number;
    }
    if (events.rest.len)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str rest = str_of((const char *)bytes, len);
    struct message message;
    while (!message_next(&rest, &message)) {
        struct page *page;
        read_views(message.payload);
        read_events(message.payload);
        if (page_decode(message.payload, &page))
            continue;
        for (int i = 0; i < PAGE_CODINGS; i++) {
            /* Every text must lie within the page's own memory. */
            const char *start = (const char *)(page + 1);
            struct str body = page->variants[i].body;
            if (body.ptr &&
                (body.ptr < start ||
                 body.ptr + body.len > (const char *)page + page->bytes))
                abort();
        }
        page_release(page);
    }
    return 0;
}
