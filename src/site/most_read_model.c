// SPDX-License-Identifier: Apache-2.0
#include "site/most_read_model.h"

#include "content/most_read.h"
#include "render/value.h"
#include "site/printing.h"
#include "site/story_model.h"

enum { SHOWN = 5, SHOWN_MIN = 3 /* fewer are no list */ };

enum err most_read_set(struct printing *p, struct value *object,
                       const struct id *category)
{
    struct most_read of = {.language = p->lang, .category = category};
    struct most_read_list list;
    enum err err = most_read_best(p->db, &of, SHOWN, p->arena, &list);
    if (err)
        return printing_failed(p, err);
    struct value *stories = value_set_list(object, "most_read");
    bool shown = list.count >= SHOWN_MIN;
    for (size_t i = 0; shown && i < list.count; i++)
        story_fill(p, value_add_object(stories), &list.entries[i].card,
                   STORY_BRIEF, 0);
    value_set_bool(object, "has_most_read", shown);
    change_keys_add(&p->keys, most_read_key(&of, p->arena), STR(""));
    return ERR_OK;
}
