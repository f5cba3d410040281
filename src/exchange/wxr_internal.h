// SPDX-License-Identifier: Apache-2.0
/* exchange/wxr_internal.h: what the files of the reader share. */
#ifndef EXCHANGE_WXR_INTERNAL_H
#define EXCHANGE_WXR_INTERNAL_H

#include "base/arena.h"
#include "base/map.h"
#include "exchange/wxr.h"
#include "exchange/xml_reader.h"

struct wxr_attachment {
    struct str id;
    struct str path; /* below wp-content/uploads */
    struct str url;
    struct story_picture picture;
    struct wxr_attachment *next_of_parent;
};

struct wxr_term {
    struct story_category category;
    struct str parent; /* its slug, or "" */
};

struct wxr_index {
    struct arena arena;
    struct str site;
    struct str language;
    bool pages;
    struct map categories; /* slug → struct wxr_term */
    struct map people;     /* login → struct story_person */
    struct map attachments;
    struct map by_path;
    struct map by_parent; /* id of a post → its first attachment */
};

enum {
    WXR_OLD_SLUGS_MAX = 16,
    WXR_TAXONOMIES_MAX = 128,
    WXR_NAME_BYTES_MAX = 2000, /* of a term, a person; longer ones are none */
};

struct wxr_taxonomy {
    struct str domain;
    struct str nicename;
    struct str name;
};

/* An item as it stands there. */
struct wxr_item {
    struct str title, link, pub_date, creator, guid, content, excerpt;
    struct str id, date, date_gmt, modified_gmt, name, status, parent, type;
    struct str password, sticky, attachment_url;
    struct str enclosure; /* address, size, type, more; a line each */
    int64_t enclosures;
    struct str thumbnail, seo_title, seo_description, canonical, alt;
    struct str old_slugs[WXR_OLD_SLUGS_MAX];
    size_t old_slug_count;
    struct wxr_taxonomy taxonomies[WXR_TAXONOMIES_MAX];
    size_t taxonomy_count;
    int64_t comments;
    int64_t number;
    int64_t line;
    struct str too_long; /* the field that is, or "" */
};

/* ---- wxr_index.c ---- */

/* Terms and people of the channel; attachments among the items. All is copied.
 * ERR_TOO_LONG when there are too many. */
MUST_USE enum err wxr_index_person(struct wxr_index *index,
                                   const struct story_person *person);
MUST_USE enum err wxr_index_term(struct wxr_index *index,
                                 const struct wxr_term *term);
MUST_USE enum err wxr_index_attachment(struct wxr_index *index,
                                       const struct wxr_item *item);

/* Puts categories under their parents. */
void wxr_index_finish(struct wxr_index *index);

/* ---- wxr_story.c ---- */

/* Gives the item to the sink as a story, or drops it. */
MUST_USE enum err wxr_give(struct wxr_index *index, const struct wxr_item *item,
                           struct arena *arena, const struct story_sink *sink,
                           struct fault *fault);

/* ---- wxr_body.c ---- */

/* The content as HTML: shortcodes become what they stand for, or are dropped;
 * line ends become breaks where the old editor left them to the page. */
struct str wxr_body(const struct wxr_index *index, const struct wxr_item *item,
                    struct arena *arena, struct story *story);

#endif
