// SPDX-License-Identifier: Apache-2.0
/* cli/demo_television.h: television of the sample newspaper: a channel with a
 * schedule around now, and a broadcast that ffmpeg generates and sends by RTMP
 * as a studio would. */
#ifndef CLI_DEMO_TELEVISION_H
#define CLI_DEMO_TELEVISION_H

#include "base/fault.h"
#include "cli/command.h"
#include "cli/serve.h"

/* Makes the channel and its schedule in the newspaper of config->directory, a
 * new key, and sets config->feeder, and config->rtmp when it is not set, in the
 * line's arena. Without ffmpeg it says so and changes nothing. */
MUST_USE enum err demo_television(const struct command_line *line,
                                  struct serve_config *config,
                                  struct fault *fault);

#endif
