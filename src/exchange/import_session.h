// SPDX-License-Identifier: Apache-2.0
/* exchange/import_session.h: what imports of articles have in common. Many
 * items make one transaction, in which each is on its own: one that cannot be
 * imported takes nothing of the others with it. What became of an item is told
 * once that is durable.
 *
 *     err = import_session_try(&session, save, item, &result, &refused, fault);
 *     if (!err) {
 *         import_session_note(&session, result);
 *         if (import_session_is_full(&session))
 *             err = import_session_commit(&session, fault);
 *     } */
#ifndef EXCHANGE_IMPORT_SESSION_H
#define EXCHANGE_IMPORT_SESSION_H

#include <stdbool.h>

#include "base/arena.h"
#include "content/edit.h"
#include "content/language.h"
#include "exchange/import.h"

struct content;
struct document_node;
struct import_noted;

struct import_session_options {
    struct content *content;
    struct str actor; /* for the log */
    bool dry_run;     /* nothing is kept */
    size_t batch_items;
    size_t batch_bytes;    /* 0: however many */
    import_report *report; /* or NULL */
    void *context;         /* of report */

    /* What was made since the last commit, or for one item, is gone. */
    void (*rolled_back)(void *owner);
    void *owner;
};

struct import_session {
    struct import_session_options options;
    struct import_counts counts;
    int64_t seq; /* the log's newest entry, 0 when nothing changed */
    size_t batches;

    struct arena kept; /* for the whole import */
    struct language_list languages;
    struct str standard_language;

    /* Of the batch. */
    struct arena arena;
    struct edit edit;   /* edit.content is NULL between batches */
    struct fault fault; /* of the edit */
    size_t items;
    size_t bytes;               /* the importer's count */
    struct import_noted *first; /* results to report after the commit */
    struct import_noted *last;
};

/* options are copied; session must stay where it is, and be closed whatever
 * this gives. */
MUST_USE enum err import_session_open(
    struct import_session *session,
    const struct import_session_options *options, struct fault *fault);

/* Rolls back what was not committed. */
void import_session_close(struct import_session *session);

/* The newspaper's language of that code, its own for "": en-GB and en_GB are
 * taken for en where there is no en-gb. False when there is none. */
bool import_session_language(const struct import_session *session,
                             struct str code, struct str *ret_language);

/* Takes the players of channels that the newspaper has not out of a document
 * that came, and calls tell for each. */
MUST_USE enum err import_session_channels(
    struct import_session *session, struct document_node *document,
    void (*tell)(void *context, struct str channel), void *context);

/* Begins a batch when none is open. */
MUST_USE enum err import_session_begin(struct import_session *session,
                                       struct fault *fault);

/* Calls save for one item, in a transaction of its own within the batch, which
 * is begun when none is. *ret_refused is what save gave when it is about this
 * item alone, session->fault then says more; an error is of the database, and
 * the import is over. */
MUST_USE enum err import_session_try(
    struct import_session *session,
    enum err (*save)(void *item, enum import_outcome *), void *item,
    struct import_result *result, enum err *ret_refused, struct fault *fault);

/* Tells result when the batch is durable. Its texts must live in the session's
 * arena or longer. */
void import_session_note(struct import_session *session,
                         struct import_result result);

/* Notes an item, or a file (number 0), that could not even be read. */
void import_session_refuse(struct import_session *session, struct str file,
                           int64_t number, const char *cause);

bool import_session_is_full(const struct import_session *session);

/* Makes the batch durable, then tells of it. Empties the session's arena. */
MUST_USE enum err import_session_commit(struct import_session *session,
                                        struct fault *fault);

/* The same for the last batch; then the search index is put in order, so that
 * who publishes need not wait for that. */
MUST_USE enum err import_session_finish(struct import_session *session,
                                        struct fault *fault);

#endif
