// SPDX-License-Identifier: Apache-2.0
#include "media/fmp4_read.h"

#include <string.h>

#include "media/bytes.h"

enum {
    FULL_BYTES = 4,      /* version and flags */
    PICTURES_BYTES = 78, /* of avc1 before its boxes */
    SOUND_BYTES = 28,    /* of mp4a before them */
};

struct box {
    const char *type;
    struct str whole, inside;
};

static bool next_box(struct str *rest, struct box *box)
{
    enum { HEAD = 8 };
    struct bytes_reader head = {.rest = *rest};
    uint32_t len = bytes_get_u32(&head);
    struct str type = bytes_get(&head, 4);
    if (head.bad || len < HEAD || len > rest->len)
        return false;
    box->type = type.ptr;
    box->whole = str_slice(*rest, 0, len);
    box->inside = str_from(box->whole, HEAD);
    *rest = str_from(*rest, len);
    return true;
}

static bool is_type(const struct box *box, const char *type)
{
    return memcmp(box->type, type, 4) == 0;
}

/* What is inside the first box of that type; "" when there is none. */
static struct str inside(struct str boxes, const char *type)
{
    struct box box;
    while (next_box(&boxes, &box))
        if (is_type(&box, type))
            return box.inside;
    return STR("");
}

/* ---- Initialisations --------------------------------------------------------
 */

static bool read_pictures(struct str entry, struct fmp4_track *track)
{
    struct str boxes = str_from(entry, PICTURES_BYTES);
    struct bytes_reader fixed = {.rest = entry};
    bytes_get(&fixed, 24);
    track->width = bytes_get_u16(&fixed);
    track->height = bytes_get_u16(&fixed);
    track->config = inside(boxes, "avcC");
    track->aspect_width = track->aspect_height = 1;
    struct bytes_reader aspect = {.rest = inside(boxes, "pasp")};
    unsigned width = bytes_get_u32(&aspect), height = bytes_get_u32(&aspect);
    if (!aspect.bad && width && height) {
        track->aspect_width = width;
        track->aspect_height = height;
    }
    return !fixed.bad && track->config.len && track->width && track->height;
}

static bool read_sound(struct str entry, struct fmp4_track *track)
{
    enum { BEFORE_CONFIG = 4 + 2 + 3 + 2 + 13 + 1 };
    struct bytes_reader fixed = {.rest = entry};
    bytes_get(&fixed, 16);
    track->channels = bytes_get_u16(&fixed);
    struct bytes_reader esds = {
        .rest = inside(str_from(entry, SOUND_BYTES), "esds")};
    bytes_get(&esds, BEFORE_CONFIG);
    track->config = bytes_get(&esds, bytes_get_u8(&esds));
    track->rate = track->timescale;
    track->is_sound = true;
    return !fixed.bad && !esds.bad && track->config.len;
}

static bool read_trak(struct str trak, struct fmp4_track *track)
{
    struct str mdia = inside(trak, "mdia");
    struct str stbl = inside(inside(mdia, "minf"), "stbl");
    struct bytes_reader mdhd = {.rest = inside(mdia, "mdhd")};
    struct str stsd = inside(stbl, "stsd");
    *track = (struct fmp4_track){0};
    bytes_get(&mdhd, FULL_BYTES + 8);
    track->timescale = bytes_get_u32(&mdhd);
    if (mdhd.bad || !track->timescale || stsd.len <= FULL_BYTES + 4)
        return false;
    struct str entries = str_from(stsd, FULL_BYTES + 4);
    struct str entry = inside(entries, "avc1");
    if (entry.len > PICTURES_BYTES)
        return read_pictures(entry, track);
    entry = inside(entries, "mp4a");
    return entry.len > SOUND_BYTES && read_sound(entry, track);
}

enum err fmp4_read_init(struct str bytes,
                        struct fmp4_track tracks[FMP4_TRACKS_MAX],
                        size_t *ret_count)
{
    struct str boxes = inside(bytes, "moov");
    struct box box;
    size_t count = 0;
    while (next_box(&boxes, &box)) {
        if (!is_type(&box, "trak"))
            continue;
        if (count == FMP4_TRACKS_MAX || !read_trak(box.inside, &tracks[count]))
            return ERR_INVALID;
        count++;
    }
    *ret_count = count;
    return count ? ERR_OK : ERR_INVALID;
}

/* ---- Fragments --------------------------------------------------------------
 */

struct taking {
    fmp4_take *take;
    void *context;
    struct str from_moof; /* to the end of all */
};

/* As the writer puts it: each sample tells all of itself. */
static enum err read_run(const struct taking *taking, unsigned track,
                         int64_t time, struct str trun)
{
    enum { NEEDS_OTHERS = 0x00010000, VERSION_AND_ALL = 0x01000F01 };
    struct bytes_reader run = {.rest = trun};
    if (bytes_get_u32(&run) != VERSION_AND_ALL)
        return ERR_INVALID;
    uint32_t count = bytes_get_u32(&run);
    uint32_t offset = bytes_get_u32(&run);
    struct str data = taking->from_moof;
    if (run.bad || offset > data.len || count > run.rest.len / 16)
        return ERR_INVALID;
    data = str_from(data, offset);
    for (uint32_t i = 0; i < count; i++) {
        struct fmp4_sample sample = {.duration = bytes_get_u32(&run)};
        uint32_t len = bytes_get_u32(&run);
        sample.is_key = !(bytes_get_u32(&run) & NEEDS_OTHERS);
        sample.shown_after = (int32_t)bytes_get_u32(&run);
        if (len > data.len)
            return ERR_INVALID;
        sample.bytes = str_slice(data, 0, len);
        data = str_from(data, len);
        if (time > INT64_MAX / 4 ||
            !taking->take(taking->context, track, time, &sample))
            return ERR_INVALID;
        time += sample.duration;
    }
    return ERR_OK;
}

static enum err read_traf(const struct taking *taking, struct str traf)
{
    struct bytes_reader tfhd = {.rest = inside(traf, "tfhd")};
    struct bytes_reader tfdt = {.rest = inside(traf, "tfdt")};
    bytes_get(&tfhd, FULL_BYTES);
    unsigned track = bytes_get_u32(&tfhd);
    bytes_get(&tfdt, FULL_BYTES);
    uint64_t time = (uint64_t)bytes_get_u32(&tfdt) << 32;
    time |= bytes_get_u32(&tfdt);
    if (tfhd.bad || tfdt.bad || time > INT64_MAX)
        return ERR_INVALID;
    return read_run(taking, track, (int64_t)time, inside(traf, "trun"));
}

static enum err read_moof(const struct taking *taking, struct str moof)
{
    struct box box;
    while (next_box(&moof, &box)) {
        enum err err =
            is_type(&box, "traf") ? read_traf(taking, box.inside) : ERR_OK;
        if (err)
            return err;
    }
    return ERR_OK;
}

enum err fmp4_read_fragments(struct str bytes, fmp4_take *take, void *context)
{
    struct taking taking = {take, context, bytes};
    struct box box;
    while (next_box(&bytes, &box)) {
        enum err err =
            is_type(&box, "moof") ? read_moof(&taking, box.inside) : ERR_OK;
        if (err)
            return err;
        taking.from_moof = bytes;
    }
    return bytes.len ? ERR_INVALID : ERR_OK;
}
