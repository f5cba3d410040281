// SPDX-License-Identifier: Apache-2.0
/* Follows the literal markup of a template, character by character, as the
 * HTML standard's tokenizer does (§13.2.5), as far as it matters for where a
 * value may stand. */
#include "render/template_internal.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_letter(char c)
{
    return small(c) >= 'a' && small(c) <= 'z';
}

static void name_add(struct html_name *name, char c)
{
    if (name->len < HTML_NAME_BYTES_MAX)
        name->text[name->len++] = small(c);
}

static struct str name_str(const struct html_name *name)
{
    return str_of(name->text, name->len);
}

static bool name_is_one_of(const struct html_name *name,
                           const char *const *list)
{
    for (; *list; list++)
        if (str_eq(name_str(name), str_from_c(*list)))
            return true;
    return false;
}

/* ---- Elements and attributes
 * ------------------------------------------------------ */

static enum html_attr kind_of_attr(const struct html_context *context)
{
    static const char *const urls[] = {
        "href", "src",        "action",     "formaction", "poster",
        "cite", "data",       "background", "longdesc",   "manifest",
        "icon", "xlink:href", "codebase",   "profile",    "usemap",
        "base", "itemid",     "itemtype",   NULL,
    };
    static const char *const srcsets[] = {"srcset", "imagesrcset", NULL};
    static const char *const refused[] = {
        "style", "srcdoc", "ping", "archive", "classid", "nonce", NULL,
    };
    const struct html_name *name = &context->attr_name;
    if (name->len == HTML_NAME_BYTES_MAX ||
        str_starts_with(name_str(name), STR("on")) ||
        name_is_one_of(name, refused) ||
        (context->refresh && str_eq(name_str(name), STR("content"))))
        return ATTR_REFUSED;
    if (name_is_one_of(name, urls))
        return ATTR_URL;
    return name_is_one_of(name, srcsets) ? ATTR_SRCSET : ATTR_PLAIN;
}

static enum html_content content_of(const struct html_context *context)
{
    static const char *const rcdata[] = {"title", "textarea", NULL};
    static const char *const raw[] = {
        "script", "style", "iframe", "xmp", "noembed", "noframes", NULL,
    };
    struct str type = name_str(&context->type);
    if (name_is_one_of(&context->tag, rcdata))
        return CONTENT_RCDATA;
    if (str_eq(name_str(&context->tag), STR("script")) &&
        (str_eq(type, STR("application/ld+json")) ||
         str_eq(type, STR("application/json"))))
        return CONTENT_JSON;
    return name_is_one_of(&context->tag, raw) ? CONTENT_RAW : CONTENT_NORMAL;
}

static void begin_tag(struct html_context *context, bool closing)
{
    context->state = HTML_TAG_NAME;
    context->closing = closing;
    context->tag.len = 0;
    context->type.len = 0;
    context->refresh = false;
    context->need_space = false;
}

static void end_tag(struct html_context *context)
{
    bool is_pre = str_eq(name_str(&context->tag), STR("pre"));
    context->state = HTML_TEXT;
    context->content = CONTENT_NORMAL;
    context->matched = 0;
    context->in_json_text = context->json_escape = false;
    context->after_blank = false;
    if (context->closing) {
        if (is_pre && context->pre > 0)
            context->pre--;
        return;
    }
    if (is_pre)
        context->pre++;
    context->content = content_of(context);
}

static void end_attr_name(struct html_context *context)
{
    if (str_eq(name_str(&context->attr_name), STR("http-equiv")))
        context->refresh = true;
    context->attr = kind_of_attr(context);
    context->query = false;
}

/* ---- One character in each state
 * ---------------------------------------------------- */

static void write_blank(struct html_context *context, char c, struct buf *out)
{
    if (!context->after_blank)
        buf_add_char(out, c == '\n' ? '\n' : ' ');
    context->after_blank = true;
}

static void write(struct html_context *context, char c, struct buf *out)
{
    buf_add_char(out, c);
    context->after_blank = false;
}

