// SPDX-License-Identifier: Apache-2.0
/* fuzz/checking_sink.h: where the fuzz targets of importers have their stories
 * go: whatever a file says, these hold. */
#ifndef FUZZ_CHECKING_SINK_H
#define FUZZ_CHECKING_SINK_H

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "exchange/story.h"

static void look_at_lists(const struct story *story)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    for (size_t i = 0; i < story->tag_count; i++)
        assert(story->tags[i].name.len && utf8_is_valid(story->tags[i].name));
    for (size_t i = 0; i < story->person_count; i++)
        assert(utf8_is_valid(story->people[i].name));
    for (size_t i = 0; i < story->dropped_count; i++)
        assert(story->dropped[i].what.len && story->dropped[i].count > 0);
    for (size_t i = 0; i < story->old_address_count; i++) {
        struct str path = story_path_of(story->old_addresses[i], &arena);
        assert(!path.len || (path.ptr[0] == '/' && utf8_is_valid(path)));
    }
}

static enum err take(void *context, const struct story *story,
                     struct fault *fault)
{
    char first[STORY_DIGEST_BYTES], second[STORY_DIGEST_BYTES];
    (void)context;
    assert(story->id.len && story->number > 0);
    assert(utf8_is_valid(story->title) && utf8_is_valid(story->body));
    look_at_lists(story);
    story_digest(story, first);
    story_digest(story, second);
    assert(strcmp(first, second) == 0);
    /* Some stories end the reading. */
    return str_eq(story->title, STR("stop"))
               ? fault_set(fault, ERR_FULL, NULL, "stopped")
               : ERR_OK;
}

static void refuse(void *context, int64_t number, const char *cause)
{
    (void)context;
    assert(number > 0 && cause[0]);
}

static void drop(void *context, struct str what, int64_t count)
{
    (void)context;
    assert(what.len && count > 0);
}

static const struct story_sink checking_sink = {
    .story = take, .refuse = refuse, .drop = drop};

#endif
