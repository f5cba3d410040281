// SPDX-License-Identifier: Apache-2.0
#include "net/fetch.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/time.h"
#include "net/fetch_internal.h"
#include "net/own_address.h"
#include "net/public_address.h"

#define TIMEOUT_US (10 * TIME_US_PER_SECOND)
enum {
    BODY_BYTES_MAX = 1 << 20,
    HEAD_BYTES_MAX = 32 * 1024,
    CONNECT_MS_MAX = 5000,
    OBJECTION_BYTES = 192,
};

/* One request on its way. */
struct fetching {
    const struct fetch_rules *rules;
    const struct fetch_request *request;
    struct arena *arena;
    const struct fetch_curl *lib;
    CURL *curl;
    struct curl_slist *fields;
    struct buf body;
    size_t head_bytes;
    char objection[OBJECTION_BYTES]; /* why no connection was made, or "" */
    int64_t end_us;                  /* of clock_now_us */
};

/* ---- Rules
 * -------------------------------------------------------------------------- */

static enum err add_rule(struct str text, struct fetch_rules *rules,
                         struct fault *fault)
{
    char spelled[ADDRESS_TEXT_BYTES];
    struct address address;
    if (rules->allowed_count == FETCH_ALLOWED_MAX)
        return fault_set(fault, ERR_TOO_LONG, "fetch_allow",
                         "at most %d addresses can be allowed",
                         FETCH_ALLOWED_MAX);
    bool has_port =
        text.len && (text.ptr[0] == '[' ? text.ptr[text.len - 1] != ']'
                                        : str_find_char(text, ':') >= 0);
    int len = snprintf(spelled, sizeof spelled, "%" PRI_STR "%s", ARG_STR(text),
                       has_port ? "" : ":0");
    if (len < 0 || (size_t)len >= sizeof spelled ||
        address_parse(str_of(spelled, (size_t)len), &address, NULL) ||
        address.any_host || address.socket.ss_family == AF_UNIX)
        return fault_set(
            fault, ERR_INVALID, "fetch_allow",
            "'%" PRI_STR "' is no address that can be allowed; "
            "write it as 10.0.0.7, 127.0.0.1:8080 or [fd00::1]:443",
            ARG_STR(text));
    address_peer_from(&address.socket, &rules->allowed[rules->allowed_count++]);
    return ERR_OK;
}

enum err fetch_rules_parse(struct str text, struct fetch_rules *ret_rules,
                           struct fault *fault)
{
    struct fetch_rules rules = {.allowed_count = 0};
    struct str part;
    while (text.len && str_split_next(&text, ' ', &part)) {
        enum err err = part.len ? add_rule(part, &rules, fault) : ERR_OK;
        if (err)
            return err;
    }
    *ret_rules = rules;
    return ERR_OK;
}

static bool is_allowed(const struct fetch_rules *rules,
                       const struct address_peer *peer)
{
    for (size_t i = 0; i < rules->allowed_count; i++) {
        const struct address_peer *allowed = &rules->allowed[i];
        if (memcmp(allowed->ip, peer->ip, ADDRESS_IP_BYTES) == 0 &&
            (!allowed->port || allowed->port == peer->port))
            return true;
    }
    return false;
}

/* ---- Addresses
 * ---------------------------------------------------------------------- */

static bool has_part(const struct fetch_curl *lib, CURLU *url, CURLUPart part)
{
    char *text = NULL;
    bool has = !lib->url_get(url, part, &text, 0) && *text;
    lib->free(text);
    return has;
}

