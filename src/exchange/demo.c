// SPDX-License-Identifier: Apache-2.0
/* The articles of the sample newspaper. They are ninjs, so the ninjs import
 * reads them; demo.json says when, how important, and what happened later. */
#include "exchange/demo.h"

#include <assert.h>

#include "base/file.h"
#include "base/json_text.h"
#include "base/time.h"
#include "base/utf8.h"
#include "content/views.h"
#include "content/workflow.h"
#include "exchange/demo_internal.h"
#include "exchange/ninjs_import_internal.h"
#include "render/document.h"
#include "render/slug.h"

enum { DEMO_FILE_BYTES_MAX = 1 << 20 };

/* An entry of demo.json and the article it names. */
struct entry {
    const json_t *json;
    struct ninjs_item item;
    int64_t published_us;
    struct id id;
    struct str address; /* "/en/article/…" */
};

struct demo {
    const struct demo_options *options;
    struct ninjs_import *import;
    struct arena arena;
    int64_t now_us; /* the second in which it began */
    json_t *site;
    json_t *index;
    struct str base;
    struct entry *entries;
    size_t count;
    struct map stories; /* "en/flood" → its first entry, whose id is shared */
    struct fault *fault;
};

static enum err refuse(struct demo *demo, const struct entry *entry,
                       const char *what)
{
    struct str file = demo_text(entry->json, "file");
    return fault_set(demo->fault, ERR_INVALID, "demo.json",
                     "demo.json: %.*s: %s", ARG_STR(file), what);
}

/* ---- Reading ---------------------------------------------------------------
 */

enum err demo_load(const char *folder, const char *name, struct arena *arena,
                   json_t **ret_json, struct fault *fault)
{
    struct str text, path = arena_printf(arena, "%s/%s", folder, name);
    enum err err =
        file_read(path.ptr, DEMO_FILE_BYTES_MAX, arena, &text, fault);
    if (err)
        return err;
    struct json_text_fault found;
    *ret_json = json_text_read(text, &found);
    if (*ret_json)
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, name, "%s: line %d: %s", path.ptr,
                     found.line, found.cause);
}

/* Takes "12D" off the front of text; false when there is no such part. */
static bool take_part(struct str *text, char unit, int64_t *ret_number)
{
    size_t digits = 0;
    while (digits < text->len && text->ptr[digits] >= '0' &&
           text->ptr[digits] <= '9')
        digits++;
    if (!digits || digits > 6 || digits == text->len ||
        text->ptr[digits] != unit ||
        str_parse_i64(str_slice(*text, 0, digits), ret_number))
        return false;
    *text = str_from(*text, digits + 1);
    return true;
}

bool demo_parse_age(struct str text, int64_t *ret_us)
{
    int64_t days = 0, hours = 0, minutes = 0;
    if (text.len < 3 || text.ptr[0] != 'P')
        return false;
    text = str_from(text, 1);
    take_part(&text, 'D', &days);
    if (text.len && text.ptr[0] == 'T') {
        text = str_from(text, 1);
        take_part(&text, 'H', &hours);
        take_part(&text, 'M', &minutes);
    }
    *ret_us = ((days * 24 + hours) * 60 + minutes) * 60 * TIME_US_PER_SECOND;
    return text.len == 0;
}

static enum err read_age(struct demo *demo, const struct entry *entry,
                         const json_t *object, const char *name,
                         int64_t *ret_time_us)
{
    int64_t age_us;
    if (!demo_parse_age(demo_text(object, name), &age_us))
        return refuse(demo, entry, "an age has to be of the form P2DT3H15M");
    *ret_time_us = demo->now_us - age_us;
    return ERR_OK;
}

static enum err read_item(struct demo *demo, struct entry *entry)
{
    struct str text;
    struct str path =
        arena_printf(&demo->arena, "%s/%.*s", demo->options->folder,
                     ARG_STR(demo_text(entry->json, "file")));
    enum err err = file_read(path.ptr, DEMO_FILE_BYTES_MAX, &demo->arena, &text,
                             demo->fault);
    if (err)
        return err;
    struct ninjs_file file;
    ninjs_file_init(&file, text);
    err = ninjs_file_next(&file, &demo->arena, &entry->item, demo->fault);
    ninjs_file_finish(&file);
    if (err == ERR_NOT_FOUND || (!err && !entry->item.headlines.count))
        return refuse(demo, entry, "the file has no article");
    return err;
}

/* The publication's second, and the entry's position as its microseconds. */
static enum err read_entry(struct demo *demo, size_t index)
{
    struct entry *entry = &demo->entries[index];
    entry->json =
        json_array_get(json_object_get(demo->index, "articles"), index);
    enum err err =
        read_age(demo, entry, entry->json, "age", &entry->published_us);
    if (!err)
        err = read_item(demo, entry);
    if (err)
        return err;
    entry->published_us += (int64_t)index + 1;
    entry->id = id_from_time(entry->published_us);
    struct str headline =
        ninjs_text_of_role(&entry->item.headlines, STR("main"), true)->value;
    struct str slug = slug_make(headline, entry->item.language, &demo->arena);
    entry->address = arena_printf(&demo->arena, "/%.*s/article/%.*s-%s",
                                  ARG_STR(entry->item.language), ARG_STR(slug),
                                  entry->id.text);
    struct str story = demo_text(entry->json, "story");
    if (map_get(&demo->stories, story))
        return ERR_OK;
    return map_set(&demo->stories, story, entry, NULL);
}

