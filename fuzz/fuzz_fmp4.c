// SPDX-License-Identifier: Apache-2.0
/* Fragments of television taken apart: an initialisation, fragments, or both
 * behind each other. */
#include <assert.h>

#include "media/avc.h"
#include "media/fmp4_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    const char *begin, *end;
    size_t samples;
};

static bool take(void *context, unsigned track, int64_t time,
                 const struct fmp4_sample *sample)
{
    struct seen *seen = context;
    (void)track;
    assert(time >= 0);
    assert(sample->bytes.len == 0 ||
           (sample->bytes.ptr >= seen->begin &&
            sample->bytes.ptr + sample->bytes.len <= seen->end));
    return ++seen->samples < 100000;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = str_of((const char *)data, size);
    struct seen seen = {bytes.ptr, bytes.ptr + size, 0};
    struct fmp4_track tracks[FMP4_TRACKS_MAX];
    size_t count = 0;
    if (fmp4_read_init(bytes, tracks, &count) == ERR_OK) {
        DEFER(buf_finish) struct buf out;
        buf_init(&out, 1 << 20);
        assert(count > 0 && count <= FMP4_TRACKS_MAX);
        for (size_t i = 0; i < count; i++)
            assert(tracks[i].timescale > 0 && tracks[i].config.len > 0);
        int number = avc_free_number(tracks[0].config);
        assert(number >= -1 && number < 32);
        (void)!avc_join_configs(&out, tracks[0].config, tracks[0].config);
    }
    (void)!fmp4_read_fragments(bytes, take, &seen);
    return 0;
}
