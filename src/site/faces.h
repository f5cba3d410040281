// SPDX-License-Identifier: Apache-2.0
/* site/faces.h: the built-in fonts of each language. */
#ifndef SITE_FACES_H
#define SITE_FACES_H

#include "base/str.h"

enum { FACES_MAX = 4 };

/* Names of the files that stand above the fold of a page, text before display,
 * at most FACES_MAX, then NULL: "latin-text.woff2". They go by the script that
 * the language is written in; for another one there is none. */
const char *const *faces_of(struct str language);

/* From line to line of a headline in that script, in hundredths of its size, as
 * web/theme/style.css has it. */
int faces_line_percent(struct str language);

#endif
