// SPDX-License-Identifier: Apache-2.0
#include "site/press_sheets.h"

#include <assert.h>
#include <stdlib.h>

#include "link/feed.h"

/* A change key and the list of sheets made from it. */
struct sheet_subject {
    struct str key; /* owned */
    struct sheet_link *first;
};

struct sheet_link {
    struct sheet *sheet;
    struct sheet_subject *subject;
    struct sheet_link *previous, *next; /* in the subject's list */
};

void sheets_init(struct sheets *sheets)
{
    assert(sheets);
    map_init(&sheets->by_key);
    map_init(&sheets->subjects);
}

static enum err copy_text(struct str text, struct str *ret_copy)
{
    char *copy = malloc(text.len + 1);
    if (!copy)
        return ERR_NO_MEMORY;
    memcpy(copy, text.ptr, text.len);
    *ret_copy = str_of(copy, text.len);
    return ERR_OK;
}

static void free_text(struct str text)
{
    free((char *)(uintptr_t)text.ptr);
}

static void unlink_all(struct sheets *sheets, struct sheet_link *links,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct sheet_link *link = &links[i];
        struct sheet_subject *subject = link->subject;
        *(link->previous ? &link->previous->next : &subject->first) =
            link->next;
        if (link->next)
            link->next->previous = link->previous;
        if (!subject->first) {
            map_remove(&sheets->subjects, subject->key);
            free_text(subject->key);
            free(subject);
        }
    }
    free(links);
}

static enum err find_subject(struct sheets *sheets, struct str key,
                             struct sheet_subject **ret_subject)
{
    struct sheet_subject *subject = map_get(&sheets->subjects, key);
    if (!subject) {
        subject = calloc(1, sizeof *subject);
        enum err err = subject ? copy_text(key, &subject->key) : ERR_NO_MEMORY;
        if (!err)
            err = map_set(&sheets->subjects, subject->key, subject, NULL);
        if (err) {
            if (subject)
                free_text(subject->key);
            free(subject);
            return err;
        }
    }
    *ret_subject = subject;
    return ERR_OK;
}

static size_t count_keys(struct str depends)
{
    size_t count = 0;
    struct str key;
    while (str_split_next(&depends, ' ', &key))
        count += key.len > 0;
    return count;
}

/* Links for every key of depends, in the subjects' lists already. */
static enum err link_all(struct sheets *sheets, struct sheet *sheet,
                         struct str depends, struct sheet_link **ret_links,
                         size_t *ret_count)
{
    size_t count = 0;
    struct sheet_link *links = calloc(count_keys(depends) + 1, sizeof *links);
    if (!links)
        return ERR_NO_MEMORY;
    struct str key;
    while (str_split_next(&depends, ' ', &key)) {
        if (key.len == 0)
            continue;
        struct sheet_link *link = &links[count];
        enum err err = find_subject(sheets, key, &link->subject);
        if (err) {
            unlink_all(sheets, links, count);
            return err;
        }
        link->sheet = sheet;
        link->next = link->subject->first;
        if (link->next)
            link->next->previous = link;
        link->subject->first = link;
        count++;
    }
    *ret_links = links;
    *ret_count = count;
    return ERR_OK;
}

struct sheet *sheets_find(const struct sheets *sheets, struct str page_key)
{
    return map_get(&sheets->by_key, page_key);
}

static enum err make_sheet(struct sheets *sheets, struct str page_key,
                           struct sheet **ret_sheet)
{
    struct sheet *sheet = calloc(1, sizeof *sheet);
    if (!sheet)
        return ERR_NO_MEMORY;
    enum err err = copy_text(page_key, &sheet->key);
    if (!err)
        err = map_set(&sheets->by_key, sheet->key, sheet, NULL);
    if (err) {
        free_text(sheet->key);
        free(sheet);
        return err;
    }
    *ret_sheet = sheet;
    return ERR_OK;
}

enum err sheets_put(struct sheets *sheets, struct str page_key,
                    struct str depends, struct sheet **ret_sheet)
{
    assert(sheets);
    assert(ret_sheet);
    struct sheet *sheet = sheets_find(sheets, page_key);
    bool fresh = !sheet;
    enum err err = fresh ? make_sheet(sheets, page_key, &sheet) : ERR_OK;
    if (err)
        return err;
    struct sheet_link *links;
    size_t count;
    err = link_all(sheets, sheet, depends, &links, &count);
    if (err) {
        if (fresh)
            sheets_remove(sheets, sheet);
        return err;
    }
    unlink_all(sheets, sheet->links, sheet->link_count);
    sheet->links = links;
    sheet->link_count = count;
    *ret_sheet = sheet;
    return ERR_OK;
}

void sheet_set_payload(struct sheet *sheet, struct feed_payload *payload)
{
    assert(sheet);
    feed_payload_release(sheet->payload);
    sheet->payload = payload;
}

static void free_sheet(struct sheet *sheet)
{
    feed_payload_release(sheet->payload);
    free_text(sheet->key);
    free(sheet);
}

void sheets_remove(struct sheets *sheets, struct sheet *sheet)
{
    assert(sheets);
    assert(sheet);
    unlink_all(sheets, sheet->links, sheet->link_count);
    map_remove(&sheets->by_key, sheet->key);
    free_sheet(sheet);
}

void sheets_finish(struct sheets *sheets)
{
    size_t position = 0;
    struct sheet *sheet;
    while ((sheet = map_next(&sheets->by_key, &position, NULL))) {
        unlink_all(sheets, sheet->links, sheet->link_count);
        free_sheet(sheet);
    }
    map_finish(&sheets->by_key);
    map_finish(&sheets->subjects);
}

void sheets_each_of(struct sheets *sheets, struct str change_key,
                    void (*visit)(void *context, struct sheet *sheet),
                    void *context)
{
    struct sheet_subject *subject = map_get(&sheets->subjects, change_key);
    for (struct sheet_link *link = subject ? subject->first : NULL; link;
         link = link->next)
        visit(context, link->sheet);
}

struct sheet *sheets_next(const struct sheets *sheets, size_t *position)
{
    return map_next(&sheets->by_key, position, NULL);
}
