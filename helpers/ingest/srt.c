// SPDX-License-Identifier: Apache-2.0
#include "srt.h"

#include <pthread.h>
#include <srt/access_control.h>
#include <srt/srt.h>
#include <stdatomic.h>
#include <time.h>

#include "base/log.h"
#include "base/time.h"
#include "media/intake_ts.h"
#include "media/srt_pull.h"

enum {
    BACKLOG = 16,
    MESSAGE_BYTES_MAX = 1500,
    BATCH_BYTES = 64 * 1024,
    EVENTS_MAX = 32,
    WAIT_MS = 100, /* how soon the thread notices that it is to end */
    PAUSE_NS = 10 * 1000 * 1000,
    STREAM_ID_BYTES = 513, /* what SRT carries, and a NUL */
    IDLE_US = 10 * 1000 * 1000,
    CALL_LOOK_US = 250 * 1000,
    CALL_PAUSE_US = 500 * 1000,   /* twice as long each time … */
    CALL_PAUSES = 4,              /* … so often */
    ANSWER_US = 30 * 1000 * 1000, /* for so long an address is waited for */
    NUMBER_MAX = INT32_MAX,       /* of packets: 31 bits */
};

struct srt_connection {
    struct srt_connection *next, **place;
    struct srt_server *server;
    SRTSOCKET socket;
    struct loop_timeout timeout;
    struct feed feed;
    struct address_share *share; /* NULL: we call */
    struct intake_ts ts;
    int32_t next_number; /* of a packet; -1: none came yet */
    /* Of one that we call; the feed begins with its first bytes. */
    char *pull; /* owned; NULL: it called us */
    struct id channel;
};

/* A channel whose broadcast is fetched. */
struct srt_call {
    struct id channel;
    int64_t again_us; /* not before */
    unsigned failures;
    char host[SRT_PULL_HOST_BYTES_MAX + 1]; /* whose address was asked for … */
    int64_t asked_us;                       /* … then; 0: none was */
};

/* A socket that calls go out by, of one family of addresses. */
struct srt_exit {
    SRTSOCKET socket;
    struct sockaddr_storage address;
    int address_bytes;
};

struct srt_server {
    struct loop *loop;
    struct station *station;
    SRTSOCKET listener;
    int epoll;
    pthread_t thread;
    atomic_bool is_stopping;
    atomic_size_t posted; /* bytes */
    struct srt_connection *connections;
    unsigned count;
    struct address_shares shares;
    struct loop_timeout_list idle;
    struct srt_exit exit4, exit6;
    struct srt_call calls[INGEST_CHANNELS_MAX];
    size_t call_count;
    struct loop_timer call_timer;
};

/* What the thread tells the loop. */
struct srt_news {
    struct srt_server *server;
    enum { ACCEPTED, RECEIVED, BROKEN, REFUSED } kind;
    SRTSOCKET socket;
    struct address_peer peer;
    const char
        *reason;      /* of REFUSED, and of BROKEN when it did not come about */
    char encoder[32]; /* of ACCEPTED … */
    char stream_id[STREAM_ID_BYTES];
    /* Of RECEIVED: the first and the last packet's number; between them none is
     * missing. */
    int32_t first, last;
    size_t len;
    char bytes[];
};

static struct srt_news *news_of(struct srt_server *server, int kind,
                                SRTSOCKET socket, size_t room)
{
    struct srt_news *news = calloc(1, sizeof *news + room);
    if (!news)
        log_panic("out of memory", LOG_C("wanted", "news of a connection"));
    news->server = server;
    news->kind = kind;
    news->socket = socket;
    return news;
}

static void on_news(void *argument);

static void post(struct srt_news *news)
{
    atomic_fetch_add(&news->server->posted, news->len);
    loop_post(news->server->loop, on_news, news);
}

/* ---- Stream ids ------------------------------------------------------------
 */

enum err srt_stream_key(struct str id, struct str *ret_key)
{
    struct str part;
    *ret_key = id;
    if (!str_starts_with(id, STR("#!::")))
        return ERR_OK;
    *ret_key = STR("");
    for (struct str rest = str_from(id, 4);
         str_split_next(&rest, ',', &part);) {
        if (str_starts_with(part, STR("r=")))
            *ret_key = str_from(part, 2);
        else if (str_starts_with(part, STR("m=")) &&
                 !str_eq(part, STR("m=publish")))
            return ERR_INVALID;
    }
    return ERR_OK;
}

/* ---- Connections, on the loop ----------------------------------------------
 */