/* rest begins with c: the only state that looks further than one character. */
static void feed_text(struct html_context *context, char c, struct str rest,
                      struct buf *out)
{
    char next = rest.len > 1 ? rest.ptr[1] : '\0';
    if (c == '<' && str_starts_with(rest, STR("<!--"))) {
        context->state = HTML_COMMENT;
        context->matched = 0;
        return;
    }
    if (is_blank(c) && context->pre == 0) {
        write_blank(context, c, out);
        return;
    }
    write(context, c, out);
    if (c != '<')
        return;
    if (next == '!' || next == '?')
        context->state = HTML_DECLARATION;
    else if (is_letter(next) || next == '/' || rest.len == 1)
        begin_tag(context, next == '/');
}

static void feed_json(struct html_context *context, char c)
{
    if (context->json_escape)
        context->json_escape = false;
    else if (context->in_json_text && c == '\\')
        context->json_escape = true;
    else if (c == '"')
        context->in_json_text = !context->in_json_text;
}

/* Up to "</script" and the like. */
static void feed_raw(struct html_context *context, char c, struct buf *out)
{
    char expected = context->matched == 0   ? '<'
                    : context->matched == 1 ? '/'
                    : context->matched - 2 < context->tag.len
                        ? context->tag.text[context->matched - 2]
                        : '\0';
    write(context, c, out);
    if (expected == '\0' && (is_blank(c) || c == '>' || c == '/')) {
        context->closing = true;
        context->state = HTML_IN_TAG;
        if (c == '>')
            end_tag(context);
        return;
    }
    if (small(c) == expected)
        context->matched++;
    else
        context->matched = c == '<';
    if (context->content == CONTENT_JSON)
        feed_json(context, c);
}

static void feed_tag_name(struct html_context *context, char c, struct buf *out)
{
    if (is_blank(c)) {
        write_blank(context, ' ', out);
        context->state = HTML_IN_TAG;
        return;
    }
    write(context, c, out);
    if (c == '>')
        end_tag(context);
    else if (c == '/' && context->tag.len > 0)
        context->state = HTML_IN_TAG;
    else if (c != '/')
        name_add(&context->tag, c);
}

static void feed_in_tag(struct html_context *context, char c, struct buf *out)
{
    context->need_space = false;
    if (is_blank(c)) {
        write_blank(context, ' ', out);
        return;
    }
    write(context, c, out);
    if (c == '>') {
        end_tag(context);
    } else if (c != '/') {
        context->state = HTML_ATTR_NAME;
        context->attr_name.len = 0;
        name_add(&context->attr_name, c);
    }
}

static void feed_attr_name(struct html_context *context, char c,
                           struct buf *out)
{
    if (is_blank(c)) {
        write_blank(context, ' ', out);
        return;
    }
    bool after_blank = context->after_blank;
    if (c == '=') {
        write(context, c, out);
        end_attr_name(context);
        context->state = HTML_BEFORE_VALUE;
    } else if (c == '>' || c == '/' || after_blank) {
        end_attr_name(context);
        context->state = HTML_IN_TAG;
        feed_in_tag(context, c, out);
    } else {
        write(context, c, out);
        name_add(&context->attr_name, c);
    }
}

static enum html_event feed_before_value(struct html_context *context, char c,
                                         struct buf *out)
{
    if (is_blank(c))
        return HTML_NO_EVENT;
    write(context, c, out);
    if (c == '>') {
        end_tag(context);
        return HTML_NO_EVENT;
    }
    if (c != '"' && c != '\'') {
        context->state = HTML_UNQUOTED;
        if (str_eq(name_str(&context->attr_name), STR("type")))
            name_add(&context->type, c);
        return HTML_NO_EVENT;
    }
    context->state = HTML_VALUE;
    context->quote = c;
    bool is_address = context->attr == ATTR_URL || context->attr == ATTR_SRCSET;
    return is_address ? HTML_URL_BEGINS : HTML_NO_EVENT;
}

static void feed_value(struct html_context *context, char c, struct buf *out)
{
    write(context, c, out);
    if (c == context->quote) {
        context->state = HTML_IN_TAG;
        return;
    }
    if (c == '?' || c == '#')
        context->query = true;
    if (str_eq(name_str(&context->attr_name), STR("type")))
        name_add(&context->type, c);
}

