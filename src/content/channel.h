// SPDX-License-Identifier: Apache-2.0
/* content/channel.h: the station's television channels, and the keys with which
 * a studio may feed them and a captioner write. What is on when is programme.h.
 */
#ifndef CONTENT_CHANNEL_H
#define CONTENT_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/id.h"
#include "base/str.h"
#include "store/db.h"

struct arena;
struct document_node;
struct edit;

enum {
    CHANNELS_MAX = 16,
    CHANNEL_NAME_BYTES_MAX = 32,
    CHANNEL_TITLE_BYTES_MAX = 120,
    CHANNEL_PULL_BYTES_MAX = 512,
    CHANNEL_DVR_SECONDS = 4 * 3600, /* unless somebody says otherwise */
    CHANNEL_DVR_SECONDS_MIN = 60,
    CHANNEL_DVR_SECONDS_MAX = 24 * 3600,
    CHANNEL_KEEP_DAYS = 7, /* the same */
    CHANNEL_KEEP_DAYS_MAX = 36500,
    CHANNEL_CAPTIONS = 4, /* CC1 to CC4 */
    CHANNEL_CAPTIONS_BYTES_MAX = 120,

    STREAM_KEYS_MAX = 16, /* good ones of a channel; all of all channels are
                             told to the playout in one message */
    STREAM_KEY_LEN = 32,  /* of base32: 160 bits */
    STREAM_KEY_BYTES = STREAM_KEY_LEN + 1,
    STREAM_KEY_LABEL_BYTES_MAX = 120,
    STREAM_KEY_PRIORITY_MAX = 100,
    STREAM_KEY_PASSPHRASE_BYTES_MIN = 10, /* SRT's own limits */
    STREAM_KEY_PASSPHRASE_BYTES_MAX = 79,
};

#define CHANNEL_KEEP_BYTES (INT64_C(50) << 30)
#define CHANNEL_KEEP_BYTES_MAX (INT64_C(1) << 50)

/* clang-format off */
/*    rendition   its name in addresses, best first */
#define CHANNEL_RENDITIONS(X) \
    X(SOURCE,     "source") /* as it comes */ \
    X(720P,       "720p") \
    X(360P,       "360p") \
    X(AUDIO,      "audio")
/* clang-format on */

enum channel_rendition {
#define X(rendition, name) CHANNEL_##rendition,
    CHANNEL_RENDITIONS(X)
#undef X
        CHANNEL_RENDITION_COUNT
};
extern const struct str channel_renditions[CHANNEL_RENDITION_COUNT];

enum {
    CHANNEL_LADDER_ALL = (1 << CHANNEL_RENDITION_COUNT) - 1,
    /* Unless somebody says otherwise: what a small server makes beside
     * everything else. 720p takes more than all of it. */
    CHANNEL_LADDER_DEFAULT = CHANNEL_LADDER_ALL & ~(1 << CHANNEL_720P),
    /* What is encoded here, of the source. */
    CHANNEL_LADDER_ENCODED = 1 << CHANNEL_720P | 1 << CHANNEL_360P,
};

struct channel {
    struct str name;     /* in addresses: "news" */
    struct str title;    /* for readers */
    int64_t dvr_seconds; /* how far back viewers may go */
    unsigned ladder;     /* which renditions are made: 1 << CHANNEL_AUDIO … */
    int64_t keep_days;   /* recordings of programmes; 0: none are made */
    int64_t keep_bytes;  /* … all together; the oldest go when it is more */
    /* The languages of CC1 to CC4, BCP 47; "": nobody said. */
    struct str captions[CHANNEL_CAPTIONS];
    struct str pull; /* srt://… from where the broadcast is fetched, checked
                        by who sets it; "": it is sent here */

    /* Not set by who adds it. */
    struct id id;
    int64_t created_us;
    int64_t air_us;  /* since when it is on the air; 0 when it is not */
    int64_t past_us; /* the oldest that viewers could go back to then */
};

struct channel_list {
    struct channel *channels; /* oldest first: the first is the main one */
    size_t count;
};

/* "source,720p" as bits. ERR_INVALID names what is none and which there are. */
MUST_USE enum err channel_ladder_parse(struct str text, unsigned *ret_ladder,
                                       struct fault *fault);

/* "cc1=en,cc3=fr" as languages, which are borrowed from text; "" as none.
 * ERR_INVALID, ERR_TOO_LONG name what is wrong. */
MUST_USE enum err channel_captions_parse(
    struct str text, struct str ret_languages[CHANNEL_CAPTIONS],
    struct fault *fault);

