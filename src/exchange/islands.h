// SPDX-License-Identifier: Apache-2.0
/* exchange/islands.h: what HTML of articles has and the conversion to a
 * document does not know: pictures with their captions, pull quotes, and who a
 * quote is from. They are cut out beforehand, each leaving a paragraph behind
 * that is nothing but a link to an address which does not exist, and are found
 * again by it in the document.
 *
 * This is no HTML parser: it looks for tags. What it cannot make out stays in
 * the text, for the parser to judge. */
#ifndef EXCHANGE_ISLANDS_H
#define EXCHANGE_ISLANDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;

enum { ISLANDS_MAX = 500 }; /* what comes behind them stays in the text */

enum island_kind {
    ISLAND_PICTURE,    /* <img>, or <figure> around one */
    ISLAND_PULL_QUOTE, /* <aside class="pull-quote"> */
    ISLAND_CITE,       /* <footer> or <cite> at the end of a <blockquote> */
};

/* All texts are HTML still, borrowed from the text they were cut from. */
struct island {
    enum island_kind kind;
    struct str src;  /* of a picture */
    struct str alt;  /* likewise */
    struct str text; /* caption, quotation, or name */
    struct str cite; /* of a pull quote: who said it */
};

struct islands {
    struct island *items;
    size_t count;
};

/* The text without its islands; it is html itself when it has none. */
struct str islands_cut(struct str html, struct arena *arena,
                       struct islands *ret_islands);

/* Which island a link stands for; false when it is an ordinary link. */
bool islands_find(const struct islands *islands, struct str href,
                  const struct island **ret_island);

#endif
