// SPDX-License-Identifier: Apache-2.0
#include "media/ts.h"

#include "media/bytes.h"

enum {
    SYNC = 0x47,
    PID_PAT = 0,
    PID_NONE = 0x1FFF,
    TABLE_PAT = 0,
    TABLE_PMT = 2,
    SECTION_HEAD_BYTES = 8,
    CRC_BYTES = 4,
    STREAM_H264 = 0x1B, /* table 2-34 */
    STREAM_AAC = 0x0F,
    STREAM_PRIVATE = 0x06,
    DESCRIPTOR_REGISTRATION = 0x05,
};

void ts_reader_init(struct ts_reader *reader)
{
    *reader = (struct ts_reader){
        .pat = {.pid = PID_PAT, .counter = -1},
        .pmt = {.pid = -1, .counter = -1},
        .video = {.pid = -1, .counter = -1},
        .audio = {.pid = -1, .counter = -1},
    };
    buf_init(&reader->video.payload, TS_UNIT_BYTES_MAX);
    buf_init(&reader->audio.payload, TS_UNIT_BYTES_MAX);
}

void ts_reader_finish(struct ts_reader *reader)
{
    buf_finish(&reader->video.payload);
    buf_finish(&reader->audio.payload);
}

/* ---- Tables ----------------------------------------------------------------
 */

/* Annex A; 0 over a whole section that is sound. */
static uint32_t crc_of(const unsigned char *bytes, size_t len)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < len; i++) {
        crc ^= (uint32_t)bytes[i] << 24;
        for (int bit = 0; bit < 8; bit++)
            crc = crc << 1 ^ (crc >> 31 ? 0x04C11DB7u : 0);
    }
    return crc;
}

/* Codecs that are known by name only, so that a refusal can say what it is. */
static const struct {
    uint8_t type;
    char registration[5]; /* of private streams; "": any */
    bool is_video;
    const char *name;
} others[] = {
    {0x01, "", true, "MPEG-1 video"},
    {0x02, "", true, "MPEG-2 video"},
    {0x10, "", true, "MPEG-4 part 2"},
    {0x21, "", true, "JPEG 2000"},
    {0x24, "", true, "HEVC (H.265)"},
    {0x33, "", true, "VVC (H.266)"},
    {0xEA, "", true, "VC-1"},
    {STREAM_PRIVATE, "HEVC", true, "HEVC (H.265)"},
    {STREAM_PRIVATE, "AV01", true, "AV1"},
    {STREAM_PRIVATE, "VP09", true, "VP9"},
    {0x03, "", false, "MPEG audio (MP2 or MP3)"},
    {0x04, "", false, "MPEG audio (MP2 or MP3)"},
    {0x11, "", false, "AAC in LATM, not in ADTS"},
    {0x80, "", false, "PCM"},
    {0x81, "", false, "AC-3"},
    {0x82, "", false, "DTS"},
    {0x87, "", false, "E-AC-3"},
    {STREAM_PRIVATE, "Opus", false, "Opus"},
    {STREAM_PRIVATE, "AC-3", false, "AC-3"},
    {STREAM_PRIVATE, "EAC3", false, "E-AC-3"},
    {STREAM_PRIVATE, "BSSD", false, "PCM"},
};

/* The name under which a private stream is registered (§2.6.8). */
static struct str registration_of(struct str descriptors)
{
    struct bytes_reader bytes = {.rest = descriptors};
    while (bytes.rest.len) {
        uint8_t tag = bytes_get_u8(&bytes);
        struct str body = bytes_get(&bytes, bytes_get_u8(&bytes));
        if (tag == DESCRIPTOR_REGISTRATION && body.len >= 4)
            return str_slice(body, 0, 4);
    }
    return STR("");
}

static void note_other(struct ts_reader *reader, uint8_t type,
                       struct str descriptors)
{
    struct str registration = registration_of(descriptors);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const char *wanted = others[i].registration;
        if (others[i].type != type ||
            (wanted[0] && !str_eq(registration, str_from_c(wanted))))
            continue;
        const char **place = others[i].is_video ? &reader->video_refused
                                                : &reader->audio_refused;
        if (!*place)
            *place = others[i].name;
        return;
    }
}

