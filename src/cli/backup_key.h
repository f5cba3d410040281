// SPDX-License-Identifier: Apache-2.0
/* cli/backup_key.h: --key-file and --passphrase-file. */
#ifndef CLI_BACKUP_KEY_H
#define CLI_BACKUP_KEY_H

#include "cli/command.h"
#include "exchange/backup.h"
#include "exchange/seal.h"

#define BACKUP_KEY_OPTIONS \
    {"key-file", 'k', false, "FILE", "the key it is encrypted with"}, \
    { \
        "passphrase-file", 'p', false, "FILE", \
            "encrypted with a passphrase: this file's first line" \
    }

/* The key that was named, or of kind SEAL_NONE; the caller forgets it. */
MUST_USE enum err backup_key_load(const struct command_line *line,
                                  struct seal_key *ret_key,
                                  struct fault *fault);

/* What is in a backup, as JSON on standard output or as a sentence that begins
 * with done ("Backed up"). ERR_CORRUPT when the newspaper was not whole. */
MUST_USE enum err backup_tell(const struct command_line *line, const char *done,
                              const char *path,
                              const struct backup_summary *summary,
                              struct fault *fault);

/* Progress of backup, verify and restore: context is a struct output. */
void backup_progress(void *context, const char *what, int64_t done,
                     int64_t total);

/* Opens a file to be read, or standard input for "-". The caller closes it. */
MUST_USE enum err backup_open(const char *path, int *ret_fd,
                              struct fault *fault);

/* Puts the path in front of what is wrong with a backup. */
enum err backup_fault(enum err err, const char *path, struct fault *fault);

#endif