static bool has_web_scheme(const struct fetch_curl *lib, CURLU *url)
{
    char *scheme = NULL;
    bool is_web = !lib->url_get(url, CURLUPART_SCHEME, &scheme, 0) &&
                  (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    lib->free(scheme);
    return is_web;
}

static enum err check_url(const char *text, struct fault *fault)
{
    const struct fetch_curl *lib = fetch_curl();
    if (!lib)
        return fault_set(fault, ERR_UNSUPPORTED, NULL,
                         "libcurl is not there, so nothing can be fetched: "
                         "install the package libcurl4");
    CURLU *url = lib->url();
    if (!url)
        return fault_set(fault, ERR_NO_MEMORY, "url", "out of memory");
    CURLUcode code =
        lib->url_set(url, CURLUPART_URL, text,
                     CURLU_NON_SUPPORT_SCHEME | CURLU_DISALLOW_USER);
    enum err err = ERR_OK;
    if (code)
        err = fault_set(fault, ERR_INVALID, "url", "%s: %s",
                        "this is no address that can be fetched",
                        lib->url_strerror(code));
    else if (!has_web_scheme(lib, url))
        err = fault_set(fault, ERR_INVALID, "url",
                        "only http:// and https:// are fetched");
    else if (!has_part(lib, url, CURLUPART_HOST))
        err = fault_set(fault, ERR_INVALID, "url", "the address has no host");
    lib->url_cleanup(url);
    return err;
}

enum err fetch_check_url(struct str url, struct fault *fault)
{
    char text[FETCH_URL_BYTES_MAX + 1];
    if (url.len > FETCH_URL_BYTES_MAX)
        return fault_set(fault, ERR_TOO_LONG, "url",
                         "an address has at most %d bytes",
                         FETCH_URL_BYTES_MAX);
    if (!url.len || memchr(url.ptr, '\0', url.len))
        return fault_set(fault, ERR_INVALID, "url", "the address is empty");
    memcpy(text, url.ptr, url.len);
    text[url.len] = '\0';
    return check_url(text, fault);
}

/* A part of the address, to be freed with the library's free; NULL. */
static char *part_of(const struct fetch_curl *lib, CURLU *url, CURLUPart part,
                     unsigned flags)
{
    char *text = NULL;
    return lib->url_get(url, part, &text, flags) ? NULL : text;
}

/* As the URL Standard writes a host (§3.5), and without the dot of the root,
 * which asks the same of the DNS. Letters outside ASCII stay: names of them are
 * not looked up, only those that are spelled xn--. */
static struct str spell_host(const struct fetch_curl *lib, CURLU *url,
                             struct arena *arena)
{
    char *text = part_of(lib, url, CURLUPART_HOST, CURLU_URLDECODE);
    struct str host = str_from_c(text ? text : "");
    if (str_ends_with(host, STR(".")))
        host.len--;
    char *lower = arena_alloc(arena, host.len + 1, 1);
    for (size_t i = 0; i < host.len; i++)
        lower[i] = host.ptr[i] >= 'A' && host.ptr[i] <= 'Z'
                       ? (char)(host.ptr[i] | 0x20)
                       : host.ptr[i];
    lib->free(text);
    return str_of(lower, host.len);
}

/* A name that is no number in disguise, or an address as it is always written.
 */
static bool is_plain_host(struct str host)
{
    char text[ADDRESS_TEXT_BYTES];
    unsigned char ip[4];
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
              c == '.'))
            return false;
    }
    struct str last =
        str_from(host, (size_t)(str_find_last_char(host, '.') + 1));
    return (last.len && last.ptr[0] >= 'a') ||
           (!str_to_c(host, text, sizeof text) &&
            inet_pton(AF_INET, text, ip) == 1);
}

/* ":8080" at the beginning of text, how many bytes; 0: none, or not plain. */
static size_t plain_port(struct str text)
{
    size_t len = 1;
    while (len < text.len && text.ptr[len] >= '0' && text.ptr[len] <= '9')
        len++;
    struct str port = str_slice(text, 1, len - 1);
    bool is_standard = str_eq(port, STR("80")) || str_eq(port, STR("443"));
    return port.len < 2 || port.len > 5 || port.ptr[0] == '0' || is_standard
               ? 0
               : len;
}

/* Most are spelled so that nothing is to be done, least of all libcurl to be
 * loaded. */
static bool is_spelled_plainly(struct str url, bool with_port,
                               struct str *ret_name)
{
    struct str rest = str_starts_with(url, STR("https://"))  ? str_from(url, 8)
                      : str_starts_with(url, STR("http://")) ? str_from(url, 7)
                                                             : STR("");
    size_t host = 0, end;
    while (host < rest.len && !strchr("/?#:", rest.ptr[host]))
        host++;
    end = host;
    if (end < rest.len && rest.ptr[end] == ':')
        end += plain_port(str_from(rest, end));
    *ret_name = str_slice(rest, 0, with_port ? end : host);
    return is_plain_host(str_slice(rest, 0, host)) &&
           (end == rest.len || strchr("/?#", rest.ptr[end]));
}

