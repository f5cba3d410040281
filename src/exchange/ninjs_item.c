// SPDX-License-Identifier: Apache-2.0
/* One item of any version: JSON in, plain form out. */
#include <assert.h>
#include <stdarg.h>

#include "base/arena.h"
#include "base/time.h"
#include "exchange/ninjs_internal.h"

struct reader {
    struct arena *arena;
    struct fault *fault;
    int depth; /* items around this one */
    char place[FAULT_FIELD_BYTES_MAX];
};

enum {
    MEMBER_NAME_BYTES_MAX = 32,
    SUFFIXED_MAX = 16, /* body_html, body_text … */
};

/* ---- Where we are ----------------------------------------------------------
 */

/* Goes into a member or an entry; the place is cut when it does not fit. Gives
 * what place_leave needs to get out again. */
static size_t __attribute__((format(printf, 2, 3)))
place_enter(struct reader *reader, const char *format, ...)
{
    size_t before = strlen(reader->place);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reader->place + before, sizeof reader->place - before, format,
              arguments);
    va_end(arguments);
    return before;
}

static void place_leave(struct reader *reader, size_t before)
{
    reader->place[before] = '\0';
}

static enum err refuse(struct reader *reader, enum err code, const char *cause)
{
    const char *place =
        reader->place[0] == '.' ? reader->place + 1 : reader->place;
    return fault_set(reader->fault, code, place, "%s %s",
                     *place ? place : "the item", cause);
}

/* ---- Members ---------------------------------------------------------------
 */

/* The member of that name as version 3 spells it, or in lower case as version 2
 * does; NULL when there is none, or null. */
static const json_t *member(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    char lower[MEMBER_NAME_BYTES_MAX] = "";
    size_t len = strlen(name);
    assert(len < sizeof lower);
    for (size_t i = 0; i < len; i++)
        lower[i] =
            name[i] >= 'A' && name[i] <= 'Z' ? name[i] - 'A' + 'a' : name[i];
    if (!value)
        value = json_object_get(object, lower);
    return json_is_null(value) ? NULL : value;
}

static enum err take_text(struct reader *reader, const json_t *value,
                          struct str *ret_text)
{
    if (!json_is_string(value))
        return refuse(reader, ERR_INVALID, "has to be a text");
    struct str text =
        str_of(json_string_value(value), json_string_length(value));
    *ret_text = arena_copy(reader->arena, text);
    return ERR_OK;
}

/* Leaves *ret_text as it is when there is no such member. */
static enum err read_text(struct reader *reader, const json_t *object,
                          const char *name, struct str *ret_text)
{
    const json_t *value = member(object, name);
    if (!value)
        return ERR_OK;
    size_t before = place_enter(reader, ".%s", name);
    enum err err = take_text(reader, value, ret_text);
    place_leave(reader, before);
    return err;
}

/* What a double holds to the last digit. */
#define NUMBER_MAX 9007199254740992.0

static enum err read_number(struct reader *reader, const json_t *object,
                            const char *name, int64_t *ret_number)
{
    const json_t *value = member(object, name);
    if (!value)
        return ERR_OK;
    double number = json_number_value(value);
    if (!json_is_number(value) || !(number >= 0 && number <= NUMBER_MAX)) {
        place_enter(reader, ".%s", name);
        return refuse(reader, ERR_INVALID, "has to be a number, 0 or more");
    }
    *ret_number = (int64_t)number;
    return ERR_OK;
}

static enum err read_time(struct reader *reader, const json_t *object,
                          const char *name, struct ninjs_time *ret_time)
{
    struct str text = {0};
    enum err err = read_text(reader, object, name, &text);
    if (err || !text.len)
        return err;
    if (time_parse_rfc3339(text, &ret_time->us)) {
        place_enter(reader, ".%s", name);
        return refuse(reader, ERR_INVALID,
                      "has to be a date and time with its offset, such as "
                      "2022-08-15T15:00:00+04:00");
    }
    ret_time->is_set = true;
    return ERR_OK;
}

/* A row of a table: a member and where it goes. */
struct field {
    const char *name;
    size_t offset;
};

static enum err read_texts(struct reader *reader, const json_t *object,
                           const struct field *fields, size_t count,
                           void *target)
{
    for (size_t i = 0; i < count; i++) {
        struct str *text = (struct str *)((char *)target + fields[i].offset);
        enum err err = read_text(reader, object, fields[i].name, text);
        if (err)
            return err;
    }
    return ERR_OK;
}

#define READ_TEXTS(reader, object, fields, target) \
    read_texts(reader, object, fields, sizeof(fields) / sizeof *(fields), \
               target)

