// SPDX-License-Identifier: Apache-2.0
/* The sitemap (sitemaps.org 0.9) with the extensions for pictures, translations
 * and news. Its files are compressed once, as files: an archive of a million
 * articles stays in the edge's memory (content/sitemap.h says how it is cut).
 */
#include "base/time.h"
#include "content/channel.h"
#include "content/recording.h"
#include "content/sitemap.h"
#include "render/compress.h"
#include "render/xml_writer.h"
#include "site/look.h"
#include "site/pages.h"
#include "site/printer.h"
#include "site/printing.h"
#include "site/tv_model.h"

enum {
    SITEMAP_BYTES_MAX = 52428800, /* 50 MB (sitemaps.org) */
    PACKED_BYTES_MAX = SITE_BODY_BYTES_MAX,
    NEWS_MAX = 1000, /* what Google reads of one file */
    NEWS_HOURS = 48,
    PROGRAMMES_MAX = 10000,
};

#define HOUR_US (3600 * TIME_US_PER_SECOND)

struct sitemap {
    struct printing *p;
    struct xml_writer xml;
    size_t count; /* of addresses */
};

/* ---- Pieces -----------------------------------------------------------------
 */

/* Whole seconds: nobody asks for more, and they compress better. */
static void add_time(struct xml_writer *xml, const char *name, int64_t time_us)
{
    char text[TIME_RFC3339_BYTES];
    time_format_rfc3339(time_us - time_us % TIME_US_PER_SECOND, text);
    xml_element(xml, name, str_from_c(text));
}

static void begin(struct sitemap *sitemap, struct buf *out, const char *root)
{
    xml_begin(&sitemap->xml, out);
    xml_open(&sitemap->xml, root);
    xml_attr(&sitemap->xml, "xmlns",
             STR("http://www.sitemaps.org/schemas/sitemap/0.9"));
}

static void begin_urls(struct sitemap *sitemap, struct buf *out)
{
    begin(sitemap, out, "urlset");
    xml_attr(&sitemap->xml, "xmlns:xhtml", STR("http://www.w3.org/1999/xhtml"));
}

static void open_url(struct sitemap *sitemap, struct str path)
{
    sitemap->count++;
    xml_open(&sitemap->xml, "url");
    xml_element(&sitemap->xml, "loc", printing_absolute(sitemap->p, path));
}

static void add_translation(struct sitemap *sitemap, struct str lang,
                            struct str path)
{
    struct xml_writer *xml = &sitemap->xml;
    xml_open(xml, "xhtml:link");
    xml_attr(xml, "rel", STR("alternate"));
    xml_attr(xml, "hreflang", lang);
    xml_attr(xml, "href", printing_absolute(sitemap->p, path));
    xml_close(xml);
}

/* ---- Articles ---------------------------------------------------------------
 */

static void write_translations(struct sitemap *sitemap,
                               const struct sitemap_entry *entry,
                               struct str path)
{
    struct arena *arena = sitemap->p->arena;
    if (entry->translation_count)
        add_translation(sitemap, sitemap->p->lang, path);
    for (size_t i = 0; i < entry->translation_count; i++) {
        const struct sitemap_translation *other = &entry->translations[i];
        add_translation(sitemap, other->language,
                        site_path_article(arena, other->language, other->slug,
                                          id_str(&other->id)));
    }
}

static void write_picture(struct sitemap *sitemap,
                          const struct sitemap_entry *entry)
{
    char name[BLOB_PUBLIC_BYTES];
    if (!entry->picture.name[0])
        return;
    blob_public_name(&entry->picture, name);
    xml_open(&sitemap->xml, "image:image");
    xml_element(&sitemap->xml, "image:loc",
                printing_absolute(sitemap->p, arena_printf(sitemap->p->arena,
                                                           "/media/%s", name)));
    xml_close(&sitemap->xml);
}

