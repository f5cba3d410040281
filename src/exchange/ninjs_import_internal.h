// SPDX-License-Identifier: Apache-2.0
/* exchange/ninjs_import_internal.h: what the files of the import share. */
#ifndef EXCHANGE_NINJS_IMPORT_INTERNAL_H
#define EXCHANGE_NINJS_IMPORT_INTERNAL_H

#include "base/arena.h"
#include "base/buf.h"
#include "content/article.h"
#include "content/edit.h"
#include "exchange/import_session.h"
#include "exchange/ninjs.h"
#include "exchange/ninjs_import.h"
#include "exchange/ninjs_reader.h"
#include "render/html_helper.h"

struct document_node;

/* The categories of one language, as they are within the edit. */
struct known_categories {
    struct str language;
    struct category_list list;
    struct known_categories *next;
};

struct ninjs_import {
    struct import_session session;
    struct ninjs_import_options options;
    struct known_categories *categories; /* of the batch */
    struct ninjs_reader *reader;         /* NULL before the first file */
    struct ninjs_portion *taken;         /* of the batch: results point there */
};

/* One item on its way in. Everything lives in the session's arena. */
struct incoming {
    struct ninjs_import *import;
    const struct ninjs_item *item;
    const struct ninjs_read *read; /* what was read ahead, or NULL */
    struct str folder;             /* where the ninjs file lies */
    struct article_input input;
    struct document_node *doc;
    bool doc_changed;            /* since it was read */
    struct html_conversion body; /* what doc was, with its pictures */
    struct buf left_out;         /* what had no place, for the report */
};

/* Says that something was left out: "picture a.jpg: …". */
void incoming_leave_out(struct incoming *incoming, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- ninjs_id.c ---- */

/* How an item's id is known. */
enum ninjs_id_kind {
    NINJS_ID_NAMED,  /* it says its id: that is what it is */
    NINJS_ID_OF_URI, /* its uri ends with one */
    NINJS_ID_MADE,   /* made of its uri, always the same; others may have it */
};

struct id ninjs_item_id(const struct ninjs_item *item,
                        enum ninjs_id_kind *ret_kind);

/* ---- ninjs_save.c ---- */

/* Everything the item says, in incoming->input and incoming->doc. */
MUST_USE enum err ninjs_fill(struct incoming *incoming);

/* Keeps it as a revision. */
MUST_USE enum err ninjs_save_revision(struct incoming *incoming,
                                      int64_t *ret_revision);

/* Brings the item into the newspaper, or finds that nothing is to do. Leaves
 * incoming->input.id and the headline for the report. */
MUST_USE enum err ninjs_save_item(struct incoming *incoming,
                                  enum import_outcome *ret_outcome);

/* ---- ninjs_content.c ---- */

/* Fills incoming->input.content from the item, all but the media. */
MUST_USE enum err ninjs_read_content(struct incoming *incoming);

/* Those of the people who are authors. */
MUST_USE enum err ninjs_read_authors(struct incoming *incoming,
                                     const struct ninjs_names *people,
                                     struct article_byline **ret_bylines,
                                     size_t *ret_count);

/* The best of the bodies; an empty document when there is none. */
MUST_USE enum err ninjs_read_body(struct incoming *incoming,
                                  const struct ninjs_texts *bodies,
                                  struct html_conversion *ret_body);

/* The best of the bodies when that is HTML, else NULL. */
const struct ninjs_text *ninjs_html_body(const struct ninjs_texts *bodies);

/* Text of any content type as plain text. */
MUST_USE enum err ninjs_plain(struct incoming *incoming,
                              const struct ninjs_text *text,
                              struct str *ret_text);

/* ---- ninjs_subjects.c ---- */

/* Categories and tags. */
MUST_USE enum err ninjs_read_subjects(struct incoming *incoming);

/* ---- ninjs_media.c ---- */

/* The item's pictures: the main one, those in the body. */
MUST_USE enum err ninjs_read_media(struct incoming *incoming);

/* ---- ninjs_live.c ---- */

/* Whether an association is a post of a live blog. */
bool ninjs_is_post(const struct ninjs_item *item);

/* When the item is a live blog: starts it, brings its posts to what the item
 * says, ends it. The article has been saved. *ret_changed is set when something
 * was written. */
MUST_USE enum err ninjs_save_live(struct incoming *incoming, bool *ret_changed);

#endif
