// SPDX-License-Identifier: Apache-2.0
#include "site/linked_data.h"

#include "base/buf.h"
#include "base/time.h"
#include "base/utf8.h"
#include "render/document.h"
#include "render/value.h"
#include "site/live_model.h"
#include "site/look.h"
#include "site/printing.h"
#include "site/story_model.h"

enum { HEADLINE_CHARACTERS = 110 }; /* what search engines show */

/* ---- Pieces -----------------------------------------------------------------
 */

static void set_text(struct value *object, const char *key, struct str text)
{
    if (text.len)
        value_set_str(object, key, text);
}

static void set_address(struct printing *p, struct value *object,
                        const char *key, struct str path)
{
    value_set_str(object, key, printing_absolute(p, path));
}

static void set_time(struct printing *p, struct value *object, const char *key,
                     int64_t time_us)
{
    char text[TIME_RFC3339_BYTES];
    time_format_rfc3339(time_us, text);
    value_set_str(object, key, arena_copy(p->arena, str_from_c(text)));
}

static struct value *add_node(struct value *list, const char *type)
{
    struct value *node = value_add_object(list);
    value_set_c(node, "@type", type);
    return node;
}

static struct value *set_node(struct value *object, const char *key,
                              const char *type)
{
    struct value *node = value_set_object(object, key);
    value_set_c(node, "@type", type);
    return node;
}

/* The next node of the page's graph. */
static struct value *add_to_graph(struct printing *p, const char *type)
{
    if (!p->linked) {
        struct value *linked = value_set_object(p->page, "linked");
        value_set_c(linked, "@context", "https://schema.org");
        p->linked = value_set_list(linked, "@graph");
    }
    return add_node(p->linked, type);
}

static void set_publisher(struct printing *p, struct value *object)
{
    struct value *publisher =
        set_node(object, "publisher", "NewsMediaOrganization");
    set_address(p, publisher, "url", printing_path(p, "", STR("")));
    value_set_str(publisher, "name", p->settings.name);
    const struct asset *logo =
        assets_find_name(&p->look->assets, STR("favicon.svg"));
    if (logo)
        set_address(p, set_node(publisher, "logo", "ImageObject"), "url",
                    logo->path);
}

/* ---- The way from the front -------------------------------------------------
 */

static void add_crumb(struct printing *p, struct value *list, struct str name,
                      struct str path)
{
    struct value *item = add_node(list, "ListItem");
    value_set_int(item, "position", (int64_t)value_count(list));
    value_set_str(item, "name", name);
    set_address(p, item, "item", path);
}

static void add_breadcrumbs(struct printing *p, const struct linked_step *steps,
                            size_t count)
{
    struct value *node = add_to_graph(p, "BreadcrumbList");
    struct value *list = value_set_list(node, "itemListElement");
    add_crumb(p, list, p->settings.name, printing_path(p, "", STR("")));
    for (size_t i = 0; i < count; i++)
        add_crumb(p, list, steps[i].name, steps[i].path);
}

static bool is_on_the_way(struct str path, struct str target)
{
    return str_starts_with(target, path) &&
           (target.len == path.len || target.ptr[path.len] == '/');
}

void linked_category_steps(struct printing *p, struct str category_path,
                           struct linked_step **ret_steps, size_t *ret_count)
{
    size_t count = 0;
    struct linked_step *steps =
        arena_array(p->arena, struct linked_step, SITE_PATH_DEPTH_MAX + 1);
    for (size_t i = 0; i < p->categories.count && count < SITE_PATH_DEPTH_MAX;
         i++) {
        const struct category *category = &p->categories.categories[i];
        if (is_on_the_way(category->path, category_path))
            steps[count++] = (struct linked_step){
                category->name, printing_path(p, "", category->path)};
    }
    *ret_steps = steps;
    *ret_count = count;
}

/* ---- Fronts and lists -------------------------------------------------------
 */

void linked_front(struct printing *p)
{
    struct value *site = add_to_graph(p, "WebSite");
    struct str path = printing_path(p, "", STR(""));
    set_address(p, site, "@id", path);
    set_address(p, site, "url", path);
    value_set_str(site, "name", p->settings.name);
    set_text(site, "description", p->settings.description);
    value_set_str(site, "inLanguage", p->lang);
    set_publisher(p, site);
}

void linked_list(struct printing *p, const char *type, struct str description,
                 const struct linked_step *steps, size_t count,
                 const struct article_list *list)
{
    const struct linked_step *last = &steps[count - 1];
    struct value *page = add_to_graph(p, type);
    set_address(p, page, "@id", last->path);
    set_address(p, page, "url", last->path);
    value_set_str(page, "name", last->name);
    set_text(page, "description", description);
    value_set_str(page, "inLanguage", p->lang);
    struct value *stories = set_node(page, "mainEntity", "ItemList");
    struct value *items = value_set_list(stories, "itemListElement");
    for (size_t i = 0; i < list->count; i++) {
        const struct article_card *card = &list->cards[i];
        struct value *item = add_node(items, "ListItem");
        value_set_int(item, "position", (int64_t)i + 1);
        set_address(p, item, "url",
                    site_path_article(p->arena, card->language, card->slug,
                                      id_str(&card->id)));
        value_set_str(item, "name", card->headline);
    }
    add_breadcrumbs(p, steps, count);
}