/* ---- Entries of lists ------------------------------------------------------
 */

/* Reads an entry into target. key is its name where version 1 has an object
 * instead of a list, else NULL. */
typedef enum err read_entry(struct reader *reader, const json_t *value,
                            const char *key, void *target);

static enum err read_text_entry(struct reader *reader, const json_t *value,
                                const char *key, void *target)
{
    static const struct field fields[] = {
        {"role", offsetof(struct ninjs_text, role)},
        {"contentType", offsetof(struct ninjs_text, content_type)},
        {"value", offsetof(struct ninjs_text, value)},
    };
    (void)key;
    return READ_TEXTS(reader, value, fields, target);
}

static enum err read_name_entry(struct reader *reader, const json_t *value,
                                const char *key, void *target)
{
    static const struct field fields[] = {
        {"name", offsetof(struct ninjs_name, name)},
        {"role", offsetof(struct ninjs_name, rel)},
        {"rel", offsetof(struct ninjs_name, rel)},
        {"uri", offsetof(struct ninjs_name, uri)},
        {"code", offsetof(struct ninjs_name, literal)},
        {"literal", offsetof(struct ninjs_name, literal)},
        {"scheme", offsetof(struct ninjs_name, scheme)},
        {"creator", offsetof(struct ninjs_name, scheme)},
    };
    (void)key;
    return READ_TEXTS(reader, value, fields, target);
}

static enum err read_rendition_entry(struct reader *reader, const json_t *value,
                                     const char *key, void *target)
{
    static const struct field fields[] = {
        {"name", offsetof(struct ninjs_rendition, name)},
        {"href", offsetof(struct ninjs_rendition, href)},
        {"mimetype", offsetof(struct ninjs_rendition, content_type)},
        {"contentType", offsetof(struct ninjs_rendition, content_type)},
    };
    struct ninjs_rendition *rendition = target;
    rendition->name = arena_copy(reader->arena, str_from_c(key));
    enum err err = READ_TEXTS(reader, value, fields, rendition);
    if (!err)
        err = read_number(reader, value, "width", &rendition->width);
    if (!err)
        err = read_number(reader, value, "height", &rendition->height);
    if (!err)
        err = read_number(reader, value, "sizeInBytes", &rendition->size_bytes);
    if (!err)
        err = read_number(reader, value, "duration", &rendition->seconds);
    return err;
}

static enum err read_alt_id_entry(struct reader *reader, const json_t *value,
                                  const char *key, void *target)
{
    static const struct field fields[] = {
        {"role", offsetof(struct ninjs_alt_id, role)},
        {"value", offsetof(struct ninjs_alt_id, value)},
    };
    struct ninjs_alt_id *id = target;
    id->role = arena_copy(reader->arena, str_from_c(key));
    if (json_is_string(value))
        return take_text(reader, value, &id->value);
    return READ_TEXTS(reader, value, fields, id);
}

static enum err read_item(struct reader *reader, const json_t *value,
                          struct ninjs_item *item);

static enum err read_association_entry(struct reader *reader,
                                       const json_t *value, const char *key,
                                       void *target)
{
    struct ninjs_item *item = target;
    item->name = arena_copy(reader->arena, str_from_c(key));
    if (reader->depth == NINJS_ASSOCIATION_DEPTH_MAX)
        return refuse(reader, ERR_TOO_LONG,
                      "lies too deep: an association of an association of …");
    reader->depth++;
    enum err err = read_item(reader, value, item);
    reader->depth--;
    return err;
}

/* ---- Lists -----------------------------------------------------------------
 */

/* How a list of an item is read. All lists have the same shape: a pointer to
 * the entries, then their count. */
struct list_shape {
    const char *name;
    const char *name_v1;
    size_t offset;
    size_t entry_bytes;
    read_entry *read;
};

struct any_list {
    void *items;
    size_t count;
};

static enum err read_one(struct reader *reader, const json_t *value,
                         const char *key, const struct list_shape *shape,
                         struct any_list *list)
{
    bool may_be_text = shape->read == read_alt_id_entry;
    if (!json_is_object(value) && !(may_be_text && json_is_string(value)))
        return refuse(reader, ERR_INVALID, "has to be an object");
    char *target = (char *)list->items + list->count * shape->entry_bytes;
    enum err err = shape->read(reader, value, key, target);
    if (!err)
        list->count++;
    return err;
}

