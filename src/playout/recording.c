// SPDX-License-Identifier: Apache-2.0
#include "playout/recording.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/json_text.h"
#include "base/log.h"
#include "base/time.h"
#include "media/part.h"
#include "playout/dvr.h"
#include "playout/recording_internal.h"

enum {
    PATH_ROOM = RECORDING_PATH_BYTES,
    ADDRESS_BYTES = 64,
    INFO_BYTES_MAX = 4096,
    FACTS_BYTES_MAX = 4096,
    COPY_BYTES = 1 << 20,
    INIT_BYTES_MAX = 1 << 20,
};

void recording_name_folder(const char *live_folder, const struct id *id,
                           const char *ending, char target[PATH_ROOM])
{
    snprintf(target, PATH_ROOM, "%s/recordings/%s%s", live_folder, id->text,
             ending);
}

/* ---- Facts ------------------------------------------------------------------
 */

static int64_t number_of(const json_t *json, const char *key)
{
    return (int64_t)json_number_value(json_object_get(json, key));
}

static enum err load_json(const char *path, size_t max_bytes, json_t **ret_json)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct str text;
    struct fault fault = {0};
    enum err err = file_read(path, max_bytes, &arena, &text, &fault);
    if (err)
        return err;
    json_t *json = json_text_read(text, NULL);
    if (!json)
        return ERR_CORRUPT;
    *ret_json = json;
    return ERR_OK;
}

enum err recording_read_facts(const char *live_folder, const struct id *id,
                              struct recording_facts *ret_facts)
{
    char path[PATH_ROOM];
    json_t *json;
    recording_name_folder(live_folder, id, "/facts.json", path);
    enum err err = load_json(path, FACTS_BYTES_MAX, &json);
    if (err)
        return err;
    *ret_facts = (struct recording_facts){
        .start_us = number_of(json, "start_us"),
        .duration_us = number_of(json, "duration_us"),
        .bytes = number_of(json, "bytes"),
        .width = number_of(json, "width"),
        .height = number_of(json, "height"),
    };
    json_decref(json);
    return ERR_OK;
}

bool recording_exists(const char *live_folder, const struct id *id)
{
    char path[PATH_ROOM];
    recording_name_folder(live_folder, id, "/facts.json", path);
    return access(path, R_OK) == 0;
}

enum err recording_open(const char *live_folder, const struct id *id,
                        int *ret_fd, int64_t *ret_bytes, struct fault *fault)
{
    char path[PATH_ROOM + 32];
    struct stat info;
    int fd = -1;
    for (unsigned i = 0; fd < 0 && i < PART_RENDITIONS_MAX; i++) {
        recording_name_folder(live_folder, id, "", path);
        size_t len = strlen(path);
        snprintf(path + len, sizeof path - len, "/%s.mp4",
                 part_rendition_name(i));
        fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    if (fd >= 0 && fstat(fd, &info) == 0) {
        *ret_fd = fd;
        *ret_bytes = info.st_size;
        return ERR_OK;
    }
    int error = errno;
    if (fd >= 0)
        close(fd);
    return fault_set(fault, err_from_errno(error), "ID",
                     "the files of recording %s cannot be read: %s", id->text,
                     strerror(error));
}

/* ---- Erasing ----------------------------------------------------------------
 */

static enum err erase_folder(const char *path, struct fault *fault)
{
    DIR *folder = opendir(path);
    if (!folder && errno == ENOENT)
        return ERR_OK;
    for (const struct dirent *entry; folder && (entry = readdir(folder));) {
        char inside[PATH_ROOM + 256];
        snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name);
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlink(inside);
    }
    if (folder)
        closedir(folder);
    if (rmdir(path) == 0 || errno == ENOENT)
        return ERR_OK;
    return fault_set(fault, err_from_errno(errno), NULL,
                     "the recording in %s cannot be erased: %s", path,
                     strerror(errno));
}

enum err recording_erase(const char *live_folder, const struct id *id,
                         struct fault *fault)
{
    char path[PATH_ROOM], aside[PATH_ROOM];
    recording_name_folder(live_folder, id, "", path);
    recording_name_folder(live_folder, id, ".new", aside);
    /* Half of it never stands under its name. */
    enum err err = erase_folder(aside, fault);
    if (!err && rename(path, aside) < 0 && errno != ENOENT)
        err = fault_set(fault, err_from_errno(errno), NULL,
                        "the recording in %s cannot be erased: %s", path,
                        strerror(errno));
    return err ? err : erase_folder(aside, fault);
}