static void destroy(struct srt_connection *connection)
{
    struct srt_server *server = connection->server;
    loop_timeout_cancel(&connection->timeout);
    srt_epoll_remove_usock(server->epoll, connection->socket);
    srt_close(connection->socket);
    intake_ts_finish(&connection->ts);
    *connection->place = connection->next;
    if (connection->next)
        connection->next->place = connection->place;
    server->count--;
    address_shares_give_back(&server->shares, connection->share);
    free(connection->pull);
    free(connection);
}

/* SRT has no words for why; the log and the studio have. The connection goes
 * with the news of its end, not within this call. */
static void on_drop(struct feed *feed, const char *reason)
{
    struct srt_connection *connection =
        (struct srt_connection *)((char *)feed -
                                  offsetof(struct srt_connection, feed));
    (void)reason;
    post(news_of(connection->server, BROKEN, connection->socket, 0));
}

/* Where a channel's calls are kept; NULL: there are too many. */
static struct srt_call *call_of(struct srt_server *server,
                                const struct id *channel)
{
    for (size_t i = 0; i < server->call_count; i++) {
        if (str_eq(id_str(&server->calls[i].channel), id_str(channel)))
            return &server->calls[i];
    }
    /* Those that were removed are forgotten all at once. */
    if (server->call_count == INGEST_CHANNELS_MAX)
        server->call_count = 0;
    struct srt_call *call = &server->calls[server->call_count++];
    *call = (struct srt_call){.channel = *channel};
    return call;
}

/* It is called again, later and later; the log is told once. */
static void note_failure(struct srt_call *call, const char *address,
                         const char *reason)
{
    unsigned pause =
        call->failures < CALL_PAUSES ? call->failures : CALL_PAUSES;
    call->again_us = clock_now_us() + (CALL_PAUSE_US << pause);
    if (call->failures++)
        return;
    log_warn("a broadcast cannot be fetched; it is tried again and again",
             LOG_STR("channel", id_str(&call->channel)),
             LOG_C("address", address), LOG_C("reason", reason));
}

static void note_call_over(struct srt_connection *connection,
                           const char *reason)
{
    char address[ADDRESS_TEXT_BYTES];
    address_peer_format(&connection->feed.peer, address);
    note_failure(call_of(connection->server, &connection->channel), address,
                 reason);
}

static void end(struct srt_connection *connection, const char *reason)
{
    if (connection->pull && connection->next_number < 0)
        note_call_over(connection, reason);
    station_end(&connection->feed, reason);
    destroy(connection);
}

static struct srt_connection *find(const struct srt_server *server,
                                   SRTSOCKET socket)
{
    struct srt_connection *c = server->connections;
    while (c && c->socket != socket)
        c = c->next;
    return c;
}

static void hang_up(struct srt_server *server, SRTSOCKET socket)
{
    srt_epoll_remove_usock(server->epoll, socket);
    srt_close(socket);
}

static void add_connection(struct srt_server *server,
                           struct srt_connection *connection)
{
    connection->server = server;
    connection->next_number = -1;
    intake_ts_init(&connection->ts);
    connection->next = server->connections;
    connection->place = &server->connections;
    if (connection->next)
        connection->next->place = &connection->next;
    server->connections = connection;
    server->count++;
    loop_timeout_arm(server->loop, &server->idle, &connection->timeout);
}

static void take_accepted(struct srt_server *server,
                          const struct srt_news *news)
{
    struct feed feed = {.protocol = INGEST_SRT,
                        .peer = news->peer,
                        .encoder = str_from_c(news->encoder),
                        .on_drop = on_drop};
    struct fault fault = {0};
    struct str key;
    struct address_share *share = NULL;
    const char *reason =
        server->count >= SRT_CONNECTIONS_MAX
            ? "too many connections are open"
            : station_take_share(&server->shares, &news->peer, &share);
    struct srt_connection *connection =
        reason ? NULL : calloc(1, sizeof *connection);
    if (!connection) {
        address_shares_give_back(&server->shares, share);
        station_tell_refused(server->station, &feed,
                             reason ? reason : "there is no memory");
        hang_up(server, news->socket);
        return;
    }
    connection->feed = feed;
    connection->share = share;
    if (srt_stream_key(str_from_c(news->stream_id), &key) ||
        station_begin(server->station, &connection->feed, key, &fault)) {
        hang_up(server, news->socket);
        address_shares_give_back(&server->shares, share);
        free(connection);
        return;
    }
    connection->feed.encoder = STR("");
    connection->socket = news->socket;
    add_connection(server, connection);
}

