// SPDX-License-Identifier: Apache-2.0
/* cli/newspaper.h: the newspaper that a command works on. */
#ifndef CLI_NEWSPAPER_H
#define CLI_NEWSPAPER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/id.h"
#include "base/str.h"
#include "cli/command.h"
#include "content/content.h"
#include "content/edit.h"

struct html_helper;

/* The folder: --data, else BROADSHEET_DATA, else the working directory. */
const char *newspaper_directory(const struct command_line *line);

/* Opens the newspaper there, only to read or also to write. The caller closes
 * it. A fault names the folder and how to make or name one. */
MUST_USE enum err newspaper_open_reading(const struct command_line *line,
                                         struct content **ret_content,
                                         struct fault *fault);
MUST_USE enum err newspaper_open_writing(const struct command_line *line,
                                         struct content **ret_content,
                                         struct fault *fault);

/* For DEFER. */
void newspaper_close(struct content **content);

/* Begins a write in the name of whoever gives the command. */
MUST_USE enum err newspaper_edit(struct edit *edit, struct content *content,
                                 struct fault *fault);

/* Commits and, when the newspaper is being served, waits until readers see
 * what was changed. When it is not, files that nothing shows any more are
 * hidden at once. */
MUST_USE enum err newspaper_commit(const struct command_line *line,
                                   struct edit *edit, struct fault *fault);

/* All of it: opens the newspaper, begins a write, has how do it, commits. */
typedef enum err newspaper_how(const struct command_line *line,
                               struct edit *edit, struct fault *fault);
MUST_USE enum err newspaper_change(const struct command_line *line,
                                   newspaper_how *how, struct fault *fault);

/* Waits for what was committed up to seq. */
MUST_USE enum err newspaper_sync(const struct command_line *line, int64_t seq,
                                 struct fault *fault);

/* An article's id as somebody typed it: the id itself, or an address that ends
 * with it. */
MUST_USE enum err newspaper_parse_id(const char *text, struct id *ret_id,
                                     struct fault *fault);

/* The language --language names, else the newspaper's default, in the arena. */
MUST_USE enum err newspaper_language(const struct command_line *line,
                                     struct db *db, struct str *ret_language,
                                     struct fault *fault);

/* ---- Making one ------------------------------------------------------------
 */

struct newspaper_config {
    const char *name; /* each NULL: a sensible default */
    const char *zone;
    const char *date_pattern;
    const char *address;
    const char *const *languages; /* the first is the default one */
    size_t language_count;
};

enum newspaper_folder {
    NEWSPAPER_FOLDER_EMPTY, /* or not there */
    NEWSPAPER_FOLDER_OURS,
    NEWSPAPER_FOLDER_FOREIGN, /* something else is in it */
};

/* What lies in the folder. */
MUST_USE enum err newspaper_look(const char *directory,
                                 enum newspaper_folder *ret_folder,
                                 struct fault *fault);

/* Makes a newspaper in a folder that is empty or not there; ERR_EXISTS for any
 * other. */
MUST_USE enum err newspaper_make(const char *directory,
                                 const struct newspaper_config *config,
                                 struct arena *arena, struct fault *fault);

/* ---- Programs beside this one ----------------------------------------------
 */

/* The path of broadsheet-NAME: beside this program, or in ../libexec/broadsheet
 * seen from it. */
MUST_USE enum err newspaper_helper(const char *name, struct arena *arena,
                                   const char **ret_path, struct fault *fault);

#endif
