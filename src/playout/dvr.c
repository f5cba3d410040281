// SPDX-License-Identifier: Apache-2.0
#include "playout/dvr.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"
#include "link/wire.h"

enum {
    RECORD_VERSION = 1,
    CRC_BYTES = 4,
    RECORDS_A_READ = 1024,
    HOURS_MAX = 24 * 15,
    NAME_BYTES = DVR_PATH_BYTES + 32,
    INIT_BYTES_MAX = 1 << 20,
    FLAG_INDEPENDENT = 1,
    FLAG_GAP = 2,
};

#define HOUR_TICKS (INT64_C(3600) * LIVE_HZ)
#define TICK_MAX (INT64_MAX / 100) /* which can be told in microseconds */

/* A record: crc u32 of the rest, version u8, flags u8, part u16, sequence u64,
 * tick i64, duration u32, init u32, timeline u32, len u32, offset u64,
 * segment tick i64, zero u64. */
struct record {
    struct dvr_part part;
    struct live_segment_info segment;
};

static void encode(struct buf *out, const struct record *record)
{
    size_t start = out->len;
    wire_put_u32(out, 0);
    wire_put_u8(out, RECORD_VERSION);
    wire_put_u8(out,
                (uint8_t)((record->part.independent ? FLAG_INDEPENDENT : 0) |
                          (record->part.is_gap ? FLAG_GAP : 0)));
    wire_put_u16(out, (uint16_t)record->part.part);
    wire_put_u64(out, record->segment.sequence);
    wire_put_u64(out, (uint64_t)record->part.tick);
    wire_put_u32(out, (uint32_t)record->part.duration);
    wire_put_u32(out, record->segment.init);
    wire_put_u32(out, record->segment.timeline);
    wire_put_u32(out, record->part.place.len);
    wire_put_u64(out, record->part.place.offset);
    wire_put_u64(out, (uint64_t)record->segment.tick);
    wire_put_u64(out, 0);
    assert(buf_err(out) || out->len - start == DVR_RECORD_BYTES);
    uint32_t crc = libdeflate_crc32(0, out->ptr + start + CRC_BYTES,
                                    DVR_RECORD_BYTES - CRC_BYTES);
    for (size_t i = 0; i < CRC_BYTES; i++)
        out->ptr[start + i] = (char)(crc >> (8 * i));
}

static bool is_tick(int64_t tick)
{
    return tick >= 0 && tick <= TICK_MAX;
}

static bool decode(struct str bytes, uint32_t hour, struct record *ret_record)
{
    struct wire_reader reader = {.rest = bytes};
    uint32_t crc = wire_get_u32(&reader);
    if (crc != libdeflate_crc32(0, bytes.ptr + CRC_BYTES,
                                DVR_RECORD_BYTES - CRC_BYTES) ||
        wire_get_u8(&reader) != RECORD_VERSION)
        return false;
    uint8_t flags = wire_get_u8(&reader);
    struct record record = {
        .part = {.independent = flags & FLAG_INDEPENDENT,
                 .is_gap = flags & FLAG_GAP},
    };
    record.part.part = wire_get_u16(&reader);
    record.part.sequence = record.segment.sequence = wire_get_u64(&reader);
    record.part.tick = (int64_t)wire_get_u64(&reader);
    record.part.duration = wire_get_u32(&reader);
    record.segment.init = wire_get_u32(&reader);
    record.segment.timeline = wire_get_u32(&reader);
    record.part.place.len = wire_get_u32(&reader);
    record.part.place.offset = wire_get_u64(&reader);
    record.segment.tick = (int64_t)wire_get_u64(&reader);
    record.part.place.hour = hour;
    if (reader.bad || !is_tick(record.part.tick) ||
        !is_tick(record.segment.tick))
        return false;
    record.segment.start_us = record.segment.tick * 100 / 9;
    *ret_record = record;
    return record.segment.sequence < LIVE_SEQUENCE_MAX &&
           record.part.is_gap == (record.part.place.len == 0) &&
           record.part.part < LIVE_PARTS_MAX &&
           record.part.duration <= LIVE_DURATION_MAX;
}

