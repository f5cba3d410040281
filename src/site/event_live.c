// SPDX-License-Identifier: Apache-2.0
/* That a live blog changed: whoever has it open asks what. */
#include "content/live.h"
#include "render/value.h"
#include "site/event.h"

enum err event_of_live(struct event_making *making)
{
    struct live_blog blog;
    struct id id;
    if (id_parse(making->name, &id))
        return ERR_OK;
    enum err err = live_load(making->db, &id, &blog);
    if (err)
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    struct value *data = value_object(making->arena);
    value_set_c(data, "type", "posts");
    value_set_int(data, "seq", blog.seq);
    event_tell(making,
               arena_concat(making->arena, STR("article:"), making->name), data,
               false);
    return ERR_OK;
}
