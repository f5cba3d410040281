// SPDX-License-Identifier: Apache-2.0
/* link/page: heads to the byte, what travels arrives, what is damaged is
 * refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libdeflate.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"
#include "link/page.h"
#include "link/wire.h"

enum { ENCODED_MAX = 64 * 1024 };

static const struct str body = STR_INIT("<p>The ferry is back.</p>");

/* body as gzip packs it. */
static struct str zipped(void)
{
    static char bytes[256];
    struct libdeflate_compressor *packer = libdeflate_alloc_compressor(6);
    size_t len = libdeflate_gzip_compress(packer, body.ptr, body.len, bytes,
                                          sizeof bytes);
    libdeflate_free_compressor(packer);
    assert_true(len > 0);
    return str_of(bytes, len);
}

static struct page_print make_print(void)
{
    return (struct page_print){
        .key = STR("/en/article/ferry-62f9f7d471fdc"),
        .status = 200,
        .flags = PAGE_PINNED,
        .content_type = STR("text/html; charset=utf-8"),
        .cache_control = STR("no-cache"),
        .extra_fields = STR("X-Content-Type-Options: nosniff\r\n"),
        .depends = STR("article:62f9f7d471fdc theme"),
        .surrogate_keys = true,
        .bodies = {[PAGE_IDENTITY] = body,
                   [PAGE_GZIP] = zipped(),
                   [PAGE_BR] = STR_INIT("brotli")},
    };
}

static void encode(const struct page_print *print, struct buf *out)
{
    buf_init(out, ENCODED_MAX);
    assert_int_equal(page_encode(print, out), ERR_OK);
}

static void assert_str(struct str got, const char *expected)
{
    if (!str_eq(got, str_from_c(expected)))
        fail_msg("got \"%" PRI_STR "\" instead of \"%s\"", ARG_STR(got),
                 expected);
}

/* The first 24 digits of the body's SHA-256. */
static void digest_of_body(char digits[25])
{
    char hex[DIGEST_HEX_BYTES];
    digest_hex(body, hex);
    memcpy(digits, hex, 24);
    digits[24] = '\0';
}

static void test_a_page_arrives_as_it_was_sent(void **state)
{
    (void)state;
    struct page_print print = make_print();
    DEFER(buf_finish) struct buf out;
    encode(&print, &out);
    struct page *page;
    assert_int_equal(page_decode(buf_str(&out), &page), ERR_OK);
    assert_int_equal(page->status, 200);
    assert_int_equal(page->flags, PAGE_PINNED | PAGE_PACKED);
    assert_int_equal(page->codings,
                     1 << PAGE_IDENTITY | 1 << PAGE_GZIP | 1 << PAGE_BR);
    assert_true(str_eq(page->key, print.key));
    assert_true(str_eq(page->depends, print.depends));
    for (int i = PAGE_GZIP; i < PAGE_CODINGS; i++)
        assert_true(str_eq(page->variants[i].body, print.bodies[i]));
    assert_true(page->bytes >= out.len);
    page_release(page);
}

static void test_the_plain_body_is_unpacked_from_gzip(void **state)
{
    (void)state;
    struct page_print print = make_print();
    DEFER(buf_finish) struct buf out;
    encode(&print, &out);
    struct page *page;
    struct str plain;
    assert_int_equal(page_decode(buf_str(&out), &page), ERR_OK);
    assert_true(page_is_packed(page, &page->variants[PAGE_IDENTITY]));
    assert_false(page_is_packed(page, &page->variants[PAGE_GZIP]));
    assert_int_equal(page->variants[PAGE_IDENTITY].body.len, 0);
    assert_int_equal(page_unpack(page, &plain), ERR_OK);
    assert_true(str_eq(plain, body));
    free((char *)(uintptr_t)plain.ptr);
    page_release(page);
}

static void test_without_gzip_the_plain_body_is_there(void **state)
{
    (void)state;
    struct page_print print = make_print();
    print.bodies[PAGE_GZIP] = (struct str){0};
    DEFER(buf_finish) struct buf out;
    encode(&print, &out);
    struct page *page;
    assert_int_equal(page_decode(buf_str(&out), &page), ERR_OK);
    assert_false(page_is_packed(page, &page->variants[PAGE_IDENTITY]));
    assert_true(str_eq(page->variants[PAGE_IDENTITY].body, body));
    page_release(page);
}

/* What says it is packed but does not unpack is an error, not a crash. */
static void test_a_damaged_gzip_body_is_told(void **state)
{
    (void)state;
    struct page_print print = make_print();
    char damaged[256];
    struct str gzip = print.bodies[PAGE_GZIP];
    memcpy(damaged, gzip.ptr, gzip.len);
    damaged[gzip.len / 2] ^= 0x55;
    print.bodies[PAGE_GZIP] = str_of(damaged, gzip.len);
    DEFER(buf_finish) struct buf out;
    encode(&print, &out);
    struct page *page;
    struct str plain;
    assert_int_equal(page_decode(buf_str(&out), &page), ERR_OK);
    assert_int_equal(page_unpack(page, &plain), ERR_CORRUPT);
    page_release(page);
    print.bodies[PAGE_GZIP] = STR("short");
    buf_reset(&out);
    assert_int_equal(page_encode(&print, &out), ERR_OK);
    assert_int_equal(page_decode(buf_str(&out), &page), ERR_INVALID);
}

