// SPDX-License-Identifier: Apache-2.0
#include "cli/command_table.h"

const struct command *const command_table[] = {
#define X(name) &command_##name,
    COMMANDS(X)
#undef X
};

const size_t command_count = sizeof command_table / sizeof *command_table;
