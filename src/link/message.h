// SPDX-License-Identifier: Apache-2.0
/* link/message.h: what desk and edge say to each other.
 *
 * The desk dials the edge's socket. Its first line says what the connection is
 * for: "BROADSHEET-LINK 1 feed" or "BROADSHEET-LINK 1 work", ended by LF. On a
 * work connection plain HTTP/1.1 follows, with the edge as the client. On a
 * feed connection messages follow in both directions: a head of 16 bytes
 * (payload length u32, kind u8, three zero bytes, number u64), then the
 * payload. The desk's messages are numbered without gaps; the edge acknowledges
 * a number when every one of its threads has done what all messages up to it
 * ask.
 *
 * The playout dials as well, for "BROADSHEET-LINK 1 live": television, as
 * live.h tells; framed alike, neither numbered nor acknowledged. */
#ifndef LINK_MESSAGE_H
#define LINK_MESSAGE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define LINK_GREETING_FEED "BROADSHEET-LINK 1 feed\n"
#define LINK_GREETING_WORK "BROADSHEET-LINK 1 work\n"
#define LINK_GREETING_LIVE "BROADSHEET-LINK 1 live\n"

enum {
    LINK_GREETING_BYTES = sizeof LINK_GREETING_FEED - 1,
    MESSAGE_HEAD_BYTES = 16,
    MESSAGE_PAYLOAD_BYTES_MAX = 64 << 20,
};

enum message_kind {
    /* desk to edge */
    MESSAGE_HELLO = 1, /* nothing: who are you, what do you hold? */
    MESSAGE_PAGE,      /* an encoded page: keep it, give it to those who wait */
    MESSAGE_DROP,      /* str page key, repeated: these are no longer true */
    MESSAGE_CLEAR,     /* nothing: forget every page */
    MESSAGE_MARK,      /* u64 edition, u64 log number: up to here the edge has
                          seen every change, as that edition prints it */
    MESSAGE_BUDGET,    /* u64 bytes of memory for pages */
    MESSAGE_REFUSE,    /* str page key: it cannot be printed (500) */
    MESSAGE_COUNTED,   /* u64 edge, u64 batch number: it and those before it are
                          durable (views.h) */
    MESSAGE_TOTALS,    /* views_pairs: so many views these articles have */
    MESSAGE_BUSY,      /* str page key: too many wait, try again soon (503) */
    MESSAGE_EVENTS,    /* what open pages are to be told (event.h) */
    /* edge to desk */
    MESSAGE_WELCOME = 64, /* u32 process id, then edition and log number of the
                             last mark, u64 each, 0 when there was none */
    MESSAGE_HELD,    /* (str page key, u16 flags, str depends), repeated: the
                        edge holds these; an empty one ends the list */
    MESSAGE_ACK,     /* nothing; the head's number is what is acknowledged */
    MESSAGE_WANT,    /* str page key: somebody waits for it */
    MESSAGE_EVICTED, /* str page key, repeated: no longer held */
    MESSAGE_VIEWED,  /* u64 edge, views_pairs; the head's number is the batch's:
                        so often these were read */
    MESSAGE_UNWANT,  /* str page key: nobody waits for it any more */
    MESSAGE_STREAMS, /* u64: so many streams of events are open */
    MESSAGE_FIGURES, /* what it has counted (figures.h), each second */
    /* playout to edge; payloads: live.h */
    MESSAGE_LIVE_BEGIN = 128, /* nothing: all channels are told anew now */
    MESSAGE_LIVE_CHANNEL,
    MESSAGE_LIVE_INIT,
    MESSAGE_LIVE_STORED,
    MESSAGE_LIVE_PART,
    MESSAGE_LIVE_SEGMENT,
    MESSAGE_LIVE_PRUNED,
    MESSAGE_LIVE_THUMBNAIL,
    MESSAGE_LIVE_CAPTION,
    MESSAGE_LIVE_GONE,
    MESSAGE_LIVE_READY,  /* nothing: that was all; what was not told is gone */
    MESSAGE_LIVE_SAID,   /* the head's number is the LIVE_SAY's it answers */
    MESSAGE_LIVE_POSTER, /* as a thumbnail: the newest large picture */
    /* edge to playout */
    MESSAGE_LIVE_VIEWERS = 192,
    MESSAGE_LIVE_SAY, /* numbered by the edge; each is answered once */
};

struct message {
    enum message_kind kind;
    uint64_t number;
    struct str payload; /* borrowed */
};

/* Starts a message at the end of out and gives the position to end it with. */
size_t message_begin(struct buf *out, enum message_kind kind, uint64_t number);

/* Fills in the length of the message that began at start. */
void message_end(struct buf *out, size_t start);

/* A message without payload, or with one text. */
void message_put(struct buf *out, enum message_kind kind, uint64_t number);
void message_put_str(struct buf *out, enum message_kind kind, uint64_t number,
                     struct str text);

/* Takes the first message off *bytes. ERR_AGAIN when it is not there whole
 * (*bytes is untouched); ERR_INVALID when it cannot be one. */
MUST_USE enum err message_next(struct str *bytes, struct message *ret_message);

#endif
