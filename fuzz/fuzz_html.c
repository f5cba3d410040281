// SPDX-License-Identifier: Apache-2.0
/* HTML to documents, in this process: what comes out must satisfy the schema
 * and survive its JSON form. */
#include <stddef.h>
#include <stdint.h>

#include "../helpers/html/convert.h"
#include "base/arena.h"

enum { OUTPUT_MAX = 1 << 26 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena arena;
    struct buf out;
    struct convert_result result;
    struct document_node *doc;
    struct fault fault;
    arena_init(&arena, 0);
    buf_init(&out, OUTPUT_MAX);
    struct str html = str_of((const char *)bytes, len);
    if (convert_html(html, &arena, &result, &fault) == ERR_OK) {
        document_write_json(result.doc, &out);
        if (document_parse_json(buf_str(&out), &arena, &doc, &fault))
            abort();
    }
    buf_finish(&out);
    arena_finish(&arena);
    return 0;
}
