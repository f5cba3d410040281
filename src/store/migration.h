// SPDX-License-Identifier: Apache-2.0
/* store/migration.h: brings a database to the newest schema, a version at a
 * time, each in one transaction, from a table of the caller. */
#ifndef STORE_MIGRATION_H
#define STORE_MIGRATION_H

#include <stddef.h>
#include <stdint.h>

#include "store/db.h"

struct migration {
    int64_t version;  /* 1, 2, 3 … without a gap */
    const char *name; /* what it brings */
    const char *sql;  /* statements parted by ';' */
};

/* Runs what is missing. Several processes may try at once. ERR_NEWER when the
 * database has a version that the table lacks: it is left as it is. */
MUST_USE enum err migration_run(struct db *db,
                                const struct migration *migrations,
                                size_t count, struct fault *fault);

/* The version the database has; 0 when it has none. */
MUST_USE enum err migration_version(struct db *db, int64_t *ret_version);

#endif
