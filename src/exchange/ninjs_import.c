// SPDX-License-Identifier: Apache-2.0
/* Files, and the items in them, one after the other. */
#include "exchange/ninjs_import.h"

#include <assert.h>
#include <stdarg.h>

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
    assert(options->helper && options->lines);
    struct ninjs_import *import = calloc(1, sizeof *import);
    if (!import)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    import->options = *options;
    const struct import_session_options session = {
        .content = options->content,
        .actor = options->actor,
        .batch_items = NINJS_BATCH_ITEMS,
        .batch_bytes = NINJS_BATCH_BYTES,
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

static void forget_taken(struct ninjs_import *import)
{
    while (import->taken) {
        struct ninjs_portion *portion = import->taken;
        import->taken = portion->next;
        ninjs_portion_destroy(portion);
    }
}

void ninjs_import_destroy(struct ninjs_import *import)
{
    if (!import)
        return;
    ninjs_reader_destroy(import->reader);
    import_session_close(&import->session);
    forget_taken(import);
    free(import);
}

/* ---- One item --------------------------------------------------------------
 */

static enum err commit(struct ninjs_import *import, struct fault *fault)
{
    import->categories = NULL; /* they live in the batch */
    enum err err = import_session_commit(&import->session, fault);
    forget_taken(import);
    return err;
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

static struct str folder_of(struct str path)
{
    ptrdiff_t slash = str_find_last_char(path, '/');
    if (slash < 0)
        return STR(".");
    return slash == 0 ? STR("/") : str_slice(path, 0, (size_t)slash);
}

static enum err take_item(struct ninjs_import *import,
                          const struct ninjs_read *read, struct fault *fault)
{
    enum err refused;
    struct import_result result = {.file = read->path, .item = read->number};
    struct incoming incoming = {.import = import,
                                .item = &read->item,
                                .read = read,
                                .folder = folder_of(read->path)};
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

static enum err take_read(struct ninjs_import *import,
                          const struct ninjs_read *read, struct fault *fault)
{
    enum err err = ERR_OK;
    if (read->cause.len)
        import_session_refuse(&import->session, read->path, read->number,
                              read->cause.ptr);
    else
        err = take_item(import, read, fault);
    return err ? err
               : (import_session_is_full(&import->session)
                      ? commit(import, fault)
                      : ERR_OK);
}

/* One portion; ERR_TIMEOUT, ERR_NOT_FOUND: there is none. */
static enum err take_portion(struct ninjs_import *import, bool wait,
                             struct fault *fault)
{
    struct ninjs_portion *portion;
    enum err err = ninjs_reader_take(import->reader, wait, &portion);
    if (err == ERR_NO_MEMORY)
        return fault_set(fault, err, NULL, "out of memory");
    if (err)
        return err;
    for (size_t i = 0; !err && i < portion->count; i++)
        err = take_read(import, &portion->reads[i], fault);
    import->session.bytes += portion->arena.total_bytes;
    portion->next = import->taken;
    import->taken = portion;
    return err;
}

enum err ninjs_import_file(struct ninjs_import *import, const char *path,
                           struct fault *fault)
{
    if (!import->reader)
        import->reader = ninjs_reader_create(import->options.helper);
    if (!import->reader)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    enum err err = ERR_OK;
    while (!err && !ninjs_reader_add(import->reader, path))
        err = take_portion(import, true, fault);
    if (!err)
        err = take_portion(import, false, fault);
    return err == ERR_TIMEOUT ? ERR_OK : err;
}

static enum err take_rest(struct ninjs_import *import, struct fault *fault)
{
    enum err err = ERR_OK;
    if (!import->reader)
        return ERR_OK;
    ninjs_reader_end(import->reader);
    while (!err)
        err = take_portion(import, true, fault);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err ninjs_import_finish(struct ninjs_import *import,
                             struct import_counts *ret_counts, int64_t *ret_seq,
                             struct fault *fault)
{
    enum err err = take_rest(import, fault);
    import->categories = NULL;
    if (!err)
        err = import_session_finish(&import->session, fault);
    forget_taken(import);
    *ret_counts = import->session.counts;
    *ret_seq = import->session.seq;
    return err;
}
