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
    HTML_HELPER_IMAGES_MAX = 1000,
};

/* What had no place in the document. */
struct html_dropped {
    struct str what; /* "script", "style", "attribute", "image" … */
    int64_t count;
};

struct html_conversion {
    /* Checked against the schema. The medium of its pictures is "image-0",
     * "image-1" …: html_images_find puts ids there. */
    struct document_node *doc;
    struct html_dropped *dropped;
    size_t dropped_count;
    struct str *images; /* their sources, as the HTML has them */
    size_t image_count;
};

/* program is the path of broadsheet-html. It is started by the first
 * conversion and again after it died. Not for two threads at once. */
struct html_helper *html_helper_create(const char *program);
void html_helper_destroy(struct html_helper *helper);

/* Converts an HTML text (a body or a fragment). Everything lives in arena.
 * ERR_TOO_LONG, ERR_TIMEOUT, ERR_INVALID, or ERR_CLOSED when a helper that had
 * read nothing else died of this text; the next call works again. */
MUST_USE enum err html_helper_convert(struct html_helper *helper,
                                      struct str html, struct arena *arena,
                                      struct html_conversion *ret_conversion,
                                      struct fault *fault);

/* ---- Ahead -----------------------------------------------------------------
 * Texts can be sent before their answers are wanted: the helper reads them on
 * another processor while the caller does something else. Answers come in the
 * order of sending; what is on its way when html_helper_convert is called is
 * lost. */

enum {
    HTML_HELPER_AHEAD_BYTES_MAX = 64 * 1024
}; /* of all that is not answered:
    * they fit into the socket,
    * so that nobody waits for
    * the other in a circle */

/* 0 when it was not sent: it does not fit, or the helper does not run; the
 * caller then converts it when its time has come. */
uint64_t html_helper_send(struct html_helper *helper, struct str html);

/* The answer to the text that was given this ticket. ERR_AGAIN when it was lost
 * with a helper that ended, of this text or another: convert it by itself.
 * Else as html_helper_convert. */
MUST_USE enum err html_helper_receive(struct html_helper *helper,
                                      uint64_t ticket, struct arena *arena,
                                      struct html_conversion *ret_conversion,
                                      struct fault *fault);

/* ---- Pictures --------------------------------------------------------------
 */

/* What becomes of a picture: sets its DOCUMENT_MEDIA to a medium's id (and
 * whatever else it knows better), or leaves *ret_found false. */
typedef enum err html_image_find(void *context, struct document_node *image,
                                 struct str src, bool *ret_found);

/* Asks for each picture of the document, in reading order. Those that were not
 * found leave it, a gallery of one is that picture, an empty one goes. */
MUST_USE enum err html_images_find(const struct html_conversion *conversion,
                                   html_image_find *find, void *context);

#endif