static void set_pid(struct ts_track *track, int pid)
{
    if (track->pid == pid)
        return;
    track->pid = pid;
    track->counter = -1;
    track->is_open = track->was_told = track->has_loss = false;
    buf_reset(&track->payload);
}

/* §2.4.4.8 */
static void take_pmt(struct ts_reader *reader, struct str body)
{
    struct bytes_reader bytes = {.rest = body};
    int video = -1, audio = -1;
    reader->video_refused = reader->audio_refused = NULL;
    bytes_get_u16(&bytes); /* where the clock is */
    bytes_get(&bytes, bytes_get_u16(&bytes) & 0xFFF);
    while (!bytes.bad && bytes.rest.len) {
        uint8_t type = bytes_get_u8(&bytes);
        int pid = bytes_get_u16(&bytes) & PID_NONE;
        struct str descriptors =
            bytes_get(&bytes, bytes_get_u16(&bytes) & 0xFFF);
        if (bytes.bad)
            break;
        if (type == STREAM_H264 && video < 0)
            video = pid;
        else if (type == STREAM_AAC && audio < 0)
            audio = pid;
        else
            note_other(reader, type, descriptors);
    }
    set_pid(&reader->video, video);
    set_pid(&reader->audio, audio == video ? -1 : audio);
    reader->has_tracks = reader->tell_tracks = true;
}

/* §2.4.4.3: the first programme; number 0 is the network's. */
static void take_pat(struct ts_reader *reader, struct str body)
{
    struct bytes_reader bytes = {.rest = body};
    while (bytes.rest.len) {
        uint16_t programme = bytes_get_u16(&bytes);
        int pid = bytes_get_u16(&bytes) & PID_NONE;
        if (bytes.bad || programme == 0)
            continue;
        if (reader->pmt.pid != pid)
            reader->pmt = (struct ts_section){.pid = pid, .counter = -1};
        return;
    }
}

static void take_section(struct ts_reader *reader, struct ts_section *section)
{
    const unsigned char *bytes = section->bytes;
    bool is_pat = section == &reader->pat;
    if (section->len < SECTION_HEAD_BYTES + CRC_BYTES ||
        bytes[0] != (is_pat ? TABLE_PAT : TABLE_PMT) || !(bytes[5] & 1) ||
        crc_of(bytes, section->len) != 0)
        return;
    struct str body = str_of((const char *)bytes + SECTION_HEAD_BYTES,
                             section->len - SECTION_HEAD_BYTES - CRC_BYTES);
    if (is_pat) {
        take_pat(reader, body);
        return;
    }
    uint32_t crc = crc_of(bytes, section->len - CRC_BYTES);
    if (reader->has_tracks && crc == reader->pmt_crc)
        return;
    reader->pmt_crc = crc;
    take_pmt(reader, body);
}

/* Bytes of the section under way; gives how many it took. */
static size_t add_to_section(struct ts_reader *reader,
                             struct ts_section *section, struct str bytes)
{
    size_t taken = 0;
    while (section->is_open && taken < bytes.len) {
        size_t wanted = 3;
        if (section->len >= 3)
            wanted += (section->bytes[1] & 0xFu) << 8 | section->bytes[2];
        if (wanted > TS_SECTION_BYTES_MAX) {
            section->is_open = false;
            break;
        }
        size_t len = wanted - section->len;
        if (len > bytes.len - taken)
            len = bytes.len - taken;
        memcpy(section->bytes + section->len, bytes.ptr + taken, len);
        section->len += len;
        taken += len;
        if (section->len > 3 && section->len == wanted) {
            section->is_open = false;
            take_section(reader, section);
        } else if (section->len == 3 &&
                   ((section->bytes[1] & 0xF) | section->bytes[2]) == 0) {
            section->is_open = false;
        }
    }
    return taken;
}