/* Whether its broadcast is on air; if not, the connection is gone. */
static bool begin_pulled(struct srt_connection *connection)
{
    struct srt_server *server = connection->server;
    struct fault fault = {0};
    connection->feed.encoder = STR("called");
    if (station_begin_pull(server->station, &connection->feed,
                           &connection->channel, &fault)) {
        end(connection, fault_text(&fault));
        return false;
    }
    connection->feed.encoder = STR("");
    call_of(server, &connection->channel)->failures = 0;
    return true;
}

static int32_t number_after(int32_t number)
{
    return (number + 1) & NUMBER_MAX;
}

static void take_bytes(struct srt_server *server, const struct srt_news *news)
{
    struct srt_connection *connection = find(server, news->socket);
    struct fault fault = {0};
    if (connection && connection->pull && connection->next_number < 0 &&
        !begin_pulled(connection))
        return;
    if (!connection || !connection->feed.channel)
        return;
    loop_timeout_arm(server->loop, &server->idle, &connection->timeout);
    if (connection->next_number >= 0 && news->first != connection->next_number)
        intake_ts_lose(&connection->ts, station_intake(&connection->feed),
                       (news->first - connection->next_number) & NUMBER_MAX);
    connection->next_number = number_after(news->last);
    if (intake_ts_receive(&connection->ts, station_intake(&connection->feed),
                          str_of(news->bytes, news->len),
                          station_now(server->station), &fault))
        end(connection, fault_text(&fault));
}

static void on_news(void *argument)
{
    struct srt_news *news = argument;
    struct srt_server *server = news->server;
    const struct feed stranger = {.protocol = INGEST_SRT, .peer = news->peer};
    struct srt_connection *connection = NULL;
    switch (news->kind) {
    case ACCEPTED:
        take_accepted(server, news);
        break;
    case RECEIVED:
        take_bytes(server, news);
        break;
    case BROKEN:
        connection = find(server, news->socket);
        if (connection)
            end(connection,
                news->reason ? news->reason : "the connection ended");
        break;
    case REFUSED:
        station_tell_refused(server->station, &stranger, news->reason);
        break;
    }
    atomic_fetch_sub(&server->posted, news->len);
    free(news);
}

static void on_idle(void *context, struct loop_timeout *timeout)
{
    (void)context;
    end((struct srt_connection *)((char *)timeout -
                                  offsetof(struct srt_connection, timeout)),
        "nothing was heard of its encoder");
}

/* ---- Calling ----------------------------------------------------------------
 */

/* By one of the sockets that are there. */
static bool call_out(const struct srt_server *server, SRTSOCKET socket,
                     const struct srt_pull *pull, const struct address *address)
{
    const int no = 0, yes = 1, latency = (int)pull->latency_ms;
    const int events = SRT_EPOLL_IN | SRT_EPOLL_ERR;
    bool is6 = address->socket.ss_family == AF_INET6;
    const struct srt_exit *way = is6 ? &server->exit6 : &server->exit4;
    return way->socket != SRT_INVALID_SOCK &&
           !srt_setsockflag(socket, SRTO_RCVSYN, &no, sizeof no) &&
           (!is6 ||
            !srt_setsockflag(socket, SRTO_IPV6ONLY, &yes, sizeof yes)) &&
           (!pull->stream_id[0] ||
            !srt_setsockflag(socket, SRTO_STREAMID, pull->stream_id,
                             (int)strlen(pull->stream_id))) &&
           (!pull->passphrase[0] ||
            !srt_setsockflag(socket, SRTO_PASSPHRASE, pull->passphrase,
                             (int)strlen(pull->passphrase))) &&
           (!latency ||
            !srt_setsockflag(socket, SRTO_LATENCY, &latency, sizeof latency)) &&
           !srt_bind(socket, (const struct sockaddr *)&way->address,
                     way->address_bytes) &&
           srt_connect(socket, (const struct sockaddr *)&address->socket,
                       (int)address->socket_bytes) != SRT_ERROR &&
           !srt_epoll_add_usock(server->epoll, socket, &events);
}

/* host: an address. */
static enum err find_address(struct str host, uint16_t port,
                             struct address *ret_address, struct fault *fault)
{
    char text[ADDRESS_TEXT_BYTES];
    bool is6 = str_find_char(host, ':') >= 0;
    snprintf(text, sizeof text, is6 ? "[%" PRI_STR "]:%u" : "%" PRI_STR ":%u",
             ARG_STR(host), (unsigned)port);
    return address_parse(str_from_c(text), ret_address, fault);
}

