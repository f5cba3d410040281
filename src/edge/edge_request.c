// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "edge/edge_internal.h"
#include "link/page_key.h"
#include "net/uri.h"

#define NEWSROOM_PREFIX STR("/newsroom/")
#define VIEWS_PREFIX STR("/views/")
#define HUB_PATH STR("/websub")
#define MEDIA_PREFIX STR("/media/")

static bool is_reading(const struct http_request *request)
{
    return request->method == HTTP_GET || request->method == HTTP_HEAD;
}

/* The loopback is the operator's, or a proxy's that does not tell who asks. */
static bool may_search(struct edge *edge, const struct http_exchange *exchange)
{
    struct address_peer reader = proxies_reader(
        &edge->config.proxies, &exchange->peer, &exchange->request.fields);
    return address_peer_is_this_machine(&reader) ||
           edge_admit(edge, exchange, EDGE_ALLOWANCE_SEARCH);
}

/* 301 to the canonical spelling of the same path. */
static void redirect_to(struct http_exchange *exchange, struct str path)
{
    DEFER(buf_finish) struct buf fields;
    buf_init(&fields, 4 * URI_PATH_BYTES_MAX);
    buf_add_c(&fields, "Location: ");
    uri_write_path(&fields, path);
    if (exchange->request.query.len) {
        buf_add_char(&fields, '?');
        buf_add(&fields, exchange->request.query);
    }
    buf_add_c(&fields, "\r\n");
    if (buf_err(&fields)) {
        edge_answer_error(exchange, 414);
        return;
    }
    http_answer(exchange, &(struct http_answer){
                              .status = 301,
                              .fields = buf_str(&fields),
                          });
}

static void answer_path(struct edge_thread *thread,
                        struct http_exchange *exchange, struct str path)
{
    const struct http_request *request = &exchange->request;
    if (str_starts_with(path, NEWSROOM_PREFIX)) {
        edge_forward_request(thread, exchange);
        return;
    }
    if (str_eq(path, HUB_PATH)) {
        edge_answer_hub(thread, exchange);
        return;
    }
    if (str_starts_with(path, EDGE_RECORDING_PREFIX)) {
        edge_answer_recording(thread, exchange,
                              str_from(path, EDGE_RECORDING_PREFIX.len));
        return;
    }
    if (str_starts_with(path, EDGE_LIVE_PREFIX)) {
        edge_answer_live(thread, exchange,
                         str_from(path, EDGE_LIVE_PREFIX.len));
        return;
    }
    if (!is_reading(request)) {
        edge_answer_error(exchange, 405);
        return;
    }
    if (edge_is_stream_path(path)) {
        edge_answer_stream(thread, exchange, path);
        return;
    }
    if (str_starts_with(path, MEDIA_PREFIX)) {
        edge_answer_media(thread, exchange, str_from(path, MEDIA_PREFIX.len));
        return;
    }
    char key_bytes[PAGE_KEY_BYTES_MAX];
    struct str key = page_key_make(path, request->query, key_bytes);
    struct page *page = map_get(&thread->pages, key);
    edge_count(thread, page ? EDGE_PAGE_HITS : EDGE_PAGE_MISSES);
    if (page)
        edge_answer_page(thread, exchange, page);
    else if (page_key_is_search(key) && !may_search(thread->edge, exchange))
        edge_answer_error(exchange, 429);
    else
        edge_wait_for_page(thread, exchange, key);
}

void edge_on_request(void *context, struct http_exchange *exchange)
{
    struct edge_thread *thread = context;
    const struct http_request *request = &exchange->request;
    if (str_starts_with(request->path, VIEWS_PREFIX)) {
        edge_answer_views(thread, exchange,
                          str_from(request->path, VIEWS_PREFIX.len));
        return;
    }
    /* A raw path that is a page's key is canonical: no need to look closer. */
    if (!request->query.ptr && is_reading(request)) {
        struct page *page = map_get(&thread->pages, request->path);
        if (page) {
            edge_count(thread, EDGE_PAGE_HITS);
            edge_answer_page(thread, exchange, page);
            return;
        }
    }
    char scratch[URI_PATH_BYTES_MAX];
    struct uri_path path;
    enum err err = uri_path_decode(request->path, scratch, &path);
    if (err)
        edge_answer_error(exchange, err == ERR_TOO_LONG ? 414 : 400);
    else if (!path.is_canonical)
        redirect_to(exchange, path.text);
    else
        answer_path(thread, exchange, path.text);
}

uint64_t edge_body_max(void *context, const struct http_request *request)
{
    (void)context;
    if (str_eq(request->path, HUB_PATH))
        return EDGE_HUB_BODY_BYTES_MAX;
    if (str_starts_with(request->path, EDGE_LIVE_PREFIX))
        return edge_live_body_max(request->path);
    return str_starts_with(request->path, NEWSROOM_PREFIX) ? EDGE_BODY_BYTES_MAX
                                                           : 0;
}
