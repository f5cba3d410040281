// SPDX-License-Identifier: Apache-2.0
/* cli/picture_wait.h: a change by a command that shows pictures to readers.
 * Those that no reader has had are made first, and all of the change is then
 * done once more.
 *
 *     struct publish_options options = {
 *         .waiting = picture_wait_ids(&wait), .arena = …};
 *
 * within once, which is given to picture_wait_run. */
#ifndef CLI_PICTURE_WAIT_H
#define CLI_PICTURE_WAIT_H

#include <stdbool.h>

#include "base/fault.h"
#include "cli/command.h"
#include "content/picture.h"

struct content;

/* Zeroed before the first try. */
struct picture_wait {
    struct picture_ids ids; /* what the first try waits for */
    bool is_over;           /* they are made, as far as they can be */
};

/* Where a try tells what it waits for; NULL when it is not to wait any more. */
struct picture_ids *picture_wait_ids(struct picture_wait *wait);

/* One try: opened, written, committed. ERR_AGAIN when there is something in
 * picture_wait_ids. Nothing of it is left when the next one begins. */
typedef enum err picture_wait_once(void *context, struct content *content);

/* Tries; when that has to wait, makes the pictures and tries once more. One
 * that cannot be read is told, and shown as it came. */
MUST_USE enum err picture_wait_run(struct picture_wait *wait,
                                   const struct command_line *line,
                                   struct content *content,
                                   picture_wait_once *once, void *context,
                                   struct fault *fault);

#endif
