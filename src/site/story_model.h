// SPDX-License-Identifier: Apache-2.0
/* site/story_model.h: a story and its picture as templates see them. Every key
 * is always set, so that a story never shows what belongs to what is around it:
 *
 *     id, url, headline, kicker, standfirst, authors, source, live, sponsored,
 *     published {iso, text, short}, picture {src, srcset, sizes, width, height,
 *     alt, eager, sources [type, srcset]}
 */
#ifndef SITE_STORY_MODEL_H
#define SITE_STORY_MODEL_H

#include "content/article_list.h"
#include "content/picture.h"

struct article;
struct document_media;
struct document_writer;
struct printing;
struct value;

enum story_size {
    STORY_FULL, /* the picture of an article */
    STORY_LEAD,
    STORY_MAJOR,
    STORY_STANDARD,
    STORY_BRIEF,    /* no picture */
    STORY_POSTER,   /* of a film in an article */
    STORY_PORTRAIT, /* of an author */
};

enum story_flag {
    STORY_KICKER = 1 << 0, /* with its category when it has no kicker */
    STORY_EAGER = 1 << 1,  /* its picture is on the first screen */
};

/* "sponsored", and "paid": "Paid for by …", whom the source line names. */
void story_set_paid(struct printing *p, struct value *object, bool sponsored,
                    struct str source);

/* Fills object with the card. */
void story_fill(struct printing *p, struct value *object,
                const struct article_card *card, enum story_size size,
                unsigned flags);

/* Fills object.picture, or makes it false when medium is NULL. */
void story_set_picture(struct printing *p, struct value *object,
                       const struct medium *medium, struct str alt,
                       enum story_size size, bool eager);

/* Where the medium's renditions are. False when it has no file. */
bool story_media(struct printing *p, const struct medium *medium,
                 enum story_size size, struct document_media *ret_media);

/* The one file of a picture for programs that show previews: the widest up to
 * 1600 pixels of the types that all of them read. NULL when there is none. */
const struct rendition *story_preview(const struct medium *medium);

/* The widest JPEG of a cut; NULL when the picture is like that uncut, or waits
 * to be made. */
const struct rendition *story_cut(const struct medium *medium,
                                  enum picture_cut cut);

/* "/media/<name>" */
struct str story_file_path(struct arena *arena,
                           const struct rendition *rendition);

/* The whole address of what is played beside the article, which has to be set.
 */
struct str story_enclosure_url(struct printing *p,
                               const struct article *article);

/* How the article's document is written: with the media it was loaded with,
 * and absolute addresses for feeds. */
struct document_writer story_writer(struct printing *p,
                                    const struct article *article);

#endif
