// SPDX-License-Identifier: Apache-2.0
#include "cli/demo_television.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/time.h"
#include "cli/newspaper.h"
#include "content/channel.h"
#include "content/content.h"
#include "content/programme.h"

#define CHANNEL STR("courier")
#define KEY_LABEL STR("demo")
#define MINUTE_US (60 * TIME_US_PER_SECOND)

enum { DAYS = 3 };

/* What is on, over and over. */
static const struct {
    struct str title, category, description;
    int minutes;
    bool repeat;
} shows[] = {
    {STR_INIT("The Morning Boat"), STR_INIT("Talk"),
     STR_INIT("The papers, the weather and whoever is on the first ferry."), 60,
     false},
    {STR_INIT("Courier News"), STR_INIT("News"),
     STR_INIT("The day so far in Navdari and beyond."), 30, false},
    {STR_INIT("The Assembly, Live"), STR_INIT("Politics"),
     STR_INIT("The debate on the wall and the willows."), 90, false},
    {STR_INIT("A Hand Below the Wall"), STR_INIT("Documentary"),
     STR_INIT("How Selgari slept, or did not, the night the Arzna crested."),
     60, true},
    {STR_INIT("Land and Harvest"), STR_INIT("Economy"),
     STR_INIT("The price of a loaf, explained by those who grow it."), 30,
     false},
    {STR_INIT("Chess with Pati"), STR_INIT("Sport"),
     STR_INIT("One position, two grandmasters, no hurry."), 30, true},
    {STR_INIT("The Long Way Home"), STR_INIT("Film"),
     STR_INIT("A train, a winter, two brothers who do not speak."), 90, true},
    {STR_INIT("Evening Courier"), STR_INIT("News"),
     STR_INIT("The day, with reports from the regions."), 30, false},
};

/* ---- ffmpeg -----------------------------------------------------------------
 */

/* As a shell would find it; NULL when it is not there. */
static const char *find_ffmpeg(struct arena *arena)
{
    struct str rest = str_from_c(getenv("PATH")), folder;
    while (str_split_next(&rest, ':', &folder)) {
        const char *path =
            arena_printf(arena, "%.*s/ffmpeg", ARG_STR(folder)).ptr;
        if (folder.len && access(path, X_OK) == 0)
            return path;
    }
    return NULL;
}

/* The game of life in the colours of the paper, a clock between two rules, and
 * a mark that goes along the upper one once a minute. */
#define PICTURE \
    "life=size=160x90:rate=5:ratio=0.12:mold=24:death_color=0x141311:" \
    "life_color=0x3a362f:mold_color=0x1e1c19:random_seed=7," \
    "fps=25,scale=1280:720:flags=neighbor,format=yuv420p," \
    "drawbox=x=96:y=112:w=1088:h=8:color=0xece7dc:t=fill," \
    "drawbox=x=96:y=124:w=1088:h=2:color=0xece7dc:t=fill," \
    "drawbox=x=96:y=594:w=1088:h=2:color=0xece7dc:t=fill," \
    "drawbox=x=96:y=600:w=1088:h=8:color=0xece7dc:t=fill," \
    "drawtext=font=serif:fontsize=150:fontcolor=0xece7dc:x=(w-tw)/2:" \
    "y=(h-th)/2-20:text='%{localtime\\:%X}'," \
    "drawtext=font=serif:fontsize=40:fontcolor=0xada698:x=(w-tw)/2:y=470:" \
    "text='Courier TV  |  a programme made by ffmpeg'[picture];" \
    "color=c=0xa8180f:size=48x8:rate=25[mark];" \
    "[picture][mark]overlay=x='96+mod(t\\,60)/60*1040':y=140:shortest=1"
#define TONE "sine=frequency=220:beep_factor=4:sample_rate=48000,volume=0.1"

static char **write_feeder(struct arena *arena, const char *program,
                           const char *address)
{
    const char *const words[] = {
        program,   "-hide_banner", "-nostdin", "-loglevel", "error",
        "-re",     "-f",           "lavfi",    "-i",        PICTURE,
        "-f",      "lavfi",        "-i",       TONE,        "-c:v",
        "libx264", "-preset",      "veryfast", "-tune",     "zerolatency",
        "-g",      "25",           "-pix_fmt", "yuv420p",   "-b:v",
        "1200k",   "-maxrate",     "1500k",    "-bufsize",  "1500k",
        "-c:a",    "aac",          "-b:a",     "96k",       "-f",
        "flv",     address};
    enum { COUNT = sizeof words / sizeof *words };
    char **argv = arena_array(arena, char *, COUNT + 1);
    for (size_t i = 0; i < COUNT; i++)
        argv[i] = arena_c_string(arena, str_from_c(words[i]));
    argv[COUNT] = NULL;
    return argv;
}