static void test_heads_are_exact(void **state)
{
    (void)state;
    struct page_print print = make_print();
    DEFER(buf_finish) struct buf out;
    encode(&print, &out);
    struct page *page;
    assert_int_equal(page_decode(buf_str(&out), &page), ERR_OK);
    char digest[25], expected[1024];
    digest_of_body(digest);
    snprintf(expected, sizeof expected,
             "HTTP/1.1 200 OK\r\n"
             "Content-Type: text/html; charset=utf-8\r\n"
             "Content-Length: %zu\r\n"
             "ETag: \"%s\"\r\n"
             "Cache-Control: no-cache\r\n"
             "Vary: Accept-Encoding\r\n"
             "Surrogate-Key: article:62f9f7d471fdc theme\r\n"
             "X-Content-Type-Options: nosniff\r\n",
             body.len, digest);
    assert_str(page->variants[PAGE_IDENTITY].head, expected);
    snprintf(expected, sizeof expected,
             "HTTP/1.1 200 OK\r\n"
             "Content-Type: text/html; charset=utf-8\r\n"
             "Content-Encoding: gzip\r\n"
             "Content-Length: %zu\r\n"
             "ETag: \"%s-gzip\"\r\n"
             "Cache-Control: no-cache\r\n"
             "Vary: Accept-Encoding\r\n"
             "Surrogate-Key: article:62f9f7d471fdc theme\r\n"
             "X-Content-Type-Options: nosniff\r\n",
             print.bodies[PAGE_GZIP].len, digest);
    assert_str(page->variants[PAGE_GZIP].head, expected);
    page_release(page);
}

/* RFC 9110 §15.4.5: what a 200 would say, without the representation's own. */
static void test_the_head_of_304_repeats_what_caches_need(void **state)
{
    (void)state;
    struct page_print print = make_print();
    DEFER(buf_finish) struct buf out;
    encode(&print, &out);
    struct page *page;
    assert_int_equal(page_decode(buf_str(&out), &page), ERR_OK);
    char digest[25], expected[1024];
    digest_of_body(digest);
    snprintf(expected, sizeof expected,
             "HTTP/1.1 304 Not Modified\r\n"
             "ETag: \"%s-br\"\r\n"
             "Cache-Control: no-cache\r\n"
             "Vary: Accept-Encoding\r\n"
             "Surrogate-Key: article:62f9f7d471fdc theme\r\n"
             "X-Content-Type-Options: nosniff\r\n",
             digest);
    assert_str(page->variants[PAGE_BR].not_modified, expected);
    snprintf(expected, sizeof expected, "\"%s-br\"", digest);
    assert_str(page->variants[PAGE_BR].etag, expected);
    page_release(page);
}

static void test_a_redirect_has_its_location_and_does_not_vary(void **state)
{
    (void)state;
    struct page_print print = {
        .key = STR("/en/article/old-62f9f7d471fdc"),
        .status = 301,
        .location = STR("/en/article/new-62f9f7d471fdc"),
        .cache_control = STR("no-cache"),
        .depends = STR("article:62f9f7d471fdc"),
        .bodies = {[PAGE_IDENTITY] = STR_INIT("")},
    };
    DEFER(buf_finish) struct buf out;
    encode(&print, &out);
    struct page *page;
    assert_int_equal(page_decode(buf_str(&out), &page), ERR_OK);
    struct str head = page->variants[PAGE_IDENTITY].head;
    assert_true(
        str_starts_with(head, STR("HTTP/1.1 301 Moved Permanently\r\n")));
    assert_true(
        str_find(head, STR("\r\nLocation: /en/article/new-62f9f7d471fdc\r\n")) >
        0);
    assert_true(str_find(head, STR("Vary")) < 0);
    assert_true(str_find(head, STR("Content-Type")) < 0);
    assert_true(str_find(head, STR("Surrogate-Key")) < 0);
    page_release(page);
}

static void test_tags_follow_the_body(void **state)
{
    (void)state;
    struct page_print print = make_print();
    DEFER(buf_finish) struct buf first, second;
    encode(&print, &first);
    print.bodies[PAGE_IDENTITY] = STR("<p>The ferry is late.</p>");
    encode(&print, &second);
    struct page *a, *b;
    assert_int_equal(page_decode(buf_str(&first), &a), ERR_OK);
    assert_int_equal(page_decode(buf_str(&second), &b), ERR_OK);
    assert_false(
        str_eq(a->variants[PAGE_GZIP].etag, b->variants[PAGE_GZIP].etag));
    assert_false(
        str_eq(a->variants[PAGE_GZIP].etag, a->variants[PAGE_IDENTITY].etag));
    page_release(a);
    page_release(b);
}

