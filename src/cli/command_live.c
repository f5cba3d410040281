// SPDX-License-Identifier: Apache-2.0
/* live start, post, edit, pin, key, remove, end, list: live blogs. */
#include <errno.h>
#include <jansson.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/time.h"
#include "cli/command_table.h"
#include "cli/newspaper.h"
#include "cli/picture_wait.h"
#include "content/article_times.h"
#include "content/live.h"
#include "content/live_json.h"
#include "render/document.h"

enum { LIST_STANDARD = 20 };

struct work;
typedef enum err change_how(struct work *work, struct id *ret_post);

/* What a change works on. */
struct work {
    const struct command_line *line;
    struct edit edit;
    struct id id;           /* as it was typed: a blog's or a post's */
    struct article article; /* the blog */
    struct fault *fault;

    struct picture_wait pictures;
    bool has_input; /* read once, however often it is tried */
    struct str piped;

    change_how *how;
    struct id post; /* what how told */
};

static enum err refuse_unknown(const struct work *work, enum err err)
{
    if (err != ERR_NOT_FOUND || work->fault->code == ERR_NOT_FOUND)
        return err;
    return fault_set(work->fault, err, "ID",
                     "there is no %s; 'broadsheet live list' tells the live "
                     "blogs and their posts",
                     work->id.text);
}

static enum err load_blog(struct work *work, const struct id *id)
{
    enum err err =
        article_load(work->edit.db, id, work->line->arena, &work->article);
    return err && err != ERR_NOT_FOUND
               ? db_fault(work->edit.db, err, work->fault)
               : err;
}

static enum err load_post(struct work *work, struct live_post *post)
{
    enum err err =
        live_post_load(work->edit.db, &work->id, work->line->arena, post);
    return err ? err : load_blog(work, &post->article);
}

static enum err change_once(void *context, struct content *content)
{
    struct work *work = context;
    work->edit = (struct edit){0};
    *work->fault = (struct fault){0};
    enum err err = newspaper_edit(&work->edit, content, work->fault);
    if (!err)
        err = refuse_unknown(work, work->how(work, &work->post));
    if (!err)
        err = newspaper_commit(work->line, &work->edit, work->fault);
    edit_end(&work->edit);
    return err;
}

/* Runs how within one edit. What was changed is told by its id and, when
 * has_address, where readers find it. */
static enum err change(const struct command_line *line, change_how *how,
                       struct fault *fault)
{
    struct work work = {.line = line, .fault = fault, .how = how};
    enum err err = newspaper_parse_id(line->arguments[0], &work.id, fault);
    DEFER(newspaper_close) struct content *content = NULL;
    if (!err)
        err = newspaper_open_writing(line, &content, fault);
    if (!err)
        err = picture_wait_run(&work.pictures, line, content, change_once,
                               &work, fault);
    if (err)
        return err;
    const struct id *told = id_is_set(&work.post) ? &work.post : &work.id;
    if (!command_flag(line, "json")) {
        output_printf(line->output, "%s\n", told->text);
        return ERR_OK;
    }
    const struct article *article = &work.article;
    struct str address =
        article_path(line->arena, article->content.language,
                     article->content.slug, id_str(&article->id));
    if (id_is_set(&work.post))
        address = live_post_path(line->arena, address, &work.post);
    return output_json(line->output,
                       json_pack("{s:s, s:s, s:s%, s:b}", "id", told->text,
                                 "blog", article->id.text, "address",
                                 address.ptr, address.len, "published",
                                 article->state == ARTICLE_PUBLISHED));
}

static enum err read_at(struct work *work, int64_t *ret_time_us)
{
    const char *at = command_value(work->line, "at");
    *ret_time_us = 0;
    return at ? article_times_parse(work->edit.db, "at", str_from_c(at),
                                    ret_time_us, work->fault)
              : ERR_OK;
}

/* ---- start, end ------------------------------------------------------------
 */

static enum err start(struct work *work, struct id *ret_post)
{
    (void)ret_post;
    int64_t time_us = 0;
    enum err err = read_at(work, &time_us);
    if (!err)
        err = live_start(&work->edit, &work->id, time_us);
    if (!err)
        err = load_blog(work, &work->id);
    if (!err && work->article.state != ARTICLE_PUBLISHED)
        output_tell(work->line->output,
                    "readers see it when the article is published: broadsheet "
                    "article publish %s",
                    work->id.text);
    return err;
}

static enum err end(struct work *work, struct id *ret_post)
{
    (void)ret_post;
    int64_t time_us = 0;
    enum err err = read_at(work, &time_us);
    if (!err)
        err = live_end(&work->edit, &work->id, time_us);
    return err ? err : load_blog(work, &work->id);
}

