// SPDX-License-Identifier: Apache-2.0
/* media/a53.h: captions in pictures of H.264, as ATSC A/53 Part 4 §6.2.3
 * carries them: cc_data in an SEI message of registered user data (ITU-T H.264
 * §D.1.6). Pairs of both fields of line 21 (CEA-608) and those of DTVCC
 * (CEA-708) come out; broadcasters send all of them. */
#ifndef MEDIA_A53_H
#define MEDIA_A53_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { A53_PAIRS_MAX = 62 }; /* cc_count has five bits; of two fields */

enum a53_type {                    /* cc_type, CTA-708-E Table 3 */
                A53_FIELD_ONE = 0, /* of line 21 */
                A53_FIELD_TWO = 1,
                A53_DTVCC = 2,     /* a packet goes on */
                A53_DTVCC_NEW = 3, /* a packet begins */
};

struct a53_pairs {
    uint8_t types[A53_PAIRS_MAX];    /* enum a53_type */
    uint8_t bytes[A53_PAIRS_MAX][2]; /* line 21's with their parity */
    size_t count;
};

/* Appends what an SEI unit (with its head of one byte) carries to pairs, as far
 * as there is room. What is none is passed over. */
void a53_read_sei(struct str unit, struct a53_pairs *pairs);

#endif
