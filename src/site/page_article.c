// SPDX-License-Identifier: Apache-2.0
/* An article, a live blog, and what stands at its address when it was
 * withdrawn. */
#include "base/buf.h"
#include "base/time.h"
#include "content/article_list.h"
#include "link/page.h"
#include "net/uri.h"
#include "render/catalogue.h"
#include "render/document.h"
#include "render/locale.h"
#include "render/value.h"
#include "site/linked_data.h"
#include "site/list_model.h"
#include "site/live_model.h"
#include "site/pages.h"
#include "site/printer.h"
#include "site/printing.h"
#include "site/share_card.h"
#include "site/story_model.h"

#define YEAR_US (INT64_C(31557600) * TIME_US_PER_SECOND) /* 365.25 days */
#define DAY_US (INT64_C(86400) * TIME_US_PER_SECOND)

enum {
    DESCRIPTION_CHARACTERS = 160,
    OLD_NOTICE_DAYS = 60, /* how long before an anniversary a page watches
                             the calendar */
    GONE_LATEST = 5,
};

/* ---- Pieces of the model ----------------------------------------------------
 */

static void set_category(struct printing *p, struct value *model,
                         const struct article *article)
{
    value_set_bool(model, "category", false);
    if (article->category_count == 0)
        return;
    const struct category *category = &article->categories[0];
    struct catalogue_arg args[] = {CATALOGUE_STR("name", category->name)};
    struct value *link = value_set_object(model, "category");
    value_set_str(link, "name", category->name);
    value_set_str(link, "url", printing_path(p, "", category->path));
    value_set_str(link, "more",
                  catalogue_format(p->words, p->locale,
                                   STR("article.more_from"), args, 1,
                                   p->arena));
}

/* What a message has before, between and behind the names that it is about,
 * which are links and therefore no arguments: "By ", " and ", "". */
struct around {
    struct str before, between, behind;
};

static struct around words_around(struct printing *p, struct str key)
{
    struct catalogue_arg args[] = {CATALOGUE_STR("names", STR("\n")),
                                   CATALOGUE_STR("name", STR("\n"))};
    struct str text =
        catalogue_format(p->words, p->locale, key, args, 2, p->arena);
    ptrdiff_t first = str_find_char(text, '\n');
    ptrdiff_t last = str_find_last_char(text, '\n');
    if (first < 0)
        return (struct around){.before = text};
    struct around around = {
        .before = str_slice(text, 0, (size_t)first),
        .behind = str_from(text, (size_t)last + 1),
    };
    if (last > first)
        around.between =
            str_slice(text, (size_t)first + 1, (size_t)(last - first - 1));
    return around;
}

/* What stands before the name: "By ", ", ", " and ". */
static struct str before_name(struct printing *p, size_t index, size_t count)
{
    if (index == 0)
        return words_around(p, STR("article.by")).before;
    struct str key =
        index + 1 < count ? STR("article.comma") : STR("article.and");
    return words_around(p, key).between;
}

static void add_name(struct printing *p, struct value *list, struct str before,
                     struct str name, struct str slug)
{
    struct value *entry = value_add_object(list);
    value_set_str(entry, "before", before);
    value_set_str(entry, "name", name);
    value_set_str(entry, "url",
                  slug.len ? printing_path(p, "author/", slug) : STR(""));
}

/* Whether the byline says no more than the source line does. */
static bool is_source_alone(const struct article_content *content)
{
    if (content->byline.len)
        return str_eq(content->byline, content->source);
    return content->byline_count == 1 &&
           !id_is_set(&content->bylines[0].person) &&
           str_eq(content->bylines[0].name, content->source);
}

