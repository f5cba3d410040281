// SPDX-License-Identifier: Apache-2.0
/* content/menu.h: hand-made lists of links, such as "sections" and "footer". A
 * menu that was never made is empty. */
#ifndef CONTENT_MENU_H
#define CONTENT_MENU_H

#include <stddef.h>

#include "base/id.h"
#include "base/str.h"
#include "store/db.h"

struct arena;
struct edit;

enum { MENU_ITEMS_MAX = 100, MENU_LABEL_BYTES_MAX = 120 };

struct menu_item {
    struct id category; /* a category, or none */
    struct str label;   /* "" for a category's own name */
    struct str target;  /* without a category: an address or a path */

    /* Filled in by menu_load. */
    struct str category_path; /* in the menu's language */
};

struct menu {
    struct menu_item *items;
    size_t count;
};

/* Replaces the whole menu. Emits menu:<lang>. */
MUST_USE enum err menu_save(struct edit *edit, struct str language,
                            struct str name, const struct menu_item *items,
                            size_t count);

/* Labels are filled in; a category without a name in the language is left
 * out. */
MUST_USE enum err menu_load(struct db *db, struct str language, struct str name,
                            struct arena *arena, struct menu *ret_menu);

#endif
