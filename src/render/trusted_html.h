// SPDX-License-Identifier: Apache-2.0
/* render/trusted_html.h: the one door through which markup enters a page
 * unescaped. Only the serializers of src/render include it: whatever they hand
 * over was written by them from checked data, never passed through. */
#ifndef RENDER_TRUSTED_HTML_H
#define RENDER_TRUSTED_HTML_H

#include "render/value.h"

struct value *value_html(struct arena *arena, struct str html);

#endif
