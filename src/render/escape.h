// SPDX-License-Identifier: Apache-2.0
/* render/escape.h: text made safe for the place it is put in. Each appends to
 * out; malformed UTF-8 is passed as it is unless the comment says otherwise. */
#ifndef RENDER_ESCAPE_H
#define RENDER_ESCAPE_H

#include "base/buf.h"

/* & < > " ' for HTML text and quoted attributes. */
void escape_html(struct buf *out, struct str text);

/* & < > " as the Mustache specification has it. */
void escape_mustache(struct buf *out, struct str text);

/* As escape_html; characters that XML 1.0 §2.2 forbids, and malformed bytes,
 * are dropped. */
void escape_xml(struct buf *out, struct str text);

/* The inside of a JSON string that stands in a <script> element: < > & and
 * U+2028, U+2029 are written as \u…, malformed bytes as U+FFFD. */
void escape_json(struct buf *out, struct str text);

/* Everything but unreserved characters (RFC 3986 §2.3) percent-encoded. */
void escape_url_component(struct buf *out, struct str text);

/* Whether an address has the scheme http, https, mailto or tel, or none.
 * Spaces and control characters, which browsers skip, do not hide one. */
bool escape_url_is_safe(struct str url);

/* The same for every candidate of a srcset. */
bool escape_srcset_is_safe(struct str srcset);

#endif
