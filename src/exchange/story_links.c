// SPDX-License-Identifier: Apache-2.0
/* Links between the stories of one site, which go on leading to each other. */
#include "content/import_link.h"
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

/* The links of one body. */
struct leading {
    struct story_import *import;
    const struct str *hosts; /* the site's, beside paths alone */
    size_t host_count;
    const struct import_linking *waiting; /* whose they are: those that find
                                             nothing wait; or NULL */
    bool turned;
};

static bool is_of_site(const struct leading *leading, struct str href)
{
    if (str_starts_with(href, STR("/")) && !str_starts_with(href, STR("//")))
        return true;
    struct str host = host_of(href);
    for (size_t i = 0; host.len && i < leading->host_count; i++)
        if (str_eq_ascii_case(host, leading->hosts[i]))
            return true;
    return false;
}

/* Files never come as stories. */
static enum err wait_for(const struct leading *leading, struct str path,
                         struct str href)
{
    struct story_import *import = leading->import;
    if (!leading->waiting)
        return ERR_OK;
    const char *mark = import->source->media_mark;
    if (mark && str_find(path, str_from_c(mark)) >= 0)
        return ERR_OK;
    return import_link_wait(&import->session.edit, leading->waiting, path,
                            host_of(href));
}

/* Left as it is when nothing of ours stands for it (yet). */
static enum err lead(struct leading *leading, struct document_node *text)
{
    struct arena *arena = &leading->import->session.arena;
    struct str href = text->link->href, target;
    struct str path = story_path_of(href, arena);
    if (!path.len || str_find_char(href, '?') >= 0)
        return ERR_OK;
    enum err err =
        redirect_find(leading->import->session.edit.db, path, arena, &target);
    if (err == ERR_NOT_FOUND)
        return wait_for(leading, path, href);
    if (err)
        return err == ERR_TOO_LONG ? ERR_OK : err;
    ptrdiff_t fragment = str_find_char(href, '#');
    if (fragment >= 0)
        target = arena_concat(arena, target, str_from(href, (size_t)fragment));
    struct document_link *link = arena_new(arena, struct document_link);
    *link = (struct document_link){target, text->link->title};
    text->link = link;
    leading->turned = true;
    return ERR_OK;
}

static enum err walk(struct leading *leading, struct document_node *node)
{
    enum err err = ERR_OK;
    if (node->link && is_of_site(leading, node->link->href))
        err = lead(leading, node);
    for (node = node->first; !err && node; node = node->next)
        err = walk(leading, node);
    return err;
}

enum err story_lead_links(struct arriving *arriving)
{
    struct story_import *import = arriving->import;
    const struct story *story = arriving->story;
    const struct import_linking linking = {
        .article = arriving->input.id,
        .key = arriving_key(arriving, IMPORT_KIND_ARTICLE, story->id)};
    struct str *hosts = arena_array(&import->session.arena, struct str,
                                    story->old_address_count + 1);
    struct leading leading = {
        .import = import, .hosts = hosts, .waiting = &linking};
    hosts[leading.host_count++] = host_of(import->source->site);
    for (size_t i = 0; i < story->old_address_count; i++)
        hosts[leading.host_count++] = host_of(story->old_addresses[i]);
    return walk(&leading, arriving->doc);
}

enum err story_turn_links(struct story_import *import,
                          const struct import_due *due,
                          struct document_node *doc, bool *ret_turned)
{
    struct leading leading = {
        .import = import, .hosts = due->hosts, .host_count = due->host_count};
    enum err err = walk(&leading, doc);
    *ret_turned = leading.turned;
    return err;
}

enum err story_redirect(struct story_import *import, struct str address,
                        struct str target)
{
    struct str path = story_path_of(address, &import->session.arena);
    if (!path.len || path.len > REDIRECT_BYTES_MAX || str_eq(path, target))
        return ERR_OK;
    enum err err = redirect_save(&import->session.edit, path, target);
    if (err == ERR_INVALID || err == ERR_TOO_LONG) {
        import->session.fault = (struct fault){0};
        return ERR_OK;
    }
    return err ? err : import_link_arrive(&import->session.edit, path);
}
