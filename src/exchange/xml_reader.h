// SPDX-License-Identifier: Apache-2.0
/* exchange/xml_reader.h: XML of any length from anywhere, element by element,
 * in memory that does not grow with it. A document type is refused (and with it
 * every entity that could multiply), but where a format's files commonly name
 * one, which is then never fetched; so are elements nested too deep, tags and
 * texts too long, bytes that are not of the encoding, and a file that ends too
 * early: each with its cause and its place, "line 12, column 3".
 *
 * Encodings: UTF-8, UTF-16, and what iconv(3) knows with a byte a character
 * (windows-1251). */
#ifndef EXCHANGE_XML_READER_H
#define EXCHANGE_XML_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/str.h"

struct xml_reader;

enum {
    XML_DEPTH_MAX = 100,
    XML_ATTRIBUTES_MAX = 256,
    XML_TOKEN_BYTES_MAX = 1024 * 1024,     /* a tag, a comment */
    XML_TEXT_BYTES_MAX = 64 * 1024 * 1024, /* between two tags */
};

/* clang-format off */
/*    space     what its namespace begins with (the first that fits counts) */
#define XML_SPACES(X) \
    X(WP,       "http://wordpress.org/export/") \
    X(CONTENT,  "http://purl.org/rss/1.0/modules/content/") \
    X(DC,       "http://purl.org/dc/") \
    X(MEDIA,    "http://search.yahoo.com/mrss") \
    X(ITUNES,   "http://www.itunes.com/dtds/") \
    X(ATOM,     "http://www.w3.org/2005/Atom") \
    X(RDF,      "http://www.w3.org/1999/02/22-rdf-syntax-ns#") \
    X(RSS1,     "http://purl.org/rss/1.0/") \
    X(XHTML,    "http://www.w3.org/1999/xhtml") \
    X(XML,      "http://www.w3.org/XML/1998/namespace")
/* clang-format on */

enum xml_space {
    XML_SPACE_NONE,
    XML_SPACE_OTHER,
    XML_SPACE_EXCERPT, /* of WordPress: …/export/1.2/excerpt/ */
#define X(space, prefix) XML_SPACE_##space,
    XML_SPACES(X)
#undef X
};

struct xml_name {
    enum xml_space space;
    struct str local;
};

struct xml_attribute {
    struct xml_name name;
    struct str value;
};

/* All texts are borrowed until the call returns. depth is that of the element:
 * 1 for the root. */
struct xml_element {
    struct xml_name name;
    int depth;
    const struct xml_attribute *attributes;
    size_t attribute_count;
};

/* Each may be NULL. A handler that cannot go on calls xml_reader_stop. */
struct xml_handler {
    void *context;
    bool may_name_type; /* <!DOCTYPE name SYSTEM "file"> is passed over */
    void (*start)(void *context, struct xml_reader *reader,
                  const struct xml_element *element);
    void (*end)(void *context, struct xml_reader *reader,
                const struct xml_name *name, int depth);
    void (*text)(void *context, struct xml_reader *reader, struct str text);
};

bool xml_is(const struct xml_name *name, enum xml_space space,
            const char *local);

/* The value of an attribute without a namespace, "" when it is not there. */
struct str xml_attribute(const struct xml_element *element, const char *local);

/* Where the reader stands, from 1. */
int64_t xml_reader_line(const struct xml_reader *reader);
int64_t xml_reader_column(const struct xml_reader *reader);

/* Ends the reading with this error. When the fault has a message, it stays as
 * it is; else the place is put before cause. */
void xml_reader_stop(struct xml_reader *reader, enum err err,
                     const char *cause);

/* Reads it all. ERR_INVALID, ERR_TOO_LONG: what is wrong with it, and where;
 * ERR_IO …: of the file; else what a handler stopped with. */
MUST_USE enum err xml_read_file(const char *path,
                                const struct xml_handler *handler,
                                struct fault *fault);
MUST_USE enum err xml_read_bytes(struct str bytes,
                                 const struct xml_handler *handler,
                                 struct fault *fault);

#endif
