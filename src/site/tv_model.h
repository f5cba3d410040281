// SPDX-License-Identifier: Apache-2.0
/* site/tv_model.h: channels and what is on them, as pages show it. */
#ifndef SITE_TV_MODEL_H
#define SITE_TV_MODEL_H

#include "base/err.h"
#include "base/str.h"

struct channel;
struct channel_list;
struct printing;
struct value;

/* All channels; the page depends on which there are. */
MUST_USE enum err tv_channels(struct printing *p,
                              struct channel_list *ret_list);

/* "/en/tv" of the first channel, "/en/tv/NAME" of others. */
struct str tv_path(const struct printing *p, const struct channel_list *list,
                   const struct channel *channel);

/* Sets tv.name, .title, .url, .air, and tv.now and tv.next: {title,
 * description, category, repeat, lang, start, end} or false. The page depends
 * on the channel. */
MUST_USE enum err tv_set_now(struct printing *p,
                             const struct channel_list *list,
                             const struct channel *channel, struct value *tv);

/* Sets tv.days: [{name, iso, programmes: [as above, with past and current]}],
 * today and tomorrow, and tv.zone. */
MUST_USE enum err tv_set_days(struct printing *p, const struct channel *channel,
                              struct value *tv);

/* Sets data.strip for the front: now and next of the first channel; false when
 * there is no channel. */
MUST_USE enum err tv_set_strip(struct printing *p);

#endif
