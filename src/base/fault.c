// SPDX-License-Identifier: Apache-2.0
#include "base/fault.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Removes a character that snprintf cut in the middle. */
static void trim_cut_character(char *text, size_t capacity)
{
    size_t len = strlen(text);
    if (len + 1 < capacity)
        return;
    size_t start = len;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start > 0 && (unsigned char)text[start - 1] >= 0xC0)
        text[start - 1] = '\0';
}

enum err fault_set(struct fault *fault, enum err code, const char *field,
                   const char *format, ...)
{
    assert(format);
    if (!fault)
        return code;
    fault->code = code;
    snprintf(fault->field, sizeof fault->field, "%s", field ? field : "");
    va_list args;
    va_start(args, format);
    vsnprintf(fault->message, sizeof fault->message, format, args);
    va_end(args);
    trim_cut_character(fault->field, sizeof fault->field);
    trim_cut_character(fault->message, sizeof fault->message);
    return code;
}

const char *fault_text(const struct fault *fault)
{
    assert(fault);
    return fault->message[0] ? fault->message : err_sentence(fault->code);
}
