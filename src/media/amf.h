// SPDX-License-Identifier: Apache-2.0
/* media/amf.h: values of the Action Message Format, version 0, in which RTMP's
 * commands are written (Adobe, "AMF 0", 2007). What commands have no use for,
 * such as XML and references, is refused. */
#ifndef MEDIA_AMF_H
#define MEDIA_AMF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "media/bytes.h"

struct arena;

enum {
    AMF_DEPTH_MAX = 8,
    AMF_VALUES_MAX = 1000, /* in one that is read, itself included */
};

enum amf_kind {
    AMF_NUMBER,
    AMF_BOOLEAN,
    AMF_STRING,
    AMF_OBJECT, /* or an array with names */
    AMF_NULL,   /* or undefined */
    AMF_ARRAY,
    AMF_DATE,
};

struct amf_member;

struct amf_value {
    enum amf_kind kind;
    double number; /* of a number, of a date: milliseconds since 1970 */
    bool boolean;
    struct str text;            /* borrowed from what was read */
    struct amf_member *members; /* in their order */
};

struct amf_member {
    struct amf_member *next;
    struct str name; /* "" in an array */
    struct amf_value value;
};

/* Takes one value off the front. ERR_INVALID when it is malformed, too deep,
 * too large or of a kind that is refused. */
MUST_USE enum err amf_read(struct bytes_reader *reader, struct arena *arena,
                           struct amf_value *ret_value);

/* A text or number of an object; "" or 0 when it has none of that name. */
struct str amf_text(const struct amf_value *object, struct str name);
double amf_number(const struct amf_value *object, struct str name);

void amf_write_number(struct buf *out, double value);
void amf_write_boolean(struct buf *out, bool value);
void amf_write_string(struct buf *out, struct str text); /* < 64 KiB */
void amf_write_null(struct buf *out);

/* Between the two: a name, then a value, as often as wanted. */
void amf_begin_object(struct buf *out);
void amf_write_name(struct buf *out, struct str name);
void amf_end_object(struct buf *out);

#endif
