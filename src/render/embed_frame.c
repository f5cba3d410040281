// SPDX-License-Identifier: Apache-2.0
#include "render/embed_frame.h"

#include <stdio.h>

enum {
    NAME_BYTES_MAX = 64,
    HASH_BYTES_MIN = 6, /* shorter ones are words of Vimeo's addresses */
    SECONDS_MAX = 100000,
};

/* What their addresses look like, as people copy them from the address line,
 * the button for sharing, and the code for other sites. In a path '#' stands
 * for a number, '@' for a name, '!' for the key of a film of Vimeo that is not
 * listed,
 * '*' for anything between slashes. */
static const struct shape {
    const char *host; /* without www., m., music. */
    const char *path;
    const char *parameter; /* the film's name is in this one of the query */
    bool is_vimeo;
} shapes[] = {
    {"youtu.be", "/@", NULL, false},
    {"youtube.com", "/watch", "v", false},
    {"youtube.com", "/watch/@", NULL, false},
    {"youtube.com", "/shorts/@", NULL, false},
    {"youtube.com", "/live/@", NULL, false},
    {"youtube.com", "/embed/@", NULL, false},
    {"youtube.com", "/v/@", NULL, false},
    {"youtube.com", "/e/@", NULL, false},
    {"youtube-nocookie.com", "/embed/@", NULL, false},
    {"vimeo.com", "/#", NULL, true},
    {"vimeo.com", "/#/!", NULL, true},
    {"vimeo.com", "/video/#", NULL, true},
    {"vimeo.com", "/channels/*/#", NULL, true},
    {"vimeo.com", "/groups/*/videos/#", NULL, true},
    {"vimeo.com", "/album/#/video/#", NULL, true},
    {"vimeo.com", "/showcase/#/video/#", NULL, true},
    {"player.vimeo.com", "/video/#", NULL, true},
};

/* An address in its parts. */
struct parts {
    struct str host, path, query, fragment;
};

/* Which film it is. */
struct film {
    struct str name;
    struct str key; /* "" when it is listed */
};

/* ---- Addresses --------------------------------------------------------------
 */

static struct str without(struct str text, struct str start)
{
    bool has = text.len >= start.len &&
               str_eq_ascii_case(str_slice(text, 0, start.len), start);
    return has ? str_from(text, start.len) : text;
}

/* What stands behind mark; *text keeps what is before it. */
static struct str cut(struct str *text, char mark)
{
    ptrdiff_t at = str_find_char(*text, mark);
    if (at < 0)
        return STR("");
    struct str rest = str_from(*text, (size_t)at + 1);
    *text = str_slice(*text, 0, (size_t)at);
    return rest;
}

static bool split(struct str url, struct parts *ret_parts)
{
    struct str rest = without(without(url, STR("https://")), STR("http://"));
    if (rest.len == url.len)
        return false;
    struct parts parts;
    parts.fragment = cut(&rest, '#');
    parts.query = cut(&rest, '?');
    ptrdiff_t slash = str_find_char(rest, '/');
    if (slash < 0)
        return false;
    parts.host = str_slice(rest, 0, (size_t)slash);
    parts.path = str_from(rest, (size_t)slash);
    parts.host = without(parts.host, STR("www."));
    parts.host = without(without(parts.host, STR("m.")), STR("music."));
    *ret_parts = parts;
    return true;
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

/* ---- Names ------------------------------------------------------------------
 */

static bool is_of(struct str text, const char *letters)
{
    for (size_t i = 0; i < text.len; i++)
        if (str_find_char(str_from_c(letters), text.ptr[i]) < 0)
            return false;
    return text.len && text.len <= NAME_BYTES_MAX;
}

#define DIGITS "0123456789"

/* Words that stand in the place of a name are none. */
static bool is_name(struct str text)
{
    return is_of(text, DIGITS "abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_") &&
           !str_eq(text, STR("videoseries")) &&
           !str_eq(text, STR("live_stream"));
}

static bool is_key(struct str text)
{
    return is_of(text, DIGITS "abcdef") && text.len >= HASH_BYTES_MIN;
}

/* One part of a path; what it names goes into the film. */
static bool fits_part(char sign, struct str part, struct film *film)
{
    if (sign == '*')
        return part.len > 0;
    if (sign == '!')
        film->key = part;
    else
        film->name = part;
    return sign == '!'   ? is_key(part)
           : sign == '#' ? is_of(part, DIGITS)
                         : is_name(part);
}

static bool fits_path(const char *pattern, struct str path, struct film *film)
{
    struct str signs = str_from_c(pattern), sign, part;
    if (str_ends_with(path, STR("/")))
        path = str_slice(path, 0, path.len - 1);
    while (str_split_next(&signs, '/', &sign)) {
        if (!str_split_next(&path, '/', &part))
            return false;
        bool is_sign =
            sign.len == 1 && str_find_char(STR("#@!*"), sign.ptr[0]) >= 0;
        if (is_sign ? !fits_part(sign.ptr[0], part, film) : !str_eq(sign, part))
            return false;
    }
    return !str_split_next(&path, '/', &part);
}

static const struct shape *find_shape(const struct parts *parts,
                                      struct film *ret_film)
{
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const struct shape *shape = &shapes[i];
        struct film film = {0};
        if (!str_eq_ascii_case(parts->host, str_from_c(shape->host)) ||
            !fits_path(shape->path, parts->path, &film))
            continue;
        if (shape->parameter)
            film.name =
                parameter_of(parts->query, str_from_c(shape->parameter));
        if (shape->parameter && !is_name(film.name))
            continue;
        *ret_film = film;
        return shape;
    }
    return NULL;
}

