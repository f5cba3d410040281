// SPDX-License-Identifier: Apache-2.0
/* The items of a file, one after another. */
#include <assert.h>
#include <inttypes.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "exchange/ninjs_internal.h"

void ninjs_file_init(struct ninjs_file *file, struct str text)
{
    static const struct str mark = STR_INIT("\xEF\xBB\xBF");
    if (str_starts_with(text, mark))
        text = str_from(text, mark.len);
    *file = (struct ninjs_file){.rest = text, .line = 1};
}

void ninjs_file_finish(struct ninjs_file *file)
{
    if (file)
        json_decref(file->value);
}

/* Takes the first len bytes off what is left and counts their lines. */
static void skip(struct ninjs_file *file, size_t len)
{
    for (size_t i = 0; i < len; i++)
        file->line += file->rest.ptr[i] == '\n';
    file->rest = str_from(file->rest, len);
}

static void skip_space(struct ninjs_file *file)
{
    size_t n = 0;
    while (n < file->rest.len && strchr(" \t\r\n", file->rest.ptr[n]) &&
           file->rest.ptr[n])
        n++;
    skip(file, n);
}

static enum err refuse_json(struct ninjs_file *file, const json_error_t *error,
                            struct fault *fault)
{
    int64_t line = file->line + (error->line > 0 ? error->line - 1 : 0);
    char place[FAULT_FIELD_BYTES_MAX];
    snprintf(place, sizeof place, "line %" PRId64, line);
    file->rest = str_of(NULL, 0);
    return fault_set(fault, ERR_INVALID, place,
                     "line %" PRId64 ", column %d: not JSON: %s", line,
                     error->column > 0 ? error->column : 0, error->text);
}

/* The list of items that value is, or holds; NULL when it is one item. */
static json_t *list_of(json_t *value)
{
    if (json_is_array(value))
        return value;
    json_t *items = json_object_get(value, "items");
    return json_is_array(items) ? items : NULL;
}

/* ERR_NOT_FOUND when nothing is left. */
static enum err load_value(struct ninjs_file *file, struct fault *fault)
{
    json_decref(file->value);
    file->value = file->list = NULL;
    skip_space(file);
    if (!file->rest.len)
        return ERR_NOT_FOUND;
    json_error_t error = {0};
    file->value =
        json_loadb(file->rest.ptr, file->rest.len,
                   JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &error);
    if (!file->value)
        return refuse_json(file, &error, fault);
    skip(file, (size_t)error.position);
    file->list = list_of(file->value);
    file->next = 0;
    return ERR_OK;
}

/* Borrowed; ERR_NOT_FOUND at the end. */
static enum err next_value(struct ninjs_file *file, const json_t **ret_value,
                           struct fault *fault)
{
    while (!file->list || file->next == json_array_size(file->list)) {
        enum err err = load_value(file, fault);
        if (err)
            return err;
        if (!file->list) {
            *ret_value = file->value;
            return ERR_OK;
        }
    }
    *ret_value = json_array_get(file->list, file->next++);
    return ERR_OK;
}

static void digest(const json_t *value, char target[DIGEST_HEX_BYTES])
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
    digest_hex(str_from_c(text), target);
    free(text);
}

enum err ninjs_file_next(struct ninjs_file *file, struct arena *arena,
                         struct ninjs_item *ret_item, struct fault *fault)
{
    assert(file);
    assert(ret_item);
    const json_t *value;
    enum err err = next_value(file, &value, fault);
    if (err)
        return err;
    file->count++;
    struct ninjs_item item = {0};
    err = ninjs_read_item(value, arena, &item, fault);
    if (err)
        return err;
    digest(value, item.digest);
    *ret_item = item;
    return ERR_OK;
}