static void name_file(const struct dvr *dvr, uint32_t hour, const char *ending,
                      char target[NAME_BYTES])
{
    snprintf(target, NAME_BYTES, "%s/%" PRIu32 ".%s", dvr->folder, hour,
             ending);
}

static void name_init(const struct dvr *dvr, uint32_t number,
                      char target[NAME_BYTES])
{
    snprintf(target, NAME_BYTES, "%s/init-%" PRIu32 ".mp4", dvr->folder,
             number);
}

/* ---- What there is, in memory -----------------------------------------------
 */

static void drop_segments(struct dvr *dvr, size_t count)
{
    if (!count)
        return;
    dvr->count -= count;
    memmove(dvr->segments, dvr->segments + count,
            dvr->count * sizeof *dvr->segments);
}

static void remember_segment(struct dvr *dvr,
                             const struct live_segment_info *segment)
{
    /* A playlist has no gaps: what is before one is not shown any more. */
    if (dvr->count && dvr_last(dvr)->sequence + 1 != segment->sequence &&
        !dvr->has_gaps)
        dvr->count = 0;
    if (dvr->count == dvr->capacity) {
        size_t capacity = dvr->capacity ? 2 * dvr->capacity : 256;
        struct live_segment_info *grown =
            realloc(dvr->segments, capacity * sizeof *grown);
        if (!grown)
            log_panic("no memory for television");
        dvr->segments = grown;
        dvr->capacity = capacity;
    }
    dvr->segments[dvr->count++] = *segment;
}

/* A segment is one range of a file, or in none. */
static void remember_part(struct dvr *dvr, const struct dvr_part *part)
{
    struct live_segment_info *segment = dvr_last(dvr);
    struct live_place *place = &segment->place;
    bool is_first = segment->duration == 0;
    segment->duration += part->duration;
    segment->is_gap = segment->is_gap || part->is_gap;
    if (is_first)
        segment->is_dependent = !part->independent && !part->is_gap;
    if (is_first)
        *place = part->place;
    else if (place->hour && part->place.hour == place->hour &&
             part->place.offset == place->offset + place->len)
        place->len += part->place.len;
    else
        place->hour = 0;
    if (dvr->tail_count == DVR_TAIL_PARTS) {
        dvr->tail_count--;
        memmove(dvr->tail, dvr->tail + 1, dvr->tail_count * sizeof *dvr->tail);
    }
    dvr->tail[dvr->tail_count++] = *part;
}

/* ---- Reading ----------------------------------------------------------------
 */

static void take_record(struct dvr *dvr, const struct record *record)
{
    struct live_segment_info *last = dvr_last(dvr);
    if (last && record->segment.sequence < last->sequence)
        return;
    if (last && record->segment.sequence == last->sequence &&
        last->duration + record->part.duration > LIVE_DURATION_MAX)
        return;
    if (!last || record->segment.sequence > last->sequence)
        remember_segment(dvr, &record->segment);
    remember_part(dvr, &record->part);
}

/* Everything up to the first record that is none; where that would be. dvr:
 * NULL when only that is asked. */
static uint64_t take_index(struct dvr *dvr, int fd, uint32_t hour,
                           uint64_t size)
{
    static char bytes[DVR_RECORD_BYTES * RECORDS_A_READ];
    uint64_t at = 0;
    for (;;) {
        ssize_t got = pread(fd, bytes, sizeof bytes, (off_t)at);
        if (got < DVR_RECORD_BYTES)
            return at;
        for (ssize_t i = 0; i + DVR_RECORD_BYTES <= got;
             i += DVR_RECORD_BYTES) {
            struct record record;
            if (!decode(str_of(bytes + i, DVR_RECORD_BYTES), hour, &record) ||
                record.part.place.offset > size ||
                record.part.place.len > size - record.part.place.offset)
                return at;
            if (dvr)
                take_record(dvr, &record);
            at += DVR_RECORD_BYTES;
        }
    }
}

