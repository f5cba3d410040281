// SPDX-License-Identifier: Apache-2.0
/* Clips, sounds, frames and posts of other sites: each becomes a link that
 * names where it leads. Nothing of them is loaded. */
#include "base/arena.h"
#include "base/utf8.h"
#include "convert_internal.h"

enum { TITLE_BYTES_MAX = 300, PROVIDER_BYTES_MAX = 100 };

/* ---- Who it is
 * --------------------------------------------------------------------------
 */

/* "www.youtube.com/…" → "youtube.com" */
static struct str host_of(struct str url)
{
    ptrdiff_t at = str_find(url, STR("://"));
    struct str host = str_from(url, at < 0 ? 0 : (size_t)at + 3);
    size_t len = 0;
    while (len < host.len && !strchr("/?#:", host.ptr[len]))
        len++;
    host = str_slice(host, 0, len);
    return str_starts_with(host, STR("www.")) ? str_from(host, 4) : host;
}

/* The name that readers know, or the host. */
static struct str provider_of(struct str host)
{
    static const struct {
        struct str host, name;
    } known[] = {
        {STR_INIT("youtube.com"), STR_INIT("YouTube")},
        {STR_INIT("youtube-nocookie.com"), STR_INIT("YouTube")},
        {STR_INIT("youtu.be"), STR_INIT("YouTube")},
        {STR_INIT("vimeo.com"), STR_INIT("Vimeo")},
        {STR_INIT("dailymotion.com"), STR_INIT("Dailymotion")},
        {STR_INIT("twitter.com"), STR_INIT("X")},
        {STR_INIT("x.com"), STR_INIT("X")},
        {STR_INIT("facebook.com"), STR_INIT("Facebook")},
        {STR_INIT("instagram.com"), STR_INIT("Instagram")},
        {STR_INIT("tiktok.com"), STR_INIT("TikTok")},
        {STR_INIT("t.me"), STR_INIT("Telegram")},
        {STR_INIT("soundcloud.com"), STR_INIT("SoundCloud")},
        {STR_INIT("spotify.com"), STR_INIT("Spotify")},
        {STR_INIT("bsky.app"), STR_INIT("Bluesky")},
        {STR_INIT("vk.com"), STR_INIT("VK")},
        {STR_INIT("rutube.ru"), STR_INIT("RUTUBE")},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t len = known[i].host.len;
        if (host.len < len ||
            !str_eq_ascii_case(str_from(host, host.len - len), known[i].host))
            continue;
        if (host.len == len || host.ptr[host.len - len - 1] == '.')
            return known[i].name;
    }
    return utf8_cut(host, PROVIDER_BYTES_MAX);
}

/* What stands behind mark, up to the next part of the address; "" when mark is
 * not there. */
static struct str part_behind(struct str url, struct str mark)
{
    ptrdiff_t at = str_find(url, mark);
    if (at < 0)
        return STR("");
    struct str part = str_from(url, (size_t)at + mark.len);
    size_t len = 0;
    while (len < part.len && !strchr("/?#&", part.ptr[len]))
        len++;
    return str_slice(part, 0, len);
}

/* "t=90" with what joins it, of a player that begins there; "" else. */
static struct str start_of(struct arena *arena, struct str url, char joint)
{
    static const struct str marks[] = {STR_INIT("?start="), STR_INIT("&start="),
                                       STR_INIT("#t=")};
    struct str start = STR("");
    int64_t seconds;
    for (size_t i = 0; !start.len && i < sizeof marks / sizeof *marks; i++)
        start = part_behind(url, marks[i]);
    if (start.len && start.ptr[start.len - 1] == 's')
        start = str_slice(start, 0, start.len - 1);
    if (str_parse_i64(start, &seconds) || seconds <= 0)
        return STR("");
    return arena_printf(arena, "%ct=%lld", joint, (long long)seconds);
}

/* The page that people know, of a player that frames show; of a film that is
 * not listed with its key (h), without which nobody can see it. */
