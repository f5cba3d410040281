// SPDX-License-Identifier: Apache-2.0
/* render/slug.h: the readable part of an address, made from a headline. */
#ifndef RENDER_SLUG_H
#define RENDER_SLUG_H

#include "base/str.h"

struct arena;

enum { SLUG_BYTES_MAX = 80 };

/* Lower-case Latin letters, digits and single hyphens between words, at most
 * SLUG_BYTES_MAX bytes, cut at a word. Georgian by the national romanisation
 * (2002), Cyrillic, Greek and Arabic by tables, all else by ICU. language
 * matters where letters read differently (Ukrainian г, German ä). "" when
 * nothing in the text can be read. May be called by many threads at once. */
struct str slug_make(struct str text, struct str language, struct arena *arena);

/* Whether text is what slug_make could have made. */
bool slug_is_valid(struct str text);

#endif
