// SPDX-License-Identifier: Apache-2.0
/* Connections, queries and transactions on real files. */
#include "folder.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "store/db_pool.h"

static void close_db(struct db **db)
{
    db_close(*db);
}

static struct db *open_db(struct folder *folder)
{
    struct db *db = NULL;
    assert_ok(folder,
              db_open(folder->database, DB_CREATE, &db, &folder->fault));
    assert_ok(folder, db_run_script(db, "CREATE TABLE IF NOT EXISTS t"
                                        " (id BIGINT PRIMARY KEY, text TEXT)"));
    return db;
}

static int64_t count(struct db *db)
{
    DEFER(db_query_end)
    struct db_query query = db_query_begin(db, "SELECT COUNT(*) FROM t");
    assert_int_equal(db_query_row(&query), ERR_OK);
    return db_column_i64(&query, 0);
}

static enum err insert(struct db *db, int64_t id, const char *text)
{
    return db_run(db, "INSERT INTO t (id, text) VALUES ($1, $2)", DB_I64(id),
                  DB_C(text));
}

static void test_nobody_else_may_read_it(void **state)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    struct folder *folder = *state;
    DEFER(close_db) struct db *db = open_db(folder);
    assert_non_null(db);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char path[128];
        struct stat info;
        snprintf(path, sizeof path, "%s%s", folder->database, endings[i]);
        assert_int_equal(stat(path, &info), 0);
        assert_int_equal(info.st_mode & 0777, 0600);
    }
}

/* ---- Queries
 * -------------------------------------------------------------------- */

static void test_values_come_back(void **state)
{
    struct folder *folder = *state;
    DEFER(close_db) struct db *db = open_db(folder);
    assert_int_equal(db_run(db, "INSERT INTO t (id, text) VALUES ($1, $2)",
                            DB_I64(INT64_MIN), DB_STR(STR("a\0b"))),
                     ERR_OK);
    DEFER(db_query_end)
    struct db_query query = db_ask(
        db, "SELECT text, id, NULL FROM t WHERE id = $1", DB_I64(INT64_MIN));
    assert_int_equal(db_query_row(&query), ERR_OK);
    assert_true(str_eq(db_column_str(&query, 0, &folder->arena), STR("a\0b")));
    assert_true(db_column_i64(&query, 1) == INT64_MIN);
    assert_true(db_column_is_null(&query, 2));
    assert_int_equal(db_column_str(&query, 2, &folder->arena).len, 0);
}

static void test_parameters_go_by_number_wherever_they_stand(void **state)
{
    struct folder *folder = *state;
    DEFER(close_db) struct db *db = open_db(folder);
    assert_int_equal(insert(db, 1, "old"), ERR_OK);
    assert_int_equal(db_run(db, "UPDATE t SET text = $2 WHERE id = $1",
                            DB_I64(1), DB_C("new")),
                     ERR_OK);
    DEFER(db_query_end)
    struct db_query query = db_ask(db, "SELECT $2 || text || $2 || $1 FROM t",
                                   DB_C("a"), DB_C("b"));
    assert_int_equal(db_query_row(&query), ERR_OK);
    assert_true(str_eq(db_column_peek(&query, 0), STR("bnewba")));
}

static void test_a_failed_bind_sticks(void **state)
{
    struct folder *folder = *state;
    DEFER(close_db) struct db *db = open_db(folder);
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, "SELECT 1 WHERE $1 = 1", DB_I64(1), DB_I64(2));
    assert_int_equal(db_query_row(&query), ERR_INTERNAL);
    db_fault(db, ERR_INTERNAL, &folder->fault);
    assert_non_null(strstr(folder->fault.message, "$2"));
}

static void test_one_statement_can_run_within_itself(void **state)
{
    struct folder *folder = *state;
    DEFER(close_db) struct db *db = open_db(folder);
    for (int i = 0; i < 3; i++)
        assert_int_equal(insert(db, i, "x"), ERR_OK);
    static const char sql[] = "SELECT id FROM t ORDER BY id";
    int pairs = 0;
    DEFER(db_query_end) struct db_query outer = db_query_begin(db, sql);
    while (db_query_next(&outer)) {
        DEFER(db_query_end) struct db_query inner = db_query_begin(db, sql);
        while (db_query_next(&inner))
            pairs++;
    }
    assert_int_equal(pairs, 9);
}

