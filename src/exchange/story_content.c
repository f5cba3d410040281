// SPDX-License-Identifier: Apache-2.0
/* From a story to what an editor would have written. */
#include "base/utf8.h"
#include "exchange/story_import_internal.h"
#include "render/document.h"
#include "render/html_helper.h"
#include "render/slug.h"

enum {
    PLAIN_BYTES_MAX = 64 * 1024,
    HEADLINE_BYTES_MAX = 500,
    STANDFIRST_BYTES_MAX = 4000,
    PICTURE_TEXT_BYTES_MAX = 2000,
    CREDIT_BYTES_MAX = 500,
    SEO_TITLE_BYTES_MAX = 500,
    SEO_DESCRIPTION_BYTES_MAX = 1000,
    SOURCE_BYTES_MAX = 200,
    HEADLINE_CHARACTERS_FROM_TEXT = 80,
};

/* ---- Texts -----------------------------------------------------------------
 */

bool story_has_markup(struct str text)
{
    return str_find_char(text, '<') >= 0 || str_find_char(text, '&') >= 0;
}

/* The text of what may be markup. */
static enum err plain(struct arriving *arriving, struct str text,
                      struct str *ret_text)
{
    struct arena *arena = &arriving->import->session.arena;
    *ret_text = str_trim(text);
    if (!story_has_markup(text))
        return ERR_OK;
    struct story_import *import = arriving->import;
    struct html_conversion conversion;
    enum err err = html_helper_convert(import->options.lines, text, arena,
                                       &conversion, &import->session.fault);
    if (err)
        return err;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, PLAIN_BYTES_MAX);
    document_write_text(conversion.doc, &out);
    *ret_text = str_trim(arena_copy(arena, buf_str(&out)));
    return buf_err(&out);
}

/* At most max bytes, cut at a word; control characters are blanks. Line ends
 * stay where lines are allowed. */
static struct str fit(struct arriving *arriving, struct str text, size_t max,
                      bool lines)
{
    char *bytes = arena_c_string(&arriving->import->session.arena, text);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool blank = c < 0x20 || c == 0x7f;
        bytes[len++] = blank && !(lines && c == '\n') ? ' ' : (char)c;
    }
    struct str whole = str_of(bytes, len);
    if (len <= max)
        return str_trim(whole);
    static const struct str dots = STR_INIT("…");
    struct str cut = utf8_cut(whole, max - dots.len);
    ptrdiff_t space = str_find_last_char(cut, ' ');
    if (space > (ptrdiff_t)max / 2)
        cut = str_slice(cut, 0, (size_t)space);
    return arena_concat(&arriving->import->session.arena, str_trim(cut), dots);
}

/* Sets *target to the plain form of text. */
static enum err set_line(struct arriving *arriving, struct str text, size_t max,
                         struct str *target)
{
    struct str line;
    enum err err = plain(arriving, text, &line);
    if (!err)
        *target = fit(arriving, line, max, false);
    return err;
}

/* ---- The language ----------------------------------------------------------
 */

static enum err read_language(struct arriving *arriving)
{
    struct story_import *import = arriving->import;
    struct str *language = &arriving->input.content.language;
    struct str code = import->options.language;
    if (!code.len)
        code = arriving->story->language;
    if (!code.len)
        code = import->source->language;
    if (import_session_language(&import->session, code, language))
        return ERR_OK;
    return fault_set(&import->session.fault, ERR_INVALID, "language",
                     "the newspaper has no language '%.*s'; add it with "
                     "'broadsheet language add', or name one with --lang",
                     ARG_STR(utf8_cut(code, 40)));
}

/* ---- The body --------------------------------------------------------------
 */

static void set_text(struct arriving *arriving, struct document_node *node,
                     enum document_attr attr, struct str text)
{
    if (text.len)
        document_set_str(&arriving->import->session.arena, node, attr, text);
}

static enum err place_picture(void *context, struct document_node *image,
                              struct str src, bool *ret_found)
{
    struct arriving *arriving = context;
    struct id id = {0};
    enum err err = story_find_medium(arriving, src, &id);
    if (err || !id_is_set(&id))
        return err;
    set_text(arriving, image, DOCUMENT_MEDIA,
             arena_copy(&arriving->import->session.arena, id_str(&id)));
    *ret_found = true;
    return ERR_OK;
}

/* The body is being read already, or has to be read now: for what is large, and
 * after the helper ended. */
static enum err convert_body(struct arriving *arriving,
                             struct html_conversion *ret_conversion)
{
    struct story_import *import = arriving->import;
    struct html_helper *helper = import->options.helper;
    enum err err = ERR_AGAIN;
    if (arriving->ticket)
        err = html_helper_receive(helper, arriving->ticket,
                                  &import->session.arena, ret_conversion,
                                  &import->session.fault);
    arriving->ticket = 0;
    return err == ERR_AGAIN
               ? html_helper_convert(import->options.lines,
                                     arriving->story->body,
                                     &import->session.arena, ret_conversion,
                                     &import->session.fault)
               : err;
}

