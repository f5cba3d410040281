// SPDX-License-Identifier: Apache-2.0
/* cli/demo_theme.h: the themes that come with the sample newspaper. */
#ifndef CLI_DEMO_THEME_H
#define CLI_DEMO_THEME_H

#include "base/embedded.h"
#include "base/fault.h"

struct arena;

/* One that was found; without any there is nothing to write. */
struct demo_theme {
    const char *target; /* the folder it is for */
    struct embedded_files files;
};

/* Reads demo/themes/name, which is to become directory/theme; that must not be
 * there (ERR_EXISTS). demo is the sample's folder. ERR_NOT_FOUND names the
 * themes that there are. Nothing is written yet. All lives in arena. */
MUST_USE enum err demo_theme_read(const char *demo, const char *name,
                                  const char *directory, struct arena *arena,
                                  struct demo_theme *ret_theme,
                                  struct fault *fault);
MUST_USE enum err demo_theme_write(const struct demo_theme *theme,
                                   struct arena *arena, struct fault *fault);

#endif
