// SPDX-License-Identifier: Apache-2.0
/* render/html_helper.h: HTML from outside made into documents, in the helper
 * program broadsheet-html: it may run out of time or memory or crash, and
 * nobody else does. */
#ifndef RENDER_HTML_HELPER_H
#define RENDER_HTML_HELPER_H

#include <stdint.h>

#include "base/fault.h"
#include "base/str.h"

struct arena;
struct document_node;
struct html_helper;

enum {
    HTML_HELPER_BYTES_MAX = 4 * 1024 * 1024, /* one text */
    HTML_HELPER_TIMEOUT_MS = 5000,
    HTML_HELPER_DROPPED_MAX = 32,
};

/* What had no place in the document. */
struct html_dropped {
    struct str what; /* "script", "style", "attribute", "image" … */
    int64_t count;
};

struct html_conversion {
    struct document_node *doc; /* checked against the schema */
    struct html_dropped *dropped;
    size_t dropped_count;
};

/* program is the path of broadsheet-html. It is started by the first
 * conversion and again after it died. Not for two threads at once. */
struct html_helper *html_helper_create(const char *program);
void html_helper_destroy(struct html_helper *helper);

/* Converts an HTML text (a body or a fragment). Everything lives in arena.
 * ERR_TOO_LONG, ERR_TIMEOUT, ERR_INVALID, or ERR_CLOSED when the helper died
 * of this text; the next call works again. */
MUST_USE enum err html_helper_convert(struct html_helper *helper,
                                      struct str html, struct arena *arena,
                                      struct html_conversion *ret_conversion,
                                      struct fault *fault);

#endif
