// SPDX-License-Identifier: Apache-2.0
/* helpers/image/credit.h: who made a picture and what may be done with it, as
 * the file itself says: IPTC-IIM 4.2 (the "Photoshop 3.0" resource 0x0404),
 * XMP (photoshop:Credit, dc:creator, dc:rights, dc:description), Exif. */
#ifndef HELPERS_IMAGE_CREDIT_H
#define HELPERS_IMAGE_CREDIT_H

#include "base/arena.h"
#include "base/str.h"

struct credit {
    struct str by;     /* the photographer */
    struct str credit; /* the agency: what is to be printed */
    struct str copyright;
    struct str caption;
};

/* Each fills in what is not said yet; anything that cannot be read is as if it
 * were not there. Texts live in arena: UTF-8, one line, cut to a length. */
void credit_read_iptc(struct str bytes, struct arena *arena,
                      struct credit *credit);
void credit_read_xmp(struct str bytes, struct arena *arena,
                     struct credit *credit);

/* One line of UTF-8, whatever it was, in arena. */
struct str credit_line(struct str text, struct arena *arena);

/* "Nino Beridze / AFP"; "" when nobody is named. */
struct str credit_text(const struct credit *credit, struct arena *arena);

/* A packet of XMP that says both; "" when both are "". */
struct str credit_write_xmp(struct str credit, struct str copyright,
                            struct arena *arena);

#endif
