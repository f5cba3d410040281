// SPDX-License-Identifier: Apache-2.0
/* Whether the stored files are those that the database names, and the public
 * ones those that readers may have. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "content/content.h"
#include "content/content_check_internal.h"
#include "content/edit_internal.h"
#include "content/media.h"
#include "store/blob.h"

static const char restore_it[] =
    "take the file out of a backup ('zstd -dc BACKUP | tar x' when it is not "
    "encrypted, else 'broadsheet restore' into another folder), or give the "
    "article another picture";

/* ---- Stored files ----------------------------------------------------------
 */

static void check_size(struct checking *checking, const struct blob *blob,
                       int64_t size_bytes)
{
    int fd;
    int64_t size;
    struct fault fault = {0};
    enum err err =
        blob_open(content_blobs(checking->content), blob, &fd, &size, &fault);
    if (err) {
        check_found(checking, restore_it,
                    err == ERR_NOT_FOUND ? "the stored file %s is missing"
                                         : "the stored file %s cannot be read",
                    blob->name);
        return;
    }
    close(fd);
    if (size != size_bytes)
        check_found(checking, restore_it,
                    "the stored file %s has %lld bytes instead of %lld",
                    blob->name, (long long)size, (long long)size_bytes);
}

static void check_bytes(struct checking *checking, const struct blob *blob)
{
    struct str bytes;
    struct fault fault = {0};
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    enum err err = blob_read(content_blobs(checking->content), blob,
                             BLOB_BYTES_MAX, &arena, &bytes, &fault);
    if (err == ERR_CORRUPT)
        check_found(checking, restore_it,
                    "the stored file %s is damaged: its bytes are not those "
                    "that were stored",
                    blob->name);
    else if (err)
        check_found(checking, restore_it, "%s", fault_text(&fault));
}

static enum err count_files(struct checking *checking, int64_t *ret_count)
{
    DEFER(db_query_end)
    struct db_query query = db_query_begin(
        checking->db, "SELECT COUNT(*) FROM (SELECT blob FROM medium"
                      " UNION SELECT blob FROM rendition) AS stored");
    enum err err = db_query_row(&query);
    if (!err)
        *ret_count = db_column_i64(&query, 0);
    return db_fault(checking->db, err, checking->fault);
}

enum err check_files(struct checking *checking)
{
    int64_t total = 0, done = 0;
    enum err err = count_files(checking, &total);
    if (err)
        return err;
    DEFER(db_query_end)
    struct db_query query = db_query_begin(checking->db, media_blobs_sql);
    while (db_query_next(&query)) {
        struct blob blob;
        struct str name = db_column_peek(&query, 0);
        int64_t before = checking->findings;
        if (blob_parse(name, &blob)) {
            check_found(checking, "restore a backup",
                        "a medium names the file \"%" PRI_STR
                        "\", which cannot be one",
                        ARG_STR(name));
            continue;
        }
        check_size(checking, &blob, db_column_i64(&query, 1));
        if (checking->options->deep && checking->findings == before)
            check_bytes(checking, &blob);
        check_progress(checking, ++done, total);
    }
    return db_fault(checking->db, db_query_err(&query), checking->fault);
}

/* ---- Public files ----------------------------------------------------------
 */

/* Whether readers may have the file of this public name (its first digits and
 * a dot), or will soon not have it any more. */
static const char may_be_public_sql[] =
    "SELECT 1 FROM ("
    " SELECT id, blob FROM medium WHERE blob >= $1 AND blob < $1 || 'g'"
    "  AND " MEDIA_CAME_IS_PUBLIC_SQL
    " UNION ALL SELECT medium_id, rendition.blob FROM rendition"
    "  JOIN medium ON medium.id = medium_id"
    "  WHERE rendition.blob >= $1 AND rendition.blob < $1 || 'g'"
    "  AND (rendition.made = 1 OR " MEDIA_CAME_IS_PUBLIC_SQL ")) AS stored"
    " WHERE EXISTS (SELECT 1 FROM article_medium"
    "  JOIN article ON article.id = article_id"
    "  WHERE medium_id = stored.id AND article.state = 'published')"
    " OR EXISTS (SELECT 1 FROM person WHERE picture_id = stored.id)"
    " UNION ALL SELECT 1 FROM media_hiding"
    "  WHERE blob >= $1 AND blob < $1 || 'g'";

struct public_check {
    struct checking *checking;
    struct db *db; /* what is asked: see check_public_files */
    bool tell;
    int64_t wrong;
    char folder[PATH_MAX];
};

static void surplus(struct public_check *check, const char *name)
{
    check->wrong++;
    if (check->tell)
        check_found(check->checking,
                    "'broadsheet check --repair' takes it away",
                    "the file media/%s is public, and nothing that is "
                    "published shows it",
                    name);
}

