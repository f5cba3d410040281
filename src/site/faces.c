// SPDX-License-Identifier: Apache-2.0
#include "site/faces.h"

#include "render/locale.h"

static const struct {
    char script[LOCALE_SCRIPT_BYTES];
    const char *fonts[FACES_MAX + 1];
    int line_percent;
} faces[] = {
    {"Latn", {"latin-text.woff2", "latin-display.woff2"}, 112},
    {"Cyrl",
     {"cyrillic-text.woff2", "cyrillic-display.woff2", "points-text.woff2"},
     114},
    {"Geor", {"georgian.woff2", "points-text.woff2"}, 123},
    {"Arab", {"arabic.woff2", "points-text.woff2"}, 140},
    {"", {NULL}, 125},
};
enum { OTHERS = sizeof faces / sizeof *faces - 1 };

static size_t find(struct str language)
{
    char script[LOCALE_SCRIPT_BYTES];
    language_script(language, script);
    size_t i = 0;
    while (i < OTHERS && strcmp(faces[i].script, script) != 0)
        i++;
    return i;
}

const char *const *faces_of(struct str language)
{
    return faces[find(language)].fonts;
}

int faces_line_percent(struct str language)
{
    return faces[find(language)].line_percent;
}
