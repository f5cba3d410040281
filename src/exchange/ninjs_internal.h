// SPDX-License-Identifier: Apache-2.0
/* exchange/ninjs_internal.h: what the files of ninjs share. */
#ifndef EXCHANGE_NINJS_INTERNAL_H
#define EXCHANGE_NINJS_INTERNAL_H

#include <jansson.h>

#include "exchange/ninjs.h"

/* Reads one item, of any version. */
MUST_USE enum err ninjs_read_item(const json_t *value, struct arena *arena,
                                  struct ninjs_item *ret_item,
                                  struct fault *fault);

/* SHA-256 of what the value says, white space and order of members aside. */
void ninjs_digest(const json_t *value, struct arena *arena,
                  char target[DIGEST_HEX_BYTES]);

#endif
