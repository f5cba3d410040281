// SPDX-License-Identifier: Apache-2.0
/* helpers/ingest/tls.h: RTMPS: the same bytes within TLS 1.2 or 1.3, by
 * OpenSSL, whose other half (libcrypto) the program has anyway. Certificate and
 * key are read at the start, before the sandbox closes; for newer ones the
 * program is started again. */
#ifndef HELPERS_INGEST_TLS_H
#define HELPERS_INGEST_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/fault.h"

struct ssl_ctx_st;
struct ssl_st;

/* Both in PEM, the certificate with those that vouch for it. NULL: fault names
 * the file and the cause. */
struct ssl_ctx_st *tls_load(const char *certificate, const char *key,
                            struct fault *fault);
void tls_unload(struct ssl_ctx_st *context); /* accepts NULL */

/* A connection of TLS over fd, which stays the caller's. NULL: no memory. */
struct ssl_st *tls_begin(struct ssl_ctx_st *context, int fd);
void tls_finish(struct ssl_st *tls); /* accepts NULL */

/* As recv and send on a socket that does not wait, tls NULL: without TLS. -1
 * and errno EAGAIN, or what is wrong; 0 of tls_receive: the other side is done.
 * *ret_wants_out: that it cannot go on before fd takes something. */
ssize_t tls_receive(struct ssl_st *tls, int fd, char *target, size_t len,
                    bool *ret_wants_out);
ssize_t tls_send(struct ssl_st *tls, int fd, const char *bytes, size_t len);

/* Whether something was received that tls_receive has still to give. */
bool tls_has_more(const struct ssl_st *tls);

/* Says that no more is sent. */
void tls_shut(struct ssl_st *tls, int fd);

#endif
