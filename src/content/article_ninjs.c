// SPDX-License-Identifier: Apache-2.0
#include "content/article_ninjs.h"

#include <jansson.h>

#include "base/arena.h"
#include "base/time.h"
#include "content/article.h"
#include "content/live.h"
#include "render/document.h"

struct exporter {
    const struct article *article;
    const struct article_ninjs_options *options;
    struct arena *arena;
};

/* ---- JSON ------------------------------------------------------------------
 */

static json_t *text_json(struct str text)
{
    return json_stringn(text.ptr ? text.ptr : "", text.len);
}

/* Nothing for an empty text. */
static void set_text(json_t *object, const char *key, struct str text)
{
    if (text.len)
        json_object_set_new(object, key, text_json(text));
}

static void set_c(json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key, json_string(text));
}

static void set_time(json_t *object, const char *key, int64_t time_us)
{
    char text[TIME_RFC3339_BYTES];
    if (!time_us)
        return;
    time_format_rfc3339(time_us, text);
    set_c(object, key, text);
}

static void set_number(json_t *object, const char *key, int64_t number)
{
    json_object_set_new(object, key, json_integer((json_int_t)number));
}

/* A list of an item; it is not there when it would be empty. */
static void set_list(json_t *object, const char *key, json_t *list)
{
    if (json_array_size(list))
        json_object_set_new(object, key, list);
    else
        json_decref(list);
}

static void add_text(json_t *list, const char *role, struct str value)
{
    if (!value.len)
        return;
    json_t *text = json_object();
    set_c(text, "role", role);
    set_c(text, "contentType", "text/plain");
    json_object_set_new(text, "value", text_json(value));
    json_array_append_new(list, text);
}

static void add_name(json_t *list, const char *rel, struct str name,
                     struct str literal)
{
    json_t *object = json_object();
    set_c(object, "rel", rel);
    set_text(object, "name", name);
    set_text(object, "literal", literal);
    json_array_append_new(list, object);
}

static void add_alt_id(json_t *list, const char *role, struct str value)
{
    json_t *object = json_object();
    set_c(object, "role", role);
    set_text(object, "value", value);
    json_array_append_new(list, object);
}

static void add_time_id(json_t *list, const char *role, int64_t time_us)
{
    char text[TIME_RFC3339_BYTES];
    time_format_rfc3339(time_us, text);
    add_alt_id(list, role, str_from_c(text));
}

/* ---- Addresses -------------------------------------------------------------
 */

static struct str item_address(const struct exporter *exporter)
{
    const struct article *article = exporter->article;
    return arena_concat(exporter->arena, exporter->options->address,
                        article_path(exporter->arena, article->content.language,
                                     article->content.slug,
                                     id_str(&article->id)));
}

static struct str media_address(const struct exporter *exporter,
                                const struct rendition *rendition)
{
    char name[BLOB_PUBLIC_BYTES];
    blob_public_name(&rendition->blob, name);
    return arena_printf(exporter->arena, "%.*s/media/%s",
                        ARG_STR(exporter->options->address), name);
}

/* ---- Parts -----------------------------------------------------------------
 */

static json_t *standard_json(void)
{
    json_t *standard = json_object();
    set_c(standard, "name", "ninjs");
    set_c(standard, "version", "3.0");
    set_c(standard, "schema",
          "http://www.iptc.org/std/ninjs/ninjs-schema_3.0.json");
    return standard;
}

static const char *pub_status(const struct article *article)
{
    if (article->state == ARTICLE_WITHDRAWN)
        return "canceled";
    return article->state == ARTICLE_PUBLISHED ? "usable" : "withheld";
}

static int64_t urgency(enum article_weight weight)
{
    static const int64_t urgencies[ARTICLE_WEIGHT_COUNT] = {
        [ARTICLE_LEAD] = 2,
        [ARTICLE_MAJOR] = 3,
        [ARTICLE_STANDARD] = 5,
        [ARTICLE_BRIEF] = 7,
    };
    return urgencies[weight];
}

static bool find_media(void *context, struct str id,
                       struct document_media *ret_media)
{
    const struct exporter *exporter = context;
    const struct medium *medium = article_medium(exporter->article, id);
    if (!medium)
        return false;
    const struct rendition *file = media_for_all(medium);
    *ret_media = (struct document_media){
        .src = media_address(exporter, file),
        .type = file->mime,
        .width = file->width,
        .height = file->height,
    };
    return true;
}

/* Which channels there are is not known here: the address leads on. */
static bool find_channel(void *context, struct str name,
                         struct document_link *ret_page, struct buf *html)
{
    const struct exporter *exporter = context;
    (void)html;
    ret_page->href = arena_printf(exporter->arena, "/%" PRI_STR "/tv/%" PRI_STR,
                                  ARG_STR(exporter->article->content.language),
                                  ARG_STR(name));
    ret_page->title = STR("");
    return true;
}

