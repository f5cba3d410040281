// SPDX-License-Identifier: Apache-2.0
/* What a request says of who sent it: the addresses in X-Forwarded-For, and
 * the User-Agent; a line feed parts the two. */
#include <stdint.h>
#include <stdlib.h>

#include "edge/robots.h"
#include "net/proxies.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Who is believed is this machine or a stranger's address, never another. */
static void find_reader(const struct http_fields *fields)
{
    static const struct proxies none;
    struct address_peer loopback = {
        .ip = {[10] = 0xFF, [11] = 0xFF, [12] = 127, [15] = 1}};
    struct address_peer stranger = {
        .ip = {[10] = 0xFF, [11] = 0xFF, [12] = 203, [15] = 7}};
    char text[ADDRESS_TEXT_BYTES];
    struct address_peer reader = proxies_reader(&none, &loopback, fields);
    address_peer_format(&reader, text);
    if (reader.is_local)
        abort();
    reader = proxies_reader(&none, &stranger, fields);
    if (memcmp(reader.ip, stranger.ip, sizeof reader.ip) != 0)
        abort();
}

static void name_proxy(struct str text)
{
    struct proxies proxies = {.count = 0};
    struct fault fault;
    struct address_peer peer = {.is_local = false};
    if (proxies_add(&proxies, text, &fault))
        return;
    memcpy(peer.ip, proxies.nets[0].ip, sizeof peer.ip);
    if (!proxies_trust(&proxies, &peer))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static struct robots robots;
    static struct http_fields fields;
    struct str rest = str_of((const char *)bytes, len), forwarded;
    if (!str_split_next(&rest, '\n', &forwarded))
        return 0;
    robots_init(&robots);
    fields = (struct http_fields){.count = 2};
    fields.all[0] = (struct http_field){STR("x-forwarded-for"), forwarded};
    fields.all[1] = (struct http_field){STR("sec-purpose"), rest};
    fields.known[HTTP_FIELD_X_FORWARDED_FOR] = forwarded;
    fields.known[HTTP_FIELD_USER_AGENT] = rest;
    find_reader(&fields);
    name_proxy(forwarded);
    (void)robots_is_one(&robots, &fields);
    return 0;
}
