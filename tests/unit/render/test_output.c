// SPDX-License-Identifier: Apache-2.0
/* Compression and XML. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <brotli/encode.h>
#include <libdeflate.h>

#include "render/compress.h"
#include "render/xml_writer.h"

enum { OUTPUT_MAX = 1 << 20, TEXT_BYTES = 100 * 1000 };

static char *make_text(void)
{
    char *text = malloc(TEXT_BYTES);
    assert_non_null(text);
    for (size_t i = 0; i < TEXT_BYTES; i++)
        text[i] = "<p>The press prints.</p>\n"[(i * i / 7) % 25];
    return text;
}

static void test_gzip_comes_back(void **state)
{
    (void)state;
    char *text = make_text();
    char *back = malloc(TEXT_BYTES);
    struct buf out;
    buf_init(&out, OUTPUT_MAX);
    size_t len = 0;
    for (int effort = COMPRESS_NOW; effort <= COMPRESS_ASSET; effort++) {
        buf_reset(&out);
        buf_add_c(&out, "head");
        assert_int_equal(compress_gzip(str_of(text, TEXT_BYTES),
                                       (enum compress_effort)effort, &out),
                         ERR_OK);
        struct libdeflate_decompressor *gzip = libdeflate_alloc_decompressor();
        assert_int_equal(libdeflate_gzip_decompress(gzip, out.ptr + 4,
                                                    out.len - 4, back,
                                                    TEXT_BYTES, &len),
                         LIBDEFLATE_SUCCESS);
        libdeflate_free_decompressor(gzip);
        assert_memory_equal(text, back, TEXT_BYTES);
    }
    buf_finish(&out);
    free(back);
    free(text);
}

static void test_brotli_is_smaller_than_the_text(void **state)
{
    (void)state;
    char *text = make_text();
    struct buf out;
    buf_init(&out, OUTPUT_MAX);
    assert_int_equal(
        compress_brotli(str_of(text, TEXT_BYTES), COMPRESS_PAGE, &out), ERR_OK);
    assert_true(out.len > 0 && out.len < TEXT_BYTES / 2);
    size_t page = out.len;
    buf_reset(&out);
    assert_int_equal(
        compress_brotli(str_of(text, TEXT_BYTES), COMPRESS_ASSET, &out),
        ERR_OK);
    assert_true(out.len > 0 && out.len <= page);
    buf_finish(&out);
    free(text);
}

/* The memory is the same each time: nothing of one text gets into another, and
 * what has no room in it is compressed all the same. */
static void test_brotli_is_the_librarys_own_whatever_was_before(void **state)
{
    (void)state;
    enum { LARGE = 6 << 20 };
    static const size_t sizes[] = {
        1, 300, TEXT_BYTES, 40, LARGE, TEXT_BYTES / 2, 0, TEXT_BYTES};
    char *text = make_text(), *large = malloc(LARGE);
    assert_non_null(large);
    unsigned random = 1;
    for (size_t i = 0; i < LARGE; i++) {
        random = random * 1103515245u + 12345u;
        large[i] = (char)(random >> 24); /* cannot be made smaller */
    }
    struct buf out;
    buf_init(&out, 2 * LARGE);
    uint8_t *expected = malloc(2 * LARGE);
    assert_non_null(expected);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct str input =
            str_of(sizes[i] > TEXT_BYTES ? large : text, sizes[i]);
        int window = 16;
        while (((size_t)1 << window) < input.len + 16 && window < 22)
            window++;
        size_t len = 2 * LARGE;
        buf_reset(&out);
        assert_int_equal(compress_brotli(input, COMPRESS_PAGE, &out), ERR_OK);
        assert_true(BrotliEncoderCompress(7, window, BROTLI_MODE_TEXT,
                                          input.len, (const uint8_t *)input.ptr,
                                          &len, expected));
        assert_int_equal(out.len, len);
        assert_memory_equal(out.ptr, expected, len);
    }
    free(expected);
    buf_finish(&out);
    free(large);
    free(text);
}

static void test_the_empty_text_is_compressed_too(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, OUTPUT_MAX);
    assert_int_equal(compress_gzip(STR(""), COMPRESS_PAGE, &out), ERR_OK);
    assert_int_equal(compress_brotli(STR(""), COMPRESS_PAGE, &out), ERR_OK);
    assert_true(out.len > 0);
    buf_finish(&out);
}

static void test_a_full_buffer_stays_as_it_was(void **state)
{
    (void)state;
    char *text = make_text();
    struct buf out;
    buf_init(&out, 8);
    buf_add_c(&out, "1234");
    struct str all = str_of(text, TEXT_BYTES);
    assert_int_equal(compress_gzip(all, COMPRESS_PAGE, &out), ERR_TOO_LONG);
    assert_int_equal(compress_brotli(all, COMPRESS_PAGE, &out), ERR_TOO_LONG);
    assert_int_equal(out.len, 4);
    assert_int_equal(buf_err(&out), ERR_OK);
    buf_finish(&out);
    free(text);
}

static void test_xml_is_well_formed_whatever_comes(void **state)
{
    (void)state;
    struct buf out;
    struct xml_writer xml;
    buf_init(&out, OUTPUT_MAX);
    xml_begin(&xml, &out);
    xml_instruction(&xml, "xml-stylesheet", "href=\"/f.xsl\"");
    xml_open(&xml, "feed");
    xml_attr(&xml, "a", STR("\"<&>'\x02\xC0"));
    xml_attr_int(&xml, "n", -3);
    xml_element(&xml, "t", STR("]]>\x0B \xEF\xBF\xBE x"));
    xml_element(&xml, "e", STR(""));
    xml_open(&xml, "empty");
    xml_close(&xml);
    xml_open(&xml, "open");
    assert_int_equal(xml_end(&xml), ERR_OK);
    buf_add_char(&out, '\0');
    assert_string_equal(out.ptr,
                        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                        "<?xml-stylesheet href=\"/f.xsl\"?>\n"
                        "<feed a=\"&quot;&lt;&amp;&gt;&#39;\" n=\"-3\">"
                        "<t>]]&gt;  x</t><e></e><empty/><open/></feed>");
    buf_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gzip_comes_back),
        cmocka_unit_test(test_brotli_is_smaller_than_the_text),
        cmocka_unit_test(test_brotli_is_the_librarys_own_whatever_was_before),
        cmocka_unit_test(test_the_empty_text_is_compressed_too),
        cmocka_unit_test(test_a_full_buffer_stays_as_it_was),
        cmocka_unit_test(test_xml_is_well_formed_whatever_comes),
    };
    return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}
