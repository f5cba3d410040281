// SPDX-License-Identifier: Apache-2.0
/* site/look.h: how the paper looks at one time: templates, stylesheet, words,
 * files, and the policies that go with them. Immutable and reference-counted,
 * so that pages are printed from one while the next is loaded. */
#ifndef SITE_LOOK_H
#define SITE_LOOK_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/str.h"
#include "site/assets.h"

struct catalogues;
struct theme;

enum {
    LOOK_STYLE_BYTES_MAX = 256 * 1024,
    LOOK_COLOUR_BYTES = sizeof "#rrggbb",
};

/* What browsers want to know outside of the stylesheet: the first --paper,
 * --ink and --signal in it, and the first --paper after "prefers-color-scheme:
 * dark"; those of more.css count before those of style.css. A colour that is
 * not written as #rrggbb or #rgb is as if it were not there. */
struct look_colours {
    char paper[LOOK_COLOUR_BYTES];
    char ink[LOOK_COLOUR_BYTES];
    char signal[LOOK_COLOUR_BYTES];
    char dark_paper[LOOK_COLOUR_BYTES];
};

struct look {
    atomic_uint references;
    struct arena arena;
    struct theme *theme;
    struct catalogues *catalogues;
    struct assets assets;
    struct look_colours colours;
    struct str style;         /* "<style>…</style>" */
    struct str page_fields;   /* header lines of HTML pages, CRLF after each */
    struct str embed_fields;  /* of those that may stand in any other page */
    struct str worker_fields; /* of the service worker */
    struct str asset_fields;  /* of everything else */
};

/* folder: see site_create; more.css in it is added to the stylesheet. One
 * reference. */
MUST_USE enum err look_load(const char *folder, struct look **ret_look,
                            struct fault *fault);
struct look *look_retain(struct look *look);
void look_release(struct look *look); /* accepts NULL */

#endif
