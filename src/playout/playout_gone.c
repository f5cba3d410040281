// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "playout/playout_internal.h"

/* live/<channel id>.gone-<seconds since 1970>: a list of channels that lacked
 * one by mistake costs nobody his recordings. */

enum { PATH_ROOM = 2 * DVR_PATH_BYTES };

static const struct str ending = {".gone-", sizeof ".gone-" - 1};

static void name_in(const struct playout *playout, const char *name,
                    char target[PATH_ROOM])
{
    snprintf(target, PATH_ROOM, "%s/%s", playout->config.live_folder, name);
}

static void erase_folder(const char *path, int depth)
{
    DIR *folder = opendir(path);
    for (const struct dirent *entry; folder && (entry = readdir(folder));) {
        char inside[PATH_ROOM];
        struct stat info;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name);
        if (lstat(inside, &info) == 0 && S_ISDIR(info.st_mode) && depth > 0)
            erase_folder(inside, depth - 1);
        else
            unlink(inside);
    }
    if (folder)
        closedir(folder);
    rmdir(path);
}

void playout_gone_put_aside(const struct playout *playout)
{
    DIR *folder = opendir(playout->config.live_folder);
    for (const struct dirent *entry; folder && (entry = readdir(folder));) {
        char path[PATH_ROOM], aside[PATH_ROOM + 32];
        struct id id;
        if (id_parse(str_from_c(entry->d_name), &id) ||
            playout_channel(playout, id_str(&id)))
            continue;
        name_in(playout, id.text, path);
        snprintf(aside, sizeof aside, "%s%s%" PRId64, path, ending.ptr,
                 time_now_us() / TIME_US_PER_SECOND);
        if (rename(path, aside) < 0)
            log_error("recordings of a removed channel cannot be put aside",
                      LOG_C("folder", path), LOG_C("cause", strerror(errno)));
        else
            log_info("recordings of a removed channel are put aside; they are "
                     "erased after a day unless it comes back",
                     LOG_C("folder", aside));
    }
    if (folder)
        closedir(folder);
}

/* Whose, and since when; false for other names. */
static bool is_aside(const char *name, struct id *ret_id, uint64_t *ret_seconds)
{
    struct str text = str_from_c(name);
    size_t id_bytes = sizeof ret_id->text - 1;
    return text.len > id_bytes &&
           !id_parse(str_slice(text, 0, id_bytes), ret_id) &&
           str_starts_with(str_from(text, id_bytes), ending) &&
           !str_parse_u64(str_from(text, id_bytes + ending.len), ret_seconds);
}

void playout_gone_bring_back(const struct playout *playout,
                             const struct id *channel)
{
    char newest[PATH_ROOM] = "", path[PATH_ROOM];
    uint64_t since = 0;
    DIR *folder = opendir(playout->config.live_folder);
    for (const struct dirent *entry; folder && (entry = readdir(folder));) {
        struct id id;
        uint64_t seconds;
        if (!is_aside(entry->d_name, &id, &seconds) ||
            !str_eq(id_str(&id), id_str(channel)) || seconds < since)
            continue;
        since = seconds;
        name_in(playout, entry->d_name, newest);
    }
    if (folder)
        closedir(folder);
    name_in(playout, channel->text, path);
    if (!*newest || access(path, F_OK) == 0)
        return;
    if (rename(newest, path) < 0)
        log_error("recordings of a channel that is back cannot be used",
                  LOG_C("folder", newest), LOG_C("cause", strerror(errno)));
    else
        log_info("recordings of a channel that is back are brought back",
                 LOG_C("folder", path));
}

void playout_gone_erase(const struct playout *playout)
{
    uint64_t now = (uint64_t)(time_now_us() / TIME_US_PER_SECOND);
    DIR *folder = opendir(playout->config.live_folder);
    for (const struct dirent *entry; folder && (entry = readdir(folder));) {
        char path[PATH_ROOM];
        struct id id;
        uint64_t seconds;
        if (!is_aside(entry->d_name, &id, &seconds) || now < GONE_SECONDS ||
            seconds > now - GONE_SECONDS)
            continue;
        name_in(playout, entry->d_name, path);
        erase_folder(path, 1);
        log_info("recordings of a removed channel are erased",
                 LOG_C("folder", path));
    }
    if (folder)
        closedir(folder);
}
