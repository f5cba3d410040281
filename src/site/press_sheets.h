// SPDX-License-Identifier: Apache-2.0
/* site/press_sheets.h: the press's memory of which pages are out there, who
 * holds them, and which change keys each was made from; and the way back from a
 * change key to the pages. Not for two threads: the press's lock guards it. */
#ifndef SITE_PRESS_SHEETS_H
#define SITE_PRESS_SHEETS_H

#include <stdint.h>

#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "site/printer.h"

struct feed_payload;
struct sheet_link;

/* One page that is out. */
struct sheet {
    struct str key; /* page key, owned */
    bool pinned;
    enum site_keeping keeping;
    bool marked;                  /* scratch of the one who walks */
    uint64_t held_by;             /* bit set of edges */
    struct feed_payload *payload; /* the page itself, kept when pinned, unless
                                     it is bulk */
    struct sheet_link *links;     /* to its subjects, owned */
    size_t link_count;
};

struct sheets {
    struct map by_key;   /* page key → struct sheet */
    struct map subjects; /* change key → struct sheet_subject */
};

void sheets_init(struct sheets *sheets);
void sheets_finish(struct sheets *sheets);

/* NULL when there is none. */
struct sheet *sheets_find(const struct sheets *sheets, struct str page_key);

/* The sheet of page_key, made when it is not there, now depending on depends
 * (change keys with a space between). ERR_NO_MEMORY leaves all as it was. */
MUST_USE enum err sheets_put(struct sheets *sheets, struct str page_key,
                             struct str depends, struct sheet **ret_sheet);

/* Forgets the sheet and gives its payload back. */
void sheets_remove(struct sheets *sheets, struct sheet *sheet);

/* Takes over the caller's reference to payload (NULL: none). */
void sheet_set_payload(struct sheet *sheet, struct feed_payload *payload);

/* Calls visit for each sheet made from change_key. visit may not put or remove
 * sheets. */
void sheets_each_of(struct sheets *sheets, struct str change_key,
                    void (*visit)(void *context, struct sheet *sheet),
                    void *context);

/* Walks over all: start with *position 0; NULL at the end. */
struct sheet *sheets_next(const struct sheets *sheets, size_t *position);

#endif
