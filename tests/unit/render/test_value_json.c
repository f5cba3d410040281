// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "render/value_json.h"

static void assert_json(const struct value *value, const char *wanted)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1 << 16);
    value_write_json(&out, value);
    buf_add_char(&out, '\0');
    assert_int_equal(buf_err(&out), ERR_OK);
    assert_string_equal(out.ptr, wanted);
}

static void test_members_stand_in_the_order_they_were_set(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    struct value *object = value_object(&arena);
    value_set_c(object, "@type", "Thing");
    value_set_int(object, "count", -5);
    value_set_bool(object, "free", true);
    value_set(object, "none", NULL);
    struct value *list = value_set_list(object, "list");
    value_add_str(list, STR("one"));
    value_set_c(value_add_object(list), "two", "2");
    value_set_list(object, "empty");
    assert_json(object, "{\"@type\":\"Thing\",\"count\":-5,\"free\":true,"
                        "\"none\":null,\"list\":[\"one\",{\"two\":\"2\"}],"
                        "\"empty\":[]}");
    assert_json(NULL, "null");
    arena_finish(&arena);
}

static void test_no_text_ends_a_script(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    struct value *object = value_object(&arena);
    value_set_str(object, "a",
                  STR("</script><!--&\"\\\n\x01\xE2\x80\xA8\xE2\x80\xA9"));
    assert_json(object,
                "{\"a\":\"\\u003c/script\\u003e\\u003c!--\\u0026\\\"\\\\\\n"
                "\\u0001\\u2028\\u2029\"}");
    arena_finish(&arena);
}

static void test_what_lies_too_deep_is_left_out(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    struct value *root = value_list(&arena), *list = root;
    for (int i = 0; i < 2 * VALUE_JSON_DEPTH_MAX; i++) {
        struct value *inner = value_list(&arena);
        value_add(list, inner);
        list = inner;
    }
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1 << 16);
    value_write_json(&out, root);
    assert_int_equal(out.len, 2 * (VALUE_JSON_DEPTH_MAX + 1));
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members_stand_in_the_order_they_were_set),
        cmocka_unit_test(test_no_text_ends_a_script),
        cmocka_unit_test(test_what_lies_too_deep_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
