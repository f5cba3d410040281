// SPDX-License-Identifier: Apache-2.0
/* The text of a post as HTML. WordPress keeps it half done: shortcodes in
 * square brackets, addresses in lines of their own that become players, and,
 * from the old editor, line ends instead of paragraphs. What is written here
 * goes to the sandboxed HTML parser and is judged there; nothing is trusted. */
#include "exchange/wxr_internal.h"
#include "render/escape.h"

enum {
    BODY_BYTES_MAX = 4 * 1024 * 1024,
    SHORTCODE_BYTES_MAX = 4 * 1024,
    NAME_BYTES_MAX = 40,
    LINE_URL_BYTES_MAX = 2048,
    KINDS_MAX = 16,     /* of shortcodes that are dropped, per post */
    IN_VAIN_MAX = 1000, /* then nothing has an end: it would take too long */
};

struct body {
    const struct wxr_index *index;
    const struct wxr_item *item;
    struct arena *arena;
    struct story *story;
    struct str rest;
    struct buf out;
    bool lines;      /* line ends count */
    bool line_start; /* nothing but blanks since the last line end */
    size_t in_vain;  /* ends that were looked for and are not there */
};

/* [name a="b" c=d /] */
struct shortcode {
    struct str name;
    struct str attributes;
    size_t len; /* with its brackets */
};

/* ---- Reading shortcodes ----------------------------------------------------
 */

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* text begins with '['. */
static bool read_shortcode(struct str text, struct shortcode *ret)
{
    size_t i = 1;
    while (i < text.len && i <= NAME_BYTES_MAX && is_name_char(text.ptr[i]))
        i++;
    struct str name = str_slice(text, 1, i - 1);
    if (!name.len || !(name.ptr[0] >= 'A') || i >= text.len)
        return false;
    char quote = 0;
    size_t start = i;
    for (; i < text.len && i < SHORTCODE_BYTES_MAX; i++) {
        char c = text.ptr[i];
        if (quote)
            quote = c == quote ? 0 : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '[' || c == '<')
            return false;
        else if (c == ']')
            break;
    }
    if (i >= text.len || text.ptr[i] != ']' ||
        (i > start && !is_blank(text.ptr[start]) && text.ptr[start] != '/'))
        return false;
    *ret = (struct shortcode){name, str_trim(str_slice(text, start, i - start)),
                              i + 1};
    return true;
}

static struct str attribute(const struct shortcode *code, const char *wanted)
{
    struct str text = code->attributes, name = str_from_c(wanted);
    for (size_t i = 0; i + name.len < text.len; i++) {
        bool begins = i == 0 || is_blank(text.ptr[i - 1]);
        if (!begins || text.ptr[i + name.len] != '=' ||
            !str_eq_ascii_case(str_slice(text, i, name.len), name))
            continue;
        struct str value = str_from(text, i + name.len + 1);
        if (!value.len)
            return value;
        char quote = value.ptr[0];
        size_t len = 0;
        if (quote == '"' || quote == '\'') {
            value = str_from(value, 1);
            while (len < value.len && value.ptr[len] != quote)
                len++;
        } else {
            while (len < value.len && !is_blank(value.ptr[len]))
                len++;
        }
        return str_slice(value, 0, len);
    }
    return STR("");
}

/* Where text goes on with end, or -1. */
static ptrdiff_t find_end(struct body *body, struct str text, struct str end)
{
    if (body->in_vain >= IN_VAIN_MAX)
        return -1;
    ptrdiff_t at = str_find(text, end);
    body->in_vain += at < 0;
    return at;
}

/* What stands between the code and its [/name]; false when it is not closed. */
static bool inner_of(struct body *body, const struct shortcode *code,
                     struct str *ret_inner, size_t *ret_len)
{
    char close[NAME_BYTES_MAX + 4];
    snprintf(close, sizeof close, "[/%.*s]", ARG_STR(code->name));
    struct str behind = str_from(body->rest, code->len);
    ptrdiff_t at = find_end(body, behind, str_from_c(close));
    if (at < 0)
        return false;
    *ret_inner = str_slice(behind, 0, (size_t)at);
    *ret_len = code->len + (size_t)at + strlen(close);
    return true;
}

