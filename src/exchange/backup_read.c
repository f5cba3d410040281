// SPDX-License-Identifier: Apache-2.0
/* A backup, checked, and a newspaper made of it. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/new_file.h"
#include "content/content.h"
#include "content/media.h"
#include "exchange/backup_archive.h"
#include "exchange/backup_internal.h"
#include "exchange/pack.h"

enum { STEP_BYTES = 64 * 1024 };

struct reading {
    const struct backup_options *options;
    bool restore; /* blobs and theme are kept, too */
    struct backup_summary summary;
    struct archive_reader archive;
    struct pack_reader *pack;
    int folder_fd;
    int64_t done_bytes;

    /* The names of the files that the database wants, walked beside those that
     * are in the backup. */
    struct db *db;
    struct db_query wanted;
    int64_t unmatched; /* wanted, and not in the backup */
    int64_t found;     /* blobs in the backup */
    int64_t listed;    /* lines of MISSING */
    char first_unmatched[BLOB_NAME_BYTES];
    struct fault *fault;
};

static enum err system_fault(struct reading *r, const char *name)
{
    int number = errno;
    enum err err = err_from_errno(number);
    return fault_set(r->fault, err, name, "cannot write %s: %s%s", name,
                     strerror(number),
                     err == ERR_FULL ? ": make room, or name a folder on "
                                       "another disk"
                                     : "");
}

static void count(struct reading *r, size_t len)
{
    r->done_bytes += (int64_t)len;
    if (r->options->progress)
        r->options->progress(r->options->context,
                             r->restore ? "restore" : "verify", r->done_bytes,
                             r->summary.database_bytes + r->summary.blob_bytes);
}

/* ---- Files -----------------------------------------------------------------
 */

/* The folders of a path that was checked: it leads nowhere else. */
static enum err make_folders(struct reading *r, const char *name)
{
    char path[TAR_NAME_BYTES_MAX + 1];
    snprintf(path, sizeof path, "%s", name);
    for (char *at = path; (at = strchr(at, '/')); at++) {
        *at = '\0';
        if (mkdirat(r->folder_fd, path, 0700) < 0 && errno != EEXIST)
            return system_fault(r, path);
        *at = '/';
    }
    return ERR_OK;
}

/* To fd, or nowhere when it is -1. */
static enum err copy_content(struct reading *r, int fd)
{
    char step[STEP_BYTES];
    for (size_t len = 1; len;) {
        enum err err =
            archive_read(&r->archive, step, sizeof step, &len, r->fault);
        if (err)
            return err;
        if (fd >= 0 && !write_whole(fd, str_of(step, len)))
            return system_fault(r, r->archive.file.name);
        count(r, len);
    }
    return ERR_OK;
}

static enum err take_file(struct reading *r)
{
    const struct tar_file *file = &r->archive.file;
    enum err err = make_folders(r, file->name);
    if (err)
        return err;
    int fd = openat(r->folder_fd, file->name,
                    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return system_fault(r, file->name);
    const struct timespec times[2] = {{.tv_sec = file->modified_s},
                                      {.tv_sec = file->modified_s}};
    err = copy_content(r, fd);
    if (!err)
        (void)!futimens(fd, times); /* of no consequence */
    close(fd);
    return err;
}

static enum err read_small(struct reading *r, struct buf *target)
{
    for (size_t len = 1; len;) {
        char step[STEP_BYTES];
        enum err err =
            archive_read(&r->archive, step, sizeof step, &len, r->fault);
        if (err)
            return err;
        buf_add(target, str_of(step, len));
    }
    if (!buf_err(target))
        return ERR_OK;
    return fault_set(r->fault, ERR_CORRUPT, r->archive.file.name,
                     "it is damaged at %s: the file is too long",
                     r->archive.file.name);
}

/* ---- Part by part ----------------------------------------------------------
 */

static enum err read_info(struct reading *r)
{
    DEFER(buf_finish) struct buf json;
    buf_init(&json, BACKUP_INFO_BYTES_MAX);
    enum err err = read_small(r, &json);
    if (!err)
        err = backup_info_read(buf_str(&json), &r->summary, r->fault);
    if (!err && r->summary.schema > content_schema_newest())
        err = fault_set(r->fault, ERR_NEWER, "schema",
                        "it was made by version %s, whose database has schema "
                        "%lld; this program knows %lld: use that version or a "
                        "newer one",
                        r->summary.program, (long long)r->summary.schema,
                        (long long)content_schema_newest());
    return err;
}

/* Only for reading: it stays as it was backed up. */
static enum err open_database(struct reading *r)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/" ARCHIVE_NAME_DATABASE,
             r->options->folder);
    enum err err = db_open(path, DB_READ, &r->db, r->fault);
    if (!err)
        err = db_check(r->db, r->fault);
    if (!err)
        r->wanted = db_query_begin(r->db, media_blobs_sql);
    return err;
}