/* ---- Links between stories -------------------------------------------------
 */

static const struct entry *find_uri(const struct demo *demo, struct str uri)
{
    for (size_t i = 0; i < demo->count; i++) {
        if (str_eq(demo->entries[i].item.uri, uri))
            return &demo->entries[i];
    }
    return NULL;
}

static void turn_links(struct demo *demo, struct document_node *node)
{
    const struct entry *target =
        node->link ? find_uri(demo, node->link->href) : NULL;
    if (target) {
        struct document_link *link =
            arena_new(&demo->import->session.arena, struct document_link);
        *link = *node->link;
        link->href = target->address;
        node->link = link;
    }
    for (struct document_node *child = node->first; child; child = child->next)
        turn_links(demo, child);
}

/* A picture right behind an embed is its poster. */
static void set_posters(struct demo *demo, struct document_node *parent)
{
    struct arena *arena = &demo->import->session.arena;
    struct document_node *next;
    for (struct document_node *node = parent->first; node; node = next) {
        next = node->next;
        if (node->kind != DOCUMENT_EMBED || !next ||
            next->kind != DOCUMENT_IMAGE)
            continue;
        document_set_str(arena, node, DOCUMENT_POSTER,
                         document_str(next, DOCUMENT_MEDIA));
        next = node->next = next->next;
        if (!next)
            parent->last = node;
    }
}

/* ---- Writing ---------------------------------------------------------------
 */

static enum err add_also(struct demo *demo, const struct entry *entry,
                         struct article_content *content)
{
    const json_t *also = json_object_get(entry->json, "also");
    for (size_t i = 0; i < json_array_size(also); i++) {
        const json_t *path = json_array_get(also, i);
        struct category category;
        enum err err = category_find(
            demo->import->session.edit.db, content->language,
            str_of(json_string_value(path), json_string_length(path)),
            &demo->import->session.arena, &category);
        if (err == ERR_NOT_FOUND)
            return refuse(demo, entry, "there is no such category in 'also'");
        if (err)
            return err;
        bool known = content->category_count == ARTICLE_CATEGORIES_MAX;
        for (size_t k = 0; k < content->category_count; k++)
            known |=
                str_eq(id_str(&content->categories[k]), id_str(&category.id));
        if (!known)
            content->categories[content->category_count++] = category.id;
    }
    return ERR_OK;
}

static enum err save_article(struct demo *demo, struct entry *entry)
{
    struct incoming incoming = {
        .import = demo->import,
        .item = &entry->item,
        .folder = str_from_c(demo->options->folder),
        .input = {.id = entry->id, .created_us = entry->published_us},
    };
    const struct entry *first =
        map_get(&demo->stories, demo_text(entry->json, "story"));
    incoming.input.story = first->id;
    buf_init(&incoming.left_out, FAULT_MESSAGE_BYTES_MAX);
    entry->item.places.count = 0; /* the dateline says it */
    enum err err = ninjs_fill(&incoming);
    struct article_content *content = &incoming.input.content;
    if (!err)
        err = add_also(demo, entry, content);
    if (!err && article_weight_parse(demo_text(entry->json, "weight"),
                                     &content->weight))
        err = refuse(demo, entry, "there is no such weight");
    content->opinion = json_is_true(json_object_get(entry->json, "opinion"));
    content->sponsored =
        json_is_true(json_object_get(entry->json, "sponsored"));
    int64_t revision;
    if (!err) {
        turn_links(demo, incoming.doc);
        set_posters(demo, incoming.doc);
        err = ninjs_save_revision(&incoming, &revision);
    }
    if (!err && incoming.left_out.len)
        err = fault_set(demo->fault, ERR_INVALID, NULL, "%.*s: %.*s",
                        ARG_STR(demo_text(entry->json, "file")),
                        ARG_STR(buf_str(&incoming.left_out)));
    buf_finish(&incoming.left_out);
    return err;
}

static enum err publish(struct demo *demo, const struct entry *entry)
{
    struct edit *edit = &demo->import->session.edit;
    struct publish_options options = {.published_us = entry->published_us};
    enum err err = article_publish(edit, &entry->id, &options);
    if (err || !json_object_get(entry->json, "updated"))
        return err;
    err = read_age(demo, entry, entry->json, "updated", &options.updated_us);
    return err ? err : article_publish(edit, &entry->id, &options);
}

