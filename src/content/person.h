// SPDX-License-Identifier: Apache-2.0
/* content/person.h: those who write, draw and translate. */
#ifndef CONTENT_PERSON_H
#define CONTENT_PERSON_H

#include <stddef.h>

#include "base/id.h"
#include "base/str.h"
#include "store/db.h"

struct arena;
struct edit;

enum {
    PERSON_NAME_BYTES_MAX = 200,
    PERSON_BIO_BYTES_MAX = 4000,
};

/* A person as one language sees them: what it lacks is taken from the names
 * that hold in every language. */
struct person {
    struct id id;
    struct str slug; /* the same in all languages; unique */
    struct id picture;
    struct str name;
    struct str role; /* "Political editor" */
    struct str bio;
};

struct person_list {
    struct person *people; /* by name */
    size_t count;
};

struct person_name {
    struct str language; /* "" holds in every language */
    struct str name;
    struct str role;
    struct str bio;
};

struct person_input {
    struct id id;    /* none: a new one */
    struct str slug; /* "" is made of the first name */
    struct id picture;
    const struct person_name *names; /* at least one; those left out go */
    size_t name_count;
};

/* Emits author:<slug> before and after, and what shows their articles. An old
 * slug redirects. ERR_EXISTS for a slug that another has. */
MUST_USE enum err person_save(struct edit *edit,
                              const struct person_input *input,
                              struct id *ret_id);

/* Their portrait, or none. ERR_NOT_FOUND for a person or a medium that is not
 * there. */
MUST_USE enum err person_set_picture(struct edit *edit, const struct id *id,
                                     const struct id *picture);

/* ERR_CONFLICT while they stand in a byline. */
MUST_USE enum err person_remove(struct edit *edit, const struct id *id);

MUST_USE enum err person_find(struct db *db, struct str language,
                              struct str slug, struct arena *arena,
                              struct person *ret_person);
MUST_USE enum err person_load(struct db *db, struct str language,
                              const struct id *id, struct arena *arena,
                              struct person *ret_person);
MUST_USE enum err person_list(struct db *db, struct str language,
                              struct arena *arena,
                              struct person_list *ret_list);

#endif