static struct str page_of(struct arena *arena, struct str url)
{
    struct str host = host_of(url);
    struct str video = part_behind(url, STR("/embed/"));
    if (str_eq(provider_of(host), STR("YouTube")) && video.len &&
        !str_eq(video, STR("videoseries")) &&
        !str_eq(video, STR("live_stream")))
        return arena_printf(
            arena, "https://www.youtube.com/watch?v=%" PRI_STR "%" PRI_STR,
            ARG_STR(video), ARG_STR(start_of(arena, url, '&')));
    video = part_behind(url, STR("/video/"));
    if (!str_eq(host, STR("player.vimeo.com")) || !video.len)
        return url;
    struct str key = part_behind(url, STR("?h="));
    if (!key.len)
        key = part_behind(url, STR("&h="));
    return arena_printf(arena,
                        "https://vimeo.com/%" PRI_STR "%s%" PRI_STR "%" PRI_STR,
                        ARG_STR(video), key.len ? "/" : "", ARG_STR(key),
                        ARG_STR(start_of(arena, url, '#')));
}

/* ---- Embeds
 * --------------------------------------------------------------------------
 */

static struct str clean_title(struct str title)
{
    title = utf8_cut(title, TITLE_BYTES_MAX);
    for (size_t i = 0; i < title.len; i++)
        if ((unsigned char)title.ptr[i] < 0x20 || title.ptr[i] == 0x7F)
            return STR(""); /* a title with control characters is none */
    return title;
}

bool convert_embed_url(struct converter *converter, struct str url,
                       struct str title)
{
    struct builder *builder = &converter->builder;
    if (str_starts_with(url, STR("//")))
        url = arena_concat(builder->arena, STR("https:"), url);
    bool is_web = str_starts_with(url, STR("https://")) ||
                  str_starts_with(url, STR("http://"));
    if (!is_web || !document_href_is_allowed(url) ||
        !builder_accepts(builder, DOCUMENT_EMBED))
        return false;
    url = arena_copy(builder->arena, page_of(builder->arena, url));
    struct document_node *embed = builder_block(builder, DOCUMENT_EMBED);
    document_set_str(builder->arena, embed, DOCUMENT_URL, url);
    document_set_str(builder->arena, embed, DOCUMENT_PROVIDER,
                     provider_of(host_of(url)));
    title = clean_title(title);
    if (title.len)
        document_set_str(builder->arena, embed, DOCUMENT_TITLE,
                         arena_copy(builder->arena, title));
    convert_is_shown(converter, embed);
    return true;
}

static struct str source_of(const GumboNode *node)
{
    struct str src = convert_attribute(node, "src");
    if (!src.len || str_starts_with(src, STR("about:")))
        src = convert_attribute(node, "data-src");
    const GumboVector *children = &node->v.element.children;
    for (unsigned i = 0; src.len == 0 && i < children->length; i++)
        if (convert_is(children->data[i], GUMBO_TAG_SOURCE))
            src = convert_attribute(children->data[i], "src");
    return src;
}

void convert_embed(struct converter *converter, const GumboNode *node)
{
    if (!convert_embed_url(converter, source_of(node),
                           convert_attribute(node, "title")))
        convert_is_lost(converter, "embed");
}

/* ---- Posts
 * --------------------------------------------------------------------------
 */

static bool is_status(const GumboNode *node)
{
    struct str href = convert_attribute(node, "href");
    return convert_is(node, GUMBO_TAG_A) &&
           (str_find(href, STR("/status/")) >= 0 ||
            str_find(href, STR("/post/")) >= 0);
}

bool convert_post(struct converter *converter, const GumboNode *node)
{
    static const struct {
        const char *mark;      /* of the class */
        const char *attribute; /* with the address; NULL: in a link */
    } posts[] = {
        {"twitter-tweet", NULL},
        {"twitter-video", NULL},
        {"bluesky-embed", NULL},
        {"instagram-media", "data-instgrm-permalink"},
        {"tiktok-embed", "cite"},
        {"fb-post", "data-href"},
        {"fb-video", "data-href"},
    };
    for (size_t i = 0; i < sizeof posts / sizeof *posts; i++) {
        if (!convert_class_has(node, posts[i].mark))
            continue;
        const GumboNode *link = posts[i].attribute
                                    ? node
                                    : convert_find(converter, node, is_status);
        const char *name = posts[i].attribute ? posts[i].attribute : "href";
        return link && convert_embed_url(
                           converter, convert_attribute(link, name), STR(""));
    }
    return false;
}