static enum err set_body(struct exporter *exporter, json_t *item,
                         const struct document_node *doc)
{
    if (!doc)
        return ERR_OK;
    DEFER(buf_finish) struct buf html;
    buf_init(&html, ARTICLE_NINJS_BYTES_MAX);
    const struct document_writer writer = {
        .media = find_media,
        .channel = find_channel,
        .context = exporter,
        .base_url = exporter->options->address,
        .is_exchange = true,
    };
    document_write_feed(doc, &writer, &html);
    struct document_counts counts = document_count(doc);
    json_t *body = json_object();
    set_c(body, "role", "main");
    set_c(body, "contentType", "text/html");
    set_number(body, "charCount", (int64_t)counts.characters);
    set_number(body, "wordCount", (int64_t)counts.words);
    json_object_set_new(body, "value", text_json(buf_str(&html)));
    json_object_set_new(item, "bodies", json_pack("[o]", body));
    return buf_err(&html);
}

static void set_texts(json_t *item, const struct article_content *content)
{
    json_t *headlines = json_array(), *descriptions = json_array();
    add_text(headlines, "main", content->headline);
    add_text(headlines, "kicker", content->kicker);
    add_text(descriptions, "standfirst", content->standfirst);
    set_list(item, "headlines", headlines);
    set_list(item, "descriptions", descriptions);
}

static void set_names(json_t *item, const struct article *article)
{
    const struct article_content *content = &article->content;
    json_t *people = json_array(), *subjects = json_array();
    for (size_t i = 0; i < content->byline_count; i++)
        add_name(people, "author", content->bylines[i].name,
                 content->bylines[i].slug);
    for (size_t i = 0; i < article->category_count; i++)
        add_name(subjects, "category", article->categories[i].name,
                 article->categories[i].path);
    for (size_t i = 0; i < article->tag_count; i++)
        add_name(subjects, "about", article->tags[i].name,
                 article->tags[i].slug);
    set_list(item, "people", people);
    set_list(item, "subjects", subjects);
    set_text(item, "by", article->byline);
    set_text(item, "located", content->dateline);
    if (!content->source.len)
        return;
    json_t *source = json_object();
    set_c(source, "role", "source");
    set_text(source, "name", content->source);
    json_object_set_new(item, "infoSources", json_pack("[o]", source));
}

static int64_t version_time(const struct article *article)
{
    if (article->withdrawn_us)
        return article->withdrawn_us;
    if (article->updated_us)
        return article->updated_us;
    return article->published_us ? article->published_us : article->created_us;
}

static void set_times(struct exporter *exporter, json_t *item)
{
    const struct article *article = exporter->article;
    json_t *ids = json_array();
    add_alt_id(ids, "internal", id_str(&article->id));
    if (id_is_set(&article->story) &&
        !str_eq(id_str(&article->story), id_str(&article->id)))
        add_alt_id(ids, "story", id_str(&article->story));
    if (article->published_us && article->published_us != version_time(article))
        add_time_id(ids, "published", article->published_us);
    const struct live_blog *blog = exporter->options->blog;
    if (blog) {
        add_alt_id(ids, "live", str_from_c(live_state_name(blog->state)));
        add_time_id(ids, "liveStarted", blog->started_us);
        if (blog->ended_us)
            add_time_id(ids, "liveEnded", blog->ended_us);
    }
    set_list(item, "altIds", ids);
    set_time(item, "firstCreated", article->created_us);
    set_time(item, "contentCreated",
             article->published_us ? article->published_us
                                   : article->created_us);
    set_time(item, "versionCreated", version_time(article));
    /* What is not to appear before a time is under embargo for who gets it,
     * whichever of the two it is here. */
    int64_t until_us = article->scheduled_us > article->embargo_us
                           ? article->scheduled_us
                           : article->embargo_us;
    if (until_us && article->state != ARTICLE_PUBLISHED &&
        article->state != ARTICLE_WITHDRAWN)
        set_time(item, "embargoedUntil", until_us);
    if (article->expires_us)
        set_time(item, "expires", article->expires_us);
}

/* ---- Pictures, recordings
 * --------------------------------------------------------------
 */

static json_t *rendition_json(const struct exporter *exporter,
                              const struct rendition *rendition)
{
    json_t *object = json_object();
    struct str name =
        arena_printf(exporter->arena, "%lld", (long long)rendition->width);
    set_text(object, "name", name);
    set_text(object, "href", media_address(exporter, rendition));
    set_text(object, "contentType", rendition->mime);
    if (rendition->width && rendition->height) {
        set_number(object, "width", rendition->width);
        set_number(object, "height", rendition->height);
    }
    set_number(object, "sizeInBytes", rendition->size_bytes);
    return object;
}