/* The byline as it was written, its names linked where they stand in it. */
static void set_written_byline(struct printing *p, struct value *model,
                               struct value *list,
                               const struct article_content *content)
{
    struct str rest = content->byline;
    for (size_t i = 0; i < content->byline_count; i++) {
        const struct article_byline *byline = &content->bylines[i];
        ptrdiff_t at = byline->name.len ? str_find(rest, byline->name) : -1;
        if (at < 0)
            continue;
        struct str before = str_slice(rest, 0, (size_t)at);
        if (i == 0 && at == 0)
            before = before_name(p, 0, 1);
        add_name(p, list, before, byline->name, byline->slug);
        rest = str_from(rest, (size_t)at + byline->name.len);
    }
    struct str behind = words_around(p, STR("article.by")).behind;
    value_set_str(model, "byline_end", arena_concat(p->arena, rest, behind));
}

static void set_byline(struct printing *p, struct value *model,
                       const struct article *article)
{
    const struct article_content *content = &article->content;
    struct value *list = value_set_list(model, "byline");
    bool shown = !is_source_alone(content);
    value_set_str(model, "byline_end",
                  words_around(p, STR("article.by")).behind);
    if (shown && content->byline.len)
        set_written_byline(p, model, list, content);
    for (size_t i = 0; i < content->byline_count; i++) {
        const struct article_byline *byline = &content->bylines[i];
        if (shown && !content->byline.len)
            add_name(p, list, before_name(p, i, content->byline_count),
                     byline->name, byline->slug);
        if (byline->slug.len)
            change_keys_add(&p->keys, STR("author:"), byline->slug);
    }
    value_set_bool(model, "has_byline",
                   shown && (content->byline.len || content->byline_count));
}

static void set_picture(struct printing *p, struct value *model,
                        const struct article *article)
{
    const struct article_content *content = &article->content;
    const struct medium *medium = article->picture;
    if (!medium) {
        value_set_bool(model, "picture", false);
        return;
    }
#define OWN_OR(own, other) ((own).len ? (own) : (other))
    struct str caption = OWN_OR(content->picture_caption, medium->caption);
    struct str credit = OWN_OR(content->picture_credit, medium->credit);
    struct str alt = OWN_OR(content->picture_alt, medium->alt);
#undef OWN_OR
    value_set_str(model, "caption", caption);
    value_set_str(model, "credit", credit);
    value_set_bool(model, "has_caption", caption.len || credit.len);
    story_set_picture(p, model, medium, alt, STORY_FULL, true);
}

/* A file of ours is played on the page, one elsewhere is linked to: a page
 * fetches nothing from others. */
static void set_enclosure(struct printing *p, struct value *model,
                          const struct article *article)
{
    const struct article_enclosure *enclosure = &article->content.enclosure;
    value_set_bool(model, "enclosure", false);
    if (!article_enclosure_is_set(enclosure))
        return;
    struct value *object = value_set_object(model, "enclosure");
    struct catalogue_arg args[] = {
        CATALOGUE_INT("minutes", (enclosure->seconds + 59) / 60)};
    value_set_str(object, "url",
                  article->enclosure
                      ? story_file_path(p->arena, &article->enclosure->original)
                      : enclosure->url);
    value_set_str(object, "type", enclosure->mime);
    value_set_bool(object, "here", article->enclosure != NULL);
    value_set_bool(object, "audio",
                   str_starts_with(enclosure->mime, STR("audio/")));
    value_set_str(object, "length",
                  enclosure->seconds ? catalogue_format(p->words, p->locale,
                                                        STR("article.minutes"),
                                                        args, 1, p->arena)
                                     : STR(""));
}

/* "More than a year old". Pages near an anniversary depend on the day. */
static void set_age(struct printing *p, struct value *model,
                    const struct article *article)
{
    int64_t age = time_now_us() - article->published_us;
    int64_t years = age / YEAR_US;
    value_set_bool(model, "old", false);
    if (age % YEAR_US > YEAR_US - OLD_NOTICE_DAYS * DAY_US)
        change_keys_add(&p->keys, STR("day"), STR(""));
    if (years < 1)
        return;
    struct catalogue_arg args[] = {CATALOGUE_INT("years", years)};
    value_set_str(model, "old",
                  catalogue_format(p->words, p->locale, STR("article.old"),
                                   args, 1, p->arena));
}

