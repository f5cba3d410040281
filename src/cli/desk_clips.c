// SPDX-License-Identifier: Apache-2.0
#include "cli/desk_clips.h"

#include "cli/clip_making.h"
#include "cli/newspaper.h"
#include "content/edit.h"
#include "newsroom/newsroom.h"

static enum err save(struct clip_work *work, struct clip_made *made,
                     struct fault *fault)
{
    DEFER(edit_end) struct edit edit = {0};
    enum err err = edit_begin(&edit, work->content, STR("api"), fault);
    if (!err)
        err = clip_save(work, &edit, made);
    return err ? err : edit_commit(&edit);
}

static enum err make(struct clip_work *work, struct desk_clips *clips,
                     const struct clip_wish *wish, struct clip_made *made,
                     struct fault *fault)
{
    work->ending = &clips->ending;
    pthread_mutex_lock(&clips->one);
    enum err err = clip_make(work, wish, made, fault);
    pthread_mutex_unlock(&clips->one);
    return err;
}

enum err desk_clip_make(struct desk_clips *clips, struct content *content,
                        const char *directory,
                        const struct newsroom_clip *asked, struct arena *arena,
                        struct json_t **ret_json, struct fault *fault)
{
    struct clip_made made;
    struct clip_work work = {
        .content = content,
        .directory = directory,
        .arena = arena,
    };
    const struct clip_wish wish = {
        .source = asked->source,
        .from = asked->from,
        .to = asked->to,
        .caption = asked->caption,
        .credit = asked->credit,
    };
    enum err err = newspaper_helper("media", arena, &work.program, fault);
    if (!err)
        err = make(&work, clips, &wish, &made, fault);
    if (!err)
        err = save(&work, &made, fault);
    if (!err && !(*ret_json = clip_json(&made)))
        err = fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    return err;
}

void desk_clips_ask_end(struct desk_clips *clips)
{
    clips->ending = true;
}