static enum err read_array(struct reader *reader, const json_t *array,
                           const struct list_shape *shape,
                           struct any_list *list)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        size_t before = place_enter(reader, "[%zu]", i);
        enum err err =
            read_one(reader, json_array_get(array, i), NULL, shape, list);
        if (err)
            return err;
        place_leave(reader, before);
    }
    return ERR_OK;
}

static enum err read_object(struct reader *reader, const json_t *object,
                            const struct list_shape *shape,
                            struct any_list *list)
{
    /* jansson walks over what it does not change, but wants it not const. */
    json_t *walked = (json_t *)(uintptr_t)object;
    for (void *at = json_object_iter(walked); at;
         at = json_object_iter_next(walked, at)) {
        const char *key = json_object_iter_key(at);
        size_t before = place_enter(reader, ".%s", key);
        enum err err =
            read_one(reader, json_object_iter_value(at), key, shape, list);
        if (err)
            return err;
        place_leave(reader, before);
    }
    return ERR_OK;
}

static enum err read_list(struct reader *reader, const json_t *object,
                          const struct list_shape *shape,
                          struct ninjs_item *item)
{
    const char *name = shape->name;
    const json_t *value = member(object, name);
    if (!value) {
        name = shape->name_v1;
        value = name ? member(object, name) : NULL;
    }
    if (!value)
        return ERR_OK;
    size_t before = place_enter(reader, ".%s", name);
    size_t count =
        json_is_array(value) ? json_array_size(value) : json_object_size(value);
    if (!json_is_array(value) && !json_is_object(value))
        return refuse(reader, ERR_INVALID, "has to be a list");
    if (count > NINJS_LIST_MAX)
        return refuse(reader, ERR_TOO_LONG, "has more than 1000 members");
    struct any_list list = {arena_alloc_array(reader->arena, count ? count : 1,
                                              shape->entry_bytes,
                                              alignof(struct ninjs_item)),
                            0};
    enum err err = json_is_array(value)
                       ? read_array(reader, value, shape, &list)
                       : read_object(reader, value, shape, &list);
    if (err)
        return err;
    place_leave(reader, before);
    memcpy((char *)item + shape->offset, &list, sizeof list);
    return ERR_OK;
}

/* ---- Version 1: headline, body_html, description_text ----------------------
 */

static struct str content_type_of_suffix(struct str suffix)
{
    if (str_eq(suffix, STR("text")))
        return STR("text/plain");
    return str_ends_with(suffix, STR("html")) ? STR("text/html") : STR("");
}

/* Appends what a member such as body_html says; the list has room for one. */
static void append_text(struct arena *arena, struct ninjs_texts *texts,
                        struct ninjs_text text)
{
    struct ninjs_text *items =
        arena_array(arena, struct ninjs_text, texts->count + 1);
    if (texts->count)
        memcpy(items, texts->items, texts->count * sizeof *items);
    items[texts->count] = text;
    texts->items = items;
    texts->count++;
}

/* Members that begin with prefix, in the order of the file. */
static enum err read_suffixed(struct reader *reader, const json_t *object,
                              struct str prefix, struct ninjs_texts *texts)
{
    json_t *walked = (json_t *)(uintptr_t)object;
    for (void *at = json_object_iter(walked); at;
         at = json_object_iter_next(walked, at)) {
        struct str key = str_from_c(json_object_iter_key(at));
        const json_t *value = json_object_iter_value(at);
        if (!str_starts_with(key, prefix) || json_is_null(value) ||
            texts->count == SUFFIXED_MAX)
            continue;
        struct str suffix = str_from(key, prefix.len);
        struct ninjs_text text = {.content_type =
                                      content_type_of_suffix(suffix)};
        if (!text.content_type.len)
            text.role = arena_copy(reader->arena, suffix);
        size_t before = place_enter(reader, ".%.*s", ARG_STR(key));
        enum err err = take_text(reader, value, &text.value);
        if (err)
            return err;
        place_leave(reader, before);
        append_text(reader->arena, texts, text);
    }
    return ERR_OK;
}

static enum err read_version1(struct reader *reader, const json_t *object,
                              struct ninjs_item *item)
{
    struct ninjs_text headline = {0};
    enum err err = read_text(reader, object, "headline", &headline.value);
    if (!err && headline.value.len && !item->headlines.count)
        append_text(reader->arena, &item->headlines, headline);
    if (!err && !item->bodies.count)
        err = read_suffixed(reader, object, STR("body_"), &item->bodies);
    if (!err && !item->descriptions.count)
        err = read_suffixed(reader, object, STR("description_"),
                            &item->descriptions);
    if (!err && !item->by.len)
        err = read_text(reader, object, "byline", &item->by);
    return err;
}

/* ---- The item --------------------------------------------------------------
 */

