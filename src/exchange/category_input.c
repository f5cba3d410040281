// SPDX-License-Identifier: Apache-2.0
#include "exchange/category_input.h"

#include <stdint.h>

#include "base/arena.h"

enum err category_input_load(struct db *db, const struct id *id,
                             struct arena *arena,
                             struct category_input *ret_input)
{
    struct category_list list;
    enum err err = category_translations(db, id, arena, &list);
    if (err)
        return err;
    if (!list.count)
        return ERR_NOT_FOUND;
    struct category_name *names =
        arena_array(arena, struct category_name, list.count + 1);
    for (size_t i = 0; i < list.count; i++) {
        const struct category *category = &list.categories[i];
        names[i] = (struct category_name){
            .language = category->language,
            .slug = category->slug,
            .name = category->name,
            .description = category->description,
        };
    }
    *ret_input = (struct category_input){
        .id = *id,
        .parent = list.categories[0].parent,
        .position = list.categories[0].position,
        .names = names,
        .name_count = list.count,
    };
    return ERR_OK;
}

void category_input_set_name(struct category_input *input,
                             const struct category_name *name)
{
    /* category_input_load made them, with room for one more. */
    struct category_name *names =
        (struct category_name *)(uintptr_t)input->names;
    for (size_t i = 0; i < input->name_count; i++) {
        if (str_eq(names[i].language, name->language)) {
            names[i] = *name;
            return;
        }
    }
    names[input->name_count++] = *name;
}