static void read_hour(struct dvr *dvr, uint32_t hour)
{
    char data[NAME_BYTES], index[NAME_BYTES];
    struct stat info;
    name_file(dvr, hour, "mp4", data);
    name_file(dvr, hour, "index", index);
    int fd = open(index, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    uint64_t end = 0;
    if (stat(data, &info) == 0)
        end = take_index(dvr, fd, hour, (uint64_t)info.st_size);
    if (fstat(fd, &info) == 0 &&
        (uint64_t)info.st_size >= end + DVR_RECORD_BYTES) {
        dvr->is_damaged = true;
        log_warn("an hour of the recordings is damaged; what is behind is "
                 "passed over",
                 LOG_C("index", index), LOG_INT("at", (int64_t)end),
                 LOG_INT("bytes", (int64_t)info.st_size));
    }
    close(fd);
}

struct listing {
    uint32_t hours[HOURS_MAX];
    size_t count;
    uint32_t init; /* the newest */
};

static int compare_hours(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* The number in "490075.index" or "init-3.mp4"; false for other names. */
static bool number_in(struct str name, struct str before, struct str behind,
                      uint32_t *ret_number)
{
    uint64_t number;
    if (!str_starts_with(name, before) || !str_ends_with(name, behind) ||
        name.len <= before.len + behind.len ||
        str_parse_u64(
            str_slice(name, before.len, name.len - before.len - behind.len),
            &number) ||
        number > UINT32_MAX)
        return false;
    *ret_number = (uint32_t)number;
    return true;
}

static enum err list_folder(const struct dvr *dvr, struct listing *listing,
                            struct fault *fault)
{
    DIR *folder = opendir(dvr->folder);
    if (!folder)
        return fault_set(fault, err_from_errno(errno), NULL,
                         "cannot read the recordings in %s: %s", dvr->folder,
                         strerror(errno));
    for (const struct dirent *entry; (entry = readdir(folder));) {
        struct str name = str_from_c(entry->d_name);
        uint32_t number;
        if (number_in(name, STR(""), STR(".index"), &number) &&
            listing->count < HOURS_MAX)
            listing->hours[listing->count++] = number;
        else if (number_in(name, STR("init-"), STR(".mp4"), &number) &&
                 number > listing->init)
            listing->init = number;
    }
    closedir(folder);
    qsort(listing->hours, listing->count, sizeof *listing->hours,
          compare_hours);
    return ERR_OK;
}

enum err dvr_open(struct dvr *dvr, const char *folder, struct fault *fault)
{
    *dvr = (struct dvr){.data_fd = -1, .index_fd = -1};
    if (str_to_c(str_from_c(folder), dvr->folder, sizeof dvr->folder))
        return fault_set(fault, ERR_TOO_LONG, NULL,
                         "the path of the recordings is too long");
    enum err err = folder_make(folder, fault);
    struct listing listing = {.count = 0};
    if (!err)
        err = list_folder(dvr, &listing, fault);
    if (err)
        return err;
    for (size_t i = 0; i < listing.count; i++)
        read_hour(dvr, listing.hours[i]);
    dvr->init = listing.init;
    return ERR_OK;
}

enum err dvr_open_span(struct dvr *dvr, const char *folder, int64_t from_tick,
                       int64_t to_tick, struct fault *fault)
{
    *dvr = (struct dvr){.data_fd = -1, .index_fd = -1, .has_gaps = true};
    if (str_to_c(str_from_c(folder), dvr->folder, sizeof dvr->folder))
        return fault_set(fault, ERR_TOO_LONG, NULL,
                         "the path of the recordings is too long");
    struct listing listing = {.count = 0};
    enum err err = list_folder(dvr, &listing, fault);
    if (err)
        return err;
    /* A segment is in the hour of its start. */
    for (size_t i = 0; i < listing.count; i++) {
        int64_t start = (int64_t)listing.hours[i] * HOUR_TICKS;
        if (start < to_tick &&
            start + HOUR_TICKS + LIVE_DURATION_MAX > from_tick)
            read_hour(dvr, listing.hours[i]);
    }
    dvr->init = listing.init;
    return ERR_OK;
}

static void close_files(struct dvr *dvr)
{
    if (dvr->data_fd >= 0)
        close(dvr->data_fd);
    if (dvr->index_fd >= 0)
        close(dvr->index_fd);
    dvr->data_fd = dvr->index_fd = -1;
    dvr->hour = 0;
}

void dvr_close(struct dvr *dvr)
{
    close_files(dvr);
    free(dvr->segments);
    dvr->segments = NULL;
    dvr->count = dvr->capacity = 0;
}

enum err dvr_read(const struct dvr *dvr, const struct live_place *place,
                  struct buf *out)
{
    char name[NAME_BYTES];
    if (!place->hour)
        return ERR_NOT_FOUND;
    name_file(dvr, place->hour, "mp4", name);
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_from_errno(errno);
    enum err err = ERR_OK;
    for (size_t done = 0; !err && done < place->len;) {
        char *room = buf_reserve(out, place->len - done);
        ssize_t got = room ? pread(fd, room, place->len - done,
                                   (off_t)(place->offset + done))
                           : -1;
        if (got <= 0) {
            err = room ? ERR_IO : ERR_NO_MEMORY;
        } else {
            buf_grown(out, (size_t)got);
            done += (size_t)got;
        }
    }
    close(fd);
    return err;
}

/* ---- Writing ----------------------------------------------------------------
 */

static void tell_failure(struct dvr *dvr, const char *what)
{
    if (!dvr->has_failed)
        log_error("television is not being kept; it goes on live",
                  LOG_C("cannot", what), LOG_C("folder", dvr->folder),
                  LOG_C("cause", strerror(errno)));
    dvr->has_failed = true;
}

/* What is behind the last good record is cut off: nothing that is appended
 * there would be found again. */
static bool trim_index(int fd, uint32_t hour, uint64_t size)
{
    struct stat info;
    uint64_t end = take_index(NULL, fd, hour, size);
    return fstat(fd, &info) == 0 &&
           ((uint64_t)info.st_size == end || ftruncate(fd, (off_t)end) == 0);
}

static void open_hour(struct dvr *dvr, uint32_t hour)
{
    char data[NAME_BYTES], index[NAME_BYTES];
    close_files(dvr);
    name_file(dvr, hour, "mp4", data);
    name_file(dvr, hour, "index", index);
    int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
    dvr->data_fd = open(data, flags, 0600);
    dvr->index_fd = open(index, (flags & ~O_WRONLY) | O_RDWR, 0600);
    off_t end = dvr->data_fd >= 0 ? lseek(dvr->data_fd, 0, SEEK_END) : -1;
    if (end < 0 || dvr->index_fd < 0 ||
        !trim_index(dvr->index_fd, hour, (uint64_t)end)) {
        tell_failure(dvr, "open the hour's files");
        close_files(dvr);
        return;
    }
    dvr->offset = (uint64_t)end;
    dvr->hour = hour;
}

/* Where the bytes are, or hour 0. After a failure the files are opened anew
 * with the next segment, whatever of this one is in them. */
static struct live_place append(struct dvr *dvr, struct str bytes)
{
    struct live_place place = {dvr->hour, (uint32_t)bytes.len, dvr->offset};
    if (!dvr->hour)
        return (struct live_place){.hour = 0};
    if (!fd_write_all(dvr->data_fd, bytes)) {
        tell_failure(dvr, "write to the hour's file");
        close_files(dvr);
        return (struct live_place){.hour = 0};
    }
    dvr->offset += bytes.len;
    return place;
}

static void append_record(struct dvr *dvr, const struct dvr_part *part)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, DVR_RECORD_BYTES);
    const struct record record = {*part, *dvr_last(dvr)};
    encode(&out, &record);
    if (buf_err(&out) || !fd_write_all(dvr->index_fd, buf_str(&out))) {
        tell_failure(dvr, "write to the hour's index");
        close_files(dvr);
    } else if (dvr->has_failed) {
        dvr->has_failed = false;
        log_info("television is being kept again",
                 LOG_C("folder", dvr->folder));
    }
}

