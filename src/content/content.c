// SPDX-License-Identifier: Apache-2.0
#include "content/content_internal.h"

#include <stdlib.h>

#include "content/schema_internal.h"

void content_close(struct content *content)
{
    if (!content)
        return;
    db_pool_destroy(content->pool);
    blob_store_close(content->blobs);
    free(content);
}

const char *content_directory(const struct content *content)
{
    return content->directory;
}

struct db_pool *content_pool(struct content *content)
{
    return content->pool;
}

struct blob_store *content_blobs(struct content *content)
{
    return content->blobs;
}

struct db_lease content_reader(struct content *content)
{
    return db_lease_reader(content->pool);
}

enum err content_upkeep(struct content *content, struct fault *fault)
{
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    return db_fault(lease.db, db_upkeep(lease.db), fault);
}

/* ---- The schema -------------------------------------------------------------
 */

int64_t content_schema_newest(void)
{
    return schema_migrations[schema_migration_count - 1].version;
}

enum err content_schema(struct db *db, int64_t *ret_version)
{
    DEFER(db_query_end)
    struct db_query query =
        db_query_begin(db, "SELECT MAX(version) FROM schema_version");
    enum err err = db_query_row(&query);
    if (!err)
        *ret_version = db_column_i64(&query, 0);
    return err;
}
