// SPDX-License-Identifier: Apache-2.0
#include "cli/import_telling.h"

#include <inttypes.h>

#include <jansson.h>

#include "cli/newspaper.h"
#include "cli/output.h"

static void tell_json(struct import_telling *telling,
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

static void tell_line(struct import_telling *telling,
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

void import_tell(void *context, const struct import_result *result)
{
    struct import_telling *telling = context;
    telling->done++;
    bool only_refused = telling->only_refused || telling->line->output->quiet;
    if (result->outcome == IMPORT_REFUSED || !only_refused) {
        if (telling->json)
            tell_json(telling, result);
        else
            tell_line(telling, result);
    }
    output_progress(telling->line->output, telling->what, telling->done,
                    telling->total);
}

void import_tell_turned(void *context, int64_t done, int64_t total)
{
    const struct import_telling *telling = context;
    output_progress(telling->line->output, "links", done, total);
}

static enum err sum_up(const struct command_line *line,
                       const struct import_counts *counts, struct fault *fault)
{
    char kept[64] = "";
    if (counts->of[IMPORT_KEPT])
        snprintf(kept, sizeof kept, ", %" PRId64 " kept as edited here",
                 counts->of[IMPORT_KEPT]);
    output_tell(line->output,
                "%" PRId64 " created, %" PRId64 " updated, %" PRId64
                " unchanged, %" PRId64 " refused%s",
                counts->of[IMPORT_CREATED], counts->of[IMPORT_UPDATED],
                counts->of[IMPORT_UNCHANGED], counts->of[IMPORT_REFUSED], kept);
    int64_t refused = counts->of[IMPORT_REFUSED];
    if (!refused)
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, NULL,
                     "%" PRId64 " %s refused; the lines above tell why",
                     refused, refused == 1 ? "was" : "were");
}

enum err import_end(const struct command_line *line,
                    const struct import_counts *counts, int64_t seq,
                    struct fault *fault)
{
    enum err err = newspaper_sync(line, seq, fault);
    return err ? err : sum_up(line, counts, fault);
}

static void tell_sum_json(struct import_telling *telling,
                          const struct import_counts *counts,
                          const struct story_dropped *dropped, size_t count)
{
    json_t *object = json_object(), *left_out = json_object();
    json_object_set_new(object, "outcome", json_string("summary"));
    for (int i = 0; i < IMPORT_OUTCOME_COUNT; i++)
        json_object_set_new(object, import_outcome_name((enum import_outcome)i),
                            json_integer(counts->of[i]));
    for (size_t i = 0; i < count; i++)
        json_object_setn_new(left_out, dropped[i].what.ptr, dropped[i].what.len,
                             json_integer(dropped[i].count));
    json_object_set_new(object, "left_out", left_out);
    char *text = json_dumps(object, JSON_COMPACT);
    output_printf(telling->line->output, "%s\n", text ? text : "{}");
    free(text);
    json_decref(object);
}

void import_tell_sum(struct import_telling *telling,
                     const struct import_counts *counts,
                     const struct story_dropped *dropped, size_t count)
{
    output_progress_end(telling->line->output);
    if (telling->json) {
        tell_sum_json(telling, counts, dropped, count);
        return;
    }
    if (count)
        output_tell(telling->line->output, "left out, all together:");
    for (size_t i = 0; i < count; i++)
        output_tell(telling->line->output, "%9" PRId64 "  %" PRI_STR,
                    dropped[i].count, ARG_STR(dropped[i].what));
}
