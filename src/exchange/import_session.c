// SPDX-License-Identifier: Apache-2.0
#include "exchange/import_session.h"

#include <assert.h>

#include "content/channel.h"
#include "content/content.h"
#include "content/search.h"
#include "content/settings.h"
#include "render/document.h"

/* Each leaves a segment in the search index, of which searches and SQLite take
 * so many. */
enum { BATCHES_UNSETTLED_MAX = 500 };

struct import_noted {
    struct import_result result;
    struct import_noted *next;
};

enum err import_session_open(struct import_session *session,
                             const struct import_session_options *options,
                             struct fault *fault)
{
    assert(options->content && options->batch_items);
    *session = (struct import_session){.options = *options};
    arena_init(&session->kept, 0);
    arena_init(&session->arena, 0);
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(options->content);
    enum err err = language_list(lease.db, &session->kept, &session->languages);
    if (!err)
        err = setting_get(lease.db, STR("language"), STR(""), &session->kept,
                          &session->standard_language);
    return db_fault(lease.db, err, fault);
}

void import_session_close(struct import_session *session)
{
    if (session->edit.content)
        edit_end(&session->edit);
    arena_finish(&session->arena);
    arena_finish(&session->kept);
}

static bool has_language(const struct import_session *session, struct str code,
                         struct str *ret_language)
{
    for (size_t i = 0; i < session->languages.count; i++) {
        if (str_eq_ascii_case(session->languages.languages[i].code, code)) {
            *ret_language = session->languages.languages[i].code;
            return true;
        }
    }
    return false;
}

bool import_session_language(const struct import_session *session,
                             struct str code, struct str *ret_language)
{
    size_t len = 0;
    *ret_language = session->standard_language;
    while (len < code.len && code.ptr[len] != '-' && code.ptr[len] != '_')
        len++;
    return !code.len || has_language(session, code, ret_language) ||
           has_language(session, str_slice(code, 0, len), ret_language);
}

enum err import_session_channels(
    struct import_session *session, struct document_node *document,
    void (*tell)(void *context, struct str channel), void *context)
{
    struct document_node **link = &document->first;
    document->last = NULL;
    while (*link) {
        struct document_node *node = *link;
        struct str name = document_str(node, DOCUMENT_NAME);
        struct channel channel;
        enum err err = node->kind == DOCUMENT_CHANNEL
                           ? channel_load(session->edit.db, name,
                                          &session->arena, &channel)
                           : ERR_OK;
        if (err && err != ERR_NOT_FOUND)
            return db_fault(session->edit.db, err, &session->fault);
        if (err) {
            tell(context, name);
            *link = node->next;
            continue;
        }
        document->last = node;
        link = &node->next;
    }
    return ERR_OK;
}

static void roll_back(struct import_session *session)
{
    if (session->options.rolled_back)
        session->options.rolled_back(session->options.owner);
}

/* ---- Batches ---------------------------------------------------------------
 */

enum err import_session_begin(struct import_session *session,
                              struct fault *fault)
{
    if (session->edit.content)
        return ERR_OK;
    session->edit = (struct edit){0};
    enum err err = edit_begin(&session->edit, session->options.content,
                              session->options.actor, &session->fault);
    if (err)
        *fault = session->fault;
    return err;
}

static enum err end_edit(struct import_session *session)
{
    enum err err = ERR_OK;
    if (!session->edit.content)
        return err;
    session->fault = (struct fault){0};
    if (!session->options.dry_run)
        err = edit_commit(&session->edit);
    if (!session->options.dry_run && !err && session->edit.seq)
        session->seq = session->edit.seq;
    edit_end(&session->edit);
    session->edit = (struct edit){0};
    if (err || session->options.dry_run)
        roll_back(session);
    return err;
}

static void report_all(struct import_session *session)
{
    for (struct import_noted *noted = session->first; noted;
         noted = noted->next) {
        session->counts.of[noted->result.outcome]++;
        if (session->options.report)
            session->options.report(session->options.context, &noted->result);
    }
}

enum err import_session_commit(struct import_session *session,
                               struct fault *fault)
{
    enum err err = end_edit(session);
    if (err) {
        *fault = session->fault;
        if (!fault->code)
            fault_set(fault, err, NULL, "%s", err_sentence(err));
        return err;
    }
    report_all(session);
    session->first = session->last = NULL;
    session->items = 0;
    session->bytes = 0;
    arena_reset(&session->arena);
    session->batches++;
    return session->batches % BATCHES_UNSETTLED_MAX || session->options.dry_run
               ? ERR_OK
               : search_settle(session->options.content, fault);
}

enum err import_session_finish(struct import_session *session,
                               struct fault *fault)
{
    enum err err = import_session_commit(session, fault);
    return err || session->options.dry_run
               ? err
               : search_settle(session->options.content, fault);
}

bool import_session_is_full(const struct import_session *session)
{
    const struct import_session_options *options = &session->options;
    return session->items >= options->batch_items ||
           (options->batch_bytes && session->bytes >= options->batch_bytes);
}

/* ---- Items -----------------------------------------------------------------
 */

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

static enum err try(struct import_session *session,
                    enum err (*save)(void *item, enum import_outcome *),
                    void *item, struct import_result *result)
{
    session->fault = (struct fault){0};
    DEFER(db_transaction_end) struct db_transaction savepoint = {0};
    enum err err = db_begin(&savepoint, session->edit.db);
    if (!err)
        err = save(item, &result->outcome);
    if (!err)
        return db_commit(&savepoint);
    roll_back(session);
    return err;
}

enum err import_session_try(struct import_session *session,
                            enum err (*save)(void *item, enum import_outcome *),
                            void *item, struct import_result *result,
                            enum err *ret_refused, struct fault *fault)
{
    *ret_refused = ERR_OK;
    enum err err = import_session_begin(session, fault);
    if (err)
        return err;
    err = try(session, save, item, result);
    if (!is_fatal(err)) {
        *ret_refused = err;
        if (err)
            result->outcome = IMPORT_REFUSED;
        return ERR_OK;
    }
    if (session->fault.code)
        *fault = session->fault;
    return err;
}

void import_session_note(struct import_session *session,
                         struct import_result result)
{
    struct import_noted *noted =
        arena_new(&session->arena, struct import_noted);
    noted->result = result;
    *(session->last ? &session->last->next : &session->first) = noted;
    session->last = noted;
    session->items++;
}

void import_session_refuse(struct import_session *session, struct str file,
                           int64_t number, const char *cause)
{
    import_session_note(
        session, (struct import_result){
                     .outcome = IMPORT_REFUSED,
                     .file = arena_copy(&session->arena, file),
                     .item = number,
                     .cause = arena_copy(&session->arena, str_from_c(cause))});
}