static void test_duplicates_are_told(void **state)
{
    struct folder *folder = *state;
    DEFER(close_db) struct db *db = open_db(folder);
    assert_int_equal(insert(db, 1, "x"), ERR_OK);
    assert_int_equal(insert(db, 1, "y"), ERR_EXISTS);
    assert_int_equal(count(db), 1);
}

/* ---- Transactions
 * ---------------------------------------------------------------- */

static void test_what_is_not_committed_is_rolled_back(void **state)
{
    struct folder *folder = *state;
    DEFER(close_db) struct db *db = open_db(folder);
    {
        DEFER(db_transaction_end) struct db_transaction transaction = {0};
        assert_int_equal(db_begin(&transaction, db), ERR_OK);
        assert_int_equal(insert(db, 1, "x"), ERR_OK);
    }
    assert_int_equal(count(db), 0);
}

static void test_an_inner_transaction_fails_alone(void **state)
{
    struct folder *folder = *state;
    DEFER(close_db) struct db *db = open_db(folder);
    DEFER(db_transaction_end) struct db_transaction outer = {0};
    assert_int_equal(db_begin(&outer, db), ERR_OK);
    assert_int_equal(insert(db, 1, "outer"), ERR_OK);
    for (int i = 2; i < 4; i++) {
        DEFER(db_transaction_end) struct db_transaction inner = {0};
        assert_int_equal(db_begin(&inner, db), ERR_OK);
        assert_int_equal(insert(db, i, "inner"), ERR_OK);
        if (i == 3)
            assert_int_equal(db_commit(&inner), ERR_OK);
    }
    assert_int_equal(db_commit(&outer), ERR_OK);
    assert_int_equal(count(db), 2);
}

static void test_readers_see_one_state_and_cannot_write(void **state)
{
    struct folder *folder = *state;
    DEFER(close_db) struct db *writer = open_db(folder);
    DEFER(close_db) struct db *reader = NULL;
    assert_ok(folder,
              db_open(folder->database, DB_READ, &reader, &folder->fault));
    {
        DEFER(db_transaction_end) struct db_transaction view = {0};
        assert_int_equal(db_begin_read(&view, reader), ERR_OK);
        assert_int_equal(count(reader), 0);
        assert_int_equal(insert(writer, 1, "x"), ERR_OK);
        assert_int_equal(count(reader), 0);
    }
    assert_int_equal(count(reader), 1);
    assert_int_equal(insert(reader, 2, "x"), ERR_DENIED);
}

/* ---- Trouble
 * --------------------------------------------------------------------- */

static void test_a_locked_database_is_busy(void **state)
{
    struct folder *folder = *state;
    DEFER(close_db) struct db *first = open_db(folder);
    DEFER(close_db) struct db *second = open_db(folder);
    DEFER(db_transaction_end) struct db_transaction held = {0};
    DEFER(db_transaction_end) struct db_transaction wanted = {0};
    assert_int_equal(db_begin(&held, first), ERR_OK);
    db_set_timeout(second, 0);
    assert_int_equal(db_begin(&wanted, second), ERR_BUSY);
    db_fault(second, ERR_BUSY, &folder->fault);
    assert_non_null(strstr(folder->fault.message, "another program"));
}

enum { LONG_WRITES = 500 };

static atomic_bool others_are_done;

/* As an import: one long write after the other. */
static void *write_at_length(void *context)
{
    struct db *db = context;
    for (int64_t id = 100;
         id < 100 + LONG_WRITES && !atomic_load(&others_are_done); id++) {
        DEFER(db_transaction_end) struct db_transaction transaction = {0};
        if (db_begin(&transaction, db) || insert(db, id, "long"))
            return db;
        usleep(120000);
        if (db_commit(&transaction))
            return db;
    }
    return NULL;
}