static enum err write_articles(struct sitemap *sitemap, struct buf *out)
{
    struct printing *p = sitemap->p;
    struct sitemap_chunk chunk;
    struct sitemap_entries list;
    enum err err = sitemap_chunk_find(p->db, p->lang, p->path.month,
                                      p->path.part, p->arena, &chunk);
    if (!err)
        err = sitemap_chunk_read(p->db, &chunk, p->arena, &list);
    if (err)
        return err;
    change_keys_add(&p->keys, STR("sitemap:"),
                    arena_printf(p->arena, "%" PRI_STR "/%" PRI_STR "-%lld",
                                 ARG_STR(p->lang), ARG_STR(p->path.month),
                                 (long long)p->path.part));
    begin_urls(sitemap, out);
    xml_attr(&sitemap->xml, "xmlns:image",
             STR("http://www.google.com/schemas/sitemap-image/1.1"));
    for (size_t i = 0; i < list.count; i++) {
        const struct sitemap_entry *entry = &list.entries[i];
        struct str path = site_path_article(p->arena, p->lang, entry->slug,
                                            id_str(&entry->id));
        open_url(sitemap, path);
        add_time(&sitemap->xml, "lastmod", entry->changed_us);
        write_translations(sitemap, entry, path);
        write_picture(sitemap, entry);
        xml_close(&sitemap->xml);
    }
    return ERR_OK;
}

/* ---- News -------------------------------------------------------------------
 */

/* ISO 639, but for Chinese, of which Google tells two kinds apart. */
static struct str news_language(struct str lang)
{
    ptrdiff_t hyphen = str_find_char(lang, '-');
    if (hyphen < 0 || str_starts_with(lang, STR("zh-")))
        return lang;
    return str_slice(lang, 0, (size_t)hyphen);
}

static void write_news_item(struct sitemap *sitemap,
                            const struct sitemap_entry *entry)
{
    struct printing *p = sitemap->p;
    struct xml_writer *xml = &sitemap->xml;
    open_url(sitemap, site_path_article(p->arena, p->lang, entry->slug,
                                        id_str(&entry->id)));
    xml_open(xml, "news:news");
    xml_open(xml, "news:publication");
    xml_element(xml, "news:name", p->settings.name);
    xml_element(xml, "news:language", news_language(p->lang));
    xml_close(xml);
    add_time(xml, "news:publication_date", entry->published_us);
    xml_element(xml, "news:title", entry->headline);
    xml_close(xml);
    xml_close(xml);
}

/* What is younger than two days until the next hour begins, when it is printed
 * again. */
static int64_t news_since_us(void)
{
    int64_t now_us = time_now_us();
    return now_us - now_us % HOUR_US + HOUR_US - NEWS_HOURS * HOUR_US;
}

static enum err load_news(struct printing *p, struct str lang, size_t limit,
                          struct sitemap_entries *ret_list)
{
    change_keys_add(&p->keys, STR("latest:"), lang);
    change_keys_add(&p->keys, STR("hour"), STR(""));
    return sitemap_newest(p->db, lang, news_since_us(), limit, p->arena,
                          ret_list);
}

/* What was paid for is no news. */
static enum err write_news(struct sitemap *sitemap, struct buf *out)
{
    struct sitemap_entries list;
    enum err err = load_news(sitemap->p, sitemap->p->lang, NEWS_MAX, &list);
    if (err)
        return err;
    begin_urls(sitemap, out);
    xml_attr(&sitemap->xml, "xmlns:news",
             STR("http://www.google.com/schemas/sitemap-news/0.9"));
    for (size_t i = 0; i < list.count; i++) {
        if (!list.entries[i].sponsored)
            write_news_item(sitemap, &list.entries[i]);
    }
    return ERR_OK;
}

/* ---- Sections, tags, people -------------------------------------------------
 */

static enum err write_category(struct sitemap *sitemap,
                               const struct category *category)
{
    struct printing *p = sitemap->p;
    struct category_list others;
    enum err err =
        category_translations(p->db, &category->id, p->arena, &others);
    if (err)
        return err;
    open_url(sitemap, printing_path(p, "", category->path));
    for (size_t i = 0; others.count > 1 && i < others.count; i++) {
        const struct category *other = &others.categories[i];
        add_translation(sitemap, other->language,
                        arena_printf(p->arena, "/%" PRI_STR "/%" PRI_STR,
                                     ARG_STR(other->language),
                                     ARG_STR(other->path)));
    }
    xml_close(&sitemap->xml);
    return ERR_OK;
}

/* A page that is in every language: its front, TV. */
static void write_in_all(struct sitemap *sitemap, const char *name)
{
    struct printing *p = sitemap->p;
    open_url(sitemap, printing_path(p, name, STR("")));
    for (size_t i = 0; p->languages.count > 1 && i < p->languages.count; i++) {
        struct str code = p->languages.languages[i].code;
        add_translation(
            sitemap, code,
            arena_printf(p->arena, "/%" PRI_STR "/%s", ARG_STR(code), name));
    }
    xml_close(&sitemap->xml);
}

