// SPDX-License-Identifier: Apache-2.0
/* net/fetch_internal.h: libcurl, loaded by the first request that goes out. It
 * brings two dozen libraries (LDAP, Kerberos, SSH …): the edge, which never
 * fetches, has none of that in its memory, and commands start as fast as
 * without it. */
#ifndef NET_FETCH_INTERNAL_H
#define NET_FETCH_INTERNAL_H

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

/* clang-format off */
#define FETCH_CURL_FUNCTIONS(X) \
    X(global_init) \
    X(easy_init) \
    X(easy_setopt) \
    X(easy_perform) \
    X(easy_getinfo) \
    X(easy_strerror) \
    X(easy_cleanup) \
    X(slist_append) \
    X(slist_free_all) \
    X(url) \
    X(url_set) \
    X(url_get) \
    X(url_strerror) \
    X(url_cleanup) \
    X(free)
/* clang-format on */

struct fetch_curl {
#define X(name) __typeof__(curl_##name) *name;
    FETCH_CURL_FUNCTIONS(X)
#undef X
};

/* NULL when libcurl is not installed. Any thread. */
const struct fetch_curl *fetch_curl(void);

#endif