static struct str spell(struct str url, bool with_port, struct arena *arena)
{
    struct str plain;
    if (is_spelled_plainly(url, with_port, &plain))
        return arena_copy(arena, plain);
    const struct fetch_curl *lib = fetch_curl();
    char text[FETCH_URL_BYTES_MAX + 1];
    CURLU *parsed = lib ? lib->url() : NULL;
    struct str name = STR("");
    if (!parsed)
        return name;
    if (!str_to_c(url, text, sizeof text) &&
        !lib->url_set(parsed, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME)) {
        name = spell_host(lib, parsed, arena);
        char *port =
            part_of(lib, parsed, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT);
        if (port && with_port && name.len)
            name = arena_printf(arena, "%" PRI_STR ":%s", ARG_STR(name), port);
        lib->free(port);
    }
    lib->url_cleanup(parsed);
    return name;
}

struct str fetch_host(struct str url, struct arena *arena)
{
    return spell(url, true, arena);
}

bool fetch_same_host(struct str url, struct str other)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, ARENA_BLOCK_BYTES_MIN);
    struct str host = spell(url, false, &arena);
    return host.len && str_eq(host, spell(other, false, &arena));
}

/* ---- What libcurl asks
 * -------------------------------------------------------------- */

enum { SYSTEM_PORTS = 1024 }; /* RFC 6335 §6 */

/* Mail servers and the like must not be talked to in our name. */
static const char *port_objection(const struct address_peer *peer)
{
    bool is_web =
        peer->port == 80 || peer->port == 443 || peer->port >= SYSTEM_PORTS;
    return is_web ? NULL : "a port of another service, RFC 6335";
}

/* Each connection comes by here, with the very address that it is for. */
static curl_socket_t open_socket(void *context, curlsocktype purpose,
                                 struct curl_sockaddr *address)
{
    struct fetching *fetching = context;
    struct sockaddr_storage storage = {0};
    struct address_peer peer;
    if (purpose != CURLSOCKTYPE_IPCXN || fetching->objection[0])
        return CURL_SOCKET_BAD;
    memcpy(&storage, &address->addr,
           address->addrlen < sizeof storage ? address->addrlen
                                             : sizeof storage);
    address_peer_from(&storage, &peer);
    const char *objection = public_address_objection(&peer);
    if (!objection && address_is_own(&storage))
        objection = "of this machine, which no firewall guards from itself";
    if (!objection)
        objection = port_objection(&peer);
    if (objection && !is_allowed(fetching->rules, &peer)) {
        char text[ADDRESS_TEXT_BYTES];
        address_peer_format(&peer, text);
        snprintf(fetching->objection, sizeof fetching->objection, "%s (%s)",
                 text, objection);
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC,
                  address->protocol);
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct fetching *fetching = context;
    buf_add_bytes(&fetching->body, bytes, size * count);
    return buf_err(&fetching->body) ? 0 : size * count;
}

static size_t take_head(char *bytes, size_t size, size_t count, void *context)
{
    (void)bytes;
    struct fetching *fetching = context;
    fetching->head_bytes += size * count;
    return fetching->head_bytes > HEAD_BYTES_MAX ? 0 : size * count;
}

/* Called about once a second, and whenever something happens. */
static int look_up(void *context, curl_off_t to_get, curl_off_t got,
                   curl_off_t to_send, curl_off_t sent)
{
    (void)to_get, (void)got, (void)to_send, (void)sent;
    const struct fetching *fetching = context;
    const atomic_bool *stop = fetching->request->stop;
    return stop && atomic_load(stop) ? 1 : 0;
}

/* ---- One request
 * -------------------------------------------------------------------- */

