// SPDX-License-Identifier: Apache-2.0
/* site/assets.h: fonts, scripts and pictures of the theme, under names that
 * carry their digest, so that they never change and may be kept for ever. A
 * site's own stand in the folder assets/ of its theme, beside the built-in ones
 * or, by the same name, in their place. */
#ifndef SITE_ASSETS_H
#define SITE_ASSETS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/embedded.h"
#include "base/fault.h"
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
    struct str gzip, br; /* the same, compressed; empty: it is not */
    bool is_packed;      /* of a kind that is compressed itself, as pictures */
};

struct assets {
    struct asset *at;
    size_t count;
    const struct value *value; /* for templates: {{assets.reader_js}} */
};

enum {
    ASSETS_OWN_MAX = 64,
    ASSET_BYTES_MAX = 1 << 20,
};

/* folder is the theme's, or NULL. Everything lives in arena. ERR_UNSUPPORTED
 * for a file in a folder within assets/; other errors are of the files. */
MUST_USE enum err assets_load(struct embedded_files builtin, const char *folder,
                              struct arena *arena, struct assets *ret_assets,
                              struct fault *fault);

/* NULL when there is none. */
const struct asset *assets_find_path(const struct assets *assets,
                                     struct str path);
const struct asset *assets_find_name(const struct assets *assets,
                                     struct str name);

/* text with every "/assets/reader.js" given its digest, in arena. */
struct str assets_resolve(const struct assets *assets, struct str text,
                          struct arena *arena);

#endif
