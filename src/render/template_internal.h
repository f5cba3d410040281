// SPDX-License-Identifier: Apache-2.0
/* render/template_internal.h: what the files of the template engine share.
 *
 *   template_scan.c     source → tokens; standalone lines lose their blanks
 *   template_context.c  follows HTML: where would a value stand?
 *   template_compile.c  tokens → instructions
 *   template_render.c   runs them
 *   theme.c             files → templates */
#ifndef RENDER_TEMPLATE_INTERNAL_H
#define RENDER_TEMPLATE_INTERNAL_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/map.h"
#include "render/template.h"

/* ---- Tokens (template_scan.c)
 * -------------------------------------------------- */

enum token_kind {
    TOKEN_TEXT,     /* at most one line, its end included */
    TOKEN_VALUE,    /* {{x}} */
    TOKEN_RAW,      /* {{{x}}}, {{&x}} */
    TOKEN_SECTION,  /* {{#x}} */
    TOKEN_INVERTED, /* {{^x}} */
    TOKEN_CLOSE,    /* {{/x}} */
    TOKEN_PARTIAL,  /* {{>x}} */
    TOKEN_PARENT,   /* {{<x}} */
    TOKEN_BLOCK,    /* {{$x}} */
    TOKEN_NOTHING,  /* {{! }}, {{= =}} */
};

struct token {
    enum token_kind kind;
    enum token_kind closes; /* of a close */
    struct str text;        /* text, or the name */
    struct str indent;      /* blanks before the first tag of a line */
    uint32_t line;
    uint32_t column;
    uint32_t match;  /* of an opening tag: its close, and the reverse */
    bool standalone; /* nothing else is on its line */
    bool first;      /* only blanks stand before it on its line */
    bool line_start; /* of a text: it begins a line */
};

struct tokens {
    struct token *items;
    size_t count;
};

/* Texts and names point into source. file is for faults. */
MUST_USE enum err template_scan(struct str source, const char *file,
                                struct arena *arena, struct tokens *ret_tokens,
                                struct fault *fault);

/* A fault at a place: "file:line:column" and the message. */
enum err template_fault(struct fault *fault, const char *file, uint32_t line,
                        uint32_t column, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* ---- Instructions (template_compile.c)
 * ------------------------------------------ */

enum op_code {
    OP_TEXT,
    OP_VALUE,
    OP_SECTION,   /* runs to its OP_END for each, then goes on at target */
    OP_INVERTED,  /* the same when there is none */
    OP_END,       /* of a section, a block, a parent, the template */
    OP_PARTIAL,   /* runs another template */
    OP_PARENT,    /* the same; the blocks up to target replace its own */
    OP_BLOCK,     /* runs what replaces it, or what follows */
    OP_URL_BEGIN, /* an address begins in the output … */
    OP_URL_END,   /* … and is checked */
    OP_SRCSET_END,
};

enum op_escape {
    ESCAPE_NONE,
    ESCAPE_HTML,
    ESCAPE_TRUSTED, /* trusted HTML as it is, all else as ESCAPE_HTML */
    ESCAPE_MUSTACHE,
    ESCAPE_XML,
    ESCAPE_URL_COMPONENT,
    ESCAPE_JSON_TEXT,
    ESCAPE_JSON_VALUE,
};

struct name_part {
    struct str text;
    uint32_t hash;
};

/* "a.b.c"; no part at all is ".". */
struct template_name {
    struct str text;
    struct name_part *parts;
    uint32_t count;
};

struct op {
    uint8_t code;
    uint8_t escape;
    bool plain_only; /* of a block: it stands where markup cannot */
    bool has_markup; /* of a block: it holds markup */
    uint32_t target; /* the instruction after the matching OP_END */
    uint32_t line;
    struct str indent; /* of a partial, parent or block */
    union {
        struct str text; /* of a text; the name of a block */
        const struct template_name *name;
        const struct template *template; /* NULL: none, in spec mode */
    };
};

struct template
{
    struct str name;
    const char *file; /* the path, for faults */
    struct str source;
    enum template_mode mode;
    struct op *ops;
    size_t ops_count;
};

struct theme {
    atomic_uint references;
    struct arena arena;
    struct template *templates;
    size_t count;
    struct map by_name;
};

MUST_USE enum err template_compile(struct theme *theme,
                                   struct template *template,
                                   struct fault *fault);

/* ---- Context (template_context.c)
 * ------------------------------------------------ */

enum html_state {
    HTML_TEXT,
    HTML_TAG_NAME,  /* from '<' on */
    HTML_IN_TAG,    /* between attributes */
    HTML_ATTR_NAME, /* in one, or behind it */
    HTML_BEFORE_VALUE /* behind '=' */,
    HTML_VALUE, /* quoted */
    HTML_UNQUOTED,
    HTML_COMMENT,
    HTML_DECLARATION, /* <!doctype …>, <? … > */
};

enum html_content {
    CONTENT_NORMAL,
    CONTENT_RCDATA, /* title, textarea: text only */
    CONTENT_RAW,    /* script, style, …: no values */
    CONTENT_JSON,   /* script type="application/ld+json" */
};

enum html_attr {
    ATTR_PLAIN,
    ATTR_URL,
    ATTR_SRCSET,
    ATTR_REFUSED, /* on…, style, srcdoc, … */
};

enum { HTML_NAME_BYTES_MAX = 32 };

struct html_name {
    char text[HTML_NAME_BYTES_MAX]; /* lower case; longer ones are cut */
    uint8_t len;
};

struct html_context {
    enum html_state state;
    enum html_content content;
    enum html_attr attr;
    char quote;
    struct html_name tag;
    struct html_name attr_name;
    struct html_name type; /* the value of a script's type */
    bool closing;          /* in an end tag */
    bool query;            /* an address is behind its '?' or '#' */
    bool refresh;          /* in <meta http-equiv …> */
    bool need_space;       /* an attribute's name ended with a section */
    bool in_json_text;
    bool json_escape;
    bool after_blank; /* the last character written was a blank */
    uint8_t matched;  /* of "</script" or "-->" */
    uint32_t pre;     /* open <pre> elements */
};

enum html_event {
    HTML_NO_EVENT,
    HTML_URL_BEGINS, /* what is written from here on is an address */
    HTML_URL_ENDS,
    HTML_BROKEN, /* an attribute's name goes on behind a section */
};

/* Takes literal text off *text up to its end or to an event, and appends it to
 * out without white space that does not show and without comments. */
enum html_event html_context_feed(struct html_context *context,
                                  struct str *text, struct buf *out);

/* How a value is escaped here. NULL, or why it cannot stand here. */
const char *html_context_escape(const struct html_context *context, bool raw,
                                enum op_escape *ret_escape);

/* A tag that prints nothing itself (a section) is here. NULL, or why not. */
const char *html_context_enter(struct html_context *context);

/* A section began in before and ends in *after. NULL, or why that cannot be;
 * *after becomes what holds in either case. */
const char *html_context_join(const struct html_context *before,
                              struct html_context *after);

static inline bool html_context_is_text(const struct html_context *context)
{
    return context->state == HTML_TEXT && context->content == CONTENT_NORMAL;
}

#endif
