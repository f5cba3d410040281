// SPDX-License-Identifier: Apache-2.0
/* store/db.h: one connection to the database, its statements and its
 * transactions. SQL is written once, in the dialect that SQLite and PostgreSQL
 * share: $1 parameters, ON CONFLICT, RETURNING, times as 64-bit integers, ids
 * made by us, no types but TEXT, BIGINT and BLOB.
 *
 *     DEFER(db_query_end) struct db_query query =
 *         db_query_begin(db, "SELECT target FROM redirect WHERE path = $1");
 *     db_bind_str(&query, path);
 *     enum err err = db_query_row(&query);
 *     if (err)
 *         return err;
 *     *ret_target = db_column_str(&query, 0, arena);
 *
 * A connection serves one thread at a time; db_pool.h lends them. */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/str.h"

struct arena;
struct db;
struct db_statement;

enum {
    DB_DEPTH_MAX = 8,             /* transactions within one another */
    DB_STATEMENTS_KEPT_MAX = 256, /* prepared and kept, per connection */
    DB_BUSY_TIMEOUT_MS = 5000,    /* how long another process is waited for */
};

enum db_access {
    DB_READ,   /* writing is refused by the database itself */
    DB_WRITE,  /* the database must be there */
    DB_CREATE, /* it is made when it is not there */
};

/* location is the path of a SQLite file. Errors: ERR_NOT_FOUND, ERR_DENIED,
 * ERR_CORRUPT (not a database), ERR_BUSY, ERR_FULL, ERR_IO. */
MUST_USE enum err db_open(const char *location, enum db_access access,
                          struct db **ret_db, struct fault *fault);
void db_close(struct db *db); /* accepts NULL; no query may be open */

/* Fills fault (may be NULL) with what the database said about the last failure
 * on this connection and gives err back: `return db_fault(db, err, fault)`.
 * When err is another failure than the last one, its own sentence is used. */
enum err db_fault(const struct db *db, enum err err, struct fault *fault);

/* ---- Queries ---------------------------------------------------------------
 * Errors of preparing and binding stick and come out of the next
 * db_query_row, db_query_next or db_query_run. Parameters and columns are
 * counted as SQL does: $1 is bound first; column 0 is the first. */

struct db_query {
    struct db *db;
    struct db_statement *statement; /* NULL when preparing failed */
    int bound;                      /* parameters so far */
    enum err err;                   /* the first failure; sticks */
};

/* sql is kept, not copied: a constant. Its plan is kept as well. */
struct db_query db_query_begin(struct db *db, const char *sql);

/* The same for SQL made at run time (the name of a table of a language, never
 * anything a person typed): it is copied. */
struct db_query db_query_begin_made(struct db *db, const char *sql);

/* Binds the next parameter. The bytes must live until db_query_end. */
void db_bind_str(struct db_query *query, struct str text);
void db_bind_c(struct db_query *query, const char *text);
void db_bind_i64(struct db_query *query, int64_t value);
void db_bind_blob(struct db_query *query, struct str bytes);
void db_bind_null(struct db_query *query);

/* The text, or NULL when it is empty. */
void db_bind_str_or_null(struct db_query *query, struct str text);

/* The same in one go, values in the order of the parameters:
 *
 *     DEFER(db_query_end) struct db_query query = db_ask(
 *         db, "SELECT … WHERE path = $1 AND id > $2", DB_STR(path), DB_I64(9));
 *     err = db_run(db, "DELETE FROM redirect WHERE path = $1", DB_STR(path));
 *
 * Without values: db_query_begin and db_run_script. */
struct db_value {
    enum { DB_VALUE_END, DB_VALUE_STR, DB_VALUE_I64, DB_VALUE_NULL } kind;
    int64_t number;
    struct str text;
};

#define DB_STR(text_) ((struct db_value){.kind = DB_VALUE_STR, .text = (text_)})
#define DB_C(text_) DB_STR(str_from_c(text_))
#define DB_I64(number_) \
    ((struct db_value){.kind = DB_VALUE_I64, .number = (number_)})
#define DB_STR_OR_NULL(text_) db_str_or_null(text_)

static inline struct db_value db_str_or_null(struct str text)
{
    return (struct db_value){.kind = text.len ? DB_VALUE_STR : DB_VALUE_NULL,
                             .text = text};
}

#define DB_VALUES_(...) \
    (const struct db_value[]) \
    { \
        __VA_ARGS__ __VA_OPT__(, ) \
        { \
            .kind = DB_VALUE_END \
        } \
    }
#define db_ask(db, sql, ...) db_query_values(db, sql, DB_VALUES_(__VA_ARGS__))
#define db_run(db, sql, ...) db_run_values(db, sql, DB_VALUES_(__VA_ARGS__))