/* ---- What they stand for ---------------------------------------------------
 */

static void add_attribute(struct body *body, const char *name, struct str value)
{
    buf_printf(&body->out, " %s=\"", name);
    escape_html(&body->out, value);
    buf_add_char(&body->out, '"');
}

static void add_picture(struct body *body,
                        const struct wxr_attachment *attachment)
{
    const struct story_picture *picture = &attachment->picture;
    buf_add_c(&body->out, "<figure><img");
    add_attribute(body, "src", picture->src);
    add_attribute(body, "alt", picture->alt);
    buf_add_c(&body->out, "><figcaption>");
    buf_add(&body->out, picture->caption);
    buf_add_c(&body->out, "</figcaption></figure>");
}

/* ids="3,1,2", or all that belong to the post. */
static void take_gallery(struct body *body, const struct shortcode *code)
{
    struct str ids = attribute(code, "ids"), id;
    if (!ids.len)
        ids = attribute(code, "include");
    buf_add_c(&body->out, "<figure class=\"gallery\">");
    while (ids.len && str_split_next(&ids, ',', &id)) {
        const struct wxr_attachment *attachment =
            map_get(&body->index->attachments, str_trim(id));
        if (attachment)
            add_picture(body, attachment);
        else
            story_drop(body->story, STR("picture of a gallery"), 1);
    }
    if (!attribute(code, "ids").len && !attribute(code, "include").len) {
        const struct wxr_attachment *attachment =
            map_get(&body->index->by_parent, body->item->id);
        for (; attachment; attachment = attachment->next_of_parent)
            add_picture(body, attachment);
    }
    buf_add_c(&body->out, "</figure>");
}

/* Where the picture ends, with the link around it perhaps; 0 when there is
 * none. */
static size_t picture_length(struct str inner)
{
    ptrdiff_t image = str_find(inner, STR("<img"));
    if (image < 0)
        return 0;
    ptrdiff_t end = str_find_char(str_from(inner, (size_t)image), '>');
    if (end < 0)
        return 0;
    size_t len = (size_t)(image + end) + 1;
    while (len < inner.len && is_blank(inner.ptr[len]))
        len++;
    bool linked = str_starts_with(str_from(inner, len), STR("</a>"));
    return linked ? len + 4 : len;
}

static void take_caption(struct body *body, const struct shortcode *code,
                         struct str inner)
{
    size_t cut = picture_length(inner);
    struct str caption = attribute(code, "caption");
    buf_add_c(&body->out, "<figure>");
    buf_add(&body->out, str_slice(inner, 0, cut));
    buf_add_c(&body->out, "<figcaption>");
    buf_add(&body->out, caption.len ? caption : str_trim(str_from(inner, cut)));
    buf_add_c(&body->out, "</figcaption></figure>");
}

static void add_player(struct body *body, const char *element, struct str url)
{
    buf_printf(&body->out, "<%s", element);
    add_attribute(body, "src", str_trim(url));
    buf_printf(&body->out, "></%s>", element);
}

/* [video mp4="…"]: whichever file is named first. */
static struct str file_of(const struct shortcode *code)
{
    static const char *const names[] = {"src", "mp4", "m4v", "webm", "ogv",
                                        "mp3", "m4a", "ogg", "wav"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str url = attribute(code, names[i]);
        if (url.len)
            return url;
    }
    return STR("");
}

static void drop_shortcode(struct body *body, struct str name)
{
    struct story *story = body->story;
    struct str what =
        arena_printf(body->arena, "[%" PRI_STR "]", ARG_STR(name));
    size_t kinds = 0;
    for (size_t i = 0; i < story->dropped_count; i++) {
        kinds += str_starts_with(story->dropped[i].what, STR("["));
        if (str_eq(story->dropped[i].what, what))
            kinds = 0;
    }
    story_drop(story, kinds < KINDS_MAX ? what : STR("other shortcode"), 1);
}

