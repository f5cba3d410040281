// SPDX-License-Identifier: Apache-2.0
#include "rtmp.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "media/intake_flv.h"
#include "media/rtmp_session.h"
#include "net/listener.h"
#include "tls.h"

enum {
    LISTENERS_MAX = 8,
    READ_BYTES = 64 * 1024,
    IN_BYTES_MAX = 2 * READ_BYTES,
    AHEAD_PAUSE = TIMELINE_HZ, /* who is further ahead has to wait … */
    PAUSE_US = 100 * 1000,     /* … so long, and again */
};

struct rtmp_connection {
    struct rtmp_connection *next, *previous;
    struct rtmp_server *server;
    struct loop_source source;
    struct loop_timeout timeout;
    struct loop_timer pause;
    struct rtmp_session *session;
    struct ssl_st *tls; /* or NULL */
    bool wants_out;     /* of TLS: it cannot read before it has written */
    struct buf in, out;
    size_t received; /* until its key came */
    struct feed feed;
    struct address_share *share;
    bool is_closing; /* only what is left to say */
    bool is_shut;    /* and that was said */
};

struct rtmp_listener {
    struct rtmp_server *server;
    struct listener listener;
    struct ssl_ctx_st *tls; /* or NULL */
};

struct rtmp_server {
    struct loop *loop;
    struct station *station;
    struct rtmp_listener listeners[LISTENERS_MAX];
    unsigned listener_count;
    struct rtmp_connection *connections;
    unsigned count;
    struct address_shares shares;
    struct loop_timeout_list hello, idle, closing;
};

static void destroy(struct rtmp_connection *connection)
{
    struct rtmp_server *server = connection->server;
    station_end(&connection->feed, "the connection broke off");
    loop_timeout_cancel(&connection->timeout);
    loop_timer_cancel(server->loop, &connection->pause);
    loop_remove(server->loop, &connection->source);
    tls_finish(connection->tls);
    close(connection->source.fd);
    rtmp_session_destroy(connection->session);
    buf_finish(&connection->in);
    buf_finish(&connection->out);
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        server->connections = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    server->count--;
    address_shares_give_back(&server->shares, connection->share);
    free(connection);
}

/* ---- Writing and closing ---------------------------------------------------
 */

static uint32_t wanted(const struct rtmp_connection *connection)
{
    bool reads =
        connection->is_closing || !loop_timer_is_armed(&connection->pause);
    bool writes = connection->out.len || connection->wants_out;
    return (reads ? EPOLLIN : 0u) | (writes ? EPOLLOUT : 0u);
}

static void flush(struct rtmp_connection *connection)
{
    struct str rest = buf_str(&connection->out);
    while (rest.len) {
        ssize_t sent = tls_send(connection->tls, connection->source.fd,
                                rest.ptr, rest.len);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            break; /* a broken one is noticed by reading */
        rest = str_from(rest, (size_t)sent);
    }
    buf_drop_front(&connection->out, connection->out.len - rest.len);
    if (connection->is_closing && !rest.len && !connection->is_shut) {
        connection->is_shut = true;
        tls_shut(connection->tls, connection->source.fd);
    }
    loop_watch(connection->server->loop, &connection->source,
               wanted(connection));
}

/* What it was told last arrives only if its own bytes are read meanwhile: a
 * socket that is closed with some unread resets the connection. */
static void begin_closing(struct rtmp_connection *connection)
{
    struct rtmp_server *server = connection->server;
    connection->is_closing = true;
    loop_timer_cancel(server->loop, &connection->pause);
    loop_timeout_arm(server->loop, &server->closing, &connection->timeout);
    flush(connection);
}

static struct rtmp_connection *connection_of(struct feed *feed)
{
    return (struct rtmp_connection *)((char *)feed -
                                      offsetof(struct rtmp_connection, feed));
}

static void on_drop(struct feed *feed, const char *reason)
{
    struct rtmp_connection *connection = connection_of(feed);
    rtmp_session_end(connection->session, reason, &connection->out);
    begin_closing(connection);
}

/* ---- What the session says -------------------------------------------------
 */

