// SPDX-License-Identifier: Apache-2.0
/* search, reindex. */
#include <inttypes.h>
#include <jansson.h>

#include "base/arena.h"
#include "base/time.h"
#include "cli/command_table.h"
#include "cli/newspaper.h"
#include "content/search.h"

enum {
    INDEXED_AT_ONCE = 200,
    COUNTED_AT_ONCE = 5000,
};

/* ---- search ----------------------------------------------------------------
 */

static json_t *text_json(struct str text)
{
    return json_stringn(text.len ? text.ptr : "", text.len);
}

static json_t *runs_json(const struct search_runs *runs)
{
    json_t *list = json_array();
    for (size_t i = 0; i < runs->count; i++)
        json_array_append_new(list, json_pack("{s:o, s:b}", "text",
                                              text_json(runs->runs[i].text),
                                              "match", runs->runs[i].match));
    return list;
}

static json_t *hit_json(const struct search_hit *hit)
{
    const struct article_card *card = &hit->card;
    char published[TIME_RFC3339_BYTES];
    time_format_rfc3339(card->published_us, published);
    return json_pack("{s:s, s:o, s:o, s:s, s:o}", "id", card->id.text,
                     "headline", text_json(card->headline), "category",
                     text_json(card->category_name), "published", published,
                     "snippet", runs_json(&hit->snippet));
}

static enum err print_json(const struct command_line *line,
                           const struct search_result *result)
{
    json_t *hits = json_array();
    for (size_t i = 0; i < result->count; i++)
        json_array_append_new(hits, hit_json(&result->hits[i]));
    return output_json(line->output,
                       json_pack("{s:I, s:b, s:b, s:o, s:o}", "total",
                                 (json_int_t)result->total, "total_is_more",
                                 result->total_is_more, "only_newest_ranked",
                                 result->ranked_newest, "offer",
                                 text_json(result->offer), "hits", hits));
}

static void print_runs(struct output *output, const struct search_runs *runs)
{
    output_printf(output, "  %s", runs->cut_before ? "… " : "");
    for (size_t i = 0; i < runs->count; i++) {
        bool shown = output->color_data && runs->runs[i].match;
        output_printf(output, "%s", output_style(shown, STYLE_STRONG));
        output_text(output, runs->runs[i].text);
        output_printf(output, "%s", output_style(shown, STYLE_PLAIN));
    }
    output_printf(output, "%s\n", runs->cut_after ? " …" : "");
}

static void print_hits(const struct command_line *line,
                       const struct search_result *result)
{
    struct output *output = line->output;
    for (size_t i = 0; i < result->count; i++) {
        const struct article_card *card = &result->hits[i].card;
        char published[TIME_RFC3339_BYTES];
        time_format_rfc3339(card->published_us, published);
        output_printf(output, "%s  %.10s  ", card->id.text, published);
        output_text(output, card->headline);
        output_printf(output, "\n");
        print_runs(output, &result->hits[i].snippet);
    }
    if (result->offer.len)
        output_tell(output, "Did you mean \"%" PRI_STR "\"?",
                    ARG_STR(result->offer));
    if (result->since_us) {
        char since[TIME_RFC3339_BYTES];
        time_format_rfc3339(result->since_us, since);
        output_tell(output, "Words so common were looked for from %.10s on.",
                    since);
    }
    output_tell(output, "%s%" PRId64 " found%s",
                result->total_is_more ? "More than " : "", result->total,
                result->ranked_newest
                    ? "; the newest of them were ranked. --newest lists all"
                    : "");
}

static enum err run_search(const struct command_line *line, struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    int64_t limit;
    enum err err = command_number(line, "limit", 1, ARTICLE_LIST_MAX,
                                  SEARCH_PAGE, &limit, fault);
    if (!err)
        err = newspaper_open_reading(line, &content, fault);
    if (err)
        return err;
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    struct search_query query = {
        .text = str_from_c(line->arguments[0]),
        .sort =
            command_flag(line, "newest") ? SEARCH_BY_DATE : SEARCH_BY_RELEVANCE,
        .limit = (size_t)limit,
    };
    for (size_t i = 1; i < line->argument_count; i++)
        query.text = arena_printf(line->arena, "%" PRI_STR " %s",
                                  ARG_STR(query.text), line->arguments[i]);
    struct search_result result;
    err = newspaper_language(line, lease.db, &query.language, fault);
    if (err)
        return err;
    err = search_run(lease.db, &query, line->arena, &result);
    if (err)
        return db_fault(lease.db, err, fault);
    if (command_flag(line, "json"))
        return print_json(line, &result);
    print_hits(line, &result);
    return ERR_OK;
}

const struct command command_search = {
    .name = "search",
    .summary = "find published articles by their words",
    .details =
        "Finds what readers find: all words must occur, in any of their "
        "forms. \"Words in quotes\" must occur as they stand, word* is the "
        "beginning of a word, -word must not occur (put -- before a query that "
        "begins so). The best are shown first.",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments =
        (const struct command_argument[]){
            {.name = "QUERY", .summary = "what to look for", .many = true},
            {0}},
    .options =
        (const struct command_option[]){
            {.name = "language",
             .value = "CODE",
             .summary = "search in this language, not the default one"},
            {.name = "newest", .summary = "show the newest first"},
            {.name = "limit",
             .value = "COUNT",
             .summary = "show this many; 20 when left out"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"search harvest", "Articles about harvests"},
            {"search 'council \"new bridge\" -road' --newest",
             "The council and the new bridge, not the road"},
            {0}},
    .run = run_search,
};

/* ---- reindex ---------------------------------------------------------------
 */

static enum err work_off(const struct command_line *line,
                         struct content *content, int64_t total,
                         struct fault *fault)
{
    int64_t left = total;
    enum err err = ERR_OK;
    while (!err && left) {
        err = search_index_pending(content, INDEXED_AT_ONCE, &left, fault);
        output_progress(line->output, "reindex", total - left, total);
    }
    bool more = !err;
    while (!err && more)
        err = search_count_words(content, COUNTED_AT_ONCE, &more, fault);
    if (!err)
        err = search_settle(content, fault);
    output_progress_end(line->output);
    return err;
}

static enum err run_reindex(const struct command_line *line,
                            struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    int64_t total = 0;
    enum err err = newspaper_open_writing(line, &content, fault);
    if (!err)
        err =
            search_reindex(content, command_flag(line, "anew"), &total, fault);
    if (!err)
        err = work_off(line, content, total, fault);
    if (!err)
        output_tell(line->output, "Indexed %" PRId64 " article%s.", total,
                    total == 1 ? "" : "s");
    return err;
}

const struct command command_reindex = {
    .name = "reindex",
    .summary = "make the search index again",
    .details =
        "Reads every published article again, a few at a time, so that the "
        "newspaper can be served meanwhile. When it is interrupted, the server "
        "goes on with what is left, and so does the next reindex.\n"
        "\n"
        "With --anew the index is thrown away first: for an index that `check` "
        "found damaged, and after a new version of ICU or Snowball, which may "
        "make other stems. Until it is done, readers find only what has been "
        "indexed so far, the newest first.",
    .shared = COMMAND_DATA,
    .options =
        (const struct command_option[]){
            {.name = "anew", .summary = "throw the old index away first"}, {0}},
    .examples =
        (const struct command_example[]){
            {"reindex --data paper", "Index all articles again"}, {0}},
    .run = run_reindex,
};
