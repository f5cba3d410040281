// SPDX-License-Identifier: Apache-2.0
#include "site/feed.h"

#include <assert.h>

#include "base/time.h"
#include "render/catalogue.h"
#include "render/document.h"
#include "render/xml_writer.h"
#include "site/hub.h"
#include "site/list_model.h"
#include "site/printer.h"
#include "site/printing.h"
#include "site/search_request.h"
#include "site/story_model.h"

enum {
    WITHDRAWN_DAYS = 30, /* who reads the feed less often has seen worse */
    WITHDRAWN_MAX = 50,
};

#define DAY_US (INT64_C(86400) * TIME_US_PER_SECOND)

/* ---- What it is the feed of -------------------------------------------------
 */

static struct str title_of(const struct feed *feed, struct str name)
{
    struct printing *p = feed->p;
    struct catalogue_arg args[] = {CATALOGUE_STR("site", p->settings.name),
                                   CATALOGUE_STR("name", name)};
    return catalogue_format(p->words, p->locale, STR("feed.section"), args, 2,
                            p->arena);
}

static enum err load_front(struct feed *feed)
{
    struct printing *p = feed->p;
    feed->title = p->settings.name;
    feed->description = p->settings.description;
    feed->home = printing_path(p, "", STR(""));
    change_keys_add(&p->keys, STR("latest:"), p->lang);
    return article_list_latest(p->db, p->lang, NULL, list_length(p), p->arena,
                               &feed->list);
}

static enum err load_category(struct feed *feed)
{
    struct printing *p = feed->p;
    struct category category;
    enum err err =
        category_find(p->db, p->lang, p->path.category, p->arena, &category);
    if (err)
        return err;
    feed->title = title_of(feed, category.name);
    feed->description = category.description;
    feed->home = printing_path(p, "", category.path);
    feed->place.category = category.id;
    change_keys_add_in(&p->keys, STR("category:"), p->lang, category.slug);
    return article_list_category(p->db, p->lang, &category.id, NULL,
                                 list_length(p), p->arena, &feed->list);
}

static enum err load_tag(struct feed *feed)
{
    struct printing *p = feed->p;
    struct tag tag;
    change_keys_add_in(&p->keys, STR("tag:"), p->lang, p->path.slug);
    enum err err =
        tag_find_public(p->db, p->lang, p->path.slug, p->arena, &tag);
    if (err)
        return err;
    feed->title = title_of(feed, tag.name);
    feed->home = printing_path(p, "tag/", tag.slug);
    feed->place.tag = tag.id;
    return article_list_tag(p->db, &tag.id, NULL, list_length(p), p->arena,
                            &feed->list);
}

static enum err load_author(struct feed *feed)
{
    struct printing *p = feed->p;
    struct person person;
    enum err err = person_find(p->db, p->lang, p->path.slug, p->arena, &person);
    if (err)
        return err;
    feed->title = title_of(feed, person.name);
    feed->description = person.bio;
    feed->home = printing_path(p, "author/", person.slug);
    feed->place.person = person.id;
    change_keys_add(&p->keys, STR("author:"), person.slug);
    return article_list_person(p->db, p->lang, &person.id, NULL, list_length(p),
                               p->arena, &feed->list);
}

/* The newest that match. Nobody keeps it: there are as many as questions. */
static enum err load_search(struct feed *feed)
{
    struct printing *p = feed->p;
    struct search_request request;
    struct search_result result = {0};
    enum err err = search_request_read(p, &request);
    if (err)
        return err;
    if (!request.text.len)
        return ERR_NOT_FOUND;
    request.query.sort = SEARCH_BY_DATE;
    request.query.limit = list_length(p);
    err = search_run(p->db, &request.query, p->arena, &result);
    if (err)
        return err;
    feed->title = title_of(feed, request.text);
    feed->home = search_request_url(p, &request, p->lang, STR(""));
    p->print->keeping = SITE_NOT_KEPT;
    feed->list.cards =
        arena_array(p->arena, struct article_card, result.count + 1);
    for (size_t i = 0; i < result.count; i++)
        feed->list.cards[feed->list.count++] = result.hits[i].card;
    return ERR_OK;
}

static enum err load_list(struct feed *feed)
{
    switch (feed->p->path.home) {
    case SITE_PAGE_CATEGORY:
        return load_category(feed);
    case SITE_PAGE_TAG:
        return load_tag(feed);
    case SITE_PAGE_AUTHOR:
        return load_author(feed);
    case SITE_PAGE_SEARCH:
        return load_search(feed);
    default:
        return load_front(feed);
    }
}

void feed_add_link(struct feed *feed, const char *rel, struct str type,
                   struct str href)
{
    assert(feed->link_count < FEED_LINKS_MAX);
    feed->links[feed->link_count++] = (struct feed_link){rel, type, href};
}

struct str feed_hub(const struct printing *p)
{
    bool is_told = hub_is_feed(p->page_key) && !printing_is_static(p);
    return is_told ? hub_address(&p->settings, p->arena) : STR("");
}

/* What every feed links to: itself first, then its page, then whoever else has
 * to do with it. */
static void add_links(struct feed *feed)
{
    struct printing *p = feed->p;
    feed_add_link(feed, "self", site_feeds[p->path.feed].type,
                  printing_absolute(p, p->page_key));
    feed_add_link(feed, "alternate", STR("text/html"),
                  printing_absolute(p, feed->home));
    struct str hub = feed_hub(p);
    if (hub.len)
        feed_add_link(feed, "hub", STR(""), hub);
}

/* ---- Entries ----------------------------------------------------------------
 */