static void test_long_writes_let_others_in(void **state)
{
    struct folder *folder = *state;
    DEFER(close_db) struct db *first = open_db(folder);
    DEFER(close_db) struct db *second = open_db(folder);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, write_at_length, first), 0);
    while (!count(second))
        sched_yield();
    for (int64_t id = 0; id < 4; id++)
        assert_int_equal(insert(second, id, "short"), ERR_OK);
    assert_true(count(second) < 4 + LONG_WRITES); /* not only after the last */
    atomic_store(&others_are_done, true);
    void *failed;
    assert_int_equal(pthread_join(thread, &failed), 0);
    assert_null(failed);
}

static void test_what_is_no_database_is_told(void **state)
{
    struct folder *folder = *state;
    struct db *db;
    char text[4096];
    memset(text, 'x', sizeof text);
    assert_ok(folder,
              file_write_atomic(folder->database, str_of(text, sizeof text),
                                &folder->fault));
    assert_int_equal(db_open(folder->database, DB_WRITE, &db, &folder->fault),
                     ERR_CORRUPT);
    assert_non_null(strstr(folder->fault.message, "restore a backup"));
    assert_int_equal(db_open(folder->database, DB_READ, &db, &folder->fault),
                     ERR_CORRUPT);
    assert_int_equal(
        db_open(folder_path(folder, "none.db"), DB_WRITE, &db, &folder->fault),
        ERR_NOT_FOUND);
}

static void test_damage_is_found_by_the_check(void **state)
{
    struct folder *folder = *state;
    {
        DEFER(close_db) struct db *db = open_db(folder);
        for (int i = 0; i < 500; i++)
            assert_int_equal(insert(db, i, "some text to fill pages with"),
                             ERR_OK);
        assert_ok(folder, db_check(db, &folder->fault));
    }
    FILE *file = fopen(folder->database, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 2 * 4096 + 8, SEEK_SET), 0);
    for (int i = 0; i < 400; i++)
        fputc(0xEE, file);
    fclose(file);
    DEFER(close_db) struct db *db = NULL;
    assert_ok(folder, db_open(folder->database, DB_WRITE, &db, &folder->fault));
    assert_int_equal(db_check(db, &folder->fault), ERR_CORRUPT);
    assert_non_null(strstr(folder->fault.message, "damaged"));
}

static void test_what_would_run_by_itself_is_found(void **state)
{
    struct folder *folder = *state;
    DEFER(close_db) struct db *db = open_db(folder);
    assert_ok(folder, db_check(db, &folder->fault));
    assert_int_equal(db_run_script(db,
                                   "CREATE TRIGGER stranger AFTER INSERT ON t"
                                   " BEGIN DELETE FROM t; END"),
                     ERR_OK);
    assert_int_equal(db_check(db, &folder->fault), ERR_CORRUPT);
    assert_non_null(strstr(folder->fault.message, "the trigger stranger"));
}

struct copying {
    struct db *other;
    int64_t next;
    int steps;
};

static void write_meanwhile(void *context, int64_t done, int64_t total)
{
    struct copying *copying = context;
    assert_true(done <= total);
    copying->steps++;
    assert_int_equal(insert(copying->other, copying->next++, "came later"),
                     ERR_OK);
}

