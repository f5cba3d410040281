// SPDX-License-Identifier: Apache-2.0
/* exchange/ghost_body.h: what Ghost's editors keep (Lexical since 5, Mobiledoc
 * before), as HTML, for posts that were never printed. Cards that have no place
 * in an article are dropped and counted. */
#ifndef EXCHANGE_GHOST_BODY_H
#define EXCHANGE_GHOST_BODY_H

#include "base/str.h"

struct arena;
struct story;

enum {
    GHOST_BODY_BYTES_MAX = 2 * 1024 * 1024, /* of JSON */
    GHOST_BODY_DEPTH_MAX = 64,
};

/* "" when it is none, or too large; the latter is counted, too. */
struct str ghost_body_of_lexical(struct str json, struct arena *arena,
                                 struct story *story);
struct str ghost_body_of_mobiledoc(struct str json, struct arena *arena,
                                   struct story *story);

#endif
