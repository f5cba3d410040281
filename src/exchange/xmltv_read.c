// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/time.h"
#include "exchange/xml_reader.h"
#include "exchange/xmltv.h"

enum {
    TV_DEPTH = 1,
    PROGRAMME_DEPTH = 2,
    PART_DEPTH = 3,
    PART_BYTES_MAX = PROGRAMME_DESCRIPTION_BYTES_MAX + 1, /* more is refused */
    STAMP_DIGITS = 14,
};

/* Of these the first in a programme counts. */
enum part { PART_NONE, PART_TITLE, PART_DESC, PART_CATEGORY, PART_LENGTH };

struct reading {
    struct arena *arena;
    struct fault *fault;
    struct xmltv_programme *programmes;
    size_t count, capacity;
    struct xmltv_programme current;
    bool in_programme;
    enum part part;
    struct buf text;   /* of the part */
    int64_t unit_us;   /* of the length */
    int64_t length_us; /* 0: not said */
};

/* ---- Times ------------------------------------------------------------------
 */

/* Minutes east of Greenwich. What other abbreviations mean depends on the
 * country, so they are refused. */
static enum err parse_zone(struct str text, int64_t *ret_minutes)
{
    static const struct {
        struct str name;
        int64_t minutes;
    } zones[] = {{STR_INIT(""), 0},
                 {STR_INIT("Z"), 0},
                 {STR_INIT("UTC"), 0},
                 {STR_INIT("GMT"), 0},
                 {STR_INIT("BST"), 60}};
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        if (str_eq(text, zones[i].name)) {
            *ret_minutes = zones[i].minutes;
            return ERR_OK;
        }
    }
    uint64_t digits;
    bool is_offset = text.len == 5 &&
                     (text.ptr[0] == '+' || text.ptr[0] == '-') &&
                     !str_parse_u64(str_from(text, 1), &digits);
    if (!is_offset || digits % 100 > 59 || digits / 100 > 23)
        return ERR_INVALID;
    int64_t minutes = (int64_t)(digits / 100 * 60 + digits % 100);
    *ret_minutes = text.ptr[0] == '-' ? -minutes : minutes;
    return ERR_OK;
}

enum err xmltv_time_parse(struct str text, int64_t *ret_time_us)
{
    static const char whole[] = "00000101000000"; /* what is not said */
    char digits[STAMP_DIGITS], stamp[TIME_RFC3339_BYTES];
    size_t count = 0;
    text = str_trim(text);
    while (count < text.len && text.ptr[count] >= '0' && text.ptr[count] <= '9')
        count++;
    if (count < 4 || count > STAMP_DIGITS || count % 2)
        return ERR_INVALID;
    memcpy(digits, whole, sizeof digits);
    memcpy(digits, text.ptr, count);
    int64_t minutes, time_us;
    enum err err = parse_zone(str_trim(str_from(text, count)), &minutes);
    if (err)
        return err;
    snprintf(stamp, sizeof stamp, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", digits,
             digits + 4, digits + 6, digits + 8, digits + 10, digits + 12);
    err = time_parse_rfc3339(str_from_c(stamp), &time_us);
    if (!err)
        *ret_time_us = time_us - minutes * 60 * TIME_US_PER_SECOND;
    return err;
}

/* ---- Elements --------------------------------------------------------------
 */

static void stop(struct reading *reading, struct xml_reader *reader,
                 const char *cause)
{
    fault_set(reading->fault, ERR_INVALID, NULL, "line %lld: %s",
              (long long)xml_reader_line(reader), cause);
    xml_reader_stop(reader, ERR_INVALID, cause);
}

static bool read_time(struct reading *reading, struct xml_reader *reader,
                      const struct xml_element *element, const char *name,
                      int64_t *time_us)
{
    struct str text = xml_attribute(element, name);
    if (!text.len || !xmltv_time_parse(text, time_us))
        return true;
    fault_set(reading->fault, ERR_INVALID, NULL,
              "line %lld: '%" PRI_STR "' is no time; XMLTV writes "
              "20300101200000 +0100",
              (long long)xml_reader_line(reader),
              ARG_STR(str_slice(text, 0, 60)));
    xml_reader_stop(reader, ERR_INVALID, "");
    return false;
}

