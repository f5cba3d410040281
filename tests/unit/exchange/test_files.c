// SPDX-License-Identifier: Apache-2.0
/* Islands of HTML, heads of pictures, files beneath a folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "exchange/folder_file.h"
#include "exchange/image_size.h"

static struct arena arena;

static int make(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    return 0;
}

static int unmake(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

#define assert_text(text, expected) \
    assert_string_equal(arena_c_string(&arena, text), expected)

/* ---- Pictures --------------------------------------------------------------
 */

static void assert_size(struct str head, const char *mime, int64_t width,
                        int64_t height)
{
    struct image_size size;
    assert_int_equal(image_size_read(head, &size), ERR_OK);
    assert_text(size.mime, mime);
    assert_int_equal(size.width, width);
    assert_int_equal(size.height, height);
    for (size_t len = 0; len < head.len; len++) { /* never beyond its end */
        if (!image_size_read(arena_copy(&arena, str_slice(head, 0, len)),
                             &size))
            assert_true(size.width > 0 && size.height > 0);
    }
}

static void test_sizes_are_read_from_heads(void **state)
{
    (void)state;
    assert_size(STR("\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\1\2\0\0\0\x80\x08"),
                "image/png", 258, 128);
    assert_size(STR("GIF89a\x10\0\x20\1\0\0"), "image/gif", 16, 288);
    assert_size(STR("\xFF\xD8\xFF\xE0\0\4ab\xFF\xFF\xC2\0\x11\x08\0\x20\1\0\3"),
                "image/jpeg", 256, 32);
    assert_size(STR("RIFF0\0\0\0WEBPVP8X\n\0\0\0\0\0\0\0\xFF\4\0\x55\3\0"),
                "image/webp", 1280, 854);
    assert_size(STR("RIFF0\0\0\0WEBPVP8 \n\0\0\0\0\0\0\x9D\1*\0\5\x56\3\0\0"),
                "image/webp", 1280, 854);
    assert_size(STR("RIFF0\0\0\0WEBPVP8L\n\0\0\0/\xFF\x44\xD5\0\0\0\0\0\0"),
                "image/webp", 1280, 854);
}

static void test_what_is_no_picture_is_refused(void **state)
{
    (void)state;
    struct image_size size;
    assert_int_equal(image_size_read(STR(""), &size), ERR_UNSUPPORTED);
    assert_int_equal(image_size_read(STR("<svg/>"), &size), ERR_UNSUPPORTED);
    assert_int_equal(
        image_size_read(STR("GIF89a\0\0\0\0\0\0"), &size), /* 0 by 0 */
        ERR_UNSUPPORTED);
}

/* ---- Files -----------------------------------------------------------------
 */

static char folder[] = "/tmp/broadsheet-files-XXXXXX";

static int make_folder(void **state)
{
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(mkdir("in", 0700), 0);
    assert_int_equal(mkdir("in/below", 0700), 0);
    assert_int_equal(file_write_atomic("in/a b.txt", STR("one"), NULL), ERR_OK);
    assert_int_equal(file_write_atomic("in/below/c", STR("two"), NULL), ERR_OK);
    assert_int_equal(file_write_atomic("out", STR("secret"), NULL), ERR_OK);
    assert_int_equal(symlink("../out", "in/link"), 0);
    assert_int_equal(symlink("..", "in/up"), 0);
    return make(state);
}

static int remove_folder(void **state)
{
    const char *const files[] = {"in/a b.txt", "in/below/c", "in/link", "in/up",
                                 "out"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(files[i]);
    rmdir("in/below");
    rmdir("in");
    assert_int_equal(chdir("/"), 0);
    rmdir(folder);
    return unmake(state);
}

static enum err read_href(const char *href, struct str *ret_bytes)
{
    struct fault fault = {0};
    enum err err =
        folder_file_read("in", str_from_c(href), 3, &arena, ret_bytes, &fault);
    assert_true(!err || fault.message[0]);
    return err;
}

static void test_files_beneath_are_read(void **state)
{
    (void)state;
    struct str bytes;
    assert_int_equal(read_href("a%20b.txt", &bytes), ERR_OK);
    assert_text(bytes, "one");
    assert_int_equal(read_href("below/c", &bytes), ERR_OK);
    assert_text(bytes, "two");
    assert_int_equal(read_href("below/../a b.txt", &bytes), ERR_OK);
}

static void test_no_path_leads_out(void **state)
{
    (void)state;
    struct str bytes;
    const char *const out[] = {"../out",
                               "below/../../out",
                               "%2e%2e/out",
                               "/etc/hostname",
                               "link",
                               "up/out",
                               "below/../../in/a b.txt"};
    for (size_t i = 0; i < sizeof out / sizeof *out; i++)
        assert_int_equal(read_href(out[i], &bytes), ERR_DENIED);
    assert_int_equal(read_href("", &bytes), ERR_INVALID);
    assert_int_equal(read_href("a%00b", &bytes), ERR_INVALID);
    assert_int_equal(read_href("a%2", &bytes), ERR_INVALID);
    assert_int_equal(read_href("below", &bytes), ERR_INVALID);
    assert_int_equal(read_href("nothing", &bytes), ERR_NOT_FOUND);
}

static void test_a_large_file_is_refused(void **state)
{
    (void)state;
    struct str bytes;
    assert_int_equal(file_write_atomic("in/below/c", STR("four"), NULL),
                     ERR_OK);
    assert_int_equal(read_href("below/c", &bytes), ERR_TOO_LONG);
    assert_int_equal(file_write_atomic("in/below/c", STR("two"), NULL), ERR_OK);
}

int main(void)
{
    const struct CMUnitTest texts[] = {
        cmocka_unit_test(test_sizes_are_read_from_heads),
        cmocka_unit_test(test_what_is_no_picture_is_refused),
        cmocka_unit_test(test_files_beneath_are_read),
        cmocka_unit_test(test_no_path_leads_out),
        cmocka_unit_test(test_a_large_file_is_refused),
    };
    return cmocka_run_group_tests(texts, make_folder, remove_folder);
}
