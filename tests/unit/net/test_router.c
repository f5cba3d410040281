// SPDX-License-Identifier: Apache-2.0
/* Routes, and status codes with their bodies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "net/http_status.h"
#include "net/router.h"

static void handle(void *context, struct http_exchange *exchange,
                   const struct route_match *match)
{
    (void)context;
    (void)exchange;
    (void)match;
}

static const struct route routes[] = {
    ROUTE(HTTP_GET, "/", WHO_PUBLIC, 0, handle),
    ROUTE(HTTP_GET, "/a/{id}", WHO_PUBLIC, 0, handle),
    ROUTE(HTTP_GET, "/a/new", WHO_LOCAL, 0, handle),
    ROUTE(HTTP_PUT, "/a/{id}", WHO_FIRST_FREE << 1, 1024, handle),
    ROUTE(HTTP_POST, "/a/{id}/publish/{when}", WHO_LOCAL, 0, handle),
    ROUTE(HTTP_GET, "/files/{path...}", WHO_PUBLIC, 0, handle),
    ROUTE(HTTP_GET, "/files/{name}/info", WHO_PUBLIC, 0, handle),
    ROUTE(HTTP_HEAD, "/own-head", WHO_PUBLIC, 0, handle),
    ROUTE(HTTP_GET, "/own-head", WHO_PUBLIC, 0, handle),
};
enum { ROUTES = sizeof routes / sizeof routes[0] };

static struct route_match match;

static int find(enum http_method method, const char *path)
{
    enum err err =
        router_find(routes, ROUTES, method, str_from_c(path), &match);
    return err ? -(int)err : (int)(match.route - routes);
}

static void test_rows_are_found(void **state)
{
    (void)state;
    assert_int_equal(find(HTTP_GET, "/"), 0);
    assert_int_equal(find(HTTP_GET, "/a/1"), 1);
    assert_true(str_eq(route_parameter(&match, "id"), STR("1")));
    assert_int_equal(find(HTTP_GET, "/a/new"), 2); /* the literal one */
    assert_int_equal(match.parameter_count, 0);
    assert_int_equal(find(HTTP_PUT, "/a/1"), 3);
    assert_int_equal(find(HTTP_POST, "/a/1/publish/now"), 4);
    assert_true(str_eq(route_parameter(&match, "when"), STR("now")));
    assert_int_equal(find(HTTP_GET, "/files/"), 5);
    assert_true(str_eq(route_parameter(&match, "path"), STR("")));
    assert_int_equal(find(HTTP_GET, "/files/a/b/c"), 5);
    assert_true(str_eq(route_parameter(&match, "path"), STR("a/b/c")));
    assert_int_equal(find(HTTP_GET, "/files/a/info"), 6);
}

static void test_head_falls_to_get_unless_it_has_a_row(void **state)
{
    (void)state;
    assert_int_equal(find(HTTP_HEAD, "/a/1"), 1);
    assert_int_equal(find(HTTP_HEAD, "/own-head"), 7);
    assert_int_equal(find(HTTP_GET, "/own-head"), 8);
}

static void test_what_is_not_there(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "",       "a",  "/b",    "/a", "/a/", "/a/1/", "/a/1/publish",
        "/files", "//", "/a/1/2"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        assert_int_equal(find(HTTP_GET, paths[i]), -ERR_NOT_FOUND);
}

static void test_the_wrong_method_is_told_the_right_ones(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 256);
    assert_int_equal(find(HTTP_DELETE, "/a/1"), -ERR_METHOD);
    route_write_allow(&out, match.allowed);
    assert_true(str_eq(buf_str(&out), STR("GET, HEAD, PUT")));
    /* The literal row rules alone: the parameter's PUT is not meant. */
    assert_int_equal(find(HTTP_PUT, "/a/new"), -ERR_METHOD);
}

static void test_tables_are_checked(void **state)
{
    (void)state;
    struct fault fault = {0};
    assert_int_equal(router_check(routes, ROUTES, &fault), ERR_OK);
    static const struct route wrong[] = {
        ROUTE(HTTP_GET, "a", WHO_PUBLIC, 0, handle),
        ROUTE(HTTP_GET, "/{}", WHO_PUBLIC, 0, handle),
        ROUTE(HTTP_GET, "/{a...}/b", WHO_PUBLIC, 0, handle),
        ROUTE(HTTP_GET, "/a{b}", WHO_PUBLIC, 0, handle),
        ROUTE(HTTP_GET, "/a", WHO_PUBLIC, 0, NULL),
        {HTTP_GET, "/a", 0, 0, handle},
        ROUTE(HTTP_GET, "/{a}/{b}/{c}/{d}/{e}/{f}/{g}", WHO_PUBLIC, 0, handle),
        ROUTE(HTTP_GET, "/1/2/3/4/5/6/7/8/9/10/11/12/13", WHO_PUBLIC, 0,
              handle),
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        fault = (struct fault){0};
        assert_int_equal(router_check(&wrong[i], 1, &fault), ERR_INVALID);
        assert_non_null(strstr(fault.message, wrong[i].pattern));
    }
    const struct route twice[] = {
        ROUTE(HTTP_GET, "/a/{b}", WHO_PUBLIC, 0, handle),
        ROUTE(HTTP_GET, "/a/{c}", WHO_LOCAL, 0, handle),
    };
    assert_int_equal(router_check(twice, 2, &fault), ERR_INVALID);
}

static void test_status_lines(void **state)
{
    (void)state;
    assert_true(
        str_eq(http_status_line(404), STR("HTTP/1.1 404 Not Found\r\n")));
    assert_true(str_eq(http_status_phrase(200), STR("OK")));
    assert_int_equal(http_status_phrase(299).len, 0);
    assert_true(http_status_is_bodiless(304));
    assert_false(http_status_is_bodiless(200));
    for (int err = 0; err < ERR_COUNT; err++) /* each can be answered */
        assert_true(http_status_line(err_http_status((enum err)err)).len);
}

static void test_error_bodies(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    struct fault fault;
    buf_init(&out, 1024);
    assert_int_equal(fault_set(&fault, ERR_INVALID, "slug", "a \"%s\"\n", "\\"),
                     ERR_INVALID);
    http_error_json(&out, &fault);
    assert_true(
        str_eq(buf_str(&out),
               STR("{\"error\":{\"code\":\"ERR_INVALID\",\"field\":\"slug\","
                   "\"message\":\"a \\\"\\\\\\\"\\u000a\"}}\n")));
    buf_reset(&out);
    http_error_text(&out, 404, STR(""));
    assert_true(str_eq(buf_str(&out), STR("404 Not Found\n")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_found),
        cmocka_unit_test(test_head_falls_to_get_unless_it_has_a_row),
        cmocka_unit_test(test_what_is_not_there),
        cmocka_unit_test(test_the_wrong_method_is_told_the_right_ones),
        cmocka_unit_test(test_tables_are_checked),
        cmocka_unit_test(test_status_lines),
        cmocka_unit_test(test_error_bodies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
