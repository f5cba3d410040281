// SPDX-License-Identifier: Apache-2.0
#include "net/address.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/un.h>

enum { IP6_NETWORK_BYTES = 8 };

/* ::ffff:0:0/96 (RFC 4291 §2.5.5.2). */
static const unsigned char mapped_prefix[12] = {0, 0, 0, 0, 0,    0,
                                                0, 0, 0, 0, 0xff, 0xff};

static enum err refuse(struct fault *fault, struct str text)
{
    return fault_set(fault, ERR_INVALID, "address",
                     "\"%" PRI_STR "\" is no address to listen on or connect "
                     "to; write 127.0.0.1:8080, [::1]:8080, :8080 (a port is "
                     "at most 65535) or unix:/path/to/socket",
                     ARG_STR(text));
}

static enum err parse_unix(struct str path, struct address *address,
                           struct fault *fault)
{
    struct sockaddr_un *un = (struct sockaddr_un *)&address->socket;
    _Static_assert(sizeof un->sun_path == ADDRESS_PATH_BYTES_MAX + 1,
                   "a Unix socket's name");
    enum err err = str_to_c(path, un->sun_path, sizeof un->sun_path);
    if (err == ERR_TOO_LONG)
        return fault_set(fault, err, "address",
                         "the socket's path is %zu bytes long, the system "
                         "allows %d; choose a shorter folder",
                         path.len, ADDRESS_PATH_BYTES_MAX);
    if (err || path.len == 0)
        return refuse(fault, path);
    un->sun_family = AF_UNIX;
    address->socket_bytes = sizeof *un;
    return ERR_OK;
}

static bool parse_ip4(struct str host, uint16_t port, struct address *address)
{
    char text[INET_ADDRSTRLEN];
    struct sockaddr_in *in = (struct sockaddr_in *)&address->socket;
    if (str_eq_ascii_case(host, STR("localhost")))
        host = STR("127.0.0.1");
    if (str_to_c(host, text, sizeof text) ||
        inet_pton(AF_INET, text, &in->sin_addr) != 1)
        return false;
    in->sin_family = AF_INET;
    in->sin_port = htons(port);
    address->socket_bytes = sizeof *in;
    return true;
}

static bool parse_ip6(struct str host, uint16_t port, struct address *address)
{
    char text[INET6_ADDRSTRLEN];
    struct sockaddr_in6 *in = (struct sockaddr_in6 *)&address->socket;
    if (str_to_c(host, text, sizeof text) ||
        inet_pton(AF_INET6, text, &in->sin6_addr) != 1)
        return false;
    in->sin6_family = AF_INET6;
    in->sin6_port = htons(port);
    address->socket_bytes = sizeof *in;
    return true;
}

enum err address_parse(struct str text, struct address *ret_address,
                       struct fault *fault)
{
    assert(ret_address);
    struct address address = {0};
    uint64_t port;
    if (str_starts_with(text, STR("unix:"))) {
        enum err err = parse_unix(str_from(text, 5), &address, fault);
        if (!err)
            *ret_address = address;
        return err;
    }
    ptrdiff_t colon = str_find_last_char(text, ':');
    if (colon < 0 || str_parse_u64(str_from(text, (size_t)colon + 1), &port) ||
        port > UINT16_MAX)
        return refuse(fault, text);
    struct str host = str_slice(text, 0, (size_t)colon);
    bool fine;
    if (host.len == 0) {
        address.any_host = true;
        fine = parse_ip6(STR("::"), (uint16_t)port, &address);
    } else if (host.len > 2 && host.ptr[0] == '[' &&
               host.ptr[host.len - 1] == ']') {
        fine = parse_ip6(str_slice(host, 1, host.len - 2), (uint16_t)port,
                         &address);
    } else {
        fine = parse_ip4(host, (uint16_t)port, &address);
    }
    if (!fine)
        return refuse(fault, text);
    *ret_address = address;
    return ERR_OK;
}

void address_format(const struct address *address,
                    char target[ADDRESS_TEXT_BYTES])
{
    char host[INET6_ADDRSTRLEN] = "";
    const struct sockaddr_storage *socket = &address->socket;
    if (socket->ss_family == AF_UNIX) {
        const struct sockaddr_un *un = (const struct sockaddr_un *)socket;
        snprintf(target, ADDRESS_TEXT_BYTES, "unix:%s", un->sun_path);
    } else if (socket->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)socket;
        inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
        snprintf(target, ADDRESS_TEXT_BYTES, "%s:%u", host,
                 (unsigned)ntohs(in->sin_port));
    } else {
        const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)socket;
        inet_ntop(AF_INET6, &in->sin6_addr, host, sizeof host);
        snprintf(target, ADDRESS_TEXT_BYTES,
                 address->any_host ? "%.0s:%u" : "[%s]:%u", host,
                 (unsigned)ntohs(in->sin6_port));
    }
}

enum err address_of_socket(int fd, struct address *ret_address)
{
    assert(ret_address);
    struct address address = {.socket_bytes = sizeof address.socket};
    if (getsockname(fd, (struct sockaddr *)&address.socket,
                    &address.socket_bytes) < 0)
        return err_from_errno(errno);
    const struct sockaddr_in6 *in =
        (const struct sockaddr_in6 *)&address.socket;
    address.any_host = address.socket.ss_family == AF_INET6 &&
                       IN6_IS_ADDR_UNSPECIFIED(&in->sin6_addr);
    *ret_address = address;
    return ERR_OK;
}

void address_peer_from(const struct sockaddr_storage *socket,
                       struct address_peer *ret_peer)
{
    *ret_peer = (struct address_peer){.is_local = false};
    if (socket->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)socket;
        memcpy(ret_peer->ip, mapped_prefix, sizeof mapped_prefix);
        memcpy(ret_peer->ip + sizeof mapped_prefix, &in->sin_addr,
               sizeof in->sin_addr);
        ret_peer->port = ntohs(in->sin_port);
    } else if (socket->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)socket;
        memcpy(ret_peer->ip, &in->sin6_addr, sizeof in->sin6_addr);
        ret_peer->port = ntohs(in->sin6_port);
    } else {
        ret_peer->is_local = true;
    }
}

bool address_peer_is_ip4(const struct address_peer *peer)
{
    return memcmp(peer->ip, mapped_prefix, sizeof mapped_prefix) == 0;
}

void address_peer_format(const struct address_peer *peer,
                         char target[ADDRESS_TEXT_BYTES])
{
    if (peer->is_local)
        snprintf(target, ADDRESS_TEXT_BYTES, "local");
    else if (address_peer_is_ip4(peer))
        inet_ntop(AF_INET, peer->ip + sizeof mapped_prefix, target,
                  ADDRESS_TEXT_BYTES);
    else
        inet_ntop(AF_INET6, peer->ip, target, ADDRESS_TEXT_BYTES);
}

bool address_peer_is_loopback(const struct address_peer *peer)
{
    static const unsigned char one[ADDRESS_IP_BYTES] = {[15] = 1};
    if (memcmp(peer->ip, mapped_prefix, sizeof mapped_prefix) == 0)
        return peer->ip[12] == 127;
    return memcmp(peer->ip, one, sizeof one) == 0;
}

bool address_peer_is_this_machine(const struct address_peer *peer)
{
    return peer->is_local || address_peer_is_loopback(peer);
}

struct str address_peer_client(const struct address_peer *peer)
{
    return str_of((const char *)peer->ip, address_peer_is_ip4(peer)
                                              ? ADDRESS_IP_BYTES
                                              : IP6_NETWORK_BYTES);
}
