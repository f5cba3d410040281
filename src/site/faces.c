// SPDX-License-Identifier: Apache-2.0
#include "site/faces.h"

#include "render/locale.h"

static const struct {
    char script[LOCALE_SCRIPT_BYTES];
    const char *fonts[FACES_MAX + 1];
} faces[] = {
    {"Latn", {"latin-text.woff2", "latin-display.woff2"}},
    {"Cyrl",
     {"cyrillic-text.woff2", "cyrillic-display.woff2", "points-text.woff2"}},
    {"Geor", {"georgian.woff2", "points-text.woff2"}},
    {"Arab", {"arabic.woff2", "points-text.woff2"}},
    {"", {NULL}},
};
enum { OTHERS = sizeof faces / sizeof *faces - 1 };

const char *const *faces_of(struct str language)
{
    char script[LOCALE_SCRIPT_BYTES];
    language_script(language, script);
    size_t i = 0;
    while (i < OTHERS && strcmp(faces[i].script, script) != 0)
        i++;
    return faces[i].fonts;
}
