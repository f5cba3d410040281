// SPDX-License-Identifier: Apache-2.0
#include "store/migration.h"

#include <assert.h>

#include "base/time.h"

static const char version_table_sql[] =
    "CREATE TABLE IF NOT EXISTS schema_version ("
    " version BIGINT PRIMARY KEY,"
    " name TEXT NOT NULL,"
    " applied_us BIGINT NOT NULL)";

enum err migration_version(struct db *db, int64_t *ret_version)
{
    enum err err = db_run_script(db, version_table_sql);
    if (err)
        return err;
    DEFER(db_query_end)
    struct db_query query = db_query_begin(
        db, "SELECT COALESCE(MAX(version), 0) FROM schema_version");
    err = db_query_row(&query);
    if (!err)
        *ret_version = db_column_i64(&query, 0);
    return err;
}

static enum err apply(struct db *db, const struct migration *migration)
{
    enum err err = db_run_script(db, migration->sql);
    if (err)
        return err;
    DEFER(db_query_end)
    struct db_query query = db_query_begin(
        db, "INSERT INTO schema_version (version, name, applied_us)"
            " VALUES ($1, $2, $3)");
    db_bind_i64(&query, migration->version);
    db_bind_c(&query, migration->name);
    db_bind_i64(&query, time_now_us());
    return db_query_run(&query, NULL);
}

/* One version, unless another process was faster. *ret_version is what the
 * database then has. */
static enum err advance(struct db *db, const struct migration *migrations,
                        size_t count, int64_t *ret_version, struct fault *fault)
{
    DEFER(db_transaction_end) struct db_transaction transaction = {0};
    enum err err = db_begin(&transaction, db);
    int64_t version = 0;
    if (!err)
        err = migration_version(db, &version);
    if (err)
        return db_fault(db, err, fault);
    if (version > (int64_t)count)
        return fault_set(
            fault, ERR_NEWER, NULL,
            "the database has schema %lld and this program knows %zu: use the "
            "newer version of the program that made it",
            (long long)version, count);
    if (version < (int64_t)count) {
        assert(migrations[version].version == version + 1);
        err = apply(db, &migrations[version]);
    }
    if (!err)
        err = db_commit(&transaction);
    if (!err)
        *ret_version = version < (int64_t)count ? version + 1 : version;
    return db_fault(db, err, fault);
}

enum err migration_run(struct db *db, const struct migration *migrations,
                       size_t count, struct fault *fault)
{
    assert(db);
    int64_t version = -1;
    do {
        enum err err = advance(db, migrations, count, &version, fault);
        if (err)
            return err;
    } while (version < (int64_t)count);
    return ERR_OK;
}
