// SPDX-License-Identifier: Apache-2.0
#include "content/zone.h"

#include "base/arena.h"
#include "content/settings.h"
#include "render/locale.h"

enum err zone_open(struct zone *zone, struct db *db, struct fault *fault)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct settings settings;
    enum err err = settings_load(db, STR(""), &arena, &settings);
    if (err)
        return db_fault(db, err, fault);
    zone->locales = locales_create();
    return locales_get(zone->locales, STR("en"), settings.zone, &zone->locale,
                       fault);
}

void zone_close(struct zone *zone)
{
    if (zone->locales)
        locales_destroy(zone->locales);
    *zone = (struct zone){0};
}
