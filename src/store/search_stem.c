// SPDX-License-Identifier: Apache-2.0
#include "store/search_stem.h"

#include <libstemmer.h>
#include <stdbool.h>
#include <stdlib.h>

struct search_stemmer {
    struct sb_stemmer *snowball; /* NULL: the language has none there */
    bool georgian;
    char *target; /* of the last Georgian stem */
    size_t capacity;
};

enum err search_stemmer_create(struct str language,
                               struct search_stemmer **ret_stemmer)
{
    struct search_stemmer *stemmer = calloc(1, sizeof *stemmer);
    if (!stemmer)
        return ERR_NO_MEMORY;
    char code[16] = "";
    ptrdiff_t hyphen = str_find_char(language, '-');
    struct str main_code =
        hyphen < 0 ? language : str_slice(language, 0, (size_t)hyphen);
    if (str_eq(main_code, STR("ka")))
        stemmer->georgian = true;
    else if (!str_to_c(main_code, code, sizeof code))
        stemmer->snowball = sb_stemmer_new(code, "UTF_8");
    *ret_stemmer = stemmer;
    return ERR_OK;
}

void search_stemmer_destroy(struct search_stemmer *stemmer)
{
    if (!stemmer)
        return;
    sb_stemmer_delete(stemmer->snowball);
    free(stemmer->target);
    free(stemmer);
}

static struct str stem_georgian(struct search_stemmer *stemmer, struct str word)
{
    if (stemmer->capacity < word.len) {
        char *target = realloc(stemmer->target, word.len);
        if (!target)
            return word; /* found by this form alone */
        stemmer->target = target;
        stemmer->capacity = word.len;
    }
    return search_stem_georgian(word, stemmer->target);
}

struct str search_stem(struct search_stemmer *stemmer, struct str word)
{
    if (stemmer->georgian)
        return stem_georgian(stemmer, word);
    if (!stemmer->snowball)
        return word;
    const sb_symbol *stem = sb_stemmer_stem(
        stemmer->snowball, (const sb_symbol *)word.ptr, (int)word.len);
    if (!stem)
        return word;
    return str_of((const char *)stem,
                  (size_t)sb_stemmer_length(stemmer->snowball));
}