static void feed_unquoted(struct html_context *context, char c, struct buf *out)
{
    if (is_blank(c)) {
        write_blank(context, ' ', out);
        context->state = HTML_IN_TAG;
        return;
    }
    write(context, c, out);
    if (c == '>')
        end_tag(context);
    else if (str_eq(name_str(&context->attr_name), STR("type")))
        name_add(&context->type, c);
}

static void feed_comment(struct html_context *context, char c)
{
    if (c == '-')
        context->matched = context->matched < 2 ? context->matched + 1 : 2;
    else if (c == '>' && context->matched == 2)
        context->state = HTML_TEXT;
    else
        context->matched = 0;
}

static enum html_event feed_character(struct html_context *context,
                                      struct str rest, struct buf *out)
{
    char c = rest.ptr[0];
    switch (context->state) {
    case HTML_TEXT:
        if (context->content == CONTENT_NORMAL)
            feed_text(context, c, rest, out);
        else
            feed_raw(context, c, out);
        return HTML_NO_EVENT;
    case HTML_TAG_NAME:
        feed_tag_name(context, c, out);
        return HTML_NO_EVENT;
    case HTML_IN_TAG:
        feed_in_tag(context, c, out);
        return HTML_NO_EVENT;
    case HTML_ATTR_NAME:
        feed_attr_name(context, c, out);
        return HTML_NO_EVENT;
    case HTML_BEFORE_VALUE:
        return feed_before_value(context, c, out);
    case HTML_VALUE:
        feed_value(context, c, out);
        return HTML_NO_EVENT;
    case HTML_UNQUOTED:
        feed_unquoted(context, c, out);
        return HTML_NO_EVENT;
    case HTML_COMMENT:
        feed_comment(context, c);
        return HTML_NO_EVENT;
    case HTML_DECLARATION:
        write(context, c, out);
        if (c == '>')
            context->state = HTML_TEXT;
        return HTML_NO_EVENT;
    }
    return HTML_NO_EVENT;
}

static bool ends_address(const struct html_context *context, char c)
{
    return context->state == HTML_VALUE && c == context->quote &&
           (context->attr == ATTR_URL || context->attr == ATTR_SRCSET);
}

enum html_event html_context_feed(struct html_context *context,
                                  struct str *text, struct buf *out)
{
    while (text->len > 0) {
        char c = text->ptr[0];
        if (context->need_space && context->state == HTML_IN_TAG &&
            !is_blank(c) && c != '>' && c != '/')
            return HTML_BROKEN;
        /* The end is told before the quote is written: */
        if (ends_address(context, c)) {
            context->attr = ATTR_PLAIN;
            return HTML_URL_ENDS;
        }
        enum html_event event = feed_character(context, *text, out);
        *text = str_from(*text, 1);
        if (event != HTML_NO_EVENT)
            return event;
    }
    return HTML_NO_EVENT;
}

/* ---- Values and sections
 * -------------------------------------------------------------- */

static const char *escape_in_value(const struct html_context *context,
                                   enum op_escape *ret_escape)
{
    if (context->attr == ATTR_REFUSED)
        return "A value cannot stand in this attribute (on…, style, srcdoc, "
               "…): use a class or a data- attribute.";
    if (str_eq(name_str(&context->attr_name), STR("type")) &&
        str_eq(name_str(&context->tag), STR("script")))
        return "The type of a script must be fixed.";
    bool encoded = context->attr == ATTR_URL && context->query;
    *ret_escape = encoded ? ESCAPE_URL_COMPONENT : ESCAPE_HTML;
    return NULL;
}

static const char *escape_in_text(const struct html_context *context, bool raw,
                                  enum op_escape *ret_escape)
{
    switch (context->content) {
    case CONTENT_NORMAL:
        *ret_escape = raw ? ESCAPE_TRUSTED : ESCAPE_HTML;
        return NULL;
    case CONTENT_RCDATA:
        *ret_escape = ESCAPE_HTML;
        return NULL;
    case CONTENT_JSON:
        if (context->json_escape)
            return "A value cannot stand behind a backslash.";
        *ret_escape =
            context->in_json_text ? ESCAPE_JSON_TEXT : ESCAPE_JSON_VALUE;
        return NULL;
    case CONTENT_RAW:
        break;
    }
    return "A value cannot stand in <script> or <style>: put it into a data- "
           "attribute, or use <script type=\"application/ld+json\">.";
}

