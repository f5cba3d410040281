// SPDX-License-Identifier: Apache-2.0
/* helpers/ingest/rtmp.h: connections of encoders that speak RTMP or
 * RTMPS. */
#ifndef HELPERS_INGEST_RTMP_H
#define HELPERS_INGEST_RTMP_H

#include "station.h"

enum {
    RTMP_CONNECTIONS_MAX = 256,
    RTMP_CONNECTIONS_OF_ONE_MAX = 16, /* of one client */
    RTMP_BYTES_BEFORE_KEY_MAX = 64 * 1024,
};

#define RTMP_HELLO_US (INT64_C(10) * 1000 * 1000)  /* until its key came */
#define RTMP_IDLE_US (INT64_C(10) * 1000 * 1000)   /* nothing was heard */
#define RTMP_CLOSING_US (INT64_C(2) * 1000 * 1000) /* to read why */

struct rtmp_server;
struct ssl_ctx_st;

struct rtmp_server *rtmp_server_create(struct loop *loop,
                                       struct station *station);
void rtmp_server_destroy(struct rtmp_server *server);

/* Accepts on fd, a listening socket that does not wait; tls: within TLS
 * (tls.h), or NULL. Both stay the caller's. ERR_IO, ERR_TOO_LONG. */
MUST_USE enum err rtmp_server_listen(struct rtmp_server *server, int fd,
                                     struct ssl_ctx_st *tls);

#endif
