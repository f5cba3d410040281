// SPDX-License-Identifier: Apache-2.0
/* site/look.h: how the paper looks at one time: templates, stylesheet, words,
 * and the policy that goes with them. Immutable and reference-counted, so that
 * pages are printed from one while the next is loaded. */
#ifndef SITE_LOOK_H
#define SITE_LOOK_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/str.h"

struct assets;
struct catalogues;
struct theme;

enum { LOOK_STYLE_BYTES_MAX = 256 * 1024 };

struct look {
    atomic_uint references;
    struct arena arena;
    struct theme *theme;
    struct catalogues *catalogues;
    struct str style;        /* "<style>…</style>" */
    struct str page_fields;  /* header lines of HTML pages, CRLF after each */
    struct str asset_fields; /* of everything else */
};

/* folder: see site_create. One reference. */
MUST_USE enum err look_load(const struct assets *assets, const char *folder,
                            struct look **ret_look, struct fault *fault);
struct look *look_retain(struct look *look);
void look_release(struct look *look); /* accepts NULL */

#endif
