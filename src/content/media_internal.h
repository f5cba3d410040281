// SPDX-License-Identifier: Apache-2.0
/* content/media_internal.h: media for those who show them. */
#ifndef CONTENT_MEDIA_INTERNAL_H
#define CONTENT_MEDIA_INTERNAL_H

#include "content/edit_internal.h"
#include "content/media.h"

/* Links the original and all renditions of a medium into the public folder.
 * ERR_NOT_FOUND when there is no such medium or a file is missing. */
MUST_USE enum err media_publish(struct edit *edit, struct str medium);

#endif
