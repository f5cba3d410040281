// SPDX-License-Identifier: Apache-2.0
/* The one table of what may be sent to the newsroom's API. */
#include "content/article_members.h"
#include "content/article_times.h"
#include "content/live_json.h"
#include "newsroom/newsroom_internal.h"

const struct json_members api_inputs[] = {
    [API_NOTHING] = {.what = "this request"},
    [API_ARTICLE] = {.what = "an article",
                     .lists = {article_members, article_times_members,
                               JSON_MEMBERS("translates", "publish")},
                     .told = article_members_told,
                     .help = "broadsheet help article new"},
    [API_WITHDRAWAL] = {.what = "a withdrawal",
                        .lists = {JSON_MEMBERS("reason")}},
    [API_TRANSLATION] = {.what = "this request",
                         .lists = {JSON_MEMBERS("translates")}},
    [API_PICTURES] = {.what = "this request",
                      .lists = {JSON_MEMBERS("wait_seconds")}},
    [API_POST] = {.what = "a post",
                  .lists = {live_post_members},
                  .told = live_post_members_told,
                  .unless = "type"},
    [API_POST_CHANGE] = {.what = "a change of a post",
                         .lists = {live_post_members,
                                   JSON_MEMBERS("base_revision", "correction")},
                         .told = live_post_members_told,
                         .unless = "type"},
    [API_POST_REMOVAL] = {.what = "this request",
                          .lists = {JSON_MEMBERS("reason")}},
    [API_CLIP] = {.what = "a clip",
                  .lists = {JSON_MEMBERS("source", "from", "to", "caption",
                                         "credit")}},
};
