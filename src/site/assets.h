// SPDX-License-Identifier: Apache-2.0
/* site/assets.h: fonts, scripts and pictures of the theme, under names that
 * carry their digest, so that they never change and may be kept for ever. */
#ifndef SITE_ASSETS_H
#define SITE_ASSETS_H

#include <stddef.h>

#include "base/embedded.h"
#include "base/str.h"

struct arena;
struct value;

/* What web/web.mk embeds. */
extern const struct embedded_files web_theme;
extern const struct embedded_files web_messages;
extern const struct embedded_files web_assets;

struct asset {
    struct str name; /* "reader.js" */
    struct str path; /* "/assets/reader-0123456789abcdef.js" */
    struct str content_type;
    struct str bytes;
};

struct assets {
    struct asset *at;
    size_t count;
    const struct value *value; /* for templates: {{assets.reader_js}} */
};

/* Everything lives in arena. */
void assets_init(struct assets *assets, struct embedded_files files,
                 struct arena *arena);

/* NULL when there is none. */
const struct asset *assets_find_path(const struct assets *assets,
                                     struct str path);
const struct asset *assets_find_name(const struct assets *assets,
                                     struct str name);

/* text with every "/assets/reader.js" given its digest, in arena. */
struct str assets_resolve(const struct assets *assets, struct str text,
                          struct arena *arena);

#endif
