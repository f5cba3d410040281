// SPDX-License-Identifier: Apache-2.0
#include "render/catalogue.h"

#include <assert.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "render/catalogue_internal.h"
#include "render/folder_source.h"
#include "render/locale.h"
#include "render/message.h"
#include "render/value.h"

enum { LANGUAGES_MAX = 128 };

static const char *const ENDINGS[] = {".properties", NULL};

static const struct folder_limits FOLDER_LIMITS = {
    .endings = ENDINGS,
    .files_max = LANGUAGES_MAX,
    .file_bytes_max = CATALOGUE_BYTES_MAX,
};

/* A file while it is read. */
struct reader {
    struct catalogues *catalogues;
    struct catalogue *catalogue;
    const char *path;
    unsigned line; /* where the message begins */
    struct fault *fault;
};

struct catalogue *catalogue_find(const struct catalogues *catalogues,
                                 struct str language)
{
    for (size_t i = 0; i < catalogues->count; i++)
        if (str_eq_ascii_case(catalogues->items[i].language, language))
            return &catalogues->items[i];
    return NULL;
}

/* NULL when there are too many. */
static struct catalogue *find_or_add(struct catalogues *catalogues,
                                     struct str language)
{
    struct catalogue *catalogue = catalogue_find(catalogues, language);
    if (catalogue || catalogues->count == LANGUAGES_MAX)
        return catalogue;
    catalogue = &catalogues->items[catalogues->count++];
    catalogue->language = arena_copy(&catalogues->arena, language);
    map_init(&catalogue->messages);
    return catalogue;
}

/* ---- Reading a file
 * ------------------------------------------------------------- */

static enum err line_fault(const struct reader *reader, const char *what)
{
    char field[FAULT_FIELD_BYTES_MAX];
    snprintf(field, sizeof field, "%s:%u", reader->path, reader->line);
    return fault_set(reader->fault, ERR_INVALID, field, "%s", what);
}

static bool key_is_clean(struct str key)
{
    if (key.len == 0 || key.ptr[0] == '.' || key.ptr[key.len - 1] == '.')
        return false;
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
              c == '-' || (c == '.' && key.ptr[i - 1] != '.')))
            return false;
    }
    return true;
}

/* The text with \n and \\ resolved, in the arena. */
static struct str unescape(struct arena *arena, struct str text)
{
    char *bytes = (char *)arena_copy(arena, text).ptr;
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\\' && i + 1 < text.len) {
            c = text.ptr[++i];
            if (c == 'n')
                c = '\n';
        }
        bytes[len++] = c;
    }
    return str_of(bytes, len);
}

/* A text without arguments, its quotes resolved once and for all. */
static struct str resolve_fixed(struct arena *arena, struct str text)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, CATALOGUE_MESSAGE_BYTES_MAX);
    message_format(text, NULL, NULL, 0, arena, &out);
    return arena_copy(arena, buf_str(&out));
}

static enum err read_message(struct reader *reader, struct str line)
{
    ptrdiff_t equals = str_find_char(line, '=');
    if (equals < 0)
        return line_fault(reader, "A line must read: key = message.");
    struct str key = str_trim(str_slice(line, 0, (size_t)equals));
    if (!key_is_clean(key))
        return line_fault(reader, "A key has a-z, 0-9, '_', '-' and single "
                                  "dots between parts.");
    struct arena *arena = &reader->catalogues->arena;
    struct message *message = arena_new(arena, struct message);
    message->key = arena_copy(arena, key);
    message->path = reader->path;
    message->line = reader->line;
    const struct message *before =
        map_get(&reader->catalogue->messages, message->key);
    if (before && before->path == message->path)
        message->line_before = before->line;
    message->text =
        unescape(arena, str_trim(str_from(line, (size_t)equals + 1)));
    struct fault cause;
    enum err err = message_check(message->text, &message->has_args, &cause);
    if (err)
        return line_fault(reader, fault_text(&cause));
    if (!message->has_args)
        message->text = resolve_fixed(arena, message->text);
    return map_set(&reader->catalogue->messages, message->key, message, NULL);
}

static bool goes_on(struct str line)
{
    size_t backslashes = 0;
    while (backslashes < line.len &&
           line.ptr[line.len - 1 - backslashes] == '\\')
        backslashes++;
    return backslashes % 2 == 1;
}

