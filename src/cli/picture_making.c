// SPDX-License-Identifier: Apache-2.0
#include "cli/picture_making.h"

#include "base/arena.h"
#include "cli/newspaper.h"
#include "content/picture.h"

static void on_progress(void *context, size_t done, size_t total)
{
    output_progress(context, "renditions", (int64_t)done, (int64_t)total);
}

static enum err read_waiting(const struct command_line *line,
                             struct content *content, const struct id *article,
                             struct picture_ids *ret_ids, struct fault *fault)
{
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    enum err err = picture_waiting_in(lease.db, article, line->arena, ret_ids);
    return err ? db_fault(lease.db, err, fault) : ERR_OK;
}

static enum err make_all(const struct command_line *line,
                         struct content *content, const struct picture_ids *ids,
                         struct fault *fault)
{
    const char *program;
    enum err err = newspaper_helper("image", line->arena, &program, fault);
    if (err)
        return err;
    struct image_helper *helper = image_helper_create(program, false);
    if (!helper)
        return ERR_NO_MEMORY;
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

enum err picture_making_before(const struct command_line *line,
                               struct fault *fault)
{
    struct id article;
    struct picture_ids ids = {0};
    enum err err = newspaper_parse_id(line->arguments[0], &article, fault);
    DEFER(newspaper_close) struct content *content = NULL;
    if (!err)
        err = newspaper_open_writing(line, &content, fault);
    if (!err)
        err = read_waiting(line, content, &article, &ids, fault);
    return err || !ids.count ? err : make_all(line, content, &ids, fault);
}
