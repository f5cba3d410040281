// SPDX-License-Identifier: Apache-2.0
#include "link/page.h"

#include <assert.h>
#include <libdeflate.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"
#include "link/wire.h"
#include "net/http_status.h"

enum {
    HEAD_BYTES_MAX = 24 * 1024,
    ETAG_DIGEST_DIGITS = 24, /* 96 bits of SHA-256 */
    SURROGATE_KEY_BYTES_MAX =
        8 * 1024, /* what Varnish's xkey is asked to read */
    PAGE_UNPACKED_BYTES_MAX = PAGE_BYTES_MAX,
    GZIP_BYTES_MIN = 18, /* its head and its end (RFC 1952 §2.2) */
};

struct str page_coding_name(enum page_coding coding)
{
    static const struct str names[PAGE_CODINGS] = {
        [PAGE_IDENTITY] = STR_INIT(""),
        [PAGE_GZIP] = STR_INIT("gzip"),
        [PAGE_BR] = STR_INIT("br"),
    };
    assert(coding < PAGE_CODINGS);
    return names[coding];
}

static void put_field(struct buf *head, const char *name, struct str value)
{
    if (value.len == 0)
        return;
    buf_add_c(head, name);
    buf_add_c(head, ": ");
    buf_add(head, value);
    buf_add_c(head, "\r\n");
}

/* What 200 and 304 have in common (RFC 9110 §15.4.5). */
static void put_shared_fields(struct buf *head, const struct page_print *print,
                              struct str etag, unsigned codings)
{
    put_field(head, "ETag", etag);
    put_field(head, "Cache-Control", print->cache_control);
    if (codings != 1u << PAGE_IDENTITY)
        put_field(head, "Vary", STR("Accept-Encoding"));
    if (print->surrogate_keys && print->depends.len <= SURROGATE_KEY_BYTES_MAX)
        put_field(head, "Surrogate-Key", print->depends);
    buf_add(head, print->extra_fields);
}

static void put_head(struct buf *head, const struct page_print *print,
                     enum page_coding coding, struct str etag, unsigned codings)
{
    buf_add(head, http_status_line(print->status));
    put_field(head, "Content-Type", print->content_type);
    put_field(head, "Content-Encoding", page_coding_name(coding));
    buf_printf(head, "Content-Length: %zu\r\n", print->bodies[coding].len);
    put_field(head, "Location", print->location);
    put_shared_fields(head, print, etag, codings);
}

static void put_not_modified(struct buf *head, const struct page_print *print,
                             struct str etag, unsigned codings)
{
    buf_add_c(head, "HTTP/1.1 304 Not Modified\r\n");
    put_shared_fields(head, print, etag, codings);
}

static bool is_packed(const struct page_print *print)
{
    return print->bodies[PAGE_GZIP].ptr &&
           print->bodies[PAGE_IDENTITY].len <= UINT32_MAX;
}

static enum err put_variant(struct buf *out, const struct page_print *print,
                            enum page_coding coding, const char *digest,
                            unsigned codings)
{
    char etag[ETAG_DIGEST_DIGITS + 8];
    struct str name = page_coding_name(coding);
    int len = snprintf(etag, sizeof etag, "\"%.*s%s%" PRI_STR "\"",
                       ETAG_DIGEST_DIGITS, digest, name.len ? "-" : "",
                       ARG_STR(name));
    struct str tag = str_of(etag, (size_t)len);
    DEFER(buf_finish) struct buf head, not_modified;
    buf_init(&head, HEAD_BYTES_MAX);
    buf_init(&not_modified, HEAD_BYTES_MAX);
    put_head(&head, print, coding, tag, codings);
    put_not_modified(&not_modified, print, tag, codings);
    enum err err = buf_err(&head);
    if (err || (err = buf_err(&not_modified)))
        return err;
    wire_put_str(out, buf_str(&head));
    wire_put_str(out, buf_str(&not_modified));
    bool left_out = coding == PAGE_IDENTITY && is_packed(print);
    wire_put_str(out, left_out ? STR("") : print->bodies[coding]);
    wire_put_str(out, tag);
    return ERR_OK;
}

