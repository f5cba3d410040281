// SPDX-License-Identifier: Apache-2.0
/* Paths and queries: what is decoded holds what the header promises, and
 * writing it and decoding it again gives the same. */
#include <assert.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "net/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WRITTEN_BYTES_MAX = 3 * URI_VALUE_BYTES_MAX };

static void check_path(struct str path)
{
    struct str rest = str_from(path, 1), segment;
    assert(path.len > 0 && path.ptr[0] == '/');
    assert(path.len <= URI_PATH_BYTES_MAX);
    assert(utf8_is_valid(path));
    assert(str_find(path, STR("//")) < 0);
    for (size_t i = 0; i < path.len; i++)
        assert((unsigned char)path.ptr[i] >= 0x20 && path.ptr[i] != '\\' &&
               path.ptr[i] != 0x7f);
    while (str_split_next(&rest, '/', &segment))
        assert(!str_eq(segment, STR(".")) && !str_eq(segment, STR("..")));
}

static void try_path(struct str raw)
{
    static char scratch[URI_PATH_BYTES_MAX], again[URI_PATH_BYTES_MAX];
    struct uri_path path, second;
    if (uri_path_decode(raw, scratch, &path))
        return;
    check_path(path.text);
    DEFER(buf_finish) struct buf written;
    buf_init(&written, WRITTEN_BYTES_MAX);
    uri_write_path(&written, path.text);
    assert(path.is_canonical == str_eq(buf_str(&written), raw));
    if (written.len > URI_PATH_BYTES_MAX)
        return;
    enum err err = uri_path_decode(buf_str(&written), again, &second);
    assert(err == ERR_OK);
    assert(second.is_canonical);
    assert(str_eq(second.text, path.text));
}

static void try_value(struct str raw)
{
    static char target[URI_VALUE_BYTES_MAX], again[URI_VALUE_BYTES_MAX];
    struct str text, second;
    if (uri_query_decode(raw, target, sizeof target, &text))
        return;
    assert(utf8_is_valid(text));
    assert(str_find_char(text, '\0') < 0);
    DEFER(buf_finish) struct buf written;
    buf_init(&written, WRITTEN_BYTES_MAX);
    uri_write_query(&written, text);
    enum err err =
        uri_query_decode(buf_str(&written), again, sizeof again, &second);
    assert(err == ERR_OK);
    assert(str_eq(second, text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char value_bytes[64];
    struct str raw = str_of((const char *)data, size), rest = raw, value;
    struct uri_parameter parameter;
    try_path(raw);
    while (uri_query_next(&rest, &parameter)) {
        try_value(parameter.name);
        try_value(parameter.value);
    }
    if (uri_query_get(raw, STR("before"), value_bytes, sizeof value_bytes,
                      &value) == ERR_OK)
        assert(value.len <= sizeof value_bytes);
    return 0;
}
