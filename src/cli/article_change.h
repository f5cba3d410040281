// SPDX-License-Identifier: Apache-2.0
/* cli/article_change.h: one change of one article by a command: opened,
 * written, committed, told. Publishing is a part of it that may have to wait:
 * pictures that no reader has had are made first, and the change is then done
 * once more. */
#ifndef CLI_ARTICLE_CHANGE_H
#define CLI_ARTICLE_CHANGE_H

#include <jansson.h>

#include "base/fault.h"
#include "base/id.h"
#include "cli/command.h"
#include "cli/picture_wait.h"
#include "content/edit.h"

struct article_change {
    const struct command_line *line;
    struct fault *fault;
    struct edit edit;
    struct id id;  /* the first argument's, or of what was made */
    json_t *input; /* for the change to keep what it read; freed behind it */
    struct picture_wait pictures; /* article_change.c's */
};

typedef enum err article_change_how(struct article_change *change);

/* Runs how within an edit, which sees nothing of an earlier try, and writes the
 * id when readers have what was changed. Without has_id how finds it. */
MUST_USE enum err article_change_run(const struct command_line *line,
                                     bool has_id, article_change_how *how,
                                     struct fault *fault);

/* The last step of a change: publishes the article, as of published_us or (0)
 * of now. Under embargo it is scheduled instead, and that is told. */
MUST_USE enum err article_change_publish(struct article_change *change,
                                         int64_t published_us);

#endif
