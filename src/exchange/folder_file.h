// SPDX-License-Identifier: Apache-2.0
/* exchange/folder_file.h: files that an imported text names: beneath one
 * folder, and nowhere else. */
#ifndef EXCHANGE_FOLDER_FILE_H
#define EXCHANGE_FOLDER_FILE_H

#include <stddef.h>

#include "base/fault.h"
#include "base/str.h"

struct arena;

/* Reads the file that href, a relative reference (RFC 3986 §4.2), names from
 * folder. ERR_DENIED when it leads out of the folder, by "..", from the root or
 * by a link; ERR_INVALID when it is no plain relative path; ERR_NOT_FOUND;
 * ERR_TOO_LONG beyond max_bytes. */
MUST_USE enum err folder_file_read(const char *folder, struct str href,
                                   size_t max_bytes, struct arena *arena,
                                   struct str *ret_bytes, struct fault *fault);

#endif