/* ---- post, edit ------------------------------------------------------------
 */

/* The whole of standard input. */
static enum err read_input(struct work *work, struct str *ret_text)
{
    *ret_text = work->piped;
    if (work->has_input)
        return ERR_OK;
    DEFER(buf_finish) struct buf input;
    buf_init(&input, LIVE_POST_JSON_BYTES_MAX);
    char piece[16 * 1024];
    ssize_t n;
    while ((n = read(STDIN_FILENO, piece, sizeof piece)) > 0)
        buf_add_bytes(&input, piece, (size_t)n);
    if (n < 0)
        return fault_set(work->fault, err_from_errno(errno), NULL,
                         "cannot read standard input: %s", strerror(errno));
    if (buf_err(&input))
        return fault_set(work->fault, buf_err(&input), NULL,
                         "standard input is longer than a post may be (%d KB)",
                         LIVE_POST_JSON_BYTES_MAX / 1024);
    work->piped = arena_copy(work->line->arena, buf_str(&input));
    work->has_input = true;
    *ret_text = work->piped;
    return ERR_OK;
}

/* What is to be said: the argument, a file, or what is piped in. Absent when
 * there is none of these. */
static enum err read_text(struct work *work, struct live_post_input *input,
                          bool *ret_given)
{
    const struct command_line *line = work->line;
    const char *argument = line->argument_count > 1 ? line->arguments[1] : NULL;
    const char *path = command_value(line, "file");
    struct str text = STR("");
    enum err err = ERR_OK;
    *ret_given = argument || path;
    if (argument && path)
        return fault_set(work->fault, ERR_USAGE, "file",
                         "give the text or --file, not both");
    if (!*ret_given)
        return ERR_OK;
    if (argument && strcmp(argument, "-") != 0) {
        input->document = document_from_text(line->arena, str_from_c(argument));
        return ERR_OK;
    }
    if (argument || strcmp(path, "-") == 0)
        err = read_input(work, &text);
    else
        err = file_read(path, LIVE_POST_JSON_BYTES_MAX, line->arena, &text,
                        work->fault);
    if (err)
        return err;
    return live_json_read_text(text, work->edit.db,
                               work->article.content.language, line->arena,
                               input, work->fault);
}

/* --by takes the slug of one of the staff, or any name. */
static enum err read_bylines(struct work *work, struct live_post_input *input)
{
    const char *const *names;
    const struct command_line *line = work->line;
    size_t count = command_values(line, "by", &names);
    if (!count)
        return ERR_OK;
    input->bylines = arena_array(line->arena, struct article_byline, count);
    input->byline_count = count;
    for (size_t i = 0; i < count; i++) {
        struct person person;
        struct article_byline *byline = &input->bylines[i];
        *byline = (struct article_byline){.name = str_from_c(names[i]),
                                          .role = STR("")};
        enum err err =
            person_find(work->edit.db, work->article.content.language,
                        str_from_c(names[i]), line->arena, &person);
        if (!err)
            byline->person = person.id;
        else if (err != ERR_NOT_FOUND)
            return db_fault(work->edit.db, err, work->fault);
    }
    return ERR_OK;
}

/* What the options and the text say, over what input says already. */
static enum err fill(struct work *work, struct live_post_input *input,
                     bool *ret_given)
{
    const char *headline = command_value(work->line, "headline");
    input->waiting = picture_wait_ids(&work->pictures);
    input->arena = work->line->arena;
    enum err err = read_text(work, input, ret_given);
    if (!err && headline)
        input->headline = str_from_c(headline);
    if (!err && command_value(work->line, "at"))
        err = read_at(work, &input->time_us);
    *ret_given |= headline != NULL;
    return err ? err : read_bylines(work, input);
}

static enum err post(struct work *work, struct id *ret_post)
{
    bool given = false;
    struct live_post_input input = {
        .article = work->id, .headline = STR(""), .body = STR("")};
    enum err err = load_blog(work, &work->id);
    if (!err)
        err = fill(work, &input, &given);
    if (!err && !given)
        err = fault_set(work->fault, ERR_USAGE, "TEXT",
                        "say what is to be posted: broadsheet live post %s "
                        "'The bridge is closed.' (or - to pipe it in)",
                        work->id.text);
    if (err)
        return err;
    if (!input.document && !input.body.len)
        input.document = document_new(work->line->arena);
    input.key |= command_flag(work->line, "key");
    input.pinned |= command_flag(work->line, "pin");
    err = live_post_save(&work->edit, &input, ret_post);
    if (!err && work->article.state != ARTICLE_PUBLISHED)
        output_tell(work->line->output,
                    "readers see it when the article is published");
    return err;
}

