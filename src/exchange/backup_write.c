// SPDX-License-Identifier: Apache-2.0
/* A newspaper into one file. */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/new_file.h"
#include "base/time.h"
#include "base/utf8.h"
#include "content/content.h"
#include "content/media.h"
#include "content/settings.h"
#include "exchange/backup_archive.h"
#include "exchange/backup_internal.h"
#include "exchange/pack.h"

enum {
    THEME_DEPTH_MAX = 8,
    THEME_FILES_MAX = 10 * 1000,
    PACKED_SHARE = 4, /* a database becomes this many times smaller, or not
                         much more; pictures do not */
};

struct writing {
    struct content *content;
    const struct backup_options *options;
    struct backup_summary summary;
    struct archive_writer archive;
    FILE *names;     /* of the stored files, a line each */
    int database_fd; /* the copy */
    struct buf missing;
    int64_t done_bytes;
    struct fault *fault;
};

static void tell(struct writing *w, const char *what, int64_t done,
                 int64_t total)
{
    if (w->options->progress)
        w->options->progress(w->options->context, what, done, total);
}

static enum err open_spool(const char *folder, FILE **ret_file,
                           struct fault *fault)
{
    int fd;
    enum err err = file_without_name(folder, &fd, fault);
    if (err)
        return err;
    *ret_file = fdopen(fd, "w+");
    if (*ret_file)
        return ERR_OK;
    close(fd);
    return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
}

/* ---- One state of the newspaper --------------------------------------------
 */

static enum err note_settings(struct writing *w, struct db *db)
{
    struct settings settings;
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    enum err err = content_schema(db, &w->summary.schema);
    if (!err)
        err = settings_load(db, STR(""), &arena, &settings);
    if (err)
        return db_fault(db, err, w->fault);
    struct str name = utf8_cut(settings.name, BACKUP_NAME_BYTES - 1);
    snprintf(w->summary.name, sizeof w->summary.name, "%" PRI_STR,
             ARG_STR(name));
    return ERR_OK;
}

static enum err note_blobs(struct writing *w, struct db *db)
{
    DEFER(db_query_end)
    struct db_query query = db_query_begin(db, media_blobs_sql);
    while (db_query_next(&query)) {
        struct str name = db_column_peek(&query, 0);
        w->summary.blobs++;
        w->summary.blob_bytes += db_column_i64(&query, 1);
        fprintf(w->names, "%" PRI_STR "\n", ARG_STR(name));
    }
    enum err err = db_query_err(&query);
    if (err)
        return db_fault(db, err, w->fault);
    if (fflush(w->names) || fseek(w->names, 0, SEEK_SET))
        return fault_set(w->fault, err_from_errno(errno), NULL,
                         "the list of files cannot be written: %s",
                         strerror(errno));
    return ERR_OK;
}

/* ---- Room ------------------------------------------------------------------
 */

static double mebibytes(int64_t bytes)
{
    return (double)bytes / (1 << 20);
}

/* At least. Of its log nobody knows how much is old. */
static int64_t database_size(const struct writing *w)
{
    char path[PATH_MAX];
    struct stat info;
    snprintf(path, sizeof path, "%s/" ARCHIVE_NAME_DATABASE,
             content_directory(w->content));
    return stat(path, &info) == 0 ? info.st_size : 0;
}

/* Better no backup after a second than half a one after an hour. */
static enum err look_for_room(struct writing *w)
{
    struct statvfs info;
    int64_t database = database_size(w);
    int64_t packed = database / PACKED_SHARE + w->summary.blob_bytes;
    if (!w->options->needs_room || statvfs(w->options->folder, &info) < 0)
        return ERR_OK;
    int64_t room = (int64_t)info.f_bavail * (int64_t)info.f_frsize;
    if (room >= database + packed)
        return ERR_OK;
    return fault_set(
        w->fault, ERR_FULL, w->options->folder,
        "the backup needs about %.1f MiB in %s (%.1f for itself, %.1f for a "
        "copy of the database meanwhile), and %.1f MiB are free there: make "
        "room, or name a file on another disk",
        mebibytes(database + packed), w->options->folder, mebibytes(packed),
        mebibytes(database), mebibytes(room));
}

static void on_copied(void *context, int64_t done, int64_t total)
{
    tell(context, "database", done, total);
}

