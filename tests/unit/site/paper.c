// SPDX-License-Identifier: Apache-2.0
#include "paper.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/time.h"
#include "content/category.h"
#include "content/language.h"
#include "content/person.h"
#include "content/settings.h"
#include "content/workflow.h"

static struct fault fault;

static void must_be_fine(enum err err, const char *call)
{
    if (err)
        fail_msg("%s: %s: %s", call, err_name(err), fault_text(&fault));
}
#define must(call) must_be_fine(call, #call)

void paper_begin(struct paper *paper, struct edit *edit)
{
    *edit = (struct edit){.content = NULL};
    must(edit_begin(edit, paper->content, STR("test"), &fault));
}

void paper_commit(struct edit *edit)
{
    must(edit_commit(edit));
    edit_end(edit);
}

static void set(struct edit *edit, const char *name, const char *value)
{
    must(setting_set(edit, str_from_c(name), STR(""), str_from_c(value)));
}

static void add_languages(struct edit *edit)
{
    static const char *const codes[] = {"en", "ka", "ru", "ar"};
    for (size_t i = 0; i < 4; i++) {
        struct language language = {.code = str_from_c(codes[i]),
                                    .position = (int64_t)i};
        must(language_save(edit, &language));
    }
}

static struct id add_category(struct edit *edit, struct id parent,
                              const char *slug, const char *en, const char *ka,
                              const char *ru)
{
    struct category_name names[] = {
        {.language = STR("en"),
         .slug = str_from_c(slug),
         .name = str_from_c(en)},
        {.language = STR("ka"),
         .slug = str_from_c(slug),
         .name = str_from_c(ka)},
        {.language = STR("ru"),
         .slug = str_from_c(slug),
         .name = str_from_c(ru)},
    };
    struct category_input input = {
        .parent = parent, .names = names, .name_count = 3};
    struct id id;
    must(category_save(edit, &input, &id));
    return id;
}

static void fill(struct paper *paper)
{
    struct edit edit;
    struct id none = {.text = ""};
    paper_begin(paper, &edit);
    add_languages(&edit);
    set(&edit, "name", "BM.GE");
    set(&edit, "zone", "Asia/Tbilisi");
    set(&edit, "address", "https://paper.example");
    paper->politics = add_category(&edit, none, "politics", "Politics",
                                   "პოლიტიკა", "Политика");
    paper->elections = add_category(&edit, paper->politics, "elections",
                                    "Elections", "არჩევნები", "Выборы");
    struct person_name name = {.language = STR(""),
                               .name = STR("Nino Beridze")};
    struct person_input person = {.names = &name, .name_count = 1};
    must(person_save(&edit, &person, &paper->author));
    paper_commit(&edit);
}

int paper_open(void **state)
{
    struct paper *paper = calloc(1, sizeof *paper);
    if (!paper)
        return -1;
    arena_init(&paper->arena, 0);
    snprintf(paper->folder, sizeof paper->folder,
             "/tmp/broadsheet-paper-XXXXXX");
    if (!mkdtemp(paper->folder))
        return -1;
    snprintf(paper->theme, sizeof paper->theme, "%s/theme", paper->folder);
    struct content_options options = {.create = true, .readers = 2};
    must(content_open(paper->folder, &options, &paper->content, &fault));
    fill(paper);
    must(site_create(paper->content, paper->theme, &paper->site, &fault));
    *state = paper;
    return 0;
}

int paper_close(void **state)
{
    struct paper *paper = *state;
    char command[128];
    site_destroy(paper->site);
    content_close(paper->content);
    arena_finish(&paper->arena);
    snprintf(command, sizeof command, "rm -rf '%s'", paper->folder);
    int failed = system(command);
    free(paper);
    return failed;
}

struct article_input paper_article(struct paper *paper, const char *language,
                                   const char *headline)
{
    struct id *category = arena_new(&paper->arena, struct id);
    *category = paper->politics;
    return (struct article_input){
        .content =
            {
                .language = str_from_c(language),
                .headline = str_from_c(headline),
                .body = STR("{\"type\":\"doc\",\"content\":[{\"type\":"
                            "\"paragraph\",\"content\":[{\"type\":\"text\","
                            "\"text\":\"The whole text.\"}]}]}"),
                .categories = category,
                .category_count = 1,
            },
    };
}

struct id paper_publish(struct paper *paper, const struct article_input *input,
                        int64_t published_us)
{
    struct edit edit;
    struct id id;
    int64_t revision;
    struct publish_options options = {.published_us = published_us};
    paper_begin(paper, &edit);
    must(article_save(&edit, input, &id, &revision));
    must(article_publish(&edit, &id, &options));
    paper_commit(&edit);
    return id;
}

struct site_print paper_print(struct paper *paper, const char *page_key)
{
    struct site_print print;
    DEFER(db_lease_end) struct db_lease lease = content_reader(paper->content);
    enum err err = site_print(paper->site, lease.db, str_from_c(page_key),
                              &paper->arena, &print, &fault);
    if (err)
        fail_msg("%s: %s (%s)", page_key, fault_text(&fault), fault.field);
    return print;
}

const char *paper_address(struct paper *paper, const struct id *id)
{
    struct str key;
    DEFER(db_lease_end) struct db_lease lease = content_reader(paper->content);
    must(site_article_page(paper->site, lease.db, id_str(id), &paper->arena,
                           &key));
    return arena_c_string(&paper->arena, key);
}

bool print_has(const struct site_print *print, const char *text)
{
    return str_find(print->body, str_from_c(text)) >= 0;
}

bool print_depends(const struct site_print *print, const char *key)
{
    for (size_t i = 0; i < print->key_count; i++) {
        if (str_eq(print->keys[i], str_from_c(key)))
            return true;
    }
    return false;
}
