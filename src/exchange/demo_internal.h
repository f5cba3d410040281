// SPDX-License-Identifier: Apache-2.0
/* exchange/demo_internal.h: what the files of the demo share. */
#ifndef EXCHANGE_DEMO_INTERNAL_H
#define EXCHANGE_DEMO_INTERNAL_H

#include <jansson.h>

#include "base/fault.h"
#include "base/id.h"
#include "base/str.h"

struct arena;
struct edit;

/* A file of the sample newspaper, as JSON; the caller gives it back. */
MUST_USE enum err demo_load(const char *folder, const char *name,
                            struct arena *arena, json_t **ret_json,
                            struct fault *fault);

/* The member as a text, "" when it is not there; as long as the JSON. */
struct str demo_text(const json_t *object, const char *name);

/* Names, languages, settings, categories, tags, people, menus: site.json. */
MUST_USE enum err demo_make_site(struct edit *edit, const json_t *site,
                                 struct arena *arena);

/* P[nD][T[nH][nM]] in microseconds; false when it is none. */
bool demo_parse_age(struct str text, int64_t *ret_us);

/* An article of the index that is a live blog. */
struct demo_live {
    struct id article;
    struct str language;
    const json_t *json; /* its file: {"posts": […]} */
    struct str file;    /* for faults */
    int64_t now_us;     /* what ages count back from */
    int64_t started_us;
    int64_t ended_us; /* 0: it runs */
};

MUST_USE enum err demo_make_live(struct edit *edit,
                                 const struct demo_live *live,
                                 struct arena *arena);

#endif
