// SPDX-License-Identifier: Apache-2.0
/* Feeds of the site and of each category: Atom (RFC 4287) and RSS 2.0, with the
 * whole text. */
#include "base/time.h"
#include "content/article_list.h"
#include "render/catalogue.h"
#include "render/document.h"
#include "render/xml_writer.h"
#include "site/list_model.h"
#include "site/look.h"
#include "site/pages.h"
#include "site/printer.h"
#include "site/printing.h"
#include "site/story_model.h"

struct feed {
    struct printing *p;
    struct str title;
    struct str home; /* the page it is the feed of */
    struct article_list list;
    struct xml_writer xml;
    struct buf out;
    struct buf html; /* the text of the entry at hand */
};

struct feed_entry {
    struct str id, url, html;
    struct article article;
};

/* ---- Entries ----------------------------------------------------------------
 */

static void write_corrections(struct feed *feed, const struct article *article)
{
    struct str word = catalogue_text(feed->p->words, STR("article.correction"));
    for (size_t i = 0; i < article->correction_count; i++) {
        buf_add_c(&feed->html, "<p><strong>");
        xml_escape(&feed->html, word);
        buf_add_c(&feed->html, "</strong> ");
        xml_escape(&feed->html, article->corrections[i].text);
        buf_add_c(&feed->html, "</p>");
    }
}

/* The main picture as a figure. */
static void write_picture(struct feed *feed, const struct article *article)
{
    struct document_media media;
    if (!story_media(feed->p, article->picture, STORY_FULL, &media))
        return;
    struct str alt = article->content.picture_alt;
    buf_add_c(&feed->html, "<p><img src=\"");
    xml_escape(&feed->html, printing_absolute(feed->p, media.src));
    buf_add_c(&feed->html, "\" alt=\"");
    xml_escape(&feed->html, alt.len ? alt : article->picture->alt);
    buf_add_c(&feed->html, "\"></p>");
}

/* An id that stays when the slug or the language changes. */
static struct str entry_id(struct printing *p, const struct id *id)
{
    return p->settings.address.len
               ? arena_printf(p->arena, "%" PRI_STR "/article/%s",
                              ARG_STR(p->settings.address), id->text)
               : arena_printf(p->arena, "urn:x-broadsheet:article:%s",
                              id->text);
}

static enum err load_entry(struct feed *feed, const struct article_card *card,
                           struct feed_entry *entry)
{
    struct printing *p = feed->p;
    struct article *article = &entry->article;
    enum err err = article_load_public(p->db, &card->id, p->arena, article);
    if (err)
        return printing_failed(p, err);
    struct document_writer writer = story_writer(p, article);
    struct str path = site_path_article(p->arena, card->language, card->slug,
                                        id_str(&card->id));
    entry->id = entry_id(p, &card->id);
    entry->url = printing_absolute(p, path);
    buf_reset(&feed->html);
    write_corrections(feed, article);
    write_picture(feed, article);
    if (article->document)
        document_write_feed(article->document, &writer, &feed->html);
    entry->html = buf_str(&feed->html);
    return buf_err(&feed->html);
}

static int64_t updated_us(const struct article_card *card)
{
    return card->updated_us ? card->updated_us : card->published_us;
}

static int64_t newest_us(const struct feed *feed)
{
    int64_t newest = 0;
    for (size_t i = 0; i < feed->list.count; i++) {
        int64_t time = updated_us(&feed->list.cards[i]);
        newest = time > newest ? time : newest;
    }
    return newest;
}

/* ---- Atom -------------------------------------------------------------------
 */

static void atom_time(struct xml_writer *xml, const char *name, int64_t time_us)
{
    char text[TIME_RFC3339_BYTES];
    time_format_rfc3339(time_us, text);
    xml_element(xml, name, str_from_c(text));
}

static void atom_link(struct xml_writer *xml, const char *rel, const char *type,
                      struct str href)
{
    xml_open(xml, "link");
    xml_attr(xml, "rel", str_from_c(rel));
    xml_attr(xml, "type", str_from_c(type));
    xml_attr(xml, "href", href);
    xml_close(xml);
}

static void atom_author(struct xml_writer *xml, struct str name)
{
    xml_open(xml, "author");
    xml_element(xml, "name", name);
    xml_close(xml);
}

static void atom_text(struct xml_writer *xml, const char *name,
                      const char *type, struct str text)
{
    xml_open(xml, name);
    xml_attr(xml, "type", str_from_c(type));
    xml_text(xml, text);
    xml_close(xml);
}

static void atom_begin(struct feed *feed)
{
    struct printing *p = feed->p;
    struct xml_writer *xml = &feed->xml;
    struct str self = printing_absolute(p, p->page_key);
    xml_open(xml, "feed");
    xml_attr(xml, "xmlns", STR("http://www.w3.org/2005/Atom"));
    xml_attr(xml, "xml:lang", p->lang);
    xml_element(xml, "id",
                p->settings.address.len
                    ? self
                    : arena_concat(p->arena, STR("urn:x-broadsheet:feed:"),
                                   str_from(p->page_key, 1)));
    xml_element(xml, "title", feed->title);
    if (p->settings.description.len)
        xml_element(xml, "subtitle", p->settings.description);
    atom_time(xml, "updated", newest_us(feed));
    atom_link(xml, "self", "application/atom+xml", self);
    atom_link(xml, "alternate", "text/html", printing_absolute(p, feed->home));
    atom_author(xml, p->settings.name);
    xml_element(xml, "generator", STR("Broadsheet"));
}

