// SPDX-License-Identifier: Apache-2.0
#include "exchange/ninjs_reader.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/queue.h"
#include "exchange/ninjs_import_internal.h"

enum { PATHS_AHEAD = 256, PORTIONS_AHEAD = 32, READER_NICE = 5 };

struct ninjs_reader {
    struct html_helper *helper;
    struct queue paths;    /* C strings, whose memory is their taker's */
    struct queue portions; /* closed when all was read, or nobody wants more */
    pthread_t thread;
    struct ninjs_portion *portion; /* being filled, or NULL */
    enum err err;                  /* why it ended before the end */
};

/* ---- Portions --------------------------------------------------------------
 */

static struct ninjs_portion *portion_create(void)
{
    struct ninjs_portion *portion = calloc(1, sizeof *portion);
    if (portion)
        arena_init(&portion->arena, 64 * 1024);
    return portion;
}

void ninjs_portion_destroy(struct ninjs_portion *portion)
{
    if (!portion)
        return;
    arena_finish(&portion->arena);
    free(portion);
}

/* ---- Bodies ----------------------------------------------------------------
 * They are sent while items are read, and their answers taken as late as
 * possible: the helper works meanwhile.
 */

/* What is wrong with it is told when it is saved. */
static void ready(struct ninjs_reader *reader, struct ninjs_read *read)
{
    struct article_content content = {.document = read->conversion.doc};
    struct fault fault = {0};
    if (!read->err && !read->conversion.image_count &&
        !article_ready_body(&content, &reader->portion->arena, &fault))
        read->json = content.body;
}

static void convert(struct ninjs_reader *reader, struct ninjs_read *read)
{
    struct arena *arena = &reader->portion->arena;
    read->err = html_helper_convert(reader->helper, read->body->value, arena,
                                    &read->conversion, read->fault);
    ready(reader, read);
}

static void settle_next(struct ninjs_reader *reader)
{
    struct ninjs_portion *portion = reader->portion;
    struct ninjs_read *read = &portion->reads[portion->settled++];
    if (!read->ticket)
        return;
    read->err =
        html_helper_receive(reader->helper, read->ticket, &portion->arena,
                            &read->conversion, read->fault);
    read->ticket = 0;
    if (read->err == ERR_AGAIN)
        convert(reader, read);
    else
        ready(reader, read);
}

static void settle_all(struct ninjs_reader *reader)
{
    while (reader->portion->settled < reader->portion->count)
        settle_next(reader);
}

/* Answers come in the order of sending: those of the items before make room,
 * and what never fits is converted behind them. */
static void begin_body(struct ninjs_reader *reader, struct ninjs_read *read)
{
    struct ninjs_portion *portion = reader->portion;
    read->body = ninjs_html_body(&read->item.bodies);
    if (!read->body)
        return;
    read->fault = arena_new(&portion->arena, struct fault);
    read->ticket = html_helper_send(reader->helper, read->body->value);
    while (!read->ticket && &portion->reads[portion->settled] != read) {
        settle_next(reader);
        read->ticket = html_helper_send(reader->helper, read->body->value);
    }
    if (!read->ticket)
        convert(reader, read);
}

/* ---- The thread ------------------------------------------------------------
 */

/* ERR_CLOSED when nobody wants it. */
static enum err deliver(struct ninjs_reader *reader)
{
    struct ninjs_portion *portion = reader->portion;
    if (!portion)
        return ERR_OK;
    settle_all(reader);
    enum err err = queue_push(&reader->portions, portion);
    if (err)
        ninjs_portion_destroy(portion);
    reader->portion = NULL;
    return err;
}

static bool is_full(const struct ninjs_portion *portion)
{
    return portion->count == NINJS_PORTION_ITEMS ||
           portion->arena.total_bytes >= NINJS_PORTION_BYTES;
}

/* Room for one more, which counts when it is filled. */
static enum err make_room(struct ninjs_reader *reader)
{
    enum err err = ERR_OK;
    if (reader->portion && is_full(reader->portion))
        err = deliver(reader);
    if (!err && !reader->portion)
        reader->portion = portion_create();
    return err || reader->portion ? err : ERR_NO_MEMORY;
}

static struct ninjs_read *next_read(struct ninjs_reader *reader,
                                    const char *path, int64_t number)
{
    struct ninjs_portion *portion = reader->portion;
    struct ninjs_read *read = &portion->reads[portion->count];
    read->path = arena_copy(&portion->arena, str_from_c(path));
    read->number = number;
    return read;
}

