// SPDX-License-Identifier: Apache-2.0
/* Atom, RFC 4287, section numbers below are of it; what was withdrawn as RFC
 * 6721 has it. */
#include "base/time.h"
#include "render/xml_writer.h"
#include "site/feed.h"
#include "site/printing.h"

static void add_time(struct xml_writer *xml, const char *name, int64_t time_us)
{
    char text[TIME_RFC3339_BYTES];
    time_format_rfc3339(time_us, text);
    xml_element(xml, name, str_from_c(text));
}

static void add_link(struct xml_writer *xml, const char *rel, struct str type,
                     struct str href)
{
    xml_open(xml, "link");
    xml_attr(xml, "rel", str_from_c(rel));
    if (type.len)
        xml_attr(xml, "type", type);
    xml_attr(xml, "href", href);
}

static void add_person(struct xml_writer *xml, struct str name, struct str url)
{
    xml_open(xml, "author");
    xml_element(xml, "name", name);
    if (url.len)
        xml_element(xml, "uri", url);
    xml_close(xml);
}

static void add_text(struct xml_writer *xml, const char *name, const char *type,
                     struct str text)
{
    xml_open(xml, name);
    xml_attr(xml, "type", str_from_c(type));
    xml_text(xml, text);
    xml_close(xml);
}

static void add_category(struct xml_writer *xml, struct str term,
                         struct str label)
{
    xml_open(xml, "category");
    xml_attr(xml, "term", term);
    xml_attr(xml, "label", label);
    xml_close(xml);
}

/* The feed's author stands for entries that have none (§4.1.1). */
static void write_head(struct xml_writer *xml, const struct feed *feed)
{
    struct printing *p = feed->p;
    struct str self = printing_absolute(p, p->page_key);
    xml_open(xml, "feed");
    xml_attr(xml, "xmlns", STR("http://www.w3.org/2005/Atom"));
    if (feed->withdrawn_count)
        xml_attr(xml, "xmlns:at",
                 STR("http://purl.org/atompub/tombstones/1.0"));
    xml_attr(xml, "xml:lang", p->lang);
    xml_element(xml, "id",
                p->settings.address.len
                    ? self
                    : arena_concat(p->arena, STR("urn:x-broadsheet:feed:"),
                                   str_from(p->page_key, 1)));
    xml_element(xml, "title", feed->title);
    if (feed->description.len)
        xml_element(xml, "subtitle", feed->description);
    add_time(xml, "updated", feed->updated_us);
    for (size_t i = 0; i < feed->link_count; i++) {
        const struct feed_link *link = &feed->links[i];
        add_link(xml, link->rel, link->type, link->href);
        xml_close(xml);
    }
    add_person(xml, p->settings.name, STR(""));
    xml_element(xml, "generator", STR("Broadsheet"));
}

static void write_picture(struct xml_writer *xml,
                          const struct feed_entry *entry)
{
    if (!entry->file)
        return;
    add_link(xml, "enclosure", entry->file->mime, entry->file_url);
    if (entry->file->size_bytes)
        xml_attr_int(xml, "length", entry->file->size_bytes);
    xml_close(xml);
}

static void write_played(struct xml_writer *xml, const struct feed_entry *entry)
{
    if (!entry->played)
        return;
    add_link(xml, "enclosure", entry->played->mime, entry->played_url);
    if (entry->played->size_bytes)
        xml_attr_int(xml, "length", entry->played->size_bytes);
    xml_close(xml);
}

static void write_entry(struct xml_writer *xml, const struct feed_entry *entry)
{
    const struct article_card *card = entry->card;
    const struct article *article = &entry->article;
    xml_open(xml, "entry");
    xml_element(xml, "id", entry->id);
    xml_element(xml, "title", card->headline);
    add_link(xml, "alternate", STR("text/html"), entry->url);
    xml_close(xml);
    write_played(xml, entry);
    write_picture(xml, entry);
    add_time(xml, "published", card->published_us);
    add_time(xml, "updated", entry->updated_us);
    for (size_t i = 0; i < entry->author_count; i++)
        add_person(xml, entry->authors[i].name, entry->authors[i].url);
    for (size_t i = 0; i < article->category_count; i++)
        add_category(xml, article->categories[i].path,
                     article->categories[i].name);
    for (size_t i = 0; i < article->tag_count; i++)
        add_category(xml, article->tags[i].slug, article->tags[i].name);
    if (card->standfirst.len)
        add_text(xml, "summary", "text", card->standfirst);
    add_text(xml, "content", "html", entry->html);
    xml_close(xml);
}

/* So that those who keep entries let go of this one (RFC 6721 §3). */
static void write_withdrawn(struct xml_writer *xml, const struct feed *feed,
                            const struct withdrawn *withdrawn)
{
    char when[TIME_RFC3339_BYTES];
    time_format_rfc3339(withdrawn->withdrawn_us, when);
    xml_open(xml, "at:deleted-entry");
    xml_attr(xml, "ref", feed_entry_id(feed->p, &withdrawn->id));
    xml_attr(xml, "when", str_from_c(when));
    if (withdrawn->reason.len)
        xml_element(xml, "at:comment", withdrawn->reason);
    xml_close(xml);
}

enum err feed_write_atom(const struct feed *feed, struct buf *out)
{
    struct xml_writer xml;
    xml_begin(&xml, out);
    write_head(&xml, feed);
    for (size_t i = 0; i < feed->count; i++)
        write_entry(&xml, &feed->entries[i]);
    for (size_t i = 0; i < feed->withdrawn_count; i++)
        write_withdrawn(&xml, feed, &feed->withdrawn[i]);
    return xml_end(&xml);
}
