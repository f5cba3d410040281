// SPDX-License-Identifier: Apache-2.0
/* content/zone.h: what a moment is in the newspaper's time zone (its setting
 * zone):
 *
 *     DEFER(zone_close) struct zone zone = {0};
 *     enum err err = zone_open(&zone, db, fault);
 */
#ifndef CONTENT_ZONE_H
#define CONTENT_ZONE_H

#include "base/fault.h"
#include "store/db.h"

struct locale;
struct locales;

struct zone {
    const struct locale *locale; /* for times; its language means nothing */
    struct locales *locales;
};

MUST_USE enum err zone_open(struct zone *zone, struct db *db,
                            struct fault *fault);
void zone_close(struct zone *zone); /* accepts a zeroed one */

#endif
