// SPDX-License-Identifier: Apache-2.0
/* demo: a sample newspaper, made and served. */
#include <limits.h>
#include <unistd.h>

#include "base/arena.h"
#include "cli/command_serve.h"
#include "cli/command_table.h"
#include "cli/demo_television.h"
#include "cli/demo_theme.h"
#include "cli/newspaper.h"
#include "exchange/demo.h"
#include "render/html_helper.h"

#define DEMO_FOLDER "demo-site"

/* Where the sample's files are, seen from this program: in a source tree where
 * it was built, or where it was installed. */
struct sources {
    const char *demo;
    const char *pictures;
};

static const struct sources places[] = {
    {"../../../demo", "../../demo/pictures"},
    {"../share/broadsheet/demo", "../share/broadsheet/demo/pictures"},
};

static const char *beside(const struct command_line *line, const char *path)
{
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self);
    struct str program = str_of(self, len < 0 ? 0 : (size_t)len);
    ptrdiff_t slash = str_find_last_char(program, '/');
    return arena_printf(line->arena, "%.*s%s",
                        ARG_STR(str_slice(program, 0, (size_t)(slash + 1))),
                        path)
        .ptr;
}

static enum err find_sources(const struct command_line *line,
                             struct sources *ret_sources, struct fault *fault)
{
    struct sources sources = {command_value(line, "source"),
                              command_value(line, "pictures")};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *demo = beside(line, places[i].demo);
        const char *index = arena_printf(line->arena, "%s/demo.json", demo).ptr;
        if (access(index, R_OK) < 0)
            continue;
        if (!sources.demo)
            sources.demo = demo;
        if (!sources.pictures)
            sources.pictures = beside(line, places[i].pictures);
    }
    if (!sources.demo)
        return fault_set(fault, ERR_NOT_FOUND, "source",
                         "the sample's files are not here; name the folder "
                         "that has demo.json with --source DIR");
    if (!sources.pictures || access(sources.pictures, R_OK) < 0)
        return fault_set(fault, ERR_NOT_FOUND, "pictures",
                         "the sample's pictures are not drawn yet: 'make demo' "
                         "draws them, or name their folder with --pictures "
                         "DIR");
    *ret_sources = sources;
    return ERR_OK;
}

/* Its look, also of one that is there already. */
static enum err read_theme(const struct command_line *line,
                           const char *directory, struct demo_theme *ret_theme,
                           struct fault *fault)
{
    struct sources sources = {0};
    const char *theme = command_value(line, "theme");
    if (!theme)
        return ERR_OK;
    enum err err = find_sources(line, &sources, fault);
    return err ? err
               : demo_theme_read(sources.demo, theme, directory, line->arena,
                                 ret_theme, fault);
}

static void on_progress(void *context, size_t done, size_t total)
{
    output_progress(context, "articles", (int64_t)done, (int64_t)total);
}

static enum err fill(const struct command_line *line, const char *directory,
                     const struct sources *sources, const char *program,
                     struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    enum err err = content_open(directory, NULL, &content, fault);
    if (err)
        return err;
    struct html_helper *helper = html_helper_create(program);
    if (!helper)
        return ERR_NO_MEMORY;
    const struct demo_options options = {
        .content = content,
        .helper = helper,
        .folder = sources->demo,
        .pictures = sources->pictures,
        .progress = on_progress,
        .context = line->output,
    };
    err = demo_import(&options, fault);
    html_helper_destroy(helper);
    return err;
}

static enum err make(const struct command_line *line, const char *directory,
                     struct fault *fault)
{
    struct sources sources = {0};
    const char *program;
    enum err err = find_sources(line, &sources, fault);
    if (!err)
        err = newspaper_helper("html", line->arena, &program, fault);
    const struct newspaper_config config = {0};
    if (!err)
        err = newspaper_make(directory, &config, line->arena, fault);
    if (err)
        return err;
    err = fill(line, directory, &sources, program, fault);
    if (err)
        output_tell(line->output,
                    "%s has no articles; remove it before you try again.",
                    directory);
    else
        output_tell(line->output, "Made the sample newspaper in %s.",
                    directory);
    return err;
}

static enum err run(const struct command_line *line, struct fault *fault)
{
    struct serve_config config;
    struct demo_theme theme = {0};
    enum newspaper_folder folder;
    enum err err = serve_options_read(line, &config, fault);
    config.directory = line->argument_count ? line->arguments[0] : DEMO_FOLDER;
    if (!err)
        err = newspaper_look(config.directory, &folder, fault);
    if (!err) /* a wrong name is told before anything is made */
        err = read_theme(line, config.directory, &theme, fault);
    if (!err && folder != NEWSPAPER_FOLDER_OURS)
        err = make(line, config.directory, fault);
    else if (!err && command_flag(line, "no-serve"))
        output_tell(line->output,
                    "There is a newspaper in %s already; it stays as it is.",
                    config.directory);
    if (!err)
        err = demo_theme_write(&theme, line->arena, fault);
    if (err || command_flag(line, "no-serve"))
        return err;
    if (!command_flag(line, "no-tv"))
        err = demo_television(line, &config, fault);
    return err ? err : serve_site(&config, fault);
}

const struct command command_demo = {
    .name = "demo",
    .summary = "make a sample newspaper, and put it on the web",
    .details = "What is there already is served as it is; remove the folder to "
               "begin anew. Where ffmpeg is installed, it generates a "
               "programme and sends it by RTMP, so that TV Live is on the "
               "air.",
    .arguments =
        (const struct command_argument[]){
            {.name = "DIR",
             .summary = "its folder (default: " DEMO_FOLDER ")",
             .optional = true},
            {0}},
    .options =
        (const struct command_option[]){
            SERVE_OPTIONS,
            {"no-serve", 0, false, NULL, "only make it"},
            {"no-tv", 0, false, NULL, "without a broadcast on TV Live"},
            {"theme", 0, false, "NAME",
             "dress it in a theme of demo/themes, such as beacon"},
            {"source", 0, false, "DIR", "the folder that has demo.json"},
            {"pictures", 0, false, "DIR", "the folder of its pictures"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"demo", "On " SERVE_LISTEN_STANDARD},
            {"demo /tmp/sample --no-serve", "Only the folder"},
            {"demo --theme beacon", "In another look: see docs/theme.md"},
            {0}},
    .run = run,
};
