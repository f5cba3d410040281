// SPDX-License-Identifier: Apache-2.0
/* content/schema_internal.h: the tables, as migrations. */
#ifndef CONTENT_SCHEMA_INTERNAL_H
#define CONTENT_SCHEMA_INTERNAL_H

#include "store/migration.h"

extern const struct migration schema_migrations[];
extern const size_t schema_migration_count;

#endif