static void set_views(struct printing *p, struct value *model,
                      const struct article *article)
{
    struct catalogue_arg args[] = {CATALOGUE_INT("count", article->views)};
    value_set_str(model, "views",
                  catalogue_format(p->words, p->locale, STR("article.views"),
                                   args, 1, p->arena));
    /* For the script that shows a newer number: its words, and how the language
     * writes a long one, which not every browser knows. */
    value_set_str(model, "views_sample",
                  locale_format_number(p->locale, 1234567, p->arena));
    value_set_str(model, "views_words",
                  catalogue_text(p->words, STR("article.views")));
    change_keys_add(&p->keys, STR("views:"), id_str(&article->id));
}

static void set_corrections(struct printing *p, struct value *model,
                            const struct article *article)
{
    struct value *notices = value_set_list(model, "notices");
    for (size_t i = 0; i < article->correction_count; i++) {
        struct value *notice = value_add_object(notices);
        value_set_str(notice, "text", article->corrections[i].text);
        printing_set_time(p, notice, "at", article->corrections[i].time_us);
    }
}

static void set_topics(struct printing *p, struct value *model,
                       const struct article *article)
{
    struct value *topics = value_set_list(model, "topics");
    for (size_t i = 0; i < article->tag_count; i++) {
        struct value *topic = value_add_object(topics);
        value_set_str(topic, "name", article->tags[i].name);
        value_set_str(topic, "url",
                      printing_path(p, "tag/", article->tags[i].slug));
    }
    value_set_bool(model, "has_topics", article->tag_count > 0);
}

static struct str language_name(const struct printing *p, struct str code)
{
    for (size_t i = 0; i < p->languages.count; i++) {
        if (str_eq(p->languages.languages[i].code, code))
            return p->languages.languages[i].name;
    }
    return code;
}

static void set_translations(struct printing *p, struct value *model,
                             const struct article *article, struct str path)
{
    struct value *list = value_set_list(model, "translations");
    printing_translated(p, p->lang, path);
    for (size_t i = 0; i < article->translation_count; i++) {
        const struct article_translation *other = &article->translations[i];
        struct str url = site_path_article(p->arena, other->language,
                                           other->slug, id_str(&other->id));
        struct value *link = value_add_object(list);
        printing_translated(p, other->language, url);
        value_set_str(link, "lang", other->language);
        value_set_str(link, "language", language_name(p, other->language));
        value_set_str(link, "headline", other->headline);
        value_set_str(link, "url", url);
    }
    value_set_bool(model, "has_translations", article->translation_count > 0);
}

static enum err set_related(struct printing *p, struct value *model,
                            const struct article *article)
{
    struct article_list list;
    enum err err =
        article_list_related(p->db, article, ARTICLE_RELATED, p->arena, &list);
    if (err)
        return printing_failed(p, err);
    struct value *related = value_set_list(model, "related");
    bool pictured = false; /* one is enough */
    for (size_t i = 0; i < list.count; i++) {
        struct value *story = value_add_object(related);
        story_fill(p, story, &list.cards[i],
                   pictured ? STORY_BRIEF : STORY_STANDARD, 0);
        value_set_str(story, "standfirst", STR(""));
        pictured |= list.cards[i].picture != NULL;
    }
    value_set_bool(model, "has_related", list.count > 0);
    return ERR_OK;
}

/* ---- The page ---------------------------------------------------------------
 */

/* Open Graph's article:…, with people as addresses of their pages. */
static void share_article(struct printing *p, const struct article *article)
{
    const struct article_content *content = &article->content;
    struct value *about = value_set_object(p->share, "article");
    printing_set_time(p, about, "published", article->published_us);
    printing_set_time(p, about, "modified", article_changed_us(article));
    value_set_str(about, "section",
                  article->category_count ? article->categories[0].name
                                          : STR(""));
    struct value *authors = value_set_list(about, "authors");
    for (size_t i = 0; i < content->byline_count; i++) {
        const struct article_byline *byline = &content->bylines[i];
        if (byline->slug.len && article_byline_is_author(byline))
            value_add_str(authors,
                          printing_absolute(
                              p, printing_path(p, "author/", byline->slug)));
    }
    struct value *tags = value_set_list(about, "tags");
    for (size_t i = 0; i < article->tag_count; i++)
        value_add_str(tags, article->tags[i].name);
}

