// SPDX-License-Identifier: Apache-2.0
/* cli/demo_theme.h: the themes that come with the sample newspaper. */
#ifndef CLI_DEMO_THEME_H
#define CLI_DEMO_THEME_H

#include "base/fault.h"

struct arena;

/* Copies demo/themes/name into directory/theme, which must not be there
 * (ERR_EXISTS). demo is the sample's folder. ERR_NOT_FOUND names the themes
 * that there are. */
MUST_USE enum err demo_theme_copy(const char *demo, const char *name,
                                  const char *directory, struct arena *arena,
                                  struct fault *fault);

#endif
