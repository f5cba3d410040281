// SPDX-License-Identifier: Apache-2.0
/* render/document.h: the body of an article as a small typed tree, its schema,
 * its JSON form, and what is written from it.
 *
 * The JSON form is that of ProseMirror: {"type":"doc","content":[…]}, marks on
 * text nodes, attributes under "attrs". Everything that comes from outside is
 * checked against the one schema (document_schema.c); what is not in it is an
 * error that names the place, such as "content[3].content[0].marks[1]". */
#ifndef RENDER_DOCUMENT_H
#define RENDER_DOCUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/str.h"

struct arena;
struct value;

enum {
    DOCUMENT_JSON_BYTES_MAX = 4 * 1024 * 1024,
    DOCUMENT_NODES_MAX = 50 * 1000,
    DOCUMENT_DEPTH_MAX = 32,
    DOCUMENT_TEXT_BYTES_MAX = 2 * 1024 * 1024, /* of all texts together */
    DOCUMENT_URL_BYTES_MAX = 2048,
};

enum document_kind {
    DOCUMENT_DOC,
    DOCUMENT_PARAGRAPH,
    DOCUMENT_HEADING,
    DOCUMENT_BULLET_LIST,
    DOCUMENT_ORDERED_LIST,
    DOCUMENT_LIST_ITEM,
    DOCUMENT_BLOCKQUOTE,
    DOCUMENT_PULL_QUOTE,
    DOCUMENT_IMAGE,
    DOCUMENT_GALLERY, /* its children are images */
    DOCUMENT_VIDEO,
    DOCUMENT_EMBED,
    DOCUMENT_CHANNEL, /* a small player of television */
    DOCUMENT_TABLE,
    DOCUMENT_TABLE_ROW,
    DOCUMENT_TABLE_CELL,
    DOCUMENT_RULE,
    DOCUMENT_TEXT,
    DOCUMENT_HARD_BREAK,
    DOCUMENT_KIND_COUNT
};

enum document_attr {
    DOCUMENT_LEVEL,    /* heading: 2 to 4 */
    DOCUMENT_START,    /* ordered_list: first number */
    DOCUMENT_CITE,     /* blockquote, pull_quote: who said it */
    DOCUMENT_MEDIA,    /* image, video: the id of a media record */
    DOCUMENT_ALT,      /* image */
    DOCUMENT_CAPTION,  /* image, gallery, video, channel, table */
    DOCUMENT_CREDIT,   /* image, video */
    DOCUMENT_PROVIDER, /* embed: "YouTube" */
    DOCUMENT_URL,      /* embed: where it is */
    DOCUMENT_TITLE,    /* embed, video */
    DOCUMENT_POSTER,   /* embed, video: the id of a media record */
    DOCUMENT_NAME,     /* channel: its name in addresses */
    DOCUMENT_HEADER,   /* table_cell: boolean as 0 or 1 */
    DOCUMENT_ATTR_COUNT
};

/* Marks of a text node, a set of bits; the link is kept apart. */
enum document_mark {
    DOCUMENT_EM = 1 << 0,
    DOCUMENT_STRONG = 1 << 1,
    DOCUMENT_CODE = 1 << 2,
    DOCUMENT_SUB = 1 << 3,
    DOCUMENT_SUP = 1 << 4,
    DOCUMENT_STRIKE = 1 << 5,
};

struct document_link {
    struct str href;  /* http, https, mailto, or a path of this site */
    struct str title; /* "" when none */
};

/* An attribute that was given; attributes stand in the schema's order. */
struct document_attr_value {
    struct document_attr_value *next;
    enum document_attr attr;
    struct str text;
    int64_t number;
};

struct document_node {
    enum document_kind kind;
    unsigned marks;                   /* of a text */
    const struct document_link *link; /* of a text, or NULL */
    struct str text;                  /* of a text */
    struct document_attr_value *attrs;
    struct document_node *first;
    struct document_node *last;
    struct document_node *next;
};

/* ---- Making and reading ----------------------------------------------------
 * All of it lives in the arena; texts are borrowed by the makers and copied by
 * the parser. */

struct document_node *document_new(struct arena *arena);
struct document_node *document_add(struct arena *arena,
                                   struct document_node *parent,
                                   enum document_kind kind);
struct document_node *document_add_text(struct arena *arena,
                                        struct document_node *parent,
                                        struct str text);
void document_set_str(struct arena *arena, struct document_node *node,
                      enum document_attr attr, struct str text);
