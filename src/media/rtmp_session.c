// SPDX-License-Identifier: Apache-2.0
#include "media/rtmp_session.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "media/amf.h"
#include "media/bytes.h"

enum {
    VERSION = 3,
    HANDSHAKE_BYTES = 1536,
    OUR_CHUNK_BYTES = 4096,
    WINDOW_BYTES = 2500 * 1000,
    PROTOCOL_CHUNKS = 2,
    COMMAND_CHUNKS = 3,
    STREAM_CHUNKS = 5,
    STREAM_ID = 1, /* the one that createStream gives out */
    LIMIT_DYNAMIC = 2,
    PING_REQUEST = 6,
    PING_RESPONSE = 7,
};

enum state {
    AWAITS_FIRST,  /* C0 and C1 */
    AWAITS_SECOND, /* C2 */
    CONNECTING,
    CONNECTED,
    PUBLISHING,
    ENDED,
};

struct rtmp_session {
    struct rtmp_events events;
    enum state state;
    struct rtmp_chunk_reader chunks;
    struct arena arena; /* of one command */
    uint32_t window_bytes;
    uint64_t received_bytes;
    uint64_t acknowledged_bytes;
    char application[RTMP_NAME_BYTES_MAX + 1];
    char encoder[RTMP_NAME_BYTES_MAX + 1];
};

enum err rtmp_session_create(const struct rtmp_events *events,
                             struct rtmp_session **ret_session)
{
    assert(events->on_publish && events->on_media && events->on_end);
    struct rtmp_session *session = calloc(1, sizeof *session);
    if (!session)
        return ERR_NO_MEMORY;
    session->events = *events;
    session->window_bytes = WINDOW_BYTES;
    rtmp_chunk_reader_init(&session->chunks);
    arena_init(&session->arena, 0);
    *ret_session = session;
    return ERR_OK;
}

void rtmp_session_destroy(struct rtmp_session *session)
{
    if (!session)
        return;
    rtmp_chunk_reader_finish(&session->chunks);
    arena_finish(&session->arena);
    free(session);
}

static void end(struct rtmp_session *session)
{
    if (session->state == PUBLISHING)
        session->events.on_end(session->events.context);
    session->state = ENDED;
}

/* ---- Handshake (§5.2) ------------------------------------------------------
 */

/* S0, S1, S2. Zeros where a version would be say that nothing is signed. */
static enum err greet(struct rtmp_session *session, struct str *bytes,
                      struct buf *out, struct fault *fault)
{
    if (bytes->len && bytes->ptr[0] != VERSION)
        return fault_set(fault, ERR_UNSUPPORTED, "rtmp",
                         "this is not RTMP: it begins with the byte %d",
                         (unsigned char)bytes->ptr[0]);
    if (bytes->len < 1 + HANDSHAKE_BYTES)
        return ERR_AGAIN;
    static const char zeros[HANDSHAKE_BYTES];
    struct str first = str_slice(*bytes, 1, HANDSHAKE_BYTES);
    bytes_put_u8(out, VERSION);
    buf_add_bytes(out, zeros, sizeof zeros);
    buf_add(out, first);
    *bytes = str_from(*bytes, 1 + HANDSHAKE_BYTES);
    session->state = AWAITS_SECOND;
    return ERR_OK;
}

static enum err shake(struct rtmp_session *session, struct str *bytes)
{
    if (bytes->len < HANDSHAKE_BYTES)
        return ERR_AGAIN;
    *bytes = str_from(*bytes, HANDSHAKE_BYTES);
    session->state = CONNECTING;
    return ERR_OK;
}

/* ---- Answers ---------------------------------------------------------------
 */

static void write_control(struct buf *out, enum rtmp_type type, uint32_t value,
                          int limit)
{
    DEFER(buf_finish) struct buf payload;
    buf_init(&payload, 16);
    bytes_put_u32(&payload, value);
    if (limit >= 0)
        bytes_put_u8(&payload, (uint8_t)limit);
    struct rtmp_message message = {.type = (uint8_t)type,
                                   .payload = buf_str(&payload)};
    rtmp_write_message(out, OUR_CHUNK_BYTES, PROTOCOL_CHUNKS, &message);
}

static void write_command(struct buf *out, uint8_t chunks, uint32_t stream,
                          const struct buf *payload)
{
    struct rtmp_message message = {
        .type = RTMP_COMMAND, .stream = stream, .payload = buf_str(payload)};
    rtmp_write_message(out, OUR_CHUNK_BYTES, chunks, &message);
}

