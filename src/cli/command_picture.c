// SPDX-License-Identifier: Apache-2.0
/* picture add, show, focus, list, make. */
#include <jansson.h>

#include "base/arena.h"
#include "base/file.h"
#include "cli/command_table.h"
#include "cli/newspaper.h"
#include "content/picture.h"

enum {
    LIST_STANDARD = 20,
    MAKE_AT_ONCE = 64,
};

/* ---- What all of them need -------------------------------------------------
 */

/* A newspaper to write into, and the helper that makes pictures for it. */
struct studio {
    const struct command_line *line;
    struct content *content;
    struct image_helper *helper;
    struct picture_work work;
};

static void on_progress(void *context, size_t done, size_t total)
{
    output_progress(context, "renditions", (int64_t)done, (int64_t)total);
}

static void studio_close(struct studio *studio)
{
    output_progress_end(studio->line->output);
    image_helper_destroy(studio->helper);
    newspaper_close(&studio->content);
}

static enum err studio_open(const struct command_line *line,
                            struct studio *studio, struct fault *fault)
{
    const char *program;
    studio->line = line;
    enum err err = newspaper_helper("image", line->arena, &program, fault);
    if (!err)
        err = newspaper_open_writing(line, &studio->content, fault);
    if (err)
        return err;
    studio->helper = image_helper_create(program, false);
    if (!studio->helper)
        return ERR_NO_MEMORY;
    studio->work = (struct picture_work){
        .content = studio->content,
        .helper = studio->helper,
        .actor = STR("cli"),
        .progress = on_progress,
        .context = line->output,
    };
    return ERR_OK;
}

static enum err studio_sync(struct studio *studio, struct fault *fault)
{
    output_progress_end(studio->line->output);
    return newspaper_sync(studio->line, studio->work.seq, fault);
}

static enum err parse_id(const char *text, struct id *ret_id,
                         struct fault *fault)
{
    if (id_parse(str_from_c(text), ret_id))
        return fault_set(fault, ERR_INVALID, "ID",
                         "'%s' is no id of a picture: 13 digits such as "
                         "62f9f7d471fdc; 'broadsheet picture list' tells them",
                         text);
    return ERR_OK;
}

/* "50%", "33.5%" or "500": thousandths of a side. */
static enum err parse_focus(const char *text, int64_t *ret_focus,
                            struct fault *fault)
{
    char *end;
    double number = strtod(text, &end);
    bool percent = *end == '%';
    double thousandths = percent ? number * 10 : number;
    if (end == text || end[percent] || !(thousandths >= 0) ||
        thousandths > MEDIA_FOCUS_MAX)
        return fault_set(fault, ERR_USAGE, "focus",
                         "'%s' is no place in a picture: it is told from the "
                         "left and from the top, each as 0%% to 100%%, such as "
                         "62%% 35%%",
                         text);
    *ret_focus = (int64_t)(thousandths + 0.5);
    return ERR_OK;
}

static enum err load(const struct command_line *line, struct content *content,
                     const struct id *id, struct medium *ret_medium,
                     struct fault *fault)
{
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    enum err err = media_load(lease.db, id, line->arena, ret_medium);
    if (err == ERR_NOT_FOUND)
        return fault_set(fault, err, "ID",
                         "there is no picture %s; 'broadsheet picture list' "
                         "tells those that there are",
                         id->text);
    return err ? db_fault(lease.db, err, fault) : ERR_OK;
}

/* ---- show ------------------------------------------------------------------
 */

static struct str focus_text(const struct medium *medium, struct arena *arena)
{
    if (medium->focus_x == MEDIA_FOCUS_AUTO)
        return STR("found by itself");
    return arena_printf(arena, "%.1f%% from the left, %.1f%% from the top",
                        (double)medium->focus_x / 10,
                        (double)medium->focus_y / 10);
}

static void show_line(struct output *output, const char *name, struct str value)
{
    if (!value.len)
        return;
    output_printf(output, "%-10s ", name);
    output_text(output, value);
    output_printf(output, "\n");
}

static enum err show_renditions(const struct command_line *line,
                                const struct medium *medium)
{
    static const char *const heads[] = {"cut",   "type", "width", "height",
                                        "bytes", "path", NULL};
    DEFER(output_table_finish) struct output_table table;
    output_table_init(&table, heads);
    for (size_t i = 0; i < medium->rendition_count; i++) {
        const struct rendition *rendition = &medium->renditions[i];
        char name[BLOB_PUBLIC_BYTES];
        blob_public_name(&rendition->blob, name);
        struct str cells[] = {
            rendition->ratio.len ? rendition->ratio : STR("whole"),
            rendition->mime,
            arena_printf(line->arena, "%lld", (long long)rendition->width),
            arena_printf(line->arena, "%lld", (long long)rendition->height),
            arena_printf(line->arena, "%lld", (long long)rendition->size_bytes),
            arena_printf(line->arena, "/media/%s", name),
        };
        for (size_t c = 0; c < sizeof cells / sizeof *cells; c++)
            output_table_cell(&table, cells[c]);
    }
    return output_table_write(&table, line->output);
}

