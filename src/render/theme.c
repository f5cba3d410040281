// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "base/utf8.h"
#include "render/folder_source.h"
#include "render/template_internal.h"

static const char *const ENDINGS[] = {".html", ".xml", ".txt", NULL};
static const enum template_mode MODES[] = {TEMPLATE_HTML, TEMPLATE_XML,
                                           TEMPLATE_TEXT};

static const struct folder_limits FOLDER_LIMITS = {
    .endings = ENDINGS,
    .files_max = THEME_FILES_MAX,
    .file_bytes_max = TEMPLATE_BYTES_MAX,
};

/* All that a theme is made of: the stylesheet, messages, pictures too. */
static const char *const WATCHED_ENDINGS[] = {"", NULL};

static const struct folder_limits WATCHED_LIMITS = {
    .endings = WATCHED_ENDINGS,
    .files_max = 2 * THEME_FILES_MAX,
};

static struct theme *theme_create(void)
{
    struct theme *theme = calloc(1, sizeof *theme);
    if (!theme)
        return NULL;
    atomic_init(&theme->references, 1);
    arena_init(&theme->arena, 64 * 1024);
    map_init(&theme->by_name);
    theme->templates =
        arena_array(&theme->arena, struct template, THEME_FILES_MAX);
    return theme;
}

struct theme *theme_retain(struct theme *theme)
{
    atomic_fetch_add_explicit(&theme->references, 1, memory_order_relaxed);
    return theme;
}

void theme_release(struct theme *theme)
{
    if (!theme || atomic_fetch_sub_explicit(&theme->references, 1,
                                            memory_order_acq_rel) > 1)
        return;
    map_finish(&theme->by_name);
    arena_finish(&theme->arena);
    free(theme);
}

bool theme_has(const struct theme *theme, struct str name)
{
    return map_get(&theme->by_name, name) != NULL;
}

uint64_t theme_folder_stamp(const char *folder)
{
    return folder_source_stamp(folder, &WATCHED_LIMITS);
}

/* ---- Collecting the files
 * -------------------------------------------------------- */

static enum err file_fault(const struct embedded_file *file, enum err code,
                           struct fault *fault, const char *message)
{
    return fault_set(fault, code, file->path, "%s: %s", file->path, message);
}

/* A file of the same path replaces the one before it. */
static enum err add_file(struct theme *theme, const struct embedded_file *file,
                         struct str name, enum template_mode mode,
                         struct fault *fault)
{
    struct template *template = map_get(&theme->by_name, name);
    if (file->bytes.len > TEMPLATE_BYTES_MAX)
        return file_fault(file, ERR_TOO_LONG, fault,
                          "the file is too long; part it.");
    if (!utf8_is_valid(file->bytes))
        return file_fault(file, ERR_INVALID, fault,
                          "the file is not UTF-8; save it as such.");
    if (template && template->mode != mode)
        return file_fault(file, ERR_EXISTS, fault,
                          "another file has this name with another ending; "
                          "rename one of them.");
    if (!template && theme->count == THEME_FILES_MAX)
        return file_fault(file, ERR_TOO_LONG, fault,
                          "the theme has too many files.");
    if (!template)
        template = &theme->templates[theme->count++];
    *template = (struct template){
        .name = arena_copy(&theme->arena, name),
        .file = arena_c_string(&theme->arena, str_from_c(file->path)),
        .source = arena_copy(&theme->arena, file->bytes),
        .mode = mode,
    };
    return map_set(&theme->by_name, template->name, template, NULL);
}

static enum err add_by_ending(struct theme *theme, struct embedded_files files,
                              struct fault *fault)
{
    for (size_t i = 0; i < files.count; i++) {
        struct str path = str_from_c(files.files[i].path);
        size_t ending;
        if (!folder_source_ending(path, ENDINGS, &ending))
            continue;
        struct str name =
            str_slice(path, 0, path.len - strlen(ENDINGS[ending]));
        enum err err =
            add_file(theme, &files.files[i], name, MODES[ending], fault);
        if (err)
            return err;
    }
    return ERR_OK;
}

