// SPDX-License-Identifier: Apache-2.0
#include "net/own_address.h"

#include <netinet/in.h>
#include <unistd.h>

/* Only an address of the machine itself can be bound to. */
bool address_is_own(const struct sockaddr_storage *address)
{
    struct sockaddr_storage any_port = *address;
    socklen_t len = sizeof(struct sockaddr_in);
    if (address->ss_family == AF_INET6) {
        ((struct sockaddr_in6 *)&any_port)->sin6_port = 0;
        len = sizeof(struct sockaddr_in6);
    } else if (address->ss_family == AF_INET) {
        ((struct sockaddr_in *)&any_port)->sin_port = 0;
    } else {
        return false;
    }
    int fd = socket(address->ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    bool is_own = bind(fd, (const struct sockaddr *)&any_port, len) == 0;
    close(fd);
    return is_own;
}
