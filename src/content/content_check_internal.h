// SPDX-License-Identifier: Apache-2.0
/* content/content_check_internal.h: what checks share. */
#ifndef CONTENT_CONTENT_CHECK_INTERNAL_H
#define CONTENT_CONTENT_CHECK_INTERNAL_H

#include "content/content_check.h"
#include "store/db.h"

struct checking {
    struct content *content;
    struct db *db;
    const struct content_check_options *options;
    const char *area;
    int64_t findings;
    struct fault *fault;
};

/* Tells one thing that is wrong in the area at hand. */
void check_found(struct checking *checking, const char *remedy,
                 const char *format, ...) __attribute__((format(printf, 3, 4)));

void check_progress(struct checking *checking, int64_t done, int64_t total);

/* Each is a line of the table in content_check.c. A failure means that the
 * check could not be made. */
MUST_USE enum err check_database(struct checking *checking);
MUST_USE enum err check_articles(struct checking *checking);
MUST_USE enum err check_files(struct checking *checking);
MUST_USE enum err check_public_files(struct checking *checking);
MUST_USE enum err check_log(struct checking *checking);
MUST_USE enum err check_lists(struct checking *checking);
MUST_USE enum err check_television(struct checking *checking);
MUST_USE enum err check_search(struct checking *checking);

/* For content_repair. */
struct edit;
MUST_USE enum err repair_lists(struct edit *edit);
MUST_USE enum err repair_public_files(struct edit *edit);

#endif
