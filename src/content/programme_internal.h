// SPDX-License-Identifier: Apache-2.0
/* content/programme_internal.h: what programme.c and programme_import.c share.
 */
#ifndef CONTENT_PROGRAMME_INTERNAL_H
#define CONTENT_PROGRAMME_INTERNAL_H

#include "content/programme.h"

struct channel;

/* What a programme may say of itself: ERR_INVALID, ERR_TOO_LONG. */
MUST_USE enum err programme_check(const struct programme *programme,
                                  struct fault *fault);

/* ERR_NOT_FOUND with those there are. */
MUST_USE enum err programme_channel(struct edit *edit, struct str name,
                                    struct channel *ret_channel);

/* As it stands, with its id and channel. */
MUST_USE enum err programme_insert(struct edit *edit,
                                   const struct programme *programme);

/* Emits channel:<name>. */
void programme_note(struct edit *edit, struct str channel, const char *kind);

#endif
