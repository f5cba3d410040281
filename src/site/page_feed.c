// SPDX-License-Identifier: Apache-2.0
/* Feeds of the site and of each category, tag and author. */
#include "site/feed.h"
#include "site/look.h"
#include "site/pages.h"
#include "site/printer.h"
#include "site/printing.h"

static enum err (*const writers[SITE_FEED_COUNT])(const struct feed *,
                                                  struct buf *) = {
    [SITE_FEED_ATOM] = feed_write_atom,
    [SITE_FEED_RSS] = feed_write_rss,
    [SITE_FEED_JSON] = feed_write_json,
};

/* The hub and the feed's own address, as WebSub §4 would have them found
 * without reading the feed. */
static struct str link_fields(const struct printing *p)
{
    struct str fields = p->look->asset_fields;
    struct str hub = feed_hub(p);
    if (!hub.len)
        return fields;
    return arena_printf(p->arena,
                        "%" PRI_STR "Link: <%" PRI_STR
                        ">; rel=\"hub\", <%" PRI_STR ">; rel=\"self\"\r\n",
                        ARG_STR(fields), ARG_STR(hub),
                        ARG_STR(printing_absolute(p, p->page_key)));
}

enum err page_feed(struct printing *p)
{
    struct feed feed;
    enum err err = printing_open(p, p->path.lang);
    if (!err)
        err = feed_load(p, &feed);
    if (err)
        return err;
    struct str own = site_path_feed(p->arena, feed.home, p->path.feed);
    if (p->path.home == SITE_PAGE_ARTICLE && !str_eq(own, p->page_key)) {
        printing_redirect(p, 301, own,
                          SITE_NOT_KEPT); /* another slug or language */
        return ERR_OK;
    }
    DEFER(buf_finish) struct buf out;
    buf_init(&out, SITE_BODY_BYTES_MAX);
    err = writers[p->path.feed](&feed, &out);
    if (err)
        return err;
    p->print->status = 200;
    p->print->keeping = SITE_KEPT_FOR_MACHINES;
    p->print->content_type = arena_concat(
        p->arena, site_feeds[p->path.feed].type, STR("; charset=utf-8"));
    p->print->cache_control = STR("no-cache");
    p->print->body = arena_copy(p->arena, buf_str(&out));
    p->print->fields = link_fields(p);
    return ERR_OK;
}
