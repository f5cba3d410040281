// SPDX-License-Identifier: Apache-2.0
#include "edge/robots.h"

#include <assert.h>

/* Lower-case pieces of the User-Agent, as robots, libraries and watchers write
 * it (RFC 9110 §10.1.5: product names). Most robots that have a name have "bot"
 * or "crawl" in it. */
static const struct str words[] = {
    /* robots by what they do */
    STR_INIT("bot"),
    STR_INIT("crawl"),
    STR_INIT("spider"),
    STR_INIT("slurp"),
    STR_INIT("scrapy"),
    STR_INIT("archive"),
    STR_INIT("preview"),
    STR_INIT("fetch"),
    STR_INIT("validator"),
    STR_INIT("linkcheck"),
    /* robots by their names */
    STR_INIT("mediapartners"),
    STR_INIT("google-"), /* -InspectionTool, -Read-Aloud, -Safety … */
    STR_INIT("feedly"),
    STR_INIT("facebookexternalhit"),
    STR_INIT("meta-externalagent"),
    STR_INIT("embedly"),
    STR_INIT("whatsapp"),
    STR_INIT("ahrefs"),
    STR_INIT("semrush"),
    /* watchers and measurers */
    STR_INIT("monitor"),
    STR_INIT("uptime"),
    STR_INIT("pingdom"),
    STR_INIT("lighthouse"),
    STR_INIT("gtmetrix"),
    STR_INIT("headless"),
    STR_INIT("phantomjs"),
    STR_INIT("selenium"),
    /* libraries and tools */
    STR_INIT("curl/"),
    STR_INIT("wget"),
    STR_INIT("python"),
    STR_INIT("libwww"),
    STR_INIT("perl"),
    STR_INIT("rest-client"),
    STR_INIT("java/"),
    STR_INIT("okhttp"),
    STR_INIT("go-http"),
    STR_INIT("httpclient"),
    STR_INIT("axios"),
    STR_INIT("undici"),
    STR_INIT("aiohttp"),
    STR_INIT("guzzle"),
};

/* What has a word in it and is none: a maker of telephones. */
static const struct str not_robots[] = {STR_INIT("cubot")};

enum { WORDS = sizeof words / sizeof *words };

static_assert(WORDS <= 64, "a set of words is a number of 64 bits");

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static bool is_at(struct str text, size_t at, struct str word)
{
    if (text.len - at < word.len)
        return false;
    for (size_t i = 0; i < word.len; i++) {
        if (lower(text.ptr[at + i]) != (unsigned char)word.ptr[i])
            return false;
    }
    return true;
}

/* Whether the word at stands within one of not_robots. */
static bool is_excused(struct str text, size_t at)
{
    for (size_t i = 0; i < sizeof not_robots / sizeof *not_robots; i++) {
        size_t len = not_robots[i].len;
        for (size_t back = 0; back < len && back <= at; back++) {
            if (is_at(text, at - back, not_robots[i]))
                return true;
        }
    }
    return false;
}

void robots_init(struct robots *robots)
{
    *robots = (struct robots){.firsts = {0}};
    for (size_t i = 0; i < WORDS; i++) {
        robots->firsts[(unsigned char)words[i].ptr[0]] |= UINT64_C(1) << i;
        robots->seconds[(unsigned char)words[i].ptr[1]] |= UINT64_C(1) << i;
    }
}

static bool has_word(const struct robots *robots, struct str text)
{
    for (size_t at = 0; at + 1 < text.len; at++) {
        uint64_t some = robots->firsts[lower(text.ptr[at])] &
                        robots->seconds[lower(text.ptr[at + 1])];
        for (; some; some &= some - 1) {
            struct str word = words[__builtin_ctzll(some)];
            if (is_at(text, at, word) && !is_excused(text, at))
                return true;
        }
    }
    return false;
}

/* Names of requests that nobody has asked for yet (the Fetch standard's
 * Sec-Purpose, and what was written before it). */
static bool is_ahead(const struct http_fields *fields)
{
    static const struct str names[] = {
        STR_INIT("sec-purpose"), STR_INIT("purpose"), STR_INIT("x-purpose"),
        STR_INIT("x-moz")};
    for (unsigned i = 0; i < fields->count; i++) {
        const struct http_field *field = &fields->all[i];
        char last = field->name.ptr[field->name.len - 1];
        if (last != 'e' && last != 'E' && last != 'z' && last != 'Z')
            continue;
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            if (str_eq_ascii_case(field->name, names[k]) &&
                (is_at(field->value, 0, STR("prefetch")) ||
                 is_at(field->value, 0, STR("preview"))))
                return true;
        }
    }
    return false;
}

bool robots_is_one(const struct robots *robots,
                   const struct http_fields *fields)
{
    struct str agent = http_fields_known(fields, HTTP_FIELD_USER_AGENT);
    return !agent.len || has_word(robots, agent) || is_ahead(fields);
}
