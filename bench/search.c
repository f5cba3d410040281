// SPDX-License-Identifier: Apache-2.0
/* bench/search: how long search takes on a newspaper that bench/fill filled:
 * p50 and p99 of wall and CPU time, for each kind of query, by relevance and by
 * date. Beginnings and typing errors want the dictionary: `broadsheet reindex`
 * or a server that ran for a while.
 *
 *   search DIR [ROUNDS] [LANGUAGE] [KIND] */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/time.h"
#include "content/content.h"
#include "content/search.h"
#include "render/document.h"
#include "store/search_words.h"

enum {
    ROUNDS_MAX = 10000,
    WORDS_MAX = 200,
    ARENA_BYTES = 1 << 20,
    COMMON_WORDS = 50,
    MIDDLING_TIMES = 4,
};

struct bench {
    struct db *db;
    struct arena arena;
    struct str language;
    struct str kind; /* the only one that is measured; "": all are */
    int64_t rounds;
    struct str common[WORDS_MAX], middling[WORDS_MAX], rare[WORDS_MAX];
    struct str pairs[WORDS_MAX];
    size_t common_count, middling_count, rare_count, pair_count;
    int64_t wall[ROUNDS_MAX], cpu[ROUNDS_MAX];
};

static int64_t cpu_us(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * TIME_US_PER_SECOND + time.tv_nsec / 1000;
}

static int compare(const void *a, const void *b)
{
    int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;
    return (one > other) - (one < other);
}

/* ---- What is asked ---------------------------------------------------------
 */

struct counted {
    struct counted *next;
    struct str word;
    size_t count;
};

struct counting {
    struct arena *arena;
    struct map by_word;
    struct counted *first;
    size_t distinct;
};

static int count_word(void *context, const struct search_word *word)
{
    struct counting *counting = context;
    struct counted *counted = map_get(&counting->by_word, word->term);
    if (!counted) {
        counted = arena_new(counting->arena, struct counted);
        counted->word = arena_copy(counting->arena, word->term);
        counted->next = counting->first;
        if (map_set(&counting->by_word, counted->word, counted, NULL))
            return 1;
        counting->first = counted;
        counting->distinct++;
    }
    counted->count++;
    return 0;
}

static int by_count(const void *a, const void *b)
{
    const struct counted *const *one = a, *const *other = b;
    return ((*one)->count < (*other)->count) -
           ((*one)->count > (*other)->count);
}

/* The commonest words of some articles, and some that occur once, and a few
 * times, in them: of the latter there are about as many as are ranked, all over
 * the archive. */
static void choose_words(struct bench *bench, const struct counting *counting)
{
    struct counted **sorted =
        arena_array(&bench->arena, struct counted *, counting->distinct + 1);
    size_t count = 0;
    for (struct counted *at = counting->first; at; at = at->next)
        sorted[count++] = at;
    qsort(sorted, count, sizeof *sorted, by_count);
    for (size_t i = 0; i < count && i < COMMON_WORDS; i++)
        bench->common[bench->common_count++] = sorted[i]->word;
    for (size_t i = 0; i < count && bench->middling_count < WORDS_MAX; i++)
        if (sorted[i]->count <= MIDDLING_TIMES && sorted[i]->word.len > 6)
            bench->middling[bench->middling_count++] = sorted[i]->word;
    for (size_t i = count; i-- > COMMON_WORDS && bench->rare_count < WORDS_MAX;)
        if (sorted[i]->word.len > 6)
            bench->rare[bench->rare_count++] = sorted[i]->word;
}

static void count_body(struct counting *counting, struct search_words *words,
                       struct str body)
{
    struct document_node *document;
    DEFER(buf_finish) struct buf text;
    buf_init(&text, ARENA_BYTES);
    if (document_parse_json(body, counting->arena, &document, NULL))
        return;
    document_write_text(document, &text);
    search_words_each(words, SEARCH_WORDS_SPELLED, buf_str(&text), count_word,
                      counting);
}

/* Headlines of which two words that follow each other are a phrase, and bodies,
 * of articles all over the archive: the newest may be bench/publish's, which
 * are all alike. */
static enum err read_all_words(struct bench *bench)
{
    struct counting counting = {.arena = &bench->arena};
    struct search_words *words;
    enum err err = search_words_create(bench->language, &words);
    if (err)
        return err;
    DEFER(db_query_end)
    struct db_query query =
        db_ask(bench->db,
               "SELECT article.headline, revision.body FROM search_document"
               " JOIN article ON article.id = search_document.article_id"
               " JOIN revision ON revision.article_id = article.id"
               "  AND revision.number = search_document.revision"
               " WHERE search_document.language = $1"
               "  AND document IN (SELECT document FROM search_document"
               "   WHERE language = $1 ORDER BY document * 40503 % 65537"
               "   LIMIT $2)",
               DB_STR(bench->language), DB_I64(WORDS_MAX));
    while (db_query_next(&query)) {
        bench->pairs[bench->pair_count++] =
            db_column_str(&query, 0, &bench->arena);
        count_body(&counting, words, db_column_peek(&query, 1));
    }
    choose_words(bench, &counting);
    search_words_destroy(words);
    map_finish(&counting.by_word);
    return db_query_err(&query);
}

