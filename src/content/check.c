// SPDX-License-Identifier: Apache-2.0
#include "content/check_internal.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "render/slug.h"

enum { ADDRESS_BYTES_MAX = 2048 };

static enum err check(const char *field, struct str text, size_t max_bytes,
                      bool lines, struct fault *fault)
{
    if (text.len > max_bytes)
        return fault_set(fault, ERR_TOO_LONG, field,
                         "%s has %zu bytes; %zu are the most: shorten it",
                         field, text.len, max_bytes);
    if (!utf8_is_valid(text))
        return fault_set(fault, ERR_INVALID, field, "%s is not UTF-8 text",
                         field);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == 0x7f || (c < 0x20 && !(lines && (c == '\n' || c == '\t'))))
            return fault_set(fault, ERR_INVALID, field,
                             "%s holds a control character (%#04x) at byte "
                             "%zu: take it out",
                             field, c, i);
    }
    return ERR_OK;
}

enum err check_text(const char *field, struct str text, size_t max_bytes,
                    struct fault *fault)
{
    return check(field, text, max_bytes, true, fault);
}

enum err check_line(const char *field, struct str text, size_t max_bytes,
                    struct fault *fault)
{
    return check(field, text, max_bytes, false, fault);
}

enum err check_required(const char *field, struct str text, size_t max_bytes,
                        struct fault *fault)
{
    if (str_trim(text).len == 0)
        return fault_set(fault, ERR_INVALID, field, "%s is missing: give one",
                         field);
    return check_line(field, text, max_bytes, fault);
}

enum err check_slug(const char *field, struct str slug, struct str name,
                    struct str language, struct arena *arena,
                    struct str *ret_slug, struct fault *fault)
{
    if (slug.len == 0) {
        slug = slug_make(name, language, arena);
        if (slug.len == 0)
            return fault_set(fault, ERR_INVALID, field,
                             "no slug can be made of \"%.*s\": give one",
                             (int)utf8_cut(name, 80).len, name.ptr);
    } else if (!slug_is_valid(slug)) {
        return fault_set(fault, ERR_INVALID, field,
                         "a slug may hold only the letters a to z, digits and "
                         "single hyphens between them, at most %d: "
                         "\"%.*s\" does not",
                         SLUG_BYTES_MAX, (int)utf8_cut(slug, 100).len,
                         slug.ptr);
    }
    *ret_slug = slug;
    return ERR_OK;
}

enum err check_address(const char *field, struct str address,
                       struct fault *fault)
{
    if (address.len == 0)
        return ERR_OK;
    enum err err = check_line(field, address, ADDRESS_BYTES_MAX, fault);
    if (err)
        return err;
    struct str scheme = str_starts_with(address, STR("https://"))
                            ? STR("https://")
                            : STR("http://");
    if (!str_starts_with(address, scheme) || address.len == scheme.len ||
        str_find_char(address, ' ') >= 0)
        return fault_set(fault, ERR_INVALID, field,
                         "%s must be an address such as https://example.org",
                         field);
    return ERR_OK;
}

enum err check_path(const char *field, struct str path, struct fault *fault)
{
    enum err err = check_line(field, path, ADDRESS_BYTES_MAX, fault);
    if (err)
        return err;
    if (!str_starts_with(path, STR("/")) || str_starts_with(path, STR("//")) ||
        str_find_char(path, '?') >= 0 || str_find_char(path, '#') >= 0 ||
        str_find_char(path, ' ') >= 0 || str_find_char(path, '\\') >= 0)
        return fault_set(fault, ERR_INVALID, field,
                         "%s must be a path of this site such as /en/politics",
                         field);
    return ERR_OK;
}
