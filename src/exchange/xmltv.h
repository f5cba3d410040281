// SPDX-License-Identifier: Apache-2.0
/* exchange/xmltv.h: schedules of channels as XMLTV files, in and out: element
 * <tv>, with <channel> and <programme>, as xmltv.dtd 0.6 describes them. Read
 * are title, description, first category, language of the title, and whether it
 * was shown before; the rest is passed over. */
#ifndef EXCHANGE_XMLTV_H
#define EXCHANGE_XMLTV_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/str.h"
#include "content/programme.h"

struct arena;

enum {
    XMLTV_PROGRAMMES_MAX = 50000,
};

/* A programme and the channel's id in the file. */
struct xmltv_programme {
    struct str channel;
    int64_t line; /* of the file, for what is said about it */
    struct programme programme;
};

struct xmltv {
    struct xmltv_programme *programmes; /* by channel, then by start */
    size_t count;
};

/* A programme that has no stop ends when its <length> is over, or the next on
 * its channel begins. Texts and times are as they stand: programme_add checks
 * them. ERR_INVALID, ERR_TOO_LONG: what is wrong, and in which line. */
MUST_USE enum err xmltv_read_bytes(struct str bytes, struct arena *arena,
                                   struct xmltv *ret_xmltv,
                                   struct fault *fault);
MUST_USE enum err xmltv_read_file(const char *path, struct arena *arena,
                                  struct xmltv *ret_xmltv, struct fault *fault);

/* "20080715003000 -0600" and what the DTD allows besides: fewer digits down to
 * the year, no zone (UTC), UTC, GMT, BST, Z. ERR_INVALID. */
MUST_USE enum err xmltv_time_parse(struct str text, int64_t *ret_time_us);

/* A channel and its programmes, for writing. */
struct xmltv_channel {
    struct str id;
    struct str title;
    const struct programme_list *programmes;
};

/* A whole file. source (a name, "" for none) is who says so. The error of the
 * buffer. */
MUST_USE enum err xmltv_write(const struct xmltv_channel *channels,
                              size_t count, struct str source, struct buf *out);

#endif
