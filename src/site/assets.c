// SPDX-License-Identifier: Apache-2.0
#include "site/assets.h"

#include "base/arena.h"
#include "base/hash.h"
#include "render/folder_source.h"
#include "render/value.h"

enum { DIGITS = 16 }; /* of the digest: enough to tell versions apart */

struct asset_type {
    struct str ending, content_type;
    bool is_packed;
};

static const struct asset_type types[] = {
    {STR_INIT(".woff2"), STR_INIT("font/woff2"), true},
    {STR_INIT(".js"), STR_INIT("text/javascript; charset=utf-8"), false},
    {STR_INIT(".svg"), STR_INIT("image/svg+xml"), false},
    {STR_INIT(".ico"), STR_INIT("image/x-icon"), false},
    {STR_INIT(".png"), STR_INIT("image/png"), true},
    {STR_INIT(".jpg"), STR_INIT("image/jpeg"), true},
    {STR_INIT(".webp"), STR_INIT("image/webp"), true},
    {STR_INIT(".avif"), STR_INIT("image/avif"), true},
    {STR_INIT(".txt"), STR_INIT("text/plain; charset=utf-8"), false},
};
static const struct asset_type unknown_type = {
    STR_INIT(""), STR_INIT("application/octet-stream"), false};

static const struct asset_type *type_of(struct str name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (str_ends_with(name, types[i].ending))
            return &types[i];
    }
    return &unknown_type;
}

static struct str path_of(struct str name, struct str bytes,
                          struct arena *arena)
{
    char digest[DIGEST_HEX_BYTES];
    digest_hex(bytes, digest);
    ptrdiff_t dot = str_find_last_char(name, '.');
    size_t stem = dot < 0 ? name.len : (size_t)dot;
    return arena_printf(arena, "/assets/%.*s-%.*s%" PRI_STR, (int)stem,
                        name.ptr, DIGITS, digest,
                        ARG_STR(str_from(name, stem)));
}

/* "reader.js" as a template can say it: reader_js. */
static struct str key_of(struct str name, struct arena *arena)
{
    char *key = arena_c_string(arena, name);
    for (char *c = key; *c; c++) {
        if (*c == '.' || *c == '-')
            *c = '_';
    }
    return str_of(key, name.len);
}

static void add_files(struct assets *assets, struct embedded_files files,
                      struct arena *arena)
{
    for (size_t i = 0; i < files.count; i++) {
        const struct embedded_file *file = &files.files[i];
        struct str name = str_from_c(file->path);
        const struct asset_type *type = type_of(name);
        size_t at = 0;
        while (at < assets->count && !str_eq(assets->at[at].name, name))
            at++;
        assets->count += at == assets->count;
        assets->at[at] = (struct asset){
            .name = name,
            .path = path_of(name, file->bytes, arena),
            .content_type = type->content_type,
            .bytes = file->bytes,
            .gzip = file->gzip,
            .br = file->br,
            .is_packed = type->is_packed,
        };
    }
}

/* The endings of the table above: what else lies there is left alone. */
static enum err read_own(const char *folder, struct arena *arena,
                         struct embedded_files *ret_files, struct fault *fault)
{
    enum { TYPES = sizeof types / sizeof *types };
    const char *endings[TYPES + 1] = {NULL};
    for (size_t i = 0; i < TYPES; i++)
        endings[i] = types[i].ending.ptr;
    const struct folder_limits limits = {endings, ASSETS_OWN_MAX,
                                         ASSET_BYTES_MAX};
    *ret_files = (struct embedded_files){0};
    if (!folder)
        return ERR_OK;
    const char *path = arena_printf(arena, "%s/assets", folder).ptr;
    enum err err = folder_source_read(path, &limits, arena, ret_files, fault);
    for (size_t i = 0; !err && i < ret_files->count; i++)
        if (strchr(ret_files->files[i].path, '/'))
            err = fault_set(fault, ERR_UNSUPPORTED, "assets",
                            "assets/%s: files stand in assets/ itself, not in "
                            "folders within it",
                            ret_files->files[i].path);
    return err;
}

enum err assets_load(struct embedded_files builtin, const char *folder,
                     struct arena *arena, struct assets *ret_assets,
                     struct fault *fault)
{
    struct embedded_files own;
    enum err err = read_own(folder, arena, &own, fault);
    if (err)
        return err;
    struct assets assets = {
        .at = arena_array(arena, struct asset, builtin.count + own.count + 1)};
    struct value *value = value_object(arena);
    add_files(&assets, builtin, arena);
    add_files(&assets, own, arena);
    for (size_t i = 0; i < assets.count; i++)
        value_set_named(value, key_of(assets.at[i].name, arena),
                        value_str(arena, assets.at[i].path));
    assets.value = value;
    *ret_assets = assets;
    return ERR_OK;
}

const struct asset *assets_find_path(const struct assets *assets,
                                     struct str path)
{
    for (size_t i = 0; i < assets->count; i++) {
        if (str_eq(assets->at[i].path, path))
            return &assets->at[i];
    }
    return NULL;
}

const struct asset *assets_find_name(const struct assets *assets,
                                     struct str name)
{
    for (size_t i = 0; i < assets->count; i++) {
        if (str_eq(assets->at[i].name, name))
            return &assets->at[i];
    }
    return NULL;
}

/* The longest asset's name that rest begins with, or NULL. */
static const struct asset *named_by(const struct assets *assets,
                                    struct str rest)
{
    const struct asset *best = NULL;
    for (size_t i = 0; i < assets->count; i++) {
        const struct asset *asset = &assets->at[i];
        if (str_starts_with(rest, asset->name) &&
            (!best || asset->name.len > best->name.len))
            best = asset;
    }
    return best;
}

struct str assets_resolve(const struct assets *assets, struct str text,
                          struct arena *arena)
{
    struct str prefix = STR("/assets/"), done = STR("");
    for (ptrdiff_t at; (at = str_find(text, prefix)) >= 0;) {
        size_t name_at = (size_t)at + prefix.len;
        const struct asset *asset = named_by(assets, str_from(text, name_at));
        size_t keep = asset ? (size_t)at : name_at;
        done = arena_concat(arena, done, str_slice(text, 0, keep));
        if (asset)
            done = arena_concat(arena, done, asset->path);
        text = str_from(text, name_at + (asset ? asset->name.len : 0));
    }
    return arena_concat(arena, done, text);
}
