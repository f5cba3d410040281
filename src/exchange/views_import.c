// SPDX-License-Identifier: Apache-2.0
#include "exchange/views_import.h"

#include <assert.h>

#include "base/arena.h"
#include "base/file.h"
#include "content/content.h"
#include "content/edit.h"
#include "content/views.h"
#include "exchange/csv.h"

struct run {
    const struct views_import_options *options;
    struct str path;
    struct csv csv;
    size_t id_column;
    size_t views_column;
    struct arena arena; /* of the batch */
    struct import_counts counts;
    int64_t seq;
    struct fault *fault;
};

/* What is reported once the batch is durable. */
struct batch {
    struct import_result *results;
    size_t count;
};

static enum err read_head(struct run *run)
{
    struct csv_record head;
    enum err err = csv_next(&run->csv, &run->arena, &head, run->fault);
    if (err == ERR_NOT_FOUND)
        return fault_set(run->fault, ERR_INVALID, "line 1",
                         "the file is empty; its first line has to be: "
                         "id,views");
    if (err)
        return err;
    run->id_column = run->views_column = head.count;
    for (size_t i = 0; i < head.count; i++) {
        if (str_eq_ascii_case(str_trim(head.fields[i]), STR("id")))
            run->id_column = i;
        if (str_eq_ascii_case(str_trim(head.fields[i]), STR("views")))
            run->views_column = i;
    }
    if (run->id_column < head.count && run->views_column < head.count)
        return ERR_OK;
    return fault_set(run->fault, ERR_INVALID, "line 1",
                     "line 1: the columns id and views are not there; the "
                     "first line has to be: id,views");
}

static enum err refuse(struct fault *cause, int64_t line, const char *what,
                       struct str text)
{
    return fault_set(cause, ERR_INVALID, NULL, "line %lld: %s '%.*s'",
                     (long long)line, what, ARG_STR(text));
}

static enum err set_views(struct edit *edit, const struct id *id, int64_t views,
                          enum import_outcome *ret_outcome)
{
    int64_t before;
    enum err err = views_get(edit->db, id, &before);
    if (!err)
        err = views_set(edit, id, views);
    if (!err)
        *ret_outcome = before == views ? IMPORT_UNCHANGED : IMPORT_UPDATED;
    return err;
}

/* ERR_INVALID and ERR_NOT_FOUND, with cause, are about this row only. */
static enum err take_row(struct run *run, struct edit *edit,
                         const struct csv_record *row,
                         struct import_result *result, struct fault *cause)
{
    size_t last =
        run->id_column > run->views_column ? run->id_column : run->views_column;
    if (row->count <= last)
        return refuse(cause, row->line, "too few fields:", row->fields[0]);
    struct str id = str_trim(row->fields[run->id_column]);
    struct str number = str_trim(row->fields[run->views_column]);
    int64_t views;
    if (id_parse(id, &result->id))
        return refuse(cause, row->line, "no id of an article:", id);
    if (str_parse_i64(number, &views) || views < 0)
        return refuse(cause, row->line, "no number of views:", number);
    enum err err = set_views(edit, &result->id, views, &result->outcome);
    if (err == ERR_NOT_FOUND)
        fault_set(cause, err, NULL, "line %lld: there is no article %s",
                  (long long)row->line, result->id.text);
    return err;
}

/* ERR_NOT_FOUND at the end of the table. */
static enum err fill_batch(struct run *run, struct edit *edit,
                           struct batch *batch)
{
    while (batch->count < VIEWS_BATCH_ROWS) {
        struct csv_record row;
        enum err err = csv_next(&run->csv, &run->arena, &row, run->fault);
        if (err)
            return err;
        struct import_result *result = &batch->results[batch->count];
        *result = (struct import_result){.file = run->path, .item = row.line};
        struct fault cause = {0};
        err = take_row(run, edit, &row, result, &cause);
        if (err && err != ERR_INVALID && err != ERR_NOT_FOUND)
            return err;
        if (err) {
            result->outcome = IMPORT_REFUSED;
            result->cause =
                arena_copy(&run->arena, str_from_c(fault_text(&cause)));
        }
        batch->count++;
    }
    return ERR_OK;
}

static void report(struct run *run, const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        run->counts.of[batch->results[i].outcome]++;
        if (run->options->report)
            run->options->report(run->options->context, &batch->results[i]);
    }
}

/* A broken table ends the import; what stands before the break is kept. */
static enum err take_batch(struct run *run)
{
    arena_reset(&run->arena);
    struct batch batch = {
        arena_array(&run->arena, struct import_result, VIEWS_BATCH_ROWS), 0};
    struct fault commit_fault = {0};
    DEFER(edit_end) struct edit edit = {0};
    enum err err = edit_begin(&edit, run->options->content, run->options->actor,
                              &commit_fault);
    if (err) {
        *run->fault = commit_fault;
        return err;
    }
    enum err end = fill_batch(run, &edit, &batch);
    if (end && end != ERR_NOT_FOUND && end != ERR_INVALID &&
        end != ERR_TOO_LONG) {
        *run->fault = commit_fault;
        return end;
    }
    err = edit_commit(&edit);
    if (err) {
        *run->fault = commit_fault;
        return err;
    }
    run->seq = edit.seq ? edit.seq : run->seq;
    report(run, &batch);
    return end;
}

enum err views_import_file(const struct views_import_options *options,
                           const char *path, struct import_counts *ret_counts,
                           int64_t *ret_seq, struct fault *fault)
{
    assert(fault);
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct str text;
    enum err err = file_read(path, VIEWS_FILE_BYTES_MAX, &arena, &text, fault);
    if (err)
        return err;
    struct run run = {.options = options,
                      .path = str_from_c(path),
                      .csv = csv_of(text),
                      .fault = fault};
    arena_init(&run.arena, 0);
    err = read_head(&run);
    while (!err)
        err = take_batch(&run);
    arena_finish(&run.arena);
    *ret_counts = run.counts;
    *ret_seq = run.seq;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}
