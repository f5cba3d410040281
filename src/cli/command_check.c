// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>

#include <jansson.h>

#include "cli/command_table.h"
#include "cli/newspaper.h"
#include "content/change.h"
#include "content/content_check.h"

struct report {
    struct output *output;
    json_t *findings; /* or NULL: told as they are found */
};

static void on_found(void *context, const struct finding *finding)
{
    struct report *report = context;
    struct output *output = report->output;
    if (report->findings) {
        json_array_append_new(report->findings,
                              json_pack("{s:s, s:s, s:s}", "area",
                                        finding->area, "what", finding->what,
                                        "remedy", finding->remedy));
        return;
    }
    output_progress_end(output);
    output_printf(output, "%s%s:%s ",
                  output_style(output->color_data, STYLE_BAD), finding->area,
                  output_style(output->color_data, STYLE_PLAIN));
    output_text(output, str_from_c(finding->what));
    output_printf(output, ". What to do: %s.\n", finding->remedy);
}

static void on_progress(void *context, const char *area, int64_t done,
                        int64_t total)
{
    struct report *report = context;
    output_progress(report->output, area, done, total);
}

static enum err tell_json(const struct command_line *line,
                          const struct report *report, int64_t seq,
                          int64_t findings)
{
    return output_json(line->output,
                       json_pack("{s:b, s:I, s:O}", "sound", findings == 0,
                                 "changes", (json_int_t)seq, "findings",
                                 report->findings));
}

static enum err tell(const struct command_line *line,
                     const struct report *report, int64_t seq, int64_t findings,
                     struct fault *fault)
{
    struct output *output = line->output;
    output_progress_end(output);
    enum err err = ERR_OK;
    if (report->findings)
        err = tell_json(line, report, seq, findings);
    else if (!findings)
        output_tell(output,
                    "%sSound:%s the database and its %" PRId64
                    " changes, the lists, and every file.",
                    output_style(output->color_words, STYLE_GOOD),
                    output_style(output->color_words, STYLE_PLAIN), seq);
    if (err || !findings)
        return err;
    return fault_set(fault, ERR_CORRUPT, NULL,
                     findings == 1 ? "%" PRId64 " thing is wrong"
                                   : "%" PRId64 " things are wrong",
                     findings);
}

static enum err check(const struct command_line *line, struct report *report,
                      struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    int64_t findings = 0, seq = 0;
    const struct content_check_options options = {
        .deep = command_flag(line, "deep"),
        .found = on_found,
        .progress = on_progress,
        .context = report,
    };
    enum err err = newspaper_open_reading(line, &content, fault);
    if (!err)
        err = content_check(content, &options, &findings, fault);
    if (err)
        return err;
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    err = change_last_seq(lease.db, &seq);
    if (err)
        return db_fault(lease.db, err, fault);
    return tell(line, report, seq, findings, fault);
}

static enum err repair(const struct command_line *line, struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    int64_t seq = 0;
    enum err err = newspaper_open_writing(line, &content, fault);
    if (!err)
        err = content_repair(content, &seq, fault);
    if (!err)
        err = newspaper_sync(line, seq, fault);
    if (!err)
        output_tell(line->output, "Lists and public files are as they should "
                                  "be; now all is checked.");
    return err;
}

static enum err run(const struct command_line *line, struct fault *fault)
{
    struct report report = {.output = line->output};
    enum err err = command_flag(line, "repair") ? repair(line, fault) : ERR_OK;
    if (err)
        return err;
    if (command_flag(line, "json"))
        report.findings = json_array();
    err = check(line, &report, fault);
    json_decref(report.findings);
    return err;
}

const struct command command_check = {
    .name = "check",
    .summary = "verify the database, the log of changes and all files",
    .details =
        "Everything that is wrong is told, with what to do: damage in the "
        "database, references that lead nowhere, texts that are missing; lists "
        "that are not what is published; gaps in the log of changes, and "
        "followers ahead of it; stored files that are missing or of the wrong "
        "length; public files that nobody should see, or that are not there. "
        "It may run while the newspaper is being served. The exit code is 74 "
        "when something is wrong.",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .options =
        (const struct command_option[]){
            {"deep", 0, false, NULL, "also read every stored file"},
            {"repair", 0, false, NULL,
             "first set lists and public files right"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"check --data paper", "Is everything there and sound?"},
            {"check --data paper --deep", "Every byte of it?"},
            {0}},
    .run = run,
};
