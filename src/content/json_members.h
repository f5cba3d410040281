// SPDX-License-Identifier: Apache-2.0
/* content/json_members.h: which members the objects have that people write: a
 * typing error is told, and not taken for something to be left out. What comes
 * from other programs by a standard of theirs is not looked at here. */
#ifndef CONTENT_JSON_MEMBERS_H
#define CONTENT_JSON_MEMBERS_H

#include "base/fault.h"

struct json_t;

enum { JSON_MEMBERS_LISTS = 3 };

struct json_members {
    const char *what; /* "an article" */

    /* The names, each list ending with NULL; lists that are not needed are
     * NULL, and an object may be without members. */
    const char *const *lists[JSON_MEMBERS_LISTS];

    /* Members of what we tell that are passed over when it comes back; or
     * NULL. */
    const char *const *told;

    const char *unless; /* with this one it is something else; or NULL */
    const char *help;   /* a command that tells them; NULL: they are listed */
};

/* A list: JSON_MEMBERS("from", "to"). */
#define JSON_MEMBERS(...) \
    (const char *const[]) \
    { \
        __VA_ARGS__, NULL \
    }

/* ERR_INVALID names the first member that is unknown and the nearest known one.
 * What is no object is for others to refuse. */
MUST_USE enum err json_members_check(const struct json_t *object,
                                     const struct json_members *members,
                                     struct fault *fault);

#endif
