// SPDX-License-Identifier: Apache-2.0
/* metrics: the figures of a running newspaper. */
#include "cli/command_table.h"
#include "cli/desk_client.h"
#include "cli/newspaper.h"

static enum err run(const struct command_line *line, struct fault *fault)
{
    struct str body;
    enum err err = desk_get(newspaper_directory(line), "/metrics", line->arena,
                            &body, fault);
    if (!err)
        output_str(line->output, body);
    return err;
}

const struct command command_metrics = {
    .name = "metrics",
    .summary = "tell the figures of a running newspaper, as Prometheus reads "
               "them",
    .details = "Readers, pages, printing, television and processes, in "
               "Prometheus' text format. 'serve --metrics ADDRESS:PORT' lets "
               "Prometheus fetch them itself.",
    .shared = COMMAND_DATA,
    .examples =
        (const struct command_example[]){
            {"metrics --data paper | grep channel_", "How television does"},
            {0}},
    .run = run,
};
