// SPDX-License-Identifier: Apache-2.0
#include "net/public_address.h"

#include <assert.h>
#include <string.h>

struct range {
    unsigned char ip[ADDRESS_IP_BYTES];
    unsigned bits; /* that have to be equal */
    const char *objection;
};

#define IP4(a, b, c, d) \
    { \
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d \
    }
#define IP6(a, b, c, d) \
    { \
        (a) >> 8, (a)&0xff, (b) >> 8, (b)&0xff, (c) >> 8, (c)&0xff, (d) >> 8, \
            (d)&0xff \
    }

/* The IANA registries of special-purpose addresses (RFC 6890), and multicast.
 * IPv4 stands as ::ffff:a.b.c.d, its bits are counted from there. */
/* clang-format off */
static const struct range ip4_ranges[] = {
    {IP4(0, 0, 0, 0),       96 + 8,  "this network, RFC 791"},
    {IP4(10, 0, 0, 0),      96 + 8,  "private, RFC 1918"},
    {IP4(100, 64, 0, 0),    96 + 10, "shared by a carrier, RFC 6598"},
    {IP4(127, 0, 0, 0),     96 + 8,  "loopback, RFC 1122"},
    {IP4(169, 254, 0, 0),   96 + 16, "link-local, RFC 3927"},
    {IP4(172, 16, 0, 0),    96 + 12, "private, RFC 1918"},
    {IP4(192, 0, 0, 0),     96 + 24, "of protocols, RFC 6890"},
    {IP4(192, 0, 2, 0),     96 + 24, "for documentation, RFC 5737"},
    {IP4(192, 88, 99, 0),   96 + 24, "a 6to4 relay, RFC 7526"},
    {IP4(192, 168, 0, 0),   96 + 16, "private, RFC 1918"},
    {IP4(198, 18, 0, 0),    96 + 15, "for benchmarks, RFC 2544"},
    {IP4(198, 51, 100, 0),  96 + 24, "for documentation, RFC 5737"},
    {IP4(203, 0, 113, 0),   96 + 24, "for documentation, RFC 5737"},
    {IP4(224, 0, 0, 0),     96 + 4,  "multicast, RFC 5771"},
    {IP4(240, 0, 0, 0),     96 + 4,  "reserved, RFC 1112"},
};

/* Parts of 2000::/3, the only global unicast there is (RFC 4291 §2.4). */
static const struct range ip6_ranges[] = {
    {IP6(0x2001, 0, 0, 0),      23, "of protocols, RFC 2928"},
    {IP6(0x2001, 0xdb8, 0, 0),  32, "for documentation, RFC 3849"},
    {IP6(0x2002, 0, 0, 0),      16, "6to4, RFC 3056"},
    {IP6(0x3fff, 0, 0, 0),      20, "for documentation, RFC 9637"},
};

/* Names for what lies outside of it. */
static const struct range ip6_others[] = {
    {{[15] = 1},                128, "loopback, RFC 4291"},
    {{0},                       128, "unspecified, RFC 4291"},
    {{0},                        96, "IPv4-compatible, RFC 4291"},
    {IP6(0x64, 0xff9b, 1, 0),    48, "local translation, RFC 8215"},
    {IP6(0x100, 0, 0, 0),        64, "discarded, RFC 6666"},
    {IP6(0xfc00, 0, 0, 0),        7, "unique local, RFC 4193"},
    {IP6(0xfe80, 0, 0, 0),       10, "link-local, RFC 4291"},
    {IP6(0xfec0, 0, 0, 0),       10, "site-local, RFC 3879"},
    {IP6(0xff00, 0, 0, 0),        8, "multicast, RFC 4291"},
};
/* clang-format on */

static const unsigned char nat64_prefix[12] = {0x00, 0x64, 0xff, 0x9b};

static bool is_in(const unsigned char ip[ADDRESS_IP_BYTES],
                  const struct range *range)
{
    unsigned bytes = range->bits / 8, bits = range->bits % 8;
    if (memcmp(ip, range->ip, bytes) != 0)
        return false;
    unsigned char mask = (unsigned char)(0xff00 >> bits);
    return !bits || ((ip[bytes] ^ range->ip[bytes]) & mask) == 0;
}

static const char *find_range(const unsigned char ip[ADDRESS_IP_BYTES],
                              const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_in(ip, &ranges[i]))
            return ranges[i].objection;
    return NULL;
}

#define FIND(ip, ranges) \
    find_range(ip, ranges, sizeof(ranges) / sizeof *(ranges))

static const char *object_to_ip6(const unsigned char ip[ADDRESS_IP_BYTES])
{
    if ((ip[0] & 0xe0) == 0x20)
        return FIND(ip, ip6_ranges);
    const char *objection = FIND(ip, ip6_others);
    return objection ? objection : "not global unicast, RFC 4291";
}

const char *public_address_objection(const struct address_peer *peer)
{
    assert(peer);
    if (peer->is_local)
        return "a socket of this machine";
    struct address_peer inner = *peer;
    /* RFC 6052: a translator turns it into the IPv4 address at its end. */
    if (memcmp(inner.ip, nat64_prefix, sizeof nat64_prefix) == 0) {
        const unsigned char mapped[ADDRESS_IP_BYTES] =
            IP4(inner.ip[12], inner.ip[13], inner.ip[14], inner.ip[15]);
        memcpy(inner.ip, mapped, sizeof mapped);
    }
    return address_peer_is_ip4(&inner) ? FIND(inner.ip, ip4_ranges)
                                       : object_to_ip6(inner.ip);
}
