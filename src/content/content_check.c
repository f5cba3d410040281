// SPDX-License-Identifier: Apache-2.0
#include "content/content_check.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "content/change.h"
#include "content/content.h"
#include "content/content_check_internal.h"
#include "content/edit_internal.h"

enum { WHAT_BYTES_MAX = 1024 };

/* What is checked, in this order. */
static const struct {
    const char *area;
    enum err (*check)(struct checking *checking);
} checks[] = {
    {"database", check_database}, {"articles", check_articles},
    {"lists", check_lists},       {"television", check_television},
    {"search", check_search},     {"log", check_log},
    {"files", check_files},       {"public files", check_public_files},
};

void check_found(struct checking *checking, const char *remedy,
                 const char *format, ...)
{
    char what[WHAT_BYTES_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    checking->findings++;
    const struct finding finding = {checking->area, what, remedy};
    checking->options->found(checking->options->context, &finding);
}

void check_progress(struct checking *checking, int64_t done, int64_t total)
{
    if (checking->options->progress)
        checking->options->progress(checking->options->context, checking->area,
                                    done, total);
}

enum err content_check(struct content *content,
                       const struct content_check_options *options,
                       int64_t *ret_findings, struct fault *fault)
{
    assert(options->found);
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    struct checking checking = {
        .content = content, .db = lease.db, .options = options, .fault = fault};
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        checking.area = checks[i].area;
        enum err err = checks[i].check(&checking);
        if (err)
            return err;
    }
    *ret_findings = checking.findings;
    return ERR_OK;
}

/* ---- The database ----------------------------------------------------------
 */

static void on_damage(void *context, const char *damage)
{
    check_found(context,
                "restore a backup: 'broadsheet restore'; keep this folder "
                "until all is well",
                "%s", damage);
}

enum err check_database(struct checking *checking)
{
    check_progress(checking, 0, 0);
    return db_check_each(checking->db, on_damage, checking, checking->fault);
}

/* ---- Articles --------------------------------------------------------------
 */

/* The text of each article is in its revisions. */
static const char textless_sql[] =
    "SELECT id, revision FROM article WHERE revision > 0 AND NOT EXISTS ("
    " SELECT 1 FROM revision WHERE article_id = article.id"
    "  AND number = article.revision)"
    " UNION SELECT id, live_revision FROM article"
    " WHERE state = 'published' AND NOT EXISTS ("
    " SELECT 1 FROM revision WHERE article_id = article.id"
    "  AND number = article.live_revision)";

enum err check_articles(struct checking *checking)
{
    DEFER(db_query_end)
    struct db_query query = db_query_begin(checking->db, textless_sql);
    while (db_query_next(&query))
        check_found(checking, "restore the article from a backup",
                    "the text of article %" PRI_STR
                    ", revision %lld, is missing",
                    ARG_STR(db_column_peek(&query, 0)),
                    (long long)db_column_i64(&query, 1));
    return db_fault(checking->db, db_query_err(&query), checking->fault);
}

/* ---- Television ------------------------------------------------------------
 */

/* On each channel one programme at a time, each with an end. */
static const char clashing_sql[] =
    "SELECT one.id, name FROM programme AS one"
    " JOIN channel ON channel.id = one.channel_id"
    " WHERE one.end_us <= one.start_us OR EXISTS ("
    " SELECT 1 FROM programme AS other"
    "  WHERE other.channel_id = one.channel_id AND other.id <> one.id"
    "  AND other.start_us >= one.start_us AND other.start_us < one.end_us)";

static const char lame_sql[] = "SELECT id FROM stream_key"
                               " WHERE LENGTH(sha256) <> 64";

enum err check_television(struct checking *checking)
{
    check_progress(checking, 0, 0);
    DEFER(db_query_end)
    struct db_query query = db_query_begin(checking->db, clashing_sql);
    while (db_query_next(&query))
        check_found(checking,
                    "take it away with 'broadsheet programme remove', and add "
                    "it again",
                    "programme %" PRI_STR " of the channel %" PRI_STR
                    " has no length, or another begins while it is on",
                    ARG_STR(db_column_peek(&query, 0)),
                    ARG_STR(db_column_peek(&query, 1)));
    enum err err = db_query_err(&query);
    if (err)
        return db_fault(checking->db, err, checking->fault);
    DEFER(db_query_end)
    struct db_query keys = db_query_begin(checking->db, lame_sql);
    while (db_query_next(&keys))
        check_found(checking,
                    "revoke it with 'broadsheet channel key revoke', and give "
                    "the studio a new one",
                    "stream key %" PRI_STR " is damaged: nobody can feed with "
                    "it",
                    ARG_STR(db_column_peek(&keys, 0)));
    return db_fault(checking->db, db_query_err(&keys), checking->fault);
}

/* ---- The log ---------------------------------------------------------------
 */

static enum err check_gaps(struct checking *checking)
{
    DEFER(db_query_end)
    struct db_query query = db_query_begin(
        checking->db, "SELECT seq, next FROM ("
                      " SELECT seq, LEAD(seq) OVER (ORDER BY seq) AS next"
                      " FROM change) AS entries"
                      " WHERE next <> seq + 1");
    while (db_query_next(&query))
        check_found(checking,
                    "nothing needs to be done for readers: restart the server, "
                    "and all is printed anew; what followed the log may have "
                    "missed something",
                    "the log of changes has a gap: %lld follows %lld",
                    (long long)db_column_i64(&query, 1),
                    (long long)db_column_i64(&query, 0));
    return db_fault(checking->db, db_query_err(&query), checking->fault);
}

/* Those three keep a time as their cursor (calendar.c, programme.c). */
static enum err check_followers(struct checking *checking)
{
    DEFER(db_query_end)
    struct db_query query = db_query_begin(
        checking->db, "SELECT name, seq, (SELECT COALESCE(MAX(seq), 0)"
                      " FROM change) FROM follower"
                      " WHERE name NOT IN ('day', 'hour', 'programme')"
                      " AND seq > ("
                      " SELECT COALESCE(MAX(seq), 0) FROM change)");
    while (db_query_next(&query))
        check_found(checking,
                    "it will miss what happens next: restore a backup, or take "
                    "its row out of the table follower, so that it begins anew",
                    "the follower %" PRI_STR
                    " claims to have read change %lld of %lld",
                    ARG_STR(db_column_peek(&query, 0)),
                    (long long)db_column_i64(&query, 1),
                    (long long)db_column_i64(&query, 2));
    return db_fault(checking->db, db_query_err(&query), checking->fault);
}

enum err check_log(struct checking *checking)
{
    enum err err = check_gaps(checking);
    return err ? err : check_followers(checking);
}

/* ---- Repair ----------------------------------------------------------------
 */

enum err content_repair(struct content *content, int64_t *ret_seq,
                        struct fault *fault)
{
    DEFER(edit_end) struct edit edit = {0};
    enum err err = edit_begin(&edit, content, STR("repair"), fault);
    if (!err)
        err = repair_lists(&edit);
    if (!err)
        err = repair_public_files(&edit);
    if (err)
        return err;
    change_note(&edit, STR("settings"),
                "repair"); /* on which all pages depend */
    err = edit_commit(&edit);
    if (!err)
        *ret_seq = edit.seq;
    return err;
}
