// SPDX-License-Identifier: Apache-2.0
/* store/db_pool.h: the connections of a process: one that writes, several that
 * only read. Any thread may ask; a connection belongs to who was lent it until
 * it is given back.
 *
 *     DEFER(db_lease_end) struct db_lease lease = db_lease_reader(pool);
 *     err = article_load(lease.db, …);
 */
#ifndef STORE_DB_POOL_H
#define STORE_DB_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "store/db.h"

struct db_pool;

enum { DB_POOL_READERS_MAX = 64 };

/* Opens the writer first (making the database with DB_CREATE), then readers
 * (at least 1). access DB_READ opens no writer. Not to be kept across fork. */
MUST_USE enum err db_pool_create(const char *location, enum db_access access,
                                 size_t readers, struct db_pool **ret_pool,
                                 struct fault *fault);

/* Everything must have been given back. Accepts NULL. */
void db_pool_destroy(struct db_pool *pool);

struct db_lease {
    struct db_pool *pool; /* NULL when it is over */
    struct db *db;
};

/* Waits until the writer is free: first come, first served, so that one who
 * writes much in small pieces lets the others in between. Never twice in one
 * thread. */
struct db_lease db_lease_writer(struct db_pool *pool);

/* How often the writer has been asked for: whether somebody writes now shows
 * how much it grows. */
uint64_t db_pool_writer_asked(struct db_pool *pool);

/* Waits until a reader is free. */
struct db_lease db_lease_reader(struct db_pool *pool);

/* Gives the connection back; for DEFER. Accepts a zeroed lease. */
void db_lease_end(struct db_lease *lease);

#endif
