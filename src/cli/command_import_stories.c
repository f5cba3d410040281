// SPDX-License-Identifier: Apache-2.0
/* import wxr, import ghost, import rss. */
#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "cli/command_table.h"
#include "cli/import_setup.h"
#include "cli/import_telling.h"
#include "exchange/feed.h"
#include "exchange/ghost.h"
#include "exchange/story_import.h"
#include "exchange/wxr.h"

struct stories_run {
    const struct command_line *line;
    struct story_import *import;
    struct import_telling telling;
    struct fault *fault;
    enum err fatal; /* of the database: the import is over */
};

/* Reads all files; an error is of the database. */
typedef enum err read_files(struct stories_run *run);

/* ---- Where stories go ------------------------------------------------------
 */

static enum err take(void *context, const struct story *story,
                     struct fault *fault)
{
    struct stories_run *run = context;
    run->fatal = story_import_take(run->import, story, fault);
    return run->fatal;
}

static void refuse(void *context, int64_t number, const char *cause)
{
    struct stories_run *run = context;
    story_import_refuse(run->import, number, cause);
}

static void drop(void *context, struct str what, int64_t count)
{
    struct stories_run *run = context;
    story_import_drop(run->import, what, count);
}

static struct story_sink sink_of(struct stories_run *run)
{
    return (struct story_sink){
        .context = run, .story = take, .refuse = refuse, .drop = drop};
}

/* What is wrong with a file is told as refused, and the next one is read. */
static enum err settle(struct stories_run *run, enum err err,
                       const struct fault *cause)
{
    if (run->fatal) {
        *run->fault = *cause;
        return run->fatal;
    }
    if (err)
        story_import_refuse(run->import, 0, fault_text(cause));
    return ERR_OK;
}

/* ---- Running ---------------------------------------------------------------
 */

static void tell_turned(const struct stories_run *run)
{
    int64_t turned = story_import_turned(run->import);
    if (turned)
        output_tell(run->line->output,
                    "links to what came later lead there now, in %" PRId64
                    " %s",
                    turned, turned == 1 ? "article" : "articles");
}

static enum err run_files(struct stories_run *run, read_files *read)
{
    struct import_counts counts = {0};
    int64_t seq = 0;
    enum err err = read(run);
    if (!err)
        err = story_import_finish(run->import, &counts, &seq, run->fault);
    if (err)
        return err;
    const struct story_dropped *dropped;
    size_t count = story_import_dropped(run->import, &dropped);
    import_tell_sum(&run->telling, &counts, dropped, count);
    tell_turned(run);
    if (command_flag(run->line, "dry-run"))
        output_tell(run->line->output, "a dry run: nothing of it was kept");
    return import_end(run->line, &counts, seq, run->fault);
}

static enum err run_in(struct stories_run *run,
                       const struct import_setup *setup, read_files *read)
{
    const struct command_line *line = run->line;
    const struct story_import_options options = {
        .content = setup->content,
        .helper = setup->helper,
        .lines = setup->lines,
        .actor = STR("import"),
        .language = str_from_c(command_value(line, "lang")),
        .media_folder = command_value(line, "media"),
        .drafts = command_flag(line, "drafts"),
        .again = command_flag(line, "again"),
        .dry_run = command_flag(line, "dry-run"),
        .report = import_tell,
        .turned = import_tell_turned,
        .context = &run->telling,
    };
    enum err err = story_import_create(&options, &run->import, run->fault);
    if (!err)
        err = run_files(run, read);
    story_import_destroy(run->import);
    return err;
}

static enum err check_media(const struct command_line *line,
                            struct fault *fault)
{
    const char *folder = command_value(line, "media");
    struct stat info;
    if (!folder)
        return ERR_OK;
    if (stat(folder, &info) < 0)
        return fault_set(fault, err_from_errno(errno), "media",
                         "cannot look into --media %s: %s", folder,
                         strerror(errno));
    return S_ISDIR(info.st_mode)
               ? ERR_OK
               : fault_set(fault, ERR_INVALID, "media",
                           "--media %s is a file; it has to be the folder "
                           "that pictures lie in",
                           folder);
}

static enum err run_stories(const struct command_line *line, read_files *read,
                            struct fault *fault)
{
    enum err err = check_media(line, fault);
    if (err)
        return err;
    DEFER(import_setup_close) struct import_setup setup;
    err = import_setup_open(line, &setup, fault);
    if (err)
        return err;
    struct stories_run run = {.line = line,
                              .telling = {.line = line,
                                          .what = "import",
                                          .json = command_flag(line, "json")},
                              .fault = fault};
    return run_in(&run, &setup, read);
}

