// SPDX-License-Identifier: Apache-2.0
/* oEmbed (oembed.com): who is given an address of ours asks what to show for
 * it, and is told of a card in a frame (page_embed.c). Nobody keeps the answer:
 * there are as many as questions. */
#include "base/buf.h"
#include "content/article_list.h"
#include "content/redirect.h"
#include "link/page_key.h"
#include "net/uri.h"
#include "render/escape.h"
#include "render/value.h"
#include "render/value_json.h"
#include "render/xml_writer.h"
#include "site/look.h"
#include "site/pages.h"
#include "site/printer.h"
#include "site/printing.h"
#include "site/story_model.h"

enum {
    ANSWER_BYTES_MAX = 64 * 1024,
    CARD_WIDTH_MAX = 600,
    CARD_WIDTH_MIN = 200,
    CARD_WIDE = 480,        /* from here on the picture is beside the text */
    CARD_WIDE_HEIGHT = 220, /* both as in style.css */
    CARD_TEXT_HEIGHT = 230,
    CACHE_SECONDS = 3600,
};

#define ANYBODY "Access-Control-Allow-Origin: *\r\n"

struct question {
    bool xml;
    int64_t width_max, height_max; /* pixels; INT64_MAX when not said */
    struct article article;
    struct str path; /* of the article's page */
};

static struct str value_of(const struct printing *p, const char *name)
{
    char value[PAGE_KEY_VALUE_BYTES];
    return arena_copy(p->arena,
                      page_key_value(p->page_key, str_from_c(name), value));
}

static enum err answer(struct printing *p, int status, struct str type,
                       struct str body)
{
    p->print->status = status;
    p->print->content_type = type;
    p->print->cache_control = STR("no-cache");
    p->print->keeping = SITE_NOT_KEPT;
    p->print->body = arena_copy(p->arena, body);
    p->print->fields =
        arena_concat(p->arena, p->look->asset_fields, STR(ANYBODY));
    return ERR_OK;
}

/* §2.3.4 names the statuses; people read the text. */
static enum err refuse(struct printing *p, int status, const char *text)
{
    return answer(p, status, STR("text/plain; charset=utf-8"),
                  str_from_c(text));
}

/* ---- What is asked for ------------------------------------------------------
 */

/* The address behind "https://", whichever of the two was written. */
static struct str without_scheme(struct str address)
{
    ptrdiff_t at = str_find(address, STR("://"));
    struct str scheme = str_slice(address, 0, at < 0 ? 0 : (size_t)at);
    bool is_web = str_eq_ascii_case(scheme, STR("http")) ||
                  str_eq_ascii_case(scheme, STR("https"));
    return is_web ? str_from(address, (size_t)at + 3) : STR("");
}

/* The decoded path of an address of ours, "" of any other. */
static struct str own_path(struct printing *p, struct str address)
{
    struct str own = without_scheme(p->settings.address);
    struct str asked = without_scheme(address);
    char scratch[URI_PATH_BYTES_MAX];
    struct uri_path path;
    if (!own.len || asked.len <= own.len ||
        !str_eq_ascii_case(str_slice(asked, 0, own.len), own) ||
        asked.ptr[own.len] != '/')
        return STR("");
    asked = str_from(asked, own.len);
    size_t end = 0;
    while (end < asked.len && asked.ptr[end] != '?' && asked.ptr[end] != '#')
        end++;
    if (uri_path_decode(str_slice(asked, 0, end), scratch, &path))
        return STR("");
    return arena_copy(p->arena, path.text);
}

/* The article at path, also where the path moved or the article went to another
 * one; ERR_GONE as article_load_public. */
static enum err find_article(struct printing *p, struct str path,
                             struct article *ret_article)
{
    enum { STEPS_MAX = 3 };
    enum err err = ERR_NOT_FOUND;
    for (int step = 0; step < STEPS_MAX && path.len; step++) {
        struct site_path parsed = site_path_parse(path);
        if (parsed.page != SITE_PAGE_ARTICLE) {
            err = redirect_find(p->db, path, p->arena, &path);
            if (err)
                return err;
            err = ERR_NOT_FOUND;
            continue;
        }
        err = article_load_public(p->db, &parsed.id, p->arena, ret_article);
        if (err != ERR_GONE || !ret_article->withdrawn_target.len)
            return err;
        path = ret_article->withdrawn_target;
    }
    return err;
}

static int64_t limit_of(const struct printing *p, const char *name)
{
    int64_t limit;
    if (str_parse_i64(value_of(p, name), &limit) || limit <= 0)
        return INT64_MAX;
    return limit;
}

/* ---- The answer -------------------------------------------------------------
 */

static void set_author(struct printing *p, struct value *object,
                       const struct article *article)
{
    const struct article_content *content = &article->content;
    for (size_t i = 0; i < content->byline_count; i++) {
        const struct article_byline *byline = &content->bylines[i];
        if (!article_byline_is_author(byline))
            continue;
        value_set_str(object, "author_name", byline->name);
        if (byline->slug.len)
            value_set_str(object, "author_url",
                          printing_absolute(
                              p, printing_path(p, "author/", byline->slug)));
        return;
    }
    struct str other = article->byline.len ? article->byline : content->source;
    if (other.len)
        value_set_str(object, "author_name", other);
}