/* Programmes that can be watched again: what else is on the schedule is gone
 * tomorrow. */
static enum err write_programmes(struct sitemap *sitemap)
{
    struct printing *p = sitemap->p;
    struct channel_list channels;
    struct recording_list list;
    enum err err = tv_channels(p, &channels);
    if (!err)
        err = printing_failed(p, recording_list_state(p->db, RECORDING_READY,
                                                      NULL, PROGRAMMES_MAX,
                                                      p->arena, &list));
    if (err)
        return err;
    for (size_t i = 0; i < channels.count; i++)
        change_keys_add(&p->keys, STR("recordings:"),
                        channels.channels[i].name);
    for (size_t i = 0; i < list.count; i++)
        write_in_all(sitemap, arena_printf(p->arena, "programme/%s",
                                           list.recordings[i].of.id.text)
                                  .ptr);
    return ERR_OK;
}

static enum err write_sections(struct sitemap *sitemap, struct buf *out)
{
    struct printing *p = sitemap->p;
    struct category_list list;
    enum err err = category_tree(p->db, p->lang, p->arena, &list);
    if (err)
        return err;
    change_keys_add(&p->keys, STR("categories"), STR(""));
    begin_urls(sitemap, out);
    write_in_all(sitemap, "");
    write_in_all(sitemap, "tv");
    for (size_t i = 0; !err && i < list.count; i++)
        err = write_category(sitemap, &list.categories[i]);
    return err ? err : write_programmes(sitemap);
}

static enum err write_slugs(struct sitemap *sitemap, const char *kind,
                            const struct sitemap_slugs *list, struct buf *out)
{
    if (list->count == 0)
        return ERR_NOT_FOUND;
    begin_urls(sitemap, out);
    for (size_t i = 0; i < list->count; i++) {
        open_url(sitemap, printing_path(sitemap->p, kind, list->slugs[i]));
        xml_close(&sitemap->xml);
    }
    return ERR_OK;
}

static enum err write_tags(struct sitemap *sitemap, struct buf *out)
{
    struct printing *p = sitemap->p;
    struct sitemap_part part = {p->path.part, SITEMAP_NAMES, SITEMAP_NAMES};
    struct sitemap_slugs list;
    enum err err = sitemap_tags(p->db, p->lang, &part, p->arena, &list);
    change_keys_add(&p->keys, STR("tags:"), p->lang);
    return err ? err : write_slugs(sitemap, "tag/", &list, out);
}

static enum err write_authors(struct sitemap *sitemap, struct buf *out)
{
    struct printing *p = sitemap->p;
    struct sitemap_part part = {p->path.part, SITEMAP_NAMES, SITEMAP_NAMES};
    struct sitemap_slugs list;
    enum err err = sitemap_authors(p->db, p->lang, &part, p->arena, &list);
    change_keys_add(&p->keys, STR("authors"), STR(""));
    return err ? err : write_slugs(sitemap, "author/", &list, out);
}

/* ---- The index --------------------------------------------------------------
 */

static void add_file(struct sitemap *sitemap, struct str path,
                     int64_t changed_us)
{
    struct xml_writer *xml = &sitemap->xml;
    sitemap->count++;
    xml_open(xml, "sitemap");
    xml_element(xml, "loc", printing_absolute(sitemap->p, path));
    if (changed_us)
        add_time(xml, "lastmod", changed_us);
    xml_close(xml);
}

struct names {
    enum site_sitemap sitemap;
    enum err (*count)(struct db *, struct str, int64_t *);
    enum err (*read)(struct db *, struct str, const struct sitemap_part *,
                     struct arena *, struct sitemap_slugs *);
};

/* The parts that have something to show. */
static enum err add_names(struct sitemap *sitemap, const struct names *names,
                          struct str lang)
{
    struct printing *p = sitemap->p;
    struct sitemap_slugs list;
    int64_t count = 0;
    enum err err = names->count(p->db, lang, &count);
    struct sitemap_part part = {1, SITEMAP_NAMES, 1};
    for (; !err && (part.number - 1) * part.size < count; part.number++) {
        err = names->read(p->db, lang, &part, p->arena, &list);
        if (!err && list.count)
            add_file(sitemap,
                     site_path_sitemap(p->arena, lang, names->sitemap, STR(""),
                                       part.number),
                     0);
    }
    return err;
}

