// SPDX-License-Identifier: Apache-2.0
/* draw/scenes.h: the pictures of the sample newspaper, each one function that
 * covers the whole sheet of draw/brush.h. The list is the only place that
 * names them all. */
#ifndef DRAW_SCENES_H
#define DRAW_SCENES_H

#include <cairo.h>

/* X(function, name): the name is the file's. */
#define SCENES(X) \
    X(flood_town, "flood-town") \
    X(pass_dawn, "pass-dawn") \
    X(snow_village, "snow-village") \
    X(vineyard, "vineyard") \
    X(orchard_frost, "orchard-frost") \
    X(wind_hill, "wind-hill") \
    X(dam, "dam") \
    X(cave, "cave") \
    X(railway_bridge, "railway-bridge") \
    X(night_train, "night-train") \
    X(harbour, "harbour") \
    X(lighthouse, "lighthouse") \
    X(trawler, "trawler") \
    X(radio_mast, "radio-mast") \
    X(observatory, "observatory") \
    X(bus_rain, "bus-rain") \
    X(assembly, "assembly") \
    X(school, "school") \
    X(theatre, "theatre") \
    X(orchestra, "orchestra") \
    X(library, "library") \
    X(museum, "museum") \
    X(bakery, "bakery") \
    X(market, "market") \
    X(ballot, "ballot") \
    X(bank, "bank") \
    X(printing_press, "printing-press") \
    X(clock_tower, "clock-tower") \
    X(chess, "chess") \
    X(football, "football") \
    X(rowing, "rowing") \
    X(lino_tools, "lino-tools")

#define SCENE_DECLARE(function, name) void scene_##function(cairo_t *c);
SCENES(SCENE_DECLARE)
#undef SCENE_DECLARE

#endif
