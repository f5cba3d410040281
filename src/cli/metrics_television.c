// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/str.h"
#include "cli/metrics.h"

/* clang-format off */
/* Of each channel: name, type, where its status has it, what one of that is in
 * the unit of the name, what it is. A truth is 1 or 0, of a list it is how many
 * there are, of anything else whether it is there. */
#define CHANNEL_METRICS(X) \
    X(on_air, METRIC_GAUGE, "on_air", 1, "Whether the channel is on the air.") \
    X(viewers, METRIC_GAUGE, "viewers", 1, "Viewers of the last ten seconds.") \
    X(window_seconds, METRIC_GAUGE, "window_seconds", 1, "How far back viewers can go.") \
    X(recorded_bytes, METRIC_GAUGE, "disk_bytes", 1, "What the hours that are kept take on disk.") \
    X(trouble, METRIC_GAUGE, "trouble", 1, "Whether something is wrong; channel status says what.") \
    X(maker_restarts_total, METRIC_COUNTER, "restarts", 1, "How often the maker of parts was started again.") \
    X(feed, METRIC_GAUGE, "feed", 1, "Whether a broadcast comes in.") \
    X(feed_bytes_per_second, METRIC_GAUGE, "feed.bits_a_second", 0.125, "What comes in.") \
    X(feed_frames_per_second, METRIC_GAUGE, "feed.video.frames_a_second", 1, "Pictures that come in.") \
    X(feed_key_interval_seconds, METRIC_GAUGE, "feed.video.key_interval_ms", 0.001, "Between the last two key frames.") \
    X(feed_late_seconds, METRIC_GAUGE, "feed.late_ms", 0.001, "How far the last frame was behind the present.") \
    X(feed_clock_jumps_total, METRIC_COUNTER, "feed.jumps", 1, "How often the encoder's clock was put right, of this feed.") \
    X(feed_sound_gaps_total, METRIC_COUNTER, "feed.gaps", 1, "Gaps in the sound, of this feed.") \
    X(feed_dropped_packets_total, METRIC_COUNTER, "feed.dropped", 1, "Packets that the maker was too slow for, of this feed.") \
    X(feed_lost_packets_total, METRIC_COUNTER, "feed.lost", 1, "Packets that the line lost (SRT), of this feed.") \
    X(slate, METRIC_GAUGE, "media.slate", 1, "Whether the slate is shown.") \
    X(loudness_lufs, METRIC_GAUGE, "media.loudness_lufs", 1, "Loudness of the last seconds (EBU R128).") \
    X(media_frames_per_second, METRIC_GAUGE, "media.frames", 1, "Pictures that go into parts.") \
    X(media_dropped_total, METRIC_COUNTER, "media.dropped", 1, "Frames that the maker had to leave out.") \
    X(encoder_cores, METRIC_GAUGE, "media.encoder_load", 1, "Processors that the maker uses.") \
    X(encoder_dropped_total, METRIC_COUNTER, "media.encoder_dropped", 1, "Pictures that are missing in renditions which were shed.") \
    X(renditions_shed, METRIC_GAUGE, "media.shed", 1, "Renditions that are not made, for want of time.")

/* Of each rendition of each channel. */
#define RENDITION_METRICS(X) \
    X(parts_total, METRIC_COUNTER, "made", 1, "Parts that were made.") \
    X(part_gaps_total, METRIC_COUNTER, "gaps", 1, "Parts that are missing.")

/* Of television as a whole. */
#define TELEVISION_METRICS(X) \
    X(playout_up, METRIC_GAUGE, "playout", 1, "Whether the playout answers.") \
    X(ingest_restarts_total, METRIC_COUNTER, "ingest.restarts", 1, "How often the program that takes broadcasts in was started again.") \
    X(disk_free_bytes, METRIC_GAUGE, "disk_free_bytes", 1, "Room for what is kept.")
/* clang-format on */

struct json_metric {
    struct metric metric;
    const char *path; /* members of objects, a dot between */
    double factor;
};

#define FAMILY(prefix, name, type, path, factor, help) \
    {{"broadsheet_" prefix #name, type, help}, path, factor},

static const struct json_metric of_channel[] = {
#define X(...) FAMILY("channel_", __VA_ARGS__)
    CHANNEL_METRICS(X)
#undef X
};
static const struct json_metric of_rendition[] = {
#define X(...) FAMILY("channel_", __VA_ARGS__)
    RENDITION_METRICS(X)
#undef X
};
static const struct json_metric of_television[] = {
#define X(...) FAMILY("television_", __VA_ARGS__)
    TELEVISION_METRICS(X)
#undef X
};

/* Nothing for what is not there. */
static bool read_value(const json_t *object, const struct json_metric *wanted,
                       double *ret_value)
{
    struct str rest = str_from_c(wanted->path), name;
    const json_t *value = object;
    while (rest.len && str_split_next(&rest, '.', &name))
        value = json_object_getn(value, name.ptr, name.len);
    bool is_text = strcmp(wanted->path, "trouble") == 0;
    bool is_feed = strcmp(wanted->path, "feed") == 0;
    if (is_text || is_feed)
        *ret_value = value && !json_is_null(value);
    else if (json_is_boolean(value))
        *ret_value = json_is_true(value);
    else if (json_is_array(value))
        *ret_value = (double)json_array_size(value);
    else if (json_is_number(value))
        *ret_value = json_number_value(value) * wanted->factor;
    else
        return false;
    return true;
}

static struct metric_label channel_label(const json_t *channel)
{
    const char *name = json_string_value(json_object_get(channel, "name"));
    return (struct metric_label){"channel", str_from_c(name ? name : "")};
}

static void write_renditions(struct metric_writer *writer,
                             const struct json_metric *wanted, json_t *channel)
{
    const char *name;
    json_t *parts;
    double value;
    const struct metric_label label = channel_label(channel);
    json_object_foreach(json_object_get(channel, "parts"), name, parts)
    {
        const struct metric_label rendition = {"rendition", str_from_c(name)};
        if (read_value(parts, wanted, &value))
            metric_sample_labels(writer, &wanted->metric, &label, &rendition,
                                 value);
    }
}

void metrics_write_television(struct metric_writer *writer,
                              const json_t *status)
{
    const json_t *channels = json_object_get(status, "channels");
    json_t *channel;
    size_t at;
    double value;
    for (size_t i = 0; i < sizeof of_television / sizeof *of_television; i++) {
        metric_family(writer, &of_television[i].metric);
        if (read_value(status, &of_television[i], &value))
            metric_sample(writer, &of_television[i].metric, NULL, STR(""),
                          value);
    }
    for (size_t i = 0; i < sizeof of_channel / sizeof *of_channel; i++) {
        metric_family(writer, &of_channel[i].metric);
        json_array_foreach(channels, at, channel)
        {
            const struct metric_label label = channel_label(channel);
            if (read_value(channel, &of_channel[i], &value))
                metric_sample_labels(writer, &of_channel[i].metric, &label,
                                     NULL, value);
        }
    }
    for (size_t i = 0; i < sizeof of_rendition / sizeof *of_rendition; i++) {
        metric_family(writer, &of_rendition[i].metric);
        json_array_foreach(channels, at, channel)
            write_renditions(writer, &of_rendition[i], channel);
    }
}
