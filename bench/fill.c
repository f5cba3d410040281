// SPDX-License-Identifier: Apache-2.0
/* bench/fill: fills a newspaper with an archive as a real one would be: in
 * English, Georgian and Russian, words by Zipf's law, lengths log-normal around
 * 420 words, sections with subsections, tags, people, pictures by reference,
 * translations. It ends now and goes back as far as ten minutes an article
 * reach, at most 20 years. Prints the path of the newest English article.
 *
 *   fill DIR COUNT [PICTURES]   PICTURES: a folder of .webp files */
#include <dirent.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/time.h"
#include "cli/upkeep.h"
#include "content/article.h"
#include "content/category.h"
#include "content/content.h"
#include "content/edit.h"
#include "content/language.h"
#include "content/media.h"
#include "content/person.h"
#include "content/search.h"
#include "content/workflow.h"
#include "generate/words.h"
#include "render/document.h"

enum {
    AT_ONCE = 2000, /* articles in one transaction */
    SECTIONS = 5,
    SUBSECTIONS = 4, /* of each section */
    PEOPLE = 120,
    TAGS = 3000,
    PICTURES_MAX = 64,
    PICTURE_BYTES_MAX = 4 << 20,
    MEDIAN_WORDS = 420,
    PARAGRAPH_WORDS = 45,
    ARTICLE_BYTES_MAX = 1 << 20,
    YEARS = 20,
};

struct filler {
    struct words words;
    struct id sections[SECTIONS];
    struct id categories[SECTIONS * SUBSECTIONS];
    struct id people[PEOPLE];
    struct id pictures[PICTURES_MAX];
    size_t picture_count;
    struct id story; /* of the last article, for its translation */
    struct id newest_english;
    struct buf text;
};

/* ---- What articles refer to -------------------------------------------------
 */

static enum err add_languages(struct edit *edit)
{
    enum err err = ERR_OK;
    for (size_t i = 1; !err && i < words_language_count; i++) {
        struct language language = {
            .code = str_from_c(words_languages[i].code),
            .position = (int64_t)i,
        };
        err = language_save(edit, &language);
    }
    return err;
}

/* With the same name in every language, which is short for "a name in each". */
static enum err add_category(struct edit *edit, const struct id *parent,
                             int64_t position, struct str name,
                             struct id *ret_id)
{
    struct category_name names[8];
    for (size_t i = 0; i < words_language_count; i++)
        names[i] = (struct category_name){
            .language = str_from_c(words_languages[i].code), .name = name};
    struct category_input input = {
        .parent = parent ? *parent : (struct id){.text = ""},
        .position = position,
        .names = names,
        .name_count = words_language_count,
    };
    return category_save(edit, &input, ret_id);
}

static enum err add_categories(struct filler *filler, struct edit *edit)
{
    static const char *const names[SECTIONS] = {"Region", "Council", "Trade",
                                                "Arts", "Games"};
    enum err err = ERR_OK;
    for (int i = 0; !err && i < SECTIONS; i++) {
        err = add_category(edit, NULL, i, str_from_c(names[i]),
                           &filler->sections[i]);
        for (int k = 0; !err && k < SUBSECTIONS; k++)
            err = add_category(
                edit, &filler->sections[i], k,
                arena_printf(&edit->arena, "%s %d", names[i], k + 1),
                &filler->categories[i * SUBSECTIONS + k]);
    }
    return err;
}

static enum err add_people(struct filler *filler, struct edit *edit)
{
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < PEOPLE; i++) {
        buf_reset(&filler->text);
        buf_add_c(&filler->text, "Editor ");
        words_add_rank(&words_languages[0], i + WORDS_SYLLABLES, &filler->text);
        struct person_name name = {.name = buf_str(&filler->text)};
        struct person_input input = {.names = &name, .name_count = 1};
        err = person_save(edit, &input, &filler->people[i]);
    }
    return err;
}

static enum err add_picture(struct filler *filler, struct edit *edit,
                            const char *path)
{
    struct str bytes;
    struct medium medium = {.focus_x = 500,
                            .focus_y = 500,
                            .alt = STR("A drawing"),
                            .filename = STR("drawing.webp")};
    enum err err =
        file_read(path, PICTURE_BYTES_MAX, &edit->arena, &bytes, edit->fault);
    if (!err)
        err = media_store(edit, bytes, STR("image/webp"), 1280, 853,
                          &medium.original);
    if (!err)
        err =
            media_save(edit, &medium, &filler->pictures[filler->picture_count]);
    filler->picture_count += !err;
    return err;
}

static enum err add_pictures(struct filler *filler, struct edit *edit,
                             const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    enum err err = dir ? ERR_OK : ERR_NOT_FOUND;
    while (!err && filler->picture_count < PICTURES_MAX &&
           (entry = readdir(dir))) {
        char path[1024];
        if (!str_ends_with(str_from_c(entry->d_name), STR(".webp")))
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        err = add_picture(filler, edit, path);
    }
    if (dir)
        closedir(dir);
    return err;
}