/* Files that say nothing about each other. */
static enum err read_each(struct stories_run *run,
                          enum err (*read)(struct stories_run *run,
                                           const char *path))
{
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < run->line->argument_count; i++)
        err = read(run, run->line->arguments[i]);
    return err;
}

/* With the file's name, kept to the end. An error is of the database. */
static enum err new_source(struct stories_run *run, const char *path,
                           struct story_source **ret_source)
{
    struct story_source *source =
        arena_new(run->line->arena, struct story_source);
    source->file = str_from_c(path);
    *ret_source = source;
    return story_import_source(run->import, source, run->fault);
}

#define STORY_OPTIONS \
    {"media", 0, false, "DIR", "pictures lie in this folder"}, \
        {"lang", 0, false, "CODE", "the language of all that is imported"}, \
        {"drafts", 0, false, NULL, "publish nothing"}, \
        {"again", 0, false, NULL, "also what is the same as last time"}, \
    { \
        "dry-run", 0, false, NULL, "tell what would happen, and keep nothing" \
    }

/* ---- WordPress -------------------------------------------------------------
 */

struct wxr_file {
    struct story_source source;
    bool sound;
};

/* Everything that stories may refer to, of all files: WordPress parts what is
 * large. */
static enum err index_files(struct stories_run *run, struct wxr_index *index,
                            struct wxr_file *files)
{
    const struct command_line *line = run->line;
    struct str site = STR("");
    for (size_t i = 0; i < line->argument_count; i++) {
        struct wxr_file *file = &files[i];
        struct fault cause = {0};
        file->source.file = str_from_c(line->arguments[i]);
        enum err err =
            story_import_source(run->import, &file->source, run->fault);
        if (err)
            return err;
        err = wxr_index_file(index, line->arguments[i], &cause);
        if (!site.len)
            site = wxr_site(index);
        if (!err && !str_eq(site, wxr_site(index)))
            err = fault_set(&cause, ERR_CONFLICT, NULL,
                            "it is of %.*s, the files before are of %.*s: "
                            "import each site on its own",
                            ARG_STR(wxr_site(index)), ARG_STR(site));
        if (err)
            story_import_refuse(run->import, 0, fault_text(&cause));
        file->sound = !err;
        file->source.name = arena_concat(line->arena, STR("wxr "), site);
        file->source.site = site;
        file->source.language = wxr_language(index);
        file->source.media_mark = "/wp-content/uploads/";
        file->source.base = story_path_of(site, line->arena);
        file->source.category_lists = "/category/";
        file->source.person_lists = "/author/";
        file->source.tag_lists = "/tag/";
        file->source.describe = wxr_describe;
        file->source.context = index;
    }
    return ERR_OK;
}

static enum err read_wxr(struct stories_run *run)
{
    const struct command_line *line = run->line;
    struct wxr_file *files =
        arena_array(line->arena, struct wxr_file, line->argument_count + 1);
    struct story_sink sink = sink_of(run);
    struct wxr_index *index;
    enum err err = wxr_index_create(&index, run->fault);
    if (err)
        return err;
    wxr_take_pages(index, command_flag(line, "pages"));
    err = index_files(run, index, files);
    for (size_t i = 0; !err && i < line->argument_count; i++) {
        struct fault cause = {0};
        if (!files[i].sound)
            continue;
        err = story_import_source(run->import, &files[i].source, run->fault);
        if (err)
            break;
        err = wxr_read_file(index, line->arguments[i], &sink, &cause);
        err = settle(run, err, &cause);
    }
    if (!err)
        err = story_import_drain(run->import, run->fault);
    wxr_index_destroy(index);
    return err;
}

static enum err run_wxr(const struct command_line *line, struct fault *fault)
{
    return run_stories(line, read_wxr, fault);
}

const struct command command_import_wxr = {
    .name = "import wxr",
    .summary = "make articles of a WordPress export (WXR 1.0 to 1.2)",
    .details =
        "Posts become articles, with their authors, categories, tags, excerpts "
        "and pictures; what was a draft, private or behind a password stays "
        "unseen. Old addresses lead to the new ones, and links in the texts to "
        "each other. Pictures are taken from a copy of the site's folder "
        "wp-content/uploads (--media); nothing is fetched. It can be done "
        "again: what is the same is passed over, what changed there becomes a "
        "new revision, what was edited here is left alone. A broken file "
        "brings nothing in. What was left out is told, an "
        "item a line (--json: an object a line) and all together at the end; "
        "when something was refused the exit code is 65.",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments =
        (const struct command_argument[]){
            {.name = "FILE", .summary = "exports of one site", .many = true},
            {0}},
    .options = (const struct command_option[]){STORY_OPTIONS,
                                               {"pages", 0, false, NULL,
                                                "pages become articles, too"},
                                               {0}},
    .examples =
        (const struct command_example[]){
            {"import wxr old.xml --media wp-content/uploads",
             "A site with its pictures"},
            {"import wxr old.xml --dry-run", "What would happen"},
            {"import wxr 1.xml 2.xml --drafts", "A large export in parts"},
            {0}},
    .run = run_wxr,
};