static void begin_programme(struct reading *reading, struct xml_reader *reader,
                            const struct xml_element *element)
{
    struct xmltv_programme *current = &reading->current;
    *current = (struct xmltv_programme){
        .channel =
            arena_copy(reading->arena, xml_attribute(element, "channel")),
        .line = xml_reader_line(reader),
    };
    reading->length_us = 0;
    if (!current->channel.len || !xml_attribute(element, "start").len) {
        stop(reading, reader, "a <programme> needs a start and a channel");
        return;
    }
    reading->in_programme =
        read_time(reading, reader, element, "start",
                  &current->programme.start_us) &&
        read_time(reading, reader, element, "stop", &current->programme.end_us);
}

static int64_t unit_us(struct str units)
{
    int64_t seconds = str_eq(units, STR("hours"))     ? 3600
                      : str_eq(units, STR("minutes")) ? 60
                                                      : 1;
    return seconds * TIME_US_PER_SECOND;
}

static void begin_part(struct reading *reading,
                       const struct xml_element *element)
{
    struct programme *programme = &reading->current.programme;
    const struct xml_name *name = &element->name;
    if (xml_is(name, XML_SPACE_NONE, "title") && !programme->title.len) {
        reading->part = PART_TITLE;
        programme->language =
            arena_copy(reading->arena, xml_attribute(element, "lang"));
    } else if (xml_is(name, XML_SPACE_NONE, "desc") &&
               !programme->description.len) {
        reading->part = PART_DESC;
    } else if (xml_is(name, XML_SPACE_NONE, "category") &&
               !programme->category.len) {
        reading->part = PART_CATEGORY;
    } else if (xml_is(name, XML_SPACE_NONE, "length")) {
        reading->part = PART_LENGTH;
        reading->unit_us = unit_us(xml_attribute(element, "units"));
    } else if (xml_is(name, XML_SPACE_NONE, "previously-shown")) {
        programme->repeat = true;
    }
    buf_reset(&reading->text);
}

static void on_start(void *context, struct xml_reader *reader,
                     const struct xml_element *element)
{
    struct reading *reading = context;
    if (element->depth == TV_DEPTH &&
        !xml_is(&element->name, XML_SPACE_NONE, "tv"))
        stop(reading, reader,
             "this is no XMLTV file: its outermost element is not <tv>");
    else if (element->depth == PROGRAMME_DEPTH &&
             xml_is(&element->name, XML_SPACE_NONE, "programme"))
        begin_programme(reading, reader, element);
    else if (element->depth == PART_DEPTH && reading->in_programme)
        begin_part(reading, element);
}

static void on_text(void *context, struct xml_reader *reader, struct str text)
{
    struct reading *reading = context;
    (void)reader;
    if (reading->part == PART_NONE)
        return;
    size_t room = PART_BYTES_MAX - reading->text.len;
    buf_add(&reading->text, str_slice(text, 0, room));
}

/* A title that a generator broke over lines is one line. */
static struct str as_line(struct arena *arena, struct str text)
{
    struct str line = arena_copy(arena, str_trim(text));
    char *at = (char *)line.ptr;
    for (size_t i = 0; i < line.len; i++)
        if (at[i] == '\n' || at[i] == '\t' || at[i] == '\r')
            at[i] = ' ';
    return line;
}

static void end_part(struct reading *reading)
{
    struct programme *programme = &reading->current.programme;
    struct str text = str_trim(buf_str(&reading->text));
    int64_t number;
    switch (reading->part) {
    case PART_TITLE:
        programme->title = as_line(reading->arena, text);
        break;
    case PART_DESC:
        programme->description = arena_copy(reading->arena, text);
        break;
    case PART_CATEGORY:
        programme->category = as_line(reading->arena, text);
        break;
    case PART_LENGTH:
        if (!str_parse_i64(text, &number) && number > 0 && number < 100000)
            reading->length_us = number * reading->unit_us;
        break;
    case PART_NONE:
        break;
    }
    reading->part = PART_NONE;
}