/* What happened to it later. */
static enum err add_history(struct demo *demo, const struct entry *entry)
{
    struct edit *edit = &demo->import->session.edit;
    const json_t *correction = json_object_get(entry->json, "correction");
    const json_t *withdrawn = json_object_get(entry->json, "withdrawn");
    int64_t time_us = 0;
    enum err err =
        views_set(edit, &entry->id,
                  json_integer_value(json_object_get(entry->json, "views")));
    if (!err && correction)
        err = read_age(demo, entry, correction, "age", &time_us);
    if (!err && correction)
        err = correction_add(edit, &entry->id, demo_text(correction, "text"),
                             time_us);
    if (!err && withdrawn)
        err = read_age(demo, entry, withdrawn, "age", &time_us);
    if (!err && withdrawn)
        err = article_withdraw(edit, &entry->id, demo_text(withdrawn, "reason"),
                               STR(""), time_us);
    return err;
}

static void free_json(json_t **json)
{
    json_decref(*json);
}

static enum err add_live(struct demo *demo, const struct entry *entry)
{
    const json_t *object = json_object_get(entry->json, "live");
    if (!object)
        return ERR_OK;
    DEFER(free_json) json_t *json = NULL;
    struct demo_live live = {
        .article = entry->id,
        .language = entry->item.language,
        .file = demo_text(object, "file"),
        .now_us = demo->now_us,
        .started_us = entry->published_us,
    };
    int64_t age_us = 0;
    struct str ended = demo_text(object, "ended");
    if (ended.len && !demo_parse_age(ended, &age_us))
        return refuse(demo, entry, "'ended' has to be an age, such as PT3H");
    if (ended.len)
        live.ended_us = demo->now_us - age_us;
    enum err err = demo_load(demo->options->folder,
                             arena_c_string(&demo->arena, live.file),
                             &demo->arena, &json, demo->fault);
    live.json = json;
    return err ? err
               : demo_make_live(&demo->import->session.edit, &live,
                                &demo->arena);
}

static enum err make_articles(struct demo *demo)
{
    for (size_t i = 0; i < demo->count; i++) {
        struct entry *entry = &demo->entries[i];
        enum err err = save_article(demo, entry);
        if (!err)
            err = publish(demo, entry);
        if (!err)
            err = add_live(demo, entry);
        if (!err)
            err = add_history(demo, entry);
        if (err)
            return err;
        if (demo->options->progress)
            demo->options->progress(demo->options->context, i + 1, demo->count);
    }
    return ERR_OK;
}

/* ---- All of it -------------------------------------------------------------
 */

static enum err read_all(struct demo *demo)
{
    const char *folder = demo->options->folder;
    enum err err =
        demo_load(folder, "site.json", &demo->arena, &demo->site, demo->fault);
    if (!err)
        err = demo_load(folder, "demo.json", &demo->arena, &demo->index,
                        demo->fault);
    if (err)
        return err;
    demo->base = demo_text(demo->site, "base");
    demo->count = json_array_size(json_object_get(demo->index, "articles"));
    demo->entries = arena_array(&demo->arena, struct entry, demo->count + 1);
    for (size_t i = 0; !err && i < demo->count; i++)
        err = read_entry(demo, i);
    return err;
}

/* One import session, so that all of it is one transaction. */
static enum err write_all(struct demo *demo)
{
    enum err err = import_session_begin(&demo->import->session, demo->fault);
    if (err)
        return err;
    struct edit *edit = &demo->import->session.edit;
    err = demo_make_site(edit, demo->site, &demo->arena);
    if (!err) /* the languages are known now */
        err = language_list(edit->db, &demo->import->session.kept,
                            &demo->import->session.languages);
    if (!err)
        err = make_articles(demo);
    if (err && !demo->fault->code)
        *demo->fault = demo->import->session.fault;
    if (err)
        return err;
    struct import_counts counts;
    int64_t seq;
    return ninjs_import_finish(demo->import, &counts, &seq, demo->fault);
}

static enum err run(struct demo *demo)
{
    enum err err = read_all(demo);
    if (err)
        return err;
    const struct ninjs_import_options options = {
        .content = demo->options->content,
        .helper = demo->options->helper,
        .lines = demo->options->helper,
        .actor = STR("demo"),
        .media_prefix =
            arena_printf(&demo->arena, "%.*spictures/", ARG_STR(demo->base))
                .ptr,
        .media_folder = demo->options->pictures,
    };
    err = ninjs_import_create(&options, &demo->import, demo->fault);
    if (!err)
        err = write_all(demo);
    ninjs_import_destroy(demo->import);
    return err;
}

enum err demo_import(const struct demo_options *options, struct fault *fault)
{
    assert(fault);
    int64_t now_us = time_now_us();
    struct demo demo = {
        .options = options,
        .now_us = now_us - now_us % TIME_US_PER_SECOND,
        .fault = fault,
    };
    arena_init(&demo.arena, 0);
    map_init(&demo.stories);
    enum err err = run(&demo);
    map_finish(&demo.stories);
    json_decref(demo.site);
    json_decref(demo.index);
    arena_finish(&demo.arena);
    return err;
}
