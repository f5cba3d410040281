// SPDX-License-Identifier: Apache-2.0
#include "link/page_key.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "net/uri.h"

#define SEARCHES (PAGE_KEY_SEARCH | PAGE_KEY_SEARCH_FEED)

/* What a value must look like. Longer ones are as if they were not there, but
 * for words, which are cut. */
enum shape { WORDS, PATH, DATE, CURSOR, NEWEST, NAME, NUMBER, COUNT };

struct parameter {
    struct str name;
    unsigned kinds; /* enum page_key_kind */
    enum shape shape;
    size_t bytes_max;
};

/* In the order of the key. */
static const struct parameter parameters[] = {
    {STR_INIT("before"), PAGE_KEY_OTHER | PAGE_KEY_ARTICLE, CURSOR, 64},
    {STR_INIT("post"), PAGE_KEY_ARTICLE, CURSOR, 13},
    {STR_INIT("q"), SEARCHES | PAGE_KEY_SUGGEST, WORDS,
     PAGE_KEY_QUERY_BYTES_MAX},
    {STR_INIT("category"), SEARCHES, PATH, 250},
    {STR_INIT("author"), SEARCHES, PATH, 100},
    {STR_INIT("from"), SEARCHES, DATE, 10},
    {STR_INIT("to"), SEARCHES, DATE, 10},
    {STR_INIT("sort"), PAGE_KEY_SEARCH, NEWEST, 6},
    {STR_INIT("after"), PAGE_KEY_SEARCH, CURSOR, 32},
    {STR_INIT("url"), PAGE_KEY_OEMBED, PATH, PAGE_KEY_URL_BYTES_MAX},
    {STR_INIT("format"), PAGE_KEY_OEMBED, NAME, 8},
    {STR_INIT("maxwidth"), PAGE_KEY_OEMBED, NUMBER, 5},
    {STR_INIT("maxheight"), PAGE_KEY_OEMBED, NUMBER, 5},
    {STR_INIT("after"), PAGE_KEY_POSTS, COUNT, 15},
};
enum { PARAMETERS = sizeof parameters / sizeof *parameters };

/* ---- Kinds -----------------------------------------------------------------
 */

/* What follows "/en/article/". */
static enum page_key_kind article_kind(struct str rest)
{
    struct str part;
    if (!rest.ptr || !str_split_next(&rest, '/', &part) || !part.len)
        return PAGE_KEY_OTHER;
    if (!rest.ptr)
        return PAGE_KEY_ARTICLE;
    return str_eq(rest, STR("posts")) ? PAGE_KEY_POSTS : PAGE_KEY_OTHER;
}

enum page_key_kind page_key_kind(struct str key)
{
    ptrdiff_t mark = str_find_char(key, '?');
    struct str rest = mark < 0 ? key : str_slice(key, 0, (size_t)mark);
    struct str part, language;
    if (str_eq(rest, STR("/oembed")))
        return PAGE_KEY_OEMBED;
    if (!str_split_next(&rest, '/', &part) || part.len ||
        !str_split_next(&rest, '/', &language) || !language.len ||
        !str_split_next(&rest, '/', &part))
        return PAGE_KEY_OTHER;
    if (str_eq(part, STR("article")))
        return article_kind(rest);
    if (str_eq(part, STR("suggest")) && !rest.ptr)
        return PAGE_KEY_SUGGEST;
    if (str_eq(part, STR("card")) && rest.ptr)
        return PAGE_KEY_CARD;
    if (!str_eq(part, STR("search")))
        return PAGE_KEY_OTHER;
    return rest.ptr ? PAGE_KEY_SEARCH_FEED : PAGE_KEY_SEARCH;
}

bool page_key_is_search(struct str key)
{
    return page_key_kind(key) &
           (SEARCHES | PAGE_KEY_SUGGEST | PAGE_KEY_OEMBED | PAGE_KEY_CARD);
}

/* ---- Values ----------------------------------------------------------------
 */

static bool is_date(struct str text)
{
    if (text.len != sizeof "2022-08-15" - 1)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (i == 4 || i == 7 ? c != '-' : c < '0' || c > '9')
            return false;
    }
    return true;
}

static bool is_cursor(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-'))
            return false;
    }
    return true;
}

static bool is_between(struct str text, char first, char last)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < first || text.ptr[i] > last)
            return false;
    return true;
}

/* As numbers are written: each in one way. */
static bool is_count(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len == 1 || text.ptr[0] != '0';
}

static bool has_control(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7F)
            return true;
    return false;
}

/* Whether it says something, in *text. */
static bool settle(const struct parameter *parameter, struct str *text)
{
    if (parameter->shape == WORDS) {
        *text = str_trim(utf8_cut(*text, parameter->bytes_max));
        return text->len > 0;
    }
    if (!text->len || text->len > parameter->bytes_max)
        return false;
    switch (parameter->shape) {
    case DATE:
        return is_date(*text);
    case CURSOR:
        return is_cursor(*text);
    case COUNT:
        return is_count(*text);
    case NEWEST:
        return str_eq(*text, STR("newest"));
    case NAME:
        return is_between(*text, 'a', 'z');
    case NUMBER:
        return is_between(*text, '0', '9');
    default:
        return !has_control(*text);
    }
}

/* The first parameter of that name, decoded. */
static bool find(struct str query, const struct parameter *parameter,
                 char target[URI_VALUE_BYTES_MAX], struct str *ret_text)
{
    return !uri_query_get(query, parameter->name, target, URI_VALUE_BYTES_MAX,
                          ret_text) &&
           settle(parameter, ret_text);
}

/* ---- Keys ------------------------------------------------------------------
 */

struct str page_key_make(struct str path, struct str query,
                         char target[PAGE_KEY_BYTES_MAX])
{
    if (!query.ptr || !query.len)
        return path;
    unsigned kind = (unsigned)page_key_kind(path);
    char value[URI_VALUE_BYTES_MAX];
    struct str text;
    bool any = false;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, PAGE_KEY_BYTES_MAX);
    buf_add(&out, path);
    for (size_t i = 0; i < PARAMETERS; i++) {
        if (!(parameters[i].kinds & kind) ||
            !find(query, &parameters[i], value, &text))
            continue;
        buf_add_char(&out, any ? '&' : '?');
        buf_add(&out, parameters[i].name);
        buf_add_char(&out, '=');
        uri_write_query(&out, text);
        any = true;
    }
    if (!any || buf_err(&out))
        return path;
    memcpy(target, out.ptr, out.len);
    return str_of(target, out.len);
}

struct str page_key_value(struct str key, struct str name,
                          char target[PAGE_KEY_VALUE_BYTES])
{
    struct str text;
    ptrdiff_t mark = str_find_char(key, '?');
    if (mark < 0 || uri_query_get(str_from(key, (size_t)mark + 1), name, target,
                                  PAGE_KEY_VALUE_BYTES, &text))
        return STR("");
    return text;
}
