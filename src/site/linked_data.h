// SPDX-License-Identifier: Apache-2.0
/* site/linked_data.h: what a page says to programs in the words of schema.org:
 * data.page.linked, which the layout writes as JSON-LD 1.1. Every function adds
 * to the page's graph. */
#ifndef SITE_LINKED_DATA_H
#define SITE_LINKED_DATA_H

#include "content/article_list.h"

struct printing;

/* The newspaper's site and who publishes it, for fronts. */
void linked_front(struct printing *p);

/* One step on the way from the front to where the page stands. */
struct linked_step {
    struct str name;
    struct str path;
};

/* A page of type ("CollectionPage") at path that lists stories; steps lead to
 * it from the front, itself last. */
void linked_list(struct printing *p, const char *type, struct str description,
                 const struct linked_step *steps, size_t count,
                 const struct article_list *list);

/* The steps to a category: its parents, then itself. */
void linked_category_steps(struct printing *p, struct str category_path,
                           struct linked_step **ret_steps, size_t *ret_count);

/* A programme at path, on from start_us to end_us; a video when it was
 * recorded. */
struct linked_programme {
    struct str name;
    struct str description;
    struct str language; /* "" when it is not said */
    struct str channel;  /* its title */
    int64_t start_us, end_us;
    struct str path;
    int64_t duration_us;  /* of the recording */
    struct str recording; /* where it is; "" when there is none */
};
void linked_add_programme(struct printing *p,
                          const struct linked_programme *programme);

struct live_page;

/* The article at path, described as in the head of its page; with live, the
 * live blog that it is, and the posts of the page. */
void linked_article(struct printing *p, const struct article *article,
                    const struct live_page *live, struct str path,
                    struct str description);

#endif
