// SPDX-License-Identifier: Apache-2.0
#include "site/site_path.h"

#include "base/arena.h"
#include "link/page_key.h"
#include "site/share_card.h"

enum { PARTS_MAX = SITE_PATH_DEPTH_MAX + 2 };

const struct site_feed_format site_feeds[SITE_FEED_COUNT] = {
#define X(format, file, type) {STR_INIT(file), STR_INIT(type)},
    SITE_FEEDS(X)
#undef X
};

const struct site_icon_file site_icons[SITE_ICON_COUNT] = {
#define X(icon, file, pixels, maskable) {STR_INIT(file), pixels, maskable},
    SITE_ICONS(X)
#undef X
};

static const struct {
    struct str alone;
    struct str word;
    unsigned has;
} pages[SITE_PAGE_COUNT] = {
#define X(kind, printer, alone, word, has) \
    {STR_INIT(alone), STR_INIT(word), has},
    SITE_PAGES(X)
#undef X
};

static const struct str sitemap_words[SITE_SITEMAP_COUNT] = {
#define X(kind, word) STR_INIT(word),
    SITE_SITEMAPS(X)
#undef X
};

#define EMBED_ENDING STR("/embed")
#define JSON_ENDING STR(".json")
#define POSTS_ENDING STR("posts")
#define SITEMAP_PREFIX STR("/sitemap-")
#define SITEMAP_ENDING STR(".xml.gz")

enum { SITEMAP_PART_MAX = 99999 };

struct parts {
    struct str at[PARTS_MAX];
    size_t count;
    bool slash; /* the path ended with one */
};

/* False when there are too many parts or an empty one between slashes. */
static bool split(struct str path, struct parts *parts)
{
    struct str rest = str_from(path, 1), part;
    while (str_split_next(&rest, '/', &part)) {
        if (part.len == 0) {
            parts->slash = true;
            return rest.ptr == NULL;
        }
        if (parts->count == PARTS_MAX)
            return false;
        parts->at[parts->count++] = part;
    }
    return true;
}

/* Only lists that go on have a cursor. */
static bool has_cursors(enum site_page page)
{
    return pages[page].has & SITE_HAS_CURSORS;
}

/* "after=<number>" */
static void parse_after(struct str query, struct site_path *path)
{
    struct str prefix = STR("after=");
    struct str number = str_from(query, prefix.len);
    bool is_known =
        path->page == SITE_PAGE_POSTS && str_starts_with(query, prefix) &&
        number.len && (number.len == 1 || number.ptr[0] != '0') &&
        number.ptr[0] != '-' && !str_parse_i64(number, &path->after);
    if (!is_known)
        path->page = SITE_PAGE_UNKNOWN;
}

/* "post=<id>" */
static bool parse_post(struct str query, struct site_path *path)
{
    struct str prefix = STR("post=");
    return path->page == SITE_PAGE_ARTICLE && str_starts_with(query, prefix) &&
           !id_parse(str_from(query, prefix.len), &path->post);
}

/* "before=<cursor>". Everything else is no key of a page, so that nobody can
 * have the same page printed under any number of keys. */
static void parse_before(struct str query, struct site_path *path)
{
    struct str prefix = STR("before=");
    if (parse_post(query, path))
        return;
    path->has_before =
        has_cursors(path->page) && str_starts_with(query, prefix) &&
        !article_cursor_parse(str_from(query, prefix.len), &path->before);
    if (!path->has_before)
        path->page = SITE_PAGE_SLASH;
}

/* What a search asks for is read by its printer; here, that it is written as
 * the edge writes it. */
static void parse_search(struct str page_key, size_t mark,
                         struct site_path *path)
{
    char key[PAGE_KEY_BYTES_MAX];
    struct str text = str_slice(page_key, 0, mark);
    if (!str_eq(page_key_make(text, str_from(page_key, mark + 1), key),
                page_key))
        path->page = SITE_PAGE_SLASH;
}