static void test_a_copy_is_one_state_though_others_write(void **state)
{
    enum { ROWS = 40 * 1000, PAGES = 4096 };
    struct folder *folder = *state;
    static char long_text[400];
    memset(long_text, 'x', sizeof long_text - 1);
    DEFER(close_db) struct db *writer = open_db(folder);
    DEFER(close_db) struct db *reader = NULL;
    DEFER(db_transaction_end) struct db_transaction filling = {0};
    assert_int_equal(db_begin(&filling, writer), ERR_OK);
    for (int i = 0; i < ROWS; i++)
        assert_int_equal(insert(writer, i, long_text), ERR_OK);
    assert_int_equal(db_commit(&filling), ERR_OK);
    assert_ok(folder,
              db_open(folder->database, DB_READ, &reader, &folder->fault));
    struct copying copying = {.other = writer, .next = ROWS};
    struct db_copy copy = {folder->path, write_meanwhile, &copying};
    DEFER(db_transaction_end) struct db_transaction reading = {0};
    int fd = -1;
    assert_int_equal(db_begin_read(&reading, reader), ERR_OK);
    assert_ok(folder, db_copy_file(reader, &copy, &fd, &folder->fault));
    assert_true(copying.steps > 1);

    /* It has no name; a link through /proc gives it one. */
    char from[64];
    const char *to = folder_path(folder, "copy.db");
    snprintf(from, sizeof from, "/proc/self/fd/%d", fd);
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    assert_non_null(in);
    assert_non_null(out);
    for (int c; (c = fgetc(in)) != EOF;)
        fputc(c, out);
    fclose(in);
    fclose(out);
    close(fd);
    DEFER(close_db) struct db *copied = NULL;
    assert_ok(folder, db_open(to, DB_READ, &copied, &folder->fault));
    assert_ok(folder, db_check(copied, &folder->fault));
    DEFER(db_query_end)
    struct db_query query = db_query_begin(copied, "SELECT COUNT(*) FROM t");
    assert_int_equal(db_query_row(&query), ERR_OK);
    assert_int_equal(db_column_i64(&query, 0), ROWS);
}

enum { CANNOT_MOUNT = 77, SMALL_DISK_BYTES = 1 << 20 };

/* Puts a small disk of this process's own on the folder. */
static bool mount_small_disk(struct folder *folder)
{
    if (unshare(CLONE_NEWNS) && unshare(CLONE_NEWUSER | CLONE_NEWNS))
        return false;
    return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("none", folder->path, "tmpfs", 0, "size=1m") == 0;
}

/* Runs act in a child on a small disk; it answers 0 when all was right. */
static void on_a_small_disk(struct folder *folder,
                            int (*act)(struct folder *folder))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(mount_small_disk(folder) ? act(folder) : CANNOT_MOUNT);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == CANNOT_MOUNT) {
        print_message("no right to mount a small disk here: skipped\n");
        skip();
    }
    assert_int_equal(status, 0);
}

static enum err insert_until_it_fails(struct db *db, int64_t *ret_kept)
{
    static char text[64 * 1024];
    memset(text, 'x', sizeof text - 1);
    enum err err = ERR_OK;
    for (int64_t i = 0; !err && i < SMALL_DISK_BYTES / 1024; i++) {
        err = insert(db, i, text);
        *ret_kept += !err;
    }
    return err;
}

static int fill_the_disk(struct folder *folder)
{
    struct db *db = open_db(folder);
    int64_t kept = 0;
    enum err err = insert_until_it_fails(db, &kept);
    db_fault(db, err, &folder->fault);
    bool told =
        err == ERR_FULL && strstr(folder->fault.message, "make room") != NULL;
    /* What was acknowledged is there, and only that. */
    return told && kept > 0 && count(db) == kept ? 0 : 1;
}

static void test_a_full_disk_is_told_and_loses_nothing(void **state)
{
    on_a_small_disk(*state, fill_the_disk);
}

/* The database ends the transaction; what follows must not go on as single
 * statements, even when there is room again. */
static int fill_within_a_transaction(struct folder *folder)
{
    struct db *db = open_db(folder);
    struct db_transaction outer = {0};
    static char ballast[SMALL_DISK_BYTES / 2];
    const char *path = folder_path(folder, "ballast");
    int64_t kept = 0;
    if (file_write_atomic(path, str_of(ballast, sizeof ballast), NULL) ||
        db_run_script(db, "PRAGMA cache_size = 4") || db_begin(&outer, db))
        return 2;
    if (insert_until_it_fails(db, &kept) != ERR_FULL || unlink(path))
        return 3;
    enum err later = insert(db, 1000, "x");
    if (db_commit(&outer) == ERR_OK)
        return later || count(db) != kept + 1 ? 4 : 0;
    return count(db) == 0 && insert(db, 1, "x") == ERR_OK ? 0 : 5;
}

static void test_a_transaction_that_the_disk_ended_leaves_nothing(void **state)
{
    on_a_small_disk(*state, fill_within_a_transaction);
}

