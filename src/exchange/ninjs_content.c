// SPDX-License-Identifier: Apache-2.0
/* From an item to what an editor would have written. */
#include "base/utf8.h"
#include "exchange/ninjs_import_internal.h"
#include "render/document.h"
#include "render/html_helper.h"
#include "render/slug.h"

enum { MARKUP_TEXT_BYTES_MAX = 64 * 1024 };

/* ---- Texts -----------------------------------------------------------------
 */

enum text_kind { TEXT_PLAIN, TEXT_HTML, TEXT_OTHER };

static enum text_kind kind_of(const struct ninjs_text *text)
{
    struct str type = text->content_type;
    if (str_starts_with(type, STR("text/html")) ||
        str_starts_with(type, STR("application/xhtml")))
        return TEXT_HTML;
    if (str_starts_with(type, STR("text/plain")))
        return TEXT_PLAIN;
    if (type.len)
        return TEXT_OTHER;
    /* Nothing is said: whatever begins with a tag is markup. */
    struct str value = str_trim(text->value);
    return value.len && value.ptr[0] == '<' ? TEXT_HTML : TEXT_PLAIN;
}

static void tell_dropped(struct incoming *incoming,
                         const struct html_conversion *conversion)
{
    for (size_t i = 0; i < conversion->dropped_count; i++)
        incoming_leave_out(incoming, "%lld × %.*s",
                           (long long)conversion->dropped[i].count,
                           ARG_STR(conversion->dropped[i].what));
}

/* From what was read ahead, when it is that. */
static enum err convert(struct incoming *incoming,
                        const struct ninjs_text *text,
                        struct html_conversion *ret_conversion)
{
    struct ninjs_import *import = incoming->import;
    const struct ninjs_read *read = incoming->read;
    enum err err;
    if (read && read->body == text) {
        err = read->err;
        *ret_conversion = read->conversion;
        if (err)
            import->session.fault = *read->fault;
    } else {
        err = html_helper_convert(import->options.lines, text->value,
                                  &import->session.arena, ret_conversion,
                                  &import->session.fault);
    }
    if (!err)
        tell_dropped(incoming, ret_conversion);
    return err;
}

enum err ninjs_plain(struct incoming *incoming, const struct ninjs_text *text,
                     struct str *ret_text)
{
    *ret_text = STR("");
    if (!text)
        return ERR_OK;
    *ret_text = str_trim(text->value);
    if (kind_of(text) != TEXT_HTML || !text->content_type.len)
        return ERR_OK;
    struct html_conversion conversion;
    enum err err = convert(incoming, text, &conversion);
    if (err)
        return err;
    DEFER(buf_finish) struct buf plain;
    buf_init(&plain, MARKUP_TEXT_BYTES_MAX);
    document_write_text(conversion.doc, &plain);
    *ret_text =
        str_trim(arena_copy(&incoming->import->session.arena, buf_str(&plain)));
    return buf_err(&plain);
}

/* The first of the roles that a text has; else the first text without a role
 * of its own. */
static const struct ninjs_text *pick(const struct ninjs_texts *texts,
                                     const char *const roles[])
{
    for (size_t i = 0; roles[i]; i++) {
        const struct ninjs_text *text =
            ninjs_text_of_role(texts, str_from_c(roles[i]), false);
        if (text)
            return text;
    }
    return ninjs_text_of_role(texts, STR(""), false);
}

static enum err read_headlines(struct incoming *incoming)
{
    static const char *const main_roles[] = {"main", "headline", NULL};
    const struct ninjs_item *item = incoming->item;
    struct article_content *content = &incoming->input.content;
    const struct ninjs_text *headline = pick(&item->headlines, main_roles);
    if (!headline && item->headlines.count)
        headline = &item->headlines.items[0];
    enum err err = ninjs_plain(incoming, headline, &content->headline);
    if (!err && !content->headline.len)
        content->headline = str_trim(item->title);
    if (!err)
        err = ninjs_plain(
            incoming,
            ninjs_text_of_role(&item->headlines, STR("kicker"), false),
            &content->kicker);
    return err;
}

static enum err read_standfirst(struct incoming *incoming)
{
    static const char *const roles[] = {"standfirst", "summary", "abstract",
                                        "lead",       "main",    NULL};
    const struct ninjs_text *text = pick(&incoming->item->descriptions, roles);
    return ninjs_plain(incoming, text, &incoming->input.content.standfirst);
}

/* ---- The body --------------------------------------------------------------
 */

/* The best body: the main one, markup before plain text. */
static const struct ninjs_text *best_body(const struct ninjs_texts *bodies)
{
    const struct ninjs_text *best = NULL;
    int best_rank = 0;
    for (size_t i = 0; i < bodies->count; i++) {
        const struct ninjs_text *body = &bodies->items[i];
        enum text_kind kind = kind_of(body);
        if (kind == TEXT_OTHER)
            continue;
        bool is_main =
            !body->role.len || str_eq_ascii_case(body->role, STR("main"));
        int rank = 1 + (is_main ? 2 : 0) + (kind == TEXT_HTML ? 1 : 0);
        if (rank > best_rank)
            best = body;
        best_rank = rank > best_rank ? rank : best_rank;
    }
    return best;
}

