// SPDX-License-Identifier: Apache-2.0
#include "store/db.h"

#include <assert.h>
#include <time.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/time.h"
#include "store/db_driver.h"

struct db_statement {
    void *handle; /* the driver's */
    const char *sql;
    char *made; /* sql, when it was made at run time; or NULL */
    bool kept;  /* belongs to db->statements */
    bool busy;
};

struct db {
    const struct db_driver *driver;
    void *connection;
    struct map statements; /* sql → struct db_statement */
    int depth;             /* open transactions */
    int64_t began_us;      /* the outermost one */
    enum err lost;         /* the database gave the transaction up itself */
    struct fault fault;    /* the last failure */
};

enum err db_open(const char *location, enum db_access access,
                 struct db **ret_db, struct fault *fault)
{
    assert(location);
    assert(ret_db);
    struct db *db = calloc(1, sizeof *db);
    if (!db)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    db->driver = &db_sqlite_driver;
    map_init(&db->statements);
    enum err err =
        db->driver->open(location, access, &db->connection, &db->fault);
    if (err) {
        db_fault(db, err, fault);
        free(db);
        return err;
    }
    *ret_db = db;
    return ERR_OK;
}

static void statement_destroy(struct db *db, struct db_statement *statement)
{
    db->driver->finish(statement->handle);
    free(statement->made);
    free(statement);
}

void db_close(struct db *db)
{
    if (!db)
        return;
    size_t position = 0;
    struct db_statement *statement;
    while ((statement = map_next(&db->statements, &position, NULL))) {
        assert(!statement->busy);
        statement_destroy(db, statement);
    }
    map_finish(&db->statements);
    db->driver->close(db->connection);
    free(db);
}

enum err db_fault(const struct db *db, enum err err, struct fault *fault)
{
    if (!err || !fault)
        return err;
    if (db && db->fault.code == err)
        *fault = db->fault;
    else
        fault_set(fault, err, NULL, "%s", err_sentence(err));
    return err;
}

void db_set_timeout(struct db *db, int timeout_ms)
{
    db->driver->set_timeout(db->connection, timeout_ms);
}

enum err db_upkeep(struct db *db)
{
    return db_run_script(db, db->driver->upkeep);
}

/* ---- Statements ------------------------------------------------------------
 */

static enum err statement_prepare(struct db *db, const char *sql,
                                  struct db_statement **ret_statement)
{
    struct db_statement *statement = calloc(1, sizeof *statement);
    if (!statement)
        return ERR_NO_MEMORY;
    statement->sql = sql;
    enum err err = db->driver->prepare(db->connection, sql, &statement->handle,
                                       &db->fault);
    if (err) {
        free(statement);
        return err;
    }
    *ret_statement = statement;
    return ERR_OK;
}

static enum err statement_own(struct db_statement *statement)
{
    statement->made = strdup(statement->sql);
    statement->sql = statement->made;
    return statement->made ? ERR_OK : ERR_NO_MEMORY;
}

/* A kept statement that nobody uses just now, or a new one. made: sql will not
 * live as long as it. */
static enum err statement_take(struct db *db, const char *sql, bool made,
                               struct db_statement **ret_statement)
{
    struct str key = str_from_c(sql);
    struct db_statement *kept = map_get(&db->statements, key);
    if (kept && !kept->busy) {
        kept->busy = true;
        *ret_statement = kept;
        return ERR_OK;
    }
    struct db_statement *statement;
    enum err err = statement_prepare(db, sql, &statement);
    if (!err && made && (err = statement_own(statement)))
        statement_destroy(db, statement);
    if (err)
        return err;
    if (made)
        key.ptr = statement->sql;
    void *old;
    statement->busy = true;
    statement->kept = !kept && db->statements.count < DB_STATEMENTS_KEPT_MAX &&
                      !map_set(&db->statements, key, statement, &old);
    *ret_statement = statement;
    return ERR_OK;
}

static void statement_give_back(struct db *db, struct db_statement *statement)
{
    if (!statement->kept) {
        statement_destroy(db, statement);
        return;
    }
    db->driver->reset(statement->handle);
    statement->busy = false;
}

/* ---- Queries ---------------------------------------------------------------
 */

static struct db_query query_begin(struct db *db, const char *sql, bool made)
{
    assert(db);
    assert(sql);
    struct db_query query = {.db = db, .err = db->lost};
    if (!query.err)
        query.err = statement_take(db, sql, made, &query.statement);
    return query;
}

struct db_query db_query_begin(struct db *db, const char *sql)
{
    return query_begin(db, sql, false);
}

struct db_query db_query_begin_made(struct db *db, const char *sql)
{
    return query_begin(db, sql, true);
}

/* What binding came to: the first failure sticks and is remembered. */
static void query_bound(struct db_query *query, enum err err)
{
    if (!err || query->err)
        return;
    query->err =
        fault_set(&query->db->fault, err, NULL,
                  "parameter $%d of \"%.200s\" cannot be bound: %s",
                  query->bound, query->statement->sql, err_sentence(err));
}

