// SPDX-License-Identifier: Apache-2.0
/* media/ingest_wire.h: what the playout and the program that takes broadcasts
 * in (broadsheet-ingest) say to each other.
 *
 * They talk over a Unix socket of the kind SOCK_SEQPACKET, descriptor 3 of the
 * ingest. Each message is one JSON object with a "type". The playout tells all
 * channels and their keys, the whole truth each time, and hands over, beside
 * "media", the socket (SCM_RIGHTS) on which the packets of a channel are wanted
 * (media/packet.h). The ingest tells who is sending, who was refused and why,
 * and each second how the feed is. When the playout hangs up, it ends.
 *
 *   {"type":"channels","channels":[{"id":"62f9f7d471fdc","name":"news",
 *     "tick":0,"pull":"srt://…" or
 * null,"keys":[{"id":"62f9f8a06e1b2","sha256":"<64 hex digits>",
 *     "priority":0,"from":null,"until":null,"passphrase":null}]}]}
 *   {"type":"media","channel":"62f9f7d471fdc"}              and a descriptor
 *
 *   {"type":"feed","channel":…,"key":…,"state":"began","protocol":"rtmp",
 *     "address":"192.0.2.7","encoder":"…","reason":""}
 *   {"type":"refused","channel":… or null,"protocol":…,"address":…,"reason":…}
 *   {"type":"status","channel":…,"bits_a_second":…,"video":{…} or null,
 *     "audio":{…} or null,"jumps":…,"gaps":…,"dropped":…,"lost":…,
 *     "late_ms":…}
 *
 *   {"type":"lookup","channel":…,"host":"relay.example.org"}
 *   {"type":"found","channel":…,"host":"relay.example.org",
 *     "addresses":["192.0.2.7","2001:db8::7"],"reason":""}
 *
 * The ingest is locked in and asks for addresses of names that it has to call;
 * the playout answers each, with a reason when there are none.
 *
 * The clock of a channel. Packets carry ticks of 1/90,000 s since 1970, UTC:
 * the wall clock as the ingest found it when it started, counted on by the
 * clock that only goes forward. So it goes on between feeds, is the same after
 * a crash, and says when something was on air. A frame's tick is never more
 * than INGEST_AHEAD_TICKS beyond the present, and not for longer than
 * INGEST_LATE_US more than INGEST_LATE_TICKS behind it, while frames come: then
 * the feed is put right, which counts as a jump. A channel's ticks never begin
 * below "tick": the playout tells there how far it has got, should the wall
 * clock have been set back. */
#ifndef MEDIA_INGEST_WIRE_H
#define MEDIA_INGEST_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/str.h"

struct arena;

enum {
    INGEST_CONTROL_FD = 3,
    INGEST_MESSAGE_BYTES_MAX = 64 * 1024,
    INGEST_CHANNELS_MAX = 16,
    INGEST_KEYS_MAX = 16, /* of one channel */
    INGEST_NAME_BYTES_MAX = 64,
    INGEST_TEXT_BYTES_MAX = 1024, /* addresses, encoders, reasons */
    INGEST_ADDRESSES_MAX = 8,     /* of a host */

    /* SRT's own limits for a passphrase. */
    INGEST_PASSPHRASE_BYTES_MIN = 10,
    INGEST_PASSPHRASE_BYTES_MAX = 79,

    INGEST_AHEAD_TICKS = 2 * 90000,
    INGEST_LATE_TICKS = 3 * 90000 / 2,
    INGEST_LATE_US = 2 * 1000 * 1000,
};

enum ingest_kind {
    /* playout to ingest */
    INGEST_CHANNELS,
    INGEST_MEDIA, /* one descriptor comes with it */
    INGEST_FOUND,
    /* ingest to playout */
    INGEST_FEED,
    INGEST_REFUSED,
    INGEST_STATUS,
    INGEST_LOOKUP,
};

enum ingest_protocol { INGEST_RTMP, INGEST_RTMPS, INGEST_SRT };

enum ingest_state {
    INGEST_BEGAN,
    INGEST_ENDED,
    INGEST_TAKEN_OVER, /* it ended because another one begins */
};

struct ingest_key {
    struct id id;
    char sha256[DIGEST_HEX_BYTES]; /* of the key's text, lower-case digits */
    int64_t priority;              /* the higher one takes the channel over */
    int64_t from_us, until_us; /* since 1970; INT64_MIN, INT64_MAX: unlimited */
    struct str passphrase;     /* "": SRT without encryption */
};

struct ingest_channel {
    struct id id;
    struct str name; /* for the log */
    int64_t tick;    /* its clock has been there */
    struct str pull; /* fetched from there (srt_pull.h); "": sent to us */
    const struct ingest_key *keys;
    size_t key_count;
};

struct ingest_video {
    struct str codec; /* RFC 6381: "avc1.64001f"; "": there is no video */
    int64_t width, height;
    double frames;           /* a second; 0: not known yet */
    int64_t key_interval_ms; /* between the last two key frames; 0: not known */
};

struct ingest_audio {
    struct str codec; /* "mp4a.40.2"; "": there is no audio */
    int64_t rate;     /* Hz */
    int64_t channels;
};

/* Only what belongs to the kind is set. */
struct ingest_message {
    enum ingest_kind kind;
    struct id channel; /* not set: none, of INGEST_REFUSED */

    const struct ingest_channel *channels; /* of INGEST_CHANNELS */
    size_t channel_count;

    /* of INGEST_FEED and INGEST_REFUSED */
    struct id key; /* of INGEST_FEED */
    enum ingest_state state;
    enum ingest_protocol protocol;
    struct str address; /* without the port: "192.0.2.7" */
    struct str encoder; /* what it calls itself, or "" */
    struct str reason;  /* one sentence; "" when it began */

    /* of INGEST_LOOKUP and INGEST_FOUND, which has a reason, too */
    struct str host;
    struct str addresses[INGEST_ADDRESSES_MAX]; /* "2001:db8::7" */
    size_t address_count;

    /* of INGEST_STATUS, of this feed so far where it counts */
    int64_t bits_a_second;
    struct ingest_video video;
    struct ingest_audio audio;
    int64_t jumps;   /* of the encoder's clock */
    int64_t gaps;    /* in the sound */
    int64_t dropped; /* packets that the reader of them was too slow for */
    int64_t lost;    /* packets that the line lost (SRT) */
    int64_t late_ms; /* how far the last frame was behind the present */
};

const char *ingest_protocol_name(enum ingest_protocol protocol);

/* Appends one message. It must fit into out's maximum. */
void ingest_message_write(struct buf *out,
                          const struct ingest_message *message);

/* Everything in *ret_message lives in arena. ERR_INVALID: fault says what is
 * wrong; unknown members are passed over, what is missing of a status is 0. */
MUST_USE enum err ingest_message_read(struct str json, struct arena *arena,
                                      struct ingest_message *ret_message,
                                      struct fault *fault);

/* Whether text's digest is the key's, in a time that does not depend on where
 * they differ. digest: of digest_hex. */
bool ingest_key_matches(const struct ingest_key *key,
                        const char digest[DIGEST_HEX_BYTES]);

#endif
