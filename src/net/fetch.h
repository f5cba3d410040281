// SPDX-License-Identifier: Apache-2.0
/* net/fetch.h: everything that goes out. One request over HTTP or HTTPS to an
 * address that somebody outside may have named, and its answer, waiting for it.
 *
 * Only the public internet is spoken to (public_address.h), but not this
 * machine itself (own_address.h), and of its ports those of the web: 80, 443
 * and all from 1024 on. The address of each connection is looked at when it is
 * made, after the name was resolved, also after each redirect, so that neither
 * a spelling nor a name that changes gets around it. Nothing is taken from the
 * environment (no proxy), nothing is kept from one request to the next (no
 * cookies, no credentials), sizes and times have limits, certificates are
 * checked. Any thread. */
#ifndef NET_FETCH_H
#define NET_FETCH_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/fault.h"
#include "base/str.h"
#include "net/address.h"
#include "net/http_request.h"

struct arena;

enum {
    FETCH_URL_BYTES_MAX = 2048,
    FETCH_REDIRECTS_MAX = 5,
    FETCH_ALLOWED_MAX = 16,
    FETCH_FIELDS_MAX = 16,
};

/* Addresses that are spoken to although they are not public: an operator's own
 * servers. Zeroed: none. */
struct fetch_rules {
    struct address_peer allowed[FETCH_ALLOWED_MAX]; /* port 0: every port */
    size_t allowed_count;
};

/* "127.0.0.1:8080 10.0.0.7 [fd00::1]:443", blanks between. ERR_INVALID. */
MUST_USE enum err fetch_rules_parse(struct str text,
                                    struct fetch_rules *ret_rules,
                                    struct fault *fault);

/* Whether it is an address that could be fetched, without looking further:
 * http or https, a host, no user and password. ERR_INVALID, ERR_TOO_LONG. */
MUST_USE enum err fetch_check_url(struct str url, struct fault *fault);

/* Whether two addresses name one host, whatever the ports and the spelling. */
bool fetch_same_host(struct str url, struct str other);

/* The host of an address in the one spelling that the URL Standard has for it,
 * with its port unless it is the scheme's own: "example.org", "127.0.0.1:8080"
 * of "http://0x7f.1:8080/"; "" when it has none. In arena. */
struct str fetch_host(struct str url, struct arena *arena);

struct fetch_request {
    enum http_method method; /* HTTP_GET or HTTP_POST */
    struct str url;
    struct str fields[FETCH_FIELDS_MAX]; /* "Name: value"; "" ends them */
    struct str body;                     /* of a POST */
    int64_t timeout_us;                  /* for all of it; 0 takes 10 s */
    size_t body_bytes_max;               /* of the answer; 0 takes 1 MiB */
    bool stays;              /* a redirect is an answer like others */
    const atomic_bool *stop; /* NULL, or ends it within a second: ERR_CLOSED */
};

struct fetch_answer {
    int status;
    struct str url; /* where it came from in the end */
    struct str content_type;
    struct str body;
};

/* Any status is ERR_OK; a GET follows redirects, at most FETCH_REDIRECTS_MAX
 * and none from https to http. All texts live in arena. Faults name sites, not
 * whole addresses: those may be secrets.
 *   ERR_DENIED     the address is not public; nothing was sent to it
 *   ERR_INVALID    as fetch_check_url, or what came is not HTTP
 *   ERR_NOT_FOUND  the name has no address
 *   ERR_TOO_LONG   the answer, or the row of redirects
 *   ERR_TIMEOUT, ERR_CLOSED (nobody listens there, or it hung up), ERR_IO */
MUST_USE enum err fetch(const struct fetch_rules *rules,
                        const struct fetch_request *request,
                        struct arena *arena, struct fetch_answer *ret_answer,
                        struct fault *fault);

#endif