static enum err take_fields(struct fetching *fetching)
{
    const struct fetch_request *request = fetching->request;
    /* libcurl would ask before it sends a body, and name a form's type. */
    static const char *const plain[] = {"Expect:", "Content-Type:"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        fetching->fields =
            fetching->lib->slist_append(fetching->fields, plain[i]);
    for (size_t i = 0; i < FETCH_FIELDS_MAX && request->fields[i].len; i++) {
        struct str field = request->fields[i];
        assert(str_find_char(field, '\r') < 0 &&
               str_find_char(field, '\n') < 0);
        fetching->fields = fetching->lib->slist_append(
            fetching->fields, arena_c_string(fetching->arena, field));
    }
    return fetching->fields ? ERR_OK : ERR_NO_MEMORY;
}

#define SET(option, value) \
    failed |= fetching->lib->easy_setopt(fetching->curl, option, value)

static enum err set_up(struct fetching *fetching)
{
    const struct fetch_request *request = fetching->request;
    int failed = 0;
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NOPROXY, "*");
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_HTTP09_ALLOWED, 0L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_FORBID_REUSE, 1L);
    SET(CURLOPT_USERAGENT, "Broadsheet/" BROADSHEET_VERSION);
    SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(CURLOPT_OPENSOCKETDATA, fetching);
    SET(CURLOPT_WRITEFUNCTION, take_body);
    SET(CURLOPT_WRITEDATA, fetching);
    SET(CURLOPT_HEADERFUNCTION, take_head);
    SET(CURLOPT_HEADERDATA, fetching);
    SET(CURLOPT_XFERINFOFUNCTION, look_up);
    SET(CURLOPT_XFERINFODATA, fetching);
    SET(CURLOPT_NOPROGRESS, 0L);
    if (request->method == HTTP_POST) {
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        SET(CURLOPT_POSTFIELDS, request->body.ptr ? request->body.ptr : "");
    }
    enum err err = take_fields(fetching);
    SET(CURLOPT_HTTPHEADER, fetching->fields);
    return failed || err ? ERR_NO_MEMORY : ERR_OK;
}

static const struct {
    CURLcode code;
    enum err err;
} codes[] = {
    {CURLE_OPERATION_TIMEDOUT, ERR_TIMEOUT},
    {CURLE_COULDNT_RESOLVE_HOST, ERR_NOT_FOUND},
    {CURLE_COULDNT_CONNECT, ERR_CLOSED},
    {CURLE_GOT_NOTHING, ERR_CLOSED},
    {CURLE_ABORTED_BY_CALLBACK, ERR_CLOSED}, /* look_up */
    {CURLE_RECV_ERROR, ERR_CLOSED},
    {CURLE_SEND_ERROR, ERR_CLOSED},
    {CURLE_PARTIAL_FILE, ERR_CLOSED},
    {CURLE_WRITE_ERROR, ERR_TOO_LONG}, /* take_body, take_head */
    {CURLE_URL_MALFORMAT, ERR_INVALID},
    {CURLE_UNSUPPORTED_PROTOCOL, ERR_INVALID},
    {CURLE_WEIRD_SERVER_REPLY, ERR_INVALID},
    {CURLE_BAD_CONTENT_ENCODING, ERR_INVALID},
    {CURLE_OUT_OF_MEMORY, ERR_NO_MEMORY},
};

/* "https://example.org": what follows may be a secret of whoever is there, and
 * what is told ends in logs. */
static struct str site_of(const char *url)
{
    struct str text = str_from_c(url);
    ptrdiff_t scheme = str_find(text, STR("://"));
    size_t len = scheme < 0 ? 0 : (size_t)scheme + 3;
    while (len < text.len && !strchr("/?#", text.ptr[len]))
        len++;
    return str_slice(text, 0, len);
}

static enum err explain(const struct fetching *fetching, CURLcode code,
                        const char *url, struct fault *fault)
{
    if (fetching->objection[0])
        return fault_set(fault, ERR_DENIED, "url",
                         "%" PRI_STR " leads to %s: only the public internet "
                         "is fetched from, and what the setting fetch_allow "
                         "names",
                         ARG_STR(site_of(url)), fetching->objection);
    enum err err = ERR_IO;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == code)
            err = codes[i].err;
    return fault_set(fault, err, "url", "%" PRI_STR ": %s",
                     ARG_STR(site_of(url)),
                     err == ERR_TOO_LONG ? "the answer is too long"
                                         : fetching->lib->easy_strerror(code));
}

