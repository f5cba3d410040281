// SPDX-License-Identifier: Apache-2.0
/* exchange/ninjs.h: reads IPTC ninjs, versions 1 to 3, into one plain form.
 *
 * The versions differ in names only: version 3 writes versionCreated, version
 * 2 versioncreated, version 1 has body_html and an object of associations where
 * the later ones have lists. All of them are read at once, by their names, so
 * that a supplier who mixes them up is understood too. Members that are not
 * known are passed over; known ones of the wrong type are errors that name the
 * place, such as "bodies[0].value". */
#ifndef EXCHANGE_NINJS_H
#define EXCHANGE_NINJS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/hash.h"
#include "base/str.h"

struct arena;
struct json_t;

enum {
    NINJS_VALUE_BYTES_MAX = 16 * 1024 * 1024, /* one item, or {"items": […]} */
    NINJS_LIST_MAX = 1000,                    /* members of one list */
    NINJS_ASSOCIATION_DEPTH_MAX = 4,          /* items in items */
};

/* A headline, a description or a body. */
struct ninjs_text {
    struct str role;
    struct str content_type; /* "" when not said: text/plain */
    struct str value;
};

/* A person, place, organisation, subject, source, … */
struct ninjs_name {
    struct str name;
    struct str rel; /* of a source: its role */
    struct str uri;
    struct str literal; /* version 1: its code */
    struct str scheme;  /* of a subject: its creator */
};

struct ninjs_rendition {
    struct str name;
    struct str href;
    struct str content_type;
    int64_t width; /* of these, 0 when not said */
    int64_t height;
    int64_t size_bytes;
    int64_t seconds; /* how long it lasts */
};

struct ninjs_alt_id {
    struct str role;
    struct str value;
};

struct ninjs_texts {
    struct ninjs_text *items;
    size_t count;
};

struct ninjs_names {
    struct ninjs_name *items;
    size_t count;
};

struct ninjs_renditions {
    struct ninjs_rendition *items;
    size_t count;
};

struct ninjs_alt_ids {
    struct ninjs_alt_id *items;
    size_t count;
};

struct ninjs_item;

struct ninjs_items {
    struct ninjs_item *items;
    size_t count;
};

/* A point in time that may not be given. */
struct ninjs_time {
    bool is_set;
    int64_t us;
};

struct ninjs_item {
    struct str uri;
    struct str type; /* text, picture, video, … */
    struct str version;
    struct str language;
    struct str pub_status; /* usable, withheld, canceled, or "" */
    struct str title;
    struct str by;
    struct str slugline;
    struct str located;
    struct str ed_note;
    struct str copyright_holder;
    struct ninjs_time first_created;
    struct ninjs_time version_created;
    struct ninjs_time content_created;
    struct ninjs_time embargoed_until;
    struct str embargoed_reason;
    struct ninjs_time expires;
    int64_t urgency; /* 1 to 9; 0 when not said */
    struct ninjs_texts headlines;
    struct ninjs_texts descriptions;
    struct ninjs_texts bodies;
    struct ninjs_names subjects;
    struct ninjs_names people;
    struct ninjs_names organisations;
    struct ninjs_names places;
    struct ninjs_names events;
    struct ninjs_names objects;
    struct ninjs_names sources;
    struct ninjs_alt_ids alt_ids;
    struct ninjs_renditions renditions;
    struct ninjs_items associations;
    struct str name; /* of an association: main, inline-1, … */
    struct str rel;  /* likewise */

    /* SHA-256 of all of it, white space and order of members aside; of an
     * association: "". */
    char digest[DIGEST_HEX_BYTES];
};

/* The text with that role, compared without case; else the first one when
 * otherwise_first; else NULL. */
const struct ninjs_text *ninjs_text_of_role(const struct ninjs_texts *texts,
                                            struct str role,
                                            bool otherwise_first);

/* ---- A file: one item, a list of items, {"items": […]}, or several of these
 * one after another (a line each, as bulk exports have it). A file may be of
 * any length: one item of it is in memory at a time. -------------------------
 */

struct ninjs_file {
    const char *path;
    int fd;          /* -1: nothing comes behind text */
    struct buf text; /* what was read */
    size_t taken;    /* bytes of text that are done with */
    int64_t line;    /* what is not taken begins on, from 1 */
    bool began;      /* something else than white space was seen */
    enum ninjs_place {
        NINJS_OUTSIDE, /* of all brackets */
        NINJS_LIST_BEGUN,
        NINJS_BEHIND_ITEM, /* of a list */
        NINJS_BEHIND_COMMA,
    } place;
    struct fault failed;  /* reading more of a value */
    struct json_t *value; /* being walked over, or NULL */
    struct json_t *list;  /* of items, within value, or NULL */
    size_t next;          /* item of list */
    size_t count;         /* items given so far */
};

/* Borrows path. ERR_NOT_FOUND, …: the file cannot be opened. */
MUST_USE enum err ninjs_file_open(struct ninjs_file *file, const char *path,
                                  struct fault *fault);

/* A copy of the text stands for the file. */
void ninjs_file_init(struct ninjs_file *file, struct str text);
void ninjs_file_finish(struct ninjs_file *file); /* accepts NULL */

/* The next item, in arena. ERR_NOT_FOUND at the end; ERR_INVALID or
 * ERR_TOO_LONG for an item that is not ninjs: the next call gives the one
 * behind it. Behind a text that is not JSON, or that cannot be read, there is
 * none. */
MUST_USE enum err ninjs_file_next(struct ninjs_file *file, struct arena *arena,
                                  struct ninjs_item *ret_item,
                                  struct fault *fault);

#endif
