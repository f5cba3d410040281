// SPDX-License-Identifier: Apache-2.0
/* Links between the stories of one site, which go on leading to each other. */
#include "content/redirect.h"
#include "exchange/story_import_internal.h"
#include "render/document.h"

/* "old.example" of "https://www.old.example/2020/"; "" of a path. */
static struct str host_of(struct str address)
{
    ptrdiff_t scheme = str_find(address, STR("://"));
    struct str rest =
        scheme < 0 ? STR("") : str_from(address, (size_t)scheme + 3);
    size_t len = 0;
    while (len < rest.len && !strchr("/?#", rest.ptr[len]))
        len++;
    struct str host = str_slice(rest, 0, len);
    return str_starts_with(host, STR("www.")) ? str_from(host, 4) : host;
}

static bool is_of_site(const struct arriving *arriving, struct str href)
{
    const struct story *story = arriving->story;
    if (str_starts_with(href, STR("/")) && !str_starts_with(href, STR("//")))
        return true;
    struct str host = host_of(href);
    for (size_t i = 0; host.len && i < story->old_address_count; i++)
        if (str_eq_ascii_case(host, host_of(story->old_addresses[i])))
            return true;
    return false;
}

/* Left as it is when nothing of ours stands for it (yet). */
static enum err lead(struct arriving *arriving, struct document_node *text)
{
    struct arena *arena = &arriving->import->session.arena;
    struct str href = text->link->href, target;
    struct str path = story_path_of(href, arena);
    if (!path.len || str_find_char(href, '?') >= 0)
        return ERR_OK;
    enum err err =
        redirect_find(arriving->import->session.edit.db, path, arena, &target);
    if (err)
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    ptrdiff_t fragment = str_find_char(href, '#');
    if (fragment >= 0)
        target = arena_concat(arena, target, str_from(href, (size_t)fragment));
    struct document_link *link = arena_new(arena, struct document_link);
    *link = (struct document_link){target, text->link->title};
    text->link = link;
    return ERR_OK;
}

static enum err walk(struct arriving *arriving, struct document_node *node)
{
    enum err err = ERR_OK;
    if (node->link && is_of_site(arriving, node->link->href))
        err = lead(arriving, node);
    for (node = node->first; !err && node; node = node->next)
        err = walk(arriving, node);
    return err;
}

enum err story_lead_links(struct arriving *arriving)
{
    return walk(arriving, arriving->doc);
}