/* ---- Articles ---------------------------------------------------------------
 */

static const char *type_of(const struct article_content *content,
                           const struct live_page *live)
{
    if (live)
        return "LiveBlogPosting";
    if (content->sponsored)
        return "AdvertiserContentArticle";
    return content->opinion ? "OpinionNewsArticle" : "NewsArticle";
}

static struct str cut(struct printing *p, struct str text)
{
    struct str rest = text;
    uint32_t character;
    if (utf8_count(text) <= HEADLINE_CHARACTERS)
        return text;
    for (int i = 0; i < HEADLINE_CHARACTERS - 1; i++)
        utf8_next(&rest, &character);
    struct str kept = str_slice(text, 0, text.len - rest.len);
    return arena_concat(p->arena, str_trim(kept), STR("…"));
}

/* People by name; an agency or a paper, where nobody is named, as what it is.
 */
static void add_authors(struct printing *p, struct value *authors,
                        const struct article_byline *bylines, size_t count,
                        struct str source)
{
    for (size_t i = 0; i < count; i++) {
        const struct article_byline *byline = &bylines[i];
        if (!article_byline_is_author(byline))
            continue;
        struct value *author = add_node(
            authors, str_eq(byline->name, source) ? "Organization" : "Person");
        value_set_str(author, "name", byline->name);
        if (byline->slug.len)
            set_address(p, author, "url",
                        printing_path(p, "author/", byline->slug));
    }
}

static void set_authors(struct printing *p, struct value *node,
                        const struct article *article)
{
    const struct article_content *content = &article->content;
    struct value *authors = value_list(p->arena);
    add_authors(p, authors, content->bylines, content->byline_count,
                content->source);
    if (!value_count(authors) && content->byline.len)
        value_set_str(add_node(authors, "Person"), "name", content->byline);
    else if (!value_count(authors))
        value_set_str(add_node(authors, "Organization"), "name",
                      content->source.len ? content->source : p->settings.name);
    value_set(node, "author", authors);
}

/* Search engines take the one that fits where they show it. */
static void add_cuts(struct printing *p, struct value *images,
                     const struct medium *medium)
{
    static const enum picture_cut cuts[] = {PICTURE_WIDE, PICTURE_SQUARE};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        const struct rendition *file = story_cut(medium, cuts[i]);
        if (!file)
            continue;
        struct value *image = add_node(images, "ImageObject");
        set_address(p, image, "url", story_file_path(p->arena, file));
        value_set_int(image, "width", file->width);
        value_set_int(image, "height", file->height);
    }
}

static void set_picture(struct printing *p, struct value *node,
                        const struct article *article)
{
    const struct article_content *content = &article->content;
    const struct medium *medium = article->picture;
    const struct rendition *file = story_preview(medium);
    if (!file)
        return;
    struct value *images = value_set_list(node, "image");
    struct value *image = add_node(images, "ImageObject");
    set_address(p, image, "url", story_file_path(p->arena, file));
    if (file->width && file->height) {
        value_set_int(image, "width", file->width);
        value_set_int(image, "height", file->height);
    }
    set_text(image, "caption",
             content->picture_caption.len ? content->picture_caption
                                          : medium->caption);
    set_text(image, "creditText",
             content->picture_credit.len ? content->picture_credit
                                         : medium->credit);
    add_cuts(p, images, medium);
}

static void set_corrections(struct printing *p, struct value *node,
                            const struct article *article)
{
    if (!article->correction_count)
        return;
    struct value *list = value_set_list(node, "correction");
    for (size_t i = 0; i < article->correction_count; i++) {
        struct value *correction = add_node(list, "CorrectionComment");
        value_set_str(correction, "text", article->corrections[i].text);
        set_time(p, correction, "datePublished",
                 article->corrections[i].time_us);
    }
}

static void set_subjects(struct value *node, const struct article *article)
{
    struct value *sections = value_set_list(node, "articleSection");
    for (size_t i = 0; i < article->category_count; i++)
        value_add_str(sections, article->categories[i].name);
    struct value *keywords = value_set_list(node, "keywords");
    for (size_t i = 0; i < article->tag_count; i++)
        value_add_str(keywords, article->tags[i].name);
}

/* ---- Live blogs -------------------------------------------------------------
 */

