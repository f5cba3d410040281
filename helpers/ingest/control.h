// SPDX-License-Identifier: Apache-2.0
/* helpers/ingest/control.h: the socket to the playout (media/ingest_wire.h).
 * What it is told is never waited for: should it not read, the newest status is
 * left out, and at last everything. */
#ifndef HELPERS_INGEST_CONTROL_H
#define HELPERS_INGEST_CONTROL_H

#include "media/ingest_wire.h"
#include "net/loop.h"

struct control;

struct control_events {
    void *context;
    void (*on_channels)(void *context, struct str json);
    void (*on_media)(void *context, const struct id *channel,
                     int fd); /* the callee's */
    void (*on_found)(void *context, const struct ingest_message *found);
    void (*on_closed)(void *context); /* the playout hung up */
};

/* NULL when fd is no such socket. */
struct control *control_create(struct loop *loop, int fd,
                               const struct control_events *events);
void control_destroy(struct control *control);

void control_tell(struct control *control,
                  const struct ingest_message *message);

#endif
