// SPDX-License-Identifier: Apache-2.0
/* article list, show: looking at articles. */
#include "base/arena.h"
#include "base/time.h"
#include "cli/article_json.h"
#include "cli/command_table.h"
#include "cli/newspaper.h"
#include "content/article_list.h"
#include "content/article_times.h"
#include "content/settings.h"
#include "render/document.h"
#include "render/locale.h"

enum { LIST_STANDARD = 20 };

static void destroy_locales(struct locales **locales)
{
    locales_destroy(*locales);
}

/* Dates as the newspaper shows them. locales must outlive *ret_dates. */
static enum err load_dates(struct db *db, struct str language,
                           struct locales *locales, struct arena *arena,
                           struct article_json_dates *ret_dates,
                           struct fault *fault)
{
    struct settings settings;
    enum err err = settings_load(db, language, arena, &settings);
    if (err)
        return db_fault(db, err, fault);
    ret_dates->pattern = settings.date_pattern;
    return locales_get(locales, language, settings.zone, &ret_dates->locale,
                       fault);
}

static struct str shown_time(const struct article_json_dates *dates,
                             int64_t time_us, struct arena *arena)
{
    struct str text = STR("");
    if (time_us && locale_format_pattern(dates->locale, time_us, dates->pattern,
                                         arena, &text))
        return STR("");
    return text;
}

/* ---- list ------------------------------------------------------------------
 */

/* A row of either kind of list. */
struct shown_row {
    struct id id;
    struct str language;
    struct str state;
    struct str headline;
    int64_t time_us;               /* of publication; 0 when it never was */
    const struct article_row *row; /* NULL in a category's list */
};

struct shown_rows {
    struct shown_row *rows;
    size_t count;
};

struct list_query {
    const struct command_line *line;
    struct db *db;
    struct str language; /* "" for all */
    enum article_state state;
    int64_t limit;
    struct fault *fault;
};

static enum err list_category(const struct list_query *query, const char *path,
                              struct shown_rows *ret_rows)
{
    struct arena *arena = query->line->arena;
    struct category category;
    struct article_list list = {0};
    enum err err = category_find(query->db, query->language, str_from_c(path),
                                 arena, &category);
    if (err == ERR_NOT_FOUND)
        return fault_set(query->fault, err, "category",
                         "there is no category '%s' in '%.*s'; 'broadsheet "
                         "category list' tells the paths of all",
                         path, ARG_STR(query->language));
    if (!err)
        err = article_list_category(query->db, query->language, &category.id,
                                    NULL, (size_t)query->limit, arena, &list);
    if (err)
        return db_fault(query->db, err, query->fault);
    ret_rows->rows = arena_array(arena, struct shown_row, list.count + 1);
    ret_rows->count = list.count;
    for (size_t i = 0; i < list.count; i++) {
        const struct article_card *card = &list.cards[i];
        ret_rows->rows[i] = (struct shown_row){
            .id = card->id,
            .language = card->language,
            .state = str_from_c(article_state_name(ARTICLE_PUBLISHED)),
            .headline = card->headline,
            .time_us = card->published_us,
        };
    }
    return ERR_OK;
}

static enum err list_all(const struct list_query *query,
                         struct shown_rows *ret_rows)
{
    struct arena *arena = query->line->arena;
    struct article_rows list = {0};
    enum err err = article_list_all(query->db, query->language, query->state,
                                    NULL, (size_t)query->limit, arena, &list);
    if (err)
        return db_fault(query->db, err, query->fault);
    ret_rows->rows = arena_array(arena, struct shown_row, list.count + 1);
    ret_rows->count = list.count;
    for (size_t i = 0; i < list.count; i++) {
        const struct article_row *row = &list.rows[i];
        ret_rows->rows[i] = (struct shown_row){
            .id = row->id,
            .language = row->language,
            .state = str_from_c(article_state_name(row->state)),
            .headline = row->headline,
            .time_us = row->published_us,
            .row = row,
        };
    }
    return ERR_OK;
}

static struct str phrase(const char *before, int64_t time_us,
                         const struct article_json_dates *dates,
                         struct arena *arena)
{
    struct str text;
    if (locale_format_pattern(dates->locale, time_us, dates->pattern, arena,
                              &text))
        return STR("");
    return arena_printf(arena, "%s %" PRI_STR, before, ARG_STR(text));
}

/* What happens to it next: "failed: …", "embargo until …", "appears at …",
 * "expires at …", or "". */
