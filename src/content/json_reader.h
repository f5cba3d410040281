// SPDX-License-Identifier: Apache-2.0
/* content/json_reader.h: members of JSON objects that people write, read one by
 * one. A member that is not there leaves its target as it is; one of the wrong
 * kind is ERR_INVALID and the fault says what it has to be. */
#ifndef CONTENT_JSON_READER_H
#define CONTENT_JSON_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/str.h"

struct arena;
struct article_byline;
struct db;
struct json_t;

struct json_reader {
    const struct json_t *object;
    struct db *db;       /* where members refer to something; may be NULL */
    struct arena *arena; /* of what is read */
    struct fault *fault;
};

/* "NAME has to be WHAT" */
enum err json_refuse(const struct json_reader *reader, const char *name,
                     const char *what);

/* A copy; "" of what is no text. */
struct str json_text(const struct json_reader *reader,
                     const struct json_t *value);

MUST_USE enum err json_read_text(const struct json_reader *reader,
                                 const char *name, struct str *text);
MUST_USE enum err json_read_bool(const struct json_reader *reader,
                                 const char *name, bool *truth);

/* "body", a document, or "text", whose empty lines part paragraphs: as the JSON
 * of a document that is still to be checked. */
MUST_USE enum err json_read_body(const struct json_reader *reader,
                                 struct str *body);
MUST_USE enum err json_document(const struct json_reader *reader,
                                const struct json_t *value, struct str *body);

/* "bylines": names, or objects with name, role, and the slug of one of the
 * staff, who are looked up in the language. */
MUST_USE enum err json_read_bylines(const struct json_reader *reader,
                                    struct str language,
                                    struct article_byline **bylines,
                                    size_t *count);

#endif
