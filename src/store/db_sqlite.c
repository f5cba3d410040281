// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/db_driver.h"
#include "store/search_sqlite.h"

/* FULL outlives a power cut, NORMAL does not. Nothing is mapped into memory:
 * each connection would count the same pages again, and one that cannot be
 * read would end the process instead of being an error. The system's cache
 * keeps what is used; our own is for what one statement comes back to. */
static const char setup_sql[] =
    "PRAGMA foreign_keys = ON;"
    "PRAGMA trusted_schema = OFF;" /* it may come from a stranger's backup */
    "PRAGMA synchronous = FULL;"
    "PRAGMA secure_delete = OFF;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA mmap_size = 0;"
    "PRAGMA journal_size_limit = 67108864;"; /* of the log after a checkpoint */

/* ---- Errors -----------------------------------------------------------------
 */

/* SQLite says FULL for ENOSPC; what the system said last is the best there is
 * for quotas, and only fresh after a failed call. */
static bool disk_is_full(int code, int number)
{
    bool asked_system = code == SQLITE_IOERR || code == SQLITE_CANTOPEN;
    return code == SQLITE_FULL ||
           (asked_system && (number == ENOSPC || number == EDQUOT));
}

static enum err err_of(sqlite3 *handle, int result)
{
    int code = result & 0xff;
    int number = sqlite3_system_errno(handle);
    if (disk_is_full(code, number))
        return ERR_FULL;
    switch (code) {
    case SQLITE_OK:
        return ERR_OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ERR_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ERR_CORRUPT;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return ERR_DENIED;
    case SQLITE_CANTOPEN:
        return number ? err_from_errno(number) : ERR_IO;
    case SQLITE_CONSTRAINT:
        return result == SQLITE_CONSTRAINT_UNIQUE ||
                       result == SQLITE_CONSTRAINT_PRIMARYKEY
                   ? ERR_EXISTS
                   : ERR_CONFLICT;
    case SQLITE_NOMEM:
        return ERR_NO_MEMORY;
    case SQLITE_TOOBIG:
        return ERR_TOO_LONG;
    case SQLITE_IOERR:
        return ERR_IO;
    default:
        return ERR_INTERNAL;
    }
}

static const char *remedy_of(enum err err)
{
    switch (err) {
    case ERR_BUSY:
        return "another program is writing to it: try again, or end a program "
               "that hangs";
    case ERR_FULL:
        return "the disk is full: make room; nothing that was stored is lost";
    case ERR_CORRUPT:
        return "the file is damaged or not a database: restore a backup";
    case ERR_DENIED:
        return "this user may not write to it: give the user the right to "
               "write the file and its folder";
    case ERR_NOT_FOUND:
        return "there is no such file";
    case ERR_IO:
        return "reading or writing failed, so nothing of this was stored; "
               "look at the disk (dmesg), at quotas and at limits on the size "
               "of files";
    default:
        return "see the database's own words";
    }
}

static enum err fail(sqlite3 *handle, int result, struct fault *fault)
{
    enum err err = err_of(handle, result);
    const char *path = sqlite3_db_filename(handle, "main");
    return fault_set(fault, err, NULL, "database %s: %s (%s)",
                     path && *path ? path : "in memory", remedy_of(err),
                     sqlite3_errmsg(handle));
}

/* ---- Connections ------------------------------------------------------------
 */

static enum err run_script(void *connection, const char *sql,
                           struct fault *fault)
{
    sqlite3 *handle = connection;
    int result = sqlite3_exec(handle, sql, NULL, NULL, NULL);
    if (result == SQLITE_OK)
        return ERR_OK;
    return fail(handle, sqlite3_extended_errcode(handle), fault);
}

static int first_text(void *context, int count, char **values, char **names)
{
    (void)names;
    char *target = context;
    if (count && values[0] && !*target)
        snprintf(target, 512, "%s", values[0]);
    return 0;
}

/* The log in the file's header; the first use of the file happens here. */
static enum err use_wal(sqlite3 *handle, struct fault *fault)
{
    char mode[512] = "";
    int result = sqlite3_exec(handle, "PRAGMA journal_mode = WAL", first_text,
                              mode, NULL);
    if (result != SQLITE_OK)
        return fail(handle, sqlite3_extended_errcode(handle), fault);
    if (strcmp(mode, "wal") == 0)
        return ERR_OK;
    return fault_set(fault, ERR_UNSUPPORTED, NULL,
                     "database %s: the file system cannot carry a write-ahead "
                     "log (journal mode is %s): use a local disk",
                     sqlite3_db_filename(handle, "main"), mode);
}

