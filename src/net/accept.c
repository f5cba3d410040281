// SPDX-License-Identifier: Apache-2.0
#include "net/accept.h"

#include "net/http_head.h"

/* ---- Content codings ---------------------------------------------------- */

/* clang-format off */
/* What browsers and proxies send, word for word, most frequent first. */
static const struct {
    struct str field;
    unsigned codings;
} usual[] = {
    {STR_INIT("gzip, deflate, br, zstd"), HTTP_CODING_IDENTITY | HTTP_CODING_GZIP | HTTP_CODING_BR},
    {STR_INIT("gzip, deflate, br"),       HTTP_CODING_IDENTITY | HTTP_CODING_GZIP | HTTP_CODING_BR},
    {STR_INIT("gzip, deflate"),           HTTP_CODING_IDENTITY | HTTP_CODING_GZIP},
    {STR_INIT("gzip"),                    HTTP_CODING_IDENTITY | HTTP_CODING_GZIP},
    {STR_INIT("identity"),                HTTP_CODING_IDENTITY},
};

static const struct {
    struct str name;
    unsigned coding;
} codings[] = {
    {STR_INIT("gzip"),     HTTP_CODING_GZIP},
    {STR_INIT("x-gzip"),   HTTP_CODING_GZIP}, /* RFC 9110 §8.4.1.3 */
    {STR_INIT("br"),       HTTP_CODING_BR},
    {STR_INIT("identity"), HTTP_CODING_IDENTITY},
};
/* clang-format on */

enum {
    CODINGS_ALL = HTTP_CODING_IDENTITY | HTTP_CODING_GZIP | HTTP_CODING_BR,
    ELEMENTS_MAX = 32, /* more than that nobody means */
};

/* Whether the parameters behind a coding say q=0 (RFC 9110 §12.4.2), or
 * something that cannot be understood. */
static bool is_excluded(struct str parameters)
{
    struct str parameter;
    while (str_split_next(&parameters, ';', &parameter)) {
        parameter = str_trim(parameter);
        if (parameter.len < 3 || (parameter.ptr[0] | 0x20) != 'q' ||
            parameter.ptr[1] != '=')
            continue;
        struct str weight = str_from(parameter, 2);
        for (size_t i = 0; i < weight.len; i++) {
            if (weight.ptr[i] >= '1' && weight.ptr[i] <= '9')
                return false;
        }
        return true;
    }
    return false;
}

static unsigned coding_named(struct str name)
{
    for (size_t i = 0; i < sizeof codings / sizeof codings[0]; i++) {
        if (str_eq_ascii_case(name, codings[i].name))
            return codings[i].coding;
    }
    return 0;
}

static unsigned parse_codings(struct str field)
{
    unsigned allowed = 0, named = 0;
    bool any_allowed = false, any_named = false;
    struct str element;
    for (int i = 0; i < ELEMENTS_MAX && http_list_next(&field, &element); i++) {
        ptrdiff_t mark = str_find_char(element, ';');
        size_t len = mark < 0 ? element.len : (size_t)mark;
        struct str name = str_trim(str_slice(element, 0, len));
        bool excluded =
            mark >= 0 && is_excluded(str_from(element, (size_t)mark + 1));
        if (str_eq(name, STR("*"))) {
            any_named = true;
            any_allowed = !excluded;
            continue;
        }
        unsigned coding = coding_named(name);
        named |= coding;
        if (!excluded)
            allowed |= coding;
    }
    unsigned rest = CODINGS_ALL & ~named;
    if (any_named && any_allowed)
        return allowed | rest;
    return any_named ? allowed : allowed | (rest & HTTP_CODING_IDENTITY);
}

unsigned accept_codings(struct str accept_encoding)
{
    if (accept_encoding.len == 0)
        return HTTP_CODING_IDENTITY;
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        if (str_eq(accept_encoding, usual[i].field))
            return usual[i].codings;
    }
    return parse_codings(accept_encoding);
}

/* ---- Conditions --------------------------------------------------------- */

static struct str without_weak(struct str etag)
{
    return str_starts_with(etag, STR("W/")) ? str_from(etag, 2) : etag;
}

/* Takes the next entity tag off a list. A comma may stand within the quotes.
 * False at the end and on what is no entity tag. */
static bool etag_next(struct str *rest, struct str *ret_etag)
{
    size_t start = 0;
    while (start < rest->len &&
           (rest->ptr[start] == ' ' || rest->ptr[start] == '\t' ||
            rest->ptr[start] == ','))
        start++;
    struct str list = str_from(*rest, start);
    size_t quote = str_starts_with(list, STR("W/")) ? 2 : 0;
    if (quote >= list.len || list.ptr[quote] != '"')
        return false;
    ptrdiff_t end = str_find_char(str_from(list, quote + 1), '"');
    if (end < 0)
        return false;
    size_t len = quote + 1 + (size_t)end + 1;
    *ret_etag = str_slice(list, 0, len);
    *rest = str_from(list, len);
    return true;
}

bool accept_none_match(struct str if_none_match, struct str etag)
{
    if (str_eq(if_none_match, STR("*")))
        return true;
    struct str wanted = without_weak(etag);
    struct str candidate;
    while (etag_next(&if_none_match, &candidate)) {
        if (str_eq(without_weak(candidate), wanted))
            return true;
    }
    return false;
}

bool accept_if_range(struct str if_range, struct str etag)
{
    if (!if_range.ptr)
        return true;
    return str_eq(if_range, etag) && !str_starts_with(etag, STR("W/"));
}

/* ---- Ranges ------------------------------------------------------------- */

/* "-500": the last 500 bytes. */
static enum accept_range suffix_range(struct str digits, uint64_t size,
                                      struct byte_range *ret_range)
{
    uint64_t len;
    if (str_parse_u64(digits, &len))
        return ACCEPT_RANGE_NONE;
    if (len == 0 || size == 0)
        return ACCEPT_RANGE_UNSATISFIABLE;
    if (len > size)
        len = size;
    *ret_range = (struct byte_range){size - len, len};
    return ACCEPT_RANGE_PART;
}

enum accept_range accept_range(struct str range, uint64_t size,
                               struct byte_range *ret_range)
{
    ptrdiff_t equals = str_find_char(range, '=');
    if (equals < 0 ||
        !str_eq_ascii_case(str_slice(range, 0, (size_t)equals), STR("bytes")))
        return ACCEPT_RANGE_NONE;
    struct str spec = str_trim(str_from(range, (size_t)equals + 1));
    ptrdiff_t dash = str_find_char(spec, '-');
    if (dash < 0)
        return ACCEPT_RANGE_NONE;
    struct str last_text = str_from(spec, (size_t)dash + 1);
    if (dash == 0)
        return suffix_range(last_text, size, ret_range);
    uint64_t first, last = UINT64_MAX;
    if (str_parse_u64(str_slice(spec, 0, (size_t)dash), &first))
        return ACCEPT_RANGE_NONE;
    if (last_text.len && (str_parse_u64(last_text, &last) || last < first))
        return ACCEPT_RANGE_NONE;
    if (first >= size)
        return ACCEPT_RANGE_UNSATISFIABLE;
    if (last >= size)
        last = size - 1;
    *ret_range = (struct byte_range){first, last - first + 1};
    return ACCEPT_RANGE_PART;
}
