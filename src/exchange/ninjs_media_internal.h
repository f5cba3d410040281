// SPDX-License-Identifier: Apache-2.0
/* exchange/ninjs_media_internal.h: pictures on their way into an article. */
#ifndef EXCHANGE_NINJS_MEDIA_INTERNAL_H
#define EXCHANGE_NINJS_MEDIA_INTERNAL_H

#include "exchange/ninjs_import_internal.h"

struct incoming_picture {
    const struct ninjs_item *item;
    struct id id; /* of the medium */
    struct str alt;
    struct str caption;
    struct str credit;
    bool is_main;   /* it says so itself */
    bool is_placed; /* it stands somewhere */
};

struct incoming_pictures {
    struct incoming_picture *items;
    size_t count;
};

/* The medium of a picture, new or known already; none when no file of it could
 * be read. */
MUST_USE enum err ninjs_make_medium(struct incoming *incoming,
                                    const struct ninjs_item *picture,
                                    struct id *ret_id);

/* The part of href that is a path, and the folder that it lies in; false when
 * it is an address of somewhere else. */
bool ninjs_find_folder(const struct incoming *incoming, struct str href,
                       const char **ret_folder, struct str *ret_path);

/* The last part of a path. */
struct str ninjs_base_name(struct str href);

/* An association that is played: audio, video. */
bool ninjs_is_recording(const struct ninjs_item *item);

/* Makes it what is played beside the article; of several the first. */
MUST_USE enum err ninjs_read_recording(struct incoming *incoming,
                                       const struct ninjs_item *item);

/* Finds the media of the pictures that the body shows. */
MUST_USE enum err ninjs_place_pictures(struct incoming *incoming,
                                       struct incoming_pictures *pictures);

/* Pictures that stand nowhere come last in the document, several as a
 * gallery. */
void ninjs_append_pictures(struct incoming *incoming,
                           const struct incoming_pictures *pictures);

#endif