static void add_update(struct printing *p, struct value *list,
                       const struct live_post *post, struct str path)
{
    DEFER(buf_finish) struct buf text;
    buf_init(&text, DOCUMENT_TEXT_BYTES_MAX);
    document_write_text(post->document, &text);
    struct value *node = add_node(list, "BlogPosting");
    struct str url = live_post_url(p, path, &post->id);
    set_address(p, node, "url", url);
    value_set_str(node, "headline", cut(p, live_post_title(p, post)));
    value_set_str(node, "articleBody", arena_copy(p->arena, buf_str(&text)));
    set_time(p, node, "datePublished", post->time_us);
    int64_t changed_us = post->edited_us > post->corrected_us
                             ? post->edited_us
                             : post->corrected_us;
    if (changed_us)
        set_time(p, node, "dateModified", changed_us);
    if (post->byline_count)
        add_authors(p, value_set_list(node, "author"), post->bylines,
                    post->byline_count, STR(""));
    if (!post->corrected_us)
        return;
    struct value *correction =
        set_node(node, "correction", "CorrectionComment");
    value_set_str(correction, "text", post->correction);
    set_time(p, correction, "datePublished", post->corrected_us);
}

static void set_live(struct printing *p, struct value *node,
                     const struct live_page *live, struct str path,
                     int64_t changed_us)
{
    const struct live_blog *blog = &live->blog;
    set_time(p, node, "coverageStartTime", blog->started_us);
    if (blog->ended_us)
        set_time(p, node, "coverageEndTime", blog->ended_us);
    if (blog->changed_us > changed_us)
        set_time(p, node, "dateModified", blog->changed_us);
    struct value *updates = value_set_list(node, "liveBlogUpdate");
    if (live->pinned)
        add_update(p, updates, live->pinned, path);
    for (size_t i = 0; i < live->posts.count; i++) {
        if (!live->posts.posts[i].removed_us)
            add_update(p, updates, &live->posts.posts[i], path);
    }
}

static void add_article(struct printing *p, const struct article *article,
                        const struct live_page *live, struct str path,
                        struct str description)
{
    const struct article_content *content = &article->content;
    struct value *node = add_to_graph(p, type_of(content, live));
    struct value *page = set_node(node, "mainEntityOfPage", "WebPage");
    set_address(p, page, "@id", path);
    set_address(p, node, "url", path);
    value_set_str(node, "headline", cut(p, content->headline));
    set_text(node, "description", description);
    set_time(p, node, "datePublished", article->published_us);
    set_time(p, node, "dateModified", article_changed_us(article));
    set_authors(p, node, article);
    set_publisher(p, node);
    set_picture(p, node, article);
    set_subjects(node, article);
    set_text(node, "dateline", content->dateline);
    value_set_str(node, "inLanguage", content->language);
    value_set_bool(node, "isAccessibleForFree", true);
    if (article->document)
        value_set_int(node, "wordCount",
                      (int64_t)document_count(article->document).words);
    set_corrections(p, node, article);
    if (live)
        set_live(p, node, live, path, article_changed_us(article));
}

void linked_article(struct printing *p, const struct article *article,
                    const struct live_page *live, struct str path,
                    struct str description)
{
    struct linked_step *steps;
    size_t count;
    struct str category =
        article->category_count ? article->categories[0].path : STR("");
    add_article(p, article, live, path, description);
    linked_category_steps(p, category, &steps, &count);
    steps[count++] = (struct linked_step){article->content.headline, path};
    add_breadcrumbs(p, steps, count);
}

/* ---- Programmes -------------------------------------------------------------
 */

static void add_recording(struct printing *p,
                          const struct linked_programme *programme)
{
    struct value *node = add_to_graph(p, "VideoObject");
    value_set_str(node, "name", programme->name);
    set_text(node, "description",
             programme->description.len ? programme->description
                                        : programme->name);
    set_text(node, "inLanguage", programme->language);
    set_time(p, node, "uploadDate", programme->end_us);
    value_set_str(
        node, "duration",
        arena_printf(p->arena, "PT%lldS",
                     (long long)(programme->duration_us / TIME_US_PER_SECOND)));
    set_address(p, node, "contentUrl", programme->recording);
    set_address(p, node, "url", programme->path);
    const struct asset *poster =
        assets_find_name(&p->look->assets, STR("slate.svg"));
    if (poster)
        set_address(p, node, "thumbnailUrl", poster->path);
    set_publisher(p, node);
}

void linked_add_programme(struct printing *p,
                          const struct linked_programme *programme)
{
    struct value *node = add_to_graph(p, "BroadcastEvent");
    value_set_str(node, "name", programme->name);
    set_text(node, "description", programme->description);
    set_text(node, "inLanguage", programme->language);
    set_time(p, node, "startDate", programme->start_us);
    set_time(p, node, "endDate", programme->end_us);
    set_address(p, node, "url", programme->path);
    value_set_bool(node, "isLiveBroadcast", true);
    struct value *service = set_node(node, "publishedOn", "BroadcastService");
    value_set_str(service, "name", programme->channel);
    set_publisher(p, node);
    if (programme->recording.len)
        add_recording(p, programme);
    add_breadcrumbs(p,
                    (const struct linked_step[]){
                        {programme->channel, printing_path(p, "tv", STR(""))},
                        {programme->name, programme->path},
                    },
                    2);
}
