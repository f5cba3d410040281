// SPDX-License-Identifier: Apache-2.0
/* What catalogues are made of, for those that look at them as a whole. */
#ifndef RENDER_CATALOGUE_INTERNAL_H
#define RENDER_CATALOGUE_INTERNAL_H

#include "base/arena.h"
#include "base/map.h"
#include "render/catalogue.h"

struct message {
    struct str key;
    struct str text;
    bool has_args;
    const char *path; /* of the file it was read from */
    unsigned line;
    unsigned line_before; /* where the file has the same key already, or 0 */
};

struct catalogue {
    struct str language;
    struct map messages;
    const struct catalogue *fallback; /* its base, English, or NULL */
    struct value *value;
};

struct catalogues {
    struct arena arena;
    struct catalogue *items;
    size_t count;
};

/* The catalogue of just that language, or NULL. */
struct catalogue *catalogue_find(const struct catalogues *catalogues,
                                 struct str language);

#endif