static enum err read_database(struct reading *r)
{
    enum err err = take_file(r);
    return err ? err : open_database(r);
}

static void note_unmatched(struct reading *r, struct str name)
{
    r->unmatched++;
    if (!r->first_unmatched[0])
        snprintf(r->first_unmatched, sizeof r->first_unmatched, "%" PRI_STR,
                 ARG_STR(str_slice(name, 0, BLOB_NAME_BYTES - 1)));
}

/* Both are sorted: what the database wants before this one is not there. */
static enum err match_blob(struct reading *r, struct str blob)
{
    while (db_query_next(&r->wanted)) {
        struct str name = db_column_peek(&r->wanted, 0);
        if (str_eq(name, blob))
            return ERR_OK;
        note_unmatched(r, name);
    }
    enum err err = db_query_err(&r->wanted);
    if (err)
        return db_fault(r->db, err, r->fault);
    return fault_set(r->fault, ERR_CORRUPT, r->archive.file.name,
                     "it is damaged: %s is in it, which its database does not "
                     "name",
                     r->archive.file.name);
}

/* The name without its folder: the archive's reader has checked it. */
static enum err read_blob(struct reading *r)
{
    char name[BLOB_NAME_BYTES];
    struct str path =
        str_from(str_from_c(r->archive.file.name), strlen(ARCHIVE_NAME_BLOBS));
    snprintf(name, sizeof name, "%.2s%.*s", path.ptr,
             ARG_STR(str_from(path, 3)));
    enum err err = match_blob(r, str_from_c(name));
    if (!err)
        err = r->restore ? take_file(r) : copy_content(r, -1);
    r->found++;
    if (!err && memcmp(r->archive.digest_hex, name, DIGEST_HEX_BYTES - 1) != 0)
        backup_note_bad(&r->summary, &r->summary.damaged, name);
    return err;
}

static enum err read_theme(struct reading *r)
{
    r->summary.theme_files++;
    return r->restore ? take_file(r) : copy_content(r, -1);
}

static enum err read_missing(struct reading *r)
{
    for (size_t len = 1; len;) {
        char step[STEP_BYTES];
        enum err err =
            archive_read(&r->archive, step, sizeof step, &len, r->fault);
        if (err)
            return err;
        for (size_t i = 0; i < len; i++)
            r->listed += step[i] == '\n';
    }
    return ERR_OK;
}

