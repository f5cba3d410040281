// SPDX-License-Identifier: Apache-2.0
/* Suggestions while somebody types: sections and topics whose names begin so,
 * then articles. */
#include "content/row_internal.h"
#include "content/search_asking_internal.h"
#include "store/search_words_pool.h"

enum {
    CATEGORIES_MAX = 2,
    TAGS_MAX = 2,
    RANKED_MAX = 300, /* somebody waits for each letter */
    WALKED_MAX = 50 * 1000,
    LOOKED_AT = 40,
};

struct suggesting {
    struct db *db;
    struct str language;
    struct str text;
    struct arena *arena;
    struct search_words *words;
    struct search_suggestions list;
};

static void add(struct suggesting *suggesting,
                struct search_suggestion suggestion)
{
    struct search_suggestions *list = &suggesting->list;
    if (list->count < SEARCH_SUGGESTIONS_MAX)
        list->suggestions[list->count++] = suggestion;
}

static int join_word(void *context, const struct search_word *word)
{
    struct buf *out = context;
    buf_add_char(out, ' ');
    buf_add(out, word->term);
    return 0;
}

/* " word word", without case and accents. */
static struct str folded(const struct suggesting *suggesting, struct str text)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 4096);
    search_words_each(suggesting->words, SEARCH_WORDS_UNSTEMMED, text,
                      join_word, &out);
    return arena_copy(suggesting->arena, buf_str(&out));
}

static enum err suggest_categories(struct suggesting *suggesting)
{
    struct str wanted = folded(suggesting, suggesting->text);
    size_t left = CATEGORIES_MAX;
    DEFER(db_query_end)
    struct db_query query =
        db_ask(suggesting->db,
               "SELECT name, path FROM category_name WHERE language = $1"
               " ORDER BY length(path), path",
               DB_STR(suggesting->language));
    while (wanted.len && left && db_query_next(&query)) {
        struct str name = db_column_str(&query, 0, suggesting->arena);
        if (str_find(folded(suggesting, name), wanted) < 0)
            continue;
        left--;
        add(suggesting, (struct search_suggestion){
                            .kind = SUGGEST_CATEGORY,
                            .text = name,
                            .path = db_column_str(&query, 1, suggesting->arena),
                        });
    }
    return db_query_err(&query);
}

/* Names are kept as they are written: looked for as typed, and with a first
 * letter of either case. Only topics that readers can open. */
static const char tags_sql[] =
    "SELECT name, slug FROM tag WHERE language = $1 AND name >= $2"
    " AND name < $2 || $3 AND EXISTS (SELECT 1 FROM listing"
    " WHERE shelf = 't:' || tag.id) ORDER BY name LIMIT $4";

static enum err suggest_tags(struct suggesting *suggesting, struct str begin,
                             size_t *left)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(suggesting->db, tags_sql, DB_STR(suggesting->language),
               DB_STR(begin), DB_C("\xF4\x8F\xBF\xBF"), DB_I64((int64_t)*left));
    while (*left && db_query_next(&query)) {
        --*left;
        add(suggesting, (struct search_suggestion){
                            .kind = SUGGEST_TAG,
                            .text = db_column_str(&query, 0, suggesting->arena),
                            .slug = db_column_str(&query, 1, suggesting->arena),
                        });
    }
    return db_query_err(&query);
}

static bool has_match(const struct search_runs *runs)
{
    for (size_t i = 0; i < runs->count; i++)
        if (runs->runs[i].match)
            return true;
    return false;
}

/* Those whose headline has a word of it. */
static enum err suggest_articles(struct suggesting *suggesting)
{
    struct search_result result;
    struct str text = suggesting->text;
    bool whole = str_ends_with(text, STR(" ")) || str_ends_with(text, STR("*"));
    struct search_query query = {
        .language = suggesting->language,
        .text = whole ? text : arena_concat(suggesting->arena, text, STR("*")),
        .limit = LOOKED_AT,
    };
    struct asking asking = {
        .db = suggesting->db,
        .query = &query,
        .arena = suggesting->arena,
        .words = suggesting->words,
        .ranked_max = RANKED_MAX,
        .walked_max = WALKED_MAX,
        .bare = true,
    };
    enum err err = search_ask(&asking, &result);
    for (size_t i = 0; !err && i < result.count; i++) {
        const struct article_card *card = &result.hits[i].card;
        if (!has_match(&result.hits[i].headline))
            continue;
        add(suggesting, (struct search_suggestion){
                            .kind = SUGGEST_ARTICLE,
                            .text = card->headline,
                            .slug = card->slug,
                            .id = card->id,
                        });
    }
    return err;
}

static enum err suggest(struct suggesting *suggesting)
{
    struct str text = str_trim(suggesting->text);
    struct str lower = STR(""), upper = STR("");
    size_t left = TAGS_MAX;
    enum err err = suggest_categories(suggesting);
    search_words_first_letter(text, suggesting->arena, &lower, &upper);
    if (!err)
        err = suggest_tags(suggesting, upper, &left);
    if (!err && left && !str_eq(lower, upper))
        err = suggest_tags(suggesting, lower, &left);
    return err ? err : suggest_articles(suggesting);
}

enum err search_suggest(struct db *db, struct str language, struct str text,
                        struct arena *arena,
                        struct search_suggestions *ret_suggestions)
{
    struct suggesting suggesting = {
        .db = db,
        .language = language,
        .text = str_slice(text, 0, SEARCH_TEXT_BYTES_MAX),
        .arena = arena,
        .list.suggestions = arena_array(arena, struct search_suggestion,
                                        SEARCH_SUGGESTIONS_MAX),
    };
    *ret_suggestions = (struct search_suggestions){0};
    if (!str_trim(text).len)
        return ERR_OK;
    DEFER(db_transaction_end) struct db_transaction transaction = {0};
    enum err err = db_begin_read(&transaction, db);
    if (!err)
        err = search_words_borrow(language, &suggesting.words);
    if (err)
        return err;
    err = suggest(&suggesting);
    search_words_give_back(language, suggesting.words);
    if (!err)
        *ret_suggestions = suggesting.list;
    return err;
}
