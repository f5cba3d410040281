// SPDX-License-Identifier: Apache-2.0
#include "content/hiding.h"

#include <assert.h>

#include "content/content.h"
#include "content/edit_internal.h"
#include "content/media.h"

/* media_hiding.at_us is when it is due, 0 of HIDING_AT_ONCE; of HIDING_LATER
 * this and the end of its grace. */
#define LATER_US INT64_C(9100000000000000000)

/* ---- Noting ----------------------------------------------------------------
 */

/* The log's entry is not known before the commit. What is noted already becomes
 * due when the earlier of both is, but not before the later one is printed. */
static const char note_sql[] =
    "INSERT INTO media_hiding (blob, seq, at_us)"
    " SELECT blob, -1, $2 FROM (SELECT blob FROM medium WHERE id = $1"
    "  UNION SELECT blob FROM rendition WHERE medium_id = $1) AS stored"
    " WHERE TRUE ON CONFLICT (blob) DO UPDATE SET seq = -1,"
    " at_us = CASE WHEN media_hiding.at_us < excluded.at_us"
    "  THEN media_hiding.at_us ELSE excluded.at_us END";

enum err hiding_note(struct edit *edit, struct str medium,
                     enum hiding_time time)
{
    int64_t soon_us = edit->time_us + HIDING_GRACE_US;
    int64_t at_us = time == HIDING_AT_ONCE ? 0
                    : time == HIDING_SOON  ? soon_us
                                           : LATER_US + soon_us;
    edit->hides = true;
    return edit_run(edit, note_sql, DB_STR(medium), DB_I64(at_us));
}

enum err hiding_commit(struct edit *edit, int64_t seq)
{
    return edit->hides ? edit_run(edit,
                                  "UPDATE media_hiding SET seq = $1"
                                  " WHERE seq = -1",
                                  DB_I64(seq))
                       : ERR_OK;
}

/* ---- Hiding ----------------------------------------------------------------
 */

/* What is due up to $2, and of what is HIDING_LATER what is up to $3. */
#define IS_DUE_SQL "seq <= $1 AND (at_us <= $2 OR at_us BETWEEN $4 AND $3)"

/* Media whose readers may have that file. */
#define HAS_BLOB_SQL \
    "SELECT id FROM medium WHERE medium.blob = media_hiding.blob" \
    " AND " MEDIA_CAME_IS_PUBLIC_SQL " UNION SELECT medium_id FROM rendition" \
    " JOIN medium ON medium.id = medium_id" \
    " WHERE rendition.blob = media_hiding.blob" \
    " AND (rendition.made = 1 OR " MEDIA_CAME_IS_PUBLIC_SQL ")"

static const char unseen_sql[] =
    "SELECT blob FROM media_hiding WHERE " IS_DUE_SQL " AND NOT EXISTS ("
    " SELECT 1 FROM article_medium"
    "  JOIN article ON article.id = article_medium.article_id"
    "  WHERE article.state = 'published' AND article_medium.medium_id IN "
    "(" HAS_BLOB_SQL "))"
    " AND NOT EXISTS ("
    " SELECT 1 FROM person WHERE person.picture_id IN (" HAS_BLOB_SQL "))";

struct due {
    int64_t seq;
    int64_t until_us;
    int64_t later_until_us;
};

#define DB_DUE(due) \
    DB_I64((due)->seq), DB_I64((due)->until_us), \
        DB_I64((due)->later_until_us), DB_I64(LATER_US)

static struct due due_of(int64_t seq, int64_t now_us, enum hiding_extent extent)
{
    if (extent == HIDING_ALL)
        return (struct due){seq, LATER_US - 1, INT64_MAX};
    return (struct due){seq, now_us, 0};
}

static enum err is_due(struct db *db, const struct due *due, bool *ret_due)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, "SELECT 1 FROM media_hiding WHERE " IS_DUE_SQL " LIMIT 1",
               DB_DUE(due));
    enum err err = db_query_row(&query);
    *ret_due = !err;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err hiding_is_due(struct db *db, int64_t seq, int64_t now_us,
                       enum hiding_extent extent, bool *ret_due)
{
    const struct due due = due_of(seq, now_us, extent);
    return is_due(db, &due, ret_due);
}

static enum err hide_unseen(struct db *db, struct blob_store *blobs,
                            const struct due *due, struct fault *fault)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(db, unseen_sql, DB_DUE(due));
    while (db_query_next(&query)) {
        struct blob blob;
        if (blob_parse(db_column_peek(&query, 0), &blob))
            continue;
        enum err err = blob_unpublish(blobs, &blob, fault);
        if (err)
            return err;
    }
    return db_fault(db, db_query_err(&query), fault);
}

/* What is HIDING_LATER goes with others: when any is taken back all of it, for
 * that may be an older cut of the same; else what nobody asks for any more. */
static enum err add_later(struct db *db, struct due *due)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(db,
                                   "SELECT 1 FROM media_hiding"
                                   " WHERE seq <= $1 AND at_us = 0 LIMIT 1",
                                   DB_I64(due->seq));
    enum err err = db_query_row(&query);
    if (err && err != ERR_NOT_FOUND)
        return err;
    due->later_until_us = err ? LATER_US + due->until_us : INT64_MAX;
    return ERR_OK;
}

/* Holds the write lock meanwhile, so that nobody publishes one of them. */
static enum err hide(struct content *content, struct due *due,
                     struct fault *fault)
{
    DEFER(db_lease_end)
    struct db_lease lease = db_lease_writer(content_pool(content));
    DEFER(db_transaction_end) struct db_transaction transaction = {0};
    enum err err = db_begin(&transaction, lease.db);
    if (!err && !due->later_until_us)
        err = add_later(lease.db, due);
    if (err)
        return db_fault(lease.db, err, fault);
    err = hide_unseen(lease.db, content_blobs(content), due, fault);
    if (err)
        return err;
    err = db_run(lease.db, "DELETE FROM media_hiding WHERE " IS_DUE_SQL,
                 DB_DUE(due));
    if (!err)
        err = db_commit(&transaction);
    return db_fault(lease.db, err, fault);
}

enum err hiding_run(struct content *content, int64_t seq, int64_t now_us,
                    enum hiding_extent extent, struct fault *fault)
{
    assert(content);
    struct due due = due_of(seq, now_us, extent);
    bool found;
    {
        DEFER(db_lease_end) struct db_lease lease = content_reader(content);
        enum err err = is_due(lease.db, &due, &found);
        if (err || !found)
            return db_fault(lease.db, err, fault);
    }
    return hide(content, &due, fault);
}