/* ---- Many at once
 * ----------------------------------------------------------------- */

enum { WRITES = 50 };

static int write_many(struct folder *folder, int64_t from)
{
    struct db *db = open_db(folder);
    for (int64_t i = from; i < from + WRITES; i++) {
        struct db_transaction transaction = {0};
        if (db_begin(&transaction, db) || insert(db, i, "x") ||
            db_commit(&transaction))
            return 1;
    }
    db_close(db);
    return 0;
}

static void test_two_processes_write_at_once(void **state)
{
    struct folder *folder = *state;
    db_close(open_db(folder));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(write_many(folder, 1000));
    assert_int_equal(write_many(folder, 0), 0);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    DEFER(close_db) struct db *db = open_db(folder);
    assert_int_equal(count(db), 2 * WRITES);
}

static void *write_from_pool(void *context)
{
    struct db_pool *pool = context;
    for (int i = 0; i < WRITES; i++) {
        DEFER(db_lease_end) struct db_lease lease = db_lease_writer(pool);
        int64_t next = count(lease.db);
        if (insert(lease.db, next, "x"))
            return pool;
        DEFER(db_lease_end) struct db_lease reader = db_lease_reader(pool);
        if (count(reader.db) <= next)
            return pool;
    }
    return NULL;
}

static void test_a_pool_lends_each_connection_to_one_thread(void **state)
{
    struct folder *folder = *state;
    struct db_pool *pool;
    pthread_t threads[4];
    db_close(open_db(folder));
    assert_ok(folder, db_pool_create(folder->database, DB_WRITE, 2, &pool,
                                     &folder->fault));
    for (int i = 0; i < 4; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, write_from_pool, pool), 0);
    for (int i = 0; i < 4; i++) {
        void *failed;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    db_pool_destroy(pool);
}

static int64_t file_bytes(const char *path)
{
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    return about.st_size;
}

static void test_upkeep_is_left_to_another_connection(void **state)
{
    static char text[8000]; /* two pages */
    enum { ROWS = 1000 }; /* more than SQLite's own commits leave in the log */
    struct folder *folder = *state;
    DEFER(close_db) struct db *writer = open_db(folder);
    DEFER(close_db) struct db *reader = NULL;
    memset(text, 'x', sizeof text - 1);
    int64_t before = file_bytes(folder->database);
    DEFER(db_transaction_end) struct db_transaction transaction = {0};
    assert_ok(folder, db_begin(&transaction, writer));
    for (int64_t i = 0; i < ROWS; i++)
        assert_ok(folder, insert(writer, i, text));
    assert_ok(folder, db_commit(&transaction));
    assert_int_equal(file_bytes(folder->database), before);
    assert_ok(folder,
              db_open(folder->database, DB_READ, &reader, &folder->fault));
    assert_ok(folder, db_upkeep(reader));
    assert_true(file_bytes(folder->database) >
                before + ROWS * (int64_t)sizeof text);
    assert_int_equal(count(reader), ROWS);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, folder_open, folder_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_nobody_else_may_read_it),
        TEST(test_values_come_back),
        TEST(test_parameters_go_by_number_wherever_they_stand),
        TEST(test_a_failed_bind_sticks),
        TEST(test_one_statement_can_run_within_itself),
        TEST(test_duplicates_are_told),
        TEST(test_what_is_not_committed_is_rolled_back),
        TEST(test_an_inner_transaction_fails_alone),
        TEST(test_readers_see_one_state_and_cannot_write),
        TEST(test_a_locked_database_is_busy),
        TEST(test_long_writes_let_others_in),
        TEST(test_what_is_no_database_is_told),
        TEST(test_damage_is_found_by_the_check),
        TEST(test_what_would_run_by_itself_is_found),
        TEST(test_a_copy_is_one_state_though_others_write),
        TEST(test_a_full_disk_is_told_and_loses_nothing),
        TEST(test_a_transaction_that_the_disk_ended_leaves_nothing),
        TEST(test_two_processes_write_at_once),
        TEST(test_a_pool_lends_each_connection_to_one_thread),
        TEST(test_upkeep_is_left_to_another_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
