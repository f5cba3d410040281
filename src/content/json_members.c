// SPDX-License-Identifier: Apache-2.0
#include "content/json_members.h"

#include <assert.h>
#include <jansson.h>
#include <string.h>

#include "base/buf.h"
#include "base/suggest.h"

static bool is_in(const char *const *list, const char *name)
{
    for (; list && *list; list++)
        if (strcmp(*list, name) == 0)
            return true;
    return false;
}

static bool is_known(const struct json_members *members, const char *name)
{
    bool known = is_in(members->told, name);
    for (int i = 0; i < JSON_MEMBERS_LISTS; i++)
        known |= is_in(members->lists[i], name);
    return known;
}

/* The nearest, or NULL; all of them, if need be. */
static const char *look_through(const struct json_members *members,
                                const char *name, struct buf *all)
{
    struct suggestion suggestion = suggestion_for(name);
    for (int i = 0; i < JSON_MEMBERS_LISTS; i++)
        for (const char *const *at = members->lists[i]; at && *at; at++) {
            suggestion_offer(&suggestion, *at);
            buf_printf(all, "%s\"%s\"", buf_str(all).len ? ", " : "", *at);
        }
    return suggestion.best;
}

static enum err refuse(const struct json_members *members, const char *name,
                       struct fault *fault)
{
    DEFER(buf_finish) struct buf all;
    buf_init(&all, FAULT_MESSAGE_BYTES_MAX);
    const char *best = look_through(members, name, &all);
    if (best)
        return fault_set(fault, ERR_INVALID, name,
                         "%s has no member \"%s\"; did you mean \"%s\"?",
                         members->what, name, best);
    if (members->help)
        return fault_set(fault, ERR_INVALID, name,
                         "%s has no member \"%s\"; '%s' tells which it may "
                         "have",
                         members->what, name, members->help);
    struct str names = buf_str(&all);
    return fault_set(fault, ERR_INVALID, name,
                     "%s has no member \"%s\"; it may have %" PRI_STR,
                     members->what, name,
                     ARG_STR(names.len ? names : STR("none")));
}

enum err json_members_check(const json_t *object,
                            const struct json_members *members,
                            struct fault *fault)
{
    assert(members);
    if (members->unless && json_object_get(object, members->unless))
        return ERR_OK;
    for (void *at = json_object_iter((json_t *)object); at;
         at = json_object_iter_next((json_t *)object, at)) {
        const char *name = json_object_iter_key(at);
        if (!is_known(members, name))
            return refuse(members, name, fault);
    }
    return ERR_OK;
}