static enum err prepare(struct filler *filler, struct content *content,
                        const char *pictures, struct fault *fault)
{
    DEFER(edit_end) struct edit edit = {0};
    enum err err = edit_begin(&edit, content, STR("fill"), fault);
    if (!err)
        err = add_languages(&edit);
    if (!err)
        err = add_categories(filler, &edit);
    if (!err)
        err = add_people(filler, &edit);
    if (!err && pictures)
        err = add_pictures(filler, &edit, pictures);
    return err ? err : edit_commit(&edit);
}

/* ---- Articles ---------------------------------------------------------------
 */

/* 60 of 100 in English, 25 in Georgian, 15 in Russian. */
static const struct words_language *choose_language(struct filler *filler)
{
    uint64_t chance = words_random(&filler->words, 100);
    return &words_languages[chance < 60 ? 0 : chance < 85 ? 1 : 2];
}

/* As importers hand it over: a tree, not text to be parsed, which was checked
 * while the articles before it were written. */
static struct document_node *write_body(struct filler *filler,
                                        struct arena *arena,
                                        const struct words_language *language)
{
    double length =
        words_log_normal(&filler->words, MEDIAN_WORDS, 0.6) / PARAGRAPH_WORDS;
    size_t paragraphs = length < 2 ? 2 : length > 90 ? 90 : (size_t)length;
    struct document_node *doc = document_new(arena);
    for (size_t i = 0; i < paragraphs; i++) {
        size_t count = PARAGRAPH_WORDS / 2 +
                       (size_t)words_random(&filler->words, PARAGRAPH_WORDS);
        struct buf text;
        buf_init(&text, ARTICLE_BYTES_MAX);
        words_add(&filler->words, language, count, &text);
        buf_add_char(&text, '.');
        document_add_text(arena, document_add(arena, doc, DOCUMENT_PARAGRAPH),
                          arena_copy(arena, buf_str(&text)));
        buf_finish(&text);
    }
    return doc;
}

static void choose_tags(struct filler *filler, struct arena *arena,
                        const struct words_language *language,
                        struct article_content *content)
{
    content->tag_count = (size_t)words_random(&filler->words, 4);
    content->tags = arena_array(arena, struct str, 4);
    for (size_t i = 0; i < content->tag_count; i++) {
        /* The product of two even ones: some topics much oftener. */
        uint64_t rank = words_random(&filler->words, TAGS) *
                        words_random(&filler->words, TAGS) / TAGS;
        struct buf name;
        buf_init(&name, 256);
        words_add_rank(language, rank + WORDS_SYLLABLES, &name);
        content->tags[i] = arena_copy(arena, buf_str(&name));
        buf_finish(&name);
    }
}

static void choose_references(struct filler *filler, struct arena *arena,
                              struct article_content *content)
{
    content->categories = arena_array(arena, struct id, 1);
    content->category_count = 1;
    uint64_t category =
        words_random(&filler->words, SECTIONS + SECTIONS * SUBSECTIONS);
    content->categories[0] = category < SECTIONS
                                 ? filler->sections[category]
                                 : filler->categories[category - SECTIONS];
    content->bylines = arena_new(arena, struct article_byline);
    content->byline_count = 1;
    content->bylines[0].person =
        filler->people[words_random(&filler->words, PEOPLE)];
    if (filler->picture_count && words_random(&filler->words, 4))
        content->picture =
            filler
                ->pictures[words_random(&filler->words, filler->picture_count)];
}

static struct article_input make_article(struct filler *filler,
                                         struct arena *arena,
                                         int64_t published_us)
{
    const struct words_language *language = choose_language(filler);
    struct buf *text = &filler->text;
    buf_reset(text);
    words_add(&filler->words, language, 9, text);
    size_t headline_len = text->len;
    words_add(&filler->words, language, 25, text);
    struct str all = arena_copy(arena, buf_str(text));
    bool translated =
        language != words_languages && words_random(&filler->words, 3) == 0;
    struct article_input input = {
        .id = id_from_time(published_us),
        .story = translated ? filler->story : (struct id){.text = ""},
        .created_us = published_us,
        .content =
            {
                .language = str_from_c(language->code),
                .headline = str_slice(all, 0, headline_len),
                .standfirst = str_from(all, headline_len),
                .document = write_body(filler, arena, language),
            },
    };
    struct fault fault = {0};
    if (article_ready_body(&input.content, arena, &fault))
        fprintf(stderr, "%s\n", fault_text(&fault)); /* saving tells it too */
    choose_tags(filler, arena, language, &input.content);
    choose_references(filler, arena, &input.content);
    if (language == words_languages)
        filler->story = filler->newest_english = input.id;
    return input;
}

/* Articles for one transaction. One is made while the one before is written,
 * as an importer reads ahead. */
