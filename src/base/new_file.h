// SPDX-License-Identifier: Apache-2.0
/* base/new_file.h: a file that appears whole or not at all. While it is written
 * it has no name where the file system can do that, so that nothing is left
 * behind however the program ends.
 *
 *     DEFER(new_file_end) struct new_file file = {.fd = -1};
 *     enum err err = new_file_begin(&file, "paper.backup", fault);
 *     … write to file.fd …
 *     if (!err)
 *         err = new_file_commit(&file, false, fault);
 */
#ifndef BASE_NEW_FILE_H
#define BASE_NEW_FILE_H

#include <limits.h>
#include <stdbool.h>

#include "base/fault.h"
#include "base/str.h"

struct new_file {
    int fd; /* -1 when it is over */
    const char *path;
    char beside[PATH_MAX]; /* the name it has meanwhile, or "" */
};

/* path is kept, not copied. Only the user may read the file (0600). */
MUST_USE enum err new_file_begin(struct new_file *file, const char *path,
                                 struct fault *fault);

/* Syncs the file, names it, syncs its folder. ERR_EXISTS when path is there and
 * may not be replaced. On failure nothing is left, unless it was the folder
 * that could not be synced: the file may then be gone after a power cut. */
MUST_USE enum err new_file_commit(struct new_file *file, bool replace,
                                  struct fault *fault);

/* Forgets what was not committed; for DEFER. */
void new_file_end(struct new_file *file);

/* A file in folder that never gets a name; the caller closes *ret_fd. */
MUST_USE enum err file_without_name(const char *folder, int *ret_fd,
                                    struct fault *fault);

/* The folder a path lies in: "." when it has no slash. ERR_TOO_LONG. */
MUST_USE enum err path_folder(const char *path, char target[PATH_MAX]);

/* Writes all of bytes; false, and errno says why, when it cannot be done. */
bool write_whole(int fd, struct str bytes);

#endif
