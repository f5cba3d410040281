// SPDX-License-Identifier: Apache-2.0
/* bench/search: how long search takes on a newspaper that bench/fill filled:
 * p50 and p99 of wall and CPU time, for each kind of query, by relevance and by
 * date.
 *
 *   search DIR [ROUNDS] [LANGUAGE] */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "base/time.h"
#include "content/content.h"
#include "content/search.h"

enum {
    ROUNDS_MAX = 10000,
    WORDS_MAX = 200,
    ARENA_BYTES = 1 << 20,
    COUNT_ROUNDS = 6,
    COUNT_ARTICLES = 4000,
};

struct bench {
    struct db *db;
    struct arena arena;
    struct str language;
    int64_t rounds;
    struct str common[WORDS_MAX], rare[WORDS_MAX], pairs[WORDS_MAX];
    size_t common_count, rare_count, pair_count;
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

static enum err read_words(struct bench *bench, const char *sql,
                           struct str *words, size_t *ret_count)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(bench->db, sql, DB_STR(bench->language));
    size_t count = 0;
    while (count < WORDS_MAX && db_query_next(&query))
        words[count++] = db_column_str(&query, 0, &bench->arena);
    *ret_count = count;
    return db_query_err(&query);
}

static enum err read_all_words(struct bench *bench)
{
    enum err err = read_words(bench,
                              "SELECT word FROM search_word WHERE language = $1"
                              " ORDER BY documents DESC LIMIT 50",
                              bench->common, &bench->common_count);
    if (!err)
        err = read_words(bench,
                         "SELECT word FROM search_word WHERE language = $1"
                         " AND documents BETWEEN 2 AND 20 LIMIT 200",
                         bench->rare, &bench->rare_count);
    /* Headlines of which two words that follow each other are a phrase. */
    if (!err)
        err = read_words(bench,
                         "SELECT headline FROM article WHERE language = $1"
                         " ORDER BY id LIMIT 200",
                         bench->pairs, &bench->pair_count);
    return err;
}

static struct str first_words(struct str text, size_t count)
{
    struct str rest = text, word;
    while (count-- && str_split_next(&rest, ' ', &word))
        ;
    return rest.ptr ? str_slice(text, 0, text.len - rest.len - 1) : text;
}

enum question { COMMON, RARE, TWO, PHRASE, PREFIX, TYPO, QUESTIONS };

static const char *const names[QUESTIONS] = {
    "common word", "rare word", "two words", "phrase", "prefix", "typing error",
};

static struct str ask(struct bench *bench, enum question question, size_t i)
{
    struct str common = bench->common[i % bench->common_count];
    struct str rare = bench->rare[i * 7 % bench->rare_count];
    struct str pair = first_words(bench->pairs[i % bench->pair_count], 2);
    switch (question) {
    case COMMON:
        return common;
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
    printf("%-12s  %-9s  wall p50 %6.2f p99 %6.2f ms   CPU p50 %6.2f p99 %6.2f "
           "ms   %" PRId64 " matches\n",
           names[question], sort == SEARCH_BY_DATE ? "by date" : "relevance",
           (double)bench->wall[count / 2] / 1e3,
           (double)bench->wall[count * 99 / 100] / 1e3,
           (double)bench->cpu[count / 2] / 1e3,
           (double)bench->cpu[count * 99 / 100] / 1e3, matches / bench->rounds);
    return ERR_OK;
}

/* The dictionary of a newspaper that was never served is begun here. */
static enum err count_words(struct content *content, struct fault *fault)
{
    bool more = true;
    enum err err = ERR_OK;
    for (int i = 0; !err && more && i < COUNT_ROUNDS; i++)
        err = search_count_words(content, COUNT_ARTICLES, &more, fault);
    return err;
}

static enum err run(struct bench *bench, struct content *content)
{
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    bench->db = lease.db;
    enum err err = read_all_words(bench);
    if (!err && (!bench->common_count || !bench->rare_count)) {
        fprintf(stderr, "search: no words are counted yet: run `broadsheet "
                        "reindex` first\n");
        return ERR_NOT_FOUND;
    }
    for (int question = 0; !err && question < QUESTIONS; question++) {
        err = measure(bench, (enum question)question, SEARCH_BY_RELEVANCE);
        if (!err)
            err = measure(bench, (enum question)question, SEARCH_BY_DATE);
    }
    return err;
}

int main(int argc, char **argv)
{
    static struct bench bench = {.rounds = 200, .language = STR_INIT("en")};
    struct content *content;
    struct fault fault = {0};
    if (argc < 2 || argc > 4 ||
        (argc > 2 && (str_parse_i64(str_from_c(argv[2]), &bench.rounds) ||
                      bench.rounds < 1 || bench.rounds > ROUNDS_MAX))) {
        fprintf(stderr, "usage: search DIR [ROUNDS] [LANGUAGE]\n");
        return 2;
    }
    if (argc > 3)
        bench.language = str_from_c(argv[3]);
    arena_init(&bench.arena, 0);
    enum err err = content_open(argv[1], NULL, &content, &fault);
    if (!err) {
        err = count_words(content, &fault);
        if (!err)
            err = run(&bench, content);
        content_close(content);
    }
    if (err)
        fprintf(stderr, "search: %s\n",
                fault.message[0] ? fault_text(&fault) : err_sentence(err));
    arena_finish(&bench.arena);
    return err ? 1 : 0;
}
