// SPDX-License-Identifier: Apache-2.0
/* The desk process: the content, the press, and the requests that only the
 * desk can answer. */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/json_text.h"
#include "base/log.h"
#include "base/time.h"
#include "cli/desk_clips.h"
#include "cli/desk_hiding.h"
#include "cli/desk_jobs.h"
#include "cli/desk_pictures.h"
#include "cli/desk_recordings.h"
#include "cli/desk_search.h"
#include "cli/desk_television.h"
#include "cli/metrics.h"
#include "cli/newspaper.h"
#include "cli/process.h"
#include "cli/serve.h"
#include "cli/upkeep.h"
#include "content/content.h"
#include "content/settings.h"
#include "net/http_workers.h"
#include "net/listener.h"
#include "newsroom/newsroom.h"
#include "site/hub.h"
#include "site/press.h"
#include "site/site.h"

enum {
    PRINTERS = 3,
    WORKERS = 8,
    WATCH_CONNECTIONS = 16,
    WORK_CONNECTIONS = 8, /* the edge's, so as many requests at once */
    READERS = PRINTERS + WORKERS + 7,
    READY_TIMEOUT_MS = 60 * 1000,
    READY_LOOK_MS = 50, /* for an end that comes before */
};

struct desk {
    const struct process_arguments *arguments;
    char theme_folder[PATH_MAX];
    char edge_path[PATH_MAX];
    struct content *content;
    struct site *site;
    struct press *press;
    struct newsroom newsroom;
    struct desk_clips clips;
    struct desk_jobs *jobs;
    struct desk_hiding *hiding;
    struct upkeep *upkeep;
    struct desk_search *search;
    struct desk_pictures *_Atomic pictures; /* NULL until they have begun */
    struct desk_television *television;
    struct desk_recordings *recordings;
    struct hub *_Atomic hub; /* NULL until it has begun */
    struct loop *loop;
    pthread_t loop_thread;
    bool finishing; /* on the loop's thread, or when it has ended */
    struct http_workers *workers;
    struct http_server *local; /* the desk's socket: the command line */
    struct http_server *work;  /* connections to the edge */
    struct http_server *watch; /* who asks for metrics */
    struct listener listener, watch_listener;
};

/* ---- requests ---- */

static void on_local_request(void *context, struct http_exchange *exchange)
{
    struct desk *desk = context;
    http_workers_submit(desk->workers, exchange, WHO_LOCAL);
}

static void on_edge_request(void *context, struct http_exchange *exchange)
{
    struct desk *desk = context;
    http_workers_submit(desk->workers, exchange, WHO_PUBLIC);
}

/* Of the table of routes this one is all that is answered here: what is public
 * is the edge's to answer. */
static void on_watch_request(void *context, struct http_exchange *exchange)
{
    struct desk *desk = context;
    if (str_eq(exchange->request.path, STR("/metrics")))
        http_workers_submit(desk->workers, exchange, WHO_WATCHES);
    else
        http_answer_error(exchange, 404, STR("Here is only /metrics."));
}

static uint64_t body_max(void *context, const struct http_request *request)
{
    struct desk *desk = context;
    return http_workers_body_max(desk->workers, request);
}

/* A connection to an edge, on its way to the loop and back. */
struct work_connection {
    struct desk *desk;
    unsigned edge;
    int fd;
};

static void on_work_close(void *context, void *adopted)
{
    struct desk *desk = context;
    struct work_connection *connection = adopted;
    if (connection && !desk->finishing)
        press_work_closed(desk->press, connection->edge);
    free(connection);
}

static void adopt(void *argument)
{
    struct work_connection *connection = argument;
    struct desk *desk = connection->desk;
    if (desk->finishing) {
        close(connection->fd);
        free(connection);
        return;
    }
    if (http_server_adopt(desk->work, connection->fd, connection)) {
        log_error("a connection to the edge cannot be served");
        free(connection);
    }
}

/* On a thread of the feed. */
static void on_work(void *context, unsigned edge, int fd)
{
    struct desk *desk = context;
    struct work_connection *connection = malloc(sizeof *connection);
    if (!connection)
        log_panic("out of memory");
    *connection = (struct work_connection){desk, edge, fd};
    loop_post(desk->loop, adopt, connection);
}

static enum err catch_up(void *context, int64_t seq, struct fault *fault)
{
    struct desk *desk = context;
    desk_television_wake(desk->television);
    return desk_hiding_catch_up(desk->content, desk->press, seq, fault);
}

