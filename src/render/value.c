// SPDX-License-Identifier: Apache-2.0
#include "render/value.h"

#include <assert.h>

#include "render/trusted_html.h"
#include "render/value_internal.h"

enum { FIRST_MEMBERS = 8, MEMBERS_MAX = 1 << 24 };

static struct value *make(struct arena *arena, enum value_kind kind)
{
    assert(arena);
    struct value *value = arena_new(arena, struct value);
    value->kind = kind;
    return value;
}

static struct value *make_container(struct arena *arena, enum value_kind kind)
{
    struct value *value = make(arena, kind);
    value->arena = arena;
    return value;
}

struct value *value_object(struct arena *arena)
{
    return make_container(arena, VALUE_OBJECT);
}

struct value *value_list(struct arena *arena)
{
    return make_container(arena, VALUE_LIST);
}

struct value *value_str(struct arena *arena, struct str text)
{
    struct value *value = make(arena, VALUE_STR);
    value->text = text;
    return value;
}

struct value *value_html(struct arena *arena, struct str html)
{
    struct value *value = make(arena, VALUE_HTML);
    value->text = html;
    return value;
}

struct value *value_int(struct arena *arena, int64_t number)
{
    struct value *value = make(arena, VALUE_INT);
    value->number = number;
    return value;
}

struct value *value_bool(struct arena *arena, bool truth)
{
    struct value *value = make(arena, VALUE_BOOL);
    value->truth = truth;
    return value;
}

/* ---- Objects ----------------------------------------------------------------
 */

static void index_member(struct value *object, uint32_t member)
{
    uint32_t mask = object->capacity * 2 - 1;
    uint32_t slot = object->members[member].hash & mask;
    while (object->index[slot])
        slot = (slot + 1) & mask;
    object->index[slot] = member + 1;
}

/* Doubles the room. The old array stays in the arena until its end: less than
 * what is in use, all together. */
static void grow_object(struct value *object)
{
    assert(object->count < MEMBERS_MAX);
    uint32_t capacity = object->capacity ? object->capacity * 2 : FIRST_MEMBERS;
    struct value_member *members =
        arena_array(object->arena, struct value_member, capacity);
    if (object->count)
        memcpy(members, object->members, object->count * sizeof *members);
    object->members = members;
    object->capacity = capacity;
    if (capacity <= VALUE_INDEX_FROM)
        return;
    object->index = arena_array(object->arena, uint32_t, capacity * 2);
    for (uint32_t i = 0; i < object->count; i++)
        index_member(object, i);
}

static struct value_member *find_member(const struct value *object,
                                        struct str key, uint32_t hash)
{
    if (object->index) {
        uint32_t mask = object->capacity * 2 - 1;
        for (uint32_t slot = hash & mask; object->index[slot];
             slot = (slot + 1) & mask) {
            struct value_member *member =
                &object->members[object->index[slot] - 1];
            if (member->hash == hash && str_eq(member->key, key))
                return member;
        }
        return NULL;
    }
    for (uint32_t i = 0; i < object->count; i++)
        if (object->members[i].hash == hash &&
            str_eq(object->members[i].key, key))
            return &object->members[i];
    return NULL;
}

void value_set_named(struct value *object, struct str key,
                     const struct value *child)
{
    assert(object && object->kind == VALUE_OBJECT);
    uint32_t hash = value_hash(key);
    struct value_member *member = find_member(object, key, hash);
    if (member) {
        member->value = child;
        return;
    }
    if (object->count == object->capacity)
        grow_object(object);
    object->members[object->count] =
        (struct value_member){.key = key, .hash = hash, .value = child};
    if (object->index)
        index_member(object, object->count);
    object->count++;
}

void value_set(struct value *object, const char *key, const struct value *child)
{
    value_set_named(object, str_from_c(key), child);
}

void value_set_str(struct value *object, const char *key, struct str text)
{
    value_set(object, key, value_str(object->arena, text));
}

void value_set_c(struct value *object, const char *key, const char *text)
{
    value_set_str(object, key, str_from_c(text));
}

void value_set_int(struct value *object, const char *key, int64_t number)
{
    value_set(object, key, value_int(object->arena, number));
}

void value_set_bool(struct value *object, const char *key, bool truth)
{
    value_set(object, key, value_bool(object->arena, truth));
}

struct value *value_set_object(struct value *object, const char *key)
{
    struct value *child = value_object(object->arena);
    value_set(object, key, child);
    return child;
}

struct value *value_set_list(struct value *object, const char *key)
{
    struct value *child = value_list(object->arena);
    value_set(object, key, child);
    return child;
}

/* ---- Lists ------------------------------------------------------------------
 */

void value_add(struct value *list, const struct value *child)
{
    assert(list && list->kind == VALUE_LIST);
    if (list->count == list->capacity) {
        assert(list->count < MEMBERS_MAX);
        uint32_t capacity = list->capacity ? list->capacity * 2 : FIRST_MEMBERS;
        const struct value **items =
            arena_array(list->arena, const struct value *, capacity);
        if (list->count)
            memcpy(items, list->items, list->count * sizeof(struct value *));
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = child;
}

void value_add_str(struct value *list, struct str text)
{
    value_add(list, value_str(list->arena, text));
}

void value_add_int(struct value *list, int64_t number)
{
    value_add(list, value_int(list->arena, number));
}

struct value *value_add_object(struct value *list)
{
    struct value *child = value_object(list->arena);
    value_add(list, child);
    return child;
}

/* ---- Reading ----------------------------------------------------------------
 */

enum value_kind value_kind(const struct value *value)
{
    return value ? value->kind : VALUE_NULL;
}

const struct value *value_get_hashed(const struct value *object, struct str key,
                                     uint32_t hash)
{
    if (!object || object->kind != VALUE_OBJECT)
        return NULL;
    const struct value_member *member = find_member(object, key, hash);
    return member ? member->value : NULL;
}

const struct value *value_get(const struct value *object, struct str key)
{
    return value_get_hashed(object, key, value_hash(key));
}

const struct value *value_path(const struct value *object, struct str path)
{
    struct str part;
    while (object && str_split_next(&path, '.', &part))
        object = value_get(object, part);
    return object;
}

bool value_is_true(const struct value *value)
{
    switch (value_kind(value)) {
    case VALUE_NULL:
        return false;
    case VALUE_BOOL:
        return value->truth;
    case VALUE_INT:
        return value->number != 0;
    case VALUE_STR:
    case VALUE_HTML:
        return value->text.len > 0;
    case VALUE_LIST:
        return value->count > 0;
    case VALUE_OBJECT:
        return true;
    }
    return false;
}

struct str value_text(const struct value *value)
{
    enum value_kind kind = value_kind(value);
    if (kind == VALUE_STR || kind == VALUE_HTML)
        return value->text;
    return STR("");
}

int64_t value_number(const struct value *value)
{
    return value_kind(value) == VALUE_INT ? value->number : 0;
}

bool value_truth(const struct value *value)
{
    return value_kind(value) == VALUE_BOOL && value->truth;
}

size_t value_count(const struct value *value)
{
    enum value_kind kind = value_kind(value);
    return kind == VALUE_LIST || kind == VALUE_OBJECT ? value->count : 0;
}

const struct value *value_at(const struct value *value, size_t index)
{
    if (index >= value_count(value))
        return NULL;
    return value->kind == VALUE_LIST ? value->items[index]
                                     : value->members[index].value;
}

struct str value_key_at(const struct value *object, size_t index)
{
    if (value_kind(object) != VALUE_OBJECT || index >= object->count)
        return STR("");
    return object->members[index].key;
}
