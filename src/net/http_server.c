// SPDX-License-Identifier: Apache-2.0
#include "net/http_server.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/time.h"
#include "net/http_connection_internal.h"

enum {
    CONNECTIONS_MAX = 16384,
    CONNECTIONS_PER_ADDRESS_MAX = 256,
    HEAD_TIMEOUT_S = 10,
    BODY_TIMEOUT_S = 30,
    SEND_TIMEOUT_S = 30,
    IDLE_TIMEOUT_S = 30,
    LINGER_TIMEOUT_S = 2,
    WEBSOCKET_PING_S = 20,
};

/* ---- Pools -------------------------------------------------------------- */

char *http_input_take(struct http_server *server)
{
    struct http_spare *spare = server->spare_inputs;
    if (!spare)
        return malloc(HTTP_INPUT_BYTES);
    server->spare_inputs = spare->next;
    server->spare_input_count--;
    return (char *)spare;
}

void http_input_give(struct http_server *server, char *input)
{
    if (!input)
        return;
    if (server->spare_input_count == HTTP_POOL_MAX) {
        free(input);
        return;
    }
    struct http_spare *spare = (struct http_spare *)(void *)input;
    spare->next = server->spare_inputs;
    server->spare_inputs = spare;
    server->spare_input_count++;
}

struct http_exchange *http_exchange_take(struct http_server *server)
{
    struct http_exchange *exchange = server->spare_exchanges;
    if (!exchange) {
        exchange = malloc(sizeof *exchange);
        if (exchange)
            exchange->is_slim = false; /* it may be given back unused */
        return exchange;
    }
    server->spare_exchanges = exchange->next;
    server->spare_exchange_count--;
    return exchange;
}

void http_exchange_give(struct http_server *server,
                        struct http_exchange *exchange)
{
    if (exchange->is_slim || server->spare_exchange_count == HTTP_POOL_MAX) {
        free(exchange);
        return;
    }
    exchange->next = server->spare_exchanges;
    server->spare_exchanges = exchange;
    server->spare_exchange_count++;
}

static void free_pools(struct http_server *server)
{
    while (server->spare_inputs) {
        struct http_spare *next = server->spare_inputs->next;
        free(server->spare_inputs);
        server->spare_inputs = next;
    }
    while (server->spare_exchanges) {
        struct http_exchange *next = server->spare_exchanges->next;
        free(server->spare_exchanges);
        server->spare_exchanges = next;
    }
}

/* ---- Limits ------------------------------------------------------------- */

static enum err check_limits(struct http_server *server,
                             struct http_connection *connection)
{
    if (server->draining ||
        server->counts.connections >= server->config.connections_max)
        return ERR_BUSY;
    bool spared = connection->peer.is_local ||
                  (server->config.spares_loopback &&
                   address_peer_is_loopback(&connection->peer));
    return spared ? ERR_OK
                  : address_shares_take(&server->shares, &connection->peer,
                                        &connection->share);
}

