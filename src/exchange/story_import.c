// SPDX-License-Identifier: Apache-2.0
/* The session of an import: batches, transactions, reports. */
#include "exchange/story_import.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>

#include "content/content.h"
#include "content/settings.h"
#include "exchange/story_import_internal.h"
#include "render/html_helper.h"

enum {
    TOLD_BYTES_MAX = 2000,
    KINDS_DROPPED_MAX = 500, /* what comes behind them is "other" */
    KNOWN_MAX = 100 * 1000,
};

enum err story_import_create(const struct story_import_options *options,
                             struct story_import **ret_import,
                             struct fault *fault)
{
    assert(options->content && options->helper && options->lines);
    struct story_import *import = calloc(1, sizeof *import);
    if (!import)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    import->options = *options;
    arena_init(&import->kept, 0);
    arena_init(&import->known_arena, 0);
    arena_init(&import->arena, 0);
    for (size_t i = 0; i < STORIES_AHEAD; i++)
        arena_init(&import->ahead[i].arena, 0);
    map_init(&import->known);
    import->dropped =
        arena_array(&import->kept, struct story_dropped, KINDS_DROPPED_MAX + 1);
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(options->content);
    enum err err = language_list(lease.db, &import->kept, &import->languages);
    if (!err)
        err = setting_get(lease.db, STR("language"), STR(""), &import->kept,
                          &import->standard_language);
    if (err) {
        db_fault(lease.db, err, fault);
        story_import_destroy(import);
        return err;
    }
    *ret_import = import;
    return ERR_OK;
}

void story_import_destroy(struct story_import *import)
{
    if (!import)
        return;
    if (import->edit.content)
        edit_end(&import->edit);
    map_finish(&import->known);
    for (size_t i = 0; i < STORIES_AHEAD; i++)
        arena_finish(&import->ahead[i].arena);
    arena_finish(&import->arena);
    arena_finish(&import->known_arena);
    arena_finish(&import->kept);
    free(import);
}

/* ---- What is known ---------------------------------------------------------
 */

struct known {
    struct str key;
    struct id id;
};

static struct str known_key(struct arena *arena, enum import_kind kind,
                            struct str foreign)
{
    return arena_printf(arena, "%d %" PRI_STR, (int)kind, ARG_STR(foreign));
}

bool known_find(const struct story_import *import, enum import_kind kind,
                struct str foreign, struct id *ret_id)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, ARENA_BLOCK_BYTES_MIN);
    const struct known *known =
        map_get(&import->known, known_key(&arena, kind, foreign));
    if (known)
        *ret_id = known->id;
    return known != NULL;
}

void known_add(struct story_import *import, enum import_kind kind,
               struct str foreign, const struct id *id)
{
    if (import->known.count >= KNOWN_MAX)
        known_forget(import);
    struct known *known = arena_new(&import->known_arena, struct known);
    known->key = known_key(&import->known_arena, kind, foreign);
    known->id = *id;
    (void)!map_set(&import->known, known->key, known, NULL);
}

void known_forget(struct story_import *import)
{
    map_finish(&import->known);
    map_init(&import->known);
    arena_reset(&import->known_arena);
}

/* ---- What is dropped -------------------------------------------------------
 */

void story_import_drop(struct story_import *import, struct str what,
                       int64_t count)
{
    if (count <= 0)
        return;
    size_t i = 0;
    while (i < import->dropped_count && !str_eq(import->dropped[i].what, what))
        i++;
    if (i == KINDS_DROPPED_MAX) {
        what = STR("other");
        while (i > 0 && !str_eq(import->dropped[i - 1].what, what))
            i--;
        i = i ? i - 1 : KINDS_DROPPED_MAX - 1;
    } else if (i == import->dropped_count) {
        import->dropped_count++;
        import->dropped[i] =
            (struct story_dropped){arena_copy(&import->kept, what), 0};
    }
    import->dropped[i].count += count;
}

static int by_name(const void *a, const void *b)
{
    return str_compare(((const struct story_dropped *)a)->what,
                       ((const struct story_dropped *)b)->what);
}

size_t story_import_dropped(struct story_import *import,
                            const struct story_dropped **ret_dropped)
{
    qsort(import->dropped, import->dropped_count, sizeof *import->dropped,
          by_name);
    *ret_dropped = import->dropped;
    return import->dropped_count;
}

/* ---- Batches ---------------------------------------------------------------
 */

static enum err begin(struct story_import *import, struct fault *fault)
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

