// SPDX-License-Identifier: Apache-2.0
/* exchange/category_input.h: a category as it is stored, ready to be changed
 * and saved again. */
#ifndef EXCHANGE_CATEGORY_INPUT_H
#define EXCHANGE_CATEGORY_INPUT_H

#include "content/category.h"

/* Everything about it, in arena; names has room for one more. */
MUST_USE enum err category_input_load(struct db *db, const struct id *id,
                                      struct arena *arena,
                                      struct category_input *ret_input);

/* Replaces the name in name->language, or adds it to those of an input that
 * came from category_input_load (once). */
void category_input_set_name(struct category_input *input,
                             const struct category_name *name);

#endif
