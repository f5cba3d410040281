// SPDX-License-Identifier: Apache-2.0
/* broadsheet-ingest: takes broadcasts in from encoders and hands their packets
 * on. It is the only program of television that strangers talk to; it decodes
 * nothing, and can open nothing (../sandbox.h). The playout starts it, tells it
 * what it has to know and hears what comes of it: see media/ingest_wire.h.
 *
 *     broadsheet-ingest [--rtmp FD …] [--srt ADDRESS:PORT] [--log-json]
 *         [--rtmps ADDRESS:PORT --certificate FILE --certificate-key FILE]
 *
 * FD is an inherited socket that listens. With "probe" as its argument it tries
 * everything the sandbox forbids, and tells. */
#include <signal.h>

#include "../sandbox.h"
#include "base/log.h"
#include "control.h"
#include "net/listener.h"
#include "rtmp.h"
#include "srt.h"
#include "station.h"
#include "tls.h"

struct ingest {
    struct loop *loop;
    struct control *control;
    struct station *station;
    struct rtmp_server *rtmp;
    struct srt_server *srt; /* NULL: there is none */
    struct ssl_ctx_st *tls; /* … */
};

static void tell(void *context, const struct ingest_message *message)
{
    struct ingest *ingest = context;
    control_tell(ingest->control, message);
}

static void on_channels(void *context, struct str json)
{
    struct ingest *ingest = context;
    struct fault fault = {0};
    station_set_channels(ingest->station, json, &fault);
}

static void on_media(void *context, const struct id *channel, int fd)
{
    struct ingest *ingest = context;
    station_set_media(ingest->station, channel, fd);
}

static void on_found(void *context, const struct ingest_message *found)
{
    struct ingest *ingest = context;
    if (ingest->srt)
        srt_server_found(ingest->srt, found);
}

static void on_closed(void *context)
{
    struct ingest *ingest = context;
    loop_stop(ingest->loop);
}

/* ---- The command line ------------------------------------------------------
 */

static enum err listen_rtmp(struct ingest *ingest, const char *value,
                            struct fault *fault)
{
    uint64_t fd = 0;
    if (str_parse_u64(str_from_c(value), &fd) || fd > INT32_MAX)
        return fault_set(fault, ERR_USAGE, "rtmp",
                         "--rtmp wants the number of a descriptor, not \"%s\"",
                         value);
    enum err err = listener_adopt((int)fd, fault);
    if (!err && rtmp_server_listen(ingest->rtmp, (int)fd, NULL))
        err = fault_set(fault, ERR_USAGE, "rtmp",
                        "descriptor %s cannot be listened on: too many are, or "
                        "it is there twice",
                        value);
    return err;
}

static enum err listen_rtmps(struct ingest *ingest, const char *value,
                             struct fault *fault)
{
    struct address address;
    int fd;
    enum err err = address_parse(str_from_c(value), &address, fault);
    if (!err)
        err = listener_open(&address, 1, &fd, fault);
    if (!err && rtmp_server_listen(ingest->rtmp, fd, ingest->tls))
        err = fault_set(fault, ERR_IO, "rtmps", "%s cannot be listened on",
                        value);
    return err;
}

/* They were read already, before files were forbidden. */
static enum err pass_over(struct ingest *ingest, const char *value,
                          struct fault *fault)
{
    (void)ingest;
    (void)value;
    (void)fault;
    return ERR_OK;
}

static enum err listen_srt(struct ingest *ingest, const char *value,
                           struct fault *fault)
{
    if (ingest->srt)
        return fault_set(fault, ERR_USAGE, "srt", "--srt is there twice");
    ingest->srt = srt_server_create(ingest->loop, ingest->station,
                                    str_from_c(value), fault);
    return ingest->srt ? ERR_OK : fault->code;
}

static const struct {
    const char *name;
    enum err (*run)(struct ingest *ingest, const char *value,
                    struct fault *fault);
} options[] = {
    {"--rtmp", listen_rtmp},      {"--rtmps", listen_rtmps},
    {"--certificate", pass_over}, {"--certificate-key", pass_over},
    {"--srt", listen_srt},
};