static struct str next_of(const struct article_row *row,
                          const struct article_json_dates *dates,
                          struct arena *arena)
{
    if (row->due_problem.len)
        return arena_printf(arena, "failed: %" PRI_STR,
                            ARG_STR(row->due_problem));
    if (row->state == ARTICLE_SCHEDULED)
        return phrase("appears at", row->scheduled_us, dates, arena);
    if (row->state == ARTICLE_WITHDRAWN)
        return STR("");
    if (row->state != ARTICLE_PUBLISHED && row->embargo_us)
        return phrase("embargo until", row->embargo_us, dates, arena);
    if (row->expires_us)
        return phrase("expires at", row->expires_us, dates, arena);
    return STR("");
}

static enum err print_rows(const struct list_query *query,
                           const struct article_json_dates *dates,
                           const struct shown_rows *rows)
{
    static const char *const heads[] = {
        "id", "language", "state", "published", "next", "headline", NULL};
    DEFER(output_table_finish) struct output_table table;
    output_table_init(&table, heads);
    for (size_t i = 0; i < rows->count; i++) {
        const struct shown_row *row = &rows->rows[i];
        output_table_cell(&table, id_str(&row->id));
        output_table_cell(&table, row->language);
        output_table_cell(&table, row->state);
        output_table_cell(&table,
                          shown_time(dates, row->time_us, query->line->arena));
        output_table_cell(
            &table,
            row->row ? next_of(row->row, dates, query->line->arena) : STR(""));
        output_table_cell(&table, row->headline);
    }
    return output_table_write(&table, query->line->output);
}

static void add_time(json_t *object, const char *name, int64_t time_us)
{
    char time[TIME_RFC3339_BYTES];
    time_format_rfc3339(time_us, time);
    if (time_us)
        json_object_set_new(object, name, json_string(time));
}

static void add_times(json_t *object, const struct article_row *row)
{
    add_time(object, "scheduled", row->scheduled_us);
    add_time(object, "embargoed", row->embargo_us);
    add_time(object, "expires", row->expires_us);
    if (row->due_problem.len)
        json_object_set_new(
            object, "problem",
            json_stringn(row->due_problem.ptr, row->due_problem.len));
}

static enum err print_rows_json(const struct list_query *query,
                                const struct shown_rows *rows)
{
    json_t *array = json_array();
    for (size_t i = 0; i < rows->count; i++) {
        const struct shown_row *row = &rows->rows[i];
        json_t *object = json_pack(
            "{s:s, s:s%, s:s%, s:s%}", "id", row->id.text, "language",
            row->language.ptr, row->language.len, "state", row->state.ptr,
            row->state.len, "headline", row->headline.ptr, row->headline.len);
        add_time(object, "published", row->time_us);
        if (row->row)
            add_times(object, row->row);
        json_array_append_new(array, object);
    }
    return output_json(query->line->output, array);
}

static enum err read_query(const struct command_line *line,
                           struct list_query *query)
{
    const char *state = command_value(line, "state");
    const char *category = command_value(line, "category");
    query->state = ARTICLE_STATE_COUNT;
    if (state && article_state_parse(str_from_c(state), &query->state))
        return fault_set(query->fault, ERR_USAGE, "state",
                         "'%s' is no state; an article is draft, review, "
                         "ready, scheduled, published or withdrawn",
                         state);
    if (category && state && query->state != ARTICLE_PUBLISHED)
        return fault_set(query->fault, ERR_USAGE, "state",
                         "with --category only published articles are listed");
    enum err err = command_number(line, "limit", 1, ARTICLE_LIST_MAX,
                                  LIST_STANDARD, &query->limit, query->fault);
    bool wants_language = category || command_value(line, "language");
    if (!err && wants_language)
        err =
            newspaper_language(line, query->db, &query->language, query->fault);
    return err;
}

static enum err answer_list(struct list_query *query)
{
    const char *category = command_value(query->line, "category");
    struct shown_rows rows = {0};
    enum err err = category ? list_category(query, category, &rows)
                            : list_all(query, &rows);
    if (err)
        return err;
    if (command_flag(query->line, "json"))
        return print_rows_json(query, &rows);
    struct str language = query->language;
    if (!language.len)
        err = setting_get(query->db, STR("language"), STR(""),
                          query->line->arena, &language);
    if (err)
        return db_fault(query->db, err, query->fault);
    DEFER(destroy_locales) struct locales *locales = locales_create();
    struct article_json_dates dates;
    err = load_dates(query->db, language, locales, query->line->arena, &dates,
                     query->fault);
    return err ? err : print_rows(query, &dates, &rows);
}

static enum err run_list(const struct command_line *line, struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    enum err err = newspaper_open_reading(line, &content, fault);
    if (err)
        return err;
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    struct list_query query = {.line = line, .db = lease.db, .fault = fault};
    err = read_query(line, &query);
    return err ? err : answer_list(&query);
}