static enum err edit_post(struct work *work, struct id *ret_post)
{
    struct live_post old;
    const char *note = command_value(work->line, "correction");
    bool given = false;
    enum err err = load_post(work, &old);
    if (err)
        return err;
    struct live_post_input input = live_post_input_of(&old);
    err = fill(work, &input, &given);
    given |= command_value(work->line, "by") || command_value(work->line, "at");
    if (!err && !given && !note)
        err = fault_set(work->fault, ERR_USAGE, "TEXT",
                        "say what it is to say instead, as in: broadsheet %s",
                        work->line->command->examples[0].line);
    if (!err && given)
        err = live_post_save(&work->edit, &input, NULL);
    if (!err && note)
        err = live_post_correct(&work->edit, &work->id, str_from_c(note), 0);
    *ret_post = work->id;
    return err;
}

/* ---- pin, key, remove ------------------------------------------------------
 */

static enum err pin(struct work *work, struct id *ret_post)
{
    struct live_post old;
    enum err err = load_post(work, &old);
    *ret_post = work->id;
    return err ? err
               : live_post_pin(&work->edit, &work->id,
                               !command_flag(work->line, "off"));
}

static enum err key(struct work *work, struct id *ret_post)
{
    struct live_post old;
    enum err err = load_post(work, &old);
    *ret_post = work->id;
    return err ? err
               : live_post_key(&work->edit, &work->id,
                               !command_flag(work->line, "off"));
}

static enum err remove_post(struct work *work, struct id *ret_post)
{
    struct live_post old;
    const char *reason = command_value(work->line, "reason");
    if (!reason || !*reason)
        return fault_set(work->fault, ERR_USAGE, "reason",
                         "readers are told why: --reason TEXT, as in: "
                         "broadsheet %s",
                         work->line->command->examples[0].line);
    enum err err = load_post(work, &old);
    *ret_post = work->id;
    return err ? err
               : live_post_remove(&work->edit, &work->id, str_from_c(reason),
                                  0);
}

static enum err run_start(const struct command_line *line, struct fault *fault)
{
    return change(line, start, fault);
}

static enum err run_end(const struct command_line *line, struct fault *fault)
{
    return change(line, end, fault);
}

static enum err run_post(const struct command_line *line, struct fault *fault)
{
    return change(line, post, fault);
}

static enum err run_edit(const struct command_line *line, struct fault *fault)
{
    return change(line, edit_post, fault);
}

static enum err run_pin(const struct command_line *line, struct fault *fault)
{
    return change(line, pin, fault);
}

static enum err run_key(const struct command_line *line, struct fault *fault)
{
    return change(line, key, fault);
}

static enum err run_remove(const struct command_line *line, struct fault *fault)
{
    return change(line, remove_post, fault);
}

/* ---- list ------------------------------------------------------------------
 */

static struct str time_text(int64_t time_us, struct arena *arena)
{
    char text[TIME_RFC3339_BYTES];
    time_format_rfc3339(time_us, text);
    return time_us ? arena_copy(arena, str_from_c(text)) : STR("");
}

static enum err list_blogs(const struct command_line *line, struct db *db,
                           size_t limit)
{
    static const char *const heads[] = {"id",      "state",    "posts",
                                        "changed", "headline", NULL};
    struct live_blog *blogs;
    size_t count;
    enum err err = live_blogs(db, limit, line->arena, &blogs, &count);
    if (err)
        return err;
    json_t *array = json_array();
    DEFER(output_table_finish) struct output_table table;
    output_table_init(&table, heads);
    for (size_t i = 0; !err && i < count; i++) {
        struct article article;
        err = article_load(db, &blogs[i].article, line->arena, &article);
        if (err)
            break;
        json_t *object = live_json_blog(&blogs[i]);
        struct str headline = article.content.headline;
        json_object_set_new(object, "headline",
                            json_stringn(headline.ptr, headline.len));
        json_array_append_new(array, object);
        output_table_cell(&table, id_str(&blogs[i].article));
        output_table_cell(&table, str_from_c(live_state_name(blogs[i].state)));
        output_table_cell(&table, arena_printf(line->arena, "%lld",
                                               (long long)blogs[i].post_count));
        output_table_cell(&table, time_text(blogs[i].changed_us, line->arena));
        output_table_cell(&table, headline);
    }
    if (!err && command_flag(line, "json"))
        return output_json(line->output, array);
    json_decref(array);
    return err ? err : output_table_write(&table, line->output);
}