/* ---- Where it begins --------------------------------------------------------
 */

/* "90", "90s", "1h2m3s"; 0 for anything else. */
static int64_t seconds_of(struct str text)
{
    int64_t seconds = 0;
    while (text.len) {
        size_t digits = 0;
        int64_t number;
        while (digits < text.len && text.ptr[digits] >= '0' &&
               text.ptr[digits] <= '9')
            digits++;
        if (str_parse_i64(str_slice(text, 0, digits), &number) ||
            number > SECONDS_MAX)
            return 0;
        char unit = digits < text.len ? text.ptr[digits] : 's';
        if (unit != 'h' && unit != 'm' && unit != 's')
            return 0;
        seconds += number * (unit == 'h' ? 3600 : unit == 'm' ? 60 : 1);
        text = str_from(text, digits < text.len ? digits + 1 : digits);
    }
    return seconds <= SECONDS_MAX ? seconds : 0;
}

static int64_t start_of(const struct parts *parts)
{
    static const struct str names[] = {STR_INIT("t"), STR_INIT("start"),
                                       STR_INIT("time_continue")};
    int64_t seconds = 0;
    for (size_t i = 0; !seconds && i < sizeof names / sizeof *names; i++) {
        seconds = seconds_of(parameter_of(parts->query, names[i]));
        if (!seconds)
            seconds = seconds_of(parameter_of(parts->fragment, names[i]));
    }
    return seconds;
}

/* ---- Players ----------------------------------------------------------------
 */

static void write_youtube(const struct film *film, int64_t seconds,
                          char ret_frame[EMBED_FRAME_BYTES])
{
    char start[32] = "";
    if (seconds)
        snprintf(start, sizeof start, "&start=%lld", (long long)seconds);
    snprintf(ret_frame, EMBED_FRAME_BYTES,
             EMBED_FRAME_YOUTUBE "/embed/%" PRI_STR "?autoplay=1%s",
             ARG_STR(film->name), start);
}

/* The key comes first, as Vimeo asks for. */
static void write_vimeo(const struct film *film, int64_t seconds,
                        char ret_frame[EMBED_FRAME_BYTES])
{
    char start[32] = "";
    if (seconds)
        snprintf(start, sizeof start, "#t=%llds", (long long)seconds);
    snprintf(ret_frame, EMBED_FRAME_BYTES,
             EMBED_FRAME_VIMEO "/video/%" PRI_STR "?%s%" PRI_STR
                               "%sautoplay=1&dnt=1%s",
             ARG_STR(film->name), film->key.len ? "h=" : "", ARG_STR(film->key),
             film->key.len ? "&" : "", start);
}

bool embed_frame(struct str url, char ret_frame[EMBED_FRAME_BYTES])
{
    struct parts parts;
    struct film film;
    const struct shape *shape =
        split(url, &parts) ? find_shape(&parts, &film) : NULL;
    if (!shape)
        return false;
    if (!shape->is_vimeo) {
        write_youtube(&film, start_of(&parts), ret_frame);
        return true;
    }
    struct str key = parameter_of(parts.query, STR("h"));
    if (!film.key.len && is_key(key))
        film.key = key;
    write_vimeo(&film, start_of(&parts), ret_frame);
    return true;
}
