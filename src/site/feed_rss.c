// SPDX-License-Identifier: Apache-2.0
/* RSS 2.0.11 with the modules that readers know: Atom links, Dublin Core
 * creators, content:encoded for the whole text, Media RSS for pictures. */
#include "base/time.h"
#include "render/xml_writer.h"
#include "site/feed.h"
#include "site/printing.h"

static void add_time(struct xml_writer *xml, const char *name, int64_t time_us)
{
    char text[TIME_RFC822_BYTES];
    time_format_rfc822(time_us, text);
    xml_element(xml, name, str_from_c(text));
}

/* The page itself is the channel's <link>; the other ones are Atom's. */
static void write_links(struct xml_writer *xml, const struct feed *feed)
{
    for (size_t i = 0; i < feed->link_count; i++) {
        const struct feed_link *link = &feed->links[i];
        if (str_eq(str_from_c(link->rel), STR("alternate")))
            continue;
        xml_open(xml, "atom:link");
        xml_attr(xml, "rel", str_from_c(link->rel));
        if (link->type.len)
            xml_attr(xml, "type", link->type);
        xml_attr(xml, "href", link->href);
        xml_close(xml);
    }
}

static bool is_podcast(const struct feed *feed)
{
    for (size_t i = 0; i < feed->count; i++)
        if (feed->entries[i].played)
            return true;
    return false;
}

/* What directories of podcasts want to know of the whole. */
static void write_podcast(struct xml_writer *xml, const struct feed *feed)
{
    xml_element(xml, "itunes:author", feed->p->settings.name);
    xml_element(xml, "itunes:explicit", STR("false"));
    xml_open(xml, "itunes:category");
    xml_attr(xml, "text", STR("News"));
    xml_close(xml);
}

static void write_head(struct xml_writer *xml, const struct feed *feed)
{
    static const char *const modules[][2] = {
        {"xmlns:atom", "http://www.w3.org/2005/Atom"},
        {"xmlns:content", "http://purl.org/rss/1.0/modules/content/"},
        {"xmlns:dc", "http://purl.org/dc/elements/1.1/"},
        {"xmlns:media", "http://search.yahoo.com/mrss/"},
    };
    struct printing *p = feed->p;
    xml_open(xml, "rss");
    xml_attr(xml, "version", STR("2.0"));
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
        xml_attr(xml, modules[i][0], str_from_c(modules[i][1]));
    if (is_podcast(feed))
        xml_attr(xml, "xmlns:itunes",
                 STR("http://www.itunes.com/dtds/podcast-1.0.dtd"));
    xml_open(xml, "channel");
    xml_element(xml, "title", feed->title);
    xml_element(xml, "link", printing_absolute(p, feed->home));
    xml_element(xml, "description",
                feed->description.len ? feed->description : feed->title);
    xml_element(xml, "language", p->lang);
    if (feed->updated_us)
        add_time(xml, "lastBuildDate", feed->updated_us);
    xml_element(xml, "generator", STR("Broadsheet"));
    write_links(xml, feed);
    if (is_podcast(feed))
        write_podcast(xml, feed);
}

static void write_enclosure(struct xml_writer *xml, struct str url,
                            int64_t size_bytes, struct str mime)
{
    xml_open(xml, "enclosure");
    xml_attr(xml, "url", url);
    xml_attr_int(xml, "length", size_bytes);
    xml_attr(xml, "type", mime);
    xml_close(xml);
}

static void write_played(struct xml_writer *xml, const struct feed_entry *entry)
{
    const struct article_enclosure *played = entry->played;
    if (!played)
        return;
    write_enclosure(xml, entry->played_url, played->size_bytes, played->mime);
    if (!played->seconds)
        return;
    char seconds[24];
    snprintf(seconds, sizeof seconds, "%lld", (long long)played->seconds);
    xml_element(xml, "itunes:duration", str_from_c(seconds));
}

/* Both ways: there are readers that know only one. An item has one enclosure:
 * what is played, where there is something. */
static void write_picture(struct xml_writer *xml,
                          const struct feed_entry *entry)
{
    const struct rendition *file = entry->file;
    if (!file)
        return;
    if (!entry->played)
        write_enclosure(xml, entry->file_url, file->size_bytes, file->mime);
    xml_open(xml, "media:content");
    xml_attr(xml, "url", entry->file_url);
    xml_attr(xml, "type", file->mime);
    xml_attr(xml, "medium", STR("image"));
    if (file->width && file->height) {
        xml_attr_int(xml, "width", file->width);
        xml_attr_int(xml, "height", file->height);
    }
    if (entry->file_alt.len) {
        xml_open(xml, "media:description");
        xml_attr(xml, "type", STR("plain"));
        xml_text(xml, entry->file_alt);
        xml_close(xml);
    }
    xml_close(xml);
}

/* The id is no address of a page: it redirects to where the article is. */
static void write_item(struct xml_writer *xml, const struct feed_entry *entry)
{
    const struct article_card *card = entry->card;
    const struct article *article = &entry->article;
    xml_open(xml, "item");
    xml_element(xml, "title", card->headline);
    xml_element(xml, "link", entry->url);
    xml_open(xml, "guid");
    xml_attr(xml, "isPermaLink", STR("false"));
    xml_text(xml, entry->id);
    xml_close(xml);
    add_time(xml, "pubDate", card->published_us);
    for (size_t i = 0; i < entry->author_count; i++)
        xml_element(xml, "dc:creator", entry->authors[i].name);
    for (size_t i = 0; i < article->category_count; i++)
        xml_element(xml, "category", article->categories[i].name);
    for (size_t i = 0; i < article->tag_count; i++)
        xml_element(xml, "category", article->tags[i].name);
    if (card->standfirst.len)
        xml_element(xml, "description", card->standfirst);
    xml_element(xml, "content:encoded", entry->html);
    write_played(xml, entry);
    write_picture(xml, entry);
    xml_close(xml);
}

enum err feed_write_rss(const struct feed *feed, struct buf *out)
{
    struct xml_writer xml;
    xml_begin(&xml, out);
    write_head(&xml, feed);
    for (size_t i = 0; i < feed->count; i++)
        write_item(&xml, &feed->entries[i]);
    return xml_end(&xml);
}
