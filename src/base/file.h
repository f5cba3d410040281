// SPDX-License-Identifier: Apache-2.0
/* base/file.h: whole files, folders and descriptors, read and written safely.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>

#include "base/fault.h"
#include "base/str.h"

struct arena;

/* The whole file, at most max_bytes (ERR_TOO_LONG beyond), in arena. fault
 * names the path and the system's cause. */
MUST_USE enum err file_read(const char *path, size_t max_bytes,
                            struct arena *arena, struct str *ret_bytes,
                            struct fault *fault);

/* A file of any length, for file_read_some; the caller closes *ret_fd, which is
 * -1 after an error. No folder. */
MUST_USE enum err file_open(const char *path, int *ret_fd, struct fault *fault);

/* What comes next, at most len bytes; *ret_len is 0 at the end. path is for the
 * fault. */
MUST_USE enum err file_read_some(int fd, const char *path, char *target,
                                 size_t len, size_t *ret_len,
                                 struct fault *fault);

/* Closes *fd unless it is -1: for DEFER. */
void fd_close(const int *fd);

/* Replaces path in one step: written beside it, synced, renamed, the folder
 * synced. After a crash there is the old file or the new one. */
MUST_USE enum err file_write_atomic(const char *path, struct str bytes,
                                    struct fault *fault);

/* Makes the folder and those above it; fine when it is there already. */
MUST_USE enum err folder_make(const char *path, struct fault *fault);

/* Exactly len bytes of a descriptor that blocks; all of them into one. false
 * when it ends before (or an error: errno), and how far it came is unknown. */
MUST_USE bool fd_read_all(int fd, char *target, size_t len);
MUST_USE bool fd_write_all(int fd, struct str bytes);

#endif
