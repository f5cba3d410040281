// SPDX-License-Identifier: Apache-2.0
/* ninjs of any version: JSON to the plain form, and the heads of pictures. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "exchange/image_size.h"
#include "exchange/ninjs.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void measure(struct str bytes)
{
    struct image_size size;
    if (!image_size_read(bytes, &size))
        assert(size.width > 0 && size.height > 0 && size.mime.len);
}

static void look_at(const struct ninjs_item *item)
{
    assert(utf8_is_valid(item->uri));
    assert(item->uri.len || item->alt_ids.count);
    for (size_t i = 0; i < item->bodies.count; i++)
        assert(utf8_is_valid(item->bodies.items[i].value));
    for (size_t i = 0; i < item->subjects.count; i++)
        assert(utf8_is_valid(item->subjects.items[i].name));
    for (size_t i = 0; i < item->associations.count; i++)
        assert(utf8_is_valid(item->associations.items[i].name));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    measure(str_of((const char *)bytes, len));
    DEFER(ninjs_file_finish) struct ninjs_file file;
    ninjs_file_init(&file, str_of((const char *)bytes, len));
    enum err err = ERR_OK;
    while (err != ERR_NOT_FOUND) {
        struct ninjs_item item;
        struct fault fault = {0};
        err = ninjs_file_next(&file, &arena, &item, &fault);
        if (!err)
            look_at(&item);
        assert(!err || err == ERR_NOT_FOUND || fault.message[0]);
    }
    return 0;
}