/* True when it was one of those that mean something; the rest is behind it. */
static bool take_known(struct body *body, const struct shortcode *code)
{
    struct str inner = STR("");
    size_t len = code->len;
    bool closed = inner_of(body, code, &inner, &len);
    if ((str_eq(code->name, STR("caption")) ||
         str_eq(code->name, STR("wp_caption"))) &&
        closed) {
        take_caption(body, code, inner);
    } else if (str_eq(code->name, STR("gallery"))) {
        take_gallery(body, code);
        len = code->len;
    } else if (str_eq(code->name, STR("embed")) && closed) {
        add_player(body, "iframe", inner);
    } else if (str_eq(code->name, STR("video")) && file_of(code).len) {
        add_player(body, "video", file_of(code));
    } else if (str_eq(code->name, STR("audio")) && file_of(code).len) {
        add_player(body, "audio", file_of(code));
    } else {
        return false;
    }
    body->rest = str_from(body->rest, len);
    return true;
}

/* "[sic]" and "[1]" are the author's; what has attributes, an end, or a name
 * that only a program would give is a shortcode. */
static bool looks_like_one(struct body *body, const struct shortcode *code)
{
    struct str inner;
    size_t len;
    return str_find_char(code->attributes, '=') >= 0 ||
           str_find_char(code->name, '_') >= 0 ||
           str_ends_with(code->attributes, STR("/")) ||
           inner_of(body, code, &inner, &len);
}

/* Looks at a '['. True when something was taken. */
static bool take_bracket(struct body *body)
{
    struct shortcode code;
    struct str rest = body->rest;
    if (str_starts_with(rest, STR("[["))) { /* said, not meant */
        ptrdiff_t end = find_end(body, rest, STR("]]"));
        if (end < 0 || (size_t)end > SHORTCODE_BYTES_MAX)
            return false;
        buf_add(&body->out, str_slice(rest, 1, (size_t)end));
        body->rest = str_from(rest, (size_t)end + 2);
        return true;
    }
    if (str_starts_with(rest, STR("[/"))) { /* its beginning was dropped */
        struct str behind = str_from(rest, 1);
        size_t len = 1;
        while (len < behind.len && is_name_char(behind.ptr[len]))
            len++;
        if (len == 1 || len >= behind.len || behind.ptr[len] != ']')
            return false;
        body->rest = str_from(behind, len + 1);
        return true;
    }
    if (!read_shortcode(rest, &code))
        return false;
    if (take_known(body, &code))
        return true;
    if (!looks_like_one(body, &code))
        return false;
    drop_shortcode(body, code.name);
    body->rest = str_from(rest, code.len);
    return true;
}

/* ---- Markup ----------------------------------------------------------------
 */

static bool begins_with_tag(struct str text, const char *tag)
{
    size_t len = strlen(tag);
    return text.len > len &&
           str_eq_ascii_case(str_slice(text, 0, len), str_of(tag, len)) &&
           !is_name_char(text.ptr[len]);
}

/* Blocks that a program fills are nothing but a comment:
 * <!-- wp:latest-posts {"n":5} /--> */
static void count_block(struct body *body, struct str comment)
{
    struct str name = str_trim(str_from(comment, 4));
    if (!str_starts_with(name, STR("wp:")) ||
        !str_ends_with(comment, STR("/-->")))
        return;
    name = str_from(name, 3);
    size_t len = 0;
    while (len < name.len &&
           (is_name_char(name.ptr[len]) || name.ptr[len] == '/'))
        len++;
    story_drop(body->story,
               arena_concat(body->arena, STR("block "),
                            str_slice(name, 0, len > 60 ? 60 : len)),
               1);
}

static void copy(struct body *body, size_t len)
{
    buf_add(&body->out, str_slice(body->rest, 0, len));
    body->rest = str_from(body->rest, len);
}

/* A comment is left out; an element whose line ends are its own goes whole; of
 * all others the tag alone. */
