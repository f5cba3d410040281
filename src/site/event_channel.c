// SPDX-License-Identifier: Apache-2.0
/* A channel went on or off the air, or its schedule moved on: whoever has a
 * page open that is no article's is told, in every language. */
#include "content/channel.h"
#include "content/language.h"
#include "render/value.h"
#include "site/event.h"

enum err event_of_channel(struct event_making *making)
{
    struct language_list languages;
    struct channel channel;
    enum err err =
        channel_load(making->db, making->name, making->arena, &channel);
    if (err == ERR_NOT_FOUND)
        channel = (struct channel){.air_us = 0};
    else if (err)
        return err;
    err = language_list(making->db, making->arena, &languages);
    for (size_t i = 0; !err && i < languages.count; i++) {
        struct value *data = value_object(making->arena);
        value_set_c(data, "type", "air");
        value_set_str(data, "channel", making->name);
        value_set_bool(data, "on", channel.air_us != 0);
        event_tell(making,
                   arena_concat(making->arena, STR("front:"),
                                languages.languages[i].code),
                   data, false);
    }
    return err;
}
