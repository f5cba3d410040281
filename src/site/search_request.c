// SPDX-License-Identifier: Apache-2.0
#include "site/search_request.h"

#include "base/buf.h"
#include "base/time.h"
#include "link/page_key.h"
#include "net/uri.h"
#include "render/locale.h"
#include "site/printing.h"

/* ---- Reading ---------------------------------------------------------------
 */

static struct str value_of(const struct printing *p, const char *name)
{
    char value[PAGE_KEY_VALUE_BYTES];
    return arena_copy(p->arena,
                      page_key_value(p->page_key, str_from_c(name), value));
}

/* The day's first moment in the site's zone; 0, and *day "", when there is no
 * such day. */
static int64_t begin_of(const struct printing *p, struct str *day)
{
    /* In some zones some days begin at one: noon is on every clock. */
    const int64_t day_us = 24 * 3600 * TIME_US_PER_SECOND;
    struct str noon = arena_concat(p->arena, *day, STR(" 12:00"));
    int64_t noon_us = 0;
    if (day->len && !locale_parse_time(p->locale, noon, "date", &noon_us, NULL))
        return locale_next_midnight(p->locale, noon_us - day_us);
    *day = STR("");
    return 0;
}

static void read_days(const struct printing *p, struct search_request *request)
{
    struct search_query *query = &request->query;
    request->from = value_of(p, "from");
    request->to = value_of(p, "to");
    query->from_us = begin_of(p, &request->from);
    query->until_us = begin_of(p, &request->to);
    if (request->to.len)
        query->until_us = locale_next_midnight(p->locale, query->until_us);
}

static void read_category(const struct printing *p,
                          struct search_request *request)
{
    struct str path = value_of(p, "category");
    for (size_t i = 0; i < p->categories.count; i++) {
        const struct category *category = &p->categories.categories[i];
        if (!str_eq(category->path, path))
            continue;
        request->category = path;
        request->query.category = category->id;
    }
}

static enum err read_author(struct printing *p, struct search_request *request)
{
    struct person person;
    struct str slug = value_of(p, "author");
    if (!slug.len)
        return ERR_OK;
    enum err err = person_find(p->db, p->lang, slug, p->arena, &person);
    if (err)
        return err == ERR_NOT_FOUND ? ERR_OK : printing_failed(p, err);
    request->author = slug;
    request->author_name = person.name;
    request->query.person = person.id;
    return ERR_OK;
}

enum err search_request_read(struct printing *p,
                             struct search_request *ret_request)
{
    struct search_request request = {.text = value_of(p, "q")};
    struct search_query *query = &request.query;
    query->language = p->lang;
    query->text = request.text;
    query->sort =
        value_of(p, "sort").len ? SEARCH_BY_DATE : SEARCH_BY_RELEVANCE;
    if (search_cursor_parse(value_of(p, "after"), &query->after))
        query->after = (struct search_cursor){0};
    read_days(p, &request);
    read_category(p, &request);
    enum err err = read_author(p, &request);
    if (!err)
        *ret_request = request;
    return err;
}

/* ---- Writing ---------------------------------------------------------------
 */

static void add(struct buf *out, const char *name, struct str value)
{
    if (!value.len)
        return;
    buf_add_char(out, str_find_char(buf_str(out), '?') < 0 ? '?' : '&');
    buf_add_c(out, name);
    buf_add_char(out, '=');
    uri_write_query(out, value);
}

static void write_url(const struct search_request *request, struct str lang,
                      struct str file, struct buf *out)
{
    buf_add_char(out, '/');
    buf_add(out, lang);
    buf_add_c(out, "/search");
    buf_add(out, file);
    add(out, "q", request->text);
    add(out, "category", request->category);
    add(out, "author", request->author);
    add(out, "from", request->from);
    add(out, "to", request->to);
    if (request->query.sort == SEARCH_BY_DATE && !file.len)
        add(out, "sort", STR("newest"));
}

struct str search_request_url(const struct printing *p,
                              const struct search_request *request,
                              struct str lang, struct str file)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, PAGE_KEY_BYTES_MAX);
    write_url(request, lang, file, &out);
    return buf_err(&out) ? printing_path(p, "search", STR(""))
                         : arena_copy(p->arena, buf_str(&out));
}

struct str search_request_next(const struct printing *p,
                               const struct search_request *request,
                               const struct search_cursor *cursor)
{
    char text[SEARCH_CURSOR_BYTES];
    DEFER(buf_finish) struct buf out;
    buf_init(&out, PAGE_KEY_BYTES_MAX);
    search_cursor_format(cursor, text);
    write_url(request, p->lang, STR(""), &out);
    add(&out, "after", str_from_c(text));
    return buf_err(&out) ? STR("") : arena_copy(p->arena, buf_str(&out));
}