/* "some-words-62f9f7d471fdc" or the id alone, with ".json" behind it for the
 * item that programs read. */
static bool parse_article(struct str part, struct site_path *path)
{
    bool is_item = str_ends_with(part, JSON_ENDING);
    if (is_item)
        part = str_slice(part, 0, part.len - JSON_ENDING.len);
    if (part.len < ID_LEN ||
        id_parse(str_from(part, part.len - ID_LEN), &path->id))
        return false;
    size_t slug = part.len - ID_LEN;
    if (slug == 1 || (slug && part.ptr[slug - 1] != '-'))
        return false;
    path->slug = str_slice(part, 0, slug ? slug - 1 : 0);
    path->page = is_item ? SITE_PAGE_ITEM : SITE_PAGE_ARTICLE;
    return true;
}

/* From the first of count parts to the end of the last, as they stand. */
static struct str span(const struct str *parts, size_t count)
{
    if (count == 0)
        return STR("");
    const char *end = parts[count - 1].ptr + parts[count - 1].len;
    return str_of(parts[0].ptr, (size_t)(end - parts[0].ptr));
}

/* Two parts: /en/tag/harvest and the like. False when the first is no name of
 * a kind of pages. */
static bool parse_named(const struct parts *parts, struct site_path *path)
{
    struct str kind = parts->at[1], name = parts->at[2];
    if (str_eq(kind, STR("article"))) {
        parse_article(name, path);
        return true;
    }
    if (str_eq(kind, STR("programme"))) {
        if (!id_parse(name, &path->id))
            path->page = SITE_PAGE_PROGRAMME;
        return true;
    }
    path->slug = name;
    if (str_eq(kind, STR("tag")))
        path->page = SITE_PAGE_TAG;
    else if (str_eq(kind, STR("tv")))
        path->page = SITE_PAGE_TV;
    else if (str_eq(kind, STR("author")))
        path->page = SITE_PAGE_AUTHOR;
    else
        return false;
    return true;
}

/* /en/article/some-words-62f9f7d471fdc/embed */
static bool parse_embed(const struct parts *parts, struct site_path *path)
{
    if (parts->count != 4 || !str_eq(parts->at[1], STR("article")) ||
        !str_eq(parts->at[3], STR("embed")))
        return false;
    parse_article(parts->at[2], path);
    path->page =
        path->page == SITE_PAGE_ARTICLE ? SITE_PAGE_EMBED : SITE_PAGE_UNKNOWN;
    return true;
}

/* How many hexadecimal digits a text begins with. */
static size_t count_hex(struct str text)
{
    size_t count = 0;
    while (count < text.len &&
           ((text.ptr[count] >= '0' && text.ptr[count] <= '9') ||
            (text.ptr[count] >= 'a' && text.ptr[count] <= 'f')))
        count++;
    return count;
}

/* /en/card/62f9f7d471fdc-0123456789abcdef.jpg */
static bool parse_card(const struct parts *parts, struct site_path *path)
{
    if (parts->count != 3 || !str_eq(parts->at[1], STR("card")))
        return false;
    struct str file = parts->at[2], digits = str_from(file, ID_LEN + 1);
    size_t count = count_hex(digits);
    if (count != SHARE_CARD_DIGITS ||
        !str_eq(str_from(digits, count), STR(".jpg")) ||
        file.ptr[ID_LEN] != '-' ||
        id_parse(str_slice(file, 0, ID_LEN), &path->id))
        return false;
    path->page = SITE_PAGE_CARD;
    return true;
}

/* The pages that every language has one of. */
static bool parse_single(struct str name, struct site_path *path)
{
    for (enum site_page page = 0; page < SITE_PAGE_COUNT; page++) {
        if (!pages[page].word.len || !str_eq(name, pages[page].word))
            continue;
        path->page = page;
        return true;
    }
    for (int i = 0; i < SITE_ICON_COUNT; i++) {
        if (!str_eq(name, site_icons[i].file))
            continue;
        path->page = SITE_PAGE_ICON;
        path->icon = (enum site_icon)i;
        return true;
    }
    return false;
}

