// SPDX-License-Identifier: Apache-2.0
/* bench/fill: fills a newspaper with generated articles and prints the path of
 * the newest one. The words follow Zipf's law, so that pages compress and
 * indexes fill as real ones do.
 *
 *   fill DIR COUNT */
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/time.h"
#include "content/article.h"
#include "content/category.h"
#include "content/content.h"
#include "content/edit.h"
#include "content/workflow.h"

enum {
    WORDS = 20000,
    PARAGRAPHS = 14,
    PARAGRAPH_WORDS = 110,
    AT_ONCE = 500, /* articles in one transaction */
    CATEGORIES = 5,
    ARTICLE_BYTES_MAX = 1 << 20,
};

struct filler {
    uint64_t random;
    char words[WORDS][12];
    struct id categories[CATEGORIES];
};

/* xorshift64*: the same archive every time. */
static uint64_t next_random(struct filler *filler)
{
    filler->random ^= filler->random >> 12;
    filler->random ^= filler->random << 25;
    filler->random ^= filler->random >> 27;
    return filler->random * UINT64_C(2685821657736338717);
}

static void make_words(struct filler *filler)
{
    static const char *const parts[] = {"ka",  "ro", "ve",  "tin", "mar", "sol",
                                        "du",  "ne", "pri", "ost", "el",  "ban",
                                        "gor", "mi", "sha", "ter"};
    for (int i = 0; i < WORDS; i++) {
        unsigned a = (unsigned)i % 16, b = (unsigned)i / 16 % 16,
                 c = (unsigned)i / 256;
        snprintf(filler->words[i], sizeof filler->words[i], "%s%s%s", parts[a],
                 parts[b], c ? parts[c % 16] : "");
    }
}

/* About one over the rank. */
static const char *word(struct filler *filler)
{
    double u = (double)(next_random(filler) >> 11) / 9007199254740992.0;
    double rank = 1;
    for (double left = u * 14; left > 1; left -= 1)
        rank *= 2;
    uint64_t at = (uint64_t)rank + next_random(filler) % (uint64_t)rank;
    return filler->words[at % WORDS];
}

static void add_words(struct filler *filler, struct buf *out, int count)
{
    for (int i = 0; i < count; i++) {
        buf_add_c(out, i ? " " : "");
        buf_add_c(out, word(filler));
    }
}

static void write_body(struct filler *filler, struct buf *out)
{
    buf_add_c(out, "{\"type\":\"doc\",\"content\":[");
    for (int i = 0; i < PARAGRAPHS; i++) {
        buf_add_c(out, i ? "," : "");
        buf_add_c(out,
                  "{\"type\":\"paragraph\",\"content\":[{\"type\":\"text\","
                  "\"text\":\"");
        add_words(filler, out, PARAGRAPH_WORDS);
        buf_add_c(out, ".\"}]}");
    }
    buf_add_c(out, "]}");
}

static enum err make_categories(struct filler *filler, struct edit *edit)
{
    static const char *const names[CATEGORIES] = {"Region", "Council", "Trade",
                                                  "Arts", "Games"};
    for (int i = 0; i < CATEGORIES; i++) {
        struct category_name name = {.language = STR("en"),
                                     .name = str_from_c(names[i])};
        struct category_input input = {
            .position = i, .names = &name, .name_count = 1};
        enum err err = category_save(edit, &input, &filler->categories[i]);
        if (err)
            return err;
    }
    return ERR_OK;
}

static enum err add_article(struct filler *filler, struct edit *edit,
                            int64_t published_us, struct buf *text,
                            struct id *ret_id)
{
    buf_reset(text);
    add_words(filler, text, 9);
    size_t headline_len = text->len;
    add_words(filler, text, 25);
    size_t standfirst_len = text->len - headline_len;
    write_body(filler, text);
    if (buf_err(text))
        return text->err;
    struct str all = buf_str(text);
    struct id category = filler->categories[next_random(filler) % CATEGORIES];
    struct article_input input = {
        .id = id_from_time(published_us),
        .created_us = published_us,
        .content =
            {
                .language = STR("en"),
                .headline = str_slice(all, 0, headline_len),
                .standfirst = str_slice(all, headline_len, standfirst_len),
                .body = str_from(all, headline_len + standfirst_len),
                .categories = &category,
                .category_count = 1,
            },
    };
    struct publish_options options = {.published_us = published_us};
    int64_t revision;
    enum err err = article_save(edit, &input, ret_id, &revision);
    return err ? err : article_publish(edit, ret_id, &options);
}

static enum err fill(struct filler *filler, struct content *content,
                     int64_t count, struct id *ret_last, struct fault *fault)
{
    struct buf text;
    buf_init(&text, ARTICLE_BYTES_MAX);
    int64_t start_us = time_now_us() - count * 600 * TIME_US_PER_SECOND;
    enum err err = ERR_OK;
    for (int64_t i = 0; i < count && !err;) {
        DEFER(edit_end) struct edit edit = {0};
        err = edit_begin(&edit, content, STR("fill"), fault);
        if (!err && i == 0)
            err = make_categories(filler, &edit);
        for (int at = 0; at < AT_ONCE && i < count && !err; at++, i++)
            err = add_article(filler, &edit,
                              start_us + i * 600 * TIME_US_PER_SECOND + i,
                              &text, ret_last);
        if (!err)
            err = edit_commit(&edit);
    }
    buf_finish(&text);
    return err;
}

int main(int argc, char **argv)
{
    static struct filler filler = {.random = 88172645463325252};
    struct fault fault = {0};
    struct content *content;
    struct article article;
    struct id last;
    struct arena arena;
    int64_t count;
    if (argc != 3 || str_parse_i64(str_from_c(argv[2]), &count) || count < 1) {
        fprintf(stderr, "usage: fill DIR COUNT\n");
        return 2;
    }
    arena_init(&arena, 0);
    make_words(&filler);
    int64_t began_us = clock_now_us();
    enum err err = content_open(argv[1], NULL, &content, &fault);
    if (!err)
        err = fill(&filler, content, count, &last, &fault);
    if (!err) {
        DEFER(db_lease_end) struct db_lease lease = content_reader(content);
        err = article_load(lease.db, &last, &arena, &article);
    }
    if (err) {
        fprintf(stderr, "fill: %s: %s\n", err_name(err), fault.message);
        return 1;
    }
    printf("/en/article/%" PRI_STR "-%s\n", ARG_STR(article.content.slug),
           last.text);
    fprintf(stderr, "%lld articles, %.0f a second\n", (long long)count,
            (double)count * 1e6 / (double)(clock_now_us() - began_us));
    content_close(content);
    arena_finish(&arena);
    return 0;
}
