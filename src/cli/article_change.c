// SPDX-License-Identifier: Apache-2.0
#include "cli/article_change.h"

#include "base/arena.h"
#include "base/time.h"
#include "cli/newspaper.h"
#include "content/workflow.h"

/* ---- Publishing ------------------------------------------------------------
 */

/* Under embargo the article was scheduled instead: that is no fault, but who
 * gave the command has to know. */
static enum err tell_embargo(const struct article_change *change)
{
    struct article article;
    enum err err = article_load(change->edit.db, &change->id,
                                change->line->arena, &article);
    if (err || article.state != ARTICLE_SCHEDULED)
        return err;
    char time[TIME_RFC3339_BYTES];
    time_format_rfc3339(article.scheduled_us, time);
    output_tell(change->line->output,
                "%s is under embargo: it is published by itself at %s",
                change->id.text, time);
    return ERR_OK;
}

enum err article_change_publish(struct article_change *change,
                                int64_t published_us)
{
    const struct publish_options options = {
        .published_us = published_us,
        .waiting = change->is_again ? NULL : &change->waiting,
        .arena = change->line->arena,
    };
    enum err err = article_publish(&change->edit, &change->id, &options);
    return err ? err : tell_embargo(change);
}

/* ---- Making its pictures ---------------------------------------------------
 */

static void on_progress(void *context, size_t done, size_t total)
{
    output_progress(context, "renditions", (int64_t)done, (int64_t)total);
}

enum err article_change_make(const struct command_line *line,
                             struct content *content,
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

/* ---- The change ------------------------------------------------------------
 */

static enum err refuse_unknown(const struct article_change *change)
{
    return fault_set(change->fault, ERR_NOT_FOUND, "ID",
                     "there is no article %s; 'broadsheet article list' tells "
                     "which there are",
                     change->id.text);
}

static enum err change_once(struct article_change *change,
                            struct content *content, article_change_how *how)
{
    change->edit = (struct edit){0};
    *change->fault = (struct fault){0};
    enum err err = newspaper_edit(&change->edit, content, change->fault);
    if (!err)
        err = how(change);
    if (err == ERR_NOT_FOUND && change->fault->code != ERR_NOT_FOUND)
        err = refuse_unknown(change);
    if (!err)
        err = newspaper_commit(change->line, &change->edit, change->fault);
    edit_end(&change->edit);
    return err;
}

static enum err change_it(struct article_change *change,
                          struct content *content, article_change_how *how)
{
    enum err err = change_once(change, content, how);
    if (err != ERR_AGAIN || !change->waiting.count)
        return err;
    change->is_again = true;
    err = article_change_make(change->line, content, &change->waiting,
                              change->fault);
    return err ? err : change_once(change, content, how);
}

enum err article_change_run(const struct command_line *line, bool has_id,
                            article_change_how *how, struct fault *fault)
{
    struct article_change change = {.line = line, .fault = fault};
    enum err err = ERR_OK;
    if (has_id)
        err = newspaper_parse_id(line->arguments[0], &change.id, fault);
    DEFER(newspaper_close) struct content *content = NULL;
    if (!err)
        err = newspaper_open_writing(line, &content, fault);
    if (!err)
        err = change_it(&change, content, how);
    if (!err)
        output_printf(line->output, "%s\n", change.id.text);
    json_decref(change.input);
    return err;
}