/* "/en/article/some-words-62f9f7d471fdc/posts" */
static bool parse_posts(const struct parts *parts, struct site_path *path)
{
    if (parts->count != 4 || !str_eq(parts->at[1], STR("article")) ||
        !str_eq(parts->at[3], POSTS_ENDING))
        return false;
    if (parse_article(parts->at[2], path))
        path->page = path->page == SITE_PAGE_ARTICLE ? SITE_PAGE_POSTS
                                                     : SITE_PAGE_UNKNOWN;
    return true;
}

/* What stands after the language, but for feeds. */
static void parse_page(const struct parts *parts, struct site_path *path)
{
    struct str last = parts->at[parts->count - 1];
    if (parts->count == 1) {
        path->page = SITE_PAGE_FRONT;
    } else if ((parts->count == 2 && parse_single(last, path)) ||
               parse_embed(parts, path) || parse_card(parts, path)) {
        return;
    } else if (parse_posts(parts, path)) {
        return;
    } else if (parts->count != 3 || !parse_named(parts, path)) {
        if (parts->count - 1 > SITE_PATH_DEPTH_MAX)
            return;
        path->page = SITE_PAGE_CATEGORY;
        path->category = span(&parts->at[1], parts->count - 1);
        path->slug = STR("");
    }
}

bool site_page_has_feeds(enum site_page page)
{
    return pages[page].has & SITE_HAS_FEEDS;
}

/* A feed is the address of its page with the format's file behind it. */
static bool parse_feed(const struct parts *parts, struct site_path *path)
{
    struct str last = parts->at[parts->count - 1];
    struct parts home = *parts;
    home.count--;
    for (int i = 0; home.count && i < SITE_FEED_COUNT; i++) {
        if (!str_eq(last, site_feeds[i].file))
            continue;
        parse_page(&home, path);
        path->home = path->page;
        path->feed = (enum site_feed)i;
        path->page = site_page_has_feeds(path->home) ? SITE_PAGE_FEED
                                                     : SITE_PAGE_UNKNOWN;
        return true;
    }
    return false;
}

static void parse_in_language(const struct parts *parts, struct site_path *path)
{
    if (!parse_feed(parts, path))
        parse_page(parts, path);
}

/* ---- Sitemaps ---- */

/* Takes "-<rest>" off the end of *text when it has one. */
static bool take_word(struct str *text, struct str *ret_word)
{
    ptrdiff_t hyphen = str_find_last_char(*text, '-');
    if (hyphen <= 0)
        return false;
    *ret_word = str_from(*text, (size_t)hyphen + 1);
    *text = str_slice(*text, 0, (size_t)hyphen);
    return true;
}

static bool is_digits(struct str text, size_t len)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    }
    return text.len == len;
}

/* Takes "-2022-08" off the end of *text when it has one. */
static bool take_month(struct str *text, struct site_path *path)
{
    enum { LEN = sizeof "2022-08" - 1 };
    if (text->len < LEN + 2)
        return false;
    struct str month = str_from(*text, text->len - LEN);
    if (!is_digits(str_slice(month, 0, 4), 4) || month.ptr[4] != '-' ||
        !is_digits(str_from(month, 5), 2) || month.ptr[-1] != '-')
        return false;
    path->month = month;
    path->sitemap = SITE_SITEMAP_ARTICLES;
    *text = str_slice(*text, 0, text->len - LEN - 1);
    return true;
}

static bool take_kind(struct str *text, struct site_path *path)
{
    struct str rest = *text, word;
    if (!take_word(&rest, &word))
        return false;
    for (int i = 0; i < SITE_SITEMAP_COUNT; i++) {
        if (word.len == 0 || !str_eq(word, sitemap_words[i]))
            continue;
        path->sitemap = (enum site_sitemap)i;
        *text = rest;
        return true;
    }
    return false;
}

