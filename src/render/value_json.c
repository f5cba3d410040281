// SPDX-License-Identifier: Apache-2.0
#include "render/value_json.h"

#include "render/escape.h"
#include "render/value_internal.h"

static void write_value(struct buf *out, const struct value *value,
                        unsigned depth);

static void write_text(struct buf *out, struct str text)
{
    buf_add_char(out, '"');
    escape_json(out, text);
    buf_add_char(out, '"');
}

static void write_members(struct buf *out, const struct value *value,
                          unsigned depth)
{
    bool is_list = value->kind == VALUE_LIST;
    buf_add_char(out, is_list ? '[' : '{');
    for (uint32_t i = 0; i < value->count && depth < VALUE_JSON_DEPTH_MAX;
         i++) {
        if (i > 0)
            buf_add_char(out, ',');
        if (!is_list) {
            write_text(out, value->members[i].key);
            buf_add_char(out, ':');
        }
        write_value(out, value_at(value, i), depth + 1);
    }
    buf_add_char(out, is_list ? ']' : '}');
}

static void write_value(struct buf *out, const struct value *value,
                        unsigned depth)
{
    switch (value_kind(value)) {
    case VALUE_NULL:
        buf_add_c(out, "null");
        return;
    case VALUE_BOOL:
        buf_add_c(out, value->truth ? "true" : "false");
        return;
    case VALUE_INT:
        buf_add_i64(out, value->number);
        return;
    case VALUE_STR:
    case VALUE_HTML:
        write_text(out, value->text);
        return;
    case VALUE_LIST:
    case VALUE_OBJECT:
        write_members(out, value, depth);
        return;
    }
}

void value_write_json(struct buf *out, const struct value *value)
{
    write_value(out, value, 0);
}
