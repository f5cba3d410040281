// SPDX-License-Identifier: Apache-2.0
#include "cli/newspaper.h"

#include <errno.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/time.h"
#include "cli/desk_client.h"
#include "content/hiding.h"
#include "content/language.h"
#include "content/settings.h"

const char *newspaper_directory(const struct command_line *line)
{
    const char *given = command_value(line, "data");
    if (!given)
        given = getenv("BROADSHEET_DATA");
    return given && *given ? given : ".";
}

static enum err open_content(const struct command_line *line, bool read_only,
                             struct content **ret_content, struct fault *fault)
{
    const char *directory = newspaper_directory(line);
    const struct content_options options = {.read_only = read_only};
    enum err err = content_open(directory, &options, ret_content, fault);
    if (err != ERR_NOT_FOUND)
        return err;
    bool here = strcmp(directory, ".") == 0;
    return fault_set(fault, ERR_NOT_FOUND, "data",
                     "there is no newspaper in %s; name its folder with --data "
                     "DIR or BROADSHEET_DATA, or make one: broadsheet init %s",
                     here ? "this folder" : directory,
                     here ? "paper" : directory);
}

enum err newspaper_open_reading(const struct command_line *line,
                                struct content **ret_content,
                                struct fault *fault)
{
    return open_content(line, true, ret_content, fault);
}

enum err newspaper_open_writing(const struct command_line *line,
                                struct content **ret_content,
                                struct fault *fault)
{
    return open_content(line, false, ret_content, fault);
}

void newspaper_close(struct content **content)
{
    content_close(*content);
}

enum err newspaper_edit(struct edit *edit, struct content *content,
                        struct fault *fault)
{
    return edit_begin(edit, content, STR("cli"), fault);
}

enum err newspaper_sync(const struct command_line *line, int64_t seq,
                        struct fault *fault)
{
    bool running;
    return desk_sync(newspaper_directory(line), seq, line->arena, &running,
                     fault);
}

enum err newspaper_commit(const struct command_line *line, struct edit *edit,
                          struct fault *fault)
{
    const char *directory = newspaper_directory(line);
    struct content *content = edit->content;
    bool running = false;
    enum err err = edit_commit(edit);
    if (!err)
        err = desk_sync(directory, edit->seq, line->arena, &running, fault);
    if (err || running || !edit->seq || desk_is_running(directory))
        return err;
    return hiding_run(content, INT64_MAX, time_now_us(), HIDING_ALL, fault);
}

enum err newspaper_change(const struct command_line *line, newspaper_how *how,
                          struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    enum err err = newspaper_open_writing(line, &content, fault);
    if (err)
        return err;
    DEFER(edit_end) struct edit edit = {0};
    err = newspaper_edit(&edit, content, fault);
    if (!err)
        err = how(line, &edit, fault);
    return err ? err : newspaper_commit(line, &edit, fault);
}

enum err newspaper_parse_id(const char *text, struct id *ret_id,
                            struct fault *fault)
{
    struct str id = str_from_c(text);
    if (id.len > ID_LEN) /* an address, or a slug and the id */
        id = str_from(id, id.len - ID_LEN);
    if (id_parse(id, ret_id))
        return fault_set(fault, ERR_INVALID, "id",
                         "'%s' is no id of an article: 13 digits such as "
                         "62f9f7d471fdc, with which its address ends",
                         text);
    return ERR_OK;
}

enum err newspaper_language(const struct command_line *line, struct db *db,
                            struct str *ret_language, struct fault *fault)
{
    const char *given = command_value(line, "language");
    if (!given) {
        enum err err = setting_get(db, STR("language"), STR(""), line->arena,
                                   ret_language);
        return err ? db_fault(db, err, fault) : ERR_OK;
    }
    struct language language;
    enum err err = language_find(db, str_from_c(given), line->arena, &language);
    if (err == ERR_NOT_FOUND)
        return fault_set(fault, err, "language",
                         "the newspaper has no language '%s'; 'broadsheet "
                         "language list' tells which it has",
                         given);
    if (!err)
        *ret_language = language.code;
    return err ? db_fault(db, err, fault) : ERR_OK;
}

enum err newspaper_helper(const char *name, struct arena *arena,
                          const char **ret_path, struct fault *fault)
{
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self);
    if (len < 0 || (size_t)len == sizeof self)
        return fault_set(fault, err_from_errno(errno), NULL,
                         "cannot find out where this program lies: %s",
                         strerror(errno));
    struct str program = str_of(self, (size_t)len);
    ptrdiff_t slash = str_find_last_char(program, '/');
    struct str folder = str_slice(program, 0, slash < 0 ? 0 : (size_t)slash);
    static const char *const places[] = {"", "/../libexec/broadsheet"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct str path = arena_printf(arena, "%.*s%s/broadsheet-%s",
                                       ARG_STR(folder), places[i], name);
        if (access(path.ptr, X_OK) == 0) {
            *ret_path = path.ptr;
            return ERR_OK;
        }
    }
    return fault_set(fault, ERR_NOT_FOUND, NULL,
                     "the program broadsheet-%s is missing; it belongs beside "
                     "broadsheet, and 'make install' puts it there",
                     name);
}