static struct str first_words(struct str text, size_t count)
{
    struct str rest = text, word;
    while (count-- && str_split_next(&rest, ' ', &word))
        ;
    return rest.ptr ? str_slice(text, 0, text.len - rest.len - 1) : text;
}

enum question { COMMON, MIDDLING, RARE, TWO, PHRASE, PREFIX, TYPO, QUESTIONS };

static const char *const names[QUESTIONS] = {
    "common word", "middling word", "rare word",    "two words",
    "phrase",      "prefix",        "typing error",
};

static struct str ask(struct bench *bench, enum question question, size_t i)
{
    struct str common = bench->common[i % bench->common_count];
    struct str rare = bench->rare[i * 7 % bench->rare_count];
    struct str pair = first_words(bench->pairs[i % bench->pair_count], 2);
    switch (question) {
    case COMMON:
        return common;
    case MIDDLING:
        return bench->middling[i * 7 % bench->middling_count];
    case RARE:
        return rare;
    case TWO:
        return arena_printf(
            &bench->arena, "%" PRI_STR " %" PRI_STR, ARG_STR(common),
            ARG_STR(bench->common[(i * 3 + 11) % bench->common_count]));
    case PHRASE:
        return arena_printf(&bench->arena, "\"%" PRI_STR "\"", ARG_STR(pair));
    case PREFIX:
        return arena_printf(&bench->arena, "%" PRI_STR "*",
                            ARG_STR(str_slice(common, 0, 2)));
    default:
        return arena_printf(&bench->arena, "%" PRI_STR "x", ARG_STR(rare));
    }
}

/* ---- Measuring -------------------------------------------------------------
 */

static enum err measure(struct bench *bench, enum question question,
                        enum search_sort sort)
{
    struct search_result result = {0};
    int64_t matches = 0;
    for (int64_t i = 0; i < bench->rounds; i++) {
        struct arena arena;
        arena_init(&arena, ARENA_BYTES);
        struct search_query query = {
            .language = bench->language,
            .text = ask(bench, question, (size_t)i),
            .sort = sort,
        };
        int64_t wall_us = clock_now_us(), busy_us = cpu_us();
        enum err err = search_run(bench->db, &query, &arena, &result);
        bench->wall[i] = clock_now_us() - wall_us;
        bench->cpu[i] = cpu_us() - busy_us;
        matches += result.total;
        arena_finish(&arena);
        if (err)
            return err;
    }
    size_t count = (size_t)bench->rounds;
    qsort(bench->wall, count, sizeof *bench->wall, compare);
    qsort(bench->cpu, count, sizeof *bench->cpu, compare);
    printf("%-13s  %-9s  wall p50 %6.2f p99 %6.2f ms   CPU p50 %6.2f p99 %6.2f "
           "ms   %" PRId64 " matches\n",
           names[question], sort == SEARCH_BY_DATE ? "by date" : "relevance",
           (double)bench->wall[count / 2] / 1e3,
           (double)bench->wall[count * 99 / 100] / 1e3,
           (double)bench->cpu[count / 2] / 1e3,
           (double)bench->cpu[count * 99 / 100] / 1e3, matches / bench->rounds);
    return ERR_OK;
}

static enum err run(struct bench *bench, struct content *content)
{
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    bench->db = lease.db;
    enum err err = read_all_words(bench);
    if (!err && (!bench->common_count || !bench->middling_count ||
                 !bench->rare_count)) {
        fprintf(stderr, "search: there are too few articles\n");
        return ERR_NOT_FOUND;
    }
    for (int question = 0; !err && question < QUESTIONS; question++) {
        if (bench->kind.len &&
            !str_eq(bench->kind, str_from_c(names[question])))
            continue;
        err = measure(bench, (enum question)question, SEARCH_BY_RELEVANCE);
        if (!err)
            err = measure(bench, (enum question)question, SEARCH_BY_DATE);
    }
    return err;
}

int main(int argc, char **argv)
{
    static struct bench bench = {.rounds = 200, .language = STR_INIT("en")};
    struct content_options options = {.read_only = true};
    struct content *content;
    struct fault fault = {0};
    if (argc < 2 || argc > 5 ||
        (argc > 2 && (str_parse_i64(str_from_c(argv[2]), &bench.rounds) ||
                      bench.rounds < 1 || bench.rounds > ROUNDS_MAX))) {
        fprintf(stderr, "usage: search DIR [ROUNDS] [LANGUAGE] [KIND]\n");
        return 2;
    }
    if (argc > 3)
        bench.language = str_from_c(argv[3]);
    if (argc > 4)
        bench.kind = str_from_c(argv[4]);
    arena_init(&bench.arena, 0);
    enum err err = content_open(argv[1], &options, &content, &fault);
    if (!err) {
        err = run(&bench, content);
        content_close(content);
    }
    if (err)
        fprintf(stderr, "search: %s\n",
                fault.message[0] ? fault_text(&fault) : err_sentence(err));
    arena_finish(&bench.arena);
    return err ? 1 : 0;
}