static enum err show(const struct command_line *line,
                     const struct medium *medium)
{
    struct output *output = line->output;
    struct arena *arena = line->arena;
    show_line(output, "id", id_str(&medium->id));
    show_line(output, "file", medium->filename);
    show_line(output, "type", medium->original.mime);
    show_line(output, "size",
              arena_printf(arena, "%lld × %lld",
                           (long long)medium->original.width,
                           (long long)medium->original.height));
    show_line(output, "alt", medium->alt);
    show_line(output, "caption", medium->caption);
    show_line(output, "credit", medium->credit);
    show_line(output, "focus", focus_text(medium, arena));
    show_line(output, "state", str_from_c(media_made_name(medium->made)));
    show_line(output, "problem", medium->problem);
    output_printf(output, "\n");
    return show_renditions(line, medium);
}

static void set_text(json_t *object, const char *name, struct str text)
{
    json_object_set_new(object, name, json_stringn(text.ptr, text.len));
}

static json_t *rendition_json(const struct rendition *rendition)
{
    char name[BLOB_PUBLIC_BYTES];
    blob_public_name(&rendition->blob, name);
    json_t *object =
        json_pack("{s:I, s:I, s:I}", "width", (json_int_t)rendition->width,
                  "height", (json_int_t)rendition->height, "bytes",
                  (json_int_t)rendition->size_bytes);
    set_text(object, "type", rendition->mime);
    set_text(object, "cut", rendition->ratio);
    json_object_set_new(object, "path", json_sprintf("/media/%s", name));
    return object;
}

static json_t *medium_json(const struct medium *medium)
{
    json_t *list = json_array();
    json_t *object =
        json_pack("{s:s, s:I, s:I, s:s, s:b}", "id", medium->id.text, "width",
                  (json_int_t)medium->original.width, "height",
                  (json_int_t)medium->original.height, "state",
                  media_made_name(medium->made), "original_is_public",
                  (int)media_original_is_public(medium));
    set_text(object, "file", medium->filename);
    set_text(object, "type", medium->original.mime);
    set_text(object, "alt", medium->alt);
    set_text(object, "caption", medium->caption);
    set_text(object, "credit", medium->credit);
    set_text(object, "problem", medium->problem);
    if (medium->focus_x != MEDIA_FOCUS_AUTO)
        json_object_set_new(object, "focus",
                            json_pack("[I, I]", (json_int_t)medium->focus_x,
                                      (json_int_t)medium->focus_y));
    for (size_t i = 0; i < medium->rendition_count; i++)
        json_array_append_new(list, rendition_json(&medium->renditions[i]));
    json_object_set_new(object, "renditions", list);
    return object;
}

static enum err run_show(const struct command_line *line, struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    struct id id;
    struct medium medium;
    enum err err = parse_id(line->arguments[0], &id, fault);
    if (!err)
        err = newspaper_open_reading(line, &content, fault);
    if (!err)
        err = load(line, content, &id, &medium, fault);
    if (err)
        return err;
    return command_flag(line, "json")
               ? output_json(line->output, medium_json(&medium))
               : show(line, &medium);
}

const struct command command_picture_show = {
    .name = "picture show",
    .summary = "tell what a picture is, and its renditions",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments =
        (const struct command_argument[]){
            {.name = "ID", .summary = "the picture"}, {0}},
    .examples =
        (const struct command_example[]){
            {"picture show 62f9f7d471fdc", "Sizes, types and addresses"}, {0}},
    .run = run_show,
};

/* ---- add -------------------------------------------------------------------
 */

static struct str base_name(const char *path)
{
    struct str whole = str_from_c(path);
    return str_from(whole, (size_t)(str_find_last_char(whole, '/') + 1));
}

static enum err read_input(const struct command_line *line,
                           struct picture_input *input, struct fault *fault)
{
    const char *const *focus;
    const char *path = line->arguments[0];
    *input = (struct picture_input){
        .filename = base_name(path),
        .alt = str_from_c(command_value(line, "alt")),
        .caption = str_from_c(command_value(line, "caption")),
        .credit = str_from_c(command_value(line, "credit")),
        .focus_x = MEDIA_FOCUS_AUTO,
        .focus_y = MEDIA_FOCUS_AUTO,
    };
    size_t given = command_values(line, "focus", &focus);
    if (given != 0 && given != 2)
        return fault_set(fault, ERR_USAGE, "focus",
                         "--focus is given twice: from the left, and from the "
                         "top, such as --focus 62%% --focus 35%%");
    enum err err =
        given ? parse_focus(focus[0], &input->focus_x, fault) : ERR_OK;
    if (!err && given)
        err = parse_focus(focus[1], &input->focus_y, fault);
    return err ? err
               : file_read(path, IMAGE_BYTES_MAX, line->arena, &input->bytes,
                           fault);
}