enum err page_encode(const struct page_print *print, struct buf *out)
{
    assert(print);
    assert(print->bodies[PAGE_IDENTITY].ptr);
    assert(print->key.len && print->key.len <= PAGE_KEY_BYTES_MAX);
    unsigned codings = 0;
    for (int i = 0; i < PAGE_CODINGS; i++)
        codings |= print->bodies[i].ptr ? 1u << i : 0;
    char digest[DIGEST_HEX_BYTES];
    digest_hex(print->bodies[PAGE_IDENTITY], digest);

    wire_put_u16(out, (uint16_t)print->status);
    wire_put_u16(
        out, (uint16_t)(print->flags | (is_packed(print) ? PAGE_PACKED : 0)));
    wire_put_u8(out, (uint8_t)codings);
    wire_put_str(out, print->key);
    wire_put_str(out, print->depends);
    for (int i = 0; i < PAGE_CODINGS; i++) {
        if (!(codings & 1u << i))
            continue;
        enum err err =
            put_variant(out, print, (enum page_coding)i, digest, codings);
        if (err)
            return err;
    }
    return buf_err(out);
}

enum err page_decode(struct str encoded, struct page **ret_page)
{
    assert(ret_page);
    if (encoded.len > PAGE_BYTES_MAX)
        return ERR_TOO_LONG;
    struct page *page = malloc(sizeof *page + encoded.len);
    if (!page)
        return ERR_NO_MEMORY;
    char *bytes = (char *)(page + 1);
    memcpy(bytes, encoded.ptr, encoded.len);
    struct wire_reader reader = {.rest = str_of(bytes, encoded.len)};
    *page = (struct page){
        .status = wire_get_u16(&reader),
        .bytes = sizeof *page + encoded.len,
    };
    page->flags = wire_get_u16(&reader);
    page->codings = wire_get_u8(&reader);
    page->key = wire_get_str(&reader);
    page->depends = wire_get_str(&reader);
    for (int i = 0; i < PAGE_CODINGS; i++) {
        if (!(page->codings & 1u << i))
            continue;
        struct page_variant *variant = &page->variants[i];
        variant->head = wire_get_str(&reader);
        variant->not_modified = wire_get_str(&reader);
        variant->body = wire_get_str(&reader);
        variant->etag = wire_get_str(&reader);
    }
    bool packed = page->flags & PAGE_PACKED;
    bool whole =
        !reader.bad && reader.rest.len == 0 && page->key.len &&
        (page->codings & 1u << PAGE_IDENTITY) &&
        (!packed || page->variants[PAGE_GZIP].body.len >= GZIP_BYTES_MIN);
    if (!whole) {
        free(page);
        return ERR_INVALID;
    }
    atomic_init(&page->references, 1);
    *ret_page = page;
    return ERR_OK;
}

/* The length of what is packed stands in the last four bytes (RFC 1952). */
static size_t unpacked_len(struct str gzip)
{
    struct wire_reader trailer = {.rest = str_from(gzip, gzip.len - 4)};
    return wire_get_u32(&trailer);
}

enum err page_unpack(const struct page *page, struct str *ret_body)
{
    assert(page->flags & PAGE_PACKED);
    struct str gzip = page->variants[PAGE_GZIP].body;
    size_t len = unpacked_len(gzip), got = 0;
    if (len > PAGE_UNPACKED_BYTES_MAX)
        return ERR_CORRUPT;
    char *body = malloc(len + 1);
    struct libdeflate_decompressor *unpacker = libdeflate_alloc_decompressor();
    enum err err = body && unpacker ? ERR_OK : ERR_NO_MEMORY;
    if (!err && (libdeflate_gzip_decompress(unpacker, gzip.ptr, gzip.len, body,
                                            len, &got) ||
                 got != len))
        err = ERR_CORRUPT;
    libdeflate_free_decompressor(unpacker);
    if (err)
        free(body);
    else
        *ret_body = str_of(body, len);
    return err;
}

struct page *page_hold(struct page *page)
{
    assert(page);
    atomic_fetch_add_explicit(&page->references, 1, memory_order_relaxed);
    return page;
}

void page_release(struct page *page)
{
    if (page && atomic_fetch_sub_explicit(&page->references, 1,
                                          memory_order_acq_rel) == 1)
        free(page);
}
