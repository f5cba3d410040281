// SPDX-License-Identifier: Apache-2.0
/* media/rtmp_session.h: the server's side of one RTMP connection that publishes
 * (Adobe, "Real-Time Messaging Protocol", 2012): bytes go in, bytes to answer
 * with come out, sound and pictures are handed on. It knows nothing of sockets
 * and of time.
 *
 * Who asks to play is told that this is a place to publish to. */
#ifndef MEDIA_RTMP_SESSION_H
#define MEDIA_RTMP_SESSION_H

#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/str.h"
#include "media/rtmp_chunk.h"

struct rtmp_session;

enum {
    RTMP_COMMAND_BYTES_MAX = 64 * 1024,
    RTMP_NAME_BYTES_MAX = 1024,      /* of an application, of a stream */
    RTMP_ANSWER_BYTES_MAX = 1 << 20, /* waiting to be sent */
};

struct rtmp_publish {
    struct str application; /* rtmp://host/APPLICATION/STREAM */
    struct str stream;      /* the stream key, without what follows a "?" */
    struct str encoder;     /* what it calls itself */
};

struct rtmp_events {
    void *context;

    /* Somebody wants to publish. Anything but ERR_OK refuses, with fault's
     * text, and the connection is to be closed. */
    enum err (*on_publish)(void *context, const struct rtmp_publish *publish,
                           struct fault *fault);

    /* RTMP_AUDIO, RTMP_VIDEO or RTMP_DATA of who was let in. Anything but
     * ERR_OK ends it, with fault's text. */
    enum err (*on_media)(void *context, const struct rtmp_message *message,
                         struct fault *fault);

    /* It said that this is all. */
    void (*on_end)(void *context);
};

/* events is copied. ERR_NO_MEMORY. */
MUST_USE enum err rtmp_session_create(const struct rtmp_events *events,
                                      struct rtmp_session **ret_session);
void rtmp_session_destroy(struct rtmp_session *session); /* accepts NULL */

/* Takes what was received off the front of *bytes; what is left there is to be
 * handed in again with what follows. Appends what is to be sent to out, whose
 * maximum should be RTMP_ANSWER_BYTES_MAX. Anything but ERR_OK: send out, then
 * close; fault says why in a sentence. */
MUST_USE enum err rtmp_session_receive(struct rtmp_session *session,
                                       struct str *bytes, struct buf *out,
                                       struct fault *fault);

/* Appends that it ends here, with the sentence its encoder may show: somebody
 * else took over, the key was revoked. To be sent, then closed; nothing more is
 * received, and on_end is not called. */
void rtmp_session_end(struct rtmp_session *session, const char *reason,
                      struct buf *out);

#endif
