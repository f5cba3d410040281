// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"
#include "exchange/xmltv.h"
#include "render/xml_writer.h"

enum { STAMP_BYTES = sizeof "20080715003000 +0000" };

/* The digits of RFC 3339 without what parts them, and the zone as XMLTV writes
 * it. */
static void format_stamp(int64_t time_us, char target[STAMP_BYTES])
{
    char text[TIME_RFC3339_BYTES];
    time_format_rfc3339(time_us, text);
    char *out = target;
    for (const char *in = text; *in && *in != '.' && *in != 'Z'; in++)
        if (*in >= '0' && *in <= '9')
            *out++ = *in;
    memcpy(out, " +0000", sizeof " +0000");
}

static void write_text(struct xml_writer *xml, const char *name,
                       struct str text, struct str language)
{
    if (!text.len)
        return;
    xml_open(xml, name);
    if (language.len)
        xml_attr(xml, "lang", language);
    xml_text(xml, text);
    xml_close(xml);
}

/* In the order of the DTD. */
static void write_programme(struct xml_writer *xml, struct str channel,
                            const struct programme *programme)
{
    char start[STAMP_BYTES], stop[STAMP_BYTES];
    format_stamp(programme->start_us, start);
    format_stamp(programme->end_us, stop);
    xml_open(xml, "programme");
    xml_attr(xml, "start", str_from_c(start));
    xml_attr(xml, "stop", str_from_c(stop));
    xml_attr(xml, "channel", channel);
    write_text(xml, "title", programme->title, programme->language);
    write_text(xml, "desc", programme->description, programme->language);
    write_text(xml, "category", programme->category, programme->language);
    if (programme->repeat) {
        xml_open(xml, "previously-shown");
        xml_close(xml);
    }
    xml_close(xml);
}

enum err xmltv_write(const struct xmltv_channel *channels, size_t count,
                     struct str source, struct buf *out)
{
    struct xml_writer xml;
    xml_begin(&xml, out);
    xml_open(&xml, "tv");
    if (source.len)
        xml_attr(&xml, "source-info-name", source);
    xml_attr(&xml, "generator-info-name",
             STR("Broadsheet " BROADSHEET_VERSION));
    for (size_t i = 0; i < count; i++) {
        xml_open(&xml, "channel");
        xml_attr(&xml, "id", channels[i].id);
        xml_element(&xml, "display-name", channels[i].title);
        xml_close(&xml);
    }
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < channels[i].programmes->count; j++)
            write_programme(&xml, channels[i].id,
                            &channels[i].programmes->programmes[j]);
    return xml_end(&xml);
}
