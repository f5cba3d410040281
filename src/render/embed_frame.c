// SPDX-License-Identifier: Apache-2.0
#include "render/embed_frame.h"

#include <stdio.h>

enum { NAME_BYTES_MAX = 64 };

/* A page's address without scheme and "www.", up to the name of the film, which
 * stands next or in a parameter of the query. */
static const struct {
    const char *begin;
    const char *parameter; /* or NULL */
    const char *frame;
    const char *options;
} players[] = {
    {"youtube.com/watch?", "v", EMBED_FRAME_YOUTUBE "/embed/", "?autoplay=1"},
    {"youtube.com/shorts/", NULL, EMBED_FRAME_YOUTUBE "/embed/", "?autoplay=1"},
    {"youtube.com/live/", NULL, EMBED_FRAME_YOUTUBE "/embed/", "?autoplay=1"},
    {"youtu.be/", NULL, EMBED_FRAME_YOUTUBE "/embed/", "?autoplay=1"},
    {"vimeo.com/", NULL, EMBED_FRAME_VIMEO "/video/", "?autoplay=1&dnt=1"},
};

static struct str without(struct str text, struct str start)
{
    return str_starts_with(text, start) ? str_from(text, start.len) : text;
}

static struct str parameter_of(struct str query, struct str name)
{
    struct str part;
    while (str_split_next(&query, '&', &part))
        if (str_starts_with(part, name) && part.len > name.len &&
            part.ptr[name.len] == '=')
            return str_from(part, name.len + 1);
    return STR("");
}

/* Up to what cannot be in a name. */
static struct str name_in(struct str text)
{
    size_t len = 0;
    while (len < text.len && ((text.ptr[len] >= 'a' && text.ptr[len] <= 'z') ||
                              (text.ptr[len] >= 'A' && text.ptr[len] <= 'Z') ||
                              (text.ptr[len] >= '0' && text.ptr[len] <= '9') ||
                              text.ptr[len] == '-' || text.ptr[len] == '_'))
        len++;
    bool ends =
        len == text.len || str_find_char(STR("?&#/"), text.ptr[len]) >= 0;
    return ends && len <= NAME_BYTES_MAX ? str_slice(text, 0, len) : STR("");
}

bool embed_frame(struct str url, char ret_frame[EMBED_FRAME_BYTES])
{
    struct str page = without(without(url, STR("https://")), STR("http://"));
    if (page.len == url.len)
        return false;
    page = without(without(page, STR("www.")), STR("m."));
    for (size_t i = 0; i < sizeof players / sizeof *players; i++) {
        struct str rest = without(page, str_from_c(players[i].begin));
        if (rest.len == page.len)
            continue;
        const char *parameter = players[i].parameter;
        struct str name = name_in(
            parameter ? parameter_of(rest, str_from_c(parameter)) : rest);
        if (!name.len)
            return false;
        snprintf(ret_frame, EMBED_FRAME_BYTES, "%s%" PRI_STR "%s",
                 players[i].frame, ARG_STR(name), players[i].options);
        return true;
    }
    return false;
}
