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
        .waiting = picture_wait_ids(&change->pictures),
        .arena = change->line->arena,
    };
    enum err err = article_publish(&change->edit, &change->id, &options);
    return err ? err : tell_embargo(change);
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

/* The change, and how it is made. */
struct changing {
    struct article_change change;
    article_change_how *how;
};

static enum err change_once(void *context, struct content *content)
{
    struct changing *changing = context;
    struct article_change *change = &changing->change;
    change->edit = (struct edit){0};
    *change->fault = (struct fault){0};
    enum err err = newspaper_edit(&change->edit, content, change->fault);
    if (!err)
        err = changing->how(change);
    if (err == ERR_NOT_FOUND && change->fault->code != ERR_NOT_FOUND)
        err = refuse_unknown(change);
    if (!err)
        err = newspaper_commit(change->line, &change->edit, change->fault);
    edit_end(&change->edit);
    return err;
}

enum err article_change_run(const struct command_line *line, bool has_id,
                            article_change_how *how, struct fault *fault)
{
    struct changing changing = {.change = {.line = line, .fault = fault},
                                .how = how};
    struct article_change *change = &changing.change;
    enum err err = ERR_OK;
    if (has_id)
        err = newspaper_parse_id(line->arguments[0], &change->id, fault);
    DEFER(newspaper_close) struct content *content = NULL;
    if (!err)
        err = newspaper_open_writing(line, &content, fault);
    if (!err)
        err = picture_wait_run(&change->pictures, line, content, change_once,
                               &changing, fault);
    if (!err)
        output_printf(line->output, "%s\n", change->id.text);
    json_decref(change->input);
    return err;
}
