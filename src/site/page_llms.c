// SPDX-License-Identifier: Apache-2.0
/* llms.txt (llmstxt.org): where programs that answer questions find what, in
 * Markdown. Only where the newspaper's owner wants it; 404 otherwise. */
#include "base/buf.h"
#include "site/look.h"
#include "site/pages.h"
#include "site/printer.h"
#include "site/printing.h"

enum { LLMS_BYTES_MAX = 1 << 20 };

/* On one line, and nothing of it Markdown. */
static void add_text(struct buf *out, struct str text)
{
    struct str special = STR("\\`*_[]<>#|");
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (str_find_char(special, c) >= 0)
            buf_add_char(out, '\\');
        buf_add_char(out, (unsigned char)c < ' ' ? ' ' : c);
    }
}

static void add_link(struct printing *p, struct buf *out, struct str name,
                     struct str path, struct str about)
{
    buf_add_c(out, "- [");
    add_text(out, name);
    buf_printf(out, "](%" PRI_STR ")", ARG_STR(printing_absolute(p, path)));
    if (about.len) {
        buf_add_c(out, ": ");
        add_text(out, about);
    }
    buf_add_char(out, '\n');
}

static void add_head(struct printing *p, struct buf *out)
{
    buf_add_c(out, "# ");
    add_text(out, p->settings.name);
    buf_add_char(out, '\n');
    if (p->settings.description.len) {
        buf_add_c(out, "\n> ");
        add_text(out, p->settings.description);
        buf_add_char(out, '\n');
    }
    buf_add_c(out, "\nEvery article is also there as data: its address with "
                   ".json behind it (IPTC ninjs).\n");
}

static enum err add_language(struct printing *p,
                             const struct language *language, struct buf *out)
{
    struct category_list list;
    enum err err = printing_open_plain(p, language->code);
    if (!err)
        err = printing_failed(
            p, category_tree(p->db, language->code, p->arena, &list));
    if (err)
        return err;
    buf_add_c(out, "\n## ");
    add_text(out, language->name);
    buf_add_c(out, "\n\n");
    struct str front = printing_path(p, "", STR(""));
    add_link(p, out, p->settings.name, front, p->settings.tagline);
    for (size_t i = 0; i < list.count; i++)
        add_link(p, out, list.categories[i].name,
                 printing_path(p, "", list.categories[i].path),
                 list.categories[i].description);
    for (int i = 0; i < SITE_FEED_COUNT; i++)
        add_link(p, out, site_feeds[i].file,
                 site_path_feed(p->arena, front, (enum site_feed)i), STR(""));
    return ERR_OK;
}

enum err page_llms(struct printing *p)
{
    enum err err = printing_open_plain(p, STR(""));
    if (err)
        return err;
    if (!p->settings.llms_txt)
        return ERR_NOT_FOUND;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, LLMS_BYTES_MAX);
    add_head(p, &out);
    for (size_t i = 0; !err && i < p->languages.count; i++)
        err = add_language(p, &p->languages.languages[i], &out);
    if (!err)
        err = buf_err(&out);
    if (err)
        return err;
    change_keys_add(&p->keys, STR("categories"), STR(""));
    p->print->status = 200;
    p->print->content_type = STR("text/plain; charset=utf-8");
    p->print->cache_control = STR("no-cache");
    p->print->body = arena_copy(p->arena, buf_str(&out));
    p->print->fields = p->look->asset_fields;
    p->print->keeping = SITE_KEPT_FOR_MACHINES;
    return ERR_OK;
}
