// SPDX-License-Identifier: Apache-2.0
/* render/value.h: the data a template sees: a tree of objects, lists, texts,
 * integers and booleans in an arena.
 *
 *     struct value *page = value_object(arena);
 *     value_set_str(page, "headline", article->headline);
 *     struct value *cards = value_set_list(page, "cards");
 *     struct value *card = value_add_object(cards);
 *     value_set_int(card, "views", 461);
 *
 * Keys and texts are borrowed: they must live as long as the arena. A tree may
 * be part of several others (the site's menu in every page), as long as its
 * arena lives longer; once built it may be read by many threads. A text is
 * escaped wherever a template puts it; only the serializers of this layer can
 * make trusted HTML (render/trusted_html.h). */
#ifndef RENDER_VALUE_H
#define RENDER_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct arena;
struct value;

enum value_kind {
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_INT,
    VALUE_STR,
    VALUE_HTML, /* trusted */
    VALUE_LIST,
    VALUE_OBJECT,
};

/* ---- Making ---------------------------------------------------------------
 * An object or a list keeps its arena and grows in it. */

struct value *value_object(struct arena *arena);
struct value *value_list(struct arena *arena);
struct value *value_str(struct arena *arena, struct str text);
struct value *value_int(struct arena *arena, int64_t number);
struct value *value_bool(struct arena *arena, bool truth);

/* Setting a key again replaces what it held. object must be an object. */
void value_set(struct value *object, const char *key,
               const struct value *child);
void value_set_str(struct value *object, const char *key, struct str text);
void value_set_c(struct value *object, const char *key, const char *text);
void value_set_int(struct value *object, const char *key, int64_t number);
void value_set_bool(struct value *object, const char *key, bool truth);
struct value *value_set_object(struct value *object, const char *key);
struct value *value_set_list(struct value *object, const char *key);

/* The same for a key that is not a constant; key is borrowed too. */
void value_set_named(struct value *object, struct str key,
                     const struct value *child);

/* list must be a list. */
void value_add(struct value *list, const struct value *child);
void value_add_str(struct value *list, struct str text);
void value_add_int(struct value *list, int64_t number);
struct value *value_add_object(struct value *list);

/* ---- Reading --------------------------------------------------------------
 * All accept NULL, which reads as a null. */

enum value_kind value_kind(const struct value *value);

/* The member, or NULL when there is none or object is not an object. */
const struct value *value_get(const struct value *object, struct str key);

/* The same by a dotted path such as "site.name". */
const struct value *value_path(const struct value *object, struct str path);

/* What a section takes as true: everything except null, false, 0, "" and the
 * empty list. */
bool value_is_true(const struct value *value);

/* The text of a text or of trusted HTML; "" for every other kind. */
struct str value_text(const struct value *value);
int64_t value_number(const struct value *value); /* 0 unless an integer */
bool value_truth(const struct value *value);     /* false unless a boolean */

/* Members of a list or an object; 0 for every other kind. */
size_t value_count(const struct value *value);
const struct value *value_at(const struct value *value, size_t index);
struct str value_key_at(const struct value *object, size_t index);

#endif
