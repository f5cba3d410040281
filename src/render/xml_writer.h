// SPDX-License-Identifier: Apache-2.0
/* render/xml_writer.h: XML for feeds and sitemaps, well-formed whatever the
 * texts hold: they are escaped, and characters that XML 1.0 forbids dropped.
 *
 *     struct xml_writer xml;
 *     xml_begin(&xml, &out);
 *     xml_open(&xml, "feed");
 *     xml_attr(&xml, "xmlns", STR("http://www.w3.org/2005/Atom"));
 *     xml_element(&xml, "title", site->name);
 *     xml_close(&xml);
 *     err = xml_end(&xml);
 *
 * Element and attribute names are constants of the program. */
#ifndef RENDER_XML_WRITER_H
#define RENDER_XML_WRITER_H

#include "base/buf.h"

enum { XML_DEPTH_MAX = 32 };

struct xml_writer {
    struct buf *out;
    const char *open[XML_DEPTH_MAX];
    unsigned depth;
    bool in_tag; /* the start tag still takes attributes */
};

/* Writes the XML declaration (UTF-8). */
void xml_begin(struct xml_writer *xml, struct buf *out);

void xml_open(struct xml_writer *xml, const char *name);
void xml_attr(struct xml_writer *xml, const char *name, struct str value);
void xml_attr_int(struct xml_writer *xml, const char *name, int64_t value);
void xml_text(struct xml_writer *xml, struct str text);
void xml_close(struct xml_writer *xml); /* the newest open element */

/* <name>text</name> */
void xml_element(struct xml_writer *xml, const char *name, struct str text);

/* A processing instruction, such as <?xml-stylesheet …?>. */
void xml_instruction(struct xml_writer *xml, const char *target,
                     const char *data);

/* Closes what is open. The error of the buffer, if any. */
MUST_USE enum err xml_end(struct xml_writer *xml);

/* text escaped for XML, without a writer. */
void xml_escape(struct buf *out, struct str text);

#endif
