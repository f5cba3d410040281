// SPDX-License-Identifier: Apache-2.0
#include "cli/picture_wait.h"

#include "cli/newspaper.h"

struct picture_ids *picture_wait_ids(struct picture_wait *wait)
{
    return wait->is_over ? NULL : &wait->ids;
}

static void on_progress(void *context, size_t done, size_t total)
{
    output_progress(context, "renditions", (int64_t)done, (int64_t)total);
}

static enum err make(const struct command_line *line, struct content *content,
                     const struct picture_ids *ids, struct fault *fault)
{
    const char *program;
    enum err err = newspaper_helper("image", line->arena, &program, fault);
    if (err)
        return err;
    struct image_helper *helper = image_helper_create(program, false);
    if (!helper)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    struct picture_work work = {
        .content = content,
        .helper = helper,
        .actor = STR("cli"),
        .progress = on_progress,
        .context = line->output,
    };
    for (size_t i = 0; i < ids->count; i++) {
        struct fault cause = {0};
        if (picture_make(&work, &ids->ids[i], &cause))
            output_tell(line->output, "Picture %s is shown as it came: %s",
                        ids->ids[i].text, fault_text(&cause));
    }
    output_progress_end(line->output);
    image_helper_destroy(helper);
    return ERR_OK;
}

enum err picture_wait_run(struct picture_wait *wait,
                          const struct command_line *line,
                          struct content *content, picture_wait_once *once,
                          void *context, struct fault *fault)
{
    enum err err = once(context, content);
    if (err != ERR_AGAIN || !wait->ids.count)
        return err;
    wait->is_over = true;
    err = make(line, content, &wait->ids, fault);
    return err ? err : once(context, content);
}
