// SPDX-License-Identifier: Apache-2.0
/* cli/command_serve.h: the options that serve and demo share. */
#ifndef CLI_COMMAND_SERVE_H
#define CLI_COMMAND_SERVE_H

#include "cli/command.h"
#include "cli/serve.h"

#define SERVE_LISTEN_STANDARD "127.0.0.1:8080"

/* clang-format off */
#define SERVE_OPTIONS \
    {"listen", 'l', true, "ADDRESS:PORT", "where readers come in (default: " SERVE_LISTEN_STANDARD ")"}, \
    {"threads", 't', false, "N", "threads that answer readers (default: one a core)"}, \
    {"page-memory", 0, false, "MIB", "for printed pages (default: the setting page_memory)"}, \
    {"proxy", 0, true, "ADDRESS", "a proxy elsewhere, or a network of them (10.0.0.0/8), whose X-Forwarded-For is believed"}, \
    {"rtmp", 0, false, "ADDRESS:PORT", "where broadcasts of the station's television come in by RTMP (:1935); none unless given"}, \
    {"srt", 0, false, "ADDRESS:PORT", "where they come in by SRT (:9710); none unless given"}, \
    {"rtmps", 0, false, "ADDRESS:PORT", "where they come in by RTMPS (:1936); none unless given"}, \
    {"rtmps-certificate", 0, false, "FILE", "its certificate in PEM, with those that vouch for it"}, \
    {"rtmps-key", 0, false, "FILE", "the certificate's key in PEM"}, \
    {"metrics", 0, false, "ADDRESS:PORT", "where Prometheus asks for /metrics (127.0.0.1:9464): whoever reaches it may read them; none unless given"}, \
    {"log-json", 0, false, NULL, "log one JSON object a line"}
/* clang-format on */

/* Everything but the folder. */
MUST_USE enum err serve_options_read(const struct command_line *line,
                                     struct serve_config *ret_config,
                                     struct fault *fault);

#endif
