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
    LOOK_SHEETS_MAX = 32,
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

#define LOOK_GUARDS \
    "X-Content-Type-Options: nosniff\r\n" \
    "Referrer-Policy: strict-origin-when-cross-origin\r\n"
#define LOOK_ALONE "Cross-Origin-Opener-Policy: same-origin\r\n"

/* The style of one template's pages, and the header lines that allow it, CRLF
 * after each: a page carries no rule that only other pages need. In style.css
 * "/ *! only article live * /" (without the blanks) begins what only pages of
 * these templates get, the next such line or "/ *! all * /" ends it. */
struct look_sheet {
    struct str template;     /* "" for templates that are not named */
    struct str style;        /* "<style>…</style>" */
    struct str digest;       /* SHA-256 of what is within, base64 */
    struct str page_fields;  /* of pages */
    struct str embed_fields; /* of those that may stand in any other page */
};

struct look {
    atomic_uint references;
    struct arena arena;
    struct theme *theme;
    struct catalogues *catalogues;
    struct assets assets;
    struct look_colours colours;
    struct look_sheet sheets[LOOK_SHEETS_MAX];
    size_t sheet_count;
    struct str folder_fields; /* of all pages, where one policy is for all */
    struct str worker_fields; /* header lines of the service worker */
    struct str asset_fields;  /* of everything that is no page */
};

/* folder: see site_create; more.css in it is added to the stylesheet. One
 * reference. */
MUST_USE enum err look_load(const char *folder, struct look **ret_look,
                            struct fault *fault);
/* Fills look->sheets and folder_fields from the whole stylesheet; wants
 * look->theme. */
MUST_USE enum err look_cut(struct look *look, struct str css,
                           struct fault *fault);

/* What pages of the template carry. */
const struct look_sheet *look_sheet(const struct look *look,
                                    struct str template);

struct look *look_retain(struct look *look);
void look_release(struct look *look); /* accepts NULL */

#endif
