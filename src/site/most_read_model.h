// SPDX-License-Identifier: Apache-2.0
/* site/most_read_model.h: the list of the most read as templates see it:
 * most_read [story], has_most_read. */
#ifndef SITE_MOST_READ_MODEL_H
#define SITE_MOST_READ_MODEL_H

#include "base/err.h"
#include "base/id.h"

struct printing;
struct value;

/* Sets it in object, for the page's language and category (NULL: all); the page
 * is printed again when articles of the list are read. There is none where
 * hardly anything was read yet. */
MUST_USE enum err most_read_set(struct printing *p, struct value *object,
                                const struct id *category);

#endif