void dvr_begin(struct dvr *dvr, const struct live_segment_info *segment)
{
    uint32_t hour = (uint32_t)(segment->tick / HOUR_TICKS);
    remember_segment(dvr, segment);
    dvr_last(dvr)->duration = 0;
    dvr_last(dvr)->is_gap = false;
    dvr->is_open = true;
    if (dvr->hour != hour)
        open_hour(dvr, hour);
}

void dvr_add(struct dvr *dvr, const struct dvr_part *part, struct str bytes)
{
    assert(dvr->is_open && part->is_gap == (bytes.len == 0));
    struct dvr_part kept = *part;
    kept.place = append(dvr, bytes);
    remember_part(dvr, &kept);
    if (kept.place.hour)
        append_record(dvr, &kept);
}

void dvr_end(struct dvr *dvr)
{
    dvr->is_open = false;
}

/* ---- Initialisations --------------------------------------------------------
 */

enum err dvr_read_init(const struct dvr *dvr, uint32_t number, struct buf *out)
{
    char name[NAME_BYTES];
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct str bytes;
    struct fault fault = {0};
    name_init(dvr, number, name);
    enum err err = file_read(name, INIT_BYTES_MAX, &arena, &bytes, &fault);
    if (!err)
        buf_add(out, bytes);
    return err ? err : buf_err(out);
}

