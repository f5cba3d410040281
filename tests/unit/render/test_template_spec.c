// SPDX-License-Identifier: Apache-2.0
/* Every case of the published Mustache specification, one test each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <unistd.h>

#include "base/arena.h"
#include "render/template.h"

static const char FOLDER[] = "../shared/testdata/mustache";

static const char *const FILES[] = {
    "comments", "delimiters", "interpolation", "inverted",
    "partials", "sections",   "~inheritance",
};

enum { CASES_MAX = 256, PARTIALS_MAX = 16, OUTPUT_MAX = 1 << 16 };

static struct str text_of(const json_t *json)
{
    return str_of(json_string_value(json), json_string_length(json));
}

static struct value *to_value(struct arena *arena, json_t *json);

static struct value *container_to_value(struct arena *arena, json_t *json)
{
    struct value *value;
    if (json_is_array(json)) {
        value = value_list(arena);
        for (size_t i = 0; i < json_array_size(json); i++)
            value_add(value, to_value(arena, json_array_get(json, i)));
        return value;
    }
    const char *key;
    json_t *member;
    value = value_object(arena);
    json_object_foreach(json, key, member)
        value_set(value, key, to_value(arena, member));
    return value;
}

static struct value *to_value(struct arena *arena, json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_OBJECT:
    case JSON_ARRAY:
        return container_to_value(arena, json);
    case JSON_STRING:
        return value_str(arena, text_of(json));
    case JSON_INTEGER:
        return value_int(arena, json_integer_value(json));
    case JSON_REAL: /* values know no fractions: they come as text */
        return value_str(arena,
                         arena_printf(arena, "%g", json_real_value(json)));
    case JSON_TRUE:
        return value_bool(arena, true);
    case JSON_FALSE:
        return value_bool(arena, false);
    case JSON_NULL:
        break;
    }
    return NULL;
}

static struct embedded_files sources_of(json_t *test,
                                        struct embedded_file *files)
{
    size_t count = 0;
    const char *name;
    json_t *partial;
    files[count++] = (struct embedded_file){
        .path = "(main)",
        .bytes = text_of(json_object_get(test, "template")),
    };
    json_object_foreach(json_object_get(test, "partials"), name, partial)
    {
        assert_true(count < PARTIALS_MAX);
        files[count++] =
            (struct embedded_file){.path = name, .bytes = text_of(partial)};
    }
    return (struct embedded_files){files, count};
}

static void test_case(void **state)
{
    json_t *test = *state;
    struct embedded_file files[PARTIALS_MAX];
    struct fault fault = {0};
    struct theme *theme = NULL;
    struct arena arena;
    struct buf out;
    arena_init(&arena, 0);
    buf_init(&out, OUTPUT_MAX);
    enum err err =
        theme_compile(sources_of(test, files), TEMPLATE_SPEC, &theme, &fault);
    if (err)
        fail_msg("%s: %s", fault.field, fault.message);
    struct value *data = to_value(&arena, json_object_get(test, "data"));
    assert_int_equal(template_render(theme, STR("(main)"), data, &out, &fault),
                     ERR_OK);
    buf_add_char(&out, '\0');
    assert_string_equal(out.ptr,
                        json_string_value(json_object_get(test, "expected")));
    theme_release(theme);
    buf_finish(&out);
    arena_finish(&arena);
}

static size_t load_file(const char *name, struct CMUnitTest *tests,
                        size_t count)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s.json", FOLDER, name);
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error);
    if (!root) {
        fprintf(stderr, "%s: %s\n", path, error.text);
        abort();
    }
    json_t *list = json_object_get(root, "tests");
    for (size_t i = 0; i < json_array_size(list) && count < CASES_MAX; i++) {
        json_t *test = json_array_get(list, i);
        char *title = NULL;
        if (asprintf(&title, "%s: %s", name,
                     json_string_value(json_object_get(test, "name"))) < 0)
            abort();
        tests[count++] = (struct CMUnitTest){
            .name = title,
            .test_func = test_case,
            .initial_state = json_incref(test),
        };
    }
    json_decref(root);
    return count;
}

int main(void)
{
    static struct CMUnitTest tests[CASES_MAX];
    size_t count = 0;
    if (access(FOLDER, R_OK) != 0) {
        printf("1..1\nok 1 - mustache specification # SKIP ../shared is "
               "missing\n");
        return 0;
    }
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++)
        count = load_file(FILES[i], tests, count);
    int failed = _cmocka_run_group_tests("mustache", tests, count, NULL, NULL);
    for (size_t i = 0; i < count; i++) {
        free((void *)(uintptr_t)tests[i].name);
        json_decref(tests[i].initial_state);
    }
    return failed;
}