/* Takes "-2" and more off the end: the first part's number is not written, and
 * only some kinds have parts, so that each has one address. */
static bool take_part(struct str *text, struct site_path *path)
{
    struct str word;
    return take_word(text, &word) && word.len && word.ptr[0] != '0' &&
           !str_parse_i64(word, &path->part) && path->part > 1 &&
           path->part <= SITEMAP_PART_MAX;
}

static bool has_parts(enum site_sitemap sitemap)
{
    return sitemap == SITE_SITEMAP_ARTICLES || sitemap == SITE_SITEMAP_TAGS ||
           sitemap == SITE_SITEMAP_AUTHORS;
}

static bool parse_sitemap(struct str text, struct site_path *path)
{
    if (!str_starts_with(text, SITEMAP_PREFIX) ||
        !str_ends_with(text, SITEMAP_ENDING))
        return false;
    struct str rest =
        str_slice(text, SITEMAP_PREFIX.len,
                  text.len < SITEMAP_PREFIX.len + SITEMAP_ENDING.len
                      ? 0
                      : text.len - SITEMAP_PREFIX.len - SITEMAP_ENDING.len);
    path->part = 1;
    bool found = take_month(&rest, path) || take_kind(&rest, path);
    if (!found)
        found = take_part(&rest, path) &&
                (take_month(&rest, path) || take_kind(&rest, path)) &&
                has_parts(path->sitemap);
    if (!found || rest.len == 0 || str_find_char(rest, '/') >= 0)
        return false;
    path->page = SITE_PAGE_SITEMAP;
    path->lang = rest;
    return true;
}

static bool parse_top(struct str path_text, struct site_path *path)
{
    for (enum site_page page = 0; page < SITE_PAGE_COUNT; page++) {
        if (!pages[page].alone.len || !str_eq(path_text, pages[page].alone))
            continue;
        path->page = page;
        return true;
    }
    return false;
}

/* "/events/en.json", "/events/en/<cursor>.json". */
static bool parse_events(const struct parts *parts, struct site_path *path)
{
    struct str last = parts->at[parts->count - 1];
    if (!str_eq(parts->at[0], STR("events")) || parts->count < 2)
        return false;
    if (parts->slash || parts->count > 3 || !str_ends_with(last, JSON_ENDING) ||
        last.len == JSON_ENDING.len)
        return true; /* unknown */
    last = str_slice(last, 0, last.len - JSON_ENDING.len);
    path->lang = parts->count == 2 ? last : parts->at[1];
    if (parts->count == 2)
        path->page = SITE_PAGE_NOW;
    else if (!article_cursor_parse(last, &path->before))
        path->page = SITE_PAGE_SINCE;
    return true;
}

static void parse_parts(const struct parts *parts, struct site_path *path)
{
    if (parts->count == 2 && str_eq(parts->at[0], STR("assets"))) {
        path->page = SITE_PAGE_ASSET;
        path->asset = parts->at[1];
        return;
    }
    if (parse_events(parts, path))
        return;
    if (parts->count == 2 && str_eq(parts->at[0], STR("article"))) {
        parse_article(parts->at[1], path);
        return;
    }
    path->lang = parts->at[0];
    parse_in_language(parts, path);
    bool wants_slash = path->page == SITE_PAGE_FRONT;
    if (path->page != SITE_PAGE_UNKNOWN && parts->slash != wants_slash)
        path->page = SITE_PAGE_SLASH;
}

