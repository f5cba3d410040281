// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "cli/metrics.h"

enum {
    PROCESSES_MAX = 256,
    GROUPS_MAX = 64,
    TEXT_BYTES_MAX = 16 << 10,
    NAME_BYTES = 32,
    CHANNEL_BYTES = 64,
};

/* clang-format off */
/* Of each kind of process, by its name and, for makers of television, its
 * channel: summed up where there are several. */
#define PROCESS_METRICS(X) \
    X(processes, METRIC_GAUGE, "Processes that run.") \
    X(process_cpu_seconds_total, METRIC_COUNTER, "Processor time, of the system's as well.") \
    X(process_resident_memory_bytes, METRIC_GAUGE, "Memory that is in use.") \
    X(process_threads, METRIC_GAUGE, "Threads.") \
    X(process_open_fds, METRIC_GAUGE, "Open descriptors, where the system tells.") \
    X(process_start_time_seconds, METRIC_GAUGE, "When the newest of them began, since 1970: it changes when one is started again.")
/* clang-format on */

enum process_figure {
#define X(name, type, help) FIGURE_##name,
    PROCESS_METRICS(X)
#undef X
        FIGURE_COUNT
};

static const struct metric families[FIGURE_COUNT] = {
#define X(name, type, help) {"broadsheet_" #name, type, help},
    PROCESS_METRICS(X)
#undef X
};

/* Processes of one kind. */
struct group {
    char name[NAME_BYTES];
    char channel[CHANNEL_BYTES]; /* "": it has none */
    double values[FIGURE_COUNT];
    bool has_fds;
};

struct survey {
    struct arena arena;
    const json_t *status;
    double boot_seconds;
    pid_t pids[PROCESSES_MAX];
    size_t pid_count;
    struct group groups[GROUPS_MAX];
    size_t group_count;
};