static void add_pair(struct buf *out, const char *name, struct str text)
{
    amf_write_name(out, str_from_c(name));
    amf_write_string(out, text);
}

static void begin_result(struct buf *payload, double transaction)
{
    buf_init(payload, RTMP_COMMAND_BYTES_MAX);
    amf_write_string(payload, STR("_result"));
    amf_write_number(payload, transaction);
}

/* onStatus: how it went with what was asked for (§7.2.2). */
static void write_status(struct buf *out, const char *level, const char *code,
                         struct str description)
{
    DEFER(buf_finish) struct buf payload;
    buf_init(&payload, RTMP_COMMAND_BYTES_MAX);
    amf_write_string(&payload, STR("onStatus"));
    amf_write_number(&payload, 0);
    amf_write_null(&payload);
    amf_begin_object(&payload);
    add_pair(&payload, "level", str_from_c(level));
    add_pair(&payload, "code", str_from_c(code));
    add_pair(&payload, "description", description);
    amf_end_object(&payload);
    write_command(out, STREAM_CHUNKS, STREAM_ID, &payload);
}

/* ---- Commands --------------------------------------------------------------
 */

struct command {
    struct rtmp_session *session;
    struct str name;
    double transaction;
    struct amf_value object;  /* or null */
    struct bytes_reader rest; /* further values */
    struct buf *out;
    struct fault *fault;
};

static enum err malformed(struct fault *fault, const char *what)
{
    return fault_set(fault, ERR_INVALID, "rtmp", "%s is malformed", what);
}

/* The next value as a text, without what follows a "?": some encoders add
 * parameters. "" when it is none. */
static struct str next_text(struct command *command)
{
    struct amf_value value;
    if (amf_read(&command->rest, &command->session->arena, &value) ||
        value.kind != AMF_STRING)
        return STR("");
    ptrdiff_t end = str_find_char(value.text, '?');
    return end < 0 ? value.text : str_slice(value.text, 0, (size_t)end);
}

static enum err connect(struct command *command)
{
    struct rtmp_session *session = command->session;
    struct str encoder = amf_text(&command->object, STR("flashVer"));
    struct str application = amf_text(&command->object, STR("app"));
    if (session->state != CONNECTING)
        return fault_set(command->fault, ERR_INVALID, "rtmp",
                         "it connected twice");
    if (str_to_c(application, session->application,
                 sizeof session->application) ||
        str_to_c(encoder, session->encoder, sizeof session->encoder))
        return malformed(command->fault, "the application's name");
    session->state = CONNECTED;
    write_control(command->out, RTMP_WINDOW_SIZE, WINDOW_BYTES, -1);
    write_control(command->out, RTMP_PEER_BANDWIDTH, WINDOW_BYTES,
                  LIMIT_DYNAMIC);
    write_control(command->out, RTMP_SET_CHUNK_SIZE, OUR_CHUNK_BYTES, -1);
    DEFER(buf_finish) struct buf payload;
    begin_result(&payload, command->transaction);
    amf_begin_object(&payload);
    add_pair(&payload, "fmsVer", STR("FMS/3,0,1,123"));
    amf_write_name(&payload, STR("capabilities"));
    amf_write_number(&payload, 31);
    amf_end_object(&payload);
    amf_begin_object(&payload);
    add_pair(&payload, "level", STR("status"));
    add_pair(&payload, "code", STR("NetConnection.Connect.Success"));
    add_pair(&payload, "description", STR("Connected."));
    amf_write_name(&payload, STR("objectEncoding"));
    amf_write_number(&payload, 0);
    amf_end_object(&payload);
    write_command(command->out, COMMAND_CHUNKS, 0, &payload);
    return ERR_OK;
}

static enum err create_stream(struct command *command)
{
    DEFER(buf_finish) struct buf payload;
    begin_result(&payload, command->transaction);
    amf_write_null(&payload);
    amf_write_number(&payload, STREAM_ID);
    write_command(command->out, COMMAND_CHUNKS, 0, &payload);
    return ERR_OK;
}

/* What encoders ask for out of habit, and wait to see granted. */
static enum err grant(struct command *command)
{
    DEFER(buf_finish) struct buf payload;
    begin_result(&payload, command->transaction);
    amf_write_null(&payload);
    write_command(command->out, COMMAND_CHUNKS, 0, &payload);
    return ERR_OK;
}