/* Counts the parameter; false when it is too late to bind it. */
static bool next_parameter(struct db_query *query)
{
    query->bound++;
    return !query->err;
}

void db_bind_str(struct db_query *query, struct str text)
{
    if (next_parameter(query))
        query_bound(query, query->db->driver->bind_str(query->statement->handle,
                                                       query->bound, text));
}

void db_bind_c(struct db_query *query, const char *text)
{
    db_bind_str(query, str_from_c(text));
}

void db_bind_i64(struct db_query *query, int64_t value)
{
    if (next_parameter(query))
        query_bound(query, query->db->driver->bind_i64(query->statement->handle,
                                                       query->bound, value));
}

void db_bind_blob(struct db_query *query, struct str bytes)
{
    if (next_parameter(query))
        query_bound(query, query->db->driver->bind_blob(
                               query->statement->handle, query->bound, bytes));
}

void db_bind_null(struct db_query *query)
{
    if (next_parameter(query))
        query_bound(query, query->db->driver->bind_null(
                               query->statement->handle, query->bound));
}

void db_bind_str_or_null(struct db_query *query, struct str text)
{
    if (text.len)
        db_bind_str(query, text);
    else
        db_bind_null(query);
}

void db_bind_values(struct db_query *query, const struct db_value *values)
{
    for (; values->kind != DB_VALUE_END; values++) {
        if (values->kind == DB_VALUE_STR)
            db_bind_str(query, values->text);
        else if (values->kind == DB_VALUE_I64)
            db_bind_i64(query, values->number);
        else
            db_bind_null(query);
    }
}

struct db_query db_query_values(struct db *db, const char *sql,
                                const struct db_value *values)
{
    struct db_query query = db_query_begin(db, sql);
    db_bind_values(&query, values);
    return query;
}

enum err db_run_values(struct db *db, const char *sql,
                       const struct db_value *values)
{
    DEFER(db_query_end)
    struct db_query query = db_query_values(db, sql, values);
    return db_query_run(&query, NULL);
}

static enum err query_step(struct db_query *query, bool *ret_row)
{
    struct db *db = query->db;
    if (!query->err)
        query->err = db->driver->step(db->connection, query->statement->handle,
                                      ret_row, &db->fault);
    if (query->err && db->depth && !db->lost &&
        !db->driver->in_transaction(db->connection))
        db->lost = query->err;
    return query->err;
}

enum err db_query_row(struct db_query *query)
{
    bool row = false;
    enum err err = query_step(query, &row);
    if (err)
        return err;
    return row ? ERR_OK : ERR_NOT_FOUND;
}

bool db_query_next(struct db_query *query)
{
    bool row = false;
    return !query_step(query, &row) && row;
}

enum err db_query_err(const struct db_query *query)
{
    return query->err;
}

enum err db_query_run(struct db_query *query, int64_t *ret_changed)
{
    while (db_query_next(query))
        ;
    if (!query->err && ret_changed)
        *ret_changed = query->db->driver->changed(query->db->connection);
    return query->err;
}

void db_query_rewind(struct db_query *query)
{
    if (query->statement)
        query->db->driver->reset(query->statement->handle);
    query->bound = 0;
}

void db_query_end(struct db_query *query)
{
    if (query->statement)
        statement_give_back(query->db, query->statement);
    query->statement = NULL;
}

int64_t db_column_i64(const struct db_query *query, int column)
{
    return query->db->driver->column_i64(query->statement->handle, column);
}

struct str db_column_peek(const struct db_query *query, int column)
{
    return query->db->driver->column_str(query->statement->handle, column);
}

struct str db_column_str(const struct db_query *query, int column,
                         struct arena *arena)
{
    struct str text = db_column_peek(query, column);
    return text.len ? arena_copy(arena, text) : STR("");
}

struct str db_column_blob(const struct db_query *query, int column,
                          struct arena *arena)
{
    struct str bytes =
        query->db->driver->column_blob(query->statement->handle, column);
    return bytes.len ? arena_copy(arena, bytes) : STR("");
}

bool db_column_is_null(const struct db_query *query, int column)
{
    return query->db->driver->column_is_null(query->statement->handle, column);
}

/* ---- Transactions ----------------------------------------------------------
 */

