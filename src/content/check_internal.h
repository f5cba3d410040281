// SPDX-License-Identifier: Apache-2.0
/* content/check_internal.h: checks of what people and programs hand in. Each
 * fills the fault with field, cause and remedy. */
#ifndef CONTENT_CHECK_INTERNAL_H
#define CONTENT_CHECK_INTERNAL_H

#include <stdbool.h>

#include "base/fault.h"
#include "base/str.h"

struct arena;

/* UTF-8 of at most max_bytes without control characters, except line feeds and
 * tabs where lines are allowed. */
MUST_USE enum err check_text(const char *field, struct str text,
                             size_t max_bytes, struct fault *fault);
MUST_USE enum err check_line(const char *field, struct str text,
                             size_t max_bytes, struct fault *fault);

/* The same, and it must say something. */
MUST_USE enum err check_required(const char *field, struct str text,
                                 size_t max_bytes, struct fault *fault);

/* A given slug is checked; "" is made of the name. */
MUST_USE enum err check_slug(const char *field, struct str slug,
                             struct str name, struct str language,
                             struct arena *arena, struct str *ret_slug,
                             struct fault *fault);

/* "" or http(s)://… */
MUST_USE enum err check_address(const char *field, struct str address,
                                struct fault *fault);

/* "/…" without a host, query or fragment. */
MUST_USE enum err check_path(const char *field, struct str path,
                             struct fault *fault);

#endif
