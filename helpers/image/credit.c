// SPDX-License-Identifier: Apache-2.0
#include "credit.h"

#include <expat.h>

#include "base/utf8.h"
#include "render/escape.h"
#include "render/image_wire.h"

/* ---- Lines -----------------------------------------------------------------
 */

/* What is no UTF-8 is ISO 8859-1, as IIM's records mostly are. */
static struct str to_utf8(struct str text, struct arena *arena)
{
    if (utf8_is_valid(text))
        return arena_copy(arena, text);
    char *out = arena_array(arena, char, 2 * text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x80)
            out[len++] = (char)(0xc0 | c >> 6);
        out[len++] = (char)(c < 0x80 ? c : 0x80 | (c & 0x3f));
    }
    return str_of(out, len);
}

struct str credit_line(struct str text, struct arena *arena)
{
    text = to_utf8(str_slice(text, 0, IMAGE_TEXT_BYTES_MAX), arena);
    char *out = arena_array(arena, char, text.len + 1);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        out[i] = c < 0x20 || c == 0x7f ? ' ' : (char)c;
    }
    return utf8_cut(str_trim(str_of(out, text.len)), IMAGE_TEXT_BYTES_MAX / 2);
}

static void keep(struct str *target, struct str text, struct arena *arena)
{
    if (!target->len)
        *target = credit_line(text, arena);
}

struct str credit_text(const struct credit *credit, struct arena *arena)
{
    struct str by = credit->by, agency = credit->credit;
    if (!by.len || !agency.len || str_find(agency, by) >= 0)
        return agency.len ? agency : by;
    return utf8_cut(arena_printf(arena, "%" PRI_STR " / %" PRI_STR, ARG_STR(by),
                                 ARG_STR(agency)),
                    IMAGE_TEXT_BYTES_MAX / 2);
}

/* ---- IPTC-IIM --------------------------------------------------------------
 */

enum {
    RESOURCE_HEAD_BYTES = 6, /* "8BIM" and the number */
    RESOURCE_IPTC = 0x0404,
    DATASET_HEAD_BYTES = 5,
    DATASET_MARK = 0x1c,
    RECORD_APPLICATION = 2,
};

static unsigned two_bytes(struct str text, size_t at)
{
    return (unsigned)(unsigned char)text.ptr[at] << 8 |
           (unsigned char)text.ptr[at + 1];
}