static void report_all(struct story_import *import)
{
    for (struct story_pending *pending = import->first; pending;
         pending = pending->next) {
        import->counts.of[pending->result.outcome]++;
        if (import->options.report)
            import->options.report(import->options.context, &pending->result);
    }
}

static enum err end_edit(struct story_import *import)
{
    enum err err = ERR_OK;
    if (!import->edit.content)
        return err;
    import->fault = (struct fault){0};
    if (import->options.dry_run) {
        edit_end(&import->edit);
        known_forget(import);
    } else {
        err = edit_commit(&import->edit);
        if (!err && import->edit.seq)
            import->seq = import->edit.seq;
        edit_end(&import->edit);
    }
    import->edit = (struct edit){0};
    return err;
}

/* Makes the batch durable, then tells of it. */
static enum err commit(struct story_import *import, struct fault *fault)
{
    enum err err = end_edit(import);
    if (err) {
        *fault = import->fault;
        if (!fault->code)
            fault_set(fault, err, NULL, "%s", err_sentence(err));
        return err;
    }
    report_all(import);
    import->first = import->last = NULL;
    import->items = 0;
    import->bytes = 0;
    arena_reset(&import->arena);
    return ERR_OK;
}

static void remember(struct story_import *import, struct import_result result)
{
    struct story_pending *pending =
        arena_new(&import->arena, struct story_pending);
    pending->result = result;
    if (import->last)
        import->last->next = pending;
    else
        import->first = pending;
    import->last = pending;
    import->items++;
}

void story_import_refuse(struct story_import *import, int64_t number,
                         const char *cause)
{
    remember(import,
             (struct import_result){
                 .outcome = IMPORT_REFUSED,
                 .file = import->source->file,
                 .item = number,
                 .cause = arena_copy(&import->arena, str_from_c(cause))});
}

/* ---- One story -------------------------------------------------------------
 */

