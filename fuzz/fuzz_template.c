// SPDX-License-Identifier: Apache-2.0
/* Templates: the first byte chooses how they escape, NUL bytes part the main
 * template from its partials "a", "b" and "c". Whatever compiles must render,
 * and a value that holds markup must never come out as markup. */
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "render/template.h"
#include "render/trusted_html.h"

enum { OUTPUT_MAX = 1 << 18, SOURCES_MAX = 4 };

static const char EVIL[] = "<EVIL x='\"'>&javascript:";

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static struct value *make_data(struct arena *arena)
{
    struct value *data = value_object(arena);
    struct value *list = value_set_list(data, "l");
    struct value *object = value_set_object(data, "o");
    value_set_c(data, "x", EVIL);
    value_set_int(data, "n", -42);
    value_set_bool(data, "t", true);
    value_set(data, "h", value_html(arena, STR("<b>trusted</b>")));
    value_set_c(object, "x", EVIL);
    value_add_str(list, str_from_c(EVIL));
    value_add(list, object);
    value_add_int(list, 7);
    return data;
}

static bool holds_evil(struct str text)
{
    return str_find(text, STR("<EVIL")) >= 0;
}

static void render(const struct theme *theme, bool clean)
{
    struct arena arena;
    struct buf out;
    arena_init(&arena, 0);
    buf_init(&out, OUTPUT_MAX);
    enum err err =
        template_render(theme, STR("main"), make_data(&arena), &out, NULL);
    if (!err && clean && holds_evil(buf_str(&out)))
        abort();
    buf_finish(&out);
    arena_finish(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const char *const names[SOURCES_MAX] = {"main", "a", "b", "c"};
    static const enum template_mode modes[] = {TEMPLATE_HTML, TEMPLATE_HTML,
                                               TEMPLATE_XML, TEMPLATE_TEXT,
                                               TEMPLATE_SPEC};
    if (len == 0)
        return 0;
    enum template_mode mode = modes[bytes[0] % (sizeof modes / sizeof *modes)];
    struct str rest = str_of((const char *)bytes + 1, len - 1);
    struct embedded_file files[SOURCES_MAX] = {0};
    struct str part;
    size_t count = 0;
    while (count < SOURCES_MAX && str_split_next(&rest, '\0', &part))
        files[count].path = names[count], files[count++].bytes = part;
    struct theme *theme;
    struct fault fault;
    if (theme_compile((struct embedded_files){files, count}, mode, &theme,
                      &fault))
        return 0;
    bool escapes = mode == TEMPLATE_HTML || mode == TEMPLATE_XML;
    struct str all = str_of((const char *)bytes, len);
    render(theme,
           escapes && !holds_evil(all) && str_find(all, STR("EVIL")) < 0);
    theme_release(theme);
    return 0;
}
