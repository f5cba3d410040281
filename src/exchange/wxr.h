// SPDX-License-Identifier: Apache-2.0
/* exchange/wxr.h: WordPress eXtended RSS, versions 1.0 to 1.2, read twice: once
 * for what stories refer to (terms, people, attachments: these are kept), once
 * for the stories, one at a time. */
#ifndef EXCHANGE_WXR_H
#define EXCHANGE_WXR_H

#include <stdbool.h>

#include "base/fault.h"
#include "exchange/story.h"

struct arena;
struct wxr_index;

enum {
    WXR_ATTACHMENTS_MAX = 1000 * 1000,
    WXR_TERMS_MAX = 100 * 1000,
    WXR_INDEX_BYTES_MAX = 512 * 1024 * 1024,
};

/* One index serves all files of a site: WordPress parts large exports. */
MUST_USE enum err wxr_index_create(struct wxr_index **ret_index,
                                   struct fault *fault);
void wxr_index_destroy(struct wxr_index *index); /* accepts NULL */

/* Reads a file for what others of it refer to, and finds out whether it is
 * sound: a broken one is refused here, before anything is imported of it.
 * ERR_INVALID …: the fault tells what is wrong, and where. */
MUST_USE enum err wxr_index_file(struct wxr_index *index, const char *path,
                                 struct fault *fault);
MUST_USE enum err wxr_index_bytes(struct wxr_index *index, struct str bytes,
                                  struct fault *fault);

/* Of the file read last: the site's address, its language as it is written. */
struct str wxr_site(const struct wxr_index *index);
struct str wxr_language(const struct wxr_index *index);

/* Whether pages become articles, too. */
void wxr_take_pages(struct wxr_index *index, bool pages);

/* Reads the stories of a file that was indexed. */
MUST_USE enum err wxr_read_file(struct wxr_index *index, const char *path,
                                const struct story_sink *sink,
                                struct fault *fault);
MUST_USE enum err wxr_read_bytes(struct wxr_index *index, struct str bytes,
                                 const struct story_sink *sink,
                                 struct fault *fault);

/* What is known of the picture at this path below wp-content/uploads; NULL. For
 * struct story_source: context is the index. */
const struct story_picture *wxr_describe(void *index, struct str path);

#endif