/* ---- Ghost -----------------------------------------------------------------
 */

static enum err read_ghost_file(struct stories_run *run, const char *path)
{
    struct story_sink sink = sink_of(run);
    struct story_source *source;
    struct fault cause = {0};
    struct ghost_index *index = NULL;
    enum err err = new_source(run, path, &source);
    if (err)
        return err;
    /* Ids of Ghost are unique everywhere. */
    source->name = STR("ghost");
    source->media_mark = "/content/images/";
    source->person_lists = "/author/";
    source->tag_lists = "/tag/";
    err = ghost_index_file(path, &index, &cause);
    if (!err) {
        source->language = arena_copy(run->line->arena, ghost_language(index));
        err = ghost_read_file(index, path, command_flag(run->line, "pages"),
                              &sink, &cause);
    }
    ghost_index_destroy(index);
    return settle(run, err, &cause);
}

static enum err read_ghost(struct stories_run *run)
{
    return read_each(run, read_ghost_file);
}

static enum err run_ghost(const struct command_line *line, struct fault *fault)
{
    return run_stories(line, read_ghost, fault);
}

const struct command command_import_ghost = {
    .name = "import ghost",
    .summary = "make articles of a Ghost export",
    .details =
        "Posts become articles, with their people, tags and pictures; drafts "
        "stay drafts, and so does what only members may read: that is told. "
        "Where the newspaper has a category of a post's first tag, the post "
        "goes there. Old addresses (/the-slug/) lead to the new ones, and "
        "links in the texts to each other. Pictures are taken from a copy of "
        "the site's folder content/images (--media); nothing is fetched. Done "
        "again, it does what 'import wxr' does.",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments =
        (const struct command_argument[]){
            {.name = "FILE", .summary = "JSON exports", .many = true}, {0}},
    .options = (const struct command_option[]){STORY_OPTIONS,
                                               {"pages", 0, false, NULL,
                                                "pages become articles, too"},
                                               {0}},
    .examples =
        (const struct command_example[]){
            {"import ghost old.ghost.json --media content/images",
             "A site with its pictures"},
            {"import ghost old.ghost.json --dry-run", "What would happen"},
            {0}},
    .run = run_ghost,
};

/* ---- RSS and Atom ----------------------------------------------------------
 */

static enum err read_feed(struct stories_run *run, const char *path)
{
    struct story_sink sink = sink_of(run);
    struct arena *arena = run->line->arena;
    struct story_source *source;
    struct fault cause = {0};
    struct feed_head head = {0};
    enum err err = new_source(run, path, &source);
    if (err)
        return err;
    err = feed_head_file(path, arena, &head, &cause);
    if (!err) {
        source->name = arena_concat(arena, STR("feed "), head.id);
        source->language = head.language;
        err = feed_read_file(path, command_flag(run->line, "redirects"), &sink,
                             &cause);
    }
    return settle(run, err, &cause);
}

static enum err read_rss(struct stories_run *run)
{
    return read_each(run, read_feed);
}

static enum err run_rss(const struct command_line *line, struct fault *fault)
{
    return run_stories(line, read_rss, fault);
}

const struct command command_import_rss = {
    .name = "import rss",
    .summary = "make articles of RSS and Atom files",
    .details =
        "Each item of RSS 0.91 to 2.0, RSS 1.0 or Atom becomes an article. "
        "Categories become those that the newspaper has, all others tags. "
        "Pictures (enclosures, media:content, in the text) are taken from the "
        "folder --media by the path of their address; nothing is fetched. With "
        "--redirects the items' old addresses lead to the new ones, and links "
        "in the texts to each other: for feeds of the newspaper's own old "
        "site. Done again, it does what 'import wxr' does.",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments =
        (const struct command_argument[]){
            {.name = "FILE", .summary = "feeds, as files", .many = true}, {0}},
    .options =
        (const struct command_option[]){
            STORY_OPTIONS,
            {"redirects", 0, false, NULL, "old addresses lead to the articles"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"import rss agency.xml --lang en", "What an agency sent"},
            {"import rss old-site.xml --redirects --media old-site",
             "A feed of one's own old site"},
            {0}},
    .run = run_rss,
};
