// SPDX-License-Identifier: Apache-2.0
/* What a device wants to know to keep the newspaper among its programs: the web
 * manifest (W3C Web App Manifest) and the icons that it names. */
#include "base/utf8.h"
#include "render/catalogue.h"
#include "render/letter_icon.h"
#include "render/value.h"
#include "render/value_json.h"
#include "site/faces.h"
#include "site/look.h"
#include "site/pages.h"
#include "site/printer.h"
#include "site/printing.h"

enum {
    MANIFEST_BYTES_MAX = 64 * 1024,
    SHORT_NAME_CHARACTERS = 12, /* what fits under an icon */
};

/* ---- The manifest -----------------------------------------------------------
 */

static void add_icon(struct printing *p, struct value *icons,
                     const struct site_icon_file *file)
{
    struct value *icon = value_add_object(icons);
    value_set_str(icon, "src", printing_path(p, file->file.ptr, STR("")));
    value_set_str(icon, "sizes",
                  arena_printf(p->arena, "%ux%u", file->pixels, file->pixels));
    value_set_c(icon, "type", "image/png");
    value_set_c(icon, "purpose", file->maskable ? "maskable" : "any");
}

static void set_icons(struct printing *p, struct value *object)
{
    struct value *icons = value_set_list(object, "icons");
    for (int i = 0; i < SITE_ICON_COUNT; i++)
        add_icon(p, icons, &site_icons[i]);
}

static void add_shortcut(struct printing *p, struct value *list,
                         const char *word, const char *path)
{
    struct value *shortcut = value_add_object(list);
    value_set_str(shortcut, "name", catalogue_text(p->words, str_from_c(word)));
    value_set_str(shortcut, "url", printing_path(p, path, STR("")));
    add_icon(p, value_set_list(shortcut, "icons"),
             &site_icons[SITE_ICON_SMALL]);
}

static void write_manifest(struct printing *p, struct value *manifest)
{
    const struct settings *settings = &p->settings;
    struct str front = printing_path(p, "", STR(""));
    value_set_str(manifest, "id", front);
    value_set_str(manifest, "name", settings->name);
    if (utf8_count(settings->name) <= SHORT_NAME_CHARACTERS)
        value_set_str(manifest, "short_name", settings->name);
    if (settings->description.len || settings->tagline.len)
        value_set_str(manifest, "description",
                      settings->description.len ? settings->description
                                                : settings->tagline);
    value_set_str(manifest, "lang", p->lang);
    value_set_c(manifest, "dir", p->language->rtl ? "rtl" : "ltr");
    value_set_str(manifest, "start_url", front);
    value_set_c(manifest, "scope", "/");
    value_set_c(manifest, "display", "standalone");
    value_set_c(manifest, "background_color", p->look->colours.paper);
    value_set_c(manifest, "theme_color", p->look->colours.paper);
    value_add_str(value_set_list(manifest, "categories"), STR("news"));
    set_icons(p, manifest);
    struct value *shortcuts = value_set_list(manifest, "shortcuts");
    add_shortcut(p, shortcuts, "saved.name", "saved");
    add_shortcut(p, shortcuts, "tv.live", "tv");
}

enum err page_manifest(struct printing *p)
{
    enum err err = printing_open(p, p->path.lang);
    if (err)
        return err;
    struct value *manifest = value_object(p->arena);
    DEFER(buf_finish) struct buf out;
    buf_init(&out, MANIFEST_BYTES_MAX);
    write_manifest(p, manifest);
    value_write_json(&out, manifest);
    p->print->status = 200;
    p->print->content_type = STR("application/manifest+json");
    p->print->cache_control = STR("no-cache");
    p->print->body = arena_copy(p->arena, buf_str(&out));
    p->print->fields = p->look->asset_fields;
    return buf_err(&out);
}

/* ---- Icons ------------------------------------------------------------------
 */

/* The letter that the name is known by: not that of an article, which half of
 * all newspapers begin with, nor a quotation mark. */
static uint32_t initial_of(struct str name)
{
    static const struct str articles[] = {STR_INIT("The "), STR_INIT("ال")};
    struct str marks = STR("\"'«»„“”‘’‹›‚(");
    for (size_t i = 0; i < sizeof articles / sizeof *articles; i++)
        if (str_starts_with(name, articles[i]) && name.len > articles[i].len)
            name = str_from(name, articles[i].len);
    for (struct str rest = name; rest.len; name = rest) {
        uint32_t letter;
        if (!utf8_next(&rest, &letter))
            return 0;
        struct str bytes = str_slice(name, 0, name.len - rest.len);
        if (letter > ' ' && str_find(marks, bytes) < 0)
            return letter;
    }
    return 0;
}

/* Display faces of the language, then everything else there is. */
static size_t find_fonts(const struct printing *p, struct str *ret_fonts)
{
    const struct assets *assets = &p->look->assets;
    const char *const *faces = faces_of(p->lang);
    size_t count = 0;
    for (size_t i = FACES_MAX; i-- > 0;) {
        const struct asset *asset =
            faces[i] ? assets_find_name(assets, str_from_c(faces[i])) : NULL;
        if (asset)
            ret_fonts[count++] = asset->bytes;
    }
    for (size_t i = 0; i < assets->count; i++)
        if (str_ends_with(assets->at[i].name, STR(".woff2")))
            ret_fonts[count++] = assets->at[i].bytes;
    return count;
}

/* "#1a1814", as look.h has made sure. */
static uint32_t colour_of(const char *text)
{
    return (uint32_t)strtoul(text + 1, NULL, 16);
}

static enum err draw(struct printing *p, const struct site_icon_file *file,
                     struct buf *out)
{
    const struct look_colours *colours = &p->look->colours;
    struct str *fonts =
        arena_array(p->arena, struct str, p->look->assets.count + FACES_MAX);
    const struct letter_icon icon = {
        .size = file->pixels,
        .maskable = file->maskable,
        .paper = colour_of(colours->paper),
        .ink = colour_of(colours->ink),
        .signal = colour_of(colours->signal),
        .letter = initial_of(p->settings.name),
        .fonts = fonts,
        .font_count = find_fonts(p, fonts),
    };
    return letter_icon_draw(&icon, out);
}

/* A theme's own picture of that name, or one that is drawn. */
enum err page_icon(struct printing *p)
{
    const struct site_icon_file *file = &site_icons[p->path.icon];
    enum err err = printing_open_plain(p, p->path.lang);
    if (err)
        return err;
    change_keys_add(&p->keys, STR("theme"), STR(""));
    const struct asset *own = assets_find_name(&p->look->assets, file->file);
    DEFER(buf_finish) struct buf out;
    buf_init(&out, ASSET_BYTES_MAX);
    if (own)
        buf_add(&out, own->bytes);
    else
        err = draw(p, file, &out);
    if (err)
        return fault_set(p->fault, err, NULL, "no memory to draw an icon");
    p->print->status = 200;
    p->print->content_type = STR("image/png");
    p->print->cache_control = STR("no-cache");
    p->print->body = arena_copy(p->arena, buf_str(&out));
    p->print->fields = p->look->asset_fields;
    p->print->packed = true;
    p->print->keeping = SITE_KEPT_FOR_MACHINES;
    return buf_err(&out);
}
