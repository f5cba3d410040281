// SPDX-License-Identifier: Apache-2.0
/* cli/language_words.h: what a new language still needs. */
#ifndef CLI_LANGUAGE_WORDS_H
#define CLI_LANGUAGE_WORDS_H

#include "base/fault.h"
#include "base/str.h"

struct command_line;

/* Tells how to begin with the words of a language that has none, in the
 * newspaper of the command; says nothing of one that has. */
MUST_USE enum err language_tell_words(const struct command_line *line,
                                      struct str language, struct fault *fault);

#endif
