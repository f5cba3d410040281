// SPDX-License-Identifier: Apache-2.0
#include "site/faces.h"

static const struct {
    struct str languages; /* a space around each */
    const char *fonts[FACES_MAX];
} faces[] = {
    {STR_INIT(" ru uk be bg sr mk "),
     {"cyrillic-text.woff2", "cyrillic-display.woff2", "points-text.woff2",
      "points-display.woff2"}},
    {STR_INIT(" ka "), {"georgian.woff2", "points-text.woff2"}},
    {STR_INIT(" ar fa ur "), {"arabic.woff2"}},
    {STR_INIT(""), {"latin-text.woff2", "latin-display.woff2"}},
};
enum { FACES = sizeof faces / sizeof *faces };

static bool is_in(struct str language, struct str list)
{
    struct str word;
    while (str_split_next(&list, ' ', &word))
        if (word.len && str_eq(word, language))
            return true;
    return false;
}

const char *const *faces_of(struct str language)
{
    ptrdiff_t hyphen = str_find_char(language, '-');
    struct str base =
        str_slice(language, 0, hyphen < 0 ? language.len : (size_t)hyphen);
    size_t i = 0;
    while (i < FACES - 1 && !is_in(base, faces[i].languages))
        i++;
    return faces[i].fonts;
}
