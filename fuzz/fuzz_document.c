// SPDX-License-Identifier: Apache-2.0
/* Document JSON: what is accepted must come through all writers, and the
 * written JSON must be accepted again and be the same. */
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "render/document.h"

enum { OUTPUT_MAX = 1 << 24 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static bool find_media(void *context, struct str id,
                       struct document_media *ret_media)
{
    (void)context;
    *ret_media = (struct document_media){
        .src = STR("/media/a.jpg"), .srcset = id, .width = 16, .height = 9};
    return id.ptr[0] != 'x';
}

static void write_all(const struct document_node *doc, struct arena *arena,
                      struct buf *out)
{
    struct document_writer writer = {
        .media = find_media,
        .base_url = STR("https://example.org"),
    };
    document_write_html(doc, &writer, out);
    document_write_feed(doc, &writer, out);
    document_write_text(doc, out);
    (void)document_count(doc);
    (void)document_first_paragraph(doc, arena);
    (void)document_excerpt(doc, 20, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena arena;
    struct buf first, second, rest;
    struct document_node *doc;
    struct fault fault;
    arena_init(&arena, 0);
    buf_init(&first, OUTPUT_MAX);
    buf_init(&second, OUTPUT_MAX);
    buf_init(&rest, OUTPUT_MAX);
    struct str json = str_of((const char *)bytes, len);
    if (document_parse_json(json, &arena, &doc, &fault) == ERR_OK) {
        document_write_json(doc, &first);
        write_all(doc, &arena, &rest);
        if (document_parse_json(buf_str(&first), &arena, &doc, &fault))
            abort();
        document_write_json(doc, &second);
        if (!str_eq(buf_str(&first), buf_str(&second)))
            abort();
    }
    buf_finish(&first);
    buf_finish(&second);
    buf_finish(&rest);
    arena_finish(&arena);
    return 0;
}
