// SPDX-License-Identifier: Apache-2.0
/* serve: a newspaper on the web. */
#include "cli/command_serve.h"

#include <errno.h>
#include <unistd.h>

#include "base/arena.h"
#include "cli/command_table.h"
#include "cli/newspaper.h"
#include "edge/edge.h"
#include "net/address.h"
#include "net/proxies.h"

#define MEBIBYTE (INT64_C(1) << 20)

static enum err read_listen(const struct command_line *line,
                            struct serve_config *config, struct fault *fault)
{
    const char *const *addresses;
    size_t count = command_values(line, "listen", &addresses);
    if (count > SERVE_LISTEN_MAX)
        return fault_set(fault, ERR_USAGE, "listen",
                         "--listen may be given at most %d times",
                         SERVE_LISTEN_MAX);
    for (size_t i = 0; i < count; i++) {
        struct address address;
        enum err err = address_parse(str_from_c(addresses[i]), &address, fault);
        if (err)
            return err;
        config->listen[config->listen_count++] = addresses[i];
    }
    if (!config->listen_count)
        config->listen[config->listen_count++] = SERVE_LISTEN_STANDARD;
    return ERR_OK;
}

/* Checked here, where somebody reads the fault; the edge gets the text. */
static enum err read_proxies(const struct command_line *line,
                             struct serve_config *config, struct fault *fault)
{
    const char *const *texts;
    size_t count = command_values(line, "proxy", &texts);
    struct proxies proxies = {.count = 0};
    struct str all = STR("");
    for (size_t i = 0; i < count; i++) {
        enum err err = proxies_add(&proxies, str_from_c(texts[i]), fault);
        if (err)
            return err;
        all = arena_printf(line->arena, "%.*s%s%s", ARG_STR(all), i ? "," : "",
                           texts[i]);
    }
    config->proxies = arena_c_string(line->arena, all);
    return ERR_OK;
}

static enum err read_address(const struct command_line *line,
                             const char *option, const char **ret_address,
                             struct fault *fault)
{
    struct address address;
    *ret_address = command_value(line, option);
    return *ret_address
               ? address_parse(str_from_c(*ret_address), &address, fault)
               : ERR_OK;
}

static enum err check_readable(const char *path, struct fault *fault)
{
    return access(path, R_OK) == 0
               ? ERR_OK
               : fault_set(fault, err_from_errno(errno), path,
                           "%s cannot be read: %s", path, strerror(errno));
}

/* What they hold is looked at by the program that needs them. */
static enum err read_rtmps(const struct command_line *line,
                           struct serve_config *config, struct fault *fault)
{
    enum err err = read_address(line, "rtmps", &config->rtmps, fault);
    config->certificate = command_value(line, "rtmps-certificate");
    config->certificate_key = command_value(line, "rtmps-key");
    if (!err && config->rtmps &&
        (!config->certificate || !config->certificate_key))
        return fault_set(fault, ERR_USAGE, "rtmps",
                         "--rtmps wants --rtmps-certificate FILE and "
                         "--rtmps-key FILE as well; without TLS it is --rtmp");
    if (!err && config->rtmps)
        err = check_readable(config->certificate, fault);
    if (!err && config->rtmps)
        err = check_readable(config->certificate_key, fault);
    return err;
}

enum err serve_options_read(const struct command_line *line,
                            struct serve_config *ret_config,
                            struct fault *fault)
{
    int64_t threads = 0, mebibytes = 0;
    struct serve_config config = {.log_json = command_flag(line, "log-json")};
    enum err err = read_listen(line, &config, fault);
    if (!err)
        err = read_proxies(line, &config, fault);
    if (!err)
        err = command_number(line, "threads", 1, EDGE_THREADS_MAX, 0, &threads,
                             fault);
    if (!err)
        err = command_number(line, "page-memory", 1, MEBIBYTE, 0, &mebibytes,
                             fault);
    if (!err)
        err = read_address(line, "rtmp", &config.rtmp, fault);
    if (!err)
        err = read_address(line, "srt", &config.srt, fault);
    if (!err)
        err = read_rtmps(line, &config, fault);
    if (!err)
        err = read_address(line, "metrics", &config.metrics, fault);
    if (err)
        return err;
    config.threads = (unsigned)threads;
    config.page_memory_bytes = (size_t)(mebibytes * MEBIBYTE);
    *ret_config = config;
    return ERR_OK;
}

static enum err run(const struct command_line *line, struct fault *fault)
{
    struct serve_config config;
    enum err err = serve_options_read(line, &config, fault);
    if (err)
        return err;
    const char *standard = getenv("BROADSHEET_DATA");
    config.directory = line->argument_count    ? line->arguments[0]
                       : standard && *standard ? standard
                                               : ".";
    enum newspaper_folder folder;
    err = newspaper_look(config.directory, &folder, fault);
    if (!err && folder != NEWSPAPER_FOLDER_OURS) {
        const struct newspaper_config made = {0};
        err = newspaper_make(config.directory, &made, line->arena, fault);
        if (!err)
            output_tell(line->output, "Made a newspaper in %s.",
                        config.directory);
    }
    return err ? err : serve_site(&config, fault);
}

const struct command command_serve = {
    .name = "serve",
    .summary = "put a newspaper on the web",
    .details =
        "In a folder that is empty, or not there, it makes a newspaper first. "
        "It runs until it is told to stop (Ctrl-C, SIGTERM); SIGHUP restarts "
        "its desk and leaves readers undisturbed.",
    .arguments =
        (const struct command_argument[]){
            {.name = "DIR",
             .summary = "its folder (default: BROADSHEET_DATA, or this one)",
             .optional = true},
            {0}},
    .options = (const struct command_option[]){SERVE_OPTIONS, {0}},
    .examples =
        (const struct command_example[]){
            {"serve paper", "On " SERVE_LISTEN_STANDARD},
            {"serve paper --listen 0.0.0.0:80 --listen '[::]:80'",
             "For everybody"},
            {0}},
    .run = run,
};