struct db_query db_query_values(struct db *db, const char *sql,
                                const struct db_value *values);
MUST_USE enum err db_run_values(struct db *db, const char *sql,
                                const struct db_value *values);

/* Binds values up to DB_VALUE_END. */
void db_bind_values(struct db_query *query, const struct db_value *values);

/* Wants one row: ERR_NOT_FOUND when there is none. */
MUST_USE enum err db_query_row(struct db_query *query);

/* Goes to the next row; false at the end and after a failure, which
 * db_query_err tells. */
bool db_query_next(struct db_query *query);
MUST_USE enum err db_query_err(const struct db_query *query);

/* Runs a statement whose rows, if any, do not matter. ret_changed (may be
 * NULL) gets the number of rows it wrote. */
MUST_USE enum err db_query_run(struct db_query *query, int64_t *ret_changed);

/* Makes the query ready to be bound and run again: for loops. */
void db_query_rewind(struct db_query *query);

/* Gives the statement back; for DEFER. Accepts a zeroed query. */
void db_query_end(struct db_query *query);

/* Columns of the current row. NULL reads as 0 and "". Texts are copied into
 * arena. */
int64_t db_column_i64(const struct db_query *query, int column);
struct str db_column_str(const struct db_query *query, int column,
                         struct arena *arena);
struct str db_column_blob(const struct db_query *query, int column,
                          struct arena *arena);
bool db_column_is_null(const struct db_query *query, int column);

/* The same without a copy: valid until the next row or the end. */
struct str db_column_peek(const struct db_query *query, int column);

/* ---- Transactions -----------------------------------------------------------
 *     DEFER(db_transaction_end) struct db_transaction transaction = {0};
 *     err = db_begin(&transaction, db);
 *     …
 *     return db_commit(&transaction);
 *
 * A transaction within a transaction is a savepoint: it fails alone. When the
 * database itself gave the outer one up (disk full), everything that follows
 * fails with that error until the outer one ends. */

struct db_transaction {
    struct db *db; /* NULL when it is over */
    int depth;     /* 1: a real one */
};

/* Takes the database's write lock at once: ERR_BUSY when another process held
 * it for DB_BUSY_TIMEOUT_MS. */
MUST_USE enum err db_begin(struct db_transaction *transaction, struct db *db);

/* All queries until its end see one state of the database. */
MUST_USE enum err db_begin_read(struct db_transaction *transaction,
                                struct db *db);

/* Durable when it answers ERR_OK. On failure it is rolled back. After a long
 * write it returns some milliseconds later, in which others can write. */
MUST_USE enum err db_commit(struct db_transaction *transaction);

/* Rolls back unless it was committed; for DEFER. */
void db_transaction_end(struct db_transaction *transaction);

/* ---- Upkeep -----------------------------------------------------------------
 */

/* How long to wait for other processes, instead of DB_BUSY_TIMEOUT_MS. */
void db_set_timeout(struct db *db, int timeout_ms);

/* Brings what was committed from the log into the database itself, as far as
 * nobody reads it there; waits for nobody. Any connection may. Who writes much
 * has another thread call it now and then; else it is done by a commit, when
 * the log is very long, and that one takes much longer than the others. */
MUST_USE enum err db_upkeep(struct db *db);

/* Runs statements parted by ';' that have no parameters and give no rows. */
MUST_USE enum err db_run_script(struct db *db, const char *sql);

/* Reads everything and checks that it fits together. ERR_CORRUPT, and fault
 * says what is damaged first. */
MUST_USE enum err db_check(struct db *db, struct fault *fault);

/* The same, and found is told each damage, in the database's own words. ERR_OK
 * when the check itself could be made. */
typedef void db_found(void *context, const char *damage);
MUST_USE enum err db_check_each(struct db *db, db_found *found, void *context,
                                struct fault *fault);

/* Where a copy goes, and who is told how far it is. */
struct db_copy {
    const char *folder;
    /* Steps of the database's own size; may be NULL. */
    void (*progress)(void *context, int64_t done, int64_t total);
    void *context;
};

/* Copies the database as the transaction sees it (db_begin_read before) into a
 * file of copy->folder that has no name, so that nothing is left behind. Others
 * read and write meanwhile and are not kept waiting, nor can they keep this one
 * from ending; but what they write stays in the log until the transaction ends.
 * The caller closes *ret_fd, which stands at the beginning. */
MUST_USE enum err db_copy_file(struct db *db, const struct db_copy *copy,
                               int *ret_fd, struct fault *fault);

/* How the database would answer sql, a line a step: for tests. */
MUST_USE enum err db_explain(struct db *db, const char *sql,
                             struct arena *arena, struct str *ret_plan);

#endif