static enum err add_language(struct sitemap *sitemap, struct str lang)
{
    static const struct names tags = {SITE_SITEMAP_TAGS, sitemap_tag_count,
                                      sitemap_tags};
    static const struct names authors = {SITE_SITEMAP_AUTHORS,
                                         sitemap_author_count, sitemap_authors};
    struct printing *p = sitemap->p;
    struct sitemap_entries news;
    enum err err = load_news(p, lang, 1, &news);
    if (err)
        return err;
    if (news.count)
        add_file(
            sitemap,
            site_path_sitemap(p->arena, lang, SITE_SITEMAP_NEWS, STR(""), 1),
            news.entries[0].published_us);
    add_file(
        sitemap,
        site_path_sitemap(p->arena, lang, SITE_SITEMAP_SECTIONS, STR(""), 1),
        0);
    change_keys_add(&p->keys, STR("tags:"), lang);
    err = add_names(sitemap, &tags, lang);
    return err ? err : add_names(sitemap, &authors, lang);
}

static enum err write_index(struct sitemap *sitemap, struct buf *out)
{
    struct printing *p = sitemap->p;
    struct sitemap_chunks list;
    enum err err = sitemap_chunks(p->db, p->arena, &list);
    begin(sitemap, out, "sitemapindex");
    change_keys_add(&p->keys, STR("sitemaps"), STR(""));
    change_keys_add(&p->keys, STR("authors"), STR(""));
    for (size_t i = 0; !err && i < p->languages.count; i++)
        err = add_language(sitemap, p->languages.languages[i].code);
    for (size_t i = err ? 0 : list.count; i-- > 0;) {
        const struct sitemap_chunk *chunk = &list.chunks[i];
        add_file(sitemap,
                 site_path_sitemap(p->arena, chunk->language,
                                   SITE_SITEMAP_ARTICLES, chunk->month,
                                   chunk->part),
                 chunk->changed_us);
    }
    return err;
}

/* ---- The pages --------------------------------------------------------------
 */

/* A sitemap holds whole addresses: without the site's there is none. */
static enum err open_sitemap(struct printing *p, struct str lang)
{
    enum err err = printing_open_plain(p, lang);
    if (!err && p->settings.address.len == 0)
        err = ERR_NOT_FOUND;
    return err;
}

static void set_print(struct printing *p, struct str type, struct str body)
{
    p->print->status = 200;
    p->print->keeping = SITE_KEPT_IN_BULK;
    p->print->content_type = type;
    p->print->cache_control = STR("no-cache");
    p->print->body = arena_copy(p->arena, body);
    p->print->fields = p->look->asset_fields;
}

enum err page_sitemaps(struct printing *p)
{
    struct sitemap sitemap = {.p = p};
    DEFER(buf_finish) struct buf out;
    buf_init(&out, SITE_BODY_BYTES_MAX);
    enum err err = open_sitemap(p, STR(""));
    if (!err)
        err = printing_failed(p, write_index(&sitemap, &out));
    if (!err)
        err = xml_end(&sitemap.xml);
    if (!err)
        set_print(p, STR("application/xml; charset=utf-8"), buf_str(&out));
    return err;
}

static enum err pack(struct printing *p, struct str text)
{
    DEFER(buf_finish) struct buf packed;
    buf_init(&packed, PACKED_BYTES_MAX);
    enum err err = compress_gzip(text, COMPRESS_PAGE, &packed);
    if (err)
        return err;
    set_print(p, STR("application/gzip"), buf_str(&packed));
    p->print->packed = true;
    return ERR_OK;
}

enum err page_sitemap(struct printing *p)
{
    static enum err (*const writers[SITE_SITEMAP_COUNT])(struct sitemap *,
                                                         struct buf *) = {
        [SITE_SITEMAP_ARTICLES] = write_articles,
        [SITE_SITEMAP_SECTIONS] = write_sections,
        [SITE_SITEMAP_TAGS] = write_tags,
        [SITE_SITEMAP_AUTHORS] = write_authors,
        [SITE_SITEMAP_NEWS] = write_news,
    };
    struct sitemap sitemap = {.p = p};
    DEFER(buf_finish) struct buf out;
    buf_init(&out, SITEMAP_BYTES_MAX);
    enum err err = open_sitemap(p, p->path.lang);
    if (!err)
        err = printing_failed(p, writers[p->path.sitemap](&sitemap, &out));
    if (!err)
        err = xml_end(&sitemap.xml);
    return err ? err : pack(p, buf_str(&out));
}
