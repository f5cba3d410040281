// SPDX-License-Identifier: Apache-2.0
/* content/change_internal.h: for edit.c. */
#ifndef CONTENT_CHANGE_INTERNAL_H
#define CONTENT_CHANGE_INTERNAL_H

#include "content/change.h"

/* Appends what was noted to the log; *ret_seq is the last entry, 0 when there
 * was nothing. */
MUST_USE enum err change_write(struct edit *edit, int64_t *ret_seq);

#endif
