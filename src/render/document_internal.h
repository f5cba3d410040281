// SPDX-License-Identifier: Apache-2.0
/* render/document_internal.h: what the files of the document module share: the
 * schema, and the writing of inline text. */
#ifndef RENDER_DOCUMENT_INTERNAL_H
#define RENDER_DOCUMENT_INTERNAL_H

#include "render/document.h"

/* ---- The schema (document_schema.c) ----------------------------------------
 */

#define DOCUMENT_BIT(n) (UINT32_C(1) << (n))

enum document_attr_type {
    DOCUMENT_TYPE_TEXT,
    DOCUMENT_TYPE_INT,
    DOCUMENT_TYPE_BOOL,
    DOCUMENT_TYPE_URL, /* http or https */
    DOCUMENT_TYPE_ID,  /* letters, digits, '-', '_', '.' */
};

struct document_attr_rule {
    struct str name;
    enum document_attr_type type;
    int64_t min; /* of a number; least bytes of a text */
    int64_t max; /* of a number; most bytes of a text */
};

struct document_kind_rule {
    struct str name;
    uint32_t children;     /* bits of kinds */
    uint32_t min_children; /* 0 or 1 */
    uint32_t attrs;        /* bits of attributes */
    uint32_t required;     /* bits of attributes */
};

struct document_mark_rule {
    struct str name;
    struct str element; /* of HTML */
    unsigned mark;
};

enum { DOCUMENT_MARK_COUNT = 6 };

extern const struct document_attr_rule DOCUMENT_ATTRS[DOCUMENT_ATTR_COUNT];
extern const struct document_kind_rule DOCUMENT_KINDS[DOCUMENT_KIND_COUNT];

/* From the outermost to the innermost; the link is outside of them all. */
extern const struct document_mark_rule DOCUMENT_MARKS[DOCUMENT_MARK_COUNT];

/* Where in the tree something is, for faults: a chain on the stack. */
struct document_place {
    const struct document_place *up;
    const char *part; /* "content", "attrs", "marks" */
    ptrdiff_t index;  /* -1 when part has none */
    struct str name;  /* after a dot; "" when none */
};

/* fault_set with the place as its field, and "…" as what follows. */
enum err document_fault(struct fault *fault, enum err code,
                        const struct document_place *place, const char *format,
                        ...) __attribute__((format(printf, 4, 5)));

/* An attribute's value against its rule. */
MUST_USE enum err document_check_attr(const struct document_attr_value *value,
                                      const struct document_place *place,
                                      struct fault *fault);

/* ---- Inline text (document_inline.c) ---------------------------------------
 */

/* Writes texts and breaks from node on, marks nested and merged. base_url is
 * put before addresses that begin with '/'; when it is not empty, a link that
 * begins with '?' or '#' is written as its text. */
void document_write_inline(const struct document_node *node,
                           struct str base_url, struct buf *out);

/* ' name="value"', escaped; nothing when the value is empty. */
void document_write_attr(struct buf *out, const char *name, struct str value);

/* Looks media up. False when it is unknown or has no src. */
bool document_find_poster(const struct document_writer *writer, struct str id,
                          struct document_media *ret_media);
/* The same for the channel that a node names. */
bool document_find_channel(const struct document_writer *writer,
                           const struct document_node *node,
                           struct document_link *ret_page, struct buf *html);
bool document_find_media(const struct document_writer *writer, struct str id,
                         struct document_media *ret_media);

#endif
