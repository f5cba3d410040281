// SPDX-License-Identifier: Apache-2.0
/* base/utf8.h: checking, walking and cutting UTF-8 (RFC 3629: no surrogates,
 * no over-long forms, nothing above U+10FFFF). */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdint.h>

#include "base/str.h"

enum { UTF8_BYTES_MAX = 4, UTF8_REPLACEMENT = 0xFFFD };

bool utf8_is_valid(struct str text);

/* Takes the first character off *text; a malformed byte gives U+FFFD and is
 * taken alone. False when text is empty. */
bool utf8_next(struct str *text, uint32_t *ret_character);

/* Characters (code points), malformed bytes counted as one each. */
size_t utf8_count(struct str text);

/* The longest beginning of at most max_bytes that does not cut a character. */
struct str utf8_cut(struct str text, size_t max_bytes);

/* The bytes of the control character at the front of text that a terminal may
 * obey: C0 and DEL have one, C1 (U+0080 to U+009F, ECMA-48 §5.3) have two. 0
 * when there is none. */
size_t utf8_control(struct str text);

/* Writes the character and gives its bytes. It must be a scalar value. */
size_t utf8_encode(uint32_t character, char target[UTF8_BYTES_MAX]);

#endif
