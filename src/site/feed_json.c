// SPDX-License-Identifier: Apache-2.0
/* JSON Feed 1.1. */
#include "base/time.h"
#include "render/value.h"
#include "render/value_json.h"
#include "site/feed.h"
#include "site/printing.h"

static void set_text(struct value *object, const char *key, struct str text)
{
    if (text.len)
        value_set_str(object, key, text);
}

static void set_time(struct printing *p, struct value *object, const char *key,
                     int64_t time_us)
{
    char text[TIME_RFC3339_BYTES];
    time_format_rfc3339(time_us, text);
    value_set_str(object, key, arena_copy(p->arena, str_from_c(text)));
}

static void add_author(struct value *authors, struct str name, struct str url)
{
    struct value *author = value_add_object(authors);
    value_set_str(author, "name", name);
    set_text(author, "url", url);
}

static void add_hub(struct value *object, struct str url)
{
    struct value *hub = value_add_object(value_set_list(object, "hubs"));
    value_set_str(hub, "type", STR("WebSub"));
    value_set_str(hub, "url", url);
}

/* The specification names where each link goes. */
static void set_links(struct value *object, const struct feed *feed)
{
    for (size_t i = 0; i < feed->link_count; i++) {
        struct str rel = str_from_c(feed->links[i].rel);
        if (str_eq(rel, STR("self")))
            value_set_str(object, "feed_url", feed->links[i].href);
        else if (str_eq(rel, STR("alternate")))
            value_set_str(object, "home_page_url", feed->links[i].href);
        else if (str_eq(rel, STR("hub")))
            add_hub(object, feed->links[i].href);
    }
}

static struct value *add_attachment(struct value *list, struct str url,
                                    struct str mime)
{
    struct value *attachment = value_add_object(list);
    value_set_str(attachment, "url", url);
    value_set_str(attachment, "mime_type", mime);
    return attachment;
}

static void add_played(struct value *list, const struct feed_entry *entry)
{
    const struct article_enclosure *played = entry->played;
    struct value *attachment =
        add_attachment(list, entry->played_url, played->mime);
    if (played->size_bytes)
        value_set_int(attachment, "size_in_bytes", played->size_bytes);
    if (played->seconds)
        value_set_int(attachment, "duration_in_seconds", played->seconds);
}

static void set_files(struct value *item, const struct feed_entry *entry)
{
    if (!entry->file && !entry->played)
        return;
    struct value *list = value_set_list(item, "attachments");
    if (entry->played)
        add_played(list, entry);
    if (!entry->file)
        return;
    value_set_str(item, "image", entry->file_url);
    struct value *attachment =
        add_attachment(list, entry->file_url, entry->file->mime);
    set_text(attachment, "title", entry->file_alt);
    if (entry->file->size_bytes)
        value_set_int(attachment, "size_in_bytes", entry->file->size_bytes);
}

static void set_tags(struct value *item, const struct article *article)
{
    struct value *tags = value_set_list(item, "tags");
    for (size_t i = 0; i < article->category_count; i++)
        value_add_str(tags, article->categories[i].name);
    for (size_t i = 0; i < article->tag_count; i++)
        value_add_str(tags, article->tags[i].name);
}

static void add_item(struct printing *p, struct value *items,
                     const struct feed_entry *entry)
{
    struct value *item = value_add_object(items);
    value_set_str(item, "id", entry->id);
    value_set_str(item, "url", entry->url);
    value_set_str(item, "title", entry->card->headline);
    set_text(item, "summary", entry->card->standfirst);
    value_set_str(item, "content_html", entry->html);
    set_time(p, item, "date_published", entry->card->published_us);
    if (entry->updated_us != entry->card->published_us)
        set_time(p, item, "date_modified", entry->updated_us);
    struct value *authors = value_set_list(item, "authors");
    for (size_t i = 0; i < entry->author_count; i++)
        add_author(authors, entry->authors[i].name, entry->authors[i].url);
    value_set_str(item, "language", p->lang);
    set_tags(item, &entry->article);
    set_files(item, entry);
}

enum err feed_write_json(const struct feed *feed, struct buf *out)
{
    struct printing *p = feed->p;
    struct value *object = value_object(p->arena);
    value_set_c(object, "version", "https://jsonfeed.org/version/1.1");
    value_set_str(object, "title", feed->title);
    set_links(object, feed);
    set_text(object, "description", feed->description);
    value_set_str(object, "language", p->lang);
    add_author(value_set_list(object, "authors"), p->settings.name,
               printing_absolute(p, printing_path(p, "", STR(""))));
    struct value *items = value_set_list(object, "items");
    for (size_t i = 0; i < feed->count; i++)
        add_item(p, items, &feed->entries[i]);
    value_write_json(out, object);
    buf_add_char(out, '\n');
    return buf_err(out);
}
