// SPDX-License-Identifier: Apache-2.0
/* Playlists of recordings, read again segment by segment. */
#include <assert.h>

#include "playout/recording_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_of((const char *)data, size), rest = text;
    struct recording_segment segment = {0};
    struct recording_track track = {0};
    while (recording_next_segment(&rest, &segment)) {
        assert(rest.len < text.len);
        assert(!rest.ptr || rest.ptr + rest.len == text.ptr + text.len);
        assert(segment.ticks > 0 && segment.head_len > 0);
        recording_track_count(&track, &segment);
        assert(track.ticks >= track.longest_ticks);
        text = rest;
    }
    recording_track_describe(&track, text);
    assert(strlen(track.about) < sizeof track.about);
    assert(track.width >= 0 && track.height >= 0);
    return 0;
}
