// SPDX-License-Identifier: Apache-2.0
/* site/masthead.h: what stands around every page: name, sections, languages,
 * feeds, fonts to fetch first. */
#ifndef SITE_MASTHEAD_H
#define SITE_MASTHEAD_H

#include "base/err.h"

struct printing;

/* Fills data.site with what does not depend on the page. */
MUST_USE enum err masthead_load(struct printing *p);

/* Fills in what does: links to the page's translations, alternates. */
void masthead_finish(struct printing *p);

/* Shows today's date; the page then depends on the day. */
void masthead_show_date(struct printing *p);

#endif
