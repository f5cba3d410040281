// SPDX-License-Identifier: Apache-2.0
#include "tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

static const char *cause(void)
{
    unsigned long error = ERR_peek_error();
    if (ERR_SYSTEM_ERROR(error))
        return strerror(ERR_GET_REASON(error));
    const char *text = ERR_reason_error_string(error);
    return text ? text : "its content is not understood";
}

static void refuse(struct fault *fault, const char *what, const char *path)
{
    fault_set(fault, ERR_INVALID, "rtmps",
              "%s %s cannot be used: %s; it must be a PEM file that this user "
              "may read",
              what, path, cause());
}

struct ssl_ctx_st *tls_load(const char *certificate, const char *key,
                            struct fault *fault)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (!context || !SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION)) {
        fault_set(fault, ERR_INTERNAL, "rtmps", "TLS cannot be set up: %s",
                  cause());
        SSL_CTX_free(context);
        return NULL;
    }
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION |
                                     SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE);
    bool has_certificate =
        SSL_CTX_use_certificate_chain_file(context, certificate) == 1;
    if (!has_certificate)
        refuse(fault, "the certificate", certificate);
    else if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
        refuse(fault, "the key", key);
    else
        return context;
    SSL_CTX_free(context);
    return NULL;
}

void tls_unload(struct ssl_ctx_st *context)
{
    SSL_CTX_free(context);
}

struct ssl_st *tls_begin(struct ssl_ctx_st *context, int fd)
{
    SSL *tls = SSL_new(context);
    if (tls && SSL_set_fd(tls, fd) != 1) {
        SSL_free(tls);
        return NULL;
    }
    if (tls)
        SSL_set_accept_state(tls);
    return tls;
}

void tls_finish(struct ssl_st *tls)
{
    SSL_free(tls);
}

ssize_t tls_receive(struct ssl_st *tls, int fd, char *target, size_t len,
                    bool *ret_wants_out)
{
    size_t got = 0;
    *ret_wants_out = false;
    if (!tls)
        return recv(fd, target, len, MSG_DONTWAIT);
    ERR_clear_error();
    int result = SSL_read_ex(tls, target, len, &got);
    if (result == 1)
        return (ssize_t)got;
    switch (SSL_get_error(tls, result)) {
    case SSL_ERROR_WANT_WRITE:
        *ret_wants_out = true;
        errno = EAGAIN;
        return -1;
    case SSL_ERROR_WANT_READ:
        errno = EAGAIN;
        return -1;
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    default:
        errno = EPROTO;
        return -1;
    }
}

ssize_t tls_send(struct ssl_st *tls, int fd, const char *bytes, size_t len)
{
    size_t sent = 0;
    if (!tls)
        return send(fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
    ERR_clear_error();
    int result = SSL_write_ex(tls, bytes, len, &sent);
    if (result == 1)
        return (ssize_t)sent;
    int error = SSL_get_error(tls, result);
    errno = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE
                ? EAGAIN
                : EPROTO;
    return -1;
}

bool tls_has_more(const struct ssl_st *tls)
{
    return tls && SSL_pending(tls) > 0;
}

void tls_shut(struct ssl_st *tls, int fd)
{
    if (tls)
        (void)!SSL_shutdown(tls);
    shutdown(fd, SHUT_WR);
}