static const char *refusal(enum html_state state)
{
    switch (state) {
    case HTML_TAG_NAME:
        return "The name of a tag must be fixed.";
    case HTML_ATTR_NAME:
    case HTML_IN_TAG:
        return "A value cannot be the name of an attribute: write "
               "name=\"{{value}}\".";
    case HTML_BEFORE_VALUE:
    case HTML_UNQUOTED:
        return "Put the attribute's value between quotes: "
               "name=\"{{value}}\".";
    case HTML_COMMENT:
        return "A value cannot stand in a comment; use {{! }} for comments.";
    case HTML_DECLARATION:
        return "A value cannot stand in a declaration.";
    case HTML_TEXT:
    case HTML_VALUE:
        break;
    }
    return NULL;
}

const char *html_context_escape(const struct html_context *context, bool raw,
                                enum op_escape *ret_escape)
{
    if (context->state == HTML_TEXT)
        return escape_in_text(context, raw, ret_escape);
    if (context->state == HTML_VALUE)
        return escape_in_value(context, ret_escape);
    return refusal(context->state);
}

/* Behind a tag's or an attribute's name, which is complete with that: what
 * comes next must begin with a blank. */
static void end_name(struct html_context *context)
{
    if (context->state == HTML_ATTR_NAME)
        end_attr_name(context);
    context->state = HTML_IN_TAG;
    context->need_space = !context->after_blank;
}

const char *html_context_enter(struct html_context *context)
{
    switch (context->state) {
    case HTML_TAG_NAME:
        if (context->tag.len == 0)
            return refusal(HTML_TAG_NAME);
        end_name(context);
        break;
    case HTML_ATTR_NAME:
        end_name(context);
        break;
    case HTML_BEFORE_VALUE:
    case HTML_UNQUOTED:
    case HTML_DECLARATION:
        return "A section cannot begin here: put it around the whole "
               "attribute, or inside of its quotes.";
    case HTML_TEXT:
        if (context->content != CONTENT_NORMAL && context->matched > 0)
            return "A section cannot begin in the middle of an end tag.";
        break;
    case HTML_COMMENT:
        context->matched = 0;
        break;
    case HTML_IN_TAG:
    case HTML_VALUE:
        break;
    }
    /* Two iterations in a row may bring their blanks together; that is better
     * than none between them. */
    context->after_blank = false;
    return NULL;
}

const char *html_context_join(const struct html_context *before,
                              struct html_context *after)
{
    /* <input {{#x}}checked{{/x}}> */
    if (after->state == HTML_ATTR_NAME && before->state == HTML_IN_TAG)
        end_name(after);
    after->after_blank = false;
    bool same = before->state == after->state &&
                before->content == after->content &&
                before->pre == after->pre &&
                before->in_json_text == after->in_json_text &&
                before->json_escape == after->json_escape;
    if (same && after->content != CONTENT_NORMAL)
        same = before->matched == after->matched &&
               str_eq(name_str(&before->tag), name_str(&after->tag));
    if (same && after->state == HTML_VALUE)
        same =
            before->attr == after->attr && before->quote == after->quote &&
            str_eq(name_str(&before->attr_name), name_str(&after->attr_name));
    if (same && after->state != HTML_TEXT && after->state != HTML_COMMENT)
        same = before->closing == after->closing &&
               str_eq(name_str(&before->tag), name_str(&after->tag)) &&
               str_eq(name_str(&before->type), name_str(&after->type));
    if (!same)
        return "What stands between this tag and its end must leave tags, "
               "quotes and elements such as <script> as it found them.";
    after->query |= before->query;
    after->refresh |= before->refresh;
    after->need_space |= before->need_space;
    return NULL;
}
