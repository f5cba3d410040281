// SPDX-License-Identifier: Apache-2.0
#include "cli/backup_key.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include <jansson.h>

#include "base/time.h"

enum err backup_key_load(const struct command_line *line,
                         struct seal_key *ret_key, struct fault *fault)
{
    const char *key = command_value(line, "key-file");
    const char *passphrase = command_value(line, "passphrase-file");
    *ret_key = (struct seal_key){.kind = SEAL_NONE};
    if (key && passphrase)
        return fault_set(fault, ERR_USAGE, "key-file",
                         "give --key-file or --passphrase-file, not both");
    if (key)
        return seal_key_load(key, ret_key, fault);
    if (passphrase)
        return seal_passphrase_load(passphrase, ret_key, fault);
    return ERR_OK;
}

void backup_progress(void *context, const char *what, int64_t done,
                     int64_t total)
{
    output_progress(context, what, done, total);
}

enum err backup_open(const char *path, int *ret_fd, struct fault *fault)
{
    bool input = strcmp(path, "-") == 0;
    int fd = input ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fault_set(fault, err_from_errno(errno), path,
                         "cannot open %s: %s", path, strerror(errno));
    *ret_fd = fd;
    return ERR_OK;
}

enum err backup_fault(enum err err, const char *path, struct fault *fault)
{
    struct fault cause = *fault;
    if (!err || err == ERR_FULL || err == ERR_NO_MEMORY)
        return err;
    return fault_set(fault, err, cause.field, "%s: %s%s", path,
                     fault_text(&cause),
                     err == ERR_CORRUPT ? ". Use another backup" : "");
}

static json_t *as_json(const char *path, const struct backup_summary *summary)
{
    char created[TIME_RFC3339_BYTES];
    time_format_rfc3339(summary->created_us, created);
    return json_pack(
        "{s:s, s:I, s:s, s:I, s:s, s:s, s:I, s:I, s:I, s:I, s:I, "
        "s:I}",
        "file", path, "format", (json_int_t)summary->format, "program",
        summary->program, "schema", (json_int_t)summary->schema, "name",
        summary->name, "created", created, "database_bytes",
        (json_int_t)summary->database_bytes, "blobs",
        (json_int_t)summary->blobs, "blob_bytes",
        (json_int_t)summary->blob_bytes, "theme_files",
        (json_int_t)summary->theme_files, "missing",
        (json_int_t)summary->missing, "damaged", (json_int_t)summary->damaged);
}

static double mebibytes(int64_t bytes)
{
    return (double)bytes / (1 << 20);
}

enum err backup_tell(const struct command_line *line, const char *done,
                     const char *path, const struct backup_summary *summary,
                     struct fault *fault)
{
    char created[TIME_RFC3339_BYTES];
    output_progress_end(line->output);
    if (command_flag(line, "json")) {
        enum err err = output_json(line->output, as_json(path, summary));
        if (err)
            return err;
    } else {
        time_format_rfc3339(summary->created_us / TIME_US_PER_SECOND *
                                TIME_US_PER_SECOND,
                            created);
        output_tell(line->output,
                    "%s %s: \"%s\" as of %s, a database of %.1f MiB and "
                    "%" PRId64 " stored files of %.1f MiB.",
                    done, path, summary->name, created,
                    mebibytes(summary->database_bytes), summary->blobs,
                    mebibytes(summary->blob_bytes));
    }
    if (!summary->missing && !summary->damaged)
        return ERR_OK;
    return fault_set(fault, ERR_CORRUPT, NULL,
                     "all else is fine, but when it was backed up %" PRId64
                     " stored files were missing and %" PRId64
                     " damaged in the newspaper itself; the first is %s. "
                     "'broadsheet check --deep' names them; an older backup "
                     "may have them",
                     summary->missing, summary->damaged, summary->first_bad);
}
