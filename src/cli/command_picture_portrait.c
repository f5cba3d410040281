// SPDX-License-Identifier: Apache-2.0
/* picture portrait. */
#include "base/arena.h"
#include "cli/command_table.h"
#include "cli/newspaper.h"
#include "content/edit.h"
#include "content/media.h"
#include "content/person.h"

static enum err find_author(struct edit *edit, struct str slug,
                            struct person *ret_person)
{
    enum err err =
        person_find(edit->db, STR(""), slug, &edit->arena, ret_person);
    if (err == ERR_NOT_FOUND)
        return fault_set(edit->fault, err, "AUTHOR",
                         "nobody has the page .../author/%" PRI_STR
                         "; an author is named by the end of the address",
                         ARG_STR(slug));
    return err ? db_fault(edit->db, err, edit->fault) : ERR_OK;
}

/* A face has to be a picture; a film would be public and never shown. */
static enum err find_picture(struct edit *edit, struct str text,
                             struct id *ret_id)
{
    struct medium medium;
    if (str_eq(text, STR("none"))) {
        *ret_id = (struct id){0};
        return ERR_OK;
    }
    if (id_parse(text, ret_id))
        return fault_set(edit->fault, ERR_INVALID, "ID",
                         "'%" PRI_STR "' is no id of a picture: 13 digits such "
                         "as 62f9f7d471fdc, or none; 'broadsheet picture list' "
                         "tells them",
                         ARG_STR(text));
    enum err err = media_load(edit->db, ret_id, &edit->arena, &medium);
    if (err == ERR_NOT_FOUND)
        return fault_set(edit->fault, err, "ID",
                         "there is no picture %s; 'broadsheet picture list' "
                         "tells those that there are",
                         ret_id->text);
    if (err)
        return db_fault(edit->db, err, edit->fault);
    return medium.made != MEDIA_NO_PICTURE
               ? ERR_OK
               : fault_set(edit->fault, ERR_UNSUPPORTED, "ID",
                           "%s is no picture but of type %" PRI_STR,
                           ret_id->text, ARG_STR(medium.original.mime));
}

static enum err set_portrait(const struct command_line *line, struct edit *edit,
                             struct fault *fault)
{
    struct person person;
    struct id picture;
    (void)fault;
    enum err err = find_author(edit, str_from_c(line->arguments[0]), &person);
    if (!err)
        err = find_picture(edit, str_from_c(line->arguments[1]), &picture);
    return err ? err : person_set_picture(edit, &person.id, &picture);
}

static enum err run_portrait(const struct command_line *line,
                             struct fault *fault)
{
    return newspaper_change(line, set_portrait, fault);
}

const struct command command_picture_portrait = {
    .name = "picture portrait",
    .summary = "show a picture beside an author's name, on the author's page",
    .details = "It is cut to a square around its focal point: 'picture focus' "
               "moves that.",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            {.name = "AUTHOR", .summary = "the end of the page's address"},
            {.name = "ID", .summary = "the picture, or none"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"picture portrait elene-varsimidze 62f9f7d471fdc",
             "Her face on /en/author/elene-varsimidze"},
            {"picture portrait elene-varsimidze none", "Without it again"},
            {0}},
    .run = run_portrait,
};