static enum err hurry_pictures(void *context, const struct picture_ids *ids,
                               int64_t wait_us, struct fault *fault)
{
    struct desk *desk = context;
    struct desk_pictures *pictures = desk->pictures;
    if (!pictures)
        return fault_set(fault, ERR_UNSUPPORTED, "pictures",
                         "nobody makes pictures here: broadsheet-image is not "
                         "installed, or the desk starts just now");
    desk_pictures_hurry(pictures, ids, wait_us);
    return ERR_OK;
}

static bool picture_progress(void *context, const struct id *id,
                             size_t *ret_done, size_t *ret_total)
{
    struct desk *desk = context;
    struct desk_pictures *pictures = desk->pictures;
    return pictures &&
           desk_pictures_progress(pictures, id, ret_done, ret_total);
}

static enum err write_television(void *context, struct buf *out,
                                 struct fault *fault)
{
    struct desk *desk = context;
    return desk_television_status(desk->television, out, fault);
}

/* NULL when it cannot be had: the rest is told nevertheless. */
static json_t *read_television(struct desk *desk)
{
    DEFER(buf_finish) struct buf text;
    struct fault fault = {0};
    buf_init(&text, HTTP_CALL_ANSWER_BYTES_MAX);
    if (desk_television_status(desk->television, &text, &fault))
        return NULL;
    return json_text_read(buf_str(&text), NULL);
}

static enum err write_metrics(void *context, bool is_open_metrics,
                              struct buf *out, struct fault *fault)
{
    struct desk *desk = context;
    struct metric_writer writer = {out, is_open_metrics};
    const struct metrics_desk own = {desk->content, desk->press};
    enum err err = metrics_write_desk(&writer, &own, fault);
    if (err)
        return err;
    json_t *television = read_television(desk);
    metrics_write_television(&writer, television);
    metrics_write_processes(&writer, getppid(), television);
    json_decref(television);
    metric_end(&writer);
    return buf_err(out);
}

static enum err make_clip(void *context, const struct newsroom_clip *wish,
                          struct arena *arena, struct json_t **ret_json,
                          struct fault *fault)
{
    struct desk *desk = context;
    return desk_clip_make(&desk->clips, desk->content,
                          desk->arguments->directory, wish, arena, ret_json,
                          fault);
}

static void write_status(void *context, struct buf *out)
{
    struct desk *desk = context;
    struct press_status status;
    press_read_status(desk->press, &status);
    buf_printf(out,
               "\"log_seq\":%lld,\"pages\":%zu,\"pinned\":%zu,\"waiting\":%zu,"
               "\"prints\":%llu,\"edges\":%u,\"streams\":%llu",
               (long long)status.log_seq, status.pages, status.pinned,
               status.waiting, (unsigned long long)status.prints, status.edges,
               (unsigned long long)status.streams);
    struct fault error;
    if (!site_theme_error(desk->site, &error))
        return;
    json_t *told =
        json_pack("{s:s, s:s}", "place", error.field, "cause", error.message);
    char *text = json_dumps(told, JSON_COMPACT);
    if (text)
        buf_printf(out, ",\"theme_error\":%s", text);
    free(text);
    json_decref(told);
}

static void wake_hub(void *context)
{
    struct desk *desk = context;
    struct hub *hub = desk->hub;
    if (hub)
        hub_wake(hub);
}

/* ---- start ---- */

/* NULL when it is not installed. */
static const char *image_helper_program(struct arena *arena)
{
    struct fault missing = {0};
    const char *program = NULL;
    return newspaper_helper("image", arena, &program, &missing) ? NULL
                                                                : program;
}

static enum err start_pictures(struct desk *desk, struct fault *fault)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct desk_pictures *pictures = NULL;
    enum err err = desk_pictures_start(desk->content,
                                       image_helper_program(&arena), &pictures);
    desk->pictures = pictures;
    return err ? fault_set(fault, err, NULL, "no thread for pictures") : ERR_OK;
}

