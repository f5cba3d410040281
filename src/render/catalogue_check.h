// SPDX-License-Identifier: Apache-2.0
/* render/catalogue_check.h: what a translator has left to do.
 *
 * English says which messages there are and what each of them takes. Another
 * language has all of them, none besides, with the same arguments, and for each
 * plural the cases that its numbers need (CLDR's: Arabic has six). A language
 * whose base has a catalogue ("pt-BR" after "pt") may leave out what is the
 * same there. */
#ifndef RENDER_CATALOGUE_CHECK_H
#define RENDER_CATALOGUE_CHECK_H

#include "base/buf.h"
#include "base/fault.h"
#include "render/catalogue.h"

struct locales;
struct theme;

struct catalogue_finding {
    struct str language; /* "" for a template */
    struct str key;      /* as it is named there: "t.list.more" in one */
    const char
        *path; /* where it stands (a template: its name); NULL: nowhere */
    unsigned line;
    struct str what; /* goes on behind the key, without a full stop */
};

struct catalogue_check {
    const struct catalogues *catalogues;
    struct locales *locales;
    void (*found)(void *context, const struct catalogue_finding *finding);
    void *context;
    size_t count; /* out: of what was found */
};

/* Every language, in the order of the English file. */
MUST_USE enum err catalogue_check_all(struct catalogue_check *check,
                                      struct fault *fault);

/* Messages that templates name ({{t.list.more}}) and cannot have. */
void catalogue_check_theme(struct catalogue_check *check,
                           const struct theme *theme);

/* A catalogue to begin with or go on from: every message of English in its
 * order, in the language where it has one, else in English behind a '#'. */
void catalogue_write(const struct catalogues *catalogues, struct str language,
                     struct buf *out);

#endif
