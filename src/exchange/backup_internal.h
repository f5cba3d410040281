// SPDX-License-Identifier: Apache-2.0
/* exchange/backup_internal.h: what the files of the backup share. */
#ifndef EXCHANGE_BACKUP_INTERNAL_H
#define EXCHANGE_BACKUP_INTERNAL_H

#include "base/buf.h"
#include "base/str.h"
#include "exchange/backup.h"

enum { BACKUP_INFO_BYTES_MAX = 16 * 1024, BACKUP_LINE_BYTES_MAX = 256 };

/* broadsheet-backup.json, written and read. Reading: ERR_CORRUPT, ERR_NEWER. */
MUST_USE enum err backup_info_write(const struct backup_summary *summary,
                                    struct buf *out);
MUST_USE enum err backup_info_read(struct str json,
                                   struct backup_summary *ret_summary,
                                   struct fault *fault);

/* "blobs/ab/cdef….webp" */
void backup_blob_path(const struct blob *blob, char *target, size_t capacity);

void backup_note_bad(struct backup_summary *summary, int64_t *count,
                     const char *blob);

#endif