static enum err print_added(const struct command_line *line,
                            struct content *content, const struct id *id,
                            bool known, struct fault *fault)
{
    struct medium medium;
    enum err err = load(line, content, id, &medium, fault);
    if (err)
        return err;
    if (known)
        output_tell(line->output, "This picture is there already.");
    else if (medium.credit.len)
        output_tell(line->output, "Credit: %.*s", ARG_STR(medium.credit));
    if (command_flag(line, "json"))
        return output_json(line->output, medium_json(&medium));
    output_printf(line->output, "%s\n", id->text);
    return ERR_OK;
}

static enum err run_add(const struct command_line *line, struct fault *fault)
{
    DEFER(studio_close) struct studio studio = {.line = line};
    struct picture_input input;
    struct id id;
    bool known = false;
    enum err err = read_input(line, &input, fault);
    if (!err)
        err = studio_open(line, &studio, fault);
    if (!err)
        err = picture_add(&studio.work, &input, &id, &known, fault);
    if (!err)
        err = studio_sync(&studio, fault);
    return err ? err : print_added(line, studio.content, &id, known, fault);
}

const struct command command_picture_add = {
    .name = "picture add",
    .summary = "add a picture, in all sizes and types that readers need",
    .details =
        "JPEG, PNG, WebP, AVIF, HEIC and GIF are read (of one that moves, the "
        "first frame). Readers get AVIF, WebP and JPEG without what the camera "
        "wrote into the file; the credit that it names is kept. The file "
        "itself stays private.",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments =
        (const struct command_argument[]){
            {.name = "FILE", .summary = "the picture"}, {0}},
    .options =
        (const struct command_option[]){
            {"alt", 0, false, "TEXT", "what is to be seen, for who cannot"},
            {"caption", 0, false, "TEXT", "what stands below it"},
            {"credit", 0, false, "TEXT",
             "who made it (default: as the file says)"},
            {"focus", 0, true, "PLACE",
             "what no cut may lose, from the left and, given again, from the "
             "top"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"picture add bridge.jpg --alt 'The new bridge at dawn'",
             "Tells its id, for an article's \"picture\""},
            {"picture add speaker.jpg --focus 62% --focus 35%",
             "The speaker's face stays in every cut"},
            {0}},
    .run = run_add,
};

/* ---- focus -----------------------------------------------------------------
 */

static enum err run_focus(const struct command_line *line, struct fault *fault)
{
    DEFER(studio_close) struct studio studio = {.line = line};
    struct id id;
    int64_t x = MEDIA_FOCUS_AUTO, y = MEDIA_FOCUS_AUTO;
    bool automatic = str_eq(str_from_c(line->arguments[1]), STR("auto"));
    enum err err = parse_id(line->arguments[0], &id, fault);
    if (!err && !automatic && line->argument_count < 3)
        err = fault_set(fault, ERR_USAGE, "Y",
                        "a place is told from the left and from the top, such "
                        "as 62%% 35%%, or as auto");
    if (!err && !automatic)
        err = parse_focus(line->arguments[1], &x, fault);
    if (!err && !automatic)
        err = parse_focus(line->arguments[2], &y, fault);
    if (!err)
        err = studio_open(line, &studio, fault);
    if (!err)
        err = picture_set_focus(&studio.work, &id, x, y, fault);
    return err ? err : studio_sync(&studio, fault);
}

const struct command command_picture_focus = {
    .name = "picture focus",
    .summary = "say what no cut of a picture may lose",
    .details = "Lists show pictures cut to 3:2, openings and films to 16:9, "
               "portraits to a square. Without a focal point the part that "
               "looks most interesting is taken.",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            {.name = "ID", .summary = "the picture"},
            {.name = "X", .summary = "from the left, such as 62%, or auto"},
            {.name = "Y", .summary = "from the top", .optional = true},
            {0}},
    .examples = (const struct command_example[]){{"picture focus 62f9f7d471fdc "
                                                  "62% 35%",
                                                  "A face up on the right"},
                                                 {"picture focus 62f9f7d471fdc "
                                                  "auto",
                                                  "Let it be found"},
                                                 {0}},
    .run = run_focus,
};

/* ---- list ------------------------------------------------------------------
 */

