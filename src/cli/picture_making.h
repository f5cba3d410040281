// SPDX-License-Identifier: Apache-2.0
/* cli/picture_making.h: the pictures of an article made before it is published,
 * so that nobody gets a file as it came. */
#ifndef CLI_PICTURE_MAKING_H
#define CLI_PICTURE_MAKING_H

#include "base/fault.h"
#include "cli/command.h"

/* Makes those of the article named by the first argument that wait, with a line
 * of progress. A picture that cannot be read is told and kept as it is; an
 * article that there is not is left to others to tell. Errors are of the store,
 * or that the helper is not installed. */
MUST_USE enum err picture_making_before(const struct command_line *line,
                                        struct fault *fault);

#endif
