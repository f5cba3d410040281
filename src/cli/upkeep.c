// SPDX-License-Identifier: Apache-2.0
#include "cli/upkeep.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/repeat.h"
#include "content/content.h"

struct upkeep {
    struct content *content;
    struct repeat repeat;
    int every_ms;
    bool has_failed; /* told once, until it went well again */
};

static int64_t keep_up(void *context)
{
    struct upkeep *upkeep = context;
    struct fault fault = {0};
    enum err err = content_upkeep(upkeep->content, &fault);
    if (err && !upkeep->has_failed)
        log_error("the database's log cannot be worked off",
                  LOG_C("cause", fault_text(&fault)));
    upkeep->has_failed = err != ERR_OK;
    return upkeep->every_ms * INT64_C(1000);
}

enum err upkeep_start(struct content *content, int every_ms,
                      struct upkeep **ret_upkeep)
{
    struct upkeep *upkeep = calloc(1, sizeof *upkeep);
    if (!upkeep)
        return ERR_NO_MEMORY;
    upkeep->content = content;
    upkeep->every_ms = every_ms;
    enum err err = repeat_start(&upkeep->repeat, keep_up, upkeep);
    if (err)
        free(upkeep);
    else
        *ret_upkeep = upkeep;
    return err;
}

void upkeep_stop(struct upkeep *upkeep)
{
    if (!upkeep)
        return;
    repeat_stop(&upkeep->repeat);
    free(upkeep);
}
