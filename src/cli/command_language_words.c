// SPDX-License-Identifier: Apache-2.0
/* language check, words: for those who translate what readers see. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/arena.h"
#include "cli/command_table.h"
#include "cli/language_words.h"
#include "cli/newspaper.h"
#include "content/language.h"
#include "render/catalogue_check.h"
#include "render/locale.h"
#include "render/template.h"
#include "site/assets.h"

/* What is looked at, and where. */
struct words {
    const struct command_line *line;
    struct catalogues *catalogues;
    struct theme *theme; /* or NULL */
    struct locales *locales;
    const char *folder; /* of the messages */
    json_t *findings;   /* or NULL: told as they are found */
};

static void words_finish(struct words *words)
{
    catalogues_destroy(words->catalogues);
    theme_release(words->theme);
    locales_destroy(words->locales);
    json_decref(words->findings);
}

/* The folder that was named, else theme/messages of the newspaper. */
static enum err words_load(struct words *words, const char *folder,
                           struct fault *fault)
{
    const struct command_line *line = words->line;
    words->locales = locales_create();
    words->folder = folder;
    if (folder && access(folder, R_OK | X_OK) != 0)
        return fault_set(fault, err_from_errno(errno), folder,
                         "cannot read the folder %s: %s", folder,
                         strerror(errno));
    if (!folder) {
        const char *data = newspaper_directory(line);
        const char *theme = arena_printf(line->arena, "%s/theme", data).ptr;
        words->folder = arena_printf(line->arena, "%s/messages", theme).ptr;
        enum err err = theme_load(web_theme, theme, &words->theme, fault);
        if (err)
            return err;
    }
    enum err err =
        catalogues_load(web_messages, words->folder, &words->catalogues, fault);
    struct fault cause = *fault;
    if (!err || !cause.field[0])
        return err;
    return fault_set(fault, err, cause.field, "%s/%s: %s", words->folder,
                     cause.field, cause.message);
}

/* ---- check -----------------------------------------------------------------
 */

static void print_finding(struct words *words,
                          const struct catalogue_finding *finding)
{
    struct output *output = words->line->output;
    output_str(output, str_from_c(output_style(output->color_data, STYLE_BAD)));
    if (finding->path && finding->language.len)
        output_printf(output, "%s/", words->folder);
    output_text(output,
                finding->path ? str_from_c(finding->path) : finding->language);
    if (finding->path)
        output_printf(output, ":%u", finding->line);
    output_printf(output, ":%s ",
                  output_style(output->color_data, STYLE_PLAIN));
    output_text(output, finding->key);
    output_printf(output, finding->key.len ? " " : "");
    output_text(output, finding->what);
    output_printf(output, "\n");
}

static void on_found(void *context, const struct catalogue_finding *finding)
{
    struct words *words = context;
    if (!words->findings) {
        print_finding(words, finding);
        return;
    }
    json_array_append_new(
        words->findings,
        json_pack("{s:s%, s:s%, s:s?, s:i, s:s%}", "language",
                  finding->language.len ? finding->language.ptr : "",
                  finding->language.len, "key", finding->key.ptr,
                  finding->key.len, "file", finding->path, "line",
                  (int)finding->line, "what", finding->what.ptr,
                  finding->what.len));
}

/* Whether the language, or its base, has a catalogue. */
static bool has_words(const struct words *words, struct str language)
{
    ptrdiff_t hyphen = str_find_char(language, '-');
    return catalogues_has(words->catalogues, language) ||
           (hyphen > 0 &&
            catalogues_has(words->catalogues,
                           str_slice(language, 0, (size_t)hyphen)));
}

enum err language_tell_words(const struct command_line *line,
                             struct str language, struct fault *fault)
{
    DEFER(words_finish) struct words words = {.line = line};
    enum err err = words_load(&words, NULL, fault);
    if (!err && !has_words(&words, language))
        output_tell(line->output,
                    "Readers see English words in it until it has its own: "
                    "broadsheet language words %" PRI_STR " > %s/%" PRI_STR
                    ".properties",
                    ARG_STR(language), words.folder, ARG_STR(language));
    return err;
}

