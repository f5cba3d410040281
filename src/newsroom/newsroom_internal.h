// SPDX-License-Identifier: Apache-2.0
/* newsroom/newsroom_internal.h: handlers named in the table of routes; each
 * gets a struct http_call as its context. */
#ifndef NEWSROOM_NEWSROOM_INTERNAL_H
#define NEWSROOM_NEWSROOM_INTERNAL_H

#include "net/http_workers.h"
#include "newsroom/newsroom.h"

/* desk_api.c: for the command line */
route_handler desk_api_sync;
route_handler desk_api_status;

/* hub_api.c: what subscribers of feeds ask */
route_handler hub_api_ask;

/* article_api.c: GET, POST articles; publish, withdraw */
route_handler article_api_show;
route_handler article_api_create;
route_handler article_api_publish;
route_handler article_api_withdraw;

#endif
