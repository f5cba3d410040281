// SPDX-License-Identifier: Apache-2.0
/* Breaking news was set or taken away. */
#include "content/alert.h"
#include "render/value.h"
#include "site/alert_model.h"
#include "site/event.h"

enum err event_of_alert(struct event_making *making)
{
    struct alert alert;
    enum err err = alert_load(making->db, making->name, making->arena, &alert);
    if (err && err != ERR_NOT_FOUND)
        return err;
    struct value *data =
        err ? value_object(making->arena) : alert_value(making->arena, &alert);
    value_set_c(data, "type", err ? "clear" : "set");
    event_tell(making, making->change->key, data, false);
    return ERR_OK;
}
