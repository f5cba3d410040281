// SPDX-License-Identifier: Apache-2.0
/* A newspaper made where there was none. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "base/arena.h"
#include "cli/newspaper.h"
#include "content/language.h"
#include "content/settings.h"
#include "render/locale.h"

static bool is_ours(const char *directory)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/broadsheet.db", directory);
    return access(path, F_OK) == 0;
}

enum err newspaper_look(const char *directory,
                        enum newspaper_folder *ret_folder, struct fault *fault)
{
    *ret_folder = NEWSPAPER_FOLDER_EMPTY;
    if (is_ours(directory)) {
        *ret_folder = NEWSPAPER_FOLDER_OURS;
        return ERR_OK;
    }
    DIR *folder = opendir(directory);
    if (!folder && errno == ENOENT)
        return ERR_OK;
    if (!folder)
        return fault_set(fault, err_from_errno(errno), NULL,
                         "cannot look into %s: %s", directory, strerror(errno));
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            *ret_folder = NEWSPAPER_FOLDER_FOREIGN;
    }
    closedir(folder);
    return ERR_OK;
}

/* The zone of this machine when it has one by name, else UTC. */
static struct str local_zone(struct arena *arena)
{
    static const struct str zones = STR_INIT("/zoneinfo/");
    const char *variable = getenv("TZ");
    struct str zone = str_from_c(variable);
    char link[PATH_MAX];
    ssize_t len = variable ? -1 : readlink("/etc/localtime", link, sizeof link);
    if (len > 0) {
        struct str target = str_of(link, (size_t)len);
        ptrdiff_t at = str_find(target, zones);
        zone = at < 0 ? zone : str_from(target, (size_t)at + zones.len);
    }
    bool good = zone.len && locale_zone_is_valid(zone);
    return good ? arena_copy(arena, zone) : STR("UTC");
}

static enum err set(struct edit *edit, const char *name, struct str value)
{
    return setting_set(edit, str_from_c(name), STR(""), value);
}

static enum err set_given(struct edit *edit, const char *name,
                          const char *value)
{
    return value ? set(edit, name, str_from_c(value)) : ERR_OK;
}

static enum err add_languages(struct edit *edit,
                              const struct newspaper_config *config)
{
    for (size_t i = 0; i < config->language_count; i++) {
        struct language language = {
            .code = str_from_c(config->languages[i]),
            .position = (int64_t)i,
        };
        enum err err = language_save(edit, &language);
        if (err)
            return err;
    }
    return config->language_count
               ? set_given(edit, "language", config->languages[0])
               : ERR_OK;
}

static enum err fill(struct edit *edit, const struct newspaper_config *config,
                     struct arena *arena)
{
    struct str zone =
        config->zone ? str_from_c(config->zone) : local_zone(arena);
    enum err err = add_languages(edit, config);
    if (!err)
        err = set_given(edit, "name", config->name);
    if (!err)
        err = set(edit, "zone", zone);
    if (!err)
        err = set_given(edit, "date_pattern", config->date_pattern);
    return err ? err : set_given(edit, "address", config->address);
}

/* Everything that can be wrong with config, before anything is made. */
static enum err check_config(const struct newspaper_config *config,
                             struct fault *fault)
{
    for (size_t i = 0; i < config->language_count; i++) {
        if (!language_is_valid(str_from_c(config->languages[i])))
            return fault_set(fault, ERR_INVALID, "language",
                             "'%s' is no language; give codes such as en, ka "
                             "or pt-br",
                             config->languages[i]);
    }
    if (config->zone && !locale_zone_is_valid(str_from_c(config->zone)))
        return fault_set(fault, ERR_INVALID, "zone",
                         "'%s' is no time zone; give a name such as "
                         "Asia/Tbilisi or Europe/Berlin",
                         config->zone);
    return config->date_pattern
               ? locale_pattern_check(str_from_c(config->date_pattern), fault)
               : ERR_OK;
}

static enum err create(const char *directory,
                       const struct newspaper_config *config,
                       struct arena *arena, struct fault *fault)
{
    const struct content_options options = {
        .create = true,
        .first_language =
            str_from_c(config->language_count ? config->languages[0] : NULL)};
    DEFER(newspaper_close) struct content *content = NULL;
    enum err err = content_open(directory, &options, &content, fault);
    if (err)
        return err;
    DEFER(edit_end) struct edit edit = {0};
    err = newspaper_edit(&edit, content, fault);
    if (!err)
        err = fill(&edit, config, arena);
    return err ? err : edit_commit(&edit);
}

enum err newspaper_make(const char *directory,
                        const struct newspaper_config *config,
                        struct arena *arena, struct fault *fault)
{
    enum newspaper_folder folder;
    enum err err = check_config(config, fault);
    if (!err)
        err = newspaper_look(directory, &folder, fault);
    if (err)
        return err;
    if (folder == NEWSPAPER_FOLDER_OURS)
        return fault_set(fault, ERR_EXISTS, "DIR",
                         "there is a newspaper in %s already; serve it with "
                         "'broadsheet serve %s'",
                         directory, directory);
    if (folder == NEWSPAPER_FOLDER_FOREIGN)
        return fault_set(fault, ERR_EXISTS, "DIR",
                         "%s is not empty, and what is in it is no newspaper; "
                         "name a new folder",
                         directory);
    return create(directory, config, arena, fault);
}