/* What every program reads, of the whole picture. */
static bool is_for_all(const struct medium *medium,
                       const struct rendition *rendition)
{
    return medium->made != MEDIA_MADE ||
           (!rendition->ratio.len &&
            str_eq(rendition->mime, STR("image/jpeg")));
}

static json_t *renditions_json(const struct exporter *exporter,
                               const struct medium *medium)
{
    json_t *list = json_array();
    bool has_original = false;
    for (size_t i = 0; i < medium->rendition_count; i++) {
        const struct rendition *rendition = &medium->renditions[i];
        if (!is_for_all(medium, rendition))
            continue;
        has_original |= str_eq(blob_str(&rendition->blob),
                               blob_str(&medium->original.blob));
        json_array_append_new(list, rendition_json(exporter, rendition));
    }
    if (!has_original && media_original_is_public(medium))
        json_array_insert_new(list, 0,
                              rendition_json(exporter, &medium->original));
    return list;
}

/* What this article says of a picture, beside what the medium itself does. */
struct picture_texts {
    struct str alt;
    struct str caption;
    struct str credit;
};

static struct str either(struct str first, struct str second)
{
    return first.len ? first : second;
}

/* The picture's node in the document, or NULL. */
static const struct document_node *find_node(const struct document_node *node,
                                             struct str id)
{
    const struct document_node *found = NULL;
    if (node && node->kind == DOCUMENT_IMAGE &&
        str_eq(document_str(node, DOCUMENT_MEDIA), id))
        return node;
    for (node = node ? node->first : NULL; node && !found; node = node->next)
        found = find_node(node, id);
    return found;
}

static struct picture_texts texts_of(const struct exporter *exporter,
                                     const struct medium *medium)
{
    const struct article *article = exporter->article;
    const struct article_content *content = &article->content;
    const struct document_node *node = NULL;
    if (medium == article->picture)
        return (struct picture_texts){
            .alt = either(content->picture_alt, medium->alt),
            .caption = either(content->picture_caption, medium->caption),
            .credit = either(content->picture_credit, medium->credit)};
    node = find_node(article->document, id_str(&medium->id));
    if (!node)
        return (struct picture_texts){medium->alt, medium->caption,
                                      medium->credit};
    return (struct picture_texts){
        .alt = either(document_str(node, DOCUMENT_ALT), medium->alt),
        .caption =
            either(document_str(node, DOCUMENT_CAPTION), medium->caption),
        .credit = either(document_str(node, DOCUMENT_CREDIT), medium->credit)};
}

static json_t *picture_json(const struct exporter *exporter,
                            const struct medium *medium, struct str name)
{
    bool is_main = medium == exporter->article->picture;
    struct picture_texts texts = texts_of(exporter, medium);
    json_t *object = json_object(), *descriptions = json_array();
    set_text(object, "name", name);
    set_text(object, "rel", is_main ? STR("main") : STR("inline"));
    set_text(object, "uri", media_address(exporter, &medium->original));
    set_c(object, "type", "picture");
    add_text(descriptions, "alt", texts.alt);
    add_text(descriptions, "caption", texts.caption);
    set_list(object, "descriptions", descriptions);
    set_text(object, "by", texts.credit);
    set_list(object, "renditions", renditions_json(exporter, medium));
    return object;
}

/* What is played, as an association beside the pictures. */
static json_t *recording_json(const struct exporter *exporter)
{
    const struct article *article = exporter->article;
    const struct article_enclosure *enclosure = &article->content.enclosure;
    struct str address = enclosure->url;
    if (article->enclosure)
        address = media_address(exporter, &article->enclosure->original);
    json_t *object = json_object(), *list = json_array();
    json_t *rendition = json_object();
    set_c(object, "name", "enclosure");
    set_c(object, "rel", "enclosure");
    set_text(object, "uri", address);
    set_c(object, "type",
          str_starts_with(enclosure->mime, STR("video/")) ? "video" : "audio");
    set_c(rendition, "name", "main");
    set_text(rendition, "href", address);
    set_text(rendition, "contentType", enclosure->mime);
    if (enclosure->size_bytes)
        set_number(rendition, "sizeInBytes", enclosure->size_bytes);
    if (enclosure->seconds)
        set_number(rendition, "duration", enclosure->seconds);
    json_array_append_new(list, rendition);
    set_list(object, "renditions", list);
    return object;
}

