// SPDX-License-Identifier: Apache-2.0
/* The playout's side of broadsheet-ingest, played over its real sockets, with
 * real encoders. Whatever is waited for and does not come fails the test. */
#ifndef TESTS_MEDIA_INGEST_RIG_H
#define TESTS_MEDIA_INGEST_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/types.h>

#include "base/arena.h"
#include "media/ingest_wire.h"
#include "media/packet.h"

enum { RIG_PATH_BYTES = 4096, RIG_WAIT_MS = 120000 };

/* What came of one channel's packets. */
struct rig_media {
    int fd; /* -1 when it is closed */
    struct buf bytes;
    size_t taken;
    struct buf video; /* annex B */
    struct buf audio; /* ADTS */
    int packets, configs, pictures, keys, sounds, gaps, ends;
    int64_t first_tick, last_video, last_audio;
    int gap_followed_by_key; /* so often, configurations in between */
    bool is_after_gap;
    unsigned char adts[7];
};

struct rig {
    pid_t pid;
    int control;
    int rtmp_port, srt_port, rtmps_port;
    struct arena arena;
    struct ingest_message feed, refused, status; /* the last of each */
    int feeds, refusals, statuses;
    struct rig_media media;
};

/* The programs and a folder for files; false when the program is not built. */
bool rig_find(const char *self);
const char *rig_path(const char *name); /* of a file in the folder */
void rig_remove(void);

/* What the program says of its own sandbox. */
struct str rig_probe(struct arena *arena);

void rig_start(struct rig *rig);
void rig_stop(struct rig *rig);

/* A channel "news" with keys; a key's text is its name, its id ends so. */
struct rig_key {
    const char *text;
    int64_t priority;
    int64_t until_us; /* 0: unlimited */
    const char *passphrase;
};
void rig_tell(struct rig *rig, const struct rig_key *keys, size_t count);

/* A new reader of the channel's packets, the one before is hung up on. */
void rig_open_media(struct rig *rig);
void rig_close_media(struct rig *rig);

/* Waits until *count, which is the rig's, has reached at least. */
void rig_wait(struct rig *rig, const int *count, int least);

/* Runs it, its standard error in *ret_errors (may be NULL); gives its pid. */
pid_t rig_spawn(const char *const *arguments, const char *errors);
int rig_join(pid_t pid); /* gives the exit status, -1 after a signal */
int rig_run(const char *const *arguments);

/* Writes what came, decodes it with a decoder that stops at any error, and
 * counts. */
int rig_decoded_pictures(struct rig *rig);
void rig_decode_audio(struct rig *rig);

struct str rig_read(const char *path, struct arena *arena);

#endif