/* Of an archive a writer touches pages everywhere: those above the leaves are
 * to be in memory. Whoever writes much has the log worked off meanwhile
 * (db_upkeep), so that no commit waits for it; a commit does it only when the
 * log has grown to 256 MB all the same. */
static const char writer_sql[] = "PRAGMA cache_size = -64000;" /* KiB */
                                 "PRAGMA wal_autocheckpoint = 65536";

/* SQLite's own handler waits longer each time, up to a tenth of a second: then
 * one who writes all the time (an import) would hardly ever be found resting.
 */
static int wait_for_turn(void *timeout_ms, int tries)
{
    if (tries * DB_ASK_EVERY_MS >= (intptr_t)timeout_ms)
        return 0;
    nanosleep(&(struct timespec){.tv_nsec = DB_ASK_EVERY_MS * 1000000}, NULL);
    return 1;
}

static void set_timeout(void *connection, int timeout_ms)
{
    sqlite3_busy_handler(connection, wait_for_turn,
                         (void *)(intptr_t)timeout_ms);
}

/* Counting what SQLite holds takes one lock of the whole process for each piece
 * of memory, and nobody asks. */
static void configure(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static enum err set_up(sqlite3 *handle, enum db_access access,
                       struct fault *fault)
{
    sqlite3_extended_result_codes(handle, 1);
    set_timeout(handle, DB_BUSY_TIMEOUT_MS);
    int result = search_sqlite_register(handle);
    if (result != SQLITE_OK)
        return fault_set(fault, ERR_UNSUPPORTED, NULL,
                         "this SQLite library lacks full-text search: install "
                         "one that was built with FTS5, as Debian's is");
    enum err err = run_script(handle, setup_sql, fault);
    if (err)
        return err;
    if (access == DB_READ)
        /* Reads the schema, so that what is no database is told at once. */
        return run_script(handle,
                          "PRAGMA query_only = ON;"
                          "PRAGMA cache_size = -2000;" /* KiB */
                          "SELECT 1 FROM sqlite_schema",
                          fault);
    if (sqlite3_db_readonly(handle, "main") == 1)
        return fault_set(fault, ERR_DENIED, NULL, "database %s: %s",
                         sqlite3_db_filename(handle, "main"),
                         remedy_of(ERR_DENIED));
    err = run_script(handle, writer_sql, fault);
    return err ? err : use_wal(handle, fault);
}

/* Drafts are nobody else's to read. SQLite gives the files beside the database
 * the same mode. */
static void make_private(const char *location)
{
    int fd = open(location, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0) /* else SQLite will say why */
        close(fd);
}

static enum err sqlite_open(const char *location, enum db_access access,
                            void **ret_connection, struct fault *fault)
{
    static pthread_once_t configured = PTHREAD_ONCE_INIT;
    pthread_once(&configured, configure);
    struct stat info;
    if (access != DB_CREATE && stat(location, &info) < 0)
        return fault_set(fault, err_from_errno(errno), NULL, "database %s: %s",
                         location, strerror(errno));
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                (access == DB_CREATE ? SQLITE_OPEN_CREATE : 0);
    sqlite3 *handle = NULL;
    if (access == DB_CREATE)
        make_private(location);
    int result = sqlite3_open_v2(location, &handle, flags, NULL);
    if (!handle)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    enum err err = result == SQLITE_OK ? set_up(handle, access, fault)
                                       : fail(handle, result, fault);
    if (err) {
        sqlite3_close(handle);
        return err;
    }
    *ret_connection = handle;
    return ERR_OK;
}

static void sqlite_close(void *connection)
{
    int result = sqlite3_close(connection);
    assert(result == SQLITE_OK); /* a query is still open */
    (void)result;
}

static bool in_transaction(void *connection)
{
    return !sqlite3_get_autocommit(connection);
}

struct checking {
    db_found *found;
    void *context;
};

static int on_damage(void *context, int count, char **values, char **names)
{
    struct checking *checking = context;
    (void)names;
    if (count && values[0] && strcmp(values[0], "ok") != 0)
        checking->found(checking->context, values[0]);
    return 0;
}

static int on_reference(void *context, int count, char **values, char **names)
{
    struct checking *checking = context;
    char text[512];
    (void)names;
    snprintf(text, sizeof text,
             "row %s of table %s names a row of table %s that is not there",
             count > 1 && values[1] ? values[1] : "?",
             values[0] ? values[0] : "?",
             count > 2 && values[2] ? values[2] : "?");
    checking->found(checking->context, text);
    return 0;
}

/* No schema of ours has any: what they do happens with every later write, also
 * when the file came from somebody else. */
static const char foreign_sql[] =
    "SELECT 'it holds the ' || type || ' ' || name || ', which does not belong'"
    " || ' to this program' FROM sqlite_schema"
    " WHERE type IN ('trigger', 'view')";

static enum err check(void *connection, db_found *found, void *context,
                      struct fault *fault)
{
    sqlite3 *handle = connection;
    struct checking checking = {found, context};
    if (sqlite3_exec(handle, "PRAGMA integrity_check", on_damage, &checking,
                     NULL) != SQLITE_OK ||
        sqlite3_exec(handle, "PRAGMA foreign_key_check", on_reference,
                     &checking, NULL) != SQLITE_OK ||
        sqlite3_exec(handle, foreign_sql, on_damage, &checking, NULL) !=
            SQLITE_OK)
        return fail(handle, sqlite3_extended_errcode(handle), fault);
    return ERR_OK;
}

/* ---- Copying ----------------------------------------------------------------
 */

enum { COPY_PAGES_AT_ONCE = 4096 };

struct copying {
    sqlite3 *source, *target;
    int fd;
};

static void copying_end(struct copying *copying)
{
    sqlite3_close(copying->target);
    if (copying->fd >= 0)
        close(copying->fd);
}

static enum err copy_failed(const struct copying *copying, int result,
                            const char *folder, struct fault *fault)
{
    enum err err = err_of(copying->target, result);
    return fault_set(fault, err, NULL,
                     "the database cannot be copied into %s: %s (%s)", folder,
                     err == ERR_FULL ? "the disk is full: make room, or name "
                                       "another folder"
                                     : err_sentence(err),
                     sqlite3_errstr(result));
}

/* Opened by its name and then without one: what has been opened stays. */
static enum err copying_begin(struct copying *copying, const char *folder,
                              struct fault *fault)
{
    char path[PATH_MAX];
    int len = snprintf(path, sizeof path, "%s/.broadsheet-XXXXXX", folder);
    if (len < 0 || (size_t)len >= sizeof path)
        return fault_set(fault, ERR_TOO_LONG, NULL, "the path %s is too long",
                         folder);
    copying->fd = mkostemp(path, O_CLOEXEC);
    if (copying->fd < 0)
        return fault_set(fault, err_from_errno(errno), NULL,
                         "cannot write into the folder %s: %s", folder,
                         strerror(errno));
    int result =
        sqlite3_open_v2(path, &copying->target,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_exec(copying->target,
                              "PRAGMA journal_mode = OFF;"
                              "PRAGMA synchronous = OFF;",
                              NULL, NULL, NULL);
    unlink(path);
    return result == SQLITE_OK ? ERR_OK
                               : copy_failed(copying, result, folder, fault);
}

/* The backup goes page by page over a source that does not change, since its
 * connection is in a transaction that has read: it never has to begin anew. */
static int copy_pages(struct copying *copying, const struct db_copy *copy)
{
    sqlite3_backup *backup =
        sqlite3_backup_init(copying->target, "main", copying->source, "main");
    if (!backup)
        return sqlite3_errcode(copying->target);
    int result;
    do {
        result = sqlite3_backup_step(backup, COPY_PAGES_AT_ONCE);
        int64_t total = sqlite3_backup_pagecount(backup);
        if (copy->progress)
            copy->progress(copy->context,
                           total - sqlite3_backup_remaining(backup), total);
    } while (result == SQLITE_OK);
    int finished = sqlite3_backup_finish(backup);
    return result == SQLITE_DONE ? finished : result;
}

static enum err copy_file(void *connection, const struct db_copy *copy,
                          int *ret_fd, struct fault *fault)
{
    DEFER(copying_end)
    struct copying copying = {.source = connection, .fd = -1};
    assert(in_transaction(connection));
    enum err err =
        run_script(connection, "SELECT 1 FROM sqlite_schema LIMIT 1", fault);
    if (!err)
        err = copying_begin(&copying, copy->folder, fault);
    if (err)
        return err;
    int result = copy_pages(&copying, copy);
    if (result != SQLITE_OK)
        return copy_failed(&copying, result, copy->folder, fault);
    *ret_fd = copying.fd;
    copying.fd = -1;
    return ERR_OK;
}

/* ---- Statements -------------------------------------------------------------
 */

/* To SQLite "$2" is a name, which it would look for each time; "?2" is a
 * number. The caller frees it; NULL when there is no memory. */
static char *number_parameters(const char *sql)
{
    char *numbered = strdup(sql);
    for (char *at = numbered; at && (at = strchr(at, '$')); at++)
        if (at[1] >= '1' && at[1] <= '9')
            *at = '?';
    return numbered;
}

static enum err prepare(void *connection, const char *sql, void **ret_statement,
                        struct fault *fault)
{
    sqlite3 *handle = connection;
    sqlite3_stmt *statement = NULL;
    char *numbered = number_parameters(sql);
    int result = numbered ? sqlite3_prepare_v3(handle, numbered, -1,
                                               SQLITE_PREPARE_PERSISTENT,
                                               &statement, NULL)
                          : SQLITE_NOMEM;
    free(numbered);
    if (result != SQLITE_OK)
        return fail(handle, result, fault);
    *ret_statement = statement;
    return ERR_OK;
}

static void finish(void *statement)
{
    sqlite3_finalize(statement);
}

static void reset(void *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

static enum err bound(void *statement, int result)
{
    if (result == SQLITE_OK)
        return ERR_OK;
    if (result == SQLITE_RANGE)
        return ERR_INTERNAL;
    return err_of(sqlite3_db_handle(statement), result);
}

static enum err bind_str(void *statement, int index, struct str text)
{
    return bound(statement,
                 sqlite3_bind_text64(statement, index, text.len ? text.ptr : "",
                                     text.len, SQLITE_STATIC, SQLITE_UTF8));
}

static enum err bind_blob(void *statement, int index, struct str bytes)
{
    return bound(statement, sqlite3_bind_blob64(statement, index,
                                                bytes.len ? bytes.ptr : "",
                                                bytes.len, SQLITE_STATIC));
}

static enum err bind_i64(void *statement, int index, int64_t value)
{
    return bound(statement, sqlite3_bind_int64(statement, index, value));
}

static enum err bind_null(void *statement, int index)
{
    return bound(statement, sqlite3_bind_null(statement, index));
}

static enum err step(void *connection, void *statement, bool *ret_row,
                     struct fault *fault)
{
    int result = sqlite3_step(statement);
    if (result == SQLITE_ROW || result == SQLITE_DONE) {
        *ret_row = result == SQLITE_ROW;
        return ERR_OK;
    }
    return fail(connection, result, fault);
}

static int64_t changed(void *connection)
{
    return sqlite3_changes64(connection);
}

static int64_t column_i64(void *statement, int column)
{
    return sqlite3_column_int64(statement, column);
}

static struct str column_str(void *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    if (!text)
        return STR("");
    return str_of(text, (size_t)sqlite3_column_bytes(statement, column));
}

static struct str column_blob(void *statement, int column)
{
    const char *bytes = sqlite3_column_blob(statement, column);
    if (!bytes)
        return STR("");
    return str_of(bytes, (size_t)sqlite3_column_bytes(statement, column));
}

static bool column_is_null(void *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL;
}

const struct db_driver db_sqlite_driver = {
    .name = "sqlite",
    .begin_write = "BEGIN IMMEDIATE",
    .begin_read = "BEGIN",
    .open = sqlite_open,
    .close = sqlite_close,
    .set_timeout = set_timeout,
    .in_transaction = in_transaction,
    .run_script = run_script,
    .check = check,
    .copy = copy_file,
    .prepare = prepare,
    .finish = finish,
    .reset = reset,
    .bind_str = bind_str,
    .bind_blob = bind_blob,
    .bind_i64 = bind_i64,
    .bind_null = bind_null,
    .step = step,
    .changed = changed,
    .column_i64 = column_i64,
    .column_str = column_str,
    .column_blob = column_blob,
    .column_is_null = column_is_null,
    .upkeep = "PRAGMA wal_checkpoint(PASSIVE)",
    .explain = "EXPLAIN QUERY PLAN",
    .explain_column = 3,
};
