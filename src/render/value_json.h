// SPDX-License-Identifier: Apache-2.0
/* render/value_json.h: a tree of values as JSON (RFC 8259), compact, members in
 * the order they were set. It may stand in an HTML <script> element too: < > &
 * and U+2028, U+2029 are written as \u…, whatever the texts hold, so that
 * nothing in them ends the element or begins another. */
#ifndef RENDER_VALUE_JSON_H
#define RENDER_VALUE_JSON_H

#include "base/buf.h"
#include "render/value.h"

enum { VALUE_JSON_DEPTH_MAX = 64 }; /* what lies deeper is left out */

/* A value that is not there (NULL) is written as null. */
void value_write_json(struct buf *out, const struct value *value);

#endif
