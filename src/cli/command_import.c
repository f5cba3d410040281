// SPDX-License-Identifier: Apache-2.0
/* import ninjs, import views. */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "cli/command_table.h"
#include "cli/import_setup.h"
#include "cli/import_telling.h"
#include "cli/newspaper.h"
#include "exchange/ninjs_import.h"
#include "exchange/views_import.h"

/* ---- ninjs -----------------------------------------------------------------
 */

struct ninjs_run {
    const struct command_line *line;
    struct ninjs_import *import;
    struct import_telling telling;
    struct fault *fault;
};

static int is_json(const struct dirent *entry)
{
    struct str name = str_from_c(entry->d_name);
    return name.ptr[0] != '.' && str_ends_with(name, STR(".json"));
}

/* Every .json file of the folder, by name. */
static enum err import_folder(struct ninjs_run *run, const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, is_json, alphasort);
    if (count < 0)
        return fault_set(run->fault, err_from_errno(errno), "FILE",
                         "cannot look into %s: %s", path, strerror(errno));
    if (!count) {
        free(entries);
        return fault_set(run->fault, ERR_NOT_FOUND, "FILE",
                         "there is no .json file in the folder %s; name the "
                         "folder that has them, or the files",
                         path);
    }
    run->telling.total += count;
    enum err err = ERR_OK;
    for (int i = 0; i < count; i++) {
        char file[4096];
        snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
        if (!err)
            err = ninjs_import_file(run->import, file, run->fault);
        free(entries[i]);
    }
    free(entries);
    return err;
}

static enum err import_arguments(struct ninjs_run *run)
{
    for (size_t i = 0; i < run->line->argument_count; i++) {
        const char *path = run->line->arguments[i];
        struct stat info;
        bool folder = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
        run->telling.total += !folder;
        enum err err = folder
                           ? import_folder(run, path)
                           : ninjs_import_file(run->import, path, run->fault);
        if (err)
            return err;
    }
    return ERR_OK;
}

static enum err run_import(struct ninjs_run *run,
                           const struct import_setup *setup)
{
    const struct command_line *line = run->line;
    const struct ninjs_import_options options = {
        .content = setup->content,
        .helper = setup->helper,
        .lines = setup->lines,
        .actor = STR("import"),
        .keep_categories = command_flag(line, "no-new-categories"),
        .drafts = command_flag(line, "drafts"),
        .again = command_flag(line, "again"),
        .media_prefix = command_value(line, "media-prefix"),
        .media_folder = command_value(line, "media-folder"),
        .report = import_tell,
        .context = &run->telling,
    };
    enum err err = ninjs_import_create(&options, &run->import, run->fault);
    if (err)
        return err;
    struct import_counts counts;
    int64_t seq = 0;
    err = import_arguments(run);
    if (!err)
        err = ninjs_import_finish(run->import, &counts, &seq, run->fault);
    ninjs_import_destroy(run->import);
    if (err)
        return err;
    import_tell_sum(&run->telling, &counts, NULL, 0);
    return import_end(line, &counts, seq, run->fault);
}

static enum err run_ninjs(const struct command_line *line, struct fault *fault)
{
    bool prefix = command_value(line, "media-prefix") != NULL;
    if (prefix != (command_value(line, "media-folder") != NULL))
        return fault_set(fault, ERR_USAGE, "media-prefix",
                         "--media-prefix and --media-folder belong together");
    DEFER(import_setup_close) struct import_setup setup;
    enum err err = import_setup_open(line, &setup, fault);
    if (err)
        return err;
    struct ninjs_run run = {.line = line,
                            .telling = {.line = line,
                                        .what = "import",
                                        .json = command_flag(line, "json")},
                            .fault = fault};
    return run_import(&run, &setup);
}

const struct command command_import_ninjs = {
    .name = "import ninjs",
    .summary = "make articles of IPTC ninjs files, versions 1 to 3",
    .details =
        "A file has one item, a list of items, or an item a line; of a folder "
        "every .json file is taken. The same item again changes nothing, and "
        "an item that its supplier changed becomes a new revision. Subjects "
        "become categories, in their order, made when they are missing; "
        "people and places become tags. Pictures are taken from files that "
        "lie beside the ninjs file. What was refused, and why, is told a line "
        "an item (--json: an object a line, and a last one that sums up), and "
        "the exit code is then 65.",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments =
        (const struct command_argument[]){{.name = "FILE",
                                           .summary = "ninjs files, or folders",
                                           .many = true},
                                          {0}},
    .options =
        (const struct command_option[]){
            {"drafts", 0, false, NULL, "publish nothing"},
            {"no-new-categories", 0, false, NULL,
             "subjects that are no category become tags"},
            {"again", 0, false, NULL, "also what is the same as last time"},
            {"media-prefix", 0, false, "URL",
             "pictures whose address begins so"},
            {"media-folder", 0, false, "DIR", "lie in this folder"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"import ninjs story.json", "One article"},
            {"import ninjs archive/ --data paper", "All files of a folder"},
            {"import ninjs export.ndjson --media-prefix "
             "https://old.example/img/ --media-folder img",
             "Pictures that an old site had"},
            {0}},
    .run = run_ninjs,
};

/* ---- views -----------------------------------------------------------------
 */

static enum err run_views(const struct command_line *line, struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    enum err err = newspaper_open_writing(line, &content, fault);
    if (err)
        return err;
    struct import_telling telling = {.line = line,
                                     .what = "import",
                                     .json = command_flag(line, "json"),
                                     .only_refused = true};
    const struct views_import_options options = {
        .content = content,
        .actor = STR("import"),
        .report = import_tell,
        .context = &telling,
    };
    struct import_counts counts = {0};
    int64_t seq = 0;
    struct fault cause = {0};
    err =
        views_import_file(&options, line->arguments[0], &counts, &seq, &cause);
    if (err) { /* what stands before the break is kept */
        *fault = cause;
        (void)!newspaper_sync(line, seq, &cause);
        return err;
    }
    import_tell_sum(&telling, &counts, NULL, 0);
    return import_end(line, &counts, seq, fault);
}

const struct command command_import_views = {
    .name = "import views",
    .summary = "take over how often articles were read",
    .details = "The file is CSV (RFC 4180) with the columns id and views, "
               "named in its first line. The counts replace those that are "
               "there.",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments =
        (const struct command_argument[]){
            {.name = "FILE", .summary = "the table"}, {0}},
    .examples =
        (const struct command_example[]){
            {"import views views.csv", "Counts of an old system"}, {0}},
    .run = run_views,
};
