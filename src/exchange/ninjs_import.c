// SPDX-License-Identifier: Apache-2.0
/* Files, and the items in them, one after the other. */
#include "exchange/ninjs_import.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>

#include "base/file.h"
#include "exchange/ninjs_import_internal.h"

enum { CAUSE_BYTES_MAX = 1000 };

static void forget_categories(void *owner)
{
    struct ninjs_import *import = owner;
    import->categories = NULL;
}

enum err ninjs_import_create(const struct ninjs_import_options *options,
                             struct ninjs_import **ret_import,
                             struct fault *fault)
{
    assert(options->helper);
    struct ninjs_import *import = calloc(1, sizeof *import);
    if (!import)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    import->options = *options;
    const struct import_session_options session = {
        .content = options->content,
        .actor = options->actor,
        .batch_items = NINJS_BATCH_ITEMS,
        .report = options->report,
        .context = options->context,
        .rolled_back = forget_categories,
        .owner = import,
    };
    enum err err = import_session_open(&import->session, &session, fault);
    if (err) {
        ninjs_import_destroy(import);
        return err;
    }
    *ret_import = import;
    return ERR_OK;
}

void ninjs_import_destroy(struct ninjs_import *import)
{
    if (!import)
        return;
    import_session_close(&import->session);
    free(import);
}

/* ---- One item --------------------------------------------------------------
 */

static enum err commit(struct ninjs_import *import, struct fault *fault)
{
    import->categories = NULL; /* they live in the batch */
    return import_session_commit(&import->session, fault);
}

static enum err commit_if_full(struct ninjs_import *import, struct fault *fault)
{
    return import_session_is_full(&import->session) ? commit(import, fault)
                                                    : ERR_OK;
}

static enum err save(void *item, enum import_outcome *ret_outcome)
{
    return ninjs_save_item(item, ret_outcome);
}

static struct str cause_of(struct ninjs_import *import, enum err err)
{
    const struct fault *fault = &import->session.fault;
    if (!fault->code)
        return str_from_c(err_sentence(err));
    /* Messages name their place where it is not the article as a whole. */
    bool named = !fault->field[0] || str_find(str_from_c(fault->message),
                                              str_from_c(fault->field)) >= 0;
    return named
               ? arena_copy(&import->session.arena, str_from_c(fault->message))
               : arena_printf(&import->session.arena, "%s: %s", fault->field,
                              fault->message);
}

static enum err take_item(struct ninjs_import *import,
                          const struct ninjs_item *item, struct str folder,
                          struct import_result result, struct fault *fault)
{
    enum err refused;
    struct incoming incoming = {
        .import = import, .item = item, .folder = folder};
    buf_init(&incoming.left_out, CAUSE_BYTES_MAX);
    enum err err = import_session_try(&import->session, save, &incoming,
                                      &result, &refused, fault);
    if (!err) {
        result.id = incoming.input.id;
        result.headline = incoming.input.content.headline;
        result.cause = refused ? cause_of(import, refused)
                               : arena_copy(&import->session.arena,
                                            buf_str(&incoming.left_out));
        import_session_note(&import->session, result);
        err = commit_if_full(import, fault);
    }
    buf_finish(&incoming.left_out);
    return err;
}

void incoming_leave_out(struct incoming *incoming, const char *format, ...)
{
    char text[FAULT_MESSAGE_BYTES_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    buf_printf(&incoming->left_out, "%s%s",
               incoming->left_out.len ? ", " : "left out: ", text);
}

/* ---- Files -----------------------------------------------------------------
 */

static struct str folder_of(struct str path)
{
    ptrdiff_t slash = str_find_last_char(path, '/');
    if (slash < 0)
        return STR(".");
    return slash == 0 ? STR("/") : str_slice(path, 0, (size_t)slash);
}

static enum err import_items(struct ninjs_import *import, struct str path,
                             struct ninjs_file *file, struct fault *fault)
{
    for (;;) {
        struct ninjs_item item;
        struct fault cause = {0};
        enum err err =
            ninjs_file_next(file, &import->session.arena, &item, &cause);
        if (err == ERR_NOT_FOUND)
            return ERR_OK;
        int64_t number =
            (int64_t)(err ? file->count ? file->count : 1 : file->count);
        if (err) {
            import_session_refuse(&import->session, path, number,
                                  fault_text(&cause));
            err = commit_if_full(import, fault);
            if (err)
                return err;
            continue;
        }
        struct import_result result = {
            .file = arena_copy(&import->session.arena, path), .item = number};
        err = take_item(import, &item, folder_of(path), result, fault);
        if (err)
            return err;
    }
}

enum err ninjs_import_file(struct ninjs_import *import, const char *path,
                           struct fault *fault)
{
    DEFER(arena_finish) struct arena arena; /* lives longer than a batch */
    arena_init(&arena, 0);
    struct str name = str_from_c(path), text;
    struct fault cause = {0};
    enum err err = file_read(path, NINJS_FILE_BYTES_MAX, &arena, &text, &cause);
    if (err) {
        import_session_refuse(&import->session, name, 0, fault_text(&cause));
        return ERR_OK;
    }
    struct ninjs_file file;
    ninjs_file_init(&file, text);
    size_t before = import->session.items;
    int64_t told = import->session.seq;
    err = import_items(import, name, &file, fault);
    if (!err && file.count == 0 && import->session.items == before &&
        import->session.seq == told && !str_trim(text).len)
        import_session_refuse(&import->session, name, 0, "the file is empty");
    ninjs_file_finish(&file);
    return err;
}

enum err ninjs_import_finish(struct ninjs_import *import,
                             struct import_counts *ret_counts, int64_t *ret_seq,
                             struct fault *fault)
{
    import->categories = NULL;
    enum err err = import_session_finish(&import->session, fault);
    *ret_counts = import->session.counts;
    *ret_seq = import->session.seq;
    return err;
}