static enum err on_publish(void *context, const struct rtmp_publish *publish,
                           struct fault *fault)
{
    struct rtmp_connection *connection = context;
    struct rtmp_server *server = connection->server;
    connection->feed.encoder = publish->encoder;
    enum err err = station_begin(server->station, &connection->feed,
                                 publish->stream, fault);
    connection->feed.encoder = STR("");
    return err;
}

static enum err on_media(void *context, const struct rtmp_message *message,
                         struct fault *fault)
{
    struct rtmp_connection *connection = context;
    struct intake *intake = station_intake(&connection->feed);
    enum err err = intake_flv(intake, message,
                              station_now(connection->server->station), fault);
    if (err)
        station_end(&connection->feed, fault_text(fault));
    return err;
}

static void on_end(void *context)
{
    struct rtmp_connection *connection = context;
    station_end(&connection->feed, "its encoder ended it");
}

/* ---- Reading ---------------------------------------------------------------
 */

static void on_resume(void *context)
{
    struct rtmp_connection *connection = context;
    flush(connection);
}

/* A file sent faster than time goes by would run away from the clock. */
static void keep_pace(struct rtmp_connection *connection)
{
    struct rtmp_server *server = connection->server;
    if (connection->feed.channel &&
        intake_ahead(station_intake(&connection->feed)) > AHEAD_PAUSE)
        loop_timer_arm(server->loop, &connection->pause,
                       loop_now_us(server->loop) + PAUSE_US);
}

static void refuse(struct rtmp_connection *connection, const char *reason)
{
    station_tell_refused(connection->server->station, &connection->feed,
                         reason);
    begin_closing(connection);
}

static void take(struct rtmp_connection *connection, size_t got)
{
    struct rtmp_server *server = connection->server;
    struct fault fault = {0};
    bool was_on_air = connection->feed.channel != NULL;
    buf_grown(&connection->in, got);
    struct str rest = buf_str(&connection->in);
    enum err err = rtmp_session_receive(connection->session, &rest,
                                        &connection->out, &fault);
    buf_drop_front(&connection->in, connection->in.len - rest.len);
    if (err) {
        bool was_told = was_on_air || err == ERR_DENIED || err == ERR_BUSY ||
                        err == ERR_CLOSED || connection->feed.key.text[0];
        station_end(&connection->feed, fault_text(&fault));
        if (was_told)
            begin_closing(connection);
        else
            refuse(connection, fault_text(&fault));
        return;
    }
    if (connection->feed.channel) {
        loop_timeout_arm(server->loop, &server->idle, &connection->timeout);
        keep_pace(connection);
    } else {
        connection->received += got;
        if (connection->received > RTMP_BYTES_BEFORE_KEY_MAX) {
            refuse(connection, "it sends without having given a stream key");
            return;
        }
    }
    flush(connection);
}

/* The connection is over; who never got as far as RTMP is told of. */
static void break_off(struct rtmp_connection *connection, bool is_failed)
{
    if (is_failed && connection->tls && !connection->is_closing &&
        !connection->received && !connection->feed.key.text[0])
        station_tell_refused(connection->server->station, &connection->feed,
                             "the TLS handshake failed; the encoder's address "
                             "must begin with rtmps:// and its name be the "
                             "certificate's");
    destroy(connection);
}

static void read_some(struct rtmp_connection *connection)
{
    do {
        int fd = connection->source.fd;
        char *room = buf_reserve(&connection->in, READ_BYTES);
        ssize_t got = room ? tls_receive(connection->tls, fd, room, READ_BYTES,
                                         &connection->wants_out)
                           : 0;
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
            loop_watch(connection->server->loop, &connection->source,
                       wanted(connection));
            return;
        }
        if (got <= 0) {
            break_off(connection, got < 0);
            return;
        }
        if (!connection->is_closing)
            take(connection, (size_t)got);
    } while (tls_has_more(connection->tls));
}

static void on_events(void *context, uint32_t events)
{
    struct rtmp_connection *connection = context;
    bool reads =
        (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) || connection->wants_out;
    if (events & EPOLLOUT)
        flush(connection);
    if (reads)
        read_some(connection);
}

/* ---- Accepting -------------------------------------------------------------
 */