/* Languages of the newspaper in which readers see English words. */
static enum err check_newspaper(struct words *words,
                                struct catalogue_check *check,
                                struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    enum err err = newspaper_open_reading(words->line, &content, fault);
    if (err)
        return err;
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    struct language_list list;
    err = language_list(lease.db, words->line->arena, &list);
    for (size_t i = 0; !err && i < list.count; i++) {
        struct str code = list.languages[i].code;
        if (has_words(words, code))
            continue;
        check->count++;
        on_found(words,
                 &(struct catalogue_finding){
                     .language = code,
                     .key = STR(""),
                     .what = arena_printf(
                         words->line->arena,
                         "has no words, readers see English; begin with: "
                         "broadsheet language words %" PRI_STR " > %s/%" PRI_STR
                         ".properties",
                         ARG_STR(code), words->folder, ARG_STR(code)),
                 });
    }
    return err ? db_fault(lease.db, err, fault) : ERR_OK;
}

static enum err tell(struct words *words, size_t count, struct fault *fault)
{
    struct output *output = words->line->output;
    enum err err = ERR_OK;
    if (words->findings)
        err = output_json(output, json_incref(words->findings));
    else if (!count)
        output_tell(output, "%sSound:%s every language has every message.",
                    output_style(output->color_words, STYLE_GOOD),
                    output_style(output->color_words, STYLE_PLAIN));
    if (err || !count)
        return err;
    return fault_set(fault, ERR_INVALID, NULL,
                     count == 1 ? "%zu thing is to be mended"
                                : "%zu things are to be mended",
                     count);
}

static enum err run_check(const struct command_line *line, struct fault *fault)
{
    DEFER(words_finish) struct words words = {.line = line};
    enum err err = words_load(&words, line->arguments[0], fault);
    if (err)
        return err;
    if (command_flag(line, "json"))
        words.findings = json_array();
    struct catalogue_check check = {
        .catalogues = words.catalogues,
        .locales = words.locales,
        .found = on_found,
        .context = &words,
    };
    if (words.theme)
        err = check_newspaper(&words, &check, fault);
    if (!err)
        err = catalogue_check_all(&check, fault);
    if (!err && words.theme)
        catalogue_check_theme(&check, words.theme);
    return err ? err : tell(&words, check.count, fault);
}

const struct command command_language_check = {
    .name = "language check",
    .summary = "tell what is missing or wrong in the words that readers see",
    .details =
        "Looks at theme/messages of the newspaper, or at any FOLDER of "
        "CODE.properties files, together with the words that are built in: "
        "messages that a language lacks, or that nothing asks for; arguments "
        "other than English's; plurals without a case that the language's "
        "numbers need. Of a newspaper also the templates, and the languages "
        "without any words. The exit code is 65 when there is something to "
        "mend.",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments =
        (const struct command_argument[]){
            {.name = "FOLDER",
             .summary = "with the files (default: theme/messages of the "
                        "newspaper)",
             .optional = true},
            {0}},
    .examples =
        (const struct command_example[]){
            {"language check", "The newspaper's own words"},
            {"language check web/messages", "Those of the source"},
            {0}},
    .run = run_check,
};

/* ---- words -----------------------------------------------------------------
 */

static enum err run_words(const struct command_line *line, struct fault *fault)
{
    DEFER(words_finish) struct words words = {.line = line};
    struct str language = str_from_c(line->arguments[0]);
    if (!language_is_valid(language))
        return fault_set(fault, ERR_INVALID, "language",
                         "there is no language '%s'; its code is one such as "
                         "ka or pt-br",
                         line->arguments[0]);
    enum err err = words_load(&words, NULL, fault);
    if (err)
        return err;
    DEFER(buf_finish) struct buf text;
    buf_init(&text, 2 * CATALOGUE_BYTES_MAX);
    catalogue_write(words.catalogues, language, &text);
    err = buf_err(&text);
    if (!err)
        output_str(line->output, buf_str(&text));
    return err;
}

const struct command command_language_words = {
    .name = "language words",
    .summary = "tell the words that readers see, as a file to translate",
    .details =
        "Every message in the order of the English ones. Those that the "
        "language lacks stand there in English behind a '#': translate them "
        "and take it away. Saved as theme/messages/CODE.properties, in UTF-8, "
        "it is in use a second later.",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            {.name = "CODE", .summary = "the language's, such as fr"}, {0}},
    .examples =
        (const struct command_example[]){
            {"language words fr > theme/messages/fr.properties",
             "Begin a French edition"},
            {0}},
    .run = run_words,
};
