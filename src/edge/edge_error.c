// SPDX-License-Identifier: Apache-2.0
/* Pages for when there is nobody to print: they need no file, no script and no
 * desk, only the reader's own serif. They are made before the first request,
 * and a request only chooses one, so nothing can be injected. */
#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "edge/edge_internal.h"

#define STYLE \
    "<style>:root{color-scheme:light " \
    "dark;--p:#fbf9f4;--i:#1a1814;--s:#57524a;--l:1.25}" \
    "@media(prefers-color-scheme:dark){" \
    ":root{--p:#141311;--i:#ece7dc;--s:#ada698}}" \
    "[dir=rtl]{--l:1.6}" \
    "body{margin:12vh auto;max-width:36rem;padding:0 " \
    "1rem;background:var(--p);" \
    "color:var(--i);font:1.125rem/1.5 Georgia,'Noto Serif'," \
    "'Noto Serif Georgian','Noto Naskh Arabic',serif}" \
    "main{border-top:4px solid;padding-top:.75rem}" \
    "h1{font-size:1.75rem;line-height:var(--l);margin:0 0 1rem;" \
    "text-wrap:balance}" \
    "p{margin:.4rem 0;color:var(--s)}a{color:inherit}</style>"

#define COMMON \
    "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n" \
    "Content-Security-Policy: default-src 'none'; style-src " \
    "'unsafe-inline'\r\n"

enum { ERROR_BYTES_MAX = 64 * 1024 };

static const struct {
    int status;
    int seconds;
} errors[EDGE_ERROR_COUNT] = {
#define X(status, seconds, message) {status, seconds},
    EDGE_ERRORS(X)
#undef X
};

struct error_pages {
    struct str language;
    struct str pages[EDGE_ERROR_COUNT];
};

struct edge_errors {
    struct arena arena;
    struct error_pages *languages;
    size_t count;
};

static struct str make_page(const struct edge_words *words, size_t error,
                            struct arena *arena)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, ERROR_BYTES_MAX);
    buf_printf(&out,
               "<!doctype html><html lang=\"%" PRI_STR "\" dir=\"%s\"><head>"
               "<meta charset=\"utf-8\">"
               "<meta name=\"viewport\" content=\"width=device-width\">"
               "<title>%d</title>" STYLE "</head><body><main><h1>%" PRI_STR
               "</h1><p><a href=\"/%" PRI_STR "/\">%" PRI_STR
               "</a></p></main></body></html>\n",
               ARG_STR(words->language), words->rtl ? "rtl" : "ltr",
               errors[error].status, ARG_STR(words->texts[error]),
               ARG_STR(words->language), ARG_STR(words->home));
    assert(!buf_err(&out));
    return arena_copy(arena, buf_str(&out));
}

struct edge_errors *edge_errors_create(const struct edge_config *config)
{
    assert(config->word_count);
    struct edge_errors *made = calloc(1, sizeof *made);
    if (!made)
        log_panic("out of memory", LOG_C("for", "error pages"));
    arena_init(&made->arena, 0);
    made->languages =
        arena_array(&made->arena, struct error_pages, config->word_count);
    for (size_t i = 0; i < config->word_count; i++) {
        struct error_pages *pages = &made->languages[made->count++];
        pages->language = config->words[i].language;
        for (size_t k = 0; k < EDGE_ERROR_COUNT; k++)
            pages->pages[k] = make_page(&config->words[i], k, &made->arena);
    }
    return made;
}

void edge_errors_destroy(struct edge_errors *made)
{
    arena_finish(&made->arena);
    free(made);
}

static const struct error_pages *find_language(const struct edge_errors *made,
                                               struct str language)
{
    for (size_t i = 0; i < made->count; i++) {
        if (str_eq_ascii_case(made->languages[i].language, language))
            return &made->languages[i];
    }
    return NULL;
}

/* That of the address; else the first that the reader's program accepts, which
 * lists them by preference; else the first one. */
static const struct error_pages *choose(const struct edge_errors *made,
                                        const struct http_request *request)
{
    struct str path = request->path, part;
    const struct error_pages *found = NULL;
    if (str_split_next(&path, '/', &part) && path.ptr &&
        str_split_next(&path, '/', &part))
        found = find_language(made, part);
    struct str accepted =
        http_request_field(request, HTTP_FIELD_ACCEPT_LANGUAGE);
    while (!found && http_list_next(&accepted, &part)) {
        struct str tag;
        str_split_next(&part, ';', &tag);
        tag = str_trim(tag);
        found = find_language(made, tag);
        ptrdiff_t hyphen = str_find_char(tag, '-');
        if (!found && hyphen > 0)
            found = find_language(made, str_slice(tag, 0, (size_t)hyphen));
    }
    return found ? found : &made->languages[0];
}

/* The figures of errors stand in the order of EDGE_ERRORS. */
#define X(status, seconds, message) \
    static_assert(EDGE_ERRORS_##status - EDGE_ERRORS_400 == \
                      (int)EDGE_ERROR_##status, \
                  "as link/figures.h has them");
EDGE_ERRORS(X)
#undef X

void edge_answer_error(struct http_exchange *exchange, int status)
{
    size_t i = 0;
    while (errors[i].status != status) {
        i++;
        assert(i < EDGE_ERROR_COUNT);
    }
    char fields[sizeof COMMON + 64];
    int len = snprintf(fields, sizeof fields, COMMON "%s",
                       status == 405 ? "Allow: GET, HEAD\r\n" : "");
    if (errors[i].seconds)
        len = snprintf(fields, sizeof fields, COMMON "Retry-After: %d\r\n",
                       errors[i].seconds);
    struct edge_thread *thread = http_server_context(exchange->server);
    edge_count(thread, EDGE_ERRORS_400 + (enum edge_figure)i);
    const struct error_pages *pages =
        choose(thread->edge->errors, &exchange->request);
    http_answer(exchange, &(struct http_answer){
                              .status = status,
                              .content_type = STR("text/html; charset=utf-8"),
                              .fields = str_of(fields, (size_t)len),
                              .body = pages->pages[i],
                          });
}