static enum err read_parts(struct reading *r)
{
    static enum err (*const readers[ARCHIVE_PARTS])(struct reading *) = {
        [ARCHIVE_INFO] = read_info,       [ARCHIVE_DATABASE] = read_database,
        [ARCHIVE_BLOB] = read_blob,       [ARCHIVE_THEME] = read_theme,
        [ARCHIVE_MISSING] = read_missing,
    };
    enum err err;
    while (!(err = archive_next(&r->archive, r->fault))) {
        err = readers[r->archive.part](r);
        if (err)
            return err;
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* What the backup says of itself, what it holds and what its database wants
 * must agree. */
static enum err compare_counts(struct reading *r)
{
    if (!r->db)
        return fault_set(r->fault, ERR_CORRUPT, NULL,
                         "it is damaged: it has no database");
    while (db_query_next(&r->wanted))
        note_unmatched(r, db_column_peek(&r->wanted, 0));
    enum err err = db_query_err(&r->wanted);
    if (err)
        return db_fault(r->db, err, r->fault);
    if (r->unmatched != r->listed ||
        r->found + r->unmatched != r->summary.blobs)
        return fault_set(
            r->fault, ERR_CORRUPT, NULL,
            "it is damaged: it should hold %lld stored files and "
            "has %lld%s%s",
            (long long)(r->summary.blobs - r->listed), (long long)r->found,
            r->first_unmatched[0] ? "; the first to be missing is " : "",
            r->first_unmatched);
    if (r->unmatched) {
        r->summary.missing = r->unmatched;
        snprintf(r->summary.first_bad, sizeof r->summary.first_bad, "%s",
                 r->first_unmatched);
    }
    return ERR_OK;
}

/* ---- All of it -------------------------------------------------------------
 */

static enum err read_pack(void *context, void *target, size_t capacity,
                          size_t *ret_len, struct fault *fault)
{
    return pack_read(context, target, capacity, ret_len, fault);
}

static void reading_end(struct reading *r)
{
    db_query_end(&r->wanted);
    db_close(r->db);
    archive_reader_finish(&r->archive);
    pack_reader_free(&r->pack);
    if (r->folder_fd >= 0)
        close(r->folder_fd);
}

static enum err read_all(struct reading *r, int fd)
{
    r->folder_fd = open(r->options->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (r->folder_fd < 0)
        return fault_set(r->fault, err_from_errno(errno), NULL,
                         "cannot open the folder %s: %s", r->options->folder,
                         strerror(errno));
    enum err err = pack_read_begin(fd, r->options->key, &r->pack, r->fault);
    if (err)
        return err;
    archive_read_begin(&r->archive, (struct archive_input){read_pack, r->pack});
    err = read_parts(r);
    return err ? err : compare_counts(r);
}

static void remove_database(struct reading *r)
{
    static const char *const names[] = {ARCHIVE_NAME_DATABASE,
                                        ARCHIVE_NAME_DATABASE "-wal",
                                        ARCHIVE_NAME_DATABASE "-shm"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlinkat(r->folder_fd, names[i], 0);
}

enum err backup_verify(int fd, const struct backup_options *options,
                       struct backup_summary *ret_summary, struct fault *fault)
{
    DEFER(reading_end)
    struct reading r = {.options = options, .folder_fd = -1, .fault = fault};
    enum err err = read_all(&r, fd);
    if (r.folder_fd >= 0)
        remove_database(&r);
    if (!err)
        *ret_summary = r.summary;
    return err;
}

/* Opened once, so that the schema is this program's, and linked. */
static enum err bring_up(struct reading *r)
{
    struct content *content = NULL;
    db_query_end(&r->wanted);
    db_close(r->db);
    r->db = NULL;
    enum err err = content_open(r->options->folder, NULL, &content, r->fault);
    if (!err)
        err = content_link_media(content, r->fault);
    content_close(content);
    return err;
}

enum err backup_restore(int fd, const struct backup_options *options,
                        struct backup_summary *ret_summary, struct fault *fault)
{
    DEFER(reading_end)
    struct reading r = {
        .options = options, .restore = true, .folder_fd = -1, .fault = fault};
    enum err err = read_all(&r, fd);
    if (!err)
        err = bring_up(&r);
    if (!err && syncfs(r.folder_fd) < 0)
        err = system_fault(&r, options->folder);
    if (!err)
        *ret_summary = r.summary;
    return err;
}