static enum err refuse(struct command *command, enum err err, const char *code)
{
    write_status(command->out, "error", code,
                 str_from_c(fault_text(command->fault)));
    return err;
}

static enum err publish(struct command *command)
{
    struct rtmp_session *session = command->session;
    struct str stream = next_text(command);
    if (session->state != CONNECTED) {
        fault_set(command->fault, ERR_INVALID, "rtmp",
                  "it wants to publish before it is connected, or twice");
        return refuse(command, ERR_INVALID, "NetStream.Publish.BadName");
    }
    if (stream.len == 0 || stream.len > RTMP_NAME_BYTES_MAX) {
        fault_set(command->fault, ERR_INVALID, "key",
                  "there is no stream key; it stands behind the last slash of "
                  "the address, or in the encoder's field for it");
        return refuse(command, ERR_INVALID, "NetStream.Publish.BadName");
    }
    struct rtmp_publish wanted = {
        .application = str_from_c(session->application),
        .stream = stream,
        .encoder = str_from_c(session->encoder),
    };
    enum err err = session->events.on_publish(session->events.context, &wanted,
                                              command->fault);
    if (err)
        return refuse(command, err, "NetStream.Publish.Denied");
    session->state = PUBLISHING;
    write_status(command->out, "status", "NetStream.Publish.Start",
                 STR("On air."));
    return ERR_OK;
}

static enum err play(struct command *command)
{
    fault_set(command->fault, ERR_UNSUPPORTED, "rtmp",
              "this address takes a broadcast in; watch it on the page TV "
              "Live");
    return refuse(command, ERR_UNSUPPORTED, "NetStream.Play.Failed");
}

static enum err stop(struct command *command)
{
    end(command->session);
    return ERR_OK;
}

static const struct {
    struct str name;
    enum err (*run)(struct command *command);
} commands[] = {
    {STR_INIT("connect"), connect},  {STR_INIT("releaseStream"), grant},
    {STR_INIT("FCPublish"), grant},  {STR_INIT("createStream"), create_stream},
    {STR_INIT("_checkbw"), grant},   {STR_INIT("publish"), publish},
    {STR_INIT("play"), play},        {STR_INIT("FCUnpublish"), stop},
    {STR_INIT("closeStream"), stop}, {STR_INIT("deleteStream"), stop},
};

/* Unknown ones are passed over, as everybody does. */
static enum err run_command(struct rtmp_session *session, struct str payload,
                            struct buf *out, struct fault *fault)
{
    struct command command = {
        .session = session,
        .rest = {.rest = payload},
        .out = out,
        .fault = fault,
    };
    struct amf_value name, transaction;
    arena_reset(&session->arena);
    if (payload.len > RTMP_COMMAND_BYTES_MAX ||
        amf_read(&command.rest, &session->arena, &name) ||
        name.kind != AMF_STRING ||
        amf_read(&command.rest, &session->arena, &transaction) ||
        transaction.kind != AMF_NUMBER)
        return malformed(fault, "a command");
    if (command.rest.rest.len &&
        amf_read(&command.rest, &session->arena, &command.object))
        return malformed(fault, "a command's object");
    command.name = name.text;
    command.transaction = transaction.number;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (str_eq(commands[i].name, command.name))
            return commands[i].run(&command);
    return ERR_OK;
}

/* ---- Messages --------------------------------------------------------------
 */

static enum err hand_on(struct rtmp_session *session,
                        const struct rtmp_message *message, struct buf *out,
                        struct fault *fault)
{
    if (session->state != PUBLISHING || !message->payload.len)
        return ERR_OK;
    enum err err =
        session->events.on_media(session->events.context, message, fault);
    if (err)
        write_status(out, "error", "NetStream.Publish.Failed",
                     str_from_c(fault_text(fault)));
    return err;
}

/* Several in one, each as a tag of FLV; their times count from the first
 * (§7.1.6). */