static enum err open_site(struct desk *desk, struct fault *fault)
{
    const char *directory = desk->arguments->directory;
    struct content_options options = {.readers = READERS};
    snprintf(desk->theme_folder, sizeof desk->theme_folder, "%s/theme",
             directory);
    snprintf(desk->edge_path, sizeof desk->edge_path, "%s/run/edge.sock",
             directory);
    enum err err = content_open(directory, &options, &desk->content, fault);
    if (err)
        return err;
    struct fault error;
    err = site_create_anyhow(desk->content, desk->theme_folder, &desk->site,
                             &error);
    if (err)
        return fault_set(fault, err, NULL, "theme: %s", fault_text(&error));
    if (error.code)
        log_error(
            "the theme has an error: readers get the built-in theme until "
            "its file is mended and saved",
            LOG_C("place", error.field), LOG_C("cause", error.message));
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    const char *program = image_helper_program(&arena);
    if (!err && program && (err = site_draw_cards(desk->site, program)))
        fault_set(fault, err, NULL, "no memory for share cards");
    return err;
}

static enum err read_settings(struct desk *desk, struct settings *ret_settings,
                              struct arena *arena, struct fault *fault)
{
    DEFER(db_lease_end) struct db_lease lease = content_reader(desk->content);
    enum err err = settings_load(lease.db, STR(""), arena, ret_settings);
    return err ? db_fault(lease.db, err, fault) : ERR_OK;
}

static enum err create_press(struct desk *desk, struct fault *fault)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct settings settings;
    enum err err = read_settings(desk, &settings, &arena, fault);
    if (err)
        return err;
    int64_t page_memory = desk->arguments->page_memory;
    struct press_config config = {
        .content = desk->content,
        .site = desk->site,
        .printers = PRINTERS,
        .newest_pinned = (size_t)settings.newest_pinned,
        .page_memory =
            (size_t)(page_memory ? page_memory : settings.page_memory),
        .edge_path = desk->edge_path,
        .work_connections = WORK_CONNECTIONS,
        .on_work = on_work,
        .context = desk,
    };
    err = press_create(&config, &desk->press);
    return err ? fault_set(fault, err, NULL, "the press: %s", err_sentence(err))
               : ERR_OK;
}

static void on_accept(void *context, int fd, const struct address_peer *peer)
{
    struct desk *desk = context;
    http_server_accept(desk->local, fd, peer);
}

static void on_watch_accept(void *context, int fd,
                            const struct address_peer *peer)
{
    struct desk *desk = context;
    http_server_accept(desk->watch, fd, peer);
}

static void *run_loop(void *argument)
{
    loop_run(argument);
    return NULL;
}

static enum err create_servers(struct desk *desk)
{
    struct http_server_config local = {
        .loop = desk->loop,
        .context = desk,
        .on_request = on_local_request,
        .body_max = body_max,
    };
    struct http_server_config work = local;
    work.on_request = on_edge_request;
    work.on_close = on_work_close;
    struct http_server_config watch = local;
    watch.on_request = on_watch_request;
    watch.body_max = NULL;
    watch.connections_max = WATCH_CONNECTIONS;
    enum err err = http_server_create(&local, &desk->local);
    if (!err)
        err = http_server_create(&watch, &desk->watch);
    if (!err)
        err = http_server_create(&work, &desk->work);
    if (!err)
        err = listener_start(&desk->listener, desk->loop,
                             (int)desk->arguments->desk_fd, on_accept, desk);
    if (!err && desk->arguments->metrics_fd)
        err = listener_start(&desk->watch_listener, desk->loop,
                             (int)desk->arguments->metrics_fd, on_watch_accept,
                             desk);
    return err;
}

static enum err start_answering(struct desk *desk, struct fault *fault)
{
    desk->newsroom = (struct newsroom){
        .content = desk->content,
        .desk = desk,
        .catch_up = catch_up,
        .write_status = write_status,
        .hurry_pictures = hurry_pictures,
        .picture_progress = picture_progress,
        .write_television = write_television,
        .write_metrics = write_metrics,
        .make_clip = make_clip,
        .hub = desk,
        .hub_wake = wake_hub,
        .is_feed = hub_is_feed,
    };
    enum err err = loop_create(&desk->loop);
    if (!err) {
        struct http_workers_config config = {
            .loop = desk->loop,
            .context = &desk->newsroom,
            .routes = newsroom_routes,
            .route_count = newsroom_route_count,
            .threads = WORKERS,
        };
        err = http_workers_create(&config, &desk->workers);
    }
    if (!err)
        err = create_servers(desk);
    if (err)
        return fault_set(fault, err, NULL, "the desk's server: %s",
                         err_sentence(err));
    if (pthread_create(&desk->loop_thread, NULL, run_loop, desk->loop))
        return fault_set(fault, ERR_NO_MEMORY, NULL, "no thread");
    return ERR_OK;
}