/* Names that are none of ours are not given to readers (edge_media.c). */
static bool is_public_name(const char *name)
{
    size_t digits = strspn(name, "0123456789abcdef");
    return digits == BLOB_PUBLIC_DIGITS && name[digits] == '.';
}

static enum err check_surplus(struct public_check *check)
{
    DIR *folder = opendir(check->folder);
    if (!folder)
        return fault_set(check->checking->fault, err_from_errno(errno),
                         check->folder, "cannot look into %s: %s",
                         check->folder, strerror(errno));
    DEFER(db_query_end)
    struct db_query query = db_query_begin(check->db, may_be_public_sql);
    enum err err = ERR_OK;
    for (struct dirent *entry;
         (!err || err == ERR_NOT_FOUND) && (entry = readdir(folder));) {
        if (!is_public_name(entry->d_name))
            continue;
        db_query_rewind(&query);
        db_bind_str(&query, str_of(entry->d_name, BLOB_PUBLIC_DIGITS));
        err = db_query_row(&query);
        if (err == ERR_NOT_FOUND)
            surplus(check, entry->d_name);
    }
    closedir(folder);
    return err && err != ERR_NOT_FOUND
               ? db_fault(check->db, err, check->checking->fault)
               : ERR_OK;
}

static enum err check_absent(struct public_check *check)
{
    DEFER(db_query_end)
    struct db_query query = db_query_begin(check->db, media_public_sql);
    while (db_query_next(&query)) {
        struct blob blob;
        if (blob_parse(db_column_peek(&query, 0), &blob) ||
            blob_is_public(content_blobs(check->checking->content), &blob))
            continue;
        check->wrong++;
        if (check->tell)
            check_found(check->checking,
                        "'broadsheet check --repair' makes it public",
                        "the file %s is shown to readers, who cannot have it: "
                        "it is not in media/",
                        blob.name);
    }
    return db_fault(check->db, db_query_err(&query), check->checking->fault);
}

static enum err look(struct public_check *check)
{
    enum err err = check_surplus(check);
    return err ? err : check_absent(check);
}

static void close_db(struct db **db)
{
    db_close(*db);
}

/* While nobody writes: a file is linked before the commit that publishes it,
 * and unlinked behind the one that withdraws it. */
static enum err look_again(struct public_check *check)
{
    char path[PATH_MAX];
    DEFER(close_db) struct db *db = NULL;
    DEFER(db_transaction_end) struct db_transaction transaction = {0};
    snprintf(path, sizeof path, "%s/broadsheet.db",
             content_directory(check->checking->content));
    check->tell = true;
    if (db_open(path, DB_WRITE, &db, NULL))
        return look(check); /* nobody can write there */
    enum err err = db_begin(&transaction, db);
    if (err)
        return db_fault(db, err, check->checking->fault);
    check->db = db;
    return look(check);
}

enum err check_public_files(struct checking *checking)
{
    struct public_check check = {.checking = checking, .db = checking->db};
    check_progress(checking, 0, 0);
    int len = snprintf(check.folder, sizeof check.folder, "%s/media",
                       content_directory(checking->content));
    if (len < 0 || (size_t)len >= sizeof check.folder)
        return fault_set(checking->fault, ERR_TOO_LONG, NULL,
                         "the path of the newspaper is too long");
    enum err err = look(&check);
    return err || !check.wrong ? err : look_again(&check);
}

/* ---- Repair ----------------------------------------------------------------
 */

static enum err remove_surplus(struct edit *edit, const char *folder)
{
    DIR *open_folder = opendir(folder);
    if (!open_folder)
        return fault_set(edit->fault, err_from_errno(errno), folder,
                         "cannot look into %s: %s", folder, strerror(errno));
    DEFER(db_query_end)
    struct db_query query = db_query_begin(edit->db, may_be_public_sql);
    enum err err = ERR_OK;
    for (struct dirent *entry; !err && (entry = readdir(open_folder));) {
        if (!is_public_name(entry->d_name))
            continue;
        db_query_rewind(&query);
        db_bind_str(&query, str_of(entry->d_name, BLOB_PUBLIC_DIGITS));
        err = db_query_row(&query);
        if (err == ERR_NOT_FOUND)
            err = unlinkat(dirfd(open_folder), entry->d_name, 0) < 0
                      ? err_from_errno(errno)
                      : ERR_OK;
    }
    closedir(open_folder);
    return edit_failed(edit, err);
}

/* Within the edit, so that nobody publishes or withdraws meanwhile. */
enum err repair_public_files(struct edit *edit)
{
    char folder[PATH_MAX];
    int len = snprintf(folder, sizeof folder, "%s/media",
                       content_directory(edit->content));
    if (len < 0 || (size_t)len >= sizeof folder)
        return fault_set(edit->fault, ERR_TOO_LONG, NULL,
                         "the path of the newspaper is too long");
    enum err err = content_link_media(edit->content, edit->fault);
    return err ? err : remove_surplus(edit, folder);
}
