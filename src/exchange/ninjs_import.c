// SPDX-License-Identifier: Apache-2.0
/* The session of an import: batches, transactions, reports. */
#include "exchange/ninjs_import.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>

#include "base/file.h"
#include "content/content.h"
#include "content/settings.h"
#include "exchange/ninjs_import_internal.h"

enum { CAUSE_BYTES_MAX = 1000 };

enum err ninjs_import_create(const struct ninjs_import_options *options,
                             struct ninjs_import **ret_import,
                             struct fault *fault)
{
    assert(options->content && options->helper);
    struct ninjs_import *import = calloc(1, sizeof *import);
    if (!import)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    import->options = *options;
    arena_init(&import->kept, 0);
    arena_init(&import->arena, 0);
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(options->content);
    enum err err = language_list(lease.db, &import->kept, &import->languages);
    if (!err)
        err = setting_get(lease.db, STR("language"), STR(""), &import->kept,
                          &import->standard_language);
    if (err) {
        db_fault(lease.db, err, fault);
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
    if (import->edit.content)
        edit_end(&import->edit);
    arena_finish(&import->arena);
    arena_finish(&import->kept);
    free(import);
}

/* ---- Batches ---------------------------------------------------------------
 */

enum err ninjs_import_begin(struct ninjs_import *import, struct fault *fault)
{
    if (import->edit.content)
        return ERR_OK;
    import->edit = (struct edit){0};
    enum err err = edit_begin(&import->edit, import->options.content,
                              import->options.actor, &import->fault);
    if (err)
        *fault = import->fault;
    return err;
}

static void report_all(struct ninjs_import *import)
{
    for (struct pending_result *pending = import->first; pending;
         pending = pending->next) {
        import->counts.of[pending->result.outcome]++;
        if (import->options.report)
            import->options.report(import->options.context, &pending->result);
    }
}

/* Makes the batch durable, then tells of it. */
static enum err commit(struct ninjs_import *import, struct fault *fault)
{
    enum err err = ERR_OK;
    if (import->edit.content) {
        import->fault = (struct fault){0};
        err = edit_commit(&import->edit);
        if (!err && import->edit.seq)
            import->seq = import->edit.seq;
        edit_end(&import->edit);
        import->edit = (struct edit){0};
    }
    if (err) {
        *fault = import->fault;
        if (!fault->code)
            fault_set(fault, err, NULL, "%s", err_sentence(err));
        return err;
    }
    report_all(import);
    import->first = import->last = NULL;
    import->items = 0;
    import->categories = NULL;
    arena_reset(&import->arena);
    return ERR_OK;
}

static void remember(struct ninjs_import *import, struct import_result result)
{
    struct pending_result *pending =
        arena_new(&import->arena, struct pending_result);
    pending->result = result;
    if (import->last)
        import->last->next = pending;
    else
        import->first = pending;
    import->last = pending;
}

/* ---- One item --------------------------------------------------------------
 */

static enum err import_one(struct incoming *incoming,
                           struct import_result *result)
{
    struct ninjs_import *import = incoming->import;
    import->fault = (struct fault){0};
    DEFER(db_transaction_end) struct db_transaction savepoint = {0};
    enum err err = db_begin(&savepoint, import->edit.db);
    if (!err)
        err = ninjs_save_item(incoming, &result->outcome);
    if (!err)
        return db_commit(&savepoint);
    import->categories = NULL; /* those it made are gone */
    return err;
}

/* Whether the database itself failed, so that nothing more can go in. */
static bool is_fatal(enum err err)
{
    switch (err) {
    case ERR_IO:
    case ERR_FULL:
    case ERR_BUSY:
    case ERR_CORRUPT:
    case ERR_NO_MEMORY:
        return true;
    default:
        return false;
    }
}

static struct str cause_of(struct ninjs_import *import, enum err err)
{
    const struct fault *fault = &import->fault;
    if (!fault->code)
        return str_from_c(err_sentence(err));
    /* Messages name their place where it is not the article as a whole. */
    bool named = !fault->field[0] || str_find(str_from_c(fault->message),
                                              str_from_c(fault->field)) >= 0;
    return named ? arena_copy(&import->arena, str_from_c(fault->message))
                 : arena_printf(&import->arena, "%s: %s", fault->field,
                                fault->message);
}

static enum err take_item(struct ninjs_import *import,
                          const struct ninjs_item *item, struct str folder,
                          struct import_result result, struct fault *fault)
{
    struct incoming incoming = {
        .import = import, .item = item, .folder = folder};
    buf_init(&incoming.left_out, CAUSE_BYTES_MAX);
    enum err err = ninjs_import_begin(import, fault);
    if (!err)
        err = import_one(&incoming, &result);
    if (is_fatal(err)) {
        if (import->fault.code)
            *fault = import->fault;
        buf_finish(&incoming.left_out);
        return err;
    }
    result.id = incoming.input.id;
    result.headline = incoming.input.content.headline;
    result.cause = arena_copy(&import->arena, buf_str(&incoming.left_out));
    if (err) {
        result.outcome = IMPORT_REFUSED;
        result.cause = cause_of(import, err);
    }
    buf_finish(&incoming.left_out);
    remember(import, result);
    return ++import->items < NINJS_BATCH_ITEMS ? ERR_OK : commit(import, fault);
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

static void refuse(struct ninjs_import *import, struct str file, int64_t item,
                   const char *cause)
{
    remember(import,
             (struct import_result){
                 .outcome = IMPORT_REFUSED,
                 .file = arena_copy(&import->arena, file),
                 .item = item,
                 .cause = arena_copy(&import->arena, str_from_c(cause))});
}

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
        enum err err = ninjs_file_next(file, &import->arena, &item, &cause);
        if (err == ERR_NOT_FOUND)
            return ERR_OK;
        int64_t number =
            (int64_t)(err ? file->count ? file->count : 1 : file->count);
        if (err) {
            refuse(import, path, number, fault_text(&cause));
            if (++import->items < NINJS_BATCH_ITEMS)
                continue;
            err = commit(import, fault);
            if (err)
                return err;
            continue;
        }
        struct import_result result = {.file = arena_copy(&import->arena, path),
                                       .item = number};
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
        refuse(import, name, 0, fault_text(&cause));
        return ERR_OK;
    }
    struct ninjs_file file;
    ninjs_file_init(&file, text);
    size_t before = import->items;
    int64_t told = import->seq;
    err = import_items(import, name, &file, fault);
    if (!err && file.count == 0 && import->items == before &&
        import->seq == told && !str_trim(text).len)
        refuse(import, name, 0, "the file is empty");
    ninjs_file_finish(&file);
    return err;
}

enum err ninjs_import_finish(struct ninjs_import *import,
                             struct import_counts *ret_counts, int64_t *ret_seq,
                             struct fault *fault)
{
    enum err err = commit(import, fault);
    *ret_counts = import->counts;
    *ret_seq = import->seq;
    return err;
}