struct site_path site_path_parse(struct str page_key)
{
    struct site_path path = {.page = SITE_PAGE_UNKNOWN};
    ptrdiff_t mark = str_find_char(page_key, '?');
    struct str text =
        mark < 0 ? page_key : str_slice(page_key, 0, (size_t)mark);
    struct parts parts = {.count = 0};
    if (text.len == 0 || text.ptr[0] != '/')
        return path;
    if (!parse_top(text, &path) && !parse_sitemap(text, &path)) {
        if (split(text, &parts) && parts.count)
            parse_parts(&parts, &path);
        else
            path.lang = parts.count ? parts.at[0] : STR("");
    }
    if (path.page == SITE_PAGE_POSTS)
        parse_after(mark < 0 ? STR("") : str_from(page_key, (size_t)mark + 1),
                    &path);
    if (mark < 0 || path.page == SITE_PAGE_UNKNOWN ||
        path.page == SITE_PAGE_POSTS)
        return path;
    if (page_key_is_search(page_key))
        parse_search(page_key, (size_t)mark, &path);
    else
        parse_before(str_from(page_key, (size_t)mark + 1), &path);
    return path;
}

struct str site_path_feed(struct arena *arena, struct str path,
                          enum site_feed feed)
{
    return arena_printf(arena, "%" PRI_STR "%s%" PRI_STR, ARG_STR(path),
                        str_ends_with(path, STR("/")) ? "" : "/",
                        ARG_STR(site_feeds[feed].file));
}

struct str site_path_last(struct str category)
{
    ptrdiff_t slash = str_find_last_char(category, '/');
    return str_from(category, (size_t)(slash + 1));
}

struct str site_path_article(struct arena *arena, struct str lang,
                             struct str slug, struct str id)
{
    return article_path(arena, lang, slug, id);
}

struct str site_path_item(struct arena *arena, struct str article)
{
    return arena_concat(arena, article, JSON_ENDING);
}

struct str site_path_embed(struct arena *arena, struct str article)
{
    return arena_concat(arena, article, EMBED_ENDING);
}

struct str site_path_posts(struct arena *arena, struct str article)
{
    return arena_printf(arena, "%" PRI_STR "/%" PRI_STR, ARG_STR(article),
                        ARG_STR(POSTS_ENDING));
}

struct str site_path_after(struct arena *arena, struct str posts, int64_t after)
{
    return arena_printf(arena, "%" PRI_STR "?after=%lld", ARG_STR(posts),
                        (long long)after);
}

struct str site_path_sitemap(struct arena *arena, struct str lang,
                             enum site_sitemap sitemap, struct str month,
                             int64_t part)
{
    struct str word = month.len ? month : sitemap_words[sitemap];
    struct str number =
        part > 1 ? arena_printf(arena, "-%lld", (long long)part) : STR("");
    return arena_printf(
        arena, "%" PRI_STR "%" PRI_STR "-%" PRI_STR "%" PRI_STR "%" PRI_STR,
        ARG_STR(SITEMAP_PREFIX), ARG_STR(lang), ARG_STR(word), ARG_STR(number),
        ARG_STR(SITEMAP_ENDING));
}

struct str site_path_before(struct arena *arena, struct str path,
                            const struct article_cursor *before)
{
    char cursor[ARTICLE_CURSOR_BYTES];
    article_cursor_format(before, cursor);
    return arena_printf(arena, "%" PRI_STR "?before=%s", ARG_STR(path), cursor);
}

struct str site_path_static(struct arena *arena, struct str page_key)
{
    static const struct str names[] = {STR_INIT("before"), STR_INIT("post")};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str mark =
            arena_printf(arena, "?%" PRI_STR "=", ARG_STR(names[i]));
        ptrdiff_t at = str_find(page_key, mark);
        if (at >= 0)
            return arena_printf(
                arena, "%" PRI_STR "/%" PRI_STR "/%" PRI_STR,
                ARG_STR(str_slice(page_key, 0, (size_t)at)), ARG_STR(names[i]),
                ARG_STR(str_from(page_key, (size_t)at + mark.len)));
    }
    return page_key;
}