static enum err print_list(const struct command_line *line,
                           const struct media_list *list)
{
    static const char *const heads[] = {"id",     "size", "state", "files",
                                        "credit", "file", NULL};
    DEFER(output_table_finish) struct output_table table;
    output_table_init(&table, heads);
    for (size_t i = 0; i < list->count; i++) {
        const struct medium *medium = &list->media[i];
        struct str cells[] = {
            id_str(&medium->id),
            arena_printf(line->arena, "%lld×%lld",
                         (long long)medium->original.width,
                         (long long)medium->original.height),
            str_from_c(media_made_name(medium->made)),
            arena_printf(line->arena, "%zu", medium->rendition_count),
            medium->credit,
            medium->filename,
        };
        for (size_t c = 0; c < sizeof cells / sizeof *cells; c++)
            output_table_cell(&table, cells[c]);
    }
    return output_table_write(&table, line->output);
}

static enum err print_list_json(const struct command_line *line,
                                const struct media_list *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(array, medium_json(&list->media[i]));
    return output_json(line->output, array);
}

static enum err run_list(const struct command_line *line, struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    int64_t limit;
    struct media_list list = {0};
    enum err err =
        command_number(line, "limit", 1, 100000, LIST_STANDARD, &limit, fault);
    if (!err)
        err = newspaper_open_reading(line, &content, fault);
    if (err)
        return err;
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    err = media_list(lease.db, NULL, (size_t)limit, line->arena, &list);
    if (err)
        return db_fault(lease.db, err, fault);
    return command_flag(line, "json") ? print_list_json(line, &list)
                                      : print_list(line, &list);
}

const struct command command_picture_list = {
    .name = "picture list",
    .summary = "list pictures, the newest first",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .options =
        (const struct command_option[]){
            {"limit", 'n', false, "N", "at most so many (default: 20)"}, {0}},
    .examples =
        (const struct command_example[]){{"picture list", "The newest"}, {0}},
    .run = run_list,
};

/* ---- make ------------------------------------------------------------------
 */

/* A picture that cannot be read does not keep others from being made. */
static enum err make_one(struct studio *studio, const struct id *id,
                         int64_t *failed)
{
    struct fault fault = {0};
    enum err err = picture_make(&studio->work, id, &fault);
    output_progress_end(studio->line->output);
    if (!err) {
        output_tell(studio->line->output, "%s is made.", id->text);
        return ERR_OK;
    }
    ++*failed;
    output_error(studio->line->output, &fault);
    return err == ERR_IO || err == ERR_FULL || err == ERR_NO_MEMORY ? err
                                                                    : ERR_OK;
}

static enum err make_named(struct studio *studio, int64_t *failed,
                           struct fault *fault)
{
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < studio->line->argument_count; i++) {
        struct id id;
        err = parse_id(studio->line->arguments[i], &id, fault);
        if (!err)
            err = make_one(studio, &id, failed);
    }
    return err;
}

static enum err read_waiting(struct studio *studio, struct picture_ids *ret_ids,
                             struct fault *fault)
{
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(studio->content);
    enum err err =
        picture_waiting(lease.db, MAKE_AT_ONCE, studio->line->arena, ret_ids);
    return err ? db_fault(lease.db, err, fault) : ERR_OK;
}

/* What cannot be read waits no more. */
static enum err make_waiting(struct studio *studio, int64_t *failed,
                             struct fault *fault)
{
    struct picture_ids ids = {0};
    enum err err;
    do {
        err = read_waiting(studio, &ids, fault);
        for (size_t i = 0; !err && i < ids.count; i++)
            err = make_one(studio, &ids.ids[i], failed);
    } while (!err && ids.count);
    return err;
}

static enum err run_make(const struct command_line *line, struct fault *fault)
{
    DEFER(studio_close) struct studio studio = {.line = line};
    int64_t failed = 0;
    enum err err = studio_open(line, &studio, fault);
    if (!err)
        err = line->argument_count ? make_named(&studio, &failed, fault)
                                   : make_waiting(&studio, &failed, fault);
    if (!err)
        err = studio_sync(&studio, fault);
    if (!err && failed)
        err = fault_set(fault, ERR_INVALID, NULL,
                        "%lld could not be made; readers get them as they came",
                        (long long)failed);
    return err;
}

const struct command command_picture_make = {
    .name = "picture make",
    .summary = "make renditions now, of those that wait or of some anew",
    .details = "A newspaper that is served makes them by itself, when nothing "
               "else is to be done.",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            {.name = "ID",
             .summary = "these (default: all that wait)",
             .optional = true,
             .many = true},
            {0}},
    .examples =
        (const struct command_example[]){
            {"picture make", "All that an import left"},
            {"picture make 62f9f7d471fdc", "One of them, anew"},
            {0}},
    .run = run_make,
};