static enum err add_folder(struct theme *theme, const char *folder,
                           struct fault *fault)
{
    struct arena scratch;
    arena_init(&scratch, 0);
    struct embedded_files files;
    enum err err =
        folder_source_read(folder, &FOLDER_LIMITS, &scratch, &files, fault);
    if (!err)
        err = add_by_ending(theme, files, fault);
    arena_finish(&scratch);
    return err;
}

/* ---- Compiling
 * --------------------------------------------------------------------- */

/* A block of that name which holds markup. */
static const struct op *find_markup(const struct theme *theme, struct str block,
                                    const char **ret_file)
{
    for (size_t i = 0; i < theme->count; i++)
        for (size_t j = 0; j < theme->templates[i].ops_count; j++) {
            const struct op *op = &theme->templates[i].ops[j];
            if (op->code == OP_BLOCK && op->has_markup &&
                str_eq(op->text, block)) {
                *ret_file = theme->templates[i].file;
                return op;
            }
        }
    return NULL;
}

/* A block that stands in an attribute or in <title> anywhere may hold markup
 * nowhere: whatever replaces it ends up there. */
static enum err check_block(const struct theme *theme,
                            const struct template *template,
                            const struct op *block, struct fault *fault)
{
    const char *file;
    const struct op *other = find_markup(theme, block->text, &file);
    if (!other)
        return ERR_OK;
    return template_fault(fault, file, other->line, 1,
                          "The block \"%" PRI_STR "\" stands in an attribute "
                          "or in <title> in %s line %u, so it can hold text "
                          "and {{values}} only.",
                          ARG_STR(block->text), template->file, block->line);
}

static enum err check_blocks(const struct theme *theme, struct fault *fault)
{
    for (size_t i = 0; i < theme->count; i++)
        for (size_t j = 0; j < theme->templates[i].ops_count; j++) {
            const struct op *op = &theme->templates[i].ops[j];
            enum err err =
                op->code == OP_BLOCK && op->plain_only
                    ? check_block(theme, &theme->templates[i], op, fault)
                    : ERR_OK;
            if (err)
                return err;
        }
    return ERR_OK;
}

static enum err compile_all(struct theme *theme, struct fault *fault)
{
    for (size_t i = 0; i < theme->count; i++) {
        enum err err = template_compile(theme, &theme->templates[i], fault);
        if (err)
            return err;
    }
    return check_blocks(theme, fault);
}

static enum err finish_theme(struct theme *theme, enum err err,
                             struct theme **ret_theme, struct fault *fault)
{
    if (!err)
        err = compile_all(theme, fault);
    if (err)
        theme_release(theme);
    else
        *ret_theme = theme;
    return err;
}

enum err theme_load(struct embedded_files builtin, const char *folder,
                    struct theme **ret_theme, struct fault *fault)
{
    assert(ret_theme);
    struct theme *theme = theme_create();
    if (!theme)
        return ERR_NO_MEMORY;
    enum err err = add_by_ending(theme, builtin, fault);
    if (!err)
        err = add_folder(theme, folder, fault);
    return finish_theme(theme, err, ret_theme, fault);
}

enum err theme_compile(struct embedded_files sources, enum template_mode mode,
                       struct theme **ret_theme, struct fault *fault)
{
    assert(ret_theme);
    struct theme *theme = theme_create();
    if (!theme)
        return ERR_NO_MEMORY;
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < sources.count; i++)
        err = add_file(theme, &sources.files[i],
                       str_from_c(sources.files[i].path), mode, fault);
    return finish_theme(theme, err, ret_theme, fault);
}

/* ---- What a theme asks for
 * ------------------------------------------------------------ */

void theme_names(const struct theme *theme,
                 void (*visit)(void *context, const struct theme_name *name),
                 void *context)
{
    assert(theme);
    for (size_t i = 0; i < theme->count; i++) {
        const struct template *template = &theme->templates[i];
        for (size_t j = 0; j < template->ops_count; j++) {
            const struct op *op = &template->ops[j];
            if (op->code != OP_VALUE && op->code != OP_SECTION &&
                op->code != OP_INVERTED)
                continue;
            struct theme_name name = {template->name, op->line, op->name->text};
            visit(context, &name);
        }
    }
}