/* The same as text, in arena. */
struct str channel_captions_text(const struct str languages[CHANNEL_CAPTIONS],
                                 struct arena *arena);

/* Adds a channel and fills channel->id. Emits channels, channel:<name>.
 * ERR_INVALID, ERR_TOO_LONG, ERR_EXISTS. */
MUST_USE enum err channel_add(struct edit *edit, struct channel *channel);

/* Title, window, ladder, captions, keeping and pull of the channel of that name
 * become those given. ERR_NOT_FOUND. */
MUST_USE enum err channel_change(struct edit *edit,
                                 const struct channel *channel);

/* With its keys and programmes; what viewers may go back to goes when the
 * playout hears of it. Recordings of programmes stay (recording.h).
 * ERR_NOT_FOUND. */
MUST_USE enum err channel_remove(struct edit *edit, struct str name);

/* Says whether it is on the air: since then, 0 for not; and how far back it was
 * kept at that time. Nothing happens when that is known, or when the channel is
 * gone. Emits channel:<name>. */
MUST_USE enum err channel_set_air(struct edit *edit, const struct id *id,
                                  int64_t since_us, int64_t past_us);

/* ERR_NOT_FOUND. */
MUST_USE enum err channel_load(struct db *db, struct str name,
                               struct arena *arena,
                               struct channel *ret_channel);
MUST_USE enum err channel_all(struct db *db, struct arena *arena,
                              struct channel_list *ret_list);

/* What a person is told when there is no channel of that name: fills the fault
 * and gives ERR_NOT_FOUND. */
enum err channel_unknown(struct fault *fault, struct str name);

/* Whether all channels that a document shows are there: ERR_INVALID names the
 * first that is not. One that goes later is left out of pages. */
MUST_USE enum err channel_check_shown(struct edit *edit,
                                      const struct document_node *document);

/* ---- Stream keys ------------------------------------------------------------
 * The key itself is known to nobody but whoever was shown it once; what is
 * stored is its SHA-256. 160 random bits need no salt. A passphrase is kept as
 * it is, because both ends of a line encrypt with it; it lets nobody in. */

/* clang-format off */
/*    role      as it is stored and told */
#define STREAM_KEY_ROLES(X) \
    X(FEED,     "feed")     /* a studio feeds the channel with it */ \
    X(CAPTIONS, "captions") /* a captioner writes captions with it, no more */
/* clang-format on */

enum stream_key_role {
#define X(role, name) STREAM_KEY_##role,
    STREAM_KEY_ROLES(X)
#undef X
        STREAM_KEY_ROLE_COUNT
};
extern const struct str stream_key_roles[STREAM_KEY_ROLE_COUNT];

struct stream_key {
    struct str label; /* whose it is: "studio A" */
    enum stream_key_role role;
    int64_t priority;      /* a higher one takes the air from a lower one; 0 of
                              those that do not feed */
    int64_t from_us;       /* good from then; 0: at once */
    int64_t until_us;      /* good until then; 0: for good */
    struct str passphrase; /* by which SRT is encrypted; "": by none. With one
                              the key is good for SRT alone */

    /* Made by stream_key_add. */
    struct id id, channel;
    struct str sha256; /* 64 hexadecimal digits */
    int64_t created_us;
    int64_t revoked_us; /* 0 while nobody revoked it */
};

struct stream_key_list {
    struct stream_key *keys; /* by channel, highest priority first */
    size_t count;
};

/* "feed", "captions". ERR_INVALID names which there are. */
MUST_USE enum err stream_key_role_parse(struct str text,
                                        enum stream_key_role *ret_role,
                                        struct fault *fault);

/* Makes a key for the channel: key is filled, text is the key itself,
 * lower-case base32 (RFC 4648 §6). Emits channel-keys:<name>, on which no page
 * depends. ERR_INVALID, ERR_TOO_LONG, ERR_NOT_FOUND. */
MUST_USE enum err stream_key_add(struct edit *edit, struct str channel,
                                 struct stream_key *key,
                                 char text[STREAM_KEY_BYTES]);

/* Nobody feeds with it any more. ERR_NOT_FOUND; ERR_GONE when it was revoked
 * before. */
MUST_USE enum err stream_key_revoke(struct edit *edit, const struct id *id);

/* Of the channel, or of all when channel is NULL. */
MUST_USE enum err stream_key_all(struct db *db, const struct id *channel,
                                 struct arena *arena,
                                 struct stream_key_list *ret_list);

#endif