struct batch {
    struct filler *filler;
    struct arena arena;
    int64_t first_us; /* when they were published */
    int64_t step_us;
    int count;
    struct article_input articles[AT_ONCE];
};

static void *make_batch(void *argument)
{
    struct batch *batch = argument;
    arena_reset(&batch->arena);
    for (int i = 0; i < batch->count; i++)
        batch->articles[i] = make_article(batch->filler, &batch->arena,
                                          batch->first_us + i * batch->step_us);
    return NULL;
}

static enum err write_batch(struct batch *batch, struct content *content,
                            struct fault *fault)
{
    DEFER(edit_end) struct edit edit = {0};
    enum err err = edit_begin(&edit, content, STR("fill"), fault);
    for (int i = 0; !err && i < batch->count; i++) {
        struct publish_options options = {.published_us =
                                              batch->articles[i].created_us};
        struct id id;
        int64_t revision;
        err = article_save(&edit, &batch->articles[i], &id, &revision);
        if (!err)
            err = article_publish(&edit, &id, &options);
    }
    return err ? err : edit_commit(&edit);
}

static enum err fill(struct filler *filler, struct content *content,
                     int64_t count, struct fault *fault)
{
    static struct batch batches[2];
    int64_t now_us = time_now_us();
    int64_t most_us = YEARS * INT64_C(365) * 24 * 3600 * TIME_US_PER_SECOND;
    int64_t step_us = 600 * TIME_US_PER_SECOND;
    if (step_us > most_us / count)
        step_us = most_us / count;
    arena_init(&batches[0].arena, 1 << 20);
    arena_init(&batches[1].arena, 1 << 20);
    enum err err = ERR_OK;
    int64_t made = 0;
    bool last = false;
    for (int turn = 0; !err && !last; turn++) {
        struct batch *next = &batches[turn % 2];
        struct batch *ready = &batches[(turn + 1) % 2];
        pthread_t maker;
        next->filler = filler;
        next->step_us = step_us;
        next->first_us = now_us - (count - made) * step_us;
        next->count = (int)(count - made < AT_ONCE ? count - made : AT_ONCE);
        made += next->count;
        last = next->count == 0;
        if (pthread_create(&maker, NULL, make_batch, next))
            return ERR_NO_MEMORY;
        err = write_batch(ready, content, fault);
        pthread_join(maker, NULL);
        if (isatty(STDERR_FILENO))
            fprintf(stderr, "\r%lld of %lld", (long long)made,
                    (long long)count);
    }
    return err;
}

/* ---- The program ------------------------------------------------------------
 */

static double seconds_since(int64_t began_us)
{
    return (double)(clock_now_us() - began_us) / TIME_US_PER_SECOND;
}

static enum err run(struct filler *filler, struct content *content,
                    int64_t count, const char *pictures, struct arena *arena,
                    struct fault *fault)
{
    int64_t began_us = clock_now_us();
    struct article article;
    enum err err = prepare(filler, content, pictures, fault);
    if (!err)
        err = fill(filler, content, count, fault);
    double seconds = seconds_since(began_us);
    int64_t filled_us = clock_now_us();
    if (!err)
        err = search_settle(content, fault);
    if (err || !id_is_set(&filler->newest_english))
        return err;
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    err = article_load(lease.db, &filler->newest_english, arena, &article);
    if (err)
        return err;
    printf("/en/article/%" PRI_STR "-%s\n", ARG_STR(article.content.slug),
           filler->newest_english.text);
    fprintf(stderr,
            "%lld articles, %.0f a second; the search index merged in %.1f s; "
            "%.0f a second with that\n",
            (long long)count, (double)count / seconds, seconds_since(filled_us),
            (double)count / seconds_since(began_us));
    return ERR_OK;
}

int main(int argc, char **argv)
{
    struct filler filler = {.picture_count = 0};
    struct fault fault = {0};
    struct content *content;
    struct arena arena;
    int64_t count;
    if (argc < 3 || argc > 4 || str_parse_i64(str_from_c(argv[2]), &count) ||
        count < 1) {
        fprintf(stderr, "usage: fill DIR COUNT [PICTURES]\n");
        return 2;
    }
    struct upkeep *upkeep = NULL;
    enum err err = content_open(argv[1], NULL, &content, &fault);
    if (!err && !(err = upkeep_start(content, UPKEEP_OF_IMPORT_MS, &upkeep))) {
        arena_init(&arena, 0);
        words_init(&filler.words, UINT64_C(88172645463325252));
        buf_init(&filler.text, ARTICLE_BYTES_MAX);
        err = run(&filler, content, count, argv[3], &arena, &fault);
        buf_finish(&filler.text);
        words_finish(&filler.words);
        arena_finish(&arena);
        upkeep_stop(upkeep);
        content_close(content);
    }
    if (err) {
        fprintf(stderr, "fill: %s: %s\n", err_name(err), fault.message);
        return 1;
    }
    return 0;
}
