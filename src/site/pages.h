// SPDX-License-Identifier: Apache-2.0
/* site/pages.h: the printers of the kinds of pages (SITE_PAGES). Each is called
 * with p->path read and fills p->print and p->keys; ERR_NOT_FOUND makes a 404.
 */
#ifndef SITE_PAGES_H
#define SITE_PAGES_H

#include "base/err.h"
#include "base/str.h"
#include "site/site_path.h"

struct printing;

/* page_not_found is the 404 page of the language in the address, or a redirect
 * when the path moved. */
#define X(kind, printer, alone, word, has) \
    MUST_USE enum err page_##printer(struct printing *p);
SITE_PAGES(X)
#undef X

/* The 410 page of a withdrawn article. */
struct article;
MUST_USE enum err page_gone(struct printing *p, const struct article *article);

#endif
