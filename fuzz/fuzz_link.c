// SPDX-License-Identifier: Apache-2.0
/* The link's messages and the pages in them, as an edge reads them. */
#include <stdint.h>
#include <stdlib.h>

#include "link/message.h"
#include "link/page.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str rest = str_of((const char *)bytes, len);
    struct message message;
    while (!message_next(&rest, &message)) {
        struct page *page;
        if (page_decode(message.payload, &page))
            continue;
        for (int i = 0; i < PAGE_CODINGS; i++) {
            /* Every text must lie within the page's own memory. */
            const char *start = (const char *)(page + 1);
            struct str body = page->variants[i].body;
            if (body.ptr &&
                (body.ptr < start ||
                 body.ptr + body.len > (const char *)page + page->bytes))
                abort();
        }
        page_release(page);
    }
    return 0;
}