/* The bytes are copied to a block of exactly their size, so that ASan sees a
 * read behind the end. */
static enum err decode_copy(struct str bytes, struct page **ret_page)
{
    char *copy = malloc(bytes.len ? bytes.len : 1);
    memcpy(copy, bytes.ptr, bytes.len);
    enum err err = page_decode(str_of(copy, bytes.len), ret_page);
    free(copy);
    return err;
}

static void test_every_cut_is_refused(void **state)
{
    (void)state;
    struct page_print print = make_print();
    DEFER(buf_finish) struct buf out;
    encode(&print, &out);
    struct page *untouched = (struct page *)(uintptr_t)1;
    struct page *page = untouched;
    for (size_t len = 0; len < out.len; len++)
        assert_int_equal(decode_copy(str_of(out.ptr, len), &page), ERR_INVALID);
    buf_add_char(&out, '!'); /* and one byte too many */
    assert_int_equal(decode_copy(buf_str(&out), &page), ERR_INVALID);
    assert_ptr_equal(page, untouched);
}

static bool within(struct str part, const struct page *page)
{
    const char *start = (const char *)(page + 1);
    return part.len == 0 ||
           (part.ptr >= start &&
            part.ptr + part.len <= (const char *)page + page->bytes);
}

/* A page with any one byte changed is refused, or is a page whose every text
 * lies within its own memory. */
static void test_no_changed_byte_leads_outside(void **state)
{
    (void)state;
    struct page_print print = make_print();
    DEFER(buf_finish) struct buf out;
    encode(&print, &out);
    size_t refused = 0;
    for (size_t i = 0; i < out.len; i++) {
        for (int bit = 0; bit < 8; bit++) {
            struct page *page;
            out.ptr[i] ^= (char)(1 << bit);
            enum err err = decode_copy(buf_str(&out), &page);
            out.ptr[i] ^= (char)(1 << bit);
            refused += err != ERR_OK;
            if (err)
                continue;
            assert_true(within(page->key, page));
            for (int c = 0; c < PAGE_CODINGS; c++) {
                assert_true(within(page->variants[c].head, page));
                assert_true(within(page->variants[c].body, page));
            }
            page_release(page);
        }
    }
    assert_true(refused > 0);
}

/* The fixed part and empty variants, as only a broken desk would send it. */
static enum err decode_by_hand(unsigned codings, struct str key)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, ENCODED_MAX);
    wire_put_u16(&out, 200);
    wire_put_u16(&out, 0);
    wire_put_u8(&out, (uint8_t)codings);
    wire_put_str(&out, key);
    wire_put_str(&out, STR("theme"));
    for (unsigned i = 0; i < PAGE_CODINGS; i++) {
        for (int text = 0; text < 4 && codings & 1u << i; text++)
            wire_put_str(&out, STR(""));
    }
    struct page *page;
    enum err err = decode_copy(buf_str(&out), &page);
    if (!err)
        page_release(page);
    return err;
}

static void test_a_page_without_identity_or_key_is_none(void **state)
{
    (void)state;
    assert_int_equal(decode_by_hand(1 << PAGE_IDENTITY, STR("/en/")), ERR_OK);
    assert_int_equal(decode_by_hand(1 << PAGE_IDENTITY, STR("")), ERR_INVALID);
    assert_int_equal(decode_by_hand(1 << PAGE_GZIP, STR("/en/")), ERR_INVALID);
    assert_int_equal(decode_by_hand(0, STR("/en/")), ERR_INVALID);
}

static void test_hits_stop_at_their_end(void **state)
{
    (void)state;
    struct page_print print = make_print();
    DEFER(buf_finish) struct buf out;
    encode(&print, &out);
    struct page *page;
    assert_int_equal(page_decode(buf_str(&out), &page), ERR_OK);
    for (int i = 0; i < 300; i++)
        page_touch(page);
    assert_int_equal(atomic_load(&page->hits), PAGE_HITS_MAX);
    page_release(page_hold(page));
    page_release(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_page_arrives_as_it_was_sent),
        cmocka_unit_test(test_the_plain_body_is_unpacked_from_gzip),
        cmocka_unit_test(test_without_gzip_the_plain_body_is_there),
        cmocka_unit_test(test_a_damaged_gzip_body_is_told),
        cmocka_unit_test(test_heads_are_exact),
        cmocka_unit_test(test_the_head_of_304_repeats_what_caches_need),
        cmocka_unit_test(test_a_redirect_has_its_location_and_does_not_vary),
        cmocka_unit_test(test_tags_follow_the_body),
        cmocka_unit_test(test_every_cut_is_refused),
        cmocka_unit_test(test_no_changed_byte_leads_outside),
        cmocka_unit_test(test_a_page_without_identity_or_key_is_none),
        cmocka_unit_test(test_hits_stop_at_their_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
