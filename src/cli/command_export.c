// SPDX-License-Identifier: Apache-2.0
/* export ninjs. */
#include <inttypes.h>

#include "base/arena.h"
#include "base/file.h"
#include "cli/command_table.h"
#include "cli/newspaper.h"
#include "content/article_list.h"
#include "content/article_ninjs.h"
#include "content/live.h"
#include "content/settings.h"

enum { ROWS_AT_ONCE = 500 };

struct run {
    const struct command_line *line;
    struct db *db;
    struct article_ninjs_options options;
    struct str language; /* "" for all */
    const char *folder;  /* NULL: standard output */
    int64_t written;
    struct fault *fault;
};

static enum err write_article(struct run *run, const struct id *id,
                              const struct buf *text)
{
    run->written++;
    output_progress(run->line->output, "export", run->written, 0);
    if (!run->folder) {
        output_str(run->line->output, buf_str(text));
        return ERR_OK;
    }
    struct str path =
        arena_printf(run->line->arena, "%s/%s.json", run->folder, id->text);
    return file_write_atomic(path.ptr, buf_str(text), run->fault);
}

/* Of a live blog; other articles leave the options as they are. */
static enum err load_posts(struct run *run, const struct article *article,
                           struct arena *arena, struct live_blog *blog,
                           struct live_posts *posts,
                           struct article_ninjs_options *options)
{
    const struct live_query query = {.which = LIVE_BEFORE,
                                     .limit = LIVE_POSTS_MAX};
    enum err err = live_load(run->db, &article->id, blog);
    if (err)
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    options->blog = blog;
    options->posts = posts;
    return live_posts(run->db, &article->id, article->content.language, &query,
                      arena, posts);
}

static enum err export_one(struct run *run, const struct id *id)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct article article;
    enum err err = article_load(run->db, id, &arena, &article);
    if (err == ERR_NOT_FOUND)
        return fault_set(run->fault, err, "ID",
                         "there is no article %s; 'broadsheet article list' "
                         "tells which there are",
                         id->text);
    struct article_ninjs_options options = run->options;
    struct live_blog blog;
    struct live_posts posts;
    if (!err)
        err = load_posts(run, &article, &arena, &blog, &posts, &options);
    if (err)
        return db_fault(run->db, err, run->fault);
    DEFER(buf_finish) struct buf text;
    buf_init(&text, ARTICLE_NINJS_BYTES_MAX);
    err = article_write_ninjs(&article, &options, &arena, &text);
    return err ? err : write_article(run, id, &text);
}

static enum err export_named(struct run *run)
{
    for (size_t i = 0; i < run->line->argument_count; i++) {
        struct id id;
        enum err err =
            newspaper_parse_id(run->line->arguments[i], &id, run->fault);
        if (!err)
            err = export_one(run, &id);
        if (err)
            return err;
    }
    return ERR_OK;
}

/* All that readers see, or saw once. */
static enum err export_rows(struct run *run, const struct article_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        enum article_state state = rows->rows[i].state;
        if (state != ARTICLE_PUBLISHED && state != ARTICLE_WITHDRAWN)
            continue;
        enum err err = export_one(run, &rows->rows[i].id);
        if (err)
            return err;
    }
    return ERR_OK;
}

static enum err export_all(struct run *run)
{
    struct id before = {0};
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    for (bool more = true; more;) {
        struct article_rows rows;
        enum err err =
            article_list_all(run->db, run->language, ARTICLE_STATE_COUNT,
                             &before, ROWS_AT_ONCE, &arena, &rows);
        if (err)
            return db_fault(run->db, err, run->fault);
        err = export_rows(run, &rows);
        if (err)
            return err;
        more = rows.more && rows.count;
        if (more)
            before = rows.rows[rows.count - 1].id;
        arena_reset(&arena);
    }
    return ERR_OK;
}

/* Without the slash that an address may end with. */
static enum err read_address(struct run *run)
{
    struct arena *arena = run->line->arena;
    struct str address = str_from_c(command_value(run->line, "address"));
    if (!address.len) {
        enum err err =
            setting_get(run->db, STR("address"), STR(""), arena, &address);
        if (err)
            return db_fault(run->db, err, run->fault);
    }
    if (!address.len)
        address = STR("http://localhost");
    if (str_ends_with(address, STR("/")))
        address = str_slice(address, 0, address.len - 1);
    run->options.address = address;
    return ERR_OK;
}

static enum err run_export(const struct command_line *line, struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    enum err err = newspaper_open_reading(line, &content, fault);
    if (err)
        return err;
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    struct run run = {.line = line,
                      .db = lease.db,
                      .folder = command_value(line, "output"),
                      .fault = fault};
    run.options.pretty = run.folder || line->argument_count == 1;
    err = read_address(&run);
    if (!err && command_value(line, "language"))
        err = newspaper_language(line, run.db, &run.language, fault);
    if (!err && run.folder)
        err = folder_make(run.folder, fault);
    if (!err)
        err = line->argument_count ? export_named(&run) : export_all(&run);
    if (!err && run.folder)
        output_tell(line->output, "%" PRId64 " written to %s", run.written,
                    run.folder);
    return err;
}

const struct command command_export_ninjs = {
    .name = "export ninjs",
    .summary = "write articles as IPTC ninjs 3.0",
    .details =
        "Without an ID: everything that was ever published. To standard output "
        "go one article as an indented object, several as one object a line; "
        "'import ninjs' reads both. Addresses begin with the setting address.",
    .shared = COMMAND_DATA,
    .arguments = (const struct command_argument[]){{.name = "ID",
                                                    .summary = "which articles",
                                                    .optional = true,
                                                    .many = true},
                                                   {0}},
    .options =
        (const struct command_option[]){
            {"language", 'l', false, "CODE", "only those in this language"},
            {"output", 'o', false, "DIR",
             "a file ID.json each, in this folder"},
            {"address", 'a', false, "URL",
             "what addresses begin with (default: the setting)"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"export ninjs > all.ndjson", "Everything, an article a line"},
            {"export ninjs 62f9f7d471fdc", "One article"},
            {"export ninjs --output archive", "A file each"},
            {0}},
    .run = run_export,
};