/* All of it within one transaction. It ends with the copy, so that the log of
 * the database can be worked off while the rest is written. */
static enum err take_state(struct writing *w)
{
    struct stat info;
    DEFER(db_lease_end) struct db_lease lease = content_reader(w->content);
    DEFER(db_transaction_end) struct db_transaction transaction = {0};
    enum err err = db_begin_read(&transaction, lease.db);
    if (err)
        return db_fault(lease.db, err, w->fault);
    err = note_settings(w, lease.db);
    if (!err)
        err = note_blobs(w, lease.db);
    if (!err)
        err = look_for_room(w);
    if (!err) {
        const struct db_copy copy = {w->options->folder, on_copied, w};
        err = db_copy_file(lease.db, &copy, &w->database_fd, w->fault);
    }
    if (!err && fstat(w->database_fd, &info) < 0)
        err = fault_set(w->fault, err_from_errno(errno), NULL,
                        "the copy of the database: %s", strerror(errno));
    if (!err)
        w->summary.database_bytes = info.st_size;
    return err;
}

/* ---- Files -----------------------------------------------------------------
 */

static enum err write_info(struct writing *w)
{
    DEFER(buf_finish) struct buf json;
    buf_init(&json, BACKUP_INFO_BYTES_MAX);
    enum err err = backup_info_write(&w->summary, &json);
    if (err)
        return fault_set(w->fault, err, NULL, "the backup's head: %s",
                         err_sentence(err));
    return archive_write_bytes(&w->archive, ARCHIVE_NAME_INFO, buf_str(&json),
                               w->summary.created_us / TIME_US_PER_SECOND,
                               w->fault);
}

static enum err write_database(struct writing *w)
{
    char digest[DIGEST_HEX_BYTES];
    struct tar_file file = {
        .name = ARCHIVE_NAME_DATABASE,
        .size = w->summary.database_bytes,
        .modified_s = w->summary.created_us / TIME_US_PER_SECOND,
    };
    enum err err =
        archive_write_fd(&w->archive, &file, w->database_fd, digest, w->fault);
    w->done_bytes += file.size;
    return err;
}

/* A file that is missing is told, and the others go on. */
static void note_missing(struct writing *w, const char *name)
{
    backup_note_bad(&w->summary, &w->summary.missing, name);
    buf_printf(&w->missing, "%s\n", name);
}

static enum err write_blob(struct writing *w, const char *name)
{
    struct blob blob;
    struct stat info;
    char digest[DIGEST_HEX_BYTES];
    int64_t size;
    int fd = -1;
    if (blob_parse(str_from_c(name), &blob) ||
        blob_open(content_blobs(w->content), &blob, &fd, &size, NULL)) {
        note_missing(w, name);
        return ERR_OK;
    }
    struct tar_file file = {.size = size};
    if (fstat(fd, &info) == 0)
        file.modified_s = info.st_mtime;
    backup_blob_path(&blob, file.name, sizeof file.name);
    enum err err = archive_write_fd(&w->archive, &file, fd, digest, w->fault);
    close(fd);
    if (!err && memcmp(digest, blob.name, DIGEST_HEX_BYTES - 1) != 0)
        backup_note_bad(&w->summary, &w->summary.damaged, name);
    w->done_bytes += size;
    tell(w, "backup", w->done_bytes,
         w->summary.database_bytes + w->summary.blob_bytes);
    return err;
}

static enum err write_blobs(struct writing *w)
{
    char line[BACKUP_LINE_BYTES_MAX];
    enum err err = ERR_OK;
    while (!err && fgets(line, sizeof line, w->names)) {
        line[strcspn(line, "\n")] = '\0';
        err = write_blob(w, line);
    }
    return err;
}

static enum err write_missing(struct writing *w)
{
    if (!w->missing.len)
        return ERR_OK;
    if (buf_err(&w->missing))
        return fault_set(w->fault, buf_err(&w->missing), NULL,
                         "too many stored files are missing to list them; "
                         "'broadsheet check' tells what is wrong");
    return archive_write_bytes(
        &w->archive, ARCHIVE_NAME_MISSING, buf_str(&w->missing),
        w->summary.created_us / TIME_US_PER_SECOND, w->fault);
}

/* ---- The theme -------------------------------------------------------------
 */