/* Pictures that only posts show are in their HTML. */
static void add_pictures(struct exporter *exporter, json_t *list)
{
    const struct article *article = exporter->article;
    size_t inlined = 0;
    for (size_t i = 0; i < article->media_count; i++) {
        const struct medium *medium = &article->media[i];
        struct str name = STR("main");
        if (medium == article->enclosure)
            continue;
        if (exporter->options->blog && medium != article->picture &&
            !find_node(article->document, id_str(&medium->id)))
            continue;
        if (medium != article->picture)
            name = arena_printf(exporter->arena, "inline-%zu", ++inlined);
        json_array_append_new(list, picture_json(exporter, medium, name));
    }
}

/* ---- Posts of a live blog --------------------------------------------------
 */

/* What ninjs has no member for. */
static void set_post_ids(json_t *object, const struct live_post *post)
{
    json_t *ids = json_array();
    add_alt_id(ids, "internal", id_str(&post->id));
    if (post->key)
        add_alt_id(ids, "live", STR("key"));
    if (post->pinned)
        add_alt_id(ids, "live", STR("pinned"));
    if (post->corrected_us)
        add_time_id(ids, "corrected", post->corrected_us);
    set_list(object, "altIds", ids);
}

static enum err add_post(struct exporter *exporter, json_t *list,
                         const struct live_post *post)
{
    struct arena *arena = exporter->arena;
    json_t *object = json_object(), *headlines = json_array(),
           *people = json_array();
    int64_t changed_us = post->removed_us ? post->removed_us : post->edited_us;
    set_text(object, "name", arena_printf(arena, "post-%s", post->id.text));
    set_c(object, "rel", "post");
    set_text(object, "uri",
             live_post_path(arena, item_address(exporter), &post->id));
    set_c(object, "type", "text");
    set_c(object, "pubStatus", post->removed_us ? "canceled" : "usable");
    set_post_ids(object, post);
    set_time(object, "contentCreated", post->time_us);
    set_time(object, "versionCreated",
             changed_us > post->time_us ? changed_us : post->time_us);
    set_text(object, "edNote",
             post->removed_us ? post->removed_reason : post->correction);
    add_text(headlines, "main", post->headline);
    set_list(object, "headlines", headlines);
    for (size_t i = 0; i < post->byline_count; i++)
        add_name(people, "author", post->bylines[i].name,
                 post->bylines[i].slug);
    set_list(object, "people", people);
    json_array_append_new(list, object);
    return post->removed_us ? ERR_OK
                            : set_body(exporter, object, post->document);
}

static enum err set_associations(struct exporter *exporter, json_t *item)
{
    const struct live_posts *posts = exporter->options->posts;
    json_t *list = json_array();
    enum err err = ERR_OK;
    add_pictures(exporter, list);
    if (article_enclosure_is_set(&exporter->article->content.enclosure))
        json_array_append_new(list, recording_json(exporter));
    for (size_t i = 0; !err && posts && i < posts->count; i++)
        err = add_post(exporter, list, &posts->posts[i]);
    set_list(item, "associations", list);
    return err;
}

/* ---- The item --------------------------------------------------------------
 */

static void set_head(struct exporter *exporter, json_t *item)
{
    const struct article *article = exporter->article;
    set_text(item, "uri", item_address(exporter));
    json_object_set_new(item, "standard", standard_json());
    set_c(item, "type", "text");
    set_c(item, "representationType", "full");
    set_c(item, "profile", "article");
    set_text(
        item, "version",
        arena_printf(exporter->arena, "%lld",
                     (long long)(article->live_revision ? article->live_revision
                                                        : article->revision)));
    set_text(item, "language", article->content.language);
    set_c(item, "pubStatus", pub_status(article));
    set_number(item, "urgency", urgency(article->content.weight));
    set_text(item, "slugline", article->content.slug);
    set_text(item, "edNote", article->withdrawn_reason);
}

enum err article_write_ninjs(const struct article *article,
                             const struct article_ninjs_options *options,
                             struct arena *arena, struct buf *out)
{
    struct exporter exporter = {article, options, arena};
    json_t *item = json_object();
    set_head(&exporter, item);
    set_times(&exporter, item);
    set_texts(item, &article->content);
    set_names(item, article);
    enum err err = set_body(&exporter, item, article->document);
    if (!err)
        err = set_associations(&exporter, item);
    char *text =
        json_dumps(item, options->pretty ? JSON_INDENT(1) : JSON_COMPACT);
    json_decref(item);
    if (!err && !text)
        err = ERR_NO_MEMORY;
    if (!err) {
        buf_add_c(out, text);
        buf_add_char(out, '\n');
        err = buf_err(out);
    }
    free(text);
    return err;
}