static void call(struct srt_server *server, const struct station_pull *wanted,
                 const struct srt_pull *pull, struct str host)
{
    struct address address;
    struct fault fault = {0};
    struct srt_connection *connection = calloc(1, sizeof *connection);
    if (!connection || !(connection->pull = malloc(wanted->text.len + 1)))
        log_panic("out of memory", LOG_C("wanted", "a call"));
    memcpy(connection->pull, wanted->text.ptr, wanted->text.len);
    connection->pull[wanted->text.len] = '\0';
    connection->channel = wanted->channel;
    connection->feed = (struct feed){
        .protocol = INGEST_SRT,
        .pull = str_of(connection->pull, wanted->text.len),
        .on_drop = on_drop,
    };
    enum err err = find_address(host, pull->port, &address, &fault);
    if (!err)
        address_peer_from(&address.socket, &connection->feed.peer);
    connection->socket = srt_create_socket();
    add_connection(server, connection);
    if (!err && !call_out(server, connection->socket, pull, &address))
        err = fault_set(&fault, ERR_IO, "pull", "%s", srt_getlasterror_str());
    if (err)
        end(connection, fault_text(&fault));
}

static bool is_calling(const struct srt_server *server,
                       const struct id *channel)
{
    const struct srt_connection *c = server->connections;
    while (c && !(c->pull && str_eq(id_str(&c->channel), id_str(channel))))
        c = c->next;
    return c != NULL;
}

/* At once, or when its address is known. */
static void begin_call(struct srt_server *server, struct srt_call *note,
                       const struct station_pull *wanted)
{
    struct srt_pull pull;
    struct fault fault = {0};
    if (srt_pull_parse(wanted->text, &pull, &fault)) {
        note_failure(note, "", fault_text(&fault));
    } else if (!pull.is_name) {
        call(server, wanted, &pull, str_from_c(pull.host));
    } else {
        memcpy(note->host, pull.host, sizeof note->host);
        note->asked_us = clock_now_us();
        station_ask_address(server->station, &wanted->channel,
                            str_from_c(pull.host));
    }
}

static bool find_pull(const struct srt_server *server, const struct id *channel,
                      struct station_pull *ret_pull)
{
    size_t position = 0;
    while (station_next_pull(server->station, &position, ret_pull))
        if (str_eq(id_str(&ret_pull->channel), id_str(channel)))
            return true;
    return false;
}

void srt_server_found(struct srt_server *server,
                      const struct ingest_message *found)
{
    struct srt_call *note = call_of(server, &found->channel);
    struct station_pull wanted;
    struct srt_pull pull;
    struct fault fault = {0};
    if (!note->asked_us || !str_eq(found->host, str_from_c(note->host)))
        return;
    note->asked_us = 0;
    if (!found->address_count) {
        char reason[INGEST_TEXT_BYTES_MAX + 1] = "it has no address";
        (void)!str_to_c(found->reason, reason, sizeof reason);
        note_failure(note, note->host, reason);
    } else if (find_pull(server, &found->channel, &wanted) && !wanted.is_fed &&
               !is_calling(server, &found->channel) &&
               !srt_pull_parse(wanted.text, &pull, &fault) &&
               str_eq(found->host, str_from_c(pull.host))) {
        call(server, &wanted, &pull,
             found->addresses[note->failures % found->address_count]);
    }
}

/* Whether there is a question that nobody answered yet. */
static bool is_asking(struct srt_call *note)
{
    if (note->asked_us && clock_now_us() - note->asked_us > ANSWER_US) {
        note->asked_us = 0;
        note_failure(note, note->host,
                     "nobody says which address that name has; look at this "
                     "server's DNS");
    }
    return note->asked_us != 0;
}

static void look_for_calls(void *context)
{
    struct srt_server *server = context;
    struct station_pull pull;
    size_t position = 0;
    while (station_next_pull(server->station, &position, &pull)) {
        struct srt_call *note = call_of(server, &pull.channel);
        if (!pull.is_fed && !is_calling(server, &pull.channel) &&
            !is_asking(note) && clock_now_us() >= note->again_us)
            begin_call(server, note, &pull);
    }
    loop_timer_arm(server->loop, &server->call_timer,
                   loop_now_us(server->loop) + CALL_LOOK_US);
}

