// SPDX-License-Identifier: Apache-2.0
#include "media/amf.h"

#include <assert.h>
#include <stdint.h>

#include "base/arena.h"

enum marker {
    NUMBER = 0x00,
    BOOLEAN = 0x01,
    STRING = 0x02,
    OBJECT = 0x03,
    NULL_VALUE = 0x05,
    UNDEFINED = 0x06,
    NAMED_ARRAY = 0x08,
    OBJECT_END = 0x09,
    ARRAY = 0x0A,
    DATE = 0x0B,
    LONG_STRING = 0x0C,
};

struct reading {
    struct bytes_reader *bytes;
    struct arena *arena;
    int depth;
    int values;
};

static enum err read_value(struct reading *reading, struct amf_value *value);

static struct str read_text(struct bytes_reader *bytes)
{
    return bytes_get(bytes, bytes_get_u16(bytes));
}

/* Adds one behind *end and moves it there. */
static enum err add_member(struct reading *reading, struct str name,
                           struct amf_member ***end)
{
    struct amf_member *member = arena_new(reading->arena, struct amf_member);
    *member = (struct amf_member){.name = name};
    **end = member;
    *end = &member->next;
    return read_value(reading, &member->value);
}

/* Names and values up to an empty name and the mark of the end. */
static enum err read_object(struct reading *reading, struct amf_value *value)
{
    struct bytes_reader *bytes = reading->bytes;
    struct amf_member **end = &value->members;
    value->kind = AMF_OBJECT;
    for (;;) {
        struct str name = read_text(bytes);
        if (bytes->bad)
            return ERR_INVALID;
        if (!name.len && bytes->rest.len && bytes->rest.ptr[0] == OBJECT_END) {
            bytes_get_u8(bytes);
            return ERR_OK;
        }
        enum err err = add_member(reading, name, &end);
        if (err)
            return err;
    }
}

static enum err read_array(struct reading *reading, struct amf_value *value)
{
    uint32_t count = bytes_get_u32(reading->bytes);
    struct amf_member **end = &value->members;
    enum err err = ERR_OK;
    value->kind = AMF_ARRAY;
    for (uint32_t i = 0; !err && i < count; i++)
        err = add_member(reading, STR(""), &end);
    return err;
}

static enum err read_simple(struct bytes_reader *bytes, enum marker marker,
                            struct amf_value *value)
{
    switch (marker) {
    case NUMBER:
        value->kind = AMF_NUMBER;
        value->number = bytes_get_f64(bytes);
        break;
    case BOOLEAN:
        value->kind = AMF_BOOLEAN;
        value->boolean = bytes_get_u8(bytes) != 0;
        break;
    case STRING:
        value->kind = AMF_STRING;
        value->text = read_text(bytes);
        break;
    case LONG_STRING:
        value->kind = AMF_STRING;
        value->text = bytes_get(bytes, bytes_get_u32(bytes));
        break;
    case DATE:
        value->kind = AMF_DATE;
        value->number = bytes_get_f64(bytes);
        bytes_get_u16(bytes); /* a zone, which is to be ignored */
        break;
    case NULL_VALUE:
    case UNDEFINED:
        break;
    default:
        return ERR_INVALID;
    }
    return bytes->bad ? ERR_INVALID : ERR_OK;
}

static enum err read_value(struct reading *reading, struct amf_value *value)
{
    struct bytes_reader *bytes = reading->bytes;
    if (reading->depth == AMF_DEPTH_MAX || reading->values == AMF_VALUES_MAX)
        return ERR_INVALID;
    *value = (struct amf_value){.kind = AMF_NULL, .text = STR("")};
    reading->values++;
    reading->depth++;
    enum marker marker = bytes_get_u8(bytes);
    enum err err;
    if (bytes->bad) {
        err = ERR_INVALID;
    } else if (marker == OBJECT) {
        err = read_object(reading, value);
    } else if (marker == NAMED_ARRAY) {
        bytes_get_u32(bytes); /* a guess at the count */
        err = read_object(reading, value);
    } else if (marker == ARRAY) {
        err = read_array(reading, value);
    } else {
        err = read_simple(bytes, marker, value);
    }
    reading->depth--;
    return err;
}

enum err amf_read(struct bytes_reader *reader, struct arena *arena,
                  struct amf_value *ret_value)
{
    struct reading reading = {.bytes = reader, .arena = arena};
    struct amf_value value;
    enum err err = read_value(&reading, &value);
    if (!err)
        *ret_value = value;
    return err;
}

static const struct amf_value *member(const struct amf_value *object,
                                      struct str name, enum amf_kind kind)
{
    for (const struct amf_member *m = object->members; m; m = m->next)
        if (m->value.kind == kind && str_eq(m->name, name))
            return &m->value;
    return NULL;
}

struct str amf_text(const struct amf_value *object, struct str name)
{
    const struct amf_value *value = member(object, name, AMF_STRING);
    return value ? value->text : STR("");
}

double amf_number(const struct amf_value *object, struct str name)
{
    const struct amf_value *value = member(object, name, AMF_NUMBER);
    return value ? value->number : 0;
}

void amf_write_number(struct buf *out, double value)
{
    bytes_put_u8(out, NUMBER);
    bytes_put_f64(out, value);
}

void amf_write_boolean(struct buf *out, bool value)
{
    bytes_put_u8(out, BOOLEAN);
    bytes_put_u8(out, value);
}

void amf_write_string(struct buf *out, struct str text)
{
    bytes_put_u8(out, STRING);
    amf_write_name(out, text);
}

void amf_write_null(struct buf *out)
{
    bytes_put_u8(out, NULL_VALUE);
}

void amf_begin_object(struct buf *out)
{
    bytes_put_u8(out, OBJECT);
}

void amf_write_name(struct buf *out, struct str name)
{
    assert(name.len <= UINT16_MAX);
    bytes_put_u16(out, (uint16_t)name.len);
    buf_add(out, name);
}

void amf_end_object(struct buf *out)
{
    bytes_put_u16(out, 0);
    bytes_put_u8(out, OBJECT_END);
}
