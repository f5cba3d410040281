// SPDX-License-Identifier: Apache-2.0
/* restore: a newspaper out of a backup. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "cli/backup_key.h"
#include "cli/command_table.h"
#include "cli/newspaper.h"

enum { FOLDERS_OPEN_MAX = 16 };

struct restoring {
    const char *directory;
    bool made;             /* the directory was not there before */
    char inside[PATH_MAX]; /* where all is made and checked first, or "" */
};

static enum err fail(struct fault *fault, const char *doing, const char *path)
{
    int number = errno;
    return fault_set(fault, err_from_errno(number), path, "cannot %s %s: %s",
                     doing, path, strerror(number));
}

static enum err check_empty(const char *directory, struct fault *fault)
{
    enum newspaper_folder folder;
    enum err err = newspaper_look(directory, &folder, fault);
    if (err || folder == NEWSPAPER_FOLDER_EMPTY)
        return err;
    return fault_set(fault, ERR_EXISTS, directory,
                     "%s is not empty%s; nothing is overwritten: name a folder "
                     "that is empty or not there yet",
                     directory,
                     folder == NEWSPAPER_FOLDER_OURS ? ", a newspaper is in it"
                                                     : "");
}

/* Inside the folder itself, since that may be a disk of its own. */
static enum err begin(struct restoring *restoring, const char *directory,
                      struct fault *fault)
{
    *restoring = (struct restoring){.directory = directory};
    enum err err = check_empty(directory, fault);
    if (err)
        return err;
    restoring->made = access(directory, F_OK) < 0;
    err = folder_make(directory, fault);
    if (err)
        return err;
    int len = snprintf(restoring->inside, sizeof restoring->inside,
                       "%s/.restoring-XXXXXX", directory);
    bool fits = len > 0 && (size_t)len < sizeof restoring->inside;
    errno = ENAMETOOLONG;
    if (fits && mkdtemp(restoring->inside))
        return ERR_OK;
    restoring->inside[0] = '\0';
    return fail(fault, "make a folder in", directory);
}

static int remove_one(const char *path, const struct stat *info, int kind,
                      struct FTW *place)
{
    (void)info, (void)kind, (void)place;
    remove(path);
    return 0;
}

/* Forgets what did not come to its end. */
static void finish(struct restoring *restoring)
{
    if (restoring->inside[0])
        nftw(restoring->inside, remove_one, FOLDERS_OPEN_MAX,
             FTW_DEPTH | FTW_PHYS);
    if (restoring->made) /* stays when there is something in it */
        rmdir(restoring->directory);
}

static enum err sync_folder(const char *path, struct fault *fault)
{
    DEFER(fd_close) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) < 0)
        return fail(fault, "sync", path);
    return ERR_OK;
}

/* The database last: before it is there, there is no newspaper. */
static enum err move_up(struct restoring *restoring, struct arena *arena,
                        struct fault *fault)
{
    static const char *const names[] = {"blobs", "media", "theme",
                                        "broadsheet.db"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str from =
            arena_printf(arena, "%s/%s", restoring->inside, names[i]);
        struct str to =
            arena_printf(arena, "%s/%s", restoring->directory, names[i]);
        if (rename(from.ptr, to.ptr) < 0 && errno != ENOENT)
            return fail(fault, "move into place", to.ptr);
        enum err err = sync_folder(restoring->directory, fault);
        if (err)
            return err;
    }
    return ERR_OK;
}

static enum err restore(const struct command_line *line,
                        struct restoring *restoring,
                        struct backup_summary *summary, struct fault *fault)
{
    const char *path = line->arguments[0];
    DEFER(fd_close) int fd = -1;
    DEFER(seal_key_forget) struct seal_key key;
    enum err err = backup_key_load(line, &key, fault);
    if (!err)
        err = backup_open(path, &fd, fault);
    if (!err)
        err = begin(restoring, line->arguments[1], fault);
    if (err)
        return err;
    const struct backup_options options = {
        .key = &key,
        .folder = restoring->inside,
        .progress = backup_progress,
        .context = line->output,
    };
    err = backup_restore(fd, &options, summary, fault);
    if (err)
        return backup_fault(err, path, fault);
    return move_up(restoring, line->arena, fault);
}

static enum err run(const struct command_line *line, struct fault *fault)
{
    struct backup_summary summary;
    struct restoring restoring = {.inside = ""};
    enum err err = restore(line, &restoring, &summary, fault);
    if (!err)
        restoring.made = false;
    finish(&restoring);
    if (err)
        return err;
    err = backup_tell(line, "Restored", line->arguments[0], &summary, fault);
    if (!err)
        output_tell(line->output, "Put it on the web: broadsheet serve %s",
                    line->arguments[1]);
    return err;
}

const struct command command_restore = {
    .name = "restore",
    .summary = "make a newspaper of a backup, in a folder of its own",
    .details =
        "Everything is checked before anything is in its place: each file "
        "against its sum, the database, and that every file it names is "
        "there. A folder that has anything in it is left alone. A backup of an "
        "older version is brought up to this one.",
    .shared = COMMAND_JSON,
    .arguments =
        (const struct command_argument[]){
            {.name = "FILE", .summary = "the backup, or - for standard input"},
            {.name = "DIR",
             .summary = "the folder to be, empty or not there yet"},
            {0}},
    .options = (const struct command_option[]){BACKUP_KEY_OPTIONS, {0}},
    .examples =
        (const struct command_example[]){
            {"restore paper-monday.backup paper", "Into the folder paper"},
            {"restore --key-file paper.key paper.backup paper",
             "One that is encrypted"},
            {0}},
    .run = run,
};