static enum err start_hub(struct desk *desk, struct fault *fault)
{
    const struct hub_config config = {desk->content, desk->site, desk->press};
    struct hub *hub;
    enum err err = hub_start(&config, &hub);
    if (err)
        return fault_set(fault, err, NULL, "no threads for the hub");
    desk->hub = hub;
    return ERR_OK;
}

static void tell_ready(struct desk *desk)
{
    int64_t until_us = clock_now_us() + READY_TIMEOUT_MS * INT64_C(1000);
    enum err err;
    do {
        if (process_end_is_asked()) /* and the edge is gone already */
            return;
        err = press_wait_ready(desk->press, READY_LOOK_MS * INT64_C(1000));
    } while (err && clock_now_us() < until_us);
    if (err)
        log_warn("no edge is there yet");
    if (write((int)desk->arguments->ready_fd, "1", 1) != 1)
        log_warn("the supervisor cannot be told that all is up");
}

/* ---- end ---- */

/* What the workers have begun is answered; what still comes is not read. */
static void finish_answering(struct desk *desk)
{
    struct http_server *servers[] = {desk->local, desk->work, desk->watch};
    const size_t count = sizeof servers / sizeof *servers;
    loop_stop(desk->loop);
    pthread_join(desk->loop_thread, NULL);
    desk->finishing = true;
    listener_stop(&desk->listener);
    if (desk->arguments->metrics_fd)
        listener_stop(&desk->watch_listener);
    for (size_t i = 0; i < count; i++)
        http_server_drain(servers[i], NULL, NULL);
    desk_pictures_ask_end(desk->pictures);
    desk_clips_ask_end(&desk->clips);
    http_workers_destroy(desk->workers);
    loop_run_posted(desk->loop);
    for (size_t i = 0; i < count; i++)
        http_server_destroy(servers[i]);
}

static void finish(struct desk *desk)
{
    finish_answering(desk);
    desk_search_stop(desk->search);
    desk_pictures_stop(desk->pictures);
    desk_recordings_stop(desk->recordings);
    desk_television_stop(desk->television);
    hub_stop(desk->hub);
    desk_jobs_stop(desk->jobs);
    desk_hiding_stop(desk->hiding);
    upkeep_stop(desk->upkeep);
    press_destroy(desk->press);
    loop_destroy(desk->loop);
    site_destroy(desk->site);
    content_close(desk->content);
}

int desk_main(int argc, char **argv)
{
    struct process_arguments arguments;
    struct desk desk = {.arguments = &arguments, .clips = DESK_CLIPS_NONE};
    struct fault fault = {0};
    int64_t began_us = clock_now_us();
    enum err err = process_begin("desk", argc, argv, &arguments, &fault);
    if (!err && arguments.rtmp_fd)
        close((int)arguments.rtmp_fd);
    if (!err)
        err = open_site(&desk, &fault);
    if (!err)
        err = create_press(&desk, &fault);
    if (!err && (err = desk_television_start(desk.content, arguments.directory,
                                             &desk.television)))
        fault_set(&fault, err, NULL, "no thread for television");
    if (!err)
        err = start_answering(&desk, &fault);
    if (!err)
        err = press_start(desk.press, &fault);
    if (!err && (err = desk_jobs_start(desk.content, &desk.jobs)))
        fault_set(&fault, err, NULL, "no thread for jobs");
    if (!err &&
        (err = desk_hiding_start(desk.content, desk.press, &desk.hiding)))
        fault_set(&fault, err, NULL, "no thread for files to hide");
    if (!err &&
        (err = upkeep_start(desk.content, UPKEEP_OF_DESK_MS, &desk.upkeep)))
        fault_set(&fault, err, NULL, "no thread for the database's log");
    if (!err && (err = desk_search_start(desk.content, &desk.search)))
        fault_set(&fault, err, NULL, "no thread for search");
    if (!err && (err = desk_recordings_start(desk.content, arguments.directory,
                                             &desk.recordings)))
        fault_set(&fault, err, NULL, "no thread for recordings");
    if (!err)
        err = start_pictures(&desk, &fault);
    if (!err)
        err = start_hub(&desk, &fault);
    if (err) {
        log_error("desk ends", LOG_C("cause", fault_text(&fault)));
        return err_exit_code(err); /* the process ends: so does all it holds */
    }
    log_info("desk ready", LOG_INT("ms", (clock_now_us() - began_us) / 1000));
    tell_ready(&desk);
    process_wait_for_end();
    finish(&desk);
    return 0;
}