/* Where the kernel has no such family, nobody is called there. */
static void open_exit(struct srt_exit *way, int family)
{
    const int yes = 1;
    *way = (struct srt_exit){
        .socket = srt_create_socket(),
        .address = {.ss_family = (sa_family_t)family},
        .address_bytes = family == AF_INET6 ? (int)sizeof(struct sockaddr_in6)
                                            : (int)sizeof(struct sockaddr_in)};
    if (way->socket != SRT_INVALID_SOCK &&
        (family == AF_INET ||
         !srt_setsockflag(way->socket, SRTO_IPV6ONLY, &yes, sizeof yes)) &&
        !srt_bind(way->socket, (const struct sockaddr *)&way->address,
                  way->address_bytes) &&
        !srt_getsockname(way->socket, (struct sockaddr *)&way->address,
                         &way->address_bytes))
        return;
    if (way->socket != SRT_INVALID_SOCK)
        srt_close(way->socket);
    way->socket = SRT_INVALID_SOCK;
}

/* ---- On libsrt's threads ---------------------------------------------------
 */

static void set_peer(struct srt_news *news, const struct sockaddr *address)
{
    struct sockaddr_storage socket = {.ss_family = AF_UNSPEC};
    memcpy(&socket, address,
           address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                          : sizeof(struct sockaddr_in));
    address_peer_from(&socket, &news->peer);
}

/* Whether a handshake goes on; here its encryption is decided. */
static int on_handshake(void *context, SRTSOCKET socket, int version,
                        const struct sockaddr *address, const char *stream_id)
{
    struct srt_server *server = context;
    char passphrase[INGEST_PASSPHRASE_BYTES_MAX + 1] = "";
    struct str key;
    const char *reason = NULL;
    (void)version;
    if (srt_stream_key(str_from_c(stream_id), &key)) {
        reason = "this address takes broadcasts in: its stream id should say "
                 "m=publish";
        srt_setrejectreason(socket, SRT_REJX_BAD_MODE);
    } else if (station_passphrase(server->station, key, passphrase)) {
        reason = "the stream key is not known; it belongs into the stream id";
        srt_setrejectreason(socket, SRT_REJX_UNAUTHORIZED);
    }
    if (reason) {
        struct srt_news *news = news_of(server, REFUSED, socket, 0);
        news->reason = reason;
        set_peer(news, address);
        post(news);
        return -1;
    }
    return passphrase[0] ? srt_setsockflag(socket, SRTO_PASSPHRASE, passphrase,
                                           (int)strlen(passphrase))
                         : 0;
}

static void accept_one(struct srt_server *server)
{
    struct sockaddr_storage address;
    int bytes = sizeof address, len = STREAM_ID_BYTES, version = 0;
    int version_len = sizeof version;
    const int events = SRT_EPOLL_IN | SRT_EPOLL_ERR;
    SRTSOCKET socket =
        srt_accept(server->listener, (struct sockaddr *)&address, &bytes);
    if (socket == SRT_INVALID_SOCK)
        return;
    struct srt_news *news = news_of(server, ACCEPTED, socket, 0);
    set_peer(news, (const struct sockaddr *)&address);
    if (srt_getsockflag(socket, SRTO_STREAMID, news->stream_id, &len) ||
        srt_getsockflag(socket, SRTO_PEERVERSION, &version, &version_len) ||
        srt_epoll_add_usock(server->epoll, socket, &events)) {
        srt_close(socket);
        free(news);
        return;
    }
    snprintf(news->encoder, sizeof news->encoder, "SRT %d.%d.%d",
             version >> 16 & 255, version >> 8 & 255, version & 255);
    post(news);
}

/* What was received behind a hole, got bytes, goes by itself. */
static struct srt_news *split(struct srt_news *news, size_t got)
{
    struct srt_news *rest =
        news_of(news->server, RECEIVED, news->socket, BATCH_BYTES);
    memcpy(rest->bytes, news->bytes + news->len, got);
    post(news);
    return rest;
}

/* All that is there, some of it at once. */
static void receive_some(struct srt_server *server, SRTSOCKET socket)
{
    struct srt_news *news = news_of(server, RECEIVED, socket, BATCH_BYTES);
    int got = 0;
    while (news->len + MESSAGE_BYTES_MAX <= BATCH_BYTES) {
        SRT_MSGCTRL control = srt_msgctrl_default;
        got = srt_recvmsg2(socket, news->bytes + news->len, MESSAGE_BYTES_MAX,
                           &control);
        if (got <= 0)
            break;
        if (news->len && control.pktseq != number_after(news->last))
            news = split(news, (size_t)got);
        if (!news->len)
            news->first = control.pktseq;
        news->last = control.pktseq;
        news->len += (size_t)got;
    }
    bool is_over = got <= 0 && srt_getlasterror(NULL) != SRT_EASYNCRCV;
    if (news->len)
        post(news);
    else
        free(news);
    if (is_over) {
        struct srt_news *broken = news_of(server, BROKEN, socket, 0);
        int why = srt_getrejectreason(socket);
        if (why != SRT_REJ_UNKNOWN)
            broken->reason = srt_rejectreason_str(why);
        srt_epoll_remove_usock(server->epoll, socket);
        post(broken);
    }
}