static void read_dataset(unsigned number, struct str value, struct arena *arena,
                         struct credit *credit)
{
    struct {
        unsigned number;
        struct str *target;
    } const wanted[] = {{80, &credit->by},
                        {110, &credit->credit},
                        {116, &credit->copyright},
                        {120, &credit->caption}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (wanted[i].number == number)
            keep(wanted[i].target, value, arena);
}

/* IIM 4.2 §1.5: a mark, record, number, length, value. Extended lengths (of
 * values from 32 KiB on) end the reading. */
static void read_datasets(struct str bytes, struct arena *arena,
                          struct credit *credit)
{
    while (bytes.len >= DATASET_HEAD_BYTES &&
           (unsigned char)bytes.ptr[0] == DATASET_MARK) {
        size_t len = two_bytes(bytes, 3);
        if (len > bytes.len - DATASET_HEAD_BYTES)
            return;
        if (bytes.ptr[1] == RECORD_APPLICATION)
            read_dataset((unsigned char)bytes.ptr[2],
                         str_slice(bytes, DATASET_HEAD_BYTES, len), arena,
                         credit);
        bytes = str_from(bytes, DATASET_HEAD_BYTES + len);
    }
}

/* Photoshop's image resources: "8BIM", number, a name of even length, size. */
void credit_read_iptc(struct str bytes, struct arena *arena,
                      struct credit *credit)
{
    ptrdiff_t at = str_find(bytes, STR("8BIM"));
    while (at >= 0) {
        bytes = str_from(bytes, (size_t)at);
        if (bytes.len < RESOURCE_HEAD_BYTES + 1)
            return;
        size_t name = (size_t)(unsigned char)bytes.ptr[RESOURCE_HEAD_BYTES] + 1;
        size_t head = RESOURCE_HEAD_BYTES + name + (name & 1) + 4;
        if (bytes.len < head)
            return;
        size_t size = (size_t)two_bytes(bytes, head - 4) << 16 |
                      two_bytes(bytes, head - 2);
        if (two_bytes(bytes, 4) == RESOURCE_IPTC)
            read_datasets(str_slice(bytes, head, size), arena, credit);
        bytes = str_from(bytes, head);
        at = str_find(bytes, STR("8BIM"));
    }
}

/* ---- XMP -------------------------------------------------------------------
 */

enum { XMP_BYTES_MAX = 1 << 20, XMP_TEXT_BYTES = 1024 };
#define PHOTOSHOP "http://ns.adobe.com/photoshop/1.0/ "
#define DUBLIN_CORE "http://purl.org/dc/elements/1.1/ "

struct xmp {
    struct arena *arena;
    struct credit *credit;
    struct str *target; /* what the text at this place says */
    char text[XMP_TEXT_BYTES];
    size_t len;
};

static struct str *find_target(struct credit *credit, const char *name)
{
    struct {
        const char *name;
        struct str *target;
    } const wanted[] = {{PHOTOSHOP "Credit", &credit->credit},
                        {DUBLIN_CORE "creator", &credit->by},
                        {DUBLIN_CORE "rights", &credit->copyright},
                        {DUBLIN_CORE "description", &credit->caption}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (strcmp(wanted[i].name, name) == 0)
            return wanted[i].target;
    return NULL;
}

static void on_start(void *context, const char *name, const char **attributes)
{
    struct xmp *xmp = context;
    struct str *target = find_target(xmp->credit, name);
    if (target) {
        xmp->target = target;
        xmp->len = 0;
    }
    for (; attributes[0]; attributes += 2) {
        struct str *of = find_target(xmp->credit, attributes[0]);
        if (of)
            keep(of, str_from_c(attributes[1]), xmp->arena);
    }
}

/* The first item of a list, or the value itself. */
static void on_end(void *context, const char *name)
{
    struct xmp *xmp = context;
    if (xmp->target)
        keep(xmp->target, str_of(xmp->text, xmp->len), xmp->arena);
    xmp->len = 0;
    if (find_target(xmp->credit, name))
        xmp->target = NULL;
}

static void on_text(void *context, const char *text, int len)
{
    struct xmp *xmp = context;
    size_t room = sizeof xmp->text - xmp->len;
    size_t taken = (size_t)len < room ? (size_t)len : room;
    if (!xmp->target)
        return;
    memcpy(xmp->text + xmp->len, text, taken);
    xmp->len += taken;
}

void credit_read_xmp(struct str bytes, struct arena *arena,
                     struct credit *credit)
{
    struct xmp xmp = {.arena = arena, .credit = credit};
    XML_Parser parser = XML_ParserCreateNS(NULL, ' ');
    if (!parser)
        return;
    XML_SetUserData(parser, &xmp);
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    if (bytes.len <= XMP_BYTES_MAX)
        XML_Parse(parser, bytes.ptr, (int)bytes.len, true);
    XML_ParserFree(parser);
}

struct str credit_write_xmp(struct str credit, struct str copyright,
                            struct arena *arena)
{
    if (!credit.len && !copyright.len)
        return STR("");
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 16 * IMAGE_TEXT_BYTES_MAX);
    buf_add_c(&out, "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf="
                    "\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
                    "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://"
                    "purl.org/dc/elements/1.1/\" xmlns:photoshop=\"http://"
                    "ns.adobe.com/photoshop/1.0/\"");
    if (credit.len) {
        buf_add_c(&out, " photoshop:Credit=\"");
        escape_html(&out, credit);
        buf_add_c(&out, "\"");
    }
    buf_add_c(&out, ">");
    if (copyright.len) {
        buf_add_c(&out, "<dc:rights><rdf:Alt><rdf:li xml:lang=\"x-default\">");
        escape_html(&out, copyright);
        buf_add_c(&out, "</rdf:li></rdf:Alt></dc:rights>");
    }
    buf_add_c(&out, "</rdf:Description></rdf:RDF></x:xmpmeta>");
    return buf_err(&out) ? STR("") : arena_copy(arena, buf_str(&out));
}
