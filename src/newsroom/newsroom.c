// SPDX-License-Identifier: Apache-2.0
#include "newsroom/newsroom.h"

#include "newsroom/newsroom_internal.h"

enum {
    ARTICLE_BODY_MAX = 4 << 20,
    SMALL_BODY_MAX = 16 << 10,
    HUB_BODY_MAX = 8 << 10
};

/* clang-format off */
const struct route newsroom_routes[] = {
    ROUTE(HTTP_POST, "/sync",                               WHO_LOCAL, 0, desk_api_sync),
    ROUTE(HTTP_GET,  "/status",                             WHO_LOCAL, 0, desk_api_status),
    ROUTE(HTTP_POST, "/websub",                             WHO_PUBLIC | WHO_LOCAL, HUB_BODY_MAX, hub_api_ask),
    ROUTE(HTTP_POST, "/newsroom/api/articles",              WHO_LOCAL, ARTICLE_BODY_MAX, article_api_create),
    ROUTE(HTTP_GET,  "/newsroom/api/articles/{id}",         WHO_LOCAL, 0, article_api_show),
    ROUTE(HTTP_POST, "/newsroom/api/articles/{id}/publish", WHO_LOCAL, SMALL_BODY_MAX, article_api_publish),
    ROUTE(HTTP_POST, "/newsroom/api/articles/{id}/withdraw",WHO_LOCAL, SMALL_BODY_MAX, article_api_withdraw),
};
/* clang-format on */

const size_t newsroom_route_count =
    sizeof newsroom_routes / sizeof *newsroom_routes;
