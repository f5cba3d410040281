// SPDX-License-Identifier: Apache-2.0
/* exchange/demo.h: the sample newspaper of the folder demo/, whose README.md
 * describes it, made in a newspaper that is new. */
#ifndef EXCHANGE_DEMO_H
#define EXCHANGE_DEMO_H

#include <stddef.h>

#include "base/fault.h"

struct content;
struct html_helper;

struct demo_options {
    struct content *content;
    struct html_helper *helper;
    const char *folder;   /* that has demo.json */
    const char *pictures; /* the folder of drawn pictures */

    /* Called after each article; may be NULL. */
    void (*progress)(void *context, size_t done, size_t total);
    void *context;
};

/* All of it or nothing. Ages count back from now. */
MUST_USE enum err demo_import(const struct demo_options *options,
                              struct fault *fault);

#endif