/* Takes one message's lines off *rest, joined. */
static struct str take_lines(struct reader *reader, struct str *rest,
                             unsigned *line_number, struct buf *joined)
{
    struct str line;
    buf_reset(joined);
    reader->line = *line_number + 1;
    while (str_split_next(rest, '\n', &line)) {
        (*line_number)++;
        line = str_trim(line);
        bool more = goes_on(line);
        buf_add(joined, str_slice(line, 0, line.len - more));
        if (!more)
            break;
    }
    return str_trim(buf_str(joined));
}

static enum err read_text(struct reader *reader, struct str text)
{
    if (!utf8_is_valid(text))
        return line_fault(reader, "The file is not UTF-8; save it as such.");
    if (str_starts_with(text, STR("\xEF\xBB\xBF")))
        text = str_from(text, 3);
    DEFER(buf_finish) struct buf joined;
    buf_init(&joined, CATALOGUE_BYTES_MAX);
    unsigned line_number = 0;
    while (text.ptr) {
        struct str line = take_lines(reader, &text, &line_number, &joined);
        enum err err = buf_err(&joined);
        if (!err && line.len > 0 && line.ptr[0] != '#')
            err = read_message(reader, line);
        if (err)
            return err;
    }
    return ERR_OK;
}

static enum err read_file(struct catalogues *catalogues,
                          const struct embedded_file *file, struct fault *fault)
{
    struct str name = str_from_c(file->path);
    size_t ending;
    if (!folder_source_ending(name, ENDINGS, &ending))
        return ERR_OK;
    ptrdiff_t slash = str_find_last_char(name, '/');
    if (slash >= 0)
        name = str_from(name, (size_t)slash + 1);
    struct str language =
        str_slice(name, 0, name.len - strlen(ENDINGS[ending]));
    struct reader reader = {
        .catalogues = catalogues,
        .path = arena_c_string(&catalogues->arena, str_from_c(file->path)),
        .line = 1,
        .fault = fault,
    };
    if (!language_is_valid(language))
        return line_fault(&reader, "The file's name must be a language tag, "
                                   "such as en.properties.");
    reader.catalogue = find_or_add(catalogues, language);
    if (!reader.catalogue)
        return line_fault(&reader, "There are too many languages.");
    return read_text(&reader, file->bytes);
}

static enum err read_files(struct catalogues *catalogues,
                           struct embedded_files files, struct fault *fault)
{
    for (size_t i = 0; i < files.count; i++) {
        enum err err = read_file(catalogues, &files.files[i], fault);
        if (err)
            return err;
    }
    return ERR_OK;
}

/* ---- Values for templates
 * --------------------------------------------------------- */

static enum err key_clash(const struct catalogue *catalogue, struct str key,
                          struct fault *fault)
{
    char language[LOCALE_TAG_BYTES_MAX + 1];
    (void)!str_to_c(catalogue->language, language, sizeof language);
    return fault_set(fault, ERR_INVALID, language,
                     "\"%" PRI_STR "\" clashes with another key that is its "
                     "beginning; rename one of them.",
                     ARG_STR(key));
}

/* Sets list.more in the object "list", which is made when there is none. */
static bool set_dotted(struct value *object, struct str key, struct str text,
                       struct arena *arena)
{
    ptrdiff_t dot;
    while ((dot = str_find_char(key, '.')) >= 0) {
        struct str part = str_slice(key, 0, (size_t)dot);
        const struct value *child = value_get(object, part);
        if (!child) {
            child = value_object(arena);
            value_set_named(object, part, child);
        }
        if (value_kind(child) != VALUE_OBJECT)
            return false;
        object = (struct value *)child; /* ours, still being made */
        key = str_from(key, (size_t)dot + 1);
    }
    if (value_kind(value_get(object, key)) == VALUE_OBJECT)
        return false;
    value_set_named(object, key, value_str(arena, text));
    return true;
}

static enum err add_to_value(struct catalogues *catalogues,
                             struct catalogue *catalogue,
                             const struct catalogue *source,
                             struct fault *fault)
{
    size_t position = 0;
    const struct message *message;
    while ((message = map_next(&source->messages, &position, NULL)))
        if (!message->has_args &&
            !set_dotted(catalogue->value, message->key, message->text,
                        &catalogues->arena))
            return key_clash(source, message->key, fault);
    return ERR_OK;
}

/* "pt" for "pt-BR", else English; NULL for English itself. */
static struct catalogue *fallback_of(const struct catalogues *catalogues,
                                     const struct catalogue *catalogue)
{
    struct catalogue *english = catalogue_find(catalogues, STR("en"));
    struct str language = catalogue->language;
    ptrdiff_t hyphen = str_find_char(language, '-');
    struct catalogue *base =
        hyphen < 0 ? NULL
                   : catalogue_find(catalogues,
                                    str_slice(language, 0, (size_t)hyphen));
    return base ? base : catalogue == english ? NULL : english;
}