static void drop_channel(void *context, struct str channel)
{
    (void)channel;
    arriving_drop(context, STR("channel"), 1);
}

static enum err read_html(struct arriving *arriving)
{
    struct html_conversion conversion;
    enum err err = convert_body(arriving, &conversion);
    if (err)
        return err;
    for (size_t i = 0; i < conversion.dropped_count; i++)
        arriving_drop(arriving, conversion.dropped[i].what,
                      conversion.dropped[i].count);
    arriving->doc = conversion.doc;
    err = import_session_channels(&arriving->import->session, arriving->doc,
                                  drop_channel, arriving);
    if (!err)
        err = story_lead_links(arriving);
    return !err && conversion.image_count
               ? html_images_find(&conversion, place_picture, arriving)
               : err;
}

static enum err read_body(struct arriving *arriving)
{
    const struct story *story = arriving->story;
    if (!story->body_is_plain && story_has_markup(story->body))
        return read_html(arriving);
    arriving->doc =
        document_from_text(&arriving->import->session.arena, story->body);
    return ERR_OK;
}

/* ---- Headline, standfirst, picture -----------------------------------------
 */

/* A story without a title is called by its first words. */
static enum err read_headline(struct arriving *arriving)
{
    struct str *headline = &arriving->input.content.headline;
    enum err err = set_line(arriving, arriving->story->title,
                            HEADLINE_BYTES_MAX, headline);
    if (err || headline->len)
        return err;
    *headline = document_excerpt(arriving->doc, HEADLINE_CHARACTERS_FROM_TEXT,
                                 &arriving->import->session.arena);
    if (!headline->len)
        return fault_set(&arriving->import->session.fault, ERR_INVALID, "title",
                         "it has neither a title nor a text");
    arriving_tell(arriving, "it has no title: its first words are taken");
    return ERR_OK;
}

static enum err read_standfirst(struct arriving *arriving)
{
    struct str text;
    enum err err = plain(arriving, arriving->story->excerpt, &text);
    if (!err && text.len > STANDFIRST_BYTES_MAX)
        arriving_tell(arriving, "the excerpt is cut at %d bytes",
                      STANDFIRST_BYTES_MAX);
    if (!err)
        arriving->input.content.standfirst =
            fit(arriving, text, STANDFIRST_BYTES_MAX, true);
    return err;
}

static enum err read_picture(struct arriving *arriving)
{
    const struct story_picture *picture = &arriving->story->picture;
    struct article_content *content = &arriving->input.content;
    if (!picture->src.len)
        return ERR_OK;
    enum err err = story_find_medium(arriving, picture->src, &content->picture);
    if (err || !id_is_set(&content->picture))
        return err;
    err = set_line(arriving, picture->alt, PICTURE_TEXT_BYTES_MAX,
                   &content->picture_alt);
    if (!err)
        err = set_line(arriving, picture->caption, PICTURE_TEXT_BYTES_MAX,
                       &content->picture_caption);
    if (!err)
        err = set_line(arriving, picture->credit, CREDIT_BYTES_MAX,
                       &content->picture_credit);
    return err;
}

static enum err read_seo(struct arriving *arriving)
{
    const struct story *story = arriving->story;
    struct article_content *content = &arriving->input.content;
    enum err err = set_line(arriving, story->seo_title, SEO_TITLE_BYTES_MAX,
                            &content->seo_title);
    if (!err)
        err = set_line(arriving, story->seo_description,
                       SEO_DESCRIPTION_BYTES_MAX, &content->seo_description);
    if (!err)
        err = set_line(arriving, story->source, SOURCE_BYTES_MAX,
                       &content->source);
    bool is_web = str_starts_with(story->canonical, STR("https://")) ||
                  str_starts_with(story->canonical, STR("http://"));
    if (is_web && document_href_is_allowed(story->canonical))
        content->canonical = story->canonical;
    return err;
}

/* ---- All of it -------------------------------------------------------------
 */

enum err story_read_content(struct arriving *arriving)
{
    const struct story *story = arriving->story;
    struct article_content *content = &arriving->input.content;
    enum err err = read_language(arriving);
    if (!err)
        err = read_body(arriving);
    if (!err)
        err = read_headline(arriving);
    if (!err)
        err = read_standfirst(arriving);
    if (!err)
        err = read_picture(arriving);
    if (!err)
        err = story_read_recording(arriving);
    if (!err)
        err = read_seo(arriving);
    if (!err)
        err = story_read_names(arriving);
    for (size_t i = 0; !err && i < story->dropped_count; i++)
        arriving_drop(arriving, story->dropped[i].what,
                      story->dropped[i].count);
    content->weight = story->lead ? ARTICLE_LEAD : ARTICLE_STANDARD;
    if (slug_is_valid(story->slug))
        content->slug = story->slug;
    return err;
}
