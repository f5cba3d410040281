// SPDX-License-Identifier: Apache-2.0
#include "content/search_snippet_internal.h"

#include "base/utf8.h"
#include "content/live_internal.h"
#include "content/row_internal.h"
#include "content/search_internal.h"
#include "render/document.h"
#include "store/search_words.h"

enum {
    MATCHES_MAX = 256, /* of one text; the rest is not looked at */
    TERMS_MAX = 64,
    LEAD_CHARACTERS = 50, /* of context before the first match */
    PLACE_CHARACTERS = SEARCH_SNIPPET_CHARACTERS - LEAD_CHARACTERS,
};

struct match {
    size_t start, end; /* bytes */
    size_t term;
};

/* What is looked for together: the forms of a beginning are one, the words of a
 * phrase are several. */
struct wanted {
    bool is_met;
    size_t start; /* where it was met last */
};

struct finding {
    struct search_words *words;
    const struct search_expression *expression;
    struct arena *arena;
    struct str terms[TERMS_MAX];
    size_t wanted_of[TERMS_MAX]; /* which of wanted the term is */
    size_t term_count;
    struct wanted wanted[TERMS_MAX];
    size_t wanted_count;
    bool instead; /* the next term is wanted instead of the one before */
    struct str text;
    struct match *matches;
    size_t match_count;
    size_t enough; /* where to stop looking; 0: at the end */
};

/* ---- Matches ---------------------------------------------------------------
 */

static size_t find_term(const struct finding *finding, struct str word)
{
    size_t term = 0;
    while (term < finding->term_count && !str_eq(finding->terms[term], word))
        term++;
    return term;
}

static int add_term(void *context, const struct search_word *word)
{
    struct finding *finding = context;
    if (finding->term_count == TERMS_MAX)
        return 1;
    if (find_term(finding, word->term) < finding->term_count)
        return 0; /* typed twice */
    if (!finding->instead)
        finding->wanted_count++;
    finding->wanted_of[finding->term_count] = finding->wanted_count - 1;
    finding->terms[finding->term_count++] =
        arena_copy(finding->arena, word->term);
    return 0;
}

static bool begins(const struct finding *finding, struct str term)
{
    const struct search_expression *expression = finding->expression;
    for (size_t i = 0; i < expression->beginning_count; i++)
        if (str_starts_with(term, expression->beginnings[i]))
            return true;
    return false;
}

/* Where the text is after so many characters from at. */
static size_t forward(struct str text, size_t at, size_t characters)
{
    struct str rest = str_from(text, at);
    uint32_t c;
    while (characters && utf8_next(&rest, &c))
        characters--;
    return text.len - rest.len;
}

/* The first place that has all that is wanted is as good as any: what follows
 * it need not be read. */
static void meet(struct finding *finding, size_t index, size_t start)
{
    size_t oldest = start;
    finding->wanted[index] = (struct wanted){true, start};
    for (size_t i = 0; i < finding->wanted_count; i++) {
        if (!finding->wanted[i].is_met)
            return;
        if (finding->wanted[i].start < oldest)
            oldest = finding->wanted[i].start;
    }
    size_t end = forward(finding->text, oldest, PLACE_CHARACTERS);
    if (!finding->enough && start < end)
        finding->enough =
            forward(finding->text, oldest, SEARCH_SNIPPET_CHARACTERS);
}

static int add_match(void *context, const struct search_word *word)
{
    struct finding *finding = context;
    if (finding->enough && word->start >= finding->enough)
        return 1;
    size_t term = find_term(finding, word->term);
    if (term == finding->term_count && !begins(finding, word->term))
        return 0;
    if (finding->match_count == MATCHES_MAX)
        return 1;
    finding->matches[finding->match_count++] =
        (struct match){word->start, word->end, term};
    if (term < finding->term_count)
        meet(finding, finding->wanted_of[term], word->start);
    return 0;
}

static void find_matches(struct finding *finding, struct str text)
{
    finding->text = text;
    finding->match_count = 0;
    finding->enough = 0;
    memset(finding->wanted, 0, sizeof finding->wanted);
    search_words_each(finding->words, SEARCH_WORDS_OF_TEXT, text, add_match,
                      finding);
}

/* ---- Runs ------------------------------------------------------------------
 */

static void add_run(struct finding *finding, struct search_runs *runs,
                    struct str text, bool match)
{
    if (!text.len)
        return;
    if (match && runs->count && runs->runs[runs->count - 1].match) {
        runs->runs[runs->count - 1].text.len += text.len; /* they touch */
        return;
    }
    ROW_ADD(finding->arena, runs->runs, runs->count) =
        (struct search_run){text, match};
}

/* text from start to end, in pieces. */
static struct search_runs make_runs(struct finding *finding, struct str text,
                                    size_t start, size_t end)
{
    struct search_runs runs = {
        .cut_before = start > 0,
        .cut_after = end < text.len,
    };
    size_t at = start;
    for (size_t i = 0; i < finding->match_count; i++) {
        struct match match = finding->matches[i];
        if (match.end > end || match.end <= at)
            continue;
        size_t from = match.start > at ? match.start : at;
        add_run(finding, &runs, str_slice(text, at, from - at), false);
        add_run(finding, &runs, str_slice(text, from, match.end - from), true);
        at = match.end;
    }
    add_run(finding, &runs, str_slice(text, at, end - at), false);
    return runs;
}