static enum err unpack(struct rtmp_session *session,
                       const struct rtmp_message *message, struct buf *out,
                       struct fault *fault)
{
    struct bytes_reader bytes = {.rest = message->payload};
    uint32_t base_ms = 0;
    for (bool first = true; bytes.rest.len; first = false) {
        struct rtmp_message one = {.stream = message->stream};
        one.type = bytes_get_u8(&bytes);
        uint32_t len = bytes_get_u24(&bytes);
        uint32_t time_ms = bytes_get_u24(&bytes);
        time_ms |= (uint32_t)bytes_get_u8(&bytes) << 24;
        bytes_get_u24(&bytes); /* the stream, again */
        one.payload = bytes_get(&bytes, len);
        bytes_get_u32(&bytes); /* how far back it began */
        if (bytes.bad)
            return malformed(fault, "an aggregate message");
        if (first)
            base_ms = time_ms;
        one.time_ms = message->time_ms + (time_ms - base_ms);
        enum err err = ERR_OK;
        if (one.type == RTMP_AUDIO || one.type == RTMP_VIDEO ||
            one.type == RTMP_DATA)
            err = hand_on(session, &one, out, fault);
        if (err)
            return err;
    }
    return ERR_OK;
}

static void answer_ping(struct str payload, struct buf *out)
{
    struct bytes_reader bytes = {.rest = payload};
    if (bytes_get_u16(&bytes) != PING_REQUEST)
        return;
    DEFER(buf_finish) struct buf answer;
    buf_init(&answer, 16);
    bytes_put_u16(&answer, PING_RESPONSE);
    bytes_put_u32(&answer, bytes_get_u32(&bytes));
    struct rtmp_message message = {.type = RTMP_USER_CONTROL,
                                   .payload = buf_str(&answer)};
    rtmp_write_message(out, OUR_CHUNK_BYTES, PROTOCOL_CHUNKS, &message);
}

static enum err take_message(struct rtmp_session *session,
                             const struct rtmp_message *message,
                             struct buf *out, struct fault *fault)
{
    struct bytes_reader bytes = {.rest = message->payload};
    switch (message->type) {
    case RTMP_AUDIO:
    case RTMP_VIDEO:
    case RTMP_DATA:
        return hand_on(session, message, out, fault);
    case RTMP_AGGREGATE:
        return unpack(session, message, out, fault);
    case RTMP_COMMAND:
        return run_command(session, message->payload, out, fault);
    case RTMP_COMMAND_AMF3: /* AMF 0 behind one byte, in practice */
        return run_command(session, str_from(message->payload, 1), out, fault);
    case RTMP_USER_CONTROL:
        answer_ping(message->payload, out);
        return ERR_OK;
    case RTMP_WINDOW_SIZE:
        session->window_bytes = bytes_get_u32(&bytes);
        return ERR_OK;
    default:
        return ERR_OK;
    }
}

/* §5.4.3: the sender stops when it hears nothing for a window. */
static void acknowledge(struct rtmp_session *session, struct buf *out)
{
    uint64_t since = session->received_bytes - session->acknowledged_bytes;
    if (!session->window_bytes || since < session->window_bytes / 2)
        return;
    session->acknowledged_bytes = session->received_bytes;
    write_control(out, RTMP_ACKNOWLEDGEMENT, (uint32_t)session->received_bytes,
                  -1);
}

static enum err take_messages(struct rtmp_session *session, struct str *bytes,
                              struct buf *out, struct fault *fault)
{
    while (session->state != ENDED) {
        struct rtmp_message message;
        enum err err = rtmp_read_message(&session->chunks, bytes, &message);
        if (err == ERR_AGAIN)
            return ERR_OK;
        if (err)
            return malformed(fault, "the stream of chunks");
        err = take_message(session, &message, out, fault);
        if (err)
            return err;
        if (buf_err(out))
            return fault_set(fault, ERR_TOO_LONG, "rtmp",
                             "it does not read what it is answered");
    }
    return fault_set(fault, ERR_CLOSED, "rtmp", "the broadcast ended");
}

enum err rtmp_session_receive(struct rtmp_session *session, struct str *bytes,
                              struct buf *out, struct fault *fault)
{
    size_t len = bytes->len;
    enum err err = ERR_OK;
    if (session->state == AWAITS_FIRST)
        err = greet(session, bytes, out, fault);
    if (!err && session->state == AWAITS_SECOND)
        err = shake(session, bytes);
    if (!err)
        err = take_messages(session, bytes, out, fault);
    session->received_bytes += len - bytes->len;
    if (err == ERR_AGAIN)
        err = ERR_OK;
    if (err)
        end(session);
    else
        acknowledge(session, out);
    return err;
}

void rtmp_session_end(struct rtmp_session *session, const char *reason,
                      struct buf *out)
{
    if (session->state == PUBLISHING)
        write_status(out, "error", "NetStream.Publish.Failed",
                     str_from_c(reason));
    session->state = ENDED;
}