/* One attempt to say why, then it is closed. */
static void turn_away(struct http_server *server, int fd, enum err err)
{
    const struct str text =
        err == ERR_RATE
            ? STR("HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\n"
                  "Retry-After: 10\r\nContent-Length: 0\r\n\r\n")
            : STR("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n"
                  "Retry-After: 10\r\nContent-Length: 0\r\n\r\n");
    server->counts.refused++;
    if (send(fd, text.ptr, text.len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        /* It is gone anyway. */
    }
}

/* ---- Connections -------------------------------------------------------- */

static struct http_connection *make_connection(struct http_server *server,
                                               int fd)
{
    struct http_connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        return NULL;
    connection->server = server;
    connection->source.fd = fd;
    connection->source.on_events = http_connection_on_events;
    connection->source.context = connection;
    http_output_init(&connection->output);
    return connection;
}

static enum err start_connection(struct http_server *server,
                                 struct http_connection *connection)
{
    enum err err = loop_add(server->config.loop, &connection->source, EPOLLIN);
    if (err)
        return err;
    connection->next = server->connections;
    if (connection->next)
        connection->next->previous = connection;
    server->connections = connection;
    server->counts.connections++;
    server->counts.accepted++;
    return ERR_OK;
}

static void hang_up(int fd, const struct http_transport *transport,
                    void *transport_state)
{
    if (transport)
        transport->close(transport_state, fd);
    close(fd);
}

enum err http_server_accept_over(struct http_server *server, int fd,
                                 const struct address_peer *peer,
                                 const struct http_transport *transport,
                                 void *state)
{
    struct http_connection *connection = make_connection(server, fd);
    enum err err = ERR_NO_MEMORY;
    if (connection) {
        connection->peer = *peer;
        connection->transport = transport;
        connection->transport_state = state;
        err = check_limits(server, connection);
        if (!err)
            err = start_connection(server, connection);
    }
    if (!err) {
        loop_timeout_arm(server->config.loop, &server->head_timeouts,
                         &connection->timeout);
        return ERR_OK;
    }
    if (!transport)
        turn_away(server, fd, err);
    hang_up(fd, transport, state);
    if (connection)
        address_shares_give_back(&server->shares, connection->share);
    free(connection);
    return err;
}

void http_server_accept(void *server, int fd, const struct address_peer *peer)
{
    if (http_server_accept_over(server, fd, peer, NULL, NULL)) {
        /* It was told so. */
    }
}

enum err http_server_adopt(struct http_server *server, int fd, void *adopted)
{
    struct http_connection *connection = make_connection(server, fd);
    enum err err = connection ? ERR_OK : ERR_NO_MEMORY;
    int flags = fcntl(fd, F_GETFL);
    if (!err && (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0))
        err = ERR_IO;
    if (!err) {
        connection->peer.is_local = true;
        connection->is_adopted = true;
        connection->adopted = adopted;
        err = start_connection(server, connection);
    }
    if (err) {
        close(fd);
        free(connection);
    }
    return err;
}

void http_connection_enter(struct http_connection *connection)
{
    assert(connection->users < UINT8_MAX);
    connection->users++;
}

void http_connection_leave(struct http_connection *connection)
{
    assert(connection->users > 0);
    if (--connection->users == 0 && connection->state == CONNECTION_CLOSED)
        free(connection);
}

/* The exchange loses its connection: the handler is told, or keeps it with the
 * bytes that it points into. */
static void abandon(struct http_connection *connection)
{
    struct http_exchange *exchange = connection->exchange;
    bool is_kept = connection->state == CONNECTION_HANDLING ||
                   connection->state == CONNECTION_STREAMING;
    http_tail_abandon(connection);
    http_websocket_abandon(connection);
    if (!exchange)
        return;
    connection->exchange = NULL;
    exchange->connection = NULL;
    if (is_kept && !exchange->on_abandon) {
        exchange->input = connection->input;
        connection->input = NULL;
        return;
    }
    if (is_kept)
        exchange->on_abandon(exchange);
    buf_finish(&exchange->body_buf);
    connection->server->counts.exchanges--;
    http_exchange_give(connection->server, exchange);
}

static void unlink_connection(struct http_server *server,
                              struct http_connection *connection)
{
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        server->connections = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    server->counts.connections--;
}

void http_connection_close(struct http_connection *connection)
{
    struct http_server *server = connection->server;
    if (connection->state == CONNECTION_CLOSED)
        return;
    http_connection_enter(connection);
    loop_timeout_cancel(&connection->timeout);
    loop_remove(server->config.loop, &connection->source);
    hang_up(connection->source.fd, connection->transport,
            connection->transport_state);
    unlink_connection(server, connection);
    address_shares_give_back(&server->shares, connection->share);
    abandon(connection);
    connection->state = CONNECTION_CLOSED;
    http_output_finish(&connection->output);
    http_input_give(server, connection->input);
    if (server->config.on_close)
        server->config.on_close(server->config.context, connection->adopted);
    if (server->draining && server->counts.connections == 0 && server->on_empty)
        server->on_empty(server->on_empty_context);
    http_connection_leave(connection);
}

/* ---- The server --------------------------------------------------------- */

static int64_t or_seconds(int64_t timeout_us, int seconds)
{
    return timeout_us > 0 ? timeout_us : seconds * TIME_US_PER_SECOND;
}

static void add_timeouts(struct http_server *server)
{
    const struct http_server_config *config = &server->config;
    const struct {
        struct loop_timeout_list *list;
        int64_t duration_us;
    } lists[] = {
        {&server->head_timeouts,
         or_seconds(config->head_timeout_us, HEAD_TIMEOUT_S)},
        {&server->body_timeouts,
         or_seconds(config->body_timeout_us, BODY_TIMEOUT_S)},
        {&server->send_timeouts,
         or_seconds(config->send_timeout_us, SEND_TIMEOUT_S)},
        {&server->idle_timeouts,
         or_seconds(config->idle_timeout_us, IDLE_TIMEOUT_S)},
        {&server->linger_timeouts, or_seconds(0, LINGER_TIMEOUT_S)},
        {&server->websocket_timeouts,
         or_seconds(config->websocket_ping_us, WEBSOCKET_PING_S)},
    };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        loop_timeouts_add(config->loop, lists[i].list, lists[i].duration_us,
                          http_connection_on_timeout, server);
}

enum err http_server_create(const struct http_server_config *config,
                            struct http_server **ret_server)
{
    assert(config->loop);
    assert(config->on_request);
    struct http_server *server = calloc(1, sizeof *server);
    if (!server)
        return ERR_NO_MEMORY;
    signal(SIGPIPE, SIG_IGN); /* sendfile and writev have no MSG_NOSIGNAL */
    server->config = *config;
    if (!server->config.connections_max)
        server->config.connections_max = CONNECTIONS_MAX;
    if (!server->config.connections_per_address_max)
        server->config.connections_per_address_max =
            CONNECTIONS_PER_ADDRESS_MAX;
    address_shares_init(&server->shares,
                        server->config.connections_per_address_max);
    add_timeouts(server);
    *ret_server = server;
    return ERR_OK;
}

void http_server_destroy(struct http_server *server)
{
    if (!server)
        return;
    server->on_empty = NULL;
    while (server->connections)
        http_connection_close(server->connections);
    assert(server->counts.exchanges == 0);
    loop_timeouts_remove(server->config.loop, &server->head_timeouts);
    loop_timeouts_remove(server->config.loop, &server->body_timeouts);
    loop_timeouts_remove(server->config.loop, &server->send_timeouts);
    loop_timeouts_remove(server->config.loop, &server->idle_timeouts);
    loop_timeouts_remove(server->config.loop, &server->linger_timeouts);
    loop_timeouts_remove(server->config.loop, &server->websocket_timeouts);
    address_shares_finish(&server->shares);
    free_pools(server);
    free(server);
}

void http_server_drain(struct http_server *server,
                       void (*on_empty)(void *context), void *context)
{
    server->draining = true;
    server->on_empty = NULL;
    struct http_connection *connection = server->connections;
    while (connection) {
        struct http_connection *next = connection->next;
        if (connection->state == CONNECTION_IDLE || connection->tail)
            http_connection_close(connection);
        else if (connection->websocket)
            http_websocket_drain(connection);
        connection = next;
    }
    server->on_empty = on_empty;
    server->on_empty_context = context;
    if (server->counts.connections == 0 && on_empty)
        on_empty(context);
}

void *http_server_context(const struct http_server *server)
{
    return server->config.context;
}

struct http_server_counts http_server_counts(const struct http_server *server)
{
    return server->counts;
}
