// SPDX-License-Identifier: Apache-2.0
/* render/catalogue.h: the words of the pages in each language.
 *
 * One file a language, "en.properties", UTF-8:
 *
 *     # a comment
 *     list.more = Load more
 *     article.views = {count, plural, one {# view} other {# views}}
 *     long = first part \
 *            and the rest
 *
 * Values are in ICU's MessageFormat syntax: {name}, {n, number}, {n, plural,
 * =0 {…} one {…} other {…}} with '#' for the number, {x, select, a {…} other
 * {…}}; '{' for a literal brace is quoted by apostrophes ('{'), and '' is one
 * apostrophe. Escapes: \n, \\, and \ before the end of a line goes on in the
 * next.
 *
 * A key that a language lacks is taken from its base ("pt" for "pt-BR"), then
 * from English; one that English lacks is
 * shown as the key itself, so that it is noticed. */
#ifndef RENDER_CATALOGUE_H
#define RENDER_CATALOGUE_H

#include <stdint.h>

#include "base/embedded.h"
#include "base/fault.h"
#include "base/str.h"

struct arena;
struct catalogue;
struct catalogues;
struct locale;
struct value;

enum {
    CATALOGUE_BYTES_MAX = 512 * 1024,
    CATALOGUE_DEPTH_MAX = 8, /* arguments in arguments */
    CATALOGUE_MESSAGE_BYTES_MAX = 16 * 1024,
};

/* What a message can name. A text has text.ptr, a number has not. */
struct catalogue_arg {
    const char *name;
    struct str text;
    int64_t number;
};
#define CATALOGUE_STR(name_, text_) \
    ((struct catalogue_arg){.name = (name_), .text = (text_)})
#define CATALOGUE_INT(name_, number_) \
    ((struct catalogue_arg){.name = (name_), .number = (int64_t)(number_)})

/* Built-in files and those in folder (may be NULL or missing), whose messages
 * replace built-in ones key by key. Every message is checked; an error names
 * file and line. Immutable afterwards. */
MUST_USE enum err catalogues_load(struct embedded_files builtin,
                                  const char *folder,
                                  struct catalogues **ret_catalogues,
                                  struct fault *fault);
void catalogues_destroy(struct catalogues *catalogues);

/* The catalogue of a language, of its base ("pt" for "pt-BR"), or English. */
const struct catalogue *catalogues_get(const struct catalogues *catalogues,
                                       struct str language);

/* The languages that have a catalogue, by number. */
size_t catalogues_count(const struct catalogues *catalogues);
struct str catalogues_language(const struct catalogues *catalogues,
                               size_t index);

bool catalogues_has(const struct catalogues *catalogues, struct str language);

/* A message that takes no arguments; of one that does, its pattern. */
struct str catalogue_text(const struct catalogue *catalogue, struct str key);

/* A message with its arguments, numbers and plurals by locale. An argument
 * that is not given stays as {name}. */
struct str catalogue_format(const struct catalogue *catalogue,
                            const struct locale *locale, struct str key,
                            const struct catalogue_arg *args, size_t count,
                            struct arena *arena);

/* All messages that take no arguments, as an object for a template's "t":
 * list.more is {{t.list.more}}. Lives as long as the catalogues. */
const struct value *catalogue_value(const struct catalogue *catalogue);

#endif
