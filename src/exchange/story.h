// SPDX-License-Identifier: Apache-2.0
/* exchange/story.h: an article as another system has it, read but not judged:
 * what the readers of WordPress, Ghost and RSS files make and story_import.h
 * takes. Texts are as they stood in the file and may hold markup; all are
 * borrowed. */
#ifndef EXCHANGE_STORY_H
#define EXCHANGE_STORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/str.h"

struct arena;

enum {
    STORY_DIGEST_BYTES = 33, /* 32 hexadecimal digits and a NUL */
    STORY_NAMES_MAX = 64,
    STORY_DROPPED_MAX = 32,
};

enum story_state {
    STORY_DRAFT,
    STORY_PUBLISHED, /* at published_us; scheduled when that lies ahead */
};

struct story_picture {
    struct str src; /* "" for none */
    struct str alt;
    struct str caption;
    struct str credit;
};

/* What is played beside it. */
struct story_recording {
    struct str src;     /* "" for none */
    struct str mime;    /* "audio/mpeg"; "" is told by the address */
    int64_t size_bytes; /* these two: 0 when it is not said */
    int64_t seconds;
};

struct story_person {
    struct str key; /* by which its system knows them */
    struct str name;
    struct str slug; /* or "" */
    struct str bio;
    struct str picture; /* its source, or "" */
};

struct story_category {
    const struct story_category *parent; /* or NULL */
    struct str key;
    struct str slug; /* as it was; may be none of ours */
    struct str name;
    struct str description;
    bool only_known; /* never made: a tag where the newspaper has none such */
};

struct story_tag {
    struct str name;
    struct str slug; /* as it was, or "" */
};

/* What did not come along, by kind: "comment", "script". */
struct story_dropped {
    struct str what;
    int64_t count;
};

struct story {
    struct str id;  /* by which its system knows it; required */
    int64_t number; /* of the file's items, from 1 */
    int64_t line;   /* where it begins; 0: not known */

    struct str language;     /* or "" */
    struct str translations; /* what its translations share, or "" */
    struct str title;
    struct str excerpt;
    struct str body;
    bool body_is_plain; /* an empty line parts paragraphs */
    struct str slug;
    enum story_state state;
    const char *why_draft; /* when its system shows it all the same */
    int64_t created_us;    /* of these, 0 is: not said */
    int64_t published_us;
    int64_t updated_us;
    bool lead;
    struct str source;    /* agency or paper */
    struct str seo_title; /* these two: "" when they say nothing of their own */
    struct str seo_description;
    struct str canonical;
    struct story_picture picture;
    struct story_recording recording;

    struct story_person people[STORY_NAMES_MAX];
    size_t person_count;
    const struct story_category *categories[STORY_NAMES_MAX];
    size_t category_count;
    struct story_tag tags[STORY_NAMES_MAX];
    size_t tag_count;
    struct str old_addresses[STORY_NAMES_MAX]; /* full, or paths */
    size_t old_address_count;

    struct story_dropped dropped[STORY_DROPPED_MAX];
    size_t dropped_count;
};

/* Where a reader of files gives its stories, and what becomes none. An error of
 * story() ends the reading with it. */
struct story_sink {
    void *context;
    enum err (*story)(void *context, const struct story *story,
                      struct fault *fault);
    void (*refuse)(void *context, int64_t number, const char *cause);
    void (*drop)(void *context, struct str what, int64_t count);
};

/* These leave out what is too much. */
void story_add_tag(struct story *story, struct story_tag tag);
void story_add_address(struct story *story, struct str address);
void story_drop(struct story *story, struct str what, int64_t count);

/* The type that it is, or by its name has to be; "" when that is nothing to be
 * played. */
struct str story_recording_type(const struct story_recording *recording);

/* "923", "15:23" or "00:15:23" in seconds; 0 for anything else. */
int64_t story_seconds(struct str text);

/* A copy with all that it refers to, in arena. */
struct story *story_copy(const struct story *story, struct arena *arena);

/* Of all its texts together. */
size_t story_bytes(const struct story *story);

/* Of all that it says; the same for the same. */
void story_digest(const struct story *story, char target[STORY_DIGEST_BYTES]);

/* "https://old.example/2020/05/%C3%A9t%C3%A9/?x" → "/2020/05/été": as a path of
 * this site, without the slash at its end. "" when there is none that could
 * lead anywhere. */
struct str story_path_of(struct str address, struct arena *arena);

#endif