static void atom_entry(struct feed *feed, const struct article_card *card,
                       const struct feed_entry *entry)
{
    struct xml_writer *xml = &feed->xml;
    xml_open(xml, "entry");
    xml_element(xml, "id", entry->id);
    xml_element(xml, "title", card->headline);
    atom_link(xml, "alternate", "text/html", entry->url);
    atom_time(xml, "published", card->published_us);
    atom_time(xml, "updated", updated_us(card));
    if (card->byline.len || card->source.len)
        atom_author(xml, card->byline.len ? card->byline : card->source);
    if (card->category_name.len) {
        xml_open(xml, "category");
        xml_attr(xml, "term", card->category_path);
        xml_attr(xml, "label", card->category_name);
        xml_close(xml);
    }
    if (card->standfirst.len)
        atom_text(xml, "summary", "text", card->standfirst);
    atom_text(xml, "content", "html", entry->html);
    xml_close(xml);
}

/* ---- RSS --------------------------------------------------------------------
 */

static void rss_time(struct xml_writer *xml, const char *name, int64_t time_us)
{
    char text[TIME_RFC822_BYTES];
    time_format_rfc822(time_us, text);
    xml_element(xml, name, str_from_c(text));
}

static void rss_begin(struct feed *feed)
{
    struct printing *p = feed->p;
    struct xml_writer *xml = &feed->xml;
    xml_open(xml, "rss");
    xml_attr(xml, "version", STR("2.0"));
    xml_attr(xml, "xmlns:atom", STR("http://www.w3.org/2005/Atom"));
    xml_attr(xml, "xmlns:content",
             STR("http://purl.org/rss/1.0/modules/content/"));
    xml_attr(xml, "xmlns:dc", STR("http://purl.org/dc/elements/1.1/"));
    xml_open(xml, "channel");
    xml_element(xml, "title", feed->title);
    xml_element(xml, "link", printing_absolute(p, feed->home));
    xml_element(xml, "description",
                p->settings.description.len ? p->settings.description
                                            : feed->title);
    xml_element(xml, "language", p->lang);
    rss_time(xml, "lastBuildDate", newest_us(feed));
    xml_open(xml, "atom:link");
    xml_attr(xml, "rel", STR("self"));
    xml_attr(xml, "type", STR("application/rss+xml"));
    xml_attr(xml, "href", printing_absolute(p, p->page_key));
    xml_close(xml);
}

static void rss_entry(struct feed *feed, const struct article_card *card,
                      const struct feed_entry *entry)
{
    struct xml_writer *xml = &feed->xml;
    struct str by = card->byline.len ? card->byline : card->source;
    xml_open(xml, "item");
    xml_element(xml, "title", card->headline);
    xml_element(xml, "link", entry->url);
    xml_open(xml, "guid");
    xml_attr(xml, "isPermaLink", STR("false"));
    xml_text(xml, entry->id);
    xml_close(xml);
    rss_time(xml, "pubDate", card->published_us);
    if (by.len)
        xml_element(xml, "dc:creator", by);
    if (card->category_name.len)
        xml_element(xml, "category", card->category_name);
    if (card->standfirst.len)
        xml_element(xml, "description", card->standfirst);
    xml_element(xml, "content:encoded", entry->html);
    xml_close(xml);
}

/* ---- The page ---------------------------------------------------------------
 */

static enum err load_list(struct feed *feed)
{
    struct printing *p = feed->p;
    size_t length = list_length(p);
    struct str name = p->settings.name;
    if (!p->path.category.len) {
        feed->title = name;
        feed->home = printing_path(p, "", STR(""));
        change_keys_add(&p->keys, STR("latest:"), p->lang);
        return article_list_latest(p->db, p->lang, NULL, length, p->arena,
                                   &feed->list);
    }
    struct category category;
    enum err err =
        category_find(p->db, p->lang, p->path.category, p->arena, &category);
    if (err)
        return err;
    feed->title = arena_printf(p->arena, "%" PRI_STR ": %" PRI_STR,
                               ARG_STR(name), ARG_STR(category.name));
    feed->home = printing_path(p, "", category.path);
    change_keys_add_in(&p->keys, STR("category:"), p->lang, category.slug);
    return article_list_category(p->db, p->lang, &category.id, NULL, length,
                                 p->arena, &feed->list);
}

static enum err write_feed(struct feed *feed, bool atom)
{
    xml_begin(&feed->xml, &feed->out);
    (atom ? atom_begin : rss_begin)(feed);
    for (size_t i = 0; i < feed->list.count; i++) {
        struct feed_entry entry;
        enum err err = load_entry(feed, &feed->list.cards[i], &entry);
        if (err)
            return err;
        (atom ? atom_entry : rss_entry)(feed, &feed->list.cards[i], &entry);
    }
    return xml_end(&feed->xml);
}

enum err page_feed(struct printing *p)
{
    bool atom = p->path.page == SITE_PAGE_ATOM;
    struct feed feed = {.p = p};
    enum err err = printing_open(p, p->path.lang);
    if (!err)
        err = printing_failed(p, load_list(&feed));
    if (err)
        return err;
    buf_init(&feed.out, SITE_BODY_BYTES_MAX);
    buf_init(&feed.html, SITE_BODY_BYTES_MAX);
    err = write_feed(&feed, atom);
    if (!err) {
        p->print->status = 200;
        p->print->machines = true;
        p->print->content_type =
            atom ? STR("application/atom+xml; charset=utf-8")
                 : STR("application/rss+xml; charset=utf-8");
        p->print->cache_control = STR("no-cache");
        p->print->body = arena_copy(p->arena, buf_str(&feed.out));
        p->print->fields = p->look->asset_fields;
    }
    buf_finish(&feed.out);
    buf_finish(&feed.html);
    return err;
}
