// SPDX-License-Identifier: Apache-2.0
/* content/content_check.h: whether all of a newspaper is there and agrees: the
 * database, the stored files, what is public of them, the log of changes, the
 * lists. It may be made while the newspaper is served. */
#ifndef CONTENT_CONTENT_CHECK_H
#define CONTENT_CONTENT_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"

struct content;

/* One thing that is wrong. The texts live during the call. */
struct finding {
    const char *area;   /* "database", "files", "public files", … */
    const char *what;   /* a sentence without a full stop */
    const char *remedy; /* what to do, likewise */
};

struct content_check_options {
    bool deep; /* read every stored file, not only look that it is there */

    /* Told everything that is wrong. */
    void (*found)(void *context, const struct finding *finding);

    /* Told what is being checked, and how far it is (total 0: not known). May
     * be NULL. */
    void (*progress)(void *context, const char *area, int64_t done,
                     int64_t total);
    void *context;
};

/* ERR_OK when all checks could be made, whatever they found; *ret_findings is
 * how much that was. Else a check could not be made at all. */
MUST_USE enum err content_check(struct content *content,
                                const struct content_check_options *options,
                                int64_t *ret_findings, struct fault *fault);

/* Sets right what can be: lists and public files, from what is published. In
 * the log it stands as a change of all pages. */
MUST_USE enum err content_repair(struct content *content, int64_t *ret_seq,
                                 struct fault *fault);

#endif