/* §2.4.4.1: a packet in which one begins says where. */
static void take_table(struct ts_reader *reader, struct ts_section *section,
                       bool is_start, int counter, struct str payload)
{
    enum { STUFFING = 0xFF };
    if (section->counter >= 0 && counter != ((section->counter + 1) & 15))
        section->is_open = false;
    section->counter = counter;
    if (!is_start) {
        add_to_section(reader, section, payload);
        return;
    }
    if (!payload.len)
        return;
    size_t pointer = (unsigned char)payload.ptr[0];
    payload = str_from(payload, 1);
    add_to_section(reader, section, str_slice(payload, 0, pointer));
    payload = str_from(payload, pointer);
    while (payload.len && (unsigned char)payload.ptr[0] != STUFFING) {
        section->is_open = true;
        section->len = 0;
        size_t taken = add_to_section(reader, section, payload);
        payload = str_from(payload, taken);
    }
}

/* ---- Packetised elementary streams (§2.4.3.6) ------------------------------
 */

static uint64_t get_time(struct bytes_reader *bytes)
{
    uint64_t high = bytes_get_u8(bytes), middle = bytes_get_u16(bytes),
             low = bytes_get_u16(bytes);
    return (high >> 1 & 7) << 30 | middle >> 1 << 15 | low >> 1;
}

static void begin_unit(struct ts_reader *reader, struct ts_track *track,
                       struct str payload)
{
    struct bytes_reader bytes = {.rest = payload};
    uint32_t start = bytes_get_u24(&bytes);
    bytes_get_u8(&bytes); /* stream_id */
    size_t len = bytes_get_u16(&bytes);
    uint8_t first = bytes_get_u8(&bytes);
    uint8_t flags = bytes_get_u8(&bytes);
    uint8_t head_len = bytes_get_u8(&bytes);
    struct bytes_reader head = {.rest = bytes_get(&bytes, head_len)};
    buf_reset(&track->payload);
    track->was_told = track->is_open = false;
    if (bytes.bad || start != 1 || first >> 6 != 2 || (first & 0x30)) {
        reader->lost++;
        track->has_loss = true;
        return;
    }
    track->has_time = flags & 0x80;
    track->pts = track->has_time ? get_time(&head) : 0;
    track->dts = flags & 0x40 ? get_time(&head) : track->pts;
    if (head.bad)
        track->has_time = false;
    track->len = len > 3u + head_len ? len - 3u - head_len : 0;
    track->is_open = true;
    buf_add(&track->payload, bytes.rest);
}

static void lose(struct ts_reader *reader, struct ts_track *track)
{
    reader->lost += track->is_open;
    track->is_open = false;
    track->has_loss = true;
}

void ts_lose(struct ts_reader *reader)
{
    lose(reader, &reader->video);
    lose(reader, &reader->audio);
    reader->pat.is_open = reader->pmt.is_open = false;
}

static bool is_whole(const struct ts_track *track)
{
    return track->is_open && track->len && track->payload.len >= track->len;
}

static void give(struct ts_reader *reader, struct ts_track *track,
                 struct ts_unit *ret_unit)
{
    size_t len = track->len && track->len < track->payload.len
                     ? track->len
                     : track->payload.len;
    *ret_unit = (struct ts_unit){
        .kind = track == &reader->video ? TS_VIDEO : TS_AUDIO,
        .is_after_loss = track->has_loss,
        .has_time = track->has_time,
        .pts = track->pts,
        .dts = track->dts,
        .payload = str_slice(buf_str(&track->payload), 0, len),
    };
    track->is_open = track->has_loss = false;
    track->was_told = true;
}

/* A packet of a track, unless it is one again (§2.4.3.3). */
static void take_piece(struct ts_reader *reader, struct ts_track *track,
                       bool is_start, int counter, struct str payload)
{
    if (counter == track->counter)
        return;
    bool is_next = track->counter < 0 || counter == ((track->counter + 1) & 15);
    track->counter = counter;
    if (!is_next)
        lose(reader, track);
    if (track->was_told) {
        buf_reset(&track->payload);
        track->was_told = false;
    }
    if (is_start)
        begin_unit(reader, track, payload);
    else if (track->is_open)
        buf_add(&track->payload, payload);
    if (buf_err(&track->payload)) {
        lose(reader, track);
        buf_reset(&track->payload);
    }
}

