// SPDX-License-Identifier: Apache-2.0
#include "exchange/xml_reader.h"

#include <assert.h>
#include <iconv.h>
#include <inttypes.h>

#include <expat.h>

#include "base/file.h"

enum { CHUNK_BYTES = 64 * 1024 };

struct xml_reader {
    const struct xml_handler *handler;
    XML_Parser parser;
    struct fault *fault;
    enum err err; /* why it was stopped */
    int depth;
    size_t text_bytes; /* since the last tag */
    int64_t fed_bytes;
};

/* ---- Names -----------------------------------------------------------------
 */

/* "http://wordpress.org/export/1.2/excerpt/" → EXCERPT: the version stands in
 * the middle. */
static enum xml_space space_of(struct str uri)
{
    static const struct {
        enum xml_space space;
        struct str prefix;
    } spaces[] = {
#define X(space, prefix) {XML_SPACE_##space, STR_INIT(prefix)},
        XML_SPACES(X)
#undef X
    };
    if (!uri.len)
        return XML_SPACE_NONE;
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
        if (str_starts_with(uri, spaces[i].prefix))
            return spaces[i].space == XML_SPACE_WP &&
                           str_find(uri, STR("/excerpt")) >= 0
                       ? XML_SPACE_EXCERPT
                       : spaces[i].space;
    return XML_SPACE_OTHER;
}

/* "uri local", or the local name alone. */
static struct xml_name name_of(const char *text)
{
    struct str name = str_from_c(text);
    ptrdiff_t space = str_find_char(name, ' ');
    if (space < 0)
        return (struct xml_name){XML_SPACE_NONE, name};
    return (struct xml_name){space_of(str_slice(name, 0, (size_t)space)),
                             str_from(name, (size_t)space + 1)};
}

bool xml_is(const struct xml_name *name, enum xml_space space,
            const char *local)
{
    return name->space == space && str_eq(name->local, str_from_c(local));
}

struct str xml_attribute(const struct xml_element *element, const char *local)
{
    for (size_t i = 0; i < element->attribute_count; i++)
        if (xml_is(&element->attributes[i].name, XML_SPACE_NONE, local))
            return element->attributes[i].value;
    return STR("");
}

/* ---- Stopping --------------------------------------------------------------
 */

int64_t xml_reader_line(const struct xml_reader *reader)
{
    return (int64_t)XML_GetCurrentLineNumber(reader->parser);
}

int64_t xml_reader_column(const struct xml_reader *reader)
{
    return (int64_t)XML_GetCurrentColumnNumber(reader->parser) + 1;
}

static enum err refuse(struct xml_reader *reader, enum err err,
                       const char *cause)
{
    char place[FAULT_FIELD_BYTES_MAX];
    snprintf(place, sizeof place, "line %" PRId64 ", column %" PRId64,
             xml_reader_line(reader), xml_reader_column(reader));
    return fault_set(reader->fault, err, place, "%s: %s", place, cause);
}

void xml_reader_stop(struct xml_reader *reader, enum err err, const char *cause)
{
    if (reader->err)
        return;
    reader->err = err;
    if (!reader->fault->code)
        refuse(reader, err, cause);
    (void)!XML_StopParser(reader->parser, XML_FALSE);
}

/* ---- What the parser says --------------------------------------------------
 */

static bool read_attributes(struct xml_reader *reader, const char **pairs,
                            struct xml_attribute *attributes, size_t *ret_count)
{
    size_t count = 0;
    for (; pairs[0]; pairs += 2) {
        if (count == XML_ATTRIBUTES_MAX) {
            xml_reader_stop(reader, ERR_TOO_LONG,
                            "an element has more than 256 attributes");
            return false;
        }
        attributes[count++] =
            (struct xml_attribute){name_of(pairs[0]), str_from_c(pairs[1])};
    }
    *ret_count = count;
    return true;
}

static void XMLCALL on_start(void *context, const char *name,
                             const char **pairs)
{
    struct xml_reader *reader = context;
    struct xml_attribute attributes[XML_ATTRIBUTES_MAX];
    struct xml_element element = {.name = name_of(name),
                                  .attributes = attributes};
    reader->text_bytes = 0;
    if (reader->err)
        return;
    if (reader->depth == XML_DEPTH_MAX) {
        xml_reader_stop(reader, ERR_TOO_LONG,
                        "elements are nested deeper than 100");
        return;
    }
    element.depth = ++reader->depth;
    if (read_attributes(reader, pairs, attributes, &element.attribute_count) &&
        reader->handler->start)
        reader->handler->start(reader->handler->context, reader, &element);
}

static void XMLCALL on_end(void *context, const char *text)
{
    struct xml_reader *reader = context;
    struct xml_name name = name_of(text);
    reader->text_bytes = 0;
    if (!reader->err && reader->handler->end)
        reader->handler->end(reader->handler->context, reader, &name,
                             reader->depth);
    reader->depth--;
}

static void XMLCALL on_text(void *context, const char *text, int len)
{
    struct xml_reader *reader = context;
    if (reader->err)
        return;
    reader->text_bytes += (size_t)len;
    if (reader->text_bytes > XML_TEXT_BYTES_MAX)
        xml_reader_stop(reader, ERR_TOO_LONG,
                        "a text is longer than 64 MiB: no article has that");
    else if (reader->handler->text)
        reader->handler->text(reader->handler->context, reader,
                              str_of(text, (size_t)len));
}

