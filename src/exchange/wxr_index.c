// SPDX-License-Identifier: Apache-2.0
/* What the stories of an export refer to. */
#include "exchange/wxr_internal.h"

#include <stdlib.h>

enum { CATEGORY_DEPTH_SEEN = 32, ATTACHMENT_TEXT_BYTES_MAX = 2000 };

static const char uploads[] = "/wp-content/uploads/";

enum err wxr_index_create(struct wxr_index **ret_index, struct fault *fault)
{
    struct wxr_index *index = calloc(1, sizeof *index);
    if (!index)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    arena_init(&index->arena, 0);
    map_init(&index->categories);
    map_init(&index->people);
    map_init(&index->attachments);
    map_init(&index->by_path);
    map_init(&index->by_parent);
    *ret_index = index;
    return ERR_OK;
}

void wxr_index_destroy(struct wxr_index *index)
{
    if (!index)
        return;
    map_finish(&index->categories);
    map_finish(&index->people);
    map_finish(&index->attachments);
    map_finish(&index->by_path);
    map_finish(&index->by_parent);
    arena_finish(&index->arena);
    free(index);
}

struct str wxr_site(const struct wxr_index *index)
{
    return index->site;
}

struct str wxr_language(const struct wxr_index *index)
{
    return index->language;
}

void wxr_take_pages(struct wxr_index *index, bool pages)
{
    index->pages = pages;
}

/* ---- People and terms ------------------------------------------------------
 */

static bool is_full(const struct wxr_index *index)
{
    return index->people.count >= WXR_TERMS_MAX ||
           index->categories.count >= WXR_TERMS_MAX ||
           index->attachments.count >= WXR_ATTACHMENTS_MAX ||
           index->arena.total_bytes >= WXR_INDEX_BYTES_MAX;
}

enum err wxr_index_person(struct wxr_index *index,
                          const struct story_person *person)
{
    if (!person->key.len)
        return ERR_OK;
    if (is_full(index))
        return ERR_TOO_LONG;
    struct story_person *kept = arena_new(&index->arena, struct story_person);
    kept->key = arena_copy(&index->arena, person->key);
    kept->name = arena_copy(&index->arena,
                            person->name.len ? person->name : person->key);
    return map_set(&index->people, kept->key, kept, NULL);
}

enum err wxr_index_term(struct wxr_index *index, const struct wxr_term *term)
{
    if (!term->category.slug.len)
        return ERR_OK;
    if (is_full(index))
        return ERR_TOO_LONG;
    struct wxr_term *kept = arena_new(&index->arena, struct wxr_term);
    const struct story_category *category = &term->category;
    kept->category = (struct story_category){
        .key = arena_copy(&index->arena, category->slug),
        .slug = arena_copy(&index->arena, category->slug),
        .name = arena_copy(&index->arena, category->name.len ? category->name
                                                             : category->slug),
        .description = arena_copy(&index->arena, category->description),
    };
    kept->parent = arena_copy(&index->arena, term->parent);
    return map_set(&index->categories, kept->category.key, kept, NULL);
}

void wxr_index_finish(struct wxr_index *index)
{
    size_t position = 0;
    struct wxr_term *term;
    while ((term = map_next(&index->categories, &position, NULL))) {
        const struct wxr_term *parent =
            term->parent.len ? map_get(&index->categories, term->parent) : NULL;
        term->category.parent = parent ? &parent->category : NULL;
    }
    /* Nothing is above itself, whatever the file says. */
    position = 0;
    while ((term = map_next(&index->categories, &position, NULL))) {
        const struct story_category *above = &term->category;
        size_t depth = 0;
        while (above && depth++ < CATEGORY_DEPTH_SEEN)
            above = above->parent;
        if (above)
            term->category.parent = NULL;
    }
}

/* ---- Attachments -----------------------------------------------------------
 */

static struct str keep_text(struct wxr_index *index, struct str text)
{
    text = str_trim(text);
    return text.len <= ATTACHMENT_TEXT_BYTES_MAX
               ? arena_copy(&index->arena, text)
               : STR("");
}

enum err wxr_index_attachment(struct wxr_index *index,
                              const struct wxr_item *item)
{
    if (!item->id.len || !item->attachment_url.len ||
        item->id.len > WXR_NAME_BYTES_MAX ||
        item->attachment_url.len > WXR_NAME_BYTES_MAX ||
        item->parent.len > WXR_NAME_BYTES_MAX)
        return ERR_OK;
    if (is_full(index))
        return ERR_TOO_LONG;
    struct wxr_attachment *kept =
        arena_new(&index->arena, struct wxr_attachment);
    kept->id = arena_copy(&index->arena, item->id);
    kept->url = arena_copy(&index->arena, item->attachment_url);
    ptrdiff_t at = str_find(kept->url, str_from_c(uploads));
    kept->path =
        at < 0 ? kept->url : str_from(kept->url, (size_t)at + strlen(uploads));
    kept->picture = (struct story_picture){
        .src = kept->url,
        .alt = keep_text(index, item->alt),
        .caption = keep_text(index, item->excerpt),
    };
    void *known = NULL;
    enum err err = map_set(&index->attachments, kept->id, kept, &known);
    if (!err)
        err = map_set(&index->by_path, kept->path, kept, NULL);
    if (err || known || !item->parent.len || str_eq(item->parent, STR("0")))
        return err;
    kept->next_of_parent = map_get(&index->by_parent, item->parent);
    return map_set(&index->by_parent, arena_copy(&index->arena, item->parent),
                   kept, NULL);
}

/* What was very large was uploaded as boat.jpg and is shown as
 * boat-scaled.jpg. */
static const struct wxr_attachment *find_scaled(const struct wxr_index *index,
                                                struct str path)
{
    char scaled[1024];
    ptrdiff_t dot = str_find_last_char(path, '.');
    if (dot <= 0 || path.len + 8 >= sizeof scaled)
        return NULL;
    int len = snprintf(scaled, sizeof scaled, "%.*s-scaled%.*s", (int)dot,
                       path.ptr, (int)(path.len - (size_t)dot), path.ptr + dot);
    return map_get(&index->by_path, str_of(scaled, (size_t)len));
}

const struct story_picture *wxr_describe(void *context, struct str path)
{
    const struct wxr_index *index = context;
    const struct wxr_attachment *attachment = map_get(&index->by_path, path);
    if (!attachment)
        attachment = find_scaled(index, path);
    return attachment ? &attachment->picture : NULL;
}