/* Its own messages over those it falls back on, English at the bottom. */
static enum err add_all(struct catalogues *catalogues,
                        struct catalogue *catalogue,
                        const struct catalogue *source, struct fault *fault)
{
    enum err err = ERR_OK;
    if (source->fallback)
        err = add_all(catalogues, catalogue, source->fallback, fault);
    return err ? err : add_to_value(catalogues, catalogue, source, fault);
}

static enum err make_values(struct catalogues *catalogues, struct fault *fault)
{
    if (!find_or_add(catalogues, STR("en")))
        return fault_set(fault, ERR_INVALID, "en",
                         "There are too many languages.");
    for (size_t i = 0; i < catalogues->count; i++)
        catalogues->items[i].fallback =
            fallback_of(catalogues, &catalogues->items[i]);
    for (size_t i = 0; i < catalogues->count; i++) {
        struct catalogue *catalogue = &catalogues->items[i];
        catalogue->value = value_object(&catalogues->arena);
        enum err err = add_all(catalogues, catalogue, catalogue, fault);
        if (err)
            return err;
    }
    return ERR_OK;
}

/* ---- For the callers
 * --------------------------------------------------------------- */

enum err catalogues_load(struct embedded_files builtin, const char *folder,
                         struct catalogues **ret_catalogues,
                         struct fault *fault)
{
    assert(ret_catalogues);
    struct catalogues *catalogues = calloc(1, sizeof *catalogues);
    if (!catalogues)
        return ERR_NO_MEMORY;
    arena_init(&catalogues->arena, 0);
    catalogues->items =
        arena_array(&catalogues->arena, struct catalogue, LANGUAGES_MAX);
    struct embedded_files own;
    enum err err = read_files(catalogues, builtin, fault);
    if (!err)
        err = folder_source_read(folder, &FOLDER_LIMITS, &catalogues->arena,
                                 &own, fault);
    if (!err)
        err = read_files(catalogues, own, fault);
    if (!err)
        err = make_values(catalogues, fault);
    if (err) {
        catalogues_destroy(catalogues);
        return err;
    }
    *ret_catalogues = catalogues;
    return ERR_OK;
}

void catalogues_destroy(struct catalogues *catalogues)
{
    if (!catalogues)
        return;
    for (size_t i = 0; i < catalogues->count; i++)
        map_finish(&catalogues->items[i].messages);
    arena_finish(&catalogues->arena);
    free(catalogues);
}

const struct catalogue *catalogues_get(const struct catalogues *catalogues,
                                       struct str language)
{
    assert(catalogues);
    for (;;) {
        const struct catalogue *catalogue =
            catalogue_find(catalogues, language);
        if (catalogue)
            return catalogue;
        ptrdiff_t hyphen = str_find_last_char(language, '-');
        if (hyphen < 0)
            return catalogue_find(catalogues, STR("en"));
        language = str_slice(language, 0, (size_t)hyphen);
    }
}

size_t catalogues_count(const struct catalogues *catalogues)
{
    return catalogues->count;
}

struct str catalogues_language(const struct catalogues *catalogues,
                               size_t index)
{
    assert(index < catalogues->count);
    return catalogues->items[index].language;
}

bool catalogues_has(const struct catalogues *catalogues, struct str language)
{
    return catalogue_find(catalogues, language) != NULL;
}

static const struct message *find_message(const struct catalogue *catalogue,
                                          struct str key)
{
    const struct message *message = NULL;
    for (; catalogue && !message; catalogue = catalogue->fallback)
        message = map_get(&catalogue->messages, key);
    return message;
}

struct str catalogue_text(const struct catalogue *catalogue, struct str key)
{
    const struct message *message = find_message(catalogue, key);
    return message ? message->text : key;
}

struct str catalogue_format(const struct catalogue *catalogue,
                            const struct locale *locale, struct str key,
                            const struct catalogue_arg *args, size_t count,
                            struct arena *arena)
{
    const struct message *message = find_message(catalogue, key);
    if (!message)
        return arena_copy(arena, key);
    if (!message->has_args)
        return message->text;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, CATALOGUE_BYTES_MAX);
    message_format(message->text, locale, args, count, arena, &out);
    return arena_copy(arena, buf_str(&out));
}

const struct value *catalogue_value(const struct catalogue *catalogue)
{
    return catalogue->value;
}
