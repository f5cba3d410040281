// SPDX-License-Identifier: Apache-2.0
#include "folder.h"

#include "store/migration.h"

static const struct migration steps[] = {
    {1, "first", "CREATE TABLE a (x BIGINT); INSERT INTO a (x) VALUES (1)"},
    {2, "second", "CREATE TABLE b (x BIGINT)"},
    {3, "broken", "CREATE TABLE c (x BIGINT); INSERT INTO nowhere VALUES (1)"},
};

static void close_db(struct db **db)
{
    db_close(*db);
}

static struct db *open_db(struct folder *folder)
{
    struct db *db = NULL;
    assert_ok(folder,
              db_open(folder->database, DB_CREATE, &db, &folder->fault));
    return db;
}

static int64_t version(struct db *db)
{
    int64_t found = -1;
    assert_int_equal(migration_version(db, &found), ERR_OK);
    return found;
}

static void test_what_is_missing_is_brought_once(void **state)
{
    struct folder *folder = *state;
    DEFER(close_db) struct db *db = open_db(folder);
    assert_int_equal(version(db), 0);
    assert_ok(folder, migration_run(db, steps, 1, &folder->fault));
    assert_int_equal(version(db), 1);
    assert_ok(folder, migration_run(db, steps, 2, &folder->fault));
    assert_ok(folder, migration_run(db, steps, 2, &folder->fault));
    assert_int_equal(version(db), 2);
    assert_int_equal(db_run_script(db, "INSERT INTO b (x) SELECT x FROM a"),
                     ERR_OK);
}

static void test_a_newer_schema_is_refused_and_left_alone(void **state)
{
    struct folder *folder = *state;
    DEFER(close_db) struct db *db = open_db(folder);
    assert_ok(folder, migration_run(db, steps, 2, &folder->fault));
    assert_int_equal(migration_run(db, steps, 1, &folder->fault), ERR_NEWER);
    assert_non_null(strstr(folder->fault.message, "newer version"));
    assert_int_equal(version(db), 2);
}

static void test_a_broken_step_leaves_nothing(void **state)
{
    struct folder *folder = *state;
    DEFER(close_db) struct db *db = open_db(folder);
    assert_int_not_equal(migration_run(db, steps, 3, &folder->fault), ERR_OK);
    assert_int_equal(version(db), 2);
    assert_int_equal(db_run_script(db, "CREATE TABLE c (x BIGINT)"), ERR_OK);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, folder_open, folder_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_missing_is_brought_once),
        TEST(test_a_newer_schema_is_refused_and_left_alone),
        TEST(test_a_broken_step_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