void recording_clean(const char *live_folder)
{
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "%s/recordings", live_folder);
    DIR *folder = opendir(path);
    for (const struct dirent *entry; folder && (entry = readdir(folder));) {
        struct str name = str_from_c(entry->d_name);
        struct fault fault = {0};
        struct id id;
        if (!str_ends_with(name, STR(".new")) ||
            id_parse(str_slice(name, 0, name.len - STR(".new").len), &id))
            continue;
        recording_name_folder(live_folder, &id, ".new", path);
        if (erase_folder(path, &fault))
            log_warn("what a crash left of a recording stays",
                     LOG_C("cause", fault_text(&fault)));
        else
            log_info("what a crash left of a recording is erased; it is made "
                     "anew",
                     LOG_C("id", id.text));
    }
    if (folder)
        closedir(folder);
}

/* ---- Cutting ----------------------------------------------------------------
 */

/* A rendition while it is copied. */
struct track {
    struct recording_track made;
    char address[ADDRESS_BYTES]; /* of the file, from the playlist */
    struct dvr dvr;
    size_t first, end; /* of the segments that are wanted */
    int fd;
    int64_t offset;
    uint32_t init;
};

struct cutting {
    const struct recording_order *order;
    int64_t cut_us; /* now: another cut has other bytes, and another address */
    struct fault *fault;
    char folder[PATH_ROOM]; /* <id>.new */
    struct track tracks[PART_RENDITIONS_MAX];
    size_t count;
    char bytes[COPY_BYTES]; /* on their way */
};

static enum err failed(struct cutting *cutting, const char *what)
{
    int error = errno;
    return fault_set(cutting->fault, err_from_errno(error), NULL,
                     "%s in %s: %s", what, cutting->folder, strerror(error));
}

static bool is_wanted(const struct recording_order *order,
                      const struct live_segment_info *segment)
{
    int64_t end_us = segment->start_us + segment->duration * 100 / 9;
    return segment->place.hour && segment->duration > 0 &&
           end_us > order->start_us && segment->start_us < order->end_us;
}

static void read_about(const char *path, struct recording_track *made)
{
    json_t *json = NULL;
    struct buf about;
    if (load_json(path, INFO_BYTES_MAX, &json))
        return;
    const char *codecs = json_string_value(json_object_get(json, "codecs"));
    double frames = json_number_value(json_object_get(json, "frames"));
    int64_t width = number_of(json, "width"),
            height = number_of(json, "height");
    buf_init(&about, RECORDING_ABOUT_BYTES - 1);
    if (codecs && live_codecs_is_valid(str_from_c(codecs)))
        buf_printf(&about, ",CODECS=\"%s\"", codecs);
    if (width && height)
        buf_printf(&about, ",RESOLUTION=%" PRId64 "x%" PRId64, width, height);
    if (frames > 0)
        buf_printf(&about, ",FRAME-RATE=%.3f", frames);
    recording_track_describe(made, buf_str(&about));
    buf_finish(&about);
    json_decref(json);
}

/* False when there is nothing of that rendition then. */
static bool open_track(struct cutting *cutting, const char *name,
                       struct track *track)
{
    const struct recording_order *order = cutting->order;
    char folder[PATH_ROOM], about[PATH_ROOM + 32];
    struct fault fault = {0};
    *track = (struct track){.made = {.name = name}, .fd = -1};
    snprintf(folder, sizeof folder, "%s/%s/%s", order->live_folder,
             order->channel.text, name);
    if (dvr_open_span(&track->dvr, folder, order->start_us * 9 / 100,
                      order->end_us * 9 / 100, &fault))
        return false;
    const struct dvr *dvr = &track->dvr;
    while (track->first < dvr->count &&
           !is_wanted(order, &dvr->segments[track->first]))
        track->first++;
    for (size_t i = track->first; i < dvr->count; i++) {
        if (is_wanted(order, &dvr->segments[i]))
            track->end = i + 1;
    }
    if (track->first >= track->end) {
        dvr_close(&track->dvr);
        return false;
    }
    snprintf(track->address, sizeof track->address, "%s.mp4?%" PRId64, name,
             cutting->cut_us);
    snprintf(about, sizeof about, "%s/rendition.json", folder);
    read_about(about, &track->made);
    recording_track_begin(&track->made);
    return true;
}

