// SPDX-License-Identifier: Apache-2.0
/* A recording is cut to an earlier end. First the playlists become shorter,
 * then the media: at each moment all that the playlists tell of is there. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "media/part.h"
#include "playout/recording_internal.h"

struct trimming {
    char folder[RECORDING_PATH_BYTES];
    int64_t end_us;
    struct str master;
    struct recording_track tracks[PART_RENDITIONS_MAX];
    size_t count;
    const char *dropped[PART_RENDITIONS_MAX]; /* of them nothing is left */
    size_t dropped_count;
    struct arena *arena;
    struct fault *fault;
};

static enum err read_text(const struct trimming *trimming, const char *name,
                          size_t bytes_max, struct str *ret_text,
                          struct fault *fault)
{
    return file_read(
        arena_printf(trimming->arena, "%s/%s.m3u8", trimming->folder, name).ptr,
        bytes_max, trimming->arena, ret_text, fault);
}

static enum err refuse(const struct trimming *trimming, const char *name)
{
    return fault_set(trimming->fault, ERR_CORRUPT, NULL,
                     "%s.m3u8 in %s is not as it was written: the recording "
                     "stays as long as it is",
                     name, trimming->folder);
}

/* What the list of renditions says of one, behind its bandwidths. */
static void describe(const struct trimming *trimming,
                     struct recording_track *track)
{
    struct str name = arena_printf(trimming->arena, "%s.m3u8", track->name),
               text, line;
    struct str before = STR("");
    for (text = trimming->master; str_split_next(&text, '\n', &line);
         before = line) {
        if (!str_eq(line, name))
            continue;
        const struct str mark = STR(",AVERAGE-BANDWIDTH=");
        ptrdiff_t at = str_find(before, mark);
        struct str about =
            str_from(before, at < 0 ? before.len : (size_t)at + mark.len);
        ptrdiff_t comma = str_find_char(about, ',');
        recording_track_describe(
            track, str_from(about, comma < 0 ? about.len : (size_t)comma));
    }
}

/* The first that begins too late ends it: a clock may have been set back. */
static size_t keep(const struct trimming *trimming,
                   struct recording_track *track, struct str body,
                   struct str *rest)
{
    struct recording_segment segment = {0};
    bool is_over = false;
    size_t kept = 0;
    while (recording_next_segment(rest, &segment)) {
        is_over |= segment.start_us >= trimming->end_us;
        if (is_over)
            continue;
        recording_track_count(track, &segment);
        track->bytes = (int64_t)segment.offset + segment.len;
        kept = body.len - rest->len;
    }
    return kept;
}

static enum err take_track(struct trimming *trimming, const char *name,
                           struct str text)
{
    struct recording_track *track = &trimming->tracks[trimming->count];
    ptrdiff_t head = str_find(text, STR("#EXT-X-MAP:"));
    if (head < 0)
        return refuse(trimming, name);
    *track = (struct recording_track){
        .name = name,
        .has_dependent = str_find(str_slice(text, 0, (size_t)head),
                                  STR("#EXT-X-INDEPENDENT-SEGMENTS")) < 0,
    };
    struct str body = str_from(text, (size_t)head), rest = body;
    size_t kept = keep(trimming, track, body, &rest);
    if (!str_eq(rest, RECORDING_END)) /* or what is not understood would go */
        return refuse(trimming, name);
    if (!kept) {
        trimming->dropped[trimming->dropped_count++] = name;
        return ERR_OK;
    }
    recording_track_begin(track);
    buf_add(&track->playlist, str_slice(body, 0, kept));
    describe(trimming, track);
    trimming->count++;
    return ERR_OK;
}

static enum err take_tracks(struct trimming *trimming)
{
    struct str text;
    struct fault unused = {0};
    enum err err = read_text(trimming, "master", RECORDING_MASTER_BYTES_MAX,
                             &trimming->master, trimming->fault);
    for (unsigned i = 0; !err && i < PART_RENDITIONS_MAX; i++) {
        const char *name = part_rendition_name(i);
        if (!name)
            continue;
        enum err is_there = read_text(
            trimming, name, RECORDING_PLAYLIST_BYTES_MAX, &text, &unused);
        if (is_there != ERR_NOT_FOUND)
            err = is_there ? refuse(trimming, name)
                           : take_track(trimming, name, text);
    }
    if (!err && !trimming->count)
        err = fault_set(trimming->fault, ERR_NOT_FOUND, NULL,
                        "nothing of the recording was on the air before the "
                        "programme's new end");
    return err;
}

static enum err cut_media(const struct trimming *trimming,
                          const struct recording_track *track)
{
    const char *path = arena_printf(trimming->arena, "%s/%s.mp4",
                                    trimming->folder, track->name)
                           .ptr;
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool is_cut =
        fd >= 0 && ftruncate(fd, (off_t)track->bytes) == 0 && fsync(fd) == 0;
    int error = errno;
    if (fd >= 0)
        close(fd);
    return is_cut ? ERR_OK
                  : fault_set(trimming->fault, err_from_errno(error), NULL,
                              "%s cannot be made shorter: %s", path,
                              strerror(error));
}

static void drop(const struct trimming *trimming, const char *name)
{
    static const char *const endings[] = {"m3u8", "mp4"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        unlink(arena_printf(trimming->arena, "%s/%s.%s", trimming->folder, name,
                            endings[i])
                   .ptr);
}

static enum err write_all(struct trimming *trimming,
                          struct recording_facts *ret_facts)
{
    const struct recording_track *tracks[PART_RENDITIONS_MAX];
    for (size_t i = 0; i < trimming->count; i++)
        tracks[i] = &trimming->tracks[i];
    enum err err = recording_write(trimming->folder, tracks, trimming->count,
                                   ret_facts, trimming->fault);
    for (size_t i = 0; !err && i < trimming->count; i++)
        err = cut_media(trimming, tracks[i]);
    for (size_t i = 0; !err && i < trimming->dropped_count; i++)
        drop(trimming, trimming->dropped[i]);
    return err;
}

enum err recording_trim(const char *live_folder, const struct id *id,
                        int64_t end_us, struct recording_facts *ret_facts,
                        struct fault *fault)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct trimming *trimming = calloc(1, sizeof *trimming);
    if (!trimming)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    trimming->end_us = end_us;
    trimming->arena = &arena;
    trimming->fault = fault;
    recording_name_folder(live_folder, id, "", trimming->folder);
    enum err err = take_tracks(trimming);
    if (!err)
        err = write_all(trimming, ret_facts);
    for (size_t i = 0; i < trimming->count; i++)
        recording_track_end(&trimming->tracks[i]);
    free(trimming);
    return err;
}
