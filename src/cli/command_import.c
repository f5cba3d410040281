// SPDX-License-Identifier: Apache-2.0
/* import ninjs, import views. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>

#include <jansson.h>

#include "base/arena.h"
#include "cli/command_table.h"
#include "cli/newspaper.h"
#include "exchange/ninjs_import.h"
#include "exchange/views_import.h"
#include "render/html_helper.h"

/* ---- Telling what happened -------------------------------------------------
 */

struct telling {
    const struct command_line *line;
    const char *what;
    bool json;
    bool only_refused; /* rows of a table that went in are not worth a line */
    int64_t done;
    int64_t total; /* files; 0: not known */
};

static void tell_json(struct telling *telling,
                      const struct import_result *result)
{
    const char *outcome = import_outcome_name(result->outcome);
    json_t *object = json_pack("{s:s, s:s%, s:I}", "outcome", outcome, "file",
                               result->file.ptr, result->file.len, "item",
                               (json_int_t)result->item);
    if (id_is_set(&result->id))
        json_object_set_new(object, "id", json_string(result->id.text));
    if (result->headline.len)
        json_object_set_new(
            object, "headline",
            json_stringn(result->headline.ptr, result->headline.len));
    if (result->cause.len)
        json_object_set_new(
            object, result->outcome == IMPORT_REFUSED ? "cause" : "left_out",
            json_stringn(result->cause.ptr, result->cause.len));
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
    output_printf(telling->line->output, "%s\n", text ? text : "{}");
    free(text);
    json_decref(object);
}

static void tell_line(struct telling *telling,
                      const struct import_result *result)
{
    struct output *output = telling->line->output;
    bool refused = result->outcome == IMPORT_REFUSED;
    output_progress_end(output);
    output_printf(
        output, "%s%-9s%s %s ",
        output_style(output->color_data, refused ? STYLE_BAD : STYLE_GOOD),
        import_outcome_name(result->outcome),
        output_style(output->color_data, STYLE_PLAIN),
        id_is_set(&result->id) ? result->id.text : "-");
    output_text(output, result->file);
    if (result->item > 1)
        output_printf(output, " (item %" PRId64 ")", result->item);
    if (result->headline.len)
        output_printf(output, ": ");
    output_text(output, result->headline);
    if (result->cause.len)
        output_printf(output, refused ? ": " : "; ");
    output_text(output, result->cause);
    output_printf(output, "\n");
}

static void on_result(void *context, const struct import_result *result)
{
    struct telling *telling = context;
    telling->done++;
    bool refused = result->outcome == IMPORT_REFUSED;
    if (refused || !telling->only_refused) {
        if (telling->json)
            tell_json(telling, result);
        else
            tell_line(telling, result);
    }
    output_progress(telling->line->output, telling->what, telling->done,
                    telling->total);
}

/* The last word, and the exit code: something refused is not success. */
static enum err sum_up(const struct command_line *line,
                       const struct import_counts *counts, struct fault *fault)
{
    output_tell(line->output,
                "%" PRId64 " created, %" PRId64 " updated, %" PRId64
                " unchanged, %" PRId64 " refused",
                counts->of[IMPORT_CREATED], counts->of[IMPORT_UPDATED],
                counts->of[IMPORT_UNCHANGED], counts->of[IMPORT_REFUSED]);
    int64_t refused = counts->of[IMPORT_REFUSED];
    if (!refused)
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, NULL,
                     "%" PRId64 " %s refused; the lines above tell why",
                     refused, refused == 1 ? "was" : "were");
}

/* ---- ninjs -----------------------------------------------------------------
 */

struct ninjs_run {
    const struct command_line *line;
    struct ninjs_import *import;
    struct telling telling;
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

static enum err run_import(struct ninjs_run *run, struct content *content,
                           struct html_helper *helper)
{
    const struct command_line *line = run->line;
    const struct ninjs_import_options options = {
        .content = content,
        .helper = helper,
        .actor = STR("import"),
        .keep_categories = command_flag(line, "no-new-categories"),
        .drafts = command_flag(line, "drafts"),
        .again = command_flag(line, "again"),
        .media_prefix = command_value(line, "media-prefix"),
        .media_folder = command_value(line, "media-folder"),
        .report = on_result,
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
    if (!err)
        err = newspaper_sync(line, seq, run->fault);
    return err ? err : sum_up(line, &counts, run->fault);
}

static enum err run_ninjs(const struct command_line *line, struct fault *fault)
{
    bool prefix = command_value(line, "media-prefix") != NULL;
    if (prefix != (command_value(line, "media-folder") != NULL))
        return fault_set(fault, ERR_USAGE, "media-prefix",
                         "--media-prefix and --media-folder belong together");
    const char *program;
    enum err err = newspaper_helper("html", line->arena, &program, fault);
    DEFER(newspaper_close) struct content *content = NULL;
    if (!err)
        err = newspaper_open_writing(line, &content, fault);
    if (err)
        return err;
    struct html_helper *helper = html_helper_create(program);
    if (!helper)
        return ERR_NO_MEMORY;
    struct ninjs_run run = {.line = line,
                            .telling = {.line = line,
                                        .what = "import",
                                        .json = command_flag(line, "json")},
                            .fault = fault};
    err = run_import(&run, content, helper);
    html_helper_destroy(helper);
    return err;
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
        "an item (--json: an object a line), and the exit code is then 65.",
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
    struct telling telling = {.line = line,
                              .what = "import",
                              .json = command_flag(line, "json"),
                              .only_refused = true};
    const struct views_import_options options = {
        .content = content,
        .actor = STR("import"),
        .report = on_result,
        .context = &telling,
    };
    struct import_counts counts = {0};
    int64_t seq = 0;
    struct fault cause = {0};
    err =
        views_import_file(&options, line->arguments[0], &counts, &seq, &cause);
    enum err sync_err = newspaper_sync(line, seq, fault);
    if (err) {
        *fault = cause;
        return err;
    }
    return sync_err ? sync_err : sum_up(line, &counts, fault);
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
