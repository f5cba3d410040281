// SPDX-License-Identifier: Apache-2.0
/* A channel went on or off the air, or what is on it has changed. */
#include "base/arena.h"
#include "content/channel.h"
#include "render/value.h"
#include "site/event.h"

enum err event_of_channel(struct event_making *making)
{
    struct channel channel;
    enum err err =
        channel_load(making->db, making->name, making->arena, &channel);
    if (err == ERR_NOT_FOUND)
        channel = (struct channel){.air_us = 0};
    else if (err)
        return err;
    struct value *data = value_object(making->arena);
    value_set_c(data, "type", "air");
    value_set_str(data, "channel", making->name);
    value_set_bool(data, "on", channel.air_us != 0);
    event_tell(making, STR("air:all"), data, false);
    return ERR_OK;
}