/* Should the loop be behind, SRT's own buffers fill, and it drops what is too
 * late. */
static void wait_for_loop(struct srt_server *server)
{
    const struct timespec pause = {0, PAUSE_NS};
    while (atomic_load(&server->posted) > SRT_POSTED_BYTES_MAX &&
           !atomic_load(&server->is_stopping))
        nanosleep(&pause, NULL);
}

static void *run(void *argument)
{
    struct srt_server *server = argument;
    SRT_EPOLL_EVENT events[EVENTS_MAX];
    while (!atomic_load(&server->is_stopping)) {
        int count = srt_epoll_uwait(server->epoll, events, EVENTS_MAX, WAIT_MS);
        for (int i = 0; i < count && i < EVENTS_MAX; i++)
            if (events[i].fd == server->listener)
                accept_one(server);
            else
                receive_some(server, events[i].fd);
        wait_for_loop(server);
    }
    return NULL;
}

/* ---- Beginning and end -----------------------------------------------------
 */

static enum err listen_on(struct srt_server *server, struct str text,
                          struct fault *fault)
{
    struct address address;
    const int no = 0, events = SRT_EPOLL_IN | SRT_EPOLL_ERR;
    enum err err = address_parse(text, &address, fault);
    if (err)
        return err;
    const int only6 = !address.any_host;
    server->listener = srt_create_socket();
    server->epoll = srt_epoll_create();
    if (server->listener == SRT_INVALID_SOCK || server->epoll < 0 ||
        (address.socket.ss_family == AF_INET6 &&
         srt_setsockflag(server->listener, SRTO_IPV6ONLY, &only6,
                         sizeof only6)) ||
        srt_setsockflag(server->listener, SRTO_RCVSYN, &no, sizeof no) ||
        srt_listen_callback(server->listener, on_handshake, server) ||
        srt_bind(server->listener, (const struct sockaddr *)&address.socket,
                 (int)address.socket_bytes) ||
        srt_listen(server->listener, BACKLOG) ||
        srt_epoll_add_usock(server->epoll, server->listener, &events))
        return fault_set(fault, ERR_IO, "srt",
                         "SRT cannot listen on %.*s: %s; choose another "
                         "address or port",
                         ARG_STR(text), srt_getlasterror_str());
    return ERR_OK;
}

struct srt_server *srt_server_create(struct loop *loop, struct station *station,
                                     struct str address, struct fault *fault)
{
    struct srt_server *server = calloc(1, sizeof *server);
    if (!server)
        log_panic("out of memory");
    server->loop = loop;
    server->station = station;
    address_shares_init(&server->shares, SRT_CONNECTIONS_OF_ONE_MAX);
    srt_startup();
    srt_setloglevel(0); /* LOG_EMERG: what matters is told by us */
    enum err err = listen_on(server, address, fault);
    open_exit(&server->exit4, AF_INET);
    open_exit(&server->exit6, AF_INET6);
    if (!err && pthread_create(&server->thread, NULL, run, server))
        err = fault_set(fault, ERR_IO, "srt", "no thread can be started");
    if (err) {
        srt_cleanup();
        free(server);
        return NULL;
    }
    loop_timeouts_add(loop, &server->idle, IDLE_US, on_idle, NULL);
    server->call_timer.on_due = look_for_calls;
    server->call_timer.context = server;
    look_for_calls(server);
    return server;
}

void srt_server_destroy(struct srt_server *server)
{
    if (!server)
        return;
    atomic_store(&server->is_stopping, true);
    pthread_join(server->thread, NULL);
    loop_run_posted(server->loop);
    while (server->connections)
        end(server->connections, "broadsheet stops");
    loop_timeouts_remove(server->loop, &server->idle);
    loop_timer_cancel(server->loop, &server->call_timer);
    srt_close(server->listener);
    srt_epoll_release(server->epoll);
    srt_cleanup();
    address_shares_finish(&server->shares);
    free(server);
}
