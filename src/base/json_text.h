// SPDX-License-Identifier: Apache-2.0
/* base/json_text.h: JSON (RFC 8259) to Jansson's values and back. Reading does
 * what Jansson's own reader does, in runs of bytes instead of one by one: that
 * is most of the time that importing an archive takes.
 *
 * The value is an object or a list. Refused are, besides what is no JSON, a
 * name that comes twice in an object, U+0000, integers beyond 64 bits, numbers
 * beyond a double, and nesting deeper than JSON_TEXT_DEPTH_MAX. */
#ifndef BASE_JSON_TEXT_H
#define BASE_JSON_TEXT_H

#include <jansson.h>

#include "base/buf.h"

enum { JSON_TEXT_DEPTH_MAX = 1024 };

/* Where it is not as it should be, and why. */
struct json_text_fault {
    int line;          /* from 1 */
    int column;        /* from 1, in characters */
    bool is_cut;       /* the text ends, and could have gone on well */
    const char *cause; /* "':' expected"; static */
};

/* The value that the text is, white space around it aside, or NULL; the caller
 * has to json_decref it. ret_fault may be NULL. */
json_t *json_text_read(struct str text, struct json_text_fault *ret_fault);

/* The value that the text begins with, whatever follows it. *ret_len are its
 * bytes, with the white space in front. */
json_t *json_text_read_first(struct str text, size_t *ret_len,
                             struct json_text_fault *ret_fault);

/* Appends value, an object or a list, without white space. */
void json_text_write(const json_t *value, struct buf *out);

#endif
