// SPDX-License-Identifier: Apache-2.0
/* helpers/html/convert.h: HTML from anywhere made into a document: paragraphs,
 * headings, lists, quotes, tables, links, emphasis, pictures with their
 * captions, galleries and embeds are kept, all else is dropped and counted.
 *
 * A picture's medium is "image-0", "image-1" …: whoever asked finds the file
 * by its source, and puts the medium's id there instead. */
#ifndef HELPERS_HTML_CONVERT_H
#define HELPERS_HTML_CONVERT_H

#include "base/fault.h"
#include "render/document.h"

struct arena;

enum {
    CONVERT_BYTES_MAX = 4 * 1024 * 1024,
    CONVERT_DEPTH_MAX = 256,
    CONVERT_DROPPED_MAX = 32,
    CONVERT_IMAGES_MAX = 1000,
};

struct convert_dropped {
    const char *what; /* static */
    unsigned count;
};

struct convert_result {
    struct document_node *doc; /* checked */
    struct convert_dropped dropped[CONVERT_DROPPED_MAX];
    size_t dropped_count;
    struct str *images; /* sources as written; no control characters */
    size_t image_count;
};

/* Everything lives in arena, the parser's tree too. */
MUST_USE enum err convert_html(struct str html, struct arena *arena,
                               struct convert_result *ret_result,
                               struct fault *fault);

#endif
