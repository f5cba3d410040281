// SPDX-License-Identifier: Apache-2.0
/* content/recording.h: which programmes were kept when they had been on, what
 * became of that, and until when. Their media are files that the newspaper's
 * directory has below live/recordings (playout/recording.h); whoever makes and
 * erases those goes by the states here.
 *
 * A recording has the programme's id and a copy of what it was called: it
 * stays when the programme, or its channel, goes. */
#ifndef CONTENT_RECORDING_H
#define CONTENT_RECORDING_H

#include "content/programme.h"

enum recording_state {
    RECORDING_WANTED,  /* the programme is over; nobody has made it yet */
    RECORDING_READY,   /* it can be watched */
    RECORDING_NOTHING, /* nothing was on the air then */
    RECORDING_REMOVED, /* it is no longer shown; its files are to be erased */
    RECORDING_ERASED,
};

enum {
    /* After its end, until the last of it has been made. */
    RECORDING_DELAY_SECONDS = 15,
    /* What ended earlier is in no DVR any more. */
    RECORDING_LATEST_SECONDS = 25 * 3600,
};

struct recording {
    struct programme of;     /* keep_days means nothing */
    struct str channel_name; /* as it was */
    enum recording_state state;
    int64_t until_us; /* kept until then */
    int64_t media_start_us;
    int64_t duration_us;
    int64_t bytes;
    int64_t width, height; /* 0: sound alone */
};

struct recording_list {
    struct recording *recordings;
    size_t count;
};

/* ---- Looking --------------------------------------------------------------*/

/* ERR_NOT_FOUND, also for one that is removed. */
MUST_USE enum err recording_load(struct db *db, const struct id *id,
                                 struct arena *arena,
                                 struct recording *ret_recording);

/* That of the programme, or else of another that stood in its place when it was
 * recorded. ERR_NOT_FOUND. */
MUST_USE enum err recording_of(struct db *db, const struct programme *programme,
                               struct arena *arena,
                               struct recording *ret_recording);

/* Those of a state, the oldest programme first; of all channels when channel is
 * NULL. */
MUST_USE enum err recording_list_state(struct db *db,
                                       enum recording_state state,
                                       const struct id *channel, size_t limit,
                                       struct arena *arena,
                                       struct recording_list *ret_list);

/* Those whose programme has become longer since it was decided, by an import or
 * by an edit, and is over by its new end; of.start_us and of.end_us are the
 * programme's new ones, all else is that of the recording there is. */
MUST_USE enum err recording_list_short(struct db *db, int64_t now_us,
                                       size_t limit, struct arena *arena,
                                       struct recording_list *ret_list);

/* Those whose programme ends earlier than what was recorded of it, since an
 * import or an edit; of.end_us is the programme's new end, all else is that of
 * the recording there is. A programme that took the place of another is the
 * same only by its title: another one does not make the first one's recording
 * shorter. */
MUST_USE enum err recording_list_long(struct db *db, int64_t now_us,
                                      size_t limit, struct arena *arena,
                                      struct recording_list *ret_list);

/* From when on the channel's DVR is needed: of programmes that are to be kept,
 * and are not recorded yet to their end, the first, also one that has not
 * begun. INT64_MAX: nothing is. It changes with what emits channel:<name>, not
 * by time. */
MUST_USE enum err recording_hold(struct db *db, const struct id *channel,
                                 int64_t now_us, int64_t *ret_from_us);

/* How much the recordings of a channel take, and how many there are. */
MUST_USE enum err recording_sums(struct db *db, const struct id *channel,
                                 int64_t *ret_bytes, int64_t *ret_count);

/* Whether recording_plan or recording_expire have something to do; what takes
 * too much room apart, which comes with recording_made. */
MUST_USE enum err recording_is_due(struct db *db, int64_t now_us,
                                   bool *ret_due);

/* ---- Changing; each emits recording:<id>, recordings:<channel's name> and
 * channel:<name> */

/* Programmes that are over and are to be kept become wanted. *ret_changed:
 * there were some. */
MUST_USE enum err recording_plan(struct edit *edit, int64_t now_us,
                                 bool *ret_changed);

/* It was made; facts are those from media_start_us on. Nothing happens when
 * somebody removed it meanwhile. */
MUST_USE enum err recording_made(struct edit *edit,
                                 const struct recording *recording);

/* One of recording_list_short was made anew from of.start_us to of.end_us, and
 * facts are those from media_start_us on; or, when it is not made, it stays
 * what it was, and nobody tries again. It is kept for as long after its end as
 * before. Nothing happens when somebody removed it meanwhile. */
MUST_USE enum err recording_lengthened(struct edit *edit,
                                       const struct recording *recording,
                                       bool is_made);

/* One of recording_list_long ends at of.end_us now (or stays as long as it is,
 * and nobody tries again, when nothing else is changed); facts are those from
 * media_start_us on, or, of one whose state is RECORDING_NOTHING, nothing is
 * left. Nothing happens when somebody removed it meanwhile. */
MUST_USE enum err recording_shortened(struct edit *edit,
                                      const struct recording *recording);

/* There was nothing to record, or its files are gone. */
MUST_USE enum err recording_set_nothing(struct edit *edit, const struct id *id);

/* Of one of which there was nothing, files are there after all: they are looked
 * at again. */
MUST_USE enum err recording_set_wanted(struct edit *edit, const struct id *id);

/* Removes what has been kept long enough, and the oldest of channels whose
 * recordings take more than they may. */
MUST_USE enum err recording_expire(struct edit *edit, int64_t now_us,
                                   bool *ret_changed);

/* ERR_NOT_FOUND. */
MUST_USE enum err recording_remove(struct edit *edit, const struct id *id);

/* Its files are gone. Nothing is noted. */
MUST_USE enum err recording_erased(struct edit *edit, const struct id *id);

/* Keeps it for so many days from now. ERR_NOT_FOUND, ERR_INVALID. */
MUST_USE enum err recording_keep(struct edit *edit, const struct id *id,
                                 int64_t days);

/* What a person is told: fills the fault and gives ERR_NOT_FOUND. */
enum err recording_unknown(struct fault *fault, const struct id *id);

#endif