static void write_corrections(struct printing *p, const struct article *article,
                              struct buf *html)
{
    struct str word = catalogue_text(p->words, STR("article.correction"));
    for (size_t i = 0; i < article->correction_count; i++) {
        buf_add_c(html, "<p><strong>");
        xml_escape(html, word);
        buf_add_c(html, "</strong> ");
        xml_escape(html, article->corrections[i].text);
        buf_add_c(html, "</p>");
    }
}

static void write_picture(struct printing *p, const struct feed_entry *entry,
                          struct buf *html)
{
    struct document_media media;
    if (!story_media(p, entry->article.picture, STORY_FULL, &media))
        return;
    buf_add_c(html, "<p><img src=\"");
    xml_escape(html, printing_absolute(p, media.src));
    buf_add_c(html, "\" alt=\"");
    xml_escape(html, entry->file_alt);
    buf_add_c(html, "\"></p>");
}

struct str feed_entry_id(struct printing *p, const struct id *id)
{
    return p->settings.address.len
               ? arena_printf(p->arena, "%" PRI_STR "/article/%s",
                              ARG_STR(p->settings.address), id->text)
               : arena_printf(p->arena, "urn:x-broadsheet:article:%s",
                              id->text);
}

static void set_authors(struct printing *p, struct feed_entry *entry)
{
    const struct article_content *content = &entry->article.content;
    entry->authors =
        arena_array(p->arena, struct feed_person, content->byline_count + 1);
    for (size_t i = 0; i < content->byline_count; i++) {
        const struct article_byline *byline = &content->bylines[i];
        if (!article_byline_is_author(byline))
            continue;
        entry->authors[entry->author_count++] = (struct feed_person){
            .name = byline->name,
            .url = byline->slug.len
                       ? printing_absolute(
                             p, printing_path(p, "author/", byline->slug))
                       : STR("")};
    }
    struct str other =
        entry->article.byline.len ? entry->article.byline : content->source;
    if (!entry->author_count && other.len)
        entry->authors[entry->author_count++] =
            (struct feed_person){.name = other};
}

static void set_picture(struct printing *p, struct feed_entry *entry)
{
    const struct medium *picture = entry->article.picture;
    entry->file = story_preview(picture);
    if (!entry->file)
        return;
    struct str alt = entry->article.content.picture_alt;
    entry->file_alt = alt.len ? alt : picture->alt;
    entry->file_url =
        printing_absolute(p, story_file_path(p->arena, entry->file));
}

static void set_played(struct printing *p, struct feed_entry *entry)
{
    const struct article *article = &entry->article;
    const struct article_enclosure *enclosure = &article->content.enclosure;
    if (!article_enclosure_is_set(enclosure))
        return;
    entry->played = enclosure;
    entry->played_url = story_enclosure_url(p, article);
}

static enum err load_entry(struct printing *p, const struct article_card *card,
                           struct buf *html, struct feed_entry *entry)
{
    struct article *article = &entry->article;
    enum err err = article_load_public(p->db, &card->id, p->arena, article);
    if (err)
        return printing_failed(p, err);
    struct document_writer writer = story_writer(p, article);
    entry->card = card;
    entry->id = feed_entry_id(p, &card->id);
    entry->url =
        printing_absolute(p, site_path_article(p->arena, card->language,
                                               card->slug, id_str(&card->id)));
    entry->updated_us = article_changed_us(article);
    set_picture(p, entry);
    set_played(p, entry);
    set_authors(p, entry);
    buf_reset(html);
    write_corrections(p, article, html);
    write_picture(p, entry, html);
    if (article->document)
        document_write_feed(article->document, &writer, html);
    entry->html = arena_copy(p->arena, buf_str(html));
    return buf_err(html);
}

static enum err load_entries(struct feed *feed)
{
    struct printing *p = feed->p;
    DEFER(buf_finish) struct buf html;
    buf_init(&html, SITE_BODY_BYTES_MAX);
    feed->count = feed->list.count;
    feed->entries = arena_array(p->arena, struct feed_entry, feed->count + 1);
    for (size_t i = 0; i < feed->count; i++) {
        struct feed_entry *entry = &feed->entries[i];
        enum err err = load_entry(p, &feed->list.cards[i], &html, entry);
        if (err)
            return err;
        if (entry->updated_us > feed->updated_us)
            feed->updated_us = entry->updated_us;
    }
    return ERR_OK;
}

/* A search has no memory of what it found. */
static enum err load_withdrawn(struct feed *feed)
{
    struct printing *p = feed->p;
    bool is_list = p->path.home != SITE_PAGE_SEARCH &&
                   p->path.home != SITE_PAGE_ARTICLE; /* a live blog's posts */
    if (!is_list || p->path.feed != SITE_FEED_ATOM)
        return ERR_OK;
    feed->place.language = p->lang;
    enum err err = withdrawn_list(
        p->db, &feed->place, time_now_us() - WITHDRAWN_DAYS * DAY_US,
        WITHDRAWN_MAX, p->arena, &feed->withdrawn, &feed->withdrawn_count);
    if (feed->withdrawn_count &&
        feed->withdrawn[0].withdrawn_us > feed->updated_us)
        feed->updated_us = feed->withdrawn[0].withdrawn_us;
    return printing_failed(p, err);
}

enum err feed_load(struct printing *p, struct feed *ret_feed)
{
    assert(p && ret_feed);
    struct feed feed = {.p = p};
    bool is_live = p->path.home == SITE_PAGE_ARTICLE;
    enum err err =
        printing_failed(p, is_live ? feed_load_live(&feed) : load_list(&feed));
    if (!err && !is_live)
        err = load_entries(&feed);
    if (!err)
        err = load_withdrawn(&feed);
    if (err)
        return err;
    add_links(&feed);
    *ret_feed = feed;
    return ERR_OK;
}