const struct ninjs_text *ninjs_html_body(const struct ninjs_texts *bodies)
{
    const struct ninjs_text *body = best_body(bodies);
    return body && kind_of(body) == TEXT_HTML ? body : NULL;
}

static void tell_channel(void *context, struct str channel)
{
    struct incoming *incoming = context;
    incoming->doc_changed = true;
    incoming_leave_out(incoming,
                       "the player of channel '%.*s' (there is none of that "
                       "name; make it with 'broadsheet channel add', and "
                       "import --again)",
                       ARG_STR(channel));
}

enum err ninjs_read_body(struct incoming *incoming,
                         const struct ninjs_texts *bodies,
                         struct html_conversion *ret_body)
{
    struct arena *arena = &incoming->import->session.arena;
    const struct ninjs_text *body = best_body(bodies);
    if (!body && bodies->count)
        incoming_leave_out(incoming, "a body that is neither HTML nor text");
    *ret_body = (struct html_conversion){0};
    if (body && kind_of(body) == TEXT_HTML) {
        enum err err = convert(incoming, body, ret_body);
        return err ? err
                   : import_session_channels(&incoming->import->session,
                                             ret_body->doc, tell_channel,
                                             incoming);
    }
    ret_body->doc =
        body ? document_from_text(arena, body->value) : document_new(arena);
    return ERR_OK;
}

/* ---- Who and where ---------------------------------------------------------
 */

static struct str source_of(const struct ninjs_item *item)
{
    for (size_t i = 0; i < item->sources.count; i++) {
        if (str_eq_ascii_case(item->sources.items[i].rel, STR("source")) &&
            item->sources.items[i].name.len)
            return item->sources.items[i].name;
    }
    if (item->sources.count && item->sources.items[0].name.len)
        return item->sources.items[0].name;
    return item->copyright_holder;
}

static enum err read_author(struct incoming *incoming,
                            const struct ninjs_name *author,
                            struct article_byline *byline)
{
    struct ninjs_import *import = incoming->import;
    byline->name = str_trim(author->name);
    if (!slug_is_valid(author->literal))
        return ERR_OK;
    struct person person;
    enum err err =
        person_find(import->session.edit.db, incoming->input.content.language,
                    author->literal, &import->session.arena, &person);
    if (!err)
        byline->person = person.id;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err ninjs_read_authors(struct incoming *incoming,
                            const struct ninjs_names *people,
                            struct article_byline **ret_bylines,
                            size_t *ret_count)
{
    size_t count = 0;
    struct article_byline *bylines =
        arena_array(&incoming->import->session.arena, struct article_byline,
                    people->count + 1);
    for (size_t i = 0; i < people->count; i++) {
        const struct ninjs_name *person = &people->items[i];
        if (!str_eq_ascii_case(person->rel, STR("author")) ||
            !str_trim(person->name).len || count == ARTICLE_BYLINES_MAX)
            continue;
        enum err err = read_author(incoming, person, &bylines[count]);
        if (err)
            return err;
        count++;
    }
    *ret_bylines = bylines;
    *ret_count = count;
    return ERR_OK;
}

/* ---- The language ----------------------------------------------------------
 */

static enum err read_language(struct incoming *incoming)
{
    struct ninjs_import *import = incoming->import;
    struct str code = incoming->item->language;
    struct str *language = &incoming->input.content.language;
    if (import_session_language(&import->session, code, language))
        return ERR_OK;
    return fault_set(&import->session.fault, ERR_INVALID, "language",
                     "language: the newspaper has no '%.*s'; add it with "
                     "'broadsheet language add'",
                     ARG_STR(code));
}

/* ---- All of it -------------------------------------------------------------
 */

/* As article_ninjs.c writes it: 2, 3, 5, 7. */
static enum article_weight weight_of(int64_t urgency)
{
    if (urgency == 0)
        return ARTICLE_STANDARD;
    if (urgency <= 2)
        return ARTICLE_LEAD;
    if (urgency == 3)
        return ARTICLE_MAJOR;
    return urgency <= 6 ? ARTICLE_STANDARD : ARTICLE_BRIEF;
}

enum err ninjs_read_content(struct incoming *incoming)
{
    const struct ninjs_item *item = incoming->item;
    struct article_content *content = &incoming->input.content;
    enum err err = read_language(incoming);
    if (!err)
        err = read_headlines(incoming);
    if (!err)
        err = read_standfirst(incoming);
    if (!err)
        err = ninjs_read_body(incoming, &item->bodies, &incoming->body);
    incoming->doc = incoming->body.doc;
    if (!err)
        err = ninjs_read_authors(incoming, &item->people, &content->bylines,
                                 &content->byline_count);
    content->byline = str_trim(item->by);
    content->source = str_trim(source_of(item));
    content->dateline = str_trim(item->located);
    content->weight = weight_of(item->urgency);
    if (slug_is_valid(item->slugline))
        content->slug = item->slugline;
    return err;
}
