// SPDX-License-Identifier: Apache-2.0
/* Stories on their way in: what is known of them, whose turn it is. */
#include "exchange/story_import.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>

#include "exchange/story_import_internal.h"
#include "render/html_helper.h"

enum {
    TOLD_BYTES_MAX = 2000,
    KINDS_DROPPED_MAX = 500, /* what comes behind them is "other" */
    KNOWN_MAX = 100 * 1000,
};

static void forget(void *owner)
{
    known_forget(owner);
}

enum err story_import_create(const struct story_import_options *options,
                             struct story_import **ret_import,
                             struct fault *fault)
{
    assert(options->helper && options->lines);
    struct story_import *import = calloc(1, sizeof *import);
    if (!import)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    import->options = *options;
    const struct import_session_options session = {
        .content = options->content,
        .actor = options->actor,
        .dry_run = options->dry_run,
        .batch_items = STORY_BATCH_ITEMS,
        .batch_bytes = STORY_BATCH_BYTES,
        .report = options->report,
        .context = options->context,
        .rolled_back = forget,
        .owner = import,
    };
    arena_init(&import->known_arena, 0);
    for (size_t i = 0; i < STORIES_AHEAD; i++)
        arena_init(&import->ahead[i].arena, 0);
    map_init(&import->known);
    enum err err = import_session_open(&import->session, &session, fault);
    if (err) {
        story_import_destroy(import);
        return err;
    }
    import->dropped = arena_array(&import->session.kept, struct story_dropped,
                                  KINDS_DROPPED_MAX + 1);
    *ret_import = import;
    return ERR_OK;
}

void story_import_destroy(struct story_import *import)
{
    if (!import)
        return;
    import_session_close(&import->session);
    map_finish(&import->known);
    for (size_t i = 0; i < STORIES_AHEAD; i++)
        arena_finish(&import->ahead[i].arena);
    arena_finish(&import->known_arena);
    free(import);
}

/* ---- What is known ---------------------------------------------------------
 */

struct known {
    struct str key;
    struct id id;
};

static struct str known_key(struct arena *arena, int kind, struct str foreign)
{
    return arena_printf(arena, "%d %" PRI_STR, kind, ARG_STR(foreign));
}

bool known_find(const struct story_import *import, int kind, struct str foreign,
                struct id *ret_id)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, ARENA_BLOCK_BYTES_MIN);
    const struct known *known =
        map_get(&import->known, known_key(&arena, kind, foreign));
    if (known)
        *ret_id = known->id;
    return known != NULL;
}

void known_add(struct story_import *import, int kind, struct str foreign,
               const struct id *id)
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
            (struct story_dropped){arena_copy(&import->session.kept, what), 0};
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

int64_t story_import_turned(const struct story_import *import)
{
    return import->turned;
}

void story_import_refuse(struct story_import *import, int64_t number,
                         const char *cause)
{
    import_session_refuse(&import->session, import->source->file, number,
                          cause);
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

static enum err save(void *item, enum import_outcome *ret_outcome)
{
    return story_save(item, ret_outcome);
}

static struct str cause_of(const struct arriving *arriving, enum err err)
{
    struct story_import *import = arriving->import;
    const struct fault *fault = &import->session.fault;
    const char *cause = fault->code ? fault->message : err_sentence(err);
    if (!arriving->story->line)
        return arena_copy(&import->session.arena, str_from_c(cause));
    return arena_printf(&import->session.arena, "line %" PRId64 ": %s",
                        arriving->story->line, cause);
}

static struct str told_of(struct arriving *arriving)
{
    struct arena *arena = &arriving->import->session.arena;
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
    enum err refused;
    enum err err = import_session_try(&import->session, save, &arriving,
                                      &result, &refused, fault);
    discard_answer(&arriving);
    if (err)
        return err;
    if (!refused)
        result.id = arriving.input.id;
    result.headline =
        arena_copy(&import->session.arena, arriving.input.content.headline);
    result.cause = refused ? cause_of(&arriving, refused) : told_of(&arriving);
    import_session_note(&import->session, result);
    import->session.bytes += story_bytes(story);
    return import_session_is_full(&import->session)
               ? import_session_commit(&import->session, fault)
               : ERR_OK;
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
    enum err err = import_session_begin(&import->session, fault);
    if (!err && import->ahead_count == STORIES_AHEAD)
        err = take_oldest(import, fault);
    if (!err)
        err = import_session_begin(&import->session,
                                   fault); /* the batch may have been full */
    if (err)
        return err;
    size_t place = (import->ahead_first + import->ahead_count) % STORIES_AHEAD;
    struct story_ahead *ahead = &import->ahead[place];
    ahead->story = story_copy(story, &ahead->arena);
    ahead->digest = STR("");
    ahead->ticket = 0;
    err = send_ahead(import, ahead);
    if (err)
        return db_fault(import->session.edit.db, err, fault);
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
    if (!err && !import->options.dry_run)
        err = story_turn_due(import, fault);
    if (!err)
        err = import_session_finish(&import->session, fault);
    *ret_counts = import->session.counts;
    *ret_seq = import->session.seq;
    return err;
}
