// SPDX-License-Identifier: Apache-2.0
#include "site/look.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "render/catalogue.h"
#include "render/template.h"
#include "site/assets.h"

/* It asks for what pages ask for, and runs nothing else. */
#define WORKER_POLICY \
    "Content-Security-Policy: default-src 'none'; connect-src 'self'\r\n"

static struct str builtin_style(void)
{
    for (size_t i = 0; i < web_theme.count; i++) {
        if (str_eq(str_from_c(web_theme.files[i].path), STR("style.css")))
            return web_theme.files[i].bytes;
    }
    return STR("");
}

/* folder/name, or what is there without it. */
static enum err read_sheet(const char *folder, const char *name,
                           struct str otherwise, struct arena *arena,
                           struct str *ret_css, struct fault *fault)
{
    *ret_css = otherwise;
    if (!folder)
        return ERR_OK;
    struct str path = arena_printf(arena, "%s/%s", folder, name);
    if (access(path.ptr, F_OK) != 0)
        return ERR_OK;
    enum err err =
        file_read(path.ptr, LOOK_STYLE_BYTES_MAX, arena, ret_css, fault);
    if (!err && str_find(*ret_css, STR("</")) >= 0)
        err =
            fault_set(fault, ERR_INVALID, name,
                      "\"</\" would end the stylesheet; write it as \"<\\/\"");
    return err;
}

/* ---- Colours ----------------------------------------------------------------
 */

static bool is_hex(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!strchr("0123456789abcdefABCDEF", text.ptr[i]))
            return false;
    return text.len == 3 || text.len == 6;
}

/* The first value of name in css as #rrggbb; target stays when it is none. */
static void find_colour(struct str css, const char *name,
                        char target[LOOK_COLOUR_BYTES])
{
    ptrdiff_t at = str_find(css, str_from_c(name));
    if (at < 0)
        return;
    struct str rest = str_from(css, (size_t)at + strlen(name));
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != ';' && rest.ptr[end] != '}')
        end++;
    struct str value = str_trim(str_slice(rest, 0, end));
    if (!str_starts_with(value, STR("#")) || !is_hex(str_from(value, 1)))
        return;
    for (size_t i = 1; i < LOOK_COLOUR_BYTES - 1; i++)
        target[i] = value.ptr[value.len == 4 ? (i + 1) / 2 : i];
}

static void find_colours(struct str css, struct look_colours *colours)
{
    find_colour(css, "--paper:", colours->paper);
    find_colour(css, "--ink:", colours->ink);
    find_colour(css, "--signal:", colours->signal);
    struct str mark = STR("prefers-color-scheme:");
    for (ptrdiff_t at; (at = str_find(css, mark)) >= 0;) {
        css = str_trim(str_from(css, (size_t)at + mark.len));
        if (!str_starts_with(css, STR("dark")))
            continue;
        find_colour(css, "--paper:", colours->dark_paper);
        return;
    }
}

/* ---- Loading ----------------------------------------------------------------
 */

static enum err load_style(struct look *look, const char *folder,
                           struct fault *fault)
{
    struct arena *arena = &look->arena;
    struct str css, more;
    enum err err =
        read_sheet(folder, "style.css", builtin_style(), arena, &css, fault);
    if (!err)
        err = read_sheet(folder, "more.css", STR(""), arena, &more, fault);
    if (err)
        return err;
    look->colours =
        (struct look_colours){"#fbf9f4", "#1a1814", "#a8180f", "#141311"};
    find_colours(css, &look->colours);
    find_colours(more, &look->colours);
    if (more.len)
        css = arena_printf(arena, "%" PRI_STR "/*! all */%" PRI_STR,
                           ARG_STR(css), ARG_STR(more));
    css = assets_resolve(&look->assets, str_trim(css), arena);
    look->worker_fields = STR(WORKER_POLICY LOOK_GUARDS);
    look->asset_fields = STR(LOOK_GUARDS LOOK_ALONE);
    return look_cut(look, css, fault);
}

static enum err load_parts(struct look *look, const char *folder,
                           struct fault *fault)
{
    const char *messages = NULL;
    if (folder)
        messages = arena_printf(&look->arena, "%s/messages", folder).ptr;
    enum err err =
        assets_load(web_assets, folder, &look->arena, &look->assets, fault);
    if (!err)
        err = theme_load(web_theme, folder, &look->theme, fault);
    if (!err)
        err = load_style(look, folder, fault);
    if (!err)
        err = catalogues_load(web_messages, messages, &look->catalogues, fault);
    return err;
}

enum err look_load(const char *folder, struct look **ret_look,
                   struct fault *fault)
{
    struct look *look = calloc(1, sizeof *look);
    if (!look)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "no memory for a theme");
    atomic_init(&look->references, 1);
    arena_init(&look->arena, 0);
    enum err err = load_parts(look, folder, fault);
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
