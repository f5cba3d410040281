// SPDX-License-Identifier: Apache-2.0
#include "render/xml_writer.h"

#include <assert.h>

#include "render/escape.h"

void xml_begin(struct xml_writer *xml, struct buf *out)
{
    assert(xml);
    assert(out);
    *xml = (struct xml_writer){.out = out};
    buf_add_c(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
}

static void end_start_tag(struct xml_writer *xml)
{
    if (xml->in_tag)
        buf_add_char(xml->out, '>');
    xml->in_tag = false;
}

void xml_open(struct xml_writer *xml, const char *name)
{
    assert(xml->depth < XML_DEPTH_MAX);
    end_start_tag(xml);
    buf_add_char(xml->out, '<');
    buf_add_c(xml->out, name);
    xml->open[xml->depth++] = name;
    xml->in_tag = true;
}

void xml_attr(struct xml_writer *xml, const char *name, struct str value)
{
    assert(xml->in_tag);
    buf_add_char(xml->out, ' ');
    buf_add_c(xml->out, name);
    buf_add_c(xml->out, "=\"");
    escape_xml(xml->out, value);
    buf_add_char(xml->out, '"');
}

void xml_attr_int(struct xml_writer *xml, const char *name, int64_t value)
{
    assert(xml->in_tag);
    buf_printf(xml->out, " %s=\"%lld\"", name, (long long)value);
}

void xml_text(struct xml_writer *xml, struct str text)
{
    end_start_tag(xml);
    escape_xml(xml->out, text);
}

void xml_close(struct xml_writer *xml)
{
    assert(xml->depth > 0);
    const char *name = xml->open[--xml->depth];
    if (xml->in_tag) {
        buf_add_c(xml->out, "/>");
        xml->in_tag = false;
        return;
    }
    buf_add_c(xml->out, "</");
    buf_add_c(xml->out, name);
    buf_add_char(xml->out, '>');
}

void xml_element(struct xml_writer *xml, const char *name, struct str text)
{
    xml_open(xml, name);
    xml_text(xml, text);
    xml_close(xml);
}

void xml_instruction(struct xml_writer *xml, const char *target,
                     const char *data)
{
    end_start_tag(xml);
    buf_printf(xml->out, "<?%s %s?>\n", target, data);
}

enum err xml_end(struct xml_writer *xml)
{
    while (xml->depth > 0)
        xml_close(xml);
    return buf_err(xml->out);
}

void xml_escape(struct buf *out, struct str text)
{
    escape_xml(out, text);
}
