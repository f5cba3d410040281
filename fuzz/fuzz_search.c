// SPDX-License-Identifier: Apache-2.0
/* Words and queries. The first byte chooses a language; the rest is taken as a
 * text, of which every term must say a place that is in it, and as a query,
 * which a newspaper of three articles must answer. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "content/article.h"
#include "content/content.h"
#include "content/edit.h"
#include "content/language.h"
#include "content/search.h"
#include "content/workflow.h"
#include "store/search_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TERM_BYTES_MAX = 256, TEXT_BYTES_MAX = 4096 };

static const char *const languages[] = {"en", "ka", "ru", "fr", "zh",
                                        "tr", "ar", "th", "de", "fa"};
enum { LANGUAGES = sizeof languages / sizeof *languages, ARTICLES = 3 };

/* ---- A newspaper ---- */

static struct content *content;

static void must(enum err err, const struct fault *fault)
{
    if (!err)
        return;
    fprintf(stderr, "fuzz_search: %s\n", fault_text(fault));
    abort();
}

static void write_article(struct edit *edit, const char *language,
                          const char *headline, struct fault *fault)
{
    struct article_input input = {
        .content = {.language = str_from_c(language),
                    .headline = str_from_c(headline)}};
    struct id id;
    must(article_save(edit, &input, &id, NULL), fault);
    must(article_publish(edit, &id, NULL), fault);
}

/* Its files have no names any more once it is open. */
static void forget_files(const char *folder)
{
    static const char *const names[] = {"broadsheet.db", "broadsheet.db-wal",
                                        "broadsheet.db-shm"};
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "rm -rf '%s'", folder);
    if (system(path))
        fprintf(stderr, "fuzz_search: %s stays\n", folder);
}

static void make_newspaper(void)
{
    char folder[] = "/tmp/broadsheet-fuzz-XXXXXX";
    struct content_options options = {.create = true};
    struct fault fault = {0};
    if (!mkdtemp(folder))
        abort();
    must(content_open(folder, &options, &content, &fault), &fault);
    DEFER(edit_end) struct edit edit = {0};
    must(edit_begin(&edit, content, STR("fuzz"), &fault), &fault);
    for (int i = 1; i < LANGUAGES; i++) {
        struct language language = {.code = str_from_c(languages[i])};
        must(language_save(&edit, &language), &fault);
    }
    write_article(&edit, "en", "A new bridge over the river", &fault);
    write_article(&edit, "ka", "ახალი ხიდი მდინარეზე", &fault);
    write_article(&edit, "zh", "新桥横跨大河", &fault);
    must(edit_commit(&edit), &fault);
    forget_files(folder);
}

/* ---- What holds ---- */

struct walk {
    struct str text;
    size_t start;
    size_t count;
};

static int check_word(void *context, const struct search_word *word)
{
    struct walk *walk = context;
    assert(word->term.len > 0 && word->term.len <= TERM_BYTES_MAX);
    assert(word->start < word->end && word->end <= walk->text.len);
    assert(word->start >= walk->start);
    walk->start = word->start;
    walk->count++;
    return 0;
}

static void check_words(struct str language, struct str text)
{
    struct search_words *words;
    if (search_words_create(language, &words))
        abort();
    for (int mode = SEARCH_WORDS_OF_TEXT; mode <= SEARCH_WORDS_SPELLED;
         mode++) {
        struct walk walk = {.text = text}, again = {.text = text};
        search_words_each(words, (enum search_words_mode)mode, text, check_word,
                          &walk);
        search_words_each(words, (enum search_words_mode)mode, text, check_word,
                          &again);
        assert(walk.count == again.count);
    }
    search_words_destroy(words);
}

static void check_runs(const struct search_runs *runs)
{
    for (size_t i = 0; i < runs->count; i++)
        assert(runs->runs[i].text.len > 0 && utf8_is_valid(runs->runs[i].text));
}

static void check_query(struct str language, struct str text)
{
    struct arena arena;
    struct search_result result;
    struct search_suggestions suggestions;
    struct search_query query = {.language = language, .text = text};
    arena_init(&arena, 0);
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    enum err err = search_run(lease.db, &query, &arena, &result);
    assert(!err);
    assert(result.count <= ARTICLES && result.total <= ARTICLES);
    for (size_t i = 0; i < result.count; i++) {
        check_runs(&result.hits[i].headline);
        check_runs(&result.hits[i].snippet);
    }
    query.sort = SEARCH_BY_DATE;
    int64_t total = result.total;
    err = search_run(lease.db, &query, &arena, &result);
    assert(!err && result.total == total);
    err = search_suggest(lease.db, language, text, &arena, &suggestions);
    assert(!err);
    arena_finish(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > TEXT_BYTES_MAX)
        return 0;
    if (!content)
        make_newspaper();
    struct str language = str_from_c(languages[data[0] % LANGUAGES]);
    struct str text = str_of((const char *)data + 1, size - 1);
    check_words(language, text);
    check_query(language, text);
    return 0;
}
