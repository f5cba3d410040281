// SPDX-License-Identifier: Apache-2.0
/* render/template.h: Mustache templates (the published specification, with
 * partials, inheritance, set delimiters) compiled to byte-code, and themes,
 * which are sets of them.
 *
 * A file's ending decides how its templates escape:
 *   page/article.html  HTML, by context: text, quoted attribute, address
 *   atom.xml           XML
 *   mail.txt           nothing is escaped, lines are kept as they stand
 * Its name is the path without the ending: "page/article", "atom".
 *
 * In HTML the compiler follows the markup and refuses, with file, line, column
 * and remedy, what cannot be made safe: a value in an unquoted attribute, in a
 * tag or attribute name, a comment, <script>, <style>, an on… or style
 * attribute; a section that begins in one context and ends in another. An
 * attribute that holds an address (href, src, action, srcset …) whose scheme
 * turns out to be other than http, https, mailto, tel or none is written as
 * "#"; after a literal '?' or '#' values are percent-encoded. In <script
 * type="application/ld+json"> a value between quotes is escaped for JSON, and
 * one that stands alone is written as a whole JSON value.
 * {{{x}}} and {{&x}} leave trusted HTML (document_html_value) as it is, and
 * escape everything else all the same.
 *
 * Names are looked up from the innermost section outwards; what is missing is
 * empty. theme_names lists what a theme asks for. White space that does not
 * show is taken out of HTML when it is compiled. */
#ifndef RENDER_TEMPLATE_H
#define RENDER_TEMPLATE_H

#include "base/buf.h"
#include "base/embedded.h"
#include "base/fault.h"
#include "render/value.h"

enum {
    TEMPLATE_BYTES_MAX = 256 * 1024,  /* one file */
    TEMPLATE_NESTING_MAX = 64,        /* sections in one file */
    TEMPLATE_DEPTH_MAX = 64,          /* partials in partials */
    TEMPLATE_CONTEXTS_MAX = 256,      /* sections in sections in all */
    TEMPLATE_STEPS_MAX = 1000 * 1000, /* instructions in one rendering */
    THEME_FILES_MAX = 512,
};

enum template_mode {
    TEMPLATE_HTML,
    TEMPLATE_XML,
    TEMPLATE_TEXT,
    TEMPLATE_SPEC, /* HTML escaping without context, as the specification's
                      own tests want it; missing partials are empty */
};

/* Immutable and reference-counted: many threads may render from it while a
 * newer one is loaded. */
struct theme;

/* Compiles the built-in files and those in folder (may be NULL or missing),
 * which replace built-in ones of the same path. Files with other endings are
 * ignored. A partial or parent that no file defines is an error. The first
 * error ends it: fault->field is "file:line:column". */
MUST_USE enum err theme_load(struct embedded_files builtin, const char *folder,
                             struct theme **ret_theme, struct fault *fault);

/* A theme of the given sources only, path taken as the whole name, all in one
 * mode: for tests and previews. */
MUST_USE enum err theme_compile(struct embedded_files sources,
                                enum template_mode mode,
                                struct theme **ret_theme, struct fault *fault);

struct theme *theme_retain(struct theme *theme);
void theme_release(struct theme *theme); /* accepts NULL */

/* Changes whenever a template, stylesheet or file of messages in folder or
 * below it is added, taken away or written; 0 when there is no such folder.
 * Cheap enough to ask every second. */
uint64_t theme_folder_stamp(const char *folder);

bool theme_has(const struct theme *theme, struct str name);

/* Appends the template rendered with data (an object) to out.
 * ERR_NOT_FOUND: no such template. ERR_TOO_LONG: the step budget, a depth or
 * the maximum of out was reached. out is then as it was before. */
MUST_USE enum err template_render(const struct theme *theme, struct str name,
                                  const struct value *data, struct buf *out,
                                  struct fault *fault);

/* Calls visit once for each place in the theme that looks a name up. */
struct theme_name {
    struct str file; /* the template's name */
    unsigned line;
    struct str name; /* "site.name", or "." */
};
void theme_names(const struct theme *theme,
                 void (*visit)(void *context, const struct theme_name *name),
                 void *context);

#endif