/* Where others learn what to show for this address: only a server that knows
 * its own address tells. */
static void set_oembed(struct printing *p, struct str path)
{
    static const char *const formats[] = {"json", "xml"};
    struct value *list = value_set_list(p->page, "oembed");
    DEFER(buf_finish) struct buf url;
    buf_init(&url, 4 * PAGE_KEY_BYTES_MAX);
    uri_write_query(&url, printing_absolute(p, path));
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (!p->settings.address.len || printing_is_static(p) || buf_err(&url))
            return;
        struct value *link = value_add_object(list);
        value_set_str(link, "type",
                      arena_printf(p->arena, "%s/%s+oembed",
                                   i ? "text" : "application", formats[i]));
        value_set_str(link, "url",
                      arena_printf(p->arena,
                                   "%" PRI_STR "/oembed?url=%" PRI_STR
                                   "&format=%s",
                                   ARG_STR(p->settings.address),
                                   ARG_STR(buf_str(&url)), formats[i]));
    }
}

/* Of a page that begins with a post: what is shared is the post, while for
 * search engines its text belongs to the live blog. */
static void share_post(struct printing *p, const struct live_post *post,
                       struct str path)
{
    struct str text =
        document_excerpt(post->document, DESCRIPTION_CHARACTERS, p->arena);
    if (text.len)
        printing_describe(p, text);
    if (post->headline.len)
        value_set_str(p->share, "title", post->headline);
    value_set_str(p->share, "url",
                  printing_absolute(p, live_post_url(p, path, &post->id)));
}

static void set_head(struct printing *p, const struct article *article,
                     const struct live_page *live, struct str path)
{
    const struct article_content *content = &article->content;
    struct str description = content->seo_description;
    if (!description.len)
        description = content->standfirst;
    if (!description.len && article->document)
        description = document_excerpt(article->document,
                                       DESCRIPTION_CHARACTERS, p->arena);
    printing_title(p, content->seo_title.len ? content->seo_title
                                             : content->headline);
    printing_describe(p, description);
    printing_canonical(p, p->path.has_before
                              ? printing_before(p, path, &p->path.before)
                              : path);
    printing_share(p, "article", content->headline);
    struct str card = share_card_path(p, article);
    if (card.len)
        printing_share_card(p, card, content->headline);
    else
        printing_share_picture(p, article->picture, content->picture_alt);
    share_article(p, article);
    value_set_str(p->page, "item", site_path_item(p->arena, path));
    set_oembed(p, path);
    linked_article(p, article, live, path, description);
    if (live)
        printing_feeds(p, content->headline, path);
    if (live && live->focus && !live->focus->removed_us)
        share_post(p, live->focus, path);
    if (content->canonical.len)
        value_set_str(p->page, "canonical", content->canonical);
}

static void set_text(struct printing *p, struct value *model,
                     const struct article *article)
{
    const struct article_content *content = &article->content;
    struct document_writer writer = story_writer(p, article);
    writer.first_is_eager = !article->picture;
    value_set_str(model, "id", arena_copy(p->arena, id_str(&article->id)));
    value_set_str(model, "headline", content->headline);
    value_set_str(model, "kicker", content->kicker);
    value_set_str(model, "standfirst", content->standfirst);
    value_set_str(model, "source",
                  content->sponsored ? STR("") : content->source);
    value_set_str(model, "place", content->dateline);
    value_set_bool(model, "opinion", content->opinion);
    value_set_bool(model, "live", content->live);
    story_set_paid(p, model, content->sponsored, content->source);
    if (article->document)
        value_set(model, "body",
                  document_html_value(article->document, &writer, p->arena));
    printing_set_time(p, model, "published", article->published_us);
    printing_set_time(p, model, "updated", article->updated_us);
}

