// SPDX-License-Identifier: Apache-2.0
#include "site/look.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "render/catalogue.h"
#include "render/template.h"
#include "site/assets.h"

/* What a page may do: only what it brings along. */
#define POLICY \
    "Content-Security-Policy: default-src 'none'; script-src 'self'; " \
    "style-src 'sha256-%s'; img-src 'self'; font-src 'self'; " \
    "media-src 'self'; connect-src 'self'; form-action 'self'; " \
    "base-uri 'none'; frame-ancestors 'self'; " \
    "require-trusted-types-for 'script'\r\n"
#define GUARDS \
    "X-Content-Type-Options: nosniff\r\n" \
    "Referrer-Policy: strict-origin-when-cross-origin\r\n" \
    "Cross-Origin-Opener-Policy: same-origin\r\n"

enum { BASE64_BYTES = (DIGEST_BYTES + 2) / 3 * 4 + 1 };

static unsigned hex_value(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a' + 10);
}

/* The SHA-256 of text in base64, as a policy wants it (CSP §2.3.1). */
static void digest_base64(struct str text, char target[BASE64_BYTES])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz0123456789+/";
    char hex[DIGEST_HEX_BYTES];
    unsigned char bytes[DIGEST_BYTES + 1] = {0};
    digest_hex(text, hex);
    for (size_t i = 0; i < DIGEST_BYTES; i++)
        bytes[i] = (unsigned char)(hex_value(hex[2 * i]) << 4 |
                                   hex_value(hex[2 * i + 1]));
    char *out = target;
    for (size_t i = 0; i < DIGEST_BYTES; i += 3) {
        unsigned bits = (unsigned)bytes[i] << 16 | (unsigned)bytes[i + 1] << 8;
        if (i + 2 < DIGEST_BYTES)
            bits |= bytes[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6)
            *out++ = letters[bits >> shift & 63];
    }
    out[-1] = '='; /* 32 bytes leave one character to fill */
    *out = '\0';
}

static struct str builtin_style(void)
{
    for (size_t i = 0; i < web_theme.count; i++) {
        if (str_eq(str_from_c(web_theme.files[i].path), STR("style.css")))
            return web_theme.files[i].bytes;
    }
    return STR("");
}

/* folder/style.css, or the built-in one. */
static enum err read_style(const char *folder, struct arena *arena,
                           struct str *ret_style, struct fault *fault)
{
    *ret_style = builtin_style();
    if (!folder)
        return ERR_OK;
    struct str path = arena_printf(arena, "%s/style.css", folder);
    if (access(path.ptr, F_OK) != 0)
        return ERR_OK;
    enum err err =
        file_read(path.ptr, LOOK_STYLE_BYTES_MAX, arena, ret_style, fault);
    if (!err && str_find(*ret_style, STR("</")) >= 0)
        err =
            fault_set(fault, ERR_INVALID, "style.css",
                      "\"</\" would end the stylesheet; write it as \"<\\/\"");
    return err;
}

static enum err load_style(struct look *look, const struct assets *assets,
                           const char *folder, struct fault *fault)
{
    struct arena *arena = &look->arena;
    struct str css;
    char digest[BASE64_BYTES];
    enum err err = read_style(folder, arena, &css, fault);
    if (err)
        return err;
    css = assets_resolve(assets, str_trim(css), arena);
    digest_base64(css, digest);
    look->style =
        arena_printf(arena, "<style>%" PRI_STR "</style>", ARG_STR(css));
    look->page_fields = arena_printf(arena, POLICY GUARDS, digest);
    look->asset_fields = STR(GUARDS);
    return ERR_OK;
}

static enum err load_parts(struct look *look, const struct assets *assets,
                           const char *folder, struct fault *fault)
{
    const char *messages = NULL;
    if (folder)
        messages = arena_printf(&look->arena, "%s/messages", folder).ptr;
    enum err err = load_style(look, assets, folder, fault);
    if (!err)
        err = theme_load(web_theme, folder, &look->theme, fault);
    if (!err)
        err = catalogues_load(web_messages, messages, &look->catalogues, fault);
    return err;
}

enum err look_load(const struct assets *assets, const char *folder,
                   struct look **ret_look, struct fault *fault)
{
    struct look *look = calloc(1, sizeof *look);
    if (!look)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "no memory for a theme");
    atomic_init(&look->references, 1);
    arena_init(&look->arena, 0);
    enum err err = load_parts(look, assets, folder, fault);
    if (err) {
        look_release(look);
        return err;
    }
    *ret_look = look;
    return ERR_OK;
}

struct look *look_retain(struct look *look)
{
    atomic_fetch_add_explicit(&look->references, 1, memory_order_relaxed);
    return look;
}

void look_release(struct look *look)
{
    if (!look || atomic_fetch_sub_explicit(&look->references, 1,
                                           memory_order_acq_rel) != 1)
        return;
    theme_release(look->theme);
    catalogues_destroy(look->catalogues);
    arena_finish(&look->arena);
    free(look);
}
