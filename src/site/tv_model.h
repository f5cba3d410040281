// SPDX-License-Identifier: Apache-2.0
/* site/tv_model.h: channels and what is on them, as pages show it. */
#ifndef SITE_TV_MODEL_H
#define SITE_TV_MODEL_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct buf;
struct channel;
struct channel_list;
struct document_link;
struct id;
struct printing;
struct programme;
struct value;

/* All channels; the page depends on which there are. */
MUST_USE enum err tv_channels(struct printing *p,
                              struct channel_list *ret_list);

/* "/en/tv" of the first channel, "/en/tv/NAME" of others. */
struct str tv_path(const struct printing *p, const struct channel_list *list,
                   const struct channel *channel);

/* The one of that name, or NULL. */
const struct channel *tv_named(const struct channel_list *list,
                               struct str name);

/* "/en/programme/62f9f7d471fdc" */
struct str tv_programme_path(const struct printing *p, const struct id *id);

/* Sets title, description, category, repeat, lang (where it is not the page's),
 * start, end, and about: the programme's own page, "" in a folder of files. */
void tv_fill_programme(struct printing *p, struct value *value,
                       const struct programme *programme);

/* Sets tv.name, .title, .url, .stream (where its playlists are), .air, and
 * tv.now and tv.next: { as tv_fill_programme} or false. The page depends on the
 * channel. */
MUST_USE enum err tv_set_now(struct printing *p,
                             const struct channel_list *list,
                             const struct channel *channel, struct value *tv);

/* Sets tv.days: [{name, iso, earlier: [those that are over, as above, with
 * recorded: there is a recording], has_earlier, programmes: [the others, with
 * current]}], today and tomorrow, and tv.zone. */
MUST_USE enum err tv_set_days(struct printing *p, const struct channel *channel,
                              struct value *tv);

/* For an article that shows a channel: its page and title and, unless html is
 * NULL, the player (template "channel", whose data.channel is as tv_set_now has
 * it). The page depends on the channel. False: there is none of that name; or
 * something went wrong, which p->failed then is. */
bool tv_find(struct printing *p, struct str name,
             struct document_link *ret_page, struct buf *html);

/* Sets data.strip for the front: now and next of the first channel; false when
 * there is no channel. */
MUST_USE enum err tv_set_strip(struct printing *p);

#endif