static enum err take_option(struct ingest *ingest, const char *name,
                            const char *value, struct fault *fault)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strcmp(options[i].name, name) == 0)
            return value ? options[i].run(ingest, value, fault)
                         : fault_set(fault, ERR_USAGE, "arguments",
                                     "%s wants a value", name);
    return fault_set(fault, ERR_USAGE, "arguments",
                     "\"%s\" is not known; broadsheet starts this program by "
                     "itself",
                     name);
}

static enum err take_options(struct ingest *ingest, char **arguments,
                             struct fault *fault)
{
    enum err err = ERR_OK;
    for (; !err && *arguments; arguments++) {
        if (strcmp(*arguments, "--log-json") == 0)
            continue;
        err = take_option(ingest, arguments[0], arguments[1], fault);
        if (!err)
            arguments++;
    }
    return err;
}

static const char *value_of(char **arguments, const char *name)
{
    for (; *arguments; arguments++)
        if (strcmp(*arguments, name) == 0)
            return arguments[1];
    return NULL;
}

static enum err load_certificate(struct ingest *ingest, char **arguments,
                                 struct fault *fault)
{
    const char *certificate = value_of(arguments, "--certificate");
    const char *key = value_of(arguments, "--certificate-key");
    if (!value_of(arguments, "--rtmps"))
        return ERR_OK;
    if (!certificate || !key)
        return fault_set(fault, ERR_USAGE, "rtmps",
                         "RTMPS wants a certificate and its key");
    ingest->tls = tls_load(certificate, key, fault);
    return ingest->tls ? ERR_OK : fault->code;
}

/* ---- Beginning and end -----------------------------------------------------
 */

static enum err begin(struct ingest *ingest, char **arguments,
                      struct fault *fault)
{
    const struct control_events events = {ingest, on_channels, on_media,
                                          on_found, on_closed};
    if (loop_create(&ingest->loop))
        return fault_set(fault, ERR_IO, NULL, "no loop can be set up");
    ingest->control = control_create(ingest->loop, INGEST_CONTROL_FD, &events);
    if (!ingest->control)
        return fault_set(fault, ERR_USAGE, "control",
                         "descriptor %d is not the playout's socket; "
                         "broadsheet starts this program by itself",
                         INGEST_CONTROL_FD);
    ingest->station = station_create(ingest->loop, tell, ingest);
    ingest->rtmp = rtmp_server_create(ingest->loop, ingest->station);
    return take_options(ingest, arguments, fault);
}

static bool has_argument(char **arguments, const char *wanted)
{
    while (*arguments && strcmp(*arguments, wanted) != 0)
        arguments++;
    return *arguments != NULL;
}

int main(int argc, char **argv)
{
    /* Rings, queues and connections have limits of their own far below; the
     * rest is stacks of threads. */
    const struct sandbox_rules rules = {
        .memory_bytes = UINT64_C(4) << 30,
        .serves = true,
    };
    struct ingest ingest = {.loop = NULL};
    struct fault fault = {0};
    bool is_probe = argc == 2 && strcmp(argv[1], "probe") == 0;
    log_setup("ingest", LOG_LEVEL_INFO, has_argument(argv, "--log-json"));
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, SIG_IGN); /* a terminal's; the playout's end is the end */
    enum err err = load_certificate(&ingest, argv + 1, &fault);
    bool is_bound = sandbox_forbid_files();
    if (is_probe)
        sandbox_probe_begin();
    else if (!err)
        err = begin(&ingest, argv + 1, &fault);
    if (!err && !(is_bound && sandbox_enter(&rules)))
        err = fault_set(&fault, ERR_INTERNAL, "sandbox",
                        "the sandbox cannot be set up");
    if (err) {
        log_error("broadcasts cannot be taken in",
                  LOG_C("cause", fault_text(&fault)));
        return err_exit_code(err);
    }
    if (is_probe) {
        sandbox_probe();
        return 0;
    }
    loop_run(ingest.loop);
    srt_server_destroy(ingest.srt);
    rtmp_server_destroy(ingest.rtmp);
    station_destroy(ingest.station);
    control_destroy(ingest.control);
    tls_unload(ingest.tls);
    loop_destroy(ingest.loop);
    return 0;
}