static void XMLCALL on_doctype(void *context, const char *name,
                               const char *system, const char *public,
                               int has_subset)
{
    struct xml_reader *reader = context;
    (void)name, (void)system, (void)public;
    if (reader->handler->may_name_type && !has_subset)
        return;
    xml_reader_stop(reader, ERR_INVALID,
                    "it has a document type (<!DOCTYPE …>), which can hide "
                    "what it is made of: take that line out");
}

/* ---- Encodings -------------------------------------------------------------
 */

static void close_iconv(const iconv_t *converter)
{
    if (*converter != (iconv_t)-1)
        iconv_close(*converter);
}

/* What each byte is, for encodings with a byte a character. */
static int XMLCALL on_encoding(void *context, const char *name,
                               XML_Encoding *info)
{
    (void)context;
    DEFER(close_iconv) iconv_t converter = iconv_open("UCS-4LE", name);
    if (converter == (iconv_t)-1)
        return XML_STATUS_ERROR;
    size_t known = 0;
    for (int i = 0; i < 256; i++) {
        char byte = (char)i;
        unsigned char character[4];
        char *in = &byte, *out = (char *)character;
        size_t in_left = 1, out_left = sizeof character;
        info->map[i] = -1;
        iconv(converter, NULL, NULL, NULL, NULL);
        if (iconv(converter, &in, &in_left, &out, &out_left) == (size_t)-1 ||
            in_left || out_left || character[3] || character[2])
            continue;
        info->map[i] = character[0] | character[1] << 8;
        known++;
    }
    info->convert = NULL;
    info->release = NULL;
    return known >= 128 ? XML_STATUS_OK : XML_STATUS_ERROR;
}

/* ---- Reading ---------------------------------------------------------------
 */

static enum err parser_fault(struct xml_reader *reader)
{
    if (reader->err)
        return reader->err;
    enum XML_Error code = XML_GetErrorCode(reader->parser);
    switch (code) {
    case XML_ERROR_NO_MEMORY:
        return fault_set(reader->fault, ERR_NO_MEMORY, NULL, "out of memory");
    case XML_ERROR_NO_ELEMENTS:
    case XML_ERROR_UNCLOSED_TOKEN:
    case XML_ERROR_UNCLOSED_CDATA_SECTION:
    case XML_ERROR_PARTIAL_CHAR:
        return refuse(reader, ERR_INVALID,
                      reader->fed_bytes ? "the file ends too early"
                                        : "the file is empty");
    case XML_ERROR_UNDEFINED_ENTITY:
        return refuse(reader, ERR_INVALID,
                      "an entity such as &nbsp; is not defined in XML: write "
                      "the character itself");
    case XML_ERROR_INVALID_TOKEN:
        return refuse(reader, ERR_INVALID,
                      "not XML: a byte that cannot stand here (a control "
                      "character, or another encoding than the file says)");
    default:
        return refuse(reader, ERR_INVALID, XML_ErrorString(code));
    }
}

/* What the parser holds back is a tag or a comment that has not ended yet. */
static enum err feed(struct xml_reader *reader, struct str bytes, bool is_last)
{
    reader->fed_bytes += (int64_t)bytes.len;
    enum XML_Status status =
        XML_Parse(reader->parser, bytes.ptr, (int)bytes.len, is_last);
    if (status == XML_STATUS_ERROR)
        return parser_fault(reader);
    int64_t at = XML_GetCurrentByteIndex(reader->parser);
    if (!is_last && at >= 0 && reader->fed_bytes - at > XML_TOKEN_BYTES_MAX)
        return refuse(reader, ERR_TOO_LONG,
                      "a tag or comment is longer than 1 MiB");
    return ERR_OK;
}

static enum err init(struct xml_reader *reader,
                     const struct xml_handler *handler, struct fault *fault)
{
    *reader = (struct xml_reader){.handler = handler, .fault = fault};
    reader->parser = XML_ParserCreateNS(NULL, ' ');
    if (!reader->parser)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    XML_SetUserData(reader->parser, reader);
    XML_SetElementHandler(reader->parser, on_start, on_end);
    XML_SetCharacterDataHandler(reader->parser, on_text);
    XML_SetStartDoctypeDeclHandler(reader->parser, on_doctype);
    XML_SetUnknownEncodingHandler(reader->parser, on_encoding, NULL);
    return ERR_OK;
}

static void finish(const struct xml_reader *reader)
{
    if (reader->parser)
        XML_ParserFree(reader->parser);
}

enum err xml_read_file(const char *path, const struct xml_handler *handler,
                       struct fault *fault)
{
    assert(path && handler && fault);
    static _Thread_local char chunk[CHUNK_BYTES];
    DEFER(fd_close) int fd;
    enum err err = file_open(path, &fd, fault);
    if (err)
        return err;
    DEFER(finish) struct xml_reader reader = {0};
    err = init(&reader, handler, fault);
    for (size_t got = 1; !err && got;) {
        err = file_read_some(fd, path, chunk, sizeof chunk, &got, fault);
        if (!err)
            err = feed(&reader, str_of(chunk, got), got == 0);
    }
    return err;
}

enum err xml_read_bytes(struct str bytes, const struct xml_handler *handler,
                        struct fault *fault)
{
    assert(handler && fault);
    DEFER(finish) struct xml_reader reader = {0};
    enum err err = init(&reader, handler, fault);
    while (!err) {
        struct str chunk = str_slice(bytes, 0, CHUNK_BYTES);
        bytes = str_from(bytes, chunk.len);
        err = feed(&reader, chunk, chunk.len == 0);
        if (chunk.len == 0)
            break;
    }
    return err;
}