static void on_accept(void *context, int fd, const struct address_peer *peer)
{
    const struct rtmp_listener *listener = context;
    struct rtmp_server *server = listener->server;
    struct feed feed = {.protocol = listener->tls ? INGEST_RTMPS : INGEST_RTMP,
                        .peer = *peer,
                        .on_drop = on_drop};
    struct address_share *share = NULL;
    const char *reason =
        server->count >= RTMP_CONNECTIONS_MAX
            ? "too many connections are open"
            : station_take_share(&server->shares, peer, &share);
    struct rtmp_connection *connection =
        reason ? NULL : calloc(1, sizeof *connection);
    if (!connection) {
        address_shares_give_back(&server->shares, share);
        station_tell_refused(server->station, &feed,
                             reason ? reason : "there is no memory");
        close(fd);
        return;
    }
    connection->server = server;
    connection->feed = feed;
    connection->share = share;
    connection->source = (struct loop_source){
        .fd = fd, .on_events = on_events, .context = connection};
    connection->pause.on_due = on_resume;
    connection->pause.context = connection;
    buf_init(&connection->in, IN_BYTES_MAX);
    buf_init(&connection->out, RTMP_ANSWER_BYTES_MAX);
    const struct rtmp_events events = {connection, on_publish, on_media,
                                       on_end};
    if (listener->tls)
        connection->tls = tls_begin(listener->tls, fd);
    if ((listener->tls && !connection->tls) ||
        rtmp_session_create(&events, &connection->session) ||
        loop_add(server->loop, &connection->source, EPOLLIN)) {
        tls_finish(connection->tls);
        rtmp_session_destroy(connection->session);
        address_shares_give_back(&server->shares, share);
        free(connection);
        close(fd);
        return;
    }
    loop_timeout_arm(server->loop, &server->hello, &connection->timeout);
    connection->next = server->connections;
    if (connection->next)
        connection->next->previous = connection;
    server->connections = connection;
    server->count++;
}

/* ---- Time-outs -------------------------------------------------------------
 */

static struct rtmp_connection *connection_of_timeout(
    struct loop_timeout *timeout)
{
    return (
        struct rtmp_connection *)((char *)timeout -
                                  offsetof(struct rtmp_connection, timeout));
}

static void on_no_hello(void *context, struct loop_timeout *timeout)
{
    (void)context;
    refuse(connection_of_timeout(timeout),
           "it did not give a stream key in time");
}

static void on_idle(void *context, struct loop_timeout *timeout)
{
    struct rtmp_connection *connection = connection_of_timeout(timeout);
    (void)context;
    station_end(&connection->feed, "nothing was heard of its encoder");
    begin_closing(connection);
}

static void on_not_read(void *context, struct loop_timeout *timeout)
{
    (void)context;
    destroy(connection_of_timeout(timeout));
}

struct rtmp_server *rtmp_server_create(struct loop *loop,
                                       struct station *station)
{
    struct rtmp_server *server = calloc(1, sizeof *server);
    if (!server)
        log_panic("out of memory");
    server->loop = loop;
    server->station = station;
    address_shares_init(&server->shares, RTMP_CONNECTIONS_OF_ONE_MAX);
    loop_timeouts_add(loop, &server->hello, RTMP_HELLO_US, on_no_hello, NULL);
    loop_timeouts_add(loop, &server->idle, RTMP_IDLE_US, on_idle, NULL);
    loop_timeouts_add(loop, &server->closing, RTMP_CLOSING_US, on_not_read,
                      NULL);
    return server;
}

void rtmp_server_destroy(struct rtmp_server *server)
{
    while (server->connections)
        destroy(server->connections);
    for (unsigned i = 0; i < server->listener_count; i++)
        listener_stop(&server->listeners[i].listener);
    loop_timeouts_remove(server->loop, &server->hello);
    loop_timeouts_remove(server->loop, &server->idle);
    loop_timeouts_remove(server->loop, &server->closing);
    address_shares_finish(&server->shares);
    free(server);
}

enum err rtmp_server_listen(struct rtmp_server *server, int fd,
                            struct ssl_ctx_st *tls)
{
    if (server->listener_count == LISTENERS_MAX)
        return ERR_TOO_LONG;
    struct rtmp_listener *listener =
        &server->listeners[server->listener_count++];
    listener->server = server;
    listener->tls = tls;
    return listener_start(&listener->listener, server->loop, fd, on_accept,
                          listener);
}
