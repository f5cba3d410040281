// SPDX-License-Identifier: Apache-2.0
#include "newsroom/newsroom.h"

#include "newsroom/newsroom_internal.h"

enum {
    ARTICLE_BODY_MAX = 4 << 20,
    POST_BODY_MAX = 512 << 10, /* of a live blog */
    SMALL_BODY_MAX = 16 << 10,
    HUB_BODY_MAX = 8 << 10
};

/* clang-format off */
const struct route newsroom_routes[] = {
    ROUTE(HTTP_POST, "/sync",                               WHO_LOCAL, 0, desk_api_sync),
    ROUTE(HTTP_GET,  "/status",                             WHO_LOCAL, 0, desk_api_status),
    ROUTE(HTTP_GET,  "/metrics",                            WHO_LOCAL | WHO_WATCHES, 0, desk_api_metrics),
    ROUTE(HTTP_GET,  "/television",                         WHO_LOCAL, 0, desk_api_television),
    ROUTE(HTTP_POST, "/websub",                             WHO_PUBLIC | WHO_LOCAL, HUB_BODY_MAX, hub_api_ask),
    ROUTE(HTTP_POST, "/newsroom/api/articles",              WHO_LOCAL, ARTICLE_BODY_MAX, article_api_create),
    ROUTE(HTTP_GET,  "/newsroom/api/articles/{id}",         WHO_LOCAL, 0, article_api_show),
    ROUTE(HTTP_POST, "/newsroom/api/articles/{id}/publish", WHO_LOCAL, SMALL_BODY_MAX, article_api_publish),
    ROUTE(HTTP_POST, "/newsroom/api/articles/{id}/withdraw",WHO_LOCAL, SMALL_BODY_MAX, article_api_withdraw),
    ROUTE(HTTP_POST, "/newsroom/api/articles/{id}/translates", WHO_LOCAL, SMALL_BODY_MAX, article_api_translates),
    ROUTE(HTTP_GET,  "/newsroom/api/articles/{id}/pictures", WHO_LOCAL, 0, picture_api_show),
    ROUTE(HTTP_POST, "/newsroom/api/articles/{id}/pictures", WHO_LOCAL, SMALL_BODY_MAX, picture_api_make),
    ROUTE(HTTP_POST, "/newsroom/api/articles/{id}/live",    WHO_LOCAL, SMALL_BODY_MAX, live_api_start),
    ROUTE(HTTP_POST, "/newsroom/api/articles/{id}/live/end",WHO_LOCAL, SMALL_BODY_MAX, live_api_end),
    ROUTE(HTTP_GET,  "/newsroom/api/articles/{id}/posts",   WHO_LOCAL, 0, live_api_list),
    ROUTE(HTTP_POST, "/newsroom/api/articles/{id}/posts",   WHO_LOCAL, POST_BODY_MAX, live_api_post),
    ROUTE(HTTP_POST, "/newsroom/api/posts/{id}",            WHO_LOCAL, POST_BODY_MAX, live_api_change),
    ROUTE(HTTP_POST, "/newsroom/api/posts/{id}/remove",     WHO_LOCAL, SMALL_BODY_MAX, live_api_remove),
    ROUTE(HTTP_POST, "/newsroom/api/clips",                 WHO_LOCAL, SMALL_BODY_MAX, clip_api_make),
    ROUTE(HTTP_GET,  "/newsroom/api/recordings",            WHO_LOCAL, 0, clip_api_recordings),
};
/* clang-format on */

const size_t newsroom_route_count =
    sizeof newsroom_routes / sizeof *newsroom_routes;
