// SPDX-License-Identifier: Apache-2.0
/* site/share_card.h: the picture of an article for where it is shared: its
 * headline in the newspaper's type, its picture beside it. It is drawn when
 * somebody asks for it, under a name made of all that it shows, so that it
 * never changes; another name leads to the present one. Nobody else can have
 * anything drawn: there is one for each published article. */
#ifndef SITE_SHARE_CARD_H
#define SITE_SHARE_CARD_H

#include <stdbool.h>

#include "base/str.h"

struct article;
struct printing;

enum { SHARE_CARD_DIGITS = 16 };

/* Its path: "/en/card/62f9f7d471fdc-0123456789abcdef.jpg"; "" when nobody draws
 * cards here: no helper, or pages that are written to a folder. */
struct str share_card_path(struct printing *p, const struct article *article);

#endif