#define LIST(name, name_v1, field, type, read) \
    { \
        name, name_v1, offsetof(struct ninjs_item, field), sizeof(type), read \
    }

static const struct list_shape list_shapes[] = {
    /* clang-format off */
    LIST("headlines", NULL, headlines, struct ninjs_text, read_text_entry),
    LIST("descriptions", NULL, descriptions, struct ninjs_text, read_text_entry),
    LIST("bodies", NULL, bodies, struct ninjs_text, read_text_entry),
    LIST("subjects", "subject", subjects, struct ninjs_name, read_name_entry),
    LIST("people", "person", people, struct ninjs_name, read_name_entry),
    LIST("organisations", "organisation", organisations, struct ninjs_name, read_name_entry),
    LIST("places", "place", places, struct ninjs_name, read_name_entry),
    LIST("events", "event", events, struct ninjs_name, read_name_entry),
    LIST("objects", "object", objects, struct ninjs_name, read_name_entry),
    LIST("infoSources", "infosource", sources, struct ninjs_name, read_name_entry),
    LIST("altIds", NULL, alt_ids, struct ninjs_alt_id, read_alt_id_entry),
    LIST("renditions", NULL, renditions, struct ninjs_rendition, read_rendition_entry),
    LIST("associations", NULL, associations, struct ninjs_item, read_association_entry),
    /* clang-format on */
};

static const struct field item_texts[] = {
    {"uri", offsetof(struct ninjs_item, uri)},
    {"type", offsetof(struct ninjs_item, type)},
    {"version", offsetof(struct ninjs_item, version)},
    {"language", offsetof(struct ninjs_item, language)},
    {"pubStatus", offsetof(struct ninjs_item, pub_status)},
    {"title", offsetof(struct ninjs_item, title)},
    {"by", offsetof(struct ninjs_item, by)},
    {"slugline", offsetof(struct ninjs_item, slugline)},
    {"located", offsetof(struct ninjs_item, located)},
    {"edNote", offsetof(struct ninjs_item, ed_note)},
    {"embargoedReason", offsetof(struct ninjs_item, embargoed_reason)},
    {"copyrightHolder", offsetof(struct ninjs_item, copyright_holder)},
    {"name", offsetof(struct ninjs_item, name)},
    {"rel", offsetof(struct ninjs_item, rel)},
};

static enum err read_times(struct reader *reader, const json_t *value,
                           struct ninjs_item *item)
{
    enum err err =
        read_time(reader, value, "firstCreated", &item->first_created);
    if (!err)
        err =
            read_time(reader, value, "versionCreated", &item->version_created);
    if (!err)
        err =
            read_time(reader, value, "contentCreated", &item->content_created);
    if (!err)
        err = read_time(reader, value, "embargoed", &item->embargoed_until);
    if (!err)
        err =
            read_time(reader, value, "embargoedUntil", &item->embargoed_until);
    if (!err)
        err = read_time(reader, value, "expires", &item->expires);
    return err;
}

static enum err read_item(struct reader *reader, const json_t *value,
                          struct ninjs_item *item)
{
    if (!json_is_object(value))
        return refuse(reader, ERR_INVALID, "has to be an object");
    enum err err = READ_TEXTS(reader, value, item_texts, item);
    if (!err)
        err = read_times(reader, value, item);
    if (!err)
        err = read_number(reader, value, "urgency", &item->urgency);
    for (size_t i = 0; !err && i < sizeof list_shapes / sizeof *list_shapes;
         i++)
        err = read_list(reader, value, &list_shapes[i], item);
    return err ? err : read_version1(reader, value, item);
}

enum err ninjs_read_item(const json_t *value, struct arena *arena,
                         struct ninjs_item *ret_item, struct fault *fault)
{
    struct reader reader = {.arena = arena, .fault = fault};
    struct ninjs_item item = {0};
    enum err err = read_item(&reader, value, &item);
    bool is_known =
        item.uri.len || (item.alt_ids.count && item.alt_ids.items[0].value.len);
    if (!err && !is_known)
        err = fault_set(fault, ERR_INVALID, "uri",
                        "uri is missing; an item needs one to be known by");
    if (!err)
        *ret_item = item;
    return err;
}

const struct ninjs_text *ninjs_text_of_role(const struct ninjs_texts *texts,
                                            struct str role,
                                            bool otherwise_first)
{
    for (size_t i = 0; i < texts->count; i++) {
        if (str_eq_ascii_case(texts->items[i].role, role))
            return &texts->items[i];
    }
    return otherwise_first && texts->count ? texts->items : NULL;
}