/* ---- Snippets --------------------------------------------------------------
 */

static size_t back(struct str text, size_t at, size_t characters)
{
    while (at && characters) {
        at--;
        characters -= ((unsigned char)text.ptr[at] & 0xC0) != 0x80;
    }
    return at;
}

static bool is_break(char c)
{
    return c == ' ' || c == '\n';
}

/* To a place where a word begins, at most limit bytes further on. */
static size_t to_word(struct str text, size_t at, size_t limit)
{
    if (!at)
        return 0;
    for (size_t to = at; to < limit && to < text.len; to++)
        if (is_break(text.ptr[to - 1]))
            return to;
    return at;
}

/* Back to where a word ends, not before limit. */
static size_t to_end(struct str text, size_t at, size_t limit)
{
    if (at >= text.len)
        return text.len;
    for (size_t to = at; to > limit; to--)
        if (is_break(text.ptr[to]))
            return to;
    return at;
}

/* Different words count most, then how many there are. */
static size_t worth_of(const struct finding *finding, size_t first, size_t end)
{
    uint64_t seen = 0;
    size_t worth = 0;
    for (size_t i = first; i < finding->match_count; i++) {
        const struct match *match = &finding->matches[i];
        if (match->end > end)
            break;
        uint64_t bit = UINT64_C(1) << match->term % 64;
        worth += seen & bit ? 1 : 16;
        seen |= bit;
    }
    return worth;
}

static struct search_runs make_snippet(struct finding *finding, struct str text)
{
    size_t best = 0, most = 0;
    for (size_t i = 0; i < finding->match_count; i++) {
        size_t end = forward(text, finding->matches[i].start, PLACE_CHARACTERS);
        size_t worth = worth_of(finding, i, end);
        if (worth > most) {
            most = worth;
            best = i;
        }
    }
    size_t match = finding->match_count ? finding->matches[best].start : 0;
    size_t start = to_word(text, back(text, match, LEAD_CHARACTERS), match);
    size_t end = forward(text, start, SEARCH_SNIPPET_CHARACTERS);
    size_t least = finding->match_count ? finding->matches[best].end : 0;
    return make_runs(finding, text, start,
                     to_end(text, end, least > start ? least : start));
}

/* ---- Articles --------------------------------------------------------------
 */

/* Paragraphs run on in a snippet. */
static struct str flatten(struct str text, struct arena *arena)
{
    char *flat = arena_alloc(arena, text.len + 1, 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i] == '\n' || text.ptr[i] == '\t' ? ' ' : text.ptr[i];
        if (c != ' ' || (len && flat[len - 1] != ' '))
            flat[len++] = c;
    }
    return str_of(flat, len);
}

static enum err read_body(struct db *db, const struct id *id, int64_t revision,
                          struct arena *arena, struct str *ret_text)
{
    struct document_node *document;
    DEFER(db_query_end)
    struct db_query query = db_ask(db,
                                   "SELECT body FROM revision"
                                   " WHERE article_id = $1 AND number = $2",
                                   DB_ID(id), DB_I64(revision));
    enum err err = db_query_row(&query);
    if (err)
        return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
    struct str body = db_column_peek(&query, 0);
    DEFER(buf_finish) struct buf text;
    buf_init(&text, SEARCH_BODY_BYTES_MAX);
    if (body.len && document_parse_json(body, arena, &document, NULL))
        return ERR_CORRUPT;
    if (body.len)
        document_write_text(document, &text);
    err = live_write_indexed(db, id, arena, &text);
    if (err)
        return err;
    *ret_text = flatten(buf_str(&text), arena);
    return buf_err(&text);
}

static void begin_finding(struct finding *finding)
{
    const struct search_expression *expression = finding->expression;
    for (size_t i = 0; i < expression->matching_count; i++) {
        finding->instead = expression->matching[i].instead;
        search_words_each(finding->words, SEARCH_WORDS_OF_QUERY,
                          expression->matching[i].text, add_term, finding);
    }
}

static void highlight_headline(struct finding *finding, struct search_hit *hit)
{
    struct str headline = hit->card.headline;
    find_matches(finding, headline);
    hit->headline = make_runs(finding, headline, 0, headline.len);
}

void search_highlight_headline(struct search_words *words,
                               const struct search_expression *expression,
                               struct arena *arena, struct search_hit *hit)
{
    struct match matches[MATCHES_MAX];
    struct finding finding = {.words = words,
                              .expression = expression,
                              .arena = arena,
                              .matches = matches};
    begin_finding(&finding);
    highlight_headline(&finding, hit);
}

enum err search_highlight(struct db *db, struct search_words *words,
                          const struct search_expression *expression,
                          int64_t revision, struct arena *arena,
                          struct search_hit *hit)
{
    struct match matches[MATCHES_MAX];
    struct finding finding = {.words = words,
                              .expression = expression,
                              .arena = arena,
                              .matches = matches};
    struct str body;
    begin_finding(&finding);
    highlight_headline(&finding, hit);
    enum err err = read_body(db, &hit->card.id, revision, arena, &body);
    if (err)
        return err;
    find_matches(&finding, body);
    if (!finding.match_count && hit->card.standfirst.len) {
        body = flatten(hit->card.standfirst, arena);
        find_matches(&finding, body);
    }
    hit->snippet = make_snippet(&finding, body);
    return ERR_OK;
}