void document_set_int(struct arena *arena, struct document_node *node,
                      enum document_attr attr, int64_t number);

/* A document of plain text: an empty line parts paragraphs. */
struct document_node *document_from_text(struct arena *arena, struct str text);

struct str document_str(const struct document_node *node,
                        enum document_attr attr); /* "" when not given */
int64_t document_int(const struct document_node *node, enum document_attr attr,
                     int64_t otherwise);

/* The name in the JSON form, such as "pull_quote". */
struct str document_kind_name(enum document_kind kind);

/* Whether href may be a link: http, https, mailto, or an address within the
 * site that begins with '/', '?' or '#'. */
bool document_href_is_allowed(struct str href);

/* The whole tree against the schema. */
MUST_USE enum err document_check(const struct document_node *doc,
                                 struct fault *fault);

/* Parses and checks. Doubled keys are errors. */
MUST_USE enum err document_parse_json(struct str json, struct arena *arena,
                                      struct document_node **ret_doc,
                                      struct fault *fault);

/* The canonical form: no spaces, keys in the schema's order. */
void document_write_json(const struct document_node *doc, struct buf *out);

/* Calls visit for each media id that the document shows, in reading order. */
void document_each_media(const struct document_node *doc,
                         void (*visit)(void *context, struct str media),
                         void *context);

/* ---- Writing ---------------------------------------------------------------
 */

/* What is known about a picture or clip when the page is printed. All texts
 * are escaped by the writer; src "" means there is none (any more), and its
 * figure is then left out. */
enum { DOCUMENT_SOURCES_MAX = 2 };

/* A type that not every browser knows, before those that follow. */
struct document_source {
    struct str type;   /* "image/avif" */
    struct str srcset; /* as below */
};

struct document_media {
    struct str src;    /* address of the rendition for those who take one */
    struct str srcset; /* "" or "a.jpg 480w, b.jpg 960w" */
    struct str sizes;  /* "" or the value for sizes */
    struct str type;   /* content type; of a clip */
    int64_t width;     /* pixels; 0 when not known */
    int64_t height;
    struct document_source sources[DOCUMENT_SOURCES_MAX];
    size_t source_count;
};

struct document_writer {
    /* Fills *ret_media and answers true, or answers false when the media is
     * not known. NULL when there is none to show. */
    bool (*media)(void *context, struct str id,
                  struct document_media *ret_media);
    /* The same for the picture of a film of others, which is shown 16:9; NULL:
     * as media has it. */
    bool (*poster)(void *context, struct str id,
                   struct document_media *ret_media);
    /* Answers false when there is no television channel of that name (any
     * more), and its figure is left out; else true, with the channel's page and
     * title, what feeds lead to, in *ret_page. For pages it appends the
     * player's markup to html, which is NULL for feeds. NULL: there are no
     * channels. */
    bool (*channel)(void *context, struct str name,
                    struct document_link *ret_page, struct buf *html);
    void *context;
    struct str base_url; /* "https://bm.ge": what feeds put before '/…' */
    bool first_is_eager; /* the first picture is not loaded lazily */
    bool is_exchange;    /* a feed that html_helper.h reads again: what has no
                            element of its own says what it is */
};

/* Semantic HTML for a page. Class names are listed in document_html.c. */
void document_write_html(const struct document_node *doc,
                         const struct document_writer *writer, struct buf *out);

/* The same as a trusted value for a template: {{{body}}}. */
const struct value *document_html_value(const struct document_node *doc,
                                        const struct document_writer *writer,
                                        struct arena *arena);

/* HTML for feeds: absolute addresses, no classes, plain elements. */
void document_write_feed(const struct document_node *doc,
                         const struct document_writer *writer, struct buf *out);

/* Plain text: blocks are parted by an empty line. For search, mail, counts. */
void document_write_text(const struct document_node *doc, struct buf *out);

struct document_counts {
    size_t words;      /* by white space; a run of CJK counts each character */
    size_t characters; /* without white space */
    size_t paragraphs;
};
struct document_counts document_count(const struct document_node *doc);

/* The text of the first paragraph that has any, or "". */
struct str document_first_paragraph(const struct document_node *doc,
                                    struct arena *arena);

/* The beginning of the paragraphs' text, cut at a word with "…" when it is
 * longer than max_characters. */
struct str document_excerpt(const struct document_node *doc,
                            size_t max_characters, struct arena *arena);

#endif