static struct str marks(const struct live_post *post, struct arena *arena)
{
    return arena_printf(arena, "%s%s%s%s", post->removed_us ? "removed " : "",
                        post->pinned ? "pinned " : "", post->key ? "key " : "",
                        post->corrected_us ? "corrected" : "");
}

static enum err print_posts(const struct command_line *line,
                            const struct live_posts *list)
{
    static const char *const heads[] = {"post", "time", "marks", "text", NULL};
    enum { EXCERPT = 60 };
    DEFER(output_table_finish) struct output_table table;
    output_table_init(&table, heads);
    for (size_t i = 0; i < list->count; i++) {
        const struct live_post *one = &list->posts[i];
        output_table_cell(&table, id_str(&one->id));
        output_table_cell(&table, time_text(one->time_us, line->arena));
        output_table_cell(&table, str_trim(marks(one, line->arena)));
        output_table_cell(&table, one->removed_us ? one->removed_reason
                                  : one->headline.len
                                      ? one->headline
                                      : document_excerpt(one->document, EXCERPT,
                                                         line->arena));
    }
    return output_table_write(&table, line->output);
}

static enum err list_posts(const struct command_line *line, struct db *db,
                           size_t limit, struct fault *fault)
{
    struct id id;
    struct live_blog blog;
    struct live_posts list;
    const struct live_query query = {.which = LIVE_BEFORE, .limit = limit};
    enum err err = newspaper_parse_id(line->arguments[0], &id, fault);
    if (!err)
        err = live_load(db, &id, &blog);
    if (err == ERR_NOT_FOUND)
        return fault_set(fault, err, "ID",
                         "%s is no live blog; 'broadsheet live list' tells "
                         "which there are",
                         id.text);
    if (!err)
        err = live_posts(db, &id, STR(""), &query, line->arena, &list);
    if (err)
        return err;
    if (!command_flag(line, "json"))
        return print_posts(line, &list);
    json_t *object = live_json_blog(&blog), *array = json_array();
    for (size_t i = 0; i < list.count; i++)
        json_array_append_new(array, live_json_post(&list.posts[i]));
    json_object_set_new(object, "posts", array);
    return output_json(line->output, object);
}

static enum err run_list(const struct command_line *line, struct fault *fault)
{
    int64_t limit;
    DEFER(newspaper_close) struct content *content = NULL;
    enum err err = command_number(line, "limit", 1, LIVE_POSTS_MAX,
                                  LIST_STANDARD, &limit, fault);
    if (!err)
        err = newspaper_open_reading(line, &content, fault);
    if (err)
        return err;
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    err = line->argument_count
              ? list_posts(line, lease.db, (size_t)limit, fault)
              : list_blogs(line, lease.db, (size_t)limit);
    return err && !fault->code ? db_fault(lease.db, err, fault) : err;
}

/* ---- The commands ----------------------------------------------------------
 */

/* clang-format off */
#define BLOG_ARGUMENT \
    { .name = "ID", .summary = "the article's id, or its address" }
#define POST_ARGUMENT \
    { .name = "POST", .summary = "the post's id, or its address" }
#define TEXT_ARGUMENT(what) \
    { .name = "TEXT", .summary = what ", or - to be piped in", .optional = true }
#define AT_OPTION(what) \
    { "at", 0, false, "TIME", what }
#define OFF_OPTION \
    { "off", 0, false, NULL, "not any more" }
#define TEXT_OPTIONS \
    { "headline", 0, false, "TEXT", "a line above it" }, \
    { "by", 0, true, "NAME", "who wrote it: a slug of the staff, or a name" }, \
    { "file", 'f', false, "FILE", "take the text from a file; - is standard input" }
/* clang-format on */

#define POST_DETAILS \
    "An empty line parts paragraphs. What comes from a file or is piped in " \
    "may also be JSON: a document, or an object with text or body (a " \
    "document), headline, bylines, time, key, pinned. Pictures that are not " \
    "made yet are made first, when readers see the blog. " ARTICLE_TIMES_HELP \
    "."

const struct command command_live_start = {
    .name = "live start",
    .summary = "make an article a live blog",
    .details = "Its text is the summary on top of the posts. One that has "
               "ended goes on. " ARTICLE_TIMES_HELP ".",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments = (const struct command_argument[]){BLOG_ARGUMENT, {0}},
    .options =
        (const struct command_option[]){
            AT_OPTION("when the coverage began, if not now"), {0}},
    .examples =
        (const struct command_example[]){
            {"live start 62f9f7d471fdc", "It can be posted to from now on"},
            {0}},
    .run = run_start,
};

