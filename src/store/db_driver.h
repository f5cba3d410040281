// SPDX-License-Identifier: Apache-2.0
/* store/db_driver.h: what a kind of database must be able to do. db.c keeps the
 * statements, transactions and errors; a driver is one file and one table. */
#ifndef STORE_DB_DRIVER_H
#define STORE_DB_DRIVER_H

#include "store/db.h"

/* Who waits for its turn to write asks this often, and whoever wrote for longer
 * than DB_LONG_WRITE_MS rests long enough to be found resting: an import that
 * commits one batch after the other keeps nobody out. */
enum { DB_ASK_EVERY_MS = 2, DB_LONG_WRITE_MS = 100, DB_REST_MS = 6 };

struct db_driver {
    const char *name;
    const char *begin_write; /* SQL that takes the write lock at once */
    const char *begin_read;  /* SQL for one unchanging view */

    /* Every failure below fills the fault with cause and remedy. */
    enum err (*open)(const char *location, enum db_access access,
                     void **ret_connection, struct fault *fault);
    void (*close)(void *connection);

    void (*set_timeout)(void *connection, int timeout_ms);

    /* Whether the connection is in a transaction, as the database sees it. */
    bool (*in_transaction)(void *connection);
    enum err (*run_script)(void *connection, const char *sql,
                           struct fault *fault);
    enum err (*check)(void *connection, db_found *found, void *context,
                      struct fault *fault);
    enum err (*copy)(void *connection, const struct db_copy *copy, int *ret_fd,
                     struct fault *fault);

    enum err (*prepare)(void *connection, const char *sql, void **ret_statement,
                        struct fault *fault);
    void (*finish)(void *statement); /* forgets a prepared statement */
    void (*reset)(void *statement);  /* ready to be bound and run again */

    /* index counts from 1. */
    enum err (*bind_str)(void *statement, int index, struct str text);
    enum err (*bind_blob)(void *statement, int index, struct str bytes);
    enum err (*bind_i64)(void *statement, int index, int64_t value);
    enum err (*bind_null)(void *statement, int index);

    /* *ret_row: there is a row to read. */
    enum err (*step)(void *connection, void *statement, bool *ret_row,
                     struct fault *fault);
    int64_t (*changed)(void *connection); /* rows the last statement wrote */

    /* column counts from 0; texts are valid until the next step. */
    int64_t (*column_i64)(void *statement, int column);
    struct str (*column_str)(void *statement, int column);
    struct str (*column_blob)(void *statement, int column);
    bool (*column_is_null)(void *statement, int column);

    const char *upkeep; /* SQL for db_upkeep */

    const char *explain; /* what stands before SQL to see its plan */
    int explain_column;  /* the column that says it */
};

extern const struct db_driver db_sqlite_driver;

#endif