const struct command command_article_list = {
    .name = "article list",
    .summary = "tell which articles there are, newest first",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .options =
        (const struct command_option[]){
            {"language", 'l', false, "CODE", "only those in this language"},
            {"category", 'c', false, "PATH", "published ones in or below it"},
            {"state", 's', false, "STATE", "draft, published, withdrawn …"},
            {"limit", 'n', false, "N", "at most so many (default: 20)"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"article list", "The newest articles"},
            {"article list --category economy/land -n 100",
             "A hundred of one category"},
            {"article list --state draft --json", "What is being written"},
            {0}},
    .run = run_list,
};

/* ---- show ------------------------------------------------------------------
 */

static void print_fact(struct output *output, const char *name,
                       struct str value)
{
    if (!value.len)
        return;
    output_printf(output, "%s%-12s%s ",
                  output_style(output->color_data, STYLE_QUIET), name,
                  output_style(output->color_data, STYLE_PLAIN));
    output_text(output, value);
    output_printf(output, "\n");
}

static struct str joined_categories(const struct article *article,
                                    struct arena *arena)
{
    struct str all = STR("");
    for (size_t i = 0; i < article->category_count; i++)
        all = arena_printf(arena, "%.*s%s%.*s", ARG_STR(all), i ? ", " : "",
                           ARG_STR(article->categories[i].name));
    return all;
}

static enum err print_article(const struct article *article,
                              const struct article_json_dates *dates,
                              const struct command_line *line)
{
    struct output *output = line->output;
    const struct article_content *content = &article->content;
    output_printf(output, "%s", output_style(output->color_data, STYLE_STRONG));
    output_text(output, content->headline);
    output_printf(output, "%s\n\n",
                  output_style(output->color_data, STYLE_PLAIN));
    print_fact(output, "id", id_str(&article->id));
    print_fact(output, "state", str_from_c(article_state_name(article->state)));
    print_fact(output, "language", content->language);
    print_fact(output, "address",
               arena_printf(line->arena, "/%.*s/article/%.*s-%s",
                            ARG_STR(content->language), ARG_STR(content->slug),
                            article->id.text));
    print_fact(output, "byline", article->byline);
    print_fact(output, "source", content->source);
    print_fact(output, "published",
               shown_time(dates, article->published_us, line->arena));
    print_fact(output, "updated",
               shown_time(dates, article->updated_us, line->arena));
    print_fact(output, "scheduled",
               shown_time(dates, article->scheduled_us, line->arena));
    print_fact(output, "problem", article->due_problem);
    print_fact(output, "next try",
               shown_time(dates, article->due_retry_us, line->arena));
    print_fact(output, "embargo",
               shown_time(dates, article->embargo_us, line->arena));
    print_fact(output, "because", article->embargo_reason);
    print_fact(output, article->expired ? "expired" : "expires",
               shown_time(dates, article->expires_us, line->arena));
    print_fact(output, "withdrawn",
               article->expired
                   ? shown_time(dates, article->withdrawn_us, line->arena)
                   : article->withdrawn_reason);
    print_fact(output, "categories", joined_categories(article, line->arena));
    print_fact(output, "views",
               arena_printf(line->arena, "%lld", (long long)article->views));
    DEFER(buf_finish) struct buf text;
    buf_init(&text, DOCUMENT_TEXT_BYTES_MAX * 2);
    if (article->document)
        document_write_text(article->document, &text);
    output_printf(output, "\n");
    output_text(output, buf_str(&text));
    output_printf(output, "\n");
    return buf_err(&text);
}

static enum err run_show(const struct command_line *line, struct fault *fault)
{
    struct id id;
    enum err err = newspaper_parse_id(line->arguments[0], &id, fault);
    DEFER(newspaper_close) struct content *content = NULL;
    if (!err)
        err = newspaper_open_reading(line, &content, fault);
    if (err)
        return err;
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    struct article article;
    err = article_load(lease.db, &id, line->arena, &article);
    if (err == ERR_NOT_FOUND)
        return fault_set(fault, err, "ID",
                         "there is no article %s; 'broadsheet article list' "
                         "tells which there are",
                         id.text);
    if (err)
        return db_fault(lease.db, err, fault);
    DEFER(destroy_locales) struct locales *locales = locales_create();
    struct article_json_dates dates;
    err = load_dates(lease.db, article.content.language, locales, line->arena,
                     &dates, fault);
    if (err)
        return err;
    if (command_flag(line, "json"))
        return output_json(line->output,
                           article_json(&article, &dates, line->arena));
    return print_article(&article, &dates, line);
}

const struct command command_article_show = {
    .name = "article show",
    .summary = "tell all about one article",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments =
        (const struct command_argument[]){
            {.name = "ID", .summary = "its id, or its address"}, {0}},
    .examples =
        (const struct command_example[]){
            {"article show 62f9f7d471fdc", "What it says, as text"},
            {"article show 62f9f7d471fdc --json", "Everything, for programs"},
            {0}},
    .run = run_show,
};
