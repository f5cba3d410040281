// SPDX-License-Identifier: Apache-2.0
/* content/workflow_internal.h: what the workflow and the schedule share. */
#ifndef CONTENT_WORKFLOW_INTERNAL_H
#define CONTENT_WORKFLOW_INTERNAL_H

#include "content/article_internal.h"
#include "content/workflow.h"

/* ERR_CONFLICT names the states that the article may go to. */
MUST_USE enum err workflow_check_transition(struct edit *edit,
                                            const struct article_head *head,
                                            enum article_state to);

/* One that readers do not see, of an article that they do not see. What went
 * wrong at an earlier time is forgotten. */
MUST_USE enum err workflow_set_state(struct edit *edit, const struct id *id,
                                     enum article_state state,
                                     int64_t scheduled_us);

/* Publishes an article whose time has come: published_us is that time. One
 * whose expiry has passed as well is withdrawn in the same step. */
MUST_USE enum err workflow_publish_due(struct edit *edit, const struct id *id);

/* Withdraws an article because its expiry time has come. */
MUST_USE enum err workflow_expire(struct edit *edit, const struct id *id);

/* Whether readers would get one of the media as it came (with where it was
 * taken in it), and for the first time: ERR_AGAIN, and *waiting, in arena, has
 * those.
 */
MUST_USE enum err workflow_check_waiting(struct edit *edit,
                                         const struct id *media, size_t count,
                                         struct picture_ids *waiting,
                                         struct arena *arena);

/* "2026-08-15T11:00:00Z" for faults. */
struct str workflow_time_text(struct edit *edit, int64_t time_us);

#endif
