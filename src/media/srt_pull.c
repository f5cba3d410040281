// SPDX-License-Identifier: Apache-2.0
#include "media/srt_pull.h"

#include <arpa/inet.h>

#define SCHEME STR("srt://")

enum { PASSPHRASE_BYTES_MIN = 10, LABEL_BYTES_MAX = 63 };

/* ---- Hosts ------------------------------------------------------------------
 */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_label(struct str label)
{
    if (!label.len || label.len > LABEL_BYTES_MAX || label.ptr[0] == '-' ||
        label.ptr[label.len - 1] == '-')
        return false;
    for (size_t i = 0; i < label.len; i++) {
        char c = label.ptr[i];
        if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '-' && c != '_')
            return false;
    }
    return true;
}

/* Labels between dots; the last one begins with a letter, so that an address
 * with a slip is none (RFC 1123 §2.1). */
static bool is_name(struct str host)
{
    struct str rest = host, label = STR("");
    if (str_ends_with(rest, STR(".")))
        rest = str_slice(rest, 0, rest.len - 1);
    while (str_split_next(&rest, '.', &label))
        if (!is_label(label))
            return false;
    return label.len && is_letter(label.ptr[0]);
}

static bool is_number(int family, const char *host)
{
    unsigned char address[16];
    return inet_pton(family, host, address) == 1;
}

/* "HOST:PORT", an address of IPv6 in brackets. */
static enum err read_address(struct str text, struct srt_pull *pull,
                             struct fault *fault)
{
    uint64_t port = 0;
    ptrdiff_t colon = str_find_last_char(text, ':');
    if (colon <= 0 || str_parse_u64(str_from(text, (size_t)colon + 1), &port) ||
        port < 1 || port > UINT16_MAX)
        return fault_set(
            fault, ERR_INVALID, "pull",
            "which address and port? As in "
            "srt://relay.example.org:9710 or srt://192.0.2.7:9710");
    struct str host = str_slice(text, 0, (size_t)colon);
    bool is6 =
        host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';
    if (is6)
        host = str_slice(host, 1, host.len - 2);
    pull->port = (uint16_t)port;
    bool fits = !str_to_c(text, pull->address, sizeof pull->address) &&
                !str_to_c(host, pull->host, sizeof pull->host);
    if (fits && is_number(is6 ? AF_INET6 : AF_INET, pull->host))
        return ERR_OK;
    pull->is_name = true;
    if (fits && !is6 && is_name(host))
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, "pull",
                     "'%" PRI_STR "' is neither the name of a host nor an "
                     "address; write srt://relay.example.org:9710, "
                     "srt://192.0.2.7:9710 or srt://[2001:db8::7]:9710",
                     ARG_STR(str_slice(text, 0, (size_t)colon)));
}

/* ---- What stands behind it --------------------------------------------------
 */

static int digit_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static enum err decode(struct str text, char *target, size_t size)
{
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%') {
            int high = i + 2 < text.len ? digit_of(text.ptr[i + 1]) : -1;
            int low = high >= 0 ? digit_of(text.ptr[i + 2]) : -1;
            if (low < 0)
                return ERR_INVALID;
            c = (char)(high << 4 | low);
            i += 2;
        }
        if (len + 1 >= size || (unsigned char)c < ' ')
            return ERR_INVALID;
        target[len++] = c;
    }
    target[len] = '\0';
    return ERR_OK;
}

static enum err read_passphrase(struct str value, struct srt_pull *pull,
                                struct fault *fault)
{
    if (!decode(value, pull->passphrase, sizeof pull->passphrase) &&
        strlen(pull->passphrase) >= PASSPHRASE_BYTES_MIN)
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, "pull",
                     "SRT wants a passphrase of 10 to 79 characters");
}

static enum err read_parameter(struct str name, struct str value,
                               struct srt_pull *pull, struct fault *fault)
{
    if (str_eq(name, STR("streamid")))
        return decode(value, pull->stream_id, sizeof pull->stream_id)
                   ? fault_set(fault, ERR_INVALID, "pull",
                               "a stream id has %%XX for characters that an "
                               "address has not")
                   : ERR_OK;
    if (str_eq(name, STR("passphrase")))
        return read_passphrase(value, pull, fault);
    if (str_eq(name, STR("latency"))) {
        if (!str_parse_i64(value, &pull->latency_ms) && pull->latency_ms > 0 &&
            pull->latency_ms <= SRT_PULL_LATENCY_MAX)
            return ERR_OK;
        return fault_set(fault, ERR_INVALID, "pull",
                         "the latency is 1 to %d milliseconds",
                         SRT_PULL_LATENCY_MAX);
    }
    if (str_eq(name, STR("mode")) && str_eq(value, STR("caller")))
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, "pull",
                     "'%" PRI_STR "' is not known behind srt://HOST:PORT; "
                     "there may be streamid, passphrase and latency "
                     "(milliseconds), as ?streamid=news&latency=200",
                     ARG_STR(str_slice(name, 0, 40)));
}

enum err srt_pull_parse(struct str text, struct srt_pull *ret_pull,
                        struct fault *fault)
{
    struct str rest = text, address = STR(""), parameter;
    *ret_pull = (struct srt_pull){.latency_ms = 0};
    if (text.len > SRT_PULL_BYTES_MAX || !str_starts_with(text, SCHEME))
        return fault_set(fault, ERR_INVALID, "pull",
                         "a broadcast is pulled by SRT, from an address such "
                         "as srt://relay.example.org:9710?streamid=news");
    rest = str_from(rest, SCHEME.len);
    str_split_next(&rest, '?', &address);
    if (str_ends_with(address, STR("/")))
        address = str_slice(address, 0, address.len - 1);
    enum err err = read_address(address, ret_pull, fault);
    while (!err && rest.len && str_split_next(&rest, '&', &parameter)) {
        struct str value = parameter, name = STR("");
        str_split_next(&value, '=', &name);
        err =
            read_parameter(name, value.ptr ? value : STR(""), ret_pull, fault);
    }
    return err;
}
