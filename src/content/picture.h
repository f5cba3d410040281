// SPDX-License-Identifier: Apache-2.0
/* content/picture.h: the renditions of pictures: which there are to be, and how
 * they are made with broadsheet-image. A picture is made when it is added, or
 * in the background when an import brought many; pages show what there is, and
 * are printed again when there is more.
 *
 * Nothing here is to be called within a write: making takes seconds. */
#ifndef CONTENT_PICTURE_H
#define CONTENT_PICTURE_H

#include "base/fault.h"
#include "base/id.h"
#include "content/media.h"
#include "render/image_helper.h"

struct arena;
struct content;
struct db;

/* What pictures are cut to, around their focal point. */
enum picture_cut {
    PICTURE_WHOLE,
    PICTURE_CARD,   /* of lists */
    PICTURE_WIDE,   /* where a section opens, films, programs that read */
    PICTURE_SQUARE, /* portraits, programs that read */
    PICTURE_CUTS,
};

struct picture_cut_facts {
    struct str name; /* rendition.ratio: "3:2", "" of the whole */
    uint8_t x, y;
    uint16_t widest; /* pixels */
    uint8_t step;    /* every one, or every second width */
    bool webp;       /* or AVIF and JPEG alone */
};
extern const struct picture_cut_facts picture_cuts[PICTURE_CUTS];

/* Whether a picture of that size is not cut for it, being like that already. */
bool picture_is_like(int64_t width, int64_t height, enum picture_cut cut);

/* Which renditions a picture of that size is to have: each width that it fills,
 * or its own when it is smaller than all, in each type, of the whole and of
 * each cut that it is not like already. At most IMAGE_OUTPUTS_MAX; returns how
 * many. */
size_t picture_plan(int64_t width, int64_t height,
                    struct image_output outputs[IMAGE_OUTPUTS_MAX]);

struct picture_work {
    struct content *content;
    struct image_helper *helper;
    struct str actor;
    image_progress *progress; /* may be NULL */
    void *context;
    int64_t seq; /* set to the log's entry of what was written, if any */
};

/* What the owner says of a picture that comes. */
struct picture_input {
    struct str bytes;
    struct str filename;
    struct str alt;
    struct str caption;
    struct str credit; /* "": as the file itself says */
    int64_t focus_x;   /* or MEDIA_FOCUS_AUTO, both */
    int64_t focus_y;
};

/* Adds it with its renditions; one that is there already (by its bytes) is left
 * as it is and told by *ret_known. Nothing is kept of a picture that cannot be
 * read: errors of image_helper_make, of the store. */
MUST_USE enum err picture_add(struct picture_work *work,
                              const struct picture_input *input,
                              struct id *ret_id, bool *ret_known,
                              struct fault *fault);

/* Makes the renditions of a medium anew and has the pages that show it printed
 * again. A picture that cannot be read is put down as such, with the cause, and
 * answered with it. ERR_NOT_FOUND, ERR_UNSUPPORTED when it is no picture,
 * ERR_CONFLICT when it was changed meanwhile. */
MUST_USE enum err picture_make(struct picture_work *work, const struct id *id,
                               struct fault *fault);

/* Moves the focal point (MEDIA_FOCUS_AUTO, both: lets it be found) and makes
 * the renditions anew. */
MUST_USE enum err picture_set_focus(struct picture_work *work,
                                    const struct id *id, int64_t x, int64_t y,
                                    struct fault *fault);

struct picture_ids {
    struct id *ids;
    size_t count;
};

/* Pictures that wait to be made: those of the newest published articles first;
 * behind them those that were made by an older plan. At most limit. */
MUST_USE enum err picture_waiting(struct db *db, size_t limit,
                                  struct arena *arena,
                                  struct picture_ids *ret_ids);

/* All of one article, and of its live posts, whatever their state. */
MUST_USE enum err picture_list_in(struct db *db, const struct id *article,
                                  struct arena *arena,
                                  struct picture_ids *ret_ids);

/* Those of one article. */
MUST_USE enum err picture_waiting_in(struct db *db, const struct id *article,
                                     struct arena *arena,
                                     struct picture_ids *ret_ids);

/* Whether it waits and no reader has had it: publishing what shows it now would
 * give it to them as it came. */
MUST_USE enum err picture_waits_unseen(struct db *db, const struct id *medium,
                                       bool *ret_waits);

#endif