static enum err refuse(struct ninjs_reader *reader, const char *path,
                       int64_t number, const char *cause)
{
    enum err err = make_room(reader);
    if (err)
        return err;
    struct ninjs_read *read = next_read(reader, path, number);
    read->cause = arena_copy(&reader->portion->arena, str_from_c(cause));
    reader->portion->count++;
    return ERR_OK;
}

/* ERR_NOT_FOUND at the end of the file. */
static enum err read_item(struct ninjs_reader *reader, const char *path,
                          struct ninjs_file *file)
{
    struct ninjs_item item = {0};
    struct fault cause = {0};
    enum err err = make_room(reader);
    if (err)
        return err;
    err = ninjs_file_next(file, &reader->portion->arena, &item, &cause);
    if (err == ERR_NOT_FOUND)
        return err;
    int64_t number = file->count || !err ? (int64_t)file->count : 1;
    if (err)
        return refuse(reader, path, number, fault_text(&cause));
    struct ninjs_read *read = next_read(reader, path, number);
    read->item = item;
    begin_body(reader, read);
    reader->portion->count++;
    return ERR_OK;
}

static enum err read_file(struct ninjs_reader *reader, const char *path)
{
    DEFER(ninjs_file_finish) struct ninjs_file file;
    struct fault cause = {0};
    if (ninjs_file_open(&file, path, &cause))
        return refuse(reader, path, 0, fault_text(&cause));
    enum err err = ERR_OK;
    while (!err)
        err = read_item(reader, path, &file);
    if (err != ERR_NOT_FOUND)
        return err;
    return file.began ? ERR_OK : refuse(reader, path, 0, "the file is empty");
}

/* The writer waits for nobody but the disk; what is read meanwhile takes the
 * processors that it leaves. The helper, which this thread starts, inherits
 * it. */
static void let_the_writer_go_first(void)
{
    (void)!setpriority(PRIO_PROCESS, (id_t)gettid(), READER_NICE);
}

static void *read_files(void *context)
{
    struct ninjs_reader *reader = context;
    let_the_writer_go_first();
    enum err err = ERR_OK;
    void *path;
    while (!err && !queue_pop(&reader->paths, -1, &path)) {
        err = read_file(reader, path);
        free(path);
    }
    if (!err)
        err = deliver(reader);
    ninjs_portion_destroy(reader->portion);
    reader->err = err;
    queue_close(&reader->portions);
    return NULL;
}

/* ---- From outside ----------------------------------------------------------
 */

struct ninjs_reader *ninjs_reader_create(struct html_helper *helper)
{
    assert(helper);
    struct ninjs_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return NULL;
    reader->helper = helper;
    if (!queue_init(&reader->paths, PATHS_AHEAD)) {
        if (!queue_init(&reader->portions, PORTIONS_AHEAD)) {
            if (!pthread_create(&reader->thread, NULL, read_files, reader))
                return reader;
            queue_finish(&reader->portions);
        }
        queue_finish(&reader->paths);
    }
    free(reader);
    return NULL;
}

void ninjs_reader_destroy(struct ninjs_reader *reader)
{
    void *item;
    if (!reader)
        return;
    queue_close(&reader->paths);
    queue_close(&reader->portions);
    pthread_join(reader->thread, NULL);
    while (!queue_pop(&reader->portions, 0, &item))
        ninjs_portion_destroy(item);
    while (!queue_pop(&reader->paths, 0, &item))
        free(item);
    queue_finish(&reader->portions);
    queue_finish(&reader->paths);
    free(reader);
}

bool ninjs_reader_add(struct ninjs_reader *reader, const char *path)
{
    char *copy = strdup(path);
    bool added = copy && !queue_try_push(&reader->paths, copy);
    if (!added)
        free(copy);
    return added;
}

void ninjs_reader_end(struct ninjs_reader *reader)
{
    queue_close(&reader->paths);
}

enum err ninjs_reader_take(struct ninjs_reader *reader, bool wait,
                           struct ninjs_portion **ret_portion)
{
    void *item;
    enum err err = queue_pop(&reader->portions, wait ? -1 : 0, &item);
    if (err == ERR_CLOSED)
        return reader->err ? reader->err : ERR_NOT_FOUND;
    if (!err)
        *ret_portion = item;
    return err;
}
