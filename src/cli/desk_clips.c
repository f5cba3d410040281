// SPDX-License-Identifier: Apache-2.0
#include "cli/desk_clips.h"

#include <pthread.h>

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

enum err desk_clip_make(struct content *content, const char *directory,
                        const struct newsroom_clip *asked, struct arena *arena,
                        struct json_t **ret_json, struct fault *fault)
{
    /* Each takes memory and both processors. */
    static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
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
    if (err)
        return err;
    pthread_mutex_lock(&one);
    err = clip_make(&work, &wish, &made, fault);
    pthread_mutex_unlock(&one);
    if (!err)
        err = save(&work, &made, fault);
    if (!err && !(*ret_json = clip_json(&made)))
        err = fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    return err;
}
