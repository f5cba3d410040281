// SPDX-License-Identifier: Apache-2.0
/* What all handlers over JSON do: read what was sent, write it as one change,
 * answer when every reader has it. */
#include <jansson.h>
#include <stdlib.h>

#include "base/json_text.h"
#include "content/change.h"
#include "content/content.h"
#include "newsroom/newsroom_internal.h"

void api_free_json(json_t **json)
{
    json_decref(*json);
}

json_t *api_parse_body(struct http_call *call, enum api_input input)
{
    struct str body = call->exchange->body;
    struct json_text_fault found;
    if (body.len == 0)
        return json_object();
    json_t *json = json_text_read(body, &found);
    if (!json)
        fault_set(&call->fault, ERR_INVALID, "body",
                  "the body is not JSON: %s (line %d, column %d)", found.cause,
                  found.line, found.column);
    else if (!json_is_object(json))
        fault_set(&call->fault, ERR_INVALID, "body",
                  "the body must be a JSON object");
    else
        (void)!json_members_check(json, &api_inputs[input], &call->fault);
    return json;
}

struct str api_text(const json_t *value)
{
    return json_is_string(value)
               ? str_of(json_string_value(value), json_string_length(value))
               : STR("");
}

struct str api_member(const json_t *object, const char *key)
{
    return api_text(json_object_get(object, key));
}

enum err api_parse_id(struct http_call *call, const struct route_match *match,
                      struct id *ret_id)
{
    if (id_parse(route_parameter(match, "id"), ret_id))
        return fault_set(&call->fault, ERR_NOT_FOUND, "id",
                         "an article's id is 13 hexadecimal digits, such as "
                         "62f9f7d471fdc");
    return ERR_OK;
}

/* What nothing had to be changed for may have been changed by somebody else a
 * moment ago: then that is waited for. */
static enum err wait_for_readers(struct http_call *call, int64_t seq)
{
    const struct newsroom *newsroom = call->context;
    if (!seq) {
        DEFER(db_lease_end)
        struct db_lease lease = content_reader(newsroom->content);
        enum err err = change_last_seq(lease.db, &seq);
        if (err)
            return db_fault(lease.db, err, &call->fault);
    }
    return newsroom->catch_up(newsroom->desk, seq, &call->fault);
}

static enum err commit(struct http_call *call, struct edit *edit)
{
    enum err err = edit_commit(edit);
    if (err)
        return call->fault.code ? err
                                : fault_set(&call->fault, ERR_IO, NULL,
                                            "it could not be stored");
    int64_t seq = edit->seq;
    edit_end(edit);
    return wait_for_readers(call, seq);
}

static enum err change_once(struct api_work *work,
                            enum err (*how)(struct api_work *work))
{
    struct http_call *call = work->call;
    const struct newsroom *newsroom = call->context;
    enum err err =
        edit_begin(&work->edit, newsroom->content, STR("api"), &call->fault);
    if (!err)
        err = how(work);
    if (!err)
        err = commit(call, &work->edit);
    edit_end(&work->edit);
    return err;
}

enum err api_change(struct http_call *call, const struct route_match *match,
                    enum api_input input,
                    enum err (*how)(struct api_work *work), struct id *ret_id)
{
    struct api_work work = {.call = call};
    DEFER(api_free_json) json_t *json = api_parse_body(call, input);
    work.json = json;
    enum err err = call->fault.code;
    if (!err && match)
        err = api_parse_id(call, match, &work.id);
    if (!err)
        err = change_once(&work, how);
    if (err == ERR_AGAIN && work.waiting.count) {
        picture_api_wait(call, &work.waiting);
        call->fault = (struct fault){0};
        work.edit = (struct edit){0};
        work.has_waited = true;
        err = change_once(&work, how);
    }
    *ret_id = work.id;
    return err;
}

void api_answer(struct http_call *call, json_t *json)
{
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    if (!text) {
        fault_set(&call->fault, ERR_INTERNAL, NULL, "no answer could be made");
        return;
    }
    buf_add_c(&call->body, text);
    buf_add_char(&call->body, '\n');
    free(text);
}