const struct command command_live_post = {
    .name = "live post",
    .summary = "post to a live blog, and tell the post's id",
    .details = POST_DETAILS,
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments = (const struct command_argument[]){BLOG_ARGUMENT,
                                                   TEXT_ARGUMENT("what to say"),
                                                   {0}},
    .options =
        (const struct command_option[]){
            TEXT_OPTIONS,
            {"key", 'k', false, NULL, "it is a key event"},
            {"pin", 0, false, NULL, "keep it on top"},
            AT_OPTION("when it happened, if not now"),
            {0}},
    .examples =
        (const struct command_example[]){
            {"live post 62f9f7d471fdc 'The bridge is closed.'",
             "Readers have it when the command ends"},
            {"live post 62f9f7d471fdc --key --headline 'Bridge closed' -f "
             "a.txt",
             "A key event, its text from a file"},
            {"live post 62f9f7d471fdc - < post.json", "Piped in"},
            {0}},
    .run = run_post,
};

const struct command command_live_edit = {
    .name = "live edit",
    .summary = "change or correct a post",
    .details = POST_DETAILS
    " What is not given stays as it is. Readers are told that it was "
    "changed, and with --correction why.",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments =
        (const struct command_argument[]){
            POST_ARGUMENT, TEXT_ARGUMENT("what it says instead"), {0}},
    .options =
        (const struct command_option[]){
            TEXT_OPTIONS,
            {"correction", 'c', false, "TEXT",
             "what was wrong, for readers; '' takes the note away"},
            AT_OPTION("when it happened"),
            {0}},
    .examples =
        (const struct command_example[]){
            {"live edit 62f9f7d471fdc 'The bridge is open.' --correction 'An "
             "earlier version said that it was closed.'",
             "A correction"},
            {0}},
    .run = run_edit,
};

const struct command command_live_pin = {
    .name = "live pin",
    .summary = "keep a post on top, in place of the one before",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments = (const struct command_argument[]){POST_ARGUMENT, {0}},
    .options = (const struct command_option[]){OFF_OPTION, {0}},
    .examples =
        (const struct command_example[]){
            {"live pin 62f9f7d471fdc", "On top of the newest"},
            {"live pin 62f9f7d471fdc --off", "Among the others again"},
            {0}},
    .run = run_pin,
};

const struct command command_live_key = {
    .name = "live key",
    .summary = "put a post in the list of key events",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments = (const struct command_argument[]){POST_ARGUMENT, {0}},
    .options = (const struct command_option[]){OFF_OPTION, {0}},
    .examples =
        (const struct command_example[]){
            {"live key 62f9f7d471fdc", "Listed on top"},
            {"live key 62f9f7d471fdc --off", "Not any more"},
            {0}},
    .run = run_key,
};

const struct command command_live_remove = {
    .name = "live remove",
    .summary = "take a post back, for good; its place tells why",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments = (const struct command_argument[]){POST_ARGUMENT, {0}},
    .options =
        (const struct command_option[]){
            {"reason", 'r', false, "TEXT", "why, for readers"}, {0}},
    .examples =
        (const struct command_example[]){
            {"live remove 62f9f7d471fdc --reason 'The report was wrong.'",
             "Only the time and the reason are left"},
            {0}},
    .run = run_remove,
};

const struct command command_live_end = {
    .name = "live end",
    .summary = "end a live blog; its page stays",
    .details = ARTICLE_TIMES_HELP ".",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments = (const struct command_argument[]){BLOG_ARGUMENT, {0}},
    .options =
        (const struct command_option[]){
            AT_OPTION("when the coverage ended, if not now"), {0}},
    .examples =
        (const struct command_example[]){
            {"live end 62f9f7d471fdc", "It is no longer called live"}, {0}},
    .run = run_end,
};

const struct command command_live_list = {
    .name = "live list",
    .summary = "tell which live blogs there are, or the posts of one",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments =
        (const struct command_argument[]){
            {.name = "ID",
             .summary = "the article's id, or its address",
             .optional = true},
            {0}},
    .options =
        (const struct command_option[]){
            {"limit", 'n', false, "N", "at most so many (default: 20)"}, {0}},
    .examples =
        (const struct command_example[]){
            {"live list", "Running ones first"},
            {"live list 62f9f7d471fdc --json -n 900",
             "All its posts, for programs"},
            {0}},
    .run = run_list,
};
