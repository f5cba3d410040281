// SPDX-License-Identifier: Apache-2.0
#include "site/alert_model.h"

#include "content/alert.h"
#include "render/value.h"
#include "site/printing.h"

struct value *alert_value(struct arena *arena, const struct alert *alert)
{
    struct value *value = value_object(arena);
    value_set_str(value, "id", arena_copy(arena, id_str(&alert->id)));
    value_set_str(value, "label", alert->label);
    value_set_str(value, "text", alert->text);
    value_set_str(value, "url", alert->url);
    return value;
}

enum err alert_show(struct printing *p)
{
    struct alert alert;
    bool waits = p->path.page == SITE_PAGE_ARTICLE;
    change_keys_add(&p->keys, waits ? STR("bar:") : STR("alert:"), p->lang);
    enum err err = alert_load(p->db, p->lang, p->arena, &alert);
    if (err && err != ERR_NOT_FOUND)
        return printing_failed(p, err);
    if (err)
        value_set_bool(p->masthead, "alert", false);
    else
        value_set(p->masthead, "alert", alert_value(p->arena, &alert));
    return ERR_OK;
}