/* Within what was asked for (§2.3.4.1), or none. */
static void set_thumbnail(struct printing *p, struct value *object,
                          const struct question *question)
{
    const struct rendition *file = story_preview(question->article.picture);
    if (!file || !file->width || !file->height ||
        file->width > question->width_max ||
        file->height > question->height_max)
        return;
    value_set_str(object, "thumbnail_url",
                  printing_absolute(p, story_file_path(p->arena, file)));
    value_set_int(object, "thumbnail_width", file->width);
    value_set_int(object, "thumbnail_height", file->height);
}

static int64_t at_most(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t height_of(const struct question *question, int64_t width)
{
    int64_t height = CARD_WIDE_HEIGHT;
    if (width < CARD_WIDE)
        height =
            CARD_TEXT_HEIGHT + (question->article.picture ? width * 9 / 16 : 0);
    return at_most(height, question->height_max);
}

static void set_frame(struct printing *p, struct value *object,
                      const struct question *question)
{
    int64_t width = at_most(CARD_WIDTH_MAX, question->width_max);
    int64_t height = height_of(question, width);
    DEFER(buf_finish) struct buf html;
    buf_init(&html, ANSWER_BYTES_MAX);
    buf_add_c(&html, "<iframe src=\"");
    xml_escape(&html,
               printing_absolute(p, site_path_embed(p->arena, question->path)));
    buf_printf(&html, "\" width=\"%lld\" height=\"%lld\" title=\"",
               (long long)width, (long long)height);
    xml_escape(&html, question->article.content.headline);
    buf_add_c(&html, "\" loading=\"lazy\" style=\"border:0;max-width:100%\">"
                     "</iframe>");
    value_set_str(object, "html", arena_copy(p->arena, buf_str(&html)));
    value_set_int(object, "width", width);
    value_set_int(object, "height", height);
}

static struct value *describe(struct printing *p,
                              const struct question *question)
{
    struct value *object = value_object(p->arena);
    value_set_c(object, "version", "1.0");
    value_set_c(object, "type", "rich");
    value_set_str(object, "title", question->article.content.headline);
    set_author(p, object, &question->article);
    value_set_str(object, "provider_name", p->settings.name);
    value_set_str(object, "provider_url",
                  printing_absolute(p, printing_path(p, "", STR(""))));
    value_set_int(object, "cache_age", CACHE_SECONDS);
    set_thumbnail(p, object, question);
    set_frame(p, object, question);
    return object;
}

static void write_xml(const struct value *object, struct buf *out)
{
    struct xml_writer xml;
    char number[24];
    xml_begin(&xml, out);
    xml_open(&xml, "oembed");
    for (size_t i = 0; i < value_count(object); i++) {
        const struct value *value = value_at(object, i);
        snprintf(number, sizeof number, "%lld", (long long)value_number(value));
        xml_element(&xml, value_key_at(object, i).ptr,
                    value_kind(value) == VALUE_INT ? str_from_c(number)
                                                   : value_text(value));
    }
    (void)!xml_end(&xml); /* out tells */
}

static enum err write_answer(struct printing *p,
                             const struct question *question)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, ANSWER_BYTES_MAX);
    const struct value *object = describe(p, question);
    if (question->xml)
        write_xml(object, &out);
    else
        value_write_json(&out, object);
    enum err err = buf_err(&out);
    return err ? err
               : answer(p, 200,
                        question->xml ? STR("text/xml; charset=utf-8")
                                      : STR("application/json"),
                        buf_str(&out));
}

enum err page_oembed(struct printing *p)
{
    struct question question = {.width_max = limit_of(p, "maxwidth"),
                                .height_max = limit_of(p, "maxheight")};
    struct str format = value_of(p, "format"), url = value_of(p, "url");
    enum err err = printing_open_plain(p, STR(""));
    if (err)
        return err;
    question.xml = str_eq(format, STR("xml"));
    if (format.len && !question.xml && !str_eq(format, STR("json")))
        return refuse(p, 501, "There is format=json and format=xml.\n");
    if (!url.len)
        return refuse(p, 400, "Ask for an article: /oembed?url=ADDRESS\n");
    if (question.width_max < CARD_WIDTH_MIN)
        return refuse(p, 404, "No card is as narrow as that.\n");
    err = find_article(p, own_path(p, url), &question.article);
    if (err == ERR_NOT_FOUND)
        return refuse(p, 404, "This is no article of this newspaper.\n");
    if (err == ERR_GONE)
        return refuse(p, 410, "This article was withdrawn.\n");
    if (err)
        return printing_failed(p, err);
    const struct article *article = &question.article;
    change_keys_add(&p->keys, STR("article:"), id_str(&article->id));
    err = printing_open_plain(p, article->content.language);
    question.path =
        site_path_article(p->arena, article->content.language,
                          article->content.slug, id_str(&article->id));
    return err ? err : write_answer(p, &question);
}
