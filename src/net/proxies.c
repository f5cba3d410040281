// SPDX-License-Identifier: Apache-2.0
#include "net/proxies.h"

#include <arpa/inet.h>
#include <assert.h>

enum {
    IP4_AT = 12, /* of the four bytes in ::ffff:a.b.c.d */
    IP4_BITS_BEFORE = 96,
    BITS_MAX = 128,
    TEXT_BYTES = 64, /* enough for any address */
};

static void set_ip4(unsigned char ip[ADDRESS_IP_BYTES],
                    const unsigned char bytes[4])
{
    memset(ip, 0, IP4_AT);
    ip[10] = ip[11] = 0xFF;
    memcpy(ip + IP4_AT, bytes, 4);
}

static bool parse_ip(struct str text, unsigned char ip[ADDRESS_IP_BYTES],
                     bool *ret_is_ip4)
{
    char buffer[TEXT_BYTES];
    unsigned char bytes[4];
    if (str_to_c(text, buffer, sizeof buffer))
        return false;
    *ret_is_ip4 = inet_pton(AF_INET, buffer, bytes) == 1;
    if (*ret_is_ip4)
        set_ip4(ip, bytes);
    return *ret_is_ip4 || inet_pton(AF_INET6, buffer, ip) == 1;
}

enum err proxies_add(struct proxies *proxies, struct str text,
                     struct fault *fault)
{
    assert(proxies);
    if (proxies->count == PROXIES_MAX)
        return fault_set(fault, ERR_TOO_LONG, "proxy",
                         "at most %d proxies can be named", PROXIES_MAX);
    struct proxy_net *net = &proxies->nets[proxies->count];
    struct str bits = text, host;
    int64_t number = BITS_MAX;
    bool is_ip4 = false;
    str_split_next(&bits, '/', &host);
    bool fine = parse_ip(host, net->ip, &is_ip4);
    int64_t most = is_ip4 ? BITS_MAX - IP4_BITS_BEFORE : BITS_MAX;
    number = most;
    if (fine && host.len < text.len)
        fine = !str_parse_i64(bits, &number) && number >= 0 && number <= most;
    if (!fine)
        return fault_set(fault, ERR_INVALID, "proxy",
                         "'%.*s' is no address of a proxy; write 192.0.2.7, "
                         "10.0.0.0/8 or 2001:db8::/32",
                         ARG_STR(text));
    net->bits = (unsigned)(number + (is_ip4 ? IP4_BITS_BEFORE : 0));
    proxies->count++;
    return ERR_OK;
}

static bool is_in(const struct proxy_net *net,
                  const unsigned char ip[ADDRESS_IP_BYTES])
{
    unsigned whole = net->bits / 8, rest = net->bits % 8;
    if (memcmp(net->ip, ip, whole) != 0)
        return false;
    unsigned mask = 0xFF00u >> rest & 0xFF;
    return !rest || ((net->ip[whole] ^ ip[whole]) & mask) == 0;
}

bool proxies_trust(const struct proxies *proxies,
                   const struct address_peer *peer)
{
    if (address_peer_is_this_machine(peer))
        return true;
    for (size_t i = 0; i < proxies->count; i++) {
        if (is_in(&proxies->nets[i], peer->ip))
            return true;
    }
    return false;
}

/* The usual form, without a copy. */
static bool parse_plain_ip4(struct str text, unsigned char bytes[4])
{
    unsigned value = 0, digits = 0, at = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c >= '0' && c <= '9' && digits < 3) {
            value = value * 10 + (unsigned)(c - '0');
            digits++;
        } else if (c == '.' && digits && value < 256 && at < 3) {
            bytes[at++] = (unsigned char)value;
            value = digits = 0;
        } else {
            return false;
        }
    }
    bytes[3] = (unsigned char)value;
    return at == 3 && digits && value < 256;
}

/* "203.0.113.7", "203.0.113.7:4711", "2001:db8::1", "[2001:db8::1]:4711": what
 * proxies write, ports included. */
static bool parse_element(struct str text, struct address_peer *ret_peer)
{
    struct address_peer peer = {.is_local = false};
    unsigned char bytes[4];
    bool is_ip4;
    ptrdiff_t colon = str_find_last_char(text, ':');
    if (text.len && text.ptr[0] == '[') {
        ptrdiff_t end = str_find_last_char(text, ']');
        text = end > 0 ? str_slice(text, 1, (size_t)end - 1) : STR("");
    } else if (colon > 0 && str_find(text, STR(":")) == colon) {
        text = str_slice(text, 0, (size_t)colon);
    }
    if (parse_plain_ip4(text, bytes))
        set_ip4(peer.ip, bytes);
    else if (!parse_ip(text, peer.ip, &is_ip4))
        return false;
    *ret_peer = peer;
    return true;
}

/* Goes from the last address of one field to the first. True when *peer, the
 * one nearest to us so far, is not a proxy's, or nothing more can be known. */
static bool walk_back(const struct proxies *proxies, struct str list,
                      struct address_peer *peer)
{
    while (list.len) {
        ptrdiff_t comma = str_find_last_char(list, ',');
        struct str element = str_trim(str_from(list, (size_t)(comma + 1)));
        list = str_slice(list, 0, comma < 0 ? 0 : (size_t)comma);
        if (!element.len)
            continue;
        if (!parse_element(element, peer) || !proxies_trust(proxies, peer))
            return true;
    }
    return false;
}

struct address_peer proxies_reader(const struct proxies *proxies,
                                   const struct address_peer *peer,
                                   const struct http_fields *fields)
{
    struct address_peer reader = *peer;
    if (!http_fields_known(fields, HTTP_FIELD_X_FORWARDED_FOR).ptr ||
        !proxies_trust(proxies, peer))
        return reader;
    for (unsigned i = fields->count; i-- > 0;) {
        if (!str_eq_ascii_case(fields->all[i].name, STR("x-forwarded-for")))
            continue;
        if (walk_back(proxies, fields->all[i].value, &reader))
            break;
    }
    return reader;
}
