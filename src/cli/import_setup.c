// SPDX-License-Identifier: Apache-2.0
#include "cli/import_setup.h"

#include "cli/newspaper.h"
#include "cli/upkeep.h"
#include "render/html_helper.h"

enum err import_setup_open(const struct command_line *line,
                           struct import_setup *setup, struct fault *fault)
{
    const char *program;
    *setup = (struct import_setup){0};
    enum err err = newspaper_helper("html", line->arena, &program, fault);
    if (!err)
        err = newspaper_open_writing(line, &setup->content, fault);
    if (err)
        return err;
    setup->helper = html_helper_create(program);
    setup->lines = html_helper_create(program);
    return setup->helper && setup->lines &&
                   !upkeep_start(setup->content, UPKEEP_OF_IMPORT_MS,
                                 &setup->upkeep)
               ? ERR_OK
               : fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
}

void import_setup_close(struct import_setup *setup)
{
    html_helper_destroy(setup->helper);
    html_helper_destroy(setup->lines);
    upkeep_stop(setup->upkeep);
    newspaper_close(&setup->content);
}