static void end_programme(struct reading *reading, struct xml_reader *reader)
{
    struct programme *programme = &reading->current.programme;
    reading->in_programme = false;
    if (reading->count == XMLTV_PROGRAMMES_MAX) {
        fault_set(reading->fault, ERR_TOO_LONG, NULL,
                  "it has more than %d programmes; part it by weeks",
                  XMLTV_PROGRAMMES_MAX);
        xml_reader_stop(reader, ERR_TOO_LONG, "");
        return;
    }
    if (!programme->end_us && reading->length_us)
        programme->end_us = programme->start_us + reading->length_us;
    if (reading->count == reading->capacity) {
        size_t capacity = reading->capacity ? reading->capacity * 2 : 64;
        struct xmltv_programme *grown =
            arena_array(reading->arena, struct xmltv_programme, capacity);
        if (reading->count)
            memcpy(grown, reading->programmes, reading->count * sizeof *grown);
        reading->programmes = grown;
        reading->capacity = capacity;
    }
    reading->programmes[reading->count++] = reading->current;
}

static void on_end(void *context, struct xml_reader *reader,
                   const struct xml_name *name, int depth)
{
    struct reading *reading = context;
    (void)name;
    if (depth == PART_DEPTH)
        end_part(reading);
    else if (depth == PROGRAMME_DEPTH && reading->in_programme)
        end_programme(reading, reader);
}

/* ---- The whole --------------------------------------------------------------
 */

static int by_channel_and_start(const void *a, const void *b)
{
    const struct xmltv_programme *one = a, *other = b;
    int order = str_compare(one->channel, other->channel);
    if (order)
        return order;
    if (one->programme.start_us != other->programme.start_us)
        return one->programme.start_us < other->programme.start_us ? -1 : 1;
    return (one->line > other->line) - (one->line < other->line);
}

/* The one after it ends a programme that does not say when it does. */
static enum err set_ends(struct reading *reading)
{
    for (size_t i = 0; i < reading->count; i++) {
        struct xmltv_programme *one = &reading->programmes[i];
        const struct xmltv_programme *next = one + 1;
        if (one->programme.end_us)
            continue;
        if (i + 1 == reading->count || !str_eq(next->channel, one->channel) ||
            next->programme.start_us == one->programme.start_us)
            return fault_set(reading->fault, ERR_INVALID, NULL,
                             "line %lld: the programme has no stop, and none "
                             "follows it on its channel",
                             (long long)one->line);
        one->programme.end_us = next->programme.start_us;
    }
    return ERR_OK;
}

static enum err finish(struct reading *reading, enum err err,
                       struct xmltv *ret_xmltv)
{
    buf_finish(&reading->text);
    if (err)
        return err;
    if (reading->count)
        qsort(reading->programmes, reading->count, sizeof *reading->programmes,
              by_channel_and_start);
    err = set_ends(reading);
    if (!err)
        *ret_xmltv = (struct xmltv){reading->programmes, reading->count};
    return err;
}

static struct xml_handler begin(struct reading *reading, struct arena *arena,
                                struct fault *fault)
{
    *reading = (struct reading){.arena = arena, .fault = fault};
    buf_init(&reading->text, PART_BYTES_MAX);
    return (struct xml_handler){.context = reading,
                                .may_name_type = true,
                                .start = on_start,
                                .end = on_end,
                                .text = on_text};
}

enum err xmltv_read_bytes(struct str bytes, struct arena *arena,
                          struct xmltv *ret_xmltv, struct fault *fault)
{
    struct reading reading;
    struct xml_handler handler = begin(&reading, arena, fault);
    return finish(&reading, xml_read_bytes(bytes, &handler, fault), ret_xmltv);
}

enum err xmltv_read_file(const char *path, struct arena *arena,
                         struct xmltv *ret_xmltv, struct fault *fault)
{
    struct reading reading;
    struct xml_handler handler = begin(&reading, arena, fault);
    return finish(&reading, xml_read_file(path, &handler, fault), ret_xmltv);
}