/* ---- Packets (§2.4.3.2) ----------------------------------------------------
 */

struct ts_packet {
    int pid;
    bool is_start;
    int counter;
    struct str payload;
};

static bool read_packet(struct str text, struct ts_packet *packet)
{
    struct bytes_reader bytes = {.rest = text};
    bytes_get_u8(&bytes);
    uint16_t word = bytes_get_u16(&bytes);
    uint8_t flags = bytes_get_u8(&bytes);
    packet->is_start = word & 0x4000;
    packet->pid = word & PID_NONE;
    packet->counter = flags & 0x0F;
    if (flags & 0x20)
        bytes_get(&bytes, bytes_get_u8(&bytes)); /* adaptation field */
    packet->payload = bytes.rest;
    bool is_broken = word & 0x8000, is_scrambled = flags & 0xC0;
    return !bytes.bad && !is_broken && !is_scrambled && (flags & 0x10);
}

static bool is_sync(struct str bytes, size_t at)
{
    return bytes.len <= at || (unsigned char)bytes.ptr[at] == SYNC;
}

/* Leaves a packet at the front, or says that there is none yet. A byte that
 * looks like a beginning is one only if there is another behind the packet. */
static enum err find_packet(struct ts_reader *reader, struct str *bytes)
{
    while (bytes->len >= TS_PACKET_BYTES) {
        if (is_sync(*bytes, 0) && is_sync(*bytes, TS_PACKET_BYTES)) {
            if (bytes->len > TS_PACKET_BYTES)
                reader->noise = 0;
            return ERR_OK;
        }
        *bytes = str_from(*bytes, 1);
        if (++reader->noise > TS_NOISE_BYTES_MAX)
            return ERR_INVALID;
    }
    return ERR_AGAIN;
}

static struct ts_track *track_of(struct ts_reader *reader, int pid)
{
    return pid == reader->video.pid   ? &reader->video
           : pid == reader->audio.pid ? &reader->audio
                                      : NULL;
}

static void give_tracks(struct ts_reader *reader, struct ts_unit *ret_unit)
{
    reader->tell_tracks = false;
    *ret_unit = (struct ts_unit){
        .kind = TS_TRACKS,
        .has_video = reader->video.pid >= 0,
        .has_audio = reader->audio.pid >= 0,
        .video_refused = reader->video_refused,
        .audio_refused = reader->audio_refused,
    };
}

enum err ts_read(struct ts_reader *reader, struct str *bytes,
                 struct ts_unit *ret_unit)
{
    enum err err;
    while ((err = find_packet(reader, bytes)) == ERR_OK) {
        struct ts_packet packet;
        bool is_sound =
            read_packet(str_slice(*bytes, 0, TS_PACKET_BYTES), &packet);
        struct ts_track *track = track_of(reader, packet.pid);
        /* Pictures have no length: the next one's beginning is the end. The
         * packet stays for the next call. */
        if (is_sound && track && packet.is_start && track->is_open &&
            packet.counter == ((track->counter + 1) & 15)) {
            give(reader, track, ret_unit);
            return ERR_OK;
        }
        *bytes = str_from(*bytes, TS_PACKET_BYTES);
        if (!is_sound)
            continue;
        if (packet.pid == PID_PAT || packet.pid == reader->pmt.pid)
            take_table(reader,
                       packet.pid == PID_PAT ? &reader->pat : &reader->pmt,
                       packet.is_start, packet.counter, packet.payload);
        else if (track)
            take_piece(reader, track, packet.is_start, packet.counter,
                       packet.payload);
        if (reader->tell_tracks) {
            give_tracks(reader, ret_unit);
            return ERR_OK;
        }
        if (track && is_whole(track)) {
            give(reader, track, ret_unit);
            return ERR_OK;
        }
    }
    return err;
}
