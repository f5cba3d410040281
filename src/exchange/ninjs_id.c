// SPDX-License-Identifier: Apache-2.0
/* Which article an item is. */
#include "base/hash.h"
#include "base/time.h"
#include "exchange/ninjs_import_internal.h"

enum {
    MICROSECONDS = 1000000,
    /* Items that do not say when they were made get seconds of these years. */
    EPOCH_2000 = 946684800,
    TWENTY_YEARS = 20 * 365 * 24 * 3600,
    DIGEST_DIGITS_USED = 15,
};

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
           (c >= 'A' && c <= 'F');
}

/* The id with which an address ends, as this program writes them. */
static bool id_at_end(struct str uri, struct id *ret_id)
{
    if (uri.len < ID_LEN)
        return false;
    size_t at = uri.len - ID_LEN;
    if (at > 0 && is_hex(uri.ptr[at - 1]))
        return false;
    return !id_parse(str_from(uri, at), ret_id);
}

static bool named_id(const struct ninjs_item *item, struct id *ret_id)
{
    for (size_t i = 0; i < item->alt_ids.count; i++) {
        const struct ninjs_alt_id *id = &item->alt_ids.items[i];
        if (str_eq(id->role, STR("internal")) && !id_parse(id->value, ret_id))
            return true;
    }
    return false;
}

/* A number made of the uri, always the same. */
static uint64_t number_of(struct str uri)
{
    char digest[DIGEST_HEX_BYTES];
    digest_hex(uri, digest);
    uint64_t number = 0;
    for (size_t i = 0; i < DIGEST_DIGITS_USED; i++) {
        char c = digest[i];
        number = number * 16 + (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return number;
}

/* versionCreated would not do: it changes with each version. */
static struct id made_id(const struct ninjs_item *item)
{
    struct str uri = item->uri.len ? item->uri : item->alt_ids.items[0].value;
    uint64_t number = number_of(uri);
    int64_t micros = (int64_t)(number % MICROSECONDS);
    int64_t seconds =
        EPOCH_2000 + (int64_t)(number / MICROSECONDS % TWENTY_YEARS);
    struct ninjs_time made = item->first_created.is_set ? item->first_created
                                                        : item->content_created;
    if (made.is_set && made.us > 0 &&
        made.us / TIME_US_PER_SECOND <= UINT32_MAX)
        seconds = made.us / TIME_US_PER_SECOND;
    return id_from_time(seconds * TIME_US_PER_SECOND + micros);
}

struct id ninjs_item_id(const struct ninjs_item *item,
                        enum ninjs_id_kind *ret_kind)
{
    struct id id;
    *ret_kind = NINJS_ID_NAMED;
    if (named_id(item, &id))
        return id;
    *ret_kind = NINJS_ID_OF_URI;
    if (id_at_end(item->uri, &id))
        return id;
    *ret_kind = NINJS_ID_MADE;
    return made_id(item);
}