struct theme {
    struct arena *arena;
    const char *paths[THEME_FILES_MAX]; /* below theme/ */
    size_t count;
};

/* Hidden files and what is no file are no part of a theme. */
static void collect(struct theme *theme, const char *folder, struct str below,
                    int depth)
{
    DIR *open_folder = depth < THEME_DEPTH_MAX ? opendir(folder) : NULL;
    if (!open_folder)
        return;
    for (struct dirent *entry; (entry = readdir(open_folder));) {
        struct stat info;
        if (entry->d_name[0] == '.')
            continue;
        struct str path =
            arena_printf(theme->arena, "%s/%s", folder, entry->d_name);
        struct str name =
            arena_printf(theme->arena, "%" PRI_STR "%s%s", ARG_STR(below),
                         below.len ? "/" : "", entry->d_name);
        if (stat(path.ptr, &info) < 0)
            continue;
        if (S_ISDIR(info.st_mode))
            collect(theme, path.ptr, name, depth + 1);
        else if (S_ISREG(info.st_mode) && theme->count < THEME_FILES_MAX &&
                 name.len < TAR_NAME_BYTES_MAX - sizeof ARCHIVE_NAME_THEME)
            theme->paths[theme->count++] = name.ptr;
    }
    closedir(open_folder);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum err write_theme_file(struct writing *w, const char *folder,
                                 const char *name)
{
    struct tar_file file;
    struct stat info;
    char path[PATH_MAX], digest[DIGEST_HEX_BYTES];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    snprintf(file.name, sizeof file.name, ARCHIVE_NAME_THEME "%s", name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) < 0) {
        enum err err = fault_set(w->fault, err_from_errno(errno), path,
                                 "cannot read %s: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return err;
    }
    file.size = info.st_size;
    file.modified_s = info.st_mtime;
    enum err err = archive_write_fd(&w->archive, &file, fd, digest, w->fault);
    close(fd);
    w->summary.theme_files++;
    return err;
}

static enum err write_theme(struct writing *w)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct theme *theme = arena_new(&arena, struct theme);
    theme->arena = &arena;
    const char *folder =
        arena_printf(&arena, "%s/theme", content_directory(w->content)).ptr;
    collect(theme, folder, STR(""), 0);
    qsort(theme->paths, theme->count, sizeof *theme->paths, by_name);
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < theme->count; i++)
        err = write_theme_file(w, folder, theme->paths[i]);
    return err;
}

/* ---- All of it -------------------------------------------------------------
 */

static enum err write_all(struct writing *w)
{
    enum err err = write_info(w);
    if (!err)
        err = write_database(w);
    if (!err)
        err = write_blobs(w);
    if (!err)
        err = write_theme(w);
    if (!err)
        err = write_missing(w);
    return err ? err : archive_write_end(&w->archive, w->fault);
}

static enum err write_archive(struct writing *w, int fd)
{
    DEFER(pack_writer_free) struct pack_writer *pack = NULL;
    enum err err = pack_write_begin(fd, w->options->key, &pack, w->fault);
    if (!err)
        err = archive_write_begin(&w->archive, pack, w->options->folder,
                                  w->fault);
    if (!err)
        err = write_all(w);
    return err ? err : pack_write_end(pack, w->fault);
}

static void writing_end(struct writing *w)
{
    archive_writer_finish(&w->archive);
    if (w->names)
        fclose(w->names);
    if (w->database_fd >= 0)
        close(w->database_fd);
    buf_finish(&w->missing);
}

enum err backup_write(struct content *content, int fd,
                      const struct backup_options *options,
                      struct backup_summary *ret_summary, struct fault *fault)
{
    assert(options && options->folder);
    DEFER(writing_end)
    struct writing w = {
        .content = content,
        .options = options,
        .database_fd = -1,
        .fault = fault,
        .summary = {.format = BACKUP_FORMAT,
                    .created_us = time_now_us(),
                    .program = BROADSHEET_VERSION},
    };
    buf_init(&w.missing, 1 << 26);
    enum err err = open_spool(options->folder, &w.names, fault);
    if (!err)
        err = take_state(&w);
    if (!err)
        err = write_archive(&w, fd);
    if (!err)
        *ret_summary = w.summary;
    return err;
}