static void take_tag(struct body *body)
{
    static const struct {
        const char *open, *close;
    } whole[] = {{"<pre", "</pre>"},
                 {"<script", "</script>"},
                 {"<style", "</style>"},
                 {"<textarea", "</textarea>"}};
    struct str rest = body->rest;
    if (str_starts_with(rest, STR("<!--"))) {
        ptrdiff_t end = str_find(rest, STR("-->"));
        size_t len = end < 0 ? rest.len : (size_t)end + 3;
        count_block(body, str_slice(rest, 0, len));
        body->rest = str_from(rest, len);
        return;
    }
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        ptrdiff_t end = begins_with_tag(rest, whole[i].open)
                            ? find_end(body, rest, str_from_c(whole[i].close))
                            : -1;
        if (end >= 0) {
            copy(body, (size_t)end + strlen(whole[i].close));
            return;
        }
    }
    char quote = 0;
    for (size_t i = 1; i < rest.len && i < SHORTCODE_BYTES_MAX * 16; i++) {
        char c = rest.ptr[i];
        if (quote) {
            quote = c == quote ? 0 : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '>') {
            copy(body, i + 1);
            return;
        }
    }
    copy(body, 1);
}

/* ---- Lines -----------------------------------------------------------------
 */

static bool is_player(struct str url)
{
    static const char *const hosts[] = {
        "youtube.com/",    "youtu.be/",     "vimeo.com/",       "twitter.com/",
        "x.com/",          "facebook.com/", "instagram.com/",   "tiktok.com/",
        "soundcloud.com/", "spotify.com/",  "dailymotion.com/", "t.me/"};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        if (str_find(url, str_from_c(hosts[i])) >= 0)
            return true;
    return false;
}

/* An address alone in its line becomes a player where WordPress knows one. */
static bool take_bare_address(struct body *body)
{
    struct str rest = body->rest;
    if (!str_starts_with(rest, STR("https://")) &&
        !str_starts_with(rest, STR("http://")))
        return false;
    size_t len = 0;
    while (len < rest.len && len < LINE_URL_BYTES_MAX &&
           !is_blank(rest.ptr[len]) && rest.ptr[len] != '<')
        len++;
    size_t end = len;
    while (end < rest.len && (rest.ptr[end] == ' ' || rest.ptr[end] == '\r'))
        end++;
    if ((end < rest.len && rest.ptr[end] != '\n') ||
        !is_player(str_slice(rest, 0, len)))
        return false;
    add_player(body, "iframe", str_slice(rest, 0, len));
    body->rest = str_from(rest, len);
    return true;
}

/* One line end is a break, more are a paragraph: the parser takes two breaks
 * for one. */
static void take_line_ends(struct body *body)
{
    size_t len = 0, ends = 0;
    while (len < body->rest.len && is_blank(body->rest.ptr[len])) {
        ends += body->rest.ptr[len] == '\n';
        len++;
    }
    body->rest = str_from(body->rest, len);
    buf_add_c(&body->out, !body->lines ? "\n"
                          : ends > 1   ? "<br><br>\n"
                                       : "<br>\n");
    body->line_start = true;
}

static void take_one(struct body *body)
{
    char c = body->rest.ptr[0];
    bool line_start = body->line_start;
    if (c == '\n') {
        take_line_ends(body);
        return;
    }
    body->line_start = line_start && is_blank(c);
    if (c == '<') {
        take_tag(body);
        return;
    }
    if ((c == '[' && take_bracket(body)) ||
        (line_start && body->lines && c == 'h' && take_bare_address(body)))
        return;
    size_t len = 1;
    while (len < body->rest.len && !strchr("\n<[", body->rest.ptr[len]) &&
           body->rest.ptr[len])
        len++;
    copy(body, c == ' ' || c == '\t' || c == '\r' ? 1 : len);
}

struct str wxr_body(const struct wxr_index *index, const struct wxr_item *item,
                    struct arena *arena, struct story *story)
{
    struct body body = {
        .index = index,
        .item = item,
        .arena = arena,
        .story = story,
        .rest = item->content,
        .lines = str_find(item->content, STR("<!-- wp:")) < 0,
        .line_start = true,
    };
    buf_init(&body.out, BODY_BYTES_MAX);
    while (body.rest.len && !body.out.err)
        take_one(&body);
    /* Galleries can make it longer than it was: then as it came. */
    struct str html = buf_err(&body.out)
                          ? item->content
                          : arena_copy(arena, buf_str(&body.out));
    buf_finish(&body.out);
    return html;
}