/* By depth; the outermost are the driver's words. */
static const char *const savepoint_begin[DB_DEPTH_MAX + 1] = {
    [2] = "SAVEPOINT s2", [3] = "SAVEPOINT s3", [4] = "SAVEPOINT s4",
    [5] = "SAVEPOINT s5", [6] = "SAVEPOINT s6", [7] = "SAVEPOINT s7",
    [8] = "SAVEPOINT s8",
};
static const char *const savepoint_commit[DB_DEPTH_MAX + 1] = {
    [1] = "COMMIT",     [2] = "RELEASE s2", [3] = "RELEASE s3",
    [4] = "RELEASE s4", [5] = "RELEASE s5", [6] = "RELEASE s6",
    [7] = "RELEASE s7", [8] = "RELEASE s8",
};
static const char *const savepoint_rollback[DB_DEPTH_MAX + 1] = {
    [1] = "ROLLBACK",       [2] = "ROLLBACK TO s2", [3] = "ROLLBACK TO s3",
    [4] = "ROLLBACK TO s4", [5] = "ROLLBACK TO s5", [6] = "ROLLBACK TO s6",
    [7] = "ROLLBACK TO s7", [8] = "ROLLBACK TO s8",
};

static enum err run(struct db *db, const char *sql)
{
    static const struct db_value none = {.kind = DB_VALUE_END};
    return db_run_values(db, sql, &none);
}

static enum err begin(struct db_transaction *transaction, struct db *db,
                      const char *outermost)
{
    assert(transaction && !transaction->db);
    assert(db && db->depth < DB_DEPTH_MAX);
    int depth = db->depth + 1;
    enum err err = run(db, depth == 1 ? outermost : savepoint_begin[depth]);
    if (err)
        return err;
    if (depth == 1)
        db->began_us = clock_now_us();
    db->depth = depth;
    *transaction = (struct db_transaction){.db = db, .depth = depth};
    return ERR_OK;
}

enum err db_begin(struct db_transaction *transaction, struct db *db)
{
    return begin(transaction, db, db->driver->begin_write);
}

enum err db_begin_read(struct db_transaction *transaction, struct db *db)
{
    return begin(transaction, db, db->driver->begin_read);
}

static void let_others_write(const struct db *db)
{
    if (clock_now_us() - db->began_us > DB_LONG_WRITE_MS * INT64_C(1000))
        nanosleep(&(struct timespec){.tv_nsec = DB_REST_MS * 1000000}, NULL);
}

enum err db_commit(struct db_transaction *transaction)
{
    struct db *db = transaction->db;
    assert(db && db->depth == transaction->depth);
    enum err err = run(db, savepoint_commit[transaction->depth]);
    if (err) {
        db_transaction_end(transaction);
        return err;
    }
    transaction->db = NULL;
    if (--db->depth == 0)
        let_others_write(db);
    return ERR_OK;
}

void db_transaction_end(struct db_transaction *transaction)
{
    struct db *db = transaction->db;
    if (!db)
        return;
    assert(db->depth == transaction->depth);
    struct fault cause = db->fault; /* rolling back must not hide it */
    if (!db->lost && db->driver->in_transaction(db->connection)) {
        enum err err = run(db, savepoint_rollback[db->depth]);
        if (!err && db->depth > 1)
            err = run(db, savepoint_commit[db->depth]);
        if (err && db->depth > 1)
            db->lost = err;
    }
    db->fault = cause;
    if (--db->depth == 0)
        db->lost = ERR_OK;
    transaction->db = NULL;
}

/* ---- Upkeep -----------------------------------------------------------------
 */

enum err db_run_script(struct db *db, const char *sql)
{
    if (db->lost)
        return db->lost;
    return db->driver->run_script(db->connection, sql, &db->fault);
}

enum err db_check_each(struct db *db, db_found *found, void *context,
                       struct fault *fault)
{
    enum err err =
        db->driver->check(db->connection, found, context, &db->fault);
    return db_fault(db, err, fault);
}

static void note_first(void *context, const char *damage)
{
    struct fault *fault = context;
    if (!fault->code)
        fault_set(fault, ERR_CORRUPT, NULL,
                  "the database is damaged: %s. Restore a backup", damage);
}

enum err db_check(struct db *db, struct fault *fault)
{
    struct fault first = {0};
    enum err err = db_check_each(db, note_first, &first, fault);
    if (err || !first.code)
        return err;
    if (fault)
        *fault = first;
    return first.code;
}

enum err db_copy_file(struct db *db, const struct db_copy *copy, int *ret_fd,
                      struct fault *fault)
{
    assert(db->depth > 0);
    enum err err = db->driver->copy(db->connection, copy, ret_fd, &db->fault);
    return db_fault(db, err, fault);
}

enum err db_explain(struct db *db, const char *sql, struct arena *arena,
                    struct str *ret_plan)
{
    struct str text = arena_printf(arena, "%s %s", db->driver->explain, sql);
    struct db_statement *statement;
    enum err err = statement_prepare(db, text.ptr, &statement);
    if (err)
        return err;
    struct db_query query = {.db = db, .statement = statement};
    struct str plan = STR("");
    while (db_query_next(&query)) {
        plan = arena_concat(arena, plan,
                            db_column_peek(&query, db->driver->explain_column));
        plan = arena_concat(arena, plan, STR("\n"));
    }
    db_query_end(&query);
    if (!query.err)
        *ret_plan = plan;
    return query.err;
}