static enum err copy_range(struct cutting *cutting, struct track *track,
                           int from, uint64_t offset, uint64_t len)
{
    char *bytes = cutting->bytes;
    while (len) {
        size_t some = len < COPY_BYTES ? (size_t)len : COPY_BYTES;
        ssize_t got = pread(from, bytes, some, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got ? failed(cutting, "cannot read the DVR")
                       : fault_set(cutting->fault, ERR_CORRUPT, NULL,
                                   "an hour of the DVR is shorter than its "
                                   "index says");
        for (ssize_t done = 0; done < got;) {
            ssize_t n = write(track->fd, bytes + done, (size_t)(got - done));
            if (n < 0 && errno != EINTR)
                return failed(cutting, "cannot write a recording");
            done += n > 0 ? n : 0;
        }
        offset += (uint64_t)got;
        len -= (uint64_t)got;
        track->offset += got;
    }
    return ERR_OK;
}

static enum err add_init(struct cutting *cutting, struct track *track,
                         uint32_t number)
{
    DEFER(buf_finish) struct buf init;
    buf_init(&init, INIT_BYTES_MAX);
    if (dvr_read_init(&track->dvr, number, &init))
        return fault_set(cutting->fault, ERR_CORRUPT, NULL,
                         "what players must know first of %s is not in the "
                         "DVR any more",
                         track->made.name);
    struct str bytes = buf_str(&init);
    if (write(track->fd, bytes.ptr, bytes.len) != (ssize_t)bytes.len)
        return failed(cutting, "cannot write a recording");
    buf_printf(&track->made.playlist,
               "#EXT-X-MAP:URI=\"%s\",BYTERANGE=\"%zu@%" PRId64 "\"\n",
               track->address, bytes.len, track->offset);
    track->offset += (int64_t)bytes.len;
    track->init = number;
    return ERR_OK;
}

static void tell_segment(struct track *track,
                         const struct live_segment_info *segment)
{
    char when[TIME_RFC3339_BYTES];
    time_format_rfc3339(segment->start_us, when);
    buf_printf(&track->made.playlist,
               "#EXT-X-PROGRAM-DATE-TIME:%s\n#EXTINF:%.5f,\n"
               "#EXT-X-BYTERANGE:%" PRIu32 "@%" PRId64 "\n%s\n",
               when, (double)segment->duration / LIVE_HZ, segment->place.len,
               track->offset, track->address);
    recording_track_count(&track->made, &(struct recording_segment){
                                            .start_us = segment->start_us,
                                            .ticks = segment->duration,
                                            .len = segment->place.len,
                                            .offset = (uint64_t)track->offset,
                                        });
}

static enum err add_segment(struct cutting *cutting, struct track *track,
                            const struct live_segment_info *segment,
                            const struct live_segment_info *before)
{
    char path[PATH_ROOM + 32];
    if (before && (before->timeline != segment->timeline ||
                   before->sequence + 1 != segment->sequence))
        buf_add(&track->made.playlist, STR("#EXT-X-DISCONTINUITY\n"));
    enum err err = track->init == segment->init
                       ? ERR_OK
                       : add_init(cutting, track, segment->init);
    if (err)
        return err;
    snprintf(path, sizeof path, "%s/%" PRIu32 ".mp4", track->dvr.folder,
             segment->place.hour);
    int from = open(path, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return failed(cutting, "cannot open an hour of the DVR for what is");
    tell_segment(track, segment);
    err = copy_range(cutting, track, from, segment->place.offset,
                     segment->place.len);
    close(from);
    return err;
}

static enum err copy_track(struct cutting *cutting, struct track *track)
{
    const struct recording_order *order = cutting->order;
    const struct live_segment_info *before = NULL;
    char path[PATH_ROOM + 32];
    snprintf(path, sizeof path, "%s/%s.mp4", cutting->folder, track->made.name);
    track->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (track->fd < 0)
        return failed(cutting, "cannot make a recording");
    enum err err = ERR_OK;
    for (size_t i = track->first; !err && i < track->end; i++) {
        const struct live_segment_info *segment = &track->dvr.segments[i];
        if (order->is_cancelled && order->is_cancelled(order->context))
            return fault_set(cutting->fault, ERR_CLOSED, NULL,
                             "the recording was given up");
        if (!is_wanted(order, segment))
            continue;
        track->made.has_dependent |= segment->is_dependent;
        err = add_segment(cutting, track, segment, before);
        before = segment;
    }
    if (!err && fsync(track->fd) < 0)
        err = failed(cutting, "cannot keep a recording");
    track->made.bytes = track->offset;
    return err;
}

static enum err check_room(struct cutting *cutting)
{
    struct statvfs disk;
    int64_t wanted = RECORDING_FREE_BYTES_MIN;
    for (size_t i = 0; i < cutting->count; i++) {
        const struct track *track = &cutting->tracks[i];
        for (size_t at = track->first; at < track->end; at++)
            wanted += track->dvr.segments[at].place.len;
    }
    if (statvfs(cutting->order->live_folder, &disk) < 0)
        return failed(cutting, "cannot tell how full the disk is for what is");
    int64_t room = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
    if (room >= wanted)
        return ERR_OK;
    return fault_set(cutting->fault, ERR_FULL, NULL,
                     "the recording wants a disk with %" PRId64
                     " MB free, 1 GB of it for what goes on; there are %" PRId64
                     " MB. Remove recordings ('broadsheet recording list'), or "
                     "keep them for fewer days",
                     wanted >> 20, room >> 20);
}

static enum err take_name(struct cutting *cutting)
{
    const struct recording_order *order = cutting->order;
    char path[PATH_ROOM];
    recording_name_folder(order->live_folder, &order->id, "", path);
    /* Players that are at the old one go on with the new one's bytes, which
     * are the same as far as they know them. */
    bool is_swapped =
        order->is_anew && renameat2(AT_FDCWD, cutting->folder, AT_FDCWD, path,
                                    RENAME_EXCHANGE) == 0;
    if (!is_swapped && order->is_anew) { /* not every file system can do that */
        enum err err = erase_folder(path, cutting->fault);
        if (err)
            return err;
    }
    if (!is_swapped && rename(cutting->folder, path) < 0)
        return failed(cutting, "cannot put a recording in its place");
    snprintf(path, sizeof path, "%s/recordings", order->live_folder);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool kept = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    if (!kept)
        return failed(cutting, "cannot keep a recording");
    return is_swapped ? erase_folder(cutting->folder, cutting->fault) : ERR_OK;
}

/* Part of the beginning may be forgotten since the first one was made. */
static enum err check_start(struct cutting *cutting,
                            const struct recording_facts *there)
{
    const struct track *best = &cutting->tracks[0];
    int64_t start_us = best->dvr.segments[best->first].start_us;
    if (start_us <= there->start_us || start_us <= cutting->order->start_us)
        return ERR_OK;
    return fault_set(cutting->fault, ERR_GONE, NULL,
                     "the beginning of it is in the DVR no more; the recording "
                     "that was made before stays");
}

static enum err cut(struct cutting *cutting, struct recording_facts *facts)
{
    enum err err = check_room(cutting);
    if (!err)
        err = erase_folder(cutting->folder, cutting->fault);
    if (!err)
        err = folder_make(cutting->folder, cutting->fault);
    for (size_t i = 0; !err && i < cutting->count; i++)
        err = copy_track(cutting, &cutting->tracks[i]);
    const struct recording_track *tracks[PART_RENDITIONS_MAX];
    for (size_t i = 0; i < cutting->count; i++)
        tracks[i] = &cutting->tracks[i].made;
    if (!err)
        err = recording_write(cutting->folder, tracks, cutting->count, facts,
                              cutting->fault);
    return err ? err : take_name(cutting);
}

static void finish(struct cutting *cutting)
{
    for (size_t i = 0; i < cutting->count; i++) {
        struct track *track = &cutting->tracks[i];
        if (track->fd >= 0)
            close(track->fd);
        dvr_close(&track->dvr);
        recording_track_end(&track->made);
    }
}

enum err recording_cut(const struct recording_order *order,
                       struct recording_facts *ret_facts, struct fault *fault)
{
    assert(order && order->end_us > order->start_us);
    struct recording_facts there = {.start_us = INT64_MAX};
    bool is_there =
        !recording_read_facts(order->live_folder, &order->id, &there);
    if (is_there && !order->is_anew) {
        *ret_facts = there;
        return ERR_OK;
    }
    struct cutting *cutting = calloc(1, sizeof *cutting);
    if (!cutting)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    cutting->order = order;
    cutting->cut_us = time_now_us();
    cutting->fault = fault;
    recording_name_folder(order->live_folder, &order->id, ".new",
                          cutting->folder);
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++) {
        const char *name = part_rendition_name(i);
        if (name && open_track(cutting, name, &cutting->tracks[cutting->count]))
            cutting->count++;
    }
    struct recording_facts facts;
    struct fault unused = {0};
    enum err err = cutting->count
                       ? check_start(cutting, &there)
                       : fault_set(fault, ERR_NOT_FOUND, NULL,
                                   "nothing of that time is in the DVR");
    if (!err)
        err = cut(cutting, &facts);
    finish(cutting);
    if (err && cutting->count && erase_folder(cutting->folder, &unused))
        log_warn("what was made of a recording stays for now",
                 LOG_C("cause", fault_text(&unused)));
    free(cutting);
    if (!err)
        *ret_facts = facts;
    return err;
}
