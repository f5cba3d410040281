// SPDX-License-Identifier: Apache-2.0
/* backup: all of a newspaper into one file. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/new_file.h"
#include "cli/backup_key.h"
#include "cli/command_table.h"
#include "cli/newspaper.h"

/* Where large things are kept for a while: /tmp may be memory. */
static const char *temporary_folder(void)
{
    const char *given = getenv("TMPDIR");
    return given && *given ? given : "/var/tmp";
}

/* ---- backup ----------------------------------------------------------------
 */

static enum err refuse_existing(const char *path, struct fault *fault)
{
    return fault_set(fault, ERR_EXISTS, path,
                     "%s is there already: name another file, or give --force "
                     "to replace it",
                     path);
}

static enum err back_up_to_file(const struct command_line *line,
                                struct content *content,
                                struct backup_options *options,
                                struct backup_summary *summary,
                                struct fault *fault)
{
    const char *path = line->arguments[0];
    bool force = command_flag(line, "force");
    char folder[PATH_MAX];
    if (!force && access(path, F_OK) == 0)
        return refuse_existing(path, fault);
    enum err err = path_folder(path, folder);
    if (err)
        return fault_set(fault, err, path, "the path is too long");
    options->folder = folder;
    options->needs_room = true;
    DEFER(new_file_end) struct new_file file = {.fd = -1};
    err = new_file_begin(&file, path, fault);
    if (!err)
        err = backup_write(content, file.fd, options, summary, fault);
    if (!err)
        err = new_file_commit(&file, force, fault);
    return err == ERR_EXISTS ? refuse_existing(path, fault) : err;
}

static enum err back_up_to_output(struct content *content,
                                  struct backup_options *options,
                                  struct backup_summary *summary,
                                  struct fault *fault)
{
    if (isatty(STDOUT_FILENO))
        return fault_set(fault, ERR_USAGE, "FILE",
                         "a backup is nothing to look at: send standard output "
                         "to a file or a program");
    options->folder = temporary_folder();
    return backup_write(content, STDOUT_FILENO, options, summary, fault);
}

static enum err back_up(const struct command_line *line,
                        struct backup_options *options, struct fault *fault)
{
    const char *path = line->arguments[0];
    bool to_output = strcmp(path, "-") == 0;
    struct backup_summary summary;
    DEFER(newspaper_close) struct content *content = NULL;
    if (to_output && command_flag(line, "json"))
        return fault_set(fault, ERR_USAGE, "json",
                         "standard output is for the backup: give --json only "
                         "with a FILE");
    enum err err = newspaper_open_reading(line, &content, fault);
    if (!err)
        err = to_output
                  ? back_up_to_output(content, options, &summary, fault)
                  : back_up_to_file(line, content, options, &summary, fault);
    if (err)
        return err;
    return backup_tell(line, "Backed up to",
                       to_output ? "standard output" : path, &summary, fault);
}

static enum err verify(const struct command_line *line,
                       struct backup_options *options, struct fault *fault)
{
    const char *path = line->arguments[0];
    struct backup_summary summary;
    DEFER(fd_close) int fd = -1;
    enum err err = backup_open(path, &fd, fault);
    if (err)
        return err;
    struct str folder = arena_printf(line->arena, "%s/broadsheet-verify-XXXXXX",
                                     temporary_folder());
    char *name = arena_c_string(line->arena, folder);
    if (!mkdtemp(name))
        return fault_set(fault, err_from_errno(errno), name,
                         "cannot make a folder in %s: %s", temporary_folder(),
                         strerror(errno));
    options->folder = name;
    err = backup_verify(fd, options, &summary, fault);
    rmdir(name);
    if (err)
        return backup_fault(err, path, fault);
    return backup_tell(line, "Whole and sound is", path, &summary, fault);
}

static enum err run_backup(const struct command_line *line, struct fault *fault)
{
    const char *make_key = command_value(line, "make-key");
    if (make_key && line->argument_count)
        return fault_set(fault, ERR_USAGE, "make-key",
                         "--make-key only makes a key: back up in a second "
                         "step, with --key-file %s",
                         make_key);
    if (make_key) {
        enum err err = seal_key_make(make_key, fault);
        if (!err)
            output_tell(line->output,
                        "Made the key %s. Keep a copy elsewhere: without it, "
                        "nobody can restore what it encrypts.",
                        make_key);
        return err;
    }
    if (!line->argument_count)
        return fault_set(fault, ERR_USAGE, "FILE",
                         "name the file to back up to, or - for standard "
                         "output");
    DEFER(seal_key_forget) struct seal_key key;
    enum err err = backup_key_load(line, &key, fault);
    struct backup_options options = {
        .key = &key,
        .progress = backup_progress,
        .context = line->output,
    };
    if (err)
        return err;
    return command_flag(line, "verify") ? verify(line, &options, fault)
                                        : back_up(line, &options, fault);
}

const struct command command_backup = {
    .name = "backup",
    .summary = "write the whole newspaper to one file, while it is served",
    .details =
        "Database, stored files and theme of one moment: all that was saved "
        "before the command began is in it. Nobody waits for it. Beside FILE "
        "there must be room for it and once more for the database (in TMPDIR, "
        "else /var/tmp, when FILE is -). FILE appears when it is whole, or not "
        "at all.\n\n"
        "Without a key it is a tar archive packed by Zstandard: 'zstd -dc FILE "
        "| tar x' takes it apart, and 'sha256sum -c SHA256SUMS' checks it, "
        "without this program. With a key it is encrypted and every change is "
        "found out; keep the key elsewhere than the backups.",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments =
        (const struct command_argument[]){
            {.name = "FILE",
             .summary = "where to, or - for standard output",
             .optional = true},
            {0}},
    .options =
        (const struct command_option[]){
            BACKUP_KEY_OPTIONS,
            {"make-key", 0, false, "FILE",
             "only make a key file, for --key-file"},
            {"verify", 0, false, NULL,
             "read FILE, check all of it, write nothing"},
            {"force", 'f', false, NULL, "replace FILE when it is there"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"backup --data paper paper-monday.backup", "Into a file"},
            {"backup --verify paper-monday.backup", "Is it whole and sound?"},
            {"backup --make-key paper.key", "A key, once"},
            {"backup --data paper --key-file paper.key - | ssh safe 'cat > "
             "paper.backup'",
             "Encrypted, to another machine"},
            {0}},
    .run = run_backup,
};