static enum err fill_article(struct printing *p, const struct article *article,
                             const struct live_page *live, struct str path)
{
    struct value *model = value_set_object(p->data, "article");
    set_text(p, model, article);
    set_category(p, model, article);
    set_byline(p, model, article);
    set_picture(p, model, article);
    set_enclosure(p, model, article);
    set_age(p, model, article);
    set_views(p, model, article);
    set_corrections(p, model, article);
    value_set_int(model, "changed", article_changed_us(article) / 1000);
    set_topics(p, model, article);
    set_translations(p, model, article, path);
    set_head(p, article, live, path);
    if (live)
        live_page_set(p, article, live, path);
    return set_related(p, model, article);
}

/* A withdrawn article's address: where it went, or that it is gone. */
static enum err answer_withdrawn(struct printing *p,
                                 const struct article *article)
{
    if (!article->withdrawn_target.len)
        return page_gone(p, article);
    printing_redirect(p, 301, article->withdrawn_target, SITE_KEPT);
    return ERR_OK;
}

/* live is zeroed when it is none. */
static enum err load_live(struct printing *p, const struct article *article,
                          struct live_page *live)
{
    enum err err = live_page_load(p, article, live);
    return err == ERR_NOT_FOUND && !live->blog.seq ? ERR_OK : err;
}

static struct str query_of(const struct printing *p)
{
    ptrdiff_t mark = str_find_char(p->page_key, '?');
    return mark < 0 ? STR("") : str_from(p->page_key, (size_t)mark);
}

enum err page_article(struct printing *p)
{
    struct article article;
    enum err err = article_load_public(p->db, &p->path.id, p->arena, &article);
    if (err && err != ERR_GONE)
        return printing_failed(p, err);
    change_keys_add(&p->keys, STR("article:"), id_str(&p->path.id));
    if (err == ERR_GONE)
        return answer_withdrawn(p, &article);
    const struct article_content *content = &article.content;
    struct str path = site_path_article(p->arena, content->language,
                                        content->slug, id_str(&article.id));
    struct str own = arena_concat(p->arena, path, query_of(p));
    if (!str_eq(p->page_key, own)) {
        printing_redirect(p, 301, own, SITE_NOT_KEPT);
        return ERR_OK;
    }
    struct live_page live = {0};
    err = printing_open(p, content->language);
    if (!err)
        err = printing_failed(p, load_live(p, &article, &live));
    bool is_live = live.blog.seq > 0;
    if (!err && !is_live && own.len > path.len) { /* it has one page only */
        printing_redirect(p, 301, path, SITE_NOT_KEPT);
        return ERR_OK;
    }
    if (!err)
        err = printing_events(p, &article.id);
    if (!err)
        err = fill_article(p, &article, is_live ? &live : NULL, path);
    return err ? err : printing_render(p, is_live ? "live" : "article", 200);
}

enum err page_gone(struct printing *p, const struct article *article)
{
    enum err err = printing_open_any(p, article->content.language);
    if (err)
        return err;
    struct value *gone = value_set_object(p->data, "gone");
    printing_set_time(p, gone, "at", article->withdrawn_us);
    struct catalogue_arg args[] = {
        CATALOGUE_STR("date", value_text(value_path(gone, STR("at.text"))))};
    struct str title =
        catalogue_text(p->words, article->expired ? STR("gone.expired_title")
                                                  : STR("gone.title"));
    value_set_bool(gone, "expired", article->expired);
    value_set_str(gone, "title", title);
    value_set_str(gone, "reason", article->withdrawn_reason);
    value_set_str(gone, "when",
                  catalogue_format(p->words, p->locale,
                                   article->expired ? STR("gone.expired_when")
                                                    : STR("gone.when"),
                                   args, 1, p->arena));
    value_set_bool(p->page, "noindex", true);
    printing_title(p, title);
    err = list_set_latest(p, GONE_LATEST);
    return err ? err : printing_render(p, "gone", 410);
}