/* A port of the loopback that is free now; 0 when none can be had. */
static unsigned free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool bound = fd >= 0 &&
                 !bind(fd, (struct sockaddr *)&address, sizeof address) &&
                 !getsockname(fd, (struct sockaddr *)&address, &len);
    if (fd >= 0)
        close(fd);
    return bound ? ntohs(address.sin_port) : 0;
}

/* ---- The channel ------------------------------------------------------------
 */

static enum err make_channel(struct edit *edit, struct channel *channel)
{
    enum err err = channel_load(edit->db, CHANNEL, &edit->arena, channel);
    if (err != ERR_NOT_FOUND)
        return err ? db_fault(edit->db, err, edit->fault) : ERR_OK;
    *channel = (struct channel){.name = CHANNEL,
                                .title = STR("Courier TV"),
                                .dvr_seconds = CHANNEL_DVR_SECONDS,
                                .ladder = CHANNEL_LADDER_DEFAULT,
                                .keep_days = 1,
                                .keep_bytes = INT64_C(2) << 30};
    return channel_add(edit, channel);
}

/* The key of last time is known to nobody any more. */
static enum err make_key(struct edit *edit, const struct channel *channel,
                         char text[STREAM_KEY_BYTES])
{
    struct stream_key_list list;
    struct stream_key key = {.label = KEY_LABEL};
    enum err err = stream_key_all(edit->db, &channel->id, &edit->arena, &list);
    if (err)
        return db_fault(edit->db, err, edit->fault);
    for (size_t i = 0; !err && i < list.count; i++)
        if (str_eq(list.keys[i].label, KEY_LABEL) && !list.keys[i].revoked_us)
            err = stream_key_revoke(edit, &list.keys[i].id);
    return err ? err : stream_key_add(edit, channel->name, &key, text);
}

/* From yesterday on, so that there is a past. */
static enum err make_schedule(struct edit *edit, struct str channel)
{
    enum { SHOWS = sizeof shows / sizeof *shows };
    int64_t day_us = 24 * 60 * MINUTE_US, removed;
    int64_t at_us = edit->time_us - edit->time_us % day_us - day_us;
    int64_t end_us = at_us + DAYS * day_us;
    enum err err = programme_clear(edit, channel, at_us - day_us,
                                   end_us + day_us, &removed);
    for (size_t i = 0; !err && at_us < end_us; i++) {
        struct programme programme = {
            .start_us = at_us,
            .end_us = at_us + shows[i % SHOWS].minutes * MINUTE_US,
            .title = shows[i % SHOWS].title,
            .category = shows[i % SHOWS].category,
            .description = shows[i % SHOWS].description,
            .language = STR("en"),
            .repeat = shows[i % SHOWS].repeat,
        };
        at_us = programme.end_us;
        err = programme_add(edit, channel, &programme, true);
    }
    return err;
}

static enum err prepare(const char *directory, char key[STREAM_KEY_BYTES],
                        struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    struct channel channel;
    enum err err = content_open(directory, NULL, &content, fault);
    if (err)
        return err;
    DEFER(edit_end) struct edit edit = {0};
    err = edit_begin(&edit, content, STR("demo"), fault);
    if (!err)
        err = make_channel(&edit, &channel);
    if (!err)
        err = make_key(&edit, &channel, key);
    if (!err)
        err = make_schedule(&edit, channel.name);
    return err ? err : edit_commit(&edit);
}

enum err demo_television(const struct command_line *line,
                         struct serve_config *config, struct fault *fault)
{
    struct arena *arena = line->arena;
    const char *program = find_ffmpeg(arena);
    char key[STREAM_KEY_BYTES];
    unsigned port = config->rtmp ? 0 : free_port();
    if (!program || (!port && !config->rtmp)) {
        output_tell(line->output,
                    "TV Live stays off the air: ffmpeg, which would make its "
                    "programme, is not installed.");
        return ERR_OK;
    }
    enum err err = prepare(config->directory, key, fault);
    if (err)
        return err;
    if (port)
        config->rtmp = arena_printf(arena, "127.0.0.1:%u", port).ptr;
    struct str address = str_from_c(config->rtmp);
    address = str_from(address, (size_t)str_find_last_char(address, ':'));
    config->feeder =
        write_feeder(arena, program,
                     arena_printf(arena, "rtmp://127.0.0.1%.*s/live/%s",
                                  ARG_STR(address), key)
                         .ptr);
    return ERR_OK;
}