static enum err perform(struct fetching *fetching, const char *url,
                        struct fault *fault)
{
    long left_ms = (long)((fetching->end_us - clock_now_us()) / 1000);
    if (left_ms < 1)
        return explain(fetching, CURLE_OPERATION_TIMEDOUT, url, fault);
    int failed = 0;
    SET(CURLOPT_URL, url);
    SET(CURLOPT_TIMEOUT_MS, left_ms);
    SET(CURLOPT_CONNECTTIMEOUT_MS,
        left_ms < CONNECT_MS_MAX ? left_ms : (long)CONNECT_MS_MAX);
    if (failed)
        return fault_set(fault, ERR_NO_MEMORY, "url", "out of memory");
    buf_reset(&fetching->body);
    fetching->head_bytes = 0;
    CURLcode code = fetching->lib->easy_perform(fetching->curl);
    return code ? explain(fetching, code, url, fault) : ERR_OK;
}

static bool is_https(const char *url)
{
    return strncasecmp(url, "https:", sizeof "https:" - 1) == 0;
}

/* Where it goes on, or NULL. */
static enum err next_url(const struct fetching *fetching, const char *url,
                         const char **ret_next, struct fault *fault)
{
    char *next = NULL;
    *ret_next = NULL;
    fetching->lib->easy_getinfo(fetching->curl, CURLINFO_REDIRECT_URL, &next);
    if (!next || fetching->request->method != HTTP_GET ||
        fetching->request->stays)
        return ERR_OK;
    if (is_https(url) && !is_https(next))
        return fault_set(fault, ERR_DENIED, "url",
                         "%" PRI_STR " redirects from https to http",
                         ARG_STR(site_of(url)));
    struct str copy = arena_copy(fetching->arena, str_from_c(next));
    enum err err = fetch_check_url(copy, fault);
    if (!err)
        *ret_next = copy.len ? arena_c_string(fetching->arena, copy) : NULL;
    return err;
}

static struct fetch_answer read_answer(const struct fetching *fetching,
                                       const char *url)
{
    long status = 0;
    char *type = NULL;
    fetching->lib->easy_getinfo(fetching->curl, CURLINFO_RESPONSE_CODE,
                                &status);
    fetching->lib->easy_getinfo(fetching->curl, CURLINFO_CONTENT_TYPE, &type);
    return (struct fetch_answer){
        .status = (int)status,
        .url = str_from_c(url),
        .content_type =
            arena_copy(fetching->arena, str_from_c(type ? type : "")),
        .body = arena_copy(fetching->arena, buf_str(&fetching->body)),
    };
}

static enum err follow(struct fetching *fetching,
                       struct fetch_answer *ret_answer, struct fault *fault)
{
    const char *url = arena_c_string(fetching->arena, fetching->request->url);
    for (int redirects = 0; redirects <= FETCH_REDIRECTS_MAX; redirects++) {
        const char *next;
        enum err err = perform(fetching, url, fault);
        if (!err)
            err = next_url(fetching, url, &next, fault);
        if (err)
            return err;
        if (!next) {
            *ret_answer = read_answer(fetching, url);
            return ERR_OK;
        }
        url = next;
    }
    return fault_set(fault, ERR_TOO_LONG, "url",
                     "more than %d redirects, the last to %" PRI_STR,
                     FETCH_REDIRECTS_MAX, ARG_STR(site_of(url)));
}

enum err fetch(const struct fetch_rules *rules,
               const struct fetch_request *request, struct arena *arena,
               struct fetch_answer *ret_answer, struct fault *fault)
{
    assert(rules && request && ret_answer);
    assert(request->method == HTTP_GET || request->method == HTTP_POST);
    enum err err = fetch_check_url(request->url, fault);
    if (err)
        return err;
    int64_t timeout_us = request->timeout_us ? request->timeout_us : TIMEOUT_US;
    struct fetching fetching = {
        .rules = rules,
        .request = request,
        .arena = arena,
        .lib = fetch_curl(),
        .end_us = clock_now_us() + timeout_us,
    };
    buf_init(&fetching.body, request->body_bytes_max ? request->body_bytes_max
                                                     : BODY_BYTES_MAX);
    fetching.curl = fetching.lib->easy_init();
    err = fetching.curl ? set_up(&fetching) : ERR_NO_MEMORY;
    if (err)
        fault_set(fault, err, "url", "out of memory");
    else
        err = follow(&fetching, ret_answer, fault);
    fetching.lib->easy_cleanup(fetching.curl);
    fetching.lib->slist_free_all(fetching.fields);
    buf_finish(&fetching.body);
    return err;
}
