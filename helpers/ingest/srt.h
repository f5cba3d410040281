// SPDX-License-Identifier: Apache-2.0
/* helpers/ingest/srt.h: encoders that speak SRT and send an MPEG transport
 * stream. The stream id is the stream key, alone or as "#!::r=KEY,m=publish"
 * (SRT Access Control). A key with a passphrase is taken only encrypted by it.
 *
 * Broadcasts that are fetched (media/srt_pull.h) are called for, again and
 * again, while nobody is on air on their channel. The program may make no
 * sockets (../sandbox.h): calls go out by two that were bound before it was
 * locked in, which all of them share; and it can look up no names: the playout
 * does, anew for each call, and one address after the other is tried.
 *
 * libsrt has threads of its own and an epoll of its own; one more thread of
 * ours waits there and posts what comes to the loop. */
#ifndef HELPERS_INGEST_SRT_H
#define HELPERS_INGEST_SRT_H

#include "station.h"

enum {
    SRT_CONNECTIONS_MAX = 64,
    SRT_CONNECTIONS_OF_ONE_MAX = 16, /* of one client */
    SRT_POSTED_BYTES_MAX = 16 << 20, /* on their way to the loop */
};

struct srt_server;

/* Listens on "ADDRESS:PORT" and starts the threads. NULL: fault says why. */
struct srt_server *srt_server_create(struct loop *loop, struct station *station,
                                     struct str address, struct fault *fault);
void srt_server_destroy(struct srt_server *server); /* accepts NULL */

/* INGEST_FOUND: what a name that was asked for stands for. */
void srt_server_found(struct srt_server *server,
                      const struct ingest_message *found);

/* The key in a stream id; the whole of it unless it is written by the rules of
 * SRT Access Control. ERR_INVALID: it wants something else than to publish. */
MUST_USE enum err srt_stream_key(struct str stream_id, struct str *ret_key);

#endif