uint32_t dvr_put_init(struct dvr *dvr, struct str bytes)
{
    DEFER(buf_finish) struct buf newest;
    buf_init(&newest, INIT_BYTES_MAX);
    if (dvr->init && !dvr_read_init(dvr, dvr->init, &newest) &&
        str_eq(buf_str(&newest), bytes))
        return dvr->init;
    char name[NAME_BYTES];
    struct fault fault = {0};
    name_init(dvr, ++dvr->init, name);
    if (file_write_atomic(name, bytes, &fault))
        log_error("television cannot be kept", LOG_C("cause", fault.message));
    return dvr->init;
}

/* ---- Forgetting -------------------------------------------------------------
 */

static uint32_t hour_of(const struct live_segment_info *segment)
{
    return (uint32_t)(segment->tick / HOUR_TICKS);
}

/* The oldest there is anything of; UINT32_MAX: there is nothing. */
static uint32_t oldest_hour(const struct dvr *dvr,
                            const struct listing *listing)
{
    uint32_t hour = listing->count ? listing->hours[0] : UINT32_MAX;
    if (dvr->count && hour_of(&dvr->segments[0]) < hour)
        hour = hour_of(&dvr->segments[0]);
    return hour;
}

static void unlink_hour(struct dvr *dvr, uint32_t hour)
{
    char name[NAME_BYTES];
    if (hour == dvr->hour)
        close_files(dvr);
    name_file(dvr, hour, "index", name);
    unlink(name);
    name_file(dvr, hour, "mp4", name);
    unlink(name);
}

/* Which no segment needs any more that is shown. */
static void unlink_inits(const struct dvr *dvr)
{
    uint32_t least = dvr->count ? dvr->segments[0].init : dvr->init;
    DIR *folder = opendir(dvr->folder);
    for (const struct dirent *entry; folder && (entry = readdir(folder));) {
        char name[NAME_BYTES];
        uint32_t number;
        if (!number_in(str_from_c(entry->d_name), STR("init-"), STR(".mp4"),
                       &number) ||
            number >= least)
            continue;
        name_init(dvr, number, name);
        unlink(name);
    }
    if (folder)
        closedir(folder);
}

bool dvr_prune(struct dvr *dvr, int64_t tick)
{
    struct listing listing = {.count = 0};
    struct fault fault = {0};
    if (list_folder(dvr, &listing, &fault)) {
        log_warn("old recordings cannot be looked for",
                 LOG_C("cause", fault_text(&fault)));
        return false;
    }
    uint32_t hour = oldest_hour(dvr, &listing);
    if (((int64_t)hour + 1) * HOUR_TICKS >= tick ||
        (dvr->is_open && (hour == dvr->hour || hour == hour_of(dvr_last(dvr)))))
        return false;
    size_t count = 0;
    while (count < dvr->count && hour_of(&dvr->segments[count]) <= hour)
        count++;
    drop_segments(dvr, count);
    unlink_hour(dvr, hour);
    unlink_inits(dvr);
    return count > 0;
}

int64_t dvr_bytes(const struct dvr *dvr)
{
    struct listing listing = {.count = 0};
    int64_t bytes = 0;
    if (list_folder(dvr, &listing, NULL))
        return 0;
    for (size_t i = 0; i < listing.count; i++) {
        char name[NAME_BYTES];
        struct stat info;
        name_file(dvr, listing.hours[i], "mp4", name);
        if (stat(name, &info) == 0)
            bytes += info.st_size;
    }
    return bytes;
}
