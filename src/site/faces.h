// SPDX-License-Identifier: Apache-2.0
/* site/faces.h: the built-in fonts of each language. */
#ifndef SITE_FACES_H
#define SITE_FACES_H

#include "base/str.h"

enum { FACES_MAX = 4 };

/* Names of the files that stand above the fold of a page, text before display,
 * at most FACES_MAX, then NULL: "latin-text.woff2". Languages that are not in
 * the table have the Latin ones. */
const char *const *faces_of(struct str language);

#endif
