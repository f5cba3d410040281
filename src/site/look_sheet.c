// SPDX-License-Identifier: Apache-2.0
/* The stylesheet cut into what each template's pages need. */
#include "base/hash.h"
#include "render/embed_frame.h"
#include "render/template.h"
#include "site/look.h"

/* What a page may do: only what it brings along. */
#define POLICY \
    "Content-Security-Policy: default-src 'none'; script-src 'self'; " \
    "style-src 'sha256-%s'%s; img-src 'self'; font-src 'self'; " \
    "media-src 'self'%s; connect-src 'self'; manifest-src 'self'; " \
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'%s; " \
    "require-trusted-types-for 'script'\r\n"
/* What stands within a page of somebody else does nothing but lead here. */
#define EMBED_POLICY \
    "Content-Security-Policy: default-src 'none'; style-src 'sha256-%s'; " \
    "img-src 'self'; font-src 'self'; form-action 'none'; base-uri 'none'; " \
    "frame-ancestors *\r\n"

/* Templates whose pages may hold a player. */
#define HAVE_PLAYERS STR("tv programme front article live")
/* Those whose pages may show what is somebody else's, when a reader asks. */
#define HAVE_EMBEDS STR("article live")

#define ONLY STR("/*! only ")
#define ALL STR("/*! all */")
#define COMMENT_END STR("*/")

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

/* A piece of the stylesheet, and the templates it is for; none: all. */
struct part {
    struct str names;
    struct str css;
};

static bool is_named(struct str names, struct str name)
{
    struct str word;
    while (str_split_next(&names, ' ', &word))
        if (word.len && str_eq(word, name))
            return true;
    return false;
}

/* Takes the next part off css; false at its end. */
static enum err next_part(struct str *css, struct part *ret_part,
                          struct fault *fault)
{
    *ret_part = (struct part){0};
    if (str_starts_with(*css, ONLY)) {
        ptrdiff_t end = str_find(*css, COMMENT_END);
        if (end < 0)
            return fault_set(fault, ERR_INVALID, "style.css",
                             "\"/*! only\" wants \"*/\" after its templates");
        ret_part->names =
            str_trim(str_slice(*css, ONLY.len, (size_t)end - ONLY.len));
        *css = str_from(*css, (size_t)end + COMMENT_END.len);
    } else if (str_starts_with(*css, ALL)) {
        *css = str_from(*css, ALL.len);
    }
    ptrdiff_t only = str_find(*css, ONLY), all = str_find(*css, ALL);
    ptrdiff_t end = only < 0 || (all >= 0 && all < only) ? all : only;
    size_t length = end < 0 ? css->len : (size_t)end;
    ret_part->css = str_trim(str_slice(*css, 0, length));
    *css = str_from(*css, length);
    return ERR_OK;
}

static enum err add_sheet(struct look *look, struct str name,
                          struct fault *fault)
{
    if (look_sheet(look, name) != look->sheets)
        return ERR_OK;
    if (!theme_has(look->theme, name))
        return fault_set(fault, ERR_INVALID, "style.css",
                         "\"/*! only %" PRI_STR "\": there is no template of "
                         "that name",
                         ARG_STR(name));
    if (look->sheet_count == LOOK_SHEETS_MAX)
        return fault_set(fault, ERR_TOO_LONG, "style.css",
                         "parts for more than %d templates",
                         LOOK_SHEETS_MAX - 1);
    look->sheets[look->sheet_count++].template = name;
    return ERR_OK;
}

static enum err add_sheets(struct look *look, struct str names,
                           struct fault *fault)
{
    struct str name;
    enum err err = ERR_OK;
    while (!err && str_split_next(&names, ' ', &name))
        if (name.len)
            err = add_sheet(look, name, fault);
    return err;
}

static enum err make_style(struct look *look, struct look_sheet *sheet,
                           struct str css, struct fault *fault)
{
    char digest[BASE64_BYTES];
    struct part part;
    struct str own = STR("");
    while (css.len) {
        enum err err = next_part(&css, &part, fault);
        if (err)
            return err;
        if (!part.names.len || is_named(part.names, sheet->template))
            own = arena_concat(&look->arena, own, part.css);
    }
    digest_base64(own, digest);
    sheet->digest = arena_copy(&look->arena, str_from_c(digest));
    sheet->style =
        arena_printf(&look->arena, "<style>%" PRI_STR "</style>", ARG_STR(own));
    return ERR_OK;
}

/* The sheet of no template is for any. */
static bool may_have(const struct look_sheet *sheet, struct str templates)
{
    return !sheet->template.len || is_named(templates, sheet->template);
}

/* The script that unfolds the menu reads the menu's page within the page it is
 * on, so that page's policy has to know that one's style. */
static void make_fields(struct look *look, struct look_sheet *sheet)
{
    struct str menu = look_sheet(look, STR("menu"))->digest;
    const char *also =
        str_eq(menu, sheet->digest)
            ? ""
            : arena_printf(&look->arena, " 'sha256-%" PRI_STR "'",
                           ARG_STR(menu))
                  .ptr;
    /* What Media Source Extensions play has an address of the page's own. */
    const char *media = may_have(sheet, HAVE_PLAYERS) ? " blob:" : "";
    const char *frames =
        may_have(sheet, HAVE_EMBEDS) ? "; frame-src " EMBED_FRAME_SOURCES : "";
    sheet->page_fields =
        arena_printf(&look->arena, POLICY LOOK_GUARDS LOOK_ALONE,
                     sheet->digest.ptr, also, media, frames);
    sheet->embed_fields =
        arena_printf(&look->arena, EMBED_POLICY LOOK_GUARDS, sheet->digest.ptr);
}

/* What plays is a file there: no live television, whose parts are blobs. */
static void make_folder_fields(struct look *look)
{
    const char *also = "";
    for (size_t i = 1; i < look->sheet_count; i++)
        also = arena_printf(&look->arena, "%s 'sha256-%" PRI_STR "'", also,
                            ARG_STR(look->sheets[i].digest))
                   .ptr;
    look->folder_fields = arena_printf(
        &look->arena, POLICY LOOK_GUARDS LOOK_ALONE, look->sheets->digest.ptr,
        also, "", "; frame-src " EMBED_FRAME_SOURCES);
}

enum err look_cut(struct look *look, struct str css, struct fault *fault)
{
    struct part part;
    struct str rest = css;
    enum err err = ERR_OK;
    look->sheet_count = 1;
    while (!err && rest.len) {
        err = next_part(&rest, &part, fault);
        if (!err)
            err = add_sheets(look, part.names, fault);
    }
    for (size_t i = 0; !err && i < look->sheet_count; i++)
        err = make_style(look, &look->sheets[i], css, fault);
    for (size_t i = 0; !err && i < look->sheet_count; i++)
        make_fields(look, &look->sheets[i]);
    if (!err)
        make_folder_fields(look);
    return err;
}

const struct look_sheet *look_sheet(const struct look *look,
                                    struct str template)
{
    for (size_t i = 1; i < look->sheet_count; i++)
        if (str_eq(look->sheets[i].template, template))
            return &look->sheets[i];
    return look->sheets;
}
