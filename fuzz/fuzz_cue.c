// SPDX-License-Identifier: Apache-2.0
/* What captioners' tools send: whatever is taken can be shown. */
#include <assert.h>

#include "link/live.h"
#include "media/cue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    DEFER(arena_finish) struct arena arena;
    struct cue_list list;
    struct fault fault = {0};
    arena_init(&arena, 0);
    if (cues_read(str_of((const char *)data, size), &arena, &list, &fault)) {
        assert(*fault_text(&fault));
        return 0;
    }
    assert(list.count > 0 && list.count <= CUES_MAX);
    for (size_t i = 0; i < list.count; i++) {
        const struct cue *cue = &list.cues[i];
        assert(live_caption_is_valid(cue->text));
        assert(cue->duration_ms >= 0 && cue->duration_ms <= CUE_MS_MAX);
        assert(cue->after_ms >= 0 && cue->after_ms <= CUE_MS_MAX);
        assert(!i || cue->after_ms >= list.cues[i - 1].after_ms);
    }
    return 0;
}
