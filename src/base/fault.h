// SPDX-License-Identifier: Apache-2.0
/* base/fault.h: what a person must read when something failed: the code, the
 * field or place it is about, and a message that names cause and remedy. It is
 * made where the cause is known and travels up beside an enum err. */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include "base/err.h"

enum { FAULT_FIELD_BYTES_MAX = 128, FAULT_MESSAGE_BYTES_MAX = 768 };

struct fault {
    enum err code;
    char field[FAULT_FIELD_BYTES_MAX];     /* "" when it is about no field */
    char message[FAULT_MESSAGE_BYTES_MAX]; /* one sentence or two, UTF-8 */
};

/* Fills fault (which may be NULL) and returns code, so that a caller can write
 * `return fault_set(fault, ERR_INVALID, "slug", "…")`. A text that is too long
 * is cut at a character. field may be NULL. */
enum err fault_set(struct fault *fault, enum err code, const char *field,
                   const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The message when there is one, else the sentence of the code. Never NULL. */
const char *fault_text(const struct fault *fault);

#endif
