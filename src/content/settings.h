// SPDX-License-Identifier: Apache-2.0
/* content/settings.h: what an operator can set, in one table: type, default,
 * check and description. Command line help and the manual are made from it. */
#ifndef CONTENT_SETTINGS_H
#define CONTENT_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/str.h"
#include "store/db.h"

struct arena;
struct edit;

enum setting_kind {
    SETTING_TEXT,     /* one line, at most 500 bytes */
    SETTING_ADDRESS,  /* "" or https://host without a path */
    SETTING_ZONE,     /* an IANA zone */
    SETTING_PATTERN,  /* an ICU date pattern */
    SETTING_LANGUAGE, /* one of the newspaper's languages */
    SETTING_NUMBER,   /* a whole number, not negative */
    SETTING_BYTES,    /* a number of bytes, "256 MiB" */
    SETTING_SWITCH,   /* yes or no */
    SETTING_LINES,    /* several lines, at most SETTING_LINES_BYTES_MAX */
    SETTING_LINK,     /* "" or an address with a path */
    SETTING_HOSTS,    /* IP addresses, each with a port or without, blanks
                         between */
};

/* clang-format off */
/*    name, kind, default, per language?, description */
#define SETTINGS(X) \
    X(name,        TEXT,     "Broadsheet",     true,  "name of the newspaper") \
    X(tagline,     TEXT,     "",               true,  "a line under the name") \
    X(description, TEXT,     "",               true,  "a sentence for search engines and feeds") \
    X(place,       TEXT,     "",               true,  "where the newspaper appears, shown beside the date") \
    X(publisher,   TEXT,     "",               true,  "who publishes it, for the imprint and the copyright line") \
    X(contact,     TEXT,     "",               false, "electronic mail address for readers") \
    X(address,     ADDRESS,  "",               false, "public address, such as https://example.org; needed by feeds, sitemaps, cards") \
    X(language,    LANGUAGE, "en",             false, "the language of the address /") \
    X(zone,        ZONE,     "UTC",            false, "time zone of all dates, such as Asia/Tbilisi") \
    X(date_pattern, PATTERN, "dd.MM.yy HH:mm", true,  "how a date and time is written") \
    X(list_length, NUMBER,   "20",             false, "stories a list shows at a time") \
    X(newest_pinned, NUMBER, "2000",           false, "how many of the newest articles are kept printed") \
    X(page_memory, BYTES,    "256 MiB",        false, "memory for printed pages, of each edge") \
    X(make_pictures, SWITCH, "yes",            false, "whether pictures of imports are made for readers in the background: yes or no") \
    X(ai_crawlers, SWITCH,   "yes",            false, "whether robots.txt lets in crawlers that collect texts for AI: yes or no") \
    X(llms_txt,    SWITCH,   "no",             false, "whether /llms.txt tells programs that answer questions where things are: yes or no") \
    X(robots,      LINES,    "",               false, "further lines of robots.txt") \
    X(websub_hub,  LINK,     "",               false, "another hub that is told of changes and named in feeds; empty: the newspaper's own") \
    X(fetch_allow, HOSTS,    "",               false, "private addresses that may be fetched from, such as 10.0.0.7:8080; mostly none")
/* clang-format on */

#define SETTING_C_TEXT struct str
#define SETTING_C_ADDRESS struct str
#define SETTING_C_ZONE struct str
#define SETTING_C_PATTERN struct str
#define SETTING_C_LANGUAGE struct str
#define SETTING_C_NUMBER int64_t
#define SETTING_C_BYTES int64_t
#define SETTING_C_SWITCH bool
#define SETTING_C_LINES struct str
#define SETTING_C_LINK struct str
#define SETTING_C_HOSTS struct str

/* All of them, read once: settings.name, settings.page_memory … */
struct settings {
#define X(name, kind, standard, per_language, description) \
    SETTING_C_##kind name;
    SETTINGS(X)
#undef X
};

struct setting {
    const char *name;
    enum setting_kind kind;
    const char *standard; /* the default */
    bool per_language;
    const char *description;
};

enum {
#define X(name, kind, standard, per_language, description) +1
    SETTING_COUNT = 0 SETTINGS(X),
#undef X
    SETTING_BYTES_MAX = 500,
    SETTING_LINES_BYTES_MAX = 8000,
};

extern const struct setting setting_table[SETTING_COUNT];

/* NULL when there is none of that name ('-' reads as '_'). */
const struct setting *setting_find(struct str name);

/* As language sees them; "" for what holds in every language. Texts live in
 * arena. */
MUST_USE enum err settings_load(struct db *db, struct str language,
                                struct arena *arena,
                                struct settings *ret_settings);

/* One of them as it was written, or its default. ERR_NOT_FOUND for an unknown
 * name. */
MUST_USE enum err setting_get(struct db *db, struct str name,
                              struct str language, struct arena *arena,
                              struct str *ret_value);

/* Checks and stores; language "" for all. Emits settings. ERR_NOT_FOUND for an
 * unknown name, ERR_INVALID says what is wrong. */
MUST_USE enum err setting_set(struct edit *edit, struct str name,
                              struct str language, struct str value);

/* Back to the default (or, with a language, to what holds for all). */
MUST_USE enum err setting_unset(struct edit *edit, struct str name,
                                struct str language);

#endif