/* "" when it is gone. */
static struct str read_proc(struct survey *survey, pid_t pid, const char *name)
{
    char path[128];
    size_t len = 0;
    ssize_t got = 1;
    if (pid)
        snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    else
        snprintf(path, sizeof path, "/proc/%s", name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return STR("");
    /* Such files have no size. */
    char *text = arena_alloc(&survey->arena, TEXT_BYTES_MAX, 1);
    while (got > 0 && len < TEXT_BYTES_MAX) {
        got = read(fd, text + len, TEXT_BYTES_MAX - len);
        len += got > 0 ? (size_t)got : 0;
    }
    close(fd);
    return str_of(text, len);
}

/* ---- Who there is ----------------------------------------------------------
 */

static void add_children_of(struct survey *survey, pid_t pid, const char *task)
{
    char name[64];
    struct str part;
    int64_t number;
    snprintf(name, sizeof name, "task/%.20s/children", task);
    for (struct str rest = read_proc(survey, pid, name);
         rest.len && str_split_next(&rest, ' ', &part);) {
        if (!str_parse_i64(part, &number) && survey->pid_count < PROCESSES_MAX)
            survey->pids[survey->pid_count++] = (pid_t)number;
    }
}

/* A child belongs to the thread that started it. */
static void find_children(struct survey *survey, pid_t pid)
{
    char path[64];
    struct dirent *entry;
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *tasks = opendir(path);
    while (tasks && (entry = readdir(tasks))) {
        if (entry->d_name[0] != '.')
            add_children_of(survey, pid, entry->d_name);
    }
    if (tasks)
        closedir(tasks);
}

/* ---- What they are ---------------------------------------------------------
 */

/* "edge" of "broadsheet _edge …", "media" of "…/broadsheet-media". */
static struct str name_of(struct str command_line)
{
    static const struct str prefix = STR_INIT("broadsheet-");
    struct str program = STR(""), argument = STR("");
    str_split_next(&command_line, '\0', &program);
    if (command_line.len)
        str_split_next(&command_line, '\0', &argument);
    ptrdiff_t slash = str_find_last_char(program, '/');
    program = str_from(program, (size_t)(slash + 1));
    if (str_starts_with(argument, STR("_")))
        return str_from(argument, 1);
    if (str_starts_with(program, prefix))
        return str_from(program, prefix.len);
    return str_eq(program, STR("broadsheet")) ? STR("supervisor")
                                              : STR("other");
}

/* Which channel it makes, or "". */
static const char *channel_of(const struct survey *survey, pid_t pid)
{
    json_t *channel;
    size_t i;
    json_array_foreach(json_object_get(survey->status, "channels"), i, channel)
    {
        const char *name = json_string_value(json_object_get(channel, "name"));
        if (name && json_integer_value(json_object_get(channel, "pid")) == pid)
            return name;
    }
    return "";
}

static struct group *group_of(struct survey *survey, struct str name,
                              const char *channel)
{
    for (size_t i = 0; i < survey->group_count; i++) {
        struct group *group = &survey->groups[i];
        if (str_eq(str_from_c(group->name), name) &&
            strcmp(group->channel, channel) == 0)
            return group;
    }
    if (survey->group_count == GROUPS_MAX)
        return NULL;
    struct group *group = &survey->groups[survey->group_count++];
    *group = (struct group){.has_fds = false};
    snprintf(group->name, NAME_BYTES, "%" PRI_STR, ARG_STR(name));
    snprintf(group->channel, CHANNEL_BYTES, "%s", channel);
    return group;
}

/* ---- How they do -----------------------------------------------------------
 */

/* How many; -1: that is not told of a process which may not be looked into. */
static int count_fds(pid_t pid)
{
    char path[64];
    int count = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *fds = opendir(path);
    if (!fds)
        return -1;
    struct dirent *entry;
    while ((entry = readdir(fds)))
        count += entry->d_name[0] != '.';
    closedir(fds);
    return count;
}

/* Fields of proc(5)'s stat, counted from 1; those before the third have names
 * in them. */
enum {
    STAT_FIRST = 3,
    STAT_UTIME = 14,
    STAT_STIME = 15,
    STAT_THREADS = 20,
    STAT_STARTTIME = 22,
    STAT_RSS = 24,
    STAT_LAST = 24,
};

static bool read_stat(struct str text, double fields[STAT_LAST + 1])
{
    ptrdiff_t name_end = str_find_last_char(text, ')');
    if (name_end < 0 || (size_t)name_end + 2 > text.len)
        return false;
    struct str rest = str_from(text, (size_t)name_end + 2), part;
    for (int i = STAT_FIRST; i <= STAT_LAST; i++) {
        int64_t number = 0;
        if (!rest.len || !str_split_next(&rest, ' ', &part))
            return false;
        if (i > STAT_FIRST && str_parse_i64(part, &number))
            number = 0; /* none of ours */
        fields[i] = (double)number;
    }
    return true;
}

static void look_at(struct survey *survey, pid_t pid)
{
    double stat[STAT_LAST + 1], ticks = (double)sysconf(_SC_CLK_TCK);
    if (!read_stat(read_proc(survey, pid, "stat"), stat))
        return;
    struct str name = name_of(read_proc(survey, pid, "cmdline"));
    struct group *group = group_of(survey, name, channel_of(survey, pid));
    if (!group)
        return;
    double began = survey->boot_seconds + stat[STAT_STARTTIME] / ticks;
    double *values = group->values;
    int fds = count_fds(pid);
    values[FIGURE_processes]++;
    values[FIGURE_process_cpu_seconds_total] +=
        (stat[STAT_UTIME] + stat[STAT_STIME]) / ticks;
    values[FIGURE_process_resident_memory_bytes] +=
        stat[STAT_RSS] * (double)sysconf(_SC_PAGESIZE);
    values[FIGURE_process_threads] += stat[STAT_THREADS];
    if (fds >= 0) {
        group->has_fds = true;
        values[FIGURE_process_open_fds] += fds;
    }
    if (began > values[FIGURE_process_start_time_seconds])
        values[FIGURE_process_start_time_seconds] = began;
}

/* When the machine started: "btime N" in /proc/stat. */
static double read_boot_seconds(struct survey *survey)
{
    static const struct str word = STR_INIT("btime ");
    struct str line;
    int64_t seconds = 0;
    for (struct str rest = read_proc(survey, 0, "stat");
         rest.len && str_split_next(&rest, '\n', &line);) {
        if (str_starts_with(line, word) &&
            !str_parse_i64(str_from(line, word.len), &seconds))
            break;
    }
    return (double)seconds;
}

static void write_all(struct metric_writer *writer, const struct survey *survey)
{
    for (size_t i = 0; i < FIGURE_COUNT; i++) {
        metric_family(writer, &families[i]);
        for (size_t g = 0; g < survey->group_count; g++) {
            const struct group *group = &survey->groups[g];
            const struct metric_label process = {"process",
                                                 str_from_c(group->name)};
            const struct metric_label channel = {group->channel[0] ? "channel"
                                                                   : NULL,
                                                 str_from_c(group->channel)};
            if (i != FIGURE_process_open_fds || group->has_fds)
                metric_sample_labels(writer, &families[i], &process, &channel,
                                     group->values[i]);
        }
    }
}

void metrics_write_processes(struct metric_writer *writer, pid_t root,
                             const json_t *status)
{
    struct survey *survey = calloc(1, sizeof *survey);
    if (!survey)
        return;
    arena_init(&survey->arena, 0);
    survey->status = status;
    survey->boot_seconds = read_boot_seconds(survey);
    survey->pids[survey->pid_count++] = root;
    for (size_t i = 0; i < survey->pid_count; i++) {
        find_children(survey, survey->pids[i]);
        look_at(survey, survey->pids[i]);
    }
    write_all(writer, survey);
    arena_finish(&survey->arena);
    free(survey);
}