void arriving_tell(struct arriving *arriving, const char *format, ...)
{
    char text[FAULT_MESSAGE_BYTES_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    buf_printf(&arriving->told, "%s%s", arriving->told.len ? "; " : "", text);
}

void arriving_drop(struct arriving *arriving, struct str what, int64_t count)
{
    story_import_drop(arriving->import, what, count);
    buf_printf(&arriving->left_out, "%s%" PRId64 " × %" PRI_STR,
               arriving->left_out.len ? ", " : "left out: ", count,
               ARG_STR(what));
}

struct import_key arriving_key(const struct arriving *arriving,
                               enum import_kind kind, struct str foreign)
{
    return (struct import_key){.source = arriving->import->source->name,
                               .kind = kind,
                               .foreign = foreign};
}

static enum err import_one(struct arriving *arriving,
                           struct import_result *result)
{
    struct story_import *import = arriving->import;
    import->fault = (struct fault){0};
    DEFER(db_transaction_end) struct db_transaction savepoint = {0};
    enum err err = db_begin(&savepoint, import->edit.db);
    if (!err)
        err = story_save(arriving, &result->outcome);
    if (!err)
        return db_commit(&savepoint);
    known_forget(import); /* some of it was made for this story, and is gone */
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

static struct str cause_of(const struct arriving *arriving, enum err err)
{
    struct story_import *import = arriving->import;
    const struct fault *fault = &import->fault;
    const char *cause = fault->code ? fault->message : err_sentence(err);
    if (!arriving->story->line)
        return arena_copy(&import->arena, str_from_c(cause));
    return arena_printf(&import->arena, "line %" PRId64 ": %s",
                        arriving->story->line, cause);
}

static struct str told_of(struct arriving *arriving)
{
    struct arena *arena = &arriving->import->arena;
    bool both = arriving->left_out.len && arriving->told.len;
    return arena_printf(arena, "%" PRI_STR "%s%" PRI_STR,
                        ARG_STR(buf_str(&arriving->left_out)), both ? "; " : "",
                        ARG_STR(buf_str(&arriving->told)));
}

static void finish_arriving(struct arriving *arriving)
{
    buf_finish(&arriving->left_out);
    buf_finish(&arriving->told);
}

/* An answer that nobody wanted is taken all the same: the next is behind it. */
static void discard_answer(struct arriving *arriving)
{
    if (!arriving->ticket)
        return;
    struct story_import *import = arriving->import;
    DEFER(arena_finish) struct arena arena;
    struct html_conversion conversion;
    arena_init(&arena, 0);
    (void)!html_helper_receive(import->options.helper, arriving->ticket, &arena,
                               &conversion, NULL);
    arriving->ticket = 0;
}

static enum err take(struct story_import *import,
                     const struct story_ahead *ahead, struct fault *fault)
{
    const struct story *story = ahead->story;
    DEFER(finish_arriving)
    struct arriving arriving = {.import = import,
                                .story = story,
                                .digest = ahead->digest,
                                .ticket = ahead->ticket};
    struct import_result result = {.file = import->source->file,
                                   .item = story->number};
    buf_init(&arriving.left_out, TOLD_BYTES_MAX);
    buf_init(&arriving.told, TOLD_BYTES_MAX);
    enum err err = begin(import, fault);
    if (!err)
        err = import_one(&arriving, &result);
    discard_answer(&arriving);
    if (is_fatal(err)) {
        if (import->fault.code)
            *fault = import->fault;
        return err;
    }
    if (!err)
        result.id = arriving.input.id;
    result.headline =
        arena_copy(&import->arena, arriving.input.content.headline);
    result.cause = told_of(&arriving);
    if (err) {
        result.outcome = IMPORT_REFUSED;
        result.cause = cause_of(&arriving, err);
    }
    remember(import, result);
    import->bytes += story_bytes(story);
    bool full = import->items >= STORY_BATCH_ITEMS ||
                import->bytes >= STORY_BATCH_BYTES;
    return full ? commit(import, fault) : ERR_OK;
}

/* ---- Stories ahead ---------------------------------------------------------
 * While one is stored, the helper reads the bodies of those behind it.
 */

static enum err take_oldest(struct story_import *import, struct fault *fault)
{
    struct story_ahead *ahead = &import->ahead[import->ahead_first];
    import->ahead_first = (import->ahead_first + 1) % STORIES_AHEAD;
    import->ahead_count--;
    enum err err = take(import, ahead, fault);
    arena_reset(&ahead->arena);
    return err;
}

enum err story_import_drain(struct story_import *import, struct fault *fault)
{
    enum err err = ERR_OK;
    while (!err && import->ahead_count)
        err = take_oldest(import, fault);
    return err;
}

/* Answers come in the order of sending, so what does not fit ends the row: it
 * is converted when its time has come, behind all others. */
static enum err send_ahead(struct story_import *import,
                           struct story_ahead *ahead)
{
    struct arriving arriving = {.import = import, .story = ahead->story};
    bool known;
    if (ahead->story->body_is_plain || !story_has_markup(ahead->story->body) ||
        story_bytes(ahead->story) > HTML_HELPER_AHEAD_BYTES_MAX)
        return ERR_OK;
    enum err err = story_is_known(&arriving, &known);
    /* The batch may end, and its memory with it, before this story's turn. */
    ahead->digest = arena_copy(&ahead->arena, arriving.digest);
    if (!err && (!known || import->options.again))
        ahead->ticket =
            html_helper_send(import->options.helper, ahead->story->body);
    return err;
}

enum err story_import_take(struct story_import *import,
                           const struct story *story, struct fault *fault)
{
    enum err err = begin(import, fault);
    if (!err && import->ahead_count == STORIES_AHEAD)
        err = take_oldest(import, fault);
    if (!err)
        err = begin(import, fault); /* the batch may have been full */
    if (err)
        return err;
    size_t place = (import->ahead_first + import->ahead_count) % STORIES_AHEAD;
    struct story_ahead *ahead = &import->ahead[place];
    ahead->story = story_copy(story, &ahead->arena);
    ahead->digest = STR("");
    ahead->ticket = 0;
    err = send_ahead(import, ahead);
    if (err)
        return db_fault(import->edit.db, err, fault);
    import->ahead_count++;
    /* One that was not sent may not wait behind others that are. */
    return !ahead->ticket ? story_import_drain(import, fault) : ERR_OK;
}

enum err story_import_source(struct story_import *import,
                             const struct story_source *source,
                             struct fault *fault)
{
    enum err err = import->source ? story_import_drain(import, fault) : ERR_OK;
    import->source = source;
    known_forget(import); /* keys are the source's */
    return err;
}

enum err story_import_finish(struct story_import *import,
                             struct import_counts *ret_counts, int64_t *ret_seq,
                             struct fault *fault)
{
    enum err err = story_import_drain(import, fault);
    if (!err)
        err = commit(import, fault);
    *ret_counts = import->counts;
    *ret_seq = import->seq;
    return err;
}
